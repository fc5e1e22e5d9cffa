//! H4 inbound and M1 in their own words: entered once elsewhere, known here; what mail systems saw is evidence and result by itself.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::clock::Clock as _;
use chuda_kit::{Hand, Host, Phone, of, sample};
use chuda_phone::query::view::{Grade, LeadList, TouchStatus, TouchView};
use chuda_phone::workbench::TouchDraft;
use chuda_record::id::CustomerId;
use chuda_record::rules::metrics::Outcome;
use chuda_record::wire::api::ImportKind;
use chuda_record::{ContactMode, Intent, Role};
use chuda_server::Scope;
use serde_json::{Value, json};

/// A Monday morning in Shanghai.
const MONDAY: &str = "2026-03-09T09:00:00+08:00";

struct Sales {
    clock: Arc<Hand>,
    host: Host,
    boss: Phone,
    rep: Phone,
    finance: Phone,
    token: String,
}

impl Sales {
    async fn on_monday() -> Self {
        let clock = Hand::at(MONDAY);
        let host = Host::start_at(clock.clone()).await;
        let boss = host.phone("韩梅", Role::Supervisor, None).await;
        let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
        let finance = host.phone("财务", Role::Finance, None).await;
        let token = host.admin().add_token("mail", &[Scope::EventsWrite], None, clock.now()).unwrap();
        let sales = Self { clock, host, boss, rep, finance, token };
        sales.settle().await;
        sales
    }

    async fn settle(&self) {
        self.host.run_due_jobs().await;
        for phone in [&self.rep, &self.boss, &self.finance, &self.rep] {
            phone.settle().await;
        }
    }

    async fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
        self.settle().await;
    }

    fn sent(&self, customer: CustomerId, mode: ContactMode, action: &str) -> TouchView {
        let draft = TouchDraft { evidence: vec![self.rep.note()], mode: Some(mode), ..of(customer, action) };
        self.rep.workbench.record_touch(draft).unwrap().touch
    }

    /// Hands in events and says what came of each.
    async fn events(&self, events: &[Value]) -> Vec<Value> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = serde_json::to_vec(events).unwrap();
        let request = client.post(format!("{}/api/v1/events", self.host.url())).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        answer["events"].as_array().unwrap().clone()
    }

    fn event(&self, id: &str, event: &str, thread: Option<&str>) -> Value {
        json!({
            "system": "mail", "external_id": id, "event": event, "customer": "杭州智联科技", "thread": thread,
            "at": self.clock.now().to_rfc3339(),
        })
    }

    fn touch(&self, touch: &TouchView) -> TouchView {
        self.boss.workbench.touch(touch.id).unwrap()
    }
}

async fn import(phone: &Phone, kind: ImportKind, file: &Path, dry_run: bool) -> Value {
    serde_json::to_value(phone.workbench.import(kind, file, dry_run).await.unwrap()).unwrap()
}

fn counts(report: &Value) -> [u64; 4] {
    ["created", "changed", "unchanged", "mistakes"].map(|name| report[name].as_u64().unwrap())
}

