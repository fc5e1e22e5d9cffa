//! Cells as people write them: folded widths, days in their usual forms, amounts with 万 and thousands separators.

use chrono::{Days, NaiveDate};
use chuda_record::{Fen, Intent};

use crate::text::fold;

/// A name as it is compared: case, spaces and the form of brackets do not count.
pub(crate) fn name_key(name: &str) -> String {
    fold(name).to_lowercase().chars().filter(|c| !c.is_whitespace()).collect()
}

/// A level: `A`, `a`, `A级`, `A类`.
pub(crate) fn intent(text: &str) -> Option<Intent> {
    Intent::parse(text.to_uppercase().trim_end_matches(['级', '类', '等']).trim())
}

/// A day: 2026-11-24, 2026/11/24, 2026.11.24, 2026年11月24日, 20261124, 24 Nov 2026, with or without a time behind it, or as the
/// serial number that spreadsheets keep. Days and months that could be either are none.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    const FORMATS: [&str; 9] =
        ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y年%m月%d号", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y"];
    let text = text.replace("年 ", "年").replace("月 ", "月");
    let whole = text.trim();
    let date = without_time(whole);
    let parsed = FORMATS.iter().find_map(|format| NaiveDate::parse_from_str(date, format).ok());
    let parsed = parsed.or_else(|| (date.len() == 8).then(|| NaiveDate::parse_from_str(date, "%Y%m%d").ok()).flatten());
    parsed.or_else(|| american(date)).or_else(|| serial(whole)).filter(|day| (1950..=2200).contains(&chrono::Datelike::year(day)))
}

/// An amount in yuan: 286000, 286,000.50, ¥28.6万, 1.2亿元, RMB 300. Of a column in 万元 each is ten thousand times as much.
pub(crate) fn amount(text: &str, in_ten_thousands: bool) -> Option<Fen> {
    let mut text = text.to_uppercase();
    for word in ["¥", "RMB", "CNY", "人民币", "元整", "元", "圆", " "] {
        text = text.replace(word, "");
    }
    let (text, mut unit) = match text.strip_suffix('亿') {
        Some(rest) => (rest.to_owned(), 100_000_000),
        None => match text.strip_suffix('万') {
            Some(rest) => (rest.to_owned(), 10_000),
            None => (text, 1),
        },
    };
    if in_ten_thousands && unit == 1 {
        unit = 10_000;
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let whole = ungrouped(whole)?;
    if decimals.len() > 8 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) || text.ends_with('.') {
        return None;
    }
    let scale = 10_i64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let digits: i64 = format!("{whole}{decimals}").parse().ok()?;
    let fen = digits.checked_mul(unit)?.checked_mul(100)?;
    (fen % scale == 0).then_some(Fen(fen / scale))
}

/// Digits without their thousands separators, which have to stand where they belong.
fn ungrouped(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split([',', '，', '\'']).collect();
    let rest_of_three = groups[1..].iter().all(|group| group.len() == 3);
    let first = if groups.len() == 1 { 1..=13 } else { 1..=3 };
    let digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    (first.contains(&groups[0].len()) && rest_of_three && digits && groups.len() <= 5).then(|| groups.concat())
}

fn without_time(text: &str) -> &str {
    let at = text.find([' ', 'T']).filter(|at| text[at + 1..].contains(':'));
    at.map_or(text, |at| text[..at].trim_end())
}

/// 11/24/2026 and 24/11/2026, where only one of the two can be a month.
fn american(text: &str) -> Option<NaiveDate> {
    let parts: Vec<u32> = text.split(['/', '-', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [one, two, year] = parts[..] else { return None };
    let year = i32::try_from(year).ok().filter(|year| *year > 1_000)?;
    let (month, day) = match (one, two) {
        (13.., 1..=12) => (two, one),
        (1..=12, 13..) => (one, two),
        (one, two) if one == two => (one, two),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// Days since the end of 1899, as spreadsheets count them: 1950 to 2119.
fn serial(text: &str) -> Option<NaiveDate> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let days: u64 = whole.parse().ok().filter(|days| (18_264..80_000).contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_folded_as_people_mean_it() {
        assert_eq!(fold("　ＨＴ－２０２６（１）￥\u{200b}1\n"), "HT-2026(1)¥1");
        assert_eq!(name_key("上海（中国） Co"), name_key("上海(中国)co"));
        assert_ne!(name_key("杭州智联"), name_key("杭州智联科技"));
    }

    #[test]
    fn days_are_read_in_their_usual_forms() {
        let expected = NaiveDate::from_ymd_opt(2026, 11, 24);
        for text in [
            "2026-11-24",
            "2026/11/24",
            "2026.11.24",
            "2026年11月24日",
            "2026年11月24号",
            "20261124",
            "46350",
            "46350.5",
            "2026-11-24 10:30",
            "2026-11-24T10:30:00",
            "2026/11/24 0:00:00",
            "24 Nov 2026",
            "Nov 24, 2026",
            "11/24/2026",
            "24/11/2026",
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
        assert_eq!(day("2026-1-5"), NaiveDate::from_ymd_opt(2026, 1, 5));
        for text in ["", "昨天", "2026-13-01", "2026-02-30", "3/4/2026", "26-11-24", "99999999", "12", "0024-01-01"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_read_in_their_usual_forms() {
        for (text, fen) in [
            ("286000", 28_600_000),
            ("286,000.50", 28_600_050),
            ("¥28.6万", 28_600_000),
            ("28.6万元", 28_600_000),
            ("1.2亿", 12_000_000_000),
            ("RMB 300", 30_000),
            ("0.01", 1),
            ("1,234,567", 123_456_700),
            ("12.3456万", 12_345_600),
        ] {
            assert_eq!(amount(text, false), Some(Fen(fen)), "{text}");
        }
        for text in ["", "-5", "(5)", "1,23", "12,34.5", "5.", ".5", "1e5", "一百", "0.001", "1..2", "99999999999999", "万"] {
            assert_eq!(amount(text, false), None, "{text}");
        }
        assert_eq!(amount("28.6", true), Some(Fen(28_600_000)));
        assert_eq!(amount("28.6万", true), Some(Fen(28_600_000)), "the unit is not meant twice");
    }

    #[test]
    fn levels_are_read_in_their_usual_forms() {
        for text in ["A", "a", "A级", "a类"] {
            assert_eq!(intent(&fold(text)), Some(Intent::A), "{text}");
        }
        assert_eq!(intent(&fold("Ｂ")), Some(Intent::B));
        assert_eq!(intent("E"), None);
        assert_eq!(intent("AB"), None);
    }

    proptest! {
        #[test]
        fn every_amount_reads_back(fen in 0..1_000_000_000_000_i64) {
            prop_assert_eq!(amount(&Fen(fen).to_yuan(), false), Some(Fen(fen)));
        }

        #[test]
        fn every_day_reads_back(days in 18_264..80_000_u64) {
            let expected = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap() + Days::new(days);
            prop_assert_eq!(day(&expected.to_string()), Some(expected));
            prop_assert_eq!(day(&days.to_string()), Some(expected));
            prop_assert_eq!(day(&expected.format("%Y年%-m月%-d日").to_string()), Some(expected));
        }

        #[test]
        fn any_text_is_survived(text in ".{0,40}") {
            let text = fold(&text);
            let _ = (day(&text), amount(&text, true), intent(&text), name_key(&text));
            prop_assert_eq!(fold(&text), text);
        }
    }
}
