//! What makes a configuration publishable, what small edits do, and what a dry run finds.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::audience::People;
use super::config::{Choice, ExtraType, MAX_BYTES, MAX_RESPONSES};
use super::dry_run::{self, DryRun};
use super::edit::Edit;
use super::firing::{self, Moment};
use super::flaw::{Flaw, Flawed};
use super::health::{Facts, Formula};
use super::rule::{Rule, Trigger};
use super::world::{Memory, Subject};
use super::{Config, Firing};
use crate::error::Error;
use crate::id::{CustomerId, PersonId, RecordId};
use crate::table::List;
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

#[test]
fn conditions_name_what_is_there_and_compare_it_with_what_fits() {
    let flaw = |when: Value| flaw_of(with_rules(&[rule("mine", &when)]));
    let field = |field: Value| flaw(json!({ "field": field }));
    assert_eq!(field(json!({"name": "colour", "is": "red"})), unknown("colour"));
    assert_eq!(field(json!({"name": "action", "is": "dance"})), unknown("dance"));
    assert_eq!(field(json!({"name": "action", "one_of": ["demo", "dance"]})), unknown("dance"));
    assert_eq!(field(json!({"name": "mode", "is": "fax"})), unknown("fax"));
    assert_eq!(field(json!({"name": "customer.colour", "known": true})), unknown("customer.colour"));
    assert_eq!(field(json!({"name": "note.length", "known": true})), unknown("note"));
    assert_eq!(field(json!({"name": "x/competitor", "known": true})), unknown("x/competitor"), "no such field was added");
    assert_eq!(field(json!({"name": "amount", "is": "much"})), Flaw::mismatch("amount"));
    assert_eq!(field(json!({"name": "note", "above": 3})), Flaw::mismatch("note"));
    assert_eq!(field(json!({"name": "custom_development", "is": 1})), Flaw::mismatch("custom_development"));
    assert_eq!(field(json!({"name": "response_by", "is": "tomorrow"})), Flaw::mismatch("response_by"));
    assert_eq!(field(json!({"name": "customer", "is": "Huaxin"})), Flaw::mismatch("customer"));
    assert_eq!(field(json!({"name": "amount", "differs_from": "note"})), Flaw::mismatch("note"));
    assert_eq!(field(json!({"name": "amount", "above": 1, "below": 9})), Flaw::OneComparison { field: "amount".into() });
    assert_eq!(field(json!({"name": "amount"})), Flaw::OneComparison { field: "amount".into() });
    assert_eq!(field(json!({"name": "action", "one_of": []})), Flaw::Bounds);
    assert_eq!(field(json!({"name": "customer.author.reports_to.name", "known": true})), Flaw::TooDeep);
    let task = |role: &str| {
        let mut rule = rule("mine", &json!({"field": {"name": "role", "is": role}}));
        rule["trigger"] = json!({"record": "task"});
        rule["then"] = json!([{"notify": {"kind": "coaching", "to": {"role": "rep"}}}]);
        flaw_of(with_rules(&[rule]))
    };
    assert_eq!(task("king"), unknown("king"));
    for words in [json!({"role": "king"}), json!({"person": "id"}), json!({"person": "note"})] {
        assert!(with_rules(&[effect(&json!({"notify": {"kind": "coaching", "to": words}}))]).is_err());
    }
    for unreadable in
        [json!({"exists": {"kind": "dream", "when": {"field": {"name": "note", "known": true}}}}), json!({"maybe": []})]
    {
        assert!(matches!(flaw(unreadable), Flaw::Unreadable { .. }));
    }
}

#[test]
fn conditions_are_bounded() {
    let leaf = || json!({"field": {"name": "note", "known": true}});
    let exists = |inner: Value| json!({"exists": {"kind": "touch", "when": inner}});
    let flaw = |when: Value| flaw_of(with_rules(&[rule("mine", &when)]));
    assert_eq!(flaw(exists(exists(leaf()))), Flaw::Nested);
    assert_eq!(flaw(exists(json!({"all": [leaf(), {"not": exists(leaf())}]}))), Flaw::Nested);
    assert_eq!(flaw(json!({"all": []})), Flaw::Empty);
    assert_eq!(flaw(json!({"exists": {"kind": "touch", "when": leaf(), "within_hours": 72}})), Flaw::Bounds, "after what?");
    assert_eq!(flaw(json!({"exists": {"kind": "touch", "when": leaf(), "since": "note"}})), Flaw::mismatch("note"));
    let deep = |levels: usize| (0..levels).fold(leaf(), |inner, _| json!({ "not": inner }));
    assert!(with_rules(&[rule("mine", &deep(8))]).is_ok());
    assert_eq!(flaw(deep(9)), Flaw::TooDeep);
    let wide = |leaves: usize| json!({"any": (0..leaves).map(|_| leaf()).collect::<Vec<_>>()});
    assert!(with_rules(&[rule("mine", &wide(63))]).is_ok());
    assert_eq!(flaw(wide(64)), Flaw::TooDeep);
    let mut order = rule("mine", &json!({"evidence": "application/pdf"}));
    order["trigger"] = json!({"record": "order"});
    assert_eq!(flaw_of(with_rules(&[order])), Flaw::NoEvidence);
    assert_eq!(flaw(json!({"evidence": "pdf"})), unknown("pdf"));
    let huge = format!("{}{}", Config::builtin().to_json(), " ".repeat(MAX_BYTES));
    assert_eq!(Config::parse(&huge).unwrap_err().flaw, Flaw::TooLarge { most: MAX_BYTES });
}

