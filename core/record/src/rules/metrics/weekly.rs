//! The process of a week (G1): new valid leads, touches per customer, answers to quotes.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Facts, Ratio, Scope, Span, Tally, feedback_on};
use crate::id::CustomerId;

/// What was counted in a week. Drafts count for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekly {
    /// Leads that were claimed in it and are valid, for whoever has them.
    pub leads: i64,
    /// Touches in it, of whatever action.
    pub touches: i64,
    /// Customers that were touched in it.
    pub customers: i64,
    /// What became of the quotes given in it.
    pub feedback: Tally,
    /// Whether it is over; a running week only grows.
    pub over: bool,
}

impl Weekly {
    /// Counts a week of some people as of `now`.
    pub fn of(facts: &Facts, week: Span, scope: &Scope, feedback_hours: i64, now: DateTime<Utc>) -> Self {
        let inside = |at: DateTime<Utc>| week.holds(at) && at <= now;
        let leads = facts.leads.iter().filter(|lead| lead.valid && scope.has(lead.holder) && inside(lead.claimed_at)).count();
        let (mut touches, mut customers, mut quotes) = (0, BTreeSet::<CustomerId>::new(), Vec::new());
        for touch in facts.touches.iter().filter(|touch| touch.counted && scope.has(touch.person) && inside(touch.at)) {
            touches += 1;
            customers.insert(touch.customer);
            if touch.quote {
                quotes.push((touch.customer, touch.at));
            }
        }
        Self {
            leads: leads as i64,
            touches,
            customers: customers.len() as i64,
            feedback: feedback_on(&quotes, &facts.feedback, feedback_hours, now).into_iter().collect(),
            over: week.until <= now,
        }
    }

    /// Touches per customer that was touched. Those who were not touched are what density and health are for: three records a day
    /// could never reach 3.2 for every customer. When nobody was touched it is 0.
    pub fn touches_per_customer(&self) -> Ratio {
        Ratio::new(self.touches, self.customers.max(1))
    }

    /// The share of the quotes of the week that were answered in time. A quote that still has time is left out, until its time
    /// has passed or its answer has come; `None` as long as nothing is decided.
    pub fn feedback_share(&self) -> Option<Ratio> {
        self.feedback.share()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Days, TimeDelta};
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::id::PersonId;
    use crate::rules::metrics::sample::{customer, facts, instant, lead, now, person, quote, touch, zone};
    use crate::rules::metrics::{FeedbackFact, TouchFact, Week};
    use crate::time::to_millis;

    const MS: TimeDelta = TimeDelta::milliseconds(1);

    fn of(facts: &Facts, zone: Tz, scope: &Scope, now: DateTime<Utc>) -> Weekly {
        Weekly::of(facts, Week::containing("2026-11-16".parse().unwrap()).span(zone), scope, 72, now)
    }

    #[test]
    fn a_touch_at_monday_midnight_belongs_to_the_week_that_begins() {
        let edges = |zone: Tz, midnight: &str| {
            let from: DateTime<Utc> = midnight.parse().unwrap();
            let until = from + TimeDelta::days(7);
            let count =
                |at| of(&Facts { touches: vec![touch(1, 1, at, "demo", 1)], ..Facts::default() }, zone, &Scope::All, now()).touches;
            assert_eq!([count(from - MS), count(from), count(until - MS), count(until)], [0, 1, 1, 0], "{zone}");
        };
        edges(Tz::Asia__Shanghai, "2026-11-16T00:00:00+08:00");
        edges(Tz::Europe__Berlin, "2026-11-16T00:00:00+01:00");
        edges(Tz::America__New_York, "2026-11-16T00:00:00-05:00");
    }

    #[test]
    fn an_average_is_over_the_customers_that_were_touched() {
        let at = |days| now() - TimeDelta::days(days);
        let touches = vec![touch(1, 1, at(2), "demo", 1), touch(1, 2, at(3), "book_demo", 0), touch(2, 1, at(4), "sign", 1)];
        let mut facts = Facts { touches, ..Facts::default() };
        facts.touches.push(touch(3, 1, at(12), "demo", 1));
        let week = of(&facts, Tz::Asia__Shanghai, &Scope::All, now());
        assert_eq!((week.touches, week.customers, week.touches_per_customer()), (3, 2, Ratio::new(3, 2)));
        let week = of(&facts, Tz::Asia__Shanghai, &Scope::person(person(1)), now());
        assert_eq!(week.touches_per_customer(), Ratio::new(2, 2));
        let week = of(&facts, Tz::Asia__Shanghai, &Scope::person(person(4)), now());
        assert_eq!(week.touches_per_customer(), Ratio::new(0, 1));
        facts.touches[0].counted = false;
        assert_eq!(of(&facts, Tz::Asia__Shanghai, &Scope::All, now()).touches, 2, "a draft counts for nothing");
    }

