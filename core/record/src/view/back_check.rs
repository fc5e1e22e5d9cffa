//! What is asked about a touch that was drawn (R1), with what the machine found beside each question.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::Word;
use crate::id::TouchId;
use crate::kind::backcheck::{Answer, BackCheck, member};
use crate::rules::Config;
use crate::rules::machine::{Found, RULE, question_of};

/// A question about a touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedView {
    /// What is asked.
    pub question: Word,
    /// What the machine found, to be seen beside it.
    pub checks: Vec<CheckedView>,
    /// What was answered, if anything.
    #[serde(serialize_with = "in_words")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Word>))]
    pub answer: Option<Answer>,
    /// What was written to it.
    pub note: Option<String>,
}

/// What the machine found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckedView {
    /// What it looked at, such as `opens`; of a rule `rule:` and its id, with its name.
    pub check: Word,
    /// `ok`, `problem`, `pending` or `not_applicable`.
    pub found: String,
    /// What is wrong, such as `catalogue`.
    pub problem: Option<String>,
    /// What had made the rule hold.
    pub because: Option<String>,
}

impl AskedView {
    /// The questions of a back-check about one touch, in their order.
    pub fn all(record: &BackCheck, touch: TouchId, config: &Config) -> Vec<Self> {
        let mut beside: BTreeMap<&str, Vec<CheckedView>> = BTreeMap::new();
        let prefix = member(touch, "");
        let found = record.machine.iter().filter_map(|(key, found)| Some((key.strip_prefix(&prefix)?, Found::parse(found)?)));
        for (check, found) in found {
            let rule = check.strip_prefix(RULE);
            beside.entry(question_of(check)).or_default().push(CheckedView {
                check: rule.map_or_else(|| Word::fixed("machine", check), |rule| named(config, check, rule)),
                found: found.as_str().to_owned(),
                problem: found.problem().map(str::to_owned),
                because: rule.and_then(|rule| record.triggered.get(&member(touch, rule)).cloned()),
            });
        }
        let asked = record.asked().into_iter().map(|question| Self {
            question: Word::of(&config.questions, question),
            checks: beside.remove(question).unwrap_or_default(),
            answer: record.answer(touch, question),
            note: record.notes.get(&member(touch, question)).cloned(),
        });
        asked.collect()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, clippy::ref_option)] // as serde calls it
fn in_words<S: Serializer>(answer: &Option<Answer>, serializer: S) -> Result<S::Ok, S::Error> {
    answer.map(|answer| Word::fixed("answer", answer.as_str())).serialize(serializer)
}

/// A rule by its name, as far as this configuration knows it.
fn named(config: &Config, check: &str, rule: &str) -> Word {
    let known = config.rules.iter().find(|other| other.id == rule);
    let (zh, en) = known.map_or((rule, rule), |known| (&known.zh, &known.en));
    Word { key: check.into(), zh: zh.into(), en: en.into() }
}
