//! Documents as their changes, what waits for the server, and what it refused.

use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_evidence::key::PublicKey;
use chuda_words::keys;

use super::Tx;
use chuda_record::doc::{DocError, MAX_DOCUMENT_CHANGES, State};
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{Hash, RecordId};
use chuda_record::policy::Writer;
use chuda_record::rules::Config;
use chuda_record::{Actor, Change, Doc, Fields, Kind, Record, Rejection, fields};
use rusqlite::Row;

/// A change that waits for the server.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The document.
    pub document: RecordId,
    /// The change.
    pub hash: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A change that the server refused.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// The document.
    pub document: RecordId,
    /// The change.
    pub hash: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why.
    pub reason: Rejection,
}

/// Who writes on this phone.
#[derive(Clone, Debug)]
pub struct Own {
    /// The installation's actor.
    pub actor: Actor,
    /// The person.
    pub writer: Writer,
    /// Now.
    pub at: DateTime<Utc>,
    /// The configuration in force.
    pub config: Arc<Config>,
    /// The key of this installation, where something is signed with it.
    pub key: Option<PublicKey>,
}

impl Own {
    /// Who writes under the configuration that the product ships, and signs nothing.
    pub fn new(actor: Actor, writer: Writer, at: DateTime<Utc>) -> Self {
        Self { actor, writer, at, config: Arc::new(Config::builtin().clone()), key: None }
    }
}

