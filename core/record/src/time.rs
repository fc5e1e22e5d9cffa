//! Time: UTC instants, and days in a person's zone.

use chrono::{DateTime, NaiveDate, NaiveTime, Offset as _, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The zone of whoever has not said otherwise.
pub const DEFAULT_ZONE: Tz = Tz::Asia__Shanghai;

/// The calendar day of an instant, as the person in `zone` sees it. At the very ends of the calendar, where a zone would lead beyond it,
/// the day is that of UTC.
pub fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let local = at.naive_utc().checked_add_offset(at.with_timezone(&zone).offset().fix());
    local.unwrap_or(at.naive_utc()).date()
}

/// The first instant of a day in a zone. Where midnight is skipped by a clock change, the first that exists.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=8)
        .find_map(|quarters| zone.from_local_datetime(&(midnight + TimeDelta::minutes(15 * quarters))).earliest())
        .map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&Utc))
}

/// Milliseconds since 1970, the form in which instants are stored and sent.
pub fn to_millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// From stored milliseconds; the limits of the calendar stand in for values beyond them.
pub fn from_millis(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(if millis < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC })
}