#[test]
fn rules_say_only_what_can_be_done() {
    let flaw = |then: Value| flaw_of(with_rules(&[effect(&then)]));
    assert_eq!(flaw(json!({"task": {"kind": "dance", "to": {"role": "rep"}}})), unknown("dance"));
    assert_eq!(flaw(json!({"task": {"kind": "coaching", "to": {"role": "rep"}, "choices": ["maybe"]}})), unknown("maybe"));
    assert_eq!(flaw(json!({"task": {"kind": "coaching", "to": {"role": "rep"}, "script_pack": "poem"}})), unknown("poem"));
    assert_eq!(flaw(json!({"task": {"kind": "coaching", "to": {"role": "rep"}, "due_hours": 0}})), Flaw::Bounds);
    assert_eq!(flaw(json!({"task": {"kind": "coaching", "to": {"role": "rep"}, "due": "note"}})), Flaw::mismatch("note"));
    assert_eq!(flaw(json!({"task": {"kind": "coaching", "to": {"first": []}}})), Flaw::Bounds);
    assert_eq!(flaw(json!({"close": "quote-approved"})), unknown("quote-approved"), "that one gives nothing to do for a touch");
    assert_eq!(flaw(json!({"require": ["category"]})), Flaw::fixed("category"), "nobody could fill that in");
    assert_eq!(flaw(json!({"require": ["customer.address"]})), Flaw::fixed("customer.address"));
    assert_eq!(flaw(json!({"flag": ""})), Flaw::mismatch("flags"));
    assert_eq!(flaw(json!({"set": {"field": "category", "to": "lost"}})), unknown("lost"));
    assert_eq!(flaw(json!({"set": {"field": "feedback", "to": {"copy": "note"}}})), Flaw::mismatch("note"));
    assert_eq!(flaw(json!({"create": {"kind": "touch"}})), unknown("touch"), "what people enter is never made by a rule");
    assert_eq!(flaw(json!({"create": {"kind": "demand", "fields": {"status": "pending", "rule": "x"}}})), Flaw::fixed("rule"));
    assert!(matches!(flaw(json!({"create": {"kind": "demand"}})), Flaw::Incomplete { .. }), "no status");
    assert!(matches!(flaw(json!({"create": {"kind": "meeting", "fields": {"minutes": 60}}})), Flaw::Incomplete { .. }));
    let mut timed = effect(&json!({"flag": "late"}));
    timed["trigger"] = json!({"since": {"record": "touch", "field": "note", "hours": 1}});
    assert_eq!(flaw_of(with_rules(&[timed])), Flaw::mismatch("note"));
}

#[test]
fn no_rule_rewrites_what_somebody_said_or_who_somebody_is() {
    let on = |kind: &str, set: Value| {
        let mut rule = effect(&json!({ "set": set }));
        rule["trigger"] = json!({ "record": kind });
        flaw_of(with_rules(&[rule]))
    };
    for field in ["note", "author", "customer", "action", "amount", "at"] {
        assert_eq!(on("touch", json!({"field": field, "to": {"copy": field}})), Flaw::fixed(field));
    }
    assert_eq!(on("touch", json!({"of": "author", "field": "name", "to": "Nobody"})), Flaw::fixed("author.name"));
    assert_eq!(on("touch", json!({"of": "customer", "field": "holder", "to": {"copy": "author"}})), Flaw::fixed("customer.holder"));
    assert_eq!(
        on("task", json!({"of": "source", "field": "reports_to", "to": {"copy": "done_by"}})),
        Flaw::fixed("source.reports_to")
    );
    assert_eq!(on("evidence", json!({"field": "stored_at", "to": {"now": true}})), Flaw::fixed("stored_at"));
    assert_eq!(on("report", json!({"field": "tomorrow", "to": "rest"})), Flaw::fixed("tomorrow"));
}

