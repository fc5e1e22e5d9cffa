//! What each kind is: one file per kind, asked through [`Kind`].

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

use crate::fields::{self, Fields, Misshapen, from_fields};
use crate::id::{CustomerId, Hash, PersonId, RecordId};
use crate::kinds::{Kind, kinds};
use crate::record::{ByRules, NotWritten, Proposal, Readers, Record, Surroundings};
use crate::role::Role;
use crate::table::{Party, Table, Type, Write};

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
pub use person::Person;
pub use question::Question;
pub use release::Release;
pub use report::Report;
pub use slip::Slip;
pub use task::Task;
pub use touch::{ContactMode, Touch};

macro_rules! asked {
    ($($(#[$doc:meta])* $kind:ident = $word:literal of $record:ident),* $(,)?) => {
        /// What its own file says of each kind; see [`Record`] for what it means.
        impl Kind {
            /// Who may create such a record and write what.
            pub fn table(self) -> &'static Table {
                match self {
                    $(Self::$kind => &$record::TABLE,)*
                }
            }

            /// Who reads it beside those it names.
            pub fn readers(self) -> Readers {
                match self {
                    $(Self::$kind => $record::READERS,)*
                }
            }

            /// What rules may do with it.
            pub fn by_rules(self) -> ByRules {
                match self {
                    $(Self::$kind => $record::RULES,)*
                }
            }

            /// Whether it has a page of its own in the API.
            pub fn has_page(self) -> bool {
                match self {
                    $(Self::$kind => $record::HAS_PAGE,)*
                }
            }

            /// The fields that matter to whoever has to do something about it.
            pub fn essentials(self) -> &'static [&'static str] {
                match self {
                    $(Self::$kind => $record::ESSENTIALS,)*
                }
            }

            /// Whether somebody still has to do something about it.
            pub fn is_open(self, fields: &Fields) -> bool {
                match self {
                    $(Self::$kind => $record::is_open(fields),)*
                }
            }

            /// Whether it counts for nothing yet.
            pub fn is_draft(self, fields: &Fields) -> bool {
                match self {
                    $(Self::$kind => $record::is_draft(fields),)*
                }
            }

            /// When it happened, or was made.
            pub fn time_of(self, fields: &Fields) -> Option<i64> {
                match self {
                    $(Self::$kind => $record::time(fields),)*
                }
            }

            /// The customer it belongs to.
            pub fn customer_of(self, id: RecordId, fields: &Fields) -> Option<CustomerId> {
                match self {
                    $(Self::$kind => $record::customer(id, fields),)*
                }
            }

            /// The record it came from, or is part of.
            pub fn parent_of(self, fields: &Fields) -> Option<RecordId> {
                match self {
                    $(Self::$kind => fields::id(fields, $record::PARENT),)*
                }
            }

            /// The bytes it stands for.
            pub fn blob_of(self, fields: &Fields) -> Option<Hash> {
                match self {
                    $(Self::$kind => $record::blob(fields),)*
                }
            }

            /// Whether this person looks after it.
            pub fn is_held_by(self, fields: &Fields, person: PersonId) -> bool {
                match self {
                    $(Self::$kind => $record::is_held_by(fields, person),)*
                }
            }

            /// Roles of whom everybody reads it.
            pub fn read_by(self) -> &'static [Role] {
                match self {
                    $(Self::$kind => $record::READ_BY,)*
                }
            }

            /// Whether whoever goes to customers can claim it.
            pub fn is_claimable(self, fields: &Fields) -> bool {
                match self {
                    $(Self::$kind => $record::CLAIMABLE && !fields::is_known(fields, "holder"),)*
                }
            }

            /// The id that these fields demand; none where it is one by chance.
            pub fn demanded_id(self, fields: &Fields) -> Option<RecordId> {
                match self {
                    $(Self::$kind => $record::demanded_id(fields),)*
                }
            }

            /// What must hold of a write by a person, beside the rights that the field table gives.
            pub fn check_write(self, proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
                match self {
                    $(Self::$kind => $record::check_write(proposal, around),)*
                }
            }

            /// Whether fields form a record of this kind: every required field is there and has its type.
            pub fn check(self, fields: &Fields) -> Result<(), Misshapen> {
                match self {
                    $(Self::$kind => from_fields::<$record>(fields).map(drop),)*
                }
            }

            /// The record as JSON, with the fields that this version knows.
            pub fn to_json(self, fields: &Fields) -> Result<String, Misshapen> {
                let text = match self {
                    $(Self::$kind => serde_json::to_string(&from_fields::<$record>(fields)?),)*
                };
                text.map_err(|error| Misshapen(error.to_string()))
            }
        }
    };
}
kinds!(asked);

impl Kind {
    /// What a field of this kind holds.
    pub fn type_of(self, field: &str) -> Option<Type> {
        self.table().type_of(field)
    }

    /// Whether the roles of people say who reads it.
    pub fn is_read_by_role(self) -> bool {
        self.type_of("role") == Some(Type::Role) || !self.read_by().is_empty()
    }

    /// Whether nobody but the server writes a field or collection.
    pub fn is_servers(self, name: &str) -> bool {
        let is_it = |field: &str| field == name || field.strip_suffix('/') == Some(name);
        self.table().fields.iter().any(|(field, _, write)| is_it(field) && matches!(write, Write::By([Party::Server])))
    }

    /// Whether rules may write a field after the record was made. What a person said, who made a record and what it belongs to is not
    /// for them.
    pub fn is_for_rules(self, field: &str) -> bool {
        // Whom a contract names on the customer's side is filled in; every other link is what a record belongs to.
        let holds = |holds: &Type| match holds {
            Type::Link(kind) => *kind == Self::Contact,
            holds => !matches!(holds, Type::Any | Type::Members),
        };
        let mut fields = self.table().fields.iter();
        self.by_rules() != ByRules::Read
            && fields.any(|(name, of, write)| *name == field && holds(of) && matches!(write, Write::By(_) | Write::Until(..)))
    }
}
