//! Conditions: bounded, and every comparison fits its field.

use crate::Kind;
use crate::rules::Config;
use crate::rules::condition::{Comparison, Condition};
use crate::rules::flaw::Flaw;
use crate::rules::path::{fits, type_at};
use crate::rules::range::MAX_HOURS;
use crate::table::Type;

/// Most leaves and branches of one condition.
const MAX_NODES: usize = 64;
/// Most branches above a leaf.
const MAX_DEPTH: usize = 8;

impl Condition {
    /// Whether everything it names exists and every comparison fits its field.
    pub fn check(&self, config: &Config, kind: Kind) -> Result<(), Flaw> {
        let mut nodes = 0;
        self.check_node(config, kind, 0, true, &mut nodes)
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
                if exists.within_hours.is_some_and(|hours| exists.since.is_none() || !(1..=MAX_HOURS).contains(&hours)) {
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
}

impl Comparison {
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
}
