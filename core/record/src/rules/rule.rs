//! Rules as data: when something happens and a condition holds, then effects. The server carries them out, the phone previews them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::condition::{Condition, fits, kinds_at, type_at};
use super::config::{Choice, Config, check_offered, is_key};
use super::flaw::Flaw;
use crate::policy::{List, Type};
use crate::{Fields, Kind, Role, Scalar};

/// Most effects of one rule.
const MAX_EFFECTS: usize = 16;
/// Longest wait, in calendar hours.
const MAX_HOURS: i64 = 24 * 366;
/// Longest text of a value, in bytes.
const MAX_TEXT: usize = 16 * 1024;

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, part of the ids of what it makes.
    pub id: String,
    /// What it is for, on a Chinese screen.
    pub zh: String,
    /// What it is for, on an English screen.
    pub en: String,
    /// What sets it off.
    pub trigger: Trigger,
    /// What must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What must not hold, at the moment it is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Condition>,
    /// Once per record; with these, once per record and distinct values of these fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub once_per: Vec<String>,
    /// What happens then.
    pub then: Vec<Effect>,
    /// Whenever the record changes rather than once: for a field that follows from others as long as the condition holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
    /// A flexible response node (F3), of which there can be twelve. The handoffs and flows that ship with the product are none.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub response: bool,
    /// Switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

/// What sets a rule off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// A record of this kind was made or changed, so that the condition holds. A touch without evidence sets off nothing (T1).
    Record(Kind),
    /// Time has passed.
    Since(Since),
    /// A week has ended (G3).
    Week(Week),
}

/// So many calendar hours after a field of a record. The rule looks once, then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// Of this kind.
    pub record: Kind,
    /// An instant, or a day: the end of it.
    pub field: String,
    /// 0: at once.
    pub hours: i64,
}

/// A weekly figure of a person stayed below its threshold for weeks in a row; the record in hand is the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// The figure.
    pub metric: Metric,
    /// Below this many percent.
    pub below_percent: i64,
    /// So many weeks in a row.
    pub weeks: u32,
}

/// A figure that a weekly rule can watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Valid leads that reached 方案报价 (G3).
    Conversion,
    /// Quotes that were answered within 72 h (G1).
    Feedback,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// These fields are mandatory: checked on the device, offline, and again by the server.
    Require(Vec<String>),
    /// Writes a field of the record, or of one that it is linked to.
    Set(Set),
    /// Gives somebody something to do.
    Task(TaskEffect),
    /// Tells somebody.
    Notify(NotifyEffect),
    /// Makes a record: a work order, a demand card, a contract, a meeting, a finding.
    Create(CreateEffect),
    /// Marks the record (`flags/`).
    Flag(String),
    /// Ends the task that another rule made for this record.
    Close(String),
}

/// A field to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// A link of the record; none: the record itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Only if the linked record is of this kind, where the link is to any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Which field.
    pub field: String,
    /// Its value.
    pub to: Value,
}

/// A task to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskEffect {
    /// What.
    pub kind: String,
    /// Who has to do it.
    pub to: Recipient,
    /// The answers that can be given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The words that help (话术包).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script_pack: Option<String>,
    /// In so many calendar hours it should be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_hours: Option<i64>,
    /// Or by the end of this day, or at this instant: a field of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

/// A notice to be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotifyEffect {
    /// What about.
    pub kind: String,
    /// Whom.
    pub to: Recipient,
}

/// A record to be made. Author and customer are those of the record in hand unless given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateEffect {
    /// Of this kind.
    pub kind: Kind,
    /// Its fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    /// Who works on it (`assignee`, `role`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Recipient>,
    /// Who is invited (`attendees/`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invite: Vec<Recipient>,
}

/// Who is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Recipient {
    /// Whoever has this role.
    Role(Role),
    /// The person that a field names; `id` for the person in hand.
    Person(String),
    /// Whom that person reports to.
    SuperiorOf(String),
    /// The first of these that there is.
    First(Vec<Recipient>),
}

/// What a field is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// The value of another field: a path, `id` for the record in hand; nothing where that has none (H4).
    Copy(Copied),
    /// The value of the first of these fields that has one (H4).
    First(FirstOf),
    /// Text with fields in braces: `{customer.name}`, `{today}` as 20261124, `{id}` as six letters of the new record's id.
    Text(Worded),
    /// The text of a template of the configuration, filled alike.
    Template(Templated),
    /// 10:00 on the first working day after so many days.
    InDays(InDays),
    /// The moment of carrying out.
    Now(Now),
    /// A value.
    Plain(Scalar),
}

/// See [`Value::Copy`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// The path.
    pub copy: String,
}

/// See [`Value::First`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstOf {
    /// The paths.
    pub first: Vec<String>,
}

/// See [`Value::Text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worded {
    /// The text.
    pub text: String,
}

/// See [`Value::Template`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templated {
    /// Its key.
    pub template: String,
}

/// See [`Value::InDays`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InDays {
    /// How many.
    pub in_days: i64,
}

/// See [`Value::Now`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Now {
    /// Always true.
    pub now: bool,
}

impl Trigger {
    /// The kind of the record in hand.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Record(kind) => *kind,
            Self::Since(since) => since.record,
            Self::Week(_) => Kind::Person,
        }
    }
}

