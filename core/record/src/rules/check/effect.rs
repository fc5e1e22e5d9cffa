//! Effects: what a rule makes is whole, and what it writes is its to write.

use super::list::{check_offered, is_key};
use super::rule::ORIGIN;
use crate::record::ByRules;
use crate::rules::Config;
use crate::rules::choice::Choice;
use crate::rules::flaw::Flaw;
use crate::rules::path::{kinds_at, type_at};
use crate::rules::range::MAX_HOURS;
use crate::rules::rule::{CreateEffect, Effect, Recipient, Rule, Trigger, Value};
use crate::table::{List, Type};
use crate::{Fields, Kind, Scalar};

impl Effect {
    pub(super) fn check(&self, config: &Config, rule: &Rule, kind: Kind) -> Result<(), Flaw> {
        let need = |list: List, key: &str| {
            let known: &[Choice] = config.list(list);
            known.iter().find(|choice| choice.key == key).map(drop).ok_or_else(|| Flaw::unknown(key))
        };
        match self {
            Self::Require(fields) => {
                if fields.is_empty() || !matches!(rule.trigger, Trigger::Record(Kind::Touch)) {
                    return Err(Flaw::Empty);
                }
                fields.iter().try_for_each(|field| {
                    type_at(config, kind, field)?;
                    // It has to be one that a person fills in.
                    if field.contains('.') || kind.is_servers(field) { Err(Flaw::fixed(field)) } else { Ok(()) }
                })
            }
            Self::Set(set) => {
                let path = set.of.as_ref().map_or_else(|| set.field.clone(), |link| format!("{link}.{}", set.field));
                let holds = match (&set.of, set.kind) {
                    (Some(link), Some(target)) if type_at(config, kind, link)? == Type::Any => {
                        target.type_of(&set.field).ok_or_else(|| Flaw::unknown(&path))?
                    }
                    (_, Some(_)) => return Err(Flaw::mismatch(&path)),
                    (_, None) => type_at(config, kind, &path)?,
                };
                let of = match (&set.of, set.kind) {
                    (_, Some(target)) => vec![target],
                    (Some(link), None) => kinds_at(kind, link)?,
                    (None, None) => vec![kind],
                };
                if of.iter().any(|kind| kind.type_of(&set.field).is_some() && !kind.is_for_rules(&set.field)) {
                    return Err(Flaw::fixed(&path));
                }
                set.to.check(config, kind, holds, &set.field)
            }
            Self::Task(task) => {
                need(List::Tasks, &task.kind)?;
                task.to.check(config, kind)?;
                task.choices.iter().try_for_each(|choice| check_offered(&config.choices, choice))?;
                task.script_pack.iter().try_for_each(|pack| need(List::ScriptPacks, pack))?;
                if task.due_hours.is_some_and(|hours| !(1..=MAX_HOURS).contains(&hours)) {
                    return Err(Flaw::Bounds);
                }
                match &task.due {
                    Some(path) if !matches!(type_at(config, kind, path)?, Type::Timestamp | Type::Day) => Err(Flaw::mismatch(path)),
                    _ => Ok(()),
                }
            }
            Self::Notify(notify) => {
                need(List::Tasks, &notify.kind)?;
                notify.to.check(config, kind)
            }
            Self::Create(create) => {
                // What people enter, and the server's own bookkeeping, is never made by a rule.
                if create.kind.by_rules() != ByRules::Make {
                    return Err(Flaw::unknown(create.kind.as_str()));
                }
                for (field, value) in &create.fields {
                    let holds = create.kind.type_of(field).ok_or_else(|| Flaw::unknown(field))?;
                    if ORIGIN.contains(&field.as_str()) {
                        return Err(Flaw::fixed(field));
                    }
                    value.check(config, kind, holds, field)?;
                }
                create.to.iter().chain(&create.invite).try_for_each(|to| to.check(config, kind))?;
                create.check_whole(kind)
            }
            Self::Flag(key) if kind == Kind::Touch && is_key(key) => Ok(()),
            Self::Flag(_) => Err(Flaw::mismatch("flags")),
            Self::Close(other) => {
                let makes_task = |rule: &&Rule| rule.trigger.kind() == kind && rule.then.iter().any(|e| matches!(e, Self::Task(_)));
                config.rules.iter().filter(|rule| rule.id == *other).find(makes_task).map(drop).ok_or_else(|| Flaw::unknown(other))
            }
        }
    }
}

impl CreateEffect {
    /// Whether the record would have all that its kind needs, if every field that is copied has a value.
    fn check_whole(&self, from: Kind) -> Result<(), Flaw> {
        let id = || Scalar::from("00000000-0000-0000-0000-000000000000");
        let mut sample = Fields::from([("source".into(), id()), ("created_at".into(), Scalar::Int(0))]);
        let has_author = from.type_of("author").is_some() || from.type_of("source").is_some();
        sample.extend(has_author.then(|| ("author".to_owned(), id())));
        let has_customer = from == Kind::Customer || from.type_of("customer").is_some();
        sample.extend(has_customer.then(|| ("customer".to_owned(), id())));
        for (field, value) in &self.fields {
            let value = match (value, self.kind.type_of(field)) {
                (Value::Plain(value), _) => value.clone(),
                (_, Some(Type::Number | Type::Money | Type::Timestamp)) => Scalar::Int(0),
                (_, Some(Type::Flag)) => Scalar::Bool(false),
                (_, Some(Type::Day)) => "2026-01-01".into(),
                (_, Some(Type::Person | Type::Link(_) | Type::Any)) => id(),
                _ => "text".into(),
            };
            sample.insert(field.clone(), value);
        }
        self.kind.check(&sample).map_err(|error| Flaw::Incomplete { detail: error.0 })
    }
}

impl Recipient {
    fn check(&self, config: &Config, kind: Kind) -> Result<(), Flaw> {
        match self {
            Self::Role(_) => Ok(()),
            Self::Person(path) | Self::SuperiorOf(path) => match path.as_str() {
                "id" if kind == Kind::Person => Ok(()),
                path => match type_at(config, kind, path)? {
                    Type::Person => Ok(()),
                    _ => Err(Flaw::mismatch(path)),
                },
            },
            Self::First(list) if list.is_empty() || list.len() > 8 => Err(Flaw::Bounds),
            Self::First(list) => list.iter().try_for_each(|one| match one {
                Self::First(_) => Err(Flaw::Nested),
                one => one.check(config, kind),
            }),
        }
    }
}
