//! Conditions as data: a small typed tree over the fields of a record and those it is linked to. Whole numbers only, bounded cost.

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::flaw::Flaw;
use super::world::Subject;
use crate::error::Result;
use crate::id::RecordId;
use crate::table::Type;
use crate::{Kind, Role, Scalar};

/// Most leaves and branches of one condition.
const MAX_NODES: usize = 64;
/// Most branches above a leaf.
const MAX_DEPTH: usize = 8;
/// Most links that a path follows.
const MAX_LINKS: usize = 2;
const MS_PER_HOUR: i64 = 3_600_000;

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
    /// Whether it holds; what made it hold is added to `because`.
    pub fn holds(&self, config: &Config, subject: &Subject<'_>, because: &mut Vec<String>) -> Result<bool> {
        let before = because.len();
        let holds = match self {
            Self::All(all) => {
                let mut holds = true;
                for condition in all {
                    holds = holds && condition.holds(config, subject, because)?;
                }
                holds
            }
            Self::Any(any) => {
                let mut holds = false;
                for condition in any {
                    holds = holds || condition.holds(config, subject, because)?;
                }
                holds
            }
            Self::Not(condition) => {
                let mut unused = Vec::new();
                let holds = !condition.holds(config, subject, &mut unused)?;
                if holds {
                    because.push(format!("not ({})", condition.to_text()));
                }
                holds
            }
            Self::Field(comparison) => {
                let value = comparison.holds(config, subject)?;
                because.extend(value.clone());
                value.is_some()
            }
            Self::Evidence(mime) => {
                let mime_is = |evidence: &crate::Fields| evidence.get("mime").and_then(Scalar::as_text) == Some(mime);
                let holds = subject.evidence()?.iter().any(mime_is);
                if holds {
                    because.push(self.to_text());
                }
                holds
            }
            Self::Exists(exists) => {
                let holds = exists.holds(config, subject)?;
                if holds {
                    because.push(self.to_text());
                }
                holds
            }
        };
        if !holds {
            because.truncate(before);
        }
        Ok(holds)
    }

    /// Whether everything it names exists and every comparison fits its field.
    pub fn check(&self, config: &Config, kind: Kind) -> Result<(), Flaw> {
        let mut nodes = 0;
        self.check_node(config, kind, 0, true, &mut nodes)
    }

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

    fn check_node(&self, config: &Config, kind: Kind, depth: usize, outer: bool, nodes: &mut usize) -> Result<(), Flaw> {
        *nodes += 1;
        if *nodes > MAX_NODES || depth > MAX_DEPTH {
            return Err(Flaw::TooDeep);
        }
        let mut inner = |condition: &Self, kind, outer| condition.check_node(config, kind, depth + 1, outer, nodes);
        match self {
            Self::All(list) | Self::Any(list) if list.is_empty() => Err(Flaw::Empty),
            Self::All(list) | Self::Any(list) => list.iter().try_for_each(|condition| inner(condition, kind, outer)),
            Self::Not(condition) => inner(condition, kind, outer),
            Self::Field(comparison) => comparison.check(config, kind),
            Self::Evidence(_) if kind != Kind::Touch => Err(Flaw::NoEvidence),
            Self::Evidence(mime) if !mime.contains('/') => Err(Flaw::unknown(mime)),
            Self::Evidence(_) => Ok(()),
            Self::Exists(_) if !outer => Err(Flaw::Nested),
            Self::Exists(exists) => {
                if kind.type_of("customer").is_none() && kind != Kind::Customer {
                    return Err(Flaw::unknown("customer"));
                }
                if exists.kind.type_of("customer").is_none() {
                    return Err(Flaw::unknown(exists.kind.as_str()));
                }
                if exists.within_hours.is_some_and(|hours| exists.since.is_none() || !(1..=24 * 366).contains(&hours)) {
                    return Err(Flaw::Bounds);
                }
                if let Some(since) = &exists.since
                    && type_at(config, kind, since)? != Type::Timestamp
                {
                    return Err(Flaw::mismatch(since));
                }
                if let Some(by) = &exists.by
                    && exists.kind.type_of(by) != Some(Type::Timestamp)
                {
                    return Err(Flaw::mismatch(by));
                }
                inner(&exists.when, exists.kind, false)
            }
        }
    }

    fn to_text(&self) -> String {
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

    /// What made it hold, with the value that was found; none when it does not.
    fn holds(&self, config: &Config, subject: &Subject<'_>) -> Result<Option<String>> {
        let found = subject.get(&self.name)?;
        if let Some(known) = self.known {
            return Ok((found.is_some() == known).then(|| self.to_text()));
        }
        // A flag that was never set is false.
        let flag = || type_at(config, subject.kind, &self.name) == Ok(Type::Flag);
        let Some(found) = found.or_else(|| flag().then_some(Scalar::Bool(false))) else { return Ok(None) };
        if let Some(other) = &self.differs_from {
            let other = subject.get(other)?.filter(|other| *other != found);
            return Ok(other.map(|_| self.to_text()));
        }
        let holds = self.accepts(config, subject.kind, &found);
        let shown = || match found {
            Scalar::Int(number) => format!("{} ({number})", self.to_text()),
            _ => self.to_text(),
        };
        Ok(holds.then(shown))
    }

    /// Whether a value satisfies the comparison; of an option also one that was split from the one named (R3).
    pub(super) fn accepts(&self, config: &Config, kind: Kind, found: &Scalar) -> bool {
        let list = match type_at(config, kind, &self.name) {
            Ok(Type::Option(list)) => Some(list),
            _ => None,
        };
        let same = |value: &Scalar| {
            value == found
                || match (list, value, found) {
                    (Some(list), Scalar::Text(value), Scalar::Text(found)) => config.is_part_of(list, found, value),
                    _ => false,
                }
        };
        let number = |limit: Option<i64>, fits: fn(i64, i64) -> bool| match (limit, found) {
            (None, _) => true,
            (Some(limit), Scalar::Int(number)) => fits(*number, limit),
            (Some(_), _) => false,
        };
        self.is.as_ref().is_none_or(same)
            && self.is_not.as_ref().is_none_or(|value| !same(value))
            && self.one_of.as_ref().is_none_or(|values| values.iter().any(same))
            && self.known.is_none_or(|known| known)
            && number(self.above, |number, limit| number > limit)
            && number(self.at_least, |number, limit| number >= limit)
            && number(self.below, |number, limit| number < limit)
            && number(self.at_most, |number, limit| number <= limit)
    }

    fn check(&self, config: &Config, kind: Kind) -> Result<(), Flaw> {
        let holds = type_at(config, kind, &self.name)?;
        let numbers = [self.above, self.at_least, self.below, self.at_most];
        let given =
            [self.is.is_some(), self.is_not.is_some(), self.one_of.is_some(), self.known.is_some(), self.differs_from.is_some()];
        if given.iter().filter(|given| **given).count() + numbers.iter().flatten().count() != 1 {
            return Err(Flaw::OneComparison { field: self.name.clone() });
        }
        if numbers.iter().flatten().count() > 0 && !matches!(holds, Type::Number | Type::Money | Type::Timestamp) {
            return Err(Flaw::mismatch(&self.name));
        }
        if let Some(other) = &self.differs_from
            && type_at(config, kind, other)? != holds
        {
            return Err(Flaw::mismatch(other));
        }
        let one_of = self.one_of.iter().flatten();
        if self.one_of.as_ref().is_some_and(|values| values.is_empty() || values.len() > MAX_NODES) {
            return Err(Flaw::Bounds);
        }
        self.is.iter().chain(&self.is_not).chain(one_of).try_for_each(|value| fits(config, holds, value, &self.name))
    }

    fn to_text(&self) -> String {
        let name = &self.name;
        let number = |sign: &str, limit: &Option<i64>| limit.map(|limit| format!("{name} {sign} {limit}"));
        let known = self.known.map(|known| if known { format!("{name} known") } else { format!("{name} unknown") });
        let one_of = self.one_of.as_ref().map(|values| values.iter().map(text).collect::<Vec<_>>().join("|"));
        known
            .or_else(|| self.is.as_ref().map(|value| format!("{name} = {}", text(value))))
            .or_else(|| self.is_not.as_ref().map(|value| format!("{name} ≠ {}", text(value))))
            .or_else(|| one_of.map(|values| format!("{name} = {values}")))
            .or_else(|| number(">", &self.above))
            .or_else(|| number("≥", &self.at_least))
            .or_else(|| number("<", &self.below))
            .or_else(|| number("≤", &self.at_most))
            .or_else(|| self.differs_from.as_ref().map(|other| format!("{name} ≠ {other}")))
            .unwrap_or_else(|| name.clone())
    }
}

