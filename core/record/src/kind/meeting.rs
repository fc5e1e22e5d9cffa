//! Meetings: the delivery kickoff (交付启动会, B4).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Origin;
use crate::fields::members;
use crate::id::{ContractId, CustomerId, PersonId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::{ByRules, Record};
use crate::table::{Create, Party, Table, Type, Write};

/// A meeting that people are invited to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// The sales rep whose contract it is about.
    pub author: PersonId,
    /// About whom.
    pub customer: CustomerId,
    /// About which contract.
    pub contract: Option<ContractId>,
    /// What it is called.
    pub title: String,
    /// When it begins.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// How long it takes, in minutes.
    pub minutes: i64,
    /// Where.
    pub place: Option<String>,
    /// Who is invited.
    #[serde(with = "members", default)]
    pub attendees: BTreeSet<PersonId>,
    /// Who comes (true) and who does not.
    #[serde(default)]
    pub answers: BTreeMap<PersonId, bool>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Record for Meeting {
    const KIND: Kind = Kind::Meeting;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("contract", Type::Link(Kind::Contract), Write::Never),
            ("title", Type::Text, Write::By(&[Party::Author, Party::Attendee])),
            ("at", Type::Timestamp, Write::By(&[Party::Author, Party::Attendee])),
            ("minutes", Type::Number, Write::By(&[Party::Author, Party::Attendee])),
            ("place", Type::Text, Write::By(&[Party::Author, Party::Attendee])),
            ("attendees/", Type::Members, Write::By(&[Party::Server])),
            ("answers/", Type::Members, Write::OwnMember(&[Party::Attendee])),
        ],
    };
    const RULES: ByRules = ByRules::Make;
    const ESSENTIALS: &'static [&'static str] = &["title", "at", "minutes", "place", "author"];
    const TIME: &'static str = "at";
}
