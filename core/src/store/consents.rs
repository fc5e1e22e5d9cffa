//! The ledger of consents: what was agreed to or taken back, when, and under which wording.

use rusqlite::OptionalExtension as _;

use super::Tx;
use crate::error::Result;
use crate::time::{from_millis, to_millis};
use chrono::{DateTime, Utc};

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Version of the wording.
    pub version: u32,
    /// Given, or taken back.
    pub given: bool,
}

impl Tx<'_> {
    /// Adds an entry.
    pub fn note_consent(&self, purpose: &str, entry: ConsentEntry) -> Result<()> {
        self.0.execute(
            "INSERT INTO consents (at, purpose, version, given) VALUES (?1, ?2, ?3, ?4)",
            (to_millis(entry.at), purpose, entry.version, entry.given),
        )?;
        Ok(())
    }

    /// The latest entry of a purpose that was given or taken back, as asked.
    pub fn latest_consent(&self, purpose: &str, given: bool) -> Result<Option<ConsentEntry>> {
        // Of two entries of one moment the later one counts, whatever the clock says.
        let mut statement = self.0.prepare_cached(
            "SELECT at, version, given FROM consents WHERE purpose = ?1 AND given = ?2 ORDER BY rowid DESC LIMIT 1",
        )?;
        let entry =
            |row: &rusqlite::Row<'_>| Ok(ConsentEntry { at: from_millis(row.get(0)?), version: row.get(1)?, given: row.get(2)? });
        Ok(statement.query_row((purpose, given), entry).optional()?)
    }

    /// Whether the latest entry of a purpose says yes, and to which wording.
    pub fn consent_version(&self, purpose: &str) -> Result<Option<u32>> {
        let mut statement =
            self.0.prepare_cached("SELECT version, given FROM consents WHERE purpose = ?1 ORDER BY rowid DESC LIMIT 1")?;
        let last: Option<(u32, bool)> = statement.query_row([purpose], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(last.filter(|(_, given)| *given).map(|(version, _)| version))
    }
}
