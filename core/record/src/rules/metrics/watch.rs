//! What a weekly rule watches (G3): a figure of a person that stays too low for weeks in a row.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::{Facts, MOST_WEEKS, Ratio, Scope, Week, Weekly, conversion};
use crate::rules::Config;
use crate::rules::rule::{self, Metric, Trigger};

/// A weekly rule together with the targets that define its figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// The figure.
    pub metric: Metric,
    /// Below this share a week is a bad one; exactly this is not.
    pub below: Ratio,
    /// So many bad weeks in a row call for help.
    pub weeks: u32,
    over_weeks: u32,
    feedback_hours: i64,
    zone: Tz,
}

impl Watch {
    /// What a weekly rule of a configuration watches.
    pub fn of(config: &Config, trigger: &rule::Week) -> Self {
        Self {
            metric: trigger.metric,
            below: Ratio::percent(trigger.below_percent),
            weeks: trigger.weeks,
            over_weeks: config.targets.conversion_over_weeks,
            feedback_hours: config.targets.weekly.feedback_hours,
            zone: config.calendar.zone,
        }
    }

    /// What the first rule in force that watches a figure says of it.
    pub fn first(config: &Config, metric: Metric) -> Option<Self> {
        config.weekly().find_map(|rule| match &rule.trigger {
            Trigger::Week(trigger) if trigger.metric == metric => Some(Self::of(config, trigger)),
            _ => None,
        })
    }

    /// The bad weeks in a row up to and with one, newest first, at most [`MOST_WEEKS`]. A week in which there was nothing to have a
    /// share of is none: it says nothing, and ends the row.
    pub fn row(&self, facts: &Facts, scope: &Scope, week: Week) -> Vec<(Week, Ratio)> {
        let share = |other| Some((other, self.share(facts, scope, other, week)?));
        let weeks = week.last_of(MOST_WEEKS).rev().map_while(share);
        weeks.take_while(|(_, share)| share.below(self.below)).collect()
    }

    /// Whether a row of so many bad weeks calls for help: after three weeks, and again after each three more.
    pub fn calls_for_help(&self, row: usize) -> bool {
        row > 0 && u32::try_from(row).is_ok_and(|row| row.checked_rem(self.weeks) == Some(0))
    }

    /// A row spelled out, oldest week first, such as `2026-W45 0 / 9 = 0.0 %, 2026-W46 1 / 9 = 11.1 % < 12 %`: the last weeks of it,
    /// as many as call for help.
    pub fn spell(&self, row: &[(Week, Ratio)]) -> String {
        let weeks = row.iter().take(self.weeks as usize).rev().map(|(week, share)| format!("{week} {}", share.sum()));
        format!("{} < {} %", weeks.collect::<Vec<_>>().join(", "), self.below.times(Ratio::new(100, 1)))
    }

