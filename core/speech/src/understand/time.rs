//! Times of day as they are spoken: 下午两点半, 上午十点, 12:30.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::NaiveTime;

use super::cursor::Cursor;
use super::date::DateMention;
use super::lists::meanings;
use super::number;

/// A time of day in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TimeMention {
    pub(super) range: Range<usize>,
    pub(super) time: NaiveTime,
    pub(super) confidence: f32,
}

/// All times of day of a text, in order. Right after one of its `dates` an hour needs nothing else to be one: 后天三点.
pub(super) fn times(chars: &[char], dates: &[DateMention]) -> Vec<TimeMention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match time_at(Cursor::new(chars, at), dates.iter().any(|date| date.range.end == at)) {
            Some(mention) => {
                at = mention.range.end;
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

/// Part of the day: whether hours up to twelve are meant after noon.
#[derive(Clone, Copy)]
enum Part {
    Morning,
    Noon,
    Afternoon,
}

static PARTS: LazyLock<Vec<(&str, Part)>> = LazyLock::new(|| {
    meanings("part_of_day", |word| match word {
        "morning" => Some(Part::Morning),
        "noon" => Some(Part::Noon),
        "afternoon" => Some(Part::Afternoon),
        _ => None,
    })
});

fn time_at(start: Cursor<'_>, after_date: bool) -> Option<TimeMention> {
    let mut cursor = start;
    let part = cursor.eat_one(&PARTS);
    let inside = start.before().is_some_and(|c| number::is_numeral(c) || matches!(c, '.' | ':' | '第' | '这' | '有'));
    if part.is_none() && !after_date && inside {
        return None;
    }
    let hour = cursor.eat_number()?;
    let (minute, certain) = minute(&mut cursor)?;
    // 三点要求 and 有两点意见 count points; without a part of the day an hour needs something that makes it one.
    if part.is_none() && !certain && !after_date && (hour < 7 || cursor.sees_any("points")) {
        return None;
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
    Some(TimeMention { range: start.at..cursor.at, time, confidence: if part.is_some() { 0.95 } else { 0.75 } })
}

/// What follows an hour: the minute, and whether that makes it certain that a time is meant.
fn minute(cursor: &mut Cursor<'_>) -> Option<(u32, bool)> {
    static SAID: LazyLock<Vec<(&str, u32)>> = LazyLock::new(|| meanings("minute", |minute| minute.parse().ok()));
    if let Some(minute) = cursor.eat_one(&SAID) {
        return Some((minute, true));
    }
    if cursor.eat(":") || cursor.eat("：") {
        // 12:30, and nothing shorter.
        return if cursor.digits() == 2 { Some((cursor.eat_number()?, true)) } else { None };
    }
    if !cursor.eat("点") {
        return None;
    }
    let mut further = *cursor;
    let zero = further.eat("零") || further.eat("过");
    match further.eat_number() {
        Some(minute) if minute < 60 && (minute >= 10 || zero || further.sees("分")) => {
            let said = further.eat("分");
            // 三点五十 is a time; 三点五十万 is not.
            if !said && further.next().is_some_and(|c| number::is_numeral(c) || matches!(c, '元' | '块' | '个' | '台')) {
                return None;
            }
            *cursor = further;
            Some((minute, true))
        }
        _ => Some((0, false)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::date::dates;
    use super::super::date::tests::{chinese, monday};
    use super::*;

    fn time(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        times(&chars, &dates(&chars, monday())).first().map(|mention| mention.time.format("%H:%M").to_string())
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

    proptest! {
        #[test]
        fn every_half_hour_of_the_day(half in 12_u32..48) {
            let (hour, minute) = (half / 2, half % 2 * 30);
            let (part, said) = match hour { 0..=11 => ("上午", hour), 12 => ("中午", 12), _ => ("下午", hour - 12) };
            let text = format!("{part}{}点{}", chinese(said), if minute == 30 { "半" } else { "" });
            prop_assert_eq!(time(&text), Some(format!("{hour:02}:{minute:02}")));
        }

        #[test]
        fn any_text_is_survived(text in "[下上这本个周星期礼拜月年底号日天后内前过半一二三十百万0-9点:点早上午中晚]{0,20}") {
            times(&text.chars().collect::<Vec<char>>(), &[]);
        }
    }
}
