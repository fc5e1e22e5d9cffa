//! `chuda config`: a supervisor's whole way from looking to publishing, and every refusal on it.

use chuda_kit::Host;
use chuda_record::Role;
use serde_json::{Value, json};

use crate::files;
use crate::phone::Phone;

/// A supervisor and a rep with a demo behind them.
fn team(host: &Host) -> (Phone, Phone) {
    let (boss, boss_code) = host.person("韩梅", Role::Supervisor, None);
    let (_, rep_code) = host.person("李雷", Role::Rep, Some(boss));
    let (boss, rep) = (Phone::enrolled(&host.url(), &boss_code), Phone::enrolled(&host.url(), &rep_code));
    rep.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    demo(&rep, "演示", &[]);
    rep.json(&["sync"]);
    boss.json(&["sync"]);
    (boss, rep)
}

fn demo(rep: &Phone, action: &str, more: &[&str]) -> Value {
    let photo = rep.file("photo.png", files::PNG);
    rep.json(&[&["touch", "--customer", "智联", "--mode", "面访", "--action", action, "--evidence", &photo], more].concat())
}

const RULE: &str = r#"{
    "id": "after-demo", "zh": "演示后跟进", "en": "After a demo", "trigger": {"record": "touch"},
    "when": {"field": {"name": "action", "is": "demo"}},
    "then": [{"task": {"kind": "coaching", "to": {"superior_of": "author"}}}]
}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_written_edited_checked_tried_out_and_published() {
    let host = Host::start().await;
    let (boss, rep) = team(&host);
    let shown = boss.json(&["config", "show"]);
    assert_eq!((&shown["version"], &shown["in_force"], &shown["published_by"]), (&json!(1), &json!(true), &json!(null)));
    assert!(shown["content"]["rules"].is_array());
    let path = boss.folder().join("config.json").to_str().unwrap().to_owned();
    boss.json(&["config", "show", "--out", &path]);
    assert_eq!(boss.json(&["config", "check", &path]), json!({"ok": true, "parent": 1}));

    let mut content: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    content["rules"].as_array_mut().unwrap().push(serde_json::from_str(RULE).unwrap());
    content["health"]["red_below"] = 0.into();
    let edited = boss.file("edited.json", content.to_string().as_bytes());
    let run = boss.json(&["config", "dry-run", &edited, "--days", "30"]);
    assert_eq!(run["parent"], 1);
    let added = &run["dry_run"]["added"][0];
    assert_eq!(
        (&added["rule"], &added["customer"]["name"], &added["whom"][0]["name"]),
        (&json!("after-demo"), &json!("杭州智联科技"), &json!("韩梅"))
    );
    assert_eq!(run["dry_run"]["health"][0]["customer"]["name"], "杭州智联科技");
    assert_eq!((&run["dry_run"]["totals"]["added"], &run["dry_run"]["totals"]["turns_green"]), (&json!(1), &json!(1)));
    let text = boss.run(&["config", "dry-run", &edited]).out;
    assert!(["新增 1", "转正常 1", "after-demo", "杭州智联科技", "韩梅"].iter().all(|word| text.contains(word)), "{text}");

    assert_eq!(boss.json(&["config", "publish", &edited, "--note", "演示后跟进"]), json!({"version": 2}));
    assert_eq!(boss.json(&["config", "show"])["version"], 2, "the publisher goes by it at once");
    assert_eq!(
        boss.refused(&["config", "publish", &path, "--note", "改回去"]),
        "server.refused",
        "sent by somebody who had not looked"
    );
    rep.json(&["sync"]);
    let versions = rep.json(&["config", "versions"])["versions"].clone();
    assert_eq!(
        (&versions[0]["version"], &versions[0]["in_force"], &versions[1]["in_force"]),
        (&json!(2), &json!(true), &json!(false))
    );
    assert_eq!((&versions[0]["published_by"]["name"], &versions[0]["note"]), (&json!("韩梅"), &json!("演示后跟进")));
    assert_eq!(rep.json(&["config", "show", "--version", "1"])["content"], shown["content"]);
    let text = rep.run(&["config", "versions"]).out;
    assert!(text.contains("版本 2") && text.contains("现行") && text.contains("产品自带"), "{text}");
    demo(&rep, "演示", &[]);
    rep.json(&["sync"]);
    boss.json(&["sync"]);
    assert_eq!(boss.json(&["task", "list"])["tasks"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn small_edits_are_tried_out_and_published_when_asked_for() {
    let host = Host::start().await;
    let (boss, rep) = team(&host);
    let add = ["config", "option", "add", "actions", "site_survey", "--zh", "现场勘测", "--en", "Site survey"];
    let tried = boss.json(&add);
    assert_eq!((&tried["parent"], &tried["version"]), (&json!(1), &json!(null)));
    assert!(boss.run(&add).out.contains("还没有发布"));
    let mut version = 1;
    let mut publish = |words: &[&str]| {
        version += 1;
        let published = boss.json(&[words, &["--publish", "--note", "按复盘调整"]].concat());
        assert_eq!((&published["parent"], &published["version"]), (&json!(version - 1), &json!(version)), "{words:?}");
        published["dry_run"].clone()
    };
    publish(&add);
    publish(&["config", "option", "retire", "short_reasons", "leave"]);
    let rule = boss.file("rule.json", RULE.as_bytes());
    assert_eq!(publish(&["config", "rule", "add", &rule])["added"][0]["rule"], "after-demo");
    let parts = ["on_site=客户现场操作设备=Device operated on site", "remote=远程共享屏幕完成全流程"];
    let split = ["config", "option", "split", "actions", "demo", "--into", parts[0], parts[1], "--prompt", "请上传操作界面截图"];
    publish(&split);
    publish(&["config", "form", "add", "units", "--holds", "number", "--zh", "台数", "--required"]);
    assert_eq!(publish(&["config", "rule", "off", "after-demo"])["totals"]["removed"], 1);
    publish(&["config", "rule", "on", "after-demo"]);
    assert_eq!(publish(&["config", "formula", "--red-below", "-5", "--per-touch", "3"])["totals"]["turns_green"], 1);
    publish(&["config", "rule", "remove", "quote-silence"]);

    rep.json(&["sync"]);
    let photo = rep.file("photo.png", files::PNG);
    let touch = ["touch", "--customer", "智联", "--mode", "面访", "--evidence", &photo, "--action"];
    let refused = rep.json_ending(3, &[&touch[..], &["演示"]].concat());
    let choices: Vec<&str> =
        refused["choices"].as_array().unwrap().iter().map(|choice| choice["label"].as_str().unwrap()).collect();
    assert!(
        choices.contains(&"现场勘测") && choices.contains(&"远程共享屏幕完成全流程") && !choices.contains(&"演示"),
        "{choices:?}"
    );
    let refused = rep.json_ending(3, &[&touch[..], &["on_site"]].concat());
    assert_eq!(
        (&refused["error"]["key"], &refused["error"]["params"]["field"]),
        (&json!("touch.field_missing"), &json!("x/units"))
    );
    let recorded = demo(&rep, "客户现场操作设备", &["--extra", "units=12"]);
    assert_eq!((&recorded["prompt"], &recorded["extra"]), (&json!("请上传操作界面截图"), &json!({"units": "12"})));
    assert!(recorded["triggered"].as_array().unwrap().iter().any(|one| one["rule"] == "after-demo"));
    let touches = rep.json(&["customer", "show", "智联"])["touches"].clone();
    assert_eq!((&touches[1]["action"]["label"], &touches[1]["action"]["key"]), (&json!("演示"), &json!("demo")));
    let text = rep.run(&["config", "show"]).out;
    assert!(
        ["现场勘测", "台数 (units) · 必填", "after-demo", "触达×3", "低于 -5 为红"].iter().all(|word| text.contains(word)),
        "{text}"
    );
    assert!(!text.contains("quote-silence"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_says_what_is_wrong_and_changes_nothing() {
    let mut host = Host::start().await;
    let (boss, rep) = team(&host);
    let rule = boss.file("rule.json", RULE.as_bytes());
    let path = boss.folder().join("config.json").to_str().unwrap().to_owned();
    boss.json(&["config", "show", "--out", &path]);
    let content: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let file = |name: &str, change: fn(&mut Value)| {
        let mut content = content.clone();
        change(&mut content);
        boss.file(name, content.to_string().as_bytes())
    };
    let unknown = file("unknown.json", |content| {
        let rules = content["rules"].as_array_mut().unwrap();
        let rule = rules.iter_mut().find(|rule| rule["id"] == "quote-pdf").unwrap();
        rule["when"] = json!({"field": {"name": "colour", "is": "red"}});
    });
    let flawed = boss.json_ending(3, &["config", "check", &unknown])["error"].clone();
    let params = json!({"place": "rules.quote-pdf", "flaw": "flaw.unknown", "name": "colour"});
    assert_eq!((&flawed["key"], &flawed["params"]), (&json!("config.flawed"), &params));
    assert_eq!(flawed["message"], "配置有问题，rules.quote-pdf：没有 colour。");
    assert!(boss.run(&["config", "check", &unknown, "--lang", "en"]).err.contains("rules.quote-pdf: colour does not exist."));
    let removed = file("removed.json", |content| drop(content["short_reasons"].as_array_mut().unwrap().pop()));
    for words in [&["config", "check", &removed][..], &["config", "dry-run", &removed]] {
        assert_eq!(boss.json_ending(3, words)["error"]["params"]["flaw"], "flaw.removed");
    }
    // The server has the last word, in the words that the phone knows.
    let refused = boss.run(&["config", "publish", &removed, "--note", "删掉"]);
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("other 已有记录在用，不能删除，只能停用"), "{}", refused.err);
    for (name, text) in [("text.json", "not json"), ("empty.json", "")] {
        let file = boss.file(name, text.as_bytes());
        assert_eq!(boss.json_ending(3, &["config", "check", &file])["error"]["params"]["flaw"], "flaw.unreadable");
    }
    assert_eq!(boss.refused(&["config", "check", &boss.file("large.json", &vec![b' '; 300_000])]), "file.too_large");
    assert_eq!(boss.refused(&["config", "check", "nowhere.json"]), "file.not_found");
    assert_eq!(boss.refused(&["config", "rule", "add", &path]), "cli.rule_unreadable");
    assert_eq!(boss.refused(&["config", "show", "--version", "7"]), "config.no_such_version");
    for words in [
        &["config", "option", "retire", "actions", "dance"][..],
        &["config", "option", "retire", "briefs", "following_up"],
        &["config", "option", "add", "actions", "demo", "--zh", "演示"],
        &["config", "rule", "off", "dance"],
        &["config", "rule", "remove", "order-opened"],
        &["config", "form", "add", "Units", "--holds", "number", "--zh", "台数"],
        &["config", "formula", "--window-days", "0"],
    ] {
        assert_eq!(boss.refused(words), "config.flawed", "{words:?}");
    }
    for words in [
        &["config"][..],
        &["config", "formula"],
        &["config", "option", "add", "moods", "good", "--zh", "好"],
        &["config", "option", "add", "actions", "survey", "--zh", "勘测", "--stage", "married"],
        &["config", "option", "split", "actions", "demo", "--into", "on_site"],
        &["config", "option", "split", "actions", "demo"],
        &["config", "form", "add", "units", "--holds", "song", "--zh", "台数"],
        &["config", "rule", "off", "quote-silence", "--publish"],
        &["config", "rule", "off", "quote-silence", "--note", "关"],
        &["config", "publish", &path],
        &["config", "dry-run", &path, "--days", "0"],
    ] {
        assert_eq!(boss.run(words).code, 2, "{words:?}");
    }
    let off = ["config", "rule", "off", "quote-silence", "--publish", "--note", "关"];
    let refused = rep.json_ending(3, &off)["error"].clone();
    assert_eq!((&refused["key"], &refused["params"]["problem"]), (&json!("server.refused"), &json!("config.not_allowed")));
    assert!(refused["message"].as_str().unwrap().contains("主管"));
    let alone = Phone::offline();
    assert_eq!(alone.refused(&off), "sync.no_server");
    assert_eq!(alone.json(&["config", "show"])["version"], 1);

    host.stop().await;
    for words in
        [&off[..], &["config", "dry-run", &path], &["config", "publish", &path, "--note", "改"], &["config", "rule", "add", &rule]]
    {
        assert_eq!(boss.json_ending(5, words)["error"]["key"], "sync.offline", "{words:?}");
    }
    assert_eq!(boss.json(&["config", "check", &path])["ok"], true);
    assert_eq!(boss.json(&["config", "versions"])["versions"].as_array().unwrap().len(), 1);
}