    #[test]
    fn a_quote_is_judged_when_its_answer_or_its_deadline_has_come() {
        let sunday: DateTime<Utc> = "2026-11-22T10:00:00+08:00".parse().unwrap();
        let deadline = sunday + TimeDelta::hours(72);
        let mut facts = Facts { touches: vec![quote(1, 1, sunday), quote(2, 1, sunday)], ..Facts::default() };
        facts.feedback = vec![FeedbackFact { customer: customer(1), at: deadline }];
        let share = |facts: &Facts, at| of(facts, Tz::Asia__Shanghai, &Scope::All, at).feedback_share();
        assert_eq!(share(&facts, deadline - MS), None);
        assert_eq!(share(&facts, deadline), Some(Ratio::new(1, 1)), "answered in the last millisecond, the other is still open");
        assert_eq!(share(&facts, deadline + MS), Some(Ratio::new(1, 2)));
        facts.touches[1].counted = false;
        assert_eq!(share(&facts, deadline + MS), Some(Ratio::new(1, 1)));
        assert_eq!(of(&facts, Tz::Asia__Shanghai, &Scope::person(person(2)), now()).feedback_share(), None, "韩梅 quoted nothing");
    }

    #[test]
    fn a_lead_is_new_when_it_is_claimed_and_valid() {
        let thursday: DateTime<Utc> = "2026-11-19T09:00:00+08:00".parse().unwrap();
        let mut facts =
            Facts { leads: vec![lead(1, thursday, None), lead(2, thursday, None), lead(1, now(), None)], ..Facts::default() };
        facts.leads[1].valid = false;
        let week = |at| of(&facts, Tz::Asia__Shanghai, &Scope::All, at);
        assert_eq!(week(now()).leads, 1);
        assert_eq!([week(thursday).leads, week(thursday - MS).leads], [1, 0]);
        let midnight: DateTime<Utc> = "2026-11-23T00:00:00+08:00".parse().unwrap();
        assert_eq!([week(midnight).over, week(midnight - MS).over], [true, false]);
    }

    proptest! {
        #[test]
        fn a_week_is_what_a_calendar_and_a_list_give(facts in facts(), zone in zone(), back in 0..9i64, ahead in -20..20i64) {
            let week = Week::of(now(), zone).plus(-back);
            let asked = now() + TimeDelta::days(ahead);
            let people = [person(1), person(3)];
            let counted = Weekly::of(&facts, week.span(zone), &Scope::People(people.into()), 72, asked);

            // By local dates instead of instants, one fact after the other.
            let in_week = |at: DateTime<Utc>| {
                let mut day = at.with_timezone(&zone).date_naive();
                day = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
                day == week.monday() && at <= asked
            };
            let ours = |id: PersonId| people.contains(&id);
            let mut leads = 0;
            for lead in &facts.leads {
                if lead.valid && ours(lead.holder) && in_week(lead.claimed_at) {
                    leads += 1;
                }
            }
            let (mut touches, mut touched, mut tally) = (0, Vec::new(), Tally::default());
            for touch in &facts.touches {
                if !touch.counted || !ours(touch.person) || !in_week(touch.at) {
                    continue;
                }
                touches += 1;
                if !touched.contains(&touch.customer) {
                    touched.push(touch.customer);
                }
                if touch.quote {
                    let waited = |at: DateTime<Utc>| to_millis(at) - to_millis(touch.at);
                    let in_time = |ms: i64| (0..=72 * 3_600_000).contains(&ms);
                    let answered = facts.feedback.iter().any(|f| f.customer == touch.customer && f.at <= asked && in_time(waited(f.at)));
                    if answered {
                        tally.met += 1;
                    } else if in_time(waited(asked)) {
                        tally.open += 1;
                    } else {
                        tally.missed += 1;
                    }
                }
            }
            let over = asked.with_timezone(&zone).date_naive() >= week.monday() + Days::new(7);
            prop_assert_eq!(counted, Weekly { leads, touches, customers: touched.len() as i64, feedback: tally, over });
        }

        #[test]
        fn weeks_add_up_and_people_add_up(facts in facts(), zone in zone(), asked in instant()) {
            // Every fact lies in some week, and in one only.
            let whole = |scope: &Scope| {
                Week::of(now(), zone).plus(30).last_of(80).fold((0, 0, 0), |(leads, touches, quotes), week| {
                    let week = Weekly::of(&facts, week.span(zone), scope, 72, asked);
                    let Tally { met, open, missed } = week.feedback;
                    (leads + week.leads, touches + week.touches, quotes + met + open + missed)
                })
            };
            let counted = |touch: &&TouchFact| touch.counted && touch.at <= asked;
            let touches = facts.touches.iter().filter(counted).count() as i64;
            let quotes = facts.touches.iter().filter(counted).filter(|touch| touch.quote).count() as i64;
            let leads = facts.leads.iter().filter(|lead| lead.valid && lead.claimed_at <= asked).count() as i64;
            prop_assert_eq!(whole(&Scope::All), (leads, touches, quotes));
            let each: Vec<_> = (0..5).map(|n| whole(&Scope::person(person(n)))).collect();
            prop_assert_eq!(each.iter().fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2)), (leads, touches, quotes));
        }
    }
}
