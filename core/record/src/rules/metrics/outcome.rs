//! Whether something came in time: an answer to a quote within 72 h (G1, F2), the opening of what was sent within 24 h (M1).
//! Hours are calendar hours; the last millisecond of the last hour is still in time.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{FeedbackFact, Ratio, Scope, SendingFact, Span};
use crate::id::CustomerId;

crate::words! {
    /// What became of something that is waited for.
    pub enum Outcome {
        /// It came in time.
        Met = "met",
        /// There is time left.
        Open = "open",
        /// It did not come in time; it may have come later.
        Missed = "missed",
    }
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tally {
    /// Came in time.
    pub met: i64,
    /// Have time left.
    pub open: i64,
    /// Did not come in time.
    pub missed: i64,
}

impl Outcome {
    /// What became of it at `now`, when the first of what was waited for came `at`.
    pub fn of(since: DateTime<Utc>, at: Option<DateTime<Utc>>, hours: i64, now: DateTime<Utc>) -> Self {
        let allowed = TimeDelta::try_hours(hours).unwrap_or(TimeDelta::MAX);
        match at.filter(|at| *at <= now) {
            Some(at) if at - since <= allowed => Self::Met,
            None if now - since <= allowed => Self::Open,
            _ => Self::Missed,
        }
    }
}

impl Tally {
    /// The share that came in time of those that are decided; `None` as long as none is.
    pub fn share(self) -> Option<Ratio> {
        Ratio::some(self.met, self.met + self.missed)
    }
}

impl FromIterator<Outcome> for Tally {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        outcomes.into_iter().fold(Self::default(), |mut tally, outcome| {
            match outcome {
                Outcome::Met => tally.met += 1,
                Outcome::Open => tally.open += 1,
                Outcome::Missed => tally.missed += 1,
            }
            tally
        })
    }
}

/// What became of quotes at `now`: each waits for the first answer of its customer, from its own instant on.
pub fn feedback_on(
    quotes: &[(CustomerId, DateTime<Utc>)],
    feedback: &[FeedbackFact],
    hours: i64,
    now: DateTime<Utc>,
) -> Vec<Outcome> {
    let mut answers: BTreeMap<CustomerId, Vec<DateTime<Utc>>> = BTreeMap::new();
    for answer in feedback {
        answers.entry(answer.customer).or_default().push(answer.at);
    }
    for instants in answers.values_mut() {
        instants.sort_unstable();
    }
    let first_answer = |customer: &CustomerId, since: DateTime<Utc>| {
        let instants = answers.get(customer)?;
        instants.get(instants.partition_point(|at| *at < since)).copied()
    };
    quotes.iter().map(|(customer, since)| Outcome::of(*since, first_answer(customer, *since), hours, now)).collect()
}

/// What became at `now` of the mails and attachments that were sent in a time (M1).
pub fn openings(sendings: &[SendingFact], span: Span, scope: &Scope, hours: i64, now: DateTime<Utc>) -> Tally {
    let sent = sendings.iter().filter(|sending| span.holds(sending.sent_at) && sending.sent_at <= now && scope.has(sending.person));
    sent.map(|sending| sending.outcome(hours, now)).collect()
}

