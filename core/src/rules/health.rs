//! Customer health (T3): touches × 2 + valid evidence × 5 − overdue days × 3.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The numbers of the formula; configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// How far back touches and evidence count, in days of 24 hours.
    pub window_days: i64,
    /// Points per touch.
    pub per_touch: i64,
    /// Points per valid evidence.
    pub per_evidence: i64,
    /// Points lost per overdue day.
    pub per_overdue_day: i64,
    /// How long after the last touch nothing is overdue, in calendar hours.
    pub grace_hours: i64,
    /// Below this a customer is red; exactly this is not.
    pub red_below: i64,
}

/// What the formula needs to know of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Touches that count (not drafts) in the window.
    pub touches: i64,
    /// Valid evidence of those touches.
    pub evidence: i64,
    /// The last touch ever, or the claiming when there is none yet.
    pub last_contact: DateTime<Utc>,
}

/// A score that explains itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The sum.
    pub score: i64,
    /// Whether it is below the limit.
    pub red: bool,
    /// What it is made of.
    pub parts: Parts,
    /// The sum spelled out, such as `12 = 4×2 + 2×5 − 2×3`.
    pub sum: String,
}

/// The parts of the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Touches in the window.
    pub touches: i64,
    /// Valid evidence in the window.
    pub evidence: i64,
    /// Whole days past the last touch plus the grace.
    pub overdue_days: i64,
}

impl Formula {
    /// The first instant that counts.
    pub fn window_start(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.window_days)
    }

    /// Whether the numbers make sense.
    pub fn check(&self) -> Result<(), super::flaw::Flaw> {
        let points = [self.per_touch, self.per_evidence, self.per_overdue_day];
        let bounded = points.iter().all(|points| (0..=1_000).contains(points)) && self.red_below.abs() <= 100_000;
        let times = (1..=366).contains(&self.window_days) && (0..=24 * 366).contains(&self.grace_hours);
        if bounded && times { Ok(()) } else { Err(super::flaw::Flaw::Bounds) }
    }

    /// The score at `now`.
    pub fn score(&self, facts: Facts, now: DateTime<Utc>) -> Health {
        let overdue = now - facts.last_contact - TimeDelta::hours(self.grace_hours);
        let parts = Parts { touches: facts.touches, evidence: facts.evidence, overdue_days: overdue.num_days().max(0) };
        let score = parts.touches * self.per_touch + parts.evidence * self.per_evidence - parts.overdue_days * self.per_overdue_day;
        let sum = format!(
            "{score} = {}×{} + {}×{} − {}×{}",
            parts.touches, self.per_touch, parts.evidence, self.per_evidence, parts.overdue_days, self.per_overdue_day
        );
        Health { score, red: score < self.red_below, parts, sum }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::Config;

    fn formula() -> Formula {
        Config::builtin().health
    }

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 10, 0, 0).unwrap()
    }

    #[test]
    fn the_worked_example_is_twelve_and_red() {
        let facts = Facts { touches: 4, evidence: 2, last_contact: now() - TimeDelta::days(5) };
        let health = formula().score(facts, now());
        assert_eq!((health.score, health.red), (12, true));
        assert_eq!(health.sum, "12 = 4×2 + 2×5 − 2×3");
    }

    #[test]
    fn exactly_fifteen_is_not_red() {
        let health = formula().score(Facts { touches: 5, evidence: 1, last_contact: now() }, now());
        assert_eq!((health.score, health.red), (15, false));
        let health = formula().score(Facts { touches: 7, evidence: 0, last_contact: now() }, now());
        assert_eq!((health.score, health.red), (14, true));
    }

    #[test]
    fn a_day_is_overdue_only_when_it_is_whole() {
        let overdue = |since: TimeDelta| {
            formula().score(Facts { touches: 0, evidence: 0, last_contact: now() - since }, now()).parts.overdue_days
        };
        assert_eq!(overdue(TimeDelta::hours(72)), 0);
        assert_eq!(overdue(TimeDelta::hours(96) - TimeDelta::milliseconds(1)), 0);
        assert_eq!(overdue(TimeDelta::hours(96)), 1);
        assert_eq!(overdue(TimeDelta::days(-3)), 0, "a touch from a clock that runs ahead");
    }

    proptest! {
        #[test]
        fn more_touches_never_hurt(touches in 0..100i64, evidence in 0..100i64, hours in 0..2000i64) {
            let at = |touches, evidence| formula().score(Facts { touches, evidence, last_contact: now() - TimeDelta::hours(hours) }, now()).score;
            prop_assert!(at(touches + 1, evidence) > at(touches, evidence));
            prop_assert!(at(touches, evidence + 1) > at(touches, evidence));
        }
    }
}
