//! R1 and R2 in their own words: every two weeks records are drawn at random, what a machine can check is checked and stands beside the
//! question, and what is found goes to rules and options, not to a ranking of people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use chuda_evidence::claim::{Consent, Location, Source};
use chuda_evidence::clock::Clock as _;
use chuda_kit::{Hand, Host, Phone, evidence, of, sample};
use chuda_phone::query::view::{BackCheckDetail, CheckedView};
use chuda_phone::workbench::{BlobChoice, Cancel, EvidenceDraft, Purpose, TouchDraft};
use chuda_record::id::{BackCheckId, EvidenceId, TouchId};
use chuda_record::kind::backcheck::Answer;
use chuda_record::{ContactMode, Kind, Role, Scalar};
use serde_json::Value;

/// A Monday morning in Shanghai on which a period of two weeks begins.
const MONDAY: &str = "2026-03-09T09:00:00+08:00";

struct Sales {
    clock: Arc<Hand>,
    host: Host,
    boss: Phone,
    rep: Phone,
    colleague: Phone,
    tech: Phone,
    finance: Phone,
    /// The touches by what is special about them.
    touches: BTreeMap<&'static str, TouchId>,
}

impl Sales {
    /// Two weeks of a team, good and bad; hearing the recordings takes its time, so only where it matters.
    async fn two_weeks(hear: bool) -> Self {
        let clock = Hand::at(MONDAY);
        let host = Host::start_at(clock.clone()).await;
        let boss = host.phone("韩梅", Role::Supervisor, None).await;
        let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
        let colleague = host.phone("王芳", Role::Rep, Some(boss.person())).await;
        let tech = host.phone("赵工", Role::Tech, None).await;
        let finance = host.phone("财务", Role::Finance, None).await;
        let mut sales = Self { clock, host, boss, rep, colleague, tech, finance, touches: BTreeMap::new() };
        sales.work(hear).await;
        sales
    }

    async fn work(&mut self, hear: bool) {
        let Self { rep, colleague, clock, touches, .. } = self;
        rep.settle().await;
        let (ours, theirs) = (rep.customer("杭州智联科技"), colleague.customer("宁波海川机械"));
        let record = |phone: &Phone, draft: TouchDraft| {
            clock.pass(TimeDelta::minutes(1));
            phone.workbench.record_touch(draft).unwrap().touch.id
        };
        let with = |evidence: EvidenceId, draft: TouchDraft| TouchDraft { evidence: vec![evidence], ..draft };

        touches.insert("quote", record(rep, with(rep.keep(&sample("quote.pdf")), of(ours, "报价"))));
        let catalogue = rep.keep(&rep.file(&pdf("Laser marking machines: the catalogue of 2026")));
        touches.insert("catalogue", record(rep, with(catalogue, of(ours, "报价"))));

        let photo = rep.keep(&sample("photo.jpg"));
        touches.insert("photo", record(rep, with(photo, of(ours, "演示"))));
        let copy = colleague.keep(&sample("photo.jpg"));
        touches.insert("recycled", record(colleague, with(copy, of(theirs, "演示"))));
        let smaller = rep.file(b"");
        assert!(rep.workbench.export_rendition(photo, &smaller).unwrap());
        touches.insert("near", record(colleague, with(colleague.keep(&smaller), of(theirs, "演示"))));

        let question = TouchDraft {
            tech_owner: Some("赵工".into()),
            response_by: Some("2026-03-12".parse().unwrap()),
            note: Some("能否接入客户的 MES？".into()),
            ..of(ours, "需协调技术答疑")
        };
        touches.insert("unanswered", record(rep, with(rep.note(), question)));

        let voice = recorded(rep, &sample("voice.wav"), hear).await;
        touches.insert("voice", record(rep, with(voice, of(ours, "演示"))));
        let silence = recorded(rep, &rep.file(&silent()), hear).await;
        touches.insert("silence", record(rep, with(silence, of(ours, "演示"))));

        let place = Location { latitude_e6: 30_274_100, longitude_e6: 120_155_100, accuracy_m: 10, age_ms: 0, mock: true };
        rep.workbench.give_consent(Purpose::Location).unwrap();
        let elsewhere = EvidenceDraft { location: Some(place), ..evidence(&rep.file("不在现场".as_bytes())) };
        let elsewhere = rep.workbench.keep_evidence(elsewhere).unwrap().evidence.id;
        touches.insert("mocked", record(rep, with(elsewhere, of(ours, "发送资料"))));
        record(rep, TouchDraft { allow_draft: true, ..of(ours, "演示") });
        rep.settle().await;
        colleague.settle().await;

        let waiting = with(colleague.note(), TouchDraft { mode: Some(ContactMode::Email), ..of(theirs, "发送资料") });
        touches.insert("uploading", record(colleague, waiting));
        colleague.workbench.sync(BlobChoice::None, |_| {}, Cancel::new()).await.unwrap();
    }

