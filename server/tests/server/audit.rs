//! Who did and who looked (N2, T5): every act is in the log with person and device, and each role sees what it may of it. Whoever
//! audits reads everything and changes nothing.

use std::collections::BTreeMap;

use chrono::{TimeDelta, Utc};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, RecordId, TouchId, WebhookId};
use chuda_record::{Fields, Role, Scalar};
use chuda_server::Event;
use chuda_server::Scope;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::blobs::upload;
use crate::exchange::claim;
use crate::phone::{Hand, Phone, Team, client, json_of};

/// Everything that the log shows to somebody, page by page, latest first.
pub(crate) async fn log_of(phone: &Phone, team: &Team, query: &str) -> Vec<Value> {
    let mut entries = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = phone.api(team, "GET", &format!("/api/v1/audit?{query}{cursor}"), None).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let list = page["entries"].as_array().unwrap();
        assert!(list.len() <= 100);
        entries.extend(list.iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return entries,
        }
    }
}

/// Whether some entry has all of these values.
pub(crate) fn has(log: &[Value], expected: &[(&str, impl AsRef<str>)]) -> bool {
    let text = |entry: &Value, path: &str| match entry.pointer(&format!("/{path}")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "none".into(),
        Some(other) => other.to_string(),
    };
    log.iter().any(|entry| expected.iter().all(|(path, value)| text(entry, path) == value.as_ref()))
}

fn via(phone: &Phone) -> String {
    format!("device {}", phone.device)
}

/// A quote with a PDF that finance has to approve.
pub(crate) async fn quote(team: &Team, rep: &mut Phone) -> (CustomerId, TouchId, EvidenceId) {
    let customer = rep.customer("杭州智联科技");
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    let touch = rep.touch(customer, "quote", &[pdf]);
    assert_eq!(rep.sync(team).await, []);
    rep.sync(team).await;
    (customer, touch, pdf)
}

/// What a team did that the log has to tell.
struct Acts {
    boss: Phone,
    finance: Phone,
    rep: Phone,
    /// The rep's other device, locked out.
    second: DeviceId,
    customer: CustomerId,
    touch: TouchId,
    pdf: EvidenceId,
    task: String,
    /// A claim that was witnessed, and one with another's signature.
    claims: [Hash; 2],
    webhook: WebhookId,
}

async fn act(team: &Team) -> Acts {
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let mut finance = team.phone("陈静", &[Role::Finance], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], Some("韩梅")).await;
    let (customer, touch, pdf) = quote(team, &mut rep).await;
    rep.set(touch, "next_action", "寄样品");
    assert_eq!(rep.sync(team).await, []);
    let second = team.another_phone(rep.person).await.device;
    send_what_is_refused(team, &mut finance, customer).await;
    let claims = send_claims(team, &mut rep).await;
    // The bytes arrive, the supervisor looks at them, finance approves.
    assert_eq!(upload(&rep, team, b"%PDF").await, StatusCode::NO_CONTENT);
    let look = boss.request(team, "GET", &format!("/blobs/{}", Hash::of(b"%PDF")), Vec::new()).send().await.unwrap();
    assert_eq!(look.status(), StatusCode::OK);
    let (_, todos) = finance.api(team, "GET", "/api/v1/todos", None).await;
    let task = todos["todos"][0]["id"].as_str().unwrap().to_owned();
    let done = finance.api(team, "POST", &format!("/api/v1/todos/{task}/done"), Some(json!({ "choice": "approve" }))).await;
    assert_eq!(done.0, StatusCode::OK);
    // What the admin does.
    team.admin().set_reports_to("李雷", None, Utc::now()).unwrap();
    team.admin().revoke(second, Utc::now()).unwrap();
    team.admin().add_token("crm", &[Scope::Touches], None, Utc::now()).unwrap();
    let (webhook, _) = team.admin().add_webhook("https://crm.example/hooks", &[Event::TouchRecorded], Utc::now()).unwrap();
    team.admin().remove_webhook(webhook, Utc::now()).unwrap();
    let backup = team.data().join("backup.db");
    team.admin().backup(&backup, Utc::now()).unwrap();
    team.admin().export_audit(&team.data().join("audit.zip"), (None, None), Utc::now()).unwrap();
    team.admin().restore(&backup, Utc::now()).unwrap();
    Acts { boss, finance, rep, second, customer, touch, pdf, task, claims, webhook }
}

