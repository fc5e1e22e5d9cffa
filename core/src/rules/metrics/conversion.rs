//! Conversion of valid leads (G3): of those claimed in some weeks, the share that has come as far as 方案报价.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{LeadFact, MOST_WEEKS, Ratio, Scope, Week};
use crate::id::PersonId;

/// When conversion is too low; configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConversionRule {
    /// Below this share a week is a bad one; exactly this is not.
    pub below: Ratio,
    /// So many bad weeks in running call for help.
    pub weeks: u32,
    /// The leads of so many weeks, up to the end of the week in question, are looked at.
    pub over_weeks: u32,
}

/// Conversion of one week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// The week.
    pub week: Week,
    /// Leads that were quoted by its end, of the valid ones; `None` when there was none.
    pub share: Option<Ratio>,
    /// Whether it is too low. A week without valid leads is not: it says nothing about conversion, and ends a row of bad weeks.
    pub below: bool,
}

/// A person who converts too little for too long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slump {
    /// Who.
    pub person: PersonId,
    /// For how many weeks in running.
    pub streak: u32,
    /// The last of these, as many as call for help, oldest first.
    pub weeks: Vec<Conversion>,
}

impl Default for ConversionRule {
    fn default() -> Self {
        Self { below: Ratio::percent(12), weeks: 3, over_weeks: 4 }
    }
}

impl ConversionRule {
    /// Conversion of a week, as it was when the week ended: a later quote does not change it.
    pub fn of_week(&self, leads: &[LeadFact], scope: &Scope, week: Week, zone: Tz) -> Conversion {
        self.judge(leads.iter().filter(|lead| scope.has(lead.holder)), week, zone)
    }

    /// How many weeks in running, up to and with this one, were too low. At most [`MOST_WEEKS`].
    pub fn streak_below(&self, leads: &[LeadFact], scope: &Scope, week: Week, zone: Tz) -> u32 {
        let leads: Vec<&LeadFact> = leads.iter().filter(|lead| scope.has(lead.holder)).collect();
        self.streak(&leads, week, zone)
    }

    /// Whether a row of bad weeks calls for help at its present length: after three weeks, and again after each three more.
    pub fn calls_for_help(&self, streak: u32) -> bool {
        streak > 0 && streak.checked_rem(self.weeks) == Some(0)
    }

    /// Everybody whose last weeks, up to and with one that is over, were all too low, however long already.
    pub fn slumps(&self, leads: &[LeadFact], week: Week, zone: Tz) -> Vec<Slump> {
        let mut by_holder: BTreeMap<PersonId, Vec<&LeadFact>> = BTreeMap::new();
        for lead in leads {
            by_holder.entry(lead.holder).or_default().push(lead);
        }
        let slump = |(person, leads): (PersonId, Vec<&LeadFact>)| {
            let streak = self.streak(&leads, week, zone);
            let weeks = || week.last_of(self.weeks).map(|week| self.judge(leads.iter().copied(), week, zone)).collect();
            (streak > 0 && streak >= self.weeks).then(|| Slump { person, streak, weeks: weeks() })
        };
        by_holder.into_iter().filter_map(slump).collect()
    }

    fn streak(&self, leads: &[&LeadFact], week: Week, zone: Tz) -> u32 {
        let weeks = week.last_of(MOST_WEEKS).rev();
        weeks.take_while(|week| self.judge(leads.iter().copied(), *week, zone).below).count() as u32
    }

