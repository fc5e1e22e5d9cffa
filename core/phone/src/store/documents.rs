//! Documents as their changes, what waits for the server, and what it refused.

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension as _;

use super::{Tx, storage};
use chuda_record::doc::{DocError, State};
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{Hash, RecordId};
use chuda_record::policy::{self, Writer};
use chuda_record::{Actor, Change, Doc, Fields, Kind, Record, Rejection, fields};

/// Most changes one document may have.
const MAX_DOCUMENT_CHANGES: usize = 10_000;

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
        let misshapen = |error| Error::internal("record.misshapen", error);
        let before = fields::to_fields(before).map_err(misshapen)?;
        let after = fields::to_fields(after).map_err(misshapen)?;
        let id = id.into();
        self.write_fields(own, id, T::KIND, &fields::difference(&before, &after))
    }

    /// Writes fields of a document and puts the change in the outbox.
    pub fn write_fields(&self, own: &Own, id: RecordId, kind: Kind, fields: &Fields) -> Result<()> {
        let mut doc = self.load(id)?;
        let state = doc.fields();
        let existing = (!state.is_empty()).then_some(&state);
        policy::judge(kind, existing, &own.writer, fields).map_err(|rejection| refused(&rejection))?;
        let Some(change) = doc.write(own.actor, own.at, fields).map_err(|error| Error::internal("record.write", error))? else {
            return Ok(());
        };
        let state = doc.state();
        kind.check(&state.fields).map_err(|error| Error::internal("record.misshapen", error))?;
        self.append(id, &change)?;
        self.0
            .prepare_cached("INSERT INTO outbox (hash, document) VALUES (?1, ?2)")
            .map_err(storage)?
            .execute((change.hash.0, id.as_bytes()))
            .map_err(storage)?;
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
        let parsed = parsed.map_err(|error| Error::new(ErrorKind::Server, "sync.bad_change").with("reason", error))?;
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
        let state = State::of(changes).map_err(|error| Error::new(ErrorKind::Server, "sync.bad_change").with("reason", error))?;
        self.project(id, &state)?;
        Ok(count)
    }

    /// Forgets a document that this person may no longer read. Own changes that are still waiting keep it here.
    pub fn purge(&self, id: RecordId) -> Result<bool> {
        let waiting: bool = self
            .0
            .query_row("SELECT EXISTS (SELECT 1 FROM outbox WHERE document = ?1)", [id.as_bytes()], |row| row.get(0))
            .map_err(storage)?;
        if waiting {
            return Ok(false);
        }
        self.0.execute("DELETE FROM changes WHERE document = ?1", [id.as_bytes()]).map_err(storage)?;
        self.unproject(id)?;
        Ok(true)
    }

    /// Takes a document away that nobody else has seen.
    pub fn forget(&self, id: RecordId) -> Result<()> {
        for table in ["outbox", "quarantine", "changes"] {
            self.0.execute(&format!("DELETE FROM {table} WHERE document = ?1"), [id.as_bytes()]).map_err(storage)?;
        }
        self.unproject(id)
    }

    /// What waits for the server, in the order it was made.
    pub fn outbox(&self, limit: usize, max_bytes: usize) -> Result<Vec<Pending>> {
        let mut statement = self
            .0
            .prepare_cached(
                "SELECT o.document, o.hash, c.bytes FROM outbox o JOIN changes c ON c.hash = o.hash ORDER BY o.n LIMIT ?1",
            )
            .map_err(storage)?;
        let mut rows = statement.query([limit]).map_err(storage)?;
        let mut pending = Vec::new();
        let mut total = 0;
        while let Some(row) = rows.next().map_err(storage)? {
            let bytes: Vec<u8> = row.get(2).map_err(storage)?;
            total += bytes.len();
            if total > max_bytes && !pending.is_empty() {
                break;
            }
            pending.push(Pending {
                document: super::projection::record_id(row, 0).map_err(storage)?,
                hash: Hash(row.get(1).map_err(storage)?),
                bytes,
            });
        }
        Ok(pending)
    }

    /// How many changes wait for the server.
    pub fn outbox_len(&self) -> Result<i64> {
        self.0.prepare_cached("SELECT count(*) FROM outbox").map_err(storage)?.query_row([], |row| row.get(0)).map_err(storage)
    }

    /// Whether a document has changes that the server has not taken.
    pub fn is_waiting(&self, id: RecordId) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE document = ?1)")
            .map_err(storage)?
            .query_row([id.as_bytes()], |row| row.get(0))
            .map_err(storage)?)
    }

    /// Documents that wait, oldest first.
    pub fn waiting_documents(&self, limit: u32) -> Result<Vec<RecordId>> {
        let mut statement =
            self.0.prepare_cached("SELECT document FROM outbox GROUP BY document ORDER BY min(n) LIMIT ?1").map_err(storage)?;
        let rows = statement.query_map([limit], |row| super::projection::record_id(row, 0)).map_err(storage)?;
        rows.collect::<Result<_, _>>().map_err(storage)
    }

    /// How many documents have changes that the server has not taken.
    pub fn waiting_count(&self) -> Result<i64> {
        self.0
            .prepare_cached("SELECT count(DISTINCT document) FROM outbox")
            .map_err(storage)?
            .query_row([], |row| row.get(0))
            .map_err(storage)
    }

    /// Every document was offered and taken: the server has these changes for good.
    pub fn acknowledge(&self, hashes: impl IntoIterator<Item = Hash>) -> Result<()> {
        let mut statement = self.0.prepare_cached("DELETE FROM outbox WHERE hash = ?1").map_err(storage)?;
        for hash in hashes {
            statement.execute([hash.0]).map_err(storage)?;
        }
        Ok(())
    }

    /// Offers every change of this installation again: after the server was restored from a backup.
    pub fn offer_everything(&self) -> Result<()> {
        self.0
            .execute("INSERT OR IGNORE INTO outbox (hash, document) SELECT hash, document FROM changes ORDER BY document, n", [])
            .map_err(storage)?;
        Ok(())
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
            let reason = serde_json::to_string(&reason).map_err(|error| Error::internal("record.write", error))?;
            self.0
                .execute(
                    "INSERT OR REPLACE INTO quarantine (hash, document, n, bytes, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
                    (change.hash.0, document.as_bytes(), number, change.bytes(), reason),
                )
                .map_err(storage)?;
            self.0.execute("DELETE FROM changes WHERE hash = ?1", [change.hash.0]).map_err(storage)?;
            self.0.execute("DELETE FROM outbox WHERE hash = ?1", [change.hash.0]).map_err(storage)?;
        }
        // A record that was refused whole stays on the screens of its author until it is redone.
        if out.len() < history.len() { self.reproject(document) } else { Ok(()) }
    }

    /// Refused changes, of one document or of all.
    pub fn quarantined(&self, document: Option<RecordId>) -> Result<Vec<Quarantined>> {
        let mut statement = self.0.prepare_cached(
            "SELECT document, hash, bytes, reason FROM quarantine WHERE ?1 IS NULL OR document = ?1 ORDER BY document, n LIMIT 1000",
        ).map_err(storage)?;
        let mut rows = statement.query([document.map(|id| *id.as_bytes())]).map_err(storage)?;
        let mut list = Vec::new();
        while let Some(row) = rows.next().map_err(storage)? {
            let reason: String = row.get(3).map_err(storage)?;
            list.push(Quarantined {
                document: super::projection::record_id(row, 0).map_err(storage)?,
                hash: Hash(row.get(1).map_err(storage)?),
                bytes: row.get(2).map_err(storage)?,
                // A newer server may know more reasons.
                reason: serde_json::from_str(&reason).unwrap_or(Rejection::NotAllowed),
            });
        }
        Ok(list)
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
            return Err(Error::not_found("status.nothing_refused"));
        }
        let kind = match self.kind_of(document)? {
            Some(kind) => kind,
            None => chuda_record::kind_of(&fields).ok_or_else(|| Error::invalid("record.unknown_kind"))?,
        };
        self.0.execute("DELETE FROM quarantine WHERE document = ?1", [document.as_bytes()]).map_err(storage)?;
        self.write_fields(own, document, kind, &fields)
    }

    /// Documents with their changes in stored order, one after the other.
    pub(super) fn each_document(&self, mut each: impl FnMut(RecordId, &[Vec<u8>]) -> Result<()>) -> Result<()> {
        let mut statement = self.0.prepare("SELECT document, bytes FROM changes ORDER BY document, n").map_err(storage)?;
        let mut rows = statement.query([]).map_err(storage)?;
        let mut current: Option<RecordId> = None;
        let mut changes = Vec::new();
        while let Some(row) = rows.next().map_err(storage)? {
            let id = super::projection::record_id(row, 0).map_err(storage)?;
            if let Some(done) = current.filter(|current| *current != id) {
                each(done, &changes)?;
                changes.clear();
            }
            current = Some(id);
            changes.push(row.get(1).map_err(storage)?);
        }
        current.map_or(Ok(()), |last| each(last, &changes))
    }

    pub(super) fn changes_of(&self, id: RecordId) -> Result<Vec<Vec<u8>>> {
        let mut statement = self.0.prepare_cached("SELECT bytes FROM changes WHERE document = ?1 ORDER BY n").map_err(storage)?;
        let rows = statement.query_map([id.as_bytes()], |row| row.get(0)).map_err(storage)?;
        rows.collect::<Result<_, _>>().map_err(storage)
    }

    fn has_change(&self, hash: Hash) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached("SELECT 1 FROM changes WHERE hash = ?1")
            .map_err(storage)?
            .query_row([hash.0], |_| Ok(()))
            .optional()
            .map_err(storage)?
            .is_some())
    }

    fn append(&self, id: RecordId, change: &Change) -> Result<()> {
        let mut statement =
            self.0.prepare_cached("SELECT coalesce(max(n) + 1, 0) FROM changes WHERE document = ?1").map_err(storage)?;
        let number: usize = statement.query_row([id.as_bytes()], |row| row.get(0)).map_err(storage)?;
        if number >= MAX_DOCUMENT_CHANGES {
            return Err(Error::invalid("record.too_many_changes"));
        }
        self.0
            .prepare_cached("INSERT INTO changes (document, n, hash, bytes) VALUES (?1, ?2, ?3, ?4)")
            .map_err(storage)?
            .execute((id.as_bytes(), number, change.hash.0, change.bytes()))
            .map_err(storage)?;
        Ok(())
    }
}

fn damaged(document: RecordId, error: &DocError) -> Error {
    tracing::error!(%document, %error, "document does not load");
    Error::new(ErrorKind::Storage, "storage.damaged")
}

fn refused(rejection: &Rejection) -> Error {
    let error = Error::new(ErrorKind::NotAllowed, "record.not_allowed").with("reason", rejection.key());
    match rejection {
        Rejection::FieldLocked { field } => error.with("field", field),
        _ => error,
    }
}
