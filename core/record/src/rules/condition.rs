//! Conditions as data: a small typed tree over the fields of a record and those it is linked to. Whole numbers only, bounded cost.

use serde::{Deserialize, Serialize};

use crate::{Kind, Scalar};

/// What must hold of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Every one of them.
    All(Vec<Condition>),
    /// At least one of them.
    Any(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// A field compares so.
    Field(Comparison),
    /// A touch has evidence of this type, such as `application/pdf`.
    Evidence(String),
    /// The same customer has such a record; a touch without evidence is none (T1).
    Exists(Exists),
}

/// A field and what it is compared with; exactly one comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Comparison {
    /// Path of the field: `amount`, or over a link `customer.intent`.
    pub name: String,
    /// It is this value; of an option also one that was split from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<Scalar>,
    /// It is known and another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_not: Option<Scalar>,
    /// It is one of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Scalar>>,
    /// It is more: money in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<i64>,
    /// It is this or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// It is less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<i64>,
    /// It is this or less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// It has a value, or (false) has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<bool>,
    /// Both are known and not the same (B5); the path of the other field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differs_from: Option<String>,
}

/// A record of the same customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exists {
    /// Of this kind.
    pub kind: Kind,
    /// Of which this holds; no `exists` within.
    pub when: Box<Condition>,
    /// Not before this field of the record in hand, an instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// And not later than so many calendar hours after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_hours: Option<i64>,
    /// The instant of the other record that counts, where that is not when it happened; its own time as long as it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Condition {
    /// Whether it looks at the record and its evidence alone. What looks further can come to hold later, when nothing asks any more.
    pub fn is_about_record(&self) -> bool {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().all(Self::is_about_record),
            Self::Not(condition) => condition.is_about_record(),
            Self::Field(field) => !field.name.contains('.') && field.differs_from.as_ref().is_none_or(|other| !other.contains('.')),
            Self::Evidence(_) => true,
            Self::Exists(_) => false,
        }
    }

    pub(super) fn to_text(&self) -> String {
        match self {
            Self::All(all) => all.iter().map(Self::to_text).collect::<Vec<_>>().join(", "),
            Self::Any(any) => any.iter().map(Self::to_text).collect::<Vec<_>>().join(" or "),
            Self::Not(condition) => format!("not ({})", condition.to_text()),
            Self::Field(comparison) => comparison.to_text(),
            Self::Evidence(mime) => format!("evidence = {mime}"),
            Self::Exists(exists) => {
                let since = exists.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
                let within = exists.within_hours.map(|hours| format!(" within {hours} h")).unwrap_or_default();
                format!("{} with {}{since}{within}", exists.kind.as_str(), exists.when.to_text())
            }
        }
    }
}

impl Comparison {
    /// A field that has this value.
    pub fn is(name: &str, value: impl Into<Scalar>) -> Self {
        Self { name: name.into(), is: Some(value.into()), ..Self::default() }
    }

    pub(super) fn to_text(&self) -> String {
        let name = &self.name;
        let number = |sign: &str, limit: &Option<i64>| limit.map(|limit| format!("{name} {sign} {limit}"));
        let known = self.known.map(|known| if known { format!("{name} known") } else { format!("{name} unknown") });
        let one_of = self.one_of.as_ref().map(|values| values.iter().map(Scalar::to_string).collect::<Vec<_>>().join("|"));
        known
            .or_else(|| self.is.as_ref().map(|value| format!("{name} = {value}")))
            .or_else(|| self.is_not.as_ref().map(|value| format!("{name} ≠ {value}")))
            .or_else(|| one_of.map(|values| format!("{name} = {values}")))
            .or_else(|| number(">", &self.above))
            .or_else(|| number("≥", &self.at_least))
            .or_else(|| number("<", &self.below))
            .or_else(|| number("≤", &self.at_most))
            .or_else(|| self.differs_from.as_ref().map(|other| format!("{name} ≠ {other}")))
            .unwrap_or_else(|| name.clone())
    }
}
