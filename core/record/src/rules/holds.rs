//! Whether a condition holds for a record, and what made it so.

use super::condition::{Comparison, Condition, Exists};
use super::config::Config;
use super::path::type_at;
use super::world::Subject;
use crate::error::Result;
use crate::table::Type;
use crate::{Kind, Scalar};

const MS_PER_HOUR: i64 = 3_600_000;

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
}

impl Comparison {
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
