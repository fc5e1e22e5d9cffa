//! Why a change is not accepted, in terms that are stored and sent.

use serde::{Deserialize, Serialize};

/// Why a change was not accepted. It is kept, and its author can redo it on top of the accepted state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Rejection {
    /// Not a change of a record at all.
    #[error("malformed")]
    Malformed,
    /// Too many bytes or fields, or the document has too many changes.
    #[error("too_large")]
    TooLarge,
    /// A change that it builds on is not there.
    #[error("missing_dependency")]
    MissingDependency,
    /// It builds on a change that was not accepted.
    #[error("depends_on_rejected")]
    DependsOnRejected,
    /// The actor and number were used before: the installation was copied or restored.
    #[error("reused_sequence")]
    ReusedSequence,
    /// It was not made by the device that sent it.
    #[error("foreign_actor")]
    ForeignActor,
    /// A kind that this version does not know.
    #[error("unknown_kind")]
    UnknownKind,
    /// This person may not create such a record, or not in another's name.
    #[error("not_allowed_to_create")]
    NotAllowedToCreate,
    /// This person may not see or change this record.
    #[error("not_allowed")]
    NotAllowed,
    /// A field that is not to be changed, or not by this person.
    #[error("field_locked: {field}")]
    FieldLocked {
        /// The field.
        field: String,
    },
    /// The result would not be a valid record.
    #[error("invalid: {detail}")]
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
}