impl Tx<'_> {
    /// Makes a new document. A derived id may exist already (filed twice): then its fields are written on top.
    pub fn create<T: Record>(&self, own: &Own, id: impl Into<RecordId>, record: &T) -> Result<()> {
        let id = id.into();
        let fields = record.to_new_fields().map_err(|error| Error::internal("record.misshapen", error))?;
        self.write_fields(own, id, T::KIND, &fields)
    }

    /// Changes a record: only the fields that differ are written.
    pub fn edit<T: Record>(&self, own: &Own, id: impl Into<RecordId>, before: &T, after: &T) -> Result<()> {
        self.write_fields(own, id.into(), T::KIND, &difference(before, after)?)
    }

    /// Writes fields of a document, if whoever writes may, and puts the change in the outbox.
    pub fn write_fields(&self, own: &Own, id: RecordId, kind: Kind, fields: &Fields) -> Result<()> {
        let mut doc = self.load(id)?;
        let Some(change) = self.change(own, &mut doc, id, kind, fields)? else { return Ok(()) };
        let state = doc.state();
        kind.check(&state.fields).map_err(|error| Error::internal("record.misshapen", error))?;
        self.append(id, &change)?;
        self.run("INSERT INTO outbox (hash, document) VALUES (?1, ?2)", (change.hash.0, id.as_bytes()))?;
        self.project(id, &state)
    }

    /// A document as it is now; an empty one when there is none.
    pub fn load(&self, id: RecordId) -> Result<Doc> {
        let mut doc = Doc::new();
        doc.apply(self.history(id)?).map_err(|error| damaged(id, &error))?;
        Ok(doc)
    }

    /// A document's changes in stored order.
    fn history(&self, id: RecordId) -> Result<Vec<Change>> {
        let changes = self.changes_of(id)?;
        changes.iter().map(|bytes| Change::parse(bytes)).collect::<Result<_, _>>().map_err(|error| damaged(id, &error))
    }

    /// What a document's changes come to.
    pub(super) fn state(&self, id: RecordId) -> Result<State> {
        State::of(self.history(id)?).map_err(|error| damaged(id, &error))
    }

    /// Takes in changes from the server. Those already here are ignored; a change that can't be applied is an error of the
    /// page, which is then fetched again.
    pub fn receive(&self, id: RecordId, incoming: &[&[u8]]) -> Result<usize> {
        let parsed: Result<Vec<Change>, DocError> = incoming.iter().map(|bytes| Change::parse(bytes)).collect();
        let parsed = parsed.map_err(|error| Error::new(ErrorKind::Server, keys::SYNC_BAD_CHANGE).with("reason", error))?;
        let mut fresh = Vec::with_capacity(parsed.len());
        for change in parsed {
            if !self.has_change(change.hash)? {
                fresh.push(change);
            }
        }
        if fresh.is_empty() {
            return Ok(0);
        }
        let mut changes = self.history(id)?;
        for change in &fresh {
            self.append(id, change)?;
        }
        let count = fresh.len();
        changes.extend(fresh);
        let state =
            State::of(changes).map_err(|error| Error::new(ErrorKind::Server, keys::SYNC_BAD_CHANGE).with("reason", error))?;
        self.project(id, &state)?;
        Ok(count)
    }

    /// Forgets a document that this person may no longer read. Own changes that are still waiting keep it here.
    pub fn purge(&self, id: RecordId) -> Result<bool> {
        if self.0.exists("SELECT 1 FROM outbox WHERE document = ?1", [id.as_bytes()])? {
            return Ok(false);
        }
        self.run("DELETE FROM changes WHERE document = ?1", [id.as_bytes()])?;
        self.unproject(id)?;
        Ok(true)
    }

    /// The bytes of a piece of evidence that nothing else stands for.
    pub fn own_bytes(&self, id: RecordId) -> Result<Vec<Hash>> {
        let sql = "SELECT hash FROM (SELECT sha256 AS hash FROM evidence WHERE id = ?1 UNION SELECT hash FROM renditions WHERE evidence = ?1
                       UNION SELECT hash FROM uploads WHERE evidence = ?1)
                   WHERE hash NOT IN (SELECT sha256 FROM evidence WHERE id <> ?1 UNION SELECT hash FROM renditions WHERE evidence <> ?1)";
        self.0.all(sql, [id.as_bytes()], |row| row.get(0).map(Hash))
    }

    /// Takes everything away that is kept of a document, and of the evidence that it may be: its text was erased.
    pub fn erase(&self, id: RecordId) -> Result<()> {
        self.forget(id)?;
        for table in ["thumbnails", "renditions", "transcriptions", "uploads"] {
            self.run(&format!("DELETE FROM {table} WHERE evidence = ?1"), [id.as_bytes()])?;
        }
        Ok(())
    }

    /// Takes a document away that nobody else has seen.
    pub fn forget(&self, id: RecordId) -> Result<()> {
        for table in ["outbox", "quarantine", "changes"] {
            self.run(&format!("DELETE FROM {table} WHERE document = ?1"), [id.as_bytes()])?;
        }
        self.unproject(id)
    }

    /// What waits for the server, in the order it was made.
    pub fn outbox(&self, limit: usize, max_bytes: usize) -> Result<Vec<Pending>> {
        let mut pending = Vec::new();
        let mut total = 0;
        let sql = "SELECT o.document, o.hash, c.bytes FROM outbox o JOIN changes c ON c.hash = o.hash ORDER BY o.n LIMIT ?1";
        let read = |row: &Row<'_>| {
            Ok(Pending { document: super::projection::record_id(row, 0)?, hash: Hash(row.get(1)?), bytes: row.get(2)? })
        };
        self.0.each(sql, [limit], read, |next| {
            total += next.bytes.len();
            if total > max_bytes && !pending.is_empty() {
                return Ok(ControlFlow::Break(()));
            }
            pending.push(next);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(pending)
    }

    /// How many changes wait for the server.
    pub fn outbox_len(&self) -> Result<i64> {
        self.0.value("SELECT count(*) FROM outbox", [], |row| row.get(0))
    }

    /// Whether a document has changes that the server has not taken.
    pub fn is_waiting(&self, id: RecordId) -> Result<bool> {
        self.0.exists("SELECT 1 FROM outbox WHERE document = ?1", [id.as_bytes()])
    }

    /// Documents that wait, oldest first.
    pub fn waiting_documents(&self, limit: u32) -> Result<Vec<RecordId>> {
        self.0.all("SELECT document FROM outbox GROUP BY document ORDER BY min(n) LIMIT ?1", [limit], |row| {
            super::projection::record_id(row, 0)
        })
    }

    /// How many documents have changes that the server has not taken.
    pub fn waiting_count(&self) -> Result<i64> {
        self.0.value("SELECT count(DISTINCT document) FROM outbox", [], |row| row.get(0))
    }

    /// Every document was offered and taken: the server has these changes for good.
    pub fn acknowledge(&self, hashes: impl IntoIterator<Item = Hash>) -> Result<()> {
        hashes.into_iter().try_for_each(|hash| self.run("DELETE FROM outbox WHERE hash = ?1", [hash.0]))
    }

    /// Offers every change of this installation again: after the server was restored from a backup.
    pub fn offer_everything(&self) -> Result<()> {
        self.run("INSERT OR IGNORE INTO outbox (hash, document) SELECT hash, document FROM changes ORDER BY document, n", [])
    }

    /// Takes refused changes, and those of the document that build on them, out of the document into quarantine.
    pub fn quarantine(&self, document: RecordId, refused: &[(Hash, Rejection)]) -> Result<()> {
        let history = self.history(document)?;
        let mut out: Vec<Hash> = Vec::new();
        for (number, change) in history.iter().enumerate() {
            let reason = match refused.iter().find(|(hash, _)| *hash == change.hash) {
                Some((_, reason)) => reason.clone(),
                None if change.deps.iter().any(|dep| out.contains(dep)) => Rejection::DependsOnRejected,
                None => continue,
            };
            out.push(change.hash);
            let reason = reason.to_json();
            self.run(
                "INSERT OR REPLACE INTO quarantine (hash, document, n, bytes, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
                (change.hash.0, document.as_bytes(), number, change.bytes(), reason),
            )?;
            self.run("DELETE FROM changes WHERE hash = ?1", [change.hash.0])?;
            self.run("DELETE FROM outbox WHERE hash = ?1", [change.hash.0])?;
        }
        // A record that was refused whole stays on the screens of its author until it is redone.
        if out.len() < history.len() { self.reproject(document) } else { Ok(()) }
    }

    /// Refused changes, of one document or of all.
    pub fn quarantined(&self, document: Option<RecordId>) -> Result<Vec<Quarantined>> {
        let sql = "SELECT document, hash, bytes, reason FROM quarantine WHERE ?1 IS NULL OR document = ?1 ORDER BY document, n LIMIT 1000";
        self.0.all(sql, [document.map(|id| *id.as_bytes())], |row| {
            let reason: String = row.get(3)?;
            Ok(Quarantined {
                document: super::projection::record_id(row, 0)?,
                hash: Hash(row.get(1)?),
                bytes: row.get(2)?,
                // A newer server may know more reasons.
                reason: Rejection::from_json(&reason).unwrap_or(Rejection::NotAllowed),
            })
        })
    }

    /// Makes the refused edits of a document again on top of its accepted state, as new changes.
    pub fn redo(&self, own: &Own, document: RecordId) -> Result<()> {
        let refused = self.quarantined(Some(document))?;
        let mut fields = Fields::new();
        for item in &refused {
            let change = Change::parse(&item.bytes).map_err(|error| Error::internal("record.write", error))?;
            fields.extend(change.writes);
        }
        if refused.is_empty() {
            return Err(Error::not_found(keys::STATUS_NOTHING_REFUSED));
        }
        let kind = match self.kind_of(document)? {
            Some(kind) => kind,
            None => chuda_record::kind_of(&fields).ok_or_else(|| Error::invalid(keys::RECORD_UNKNOWN_KIND))?,
        };
        self.run("DELETE FROM quarantine WHERE document = ?1", [document.as_bytes()])?;
        self.write_fields(own, document, kind, &fields)
    }

    /// Documents with their changes in stored order, one after the other.
    pub(super) fn each_document(&self, mut each: impl FnMut(RecordId, &[Vec<u8>]) -> Result<()>) -> Result<()> {
        let mut current: Option<RecordId> = None;
        let mut changes = Vec::new();
        let read = |row: &Row<'_>| Ok((super::projection::record_id(row, 0)?, row.get(1)?));
        self.0.each("SELECT document, bytes FROM changes ORDER BY document, n", [], read, |(id, bytes)| {
            if let Some(done) = current.filter(|current| *current != id) {
                each(done, &changes)?;
                changes.clear();
            }
            current = Some(id);
            changes.push(bytes);
            Ok(ControlFlow::Continue(()))
        })?;
        current.map_or(Ok(()), |last| each(last, &changes))
    }

    pub(super) fn changes_of(&self, id: RecordId) -> Result<Vec<Vec<u8>>> {
        self.0.all("SELECT bytes FROM changes WHERE document = ?1 ORDER BY n", [id.as_bytes()], |row| row.get(0))
    }

    pub(super) fn has_change(&self, hash: Hash) -> Result<bool> {
        self.0.exists("SELECT 1 FROM changes WHERE hash = ?1", [hash.0])
    }

    fn append(&self, id: RecordId, change: &Change) -> Result<()> {
        let number: usize =
            self.0.value("SELECT coalesce(max(n) + 1, 0) FROM changes WHERE document = ?1", [id.as_bytes()], |row| row.get(0))?;
        if number >= MAX_DOCUMENT_CHANGES {
            return Err(Error::invalid(keys::RECORD_TOO_MANY_CHANGES));
        }
        self.run(
            "INSERT INTO changes (document, n, hash, bytes) VALUES (?1, ?2, ?3, ?4)",
            (id.as_bytes(), number, change.hash.0, change.bytes()),
        )
    }
}

/// The fields in which two states of a record differ, as the later one has them.
pub(super) fn difference<T: Record>(before: &T, after: &T) -> Result<Fields> {
    let misshapen = |error| Error::internal("record.misshapen", error);
    Ok(fields::difference(&fields::to_fields(before).map_err(misshapen)?, &fields::to_fields(after).map_err(misshapen)?))
}

fn damaged(document: RecordId, error: &DocError) -> Error {
    tracing::error!(%document, %error, "document does not load");
    Error::new(ErrorKind::Storage, keys::STORAGE_DAMAGED)
}
