//! What a kind says of itself: its fields and rights, how it stands in time and to a customer, who reads it, what rules may do with it,
//! and what must hold when somebody writes to it. A kind says only where it differs from the rest.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::fields::{self, AUTHOR_FIELD, Fields, KIND_FIELD, Misshapen, Scalar, VERSION_FIELD, to_fields};
use crate::id::{CustomerId, DeviceId, Hash, PersonId, RecordId};
use crate::kinds::Kind;
use crate::rejection::Rejection;
use crate::role::Role;
use crate::table::{List, Table};
use chuda_words::keys;

/// A typed record.
pub trait Record: Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: Kind;
    /// Version of its fields. A reader accepts every version; a higher one may have fields it does not know.
    const VERSION: i64 = 1;
    /// Who may create it and write what.
    const TABLE: Table;
    /// Who reads such a record beside those it names.
    const READERS: Readers = Readers::Colleagues;
    /// Roles of whom everybody reads it, too.
    const READ_BY: &'static [Role] = &[];
    /// What rules may do with such a record.
    const RULES: ByRules = ByRules::Set;
    /// Whether it has a page of its own in the API, beside the list of records of every kind.
    const HAS_PAGE: bool = false;
    /// The fields that matter to whoever has to do something about it, in the order to show them.
    const ESSENTIALS: &'static [&'static str] = &[];

    /// The fields of which one says that nobody has to do anything about it any more; none: nobody ever has.
    const CLOSED_BY: &'static [&'static str] = &[];
    /// The instant at which it happened, or was made: what lists are sorted by.
    const TIME: &'static str = "created_at";
    /// The record it came from, or is part of.
    const PARENT: &'static str = "source";
    /// Whether whoever goes to customers can claim one that nobody holds, and reads it as long as that is so (H1).
    const CLAIMABLE: bool = false;

    /// Whether somebody still has to do something about it.
    fn is_open(fields: &Fields) -> bool {
        !Self::CLOSED_BY.is_empty() && !Self::CLOSED_BY.iter().any(|field| fields::is_known(fields, field))
    }

    /// Whether it counts for nothing yet.
    fn is_draft(_: &Fields) -> bool {
        false
    }

    /// When it happened, or was made.
    fn time(fields: &Fields) -> Option<i64> {
        fields::number(fields, Self::TIME)
    }

    /// The customer it belongs to.
    fn customer(_: RecordId, fields: &Fields) -> Option<CustomerId> {
        fields::id(fields, "customer")
    }

    /// The bytes it stands for.
    fn blob(_: &Fields) -> Option<Hash> {
        None
    }

    /// Whether this person looks after it.
    fn is_held_by(fields: &Fields, person: PersonId) -> bool {
        fields::id(fields, "holder") == Some(person)
    }

    /// The id that these fields demand; none where a record of this kind has one by chance.
    fn demanded_id(_: &Fields) -> Option<RecordId> {
        None
    }

    /// What must hold of a write by a person, beside the rights that the field table gives.
    fn check_write(_: &Proposal<'_>, _: &dyn Surroundings) -> Result<(), NotWritten> {
        Ok(())
    }

    /// All fields of a new document: the record's own, its kind and version.
    fn to_new_fields(&self) -> Result<Fields, Misshapen> {
        let mut fields = to_fields(self)?;
        fields.insert(KIND_FIELD.into(), Scalar::Text(Self::KIND.as_str().into()));
        fields.insert(VERSION_FIELD.into(), Scalar::Int(Self::VERSION));
        Ok(fields)
    }
}

/// Who reads the records of a kind beside those that a record names, and the line above all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everybody.
    Team,
    /// Whoever stands by the record's customer.
    Colleagues,
    /// Nobody else.
    Named,
}

/// What rules may do with the records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByRules {
    /// Look at them only: what is said of people, and the server's own bookkeeping.
    Read,
    /// Write what people may write, too.
    Set,
    /// Also make them.
    Make,
}

