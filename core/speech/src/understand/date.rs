//! Dates as they are spoken: 后天, 下周三之前, 11月28号, 三个月后, 月底前.

use std::ops::Range;
use std::str::FromStr;
use std::sync::LazyLock;

use chrono::{Datelike as _, Days, Months, NaiveDate, TimeDelta, Weekday};

use super::cursor::Cursor;
use super::lists::meanings;
use super::number;

/// A date in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DateMention {
    /// The characters that say it, with 之前 or 内 after it.
    pub(super) range: Range<usize>,
    pub(super) date: NaiveDate,
    pub(super) confidence: f32,
    /// For 两天内 and the like: how many days.
    pub(super) within_days: Option<i32>,
    /// Whether it is a weekday without 下 or 这, which can also be the last one.
    pub(super) bare_weekday: bool,
}

impl DateMention {
    fn new(range: Range<usize>, date: NaiveDate, confidence: f32) -> Self {
        Self { range, date, confidence, within_days: None, bare_weekday: false }
    }
}

/// All dates of a text, in order. Weeks run Monday to Sunday; …内 and …前 mean the last day.
pub(super) fn dates(chars: &[char], today: NaiveDate) -> Vec<DateMention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match date_at(Cursor::new(chars, at), today) {
            Some(mut mention) => {
                let mut cursor = Cursor::new(chars, mention.range.end);
                cursor.eat_any("limit");
                mention.range.end = cursor.at;
                at = cursor.at;
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

fn numbers<T: FromStr>(name: &str) -> Vec<(&'static str, T)> {
    meanings(name, |number| number.parse().ok())
}

fn date_at(start: Cursor<'_>, today: NaiveDate) -> Option<DateMention> {
    /// Days by their distance from today.
    static DAYS: LazyLock<Vec<(&str, i64)>> = LazyLock::new(|| numbers("day"));
    let mut cursor = start;
    if let Some(days) = cursor.eat_one(&DAYS) {
        // 三天后天气: the day after tomorrow does not follow a number of days.
        let after_days = start.next() == Some('后') && start.before() == Some('天');
        let date = today.checked_add_signed(TimeDelta::days(days))?;
        return (!after_days).then(|| DateMention::new(start.at..cursor.at, date, 0.97));
    }
    week(start, today).or_else(|| calendar(start, today)).or_else(|| duration(start, today))
}

/// 下周三, 这周五, 上周一, 周四, 本周内, 周末.
fn week(start: Cursor<'_>, today: NaiveDate) -> Option<DateMention> {
    static WHICH: LazyLock<Vec<(&str, i64)>> = LazyLock::new(|| numbers("week"));
    static DAY: LazyLock<Vec<(&str, u64)>> = LazyLock::new(|| numbers("weekday"));
    let mut cursor = start;
    let which = cursor.eat_one(&WHICH);
    let word = ["星期", "礼拜", "周"].into_iter().find(|word| cursor.eat(word))?;
    // 两周一次, 每周三 and 周一到周五 are no dates; 一周 is a length.
    let counted = |c: char| number::digit(c).is_some() || matches!(c, '每' | '个' | '半' | '到' | '至');
    if which.is_none() && start.before().is_some_and(counted) {
        return None;
    }
    let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?;
    let monday = monday.checked_add_signed(TimeDelta::weeks(which.unwrap_or(0)))?;
    let Some(day) = cursor.eat_one(&DAY) else {
        // Without a day only a limit is a date: 本周内, 下周之内.
        let sunday = monday.checked_add_days(Days::new(6))?;
        let limited = which.is_some() && cursor.sees_any("within");
        return limited.then(|| DateMention::new(start.at..cursor.at, sunday, 0.8));
    };
    // 周一 in 周一鸣 or 周三百 is no weekday; nor is a number that goes on.
    if word == "周" && cursor.next().is_some_and(|c| number::is_numeral(c) && c != '半' && number::digit(c).is_none()) {
        return None;
    }
    let mut date = monday.checked_add_days(Days::new(day))?;
    // A weekday alone is the next one to come.
    if which.is_none() && date < today {
        date = date.checked_add_days(Days::new(7))?;
    }
    let confidence = if which.is_some() { 0.95 } else { 0.85 };
    Some(DateMention { bare_weekday: which.is_none(), ..DateMention::new(start.at..cursor.at, date, confidence) })
}

/// 11月28号, 下个月5号, 28号, 月底, 年底, 季度末.
fn calendar(start: Cursor<'_>, today: NaiveDate) -> Option<DateMention> {
    /// Years and months by their distance from this one.
    static YEARS: LazyLock<Vec<(&str, i32)>> = LazyLock::new(|| numbers("year"));
    static MONTHS: LazyLock<Vec<(&str, u32)>> = LazyLock::new(|| numbers("month"));
    let found = |end: Cursor<'_>, date, confidence| Some(DateMention::new(start.at..end.at, date, confidence));
    let after_number = start.before().is_some_and(|c| number::is_numeral(c) || matches!(c, '.' | '第' | '-' | '月'));
    let mut cursor = start;

    let years = cursor.eat_one(&YEARS);
    let year = today.year() + years.unwrap_or(0);
    // 今年底 and 年底 and 今年年底.
    if cursor.eat("年底") || cursor.eat("年末") || years.is_some() && cursor.eat("底") {
        return found(cursor, NaiveDate::from_ymd_opt(year, 12, 31)?, 0.9);
    }
    if years.is_none() && cursor.eat_any("quarter_end") {
        return found(cursor, last_of(year, (today.month0() / 3 + 1) * 3)?, 0.85);
    }

    // A month that is said relative to this one, or by its number.
    let relative = if years.is_none() { cursor.eat_one(&MONTHS) } else { None };
    if let Some(months) = relative {
        let then = today.with_day(1)?.checked_add_months(Months::new(months))?;
        return in_month(start, cursor, (then.year(), then.month()), false);
    }
    if after_number {
        return None;
    }
    if cursor.eat("月") {
        // 月底, 月中, 月初 of this month; 月 alone is nothing.
        return part_of_month(start, &mut cursor, (today.year(), today.month()));
    }
    let number = cursor.eat_number()?;
    if cursor.eat("月份") || cursor.eat("月") {
        if !(1..=12).contains(&number) {
            return None;
        }
        // A month long past is meant for next year; one just past is a report of what was.
        let passed = (today.month() + 12 - number) % 12;
        let next_year = years.is_none() && number < today.month() && passed > 3;
        return in_month(start, cursor, (year + i32::from(next_year), number), true);
    }
    // 3号楼 is a place.
    let place = |c| matches!(c, '楼' | '线' | '机' | '馆' | '门' | '厅' | '店' | '库' | '厂' | '院' | '柜' | '车');
    if years.is_some() || !(cursor.eat("号") || cursor.eat("日")) || cursor.next().is_some_and(place) {
        return None;
    }
    let first = today.with_day(1)?;
    let mut days = (0..3).filter_map(|months| first.checked_add_months(Months::new(months))?.with_day(number));
    found(cursor, days.find(|date| *date >= today)?, 0.85)
}

/// What is said of a month, as a year and its number: a part of it, a day of it, or a limit.
fn in_month(start: Cursor<'_>, end: Cursor<'_>, (year, month): (i32, u32), by_number: bool) -> Option<DateMention> {
    let mut cursor = end;
    if let Some(part) = part_of_month(start, &mut cursor, (year, month)) {
        return Some(part);
    }
    if let Some(day) = cursor.eat_number() {
        let said = cursor.eat("号") || cursor.eat("日");
        // 11月28 without 号 is a day only when nothing else is counted.
        if said || by_number && cursor.next().is_none_or(|c| !c.is_alphanumeric()) {
            return Some(DateMention::new(start.at..cursor.at, NaiveDate::from_ymd_opt(year, month, day)?, 0.97));
        }
    }
    // 这个月内 has a last day; a month alone has not.
    let last = last_of(year, month)?;
    end.sees_any("within").then(|| DateMention::new(start.at..end.at, last, 0.85))
}

/// 月底, 月中, 月初.
fn part_of_month(start: Cursor<'_>, cursor: &mut Cursor<'_>, (year, month): (i32, u32)) -> Option<DateMention> {
    /// Parts of a month by their day; 0 is the last.
    static PARTS: LazyLock<Vec<(&str, u32)>> = LazyLock::new(|| numbers("month_part"));
    let (date, confidence) = match cursor.eat_one(&PARTS)? {
        0 => (last_of(year, month)?, 0.9),
        day => (NaiveDate::from_ymd_opt(year, month, day)?, 0.8),
    };
    Some(DateMention::new(start.at..cursor.at, date, confidence))
}

fn last_of(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
}

#[derive(Clone, Copy)]
enum Unit {
    Days,
    WorkingDays,
    Weeks,
    Months,
    Years,
}

static UNITS: LazyLock<Vec<(&str, Unit)>> = LazyLock::new(|| {
    meanings("unit", |word| match word {
        "days" => Some(Unit::Days),
        "working_days" => Some(Unit::WorkingDays),
        "weeks" => Some(Unit::Weeks),
        "months" => Some(Unit::Months),
        "years" => Some(Unit::Years),
        _ => None,
    })
});

/// 三天后, 两周后, 三个月以后, 半年后, 两天内, 过三天.
fn duration(start: Cursor<'_>, today: NaiveDate) -> Option<DateMention> {
    if start.before().is_some_and(|c| number::is_numeral(c) || matches!(c, '.' | '第')) {
        return None;
    }
    let mut cursor = start;
    let past = cursor.eat("再过") || cursor.eat("过");
    let half = cursor.eat("半");
    let count = if half { 1 } else { cursor.eat_number()? };
    // 过两天 and 过几天 are sayings, not dates.
    if past && count <= 2 && !half {
        return None;
    }
    let unit = cursor.eat_one(&UNITS)?;
    let within = cursor.eat_any("within");
    let later = !within && cursor.eat_any("after");
    if !within && !later && !past {
        return None;
    }
    let date = match (unit, half) {
        (Unit::Days, false) => today.checked_add_days(Days::new(u64::from(count)))?,
        (Unit::Weeks, false) => today.checked_add_days(Days::new(u64::from(count) * 7))?,
        (Unit::Months, false) => today.checked_add_months(Months::new(count))?,
        (Unit::Months, true) => today.checked_add_days(Days::new(15))?,
        (Unit::Years, false) => today.checked_add_months(Months::new(count.checked_mul(12)?))?,
        (Unit::Years, true) => today.checked_add_months(Months::new(6))?,
        (Unit::WorkingDays, false) => working_days(today, count)?,
        _ => return None,
    };
    let days = i32::try_from((date - today).num_days()).ok()?;
    // Nobody plans further ahead than ten years; a larger number was misheard.
    let mention = DateMention::new(start.at..cursor.at, date, 0.95);
    (days <= 3_660).then_some(DateMention { within_days: within.then_some(days), ..mention })
}

fn working_days(from: NaiveDate, count: u32) -> Option<NaiveDate> {
    let mut date = from;
    for _ in 0..count.min(1_000) {
        date = date.succ_opt()?;
        while matches!(date.weekday(), Weekday::Sat | Weekday::Sun) {
            date = date.succ_opt()?;
        }
    }
    Some(date)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in super::super) fn monday() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    fn date(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        let found = dates(&chars, monday());
        assert!(found.len() <= 1, "{text}: {found:?}");
        found.first().map(|mention| mention.date.to_string())
    }

    #[test]
    fn dates_as_people_say_them() {
        for (text, expected) in [
            ("今天去", "2026-11-23"),
            ("明天上午", "2026-11-24"),
            ("后天", "2026-11-25"),
            ("大后天", "2026-11-26"),
            ("下周三", "2026-12-02"),
            ("下个星期三", "2026-12-02"),
            ("下礼拜天", "2026-12-06"),
            ("下下周一", "2026-12-07"),
            ("本周五", "2026-11-27"),
            ("这周五上午", "2026-11-27"),
            ("周四之前", "2026-11-26"),
            ("上周五", "2026-11-20"),
            ("下个月5号", "2026-12-05"),
            ("下个月五号", "2026-12-05"),
            ("月底前", "2026-11-30"),
            ("下个月底", "2026-12-31"),
            ("下月中旬", "2026-12-15"),
            ("年底前", "2026-12-31"),
            ("今年年底", "2026-12-31"),
            ("三天后", "2026-11-26"),
            ("两天内", "2026-11-25"),
            ("3天之内", "2026-11-26"),
            ("两周后", "2026-12-07"),
            ("一个礼拜以后", "2026-11-30"),
            ("三个月后", "2027-02-23"),
            ("3个月后", "2027-02-23"),
            ("半个月后", "2026-12-08"),
            ("半年后", "2027-05-23"),
            ("五个工作日内", "2026-11-30"),
            ("11月28号", "2026-11-28"),
            ("十一月二十八日", "2026-11-28"),
            ("一月十五号", "2027-01-15"),
            ("明年3月1号", "2027-03-01"),
            ("11月20号", "2026-11-20"),
            ("28号", "2026-11-28"),
            ("五号", "2026-12-05"),
            ("十二月底", "2026-12-31"),
            ("这个季度末", "2026-12-31"),
            ("本周内", "2026-11-29"),
            ("这个月内", "2026-11-30"),
        ] {
            assert_eq!(date(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "三年维保",
            "两天",
            "一年",
            "每周三",
            "一周一次",
            "下周再说",
            "周工",
            "周总",
            "3号楼",
            "一个月",
            "过两天",
            "12月",
            "月",
            "号",
            "五周年",
            "一个小时后",
            "二月三十号",
            "第三天",
            "几天后",
            "节后",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

    pub(in super::super) fn chinese(n: u32) -> String {
        let (tens, ones) = ((n / 10) as usize, (n % 10) as usize);
        let tens = if tens == 0 { String::new() } else { format!("{}十", if tens == 1 { "" } else { DIGITS[tens] }) };
        if ones == 0 && n > 0 { tens } else { tens + DIGITS[ones] }
    }

    proptest! {
        #[test]
        fn every_offset_of_days(days in 1_u32..=99, ascii: bool) {
            let number = if ascii { days.to_string() } else { chinese(days) };
            let expected = (monday() + Days::new(u64::from(days))).to_string();
            prop_assert_eq!(date(&format!("{number}天后")), Some(expected.clone()));
            prop_assert_eq!(date(&format!("{number}天内")), Some(expected));
        }

        #[test]
        fn every_day_of_the_coming_months(offset in 0_u64..240, ascii: bool) {
            let day = monday() + Days::new(offset);
            let (month, day_of_month) = (day.month(), day.day());
            let text = if ascii { format!("{month}月{day_of_month}号") } else { format!("{}月{}日", chinese(month), chinese(day_of_month)) };
            prop_assert_eq!(date(&text), Some(day.to_string()));
        }

        #[test]
        fn weekdays_are_in_the_week_they_name(today_offset in 0_u64..1_000, weekday in 0_usize..7) {
            let today = monday() + Days::new(today_offset);
            let name = ["一", "二", "三", "四", "五", "六", "日"][weekday];
            let find = |text: String| dates(&text.chars().collect::<Vec<_>>(), today)[0].date;
            let (this, next, bare) = (find(format!("这周{name}")), find(format!("下周{name}")), find(format!("周{name}")));
            prop_assert_eq!(this.iso_week(), today.iso_week());
            prop_assert_eq!(next - this, chrono::TimeDelta::days(7));
            prop_assert!(bare >= today && bare - today < chrono::TimeDelta::days(7));
            prop_assert_eq!(bare.weekday().num_days_from_monday() as usize, weekday);
        }

        #[test]
        fn any_text_is_survived(text in "[下上这本个周星期礼拜月年底号日天后内前过半一二三十百万0-9点:点早上午中晚]{0,20}") {
            let chars: Vec<char> = text.chars().collect();
            dates(&chars, monday());
            dates(&chars, NaiveDate::MAX);
        }
    }
}
