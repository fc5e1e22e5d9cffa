//! Ids that anybody can work out: whoever is first under one must not keep out what belongs there.

use chrono::{TimeDelta, Utc};
use chuda_kit::records;
use chuda_record::id::{BackCheckId, CustomerId, EvidenceId, PersonId, RecordId, ReportId, TouchId};
use chuda_record::wire::Rejected;
use chuda_record::wire::api::ImportKind;
use chuda_record::{Contact, Event, Evidence, Fields, Lead, Record, Release, Report, Role, Scalar};
use chuda_server::Scope;
use reqwest::StatusCode;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::phone::{Hand, Phone, Team, client, json_of, now, reason, touch_by};

/// The days for which reports are planted.
const DAYS: [&str; 3] = ["2026-03-02", "2026-03-03", "2027-03-02"];

/// Everything a rep may make, in the rep's own name.
fn makings(rep: &Phone, customer: CustomerId) -> Vec<Fields> {
    let evidence = records::evidence(rep.person, rep.device, b"bytes", "image/jpeg", now());
    let contact =
        Contact { author: rep.person, customer, name: "王总".into(), position: None, role: None, phone: None, created_at: now() };
    vec![
        records::customer(rep.person, "占位公司", now()).to_new_fields().unwrap(),
        contact.to_new_fields().unwrap(),
        Lead::new(rep.person, customer, Some(rep.person), now()).to_new_fields().unwrap(),
        touch_by(rep.person, customer, "demo", &[]).to_new_fields().unwrap(),
        evidence.to_new_fields().unwrap(),
        report_of(rep, rep.person, "2026-03-09").to_new_fields().unwrap(),
    ]
}

fn report_of(phone: &Phone, author: PersonId, day: &str) -> Report {
    Report {
        author,
        day: day.parse().unwrap(),
        touches: [].into(),
        briefs: [].into(),
        tomorrow: "call back".into(),
        reason: Some("travel".into()),
        filed: [(phone.device, now().timestamp_millis())].into(),
        late: false,
        withdrawn: false,
        config: 1,
        corrections: [].into(),
    }
}

/// Has a phone put records of every kind under these ids, and says why each was refused.
async fn plant(rep: &mut Phone, team: &Team, customer: CustomerId, ids: &[RecordId]) -> Vec<String> {
    let mut refused = Vec::new();
    for id in ids {
        for fields in makings(rep, customer) {
            rep.docs.remove(id);
            rep.write(*id, &fields);
            refused.extend(rep.sync(team).await.iter().map(named));
        }
        rep.docs.remove(id);
    }
    assert_eq!(refused.len(), ids.len() * makings(rep, customer).len(), "each is refused");
    refused
}

/// The word of a refusal and the field that it names.
fn named(rejected: &Rejected) -> String {
    format!("{}:{}", reason(rejected), rejected.rejection().field().unwrap_or_default())
}

#[tokio::test]
async fn nobody_files_a_colleagues_report_first() {
    let team = Team::start().await;
    team.phone("Boss", &[Role::Supervisor], None).await;
    let mut honest = team.phone("Lilei", &[Role::Rep], Some("Boss")).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], Some("Boss")).await;
    let customer = rep.customer("Huaxin");
    assert_eq!(rep.sync(&team).await, []);
    let ids = DAYS.map(|day| ReportId::of(honest.person, day.parse().unwrap()).into());
    assert!(plant(&mut rep, &team, customer, &ids).await.iter().all(|word| word == "invalid:id"));
    // Nor in the colleague's name.
    rep.create(ids[0], &report_of(&rep, honest.person, DAYS[0]));
    assert_eq!(rep.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["not_allowed_to_create"]);

    for phone in [&mut honest, &mut rep] {
        phone.docs.retain(|id, _| !ids.contains(id));
        for day in DAYS {
            phone.report(day, &[]);
        }
        assert_eq!(phone.sync(&team).await, [], "each files the own reports");
    }
}

