//! What phone and server agree on. No I/O, no clock, no database: time comes in as an argument.
//!
//! 1. [`kinds`] is the list of kinds, [`kind`] says what each is, one file per kind, in the terms of [`mod@record`] and [`table`];
//!    [`fields`] is the flat form of a record, [`doc`] the document it lives in, [`policy`] judges what somebody writes.
//! 2. [`rules`] are pure functions over records: configuration, conditions, what they write, and the figures.
//! 3. [`wire`] is what phone and server say to each other, [`join`] the way into a team.

pub mod doc;
pub mod error;
pub mod fields;
pub mod id;
pub mod invitation;
pub mod join;
pub mod kind;
pub mod kinds;
pub mod money;
pub mod origin;
pub mod policy;
pub mod record;
pub mod rejection;
pub mod role;
pub mod rules;
pub mod table;
pub mod time;
pub mod view;
pub mod wire;
mod words;

pub use doc::{Actor, Change, Doc};
pub use error::{Action, Error, ErrorKind, Result};
pub use fields::{AUTHOR_FIELD, Fields, KIND_FIELD, Misshapen, Scalar, VERSION_FIELD, from_fields, to_fields};
pub use join::JoinLink;
pub use kind::{
    BackCheck, Contact, ContactMode, Contract, Customer, Demand, Event, Evidence, Finding, Intent, Lead, Meeting, Order, Person,
    Question, Release, Report, Seal, Slip, Stage, Task, Touch,
};
pub use kinds::Kind;
pub use money::Fen;
pub use origin::Origin;
pub use record::{NotWritten, Proposal, Record, author_of, kind_of, version_in};
pub use rejection::Rejection;
pub use role::Role;
pub use table::{Party, Write};
