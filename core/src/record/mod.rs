//! What a record is: its fields per kind, who may change them, and the document it lives in.

pub mod customer;
pub mod doc;
pub mod evidence;
pub mod fields;
pub mod lead;
pub mod person;
pub mod policy;
pub mod report;
pub mod task;
pub mod touch;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use customer::{Contact, Customer, Intent};
pub use doc::{Actor, Change, Doc};
pub use evidence::Evidence;
pub use fields::{Fields, Misshapen, Scalar, from_fields, to_fields};
pub use lead::{Lead, Stage};
pub use person::{Person, Role};
pub use policy::{Party, Rejection, Write};
pub use report::Report;
pub use task::Task;
pub use touch::{ContactMode, Touch};

/// Money in fen (1/100 CNY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// From an amount in yuan with at most two decimals, such as `428000` or `99.5`.
    pub fn from_yuan(text: &str) -> Option<Self> {
        let (yuan, cents) = text.split_once('.').unwrap_or((text, ""));
        if cents.len() > 2
            || !cents.bytes().all(|byte| byte.is_ascii_digit())
            || yuan.is_empty()
            || !yuan.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let cents: i64 = format!("{cents:0<2}").parse().ok()?;
        yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents).map(Self)
    }

    /// In yuan, for JSON and exports: a whole number where it is one.
    pub fn to_yuan(self) -> String {
        if self.0 % 100 == 0 { (self.0 / 100).to_string() } else { format!("{}.{:02}", self.0 / 100, self.0.abs() % 100) }
    }
}

/// The kinds of record. Each record is one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Someone of the team.
    Person,
    /// A customer.
    Customer,
    /// A contact person on the customer's side.
    Contact,
    /// A lead with its stage and holder (H1).
    Lead,
    /// A touch (T1).
    Touch,
    /// One piece of evidence.
    Evidence,
    /// A daily report (T4).
    Report,
    /// A task or to-do.
    Task,
}

impl Kind {
    /// Every kind, parents before children.
    pub const ALL: [Self; 8] =
        [Self::Person, Self::Customer, Self::Contact, Self::Lead, Self::Touch, Self::Evidence, Self::Report, Self::Task];

    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Customer => "customer",
            Self::Contact => "contact",
            Self::Lead => "lead",
            Self::Touch => "touch",
            Self::Evidence => "evidence",
            Self::Report => "report",
            Self::Task => "task",
        }
    }

    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The field table of the kind: who may create it and write what.
    pub fn rules(self) -> &'static policy::Rules {
        match self {
            Self::Person => &Person::RULES,
            Self::Customer => &Customer::RULES,
            Self::Contact => &Contact::RULES,
            Self::Lead => &Lead::RULES,
            Self::Touch => &Touch::RULES,
            Self::Evidence => &Evidence::RULES,
            Self::Report => &Report::RULES,
            Self::Task => &Task::RULES,
        }
    }

    /// Whether fields form a record of this kind: every required field is there and has its type.
    pub fn check(self, fields: &Fields) -> Result<(), Misshapen> {
        match self {
            Self::Person => from_fields::<Person>(fields).map(drop),
            Self::Customer => from_fields::<Customer>(fields).map(drop),
            Self::Contact => from_fields::<Contact>(fields).map(drop),
            Self::Lead => from_fields::<Lead>(fields).map(drop),
            Self::Touch => from_fields::<Touch>(fields).map(drop),
            Self::Evidence => from_fields::<Evidence>(fields).map(drop),
            Self::Report => from_fields::<Report>(fields).map(drop),
            Self::Task => from_fields::<Task>(fields).map(drop),
        }
    }
}

/// A typed record.
pub trait Record: Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: Kind;
    /// Version of its fields. A reader accepts every version; a higher one may have fields it does not know.
    const VERSION: i64;
    /// Who may create it and write what.
    const RULES: policy::Rules;

    /// All fields of a new document: the record's own, its kind and version.
    fn to_new_fields(&self) -> Result<Fields, Misshapen> {
        let mut fields = to_fields(self)?;
        fields.insert(KIND_FIELD.into(), Scalar::Text(Self::KIND.as_str().into()));
        fields.insert(VERSION_FIELD.into(), Scalar::Int(Self::VERSION));
        Ok(fields)
    }
}

/// The field that names a document's kind.
pub const KIND_FIELD: &str = "kind";
/// The field that holds the version of its fields.
pub const VERSION_FIELD: &str = "v";

/// The kind a document says it is.
pub fn kind_of(fields: &Fields) -> Option<Kind> {
    fields.get(KIND_FIELD).and_then(Scalar::as_text).and_then(Kind::parse)
}