#[tokio::test]
async fn an_approval_is_asked_for_whatever_its_rep_puts_in_its_place() {
    let team = Team::start().await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    assert_eq!(rep.sync(&team).await, []);
    let asked = async |finance: &mut Phone| {
        finance.sync(&team).await;
        let tasks = finance.of_kind("task");
        let open = |task: &&RecordId| finance.fields(**task)["task"] == Scalar::from("quote_approval");
        tasks.iter().filter(open).count()
    };
    for (planted, expected) in [(false, 1), (true, 2)] {
        let pdf = rep.evidence(b"%PDF", "application/pdf", None);
        let quote = TouchId::new(Utc::now());
        let ids = (0..4).map(|number| RecordId::derived(&format!("task/quote-pdf/{quote}//{number}")));
        if planted {
            let words = plant(&mut rep, &team, customer, &ids.collect::<Vec<_>>()).await;
            assert!(words.iter().all(|word| word == "invalid:id"));
        }
        rep.create(quote, &touch_by(rep.person, customer, "quote", &[pdf]));
        assert_eq!(rep.sync(&team).await, []);
        assert_eq!(asked(&mut finance).await, expected);
    }
}

#[tokio::test]
async fn a_back_check_is_drawn_whatever_is_put_in_its_place() {
    let clock = Hand::at("2026-03-09T09:00:00+08:00");
    let team = Team::start_at(clock.clone()).await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], Some("Boss")).await;
    let customer = rep.customer("Huaxin");
    let photo = rep.evidence(b"photo", "image/jpeg", None);
    let mut touch = touch_by(rep.person, customer, "demo", &[photo]);
    touch.at = "2026-03-10T09:00:00+08:00".parse().unwrap();
    rep.create(TouchId::new(Utc::now()), &touch);
    assert_eq!(rep.sync(&team).await, []);
    let days = ["2026-02-23", "2026-03-09", "2026-03-23"];
    let ids = days.map(|day| RecordId::from(BackCheckId::of(boss.person, day.parse().unwrap())));
    assert!(plant(&mut rep, &team, customer, &ids).await.iter().all(|word| word == "invalid:id"));
    clock.pass(TimeDelta::days(14));
    team.run_due_jobs().await;
    boss.sync(&team).await;
    assert_eq!(boss.of_kind("back_check"), [ids[1]]);
}

#[tokio::test]
async fn what_the_server_makes_from_files_events_and_versions_finds_its_place_free() {
    let team = Team::start().await;
    let boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], Some("Boss")).await;
    let customer = rep.customer("Huaxin");
    assert_eq!(rep.sync(&team).await, []);
    let imported = CustomerId::derived("import/customer/宁波海川机械");
    let ids = [
        imported.into(),
        RecordId::derived(&format!("import/lead/{imported}")),
        RecordId::derived("import/slip/s-1"),
        Event::id_of("mail", "1"),
        Release::id_of(2),
        RecordId::derived(&format!("evidence/{}/mail_sent", TouchId::new(Utc::now()))),
    ];
    assert!(plant(&mut rep, &team, customer, &ids).await.iter().all(|word| word == "invalid:id"));

    let file = "客户名称\n宁波海川机械\n".as_bytes();
    let report = team.admin().import(ImportKind::Customers, file, false, &boss.person.to_string(), Utc::now()).unwrap();
    assert_eq!((report.created, report.mistakes), (1, 0));
    let token = team.admin().add_token("mail", &[Scope::EventsWrite], None, Utc::now()).unwrap();
    let event =
        json!([{ "system": "mail", "external_id": "1", "event": "mail_opened", "customer": "Huaxin", "at": now().to_rfc3339() }]);
    let request = client().post(format!("{}/api/v1/events", team.url())).bearer_auth(&token).body(event.to_string());
    let answer: Value = json_of(request.send().await.unwrap()).await;
    assert_eq!(answer["events"][0]["outcome"], "created", "{answer}");
    let mut config = chuda_record::rules::Config::builtin().clone();
    config.back_check.records += 1;
    let draft = json!({ "parent": 1, "content": serde_json::from_str::<Value>(&config.to_json()).unwrap(), "note": "多抽一条" });
    let (status, answer) = boss.api(&team, "POST", "/api/v1/config", Some(draft)).await;
    assert!(status.is_success(), "{answer}");
}

