//! Every word and sentence that a person reads, in Chinese and English: one table for phones, terminal and server.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

/// The keys of errors, each beside what is said of it. An error that is a fault of the program has a key of its own making: all that
/// is said of it is `fault.internal`.
pub mod keys {
    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}

/// Key, Chinese, English, and where a terminal has to say it otherwise, its Chinese and its English. What only a terminal says has
/// nothing in the first two. `{name}` stands for a value.
const TABLE: &str = include_str!("../words.tsv");

static WORDS: LazyLock<HashMap<&str, Row>> = LazyLock::new(|| rows().collect());

/// A language that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl Lang {
    /// From a word such as `en`; any that is not known means Chinese.
    pub fn of(word: &str) -> Self {
        if word == "en" { Self::En } else { Self::Zh }
    }

    /// What phones say for a key; one without words shows itself.
    pub fn text(self, key: &str) -> &str {
        find(key).map_or(key, |word| word.text(self))
    }

    /// What phones say for a key, with its values filled in.
    pub fn say(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        fill(self.text(key), |name| values.iter().find(|(other, _)| *other == name).map(|(_, value)| value.to_string()))
    }

    /// The one of two texts that is in this language.
    pub fn choose<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// A word or sentence in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// On a Chinese screen.
    pub zh: &'static str,
    /// On an English screen.
    pub en: &'static str,
}

impl Word {
    /// In one language.
    pub fn text(self, lang: Lang) -> &'static str {
        lang.choose(self.zh, self.en)
    }
}

#[derive(Clone, Copy)]
struct Row {
    everywhere: Option<Word>,
    terminal: Option<Word>,
}

/// What phones and server say for a key.
pub fn find(key: &str) -> Option<Word> {
    WORDS.get(key)?.everywhere
}

/// What a terminal says for a key.
pub fn find_for_terminal(key: &str) -> Option<Word> {
    let row = WORDS.get(key)?;
    row.terminal.or(row.everywhere)
}

/// The word for a stored key of a fixed list, such as `phone` of `mode`. A key without words shows itself.
pub fn label(list: &str, key: &'static str) -> Word {
    find(&format!("{list}.{key}")).unwrap_or(Word { zh: key, en: key })
}

/// Every key that phones have words for.
pub fn all() -> impl Iterator<Item = (&'static str, Word)> {
    rows().filter_map(|(key, row)| Some((key, row.everywhere?)))
}

/// A text with its values filled in. What has no value stays as it is.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        if let Some((value, behind)) = after.split_once('}').and_then(|(name, behind)| Some((value(name)?, behind))) {
            filled.push_str(&value);
            rest = behind;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}

fn rows() -> impl Iterator<Item = (&'static str, Row)> {
    TABLE.lines().map(|line| {
        let mut cells = line.split('\t');
        let key = cells.next().unwrap_or_default();
        let mut word = || Some(Word { zh: cells.next()?, en: cells.next()? }).filter(|word| !word.zh.is_empty());
        (key, Row { everywhere: word(), terminal: word() })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The values that a text names. One that differs between the languages is called so: `column` and `column_en`.
    fn values(text: &str) -> BTreeSet<&str> {
        let named = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        named.map(|(name, _)| name.strip_suffix("_en").unwrap_or(name)).collect()
    }

    fn chinese(c: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&c)
    }

    #[test]
    fn every_row_has_a_key_of_its_own_in_order_and_both_languages_with_the_same_values() {
        // Errors first; sorted, so that two who add words rarely meet.
        let order = |key: &str| (!key.starts_with("fault."), !key.starts_with("error."), key.to_owned());
        let mut last = None;
        for ((key, row), line) in rows().zip(TABLE.lines()) {
            assert!(last.as_ref().is_none_or(|last| *last < order(key)), "{key} is there twice or in the wrong place");
            last = Some(order(key));
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(matches!(cells.len(), 3 | 5) && cells[3..].iter().all(|cell| !cell.is_empty()), "{key}: {cells:?}");
            assert!(row.everywhere.is_some() || row.terminal.is_some(), "{key} says nothing");
            assert!(row.terminal.is_none() || row.terminal != row.everywhere, "{key} says the same twice");
            for word in [row.everywhere, row.terminal].into_iter().flatten() {
                assert_eq!(values(word.zh), values(word.en), "{key}");
                assert!(!word.en.is_empty() && !word.en.contains(chinese), "{key}: {}", word.en);
            }
        }
    }

    #[test]
    fn every_kind_of_error_has_words_for_a_key_that_is_not_known() {
        for kind in ["invalid", "not_found", "not_allowed", "offline", "server", "storage", "model", "cancelled", "internal"] {
            assert!(find(&format!("fault.{kind}")).is_some(), "{kind}");
        }
    }

    #[test]
    fn a_terminal_says_what_everybody_says_unless_it_has_to_say_it_otherwise() {
        assert_eq!(find_for_terminal("mode.visit"), find("mode.visit"));
        assert_ne!(find_for_terminal("error.touch.customer_missing"), find("error.touch.customer_missing"));
        assert_eq!(find("error.cli.not_text"), None);
        assert_eq!(keys::TOUCH_CUSTOMER_MISSING, "touch.customer_missing");
    }

    #[test]
    fn values_are_filled_in_once() {
        let value = |name: &str| (name == "name").then(|| "{name}".to_owned());
        assert_eq!(fill("{name} {other} {", value), "{name} {other} {");
        assert_eq!(label("mode", "visit").text(Lang::En), "Visit");
        assert_eq!(label("mode", "pigeon").text(Lang::Zh), "pigeon");
    }
}