/// A field that is locked, and bytes that are no change. Sent twice, each is one act.
async fn send_what_is_refused(team: &Team, finance: &mut Phone, customer: CustomerId) {
    finance.sync(team).await;
    finance.set(customer, "name", "改名");
    let mut request = finance.next_request();
    request.changes.push(chuda_record::wire::DocumentChanges {
        document: *RecordId::derived("nothing").as_bytes(),
        changes: vec![b"no change".to_vec().into()],
    });
    for _ in 0..2 {
        assert_eq!(finance.exchange(team, &request).await.unwrap().rejected.len(), 2);
    }
    finance.outbox.clear();
}

/// A claim that is witnessed, and one with another's signature; twice too.
async fn send_claims(team: &Team, rep: &mut Phone) -> [Hash; 2] {
    let names = [EvidenceId::derived("one"), EvidenceId::derived("two")];
    let good = claim(rep, names[0], 1, None);
    let mut forged = claim(rep, names[1], 2, Some(Hash::of(&good.claim)));
    forged.signature.clone_from(&good.signature);
    let mut request = rep.next_request();
    request.claims = vec![good.clone(), forged.clone()];
    for _ in 0..2 {
        rep.exchange(team, &request).await.unwrap();
    }
    [Hash::of(&good.claim), Hash::of(&forged.claim)]
}