/// What a person wants to write into a record.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// Which record.
    pub id: RecordId,
    /// As it is accepted so far; none: there is no such record yet.
    pub before: Option<&'a Fields>,
    /// What is to be written.
    pub writes: &'a Fields,
    /// With which installation.
    pub device: DeviceId,
    /// Who.
    pub by: PersonId,
}

/// What a kind looks up when it checks a write. Phone and server answer from their own stores.
pub trait Surroundings {
    /// Another record.
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>>;
    /// Whether there is such an option in the version of the configuration that holds for the record.
    fn has_option(&self, list: List, key: &str) -> bool;
    /// Whether that option asks for a reason.
    fn needs_reason(&self, list: List, key: &str) -> bool;
    /// The first field that form and rules ask for and that a new record lacks, or one that they never asked for (T6, B2).
    fn wrong_in_form(&self, kind: Kind, proposal: &Proposal<'_>) -> Result<Option<String>>;
    /// Whether the device of a write has signed this: DER, by the key that it is known by.
    fn has_signed(&self, message: &[u8], signature: &[u8]) -> Result<bool>;
}

/// Why a write did not come to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotWritten {
    /// It is not to be.
    Refused(Rejection),
    /// What it takes to say so could not be looked up, or it could not be kept.
    Failed(Error),
}

impl<'a> Proposal<'a> {
    /// A text that is to be written.
    pub fn text(&self, field: &str) -> Option<&'a str> {
        fields::text(self.writes, field)
    }

    /// Whether a field is to be written.
    pub fn has(&self, field: &str) -> bool {
        self.writes.contains_key(field)
    }

    /// The record as it would be; a change that is concurrent to others may win or lose field by field.
    pub fn after(&self) -> Fields {
        let mut after = self.before.cloned().unwrap_or_default();
        after.extend(self.writes.iter().map(|(field, value)| (field.clone(), value.clone())));
        after
    }

    /// A field that says who acts can name nobody else than whoever writes.
    pub fn in_own_name(&self, field: &str) -> Result<(), Rejection> {
        let own = self.text(field).is_none_or(|value| value.parse() == Ok(self.by));
        if own { Ok(()) } else { Err(Rejection::invalid(field)) }
    }

    /// A text that has to be given has a letter in it.
    pub fn given(&self, field: &str) -> Result<(), Rejection> {
        if self.text(field).is_some_and(|text| !text.trim().is_empty()) { Ok(()) } else { Err(Rejection::invalid(field)) }
    }
}

impl NotWritten {
    /// What is said to whoever sent it; what could not be looked up is passed on.
    pub fn rejection(self) -> Result<Rejection> {
        match self {
            Self::Refused(rejection) => Ok(rejection),
            Self::Failed(error) => Err(error),
        }
    }
}

impl From<Rejection> for NotWritten {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl From<Misshapen> for NotWritten {
    fn from(misshapen: Misshapen) -> Self {
        Self::Refused(Rejection::Invalid { detail: misshapen.0 })
    }
}

impl From<Error> for NotWritten {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// As an error that leaves the core: `record.not_allowed` with the word for the reason, and the field where it is about one.
impl From<NotWritten> for Error {
    fn from(not_written: NotWritten) -> Self {
        match not_written {
            NotWritten::Failed(error) => error,
            NotWritten::Refused(rejection) => {
                let error = Self::new(ErrorKind::NotAllowed, keys::RECORD_NOT_ALLOWED).with("reason", rejection.key());
                match rejection.field() {
                    Some(field) => error.with("field", field),
                    None => error,
                }
            }
        }
    }
}

/// The author of a record, if it says so.
pub fn author_of(fields: &Fields) -> Option<PersonId> {
    fields::id(fields, AUTHOR_FIELD)
}

/// The version of the configuration that a record says it was made under (T6).
pub fn version_in(fields: &Fields) -> Option<i64> {
    fields::number(fields, "config")
}

/// The kind a document says it is.
pub fn kind_of(fields: &Fields) -> Option<Kind> {
    fields::text(fields, KIND_FIELD).and_then(Kind::parse)
}
