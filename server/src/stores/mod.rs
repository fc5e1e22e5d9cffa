//! Where the server keeps what it knows. `SQLite` is embedded; nothing outside this folder names a database.

pub(crate) mod figures;
pub(crate) mod jobs;
pub(crate) mod sqlite;

pub(crate) use sqlite::{Store, Tx};