impl SendingFact {
    /// Whether it was opened in time. An opening belongs to its sending, so one that seems earlier, by another clock, is in time.
    pub fn outcome(&self, hours: i64, now: DateTime<Utc>) -> Outcome {
        Outcome::of(self.sent_at, self.opened_at, hours, now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::PersonId;
    use crate::rules::metrics::sample::{customer, facts, now, person};
    use crate::time::to_millis;

    const MS: TimeDelta = TimeDelta::milliseconds(1);

    fn feedback(at: DateTime<Utc>, asked: DateTime<Utc>) -> Outcome {
        feedback_on(&[(customer(1), now())], &[FeedbackFact { customer: customer(1), at }], 72, asked)[0]
    }

    #[test]
    fn an_answer_is_in_time_up_to_the_seventy_second_hour() {
        let (quoted, deadline) = (now(), now() + TimeDelta::hours(72));
        let later = deadline + TimeDelta::days(10);
        assert_eq!(feedback(deadline, later), Outcome::Met);
        assert_eq!(feedback(deadline + MS, later), Outcome::Missed);
        assert_eq!(feedback(quoted, quoted), Outcome::Met, "answered on the spot");
        assert_eq!(feedback(quoted - MS, deadline), Outcome::Open, "that was an answer to something else");
        assert_eq!(feedback(quoted - MS, deadline + MS), Outcome::Missed);
        assert_eq!(feedback(quoted + MS, quoted), Outcome::Open, "it has not come yet");
        let other = feedback_on(&[(customer(1), quoted)], &[FeedbackFact { customer: customer(2), at: quoted }], 72, later);
        assert_eq!(other, [Outcome::Missed], "another customer's answer");
    }

    #[test]
    fn calendar_hours_run_through_a_change_of_clocks() {
        // Berlin turned its clocks back on 25 October 2026: 72 hours end at 11:00 on the wall, not at 12:00.
        let quoted: DateTime<Utc> = "2026-10-24T12:00:00+02:00".parse().unwrap();
        let outcome = |at: &str| Outcome::of(quoted, Some(at.parse().unwrap()), 72, quoted + TimeDelta::days(9));
        assert_eq!(outcome("2026-10-27T11:00:00+01:00"), Outcome::Met);
        assert_eq!(outcome("2026-10-27T11:00:00.001+01:00"), Outcome::Missed);
    }

    #[test]
    fn what_was_sent_is_opened_within_a_day_or_not() {
        let sending = |opened_at| SendingFact { customer: customer(1), person: person(1), sent_at: now(), opened_at };
        let day = now() + TimeDelta::hours(24);
        assert_eq!(sending(Some(day)).outcome(24, day), Outcome::Met);
        assert_eq!(sending(Some(day + MS)).outcome(24, day + MS), Outcome::Missed);
        assert_eq!(sending(None).outcome(24, day), Outcome::Open);
        assert_eq!(sending(None).outcome(24, day + MS), Outcome::Missed);
        assert_eq!(sending(Some(now() - MS)).outcome(24, day), Outcome::Met, "the server's clock is behind the phone's");
    }

    #[test]
    fn nothing_decided_has_no_share() {
        assert_eq!(Tally { met: 0, open: 5, missed: 0 }.share(), None);
        assert_eq!(Tally { met: 13, open: 5, missed: 7 }.share(), Some(Ratio::new(13, 20)));
        assert_eq!(
            [Outcome::Met, Outcome::Open, Outcome::Missed, Outcome::Met].into_iter().collect::<Tally>(),
            Tally { met: 2, open: 1, missed: 1 }
        );
    }

    proptest! {
        #[test]
        fn each_quote_is_judged_as_if_it_were_looked_up_by_hand(facts in facts(), hours in 1..200i64) {
            let quotes: Vec<_> = facts.touches.iter().map(|touch| (touch.customer, touch.at)).collect();
            let outcomes = feedback_on(&quotes, &facts.feedback, hours, now());
            for ((customer, at), outcome) in quotes.iter().zip(outcomes) {
                let (from, to, asked) = (to_millis(*at), to_millis(*at) + hours * 3_600_000, to_millis(now()));
                let mut answered = false;
                for answer in &facts.feedback {
                    let at = to_millis(answer.at);
                    answered |= answer.customer == *customer && at >= from && at <= to && at <= asked;
                }
                let expected = if answered { Outcome::Met } else if asked > to { Outcome::Missed } else { Outcome::Open };
                prop_assert_eq!(outcome, expected);
            }
        }

        #[test]
        fn openings_are_those_of_the_people_and_the_time(facts in facts(), from in -60..10i64, days in 1..30i64) {
            let span = Span { from: now() + TimeDelta::days(from), until: now() + TimeDelta::days(from + days) };
            let tally = openings(&facts.sendings, span, &Scope::person(person(1)), 24, now());
            let (mut met, mut open, mut missed) = (0, 0, 0);
            for sending in &facts.sendings {
                let sent = to_millis(sending.sent_at);
                let PersonId(id) = sending.person;
                if id != person(1).0 || sent < to_millis(span.from) || sent >= to_millis(span.until) || sent > to_millis(now()) {
                    continue;
                }
                let opened = sending.opened_at.map(to_millis).filter(|opened| *opened <= to_millis(now()));
                let deadline = sent + 86_400_000;
                match opened {
                    Some(opened) if opened <= deadline => met += 1,
                    None if to_millis(now()) <= deadline => open += 1,
                    _ => missed += 1,
                }
            }
            prop_assert_eq!(tally, Tally { met, open, missed });
        }
    }
}
