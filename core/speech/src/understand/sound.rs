//! How alike two characters sound: toneless pinyin, with graded costs for what the ear and the model confuse.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin as _;

use super::lists::{list, meanings};

/// What a character sounds like. Letters and digits only sound like themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sound {
    /// A Chinese character: its usual reading, and another one when it has two that occur in names.
    Syllable(Syllable, Option<Syllable>),
    /// Anything else.
    Literal(char),
}

/// A toneless syllable, as places in [`INITIALS`] and [`FINALS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syllable {
    initial: u8,
    rhyme: u8,
}

const INITIALS: [&str; 22] =
    ["", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s"];
/// `v` is ü; `ih` is the vowel of zi and zhi, which is not that of ji.
const FINALS: [&str; 38] = [
    "a", "o", "e", "i", "u", "v", "ih", "er", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "ia", "ie", "iao", "iu",
    "ian", "in", "iang", "ing", "iong", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ve", "van", "vn", "io", "ueng",
];
/// Half of a syllable's cost each: a different initial, a different final.
const DIFFERENT: f32 = 0.5;

struct Costs {
    initials: [[f32; INITIALS.len()]; INITIALS.len()],
    finals: [[f32; FINALS.len()]; FINALS.len()],
}

static COSTS: LazyLock<Costs> =
    LazyLock::new(|| Costs { initials: table(&INITIALS, "like_initials"), finals: table(&FINALS, "like_finals") });

/// Characters with two readings that both occur in names and in business talk. All readings of all characters would find matches anywhere.
static SECOND_READINGS: LazyLock<HashMap<char, Sound>> = LazyLock::new(|| {
    let read = |entry: &str| {
        let (character, readings) = entry.split_once(':')?;
        let (first, second) = readings.split_once('/')?;
        Some((character.parse().ok()?, Sound::Syllable(Syllable::parse(first)?, Syllable::parse(second))))
    };
    list("second_readings").iter().filter_map(|entry| read(entry)).collect()
});

/// What each two cost, by a list of those that are confused.
fn table<const N: usize>(names: &[&str; N], confused: &str) -> [[f32; N]; N] {
    let mut table = [[DIFFERENT; N]; N];
    let place = |name: &str| names.iter().position(|n| *n == name);
    for (at, row) in table.iter_mut().enumerate() {
        row[at] = 0.0;
    }
    for (pair, cost) in meanings(confused, |cost| cost.parse().ok()) {
        if let Some((a, b)) = pair.split_once('/').and_then(|(a, b)| place(a).zip(place(b))) {
            table[a][b] = cost;
            table[b][a] = cost;
        }
    }
    table
}

impl Syllable {
    /// From pinyin without tone, such as `zhuang`.
    fn parse(pinyin: &str) -> Option<Self> {
        let (initial, rhyme) = split(pinyin);
        Some(Self {
            initial: INITIALS.iter().position(|name| *name == initial)? as u8,
            rhyme: FINALS.iter().position(|name| *name == rhyme)? as u8,
        })
    }

    fn cost(self, other: Self) -> f32 {
        COSTS.initials[usize::from(self.initial)][usize::from(other.initial)]
            + COSTS.finals[usize::from(self.rhyme)][usize::from(other.rhyme)]
    }
}

/// Initial and final, with the spelling rules of pinyin undone.
fn split(pinyin: &str) -> (&str, &str) {
    let initial = INITIALS.iter().filter(|name| pinyin.starts_with(**name)).max_by_key(|name| name.len()).copied().unwrap_or("");
    let rest = &pinyin[initial.len()..];
    let rhyme = match (initial, rest) {
        ("", "yi") => "i",
        ("", "ya") => "ia",
        ("", "ye") => "ie",
        ("", "yao") => "iao",
        ("", "you") => "iu",
        ("", "yan") => "ian",
        ("", "yin") => "in",
        ("", "yang") => "iang",
        ("", "ying") => "ing",
        ("", "yong") => "iong",
        ("", "yo") => "io",
        ("", "yu") | ("j" | "q" | "x", "u") | (_, "ü") => "v",
        ("", "yue") | ("j" | "q" | "x", "ue") | (_, "üe") => "ve",
        ("", "yuan") | ("j" | "q" | "x", "uan") => "van",
        ("", "yun") | ("j" | "q" | "x", "un") => "vn",
        ("", "wu") => "u",
        ("", "wa") => "ua",
        ("", "wo") => "uo",
        ("", "wai") => "uai",
        ("", "wei") => "ui",
        ("", "wan") => "uan",
        ("", "wen") => "un",
        ("", "wang") => "uang",
        ("", "weng") => "ueng",
        ("zh" | "ch" | "sh" | "r" | "z" | "c" | "s", "i") => "ih",
        (_, rest) => rest,
    };
    (initial, rhyme)
}

impl Sound {
    /// The sound of a character.
    pub(super) fn of(c: char) -> Self {
        if let Some(sound) = SECOND_READINGS.get(&c) {
            return *sound;
        }
        match c.to_pinyin().and_then(|pinyin| Syllable::parse(pinyin.plain())) {
            Some(syllable) => Self::Syllable(syllable, None),
            None => Self::Literal(c.to_ascii_lowercase()),
        }
    }

    /// 0 for the same toneless sound, 1 for nothing in common.
    pub(super) fn cost(self, other: Self) -> f32 {
        match (self, other) {
            (Self::Syllable(a, a2), Self::Syllable(b, b2)) => {
                let mut best = a.cost(b);
                for other in
                    [a2.map(|a2| a2.cost(b)), b2.map(|b2| a.cost(b2)), a2.zip(b2).map(|(a2, b2)| a2.cost(b2))].into_iter().flatten()
                {
                    best = best.min(other);
                }
                best
            }
            (Self::Literal(a), Self::Literal(b)) if a == b && a.is_alphanumeric() => 0.0,
            _ => 1.0,
        }
    }
}

/// The sounds of a text, one per character.
pub(super) fn sounds(chars: &[char]) -> Vec<Sound> {
    chars.iter().map(|&c| Sound::of(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(a: char, b: char) -> f32 {
        Sound::of(a).cost(Sound::of(b))
    }

    #[test]
    #[allow(clippy::float_cmp)] // Costs are sums of the constants above.
    fn homophones_cost_nothing_and_strangers_everything() {
        assert_eq!(cost('智', '致'), 0.0);
        assert_eq!(cost('演', '掩'), 0.0);
        assert_eq!(cost('长', '张'), 0.0);
        assert_eq!(cost('八', '水'), 1.0);
        assert_eq!(cost('A', 'a'), 0.0);
        assert_eq!(cost('，', '，'), 1.0);
    }

    #[test]
    fn what_is_confused_costs_little() {
        for (a, b) in [('星', '新'), ('蓝', '南'), ('司', '师'), ('陈', '成'), ('黄', '环')] {
            assert!(cost(a, b) <= 0.1, "{a} {b} {}", cost(a, b));
        }
        assert!(cost('志', '季') < cost('志', '马'));
    }

    #[test]
    fn every_common_character_has_a_sound() {
        for c in '一'..='龥' {
            if let Some(pinyin) = c.to_pinyin() {
                let plain = pinyin.plain();
                // A handful of interjections (hm, ng, ê) are no syllables anybody is called by.
                let odd = ["hm", "hng", "m", "n", "ng", "ê", "o", "lo", "yo"].contains(&plain);
                assert!(odd || matches!(Sound::of(c), Sound::Syllable(..)), "{c} {plain}");
            }
        }
    }
}
