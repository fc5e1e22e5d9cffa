//! What SQLite says otherwise than the standard: to be said anew for another database. What only restoring needs stands with it.

/// A join that is made in the order in which its tables are named.
pub(super) const JOIN_IN_ORDER: &str = "CROSS JOIN";
/// From now on no write waits for the disk.
pub(super) const WITHOUT_WAITING: &str =
    "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 20000; PRAGMA cache_size = -128000;";

/// Writes the whole file anew.
pub(super) const REWRITE: &str = "VACUUM";

/// A field of a record, in a column that keeps records as JSON.
pub(super) fn field(column: &str, name: &str) -> String {
    format!("json_extract({column}, '$.{name}')")
}

/// Whether a field of a record says yes.
pub(super) fn is_true(column: &str, name: &str) -> String {
    format!("{} = 1", field(column, name))
}

/// Whether an id follows from a name: what stands where its version is.
pub(super) fn is_derived(column: &str) -> String {
    format!("substr(hex({column}), 13, 1) = '5'")
}

/// Says which index leads, where the planner can't know.
pub(super) fn by_index(name: &str) -> String {
    format!("INDEXED BY {name}")
}

/// The words of a parameter that [`list`] made.
pub(super) fn words(parameter: &str) -> String {
    format!("SELECT value FROM json_each({parameter})")
}

/// The ids of a parameter that [`ids`] made.
pub(super) fn bytes(parameter: &str) -> String {
    format!("SELECT unhex(value) FROM json_each({parameter})")
}

/// Words as one parameter.
pub(super) fn list(words: &[&str]) -> String {
    serde_json::json!(words).to_string()
}

/// Ids as one parameter.
pub(super) fn ids<'a>(ids: impl IntoIterator<Item = &'a [u8; 16]>) -> String {
    serde_json::json!(ids.into_iter().map(hex::encode).collect::<Vec<_>>()).to_string()
}
