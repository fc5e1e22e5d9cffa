//! The lists that a form offers, as the configuration has them.

use serde::Serialize;

use super::view::Word;
use chuda_record::Kind;
use chuda_record::rules::config::{self, Config, ExtraType, FormField};

/// The lists an app offers, in the order to offer them.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Options {
    /// The configuration's number.
    pub version: i64,
    /// Core actions (T1).
    pub actions: Vec<Choice>,
    /// Progress briefs (B1).
    pub briefs: Vec<Choice>,
    /// Why a report may be short (T4).
    pub short_reasons: Vec<Choice>,
    /// Fields that a supervisor added to the form of a touch (T6): a draft takes them as `extra`.
    pub added_fields: Vec<AddedField>,
}

/// An option of a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Choice {
    /// The word that is stored.
    pub key: String,
    /// The word on a Chinese screen.
    #[serde(rename = "label")]
    pub zh: String,
    /// The word on an English screen.
    #[serde(rename = "label_en")]
    pub en: String,
    /// Whether a touch with this action counts for touch density (D1).
    pub counts_for_density: bool,
    /// The brief that this action suggests (B1).
    pub brief: Option<String>,
    /// What to ask for when it is chosen (R3), such as 请上传操作界面截图.
    pub prompt: Option<String>,
    /// Whether the answer needs a reason.
    pub needs_reason: bool,
}

/// A field that a supervisor added to a form.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct AddedField {
    /// Its label; the key is the one under which a draft takes it.
    pub label: Word,
    /// What it holds.
    pub holds: ExtraType,
    /// Whether it has to be filled in.
    pub required: bool,
}

impl From<&Config> for Options {
    fn from(config: &Config) -> Self {
        let list = |choices| Config::offered(choices).map(Choice::from).collect();
        Self {
            version: config.version,
            actions: list(&config.actions),
            briefs: list(&config.briefs),
            short_reasons: list(&config.short_reasons),
            added_fields: config.form(Kind::Touch).iter().filter_map(AddedField::of).collect(),
        }
    }
}

impl From<&config::Choice> for Choice {
    fn from(choice: &config::Choice) -> Self {
        let config::Choice { key, zh, en, counts_for_density, brief, prompt, needs_reason, .. } = choice.clone();
        Self { key, zh, en, counts_for_density, brief, prompt, needs_reason }
    }
}

impl AddedField {
    /// None for a field that the product has of its own.
    fn of(field: &FormField) -> Option<Self> {
        let key = field.field.strip_prefix("x/")?.to_owned();
        let label = Word { zh: field.zh.clone()?, en: field.en.clone()?, key };
        Some(Self { label, holds: field.holds?, required: field.required })
    }
}
