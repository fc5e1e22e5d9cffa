//! The program itself: what it prints, what it exits with, and that it ends cleanly.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_chuda-server");

fn admin(data: &Path, words: &[&str]) -> Output {
    Command::new(PROGRAM).arg("admin").args(words).arg("--json").arg("--data").arg(data).output().unwrap()
}

fn admin_json(data: &Path, words: &[&str]) -> Value {
    let output = admin(data, words);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn serve(command: &mut Command, data: &Path) -> (Child, String) {
    let mut child = command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("chuda-server listening on ").unwrap().to_owned();
    (child, url)
}

#[tokio::test]
async fn people_are_added_beside_the_running_server_which_ends_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, url) = serve(&mut Command::new(PROGRAM), folder.path());
    let boss = admin_json(folder.path(), &["person", "add", "Boss", "--role", "supervisor"]);
    assert!(boss["code"].as_str().unwrap().len() >= 8);
    let rep = admin_json(folder.path(), &["person", "add", "Rep", "--role", "rep", "--role", "presales", "--reports-to", "Boss"]);
    let people = admin_json(folder.path(), &["person", "list"]);
    let listed = people["people"].as_array().unwrap().iter().find(|person| person["id"] == rep["person"]).unwrap();
    assert_eq!((&listed["reports_to"], &listed["roles"]), (&boss["person"], &serde_json::json!(["rep", "presales"])));
    let token = admin_json(folder.path(), &["token", "add", "crm", "--scope", "people"]);
    let request = crate::phone::client().get(format!("{url}/api/v1/people")).bearer_auth(token["token"].as_str().unwrap());
    let seen = crate::phone::json_of(request.send().await.unwrap()).await;
    assert_eq!(seen["people"].as_array().unwrap().len(), 2);

    // As a service manager ends it.
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert!(!folder.path().join("chuda.db-wal").exists());
}

#[tokio::test]
async fn the_clock_starts_where_chuda_now_says_and_runs_on() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, url) = serve(Command::new(PROGRAM).env("CHUDA_NOW", "2026-03-02T08:00:00+08:00"), folder.path());
    let answer = crate::phone::client().get(format!("{url}/healthz")).send().await.unwrap();
    let date = answer.headers()["date"].to_str().unwrap();
    let ran = DateTime::parse_from_rfc2822(date).unwrap() - DateTime::parse_from_rfc3339("2026-03-02T00:00:00Z").unwrap();
    assert!((TimeDelta::zero()..TimeDelta::days(1)).contains(&ran), "{date}");
    child.kill().unwrap();
    child.wait().unwrap();

    let output = Command::new(PROGRAM).args(["admin", "device", "list"]).env("CHUDA_NOW", "yesterday").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("RFC 3339"));
    let help = Command::new(PROGRAM).args(["admin", "device", "list", "--help"]).output().unwrap();
    assert!(String::from_utf8_lossy(&help.stdout).contains("CHUDA_NOW"));
}

#[test]
fn subscriptions_are_added_listed_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let url = "http://crm.local:8080/hooks";
    let added = admin_json(folder.path(), &["webhook", "add", url, "--event", "touch.recorded", "--event", "task.created"]);
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    let list = || admin_json(folder.path(), &["webhook", "list"]);
    let listed = list()["webhooks"][0].clone();
    assert_eq!((&listed["id"], &listed["url"]), (&added["webhook"], &json!(url)));
    assert_eq!(listed["events"], json!(["touch.recorded", "task.created"]));
    assert!(!listed.to_string().contains(added["secret"].as_str().unwrap()));
    assert_eq!(admin_json(folder.path(), &["webhook", "dead"])["deliveries"], json!([]));
    assert_eq!(admin_json(folder.path(), &["webhook", "retry", "--all"])["retried"], 0);
    assert_eq!(admin_json(folder.path(), &["job", "list"])["jobs"], json!([]), "nothing has run here yet");
    assert_eq!(admin_json(folder.path(), &["job", "list", "--dead"])["jobs"], json!([]));
    admin_json(folder.path(), &["webhook", "remove", added["webhook"].as_str().unwrap()]);
    assert_eq!(list()["webhooks"], json!([]));
    let unknown = admin(folder.path(), &["webhook", "add", url, "--event", "touch.forgotten"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("touch.recorded"));
}

