//! Where a record that a rule made comes from: every effect explains itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::RecordId;

/// Why a record is there. Part of every kind that rules make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The record it came from.
    pub source: Option<RecordId>,
    /// The rule that made it; none where a person or an import did.
    pub rule: Option<String>,
    /// The version of the configuration that holds the rule (T6).
    pub config: Option<i64>,
    /// What held: `action = quote, evidence = application/pdf`.
    pub because: Option<String>,
    /// When it was made.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub created_at: DateTime<Utc>,
}

/// A field table with the fields of [`Origin`] in front.
macro_rules! with_origin {
    ($($field:expr),* $(,)?) => {
        &[
            ("source", crate::policy::Type::Any, crate::policy::Write::Never),
            ("rule", crate::policy::Type::Text, crate::policy::Write::Never),
            ("config", crate::policy::Type::Number, crate::policy::Write::Never),
            ("because", crate::policy::Type::Text, crate::policy::Write::Never),
            ("created_at", crate::policy::Type::Timestamp, crate::policy::Write::Never),
            $($field),*
        ]
    };
}
pub(super) use with_origin;
