//! Clauses: what was done, what comes next, what somebody else asked for.

use std::ops::Range;

use super::date::DateMention;
use super::lists::list;

/// What a stretch of text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tense {
    /// What was done in this contact.
    Done,
    /// What is to come.
    Next,
    /// What the customer asks for.
    Wish,
}

/// A stretch of text between punctuation, marks of what comes next, and future dates.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clause {
    pub(super) range: Range<usize>,
    pub(super) tense: Tense,
}

const STOPS: &str = "，。！？；：、,.!?;: ";
/// What was just said is taken back.
const CORRECTIONS: [&str; 9] = ["不对", "说错了", "错了", "不是", "更正", "应该是", "哦不", "搞错", "记错"];

/// Words with a character of denial that deny nothing.
const HARMLESS: [&str; 10] = ["不过", "不错", "没问题", "不少", "差不多", "不但", "不仅", "特别", "分别", "别家"];

/// Clauses of a text. `dates` are its dates; the future ones divide what was done from what comes next.
pub(super) fn clauses(chars: &[char], dates: &[DateMention], is_future: impl Fn(&DateMention) -> bool) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for end in 0..=chars.len() {
        let stop = chars.get(end).is_none_or(|&c| is_stop(chars, end, c));
        if !stop {
            continue;
        }
        if end > start {
            divide(chars, start..end, dates, &is_future, &mut clauses);
        }
        start = end + 1;
    }
    clauses
}

fn is_stop(chars: &[char], at: usize, c: char) -> bool {
    // A point or colon between digits belongs to a number or a time.
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    STOPS.contains(c) && !(matches!(c, '.' | ':' | '：' | ',') && digit(at.checked_sub(1)) && digit(Some(at + 1)))
}

fn divide(
    chars: &[char],
    range: Range<usize>,
    dates: &[DateMention],
    is_future: &impl Fn(&DateMention) -> bool,
    clauses: &mut Vec<Clause>,
) {
    let date = dates.iter().filter(|date| range.contains(&date.range.start) && is_future(date)).map(|date| date.range.start).min();
    let mark = list("next")
        .iter()
        .filter_map(|mark| find(chars, range.clone(), mark))
        .map(|at| before_pronoun(chars, range.start, at))
        .min();
    let cut = [date, mark].into_iter().flatten().min();
    let wish = list("wish").iter().filter_map(|mark| find(chars, range.clone(), mark)).min();
    let done = range.start..cut.unwrap_or(range.end).min(wish.unwrap_or(range.end));
    if !done.is_empty() {
        clauses.push(Clause { range: done.clone(), tense: Tense::Done });
    }
    if done.end < range.end {
        let next = cut.is_some_and(|cut| wish.is_none_or(|wish| cut <= wish));
        let middle = if next { range.end } else { cut.unwrap_or(range.end) };
        clauses.push(Clause { range: done.end..middle, tense: if next { Tense::Next } else { Tense::Wish } });
        if middle < range.end {
            clauses.push(Clause { range: middle..range.end, tense: Tense::Next });
        }
    }
}

/// 我准备 and 我们再约 belong together.
fn before_pronoun(chars: &[char], start: usize, at: usize) -> usize {
    let mut at = at;
    while at > start && "我们他".contains(chars[at - 1]) {
        at -= 1;
    }
    at
}

/// The first place of `word` that lies wholly within `range`.
pub(super) fn find(chars: &[char], range: Range<usize>, word: &str) -> Option<usize> {
    find_all(chars, range, word).next()
}

/// All places of `word` that lie wholly within `range`.
pub(super) fn find_all<'a>(chars: &'a [char], range: Range<usize>, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let length = word.chars().count();
    let end = (range.end + 1).saturating_sub(length);
    (range.start..end.max(range.start)).filter(move |&at| chars[at..at + length].iter().copied().eq(word.chars()))
}

/// Whether what starts at `at` is denied: 没签, 还没报价, 不用演示.
pub(super) fn is_denied(chars: &[char], clause: &Range<usize>, at: usize) -> bool {
    let before: String = chars[at.saturating_sub(5).max(clause.start)..at].iter().collect();
    // 不过 and 特别 hold characters of denial, and deny nothing.
    let before = HARMLESS.iter().fold(before, |before, word| before.replace(word, &"　".repeat(word.chars().count())));
    let far = ["没有", "不用", "不需要", "没来得及"].iter().any(|word| before.contains(word));
    far || before.chars().rev().take(3).any(|c| matches!(c, '没' | '未' | '别' | '不'))
}

/// Whether what starts at `at` replaces what was said shortly before it.
pub(super) fn follows_correction(chars: &[char], at: usize) -> bool {
    let window = at.saturating_sub(8)..at;
    CORRECTIONS.iter().any(|word| find(chars, window.clone(), word).is_some())
}

/// Whether a correction stands between two places that lie close together, so that the second replaces the first.
pub(super) fn is_replaced(chars: &[char], first: &Range<usize>, second: &Range<usize>) -> bool {
    second.start >= first.end
        && second.start - first.end <= 12
        && CORRECTIONS.iter().any(|word| find(chars, first.end..second.start, word).is_some())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn told(text: &str) -> Vec<(String, Tense)> {
        let chars: Vec<char> = text.chars().collect();
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let dates = crate::understand::date::dates(&chars, today);
        clauses(&chars, &dates, |date| date.date > today)
            .into_iter()
            .map(|clause| (chars[clause.range].iter().collect(), clause.tense))
            .collect()
    }

    #[test]
    fn a_future_date_divides_what_was_done_from_what_comes() {
        assert_eq!(
            told("今天演示了产品，约好下周三去签合同"),
            [("今天演示了产品".into(), Tense::Done), ("约好".into(), Tense::Done), ("下周三去签合同".into(), Tense::Next)]
        );
        assert_eq!(told("资料发了三个月后再联系"), [("资料发了".into(), Tense::Done), ("三个月后再联系".into(), Tense::Next)]);
    }

    #[test]
    fn what_the_customer_asks_for_is_not_done() {
        assert_eq!(told("他要我们报价"), [("他".into(), Tense::Done), ("要我们报价".into(), Tense::Wish)]);
    }

    #[test]
    fn denial_reaches_the_word_before() {
        let chars: Vec<char> = "合同还没签，效果不错演示".chars().collect();
        assert!(is_denied(&chars, &(0..5), 4));
        assert!(!is_denied(&chars, &(6..12), 10));
    }
}
