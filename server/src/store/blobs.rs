//! Blobs that are complete and checked, and uploads under way.

use chrono::{DateTime, Utc};
use chuda_record::id::{Hash, PersonId, RecordId};
use chuda_record::{Error, Evidence, Result};
use rusqlite::{Row, named_params};

use super::database::Tx;
use super::dialect::field;
use super::documents::{Document, document_row};
use super::rows::{id, record_id};

/// An upload under way.
#[derive(Clone, Debug)]
pub(crate) struct UploadRow {
    pub(crate) id: RecordId,
    pub(crate) person: PersonId,
    pub(crate) sha256: Hash,
    pub(crate) length: u64,
    pub(crate) received: u64,
}

/// What is wrong with bytes that had been complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// They are others.
    Damaged,
    /// They are gone.
    Missing,
}

impl Flaw {
    /// As it is stored.
    fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::Missing => "missing",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Damaged, Self::Missing].into_iter().find(|flaw| flaw.as_str() == word)
    }
}

/// A blob that was complete and checked once, and how it was found the last time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlobRow {
    pub(crate) sha256: Hash,
    pub(crate) size: u64,
    stored_at: i64,
    pub(crate) flaw: Option<Flaw>,
}

/// How many blobs are not as they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flawed {
    pub(crate) damaged: u64,
    pub(crate) missing: u64,
}

