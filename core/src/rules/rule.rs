//! Rules as data: when something happens and a condition holds, then effects. The server carries them out, the phone previews them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::condition::{Condition, fits, type_at};
use super::config::{Choice, Config};
use super::flaw::Flaw;
use crate::record::policy::{List, Type};
use crate::record::{Fields, Kind, Role, Scalar};

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

/// A weekly figure of a person stayed below its threshold for weeks in running; the record in hand is the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// The figure.
    pub metric: Metric,
    /// Below this many percent.
    pub below_percent: i64,
    /// So many weeks in running.
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
        self.then.iter().try_for_each(|effect| effect.check(config, self, kind))
    }

    /// The rules that what this one makes can set off at once, among all of the configuration.
    pub(super) fn sets_off<'c>(&self, config: &'c Config) -> Vec<&'c Rule> {
        let made = self.then.iter().filter_map(|effect| effect.made());
        let mut set_off = Vec::new();
        for (kind, known, open) in made {
            let listening = config.rules.iter().filter(|rule| !rule.off && rule.trigger == Trigger::Record(kind));
            set_off.extend(listening.filter(|rule| {
                rule.when
                    .as_ref()
                    .is_none_or(|when| when.is_possible(&known, &|field| open.contains(&field) || config.is_set(kind, field)))
            }));
        }
        set_off
    }
}

impl Condition {
    /// Whether it can hold for a new record of which some fields are known; of the others only the open ones can have a value.
    fn is_possible(&self, known: &Fields, is_open: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.is_possible(known, is_open)),
            Self::Any(any) => any.iter().any(|condition| condition.is_possible(known, is_open)),
            Self::Field(field) if !field.name.contains('.') && !is_open(&field.name) => match (known.get(&field.name), &field.is) {
                (Some(value), Some(is)) => value == is,
                (None, Some(_)) => false,
                (None, None) => field.known == Some(false),
                (Some(_), None) => true,
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

    /// The kind it makes, the fields that are the same each time, and those that depend.
    fn made(&self) -> Option<(Kind, Fields, Vec<&str>)> {
        match self {
            Self::Task(task) => Some((Kind::Task, [("task".to_owned(), Scalar::Text(task.kind.clone()))].into(), vec!["customer"])),
            Self::Notify(notify) => {
                Some((Kind::Task, [("task".to_owned(), Scalar::Text(notify.kind.clone()))].into(), vec!["customer"]))
            }
            Self::Create(create) => {
                let known = create.fields.iter().filter_map(|(field, value)| match value {
                    Value::Plain(value) => Some((field.clone(), value.clone())),
                    _ => None,
                });
                let mut open: Vec<&str> =
                    create.fields.iter().filter(|(_, value)| !matches!(value, Value::Plain(_))).map(|(f, _)| f.as_str()).collect();
                open.extend(["author", "customer", "created_at", "assignee", "role"]);
                Some((create.kind, known.collect(), open))
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
                fields.iter().try_for_each(|field| type_at(config, kind, field).map(drop))
            }
            Self::Set(set) => {
                let path = set.of.as_ref().map_or_else(|| set.field.clone(), |link| format!("{link}.{}", set.field));
                set.to.check(config, kind, type_at(config, kind, &path)?, &set.field)
            }
            Self::Task(task) => {
                need(List::Tasks, &task.kind)?;
                task.to.check(config, kind)?;
                task.choices.iter().try_for_each(|choice| need(List::Choices, choice))?;
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
                    value.check(config, kind, holds, field)?;
                }
                create.to.iter().chain(&create.invite).try_for_each(|to| to.check(config, kind))?;
                create.check_whole(kind)
            }
            Self::Flag(key) => {
                if kind != Kind::Touch || key.is_empty() {
                    return Err(Flaw::mismatch("flags"));
                }
                Ok(())
            }
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
            Self::Copy(Copied { copy }) => {
                let from = type_at(config, kind, copy)?;
                let suits = from == holds
                    || matches!((from, holds), (Type::Any, Type::Link(_)) | (Type::Link(_), Type::Any) | (_, Type::Text))
                    // Answers to a task are keys of their own list; the target's list has to have them.
                    || matches!((from, holds), (Type::Option(List::Choices), Type::Option(_)));
                if suits { Ok(()) } else { Err(Flaw::mismatch(copy)) }
            }
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
