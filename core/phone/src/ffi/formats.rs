//! How a language writes days, times, amounts, sizes and lengths.

use std::time::SystemTime;

use chrono::{NaiveDate as Day, TimeDelta};
use chuda_record::Fen;
use chuda_record::time::DEFAULT_ZONE;

use crate::screen::{Format, Lang};

/// How a language writes days, times, amounts, sizes and lengths, with the days and times of a zone.
#[derive(uniffi::Object)]
pub struct Formats(Format);

#[uniffi::export]
impl Formats {
    /// `language` is `zh` (any other word means that, too) or `en`; `zone` is a name such as `Asia/Shanghai`, which stands for one that is
    /// not known, too.
    #[uniffi::constructor]
    pub fn new(language: String, zone: String) -> Self {
        Self(Format { lang: Lang::of(&language), zone: zone.parse().unwrap_or(DEFAULT_ZONE) })
    }

    /// 11月24日 周二; a near day as people say it, if today is given.
    pub fn day(&self, day: Day, today: Option<Day>) -> String {
        today.map_or_else(|| self.0.day(day), |today| self.0.near_day(day, today))
    }

    /// 11月24日
    pub fn date(&self, day: Day) -> String {
        self.0.date(day)
    }

    /// 09:05
    pub fn time(&self, at: SystemTime) -> String {
        self.0.time(at.into())
    }

    /// The day of a moment.
    pub fn day_of(&self, at: SystemTime) -> Day {
        self.0.day_of(at.into())
    }

    /// Day and time; a near day as people say it, if today is given.
    pub fn moment(&self, at: SystemTime, today: Option<Day>) -> String {
        self.0.moment(at.into(), today)
    }

    /// Yuan: ¥286,000.50
    pub fn amount(&self, amount: Fen) -> String {
        self.0.amount(amount)
    }

    /// A number of bytes: 4.0 MB
    pub fn bytes(&self, count: i64) -> String {
        self.0.bytes(count)
    }

    /// Milliseconds as minutes and seconds: 1:07
    pub fn length(&self, ms: i64) -> String {
        self.0.length(TimeDelta::milliseconds(ms))
    }
}
