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
            ("source", crate::table::Type::Any, crate::table::Write::Never),
            ("rule", crate::table::Type::Text, crate::table::Write::Never),
            ("config", crate::table::Type::Number, crate::table::Write::Never),
            ("because", crate::table::Type::Text, crate::table::Write::Never),
            ("created_at", crate::table::Type::Timestamp, crate::table::Write::Never),
            $($field),*
        ]
    };
}
pub(crate) use with_origin;
