//! R1 and R2: records drawn by chance that anyone can check, looked at by the supervisor alone, and nobody ranked by it.

use chrono::{TimeDelta, Utc};
use chuda_evidence::clock::Clock as _;
use chuda_record::id::{CustomerId, Hash, RecordId, TouchId};
use chuda_record::wire::Rejected;
use chuda_record::{Fields, Role, Scalar};
use chuda_server::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::phone::{Hand, Phone, Team, client, json_of, reason, touch_by};

/// A Monday morning in Shanghai on which a period of two weeks begins.
const MONDAY: &str = "2026-03-09T09:00:00+08:00";

struct Sales {
    team: Team,
    clock: Arc<Hand>,
    director: Phone,
    boss: Phone,
    rep: Phone,
    customer: CustomerId,
}

impl Sales {
    async fn start() -> Self {
        let clock = Hand::at(MONDAY);
        let team = Team::start_at(clock.clone()).await;
        let director = team.phone("Director", &[Role::Director], None).await;
        let boss = team.phone("Boss", &[Role::Supervisor], Some("Director")).await;
        let mut rep = team.phone("Lilei", &[Role::Rep], Some("Boss")).await;
        let customer = rep.customer("Huaxin");
        Self { team, clock, director, boss, rep, customer }
    }

    /// Touches that count, at the clock's time.
    async fn touches(&mut self, count: usize) -> Vec<TouchId> {
        let mut touches = Vec::new();
        for _ in 0..count {
            let evidence = self.rep.evidence(b"photo", "image/jpeg", None);
            let id = TouchId::new(Utc::now());
            let mut touch = touch_by(self.rep.person, self.customer, "demo", &[evidence]);
            touch.at = self.clock.now();
            self.rep.create(id, &touch);
            touches.push(id);
        }
        assert_eq!(self.rep.sync(&self.team).await, []);
        touches
    }

    async fn pass(&mut self, time: TimeDelta) {
        self.clock.pass(time);
        self.team.run_due_jobs().await;
        self.boss.sync(&self.team).await;
    }

    fn back_check(&self) -> RecordId {
        let found = self.boss.of_kind("back_check");
        assert_eq!(found.len(), 1);
        found[0]
    }

    /// Every answer but those given in `but`.
    fn answers(&self, id: RecordId, but: &[(usize, &str, &str)]) -> Fields {
        let mut answers = Fields::new();
        for (at, touch) in drawn(&self.boss.fields(id)).iter().enumerate() {
            for question in ["accurate", "evidence", "follow_up"] {
                let other = but.iter().find(|(place, asked, _)| *place == at && *asked == question);
                let answer = other.map_or("yes", |(_, _, answer)| answer);
                answers.insert(format!("answers/{touch}:{question}"), answer.into());
            }
        }
        answers
    }
}

fn drawn(fields: &Fields) -> Vec<String> {
    let mut drawn: Vec<(Scalar, String)> =
        fields.iter().filter_map(|(key, place)| Some((place.clone(), key.strip_prefix("drawn/")?.to_owned()))).collect();
    drawn.sort();
    drawn.into_iter().map(|(_, touch)| touch).collect()
}

fn closing() -> Fields {
    Fields::from([("closed_at".into(), Scalar::Int(1)), ("conclusion".into(), "演示拆分为两个选项".into())])
}

fn answer(rejected: &[Rejected]) -> String {
    rejected.first().map_or_else(|| "ok".to_owned(), reason)
}

