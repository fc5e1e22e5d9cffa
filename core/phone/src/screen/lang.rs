//! What is said in a language: a text of the table with its values.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use crate::query::view::Word;

/// Key, Chinese, English.
const WORDS: &str = include_str!("../../../../bindings/src/words.tsv");

static TABLE: LazyLock<HashMap<&'static str, (&'static str, &'static str)>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let (key, texts) = line.split_once('\t')?;
        Some((key, texts.split_once('\t')?))
    };
    WORDS.lines().filter_map(row).collect()
});

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

    /// The text of a key; one without a text shows itself.
    pub fn text(self, key: &str) -> &str {
        TABLE.get(key).map_or(key, |(zh, en)| if self == Self::En { en } else { zh })
    }

    /// The text of a key, with `{name}` replaced by values.
    pub fn say(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        values
            .iter()
            .fold(self.text(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
    }

    /// A word of the configuration.
    pub fn word(self, word: &Word) -> &str {
        if self == Self::En { &word.en } else { &word.zh }
    }
}