#[test]
fn the_thirteenth_node_is_refused_and_no_handoff_hides_one() {
    let node = |n: usize| rule(&format!("mine-{n}"), &json!({"field": {"name": "action", "is": "demo"}}));
    let nodes = |count: usize| with_rules(&(0..count).map(node).collect::<Vec<_>>());
    assert!(nodes(MAX_RESPONSES).is_ok());
    let refused = nodes(MAX_RESPONSES + 1).unwrap_err();
    assert_eq!((refused.place.as_str(), &refused.flaw), ("rules", &Flaw::TooManyNodes { most: 12 }));
    let said = Error::from(&refused);
    assert_eq!(
        (said.key, said.params["flaw"].as_str(), said.params["most"].as_str()),
        ("config.flawed", "flaw.too_many_nodes", "12")
    );
    // Calling it a handoff does not help, nor does taking over the name of one.
    let mut hidden = node(0);
    hidden["response"] = false.into();
    assert_eq!(flaw_of(with_rules(&[hidden.clone()])), Flaw::fixed("response"));
    let taken_over = with(|config| {
        let rules = config["rules"].as_array_mut().unwrap();
        let old = rules.iter_mut().find(|rule| rule["id"] == "kickoff-invited").unwrap();
        hidden["id"] = "kickoff-invited".into();
        *old = hidden;
    });
    assert_eq!(flaw_of(taken_over), Flaw::fixed("response"));
    let demoted = with(|config| {
        let rules = config["rules"].as_array_mut().unwrap();
        rules.iter_mut().find(|rule| rule["id"] == "new-demand").unwrap()["response"] = false.into();
    });
    assert_eq!(flaw_of(demoted), Flaw::fixed("response"));
    // A shipped one can be changed, taken away and taken back.
    let lower = with(|config| {
        let rules = config["rules"].as_array_mut().unwrap();
        let kickoff = rules.iter_mut().find(|rule| rule["id"] == "kickoff").unwrap();
        kickoff["when"]["all"][1]["field"]["above"] = 30_000_000.into();
    });
    assert!(lower.is_ok());
    let without = with(|config| config["rules"].as_array_mut().unwrap().retain(|rule| rule["id"] != "kickoff")).unwrap();
    Config::builtin().check_after(&without).unwrap();
}

#[test]
fn a_rule_that_sets_itself_off_is_refused_also_over_others_and_over_time() {
    let task = |id: &str, trigger: &str, when: Option<&str>, kind: &str| {
        let trigger = match trigger {
            "since" => json!({"since": {"record": "task", "field": "created_at", "hours": 24}}),
            kind => json!({ "record": kind }),
        };
        let then = json!([{"notify": {"kind": kind, "to": {"role": "rep"}}}]);
        let mut rule = json!({"id": id, "zh": "规则", "en": "Rule", "trigger": trigger, "then": then});
        if let Some(when) = when {
            rule["when"] = json!({"field": {"name": "task", "is": when}});
        }
        rule
    };
    let is_loop = |rules: &[Value]| match with_rules(rules) {
        Ok(_) => false,
        Err(Flawed { flaw: Flaw::Loop { .. }, .. }) => true,
        Err(other) => panic!("{other}"),
    };
    assert!(is_loop(&[task("a", "task", None, "coaching")]));
    assert!(is_loop(&[task("a", "task", Some("coaching"), "coaching")]));
    assert!(is_loop(&[task("a", "since", None, "coaching")]), "one more a day, for ever");
    assert!(!is_loop(&[task("a", "since", Some("kickoff"), "coaching")]));
    assert!(is_loop(&[task("a", "task", Some("kickoff"), "coaching"), task("b", "since", Some("coaching"), "kickoff")]));
    let mut assigned = task("a", "task", None, "coaching");
    assigned["when"] = json!({"field": {"name": "role", "known": true}});
    assert!(is_loop(&[assigned.clone()]), "every task of a role has a role");
    // What needs a person to come about ends it.
    assigned["when"] = json!({"field": {"name": "done_at", "known": true}});
    assert!(!is_loop(&[assigned]));
    let create = |id: &str, on: &str, make: &str, field: &str, key: &str| {
        let then = json!([{"create": {"kind": make, "fields": {(field): key}}}]);
        json!({"id": id, "zh": "规则", "en": "Rule", "trigger": {"record": on}, "then": then})
    };
    let there = create("a", "demand", "finding", "finding", "back_check");
    assert!(!is_loop(std::slice::from_ref(&there)));
    assert!(is_loop(&[there, create("b", "finding", "demand", "status", "pending")]));
}