#[tokio::test]
async fn every_two_weeks_ten_records_are_drawn_once_whatever_runs_again() {
    let mut sales = Sales::start().await;
    let touches = sales.touches(12).await;
    sales.pass(TimeDelta::days(13)).await;
    assert!(sales.boss.of_kind("back_check").is_empty(), "the period is not over");
    sales.pass(TimeDelta::days(1)).await;
    let id = sales.back_check();
    let fields = sales.boss.fields(id);
    let first = drawn(&fields);
    assert_eq!((first.len(), &fields["population"]), (10, &Scalar::Int(12)));
    assert_eq!((&fields["from"], &fields["to"]), (&"2026-03-09".into(), &"2026-03-22".into()));
    let all: BTreeSet<String> = touches.iter().map(ToString::to_string).collect();
    assert!(first.iter().all(|touch| all.contains(touch)));
    let task = sales.boss.task("back_check").unwrap();
    assert_eq!(sales.boss.fields(task)["source"], Scalar::Text(id.to_string()));
    // What the machine can tell stands there already: the bytes have not come, one file proves twelve touches.
    let found = |touch: &String, check: &str| fields[&format!("machine/{touch}:{check}")].clone();
    assert_eq!((found(&first[0], "bytes"), found(&first[0], "quote_pdf")), ("pending".into(), "not_applicable".into()));
    assert!(first.iter().filter(|touch| found(touch, "original") == "problem:recycled".into()).count() >= 9);

    for restart in [false, true] {
        if restart {
            sales.team.restart().await;
        }
        sales.pass(TimeDelta::hours(6)).await;
        assert_eq!(sales.boss.fields(sales.back_check()), fields);
        assert_eq!(sales.boss.of_kind("task"), [task]);
    }
    // Nothing happened in the next two weeks.
    sales.pass(TimeDelta::days(14)).await;
    assert_eq!(sales.boss.fields(sales.back_check()), fields);
    // And fewer than ten are all of them.
    let few = sales.touches(3).await;
    sales.pass(TimeDelta::days(14)).await;
    let later = sales.boss.of_kind("back_check").into_iter().find(|other| *other != id).unwrap();
    let few: BTreeSet<String> = few.iter().map(ToString::to_string).collect();
    assert_eq!(drawn(&sales.boss.fields(later)).into_iter().collect::<BTreeSet<_>>(), few);
}

#[tokio::test]
async fn anyone_who_may_read_it_can_make_the_draw_again() {
    let mut sales = Sales::start().await;
    sales.touches(15).await;
    sales.pass(TimeDelta::days(14)).await;
    let path = format!("/api/v1/backchecks/{}", sales.back_check());
    let (status, shown) = sales.boss.api(&sales.team, "GET", &path, None).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    // Nothing of this server's code but SHA-256.
    let ids: Vec<&str> = shown["candidates"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let lines: Vec<String> = ids.iter().map(|id| format!("{id}\n")).collect();
    assert_eq!(shown["digest"], Hash::of(lines.concat().as_bytes()).to_string());
    let seed = shown["seed"].as_str().unwrap();
    let mut tickets: Vec<(Hash, &str)> = ids.iter().map(|id| (Hash::of(format!("{seed}/{id}").as_bytes()), *id)).collect();
    tickets.sort_unstable();
    let again: Vec<&str> = tickets.into_iter().take(10).map(|(_, id)| id).collect();
    let records = shown["records"].as_array().unwrap();
    assert_eq!(again, records.iter().map(|record| record["touch"].as_str().unwrap()).collect::<Vec<_>>());
    assert_eq!(seed.len(), 64);
}

#[tokio::test]
async fn the_supervisor_alone_answers_and_whoever_audits_reads() {
    let mut sales = Sales::start().await;
    let mut other = sales.team.phone("Other", &[Role::Supervisor], Some("Director")).await;
    let auditor = sales.team.phone("Auditor", &[Role::Auditor], None).await;
    sales.touches(2).await;
    sales.pass(TimeDelta::days(14)).await;
    let id = sales.back_check();
    for phone in [&mut sales.rep, &mut sales.director, &mut other] {
        phone.sync(&sales.team).await;
    }
    assert!(sales.director.has(id) && !sales.rep.has(id) && !other.has(id));

    let touch = drawn(&sales.boss.fields(id))[0].clone();
    let write = |answer: &str| Fields::from([(format!("answers/{touch}:evidence"), answer.into())]);
    let Sales { team, boss, rep, director, .. } = &mut sales;
    for (phone, expected) in [(rep, "not_allowed"), (&mut other, "not_allowed"), (director, "field_locked")] {
        boss.leak(id, phone);
        phone.incarnation += 1;
        phone.write(id, &write("yes"));
        assert_eq!(answer(&phone.sync(team).await), expected);
    }
    // What is drawn, by which seed, and what the machine found is nobody's to write.
    for (field, value) in [
        ("seed", Scalar::from("0")),
        ("drawn/x", Scalar::Int(1)),
        ("population", Scalar::Int(1)),
        (&format!("machine/{touch}:opens"), "ok".into()),
    ] {
        boss.incarnation += 1;
        let mut copy = Phone { device: boss.device, person: boss.person, incarnation: boss.incarnation, ..Phone::new() };
        copy.key = boss.key.clone();
        boss.leak(id, &mut copy);
        copy.write(id, &Fields::from([(field.to_owned(), value)]));
        assert_eq!(answer(&copy.sync(team).await), "field_locked", "{field}");
    }
    boss.incarnation += 1;
    boss.write(id, &write("no"));
    assert_eq!(answer(&boss.sync(team).await), "ok");

    let path = format!("/api/v1/backchecks/{id}");
    for (phone, shown, listed) in
        [(&sales.boss, 200, 1), (&sales.director, 200, 1), (&auditor, 200, 1), (&sales.rep, 404, 0), (&other, 404, 0)]
    {
        let (status, _) = phone.api(&sales.team, "GET", &path, None).await;
        let (_, list) = phone.api(&sales.team, "GET", "/api/v1/backchecks?open=true", None).await;
        assert_eq!((status.as_u16(), list["backchecks"].as_array().unwrap().len()), (shown, listed));
    }
    let (_, shown) = auditor.api(&sales.team, "GET", &path, None).await;
    let question = &shown["records"][0]["questions"][1];
    assert_eq!((&question["question"]["label"], &question["answer"]["key"]), (&json!("证据是否真实可读"), &json!("no")));
    assert!(
        question["checks"].as_array().unwrap().iter().any(|check| check["check"]["key"] == "bytes" && check["found"] == "pending")
    );
    let admin = sales.team.admin();
    let (may, may_not) = (
        admin.add_token("bi", &[Scope::Backchecks], None, sales.team.now()).unwrap(),
        admin.add_token("crm", &[Scope::Touches], None, sales.team.now()).unwrap(),
    );
    for (token, expected) in [(may, StatusCode::OK), (may_not, StatusCode::FORBIDDEN)] {
        let answer = client().get(format!("{}{path}", sales.team.url())).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), expected);
    }
}

