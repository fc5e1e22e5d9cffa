//! Customers and the people on their side.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fields::{Fields, is_known};
use crate::id::{ContactId, CustomerId, PersonId, RecordId};
use crate::kinds::Kind;
use crate::record::{NotWritten, Proposal, Record, Surroundings};
use crate::role::SELLING;
use crate::table::{Create, List, Party, Table, Type, Write};

/// How likely a customer is to buy (意向等级).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Intent {
    /// Highest.
    A,
    /// High.
    B,
    /// Low.
    C,
    /// None at present.
    D,
}

impl Intent {
    /// From its letter.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "A" => Some(Self::A),
            "B" => Some(Self::B),
            "C" => Some(Self::C),
            "D" => Some(Self::D),
            _ => None,
        }
    }

    /// Its letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Who entered it.
    pub author: PersonId,
    /// Full name.
    pub name: String,
    /// The name people say, if it is another one.
    pub short: Option<String>,
    /// Who looks after it now.
    pub holder: Option<PersonId>,
    /// Intent level, as last set.
    pub intent: Option<Intent>,
    /// When it was entered.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// No longer a customer: out of health and density.
    #[serde(default)]
    pub closed: bool,
    /// Whom forms name on the customer's side unless another is given (H4).
    pub contact: Option<ContactId>,
    /// Installation address, once known: forms and contracts are filled with it (H4).
    pub address: Option<String>,
    /// Device model they want or have.
    pub model: Option<String>,
    /// Its id in an outside system, such as a CRM.
    pub external_id: Option<String>,
    /// The intent level that an outside CRM sent (B5).
    pub crm_intent: Option<Intent>,
    /// The same customer, entered by somebody else, that this one was merged into.
    pub merged_into: Option<CustomerId>,
}

impl Customer {
    /// One that was just entered, of whom nothing but the name is known. Nobody holds it yet.
    pub fn new(author: PersonId, name: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self {
            author,
            name: name.into(),
            short: None,
            holder: None,
            intent: None,
            created_at: at,
            closed: false,
            contact: None,
            address: None,
            model: None,
            external_id: None,
            crm_intent: None,
            merged_into: None,
        }
    }
}

impl Record for Customer {
    const KIND: Kind = Kind::Customer;
    const TABLE: Table = Table {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Type::Person, Write::Never),
            ("created_at", Type::Timestamp, Write::Never),
            ("name", Type::Text, Write::By(&[Party::Author, Party::Holder])),
            ("short", Type::Text, Write::By(&[Party::Author, Party::Holder])),
            // The author holds a customer that was just entered; handing over goes through the server.
            ("holder", Type::Person, Write::Never),
            ("intent", Type::Text, Write::By(&[Party::Holder])),
            ("closed", Type::Flag, Write::By(&[Party::Holder])),
            ("contact", Type::Link(Kind::Contact), Write::By(&[Party::Author, Party::Holder])),
            ("address", Type::Text, Write::By(&[Party::Author, Party::Holder])),
            ("model", Type::Text, Write::By(&[Party::Author, Party::Holder])),
            ("external_id", Type::Text, Write::By(&[Party::Server])),
            ("crm_intent", Type::Text, Write::By(&[Party::Server])),
            ("merged_into", Type::Link(Kind::Customer), Write::By(&[Party::Server])),
        ],
    };

    fn customer(id: RecordId, _: &Fields) -> Option<CustomerId> {
        Some(id.into())
    }

    fn is_claimable(fields: &Fields) -> bool {
        !is_known(fields, "holder")
    }

    /// Who enters one holds it, or nobody does.
    fn check_write(proposal: &Proposal<'_>, _: &dyn Surroundings) -> Result<(), NotWritten> {
        if proposal.before.is_none() { Ok(proposal.in_own_name("holder")?) } else { Ok(()) }
    }
}

/// A person on the customer's side (N1: IT, legal, end users too).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who entered it.
    pub author: PersonId,
    /// Whose contact this is.
    pub customer: CustomerId,
    /// Name as people say it, such as 王总.
    pub name: String,
    /// What they do there, in words.
    pub position: Option<String>,
    /// What they are to the deal, a key of the configuration's list: IT, legal, end user …
    pub role: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// When it was entered.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub created_at: DateTime<Utc>,
}

impl Record for Contact {
    const KIND: Kind = Kind::Contact;
    const TABLE: Table = Table {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("created_at", Type::Timestamp, Write::Never),
            ("name", Type::Text, Write::By(&[Party::Author, Party::Holder])),
            ("position", Type::Text, Write::By(&[Party::Author, Party::Holder])),
            ("role", Type::Option(List::ContactRoles), Write::By(&[Party::Author, Party::Holder])),
            ("phone", Type::Text, Write::By(&[Party::Author, Party::Holder])),
        ],
    };
}
