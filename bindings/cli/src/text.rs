//! Every sentence this shell says, in Chinese or English; errors say what to do.

use std::ffi::OsString;
use std::fmt::Display;

use chuda_phone::query::view::Word;
use chuda_record::Error;
use chuda_words::{Lang, fill, keys};

/// The value of an error that holds the key of what a server refused.
const PROBLEM: &str = "problem";
/// The value of an error that holds the key of what is wrong with a configuration.
const FLAW: &str = "flaw";

/// The language that `--lang` asks for, or else the locale. Chinese where neither names a language.
///
/// It is looked for before the command line is read, because help and usage errors need it too.
pub(crate) fn language(words: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Lang {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let asked = words.iter().enumerate().find_map(|(at, word)| match *word {
        "--lang" => words.get(at + 1).copied(),
        _ => word.strip_prefix("--lang="),
    });
    if let Some(lang) = asked.and_then(named) {
        return lang;
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
    match locale.as_deref().map(|locale| locale.split(['.', '_', '@']).next().unwrap_or_default()) {
        None | Some("C" | "POSIX" | "zh") => Lang::Zh,
        Some(_) => Lang::En,
    }
}

/// A language by the word for it.
pub(crate) fn named(word: &str) -> Option<Lang> {
    match word.to_ascii_lowercase().as_str() {
        "zh" | "zh-cn" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// Texts in one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text(pub(crate) Lang);

impl Text {
    /// The text of a key. A key without a text shows itself.
    pub(crate) fn get(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// The text of a key, with `{name}` replaced by values.
    pub(crate) fn say(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        self.find(key).map_or_else(|| key.to_owned(), |text| fill(text, value))
    }

    /// [`Self::say`] as a line of its own.
    pub(crate) fn line(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        self.say(key, values) + "\n"
    }

    /// The word for a stored key of a fixed list; a key that this version does not know shows itself.
    pub(crate) fn label(self, list: &str, key: &str) -> String {
        self.find(&format!("{list}.{key}")).unwrap_or(key).to_owned()
    }

    /// A word of the table that stands in code.
    pub(crate) fn of(self, word: chuda_words::Word) -> &'static str {
        word.text(self.0)
    }

    /// A word of the configuration.
    pub(crate) fn word(self, word: &Word) -> &str {
        match self.0 {
            Lang::Zh => &word.zh,
            Lang::En => &word.en,
        }
    }

    /// What went wrong and what to do about it.
    pub(crate) fn error(self, error: &Error) -> String {
        // What a server refused is told by the server's own key where there are words for it.
        let problem = error.params.get(PROBLEM).filter(|_| error.key == keys::SERVER_REFUSED);
        let refused = problem.and_then(|problem| self.find(&format!("error.{problem}")));
        let text = refused.or_else(|| self.find(&format!("error.{}", error.key)));
        fill(text.or_else(|| self.find(&format!("fault.{}", error.kind.as_str()))).unwrap_or("{key}"), |name| {
            self.value(error, name)
        })
    }

    /// A value of an error as it is read: fields and purposes by their words.
    fn value(self, error: &Error, name: &str) -> Option<String> {
        let given = error.params.get(name);
        match (name, given) {
            ("key", None) => Some(error.to_string()),
            // What is wrong with a configuration is a sentence of its own.
            ("what", None) => {
                let flaw = error.params.get(FLAW)?;
                let text = self.find(&format!("error.{flaw}")).unwrap_or(flaw);
                Some(fill(text, |name| error.params.get(name).cloned()))
            }
            ("field", Some(field)) => Some(self.label("field", field)),
            ("purpose", Some(purpose)) => Some(self.find(&format!("consent.{purpose}.title")).unwrap_or(purpose).to_owned()),
            (_, given) => given.cloned(),
        }
    }

    fn find(self, key: &str) -> Option<&'static str> {
        chuda_words::find_for_terminal(key).map(|word| word.text(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: Text = Text(Lang::Zh);
    const EN: Text = Text(Lang::En);

    fn lang(words: &[&str], variables: &[(&str, &str)]) -> Lang {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        language(&words, |name| variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_option_decides_then_the_locale_then_chinese() {
        assert_eq!(lang(&["chuda", "--lang", "en"], &[("LANG", "zh_CN.UTF-8")]), Lang::En);
        assert_eq!(lang(&["chuda", "home", "--lang=zh"], &[("LANG", "en_US.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&["chuda"], &[("LC_ALL", ""), ("LC_MESSAGES", "en_GB"), ("LANG", "zh_CN")]), Lang::En);
        assert_eq!(lang(&["chuda"], &[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "en_US")]), Lang::Zh);
        assert_eq!(lang(&["chuda"], &[("LANG", "C.UTF-8")]), Lang::Zh);
        assert_eq!(lang(&["chuda"], &[]), Lang::Zh);
    }

    #[test]
    fn values_are_filled_in() {
        assert_eq!(ZH.say("sync.records_waiting", &[("count", &3)]), "3 条待传");
        assert_eq!(EN.line("sync.records_waiting", &[("count", &3)]), "3 waiting\n");
    }

    #[test]
    fn an_unknown_error_still_says_what_to_do() {
        let said = EN.error(&Error::internal("sync.strange", "detail"));
        assert!(said.contains("sync.strange") && said.contains("report"), "{said}");
    }

    #[test]
    fn a_field_and_a_purpose_are_told_by_their_words() {
        let error = Error::invalid("touch.field_missing").with("field", "next_date");
        assert!(EN.error(&error).starts_with("Follow-up still"), "{}", EN.error(&error));
        let error = Error::invalid("consent.missing").with("purpose", "recording");
        assert_eq!(ZH.error(&error), "请先同意：录音。");
    }
}