    /// The share of a week, as it stood when another had ended.
    fn share(&self, facts: &Facts, scope: &Scope, week: Week, seen_from: Week) -> Option<Ratio> {
        match self.metric {
            Metric::Conversion => conversion(&facts.leads, scope, week, self.over_weeks, self.zone),
            Metric::Feedback => {
                let end = seen_from.span(self.zone).until - TimeDelta::milliseconds(1);
                Weekly::of(facts, week.span(self.zone), scope, self.feedback_hours, end).feedback_share()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::metrics::sample::{ZONE, claimed, facts, now, person, quote, week, zone};
    use crate::rules::metrics::{FeedbackFact, LeadFact, Tally};

    fn watch() -> Watch {
        Watch::first(Config::builtin(), Metric::Conversion).unwrap()
    }

    fn weeks(leads: &[LeadFact], name: &str) -> usize {
        let facts = Facts { leads: leads.to_vec(), ..Facts::default() };
        watch().row(&facts, &Scope::person(person(1)), week(name)).len()
    }

    #[test]
    fn exactly_twelve_percent_is_not_below() {
        let below = |quoted, all| weeks(&claimed("2026-W40", quoted, all), "2026-W40") == 1;
        assert!(!below(3, 25));
        assert!(!below(1, 8));
        assert!(below(2, 17), "2 of 17 are 11.7 %");
        assert!(below(0, 1));
    }

    #[test]
    fn three_bad_weeks_in_running_call_for_help_and_three_more_again() {
        let leads = claimed("2026-W40", 0, 9);
        assert_eq!(["2026-W39", "2026-W40", "2026-W41", "2026-W42"].map(|name| weeks(&leads, name)), [0, 1, 2, 3]);
        assert_eq!(["2026-W43", "2026-W44"].map(|name| weeks(&leads, name)), [4, 0], "without valid leads no week is a bad one");
        assert_eq!([0, 1, 2, 3, 4, 6].map(|row| watch().calls_for_help(row)), [false, false, false, true, false, true]);
        let facts = Facts { leads, ..Facts::default() };
        assert_eq!(watch().row(&facts, &Scope::person(person(2)), week("2026-W42")), []);
        let row = watch().row(&facts, &Scope::All, week("2026-W43"));
        assert_eq!(watch().spell(&row), "2026-W41 0 / 9 = 0.0 %, 2026-W42 0 / 9 = 0.0 %, 2026-W43 0 / 9 = 0.0 % < 12 %");
    }

    #[test]
    fn a_good_week_between_ends_the_row() {
        let mut leads = claimed("2026-W40", 0, 9);
        leads.extend(claimed("2026-W42", 9, 9));
        leads.extend(claimed("2026-W46", 0, 9));
        assert_eq!(["2026-W41", "2026-W42", "2026-W45", "2026-W46"].map(|name| weeks(&leads, name)), [2, 0, 0, 1]);
    }

    #[test]
    fn answers_to_quotes_can_be_watched_too() {
        let trigger = rule::Week { metric: Metric::Feedback, below_percent: 65, weeks: 2 };
        let watch = Watch::of(Config::builtin(), &trigger);
        let tuesday = |name: &str| week(name).span(ZONE).from + TimeDelta::hours(30);
        let mut facts = Facts::default();
        for name in ["2026-W40", "2026-W41"] {
            facts.touches.extend((1..=3).map(|n| quote(n, 1, tuesday(name))));
            facts.feedback.push(FeedbackFact { customer: facts.touches[0].customer, at: tuesday(name) + TimeDelta::hours(1) });
        }
        let row = |name| watch.row(&facts, &Scope::person(person(1)), week(name));
        let bad = |name| (week(name), Ratio::new(1, 3));
        assert_eq!(row("2026-W41"), [bad("2026-W41"), bad("2026-W40")]);
        assert_eq!((row("2026-W42"), row("2026-W40")), (vec![], vec![bad("2026-W40")]));
    }

    proptest! {
        #[test]
        fn a_row_ends_at_the_first_week_that_is_not_bad(facts in facts(), zone in zone(), back in 0..12i64, feedback: bool) {
            let metric = if feedback { Metric::Feedback } else { Metric::Conversion };
            let mut config = Config::builtin().clone();
            config.calendar.zone = zone;
            let watch = Watch::of(&config, &rule::Week { metric, below_percent: 50, weeks: 3 });
            let last = Week::of(now(), zone).plus(-back);
            for someone in (0..5).map(person) {
                let scope = Scope::person(someone);
                let row = watch.row(&facts, &scope, last);
                for (n, (week, share)) in (0..).zip(&row) {
                    prop_assert_eq!(*week, last.plus(-n));
                    prop_assert!(share.part * 2 < share.whole);
                }
                let next = last.plus(-(row.len() as i64));
                let share = match metric {
                    Metric::Conversion => conversion(&facts.leads, &scope, next, 4, zone),
                    Metric::Feedback => {
                        let end = last.span(zone).until - TimeDelta::milliseconds(1);
                        let Tally { met, missed, .. } = Weekly::of(&facts, next.span(zone), &scope, 72, end).feedback;
                        Ratio::some(met, met + missed)
                    }
                };
                prop_assert!(share.is_none_or(|share| share.part * 2 >= share.whole));
            }
        }
    }
}
