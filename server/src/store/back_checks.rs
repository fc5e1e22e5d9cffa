//! What back-checks ask: which touches count, what came of one, what its bytes told.

use chrono::{DateTime, Utc};
use chuda_evidence::photo::PerceptualHash;
use chuda_record::id::{Hash, PersonId, RecordId, TouchId};
use chuda_record::rules::machine::Seen;
use chuda_record::{Error, Result};
use rusqlite::named_params;

use super::database::Tx;
use super::dialect::field;
use super::documents::{Document, document_row};
use super::rows::id;

/// Most touches of one period.
const MAX_TOUCHES: usize = 1_000_000;
/// Most records that came from one.
const MAX_MADE: usize = 200;

/// How a photo looks that proves a touch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looks {
    pub(crate) touch: TouchId,
    /// When it was captured.
    pub(crate) at: i64,
    pub(crate) look: PerceptualHash,
}

impl Tx<'_> {
    /// The touches that count (they have evidence) and happened from one instant until before another, with whose they are.
    pub(crate) fn counted_touches(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<(TouchId, PersonId)>> {
        self.sql.all(
            "SELECT id, author FROM documents t WHERE kind = 'touch' AND at >= :from AND at < :to AND author IS NOT NULL
               AND EXISTS (SELECT 1 FROM touch_evidence e WHERE e.touch = t.id) LIMIT :most",
            named_params! { ":from": from.timestamp_millis(), ":to": to.timestamp_millis(), ":most": MAX_TOUCHES as i64 },
            |row| Ok((id(row, 0, TouchId::from_slice)?, id(row, 1, PersonId::from_slice)?)),
        )
    }

    /// What was made because of a record, first made first.
    pub(crate) fn made_from(&self, source: RecordId) -> Result<Vec<Document>> {
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE parent = :source ORDER BY at, id LIMIT :most",
            named_params! { ":source": source.as_bytes(), ":most": MAX_MADE as i64 },
            document_row,
        )
    }

    /// The bytes of a claim.
    pub(crate) fn claim_bytes(&self, hash: Hash) -> Result<Option<Vec<u8>>> {
        self.sql.one("SELECT bytes FROM claims WHERE hash = :hash", named_params! { ":hash": hash.0 }, |row| row.get(0))
    }

    /// How the newest photos that prove touches look.
    pub(crate) fn looks(&self, most: usize) -> Result<Vec<Looks>> {
        let look = field("e.fields", "look");
        let looks = self.sql.all(
            &format!(
                "SELECT t.touch, e.at, {look} FROM documents e JOIN touch_evidence t ON t.evidence = e.id
                 WHERE e.kind = 'evidence' AND {look} IS NOT NULL ORDER BY e.at DESC LIMIT :most"
            ),
            named_params! { ":most": most as i64 },
            |row| Ok((id(row, 0, TouchId::from_slice)?, row.get(1)?, row.get::<_, String>(2)?)),
        )?;
        // What a phone wrote there need not be a hash.
        let read = |(touch, at, look): (_, _, String)| Some(Looks { touch, at, look: PerceptualHash::from_hex(&look)? });
        Ok(looks.into_iter().filter_map(read).collect())
    }

    /// What looking into a blob told, if somebody has: its kind of file, and what is in it.
    pub(crate) fn seen(&self, sha256: Hash) -> Result<Option<(Option<String>, Seen)>> {
        let row: Option<(Option<String>, String)> =
            self.sql.one("SELECT mime, seen FROM seen WHERE sha256 = :sha256", named_params! { ":sha256": sha256.0 }, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let Some((mime, seen)) = row else { return Ok(None) };
        let seen = serde_json::from_str(&seen).map_err(|error| Error::internal("seen.unreadable", error))?;
        Ok(Some((mime, seen)))
    }

    /// Notes what looking into a blob told.
    pub(crate) fn add_seen(&self, sha256: Hash, mime: Option<&str>, seen: &Seen) -> Result<()> {
        let seen = serde_json::to_string(seen).map_err(|error| Error::internal("seen.encode", error))?;
        self.sql
            .run(
                "INSERT INTO seen (sha256, mime, seen) VALUES (:sha256, :mime, :seen) ON CONFLICT DO NOTHING",
                named_params! { ":sha256": sha256.0, ":mime": mime, ":seen": seen },
            )
            .map(drop)
    }
}
