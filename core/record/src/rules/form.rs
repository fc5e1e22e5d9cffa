//! What forms ask for.

use serde::{Deserialize, Serialize};

use crate::Kind;

/// What a form asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The record it makes.
    pub kind: Kind,
    /// In the order they are asked.
    pub fields: Vec<FormField>,
}

/// One field of a form: of the record, or `x/key` for one that a supervisor added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// Which.
    pub field: String,
    /// Whether it has to be filled in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// What an added one holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<ExtraType>,
    /// The label of an added one on a Chinese screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// The label of an added one on an English screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// What an added field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraType {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Money in fen.
    Money,
    /// A calendar day.
    Day,
    /// Yes or no.
    Flag,
}
