//! Numbers as they are spoken: 五十八万, 3万5, 一百二, 1.2万, 两千零五.

use std::ops::{ControlFlow, Range};

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
    let mut reader =
        Reader { chars, start: at, at, total: 0, section: 0, pending: None, decimals: 0, after_zero: false, unit: 1, large: false };
    while let Some(&c) = chars.get(reader.at) {
        if reader.take(c)?.is_break() {
            break;
        }
    }
    reader.finish()
}

/// A number that is being read. Each step goes on, or ends before a character that is not part of it; `None` when it is no number.
struct Reader<'a> {
    chars: &'a [char],
    start: usize,
    at: usize,
    /// What comes from 万 and 亿, and what comes from smaller units since.
    total: i64,
    section: i64,
    /// The digits read since the last unit, and how many they are.
    pending: Option<(i64, usize)>,
    decimals: u32,
    /// Whether a zero came since the last unit.
    after_zero: bool,
    /// The last unit, 1 before the first.
    unit: i64,
    large: bool,
}

type Step = Option<ControlFlow<()>>;

const GOES_ON: Step = Some(ControlFlow::Continue(()));
const ENDS: Step = Some(ControlFlow::Break(()));

impl Reader<'_> {
    fn take(&mut self, c: char) -> Step {
        if c.is_ascii_digit() {
            return self.ascii_digits();
        }
        if matches!(c, '零' | '〇') && self.at > self.start && self.pending.is_none() {
            self.after_zero = true;
            self.at += 1;
            return GOES_ON;
        }
        match (digit(c), unit(c)) {
            (Some(value), _) => self.chinese_digit(value),
            (None, Some(size)) => self.times(size),
            _ if matches!(c, '.' | '点') && self.unit == 1 && self.decimals == 0 && self.pending.is_some() => self.fraction(c),
            _ => ENDS,
        }
    }

    /// How many ASCII digits stand in a row from here.
    fn run(&self, from: usize) -> usize {
        self.chars[from..].iter().take_while(|c| c.is_ascii_digit()).count()
    }

    /// The digits of a range behind those of `value`.
    fn append(&self, value: i64, range: Range<usize>) -> i64 {
        self.chars[range].iter().filter_map(|&c| digit(c)).fold(value, |sum, d| sum * 10 + d)
    }

    fn ascii_digits(&mut self) -> Step {
        if self.pending.is_some() || self.decimals > 0 {
            return ENDS;
        }
        let run = self.run(self.at);
        if run > 13 {
            return None;
        }
        let mut value = self.append(0, self.at..self.at + run);
        self.at += run;
        // A comma between groups of three digits, as in 12,000.
        while self.chars.get(self.at) == Some(&',') && self.run(self.at + 1) == 3 {
            value = self.append(value, self.at + 1..self.at + 4);
            self.at += 4;
            if value > MAX {
                return None;
            }
        }
        self.pending = Some((value, run));
        GOES_ON
    }

    fn chinese_digit(&mut self, value: i64) -> Step {
        match self.pending {
            // 两三万 is a guess, not a number; 三万五一年 ends after 五.
            Some(_) if self.unit == 1 => return None,
            Some(_) => return ENDS,
            None => self.pending = Some((value, 1)),
        }
        self.at += 1;
        GOES_ON
    }

    fn times(&mut self, size: i64) -> Step {
        let value = match self.pending.take() {
            Some((value, _)) => value,
            // 十五, 一百一十; but 万 alone is no number, nor is 百.
            None if size == 10 => 1,
            None if size >= 10_000 && self.section > 0 => 0,
            _ => return ENDS,
        };
        if size >= 10_000 {
            self.large = true;
            let below = self.section.checked_add(value)?;
            self.total = if size > 10_000 {
                self.total.checked_add(below)?.checked_mul(size)?
            } else {
                self.total.checked_add(below.checked_mul(size)?)?
            };
            self.section = 0;
        } else {
            self.section = self.section.checked_add(value.checked_mul(size)?)?;
        }
        if self.total > MAX || self.section > MAX {
            return None;
        }
        (self.unit, self.after_zero) = (size, false);
        self.at += 1;
        GOES_ON
    }

    fn fraction(&mut self, point: char) -> Step {
        let from = self.at + 1;
        let run = self.chars[from..].iter().take_while(|&&c| digit(c).is_some() && c != '两').count();
        let after = self.chars.get(from + run).copied();
        // 三点 is a time and 三点五十 another one; 三点五万 is a number.
        let counts = point == '.' || after.is_some_and(|c| matches!(c, '万' | '亿' | '千' | '块' | '元'));
        if run == 0 || run > 4 || !counts {
            return ENDS;
        }
        let (whole, _) = self.pending?;
        self.pending = Some((self.append(whole, from..from + run), 0));
        self.decimals = run as u32;
        self.at += 1 + run;
        GOES_ON
    }

    fn finish(mut self) -> Option<Number> {
        if self.at == self.start || self.chars.get(self.at).is_some_and(|c| matches!(c, '几' | '来' | '多')) {
            return None;
        }
        if let Some((value, length)) = self.pending {
            // 三万五 is thirty-five thousand; 三万零五 and 3万5000 are not shortened.
            let shortened = self.unit >= 100 && length == 1 && !self.after_zero && value > 0;
            self.section = self.section.checked_add(if shortened { value * (self.unit / 10) } else { value })?;
        } else if self.total == 0 && self.section == 0 && !self.after_zero {
            return None;
        }
        let mantissa = self.total.checked_add(self.section)?;
        let digits = self.run(self.start);
        (mantissa <= MAX).then_some(Number { mantissa, decimals: self.decimals, end: self.at, large: self.large, digits })
    }
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
