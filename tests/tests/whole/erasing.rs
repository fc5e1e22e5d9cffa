//! A person is forgotten: what was erased is found in no file of the server's, and on no phone that has synced since.

use std::path::Path;

use chuda_kit::{Hand, Host, of};
use chuda_phone::workbench::TouchDraft;
use chuda_record::fields::text;
use chuda_record::id::RecordId;
use chuda_record::wire::api::ImportKind;
use chuda_record::{Change, Role, Scalar};
use chuda_server::admin::Forgotten;
use rusqlite::Connection;
use rusqlite::types::Value;

/// Who is to be forgotten: a name, a number.
const NEEDLES: [&str; 2] = ["王小明", "13800001234"];

fn says(bytes: &[u8]) -> bool {
    NEEDLES.iter().any(|needle| bytes.windows(needle.len()).any(|part| part == needle.as_bytes()))
}

/// Files below a folder that say it.
fn files_that_say(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_that_say(&path));
        } else if says(&std::fs::read(&path).unwrap()) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// Tables that say it, or whose changes do once they are unpacked.
fn tables_that_say(database: &Connection) -> Vec<String> {
    let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut found = Vec::new();
    for table in tables {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        let mut any = false;
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                any |= match row.get::<_, Value>(column).unwrap() {
                    Value::Text(text) => says(text.as_bytes()),
                    Value::Blob(bytes) => {
                        let writes = Change::parse(&bytes).map(|change| change.writes).unwrap_or_default();
                        says(&bytes) || writes.values().filter_map(Scalar::as_text).any(|text| says(text.as_bytes()))
                    }
                    _ => false,
                };
            }
        }
        if any {
            found.push(table);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_is_in_no_file_and_on_no_phone() {
    let host = Host::start_at(Hand::at("2026-03-09T09:00:00+08:00")).await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let file =
        boss.file(format!("名称,负责人,联系人,电话\n华信,李雷,{},{}\n乐居,李雷,李工,139\n", NEEDLES[0], NEEDLES[1]).as_bytes());
    boss.workbench.import(ImportKind::Customers, &file, false).await.unwrap();
    rep.settle().await;
    let customer = rep.workbench.find_customers("华信").unwrap().remove(0);
    let contact = RecordId::from(customer.contacts[0].id);
    let card = rep.keep(&rep.file(format!("名片 {} {}", NEEDLES[0], NEEDLES[1]).as_bytes()));
    let note = Some(format!("{}说下周答复", NEEDLES[0]));
    let touch = rep.workbench.record_touch(TouchDraft { note, evidence: vec![card], ..of(customer.id, "演示") }).unwrap().touch.id;
    rep.settle().await;
    boss.settle().await;
    let phone_says = |phone: &chuda_kit::Phone| {
        let database = Connection::open(phone.settings.dir.join("chuda.db")).unwrap();
        database.pragma_update(None, "key", format!("x'{}'", hex::encode(phone.settings.key))).unwrap();
        tables_that_say(&database)
    };
    let bytes = phone_evidence(&rep, card.into());
    assert!(!phone_says(&boss).is_empty() && !files_that_say(host.data()).is_empty());

    let admin = host.admin();
    let seen = admin.erasure(Forgotten::Contact, contact, &[]).unwrap();
    assert_eq!((seen.records, seen.files.len()), (vec![contact], 0));
    let mentions: Vec<_> = seen.mentions.iter().map(|one| (one.record, one.field.as_str())).collect();
    assert_eq!(mentions, [(touch.into(), "note")], "listed for a decision");
    assert!(!phone_says(&boss).is_empty(), "looking changes nothing");
    let erased = admin.erase(Forgotten::Contact, contact, &[touch.into(), card.into()], None, host.now()).await.unwrap();
    assert_eq!((erased.files.len(), erased.mentions), (1, vec![]));
    let database = Connection::open(host.data().join("chuda.db")).unwrap();
    assert_eq!(tables_that_say(&database), Vec::<String>::new());
    assert_eq!(files_that_say(host.data()), Vec::<String>::new());
    for phone in [&rep, &boss] {
        phone.settle().await;
        assert_eq!(phone_says(phone), Vec::<String>::new());
    }
    assert!(!bytes.exists(), "nor its bytes");

    // What is left is there, and the others are as they were.
    let named = |name: &str| boss.workbench.find_customers(name).unwrap().remove(0);
    assert_eq!(named("乐居").contacts[0].name, "李工");
    assert_eq!(named("华信").contacts.len(), 1);
    assert!(named("华信").contacts[0].name.starts_with('—'));
    assert_eq!(rep.workbench.touch(touch).unwrap().customer, customer.id);
    rep.touch(customer.id, "演示");
    rep.settle().await;
    // Done again it changes nothing, and the log tells what went.
    assert_eq!(admin.erase(Forgotten::Contact, contact, &[], None, host.now()).await.unwrap().changes, 0);
    let out = host.data().join("audit.zip");
    let export = admin.export_audit(&out, (None, None), host.now()).unwrap();
    assert!(export.report.valid, "{:?}", export.report);
    assert_eq!(files_that_say(host.data()), Vec::<String>::new(), "nor is it in what is exported");
}

/// Where a phone has the bytes of a piece of evidence.
fn phone_evidence(phone: &chuda_kit::Phone, evidence: RecordId) -> std::path::PathBuf {
    let database = Connection::open(phone.settings.dir.join("chuda.db")).unwrap();
    database.pragma_update(None, "key", format!("x'{}'", hex::encode(phone.settings.key))).unwrap();
    let sql = "SELECT sha256 FROM evidence WHERE id = ?1";
    let hash: Vec<u8> = database.query_row(sql, [evidence.as_bytes()], |row| row.get(0)).unwrap();
    let path = phone.settings.dir.join("blobs").join(hex::encode(hash));
    assert!(path.exists(), "{}", path.display());
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_has_left_and_a_customer_are_forgotten_and_what_they_did_stays() {
    let host = Host::start_at(Hand::at("2026-03-09T09:00:00+08:00")).await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone(NEEDLES[0], Role::Rep, Some(boss.person())).await;
    let customer = rep.customer(&format!("{}五金店", NEEDLES[0]));
    let touch = rep.touch(customer, "演示").id;
    rep.settle().await;
    boss.settle().await;
    let admin = host.admin();
    let person = rep.person().into();
    let early = admin.erase(Forgotten::Employee, person, &[], None, host.now()).await.unwrap_err();
    assert_eq!(early.key, "erase.present");
    admin.leave(NEEDLES[0], "韩梅", false, host.now()).unwrap();
    let seen = admin.erasure(Forgotten::Employee, person, &[]).unwrap();
    assert!(seen.mentions.iter().any(|one| one.record == customer.into() && one.field == "name"));
    admin.erase(Forgotten::Employee, person, &[], None, host.now()).await.unwrap();
    admin.erase(Forgotten::Customer, customer.into(), &[], None, host.now()).await.unwrap();
    let database = Connection::open(host.data().join("chuda.db")).unwrap();
    assert_eq!(tables_that_say(&database), Vec::<String>::new());
    assert_eq!(files_that_say(host.data()), Vec::<String>::new());
    boss.settle().await;
    assert!(boss.workbench.touch(touch).unwrap().customer_name.starts_with('—'));
    assert!(text(&admin_fields(&database, person), "name").is_some_and(|name| name.starts_with('—')));
}

fn admin_fields(database: &Connection, record: RecordId) -> chuda_record::Fields {
    let json: String =
        database.query_row("SELECT fields FROM documents WHERE id = ?1", [record.as_bytes()], |row| row.get(0)).unwrap();
    serde_json::from_str(&json).unwrap()
}
