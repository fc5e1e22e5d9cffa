//! Why a change is not accepted, in terms that are stored and sent.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a change was not accepted. It is kept, and its author can redo it on top of the accepted state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Rejection {
    /// Not a change of a record at all.
    Malformed,
    /// Too many bytes or fields, or the document has too many changes.
    TooLarge,
    /// A change that it builds on is not there.
    MissingDependency,
    /// It builds on a change that was not accepted.
    DependsOnRejected,
    /// The actor and number were used before: the installation was copied or restored.
    ReusedSequence,
    /// It was not made by the device that sent it.
    ForeignActor,
    /// A kind that this version does not know.
    UnknownKind,
    /// This person may not create such a record, or not in another's name.
    NotAllowedToCreate,
    /// This person may not see or change this record.
    NotAllowed,
    /// A field that is not to be changed, or not by this person.
    FieldLocked {
        /// The field.
        field: String,
    },
    /// The result would not be a valid record.
    Invalid {
        /// The field, or what keeps the fields from being a record.
        detail: String,
    },
}

impl Rejection {
    /// A field with a value that makes no valid record.
    pub fn invalid(field: &str) -> Self {
        Self::Invalid { detail: field.into() }
    }

    /// The field that it is about.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::FieldLocked { field } | Self::Invalid { detail: field } => Some(field),
            _ => None,
        }
    }

    /// The stable word for it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::MissingDependency => "missing_dependency",
            Self::DependsOnRejected => "depends_on_rejected",
            Self::ReusedSequence => "reused_sequence",
            Self::ForeignActor => "foreign_actor",
            Self::UnknownKind => "unknown_kind",
            Self::NotAllowedToCreate => "not_allowed_to_create",
            Self::NotAllowed => "not_allowed",
            Self::FieldLocked { .. } => "field_locked",
            Self::Invalid { .. } => "invalid",
        }
    }

    /// From its word and the field that it is about.
    pub fn parse(key: &str, field: Option<&str>) -> Option<Self> {
        let field = field.unwrap_or_default();
        serde_json::from_value(serde_json::json!({ "reason": key, "field": field, "detail": field })).ok()
    }

    /// As it is stored, and as version 1 of the protocol has it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| unreachable!("writing to memory: {error}"))
    }

    /// From [`Self::to_json`].
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())?;
        self.field().map_or(Ok(()), |field| write!(f, ": {field}"))
    }
}

impl std::error::Error for Rejection {}
