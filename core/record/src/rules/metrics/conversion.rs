//! Conversion of valid leads (G3): of those claimed in some weeks, the share that has come as far as 方案报价.

use chrono_tz::Tz;

use super::{LeadFact, Ratio, Scope, Week};

/// Conversion of a week, as it was when the week ended: a later quote does not change it. The leads that were claimed in the last
/// `over_weeks` weeks up to its end are looked at; `None` when none of them is valid.
pub fn conversion(leads: &[LeadFact], scope: &Scope, week: Week, over_weeks: u32, zone: Tz) -> Option<Ratio> {
    let until = week.span(zone).until;
    let from = week.plus(1 - i64::from(over_weeks.max(1))).span(zone).from;
    let (mut quoted, mut valid) = (0, 0);
    for lead in leads.iter().filter(|lead| lead.valid && scope.has(lead.holder)) {
        if from <= lead.claimed_at && lead.claimed_at < until {
            valid += 1;
            quoted += i64::from(lead.quoted_at.is_some_and(|at| at < until));
        }
    }
    Ratio::some(quoted, valid)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::rules::metrics::sample::{ZONE, claimed, facts, lead, now, person, week, zone};

    fn share(leads: &[LeadFact], name: &str) -> Option<Ratio> {
        conversion(leads, &Scope::All, week(name), 4, ZONE)
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
        let has = |at, name| conversion(&[lead(1, at, None)], &Scope::All, week(name), 1, Tz::Europe__Berlin).is_some();
        let before = midnight - TimeDelta::milliseconds(1);
        assert_eq!([has(before, "2026-W43"), has(before, "2026-W44")], [true, false]);
        assert_eq!([has(midnight, "2026-W43"), has(midnight, "2026-W44")], [false, true]);
    }

    proptest! {
        /// By local dates: how many weeks before the one in question a lead was claimed.
        #[test]
        fn conversion_is_that_of_the_definition(facts in facts(), zone in zone(), back in 0..12i64, n in 0..5u128) {
            let week = Week::of(now(), zone).plus(-back);
            let monday_of = |at: DateTime<Utc>| {
                let day = at.with_timezone(&zone).date_naive();
                day - Days::new(u64::from(day.weekday().num_days_from_monday()))
            };
            let (mut valid, mut quoted) = (0, 0);
            for lead in facts.leads.iter().filter(|lead| lead.holder == person(n) && lead.valid) {
                let weeks_before = (week.monday() - monday_of(lead.claimed_at)).num_days() / 7;
                if monday_of(lead.claimed_at) <= week.monday() && weeks_before < 4 {
                    valid += 1;
                    if lead.quoted_at.is_some_and(|at| monday_of(at) <= week.monday()) {
                        quoted += 1;
                    }
                }
            }
            let share = (valid != 0).then(|| Ratio::new(quoted, valid));
            prop_assert_eq!(conversion(&facts.leads, &Scope::person(person(n)), week, 4, zone), share);
        }
    }
}
