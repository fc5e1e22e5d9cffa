//! An option of a list.

use serde::{Deserialize, Serialize};

use crate::Stage;

/// An option of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
// Each is a box to tick in the editor of options, and any of them go together.
#[allow(clippy::struct_excessive_bools)]
#[serde(default, deny_unknown_fields)]
pub struct Choice {
    /// The word that is stored.
    pub key: String,
    /// The word on a Chinese screen.
    pub zh: String,
    /// The word on an English screen.
    pub en: String,
    /// Whether a touch with this action counts for touch density (D1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub counts_for_density: bool,
    /// Whether it is outside the standard, such as a comparison sheet made to measure: these are counted (D2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub non_standard: bool,
    /// Whether something is sent with this action that the customer can open (M1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sends: bool,
    /// The brief that this action suggests (B1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    /// The stage that this action proves (H1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Whether the answer, or the task, needs a reason.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub needs_reason: bool,
    /// Whether the customer answers with such an event (G1, F2).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub feedback: bool,
    /// Whether such an event says that the customer opened what was sent (M1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opened: bool,
    /// Whether such an event proves the touch it belongs to (M1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub evidence: bool,
    /// The option that this one was split from (R3): what holds for that one holds for this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// What to ask for when it is chosen (R3), such as 请上传操作界面截图.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The text of a script pack or template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// No longer offered; records that have it keep it (R3).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

impl Choice {
    /// Whether this is its key or one of its words.
    pub fn is_called(&self, word: &str) -> bool {
        self.key == word || self.zh == word || self.en.eq_ignore_ascii_case(word)
    }
}
