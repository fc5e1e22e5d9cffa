//! Dates and times of day as they are spoken: 后天下午两点半, 下周三之前, 11月28号上午十点, 三个月后, 月底前.

use std::ops::Range;

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, Weekday};

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

/// A time of day in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TimeMention {
    pub(super) range: Range<usize>,
    pub(super) time: NaiveTime,
    pub(super) confidence: f32,
}

/// All dates of a text, in order. Weeks run Monday to Sunday; …内 and …前 mean the last day.
pub(super) fn dates(chars: &[char], today: NaiveDate) -> Vec<DateMention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match date_at(chars, at, today) {
            Some(mut mention) => {
                for suffix in ["之前", "以前", "之内", "以内", "前", "内"] {
                    if starts_with(chars, mention.range.end, suffix) {
                        mention.range.end += suffix.chars().count();
                        break;
                    }
                }
                at = mention.range.end;
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

/// All times of day of a text, in order. Right after one of its `dates` an hour needs nothing else to be one: 后天三点.
pub(super) fn times(chars: &[char], dates: &[DateMention]) -> Vec<TimeMention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match time_at(chars, at, dates.iter().any(|date| date.range.end == at)) {
            Some(mention) => {
                at = mention.range.end;
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

fn starts_with(chars: &[char], at: usize, text: &str) -> bool {
    chars.get(at..).is_some_and(|rest| text.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c)))
}

/// Moves past `text` if it is there.
fn eat(chars: &[char], at: &mut usize, text: &str) -> bool {
    let there = starts_with(chars, *at, text);
    if there {
        *at += text.chars().count();
    }
    there
}

/// The first of these that is there, after moving past it.
fn eat_any<T: Copy>(chars: &[char], at: &mut usize, choices: &[(&str, T)]) -> Option<T> {
    choices.iter().find(|(text, _)| eat(chars, at, text)).map(|(_, value)| *value)
}

/// A small whole number, after moving past it.
fn eat_number(chars: &[char], at: &mut usize) -> Option<u32> {
    let number = number::parse(chars, *at)?;
    let value = u32::try_from(number.whole()?).ok()?;
    *at = number.end;
    Some(value)
}

/// Days by their distance from today.
const DAYS: [(&str, i64); 18] = [
    ("大后天", 3),
    ("大前天", -3),
    ("今天", 0),
    ("今日", 0),
    ("今晚", 0),
    ("今早", 0),
    ("明天", 1),
    ("明日", 1),
    ("明早", 1),
    ("明晚", 1),
    ("明儿", 1),
    ("后天", 2),
    ("昨天", -1),
    ("昨日", -1),
    ("昨晚", -1),
    ("前天", -2),
    ("当天", 0),
    ("明后天", 2),
];

/// Years by their distance from this one.
const YEARS: [(&str, i32); 5] = [("明年", 1), ("今年", 0), ("后年", 2), ("去年", -1), ("本年", 0)];

/// Months by their distance from this one.
const MONTHS: [(&str, u32); 7] =
    [("下下个月", 2), ("下下月", 2), ("下个月", 1), ("下月", 1), ("这个月", 0), ("本月", 0), ("当月", 0)];

/// Parts of a month by their day; 0 is the last.
const MONTH_PARTS: [(&str, u32); 8] =
    [("底", 0), ("末", 0), ("下旬", 0), ("中旬", 15), ("中", 15), ("初", 1), ("上旬", 10), ("一号", 1)];

fn date_at(chars: &[char], start: usize, today: NaiveDate) -> Option<DateMention> {
    let mention = |end: usize, date: Option<NaiveDate>, confidence: f32| {
        Some(DateMention { range: start..end, date: date?, confidence, within_days: None, bare_weekday: false })
    };
    let mut at = start;

    if let Some(days) = eat_any(chars, &mut at, &DAYS) {
        // 三天后天气: the day after tomorrow does not follow a number of days.
        let after_days = start > 0 && chars[start] == '后' && chars[start - 1] == '天';
        return if after_days { None } else { mention(at, today.checked_add_signed(chrono::TimeDelta::days(days)), 0.97) };
    }
    week(chars, start, today).or_else(|| calendar(chars, start, today)).or_else(|| duration(chars, start, today))
}

const WEEK: [&str; 3] = ["星期", "礼拜", "周"];

/// 下周三, 这周五, 上周一, 周四, 本周内, 周末.
fn week(chars: &[char], start: usize, today: NaiveDate) -> Option<DateMention> {
    const WHICH: [(&str, i64); 12] = [
        ("下下个", 2),
        ("下下", 2),
        ("下一个", 1),
        ("下个", 1),
        ("下", 1),
        ("这个", 0),
        ("这", 0),
        ("本", 0),
        ("上上", -2),
        ("上一个", -1),
        ("上个", -1),
        ("上", -1),
    ];
    const DAY: [(&str, u64); 15] = [
        ("一", 0),
        ("二", 1),
        ("三", 2),
        ("四", 3),
        ("五", 4),
        ("六", 5),
        ("日", 6),
        ("天", 6),
        ("末", 5),
        ("1", 0),
        ("2", 1),
        ("3", 2),
        ("4", 3),
        ("5", 4),
        ("6", 5),
    ];
    let mut at = start;
    let which = eat_any(chars, &mut at, &WHICH);
    let word = WEEK.iter().find(|word| eat(chars, &mut at, word))?;
    // 两周一次, 每周三 and 周一到周五 are no dates; 一周 is a length.
    let before = start.checked_sub(1).map(|before| chars[before]);
    if which.is_none() && before.is_some_and(|c| number::digit(c).is_some() || matches!(c, '每' | '个' | '半' | '到' | '至')) {
        return None;
    }
    let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?;
    let monday = monday.checked_add_signed(chrono::TimeDelta::weeks(which.unwrap_or(0)))?;
    let Some(day) = eat_any(chars, &mut at, &DAY) else {
        // Without a day only a limit is a date: 本周内, 下周之内.
        let limit = which.is_some() && ["内", "之内", "以内"].iter().any(|limit| starts_with(chars, at, limit));
        let date = monday.checked_add_days(Days::new(6))?;
        return limit.then_some(DateMention { range: start..at, date, confidence: 0.8, within_days: None, bare_weekday: false });
    };
    // 周一 in 周一鸣 or 周三百 is no weekday; nor is a number that goes on.
    if chars.get(at).is_some_and(|&c| number::is_numeral(c) && c != '半' && number::digit(c).is_none()) && *word == "周" {
        return None;
    }
    let mut date = monday.checked_add_days(Days::new(day))?;
    // A weekday alone is the next one to come.
    if which.is_none() && date < today {
        date = date.checked_add_days(Days::new(7))?;
    }
    let confidence = if which.is_some() { 0.95 } else { 0.85 };
    Some(DateMention { range: start..at, date, confidence, within_days: None, bare_weekday: which.is_none() })
}

/// 11月28号, 下个月5号, 28号, 月底, 年底, 季度末.
fn calendar(chars: &[char], start: usize, today: NaiveDate) -> Option<DateMention> {
    let found = |end: usize, date: NaiveDate, confidence: f32| {
        Some(DateMention { range: start..end, date, confidence, within_days: None, bare_weekday: false })
    };
    let before = start.checked_sub(1).map(|before| chars[before]);
    let after_number = before.is_some_and(|c| number::is_numeral(c) || matches!(c, '.' | '第' | '-' | '月'));
    let mut at = start;

    let years = eat_any(chars, &mut at, &YEARS);
    let year = today.year() + years.unwrap_or(0);
    for word in ["年底", "年末", "底"] {
        // 今年底 and 年底 and 今年年底.
        if (word != "底" || years.is_some()) && eat(chars, &mut at, word) {
            return found(at, NaiveDate::from_ymd_opt(year, 12, 31)?, 0.9);
        }
    }
    if years.is_none() && ["季度末", "季末", "季度底", "这个季度末", "本季度末"].iter().any(|word| eat(chars, &mut at, word))
    {
        let month = (today.month0() / 3 + 1) * 3;
        return found(at, last_of(year, month)?, 0.85);
    }

    // A month that is said relative to this one, or by its number.
    let relative = if years.is_none() { eat_any(chars, &mut at, &MONTHS) } else { None };
    let (year, month, whole) = if let Some(months) = relative {
        let then = today.with_day(1)?.checked_add_months(Months::new(months))?;
        (then.year(), then.month(), true)
    } else if !after_number && eat(chars, &mut at, "月") {
        // 月底, 月中, 月初 of this month; 月 alone is nothing.
        (today.year(), today.month(), false)
    } else if after_number {
        return None;
    } else {
        let number = eat_number(chars, &mut at)?;
        if eat(chars, &mut at, "月份") || eat(chars, &mut at, "月") {
            if !(1..=12).contains(&number) {
                return None;
            }
            // A month long past is meant for next year; one just past is a report of what was.
            let passed = (today.month() + 12 - number) % 12;
            let next_year = years.is_none() && number < today.month() && passed > 3;
            (year + i32::from(next_year), number, true)
        } else if years.is_none() && (eat(chars, &mut at, "号") || eat(chars, &mut at, "日")) {
            // 3号楼 is a place.
            if chars
                .get(at)
                .is_some_and(|c| matches!(c, '楼' | '线' | '机' | '馆' | '门' | '厅' | '店' | '库' | '厂' | '院' | '柜' | '车'))
            {
                return None;
            }
            let first = today.with_day(1)?;
            let date = (0..3)
                .filter_map(|months| first.checked_add_months(Months::new(months))?.with_day(number))
                .find(|date| *date >= today)?;
            return found(at, date, 0.85);
        } else {
            return None;
        }
    };
    if let Some(day) = eat_any(chars, &mut at, &MONTH_PARTS) {
        let date = if day == 0 { last_of(year, month)? } else { NaiveDate::from_ymd_opt(year, month, day)? };
        return found(at, date, if day == 0 { 0.9 } else { 0.8 });
    }
    let whole_month_end = at;
    if whole && let Some(day) = eat_number(chars, &mut at) {
        let said = eat(chars, &mut at, "号") || eat(chars, &mut at, "日");
        // 11月28 without 号 is a day only when nothing else is counted.
        if said || relative.is_none() && chars.get(at).is_none_or(|c| !c.is_alphanumeric()) {
            return found(at, NaiveDate::from_ymd_opt(year, month, day)?, 0.97);
        }
    }
    // 这个月内 has a last day; a month alone has not.
    let limited = ["内", "之内", "以内"].iter().any(|limit| starts_with(chars, whole_month_end, limit));
    if whole && limited { found(whole_month_end, last_of(year, month)?, 0.85) } else { None }
}

fn last_of(year: i32, month: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// 三天后, 两周后, 三个月以后, 半年后, 两天内, 过三天.
fn duration(chars: &[char], start: usize, today: NaiveDate) -> Option<DateMention> {
    enum Unit {
        Days,
        WorkingDays,
        Weeks,
        Months,
        Years,
    }
    if start.checked_sub(1).is_some_and(|before| number::is_numeral(chars[before]) || matches!(chars[before], '.' | '第')) {
        return None;
    }
    let mut at = start;
    let past = eat(chars, &mut at, "再过") || eat(chars, &mut at, "过");
    let half = eat(chars, &mut at, "半");
    let count = if half { 1 } else { eat_number(chars, &mut at)? };
    // 过两天 and 过几天 are sayings, not dates.
    if past && count <= 2 && !half {
        return None;
    }
    let units = [
        ("个工作日", Unit::WorkingDays),
        ("工作日", Unit::WorkingDays),
        ("个星期", Unit::Weeks),
        ("个礼拜", Unit::Weeks),
        ("星期", Unit::Weeks),
        ("礼拜", Unit::Weeks),
        ("周", Unit::Weeks),
        ("个月", Unit::Months),
        ("天", Unit::Days),
        ("日", Unit::Days),
        ("年", Unit::Years),
    ];
    let unit = units.into_iter().find(|(text, _)| eat(chars, &mut at, text)).map(|(_, unit)| unit)?;
    let within = ["之内", "以内", "内"].iter().any(|word| eat(chars, &mut at, word));
    let later = !within && ["之后", "以后", "后"].iter().any(|word| eat(chars, &mut at, word));
    if !within && !later && !past {
        return None;
    }
    let date = match (&unit, half) {
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
    (days <= 3_660).then_some(DateMention {
        range: start..at,
        date,
        confidence: 0.95,
        within_days: within.then_some(days),
        bare_weekday: false,
    })
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

/// Part of the day: whether hours up to twelve are meant after noon.
#[derive(Clone, Copy)]
enum Part {
    Morning,
    Noon,
    Afternoon,
}

fn time_at(chars: &[char], start: usize, after_date: bool) -> Option<TimeMention> {
    const PARTS: [(&str, Part); 13] = [
        ("凌晨", Part::Morning),
        ("早上", Part::Morning),
        ("早晨", Part::Morning),
        ("上午", Part::Morning),
        ("今早", Part::Morning),
        ("明早", Part::Morning),
        ("中午", Part::Noon),
        ("下午", Part::Afternoon),
        ("傍晚", Part::Afternoon),
        ("晚上", Part::Afternoon),
        ("今晚", Part::Afternoon),
        ("明晚", Part::Afternoon),
        ("夜里", Part::Afternoon),
    ];
    let mut at = start;
    let part = eat_any(chars, &mut at, &PARTS);
    if part.is_none()
        && !after_date
        && start > 0
        && (number::is_numeral(chars[start - 1]) || matches!(chars[start - 1], '.' | ':' | '第' | '这' | '有'))
    {
        return None;
    }
    let hour = eat_number(chars, &mut at)?;
    let (minute, certain) = if eat(chars, &mut at, "点半") || eat(chars, &mut at, "点钟半") {
        (30, true)
    } else if eat(chars, &mut at, "点一刻") {
        (15, true)
    } else if eat(chars, &mut at, "点三刻") {
        (45, true)
    } else if eat(chars, &mut at, "点钟") || eat(chars, &mut at, "点整") {
        (0, true)
    } else if eat(chars, &mut at, ":") || eat(chars, &mut at, "：") {
        // 12:30, and nothing shorter.
        let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if digits != 2 {
            return None;
        }
        (eat_number(chars, &mut at)?, true)
    } else if eat(chars, &mut at, "点") {
        let mut further = at;
        let zero = eat(chars, &mut further, "零") || eat(chars, &mut further, "过");
        match eat_number(chars, &mut further) {
            Some(minute) if minute < 60 && (minute >= 10 || zero || starts_with(chars, further, "分")) => {
                let said = eat(chars, &mut further, "分");
                // 三点五十 is a time; 三点五十万 is not.
                if !said && chars.get(further).is_some_and(|&c| number::is_numeral(c) || matches!(c, '元' | '块' | '个' | '台'))
                {
                    return None;
                }
                at = further;
                (minute, true)
            }
            _ => (0, false),
        }
    } else {
        return None;
    };
    // 三点要求 and 有两点意见 count points; without a part of the day an hour needs something that makes it one.
    if part.is_none() && !certain && !after_date {
        let counted = ["要求", "意见", "建议", "问题", "需求", "想法", "反馈", "原因", "说明", "内容", "顾虑"];
        if counted.iter().any(|word| starts_with(chars, at, word)) || hour < 7 {
            return None;
        }
    }
    let afternoon = match part {
        Some(Part::Morning) => false,
        Some(Part::Noon) => hour < 10,
        Some(Part::Afternoon) => true,
        // Business is done between seven in the morning and six in the evening.
        None => hour < 7,
    };
    let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
    let time = NaiveTime::from_hms_opt(hour, minute, 0)?;
    let confidence = if part.is_some() { 0.95 } else { 0.75 };
    Some(TimeMention { range: start..at, time, confidence })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn monday() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    fn date(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        let found = dates(&chars, monday());
        assert!(found.len() <= 1, "{text}: {found:?}");
        found.first().map(|mention| mention.date.to_string())
    }

    fn time(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        times(&chars, &dates(&chars, monday())).first().map(|mention| mention.time.format("%H:%M").to_string())
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

    #[test]
    fn times_as_people_say_them() {
        for (text, expected) in [
            ("上午十点", "10:00"),
            ("下午两点半", "14:30"),
            ("下午2点半", "14:30"),
            ("晚上八点", "20:00"),
            ("中午十二点", "12:00"),
            ("早上九点一刻", "09:15"),
            ("下午三点二十", "15:20"),
            ("下午三点零五分", "15:05"),
            ("10:30", "10:30"),
            ("九点半", "09:30"),
            ("三点半", "15:30"),
            ("后天三点", "15:00"),
            ("下周五九点半", "09:30"),
            ("下午15点", "15:00"),
        ] {
            assert_eq!(time(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["三点要求", "有两点意见", "三点五十万", "两点", "下午", "25点半", "1:5"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

    fn chinese(n: u32) -> String {
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
        fn every_half_hour_of_the_day(half in 12_u32..48) {
            let (hour, minute) = (half / 2, half % 2 * 30);
            let (part, said) = match hour { 0..=11 => ("上午", hour), 12 => ("中午", 12), _ => ("下午", hour - 12) };
            let text = format!("{part}{}点{}", chinese(said), if minute == 30 { "半" } else { "" });
            prop_assert_eq!(time(&text), Some(format!("{hour:02}:{minute:02}")));
        }

        #[test]
        fn any_text_is_survived(text in "[下上这本个周星期礼拜月年底号日天后内前过半一二三十百万0-9点:点早上午中晚]{0,20}") {
            let chars: Vec<char> = text.chars().collect();
            dates(&chars, monday());
            dates(&chars, NaiveDate::MAX);
            times(&chars, &[]);
        }
    }
}
