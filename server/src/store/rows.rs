//! Columns of a row as the types they stand for.

use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Error, Fields, Result, from_fields};
use rusqlite::Row;
use serde::de::DeserializeOwned;

/// A record as its type.
pub(crate) fn typed<T: DeserializeOwned>(fields: &Fields) -> Result<T> {
    from_fields(fields).map_err(|error| Error::internal("document.unreadable", error))
}

/// A record's fields, alone in a row.
pub(super) fn fields_row(row: &Row<'_>) -> rusqlite::Result<Fields> {
    json(row, 0)
}

/// The record that the first column names.
pub(super) fn record_id(row: &Row<'_>) -> rusqlite::Result<RecordId> {
    id(row, 0, RecordId::from_slice)
}

/// The person that the first column names.
pub(super) fn person_id(row: &Row<'_>) -> rusqlite::Result<PersonId> {
    id(row, 0, PersonId::from_slice)
}

/// The id in a column.
pub(super) fn id<T>(row: &Row<'_>, column: usize, read: fn(&[u8]) -> Option<T>) -> rusqlite::Result<T> {
    read(row.get_ref(column)?.as_blob()?).ok_or_else(|| unreadable(column))
}

/// The id in a column, if there is one.
pub(super) fn optional_id<T>(row: &Row<'_>, column: usize, read: fn(&[u8]) -> Option<T>) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_blob_or_null()? {
        Some(bytes) => read(bytes).map(Some).ok_or_else(|| unreadable(column)),
        None => Ok(None),
    }
}

/// The fields in a column.
pub(super) fn json(row: &Row<'_>, column: usize) -> rusqlite::Result<Fields> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|_| unreadable(column))
}

/// What is stored is not what it should be.
pub(super) fn unreadable(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, "stored value".into(), rusqlite::types::Type::Blob)
}
