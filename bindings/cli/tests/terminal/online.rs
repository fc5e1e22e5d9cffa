//! Two phones and a real server: what reaches whom, and what happens when it is not there.

use chuda_kit::Host;
use chuda_record::Role;
use serde_json::{Value, json};

use crate::files;
use crate::phone::Phone;

/// A rep's phone with a quote that is recorded but not sent.
fn with_quote(phone: &Phone) -> Value {
    phone.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    let pdf = phone.file("quote.pdf", &files::pdf("quote"));
    phone.json(&["touch", "--customer", "智联", "--mode", "邮件", "--action", "报价", "--amount", "286000", "--evidence", &pdf])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_becomes_a_task_of_finance_that_is_done_once() {
    let host = Host::start().await;
    let (_, rep) = host.person("李强", Role::Rep, None);
    let (_, finance) = host.person("陈静", Role::Finance, None);
    let rep = Phone::enrolled(&host.url(), &rep);
    let quote = with_quote(&rep);
    assert_eq!(quote["state"]["label"], "待传");

    let sync = rep.json(&["sync"]);
    assert_eq!((&sync["rejected"], &sync["blobs"]), (&json!([]), &json!({"sent": 1, "left": 0})));
    assert!(sync["pushed"].as_u64().unwrap() > 0);
    let idle = rep.json(&["sync"]);
    assert_eq!((&idle["pushed"], &idle["round_trips"]), (&json!(0), &json!(1)));
    let touch = rep.json(&["customer", "show", "智联"])["touches"][0].clone();
    assert_eq!((&touch["category"]["label"], &touch["state"]["label"]), (&json!("待审批报价单"), &json!("服务器已校验")));
    assert_eq!(
        (&touch["evidence"][0]["grade"]["label"], &touch["evidence"][0]["state"]["label"]),
        (&json!("服务器已见证"), &json!("服务器已校验"))
    );
    let status = rep.json(&["status"]);
    assert_eq!(status["items"], json!([]));
    assert!(status["last_sync"].is_string());
    assert!(rep.run(&["home"]).out.contains("全部已同步"));

    let finance = Phone::enrolled(&host.url(), &finance);
    finance.json(&["sync"]);
    let tasks = finance.json(&["task", "list"])["tasks"].clone();
    assert_eq!(tasks.as_array().unwrap().len(), 1, "{tasks}");
    assert_eq!((&tasks[0]["title"], &tasks[0]["kind"]["key"]), (&json!("待审批报价单"), &json!("quote_approval")));
    assert_eq!((&tasks[0]["source"], &tasks[0]["customer"]["name"]), (&quote["id"], &json!("杭州智联科技")));
    let id = tasks[0]["id"].as_str().unwrap();
    let refused = finance.json_ending(3, &["task", "done", id, "--choice", "也许"]);
    assert_eq!(refused["choices"], tasks[0]["choices"]);
    assert_eq!(finance.refused(&["task", "done", id]), "task.choice_missing");
    assert_eq!(finance.refused(&["task", "done", id, "--choice", "驳回"]), "task.reason_missing");
    let done = finance.json(&["task", "done", id, "--choice", "批准"]);
    assert!(done["done_at"].is_string());
    assert_eq!(finance.refused(&["task", "done", id, "--choice", "批准"]), "task.already_done");
    assert_eq!(finance.json(&["sync"])["rejected"], json!([]));
    assert_eq!(finance.json(&["task", "list"])["tasks"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_work_goes_on_and_sync_ends_with_5() {
    let mut host = Host::start().await;
    let (_, code) = host.person("李强", Role::Rep, None);
    let phone = Phone::enrolled(&host.url(), &code);
    host.stop().await;
    with_quote(&phone);
    assert_eq!(phone.json_ending(5, &["sync"])["error"]["key"], "sync.offline");
    let items = phone.json(&["status"])["items"].as_array().unwrap().clone();
    assert!(
        items.iter().any(|item| item["kind"] == "blob") && items.iter().all(|item| item["state"]["label"] == "待传"),
        "{items:?}"
    );
    host.resume().await;
    assert_eq!(phone.json(&["sync", "--blobs", "none"])["blobs"], json!({"sent": 0, "left": 1}));
    assert_eq!(phone.json(&["sync"])["blobs"], json!({"sent": 1, "left": 0}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_and_a_wrong_one_never() {
    let host = Host::start().await;
    let (_, code) = host.person("李强", Role::Rep, None);
    Phone::enrolled(&host.url(), &code);
    let mut other = Phone::empty();
    other.at("");
    for code in [code.as_str(), "WRONG"] {
        assert_eq!(other.refused(&["init", "--server", &host.url(), "--code", code]), "enrol.code_refused");
    }
    assert_eq!(other.refused(&["init", "--server", "no address", "--code", "1"]), "server.bad_url");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_made_offline_join_a_server_and_what_it_refuses_ends_with_4() {
    let host = Host::start().await;
    // Finance may not enter customers: what this phone made before it had a role is refused, nothing else.
    let (_, code) = host.person("陈静", Role::Finance, None);
    let mut phone = Phone::offline();
    phone.at("").json(&["customer", "add", "杭州智联科技"]);
    let joined = phone.json(&["init", "--server", &host.url(), "--code", &code]);
    assert_eq!((&joined["person"]["name"], &joined["server"]), (&json!("陈静"), &json!(host.url())));
    assert_eq!(phone.refused(&["init", "--server", &host.url(), "--code", &code]), "enrol.already");

    let sync = phone.json_ending(4, &["sync"]);
    let rejected = sync["rejected"].as_array().unwrap();
    assert!(!rejected.is_empty() && rejected.iter().all(|one| one["reason"]["key"] == "not_allowed_to_create"), "{sync}");
    let status = phone.json(&["status"]);
    let failed: Vec<_> = status["items"].as_array().unwrap().iter().filter(|item| item["state"]["label"] == "失败").collect();
    assert_eq!(failed.len(), rejected.len(), "{status}");
    assert_eq!(failed[0]["reason"]["key"], "not_allowed_to_create");
    assert!(phone.run(&["home"]).out.contains("条需处理"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_long_past_can_be_played_and_says_so() {
    let host = Host::start().await;
    let (_, code) = host.person("李强", Role::Rep, None);
    let mut phone = Phone::enrolled(&host.url(), &code);
    phone.at("2026-01-05T15:00:00+08:00");
    with_quote(&phone);
    phone.json(&["report", "--reason", "travel"]);
    assert_eq!(phone.json(&["sync"])["rejected"], json!([]), "the server takes it, and the claim says how the clock was set");
    let evidence = phone.json(&["customer", "show", "智联"])["touches"][0]["evidence"][0].clone();
    assert!(evidence["flags"].as_array().unwrap().contains(&json!("clock_set_by_hand")), "{evidence}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn watching_goes_on_until_ctrl_c_with_one_line_per_exchange() {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};

    let host = Host::start().await;
    let (_, code) = host.person("李强", Role::Rep, None);
    let phone = Phone::enrolled(&host.url(), &code);
    let mut child = phone.command(&["sync", "--watch", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let first: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(first["round_trips"], 1);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!((child.wait().unwrap().code(), rest.as_str()), (Some(0), ""));
}

/// N2: what the server exported is checked by an auditor who has nothing but the file.
#[tokio::test(flavor = "multi_thread")]
async fn an_audit_bundle_is_checked_by_anyone_and_a_changed_one_is_found_out() {
    let host = Host::start().await;
    let (_, rep) = host.person("李强", Role::Rep, None);
    let rep = Phone::enrolled(&host.url(), &rep);
    with_quote(&rep);
    rep.json(&["sync"]);
    let auditor = Phone::empty();
    let bundle = auditor.folder().join("audit.zip");
    host.admin().export_audit(&bundle, (None, None), chrono::Utc::now()).unwrap();
    let bundle = bundle.to_str().unwrap();
    let verdict = auditor.json(&["verify", bundle]);
    assert_eq!(verdict["valid"], true, "{verdict}");
    let said = auditor.run(&["verify", bundle]).out;
    assert!(said.contains("审计日志连续") && said.contains("日志条目") && said.contains("原始改动"), "{said}");

    let mut bytes = std::fs::read(bundle).unwrap();
    let text = r#""verb":"enrolled""#.as_bytes();
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
    bytes[at + 8] = b'E';
    let changed = auditor.file("changed.zip", &bytes);
    let verdict = auditor.json_ending(4, &["verify", &changed]);
    let entries = verdict["checks"].as_array().unwrap().iter().find(|check| check["name"] == "entries").unwrap();
    assert!(entries["ok"] == false && entries["detail"].as_str().unwrap().contains("was changed"), "{verdict}");
    let cut = auditor.file("cut.zip", &bytes[..bytes.len() / 2]);
    assert_eq!(auditor.json_ending(4, &["verify", &cut])["valid"], false);
}
