//! Payment slips: what finance imports, compared with the contracts (B5).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{ContractId, CustomerId, PersonId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::Record;
use crate::role::Role;
use crate::table::{Create, Party, Table, Type, Write};
use crate::{Fen, Origin};

/// A payment slip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Who imported it; none: an outside system.
    pub author: Option<PersonId>,
    /// Its own number.
    pub number: String,
    /// The contract's number as written on it.
    pub contract_number: Option<String>,
    /// The number of the payer's contract, where another one is expected (B5).
    pub expected_number: Option<String>,
    /// Who paid, as written on it.
    pub payer: Option<String>,
    /// How much.
    pub amount: Fen,
    /// When.
    pub paid_on: Option<NaiveDate>,
    /// The contract with that number, once there is one.
    pub contract: Option<ContractId>,
    /// Its customer.
    pub customer: Option<CustomerId>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Record for Slip {
    const KIND: Kind = Kind::Slip;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("number", Type::Text, Write::Never),
            ("contract_number", Type::Text, Write::Never),
            ("payer", Type::Text, Write::Never),
            ("expected_number", Type::Text, Write::By(&[Party::Server])),
            ("amount", Type::Money, Write::Never),
            ("paid_on", Type::Day, Write::Never),
            ("contract", Type::Link(Kind::Contract), Write::By(&[Party::Server])),
            ("customer", Type::Link(Kind::Customer), Write::By(&[Party::Server])),
        ],
    };
    const READ_BY: &'static [Role] = &[Role::Finance];
    const ESSENTIALS: &'static [&'static str] = &["number", "contract_number", "expected_number", "amount", "payer"];
    const CLOSED_BY: &'static [&'static str] = &["contract"];
}