#[tokio::test]
async fn it_is_closed_with_everything_answered_and_what_is_not_a_yes_becomes_a_finding_about_the_rules() {
    let mut sales = Sales::start().await;
    sales.touches(2).await;
    sales.pass(TimeDelta::days(14)).await;
    let id = sales.back_check();
    let touches = drawn(&sales.boss.fields(id));
    for (writes, what) in [
        (closing(), "nothing is answered"),
        (Fields::from([(format!("answers/{}:evidence", touches[0]), "maybe".into())]), "no such answer"),
        (Fields::from([(format!("answers/{}:punctual", touches[0]), "no".into())]), "no such question"),
        (Fields::from([(format!("answers/{}:evidence", RecordId::new(Utc::now())), "no".into())]), "not drawn"),
        (Fields::from([(format!("notes/{}:evidence", touches[0]), "字".repeat(1_001).into())]), "too long"),
    ] {
        let mut copy = Phone { device: sales.boss.device, person: sales.boss.person, ..Phone::new() };
        (copy.key, copy.incarnation) = (sales.boss.key.clone(), sales.boss.incarnation + 1);
        sales.boss.incarnation += 1;
        sales.boss.leak(id, &mut copy);
        copy.write(id, &writes);
        assert_eq!(answer(&copy.sync(&sales.team).await), "invalid", "{what}");
    }
    sales.boss.incarnation += 1;
    let answers = sales.answers(id, &[(0, "evidence", "no"), (1, "follow_up", "unclear")]);
    sales.boss.write(id, &answers);
    sales.boss.write(id, &Fields::from([(format!("notes/{}:evidence", touches[0]), "只是产品手册".into())]));
    assert_eq!(sales.boss.sync(&sales.team).await, []);
    assert!(sales.boss.of_kind("finding").is_empty(), "it is not closed yet");
    sales.boss.write(id, &closing());
    assert_eq!(sales.boss.sync(&sales.team).await, []);
    for _ in 0..2 {
        sales.pass(TimeDelta::days(1)).await;
        let mut findings: Vec<Fields> = sales.boss.of_kind("finding").iter().map(|id| sales.boss.fields(*id)).collect();
        findings.sort_by_key(|finding| finding["left"].clone());
        let told = |finding: &Fields| ["finding", "source", "left", "right", "because"].map(|field| finding[field].clone());
        assert_eq!(
            findings.iter().map(told).collect::<Vec<_>>(),
            [
                ["back_check", &touches[1], "后续动作是否真正触发", "unclear", "follow_up = unclear"].map(Scalar::from),
                ["back_check", &touches[0], "证据是否真实可读", "只是产品手册", "evidence = no"].map(Scalar::from),
            ]
        );
        // Addressed to whoever can change rules and options; the rep is neither named nor told.
        assert!(findings.iter().all(|finding| finding["author"] == Scalar::Text(sales.boss.person.to_string())));
        assert!(findings.iter().all(|finding| !finding.contains_key("customer")));
        sales.rep.sync(&sales.team).await;
        assert!(sales.rep.of_kind("finding").is_empty() && sales.rep.of_kind("back_check").is_empty());
    }
    let task = sales.boss.task("back_check").unwrap();
    assert!(sales.boss.fields(task).contains_key("done_at"));
    sales.boss.write(id, &Fields::from([(format!("answers/{}:evidence", touches[0]), "yes".into())]));
    assert_eq!(answer(&sales.boss.sync(&sales.team).await), "field_locked");
}

