//! What is published names what is there, fits and ends.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::error::Error;
use crate::id::RecordId;
use crate::rules::config::{ExtraType, MAX_BYTES, MAX_RESPONSES};
use crate::rules::edit::Edit;
use crate::rules::firing::{self, Moment};
use crate::rules::world::{Memory, Subject};
use crate::{Fields, Kind, Scalar};

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
