//! What a draft would have done.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::id::RecordId;
use crate::rules::config::ExtraType;
use crate::rules::dry_run::{self, DryRun};
use crate::rules::edit::Edit;
use crate::rules::firing::Moment;
use crate::rules::health::{Facts, Formula};
use crate::rules::rule::{Rule, Trigger};
use crate::rules::world::Memory;
use crate::{Fields, Kind};

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
