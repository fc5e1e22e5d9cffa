//! What was erased: of each change its hash and size, of bytes their hash. The text is nowhere.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chuda_record::id::{Hash, RecordId};
use chuda_record::{Fields, Kind, Result};
use rusqlite::named_params;

use super::database::{Store, Tx};
use super::dialect;
use super::rows::{json, record_id, unreadable};

impl Store {
    /// Writes the database file anew, so that nothing of what was erased is in it, nor in the log beside it.
    pub(crate) fn rewrite(&self) -> Result<()> {
        self.replace(|connection| connection.execute_batch(dialect::REWRITE).map_err(chuda_sqlite::storage))?;
        self.checkpoint()
    }
}

impl Tx<'_> {
    /// Takes away every change of a record, whether it was accepted or refused, and what was kept because of them. Gives their hashes.
    pub(crate) fn bury(&self, document: RecordId, now: DateTime<Utc>) -> Result<BTreeSet<Hash>> {
        let values = named_params! { ":document": document.as_bytes() };
        self.sql.run(
            "INSERT INTO erased (document, hash, size, at)
             SELECT document, hash, length(bytes), :now FROM changes WHERE document = :document
             UNION SELECT document, hash, length(bytes), :now FROM quarantine WHERE document = :document
             ON CONFLICT DO NOTHING",
            named_params! { ":document": document.as_bytes(), ":now": now.timestamp_millis() },
        )?;
        for sql in [
            "DELETE FROM inbox WHERE document = :document",
            "DELETE FROM changes WHERE document = :document",
            "DELETE FROM quarantine WHERE document = :document",
            "UPDATE effects SET because = '' WHERE record = :document",
        ] {
            self.sql.run(sql, values)?;
        }
        // What other systems are still to be told may name it.
        self.sql.run(
            "DELETE FROM events WHERE record = :document OR instr(body, :named) > 0",
            named_params! { ":document": document.as_bytes(), ":named": document.to_string() },
        )?;
        self.erased(document)
    }

    /// The hashes of a record's changes that were erased.
    pub(crate) fn erased(&self, document: RecordId) -> Result<BTreeSet<Hash>> {
        let values = named_params! { ":document": document.as_bytes() };
        let hashes = self.sql.all("SELECT hash FROM erased WHERE document = :document", values, |row| row.get(0).map(Hash))?;
        Ok(hashes.into_iter().collect())
    }

    /// Takes away what is known of bytes that no record stands for any more. Gives the names of pieces that had arrived.
    pub(crate) fn bury_blob(&self, sha256: Hash) -> Result<Vec<String>> {
        let values = named_params! { ":sha256": sha256.0 };
        let uploads = self.sql.all("SELECT id FROM uploads WHERE sha256 = :sha256", values, record_id)?;
        let mut pieces = Vec::new();
        for upload in uploads {
            pieces.extend(self.remove_upload(upload)?);
        }
        for sql in [
            "INSERT INTO erased_blobs (sha256) VALUES (:sha256) ON CONFLICT DO NOTHING",
            "DELETE FROM blobs WHERE sha256 = :sha256",
            "DELETE FROM blob_senders WHERE sha256 = :sha256",
            "DELETE FROM seen WHERE sha256 = :sha256",
        ] {
            self.sql.run(sql, values)?;
        }
        Ok(pieces)
    }

    /// Every blob whose bytes were erased.
    pub(crate) fn erased_blobs(&self) -> Result<Vec<Hash>> {
        self.sql.all("SELECT sha256 FROM erased_blobs", [], |row| row.get(0).map(Hash))
    }

    /// Whether bytes were erased: they are not taken again.
    pub(crate) fn is_blob_erased(&self, sha256: Hash) -> Result<bool> {
        self.sql.exists("SELECT 1 FROM erased_blobs WHERE sha256 = :sha256", named_params! { ":sha256": sha256.0 })
    }

    /// Records whose fields hold a text, at most so many.
    pub(crate) fn documents_saying(&self, text: &str, most: usize) -> Result<Vec<(RecordId, Kind, Fields)>> {
        // As it stands within a text of JSON.
        let quoted = serde_json::json!(text).to_string();
        let named = named_params! { ":text": quoted.trim_matches('"'), ":most": most as i64 };
        self.sql.all("SELECT id, kind, fields FROM documents WHERE instr(fields, :text) > 0 LIMIT :most", named, |row| {
            let kind: String = row.get(1)?;
            Ok((record_id(row)?, Kind::parse(&kind).ok_or_else(|| unreadable(1))?, json(row, 2)?))
        })
    }
}
