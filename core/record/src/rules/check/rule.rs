//! Rules: each says what can be done, comes to rest, and never sets itself off again.

use std::collections::{BTreeMap, BTreeSet};

use super::MAX_ENTRIES;
use crate::rules::Config;
use crate::rules::condition::Condition;
use crate::rules::config::MAX_RESPONSES;
use crate::rules::flaw::{Flaw, Flawed};
use crate::rules::path::type_at;
use crate::rules::range::MAX_HOURS;
use crate::rules::rule::{Effect, Rule, Set, Trigger, Value};
use crate::table::Type;
use crate::{Fields, Kind, Scalar};

/// Most effects of one rule.
pub(super) const MAX_EFFECTS: usize = 16;

impl Config {
    pub(super) fn check_rules(&self) -> Result<(), Flawed> {
        if self.rules.len() > MAX_ENTRIES {
            return Err(Flawed::at("rules", Flaw::TooDeep));
        }
        if self.rules.iter().filter(|rule| rule.response).count() > MAX_RESPONSES {
            return Err(Flawed::at("rules", Flaw::TooManyNodes { most: MAX_RESPONSES }));
        }
        let mut seen = BTreeSet::new();
        for rule in &self.rules {
            let at = |flaw| Flawed::at(format!("rules.{}", rule.id), flaw);
            if !seen.insert(&rule.id) {
                return Err(at(Flaw::Twice { name: rule.id.clone() }));
            }
            rule.check(self).map_err(at)?;
        }
        self.check_loops()
    }

    /// A rule that would set itself off without end, through what it and others make.
    fn check_loops(&self) -> Result<(), Flawed> {
        let next: BTreeMap<&str, Vec<&str>> = self
            .rules
            .iter()
            .map(|rule| (rule.id.as_str(), rule.sets_off(self).iter().map(|rule| rule.id.as_str()).collect()))
            .collect();
        for rule in &self.rules {
            let mut reached = BTreeSet::new();
            let mut waiting = next.get(rule.id.as_str()).cloned().unwrap_or_default();
            while let Some(id) = waiting.pop() {
                if id == rule.id {
                    return Err(Flawed::at(format!("rules.{}", rule.id), Flaw::Loop { name: rule.id.clone() }));
                }
                if reached.insert(id) {
                    waiting.extend(next.get(id).into_iter().flatten());
                }
            }
        }
        Ok(())
    }

    /// Whether some rule writes this field of this kind after the record was made.
    fn is_set(&self, kind: Kind, field: &str) -> bool {
        let sets = |rule: &Rule| {
            rule.then.iter().any(|effect| match effect {
                Effect::Set(set) => set.field == field && (set.of.is_some() || rule.trigger.kind() == kind),
                _ => false,
            })
        };
        self.rules.iter().any(sets)
    }
}

impl Rule {
    /// Whether everything it names exists and fits.
    pub(super) fn check(&self, config: &Config) -> Result<(), Flaw> {
        let kind = self.trigger.kind();
        if self.id.is_empty() || self.id.len() > 64 || !self.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(Flaw::unknown(&self.id));
        }
        if self.then.is_empty() {
            return Err(Flaw::Empty);
        }
        if self.then.len() > MAX_EFFECTS {
            return Err(Flaw::TooDeep);
        }
        match &self.trigger {
            Trigger::Record(_) => {}
            Trigger::Since(since) => {
                let holds = type_at(config, kind, &since.field)?;
                if !matches!(holds, Type::Timestamp | Type::Day) || since.field.contains('.') {
                    return Err(Flaw::mismatch(&since.field));
                }
                if !(0..=MAX_HOURS).contains(&since.hours) {
                    return Err(Flaw::Bounds);
                }
            }
            Trigger::Week(week) => {
                if !(1..=52).contains(&week.weeks) || !(1..=100).contains(&week.below_percent) {
                    return Err(Flaw::Bounds);
                }
            }
        }
        self.when.iter().chain(&self.unless).try_for_each(|condition| condition.check(config, kind))?;
        self.once_per.iter().try_for_each(|path| type_at(config, kind, path).map(drop))?;
        if self.always {
            self.check_always(config)?;
        }
        self.then.iter().try_for_each(|effect| effect.check(config, self, kind))
    }

    /// What is always carried out comes to rest: it only sets fields of the record itself, each of them in one place, and none follows
    /// from itself by way of others.
    fn check_always(&self, config: &Config) -> Result<(), Flaw> {
        if !matches!(self.trigger, Trigger::Record(_)) {
            return Err(Flaw::mismatch("always"));
        }
        let alike = config.rules.iter().filter(|rule| rule.always && rule.trigger == self.trigger);
        let followers: Vec<&Set> = alike.flat_map(|rule| rule.then.iter().filter_map(Effect::own_set)).collect();
        for effect in &self.then {
            let Some(set) = effect.own_set() else { return Err(Flaw::mismatch("always")) };
            if followers.iter().filter(|other| other.field == set.field).count() != 1 {
                return Err(Flaw::Twice { name: set.field.clone() });
            }
            let mut reached: Vec<&Set> = vec![set];
            let mut next = 0;
            while let Some(follower) = reached.get(next) {
                next += 1;
                let reads: Vec<&str> =
                    follower.to.paths(config).into_iter().map(|path| path.split('.').next().unwrap_or(path)).collect();
                if reads.contains(&set.field.as_str()) {
                    return Err(Flaw::Loop { name: set.field.clone() });
                }
                let behind = followers.iter().filter(|other| reads.contains(&other.field.as_str()));
                let new: Vec<&Set> =
                    behind.copied().filter(|other| !reached.iter().any(|known| known.field == other.field)).collect();
                reached.extend(new);
            }
        }
        Ok(())
    }

    /// The rules that what this one makes can set off without anybody doing anything, at once or after a time, among all of the
    /// configuration.
    fn sets_off<'c>(&self, config: &'c Config) -> Vec<&'c Rule> {
        let mut set_off = Vec::new();
        for made in self.then.iter().filter_map(Effect::made) {
            let can_have = |field: &str| made.open.contains(&field) || config.is_set(made.kind, field);
            let begins = |rule: &Rule| match &rule.trigger {
                Trigger::Record(kind) => *kind == made.kind,
                Trigger::Since(since) => {
                    since.record == made.kind && (made.known.contains_key(&since.field) || can_have(&since.field))
                }
                Trigger::Week(_) => false,
            };
            let holds = |when: &Condition| when.is_possible(config, &made, &can_have);
            set_off.extend(config.rules.iter().filter(|rule| !rule.off && begins(rule) && rule.when.as_ref().is_none_or(holds)));
        }
        set_off
    }
}

