//! Who did and who looked (N2, T5): every act is in the log with person and device, nothing leaves it unseen, and an export of it
//! verifies on any machine. Whoever audits reads everything and changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use chrono::{NaiveDate, TimeDelta, Utc};
use chuda_evidence::audit;
use chuda_evidence::proof::Report;
use chuda_record::id::{CustomerId, EvidenceId, Hash, RecordId, TouchId};
use chuda_record::{Fields, Role, Scalar};
use chuda_server::AuditExport;
use chuda_server::Event;
use chuda_server::Scope;
use chuda_server::admin::Admin;
use proptest::prelude::*;
use reqwest::{Method, StatusCode};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::blobs::upload;
use crate::exchange::claim;
use crate::phone::{Hand, Phone, Team, client, json_of};

/// Everything that the log shows to somebody, page by page, latest first.
async fn log_of(phone: &Phone, team: &Team, query: &str) -> Vec<Value> {
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
fn has(log: &[Value], expected: &[(&str, &str)]) -> bool {
    let text = |entry: &Value, path: &str| match entry.pointer(&format!("/{path}")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "none".into(),
        Some(other) => other.to_string(),
    };
    log.iter().any(|entry| expected.iter().all(|(path, value)| text(entry, path) == *value))
}

fn via(phone: &Phone) -> String {
    format!("device {}", phone.device)
}

fn export(team: &Team, out: &Path) -> AuditExport {
    team.admin().export_audit(out, (None, None), Utc::now()).unwrap()
}

/// A quote with a PDF that finance has to approve.
async fn quote(team: &Team, rep: &mut Phone) -> (CustomerId, TouchId, EvidenceId) {
    let customer = rep.customer("杭州智联科技");
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    let touch = rep.touch(customer, "quote", &[pdf]);
    assert_eq!(rep.sync(team).await, []);
    rep.sync(team).await;
    (customer, touch, pdf)
}

#[tokio::test]
async fn every_act_is_logged_with_the_right_person_and_device() {
    let team = Team::start().await;
    let auditor = team.phone("审计", &[Role::Auditor], None).await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let mut finance = team.phone("陈静", &[Role::Finance], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], Some("韩梅")).await;
    let (customer, touch, pdf) = quote(&team, &mut rep).await;
    rep.set(touch, "next_action", "寄样品");
    assert_eq!(rep.sync(&team).await, []);
    let second = team.another_phone(rep.person).await;

    // Refused: a field that is locked, and bytes that are no change. Sent twice, each is one act.
    finance.sync(&team).await;
    finance.set(customer, "name", "改名");
    let mut request = finance.next_request();
    request.changes.push(chuda_record::wire::DocumentChanges {
        document: *RecordId::derived("nothing").as_bytes(),
        changes: vec![b"no change".to_vec().into()],
    });
    for _ in 0..2 {
        assert_eq!(finance.exchange(&team, &request).await.unwrap().rejected.len(), 2);
    }
    finance.outbox.clear();
    // A claim that is witnessed, and one with another's signature.
    let names = [EvidenceId::derived("one"), EvidenceId::derived("two")];
    let good = claim(&rep, names[0], 1, None);
    let mut forged = claim(&rep, names[1], 2, Some(Hash::of(&good.claim)));
    forged.signature.clone_from(&good.signature);
    let mut request = rep.next_request();
    request.claims = vec![good.clone(), forged.clone()];
    for _ in 0..2 {
        rep.exchange(&team, &request).await.unwrap();
    }
    // The bytes arrive, the supervisor looks at them, finance approves.
    assert_eq!(upload(&rep, &team, b"%PDF").await, StatusCode::NO_CONTENT);
    let blob = Hash::of(b"%PDF");
    let look = boss.request(&team, "GET", &format!("/blobs/{blob}"), Vec::new()).send().await.unwrap();
    assert_eq!(look.status(), StatusCode::OK);
    let (_, todos) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    let task = todos["todos"][0]["id"].as_str().unwrap().to_owned();
    let done = finance.api(&team, "POST", &format!("/api/v1/todos/{task}/done"), Some(json!({ "choice": "approve" }))).await;
    assert_eq!(done.0, StatusCode::OK);
    // What the admin does.
    team.admin().set_reports_to("李雷", None, Utc::now()).unwrap();
    team.admin().revoke(second.device, Utc::now()).unwrap();
    team.admin().add_token("crm", &[Scope::Touches], None, Utc::now()).unwrap();
    let (webhook, _) = team.admin().add_webhook("https://crm.example/hooks", &[Event::TouchRecorded], Utc::now()).unwrap();
    team.admin().remove_webhook(webhook, Utc::now()).unwrap();
    let backup = team.data().join("backup.db");
    team.admin().backup(&backup, Utc::now()).unwrap();
    let exported = team.data().join("audit.zip");
    team.admin().export_audit(&exported, (None, None), Utc::now()).unwrap();
    team.admin().restore(&backup, Utc::now()).unwrap();

    let log = log_of(&auditor, &team, "").await;
    let (person, device) = (rep.person.to_string(), via(&rep));
    let (boss_id, finance_id) = (boss.person.to_string(), finance.person.to_string());
    let rep_did = [("person/id", person.as_str()), ("via", device.as_str())];
    let customer = customer.to_string();
    let (touch, pdf, blob) = (touch.to_string(), pdf.to_string(), blob.to_string());
    let (good, forged) = (Hash::of(&good.claim).to_string(), Hash::of(&forged.claim).to_string());
    let (revoked, webhook) = (second.device.to_string(), webhook.to_string());
    let finance_via = via(&finance);
    let finance_did = [("person/id", finance_id.as_str()), ("via", finance_via.as_str())];
    let boss_via = via(&boss);
    let nobody = ("person", "none");
    let admin = [nobody, ("via", "admin")];
    let server = [nobody, ("via", "server")];
    for (by, what) in [
        (&server[..], &[("verb", "key_made"), ("n", "1"), ("about/what", "key"), ("previous", "none")][..]),
        (&admin, &[("verb", "person_added"), ("record", &person), ("kind", "person"), ("about/what", "change")]),
        (&admin, &[("verb", "code_issued"), ("record", &person)]),
        (&rep_did, &[("verb", "enrolled"), ("record", &person)]),
        (&rep_did, &[("verb", "created"), ("record", &touch), ("kind", "touch"), ("about/what", "change")]),
        (&rep_did, &[("verb", "created"), ("record", &pdf), ("kind", "evidence")]),
        (&rep_did, &[("verb", "changed"), ("record", &touch)]),
        (&server, &[("verb", "rule_carried_out"), ("record", &touch), ("detail", "quote-pdf")]),
        (&server, &[("verb", "created"), ("record", &task), ("kind", "task")]),
        (&server, &[("verb", "changed"), ("record", &touch)]),
        (&finance_did, &[("verb", "refused"), ("record", &customer), ("kind", "customer"), ("detail", "field_locked")]),
        (&finance_did, &[("verb", "refused"), ("kind", "none"), ("detail", "malformed")]),
        (&rep_did, &[("verb", "witnessed"), ("kind", "evidence"), ("about/what", "claim"), ("about/hash", &good)]),
        (&rep_did, &[("verb", "refused"), ("about/what", "claim"), ("about/hash", &forged), ("detail", "signature.invalid")]),
        (&rep_did, &[("verb", "uploaded"), ("about/what", "blob"), ("about/hash", &blob)]),
        (&[("person/id", &boss_id), ("via", &boss_via)], &[("verb", "viewed"), ("record", &pdf), ("about/hash", &blob)]),
        (&finance_did, &[("verb", "task_done"), ("record", &task), ("kind", "task")]),
        (&admin, &[("verb", "line_changed"), ("record", &person)]),
        (&admin, &[("verb", "revoked"), ("record", &person), ("detail", &revoked)]),
        (&admin, &[("verb", "token_added"), ("detail", "crm")]),
        (&admin, &[("verb", "webhook_added"), ("detail", &webhook)]),
        (&admin, &[("verb", "webhook_removed"), ("detail", &webhook)]),
        (&admin, &[("verb", "backed_up")]),
        (&admin, &[("verb", "exported"), ("detail", "../..")]),
        (&admin, &[("verb", "restored"), ("about/what", "entry"), ("detail", "log_kept")]),
    ] {
        let expected: Vec<(&str, &str)> = by.iter().chain(what).copied().collect();
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
    let (_, shown) = auditor.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
    let views = shown["evidence"][0]["views"].as_array().unwrap();
    assert_eq!((views.len(), &views[0]["person"]["name"], &views[0]["via"]), (1, &json!("韩梅"), &json!(boss_via)));
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

/// The rows as they are, for a test that changes them behind the server's back.
fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("chuda.db")).unwrap()
}

