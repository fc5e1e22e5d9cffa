//! Years and quarters, and the weeks that belong to them.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::metrics::Week;

/// A year or a quarter. A week belongs to the one its Thursday lies in, as ISO 8601 has it. Written as `2026` or `2026-Q3`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// A year.
    Year(i32),
    /// A quarter, 1 to 4, of a year.
    Quarter(i32, u32),
}

/// Text that names no year or quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is written like 2026 or 2026-Q3")]
pub struct NoPeriod;

impl Period {
    /// The year a week belongs to.
    pub fn year_of(week: Week) -> Self {
        Self::Year(week.thursday().year())
    }

    /// The quarter a week belongs to.
    pub fn quarter_of(week: Week) -> Self {
        Self::Quarter(week.thursday().year(), week.thursday().quarter())
    }

    /// Its weeks in order: 52 or 53 of a year, 12 to 14 of a quarter. None where the calendar ends.
    pub fn weeks(self) -> Vec<Week> {
        let first_day = match self {
            Self::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1),
            Self::Quarter(year, quarter) => NaiveDate::from_ymd_opt(year, quarter.saturating_mul(3).saturating_sub(2), 1),
        };
        let from_there = |day| (0..54).map(move |n| Week::containing(day).plus(n));
        first_day.into_iter().flat_map(from_there).filter(|week| self.has(*week)).collect()
    }

    fn has(self, week: Week) -> bool {
        match self {
            Self::Year(_) => Self::year_of(week) == self,
            Self::Quarter(..) => Self::quarter_of(week) == self,
        }
    }

    /// Its quarters, or those of its year.
    pub(super) fn quarters(self) -> impl Iterator<Item = Self> {
        let (Self::Year(year) | Self::Quarter(year, _)) = self;
        (1..=4).map(move |quarter| Self::Quarter(year, quarter))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year}"),
            Self::Quarter(year, quarter) => write!(f, "{year}-Q{quarter}"),
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Period({self})")
    }
}

impl FromStr for Period {
    type Err = NoPeriod;
    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let number = |text: &str| text.parse::<i32>().map_err(|_| NoPeriod);
        let period = match text.split_once("-Q") {
            Some((year, quarter)) => Self::Quarter(number(year)?, quarter.parse().map_err(|_| NoPeriod)?),
            None => Self::Year(number(text)?),
        };
        let (Self::Year(year) | Self::Quarter(year, _)) = period;
        let known = (2000..=2200).contains(&year) && !matches!(period, Self::Quarter(_, quarter) if !(1..=4).contains(&quarter));
        // Written in one way only, so that two goals of a period are seen to be.
        if known && period.to_string() == text { Ok(period) } else { Err(NoPeriod) }
    }
}

impl TryFrom<String> for Period {
    type Error = NoPeriod;
    fn try_from(text: String) -> Result<Self, NoPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}