proptest! {
    /// Whatever passes the check comes to an end, and a chain of tasks passes exactly when no way leads back.
    #[test]
    fn rules_that_pass_end(edges in prop::collection::vec((0..5usize, 0..5usize), 1..9)) {
        const KINDS: [&str; 5] = ["coaching", "kickoff", "seal", "finding", "back_check"];
        let rules: Vec<Value> = edges.iter().enumerate().map(|(n, (from, to))| json!({
            "id": format!("edge-{n}"), "zh": "规则", "en": "Rule", "trigger": {"record": "task"},
            "when": {"field": {"name": "task", "is": KINDS[*from]}},
            "then": [{"notify": {"kind": KINDS[*to], "to": {"role": "rep"}}}],
        })).collect();
        let mut reach = [[false; 5]; 5];
        for (from, to) in &edges {
            reach[*from][*to] = true;
        }
        for k in 0..5 {
            for i in 0..5 {
                for j in 0..5 {
                    reach[i][j] |= reach[i][k] && reach[k][j];
                }
            }
        }
        let leads_back = (0..5).any(|n| reach[n][n]);
        let config = with_rules(&rules);
        prop_assert_eq!(config.is_err(), leads_back, "{:?}", config.err());
        if let Ok(config) = with_rules(&rules) {
            let people = team();
            let moment = Moment { config: &config, people: &people, now: now() };
            let world = Memory::default();
            let fields = Fields::from([("task".into(), KINDS[0].into()), ("source".into(), RecordId::derived("s").to_string().into())]);
            let firings = firing::preview(moment, &Subject { id: RecordId::derived("t"), kind: Kind::Task, fields: &fields, world: &world });
            // Each way through the graph at most once.
            prop_assert!(firings.unwrap().len() <= 1 << edges.len());
        }
    }
}

#[test]
fn what_records_name_can_be_retired_and_never_removed() {
    let gone = with(|config| drop(config["short_reasons"].as_array_mut().unwrap().pop()));
    assert_eq!(gone.unwrap_err(), Flawed { place: "short_reasons".into(), flaw: Flaw::Removed { name: "other".into() } });
    let retired = Edit::RetireOption { list: "actions".into(), key: "demo".into() }.apply(Config::builtin()).unwrap();
    retired.check().unwrap();
    retired.check_after(Config::builtin()).unwrap();
    assert!(
        Config::find(&retired.actions, "演示").is_none() && Config::offered(&retired.actions).all(|choice| choice.key != "demo")
    );
    assert_eq!(Config::option(&retired.actions, "demo").unwrap().zh, "演示", "old records keep their word");
    assert_eq!(
        flaw_of(Edit::RetireOption { list: "actions".into(), key: "demo".into() }.apply(&retired)),
        Flaw::Retired { name: "demo".into() }
    );
    // What is still put before people has to be offered.
    let retire = |list: &str, key: &str| {
        let draft = Edit::RetireOption { list: list.into(), key: key.into() }.apply(Config::builtin()).unwrap();
        draft.check().unwrap_err()
    };
    assert_eq!(
        retire("briefs", "following_up"),
        Flawed { place: "default_brief".into(), flaw: Flaw::Retired { name: "following_up".into() } }
    );
    assert_eq!(retire("briefs", "demo_done").place, "actions.demo");
    assert_eq!(retire("choices", "approve").place, "rules.quote-pdf");
}

#[test]
fn options_have_plain_keys_two_words_and_a_whole_that_is_there() {
    let option = |option: Value| flaw_of(with(|config| config["actions"].as_array_mut().unwrap().push(option)));
    assert_eq!(option(json!({"key": "现场", "zh": "现场", "en": "On site"})), unknown("现场"));
    assert_eq!(option(json!({"key": "on_site", "zh": " ", "en": "On site"})), Flaw::Empty);
    assert_eq!(option(json!({"key": "demo", "zh": "演示", "en": "Demo"})), Flaw::Twice { name: "demo".into() });
    assert_eq!(option(json!({"key": "on_site", "zh": "现场", "en": "On site", "part_of": "dance"})), unknown("dance"));
    assert_eq!(option(json!({"key": "on_site", "zh": "现场", "en": "On site", "brief": "dance"})), unknown("dance"));
    let circle = with(|config| {
        config["actions"][0]["part_of"] = config["actions"][1]["key"].clone();
        config["actions"][1]["part_of"] = config["actions"][0]["key"].clone();
    });
    assert!(matches!(flaw_of(circle), Flaw::Loop { .. }));
    assert_eq!(flaw_of(with(|config| drop(config["stages"].as_array_mut().unwrap().pop()))), unknown("stages"));
    assert_eq!(flaw_of(with(|config| config["min_app"] = "9.0.0".into())), Flaw::TooNew { needs: "9.0.0".into() });
    assert_eq!(with(|config| config["health"]["per_touch"] = (-1).into()).unwrap_err().place, "health");
    assert_eq!(with(|config| config["targets"]["weekly"]["leads"] = 0.into()).unwrap_err().place, "targets");
    assert!(matches!(flaw_of(with(|config| config["hobbies"] = json!([]))), Flaw::Unreadable { .. }));
}

