//! Why a configuration can't be published: in terms that its editor can correct.

use serde::Serialize;

use crate::error::Error;

/// Longest detail that is passed on, in characters.
const MAX_DETAIL: usize = 300;

/// What is wrong with one part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "flaw", rename_all = "snake_case")]
pub enum Flaw {
    /// A field, option, kind or role that does not exist.
    #[error("{name} does not exist")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A value or comparison that does not fit what the field holds.
    #[error("{field} can't be used so: another type")]
    Mismatch {
        /// The field.
        field: String,
    },
    /// A comparison with none or more than one operator.
    #[error("{field} needs exactly one comparison")]
    OneComparison {
        /// The field.
        field: String,
    },
    /// Too many nodes, branches or links, or too many entries.
    #[error("too deep or too long")]
    TooDeep,
    /// More bytes than a configuration may have.
    #[error("more than {most} bytes")]
    TooLarge {
        /// How many are allowed.
        most: usize,
    },
    /// `exists` within `exists`.
    #[error("exists within exists")]
    Nested,
    /// An empty list where something is needed.
    #[error("nothing in it")]
    Empty,
    /// A number outside of what makes sense.
    #[error("out of bounds")]
    Bounds,
    /// Evidence is asked of something that has none.
    #[error("only a touch has evidence")]
    NoEvidence,
    /// The same key twice.
    #[error("{name} stands twice")]
    Twice {
        /// The key.
        name: String,
    },
    /// A rule whose effects set it off again.
    #[error("sets itself off again through {name}")]
    Loop {
        /// The rule it comes back through.
        name: String,
    },
    /// More than the allowed number of flexible response nodes (F3).
    #[error("at most {most} response nodes")]
    TooManyNodes {
        /// How many are allowed.
        most: usize,
    },
    /// An option that records may name was taken away; it can only be retired (R3).
    #[error("{name} is in use and can only be retired")]
    Removed {
        /// The option.
        name: String,
    },
    /// An option that is no longer offered, where one is offered (R3).
    #[error("{name} is retired")]
    Retired {
        /// The option.
        name: String,
    },
    /// A field that a rule may not write, or a form not ask for: who made a record, whom it belongs to, what somebody said.
    #[error("{field} is not to be written so")]
    Fixed {
        /// The field.
        field: String,
    },
    /// A record that a rule would make without what such a record needs.
    #[error("the {kind} would be incomplete: {detail}")]
    Incomplete {
        /// Its kind.
        kind: &'static str,
        /// What it lacks.
        detail: String,
    },
    /// It needs a newer app than this one.
    #[error("needs version {needs}")]
    TooNew {
        /// The version.
        needs: String,
    },
    /// Not a configuration at all.
    #[error("not readable: {detail}")]
    Unreadable {
        /// What the reader said.
        detail: String,
    },
}

impl Flaw {
    pub(crate) fn unknown(name: &str) -> Self {
        Self::Unknown { name: name.into() }
    }

    pub(crate) fn mismatch(field: &str) -> Self {
        Self::Mismatch { field: field.into() }
    }

    pub(crate) fn fixed(field: &str) -> Self {
        Self::Fixed { field: field.into() }
    }
}

/// A flaw, with where it is: `rules.quote-pdf.when`, `actions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{place}: {flaw}")]
pub struct Flawed {
    /// Where.
    pub place: String,
    /// What.
    #[serde(flatten)]
    pub flaw: Flaw,
}

/// As an error: the place, the flaw's own word, and what it names. A configuration holds nothing personal.
impl From<&Flawed> for Error {
    fn from(flawed: &Flawed) -> Self {
        let error = Self::invalid("config.flawed");
        let Ok(serde_json::Value::Object(parts)) = serde_json::to_value(flawed) else { return error };
        parts.into_iter().fold(error, |error, (name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            error.with(name, text.chars().take(MAX_DETAIL).collect::<String>())
        })
    }
}
