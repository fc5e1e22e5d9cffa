//! Numbers of the configuration that have to lie in a range, so that no published one makes phone or server fail.

use std::ops::RangeInclusive;

use super::metrics::Ratio;
use crate::error::Error;
use chuda_words::keys;

/// Longest time that something is waited for, in calendar hours: a year.
pub(super) const MAX_HOURS: i64 = 24 * 366;
/// Most of either side of a ratio.
const MOST_PARTS: i64 = 1_000_000;

/// A number that is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} has to be from {least} to {most}")]
pub struct OutOfRange {
    /// Which, as a path such as `weekly.leads`.
    pub field: &'static str,
    /// The least that is acceptable.
    pub least: Ratio,
    /// The most that is.
    pub most: Ratio,
}

/// Checks a whole number.
pub(super) fn whole(field: &'static str, value: i64, range: RangeInclusive<i64>) -> Result<(), OutOfRange> {
    let (least, most) = (Ratio::new(*range.start(), 1), Ratio::new(*range.end(), 1));
    if range.contains(&value) { Ok(()) } else { Err(OutOfRange { field, least, most }) }
}

/// Checks a ratio, which has to be positive.
pub(super) fn ratio(field: &'static str, value: Ratio, most: Ratio) -> Result<(), OutOfRange> {
    let least = Ratio::new(1, 1000);
    let parts = (1..=MOST_PARTS).contains(&value.part) && (1..=MOST_PARTS).contains(&value.whole);
    if parts && value.at_least(least) && most.at_least(value) { Ok(()) } else { Err(OutOfRange { field, least, most }) }
}

impl From<OutOfRange> for Error {
    fn from(OutOfRange { field, least, most }: OutOfRange) -> Self {
        Self::invalid(keys::CONFIG_OUT_OF_RANGE).with("field", field).with("least", least).with("most", most)
    }
}
