//! Findings: two facts that do not agree, side by side (B5), or what a back-check found (R1). Not for blame (R2).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fields::from_fields;
use crate::id::{CustomerId, PersonId, RecordId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::{ByRules, NotWritten, Proposal, Record, Surroundings};
use crate::rejection::Rejection;
use crate::role::Role;
use crate::table::{Create, List, Party, Table, Type, Write};
use crate::{Fields, Origin, Scalar};

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

impl Finding {
    /// What settling it writes.
    pub fn settle(resolution: &str, reason: &str, by: PersonId, at: DateTime<Utc>) -> Fields {
        [
            ("resolution".to_owned(), resolution.into()),
            ("reason".to_owned(), reason.into()),
            ("resolved_at".to_owned(), Scalar::Int(at.timestamp_millis())),
            ("resolved_by".to_owned(), by.to_string().into()),
        ]
        .into()
    }

    /// Whether it can be settled so: two customers are merged or kept, two values are right or wrong.
    pub fn suits(&self, resolution: &str) -> bool {
        let of_customers = matches!(resolution, "merge" | "keep_both");
        resolution != AGREED_LATER && of_customers == (self.finding == DUPLICATE_CUSTOMER)
    }
}

/// How a finding is settled by itself, when its values agree by now.
pub const AGREED_LATER: &str = "agreed_later";
/// The same customer entered twice.
pub const DUPLICATE_CUSTOMER: &str = "duplicate_customer";

impl Record for Finding {
    const KIND: Kind = Kind::Finding;
    const TABLE: Table = Table {
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
    const RULES: ByRules = ByRules::Make;
    const ESSENTIALS: &'static [&'static str] = &["finding", "left", "right", "resolution", "author"];
    const CLOSED_BY: &'static [&'static str] = &["resolved_at"];

    /// It is settled in one's own name, in a way that suits it, and with a reason.
    fn check_write(proposal: &Proposal<'_>, _: &dyn Surroundings) -> Result<(), NotWritten> {
        proposal.in_own_name("resolved_by")?;
        let Some(resolution) = proposal.text("resolution") else { return Ok(()) };
        let finding: Self = from_fields(&proposal.after())?;
        if !finding.suits(resolution) {
            return Err(Rejection::invalid("resolution").into());
        }
        Ok(proposal.given("reason")?)
    }
}

const SETTLE: &[Party] = &[Party::Author, Party::Holder, Party::Superior, Party::Assignee];