#[test]
fn a_form_asks_for_what_a_person_can_fill_in() {
    let form = |change: fn(&mut Vec<Value>)| flaw_of(with(|config| change(config["forms"][0]["fields"].as_array_mut().unwrap())));
    assert_eq!(form(|fields| fields.push(json!({"field": "colour"}))), unknown("colour"));
    assert_eq!(form(|fields| fields.push(json!({"field": "category", "required": true}))), Flaw::fixed("category"));
    assert_eq!(form(|fields| fields.push(json!({"field": "flags"}))), Flaw::fixed("flags"));
    assert_eq!(form(|fields| fields.push(json!({"field": "note"}))), Flaw::Twice { name: "note".into() });
    assert_eq!(
        form(|fields| fields.push(json!({"field": "x/Colour", "holds": "text", "zh": "色", "en": "Colour"}))),
        unknown("x/Colour")
    );
    assert_eq!(form(|fields| fields.push(json!({"field": "x/colour", "holds": "text"}))), Flaw::Empty, "no label");
    assert_eq!(form(|fields| fields.retain(|field| field["field"] != "evidence")), unknown("evidence"));
    let twice = with(|config| {
        let again = config["forms"][0].clone();
        config["forms"].as_array_mut().unwrap().push(again);
    });
    assert_eq!(flaw_of(twice), Flaw::Twice { name: "touch".into() });
    // What a field holds stays what it was; records have it.
    let add = |holds| Edit::AddField { key: "colour".into(), holds, zh: "颜色".into(), en: "Colour".into(), required: false };
    let text = add(ExtraType::Text).apply(Config::builtin()).unwrap();
    let number = add(ExtraType::Number).apply(Config::builtin()).unwrap();
    assert_eq!(number.check_after(&text).unwrap_err().flaw, Flaw::mismatch("x/colour"));
    Config::builtin().check_after(&text).unwrap();
}

#[test]
fn an_added_field_is_asked_for_and_held_to_its_type_and_rules_can_look_at_it() {
    let draft =
        Edit::AddField { key: "units".into(), holds: ExtraType::Number, zh: "台数".into(), en: "Units".into(), required: true };
    let config = draft.apply(Config::builtin()).unwrap();
    let many = rule("many", &json!({"field": {"name": "x/units", "at_least": 100}}));
    let config = Edit::AddRule(Box::new(serde_json::from_value(many).unwrap())).apply(&config).unwrap();
    config.check().unwrap();
    let missing = |config: &Config, fields: &Fields| {
        firing::missing(config, &Subject { id: RecordId::derived("t"), kind: Kind::Touch, fields, world: &Memory::default() })
            .unwrap()
    };
    let touch = touch("demo");
    assert_eq!(missing(&config, &touch), ["x/units"]);
    assert!(missing(Config::builtin(), &touch).is_empty());
    let filled = |value: Scalar| touch.clone().into_iter().chain([("x/units".to_owned(), value)]).collect::<Fields>();
    assert!(missing(&config, &filled(120.into())).is_empty());
    assert_eq!(missing(&config, &filled(" ".into())), ["x/units"], "a blank is nothing");
    assert_eq!(firing::unasked(&config, Kind::Touch, &filled(120.into())), None);
    assert_eq!(firing::unasked(&config, Kind::Touch, &filled("many".into())), Some("x/units".into()));
    assert_eq!(firing::unasked(Config::builtin(), Kind::Touch, &filled(120.into())), Some("x/units".into()), "it never asked");
    let fires = |units: i64| fired(&config, &filled(units.into())).contains(&"many".to_owned());
    assert!(fires(100) && !fires(99));
}

/// Where one action stood, its parts stand after a split.
fn split(list: &str, key: &str, parts: &[&str], prompt: Option<&str>) -> Edit {
    Edit::SplitOption {
        list: list.into(),
        key: key.into(),
        into: parts.iter().map(|part| ((*part).to_owned(), format!("{part} 中文"), format!("{part} in English"))).collect(),
        prompt: prompt.map(str::to_owned),
    }
}