    async fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
        self.host.run_due_jobs().await;
        self.boss.settle().await;
    }

    fn id(&self) -> BackCheckId {
        let listed = self.boss.workbench.back_checks().unwrap();
        assert_eq!(listed.len(), 1);
        assert!(listed[0].mine && listed[0].closed_at.is_none());
        listed[0].id
    }

    fn detail(&self) -> BackCheckDetail {
        self.boss.workbench.back_check(self.id()).unwrap()
    }

    /// What stands beside a question about a touch.
    fn beside(&self, touch: &str, question: &str, check: &str) -> CheckedView {
        let detail = self.detail();
        let record = detail.records.iter().find(|record| record.touch == self.touches[touch]).unwrap();
        let asked = record.questions.iter().find(|asked| asked.question.key == question).unwrap();
        asked.checks.iter().find(|found| found.check.key == check).unwrap_or_else(|| panic!("{touch} {check}: {asked:?}")).clone()
    }

    fn found(&self, touch: &str, question: &str, check: &str) -> String {
        let CheckedView { found, problem, .. } = self.beside(touch, question, check);
        problem.map_or(found.clone(), |problem| format!("{found} {problem}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_can_check_is_checked_and_the_rest_is_asked() {
    let sales = Sales::two_weeks(has_model()).await;
    sales.pass(TimeDelta::days(14)).await;
    let detail = sales.detail();
    assert_eq!(
        (detail.back_check.from.to_string().as_str(), detail.back_check.to.to_string().as_str()),
        ("2026-03-09", "2026-03-22")
    );
    assert_eq!((detail.back_check.population, detail.records.len()), (10, 10), "a touch without evidence counts for nothing");
    let todo = sales.boss.workbench.tasks().unwrap();
    let todo: Vec<&str> = todo.iter().map(|task| task.kind.zh.as_str()).filter(|kind| *kind == "双周回查").collect();
    assert_eq!(todo.len(), 1);
    let asked: Vec<&str> = detail.records[0].questions.iter().map(|asked| asked.question.zh.as_str()).collect();
    assert_eq!(asked, ["动作描述是否准确", "证据是否真实可读", "后续动作是否真正触发"]);

    // Is the action described accurately?
    assert_eq!(sales.found("quote", "accurate", "quote_pdf"), "ok");
    assert_eq!(sales.found("catalogue", "accurate", "quote_pdf"), "problem catalogue");
    assert_eq!(sales.found("photo", "accurate", "quote_pdf"), "not_applicable");
    assert_eq!(sales.found("mocked", "accurate", "location"), "problem mock_location");
    assert_eq!(sales.found("quote", "accurate", "clock"), "ok");
    // Is the evidence real and readable?
    for touch in ["quote", "catalogue", "photo", "recycled", "near", "mocked"] {
        assert_eq!(sales.found(touch, "evidence", "bytes"), "ok", "{touch}");
        assert_eq!(sales.found(touch, "evidence", "opens"), "ok", "{touch}");
    }
    assert_eq!(sales.found("uploading", "evidence", "bytes"), "pending");
    assert_eq!(sales.found("photo", "evidence", "picture"), "ok");
    assert_eq!(sales.found("photo", "evidence", "original"), "ok");
    assert_eq!(sales.found("recycled", "evidence", "original"), "problem recycled");
    assert_eq!(sales.found("near", "evidence", "original"), "problem near_duplicate");
    let (spoken, silent) = (sales.found("voice", "evidence", "speech"), sales.found("silence", "evidence", "speech"));
    if has_model() {
        assert_eq!((spoken.as_str(), silent.as_str()), ("ok", "problem no_speech"));
    } else {
        assert_eq!((spoken.as_str(), silent.as_str()), ("pending", "pending"));
    }
    // Was the follow-up really triggered?
    assert_eq!(sales.found("unanswered", "follow_up", "tech_answer"), "problem unanswered");
    assert_eq!(sales.found("quote", "follow_up", "tech_answer"), "not_applicable");
    let approval = sales.beside("quote", "follow_up", "rule:quote-pdf");
    assert_eq!(approval.found, "pending", "finance has not decided");
    assert_eq!(approval.because.as_deref(), Some("action = quote, evidence = application/pdf"));
    assert!(approval.check.zh.starts_with("报价带 PDF"));

    // What happens afterwards shows as well: the bytes arrive, finance decides, the tech owner answers.
    sales.colleague.settle().await;
    for phone in [&sales.finance, &sales.tech] {
        phone.settle().await;
        for task in phone.workbench.tasks().unwrap() {
            let choice = task.choices.first().map(|choice| choice.key.clone());
            phone.workbench.complete_task(task.id, choice.as_deref(), Some("可以，走标准接口")).unwrap();
        }
        phone.settle().await;
    }
    sales.pass(TimeDelta::hours(1)).await;
    assert_eq!(sales.found("uploading", "evidence", "bytes"), "ok");
    assert_eq!(sales.found("unanswered", "follow_up", "tech_answer"), "ok");
    assert_eq!(sales.found("quote", "follow_up", "rule:quote-pdf"), "ok");
    assert_eq!(sales.found("recycled", "evidence", "original"), "problem recycled", "what was seen stays seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_go_to_rules_and_options_and_to_nobodys_ranking() {
    let sales = Sales::two_weeks(false).await;
    // A colleague works without signal until the draw is over.
    let offline = sales.host.phone("周晓", Role::Rep, Some(sales.boss.person())).await;
    let customer = offline.customer("绍兴纺织");
    let late = offline.touch(customer, "demo").id;
    sales.pass(TimeDelta::days(14)).await;
    let (id, boss) = (sales.id(), &sales.boss.workbench);
    let asked = sales.detail();

    assert_eq!(boss.close_back_check(id, "无".into()).unwrap_err().key, "backcheck.unanswered");
    assert_eq!(boss.close_back_check(id, " ".into()).unwrap_err().key, "backcheck.conclusion_missing");
    for record in &asked.records {
        for asked in &record.questions {
            boss.answer_back_check(id, record.touch, &asked.question.zh, Answer::Yes, None).unwrap();
        }
    }
    let (catalogue, silence) = (sales.touches["catalogue"], sales.touches["silence"]);
    boss.answer_back_check(id, catalogue, "evidence", Answer::No, Some("这是产品资料，不是报价单".into())).unwrap();
    boss.answer_back_check(id, silence, "accurate", Answer::Unclear, None).unwrap();
    assert_eq!(boss.answer_back_check(id, late, "accurate", Answer::Yes, None).unwrap_err().key, "backcheck.not_drawn");
    assert_eq!(boss.answer_back_check(id, silence, "punctual", Answer::Yes, None).unwrap_err().key, "backcheck.unknown_question");
    let closed = boss.close_back_check(id, "报价动作要求上传报价单，资料另设选项".into()).unwrap();
    assert!(closed.back_check.closed_at.is_some());
    assert_eq!(boss.answer_back_check(id, silence, "accurate", Answer::Yes, None).unwrap_err().key, "backcheck.closed");
    sales.pass(TimeDelta::hours(1)).await;

    let findings = boss.records(Kind::Finding).unwrap();
    let mut told: Vec<[String; 4]> = findings
        .iter()
        .map(|(_, finding)| {
            ["finding", "source", "left", "right"].map(|field| match &finding[field] {
                Scalar::Text(text) => text.clone(),
                other => panic!("{other:?}"),
            })
        })
        .collect();
    told.sort_by(|one, two| one[2].cmp(&two[2]));
    let owned = |finding: [&str; 4]| finding.map(str::to_owned);
    assert_eq!(
        told,
        [
            owned(["back_check", &silence.to_string(), "动作描述是否准确", "unclear"]),
            owned(["back_check", &catalogue.to_string(), "证据是否真实可读", "这是产品资料，不是报价单"]),
        ]
    );
    assert!(boss.tasks().unwrap().iter().all(|task| task.kind.key != "back_check"), "closing it does the task");

    // Nobody but the line above reads any of it, and none of it says whose touches they were.
    sales.rep.settle().await;
    assert!(sales.rep.workbench.back_checks().unwrap().is_empty());
    assert!(sales.rep.workbench.records(Kind::Finding).unwrap().is_empty());
    let detail = serde_json::to_value(boss.back_check(id).unwrap()).unwrap();
    for person in [&sales.rep, &sales.colleague] {
        let person = person.workbench.identity().unwrap().person;
        assert!(!detail.to_string().contains(&person.name) && !detail.to_string().contains(&person.id.to_string()));
        assert!(findings.iter().all(|(_, finding)| !finding.values().any(|value| *value == person.id.to_string().into())));
    }
    // No view counts findings or answers, of one person or of all.
    let views = [
        detail,
        serde_json::to_value(boss.back_checks().unwrap()).unwrap(),
        serde_json::to_value(boss.home().unwrap()).unwrap(),
        serde_json::to_value(boss.people().unwrap()).unwrap(),
        serde_json::to_value(boss.customers().unwrap()).unwrap(),
        serde_json::to_value(boss.reports(boss.today()).unwrap()).unwrap(),
    ];
    for view in &views {
        assert_eq!(counted(view, false), Vec::<String>::new());
    }

    // The draw can be made again from what is kept; what came too late for it shows.
    let again = boss.redraw_back_check(id).unwrap();
    assert!(again.listed && again.digest_agrees && again.draw_agrees);
    assert_eq!(again.drawn, asked.records.iter().map(|record| record.touch).collect::<Vec<_>>());
    assert!(again.late.is_empty() && again.not_here.is_empty() && again.foreign.is_empty());
    offline.settle().await;
    sales.boss.settle().await;
    let again = boss.redraw_back_check(id).unwrap();
    assert!(again.digest_agrees && again.draw_agrees);
    assert_eq!(again.late, [late]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_above_reads_and_does_not_answer() {
    let clock = Hand::at(MONDAY);
    let host = Host::start_at(clock.clone()).await;
    let director = host.phone("总监", Role::Director, None).await;
    let boss = host.phone("韩梅", Role::Supervisor, Some(director.person())).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let touch = rep.touch(rep.customer("杭州智联科技"), "demo").id;
    rep.settle().await;
    clock.pass(TimeDelta::days(14));
    host.run_due_jobs().await;
    director.settle().await;
    let listed = director.workbench.back_checks().unwrap();
    assert_eq!((listed.len(), listed[0].mine, listed[0].supervisor.name.as_str()), (1, false, "韩梅"));
    let refused = director.workbench.answer_back_check(listed[0].id, touch, "accurate", Answer::Yes, None).unwrap_err();
    assert_eq!(refused.key, "record.not_allowed");
    assert!(director.clock.now() > "2026-03-23T00:00:00+08:00".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
}

/// Numbers under keys that are about findings or answers.
fn counted(view: &Value, about: bool) -> Vec<String> {
    match view {
        Value::Number(number) if about => vec![number.to_string()],
        Value::Array(list) => list.iter().flat_map(|one| counted(one, about)).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| {
                let about = ["finding", "answer"].iter().any(|word| key.contains(word));
                counted(value, about)
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn has_model() -> bool {
    std::env::var_os("CHUDA_MODELS").is_some()
}

/// A recording, with its words where somebody hears it.
async fn recorded(phone: &Phone, file: &Path, hear: bool) -> EvidenceId {
    let draft = EvidenceDraft { source: Source::Recording, consent: Some(Consent::Told), ..evidence(file) };
    let id = phone.workbench.keep_evidence(draft).unwrap().evidence.id;
    if hear {
        phone.workbench.transcribe(id, |_| {}, Cancel::new()).await.unwrap();
    }
    id
}

/// Two seconds of silence as WAV, 16 kHz mono.
fn silent() -> Vec<u8> {
    let samples = vec![0u8; 64_000];
    let mut file = [b"RIFF".as_slice(), &(36 + samples.len() as u32).to_le_bytes(), b"WAVEfmt "].concat();
    for number in [16u32.to_le_bytes(), [1, 0, 1, 0], 16_000u32.to_le_bytes(), 32_000u32.to_le_bytes(), [2, 0, 16, 0]] {
        file.extend(number);
    }
    file.extend([b"data".as_slice(), &(samples.len() as u32).to_le_bytes(), &samples].concat());
    file
}

/// A PDF of one page that says `text`.
fn pdf(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 24 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut index = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        writeln!(index, "{:010} 00000 n ", file.len()).unwrap();
        write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1).unwrap();
    }
    let start = file.len();
    write!(file, "{index}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).unwrap();
    file.into_bytes()
}