impl Tx<'_> {
    /// Whether a device of this person has sent all bytes of a blob, this many, and they have been checked and are still what they were.
    pub(crate) fn has_sent(&self, person: PersonId, sha256: Hash, size: u64) -> Result<bool> {
        self.sql.exists(
            "SELECT 1 FROM blob_senders s JOIN blobs b ON b.sha256 = s.sha256
             WHERE s.sha256 = :sha256 AND s.person = :person AND b.size = :size AND b.flaw IS NULL",
            named_params! { ":sha256": sha256.0, ":person": person.as_bytes(), ":size": size.cast_signed() },
        )
    }

    /// Whether the bytes of a piece of evidence are here: its author's, as many as it says. Its hash alone stands for nothing.
    pub(crate) fn has_bytes(&self, evidence: &Evidence) -> Result<bool> {
        self.has_sent(evidence.author, evidence.sha256, evidence.size.cast_unsigned())
    }

    /// A blob.
    pub(crate) fn blob(&self, sha256: Hash) -> Result<Option<BlobRow>> {
        let sql = "SELECT sha256, size, stored_at, flaw FROM blobs WHERE sha256 = :sha256";
        self.sql.one(sql, named_params! { ":sha256": sha256.0 }, blob_row)
    }

    /// Blobs whose hash comes after this one, in order.
    pub(crate) fn blobs_after(&self, after: Hash, most: usize) -> Result<Vec<BlobRow>> {
        let sql = "SELECT sha256, size, stored_at, flaw FROM blobs WHERE sha256 > :after ORDER BY sha256 LIMIT :most";
        self.sql.all(sql, named_params! { ":after": after.0, ":most": most as i64 }, blob_row)
    }

    /// Up to which hash blobs have been looked at in this round.
    pub(crate) fn scrubbed(&self) -> Result<Hash> {
        let hash = self.meta("scrubbed")?.map(<[u8; 32]>::try_from).transpose();
        Ok(Hash(hash.map_err(|_| Error::internal("database.incomplete", "scrubbed"))?.unwrap_or_default()))
    }

    /// Notes it.
    pub(crate) fn set_scrubbed(&self, hash: Hash) -> Result<()> {
        self.set_meta("scrubbed", &hash.0)
    }

    /// Notes how a blob was found; false: it has been stored anew since it was looked at. What was sent of it has to be sent again.
    pub(crate) fn set_flaw(&self, blob: &BlobRow, flaw: Option<Flaw>) -> Result<bool> {
        let sql = "UPDATE blobs SET flaw = :flaw WHERE sha256 = :sha256 AND stored_at = :stored_at";
        let flaw = flaw.map(Flaw::as_str);
        let changed = self.sql.run(sql, named_params! { ":flaw": flaw, ":sha256": blob.sha256.0, ":stored_at": blob.stored_at })?;
        if changed > 0 && flaw.is_some() {
            let sql = "DELETE FROM uploads WHERE sha256 = :sha256 AND received = length";
            self.sql.run(sql, named_params! { ":sha256": blob.sha256.0 })?;
        }
        Ok(changed > 0)
    }

    /// How many blobs are not as they were.
    pub(crate) fn flawed_blobs(&self) -> Result<Flawed> {
        let mut flawed = Flawed::default();
        let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?.cast_unsigned()));
        for (flaw, count) in self.sql.all("SELECT flaw, count(*) FROM blobs WHERE flaw IS NOT NULL GROUP BY flaw", [], row)? {
            match Flaw::parse(&flaw) {
                Some(Flaw::Missing) => flawed.missing = count,
                _ => flawed.damaged += count,
            }
        }
        Ok(flawed)
    }

    /// Blobs that this person's devices have sent and that are not as they were: at most so many, others each time.
    pub(crate) fn wanted_of(&self, person: PersonId, most: usize) -> Result<Vec<Hash>> {
        self.sql.all(
            "SELECT b.sha256 FROM blobs b JOIN blob_senders s ON s.sha256 = b.sha256
             WHERE b.flaw IS NOT NULL AND s.person = :person ORDER BY random() LIMIT :most",
            named_params! { ":person": person.as_bytes(), ":most": most as i64 },
            |row| Ok(Hash(row.get(0)?)),
        )
    }

    /// Notes that a blob is complete and checked.
    pub(crate) fn add_blob(&self, sha256: Hash, size: u64, now: DateTime<Utc>) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO blobs (sha256, size, stored_at) VALUES (:sha256, :size, :stored_at)
                 ON CONFLICT (sha256) DO UPDATE SET stored_at = excluded.stored_at, flaw = NULL WHERE flaw IS NOT NULL",
                named_params! { ":sha256": sha256.0, ":size": size.cast_signed(), ":stored_at": now.timestamp_millis() },
            )
            .map(drop)
    }

    /// Notes that a device of this person has sent all bytes of a blob.
    pub(crate) fn add_sender(&self, sha256: Hash, person: PersonId, now: DateTime<Utc>) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO blob_senders (sha256, person, at) VALUES (:sha256, :person, :at) ON CONFLICT DO NOTHING",
                named_params! { ":sha256": sha256.0, ":person": person.as_bytes(), ":at": now.timestamp_millis() },
            )
            .map(drop)
    }

    /// The evidence that stands for some bytes: its author has sent them, as many as it says, and they are still what they were.
    pub(crate) fn evidence_with_bytes(&self, sha256: Hash) -> Result<Vec<Document>> {
        let whole = self.blob(sha256)?.is_some_and(|blob| blob.flaw.is_none());
        if whole { self.evidence_sent(sha256) } else { Ok(Vec::new()) }
    }

    /// The evidence whose author has sent its bytes, as many as it says, whatever has become of them.
    pub(crate) fn evidence_sent(&self, sha256: Hash) -> Result<Vec<Document>> {
        let size = field("d.fields", "size");
        self.sql.all(
            &format!(
                "SELECT d.id, d.kind, d.at, d.fields, d.conflicts FROM documents d
                 JOIN blob_senders s ON s.sha256 = d.blob AND s.person = d.author JOIN blobs b ON b.sha256 = d.blob AND b.size = {size}
                 WHERE d.blob = :sha256"
            ),
            named_params! { ":sha256": sha256.0 },
            document_row,
        )
    }

    /// The evidence records that name some bytes.
    pub(crate) fn evidence_of_blob(&self, sha256: Hash) -> Result<Vec<Document>> {
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE blob = :sha256",
            named_params! { ":sha256": sha256.0 },
            document_row,
        )
    }

    /// An upload under way.
    pub(crate) fn upload(&self, upload: RecordId) -> Result<Option<UploadRow>> {
        self.sql.one(
            "SELECT id, person, sha256, length, received FROM uploads WHERE id = :upload",
            named_params! { ":upload": upload.as_bytes() },
            |row| {
                Ok(UploadRow {
                    id: record_id(row)?,
                    person: id(row, 1, PersonId::from_slice)?,
                    sha256: Hash(row.get(2)?),
                    length: row.get::<_, i64>(3)?.cast_unsigned(),
                    received: row.get::<_, i64>(4)?.cast_unsigned(),
                })
            },
        )
    }

    /// Begins an upload.
    pub(crate) fn add_upload(&self, row: &UploadRow, now: DateTime<Utc>) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO uploads (id, person, sha256, length, received, changed_at)
             VALUES (:id, :person, :sha256, :length, :received, :changed_at)",
                named_params! {
                    ":id": row.id.as_bytes(),
                    ":person": row.person.as_bytes(),
                    ":sha256": row.sha256.0,
                    ":length": row.length.cast_signed(),
                    ":received": row.received.cast_signed(),
                    ":changed_at": now.timestamp_millis(),
                },
            )
            .map(drop)
    }

    /// A person's uploads under way.
    pub(crate) fn uploads_of(&self, person: PersonId) -> Result<usize> {
        let count: Option<u32> = self.sql.one(
            "SELECT count(*) FROM uploads WHERE person = :person AND received < length",
            named_params! { ":person": person.as_bytes() },
            |row| row.get(0),
        )?;
        Ok(count.unwrap_or_default() as usize)
    }

    /// Uploads that nobody has gone on with since then.
    pub(crate) fn stale_uploads(&self, before: i64) -> Result<Vec<RecordId>> {
        self.sql.all("SELECT id FROM uploads WHERE changed_at < :before", named_params! { ":before": before }, record_id)
    }

    /// Adds a piece at `start`; false when the upload is no longer there.
    pub(crate) fn add_piece(&self, upload: RecordId, start: u64, length: u64, name: &str, now: DateTime<Utc>) -> Result<bool> {
        let moved = self.sql.run(
            "UPDATE uploads SET received = received + :length, changed_at = :now
             WHERE id = :upload AND received = :start AND received + :length <= length",
            named_params! {
                ":upload": upload.as_bytes(),
                ":start": start.cast_signed(),
                ":length": length.cast_signed(),
                ":now": now.timestamp_millis(),
            },
        )?;
        if moved == 0 {
            return Ok(false);
        }
        self.sql.run(
            "INSERT INTO pieces (upload, start, length, name) VALUES (:upload, :start, :length, :name)",
            named_params! {
                ":upload": upload.as_bytes(),
                ":start": start.cast_signed(),
                ":length": length.cast_signed(),
                ":name": name,
            },
        )?;
        Ok(true)
    }

    /// The names of an upload's pieces, in order.
    pub(crate) fn pieces(&self, upload: RecordId) -> Result<Vec<String>> {
        self.sql.all(
            "SELECT name FROM pieces WHERE upload = :upload ORDER BY start",
            named_params! { ":upload": upload.as_bytes() },
            |row| row.get(0),
        )
    }

    /// Marks an upload as complete and returns the names of its pieces, which are no longer needed.
    pub(crate) fn complete_upload(&self, upload: RecordId) -> Result<Vec<String>> {
        self.sql.run("UPDATE uploads SET received = length WHERE id = :upload", named_params! { ":upload": upload.as_bytes() })?;
        self.remove_pieces(upload)
    }

    /// Removes an upload and returns the names of its pieces.
    pub(crate) fn remove_upload(&self, upload: RecordId) -> Result<Vec<String>> {
        self.sql.run("DELETE FROM uploads WHERE id = :upload", named_params! { ":upload": upload.as_bytes() })?;
        self.remove_pieces(upload)
    }

    fn remove_pieces(&self, upload: RecordId) -> Result<Vec<String>> {
        self.sql.all(
            "DELETE FROM pieces WHERE upload = :upload RETURNING name",
            named_params! { ":upload": upload.as_bytes() },
            |row| row.get(0),
        )
    }
}

fn blob_row(row: &Row<'_>) -> rusqlite::Result<BlobRow> {
    let flaw: Option<String> = row.get(3)?;
    Ok(BlobRow {
        sha256: Hash(row.get(0)?),
        size: row.get::<_, i64>(1)?.cast_unsigned(),
        stored_at: row.get(2)?,
        flaw: flaw.map(|word| Flaw::parse(&word).unwrap_or(Flaw::Damaged)),
    })
}
