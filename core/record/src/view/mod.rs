//! How a thing is spoken of on every way out: terminal, HTTP API and webhooks have these shapes in common (`docs/api.md`).

pub mod back_check;
pub mod figures;
pub mod heads;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::id::RecordId;
use crate::rules::Config;
use crate::rules::config::{Choice, ExtraType};
use crate::rules::health::{Formula, Health, Parts};
use crate::{Fen, Kind, Scalar, Touch};

/// A word of a list: the key that is stored, and what a person reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Word {
    /// The key that is stored.
    pub key: String,
    /// What a person reads in Chinese.
    #[serde(rename = "label")]
    pub zh: String,
    /// What a person reads in English.
    #[serde(rename = "label_en")]
    pub en: String,
}

impl Word {
    /// The word for a key of a list; one that this configuration does not know shows itself.
    pub fn of(list: &[Choice], key: &str) -> Self {
        Config::option(list, key).map_or_else(|| Self::itself(key), Self::from)
    }

    /// The word for a key of a list that no configuration changes, such as `phone` of `mode`.
    pub fn fixed(list: &str, key: &str) -> Self {
        let word = chuda_words::find(&format!("{list}.{key}"));
        word.map_or_else(|| Self::itself(key), |word| Self { key: key.into(), zh: word.zh.into(), en: word.en.into() })
    }

    /// A text that is the same in every language.
    pub fn itself(text: &str) -> Self {
        Self { key: text.into(), zh: text.into(), en: text.into() }
    }
}

impl From<&Choice> for Word {
    fn from(choice: &Choice) -> Self {
        Self { key: choice.key.clone(), zh: choice.zh.clone(), en: choice.en.clone() }
    }
}

/// A person or customer, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub id: RecordId,
    /// Its name; empty where its record has not arrived or is not the reader's to see.
    pub name: String,
}

/// A score that explains itself (T3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthView {
    /// The sum.
    pub score: i64,
    /// Below the limit, and so on the supervisor's board.
    pub red: bool,
    /// The sum spelled out: `12 = 4×2 + 2×5 − 2×3`.
    pub sum: String,
    /// What it is made of.
    pub parts: Parts,
    /// The same in words, one per part of the formula.
    pub reasons: Vec<Word>,
}

impl HealthView {
    /// A score with the formula that gave it.
    pub fn of(health: Health, formula: &Formula) -> Self {
        let Health { score, red, parts, sum } = health;
        Self { score, red, sum, parts, reasons: formula.reasons(&parts) }
    }
}

/// An amount as JSON has it: a number of yuan with at most two decimals, written from whole fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = f64, example = 286_000.5))]
pub struct Yuan(pub Fen);

impl Serialize for Yuan {
    /// With digits of its own: a number of serde's would go through a float.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_yuan()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// The added fields of a touch that were filled in (T6), with their labels, in the order of the form they were asked by; what that form
/// does not know comes last.
pub fn added(config: &Config, touch: &Touch) -> Vec<(Word, String)> {
    let form = config.form(Kind::Touch);
    let place = |key: &str| form.iter().position(|one| one.field.strip_prefix("x/") == Some(key)).unwrap_or(form.len());
    let mut filled: Vec<(&String, &Scalar)> = touch.extra.iter().collect();
    filled.sort_by_key(|(key, _)| place(key));
    let view = |(key, value): (&String, &Scalar)| {
        let asked = form.get(place(key));
        let label = |text: Option<&String>| text.unwrap_or(key).clone();
        let field = Word {
            key: key.clone(),
            zh: label(asked.and_then(|one| one.zh.as_ref())),
            en: label(asked.and_then(|one| one.en.as_ref())),
        };
        let value = match value {
            Scalar::Int(fen) if asked.and_then(|one| one.holds) == Some(ExtraType::Money) => Fen(*fen).to_yuan(),
            Scalar::Null => String::new(),
            other => other.to_string(),
        };
        (field, value)
    };
    filled.into_iter().map(view).collect()
}

/// serde `serialize_with` for an amount.
pub fn in_yuan<S: Serializer>(amount: &Option<Fen>, serializer: S) -> Result<S::Ok, S::Error> {
    amount.map(Yuan).serialize(serializer)
}

/// serde `serialize_with` for a time of day: hours and minutes.
pub fn to_the_minute<S: Serializer>(time: &Option<NaiveTime>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.format("%H:%M").to_string()).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_amount_is_written_to_the_fen_whatever_it_is(fen in 0..=i64::MAX) {
            let written = serde_json::to_string(&Yuan(Fen(fen))).unwrap();
            prop_assert_eq!(Fen::from_yuan(&written), Some(Fen(fen)));
        }
    }

    #[test]
    fn a_word_has_its_key_and_both_languages() {
        let written = serde_json::to_value(Word::fixed("mode", "visit")).unwrap();
        assert_eq!(written["key"], "visit");
        assert_ne!(written["label"], written["label_en"]);
    }
}
