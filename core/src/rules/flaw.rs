//! Why a configuration can't be published: in terms that its editor can correct.

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
    /// Too many nodes, branches or links.
    #[error("too deep or too long")]
    TooDeep,
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
