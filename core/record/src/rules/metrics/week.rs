//! Weeks, Monday to Sunday, and the instants they hold in a zone.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::time::{day_of, start_of_day};

/// Most weeks that a trend or a row of weeks looks back: ten years.
pub const MOST_WEEKS: u32 = 520;

/// The days that are told apart; others count as the nearest of these.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
const LAST: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();

/// A week of the ISO calendar, by its Monday. Written as `2026-W53`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Week(NaiveDate);

/// A stretch of time: from an instant up to, and without, another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
}

/// Text that names no week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a week is written like 2026-W09")]
pub struct NoWeek;

impl Week {
    /// The week in which an instant falls in a zone.
    pub fn of(at: DateTime<Utc>, zone: Tz) -> Self {
        Self::containing(day_of(at, zone))
    }

    /// The week that a day belongs to.
    pub fn containing(day: NaiveDate) -> Self {
        Self(day.clamp(FIRST, LAST).week(Weekday::Mon).first_day())
    }

    /// Its first day.
    pub fn monday(self) -> NaiveDate {
        self.0
    }

    /// The day that decides which year and quarter it belongs to, as ISO 8601 has it.
    pub fn thursday(self) -> NaiveDate {
        self.0 + Days::new(3)
    }

    /// The week so many weeks later, or earlier when negative.
    #[must_use]
    pub fn plus(self, weeks: i64) -> Self {
        let moved = TimeDelta::try_weeks(weeks).and_then(|delta| self.0.checked_add_signed(delta));
        Self::containing(moved.unwrap_or(if weeks < 0 { FIRST } else { LAST }))
    }

    /// So many weeks, oldest first, of which this is the last. At most [`MOST_WEEKS`].
    pub fn last_of(self, count: u32) -> impl DoubleEndedIterator<Item = Self> {
        (0..i64::from(count.min(MOST_WEEKS))).rev().map(move |back| self.plus(-back))
    }

    /// The instants it holds in a zone: 167 or 169 hours where clocks change.
    pub fn span(self, zone: Tz) -> Span {
        Span { from: start_of_day(self.0, zone), until: start_of_day(self.0 + Days::new(7), zone) }
    }
}

impl Span {
    /// Whether it holds an instant.
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }

    /// Its last millisecond, or `now` while it is still running.
    pub fn last_moment(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        (self.until - TimeDelta::milliseconds(1)).min(now)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.0.iso_week();
        write!(f, "{:04}-W{:02}", week.year(), week.week())
    }
}

impl fmt::Debug for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Week({self})")
    }
}

impl FromStr for Week {
    type Err = NoWeek;
    fn from_str(text: &str) -> Result<Self, NoWeek> {
        let (year, number) = text.split_once("-W").ok_or(NoWeek)?;
        let monday =
            NaiveDate::from_isoywd_opt(year.parse().map_err(|_| NoWeek)?, number.parse().map_err(|_| NoWeek)?, Weekday::Mon);
        // Written in one way only, so that a week can be a name.
        monday.map(Self::containing).filter(|week| week.to_string() == text).ok_or(NoWeek)
    }
}

impl TryFrom<String> for Week {
    type Error = NoWeek;
    fn try_from(text: String) -> Result<Self, NoWeek> {
        text.parse()
    }
}

