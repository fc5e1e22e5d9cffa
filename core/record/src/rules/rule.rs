//! Rules as data: when something happens and a condition holds, then effects. The server carries them out, the phone previews them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::condition::Condition;
use crate::{Kind, Role, Scalar};

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
    /// Whether it is carried out at once whenever it holds: it looks at the record and its evidence alone.
    pub fn is_about_record(&self) -> bool {
        self.when.iter().chain(&self.unless).all(Condition::is_about_record)
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
    pub(super) fn own_set(&self) -> Option<&Set> {
        match self {
            Self::Set(set) if set.of.is_none() => Some(set),
            _ => None,
        }
    }
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// The paths in braces of a text.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(path, _)| path))
}
