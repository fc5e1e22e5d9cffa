//! Zone and working days.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Zone and working days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// In which days and weeks are counted where no one person's zone decides.
    pub zone: Tz,
    /// Working days, 1 for Monday to 7 for Sunday.
    pub working_days: BTreeSet<u32>,
    /// Days off among them.
    pub holidays: BTreeSet<NaiveDate>,
    /// Days worked instead (调休).
    pub made_up: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Whether a day is worked.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        self.made_up.contains(&day)
            || (self.working_days.contains(&day.weekday().number_from_monday()) && !self.holidays.contains(&day))
    }

    /// The day, or the first working day after it; the day itself where there is none within a month.
    pub fn next_working_day(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().take(31).find(|day| self.is_working_day(*day)).unwrap_or(day)
    }
}
