//! What makes a configuration publishable, what small edits do, and what a dry run finds.

mod check;
mod dry_run;
mod edits;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::audience::People;
use super::firing::{self, Moment};
use super::flaw::{Flaw, Flawed};
use super::world::{Memory, Subject};
use super::{Config, Firing};
use crate::id::{CustomerId, PersonId, RecordId};
use crate::{Fields, Kind, Person, Role, Scalar};

fn shipped() -> Value {
    serde_json::to_value(Config::builtin()).unwrap()
}

/// The shipped configuration with a change.
fn with(change: impl FnOnce(&mut Value)) -> Result<Config, Flawed> {
    let mut value = shipped();
    change(&mut value);
    let config = Config::parse(&value.to_string())?;
    config.check_after(Config::builtin())?;
    Ok(config)
}

/// The shipped configuration without its nodes, and with these rules.
fn with_rules(rules: &[Value]) -> Result<Config, Flawed> {
    with(|config| {
        let all = config["rules"].as_array_mut().unwrap();
        all.retain(|rule| rule.get("response").is_some());
        all.extend(rules.iter().cloned());
    })
}

/// A rule for touches that gives finance something to do.
fn rule(id: &str, when: &Value) -> Value {
    let then = json!([{"task": {"kind": "quote_approval", "to": {"role": "finance"}}}]);
    json!({"id": id, "zh": "规则", "en": "Rule", "trigger": {"record": "touch"}, "when": when, "then": then})
}

/// A rule for touches with one effect.
fn effect(then: &Value) -> Value {
    json!({"id": "mine", "zh": "规则", "en": "Rule", "trigger": {"record": "touch"}, "then": [then]})
}

fn flaw_of(result: Result<Config, Flawed>) -> Flaw {
    result.unwrap_err().flaw
}

fn unknown(name: &str) -> Flaw {
    Flaw::unknown(name)
}

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

const REP: &str = "李雷";

fn person(name: &str) -> PersonId {
    RecordId::derived(name).into()
}

fn customer(name: &str) -> CustomerId {
    RecordId::derived(name).into()
}

fn team() -> People {
    let member = |name: &str, role, reports_to| {
        let zone = crate::time::DEFAULT_ZONE;
        (person(name), Person { name: name.into(), roles: [role].into(), reports_to, zone, left: false })
    };
    [member(REP, Role::Rep, Some(person("韩梅"))), member("韩梅", Role::Supervisor, None)].into()
}

/// A touch with some evidence.
fn touch(action: &str) -> Fields {
    let ago = now() - TimeDelta::days(5);
    [
        ("kind".to_owned(), Scalar::from("touch")),
        ("author".into(), person(REP).to_string().into()),
        ("customer".into(), customer("杭州智联科技").to_string().into()),
        ("mode".into(), "visit".into()),
        ("action".into(), action.into()),
        ("at".into(), ago.timestamp_millis().into()),
        (format!("evidence/{}", RecordId::derived("photo")), true.into()),
    ]
    .into()
}

fn with_pdf(mut touch: Fields) -> Fields {
    touch.insert(format!("evidence/{}", RecordId::derived("pdf")), true.into());
    touch
}

fn pdf() -> (RecordId, (Kind, Fields)) {
    let fields = [("author".to_owned(), person(REP).to_string().into()), ("mime".into(), "application/pdf".into())];
    (RecordId::derived("pdf"), (Kind::Evidence, fields.into()))
}

/// The rules that fire for a touch, at once or by now.
fn fired(config: &Config, touch: &Fields) -> Vec<String> {
    let world = Memory([pdf()].into());
    let people = team();
    let moment = Moment { config, people: &people, now: now() };
    let subject = Subject { id: RecordId::derived("t"), kind: Kind::Touch, fields: touch, world: &world };
    let mut firings: Vec<Firing> = firing::fire(moment, &subject).unwrap();
    for due in firing::due(config, &subject, now()).unwrap() {
        firings.extend((due.at <= now()).then(|| firing::fire_rule(moment, due.rule, &subject).unwrap()).flatten());
    }
    firings.into_iter().map(|firing| firing.rule).collect()
}
