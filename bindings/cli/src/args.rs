//! What every command line has in common; the arguments of a command stand beside the command. The English help stands there, the Chinese
//! one and the examples in [`crate::help`].

use std::path::PathBuf;

use chrono::NaiveDate;
use chuda_evidence::claim::Consent;
use chuda_record::{Fen, Intent};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser};

use crate::commands::Command;
use chuda_words::Lang;

/// A phone in a terminal: visits by voice, photos as evidence, the daily report in one go, all of it without a network
#[derive(Debug, Parser)]
#[command(name = "chuda", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Folder of this phone's data [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// One JSON object on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of the texts [default: from the locale]
    #[arg(long, global = true, value_parser = lang, value_name = "zh|en")]
    pub(crate) lang: Option<Lang>,
    /// Folder of the speech models [default: where scripts/fetch-model puts them]
    #[arg(long, global = true, env = "CHUDA_MODELS", value_name = "DIR", hide_env = true)]
    pub(crate) models: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct All {
    /// Also list those that are finished
    #[arg(long)]
    pub(crate) all: bool,
}

/// Which values an argument takes: their words, the keys of the Chinese words that are taken too, and what they mean.
pub(crate) type Values<T> = &'static [(&'static str, Option<&'static str>, T)];

pub(crate) const YES_NO: Values<bool> = &[("yes", Some("answer.yes"), true), ("no", Some("answer.no"), false)];
/// Who knew of a recording.
pub(crate) const CONSENT: Values<Consent> =
    &[("self", Some("consent.own_voice.said"), Consent::OwnVoice), ("told", Some("consent.told.said"), Consent::Told)];

/// Takes one of these values, by its word in either language.
pub(crate) fn one_of<T: Copy + Send + Sync + 'static>(values: Values<T>) -> impl TypedValueParser<Value = T> {
    let offered = values.iter().map(|(word, said, _)| PossibleValue::new(*word).aliases(said.map(zh)));
    PossibleValuesParser::new(offered).try_map(|given| {
        let mut meant = values.iter().filter(|(word, said, _)| *word == given || said.map(zh) == Some(given.as_str()));
        meant.next().map(|(.., value)| *value).ok_or(given)
    })
}

/// The Chinese word of a value, which is taken too.
pub(crate) fn zh(key: &str) -> &'static str {
    chuda_words::find_for_terminal(key).map_or("", |word| word.zh)
}

fn lang(text: &str) -> Result<Lang, String> {
    crate::text::named(text).ok_or_else(|| "zh, en".into())
}

pub(crate) fn intent(text: &str) -> Result<Intent, String> {
    Intent::parse(&text.to_ascii_uppercase()).ok_or_else(|| "A, B, C, D".into())
}

pub(crate) fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "YYYY-MM-DD".into())
}

pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.to_owned())).ok_or_else(|| "KEY=VALUE".into())
}

pub(crate) fn yuan(text: &str) -> Result<Fen, String> {
    Fen::from_yuan(text).ok_or_else(|| "286000, 99.5".into())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn money_is_given_in_yuan() {
        assert_eq!(yuan("286000").unwrap(), Fen(28_600_000));
        assert_eq!(yuan("99.5").unwrap(), Fen(9_950));
        assert!(yuan("-1").is_err() && yuan("1e9").is_err() && yuan("1.005").is_err());
    }
}
