//! The JSON of every command as it stands. A change here is a change of the contract.

use std::collections::HashMap;

use serde_json::Value;

use crate::files;
use crate::phone::Phone;

/// Ids and hashes by the order in which they come up: what refers to what stays visible.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn redact(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) if is_hex(&text, 64) => self.name("hash", text),
            Value::String(text) if is_uuid(&text) => self.name("id", text),
            Value::Array(list) => list.into_iter().map(|one| self.redact(one)).collect(),
            Value::Object(fields) => fields.into_iter().map(|(key, one)| (key, self.redact(one))).collect(),
            other => other,
        }
    }

    fn name(&mut self, kind: &str, text: String) -> Value {
        let next = 1 + self.0.values().filter(|name| name.starts_with(kind)).count();
        Value::String(format!("[{}]", self.0.entry(text).or_insert_with(|| format!("{kind} {next}"))))
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_uuid(text: &str) -> bool {
    is_hex(&text.replace('-', ""), 32) && text.len() == 36
}

#[test]
fn the_json_of_a_day() {
    let mut phone = Phone::empty();
    let mut names = Names::default();
    let mut show = |name: &str, value: Value| insta::assert_json_snapshot!(name, names.redact(value));

    show("init", phone.json(&["init", "--offline", "--person", "李强"]));
    let add = ["customer", "add", "杭州智联科技", "--short", "智联", "--contact", "王总", "--phone", "13800000000"];
    show("customer_add", phone.json(&add));
    let pdf = phone.file("quote.pdf", &files::pdf("quote"));
    let photo = phone.file("photo.png", files::PNG);
    let quote = [
        "touch",
        "--customer",
        "智联",
        "--mode",
        "邮件",
        "--action",
        "报价",
        "--amount",
        "286000.50",
        "--intent",
        "a",
        "--feedback",
        "--contact",
        "王总",
        "--next",
        "2026-12-01",
        "--note",
        "等回复",
        "--evidence",
        &pdf,
    ];
    show("touch", phone.json(&quote));
    // Touches of one instant would stand in any order.
    phone.at("2026-11-23T16:00:00+08:00");
    show("touch_draft", phone.json(&["touch", "--customer", "智联", "--mode", "phone", "--action", "demo", "--draft"]));
    show("photo", phone.json(&["photo", &photo]));
    show("customer_list", phone.json(&["customer", "list"]));
    show("customer_show", phone.json(&["customer", "show", "智联"]));
    show("home", phone.json(&["home"]));
    show("report_refused", phone.json_ending(3, &["report"]));
    show("report", phone.json(&["report", "--reason", "travel", "--tomorrow", "给智联打电话"]));
    show("task_list", phone.json(&["task", "list"]));
    show("status", phone.json(&["status"]));
    let hash = phone.json(&["photo", &pdf])["sha256"].as_str().unwrap().to_owned();
    // The path is this test's own.
    let mut exported = phone.json(&["export", "proof", &hash, "--out", phone.folder().join("proof.zip").to_str().unwrap()]);
    exported["bundle"] = "proof.zip".into();
    show("export_proof", exported);
    let mut verified = phone.json(&["verify", phone.folder().join("proof.zip").to_str().unwrap()]);
    for check in verified["checks"].as_array_mut().unwrap() {
        check["detail"] = "[found]".into();
    }
    show("verify", verified);
    let mut checked = phone.json_ending(4, &["doctor"]);
    for check in checked["checks"].as_array_mut().unwrap() {
        check["detail"] = "[found]".into();
    }
    show("doctor", checked);
}
