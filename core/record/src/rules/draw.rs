//! The draw of a back-check (R1): which records are looked at follows from a seed and the candidates, and anyone can work it out again.
//!
//! 1. The candidates are the touches that count (they have evidence) and happened in the period, by those below the supervisor.
//!    Their digest is the SHA-256 of their ids, sorted, one a line: `sort candidates.txt | sha256sum`.
//! 2. The seed is 64 hexadecimal digits, 32 bytes of chance that the server draws once the period is over and keeps in the record.
//!    Nobody knows it while there is still something to record, and nobody can choose it.
//! 3. A candidate's ticket is the SHA-256 of the seed, a slash and the id: `printf '%s/%s' "$seed" "$id" | sha256sum`.
//! 4. The candidates with the smallest tickets are drawn, in the order of their tickets, as many as the configuration says.
//!
//! Periods are whole weeks, counted from Monday 2024-01-01 in the zone of the configuration's calendar.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::id::{Hash, TouchId};
use crate::time::start_of_day;

/// The Monday that periods are counted from.
const FIRST_MONDAY: NaiveDate = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day of the calendar");

/// Days whose touches are looked at together, the first and the last among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// The period of so many weeks that a day falls into.
    pub fn of(day: NaiveDate, weeks: u32) -> Self {
        let length = i64::from(weeks.max(1)) * 7;
        let from = FIRST_MONDAY + TimeDelta::days((day - FIRST_MONDAY).num_days().div_euclid(length) * length);
        Self { from, to: from + TimeDelta::days(length - 1) }
    }

    /// The last periods that are over on a day, the latest last.
    pub fn ended(today: NaiveDate, weeks: u32, count: u32) -> Vec<Self> {
        let mut period = Self::of(today, weeks);
        let mut ended: Vec<Self> = (0..count)
            .map(|_| {
                period = Self::of(period.from - Days::new(1), weeks);
                period
            })
            .collect();
        ended.reverse();
        ended
    }

    /// What is left of it after days that were looked at before, under another length, say. Each day is looked at once.
    pub fn after(self, before: &[Self]) -> Option<Self> {
        let overlapping = before.iter().filter(|other| other.from <= self.to && other.to >= self.from);
        let from = overlapping.map(|other| other.to + Days::new(1)).max().unwrap_or(self.from).max(self.from);
        (from <= self.to).then_some(Self { from, to: self.to })
    }

    /// Its first instant, and the first one after it.
    pub fn instants(self, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
        (start_of_day(self.from, zone), start_of_day(self.to + Days::new(1), zone))
    }
}

/// The records that a seed draws from candidates, first drawn first.
pub fn draw(seed: &str, candidates: &BTreeSet<TouchId>, records: usize) -> Vec<TouchId> {
    let ticket = |id: &TouchId| Hash::of(format!("{seed}/{id}").as_bytes());
    let mut tickets: Vec<(Hash, TouchId)> = candidates.iter().map(|id| (ticket(id), *id)).collect();
    tickets.sort_unstable();
    tickets.into_iter().take(records).map(|(_, id)| id).collect()
}

