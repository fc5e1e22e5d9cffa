//! Customer health (T3): touches × 2 + valid evidence × 5 − overdue days × 3.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::range::{OutOfRange, whole};
use crate::view::Word;

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
    /// Nothing is overdue before the date for which the customer asked, such as 3 个月后再联系. Off unless switched on.
    #[serde(default)]
    pub pause_until_next_date: bool,
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
    /// When the day begins for which the customer asked in the last touch, if one did. Matters only if the formula pauses for it.
    pub asked_for: Option<DateTime<Utc>>,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parts {
    /// Touches in the window.
    pub touches: i64,
    /// Valid evidence in the window.
    pub evidence: i64,
    /// Whole days past the last touch plus the grace.
    pub overdue_days: i64,
}

impl Formula {
    /// Whether every number can be worked with.
    pub fn check(&self) -> Result<(), OutOfRange> {
        whole("health.window_days", self.window_days, 1..=366)?;
        whole("health.per_touch", self.per_touch, 0..=1000)?;
        whole("health.per_evidence", self.per_evidence, 0..=1000)?;
        whole("health.per_overdue_day", self.per_overdue_day, 0..=1000)?;
        whole("health.grace_hours", self.grace_hours, 0..=8_784)?;
        whole("health.red_below", self.red_below, -1_000_000..=1_000_000)
    }

    /// The first instant that counts.
    pub fn window_start(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.window_days)
    }

    /// The score at `now`.
    pub fn score(&self, facts: Facts, now: DateTime<Utc>) -> Health {
        let mut overdue = now - facts.last_contact - TimeDelta::hours(self.grace_hours);
        if let Some(asked_for) = facts.asked_for.filter(|_| self.pause_until_next_date) {
            overdue = overdue.min(now - asked_for);
        }
        let parts = Parts { touches: facts.touches, evidence: facts.evidence, overdue_days: overdue.num_days().max(0) };
        let score = parts.touches * self.per_touch + parts.evidence * self.per_evidence - parts.overdue_days * self.per_overdue_day;
        let sum = format!(
            "{score} = {}×{} + {}×{} − {}×{}",
            parts.touches, self.per_touch, parts.evidence, self.per_evidence, parts.overdue_days, self.per_overdue_day
        );
        Health { score, red: score < self.red_below, parts, sum }
    }

    /// What a score is made of, in words, one per part of the formula.
    pub fn reasons(&self, parts: &Parts) -> Vec<Word> {
        let reason = |key: &str, count: i64, weight: i64| {
            let value = |name: &str| match name {
                "count" => Some(count.to_string()),
                "weight" => Some(weight.abs().to_string()),
                "points" => Some((count * weight).to_string().replace('-', "−")),
                "days" => Some(self.window_days.to_string()),
                "hours" => Some(self.grace_hours.to_string()),
                _ => None,
            };
            let words = Word::fixed("health", key);
            Word { zh: chuda_words::fill(&words.zh, value), en: chuda_words::fill(&words.en, value), ..words }
        };
        vec![
            reason("touches", parts.touches, self.per_touch),
            reason("evidence", parts.evidence, self.per_evidence),
            reason("overdue", parts.overdue_days, -self.per_overdue_day),
        ]
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

    fn facts(touches: i64, evidence: i64, last_contact: DateTime<Utc>) -> Facts {
        Facts { touches, evidence, last_contact, asked_for: None }
    }

    #[test]
    fn the_worked_example_is_twelve_and_red() {
        let health = formula().score(facts(4, 2, now() - TimeDelta::days(5)), now());
        assert_eq!((health.score, health.red), (12, true));
        assert_eq!(health.sum, "12 = 4×2 + 2×5 − 2×3");
    }

    #[test]
    fn exactly_fifteen_is_not_red() {
        let health = formula().score(facts(5, 1, now()), now());
        assert_eq!((health.score, health.red), (15, false));
        let health = formula().score(facts(7, 0, now()), now());
        assert_eq!((health.score, health.red), (14, true));
    }

    #[test]
    fn a_day_is_overdue_only_when_it_is_whole() {
        let overdue = |since: TimeDelta| formula().score(facts(0, 0, now() - since), now()).parts.overdue_days;
        assert_eq!(overdue(TimeDelta::hours(72)), 0);
        assert_eq!(overdue(TimeDelta::hours(96) - TimeDelta::milliseconds(1)), 0);
        assert_eq!(overdue(TimeDelta::hours(96)), 1);
        assert_eq!(overdue(TimeDelta::days(-3)), 0, "a touch from a clock that runs ahead");
    }

    #[test]
    fn a_formula_that_cannot_be_worked_with_is_refused() {
        formula().check().unwrap();
        let refused = |formula: Formula| formula.check().unwrap_err().to_string();
        assert_eq!(refused(Formula { window_days: i64::MAX, ..formula() }), "health.window_days has to be from 1 to 366");
        assert_eq!(refused(Formula { grace_hours: -1, ..formula() }), "health.grace_hours has to be from 0 to 8784");
        assert_eq!(refused(Formula { per_touch: 1001, ..formula() }), "health.per_touch has to be from 0 to 1000");
    }

    #[test]
    fn a_date_that_the_customer_asked_for_stops_the_count_when_the_formula_says_so() {
        let pausing = Formula { pause_until_next_date: true, ..formula() };
        let overdue = |formula: Formula, asked_for: Option<DateTime<Utc>>| {
            let facts = Facts { asked_for, ..facts(0, 0, now() - TimeDelta::days(60)) };
            formula.score(facts, now()).parts.overdue_days
        };
        assert!(!formula().pause_until_next_date);
        assert_eq!(overdue(formula(), Some(now() + TimeDelta::days(30))), 57);
        assert_eq!(overdue(pausing, None), 57);
        assert_eq!(overdue(pausing, Some(now() + TimeDelta::days(30))), 0);
        assert_eq!(overdue(pausing, Some(now())), 0);
        assert_eq!(overdue(pausing, Some(now() - TimeDelta::days(1) + TimeDelta::milliseconds(1))), 0);
        assert_eq!(overdue(pausing, Some(now() - TimeDelta::days(1))), 1, "the day has come and gone");
        assert_eq!(overdue(pausing, Some(now() - TimeDelta::days(58))), 57, "a date within the 72 hours changes nothing");
    }

    proptest! {
        #[test]
        fn days_are_counted_one_by_one_from_the_later_of_grace_and_date(hours in -50..3000i64, asked in -3000..3000i64, pause: bool) {
            let (last_contact, asked_for) = (now() - TimeDelta::hours(hours), now() - TimeDelta::hours(asked));
            let formula = Formula { pause_until_next_date: pause, ..formula() };
            let mut day = last_contact + TimeDelta::days(3);
            if pause && asked_for > day {
                day = asked_for;
            }
            let mut days = 0;
            while day + TimeDelta::days(1) <= now() {
                day += TimeDelta::days(1);
                days += 1;
            }
            let facts = Facts { asked_for: Some(asked_for), ..facts(0, 0, last_contact) };
            prop_assert_eq!(formula.score(facts, now()).parts.overdue_days, days);
        }

        #[test]
        fn more_touches_never_hurt(touches in 0..100i64, evidence in 0..100i64, hours in 0..2000i64) {
            let at = |touches, evidence| formula().score(facts(touches, evidence, now() - TimeDelta::hours(hours)), now()).score;
            prop_assert!(at(touches + 1, evidence) > at(touches, evidence));
            prop_assert!(at(touches, evidence + 1) > at(touches, evidence));
        }
    }
}
