//! The words of field sales, put back where the model wrote something else that sounds the same.

use std::sync::LazyLock;

use super::lists::{list, meanings};
use super::number::{digit, is_numeral};
use super::sound::{Sound, sounds};

/// Words that sound like one of the trade and are meant as they stand, and what must follow for that (nothing: nothing in particular).
static LEFT_ALONE: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| meanings("left_alone", Some));
/// Characters that carry the grammar of a sentence are what they are: 这条是 does not hold 调试.
const GRAMMAR: &str = "是的了不没未别在我他她它你们这那就都也又跟到要想像向说会来去过把被让很再还等能只才够将以而且或";

/// Whether these characters are a word of the trade or of every day.
pub(super) fn is_ordinary(chars: &[char]) -> bool {
    let is = |words: &[&str]| words.iter().any(|word| word.chars().eq(chars.iter().copied()));
    is(list("trade")) || is(list("everyday"))
}

/// How far a word of three characters, and each character of a longer one, may be from what was written.
const MAX_THREE: f32 = 0.3;
const MAX_MEAN: f32 = 0.17;
const MAX_ONE: f32 = 0.5;

/// Puts words back by their sound. Lengths never change, `protected` characters stay.
pub(super) fn correct(chars: &mut [char], protected: &mut [bool]) {
    let heard = sounds(chars);
    let mut words: Vec<(Vec<char>, Vec<Sound>)> =
        list("trade").iter().map(|word| word.chars().collect::<Vec<_>>()).map(|word| (word.clone(), sounds(&word))).collect();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));

    // What is written right is right, and holds off a longer word that only resembles.
    for (word, _) in words.iter().filter(|(word, _)| word.len() >= 3) {
        for at in 0..(chars.len() + 1).saturating_sub(word.len()) {
            if chars[at..at + word.len()] == word[..] {
                protected[at..at + word.len()].fill(true);
            }
        }
    }
    for (word, sound) in &words {
        for at in 0..(chars.len() + 1).saturating_sub(word.len()) {
            let here = at..at + word.len();
            if protected[here.clone()].contains(&true) || here.clone().any(|at| is_counting(chars, at)) {
                continue;
            }
            let costs: Vec<f32> = sound.iter().zip(&heard[here.clone()]).map(|(a, b)| a.cost(*b)).collect();
            let changed = || word.iter().zip(&chars[here.clone()]).filter(|(a, b)| a != b).map(|(_, b)| *b);
            let limit = match word.len() {
                2 => 0.0,
                3 => MAX_THREE,
                length => MAX_MEAN * length as f32,
            };
            let fits = costs.iter().sum::<f32>() <= limit
                && costs.iter().all(|cost| *cost <= MAX_ONE)
                && costs.contains(&0.0)
                // Four syllables in a row that are all right are no accident.
                && (word.len() >= 4 && costs.iter().all(|cost| *cost == 0.0) || changed().all(|c| !GRAMMAR.contains(c)))
                && !(word.len() == 2 && left_alone(chars, at));
            if fits {
                chars[here.clone()].copy_from_slice(word);
                protected[here].fill(true);
            }
        }
    }
}

/// Whether a character is punctuation or part of a number. A unit without any digit beside it is a word.
fn is_counting(chars: &[char], at: usize) -> bool {
    let numeral = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|&c| is_numeral(c));
    let c = chars[at];
    !c.is_alphabetic()
        || digit(c).is_some()
        || is_numeral(c) && (numeral(at.checked_sub(1)) || numeral(Some(at + 1)) || !matches!(c, '千' | '百' | '十'))
}

/// Whether two characters are meant as they stand, or belong to the words around them (和同事, 有件事).
fn left_alone(chars: &[char], at: usize) -> bool {
    let is = |word: &str| word.chars().eq(chars[at..at + 2].iter().copied());
    let followed = |by: &str| by.is_empty() || chars.get(at + 2).is_some_and(|next| by.contains(*next));
    list("everyday").iter().any(|word| is(word)) || LEFT_ALONE.iter().any(|(word, by)| is(word) && followed(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let mut protected = vec![false; chars.len()];
        correct(&mut chars, &mut protected);
        chars.into_iter().collect()
    }

    #[test]
    fn words_are_put_back_by_sound() {
        for (heard, meant) in [
            ("今天掩饰了", "今天演示了"),
            ("发了有件过去", "发了邮件过去"),
            ("需要协调技术答应", "需要协调技术答疑"),
            ("和同签了", "合同签了"),
            ("越底钱给", "月底前给"),
            ("明天发爆假弹", "明天发报价单"),
        ] {
            assert_eq!(corrected(heard), meant);
        }
    }

    #[test]
    fn what_is_meant_as_it_stands_stays() {
        for text in [
            "和同事商量",
            "有件事要说",
            "周三三点",
            "设备延时高",
            "他们已经同意",
            "按理说",
            "这条是客户的",
            "他又想加",
            "还未报给我",
            "为保证质量",
            "价格越低越好",
            "三百五十万",
            "上周五",
            "我跟他说了",
        ] {
            assert_eq!(corrected(text), text);
        }
    }
}
