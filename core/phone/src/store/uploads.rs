//! Blobs on their way to the server, derived pictures, and recordings that wait for their transcript.

use chrono::{DateTime, Utc};

use super::Tx;
use chuda_record::error::Result;
use chuda_record::id::{EvidenceId, Hash};
use chuda_record::time::{from_millis, to_millis};

/// A blob on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// SHA-256 of the bytes.
    pub hash: Hash,
    /// The evidence it belongs to.
    pub evidence: EvidenceId,
    /// Number of bytes.
    pub size: u64,
    /// How many of them the server has.
    pub sent: u64,
    /// Where the upload goes on, once it has begun.
    pub location: Option<String>,
    /// When the server echoed the hash.
    pub verified_at: Option<DateTime<Utc>>,
    /// Why the server refused it.
    pub failed: Option<String>,
}

const COLUMNS: &str = "hash, evidence, size, sent, location, verified_at, failed";

impl Tx<'_> {
    /// Queues a blob. The same bytes are sent once.
    pub fn queue_upload(&self, hash: Hash, evidence: EvidenceId, size: u64) -> Result<()> {
        self.run("INSERT OR IGNORE INTO uploads (hash, evidence, size) VALUES (?1, ?2, ?3)", (hash.0, evidence.as_bytes(), size))
    }

    /// Blobs the server has not verified: small ones first, so that pictures arrive before long recordings.
    pub fn waiting_uploads(&self, limit: u32) -> Result<Vec<Upload>> {
        let sql = format!("SELECT {COLUMNS} FROM uploads WHERE verified_at IS NULL AND failed IS NULL ORDER BY size LIMIT ?1");
        self.uploads(&sql, [limit])
    }

    /// Blobs that were refused.
    pub fn failed_uploads(&self) -> Result<Vec<Upload>> {
        self.uploads(&format!("SELECT {COLUMNS} FROM uploads WHERE failed IS NOT NULL LIMIT 1000"), [])
    }

    /// Where one blob is.
    pub fn upload(&self, hash: Hash) -> Result<Option<Upload>> {
        Ok(self.uploads(&format!("SELECT {COLUMNS} FROM uploads WHERE hash = ?1"), [hash.0])?.into_iter().next())
    }

    /// How many blobs wait, their bytes, and how many of those the server has.
    pub fn upload_counts(&self) -> Result<(i64, i64, i64)> {
        let sql = "SELECT count(*), coalesce(sum(size), 0), coalesce(sum(sent), 0) FROM uploads WHERE verified_at IS NULL AND failed IS NULL";
        self.0.value(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// Notes how far an upload is and where it goes on.
    pub fn upload_progress(&self, hash: Hash, sent: u64, location: Option<&str>) -> Result<()> {
        self.run("UPDATE uploads SET sent = ?2, location = ?3 WHERE hash = ?1", (hash.0, sent, location))
    }

    /// The server has echoed the hash.
    pub fn upload_verified(&self, hash: Hash, at: DateTime<Utc>) -> Result<()> {
        self.run("UPDATE uploads SET sent = size, verified_at = ?2, location = NULL WHERE hash = ?1", (hash.0, to_millis(at)))
    }

    /// The server refused it.
    pub fn upload_failed(&self, hash: Hash, reason: &str) -> Result<()> {
        self.run("UPDATE uploads SET failed = ?2, location = NULL WHERE hash = ?1", (hash.0, reason))
    }

    /// Offers every blob again: after the server was restored from a backup. It refuses those it has.
    pub fn offer_blobs_again(&self) -> Result<()> {
        self.run("UPDATE uploads SET verified_at = NULL, sent = 0, location = NULL, failed = NULL", [])
    }

    /// Offers one blob again that the server had and has lost.
    pub fn offer_blob_again(&self, hash: Hash) -> Result<()> {
        self.run(
            "UPDATE uploads SET verified_at = NULL, sent = 0, location = NULL WHERE hash = ?1 AND verified_at IS NOT NULL",
            [hash.0],
        )
    }

    /// Keeps a thumbnail.
    pub fn set_thumbnail(&self, evidence: EvidenceId, jpeg: &[u8]) -> Result<()> {
        self.run("INSERT OR REPLACE INTO thumbnails (evidence, jpeg) VALUES (?1, ?2)", (evidence.as_bytes(), jpeg))
    }

    /// The thumbnail as JPEG.
    pub fn thumbnail(&self, evidence: EvidenceId) -> Result<Option<Vec<u8>>> {
        self.0.one("SELECT jpeg FROM thumbnails WHERE evidence = ?1", [evidence.as_bytes()], |row| row.get(0))
    }

    /// Notes the rendition of a picture.
    pub fn set_rendition(&self, evidence: EvidenceId, hash: Hash, size: u64) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO renditions (evidence, hash, size) VALUES (?1, ?2, ?3)",
            (evidence.as_bytes(), hash.0, size),
        )
    }

    /// The blob that is the rendition of a picture.
    pub fn rendition(&self, evidence: EvidenceId) -> Result<Option<Hash>> {
        self.0.one("SELECT hash FROM renditions WHERE evidence = ?1", [evidence.as_bytes()], |row| Ok(Hash(row.get(0)?)))
    }

    /// Queues a recording.
    pub fn queue_transcription(&self, evidence: EvidenceId, at: DateTime<Utc>) -> Result<()> {
        self.run("INSERT OR IGNORE INTO transcriptions (evidence, queued_at) VALUES (?1, ?2)", (evidence.as_bytes(), to_millis(at)))
    }

    /// Recordings that wait, oldest first; those that can't be understood are left out.
    pub fn waiting_transcriptions(&self) -> Result<Vec<EvidenceId>> {
        self.0.all("SELECT evidence FROM transcriptions WHERE failed IS NULL ORDER BY queued_at LIMIT 1000", [], |row| {
            Ok(super::projection::record_id(row, 0)?.into())
        })
    }

    /// A recording is done.
    pub fn transcribed(&self, evidence: EvidenceId) -> Result<()> {
        self.run("DELETE FROM transcriptions WHERE evidence = ?1", [evidence.as_bytes()])
    }

    /// A recording can't be transcribed, ever: its sound does not open.
    pub fn transcription_failed(&self, evidence: EvidenceId, reason: &str) -> Result<()> {
        self.run("UPDATE transcriptions SET failed = ?2 WHERE evidence = ?1", (evidence.as_bytes(), reason))
    }

    fn uploads<P: rusqlite::Params>(&self, sql: &str, params: P) -> Result<Vec<Upload>> {
        self.0.all(sql, params, |row| {
            Ok(Upload {
                hash: Hash(row.get(0)?),
                evidence: super::projection::record_id(row, 1)?.into(),
                size: row.get(2)?,
                sent: row.get(3)?,
                location: row.get(4)?,
                verified_at: row.get::<_, Option<i64>>(5)?.map(from_millis),
                failed: row.get(6)?,
            })
        })
    }
}
