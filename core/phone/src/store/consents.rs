//! The ledger of consents: what was agreed to or taken back, when, and under which wording.

use chrono::{DateTime, Utc};

use super::Tx;
use chuda_record::error::Result;
use chuda_record::time::{from_millis, to_millis};
use chuda_record::wire::ConsentNote;

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Version of the wording.
    pub version: i32,
    /// Given, or taken back.
    pub given: bool,
}

impl Tx<'_> {
    /// Adds an entry.
    pub fn note_consent(&self, purpose: &str, entry: ConsentEntry) -> Result<()> {
        self.run(
            "INSERT INTO consents (at, purpose, version, given) VALUES (?1, ?2, ?3, ?4)",
            (to_millis(entry.at), purpose, entry.version, entry.given),
        )
    }

    /// The entries of a purpose, latest first: more than anybody makes by hand. The order is that of the ledger, whatever the clock says.
    pub fn consent_entries(&self, purpose: &str) -> Result<Vec<ConsentEntry>> {
        let sql = "SELECT at, version, given FROM consents WHERE purpose = ?1 ORDER BY rowid DESC LIMIT 1000";
        self.0
            .all(sql, [purpose], |row| Ok(ConsentEntry { at: from_millis(row.get(0)?), version: row.get(1)?, given: row.get(2)? }))
    }

    /// Entries behind one of the ledger, first made first, each with its number.
    pub fn consents_since(&self, last: i64, most: u32) -> Result<Vec<(i64, ConsentNote)>> {
        let sql = "SELECT rowid, purpose, at, given, version FROM consents WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
        self.0.all(sql, (last, most), |row| {
            Ok((row.get(0)?, ConsentNote { purpose: row.get(1)?, at: row.get(2)?, given: row.get(3)?, version: row.get(4)? }))
        })
    }
}
