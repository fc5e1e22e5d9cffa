//! Small edits of a configuration.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::*;
use crate::id::RecordId;
use crate::rules::config::{Choice, ExtraType};
use crate::rules::edit::Edit;
use crate::rules::firing::{self, Moment};
use crate::rules::rule::Rule;
use crate::rules::stage;
use crate::rules::world::{Memory, Subject};
use crate::table::List;
use crate::{Fields, Kind};

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
        prop_assert_eq!(stage::proven_by(&draft, "part_a", None), stage::proven_by(Config::builtin(), &action.key, None));
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