#[test]
fn a_split_option_is_replaced_by_its_parts_in_place_and_they_inherit_what_it_stood_for() {
    let before = Config::builtin();
    let config = split("actions", "demo", &["on_site", "remote"], Some("请上传操作界面截图")).apply(before).unwrap();
    config.check().unwrap();
    config.check_after(before).unwrap();
    let offered: Vec<&str> = Config::offered(&config.actions).map(|choice| choice.key.as_str()).collect();
    assert_eq!(&offered[..4], ["send_material", "book_demo", "on_site", "remote"]);
    let (whole, part) = (Config::option(&before.actions, "demo").unwrap(), Config::option(&config.actions, "on_site").unwrap());
    assert_eq!((part.counts_for_density, &part.brief, part.stage), (whole.counts_for_density, &whole.brief, whole.stage));
    assert_eq!((part.part_of.as_deref(), part.prompt.as_deref(), part.retired), (Some("demo"), Some("请上传操作界面截图"), false));
    assert!(config.is_part_of(List::Actions, "remote", "demo") && !config.is_part_of(List::Actions, "demo", "remote"));
    // Speech says 演示: which one that is has to be asked, unless there is only one.
    assert!(Config::instead_of(&config.actions, "demo").is_none());
    let renamed = split("actions", "demo", &["showing"], None).apply(before).unwrap();
    assert_eq!(Config::instead_of(&renamed.actions, "demo").unwrap().key, "showing");
    // A part can be split again; what holds for the whole holds for its parts' parts.
    let finer = split("actions", "on_site", &["factory", "office"], None).apply(&config).unwrap();
    finer.check().unwrap();
    assert!(finer.is_part_of(List::Actions, "factory", "demo"));
    for (key, flaw) in [("dance", unknown("dance")), ("demo", Flaw::Retired { name: "demo".into() })] {
        assert_eq!(flaw_of(split("actions", key, &["a"], None).apply(&config)), flaw);
    }
    assert_eq!(flaw_of(split("actions", "demo", &[], None).apply(before)), Flaw::Empty);
    assert_eq!(flaw_of(split("moods", "demo", &["a"], None).apply(before)), unknown("moods"));
    assert_eq!(
        split("actions", "demo", &["quote"], None).apply(before).unwrap().check().unwrap_err().flaw,
        Flaw::Twice { name: "quote".into() }
    );
}

#[test]
fn where_a_split_option_was_put_before_people_its_parts_are() {
    let briefs = split("briefs", "demo_done", &["shown_live", "shown_remotely"], None).apply(Config::builtin()).unwrap();
    briefs.check().unwrap();
    assert_eq!(briefs.suggest_brief(["demo"]), "shown_live");
    let default = split("briefs", "following_up", &["warm", "cold"], None).apply(Config::builtin()).unwrap();
    default.check().unwrap();
    assert_eq!(default.default_brief, "warm");
    let choices = split("choices", "reject", &["too_dear", "unclear"], None).apply(Config::builtin()).unwrap();
    choices.check().unwrap();
    let fields = with_pdf(touch("quote"));
    let world = Memory([pdf()].into());
    let people = team();
    let moment = Moment { config: &choices, people: &people, now: now() };
    let subject = Subject { id: RecordId::derived("t"), kind: Kind::Touch, fields: &fields, world: &world };
    let task = firing::fire(moment, &subject).unwrap().into_iter().find(|firing| firing.rule == "quote-pdf").unwrap();
    let answers: Vec<&String> =
        task.writes.iter().flat_map(|write| write.fields.keys()).filter(|key| key.starts_with("choices/")).collect();
    assert_eq!(answers, ["choices/approve", "choices/too_dear", "choices/unclear"]);
    // And a rejection for one of these reasons is still a rejection.
    let answer = |choice: &str| {
        let fields = Fields::from([
            ("task".into(), "quote_approval".into()),
            ("choice".into(), choice.into()),
            ("source".into(), RecordId::derived("t").to_string().into()),
        ]);
        let subject = Subject { id: RecordId::derived("task"), kind: Kind::Task, fields: &fields, world: &world };
        let firings = firing::fire(Moment { config: &choices, ..moment }, &subject).unwrap();
        firings.into_iter().map(|firing| firing.rule).collect::<Vec<_>>()
    };
    assert_eq!(answer("unclear"), ["quote-rejected"]);
    assert_eq!(answer("approve"), ["quote-approved"]);
}

