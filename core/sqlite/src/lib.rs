//! SQLite as phone and server keep theirs: one writer beside readers, a schema that grows by steps, errors that a person can act on.
//!
//! What is stored is theirs, and so are its tables; how a file is opened, written and read is here.

#[cfg(feature = "sqlcipher")]
mod cipher;
mod database;
mod error;
pub mod private;
mod schema;
mod sql;

pub use database::{Access, Database, Settings, copy, transact};
pub use error::{DAMAGED, storage};
pub use schema::migrate;
pub use sql::Sql;