/// What names a set of candidates: the SHA-256 of their ids, sorted, one a line.
pub fn digest(candidates: &BTreeSet<TouchId>) -> Hash {
    let lines: Vec<String> = candidates.iter().map(|id| format!("{id}\n")).collect();
    Hash::of(lines.concat().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn some(count: u128) -> BTreeSet<TouchId> {
        (1..=count).map(|number| TouchId(Uuid::from_u128(number << 80 | number))).collect()
    }

    fn any_candidates() -> impl Strategy<Value = BTreeSet<TouchId>> {
        proptest::collection::btree_set(any::<u128>().prop_map(|number| TouchId(Uuid::from_u128(number))), 0..60)
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (-3_000_i64..10_000).prop_map(|days| FIRST_MONDAY + TimeDelta::days(days))
    }

    /// What `sort`, `printf` and `sha256sum` say: another program comes to the same.
    #[test]
    fn the_draw_is_the_one_that_the_description_says() {
        let candidates = some(4);
        let seed = "00".repeat(32);
        assert_eq!(digest(&candidates).to_string(), "763a84e9b00bd1462895c38de5d9ec6a9017d893beaf05f7ffc86a01e685e99b");
        let drawn: Vec<String> = draw(&seed, &candidates, 3).iter().map(ToString::to_string).collect();
        assert_eq!(
            drawn,
            [
                "00000000-0003-0000-0000-000000000003",
                "00000000-0001-0000-0000-000000000001",
                "00000000-0002-0000-0000-000000000002"
            ]
        );
    }

    #[test]
    fn every_candidate_is_drawn_as_often_as_every_other() {
        let candidates = some(40);
        let mut counts: BTreeMap<TouchId, u32> = BTreeMap::new();
        for seed in 0..4_000 {
            for id in draw(&format!("{seed:064x}"), &candidates, 10) {
                *counts.entry(id).or_default() += 1;
            }
        }
        // A quarter of 4,000 each, give or take five standard deviations of 27.
        assert_eq!(counts.len(), 40);
        assert!(counts.values().all(|count| (863..=1_137).contains(count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn a_draw_takes_distinct_candidates_as_many_as_there_are_or_are_wanted(
            candidates in any_candidates(), seed in "[0-9a-f]{64}", records in 0_usize..20,
        ) {
            let drawn = draw(&seed, &candidates, records);
            prop_assert_eq!(drawn.len(), records.min(candidates.len()));
            let distinct: BTreeSet<TouchId> = drawn.iter().copied().collect();
            prop_assert_eq!(distinct.len(), drawn.len());
            prop_assert!(distinct.is_subset(&candidates));
        }

        #[test]
        fn the_order_in_which_candidates_are_told_does_not_matter(
            candidates in any_candidates(), seed in "[0-9a-f]{64}",
        ) {
            let turned: BTreeSet<TouchId> = candidates.iter().rev().copied().collect();
            prop_assert_eq!(draw(&seed, &candidates, 10), draw(&seed, &turned, 10));
            prop_assert_eq!(digest(&candidates), digest(&turned));
        }

        #[test]
        fn drawing_more_only_adds_at_the_end(candidates in any_candidates(), seed in "[0-9a-f]{64}", records in 0_usize..20) {
            let (fewer, more) = (draw(&seed, &candidates, records), draw(&seed, &candidates, records + 1));
            prop_assert_eq!(&more[..fewer.len()], &fewer[..]);
        }

        #[test]
        fn a_candidate_that_is_not_drawn_changes_nothing_by_going(candidates in any_candidates(), seed in "[0-9a-f]{64}") {
            let drawn = draw(&seed, &candidates, 10);
            for gone in candidates.iter().filter(|id| !drawn.contains(id)) {
                let mut rest = candidates.clone();
                rest.remove(gone);
                prop_assert_eq!(&draw(&seed, &rest, 10), &drawn);
                prop_assert_ne!(digest(&rest), digest(&candidates));
            }
        }

        #[test]
        fn one_candidate_more_pushes_out_one_at_most(candidates in any_candidates(), seed in "[0-9a-f]{64}", more: u128) {
            let before: BTreeSet<TouchId> = draw(&seed, &candidates, 10).into_iter().collect();
            let mut all = candidates;
            all.insert(TouchId(Uuid::from_u128(more)));
            let after: BTreeSet<TouchId> = draw(&seed, &all, 10).into_iter().collect();
            prop_assert!(after.difference(&before).count() <= 1);
        }

        #[test]
        fn every_day_is_in_one_period_that_begins_on_a_monday(day in any_day(), weeks in 1_u32..=52) {
            let period = Period::of(day, weeks);
            prop_assert!(period.from <= day && day <= period.to);
            prop_assert_eq!(chrono::Datelike::weekday(&period.from), chrono::Weekday::Mon);
            prop_assert_eq!((period.to - period.from).num_days() + 1, i64::from(weeks) * 7);
            prop_assert_eq!(Period::of(period.from, weeks), period);
            prop_assert_eq!(Period::of(period.to + Days::new(1), weeks).from, period.to + Days::new(1));
        }

        #[test]
        fn what_is_over_lies_before_today_without_a_gap(day in any_day(), weeks in 1_u32..=52) {
            let ended = Period::ended(day, weeks, 3);
            prop_assert_eq!(ended.len(), 3);
            prop_assert_eq!(ended[2].to + Days::new(1), Period::of(day, weeks).from);
            prop_assert!(ended.windows(2).all(|two| two[0].to + Days::new(1) == two[1].from));
        }

        /// Whatever the lengths were and whenever they were changed, no day is looked at twice.
        #[test]
        fn no_day_is_looked_at_twice_when_the_length_changes(
            start in any_day(), lengths in proptest::collection::vec(1_u32..=5, 1..30),
        ) {
            let mut looked_at: Vec<Period> = Vec::new();
            for (week, weeks) in lengths.into_iter().enumerate() {
                for period in Period::ended(start + TimeDelta::weeks(week as i64), weeks, 3) {
                    looked_at.extend(period.after(&looked_at.clone()));
                }
            }
            let mut days = BTreeSet::new();
            for period in looked_at {
                for day in period.from.iter_days().take_while(|day| *day <= period.to) {
                    prop_assert!(days.insert(day), "{day}");
                }
            }
        }
    }
}