proptest! {
    /// R3: rules on an option hold for its parts exactly as they held for it.
    #[test]
    fn rules_on_a_whole_hold_for_its_parts(action in select(Config::builtin().actions.clone()), amount in prop::option::of(0..2_000_000i64)) {
        let draft = split("actions", &action.key, &["part_a", "part_b"], None).apply(Config::builtin()).unwrap();
        prop_assert_eq!(draft.check(), Ok(()));
        prop_assert_eq!(draft.check_after(Config::builtin()), Ok(()));
        let record = |action: &str| {
            let mut fields = with_pdf(touch(action));
            fields.extend(amount.map(|amount| ("amount".to_owned(), amount.into())));
            fields
        };
        let whole = fired(Config::builtin(), &record(&action.key));
        prop_assert_eq!(&fired(&draft, &record("part_a")), &whole);
        prop_assert_eq!(&fired(&draft, &record("part_b")), &whole);
        prop_assert_eq!(&fired(&draft, &record(&action.key)), &whole, "records made before");
        prop_assert_eq!(super::stage::proven_by(&draft, "part_a", None), super::stage::proven_by(Config::builtin(), &action.key, None));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever edits are made one after the other: what they lead to can follow what was before, or says what is wrong with it.
    #[test]
    fn edits_lose_nothing(picks in prop::collection::vec((0..8u8, any::<Index>(), any::<Index>()), 1..12)) {
        let mut config = Config::builtin().clone();
        for (n, (verb, list, option)) in picks.into_iter().enumerate() {
            let names: Vec<&str> = Config::list_names().collect();
            let list = names[list.index(names.len())].to_owned();
            let options = config.named(&list).unwrap();
            let key = options[option.index(options.len())].key.clone();
            let id = config.rules[option.index(config.rules.len())].id.clone();
            let new = format!("new_{n}");
            let edit = match verb {
                0 | 1 => Edit::AddOption { list, option: Choice { key: new, zh: "新".into(), en: "New".into(), ..Choice::default() } },
                2 => Edit::RetireOption { list, key },
                3 | 4 => split(&list, &key, &[&new, &format!("{new}_b")], Some("截图")),
                5 => Edit::SwitchRule { id, off: option.index(2) == 0 },
                6 => Edit::RemoveRule(id),
                _ => Edit::AddField { key: new, holds: ExtraType::Flag, zh: "是否".into(), en: "Whether".into(), required: false },
            };
            let Ok(draft) = edit.apply(&config) else { continue };
            prop_assert_eq!(draft.check_after(&config), Ok(()));
            for (name, before) in Config::list_names().filter_map(|name| Some((name, config.named(name)?))) {
                let now = draft.named(name).unwrap();
                prop_assert!(before.iter().all(|choice| Config::option(now, &choice.key).is_some_and(|now| now.zh == choice.zh)));
            }
            if draft.check().is_ok() {
                prop_assert_eq!(Config::read(&draft.to_json()), Ok(draft.clone()));
                config = draft;
            }
        }
    }
}

#[test]
fn rules_are_added_switched_and_taken_away_by_their_name() {
    let config = Config::builtin();
    let mine: Rule = serde_json::from_value(rule("mine", &json!({"field": {"name": "action", "is": "demo"}}))).unwrap();
    let added = Edit::AddRule(Box::new(mine.clone())).apply(config).unwrap();
    assert_eq!(added.rules.last(), Some(&mine));
    assert_eq!(flaw_of(Edit::AddRule(Box::new(mine)).apply(&added)), Flaw::Twice { name: "mine".into() });
    let off = Edit::SwitchRule { id: "mine".into(), off: true }.apply(&added).unwrap();
    assert!(fired(&added, &touch("demo")).contains(&"mine".into()) && !fired(&off, &touch("demo")).contains(&"mine".into()));
    assert_eq!(Edit::SwitchRule { id: "mine".into(), off: false }.apply(&off).unwrap(), added);
    assert_eq!(&Edit::RemoveRule("mine".into()).apply(&added).unwrap(), config);
    assert_eq!(flaw_of(Edit::RemoveRule("mine".into()).apply(config)), unknown("mine"));
    assert_eq!(flaw_of(Edit::SwitchRule { id: "mine".into(), off: true }.apply(config)), unknown("mine"));
    // One that others end can't just go.
    let orphaned = Edit::RemoveRule("order-opened".into()).apply(config).unwrap().check().unwrap_err();
    assert_eq!(orphaned, Flawed { place: "rules.order-done".into(), flaw: unknown("order-opened") });
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

/// Three touches of the past: a demo, a quote with a PDF, a new demand.
fn past() -> BTreeMap<RecordId, (Kind, Fields)> {
    let touches = [("demo", touch("demo")), ("quote", with_pdf(touch("quote"))), ("demand", touch("new_demand"))];
    touches.into_iter().map(|(name, fields)| (RecordId::derived(name), (Kind::Touch, fields))).chain([pdf()]).collect()
}

fn dry_run(draft: &Config, may_see: impl Fn(RecordId) -> bool) -> DryRun {
    let world = Memory(past());
    let people = team();
    let moment = Moment { config: Config::builtin(), people: &people, now: now() };
    let past = world.0.iter().map(|(id, (kind, fields))| Ok((*id, *kind, fields.clone())));
    // 12 by the formula in force, and a customer in good health.
    let facts = |touches, evidence, days| Facts { touches, evidence, last_contact: now() - TimeDelta::days(days), asked_for: None };
    let health = |_: &Config| Ok(vec![(customer("佛山乐居"), facts(4, 2, 5)), (customer("杭州智联科技"), facts(8, 1, 0))]);
    dry_run::run(moment, draft, past, &world, health, |record| Ok(may_see(record))).unwrap()
}

#[test]
fn a_dry_run_of_what_is_in_force_finds_no_difference() {
    let run = dry_run(Config::builtin(), |_| true);
    assert_eq!((run.records, run.totals), (4, dry_run::Totals::default()));
    assert!(run.rules.iter().all(|(_, count)| count.now == count.then && count.now > 0));
    assert_eq!(run.rules["quote-pdf"].now, 1);
    assert_eq!(run.rules["quote-silence"].now, 1, "five days without an answer");
}

#[test]
fn a_dry_run_says_what_would_fire_for_whom_and_what_no_longer() {
    let demo = json!({
        "id": "after-demo", "zh": "演示后需求入池", "en": "A demo feeds the pool", "trigger": {"record": "touch"},
        "when": {"field": {"name": "action", "is": "demo"}},
        "then": [
            {"notify": {"kind": "coaching", "to": {"superior_of": "author"}}},
            {"create": {"kind": "demand", "fields": {"status": "pending"}, "to": {"role": "product"}}},
        ],
    });
    let draft = Edit::AddRule(Box::new(serde_json::from_value(demo).unwrap())).apply(Config::builtin()).unwrap();
    let draft = Edit::SwitchRule { id: "quote-silence".into(), off: true }.apply(&draft).unwrap();
    let run = dry_run(&draft, |_| true);
    let rules = |list: &[dry_run::Would]| list.iter().map(|would| would.rule.clone()).collect::<Vec<_>>();
    // The card is somebody's to-do in turn: that follows from a rule that was there before.
    assert_eq!(
        (rules(&run.added), rules(&run.removed)),
        (vec!["after-demo".into(), "demand-card".into()], vec!["quote-silence".into()])
    );
    let first = &run.added[0];
    assert_eq!(
        (first.record, first.customer, first.because.as_str()),
        (RecordId::derived("demo"), Some(customer("杭州智联科技")), "action = demo")
    );
    assert_eq!(first.effects, ["notify:coaching", "create:demand"]);
    assert!(first.whom.contains(&person("韩梅").to_string()) && first.whom.contains(&"product".into()), "{:?}", first.whom);
    assert_eq!((run.added[1].kind, &run.added[1].whom), (Kind::Demand, &vec!["product".to_owned()]));
    assert_eq!(run.removed[0].whom, [person(REP).to_string()]);
    assert_eq!((run.rules["quote-silence"].now, run.rules["quote-silence"].then), (1, 0));
    // Whoever may not read a record learns how many there are, and nothing else.
    let blind = dry_run(&draft, |record| record == RecordId::derived("quote"));
    assert_eq!((blind.totals, rules(&blind.added), rules(&blind.removed)), (run.totals, vec![], vec!["quote-silence".into()]));
}

#[test]
fn a_dry_run_tells_a_changed_effect_from_a_changed_reason() {
    let change = |change: fn(&mut Rule)| {
        let mut draft = Config::builtin().clone();
        change(draft.rules.iter_mut().find(|rule| rule.id == "quote-pdf").unwrap());
        draft.check().unwrap();
        dry_run(&draft, |_| true)
    };
    let reworded = change(|rule| {
        let Trigger::Record(_) = rule.trigger else { panic!() };
        rule.when = serde_json::from_value(
            json!({"all": [{"evidence": "application/pdf"}, {"field": {"name": "action", "one_of": ["quote"]}}]}),
        )
        .unwrap();
    });
    assert_eq!(reworded.totals, dry_run::Totals::default());
    let other = change(|rule| {
        rule.then = serde_json::from_value(
            json!([{"task": {"kind": "quote_approval", "to": {"role": "director"}, "choices": ["approve"]}}]),
        )
        .unwrap();
    });
    assert_eq!((other.totals.changed, other.totals.added, other.totals.removed), (1, 0, 0));
    assert_eq!(other.changed[0].whom, ["director"]);
}

#[test]
fn a_dry_run_shows_red_and_green_and_what_the_form_would_refuse() {
    let formula = |change: fn(&mut Formula)| {
        let mut health = Config::builtin().health;
        change(&mut health);
        dry_run(&Edit::Formula(health).apply(Config::builtin()).unwrap(), |_| true)
    };
    let milder = formula(|formula| formula.red_below = 12);
    assert_eq!((milder.totals.turns_red, milder.totals.turns_green), (0, 1));
    assert_eq!((milder.health[0].customer, milder.health[0].red), (customer("佛山乐居"), false));
    let stricter = formula(|formula| formula.red_below = 22);
    assert_eq!((stricter.totals.turns_red, stricter.totals.turns_green), (1, 0));
    assert_eq!(
        (stricter.health[0].now.as_str(), stricter.health[0].then.as_str()),
        ("21 = 8×2 + 1×5 − 0×3", "21 = 8×2 + 1×5 − 0×3")
    );
    let field =
        Edit::AddField { key: "units".into(), holds: ExtraType::Number, zh: "台数".into(), en: "Units".into(), required: true };
    let form = dry_run(&field.apply(Config::builtin()).unwrap(), |_| true);
    assert_eq!((form.totals.refused, form.refused[0].field.as_str()), (3, "x/units"));
}
