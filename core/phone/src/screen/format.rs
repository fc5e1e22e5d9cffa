//! How each language writes days, times, amounts, sizes and lengths.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::Lang;
use chuda_record::Fen;

const KIB: i64 = 1024;

/// A language, and the zone in which its days and times are told.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The language.
    pub lang: Lang,
    /// The zone.
    pub zone: Tz,
}

impl Format {
    /// 11月24日 / 24 Nov
    pub fn date(self, day: NaiveDate) -> String {
        let month = self.lang.text(&format!("month.{}", day.month())).to_owned();
        self.lang.say("day.date", &[("month", &month), ("day", &day.day())])
    }

    /// 11月24日 周二 / Tue 24 Nov
    pub fn day(self, day: NaiveDate) -> String {
        let weekday = self.lang.text(&format!("weekday.{}", day.weekday().number_from_monday())).to_owned();
        self.lang.say("day.with_weekday", &[("weekday", &weekday), ("date", &self.date(day))])
    }

    /// The day as people say it when it is near: 今天, else as [`Self::day`].
    pub fn near_day(self, day: NaiveDate, today: NaiveDate) -> String {
        match (day - today).num_days() {
            0 => self.lang.text("day.today").into(),
            1 => self.lang.text("day.tomorrow").into(),
            -1 => self.lang.text("day.yesterday").into(),
            _ => self.day(day),
        }
    }

    /// 09:05
    pub fn time(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// The day of a moment.
    pub fn day_of(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// Day and time; a near day as people say it, if today is given.
    pub fn moment(self, at: DateTime<Utc>, today: Option<NaiveDate>) -> String {
        let day = self.day_of(at);
        format!("{} {}", today.map_or_else(|| self.day(day), |today| self.near_day(day, today)), self.time(at))
    }

    /// Yuan: ¥286,000.50
    pub fn amount(self, amount: Fen) -> String {
        let (yuan, fen) = (amount.0.unsigned_abs() / 100, amount.0.unsigned_abs() % 100);
        let sign = if amount.0 < 0 { "-" } else { "" };
        let rest = if fen == 0 { String::new() } else { format!(".{fen:02}") };
        format!("{sign}¥{}{rest}", self.count(yuan))
    }

    /// A number in groups of three: 286,000
    pub fn count(self, count: u64) -> String {
        let digits = count.to_string();
        let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
        grouped.collect::<Vec<_>>().join(",")
    }

    /// 512 B, 40 KB, 4.0 MB, 1.2 GB
    pub fn bytes(self, count: i64) -> String {
        let tenths = |unit: i64| format!("{}.{}", count / unit, count % unit * 10 / unit);
        if count < KIB {
            format!("{count} B")
        } else if count < KIB * KIB {
            format!("{} KB", count / KIB)
        } else if count < KIB * KIB * KIB {
            format!("{} MB", tenths(KIB * KIB))
        } else {
            format!("{} GB", tenths(KIB * KIB * KIB))
        }
    }

    /// How long something is: 1:07
    pub fn length(self, length: TimeDelta) -> String {
        format!("{}:{:02}", length.num_minutes(), length.num_seconds() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;
    const ZH: Format = Format { lang: Lang::Zh, zone: ZONE };
    const EN: Format = Format { lang: Lang::En, zone: ZONE };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_written_as_each_language_does() {
        let tuesday = day("2026-11-24");
        assert_eq!((ZH.day(tuesday), EN.day(tuesday)), ("11月24日 周二".into(), "Tue 24 Nov".into()));
        assert_eq!((ZH.date(tuesday), EN.date(tuesday)), ("11月24日".into(), "24 Nov".into()));
        for (today, zh, en) in
            [("2026-11-24", "今天", "Today"), ("2026-11-23", "明天", "Tomorrow"), ("2026-11-25", "昨天", "Yesterday")]
        {
            assert_eq!((ZH.near_day(tuesday, day(today)), EN.near_day(tuesday, day(today))), (zh.into(), en.into()));
        }
        assert_eq!(ZH.near_day(tuesday, day("2026-11-22")), "11月24日 周二");
    }

    #[test]
    fn moments_are_told_in_the_zone() {
        let at = "2026-11-24T16:07:00Z".parse().unwrap();
        assert_eq!((ZH.time(at), ZH.day_of(at)), ("00:07".into(), day("2026-11-25")));
        assert_eq!(EN.moment(at, None), "Wed 25 Nov 00:07");
        assert_eq!(EN.moment(at, Some(day("2026-11-25"))), "Today 00:07");
    }

    #[test]
    fn amounts_sizes_and_lengths_are_told_alike() {
        for format in [ZH, EN] {
            assert_eq!(format.amount(Fen(28_600_050)), "¥286,000.50");
            assert_eq!(format.amount(Fen(-100_000_000)), "-¥1,000,000");
            assert_eq!(format.amount(Fen(0)), "¥0");
            assert_eq!(format.count(1_234), "1,234");
            let sizes = [(999, "999 B"), (1023, "1023 B"), (1024, "1 KB"), (4_200_000, "4.0 MB"), (1_288_490_188, "1.1 GB")];
            for (count, text) in sizes {
                assert_eq!(format.bytes(count), text);
            }
            assert_eq!(format.length(TimeDelta::milliseconds(67_900)), "1:07");
        }
    }
}
