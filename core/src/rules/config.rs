//! The configuration: options, formula and rules as data. This build's default is `default.json`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::trigger::Trigger;

/// One version of the configuration. Records name the version they were made under (T6).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Its number.
    pub version: i64,
    /// Core actions (T1), in the order they are offered.
    pub actions: Vec<Choice>,
    /// Progress briefs (B1).
    pub briefs: Vec<Choice>,
    /// The brief of a customer whose touches suggest none.
    pub default_brief: String,
    /// Why a report may be short (T4).
    pub short_reasons: Vec<Choice>,
    /// Answers to tasks.
    pub choices: Vec<Choice>,
    /// What a touch can be filed as (T2).
    pub categories: Vec<Choice>,
    /// Kinds of task.
    pub tasks: Vec<Choice>,
    /// The health formula (T3).
    pub health: super::health::Formula,
    /// What happens by itself.
    pub triggers: Vec<Trigger>,
}

/// An option of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
// Each is a box to tick in the editor of options, and any of them go together.
#[allow(clippy::struct_excessive_bools)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The word that is stored.
    pub key: String,
    /// The word on a Chinese screen.
    pub zh: String,
    /// The word on an English screen.
    pub en: String,
    /// Whether a touch with this action counts for touch density (D1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counts_for_density: bool,
    /// Whether it is outside the standard, such as a comparison sheet made to measure: these are counted (D2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub non_standard: bool,
    /// The brief that this action suggests (B1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    /// Whether tech owner and response date are mandatory (B2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_tech_owner: bool,
    /// Whether the answer needs a reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_reason: bool,
}

impl Config {
    /// The configuration this build ships.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Config> = LazyLock::new(|| {
            serde_json::from_str(include_str!("default.json"))
                .unwrap_or_else(|error| unreachable!("the built-in configuration: {error}"))
        });
        &BUILTIN
    }

    /// Finds an option by its key or by either of its words.
    pub fn find<'a>(list: &'a [Choice], word: &str) -> Option<&'a Choice> {
        list.iter().find(|choice| choice.key == word || choice.zh == word || choice.en.eq_ignore_ascii_case(word))
    }

    /// The brief of a customer that follows from the actions of the day's touches: the last that suggests one (B1).
    pub fn suggest_brief<'a>(&'a self, actions: impl IntoIterator<Item = &'a str>) -> &'a str {
        let suggested = actions.into_iter().filter_map(|action| Self::find(&self.actions, action)?.brief.as_deref()).last();
        suggested.unwrap_or(&self.default_brief)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_the_built_in_configuration_names_exists() {
        let config = Config::builtin();
        assert!(Config::find(&config.briefs, &config.default_brief).is_some());
        for action in &config.actions {
            assert!(action.brief.as_ref().is_none_or(|brief| Config::find(&config.briefs, brief).is_some()), "{}", action.key);
        }
        for trigger in &config.triggers {
            trigger.check(config).unwrap();
        }
    }
}