#[tokio::test]
async fn no_phone_says_that_the_server_has_seen_something() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    for (source, expected) in [("event", &["invalid:source"][..]), ("file", &[])] {
        let evidence = records::evidence(rep.person, rep.device, source.as_bytes(), "text/plain", now());
        rep.create(EvidenceId::new(Utc::now()), &Evidence { source: source.into(), ..evidence });
        assert_eq!(rep.sync(&team).await.iter().map(named).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn no_phone_enrols_as_the_server() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    rep.sync(&team).await;
    let person = rep.of_kind("person")[0];
    let server = rep.docs.get_mut(&person).unwrap().history()[0].actor.device;
    let (_, code) = team.admin().new_code(&rep.person.to_string(), Utc::now()).unwrap();
    let taken = Phone { device: server, ..Phone::new() };
    let (status, answer) = taken.enrol(&team, &code).await;
    assert_eq!((status, answer["key"].as_str()), (StatusCode::CONFLICT, Some("enrol.device_known")));
    let (status, answer) = Phone::new().enrol(&team, &code).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

/// A server of before took them: what is planted there is set aside when this one starts, and when it restores a backup of then.
#[tokio::test]
async fn what_was_planted_before_gives_way() {
    let mut team = Team::start().await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut honest = team.phone("Lilei", &[Role::Rep], Some("Boss")).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], Some("Boss")).await;
    let shared = honest.customer("Huaxin");
    assert_eq!(honest.sync(&team).await, []);
    let report: RecordId = ReportId::of(honest.person, DAYS[0].parse().unwrap()).into();
    let back_check: RecordId = BackCheckId::of(boss.person, DAYS[0].parse().unwrap()).into();
    let mut other = team.another_phone(rep.person).await;
    let own = rep.customer("Own");
    let (one, two) = (rep.customer("Planted"), rep.touch(own, "demo", &[]));
    assert_eq!(rep.sync(&team).await, []);
    let (data, backup) = (team.data().join("chuda.db"), team.data().join("backup.db"));
    team.stop().await;
    for (from, to) in [(RecordId::from(one), report), (two.into(), back_check)] {
        rename(&Connection::open(&data).unwrap(), from, to);
    }
    std::fs::copy(&data, &backup).unwrap();
    team.resume().await;

    for restored in [false, true] {
        if restored {
            team.admin().restore(&backup, Utc::now()).unwrap();
        }
        // Whoever had it hears that it is gone, or gets everything anew.
        for phone in [&mut boss, &mut other] {
            (phone.epoch, phone.cursor) = (None, 0);
            phone.docs.clear();
            phone.sync(&team).await;
            assert!(!phone.has(report) && !phone.has(back_check) && phone.has(own));
        }
        honest.docs.clear();
        let filed = honest.report(DAYS[0], &[]);
        assert_eq!(honest.sync(&team).await, []);
        boss.sync(&team).await;
        assert_eq!(boss.fields(filed)["author"], Scalar::from(honest.person.to_string()));
        assert!(boss.has(shared), "and nothing else is gone");
        // What was refused is kept, and the log still proves itself.
        let audit = team.data().join("audit.zip");
        assert!(team.admin().export_audit(&audit, (None, None), Utc::now()).unwrap().report.valid);
    }
}

/// Puts a record under another id, as a server did that asked nobody.
fn rename(database: &Connection, from: RecordId, to: RecordId) {
    for (table, column) in [("changes", "document"), ("documents", "id"), ("readers", "document"), ("inbox", "document")] {
        let sql = format!("UPDATE {table} SET {column} = ?2 WHERE {column} = ?1");
        assert!(database.execute(&sql, params![from.as_bytes(), to.as_bytes()]).unwrap() > 0, "{table}");
    }
    database.execute("DELETE FROM meta WHERE key = 'ids'", []).unwrap();
}
