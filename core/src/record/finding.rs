//! Findings: two facts that do not agree, side by side (B5), or what a back-check found (R1). Not for blame (R2).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::origin::with_origin;
use super::policy::{Create, List, Party, Rules, Type, Write};
use super::{Kind, Origin, Record, Role};
use crate::id::{CustomerId, PersonId, RecordId};

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What does not agree, a key of the configuration's list.
    pub finding: String,
    /// Whose record it is about: the one who can tell.
    pub author: Option<PersonId>,
    /// The role of those who can tell, where no one person does.
    pub role: Option<Role>,
    /// About which customer.
    pub customer: Option<CustomerId>,
    /// The other record, where two are one (duplicates).
    pub other: Option<RecordId>,
    /// The one value.
    pub left: Option<String>,
    /// The other value.
    pub right: Option<String>,
    /// How it was settled, a key of the configuration's list.
    pub resolution: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub resolved_by: Option<PersonId>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Record for Finding {
    const KIND: Kind = Kind::Finding;
    const VERSION: i64 = 1;
    const RULES: Rules = Rules {
        create: Create::Server,
        fields: with_origin![
            ("finding", Type::Option(List::Findings), Write::Never),
            ("author", Type::Person, Write::Never),
            ("role", Type::Role, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("other", Type::Any, Write::Never),
            ("left", Type::Text, Write::Never),
            ("right", Type::Text, Write::Never),
            ("resolution", Type::Option(List::Resolutions), Write::By(SETTLE)),
            ("reason", Type::Text, Write::By(SETTLE)),
            ("resolved_at", Type::Timestamp, Write::By(SETTLE)),
            ("resolved_by", Type::Person, Write::By(SETTLE)),
        ],
    };
}

const SETTLE: &[Party] = &[Party::Author, Party::Holder, Party::Superior, Party::Assignee];
