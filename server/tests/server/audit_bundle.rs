//! The log as a file that anyone can check (N2): an export verifies on any machine, a restore takes nothing out of the log, and whoever
//! changes the database or the file is found out.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use chrono::{NaiveDate, TimeDelta, Utc};
use chuda_evidence::audit;
use chuda_evidence::proof::Report;
use chuda_record::Role;
use chuda_record::id::{EvidenceId, RecordId};
use chuda_server::AuditExport;
use chuda_server::Scope;
use chuda_server::admin::Admin;
use proptest::prelude::*;
use rusqlite::{Connection, params};
use serde_json::Value;
use tempfile::TempDir;

use crate::audit::{has, log_of, quote};
use crate::blobs::upload;
use crate::phone::Team;

fn export(team: &Team, out: &Path) -> AuditExport {
    team.admin().export_audit(out, (None, None), Utc::now()).unwrap()
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
