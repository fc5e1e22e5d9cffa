//! What phone and server agree on. No I/O, no clock, no database: time comes in as an argument.
//!
//! 1. [`kind`] says what a record is, one file per kind; [`fields`] is its flat form, [`doc`] the document it lives in,
//!    [`policy`] who may write what.
//! 2. [`rules`] are pure functions over records: configuration, conditions, what they write, and the figures.
//! 3. [`wire`] is what phone and server say to each other, [`join`] the way into a team.

pub mod doc;
pub mod error;
pub mod fields;
pub mod id;
pub mod invitation;
pub mod join;
pub mod kind;
pub mod money;
pub mod origin;
pub mod policy;
pub mod rules;
pub mod time;
pub mod wire;

pub use doc::{Actor, Change, Doc};
pub use error::{Action, Error, ErrorKind, Result};
pub use fields::{Fields, Misshapen, Scalar, from_fields, to_fields};
pub use join::JoinLink;
pub use kind::{
    BackCheck, Contact, ContactMode, Contract, Customer, Demand, Event, Evidence, Finding, Intent, KIND_FIELD, Kind, Lead, Meeting,
    Order, Person, Question, Record, Release, Report, Role, Seal, Slip, Stage, Task, Touch, VERSION_FIELD, customer_of, is_draft,
    is_open, kind_of, time_of,
};
pub use money::Fen;
pub use origin::Origin;
pub use policy::{Party, Rejection, Write};