/// The entries that there have to be, each by some of its values.
fn entries_of(acts: &Acts) -> Vec<Vec<(&'static str, String)>> {
    let text = |list: &[(&'static str, &str)]| list.iter().map(|(path, value)| (*path, (*value).to_owned())).collect::<Vec<_>>();
    let did = |phone: &Phone| text(&[("person/id", &phone.person.to_string()), ("via", &via(phone))]);
    let [rep, boss, finance] = [&acts.rep, &acts.boss, &acts.finance].map(did);
    let [admin, server] = ["admin", "server"].map(|via| text(&[("person", "none"), ("via", via)]));
    let person = acts.rep.person.to_string();
    let (customer, touch, pdf, task) = (acts.customer.to_string(), acts.touch.to_string(), acts.pdf.to_string(), &acts.task);
    let ([good, forged], blob) = (acts.claims.map(|hash| hash.to_string()), Hash::of(b"%PDF").to_string());
    let (revoked, webhook) = (acts.second.to_string(), acts.webhook.to_string());
    let entries = [
        (&server, &[("verb", "key_made"), ("n", "1"), ("about/what", "key"), ("previous", "none")][..]),
        (&admin, &[("verb", "person_added"), ("record", &person), ("kind", "person"), ("about/what", "change")]),
        (&admin, &[("verb", "code_issued"), ("record", &person)]),
        (&rep, &[("verb", "enrolled"), ("record", &person)]),
        (&rep, &[("verb", "created"), ("record", &touch), ("kind", "touch"), ("about/what", "change")]),
        (&rep, &[("verb", "created"), ("record", &pdf), ("kind", "evidence")]),
        (&rep, &[("verb", "changed"), ("record", &touch)]),
        (&server, &[("verb", "rule_carried_out"), ("record", &touch), ("detail", "quote-pdf")]),
        (&server, &[("verb", "created"), ("record", task), ("kind", "task")]),
        (&server, &[("verb", "changed"), ("record", &touch)]),
        (&finance, &[("verb", "refused"), ("record", &customer), ("kind", "customer"), ("detail", "field_locked")]),
        (&finance, &[("verb", "refused"), ("kind", "none"), ("detail", "malformed")]),
        (&rep, &[("verb", "witnessed"), ("kind", "evidence"), ("about/what", "claim"), ("about/hash", &good)]),
        (&rep, &[("verb", "refused"), ("about/what", "claim"), ("about/hash", &forged), ("detail", "signature.invalid")]),
        (&rep, &[("verb", "uploaded"), ("about/what", "blob"), ("about/hash", &blob)]),
        (&boss, &[("verb", "viewed"), ("record", &pdf), ("about/hash", &blob)]),
        (&finance, &[("verb", "task_done"), ("record", task), ("kind", "task")]),
        (&admin, &[("verb", "line_changed"), ("record", &person)]),
        (&admin, &[("verb", "revoked"), ("record", &person), ("detail", &revoked)]),
        (&admin, &[("verb", "token_added"), ("detail", "crm")]),
        (&admin, &[("verb", "webhook_added"), ("detail", &webhook)]),
        (&admin, &[("verb", "webhook_removed"), ("detail", &webhook)]),
        (&admin, &[("verb", "backed_up")]),
        (&admin, &[("verb", "exported"), ("detail", "../..")]),
        (&admin, &[("verb", "restored"), ("about/what", "entry"), ("detail", "log_kept")]),
    ];
    entries.iter().map(|(by, what)| [(*by).clone(), text(what)].concat()).collect()
}

#[tokio::test]
async fn every_act_is_logged_with_the_right_person_and_device() {
    let team = Team::start().await;
    let auditor = team.phone("审计", &[Role::Auditor], None).await;
    let acts = act(&team).await;
    let log = log_of(&auditor, &team, "").await;
    for expected in entries_of(&acts) {
        assert!(has(&log, &expected), "{expected:?} is not in {log:#?}");
    }
    // Nothing twice that happened once.
    let count = |verb: &str| log.iter().filter(|entry| entry["verb"] == verb).count();
    for (verb, times) in [("refused", 3), ("witnessed", 1), ("uploaded", 1), ("viewed", 1), ("task_done", 1)] {
        assert_eq!(count(verb), times, "{verb}");
    }
    assert_eq!(log.iter().filter(|entry| entry["detail"] == "quote-pdf").count(), 1);
    // Without a gap, each with the hash of the one before.
    for pair in log.windows(2) {
        assert_eq!((&pair[0]["previous"], pair[0]["n"].as_u64()), (&pair[1]["hash"], pair[1]["n"].as_u64().map(|n| n + 1)));
    }
    // The look is with the evidence too (T5).
    let (_, shown) = auditor.api(&team, "GET", &format!("/api/v1/touches/{}", acts.touch), None).await;
    let views = shown["evidence"][0]["views"].as_array().unwrap();
    assert_eq!((views.len(), &views[0]["person"]["name"], &views[0]["via"]), (1, &json!("韩梅"), &json!(via(&acts.boss))));
}

#[tokio::test]
async fn the_log_is_filtered_and_comes_in_pages() {
    let clock = Hand::at("2026-03-02T09:00:00Z");
    let team = Team::start_at(clock.clone()).await;
    let auditor = team.phone("审计", &[Role::Auditor], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    let customer = rep.customer("杭州智联科技");
    let touch = rep.touch(customer, "demo", &[]);
    rep.sync(&team).await;
    for n in 0..220 {
        rep.set(touch, "next_action", format!("第 {n} 次"));
    }
    clock.pass(TimeDelta::hours(1));
    let before = "2026-03-02T09:30:00Z";
    rep.sync(&team).await;
    let all = log_of(&auditor, &team, "").await;
    assert_eq!(all.len(), all[0]["n"].as_u64().unwrap() as usize);
    assert_eq!(log_of(&auditor, &team, &format!("record={touch}")).await.len(), 221);
    assert_eq!(log_of(&auditor, &team, &format!("record={touch}&person={}", auditor.person)).await.len(), 0);
    assert_eq!(log_of(&auditor, &team, &format!("person={}", rep.person)).await.len(), 1 + 2 + 220);
    assert_eq!(log_of(&auditor, &team, &format!("from={before}")).await.len(), 220);
    assert_eq!(log_of(&auditor, &team, &format!("to={before}")).await.len(), all.len() - 220);
    for query in ["cursor=x", "cursor=-1", "cursor=99999999999999999999", "from=yesterday", "record=1"] {
        assert_eq!(auditor.api(&team, "GET", &format!("/api/v1/audit?{query}"), None).await.0, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn each_role_sees_what_it_may_of_the_log() {
    let team = Team::start().await;
    let mut phones = BTreeMap::new();
    for role in Role::ALL {
        phones.insert(role, team.phone(role.as_str(), &[role], None).await);
    }
    let boss = phones[&Role::Supervisor].person.to_string();
    let mut below = team.phone("李雷", &[Role::Rep], Some(&boss)).await;
    let mut elsewhere = team.phone("王芳", &[Role::Rep], None).await;
    let (customer, touch, pdf) = quote(&team, &mut below).await;
    let (_, other_touch, other_pdf) = quote(&team, &mut elsewhere).await;
    // A change that is refused belongs to whoever tried.
    below.touch(CustomerId::new(Utc::now()), "demo", &[]);
    let tried = below.outbox.last().unwrap().0;
    elsewhere.touch(CustomerId::new(Utc::now()), "demo", &[]);
    let other_tried = elsewhere.outbox.last().unwrap().0;
    below.sync(&team).await;
    elsewhere.sync(&team).await;

    for (role, phone) in &phones {
        let (status, answer) = phone.api(&team, "GET", "/api/v1/audit", None).await;
        if [Role::Auditor, Role::Admin, Role::Supervisor].contains(role) {
            assert_eq!(status, StatusCode::OK, "{role:?}");
        } else {
            assert_eq!((status, answer["key"].as_str()), (StatusCode::FORBIDDEN, Some("audit.not_allowed")), "{role:?}");
        }
    }
    let seen = async |role: Role| {
        let log = log_of(&phones[&role], &team, "").await;
        log.iter().filter_map(|entry| entry["record"].as_str().map(str::to_owned)).collect::<std::collections::BTreeSet<_>>()
    };
    let own: Vec<String> =
        [customer.into(), touch.into(), pdf.into(), tried, below.person.into()].iter().map(RecordId::to_string).collect();
    let others: Vec<String> =
        [other_touch.into(), other_pdf.into(), other_tried, elsewhere.person.into()].iter().map(RecordId::to_string).collect();
    for role in [Role::Auditor, Role::Admin] {
        let seen = seen(role).await;
        assert!(own.iter().chain(&others).all(|record| seen.contains(record)), "{role:?}");
    }
    let seen = seen(Role::Supervisor).await;
    assert!(own.iter().all(|record| seen.contains(record)) && seen.contains(&boss));
    assert!(others.iter().all(|record| !seen.contains(record)));
    // Nor by asking for it.
    let asked = log_of(&phones[&Role::Supervisor], &team, &format!("record={other_touch}")).await;
    assert!(asked.is_empty());
    // Tokens: with the scope, as whom they are.
    for (person, scopes, status) in [
        (None, &[Scope::Audit][..], StatusCode::OK),
        (None, &[Scope::Touches], StatusCode::FORBIDDEN),
        (Some("auditor"), &[Scope::Audit], StatusCode::OK),
        (Some("rep"), &[Scope::Audit], StatusCode::FORBIDDEN),
    ] {
        let token = team.admin().add_token("t", scopes, person, Utc::now()).unwrap();
        let answer = client().get(format!("{}/api/v1/audit", team.url())).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), status, "{person:?}");
    }
}

#[tokio::test]
async fn an_auditor_reads_everything_and_changes_nothing() {
    let team = Team::start().await;
    // Selling as well does not help.
    let mut auditor = team.phone("审计", &[Role::Auditor, Role::Rep, Role::Finance], None).await;
    let finance = team.phone("陈静", &[Role::Finance], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    let (customer, touch, _) = quote(&team, &mut rep).await;
    rep.report("2026-03-02", &[touch]);
    rep.sync(&team).await;
    upload(&rep, &team, b"%PDF").await;
    let get = async |path: &str| {
        let (status, body) = auditor.api(&team, "GET", path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    };
    assert_eq!(get("/api/v1/touches").await["touches"][0]["id"], touch.to_string());
    let shown = get(&format!("/api/v1/touches/{touch}")).await;
    assert_eq!(shown["evidence"].as_array().unwrap().len(), 1);
    assert_eq!(get("/api/v1/reports").await["reports"].as_array().unwrap().len(), 1);
    assert_eq!(get("/api/v1/people").await["people"].as_array().unwrap().len(), 3);
    let todos = get("/api/v1/todos").await;
    let task = todos["todos"][0]["id"].as_str().unwrap();
    let blob = format!("/blobs/{}", Hash::of(b"%PDF"));
    let bytes = auditor.request(&team, "GET", &blob, Vec::new()).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&bytes[..], b"%PDF");
    // An auditor's look is a look.
    assert_eq!(get(&format!("/api/v1/touches/{touch}")).await["evidence"][0]["views"][0]["person"]["name"], "审计");

    let refused = |answer: (StatusCode, Value)| {
        assert_eq!((answer.0, answer.1["key"].as_str()), (StatusCode::FORBIDDEN, Some("auditor.reads_only")));
    };
    let done = format!("/api/v1/todos/{task}/done");
    refused(auditor.api(&team, "POST", &done, Some(json!({ "choice": "approve" }))).await);
    let token = team.admin().add_token("t", &[Scope::TodosWrite], Some("审计"), Utc::now()).unwrap();
    let answer =
        client().post(format!("{}{done}", team.url())).bearer_auth(token).body(r#"{"choice":"approve"}"#).send().await.unwrap();
    refused((answer.status(), json_of(answer).await));
    for (method, path) in [
        (Method::POST, "/blobs".to_owned()),
        (Method::PATCH, format!("/blobs/uploads/{touch}")),
        (Method::DELETE, format!("/blobs/uploads/{touch}")),
    ] {
        let request = auditor.request(&team, method.as_str(), &path, Vec::new());
        let answer = request.header("tus-resumable", "1.0.0").send().await.unwrap();
        refused((answer.status(), json_of(answer).await));
    }
    // By sync: an own record, somebody else's, an own to-do, a claim.
    rep.sync(&team).await;
    let task: RecordId = task.parse().unwrap();
    for id in [RecordId::from(customer), touch.into(), task] {
        rep.leak(id, &mut auditor);
    }
    auditor.customer("新客户");
    auditor.set(customer, "name", "改名");
    auditor.write(touch.into(), &Fields::from([("feedback".into(), Scalar::Bool(true))]));
    let answered = [
        ("done_at".to_owned(), Scalar::Int(1)),
        ("done_by".to_owned(), Scalar::Text(auditor.person.to_string())),
        ("choice".to_owned(), Scalar::Text("approve".into())),
    ];
    auditor.write(task, &Fields::from(answered));
    let mut request = auditor.next_request();
    request.claims = vec![claim(&auditor, EvidenceId::derived("one"), 1, None)];
    let answer = auditor.exchange(&team, &request).await.unwrap();
    assert_eq!(answer.rejected.len(), 4);
    assert_eq!(answer.rejected_claims[0].reason, "auditor.reads_only");
    let (_, todos) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    assert_eq!(todos["todos"].as_array().unwrap().len(), 1);
}