impl From<Week> for String {
    fn from(week: Week) -> Self {
        week.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::metrics::sample::{instant, zone};
    use crate::time::from_millis;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_turns_at_midnight_in_the_zone() {
        let turns = |zone: Tz, monday: &str, midnight: &str| {
            let (week, from) = (Week::containing(monday.parse().unwrap()), at(midnight));
            assert_eq!(week.span(zone).from, from);
            assert_eq!(Week::of(from, zone), week);
            assert_eq!(Week::of(from - TimeDelta::milliseconds(1), zone), week.plus(-1));
        };
        turns(Tz::Asia__Shanghai, "2026-11-23", "2026-11-22T16:00:00Z");
        turns(Tz::Europe__Berlin, "2026-03-30", "2026-03-29T22:00:00Z");
        turns(Tz::Europe__Berlin, "2026-10-26", "2026-10-25T23:00:00Z");
        turns(Tz::America__New_York, "2026-03-09", "2026-03-09T04:00:00Z");
        turns(Tz::America__New_York, "2026-11-02", "2026-11-02T05:00:00Z");
        turns(Tz::UTC, "2024-02-26", "2024-02-26T00:00:00Z");
    }

    #[test]
    fn a_week_has_the_hours_that_the_clocks_of_its_zone_give_it() {
        let hours = |zone: Tz, monday: &str| {
            let span = Week::containing(monday.parse().unwrap()).span(zone);
            (span.until - span.from).num_hours()
        };
        assert_eq!(hours(Tz::Asia__Shanghai, "2026-03-23"), 168);
        assert_eq!([hours(Tz::Europe__Berlin, "2026-03-23"), hours(Tz::Europe__Berlin, "2026-10-19")], [167, 169]);
        assert_eq!([hours(Tz::America__New_York, "2026-03-02"), hours(Tz::America__New_York, "2026-10-26")], [167, 169]);
    }

    #[test]
    fn years_of_53_weeks_and_leap_days_are_named_as_the_calendar_has_them() {
        let named = |day: &str| Week::containing(day.parse().unwrap()).to_string();
        assert_eq!([named("2026-12-31"), named("2027-01-03"), named("2027-01-04")], ["2026-W53", "2026-W53", "2027-W01"]);
        assert_eq!([named("2024-12-29"), named("2024-12-30")], ["2024-W52", "2025-W01"]);
        assert_eq!([named("2024-02-29"), named("2028-02-29")], ["2024-W09", "2028-W09"]);
        assert_eq!(Week::containing("2026-12-28".parse().unwrap()).plus(1).to_string(), "2027-W01");
        for wrong in ["2025-W53", "2026-W54", "2026-W00", "2026-W9", "2026W09", "2026-W+9", "+2026-W09", "26-W09", "0000-W01", ""] {
            assert_eq!(wrong.parse::<Week>(), Err(NoWeek), "{wrong}");
        }
    }

    #[test]
    fn instants_at_the_ends_of_the_calendar_are_in_some_week() {
        assert_eq!(Week::of(DateTime::<Utc>::MAX_UTC, Tz::Asia__Shanghai).to_string(), "9999-W52");
        assert_eq!(Week::of(DateTime::<Utc>::MIN_UTC, Tz::America__New_York).to_string(), "1970-W01");
        assert_eq!(Week::containing(LAST).plus(i64::MAX).to_string(), "9999-W52");
        assert_eq!(Week::containing(LAST).plus(i64::MIN).to_string(), "1970-W01");
        let _ = Week::containing(LAST).span(Tz::UTC);
    }

    proptest! {
        #[test]
        fn an_instant_is_in_the_week_that_a_calendar_shows(at in instant(), zone in zone()) {
            let week = Week::of(at, zone);
            let local = at.with_timezone(&zone).date_naive();
            prop_assert!(week.monday() <= local && local < week.monday() + Days::new(7));
            prop_assert_eq!(week.monday().weekday(), Weekday::Mon);
            prop_assert!(week.span(zone).holds(at));
            prop_assert_eq!(week.to_string().parse::<Week>(), Ok(week));
            prop_assert_eq!(serde_json::from_str::<Week>(&serde_json::to_string(&week).unwrap()).unwrap(), week);
        }

        #[test]
        fn weeks_follow_each_other_without_gap_in_every_zone(millis in 0..2_500_000_000_000i64, pick in 0..chrono_tz::TZ_VARIANTS.len()) {
            let zone = chrono_tz::TZ_VARIANTS[pick];
            let week = Week::of(from_millis(millis), zone);
            prop_assert_eq!(week.span(zone).until, week.plus(1).span(zone).from);
            prop_assert!(week.plus(1).plus(-1) == week && week < week.plus(1));
            let row: Vec<Week> = week.last_of(5).collect();
            prop_assert_eq!((row.len(), row[4], row[0]), (5, week, week.plus(-4)));
        }
    }
}
