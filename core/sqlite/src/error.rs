//! SQLite's errors as what somebody can do about them.

use chuda_record::{Error, ErrorKind};
use rusqlite::ErrorCode as Code;

/// The key of the error that says that a file is damaged, or is no database with this key.
pub const DAMAGED: &str = "storage.damaged";

/// What an error of SQLite's comes to.
pub fn storage(error: rusqlite::Error) -> Error {
    let key = match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => "storage.busy",
        Some(Code::DiskFull) => "storage.full",
        Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => "storage.not_writable",
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => DAMAGED,
        Some(Code::SystemIoFailure) => "storage.failed",
        // The text of SQLite's other errors names columns and statements, never values.
        _ => return Error::internal("storage.query", error),
    };
    tracing::warn!(key, code = ?error.sqlite_extended_error_code(), "database refused");
    Error::new(ErrorKind::Storage, key)
}
