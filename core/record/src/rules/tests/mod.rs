//! What makes a configuration publishable, what small edits do, and what a dry run finds.

mod check;
mod dry_run;
mod edits;

use serde_json::{Value, json};

use super::Config;
use super::flaw::{Flaw, Flawed};

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
