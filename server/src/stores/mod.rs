//! Where the server keeps what it knows. `SQLite` is embedded; nothing outside this folder names a database.

pub(crate) mod audit;
pub(crate) mod backchecks;
pub(crate) mod figures;
pub(crate) mod jobs;
pub(crate) mod sqlite;
pub(crate) mod webhooks;

pub(crate) use sqlite::{Store, Tx};
