//! Why a configuration can't be published: in terms that its editor can correct.

use crate::error::Error;
use chuda_words::keys;

/// Longest detail that is passed on, in characters.
const MAX_DETAIL: usize = 300;

/// What is wrong with one part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// A record to be made that lacks what its kind needs.
    #[error("the record would not be whole: {detail}")]
    Incomplete {
        /// What it lacks.
        detail: String,
    },
    /// A number outside of what makes sense.
    #[error("out of bounds")]
    Bounds,
    /// Evidence is asked of something that has none.
    #[error("only a touch has evidence")]
    NoEvidence,
    /// A number of the formula.
    #[error(transparent)]
    OutOfRange(super::range::OutOfRange),
    /// A number of the targets.
    #[error(transparent)]
    Targets(super::targets::TargetsError),
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {flaw}")]
pub struct Flawed {
    /// Where.
    pub place: String,
    /// What.
    pub flaw: Flaw,
}

impl Flawed {
    pub(crate) fn at(place: impl Into<String>, flaw: Flaw) -> Self {
        Self { place: place.into(), flaw }
    }
}

/// As an error with a key of its own, such as `flaw.unknown`. A configuration holds nothing personal.
impl From<&Flaw> for Error {
    fn from(flaw: &Flaw) -> Self {
        match flaw {
            Flaw::Unknown { name } => Self::invalid(keys::FLAW_UNKNOWN).with("name", name),
            Flaw::Mismatch { field } => Self::invalid(keys::FLAW_MISMATCH).with("field", field),
            Flaw::OneComparison { field } => Self::invalid(keys::FLAW_ONE_COMPARISON).with("field", field),
            Flaw::TooDeep => Self::invalid(keys::FLAW_TOO_DEEP),
            Flaw::TooLarge { most } => Self::invalid(keys::FLAW_TOO_LARGE).with("most", most),
            Flaw::Nested => Self::invalid(keys::FLAW_NESTED),
            Flaw::Empty => Self::invalid(keys::FLAW_EMPTY),
            Flaw::Bounds => Self::invalid(keys::FLAW_BOUNDS),
            Flaw::NoEvidence => Self::invalid(keys::FLAW_NO_EVIDENCE),
            Flaw::OutOfRange(error) => (*error).into(),
            Flaw::Targets(error) => error.clone().into(),
            Flaw::Twice { name } => Self::invalid(keys::FLAW_TWICE).with("name", name),
            Flaw::Loop { name } => Self::invalid(keys::FLAW_LOOP).with("name", name),
            Flaw::TooManyNodes { most } => Self::invalid(keys::FLAW_TOO_MANY_NODES).with("most", most),
            Flaw::Removed { name } => Self::invalid(keys::FLAW_REMOVED).with("name", name),
            Flaw::Retired { name } => Self::invalid(keys::FLAW_RETIRED).with("name", name),
            Flaw::Fixed { field } => Self::invalid(keys::FLAW_FIXED).with("field", field),
            Flaw::Incomplete { detail } => Self::invalid(keys::FLAW_INCOMPLETE).with("detail", detail),
            Flaw::TooNew { needs } => Self::invalid(keys::FLAW_TOO_NEW).with("needs", needs),
            Flaw::Unreadable { detail } => Self::invalid(keys::FLAW_UNREADABLE).with("detail", detail),
        }
    }
}

/// `config.flawed` with the place, the key of the flaw as `flaw`, and what that names.
impl From<&Flawed> for Error {
    fn from(flawed: &Flawed) -> Self {
        let flaw = Self::from(&flawed.flaw);
        let named = flaw.params.into_iter().map(|(name, value)| (name, value.chars().take(MAX_DETAIL).collect::<String>()));
        let error = Self::invalid(keys::CONFIG_FLAWED).with("place", &flawed.place).with("flaw", flaw.key);
        named.fold(error, |error, (name, value)| error.with(name, value))
    }
}