/// R2: findings and answers are about records and rules. No field of any answer of the API counts them, and nothing that is shown of a
/// back-check says whose touches they are.
#[tokio::test]
async fn nothing_ranks_people_by_findings_or_answers() {
    let mut sales = Sales::start().await;
    sales.touches(12).await;
    sales.pass(TimeDelta::days(14)).await;
    let id = sales.back_check();
    let answers = sales.answers(id, &[(0, "evidence", "no"), (1, "accurate", "unclear")]);
    sales.boss.write(id, &answers);
    sales.boss.write(id, &closing());
    assert_eq!(sales.boss.sync(&sales.team).await, []);
    for path in ["/api/v1/backchecks".to_owned(), format!("/api/v1/backchecks/{id}")] {
        let (status, shown) = sales.boss.api(&sales.team, "GET", &path, None).await;
        assert_eq!(status, StatusCode::OK);
        let shown = shown.to_string();
        assert!(!shown.contains("Lilei") && !shown.contains(&sales.rep.person.to_string()), "{path}");
    }

    let description = json_of(client().get(format!("{}/openapi.json", sales.team.url())).send().await.unwrap()).await;
    let mut looked_at = 0;
    for (schema, described) in description["components"]["schemas"].as_object().unwrap() {
        // Wherever a view says something of findings or back-checks, it says it of one record: words, instants, lists of records.
        for (property, holds) in properties(described) {
            let name = format!("{schema}.{property}").to_lowercase();
            if ["finding", "backcheck", "back_check", "answer"].iter().any(|word| name.contains(word)) {
                looked_at += 1;
                let allowed = ["BackCheckView.population", "BackCheckDetail.population"];
                assert!(allowed.contains(&format!("{schema}.{property}").as_str()) || !counts(holds), "{name}: {holds}");
            }
        }
    }
    assert!(looked_at > 10, "the description has these views");
}

/// The properties of a schema, those of its parts among them.
fn properties(schema: &Value) -> Vec<(&String, &Value)> {
    let own = schema["properties"].as_object().into_iter().flatten();
    let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(properties);
    own.chain(parts).collect()
}

/// Whether a property holds a number, or numbers by some key.
fn counts(holds: &Value) -> bool {
    let is = |value: &Value| {
        let types: Vec<&str> = match &value["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        types.contains(&"integer") || types.contains(&"number") || value.get("additionalProperties").is_some()
    };
    is(holds) || is(&holds["items"])
}
