//! The kinds of record: one file per kind with its fields and who may write them.

pub mod backcheck;
pub mod contract;
pub mod customer;
pub mod demand;
pub mod event;
pub mod evidence;
pub mod finding;
pub mod lead;
pub mod meeting;
pub mod order;
pub mod person;
pub mod question;
pub mod release;
pub mod report;
pub mod slip;
pub mod task;
pub mod touch;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fields::{Fields, Misshapen, Scalar, from_fields, to_fields};
use crate::policy::{self, Party, Write};

pub use backcheck::BackCheck;
pub use contract::{Contract, Seal};
pub use customer::{Contact, Customer, Intent};
pub use demand::Demand;
pub use event::Event;
pub use evidence::Evidence;
pub use finding::Finding;
pub use lead::{Lead, Stage};
pub use meeting::Meeting;
pub use order::Order;
pub use person::{Person, Role};
pub use question::Question;
pub use release::Release;
pub use report::Report;
pub use slip::Slip;
pub use task::Task;
pub use touch::{ContactMode, Touch};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal of $record:ident),* $(,)?) => {
        /// The kinds of record. Each record is one document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every kind, parents before children.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The word that is stored and sent.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }

            /// The field table of the kind: who may create it and write what.
            pub fn rules(self) -> &'static policy::Rules {
                match self {
                    $(Self::$kind => &$record::RULES,)*
                }
            }

            /// Whether fields form a record of this kind: every required field is there and has its type.
            pub fn check(self, fields: &Fields) -> Result<(), Misshapen> {
                match self {
                    $(Self::$kind => from_fields::<$record>(fields).map(drop),)*
                }
            }
        }
    };
}

kinds! {
    /// Someone of the team.
    Person = "person" of Person,
    /// One version of the configuration (T6).
    Config = "config" of Release,
    /// A customer.
    Customer = "customer" of Customer,
    /// A contact person on the customer's side.
    Contact = "contact" of Contact,
    /// A lead with its stage and holder (H1).
    Lead = "lead" of Lead,
    /// A touch (T1).
    Touch = "touch" of Touch,
    /// One piece of evidence.
    Evidence = "evidence" of Evidence,
    /// A daily report (T4).
    Report = "report" of Report,
    /// A contract on its way to be signed (H2, B3).
    Contract = "contract" of Contract,
    /// A use of the seal (N2).
    Seal = "seal" of Seal,
    /// A work order for delivery (B3, H3).
    Order = "order" of Order,
    /// A technical question (B2).
    Question = "question" of Question,
    /// A demand card (F1).
    Demand = "demand" of Demand,
    /// A meeting (B4).
    Meeting = "meeting" of Meeting,
    /// A payment slip (B5).
    Slip = "slip" of Slip,
    /// Something an outside system saw (M1).
    Event = "event" of Event,
    /// Two facts that do not agree (B5), or what a back-check found (R1).
    Finding = "finding" of Finding,
    /// Records drawn to be looked at (R1).
    BackCheck = "back_check" of BackCheck,
    /// A task or to-do.
    Task = "task" of Task,
}

impl Kind {
    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// What a field of this kind holds.
    pub fn type_of(self, field: &str) -> Option<policy::Type> {
        self.rules().fields.iter().find(|(name, ..)| *name == field).map(|(_, holds, _)| *holds)
    }

    /// Whether nobody but the server writes a field or collection.
    pub fn is_servers(self, name: &str) -> bool {
        let is_it = |field: &str| field == name || field.strip_suffix('/') == Some(name);
        self.rules().fields.iter().any(|(field, _, write)| is_it(field) && matches!(write, Write::By([Party::Server])))
    }

    /// Whether rules may write a field after the record was made. What a person said, who made a record, what it belongs to, and what
    /// the server alone keeps of people, evidence and reports is not for them.
    pub fn is_for_rules(self, field: &str) -> bool {
        use policy::Type;
        let kind = !matches!(self, Self::Person | Self::Config | Self::Evidence | Self::Report | Self::BackCheck);
        // Whom a contract names on the customer's side is filled in; every other link is what a record belongs to.
        let holds = |holds: &Type| match holds {
            Type::Link(kind) => *kind == Kind::Contact,
            holds => !matches!(holds, Type::Any | Type::Members),
        };
        let mut fields = self.rules().fields.iter();
        kind && fields.any(|(name, of, write)| *name == field && holds(of) && matches!(write, Write::By(_) | Write::Until(..)))
    }
}

/// When a record says it happened, or was made: what lists are sorted by.
pub fn time_of(fields: &Fields) -> Option<i64> {
    let int = |field: &str| match fields.get(field) {
        Some(Scalar::Int(value)) => Some(*value),
        _ => None,
    };
    let filed = || fields.iter().filter(|(key, _)| key.starts_with("filed/")).filter_map(|(key, _)| int(key)).min();
    ["at", "captured_at", "moved_at", "created_at"].into_iter().find_map(int).or_else(filed)
}

/// The customer a record belongs to; a customer belongs to itself.
pub fn customer_of(id: crate::id::RecordId, kind: Kind, fields: &Fields) -> Option<crate::id::CustomerId> {
    match kind {
        Kind::Customer => Some(id.into()),
        _ => fields.get("customer").and_then(Scalar::as_text).and_then(|id| id.parse().ok()),
    }
}

/// A touch without evidence (待补证据): it counts for nothing yet (T1).
pub fn is_draft(kind: Kind, fields: &Fields) -> bool {
    kind == Kind::Touch && !fields.iter().any(|(key, value)| key.starts_with("evidence/") && *value == Scalar::Bool(true))
}

/// Whether somebody still has to do something about a record.
pub fn is_open(kind: Kind, fields: &Fields) -> bool {
    let known = |field: &str| policy::is_known(fields, field);
    match kind {
        Kind::Task | Kind::Order => !known("done_at"),
        Kind::Contract => !known("signed_at") && !known("rejected_at"),
        Kind::Question => !known("answered_at"),
        Kind::Demand => !known("assessed_at"),
        Kind::Finding => !known("resolved_at"),
        Kind::Slip => !known("contract"),
        Kind::BackCheck => !known("closed_at"),
        Kind::Lead => !known("invalid_at"),
        _ => false,
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
