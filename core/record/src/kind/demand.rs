//! Demand cards: what customers ask for, on the product manager's list (F1).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, PersonId, TouchId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::{ByRules, NotWritten, Proposal, Record, Surroundings};
use crate::role::Role;
use crate::table::{Create, List, Party, Table, Type, Write};
use crate::{Fields, Origin, Scalar};

/// A demand in the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// The sales rep who heard it.
    pub author: PersonId,
    /// From whom.
    pub customer: CustomerId,
    /// In which touch.
    pub touch: Option<TouchId>,
    /// Who assesses it,
    pub assignee: Option<PersonId>,
    /// or the role of those of whom one does.
    pub role: Option<Role>,
    /// What is wanted.
    pub text: Option<String>,
    /// Where it stands, a key of the configuration's list: 待技术评估 at first.
    pub status: String,
    /// What the assessment said.
    pub assessment: Option<String>,
    /// When it was assessed.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub assessed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub assessed_by: Option<PersonId>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Demand {
    /// What an assessment writes.
    pub fn assess(status: &str, text: Option<&str>, by: PersonId, at: DateTime<Utc>) -> Fields {
        let text = text.map(|text| ("assessment".to_owned(), Scalar::from(text)));
        let rest = [
            ("status".to_owned(), status.into()),
            ("assessed_at".to_owned(), Scalar::Int(at.timestamp_millis())),
            ("assessed_by".to_owned(), by.to_string().into()),
        ];
        text.into_iter().chain(rest).collect()
    }
}

impl Record for Demand {
    const KIND: Kind = Kind::Demand;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("touch", Type::Link(Kind::Touch), Write::Never),
            ("assignee", Type::Person, Write::By(&[Party::Assignee])),
            ("role", Type::Role, Write::Never),
            ("text", Type::Text, Write::By(&[Party::Author, Party::Assignee])),
            ("status", Type::Option(List::DemandStates), Write::By(&[Party::Assignee])),
            ("assessment", Type::Text, Write::By(&[Party::Assignee])),
            ("assessed_at", Type::Timestamp, Write::By(&[Party::Assignee])),
            ("assessed_by", Type::Person, Write::By(&[Party::Assignee])),
        ],
    };
    const RULES: ByRules = ByRules::Make;
    const ESSENTIALS: &'static [&'static str] = &["author", "text", "status", "assessment"];
    const CLOSED_BY: &'static [&'static str] = &["assessed_at"];

    /// It is assessed in one's own name, and with a reason where the assessment asks for one.
    fn check_write(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
        proposal.in_own_name("assignee")?;
        proposal.in_own_name("assessed_by")?;
        match proposal.text("status") {
            Some(status) if around.needs_reason(List::Choices, status) => Ok(proposal.given("assessment")?),
            _ => Ok(()),
        }
    }
}
