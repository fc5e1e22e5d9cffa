//! SQLite's errors as what somebody can do about them.

use chuda_record::{Error, ErrorKind};
use chuda_words::keys;
use rusqlite::ErrorCode as Code;

/// The key of the error that says that a file is damaged, or is no database with this key.
pub const DAMAGED: &str = keys::STORAGE_DAMAGED;

/// What an error of SQLite's comes to.
pub fn storage(error: rusqlite::Error) -> Error {
    let key = match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => keys::STORAGE_BUSY,
        Some(Code::DiskFull) => keys::STORAGE_FULL,
        Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => keys::STORAGE_NOT_WRITABLE,
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => DAMAGED,
        Some(Code::SystemIoFailure) => keys::STORAGE_FAILED,
        // The text of SQLite's other errors names columns and statements, never values.
        _ => return Error::internal("storage.query", error),
    };
    tracing::warn!(key, code = ?error.sqlite_extended_error_code(), "database refused");
    Error::new(ErrorKind::Storage, key)
}