    fn judge<'a>(&self, leads: impl Iterator<Item = &'a LeadFact>, week: Week, zone: Tz) -> Conversion {
        let until = week.span(zone).until;
        let from = week.plus(1 - i64::from(self.over_weeks.max(1))).span(zone).from;
        let (mut quoted, mut valid) = (0, 0);
        for lead in leads.filter(|lead| lead.valid && from <= lead.claimed_at && lead.claimed_at < until) {
            valid += 1;
            quoted += i64::from(lead.quoted_at.is_some_and(|at| at < until));
        }
        let share = Ratio::some(quoted, valid);
        Conversion { week, share, below: share.is_some_and(|share| share.below(self.below)) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::rules::metrics::sample::{facts, lead, now, person, zone};

    const ZONE: Tz = Tz::Asia__Shanghai;

    fn week(name: &str) -> Week {
        name.parse().unwrap()
    }

    /// So many of 李雷's leads, claimed on the Wednesday of a week, of which some were quoted the day after.
    fn claimed(name: &str, quoted: usize, all: usize) -> Vec<LeadFact> {
        let wednesday = week(name).span(ZONE).from + TimeDelta::hours(60);
        (0..all).map(|n| lead(1, wednesday, (n < quoted).then_some(wednesday + TimeDelta::days(1)))).collect()
    }

    fn share(leads: &[LeadFact], name: &str) -> Option<Ratio> {
        ConversionRule::default().of_week(leads, &Scope::All, week(name), ZONE).share
    }

    #[test]
    fn exactly_twelve_percent_is_not_below() {
        let below = |quoted, all| {
            ConversionRule::default().of_week(&claimed("2026-W40", quoted, all), &Scope::All, week("2026-W40"), ZONE).below
        };
        assert!(!below(3, 25));
        assert!(!below(1, 8));
        assert!(below(2, 17), "2 of 17 are 11.7 %");
        assert!(below(0, 1));
    }

    #[test]
    fn the_leads_of_four_weeks_count_as_they_stood_at_the_end() {
        let mut leads = claimed("2026-W40", 1, 2);
        assert_eq!(share(&leads, "2026-W39"), None);
        for name in ["2026-W40", "2026-W43"] {
            assert_eq!(share(&leads, name), Some(Ratio::new(1, 2)), "{name}");
        }
        assert_eq!(share(&leads, "2026-W44"), None);
        let end = week("2026-W42").span(ZONE).until;
        leads[0].quoted_at = Some(end);
        assert_eq!([share(&leads, "2026-W42"), share(&leads, "2026-W43")], [Some(Ratio::new(0, 2)), Some(Ratio::new(1, 2))]);
        leads[0].quoted_at = Some(end - TimeDelta::milliseconds(1));
        leads[1].valid = false;
        assert_eq!(share(&leads, "2026-W42"), Some(Ratio::new(1, 1)));
    }

    #[test]
    fn a_week_turns_at_midnight_of_the_zone() {
        // Clocks were put back in Berlin on Sunday the 25th of October 2026, the last day of week 43.
        let midnight: DateTime<Utc> = "2026-10-26T00:00:00+01:00".parse().unwrap();
        let rule = ConversionRule { over_weeks: 1, ..ConversionRule::default() };
        let has = |at, name| rule.of_week(&[lead(1, at, None)], &Scope::All, week(name), Tz::Europe__Berlin).share.is_some();
        let before = midnight - TimeDelta::milliseconds(1);
        assert_eq!([has(before, "2026-W43"), has(before, "2026-W44")], [true, false]);
        assert_eq!([has(midnight, "2026-W43"), has(midnight, "2026-W44")], [false, true]);
    }

    #[test]
    fn three_bad_weeks_in_running_call_for_help() {
        let rule = ConversionRule::default();
        let leads = claimed("2026-W40", 0, 9);
        let streak = |name| rule.streak_below(&leads, &Scope::person(person(1)), week(name), ZONE);
        assert_eq!(["2026-W39", "2026-W40", "2026-W41", "2026-W42"].map(streak), [0, 1, 2, 3]);
        assert_eq!(["2026-W43", "2026-W44"].map(streak), [4, 0], "without valid leads no week is a bad one");
        assert_eq!(rule.streak_below(&leads, &Scope::person(person(2)), week("2026-W42"), ZONE), 0);
        assert_eq!([0, 1, 2, 3, 4, 6].map(|streak| rule.calls_for_help(streak)), [false, false, false, true, false, true]);

        assert_eq!(rule.slumps(&leads, week("2026-W41"), ZONE), []);
        let slump = &rule.slumps(&leads, week("2026-W43"), ZONE)[0];
        assert_eq!((slump.person, slump.streak), (person(1), 4));
        assert_eq!(slump.weeks.iter().map(|c| c.week.to_string()).collect::<Vec<_>>(), ["2026-W41", "2026-W42", "2026-W43"]);
    }

    #[test]
    fn a_good_week_between_ends_the_row() {
        let mut leads = claimed("2026-W40", 0, 9);
        leads.extend(claimed("2026-W42", 9, 9));
        leads.extend(claimed("2026-W46", 0, 9));
        let streak = |name| ConversionRule::default().streak_below(&leads, &Scope::All, week(name), ZONE);
        assert_eq!(["2026-W41", "2026-W42", "2026-W45", "2026-W46"].map(streak), [2, 0, 0, 1]);
    }

    /// The definition by local dates: how many weeks before the one in question a lead was claimed.
    fn slow(leads: &[LeadFact], people: &[PersonId], monday: NaiveDate, zone: Tz) -> Option<Ratio> {
        let monday_of = |at: DateTime<Utc>| {
            let day = at.with_timezone(&zone).date_naive();
            day - Days::new(u64::from(day.weekday().num_days_from_monday()))
        };
        let (mut valid, mut quoted) = (0, 0);
        for lead in leads {
            let weeks_before = (monday - monday_of(lead.claimed_at)).num_days() / 7;
            if people.contains(&lead.holder) && lead.valid && monday_of(lead.claimed_at) <= monday && weeks_before < 4 {
                valid += 1;
                if lead.quoted_at.is_some() && monday_of(lead.quoted_at.unwrap()) <= monday {
                    quoted += 1;
                }
            }
        }
        (valid != 0).then(|| Ratio::new(quoted, valid))
    }

    proptest! {
        #[test]
        fn conversion_and_rows_are_those_of_the_definition(facts in facts(), zone in zone(), back in 0..12i64) {
            let (rule, week) = (ConversionRule::default(), Week::of(now(), zone).plus(-back));
            let mut expected_slumps = Vec::new();
            for someone in (0..5).map(person) {
                let scope = Scope::person(someone);
                let share = slow(&facts.leads, &[someone], week.monday(), zone);
                prop_assert_eq!(rule.of_week(&facts.leads, &scope, week, zone).share, share);
                let mut streak = 0;
                let mut monday = week.monday();
                while let Some(Ratio { part, whole }) = slow(&facts.leads, &[someone], monday, zone) {
                    if part * 100 >= whole * 12 {
                        break;
                    }
                    streak += 1;
                    monday = monday - Days::new(7);
                }
                prop_assert_eq!(rule.streak_below(&facts.leads, &scope, week, zone), streak);
                if streak >= 3 {
                    expected_slumps.push((someone, streak));
                }
            }
            let slumps = rule.slumps(&facts.leads, week, zone);
            prop_assert!(slumps.iter().all(|slump| slump.weeks.len() == 3 && slump.weeks.iter().all(|week| week.below)));
            prop_assert_eq!(slumps.into_iter().map(|slump| (slump.person, slump.streak)).collect::<Vec<_>>(), expected_slumps);
        }
    }
}
