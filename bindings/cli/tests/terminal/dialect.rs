//! Terminal, HTTP API and webhooks speak of a thing with the same names and types (`docs/api.md`).

use std::collections::{BTreeMap, BTreeSet};

use chuda_kit::Host;
use chuda_record::Role;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::files;
use crate::phone::Phone;

/// What a value is; nothing is said of one that is not set.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Unset,
    Flag,
    Number,
    Text,
    List(Box<Shape>),
    Object(BTreeMap<String, Shape>),
}

impl Shape {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Unset,
            Value::Bool(_) => Self::Flag,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::Array(list) => Self::List(Box::new(list.first().map_or(Self::Unset, Self::of))),
            Value::Object(fields) => Self::Object(fields.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect()),
        }
    }

    /// Where two ways out give one name to different things.
    fn disagreements(&self, other: &Self, place: &str, found: &mut Vec<String>) {
        match (self, other) {
            (Self::Unset, _) | (_, Self::Unset) => {}
            (Self::List(one), Self::List(two)) => one.disagreements(two, &format!("{place}[]"), found),
            (Self::Object(one), Self::Object(two)) => {
                for (name, shape) in one {
                    if let Some(other) = two.get(name) {
                        shape.disagreements(other, &format!("{place}.{name}"), found);
                    }
                }
            }
            (one, two) if one == two => {}
            (one, two) => found.push(format!("{place}: {one:?} is {two:?}")),
        }
    }
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// That three ways out agree on a thing: on the type behind every name, and on the names but for those that only one can fill.
fn agree(what: &str, [terminal, api, webhook]: [&Value; 3], phone_only: &[&str], server_only: &[&str]) {
    let mut found = Vec::new();
    for (one, two, ways) in
        [(terminal, api, "terminal/API"), (api, webhook, "API/webhook"), (terminal, webhook, "terminal/webhook")]
    {
        Shape::of(one).disagreements(&Shape::of(two), &format!("{what} ({ways})"), &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
    let only =
        |one: &Value, two: &Value| names(one).difference(&names(two)).map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let listed = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(only(terminal, api), listed(phone_only), "{what}: what only a phone knows");
    assert_eq!(only(api, terminal), listed(server_only), "{what}: what only a server knows");
}

/// Another system that keeps what it is told.
async fn told(listener: &TcpListener, count: usize) -> Vec<Value> {
    let mut told = Vec::new();
    while told.len() < count {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let body = loop {
            stream.read_buf(&mut request).await.unwrap();
            let text = String::from_utf8_lossy(&request);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    break body.to_owned();
                }
            }
        };
        stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.unwrap();
        told.push(serde_json::from_str(&body).unwrap());
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn three_ways_out_speak_one_dialect() {
    let host = Host::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    host.tell(&format!("http://{}/", listener.local_addr().unwrap()));
    let (_, rep) = host.person("李强", Role::Rep, None);
    let (_, finance) = host.person("陈静", Role::Finance, None);
    let rep = Phone::enrolled(&host.url(), &rep);
    rep.json(&["customer", "add", "杭州智联科技", "--short", "智联", "--contact", "王总"]);
    let pdf = rep.file("quote.pdf", &files::pdf("quote"));
    let quote =
        ["--action", "报价", "--amount", "286000.50", "--intent", "a", "--next", "2040-12-01", "--contact", "王总", "--note", "好"];
    rep.json(&[&["touch", "--customer", "智联", "--mode", "邮件", "--evidence", &pdf], &quote[..]].concat());
    rep.json(&["report", "--reason", "travel", "--tomorrow", "给智联打电话"]);
    let (sent, told) = tokio::join!(async { rep.json(&["sync"]) }, told(&listener, 4));
    assert_eq!(sent["rejected"], serde_json::json!([]));
    let webhook = |name: &str| &told.iter().find(|one| one["type"] == name).unwrap_or_else(|| panic!("{name} in {told:?}"))["data"];

    let token = host.token();
    let customer = rep.json(&["customer", "show", "智联"]);
    let touch = &customer["touches"][0];
    let path = format!("/api/v1/touches/{}", touch["id"].as_str().unwrap());
    let there = host.get(&token, &path).await;
    agree("touch", [touch, &there, webhook("touch.recorded")], &["percent", "state"], &["evidence_count", "zone"]);
    let phones = ["here", "percent", "state", "touch", "valid"];
    let servers = ["attachment", "views", "witnessed_at"];
    let evidence = webhook("touch.recorded")["evidence"][0].clone();
    agree("evidence", [&touch["evidence"][0], &there["evidence"][0], &evidence], &phones, &servers);
    for way in [touch, &there] {
        assert_eq!(way["amount_cny"].to_string(), "286000.5");
    }

    let there = host.get(&token, "/api/v1/customers").await;
    let phones = ["address", "briefs", "conflicts", "contact", "contacts", "intent", "last", "lead", "model", "short", "touches"];
    agree("customer", [&customer, &there["customers"][0], webhook("customer.created")], &phones, &[]);
    agree("health", [&customer["health"], &there["customers"][0]["health"], &customer["health"]], &[], &[]);

    let finance = Phone::enrolled(&host.url(), &finance);
    finance.json(&["sync"]);
    let task = &finance.json(&["task", "list"])["tasks"][0];
    let there = host.get(&token, "/api/v1/todos").await;
    let phones = ["about", "attachment_uploading", "notice"];
    let servers = ["assignee", "attachments", "role"];
    agree("task", [task, &there["todos"][0], webhook("task.created")], &phones, &servers);

    let report = &rep.json(&["home"])["report"]["filed"];
    let there = host.get(&token, "/api/v1/reports").await;
    let phones = ["briefs", "can_withdraw", "conflicts", "corrections", "percent", "state"];
    agree("report", [report, &there["reports"][0], webhook("report.filed")], &phones, &["withdrawn"]);
}