fn outcomes(taken: &[Value]) -> Vec<&str> {
    taken.iter().map(|one| one["outcome"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_of_a_crm_are_looked_at_first_then_taken_in_once_and_nobody_is_entered_twice() {
    let sales = Sales::on_monday().await;
    // 李雷 has entered one of them already, and knows more and other things about it.
    let known = sales.rep.customer("宁波海川机械(集团)");
    let draft = TouchDraft { intent: Some(Intent::C), evidence: vec![sales.rep.note()], ..of(known, "演示") };
    sales.rep.workbench.record_touch(draft).unwrap();
    sales.settle().await;

    let file = sample("customers.xlsx");
    let preview = import(&sales.boss, ImportKind::Customers, &file, true).await;
    assert_eq!(counts(&preview), [2, 1, 0, 0], "{preview}");
    assert_eq!(preview["lines"][0]["line"], 4);
    assert_eq!(preview["columns"][0]["field"], "external_id");
    assert_eq!(preview["columns"][7]["field"], Value::Null, "建档日期 is left out");
    sales.settle().await;
    assert_eq!(sales.boss.workbench.customers().unwrap().len(), 1, "looking changes nothing");

    assert_eq!(counts(&import(&sales.boss, ImportKind::Customers, &file, false).await), [2, 1, 0, 0]);
    assert_eq!(
        counts(&import(&sales.boss, ImportKind::Customers, &file, false).await),
        [0, 0, 3, 0],
        "the same file again changes nothing"
    );
    sales.settle().await;
    let named = |name: &str| sales.boss.workbench.find_customers(name).unwrap().remove(0);
    let new = named("杭州智联科技");
    assert_eq!((new.intent, new.holder.is_none(), new.stage.as_str()), (Some(Intent::A), true, "offered"));
    assert_eq!((new.contacts[0].name.as_str(), new.contacts[0].phone.as_deref()), ("王总", Some("13800000000")));
    assert_eq!(named("佛山乐居家具").contacts, []);
    // What people here found stands; the CRM's word stands beside it, and the two do not agree (B5).
    let filled = named("宁波海川机械(集团)");
    assert_eq!((filled.id, filled.intent, filled.holder.as_ref().unwrap().name.as_str()), (known, Some(Intent::C), "李雷"));
    assert_eq!(filled.contacts[0].name, "李工");
    let findings = sales.rep.workbench.findings(true).unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].left.as_deref(), findings[0].right.as_deref()), (Some("C"), Some("B")));
    // What nobody holds can be claimed: every rep sees it.
    assert_eq!(sales.rep.workbench.customers().unwrap().len(), 1);
    assert_eq!(sales.rep.workbench.leads(LeadList::Pool).unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_mistakes_tells_every_one_with_line_and_column_and_leaves_nothing_behind() {
    let sales = Sales::on_monday().await;
    let text = "客户名称,意向等级,负责人\n好客户,A,李雷\n,B,\n坏客户,X,李雷\n另一个,A,查无此人\n外人的,A,财务\n";
    let file = sales.boss.file(text.as_bytes());
    let preview = import(&sales.boss, ImportKind::Customers, &file, true).await;
    assert_eq!(counts(&preview), [1, 0, 0, 4]);
    let errors: Vec<_> = preview["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["line"].as_u64().unwrap(), e["column"].as_str().unwrap(), e["key"].as_str().unwrap()))
        .collect();
    let expected = [
        (3, "客户名称", "missing"),
        (4, "意向等级", "intent"),
        (5, "负责人", "holder_unknown"),
        (6, "负责人", "holder_not_allowed"),
    ];
    assert_eq!(errors, expected);
    assert_eq!(preview["errors"][1]["message"], "第 4 行「意向等级」“X”：意向等级只能是 A、B、C、D");
    let refused = sales.boss.workbench.import(ImportKind::Customers, &file, false).await.unwrap_err();
    assert_eq!(
        (refused.key, refused.params["problem"].as_str(), refused.params["count"].as_str()),
        ("server.refused", "import.mistakes", "4")
    );
    sales.settle().await;
    assert!(sales.boss.workbench.customers().unwrap().is_empty(), "not even the good line");

    let problem = async |phone: &Phone, kind: ImportKind, bytes: &[u8]| {
        let file = phone.file(bytes);
        phone.workbench.import(kind, &file, true).await.unwrap_err().params["problem"].clone()
    };
    assert_eq!(problem(&sales.boss, ImportKind::Customers, "姓名\n李雷\n".as_bytes()).await, "import.column_missing");
    assert_eq!(problem(&sales.boss, ImportKind::Customers, b"PK\x03\x04nonsense").await, "import.unreadable");
    assert_eq!(problem(&sales.finance, ImportKind::Customers, text.as_bytes()).await, "import.not_allowed");
    assert_eq!(problem(&sales.boss, ImportKind::Slips, text.as_bytes()).await, "import.not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_come_in_for_whoever_claims_them_or_straight_into_somebodys_hands() {
    let sales = Sales::on_monday().await;
    let text = "Company,Contact,Mobile,Lead source,Owner\nACME Ltd,Ann,139,Fair,\nBolt GmbH,,,Web,李雷\n";
    let file = sales.boss.file(text.as_bytes());
    assert_eq!(counts(&import(&sales.boss, ImportKind::Leads, &file, false).await), [2, 0, 0, 0]);
    sales.settle().await;
    let stages: Vec<_> = ["ACME Ltd", "Bolt GmbH"]
        .map(|name| sales.rep.workbench.find_customers(name).unwrap().remove(0))
        .map(|customer| (customer.stage.as_str(), customer.holder.map(|holder| holder.name)))
        .to_vec();
    assert_eq!(stages, [("offered", None), ("claimed", Some("李雷".into()))]);
    assert_eq!(counts(&import(&sales.boss, ImportKind::Leads, &file, false).await), [0, 0, 2, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_go_in_whole_and_a_second_time_change_nothing() {
    let sales = Sales::on_monday().await;
    let mut text = "客户名称,意向等级,负责人\n".to_owned();
    for number in 0..10_000 {
        writeln!(text, "客户{number:05}有限公司,{},李雷", ["A", "B", "C"][number % 3]).unwrap();
    }
    let file = encoding_rs::GB18030.encode(&text).0.into_owned();
    let admin = sales.host.admin();
    let run = |file: &[u8], dry_run| admin.import(ImportKind::Customers, file, dry_run, "韩梅", sales.clock.now()).unwrap();
    // A mistake in the last line, and not even the first one is there.
    let broken = format!("{text},,\n最后一行,X,\n");
    let refused = run(broken.as_bytes(), false);
    assert_eq!((refused.mistakes, refused.errors[0].line, refused.errors[0].key.as_str()), (1, 10_003, "intent"));
    let preview = run(&file, true);
    assert_eq!((preview.created, preview.lines.len()), (10_000, 200));
    assert_eq!(run(&file, false).created, 10_000);
    assert_eq!(run(&file, false).unchanged, 10_000);
    let mut event = sales.event("1", "mail_received", None);
    event["customer"] = json!("客户07777有限公司");
    assert_eq!(outcomes(&sales.events(&[event]).await), ["created"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_log_proves_a_touch_by_itself_and_its_opening_within_a_day_is_the_result() {
    let sales = Sales::on_monday().await;
    let customer = sales.rep.customer("杭州智联科技");
    // Written down without any evidence: 待补证据, and it counts for nothing.
    let draft = TouchDraft { mode: Some(ContactMode::Email), allow_draft: true, ..of(customer, "发送资料") };
    let touch = sales.rep.workbench.record_touch(draft).unwrap().touch;
    assert_eq!(touch.status, TouchStatus::Draft);
    sales.settle().await;
    assert_eq!(sales.touch(&touch).opened, Some(Outcome::Open), "pending");
    sales.clock.pass(TimeDelta::minutes(5));
    let taken = sales.events(&[sales.event("1", "mail_sent", Some("m-1"))]).await;
    assert_eq!((taken[0]["outcome"].as_str(), taken[0]["touch"].as_str()), (Some("created"), Some(touch.id.to_string().as_str())));
    sales.settle().await;
    let proven = sales.rep.workbench.touch(touch.id).unwrap();
    assert_eq!((proven.status, proven.evidence.len()), (TouchStatus::Recorded, 1));
    let log = &proven.evidence[0];
    assert_eq!((log.source.as_str(), log.grade, log.valid, log.readable), ("event", Grade::ServerWitnessed, true, true));
    assert_eq!(sales.rep.workbench.customer(customer).unwrap().health.parts.evidence, 1);

    sales.pass(TimeDelta::hours(23)).await;
    sales.events(&[sales.event("2", "mail_opened", Some("m-1"))]).await;
    sales.settle().await;
    assert_eq!(sales.touch(&touch).opened, Some(Outcome::Met), "yes");
    // The second sending is opened too late, and downloaded twice: that is one piece of evidence more, not two.
    let later = sales.sent(customer, ContactMode::Email, "报价");
    sales.settle().await;
    sales.pass(TimeDelta::hours(24) + TimeDelta::seconds(1)).await;
    assert_eq!(sales.touch(&later).opened, Some(Outcome::Missed), "no");
    sales.events(&[sales.event("3", "attachment_downloaded", None), sales.event("4", "attachment_downloaded", None)]).await;
    sales.settle().await;
    let shown = sales.touch(&later);
    assert_eq!((shown.opened, shown.evidence.len()), (Some(Outcome::Missed), 2));
    assert_eq!(sales.touch(&touch).evidence.len(), 1);
    let visit = sales.sent(customer, ContactMode::Visit, "演示");
    assert_eq!(visit.opened, None, "there was nothing to open");
    // All of it is on the customer's page, on the rep's phone too.
    assert_eq!(sales.rep.workbench.events(Some(customer), 50).unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_twice_is_one_and_a_wrong_row_is_refused_by_itself() {
    let sales = Sales::on_monday().await;
    let customer = sales.rep.customer("杭州智联科技");
    sales.sent(customer, ContactMode::Email, "报价");
    sales.settle().await;
    let good = sales.event("1", "attachment_opened", None);
    let with = |field: &str, value: Value| {
        let id = format!("{field} {}", value.to_string().chars().take(40).collect::<String>());
        let mut row = sales.event(&id, "mail_opened", None);
        row[field] = value;
        row
    };
    let rows = [
        good.clone(),
        good.clone(),
        with("event", json!("mail_eaten")),
        with("customer", json!("没有这个客户")),
        with("person", json!("没有这个人")),
        with("at", json!("yesterday")),
        with("at", json!((sales.clock.now() + TimeDelta::days(2)).to_rfc3339())),
        with("external_id", json!("")),
        with("thread", json!("x".repeat(300))),
        json!({ "system": "mail" }),
        json!("nothing"),
        with("customer", json!(customer)),
    ];
    let taken = sales.events(&rows).await;
    let fields: Vec<_> = taken.iter().map(|one| one["field"].as_str().unwrap_or("-")).collect();
    assert_eq!(fields, ["-", "-", "event", "customer", "person", "row", "at", "external_id", "thread", "row", "row", "-"]);
    assert_eq!(outcomes(&taken)[..2], ["created", "known"]);
    assert_eq!(taken[0]["id"], taken[1]["id"]);
    assert_eq!(outcomes(&sales.events(&rows).await).iter().filter(|outcome| **outcome == "known").count(), 3, "{taken:?}");
    sales.settle().await;
    assert_eq!(sales.rep.workbench.events(Some(customer), 50).unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_finds_its_touch_whichever_of_the_two_arrives_first() {
    let sales = Sales::on_monday().await;
    let customer = sales.rep.customer("杭州智联科技");
    let first = sales.sent(customer, ContactMode::Email, "发送资料");
    sales.settle().await;
    // The second one is recorded in a basement; the customer downloads before it has been sent here.
    sales.clock.pass(TimeDelta::hours(30));
    let second = sales.sent(customer, ContactMode::Wechat, "报价");
    sales.clock.pass(TimeDelta::hours(2));
    let taken = sales.events(&[sales.event("1", "attachment_downloaded", Some("t"))]).await;
    assert_eq!(taken[0]["touch"].as_str().unwrap(), first.id.to_string(), "as far as anybody knew");
    sales.settle().await;
    let events = sales.boss.workbench.events(Some(customer), 10).unwrap();
    assert_eq!(events[0].touch, Some(second.id));
    assert_eq!((sales.touch(&first).opened, sales.touch(&second).opened), (Some(Outcome::Missed), Some(Outcome::Met)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_came_in_or_an_attachment_that_was_opened_is_an_answer_to_a_quote() {
    let sales = Sales::on_monday().await;
    let customers = ["杭州智联科技", "宁波海川机械", "佛山乐居家具", "苏州恒通电子"].map(|name| sales.rep.customer(name));
    for customer in customers {
        sales.sent(customer, ContactMode::Email, "报价");
    }
    sales.settle().await;
    sales.clock.pass(TimeDelta::hours(71));
    let about = |id: &str, event: &str, customer: CustomerId| {
        let mut row = sales.event(id, event, None);
        row["customer"] = json!(customer);
        row
    };
    let rows = [
        about("1", "mail_received", customers[0]),
        about("2", "attachment_opened", customers[1]),
        // An opened mail is no answer, nor is a call of ours.
        about("3", "mail_opened", customers[2]),
        about("4", "call", customers[3]),
    ];
    assert_eq!(outcomes(&sales.events(&rows).await), ["created"; 4]);
    sales.pass(TimeDelta::hours(1)).await;
    let mut asked: Vec<_> = sales
        .rep
        .workbench
        .tasks()
        .unwrap()
        .into_iter()
        .filter(|task| task.kind.zh == "二次价值确认")
        .map(|task| task.customer_name.unwrap())
        .collect();
    asked.sort_unstable();
    assert_eq!(asked, ["佛山乐居家具", "苏州恒通电子"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn payment_slips_of_a_bank_are_read_as_they_come() {
    let sales = Sales::on_monday().await;
    let preview = import(&sales.finance, ImportKind::Slips, &sample("slips.csv"), true).await;
    assert_eq!(counts(&preview), [2, 0, 0, 0], "{preview}");
    assert_eq!(preview["lines"][0]["name"], "2026030901");
    assert_eq!(preview["lines"][0]["mismatch"]["left"], "HT-2026-001");
    assert_eq!(counts(&import(&sales.finance, ImportKind::Slips, &sample("slips.csv"), false).await), [2, 0, 0, 0]);
    assert_eq!(counts(&import(&sales.finance, ImportKind::Slips, &sample("slips.csv"), false).await), [0, 0, 2, 0]);
    // The same number with another amount is another matter.
    let other = sales.finance.file("流水号,金额\n2026030901,1\n".as_bytes());
    let preview = import(&sales.finance, ImportKind::Slips, &other, true).await;
    assert_eq!((counts(&preview), preview["errors"][0]["key"].as_str()), ([0, 0, 0, 1], Some("slip_differs")));
    let at: DateTime<Utc> = MONDAY.parse().unwrap();
    assert_eq!(sales.clock.now(), at);
}