impl Exists {
    fn holds(&self, config: &Config, subject: &Subject<'_>) -> Result<bool> {
        let Some(customer) = subject.kind.customer_of(subject.id, subject.fields) else { return Ok(false) };
        let from = match &self.since {
            None => i64::MIN,
            Some(path) => match subject.get(path)? {
                Some(Scalar::Int(from)) => from,
                _ => return Ok(false),
            },
        };
        let to = self.within_hours.map_or(i64::MAX, |hours| from.saturating_add(hours.saturating_mul(MS_PER_HOUR)));
        for fields in subject.world.of_customer(customer, self.kind)? {
            // The record in hand may itself be the answer: a quote on which the feedback was noted.
            let by = match self.by.as_ref().and_then(|by| fields.get(by)) {
                Some(Scalar::Int(at)) => Some(*at),
                _ => None,
            };
            let at = by.or_else(|| self.kind.time_of(&fields)).unwrap_or(i64::MIN);
            if self.kind.is_draft(&fields) {
                continue;
            }
            let other = Subject { id: subject.id, kind: self.kind, fields: &fields, world: subject.world };
            if at >= from && at <= to && self.when.holds(config, &other, &mut Vec::new())? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What the field at a path holds.
pub(super) fn type_at(config: &Config, kind: Kind, path: &str) -> Result<Type, Flaw> {
    let (kinds, field) = match path.rsplit_once('.') {
        Some((links, field)) => (kinds_at(kind, links)?, field),
        None => (vec![kind], path),
    };
    // Over a link to any kind, those that have such a field must agree on what it holds.
    let mut types = kinds.iter().filter_map(|kind| kind.type_of(field).or_else(|| config.type_of_extra(*kind, field)));
    let first = types.next().ok_or_else(|| Flaw::unknown(path))?;
    if types.any(|other| std::mem::discriminant(&other) != std::mem::discriminant(&first)) {
        return Err(Flaw::mismatch(path));
    }
    Ok(first)
}

/// The kinds of record that a path of links leads to.
pub(super) fn kinds_at(kind: Kind, links: &str) -> Result<Vec<Kind>, Flaw> {
    let mut kinds = vec![kind];
    for (number, link) in links.split('.').enumerate() {
        if number == MAX_LINKS {
            return Err(Flaw::TooDeep);
        }
        let mut next: Vec<Kind> = Vec::new();
        for kind in &kinds {
            match kind.type_of(link) {
                Some(Type::Link(kind)) => next.push(kind),
                Some(Type::Person) => next.push(Kind::Person),
                Some(Type::Any) => next.extend(Kind::ALL),
                _ => {}
            }
        }
        if next.is_empty() {
            return Err(Flaw::unknown(links));
        }
        next.sort_unstable();
        next.dedup();
        kinds = next;
    }
    Ok(kinds)
}

/// Whether a value can stand in a field.
pub(super) fn fits(config: &Config, holds: Type, value: &Scalar, field: &str) -> Result<(), Flaw> {
    let fits = match (holds, value) {
        (Type::Option(list), Scalar::Text(key)) => config.has(list, key),
        (Type::Role, Scalar::Text(word)) => Role::parse(word).is_some(),
        (Type::Link(_) | Type::Any, Scalar::Text(id)) => id.parse::<RecordId>().is_ok(),
        (Type::Time, Scalar::Text(time)) => time.parse::<chrono::NaiveTime>().is_ok(),
        (Type::Text | Type::Person, Scalar::Text(_))
        | (Type::Number | Type::Money | Type::Timestamp, Scalar::Int(_))
        | (Type::Flag, Scalar::Bool(_)) => true,
        (Type::Day, Scalar::Text(day)) => day.parse::<chrono::NaiveDate>().is_ok(),
        _ => false,
    };
    match (fits, value) {
        (true, _) => Ok(()),
        (false, Scalar::Text(key)) if matches!(holds, Type::Option(_) | Type::Role) => Err(Flaw::unknown(key)),
        (false, _) => Err(Flaw::mismatch(field)),
    }
}

fn text(value: &Scalar) -> String {
    match value {
        Scalar::Null => "null".into(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}