#[test]
fn what_can_not_be_done_exits_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    for (words, key) in [
        (&["person", "code", "Nobody"][..], "person.not_found"),
        (&["person", "add", " ", "--role", "rep"], "person.name"),
        (&["person", "add", "Rep", "--role", "rep", "--reports-to", "Nobody"], "person.not_found"),
        (&["restore", "nowhere.db"], "backup.not_found"),
        (&["audit", "export", "--out", "nowhere.zip", "--to", "2020-01-01"], "audit.empty"),
        (&["device", "revoke", "00000000-0000-0000-0000-000000000000"], "device.not_found"),
        (&["job", "retry", "42"], "job.not_found"),
        (&["webhook", "add", "ftp://example.com", "--event", "task.done"], "webhook.url"),
        (&["webhook", "remove", "00000000-0000-0000-0000-000000000000"], "webhook.not_found"),
        (&["webhook", "retry", "42"], "delivery.not_found"),
    ] {
        let output = admin(folder.path(), words);
        assert_eq!(output.status.code(), Some(3), "{words:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(key), "{words:?}");
    }
    admin_json(folder.path(), &["person", "add", "Li", "--role", "rep"]);
    admin_json(folder.path(), &["person", "add", "Li", "--role", "rep"]);
    let output = admin(folder.path(), &["person", "code", "Li"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("person.ambiguous"));
    assert_eq!(admin(folder.path(), &["person", "add", "Li", "--role", "wizard"]).status.code(), Some(2));
}

#[test]
fn somebody_leaves_only_once_it_was_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["Li", "Han"] {
        admin_json(folder.path(), &["person", "add", name, "--role", "rep"]);
    }
    let token = admin_json(folder.path(), &["token", "add", "own", "--scope", "people", "--person", "Li", "--expires", "7"]);
    assert_eq!(token["expires_in_days"], 7);
    let left = || admin_json(folder.path(), &["person", "list"])["people"][0]["left"].clone();
    let leave = ["person", "leave", "Li", "--to", "Han"];
    let looked = admin(folder.path(), &leave);
    assert_eq!((looked.status.code(), left()), (Some(3), json!(false)));
    assert!(String::from_utf8_lossy(&looked.stderr).contains("person.confirm"));
    let looked = admin_json(folder.path(), &[&leave[..], &["--dry-run"]].concat());
    assert_eq!((&looked["done"], &looked["leaving"]["tokens"], left()), (&json!(false), &json!(1), json!(false)));
    assert_eq!(admin_json(folder.path(), &[&leave[..], &["--yes"]].concat())["done"], true);
    assert_eq!(left(), true);
    let listed = admin_json(folder.path(), &["token", "list"])["tokens"][0].clone();
    assert_eq!((&listed["name"], &listed["state"], &listed["used_at"]), (&json!("own"), &json!("revoked"), &json!(null)));
    assert!(!listed.to_string().contains(token["token"].as_str().unwrap()));
    assert!(admin_json(folder.path(), &["person", "return", "Li"])["code"].as_str().unwrap().len() > 8);
    assert_eq!(admin_json(folder.path(), &["person", "role", "Li", "--role", "supervisor"])["roles"], json!(["supervisor"]));
}

#[test]
fn the_audit_log_is_exported_beside_the_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, _) = serve(&mut Command::new(PROGRAM), folder.path());
    admin_json(folder.path(), &["person", "add", "李雷", "--role", "rep"]);
    let out = folder.path().join("audit.zip");
    let exported = admin_json(folder.path(), &["audit", "export", "--out", out.to_str().unwrap()]);
    // The key, the person, the code, the export.
    assert_eq!((&exported["valid"], &exported["first"], &exported["last"]), (&true.into(), &1.into(), &4.into()), "{exported}");
    assert!(chuda_evidence::audit::verify(&out).unwrap().valid);
    let today = chrono::Utc::now().with_timezone(&chuda_record::time::DEFAULT_ZONE).date_naive().to_string();
    let day = ["audit", "export", "--out", out.to_str().unwrap(), "--from", &today, "--to", &today];
    assert_eq!(admin_json(folder.path(), &day)["valid"], true);
    // A log that somebody has been at is exported all the same, and said to be damaged.
    let database = rusqlite::Connection::open(folder.path().join("chuda.db")).unwrap();
    database.execute_batch("DROP TRIGGER audit_stay; DELETE FROM audit WHERE n = 2;").unwrap();
    let output = admin(folder.path(), &["audit", "export", "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["valid"], false);
    assert!(said["checks"].to_string().contains("entry 2 is missing"), "{said}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("audit.damaged"));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}
