//! Customers and the people on their side.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::person::SELLING;
use super::policy::{Create, Party, Rules, Write};
use super::{Kind, Record};
use crate::id::{CustomerId, PersonId};

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
}

impl Record for Customer {
    const KIND: Kind = Kind::Customer;
    const VERSION: i64 = 1;
    const RULES: Rules = Rules {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Write::Never),
            ("created_at", Write::Never),
            ("name", Write::By(&[Party::Author, Party::Holder])),
            ("short", Write::By(&[Party::Author, Party::Holder])),
            // The author holds a customer that was just entered; handing over goes through the server.
            ("holder", Write::Never),
            ("intent", Write::By(&[Party::Holder])),
            ("closed", Write::By(&[Party::Holder])),
        ],
    };
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
    /// What they do there.
    pub position: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// When it was entered.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub created_at: DateTime<Utc>,
}

impl Record for Contact {
    const KIND: Kind = Kind::Contact;
    const VERSION: i64 = 1;
    const RULES: Rules = Rules {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Write::Never),
            ("customer", Write::Never),
            ("created_at", Write::Never),
            ("name", Write::By(&[Party::Author, Party::Holder])),
            ("position", Write::By(&[Party::Author, Party::Holder])),
            ("phone", Write::By(&[Party::Author, Party::Holder])),
        ],
    };
}
