//! What the demo is to tell: from which chance, until when, of how many.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use chuda_record::time::{DEFAULT_ZONE, day_of, start_of_day};
use chuda_record::{Error, Result};
use chuda_words::keys;

use super::cast;

/// When work ends on the last day, unless the present comes first.
const CLOSING: TimeDelta = TimeDelta::hours(19);
/// Fewest and most reps of a team.
const REPS: std::ops::RangeInclusive<usize> = 4..=160;
/// Fewest and most weeks of a history.
const WEEKS: std::ops::RangeInclusive<u32> = 1..=26;
const MAX_CUSTOMERS: usize = 100_000;

/// What is to be told.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What chance starts from: the same seed and end tell the same story, keys and codes apart.
    pub seed: u64,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// How many weeks it has; it begins on the Monday before.
    pub weeks: u32,
    /// How many reps there are; everybody else in proportion, and of each role somebody.
    pub reps: usize,
    /// How many customers there are in the end, about.
    pub customers: usize,
}

impl Plan {
    /// The whole team of 186, 63 reps among them, and three months.
    pub fn whole(seed: u64, end: DateTime<Utc>) -> Self {
        Self { seed, end, weeks: 13, reps: cast::FULL, customers: 1_500 }
    }

    /// When a history ends that goes up to a day: that evening, or now, whichever comes first.
    pub fn end_of(day: NaiveDate, now: DateTime<Utc>) -> DateTime<Utc> {
        now.min(start_of_day(day, DEFAULT_ZONE) + CLOSING)
    }

    /// The Monday on which it begins.
    pub fn first_day(&self) -> NaiveDate {
        let first = day_of(self.end, DEFAULT_ZONE) - Days::new(u64::from(self.weeks) * 7);
        first - Days::new(first.weekday().num_days_from_monday().into())
    }

    /// Refuses what would take for ever or tell nothing.
    pub(super) fn check(&self) -> Result<()> {
        let (reps, weeks) = (REPS.contains(&self.reps), WEEKS.contains(&self.weeks));
        if reps && weeks && (self.reps..=MAX_CUSTOMERS).contains(&self.customers) {
            return Ok(());
        }
        let bounds = format!("reps {REPS:?}, weeks {WEEKS:?}, customers from that to {MAX_CUSTOMERS}");
        Err(Error::invalid(keys::DEMO_OUT_OF_BOUNDS).with("bounds", bounds))
    }
}
