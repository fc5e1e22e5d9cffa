//! Changes as they came: those that were accepted, which are the records, and those that were not.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chuda_record::id::{DeviceId, Hash, RecordId};
use chuda_record::{Change, Error, Result};
use rusqlite::named_params;

use super::database::Tx;

/// A change that was not accepted.
pub(crate) struct Refused<'a> {
    pub(crate) document: RecordId,
    pub(crate) hash: Hash,
    pub(crate) device: DeviceId,
    /// As JSON.
    pub(crate) reason: &'a str,
    pub(crate) bytes: &'a [u8],
}

impl Tx<'_> {
    /// The accepted changes of a document, in the order in which they were accepted.
    pub(crate) fn changes(&self, document: RecordId) -> Result<Vec<Vec<u8>>> {
        self.sql.all(
            "SELECT bytes FROM changes WHERE document = :document ORDER BY n",
            named_params! { ":document": document.as_bytes() },
            |row| row.get(0),
        )
    }

    /// The hashes of a document's changes.
    pub(crate) fn change_hashes(&self, document: RecordId) -> Result<BTreeSet<Hash>> {
        self.sql
            .all("SELECT hash FROM changes WHERE document = :document", named_params! { ":document": document.as_bytes() }, |row| {
                row.get(0).map(Hash)
            })
            .map(BTreeSet::from_iter)
    }

    /// The numbers of a document's changes.
    pub(crate) fn change_numbers(&self, document: RecordId) -> Result<Vec<i64>> {
        self.sql.all(
            "SELECT n FROM changes WHERE document = :document ORDER BY n",
            named_params! { ":document": document.as_bytes() },
            |row| row.get(0),
        )
    }

    /// Keeps an accepted change and returns its number.
    pub(crate) fn add_change(&self, document: RecordId, change: &Change, device: DeviceId, now: DateTime<Utc>) -> Result<i64> {
        let number = self.sql.one(
            "INSERT INTO changes (document, hash, device, received_at, bytes)
             VALUES (:document, :hash, :device, :received_at, :bytes) RETURNING n",
            named_params! {
                ":document": document.as_bytes(),
                ":hash": change.hash.0,
                ":device": device.as_bytes(),
                ":received_at": now.timestamp_millis(),
                ":bytes": change.bytes(),
            },
            |row| row.get(0),
        )?;
        // Refused before, it no longer is.
        self.sql.run(
            "DELETE FROM quarantine WHERE document = :document AND hash = :hash",
            named_params! { ":document": document.as_bytes(), ":hash": change.hash.0 },
        )?;
        number.ok_or_else(|| Error::internal("change.number", "none"))
    }

    /// Keeps a refused change; at most `most` per device.
    pub(crate) fn quarantine(&self, refused: &Refused<'_>, now: DateTime<Utc>, most: usize) -> Result<()> {
        let kept: Option<usize> = self.sql.one(
            "SELECT count(*) FROM quarantine WHERE device = :device",
            named_params! { ":device": refused.device.as_bytes() },
            |row| row.get(0),
        )?;
        if kept.unwrap_or_default() >= most {
            tracing::warn!(device = %refused.device, "quarantine of this device is full");
            return Ok(());
        }
        self.sql
            .run(
                "INSERT INTO quarantine (document, hash, device, reason, bytes, received_at)
             VALUES (:document, :hash, :device, :reason, :bytes, :received_at)
             ON CONFLICT (document, hash) DO UPDATE SET reason = excluded.reason",
                named_params! {
                    ":document": refused.document.as_bytes(),
                    ":hash": refused.hash.0,
                    ":device": refused.device.as_bytes(),
                    ":reason": refused.reason,
                    ":bytes": refused.bytes,
                    ":received_at": now.timestamp_millis(),
                },
            )
            .map(drop)
    }

    /// Whether a change was refused before.
    pub(crate) fn is_quarantined(&self, document: RecordId, hash: Hash) -> Result<bool> {
        self.sql.exists(
            "SELECT 1 FROM quarantine WHERE document = :document AND hash = :hash",
            named_params! { ":document": document.as_bytes(), ":hash": hash.0 },
        )
    }
}
