//! Work orders: what delivery has to do for a signed contract (B3), and what everybody hears of it (H3).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::Origin;
use crate::id::{ContactId, ContractId, CustomerId, PersonId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::{ByRules, Record};
use crate::role::Role;
use crate::table::{Create, List, Party, Table, Type, Write};

/// A work order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The sales rep whose contract it is for.
    pub author: PersonId,
    /// For whom.
    pub customer: CustomerId,
    /// The contract.
    pub contract: Option<ContractId>,
    /// Who does it,
    pub assignee: Option<PersonId>,
    /// or the role of those of whom one does.
    pub role: Option<Role>,
    /// The customer's contact person.
    pub contact: Option<ContactId>,
    /// Device model.
    pub model: Option<String>,
    /// Installation address.
    pub address: Option<String>,
    /// The service that delivery finds is needed (B5).
    pub needed_service: Option<String>,
    /// Where it stands, a key of the configuration's list.
    pub status: String,
    /// When delivery comes (H3).
    pub delivery_on: Option<NaiveDate>,
    /// Whom the customer calls afterwards (H3).
    pub service_contact: Option<String>,
    /// The first training (H3).
    pub training_on: Option<NaiveDate>,
    /// Free text.
    pub note: Option<String>,
    /// When it was done.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub done_at: Option<DateTime<Utc>>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Record for Order {
    const KIND: Kind = Kind::Order;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("contract", Type::Link(Kind::Contract), Write::Never),
            ("assignee", Type::Person, Write::By(&[Party::Assignee])),
            ("role", Type::Role, Write::Never),
            ("contact", Type::Link(Kind::Contact), Write::Never),
            ("model", Type::Text, Write::By(&[Party::Author, Party::Assignee])),
            ("address", Type::Text, Write::By(&[Party::Author, Party::Assignee])),
            ("needed_service", Type::Option(List::Services), Write::By(&[Party::Assignee])),
            ("status", Type::Option(List::OrderStates), Write::By(&[Party::Assignee])),
            ("delivery_on", Type::Day, Write::By(&[Party::Assignee])),
            ("service_contact", Type::Text, Write::By(&[Party::Assignee])),
            ("training_on", Type::Day, Write::By(&[Party::Assignee])),
            ("note", Type::Text, Write::By(&[Party::Assignee])),
            ("done_at", Type::Timestamp, Write::By(&[Party::Assignee])),
        ],
    };
    const RULES: ByRules = ByRules::Make;
    const ESSENTIALS: &'static [&'static str] = &[
        "author",
        "contact",
        "model",
        "address",
        "status",
        "needed_service",
        "delivery_on",
        "service_contact",
        "training_on",
        "note",
    ];
    const CLOSED_BY: &'static [&'static str] = &["done_at"];
}
