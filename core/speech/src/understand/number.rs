//! Numbers as they are spoken: 五十八万, 3万5, 一百二, 1.2万, 两千零五.

/// A number and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The value times 10 to the power of `decimals`.
    mantissa: i64,
    decimals: u32,
    /// Index of the first character after it.
    pub(super) end: usize,
    /// Whether 万 or 亿 is part of it.
    pub(super) large: bool,
    /// How many ASCII digits stand in a row at its start.
    pub(super) digits: usize,
}

/// Nothing anybody sells costs more, and products of it still fit.
const MAX: i64 = 10_000_000_000_000;

impl Number {
    /// The value in hundredths; `None` when it does not come out even.
    pub(super) fn hundredths(self) -> Option<i64> {
        let scale = 10_i64.checked_pow(self.decimals)?;
        let hundredths = self.mantissa.checked_mul(100)?;
        (hundredths % scale == 0).then_some(hundredths / scale)
    }

    /// The value when it is a whole number.
    pub(super) fn whole(self) -> Option<i64> {
        (self.decimals == 0).then_some(self.mantissa)
    }
}

/// Value of one Chinese or ASCII digit.
pub(super) fn digit(c: char) -> Option<i64> {
    Some(match c {
        '0'..='9' => i64::from(c as u32 - '0' as u32),
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn unit(c: char) -> Option<i64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// Whether a character belongs to numbers.
pub(super) fn is_numeral(c: char) -> bool {
    digit(c).is_some() || unit(c).is_some() || matches!(c, '半' | '几' | '多')
}

/// The number that starts at `at`, if one does. Vague ones (几十万, 两三万, 十来万, 五十多万) are none.
pub(super) fn parse(chars: &[char], at: usize) -> Option<Number> {
    let mut i = at;
    let (mut total, mut section) = (0_i64, 0_i64);
    // The digits read since the last unit, and whether a zero came before them.
    let mut pending: Option<(i64, usize)> = None;
    let mut decimals = 0;
    let mut after_zero = false;
    let mut last_unit = 1_i64;
    let mut large = false;
    let digits = chars[at..].iter().take_while(|c| c.is_ascii_digit()).count();

    while let Some(&c) = chars.get(i) {
        if c.is_ascii_digit() {
            if pending.is_some() || decimals > 0 {
                break;
            }
            let run = chars[i..].iter().take_while(|c| c.is_ascii_digit()).count();
            if run > 13 {
                return None;
            }
            let mut value = chars[i..i + run].iter().filter_map(|&c| digit(c)).fold(0, |sum, d| sum * 10 + d);
            i += run;
            // A comma between groups of three digits, as in 12,000.
            while chars.get(i) == Some(&',') && chars[i + 1..].iter().take_while(|c| c.is_ascii_digit()).count() == 3 {
                value = chars[i + 1..i + 4].iter().filter_map(|&c| digit(c)).fold(value, |sum, d| sum * 10 + d);
                i += 4;
                if value > MAX {
                    return None;
                }
            }
            pending = Some((value, run));
        } else if matches!(c, '零' | '〇') && i > at && pending.is_none() {
            after_zero = true;
            i += 1;
        } else if let Some(value) = digit(c) {
            match pending {
                // 两三万 is a guess, not a number; 三万五一年 ends after 五.
                Some(_) if last_unit == 1 => return None,
                Some(_) => break,
                None => pending = Some((value, 1)),
            }
            i += 1;
        } else if let Some(size) = unit(c) {
            let value = match pending.take() {
                Some((value, _)) => value,
                // 十五, 一百一十; but 万 alone is no number, nor is 百.
                None if size == 10 => 1,
                None if size >= 10_000 && section > 0 => 0,
                _ => break,
            };
            if size >= 10_000 {
                large = true;
                let below = section.checked_add(value)?;
                total = if size > 10_000 {
                    total.checked_add(below)?.checked_mul(size)?
                } else {
                    total.checked_add(below.checked_mul(size)?)?
                };
                section = 0;
            } else {
                section = section.checked_add(value.checked_mul(size)?)?;
            }
            if total > MAX || section > MAX {
                return None;
            }
            last_unit = size;
            after_zero = false;
            i += 1;
        } else if matches!(c, '.' | '点') && last_unit == 1 && decimals == 0 && pending.is_some() {
            let run = chars[i + 1..].iter().take_while(|&&c| digit(c).is_some() && c != '两').count();
            let after = chars.get(i + 1 + run).copied();
            // 三点 is a time and 三点五十 another one; 三点五万 is a number.
            let counts = c == '.' || after.is_some_and(|c| matches!(c, '万' | '亿' | '千' | '块' | '元'));
            if run == 0 || run > 4 || !counts {
                break;
            }
            let (whole, _) = pending?;
            let value = chars[i + 1..=i + run].iter().filter_map(|&c| digit(c)).fold(whole, |sum, d| sum * 10 + d);
            pending = Some((value, 0));
            decimals = run as u32;
            i += 1 + run;
        } else {
            break;
        }
    }
    if i == at || chars.get(i).is_some_and(|c| matches!(c, '几' | '来' | '多')) {
        return None;
    }
    if let Some((value, length)) = pending {
        // 三万五 is thirty-five thousand; 三万零五 and 3万5000 are not shortened.
        let shortened = last_unit >= 100 && length == 1 && !after_zero && value > 0;
        section = section.checked_add(if shortened { value * (last_unit / 10) } else { value })?;
    } else if total == 0 && section == 0 && !after_zero {
        return None;
    }
    let mantissa = total.checked_add(section)?;
    (mantissa <= MAX).then_some(Number { mantissa, decimals, end: i, large, digits })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::score::chinese;

    fn value(text: &str) -> Option<(i64, usize)> {
        let chars: Vec<char> = text.chars().collect();
        parse(&chars, 0).and_then(|number| Some((number.hundredths()?, number.end)))
    }

    #[test]
    fn numbers_as_people_say_them() {
        for (text, yuan) in [
            ("五十八万", 580_000),
            ("58万", 580_000),
            ("3万5", 35_000),
            ("三万五一年", 35_000),
            ("三万五千六", 35_600),
            ("42万8含", 428_000),
            ("二十三万五", 235_000),
            ("一百二十万", 1_200_000),
            ("两百三十五万", 2_350_000),
            ("1.2万", 12_000),
            ("一点五万", 15_000),
            ("八千", 8_000),
            ("一千零五十", 1_050),
            ("一万零五", 10_005),
            ("3万5000", 35_000),
            ("12,500元", 12_500),
            ("十五", 15),
            ("一亿两千万", 120_000_000),
            ("一百二", 120),
        ] {
            assert_eq!(value(text).map(|(value, _)| value), Some(yuan * 100), "{text}");
        }
    }

    #[test]
    fn guesses_are_no_numbers() {
        for text in ["几十万", "两三万", "十几万", "十来万", "五十多万", "万一", "百", "点"] {
            assert_eq!(value(text), None, "{text}");
        }
        // The hour ends before the minutes.
        assert_eq!(value("三点半"), Some((300, 1)));
    }

    proptest! {
        #[test]
        fn every_number_reads_back(number in 1_i64..=100_000_000) {
            let text = chinese(number as u64);
            prop_assert_eq!(value(&text), Some((number * 100, text.chars().count())), "{}", text);
            prop_assert_eq!(value(&number.to_string()), Some((number * 100, number.to_string().len())));
        }

        #[test]
        fn any_text_is_survived(text in "[0-9零一二两三四五六七八九十百千万亿点.,半几多来年个]{0,24}") {
            let chars: Vec<char> = text.chars().collect();
            for at in 0..chars.len() {
                if let Some(number) = parse(&chars, at) {
                    prop_assert!(number.end > at && number.end <= chars.len());
                }
            }
        }
    }
}