#[tokio::test]
async fn the_database_refuses_to_forget() {
    let team = Team::start().await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    quote(&team, &mut rep).await;
    let database = database(team.data());
    for sql in [
        "UPDATE audit SET verb = 'viewed' WHERE n = 2",
        "UPDATE audit SET person = NULL",
        "DELETE FROM audit WHERE n = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE n = 2",
        "INSERT INTO audit SELECT n + 5000, at, person, via, verb, record, kind, about, object, detail, hash FROM audit WHERE n = 2",
    ] {
        let refused = database.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    assert!(export(&team, &team.data().join("audit.zip")).report.valid);
}

/// A member's content: a bundle holds each as it is, behind a header with its name and size.
fn member(bundle: &Path, name: &str) -> String {
    let bytes = fs::read(bundle).unwrap();
    let mut rest = &bytes[..];
    while rest.starts_with(b"PK\x03\x04") {
        let size = u32::from_le_bytes(rest[22..26].try_into().unwrap()) as usize;
        let named = usize::from(u16::from_le_bytes(rest[26..28].try_into().unwrap()));
        let (header, content) = rest[30..].split_at(named);
        if header == name.as_bytes() {
            return String::from_utf8(content[..size].to_vec()).unwrap();
        }
        rest = &content[size..];
    }
    panic!("no {name}")
}

#[tokio::test]
async fn an_export_verifies_anywhere_and_says_what_was_written() {
    let team = Team::start().await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    quote(&team, &mut rep).await;
    rep.outbox.push((RecordId::derived("nothing"), b"no change".to_vec()));
    rep.sync(&team).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let bundle = elsewhere.path().join("audit.zip");
    let exported = export(&team, &bundle);
    assert!(exported.report.valid, "{:?}", exported.report);
    assert_eq!((exported.checkpoint.first, exported.checkpoint.last), (1, exported.checkpoint.count));
    assert!(audit::is_bundle(&bundle).unwrap() && audit::verify(&bundle).unwrap().valid);
    // The export itself is the last act in it; the note of the touch can be read, and so can the name behind the id.
    assert!(member(&bundle, "entries.jsonl").lines().last().unwrap().contains(r#""verb":"exported""#));
    let changes = member(&bundle, "changes.jsonl");
    assert!(changes.contains(r#""name":"杭州智联科技""#) && changes.contains(r#""note":"as said""#));
    assert!(member(&bundle, "people.json").contains("李雷"));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);

    // Of a day: today all of it; of a day without any act nothing.
    let today = (Utc::now() + TimeDelta::hours(8)).date_naive();
    let admin = team.admin();
    let some =
        admin.export_audit(&bundle, (Some(today - TimeDelta::days(1)), Some(today + TimeDelta::days(1))), Utc::now()).unwrap();
    assert!(some.report.valid && some.checkpoint.count > exported.checkpoint.count);
    let long_ago: NaiveDate = "2020-02-29".parse().unwrap();
    assert_eq!(admin.export_audit(&bundle, (None, Some(long_ago)), Utc::now()).unwrap_err().key, "audit.empty");
    assert_eq!(admin.export_audit(&bundle, (Some(today + TimeDelta::days(2)), None), Utc::now()).unwrap_err().key, "audit.empty");
    // A later export goes on from the earlier one: whoever kept the checkpoint can tell.
    let line = member(&bundle, "entries.jsonl").lines().nth(exported.checkpoint.count as usize - 1).unwrap().to_owned();
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(entry["hash"], exported.checkpoint.head.to_string());
    // The key stays the same after a restart, and nobody else can read it.
    let mut team = team;
    team.restart().await;
    assert_eq!(export(&team, &bundle).checkpoint.key, exported.checkpoint.key);
    let key = team.data().join("server_key.p8");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(key).unwrap().permissions()) & 0o777, 0o600);
}

#[tokio::test]
async fn days_in_the_middle_carry_the_hash_before_them() {
    let team = Team::start().await;
    let day = |n: i64| Utc::now() + TimeDelta::days(n);
    for n in 1..6 {
        team.admin().add_token("t", &[Scope::People], None, day(n)).unwrap();
    }
    let bundle = team.data().join("audit.zip");
    let date = |n: i64| (day(n) + TimeDelta::hours(8)).date_naive();
    let part = team.admin().export_audit(&bundle, (Some(date(2)), Some(date(3))), day(9)).unwrap();
    assert!(part.report.valid, "{:?}", part.report);
    assert_eq!(part.checkpoint.last - part.checkpoint.first, 1);
    let before: Value = serde_json::from_str(member(&bundle, "entries.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!(part.checkpoint.before.unwrap().to_string(), before["previous"]);
    let all = team.admin().export_audit(&bundle, (None, None), day(9)).unwrap();
    assert!(all.report.valid);
    let lines = member(&bundle, "entries.jsonl");
    let previous: Value = serde_json::from_str(lines.lines().nth(part.checkpoint.first as usize - 2).unwrap()).unwrap();
    assert_eq!(part.checkpoint.before.unwrap().to_string(), previous["hash"]);
    // A clock that goes back does not tear the log.
    team.admin().add_token("t", &[Scope::People], None, day(-3)).unwrap();
    assert!(team.admin().export_audit(&bundle, (Some(date(-3)), Some(date(2))), day(9)).unwrap().report.valid);
}

#[tokio::test]
async fn a_restore_is_in_the_log_and_takes_nothing_out_of_it() {
    let team = Team::start().await;
    let auditor = team.phone("审计", &[Role::Auditor], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    rep.customer("从前");
    rep.sync(&team).await;
    let backup = team.data().join("backup.db");
    team.admin().backup(&backup, Utc::now()).unwrap();
    let bundle = team.data().join("audit.zip");
    let early = export(&team, &bundle);
    let customer = rep.customer("后来");
    rep.sync(&team).await;
    let before = log_of(&auditor, &team, "").await;
    team.admin().restore(&backup, Utc::now()).unwrap();

    let after = log_of(&auditor, &team, "").await;
    assert_eq!(after[1..], before[..]);
    let backed_up = before.iter().find(|entry| entry["verb"] == "backed_up").unwrap();
    assert!(has(&after[..1], &[("verb", "restored"), ("detail", "log_kept"), ("about/hash", backed_up["hash"].as_str().unwrap())]));
    let exported = export(&team, &bundle);
    assert!(exported.report.valid, "{:?}", exported.report);
    // The change that the backup lacks is named, and that its bytes are not here; once the phone has sent it again they are.
    let lost = |text: &str| text.lines().filter(|line| line.contains(r#""bytes":null"#)).count();
    assert_eq!(lost(&member(&bundle, "changes.jsonl")), 1);
    let outbox: Vec<_> =
        rep.docs.get_mut(&customer.into()).unwrap().history().iter().map(|change| change.bytes().to_vec()).collect();
    rep.outbox = outbox.into_iter().map(|bytes| (customer.into(), bytes)).collect();
    assert_eq!(rep.sync(&team).await, []);
    assert!(export(&team, &bundle).report.valid);
    assert_eq!(lost(&member(&bundle, "changes.jsonl")), 0);
    let line = member(&bundle, "entries.jsonl").lines().nth(early.checkpoint.count as usize - 1).unwrap().to_owned();
    assert!(line.contains(&early.checkpoint.head.to_string()));

    // On another machine, whose own log is given up: that is said, with its end.
    let other = Team::start().await;
    let given_up = export(&other, &bundle);
    other.admin().restore(&backup, Utc::now()).unwrap();
    let exported = export(&other, &bundle);
    assert!(exported.report.valid, "{:?}", exported.report);
    let entries = member(&bundle, "entries.jsonl");
    let restored = entries.lines().find(|line| line.contains(r#""verb":"restored""#)).unwrap();
    assert!(restored.contains("log_replaced") && restored.contains(&given_up.checkpoint.head.to_string()));
    // A backup of an empty folder's future is no other log.
    let empty = tempfile::tempdir().unwrap();
    let admin = Admin::open(empty.path()).unwrap();
    admin.restore(&backup, Utc::now()).unwrap();
    assert!(admin.export_audit(&bundle, (None, None), Utc::now()).unwrap().report.valid);
    assert!(member(&bundle, "entries.jsonl").contains("log_kept"));
    assert!(!fs::read_dir(empty.path()).unwrap().any(|file| file.unwrap().file_name().to_string_lossy().contains("restoring")));
}

#[tokio::test]
async fn looks_from_before_the_log_are_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = EvidenceId::derived("old");
    let old = database(folder.path());
    old.execute_batch(include_str!("../../src/store/migrations/001.sql")).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    for at in [1_000, 2_000] {
        old.execute(
            "INSERT INTO views (at, person, via, evidence) VALUES (?1, NULL, 'token crm', ?2)",
            params![at, evidence.as_bytes()],
        )
        .unwrap();
    }
    drop(old);
    let bundle = folder.path().join("audit.zip");
    let exported = Admin::open(folder.path()).unwrap().export_audit(&bundle, (None, None), Utc::now()).unwrap();
    assert!(exported.report.valid, "{:?}", exported.report);
    let entries = member(&bundle, "entries.jsonl");
    for (line, at) in entries.lines().zip(["1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.000Z"]) {
        assert!(line.contains(r#""verb":"viewed""#) && line.contains(at) && line.contains(&evidence.to_string()), "{line}");
    }
}

/// A server's folder after a day of work, made once.
fn worked() -> &'static TempDir {
    static WORKED: OnceLock<TempDir> = OnceLock::new();
    WORKED.get_or_init(|| {
        let kept = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let team = Team::start().await;
            let mut rep = team.phone("李雷", &[Role::Rep], None).await;
            let (customer, touch, _) = quote(&team, &mut rep).await;
            rep.set(customer, "short", "智联");
            rep.set(touch, "next_action", "寄样品");
            rep.outbox.push((RecordId::derived("nothing"), b"no change".to_vec()));
            rep.sync(&team).await;
            upload(&rep, &team, b"%PDF").await;
            team.admin().backup(&kept.path().join("chuda.db"), Utc::now()).unwrap();
            fs::copy(team.data().join("server_key.p8"), kept.path().join("server_key.p8")).unwrap();
        });
        kept
    })
}

/// What an export says after somebody with the database has been at it, its triggers out of the way.
fn after(tamper: impl FnOnce(&Connection)) -> Report {
    let folder = tempfile::tempdir().unwrap();
    for file in ["chuda.db", "server_key.p8"] {
        fs::copy(worked().path().join(file), folder.path().join(file)).unwrap();
    }
    let database = database(folder.path());
    database.execute_batch("DROP TRIGGER audit_keep; DROP TRIGGER audit_stay; DROP TRIGGER audit_append;").unwrap();
    tamper(&database);
    drop(database);
    let bundle = folder.path().join("audit.zip");
    let report = Admin::open(folder.path()).unwrap().export_audit(&bundle, (None, None), Utc::now()).unwrap().report;
    assert_eq!(audit::verify(&bundle).unwrap(), report);
    report
}

fn entries() -> u64 {
    static COUNT: OnceLock<u64> = OnceLock::new();
    *COUNT.get_or_init(|| {
        database(worked().path()).query_row("SELECT count(*) FROM audit", [], |row| row.get::<_, i64>(0)).unwrap() as u64
    })
}

/// An entry's number, and the bytes, document and hash of the change that it names.
type StoredChange = (i64, Vec<u8>, Vec<u8>, Vec<u8>);

fn said<'a>(report: &'a Report, check: &str) -> &'a str {
    let check = report.checks.iter().find(|found| found.name == check).unwrap();
    if check.ok { "ok" } else { &check.detail }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The last entry is not among them: nothing follows from it yet, only a checkpoint that somebody kept names it.
    #[test]
    fn whoever_changes_the_database_is_found_out_at_the_entry(position in 0_u64..10_000, other in 0_u64..10_000, how in 0..8) {
        let n = position % (entries() - 1) + 1;
        let other = other % (entries() - 1) + 1;
        prop_assume!(how != 7 || n != other);
        let report = after(|database| {
            let sql = match how {
                0 => "UPDATE audit SET person = x'00112233445566778899aabbccddeeff' WHERE n = ?1",
                1 => "UPDATE audit SET at = at + 1 WHERE n = ?1",
                2 => "UPDATE audit SET verb = 'viewed ' WHERE n = ?1",
                3 => "UPDATE audit SET via = 'device' WHERE n = ?1",
                4 => "UPDATE audit SET detail = coalesce(detail, '') || 'x' WHERE n = ?1",
                5 => "UPDATE audit SET hash = zeroblob(32) WHERE n = ?1",
                6 => "DELETE FROM audit WHERE n = ?1",
                _ => {
                    let swap = |from: u64, to: i64| {
                        database.execute("UPDATE audit SET n = ?2 WHERE n = ?1", params![from as i64, to]).unwrap();
                    };
                    swap(n, -1);
                    swap(other, n as i64);
                    database.execute("UPDATE audit SET n = ?1 WHERE n = -1", params![other as i64]).unwrap();
                    return;
                }
            };
            assert_eq!(database.execute(sql, params![n as i64]).unwrap(), 1);
        });
        prop_assert!(!report.valid);
        let place = if how == 7 { n.min(other) } else { n };
        let near = [format!("entry {place} "), format!("entry {} ", place + 1)];
        prop_assert!(near.iter().any(|near| said(&report, "entries").contains(near.as_str())), "{}: {:?}", place, report);
        prop_assert_eq!(said(&report, "signature"), "ok");
    }

    /// A change is another one than the log names, or is gone.
    #[test]
    fn whoever_changes_a_stored_change_is_found_out_at_its_entry(row in 0_usize..1_000, byte in 0_usize..1_000, bit in 0_u8..8) {
        let mut place = 0;
        let report = after(|database| {
            let mut statement = database
                .prepare(
                    "SELECT a.n, c.bytes, c.document, c.hash FROM audit a
                     JOIN (SELECT document, hash, bytes FROM changes UNION ALL SELECT document, hash, bytes FROM quarantine) c
                     ON c.document = a.record AND c.hash = a.object ORDER BY a.n",
                )
                .unwrap();
            let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
            let rows: Vec<StoredChange> = rows.map(Result::unwrap).collect();
            let (n, mut bytes, document, hash) = rows[row % rows.len()].clone();
            let at = byte % bytes.len();
            bytes[at] ^= 1 << bit;
            for table in ["changes", "quarantine"] {
                let sql = format!("UPDATE {table} SET bytes = ?1 WHERE document = ?2 AND hash = ?3");
                database.execute(&sql, params![bytes, document, hash]).unwrap();
            }
            place = n;
        });
        prop_assert!(!report.valid);
        prop_assert!(said(&report, "changes").contains(&format!("entry {place} ")), "{}: {:?}", place, report);
        prop_assert_eq!(said(&report, "entries"), "ok");
    }

    /// Any byte of a real export.
    #[test]
    fn whoever_changes_the_export_is_found_out(position in any::<prop::sample::Index>(), bit in 0_u8..8) {
        static BUNDLE: OnceLock<Vec<u8>> = OnceLock::new();
        let bundle = BUNDLE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            for file in ["chuda.db", "server_key.p8"] {
                fs::copy(worked().path().join(file), folder.path().join(file)).unwrap();
            }
            let bundle = folder.path().join("audit.zip");
            Admin::open(folder.path()).unwrap().export_audit(&bundle, (None, None), Utc::now()).unwrap();
            fs::read(bundle).unwrap()
        });
        let mut changed = bundle.clone();
        let at = position.index(changed.len());
        changed[at] ^= 1 << bit;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("changed.zip");
        fs::write(&file, changed).unwrap();
        let report = audit::verify(&file).unwrap();
        prop_assert!(!report.valid && said(&report, "container") != "ok", "byte {}: {:?}", at, report);
    }
}