/// A record as a rule makes it.
struct Made<'r> {
    kind: Kind,
    /// Fields that are the same each time.
    known: Fields,
    /// Fields whose value depends.
    open: Vec<&'r str>,
}

/// What every record that a rule makes has of where it comes from.
pub(super) const ORIGIN: [&str; 5] = ["source", "rule", "config", "because", "created_at"];

impl Condition {
    /// Whether it can hold for a record as a rule makes it; of the fields that it does not give only those that others write can have
    /// a value.
    fn is_possible(&self, config: &Config, made: &Made<'_>, can_have: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.is_possible(config, made, can_have)),
            Self::Any(any) => any.iter().any(|condition| condition.is_possible(config, made, can_have)),
            Self::Field(field) if !field.name.contains('.') && !can_have(&field.name) => match made.known.get(&field.name) {
                Some(value) => field.accepts(config, made.kind, value),
                // A flag that was never set is false.
                None if made.kind.type_of(&field.name) == Some(Type::Flag) => {
                    field.known.map_or_else(|| field.accepts(config, made.kind, &Scalar::Bool(false)), |known| !known)
                }
                None => field.known == Some(false),
            },
            Self::Not(_) | Self::Field(_) | Self::Evidence(_) | Self::Exists(_) => true,
        }
    }
}

impl Effect {
    /// The record it makes, if it makes one.
    fn made(&self) -> Option<Made<'_>> {
        let task = |kind: &str| {
            let mut open = vec!["customer", "assignee", "role", "due", "script_pack", "notice"];
            open.extend(ORIGIN);
            Made { kind: Kind::Task, known: [("task".to_owned(), Scalar::from(kind))].into(), open }
        };
        match self {
            Self::Task(effect) => Some(task(&effect.kind)),
            Self::Notify(effect) => Some(task(&effect.kind)),
            Self::Create(create) => {
                let mut made = Made { kind: create.kind, known: Fields::new(), open: ORIGIN.to_vec() };
                made.open.extend(["author", "customer", "assignee", "role"]);
                for (field, value) in &create.fields {
                    match value {
                        Value::Plain(value) => drop(made.known.insert(field.clone(), value.clone())),
                        _ => made.open.push(field),
                    }
                }
                Some(made)
            }
            Self::Require(_) | Self::Set(_) | Self::Flag(_) | Self::Close(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The built-in configuration with one more rule, which is always carried out.
    fn with_always(then: &str) -> Result<(), Flaw> {
        let rule = format!(
            r#"{{"id": "mine", "zh": "跟随", "en": "Follows", "trigger": {{"record": "contract"}}, "always": true, "then": [{then}]}}"#
        );
        let mut config = Config::builtin().clone();
        config.rules.push(serde_json::from_str(&rule).unwrap());
        config.check().map_err(|flawed| flawed.flaw)
    }

    #[test]
    fn what_is_always_carried_out_comes_to_rest() {
        assert_eq!(with_always(r#"{"set": {"field": "model", "to": {"first": ["customer.model", "address"]}}}"#), Ok(()));
        let twice = with_always(r#"{"set": {"field": "text", "to": {"copy": "number"}}}"#);
        assert_eq!(twice, Err(Flaw::Twice { name: "text".into() }), "another such rule fills it");
        for reads in [
            r#"{"set": {"field": "model", "to": {"copy": "text"}}}"#,
            r#"{"set": {"field": "model", "to": {"text": "{model} more"}}}"#,
            r#"{"set": {"field": "address", "to": {"copy": "model"}}}, {"set": {"field": "model", "to": {"copy": "address"}}}"#,
        ] {
            assert!(matches!(with_always(reads), Err(Flaw::Loop { .. })), "{reads}");
        }
        for more_than_a_field in [
            r#"{"notify": {"kind": "contract_signed", "to": {"person": "author"}}}"#,
            r#"{"set": {"of": "touch", "field": "note", "to": {"copy": "number"}}}"#,
        ] {
            assert_eq!(with_always(more_than_a_field), Err(Flaw::mismatch("always")), "{more_than_a_field}");
        }
    }

    #[test]
    fn the_first_of_several_fields_has_to_fit_like_one() {
        let set = |first: &str| with_always(&format!(r#"{{"set": {{"field": "contact", "to": {{"first": {first}}}}}}}"#));
        assert_eq!(set(r#"["touch.contact", "customer.contact"]"#), Ok(()));
        assert_eq!(set(r#"["touch.contact", "customer.name"]"#), Err(Flaw::mismatch("customer.name")));
        assert_eq!(set("[]"), Err(Flaw::Bounds));
    }
}