impl Rule {
    /// Whether everything it names exists and fits.
    pub fn check(&self, config: &Config) -> Result<(), Flaw> {
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

    /// Whether it is carried out at once whenever it holds: it looks at the record and its evidence alone.
    pub fn is_about_record(&self) -> bool {
        self.when.iter().chain(&self.unless).all(Condition::is_about_record)
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
    pub(super) fn sets_off<'c>(&self, config: &'c Config) -> Vec<&'c Rule> {
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
const ORIGIN: [&str; 5] = ["source", "rule", "config", "because", "created_at"];

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
    /// The word for it where effects are listed: `task:quote_approval`, `category:quote_pending`.
    pub fn word(&self) -> String {
        match self {
            Self::Require(fields) => format!("require:{}", fields.join(",")),
            Self::Set(set) => match &set.to {
                Value::Plain(Scalar::Text(text)) => format!("{}:{text}", set.field),
                _ => format!("set:{}", set.field),
            },
            Self::Task(task) => format!("task:{}", task.kind),
            Self::Notify(notify) => format!("notify:{}", notify.kind),
            Self::Create(create) => format!("create:{}", create.kind.as_str()),
            Self::Flag(flag) => format!("flag:{flag}"),
            Self::Close(rule) => format!("close:{rule}"),
        }
    }

    /// What it sets of the record in hand.
    fn own_set(&self) -> Option<&Set> {
        match self {
            Self::Set(set) if set.of.is_none() => Some(set),
            _ => None,
        }
    }

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

    fn check(&self, config: &Config, rule: &Rule, kind: Kind) -> Result<(), Flaw> {
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
                let by_rules =
                    [Kind::Contract, Kind::Seal, Kind::Order, Kind::Question, Kind::Demand, Kind::Meeting, Kind::Finding];
                if !by_rules.contains(&create.kind) {
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

impl Value {
    fn check(&self, config: &Config, kind: Kind, holds: Type, field: &str) -> Result<(), Flaw> {
        match self {
            Self::Plain(value) => fits(config, holds, value, field),
            Self::Copy(Copied { copy }) if copy == "id" => match holds {
                Type::Any => Ok(()),
                Type::Link(other) if other == kind => Ok(()),
                Type::Person if kind == Kind::Person => Ok(()),
                _ => Err(Flaw::mismatch(field)),
            },
            Self::Copy(Copied { copy }) => check_copy(config, kind, holds, copy),
            Self::First(FirstOf { first }) if first.is_empty() || first.len() > MAX_EFFECTS => Err(Flaw::Bounds),
            Self::First(FirstOf { first }) => first.iter().try_for_each(|path| check_copy(config, kind, holds, path)),
            Self::Text(Worded { text }) => {
                if holds != Type::Text || text.len() > MAX_TEXT {
                    return Err(Flaw::mismatch(field));
                }
                placeholders(text).try_for_each(|path| check_placeholder(config, kind, path))
            }
            Self::Template(Templated { template }) => {
                let choice =
                    config.templates.iter().find(|choice| choice.key == *template).ok_or_else(|| Flaw::unknown(template))?;
                let text = choice.text.as_deref().unwrap_or_default();
                if holds != Type::Text || text.len() > MAX_TEXT {
                    return Err(Flaw::mismatch(field));
                }
                placeholders(text).try_for_each(|path| check_placeholder(config, kind, path))
            }
            Self::InDays(InDays { in_days }) => match holds {
                Type::Timestamp if (0..=366).contains(in_days) => Ok(()),
                Type::Timestamp => Err(Flaw::Bounds),
                _ => Err(Flaw::mismatch(field)),
            },
            Self::Now(Now { now: true }) if holds == Type::Timestamp => Ok(()),
            Self::Now(_) => Err(Flaw::mismatch(field)),
        }
    }
}

impl Value {
    /// The paths it reads.
    fn paths<'v>(&'v self, config: &'v Config) -> Vec<&'v str> {
        match self {
            Self::Copy(copied) => vec![&copied.copy],
            Self::First(first) => first.first.iter().map(String::as_str).collect(),
            Self::Text(worded) => placeholders(&worded.text).collect(),
            Self::Template(templated) => {
                let text = config.templates.iter().find(|choice| choice.key == templated.template);
                placeholders(text.and_then(|choice| choice.text.as_deref()).unwrap_or_default()).collect()
            }
            Self::InDays(_) | Self::Now(_) | Self::Plain(_) => Vec::new(),
        }
    }
}

fn check_copy(config: &Config, kind: Kind, holds: Type, path: &str) -> Result<(), Flaw> {
    let from = type_at(config, kind, path)?;
    let suits = from == holds
        || matches!((from, holds), (Type::Any, Type::Link(_)) | (Type::Link(_), Type::Any) | (_, Type::Text))
        // Answers to a task are keys of their own list; the target's list has to have them.
        || matches!((from, holds), (Type::Option(List::Choices), Type::Option(_)));
    if suits { Ok(()) } else { Err(Flaw::mismatch(path)) }
}

/// The paths in braces of a text.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(path, _)| path))
}

fn check_placeholder(config: &Config, kind: Kind, path: &str) -> Result<(), Flaw> {
    if matches!(path, "today" | "id") { Ok(()) } else { type_at(config, kind, path).map(drop) }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_yes(value: &bool) -> bool {
    *value
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
