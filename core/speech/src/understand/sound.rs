//! How alike two characters sound: toneless pinyin, with graded costs for what the ear and the model confuse.

use std::sync::LazyLock;

use pinyin::ToPinyin as _;

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

/// Initials that are confused, and at what cost.
const LIKE_INITIALS: [(&str, &str, f32); 33] = [
    ("zh", "z", 0.05),
    ("ch", "c", 0.05),
    ("sh", "s", 0.05),
    ("n", "l", 0.08),
    ("f", "h", 0.15),
    ("r", "l", 0.15),
    ("b", "p", 0.2),
    ("d", "t", 0.2),
    ("g", "k", 0.2),
    ("j", "q", 0.2),
    ("zh", "ch", 0.2),
    ("z", "c", 0.2),
    ("zh", "j", 0.2),
    ("ch", "q", 0.2),
    ("sh", "x", 0.2),
    ("z", "j", 0.25),
    ("c", "q", 0.25),
    ("s", "x", 0.25),
    ("q", "x", 0.25),
    ("ch", "sh", 0.25),
    ("c", "s", 0.25),
    ("zh", "c", 0.25),
    ("z", "ch", 0.25),
    ("m", "n", 0.25),
    ("g", "h", 0.3),
    ("k", "h", 0.3),
    ("d", "g", 0.3),
    ("t", "k", 0.3),
    ("b", "d", 0.3),
    ("b", "m", 0.3),
    ("r", "", 0.25),
    ("r", "n", 0.25),
    ("d", "l", 0.3),
];
/// Finals that are confused, and at what cost.
const LIKE_FINALS: [(&str, &str, f32); 49] = [
    ("un", "vn", 0.15),
    ("uan", "van", 0.15),
    ("uo", "ou", 0.25),
    ("ang", "ong", 0.25),
    ("a", "e", 0.25),
    ("ia", "ie", 0.25),
    ("iang", "ing", 0.25),
    ("ua", "uo", 0.25),
    ("an", "ang", 0.05),
    ("en", "eng", 0.05),
    ("in", "ing", 0.05),
    ("ian", "iang", 0.1),
    ("uan", "uang", 0.05),
    ("un", "ong", 0.2),
    ("eng", "ong", 0.15),
    ("en", "in", 0.2),
    ("eng", "ing", 0.2),
    ("e", "o", 0.15),
    ("o", "uo", 0.1),
    ("e", "uo", 0.2),
    ("o", "ou", 0.2),
    ("u", "ou", 0.25),
    ("u", "o", 0.25),
    ("u", "uo", 0.25),
    ("i", "v", 0.2),
    ("u", "v", 0.25),
    ("ie", "ve", 0.15),
    ("ian", "van", 0.15),
    ("in", "vn", 0.15),
    ("iong", "ong", 0.2),
    ("iong", "ing", 0.25),
    ("ei", "ui", 0.15),
    ("ei", "ai", 0.2),
    ("ai", "uai", 0.2),
    ("an", "ian", 0.25),
    ("an", "uan", 0.2),
    ("ang", "iang", 0.2),
    ("ang", "uang", 0.2),
    ("a", "ia", 0.2),
    ("a", "ua", 0.2),
    ("ao", "iao", 0.2),
    ("ou", "iu", 0.2),
    ("ou", "ao", 0.25),
    ("i", "in", 0.2),
    ("i", "ing", 0.25),
    ("i", "ie", 0.2),
    ("i", "ih", 0.2),
    ("e", "ih", 0.25),
    ("an", "en", 0.25),
];

/// Characters with two readings that both occur in names and in business talk. All readings of all characters would find matches anywhere.
const SECOND_READINGS: [(char, &str, &str); 36] = [
    ('长', "chang", "zhang"),
    ('行', "xing", "hang"),
    ('重', "zhong", "chong"),
    ('乐', "le", "yue"),
    ('盛', "sheng", "cheng"),
    ('朝', "chao", "zhao"),
    ('厦', "xia", "sha"),
    ('曾', "zeng", "ceng"),
    ('单', "dan", "shan"),
    ('解', "jie", "xie"),
    ('仇', "qiu", "chou"),
    ('都', "du", "dou"),
    ('会', "hui", "kuai"),
    ('晟', "sheng", "cheng"),
    ('传', "chuan", "zhuan"),
    ('车', "che", "ju"),
    ('贾', "jia", "gu"),
    ('调', "tiao", "diao"),
    ('还', "hai", "huan"),
    ('便', "bian", "pian"),
    ('种', "zhong", "chong"),
    ('区', "qu", "ou"),
    ('柏', "bai", "bo"),
    ('查', "cha", "zha"),
    ('得', "de", "dei"),
    ('着', "zhe", "zhao"),
    ('参', "can", "shen"),
    ('藏', "cang", "zang"),
    ('弹', "dan", "tan"),
    ('降', "jiang", "xiang"),
    ('角', "jiao", "jue"),
    ('石', "shi", "dan"),
    ('率', "lv", "shuai"),
    ('宿', "su", "xiu"),
    ('屯', "tun", "zhun"),
    ('地', "di", "de"),
];

struct Costs {
    initials: [[f32; INITIALS.len()]; INITIALS.len()],
    finals: [[f32; FINALS.len()]; FINALS.len()],
}

static COSTS: LazyLock<Costs> =
    LazyLock::new(|| Costs { initials: table(&INITIALS, &LIKE_INITIALS), finals: table(&FINALS, &LIKE_FINALS) });

fn table<const N: usize>(names: &[&str; N], like: &[(&str, &str, f32)]) -> [[f32; N]; N] {
    let mut table = [[DIFFERENT; N]; N];
    let place = |name: &str| names.iter().position(|n| *n == name);
    for (at, row) in table.iter_mut().enumerate() {
        row[at] = 0.0;
    }
    for (a, b, cost) in like {
        if let (Some(a), Some(b)) = (place(a), place(b)) {
            table[a][b] = *cost;
            table[b][a] = *cost;
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
        if let Some((_, first, second)) = SECOND_READINGS.iter().find(|(listed, ..)| *listed == c)
            && let Some(first) = Syllable::parse(first)
        {
            return Self::Syllable(first, Syllable::parse(second));
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
