//! How each language writes days, times, amounts, sizes and lengths, and what it calls things.

use chrono::{DateTime, Datelike, NaiveDate as Day, Utc};
use chrono_tz::Tz;

use super::{Failure, Lang};
use crate::query::view::{EvidenceKind, Grade, TouchStatus};
use chuda_record::time::DEFAULT_ZONE;
use chuda_record::{ContactMode, Fen, Role, Stage};

type Instant = DateTime<Utc>;

const KIB: i64 = 1024;

/// How a language writes days, times, amounts, sizes and lengths, what it calls things and what it says of a record, with the days and times
/// of a zone.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Format {
    /// The language.
    pub lang: Lang,
    /// The zone.
    pub zone: Tz,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Format {
    /// `language` is `zh` (any other word means that, too) or `en`; `zone` is a name such as `Asia/Shanghai`, which stands for one that is
    /// not known, too.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    pub fn new(language: &str, zone: &str) -> Self {
        Self { lang: Lang::of(language), zone: zone.parse().unwrap_or(DEFAULT_ZONE) }
    }

    /// 11月24日 / 24 Nov
    pub fn date(&self, day: Day) -> String {
        let month = self.named("month", &day.month().to_string());
        self.lang.say("day.date", &[("month", &month), ("day", &day.day())])
    }

    /// 11月24日 周二 / Tue 24 Nov; if today is given, a near day as people say it: 今天.
    pub fn day(&self, day: Day, today: Option<Day>) -> String {
        match today.map(|today| (day - today).num_days()) {
            Some(0) => self.lang.text("day.today").into(),
            Some(1) => self.lang.text("day.tomorrow").into(),
            Some(-1) => self.lang.text("day.yesterday").into(),
            _ => {
                let weekday = self.named("weekday", &day.weekday().number_from_monday().to_string());
                self.lang.say("day.with_weekday", &[("weekday", &weekday), ("date", &self.date(day))])
            }
        }
    }

    /// 09:05
    pub fn time(&self, at: Instant) -> String {
        at.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// The day of a moment.
    pub fn day_of(&self, at: Instant) -> Day {
        at.with_timezone(&self.zone).date_naive()
    }

    /// Day and time; a near day as people say it, if today is given.
    pub fn moment(&self, at: Instant, today: Option<Day>) -> String {
        format!("{} {}", self.day(self.day_of(at), today), self.time(at))
    }

    /// Yuan: ¥286,000.50
    pub fn amount(&self, amount: Fen) -> String {
        let (yuan, fen) = (amount.0.unsigned_abs() / 100, amount.0.unsigned_abs() % 100);
        let sign = if amount.0 < 0 { "-" } else { "" };
        let rest = if fen == 0 { String::new() } else { format!(".{fen:02}") };
        format!("{sign}¥{}{rest}", in_threes(yuan))
    }

    /// A number of bytes: 512 B, 40 KB, 4.0 MB, 1.2 GB
    pub fn bytes(&self, count: i64) -> String {
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

    /// Milliseconds as minutes and seconds: 1:07
    pub fn length(&self, ms: i64) -> String {
        format!("{}:{:02}", ms / 60_000, ms / 1000 % 60)
    }

    /// How a customer was reached.
    pub fn mode(&self, mode: ContactMode) -> String {
        self.named("mode", mode.as_str())
    }

    /// Where a customer stands.
    pub fn stage(&self, stage: Stage) -> String {
        self.named("stage", stage.as_str())
    }

    /// How far a time is to be trusted.
    pub fn grade(&self, grade: Grade) -> String {
        self.named("grade", grade.as_str())
    }

    /// Whether a touch counts.
    pub fn status(&self, status: TouchStatus) -> String {
        self.named("status", status.as_str())
    }

    /// What somebody does in the team.
    pub fn role(&self, role: Role) -> String {
        self.named("role", role.as_str())
    }

    /// What a piece of evidence is.
    pub fn evidence(&self, kind: EvidenceKind) -> String {
        self.named("evidence", kind.as_str())
    }

    /// What went wrong and what to do about it.
    pub fn failure(&self, failure: &Failure) -> String {
        failure.text(self.lang)
    }
}

impl Format {
    /// The word for a key of a short list.
    pub(super) fn named(&self, list: &str, key: &str) -> String {
        self.lang.text(&format!("{list}.{key}")).to_owned()
    }
}

/// 286,000
fn in_threes(count: u64) -> String {
    let digits = count.to_string();
    let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    grouped.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;
    const ZH: Format = Format { lang: Lang::Zh, zone: ZONE };
    const EN: Format = Format { lang: Lang::En, zone: ZONE };

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_written_as_each_language_does() {
        let tuesday = day("2026-11-24");
        assert_eq!((ZH.day(tuesday, None), EN.day(tuesday, None)), ("11月24日 周二".into(), "Tue 24 Nov".into()));
        assert_eq!((ZH.date(tuesday), EN.date(tuesday)), ("11月24日".into(), "24 Nov".into()));
        for (today, zh, en) in
            [("2026-11-24", "今天", "Today"), ("2026-11-23", "明天", "Tomorrow"), ("2026-11-25", "昨天", "Yesterday")]
        {
            let today = Some(day(today));
            assert_eq!((ZH.day(tuesday, today), EN.day(tuesday, today)), (zh.into(), en.into()));
        }
        assert_eq!(ZH.day(tuesday, Some(day("2026-11-22"))), "11月24日 周二");
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
            assert_eq!(format.amount(Fen(123_400)), "¥1,234");
            let sizes = [(999, "999 B"), (1023, "1023 B"), (1024, "1 KB"), (4_200_000, "4.0 MB"), (1_288_490_188, "1.1 GB")];
            for (count, text) in sizes {
                assert_eq!(format.bytes(count), text);
            }
            assert_eq!(format.length(67_900), "1:07");
        }
    }
}
