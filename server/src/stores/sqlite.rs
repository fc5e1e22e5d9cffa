//! All SQL of the server: an embedded `SQLite` file, one writer at a time, readers beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId, RecordId, TouchId};
use chuda_record::rules::audience::People;
use chuda_record::rules::world::{LOOKED_THROUGH, World};
use chuda_record::rules::{Config, Firing};
use chuda_record::{Change, Fields, Kind, Person, Release, Scalar, from_fields};
use chuda_record::{Error, ErrorKind, Result};
use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params};
use tokio::sync::Notify;

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
    include_str!("migrations/004.sql"),
    include_str!("migrations/005.sql"),
    include_str!("migrations/006.sql"),
];
/// The step that brings the audit log.
const AUDIT: usize = 4;
/// How long a writer waits for another process, such as an admin command beside the running server.
const BUSY: Duration = Duration::from_secs(20);
/// Readers that are kept open.
const IDLE_READERS: usize = 8;

/// The server's database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    caches: Caches,
    /// Wakes whoever runs the jobs.
    nudge: Notify,
}

/// What every request needs, as last read.
#[derive(Default)]
pub(crate) struct Caches {
    people: Cache<People>,
    with_device: Cache<BTreeSet<PersonId>>,
    configs: Cache<Configs>,
}

/// Something as last read, by the version that the database gives its state: a new one is read at once.
type Cache<T> = Mutex<Option<(Vec<u8>, Arc<T>)>>;

/// Every version of the configuration; the last is in force.
pub(crate) type Configs = BTreeMap<i64, Arc<Config>>;

/// A customer's name, its id in an outside system, and whether it was merged into another one.
pub(crate) type CustomerName = (RecordId, String, Option<String>, bool);

/// One transaction.
pub(crate) struct Tx<'c>(pub(super) &'c Connection, &'c Inner);

/// A record's current state.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) id: RecordId,
    pub(crate) kind: Kind,
    pub(crate) at: i64,
    pub(crate) fields: Fields,
    pub(crate) conflicts: BTreeMap<String, Vec<Scalar>>,
}

/// A record's state as it is written.
pub(crate) struct Projection<'a> {
    pub(crate) id: RecordId,
    pub(crate) kind: Kind,
    pub(crate) author: Option<PersonId>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) parent: Option<RecordId>,
    pub(crate) blob: Option<Hash>,
    pub(crate) day: Option<&'a str>,
    pub(crate) open: bool,
    pub(crate) at: i64,
    pub(crate) fields: &'a Fields,
    pub(crate) conflicts: &'a BTreeMap<String, Vec<Scalar>>,
}

/// Which records of a kind to list, newest first.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) kind: Kind,
    /// Only what this person may read.
    pub(crate) reader: Option<PersonId>,
    pub(crate) author: Option<PersonId>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) open: Option<bool>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
    /// Only what comes after this one in the list.
    pub(crate) after: Option<(i64, RecordId)>,
    pub(crate) limit: usize,
}

impl Filter {
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            kind,
            reader: None,
            author: None,
            customer: None,
            day: None,
            open: None,
            from: None,
            to: None,
            after: None,
            limit: 100,
        }
    }
}

/// A change that was not accepted.
pub(crate) struct Refused<'a> {
    pub(crate) document: RecordId,
    pub(crate) hash: Hash,
    pub(crate) device: DeviceId,
    /// As JSON.
    pub(crate) reason: &'a str,
    pub(crate) bytes: &'a [u8],
}

/// What became of the audit log that was there before a restore.
pub(crate) struct Replaced {
    /// The last entry of the backup's log.
    pub(crate) backup: Option<(u64, Hash)>,
    /// The last entry of the log that was there; none also when it could not be read.
    pub(crate) head: Option<(u64, Hash)>,
    /// Whether all of it is in the log that is there now.
    pub(crate) kept: bool,
}

/// A stored change, for an inbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InboxRow {
    pub(crate) document: RecordId,
    /// Number of the change; none: the document may no longer be read.
    pub(crate) change: Option<i64>,
    /// The person's own device that sent it.
    pub(crate) origin: Option<DeviceId>,
}

/// What one row of an inbox brings.
pub(crate) struct Delivery {
    pub(crate) seq: u64,
    pub(crate) document: RecordId,
    pub(crate) change: Option<(i64, Vec<u8>)>,
}

/// An enrolled installation.
#[derive(Clone, Debug)]
pub(crate) struct DeviceRow {
    pub(crate) id: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) public_key: Vec<u8>,
    pub(crate) platform: Option<String>,
    pub(crate) enrolled_at: i64,
    pub(crate) revoked_at: Option<i64>,
}

/// An enrolment code, as it is kept.
pub(crate) struct CodeRow {
    pub(crate) person: PersonId,
    pub(crate) expires_at: i64,
    pub(crate) used_by: Option<DeviceId>,
}

/// A bearer token, as it is kept.
pub(crate) struct TokenRow {
    pub(crate) name: String,
    pub(crate) person: Option<PersonId>,
    pub(crate) scopes: String,
}

/// A claim, as it is kept.
pub(crate) struct ClaimRow<'a> {
    pub(crate) hash: Hash,
    pub(crate) device: DeviceId,
    pub(crate) sequence: u64,
    pub(crate) previous: Option<Hash>,
    pub(crate) evidence: EvidenceId,
    pub(crate) bytes: &'a [u8],
    pub(crate) signature: &'a [u8],
    pub(crate) flags: &'a str,
}

/// An upload under way.
#[derive(Clone, Debug)]
pub(crate) struct UploadRow {
    pub(crate) id: RecordId,
    pub(crate) person: PersonId,
    pub(crate) sha256: Hash,
    pub(crate) length: u64,
    pub(crate) received: u64,
}

impl Store {
    /// Opens the database file, creates or migrates it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let writer = connect(path, OpenFlags::default())?;
        let store = Self(Arc::new(Inner {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            caches: Caches::default(),
            nudge: Notify::new(),
        }));
        store.migrate(&mut store.0.writer.lock().unwrap_or_else(PoisonError::into_inner))?;
        store.write(|tx| {
            if tx.meta("epoch")?.is_none() {
                tx.begin_epoch()?;
            }
            tx.keep_figures()
        })?;
        Ok(store)
    }

    /// Runs a function in one transaction: all of it is committed, or nothing.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let mut writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage)?;
        let value = work(&Tx(&transaction, &self.0))?;
        transaction.commit().map_err(storage)?;
        Ok(value)
    }

    /// Runs a function on one consistent state, beside writers.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let idle = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => connect(&self.0.path, OpenFlags::default())?,
        };
        let value = {
            let transaction = reader.transaction().map_err(storage)?;
            work(&Tx(&transaction, &self.0))?
        };
        let mut readers = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        Ok(value)
    }

    /// [`Self::write`] on a thread that may wait.
    pub(crate) async fn write_async<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.write(work)).await.map_err(|error| Error::internal("task.failed", error))?
    }

    /// [`Self::read`] on a thread that may wait.
    pub(crate) async fn read_async<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read(work)).await.map_err(|error| Error::internal("task.failed", error))?
    }

    /// From now on no write waits for the disk, until [`Self::checkpoint`]. Only for what is made anew should the machine die meanwhile.
    pub(crate) fn hurry(&self) -> Result<()> {
        let writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let settings = "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 20000; PRAGMA cache_size = -128000;";
        writer.execute_batch(settings).map_err(storage)
    }

    /// Comes back when a job has been scheduled by this process since the last time.
    pub(crate) async fn nudged(&self) {
        self.0.nudge.notified().await;
    }

    /// Moves everything from the write-ahead log into the file, before the server ends.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.pragma_update(None, "synchronous", "FULL").map_err(storage)?;
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(storage)
    }

    /// Copies the database into a new file, while others write.
    pub(crate) fn backup(&self, file: &Path) -> Result<()> {
        let source = connect(&self.0.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut target = Connection::open(file).map_err(storage)?;
        copy(&source, &mut target)
    }

    /// Replaces the content by that of a backup, and starts a new epoch. The audit log goes on: what the present one has beyond the
    /// backup's is carried over, and `note` says in it what happened. All of it is put together in a file aside and takes effect at once.
    pub(crate) fn restore(&self, file: &Path, note: impl FnOnce(&Tx<'_>, Replaced) -> Result<()>) -> Result<()> {
        let source = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(storage)?;
        let version: u32 = source.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(storage)?;
        let whole: String = source.pragma_query_value(None, "integrity_check", |row| row.get(0)).map_err(storage)?;
        if version == 0 || version as usize > MIGRATIONS.len() || whole != "ok" {
            return Err(Error::invalid("backup.unusable"));
        }
        let aside = Aside::new(&self.0.path);
        let mut staged = Connection::open(&aside.0).map_err(storage)?;
        copy(&source, &mut staged)?;
        self.migrate(&mut staged)?;
        let mut writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        staged.execute("ATTACH ?1 AS live", params![self.0.path.to_string_lossy()]).map_err(storage)?;
        let transaction = staged.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage)?;
        let tx = Tx(&transaction, &self.0);
        let backup = tx.audit_head()?;
        let (head, kept) = tx.continue_from_live().unwrap_or_else(|error| {
            // A restore may be needed just because the present database is damaged.
            tracing::error!(%error, "the present audit log can't be read");
            (None, false)
        });
        note(&tx, Replaced { backup, head, kept })?;
        tx.begin_epoch()?;
        tx.keep_figures()?;
        transaction.commit().map_err(storage)?;
        staged.execute_batch("DETACH live").map_err(storage)?;
        copy(&staged, &mut writer)
    }

    fn migrate(&self, connection: &mut Connection) -> Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage)?;
        let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(storage)?;
        if version as usize > MIGRATIONS.len() {
            return Err(Error::new(ErrorKind::Server, "database.newer").with("version", version));
        }
        for (number, step) in (1..).zip(MIGRATIONS).skip(version as usize) {
            transaction.execute_batch(step).map_err(storage)?;
            if number == AUDIT {
                Tx(&transaction, &self.0).adopt_views()?;
            }
        }
        transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32).map_err(storage)?;
        transaction.commit().map_err(storage)
    }
}

/// A database file that is only needed for a while.
struct Aside(PathBuf);

impl Aside {
    fn new(beside: &Path) -> Self {
        let aside = Self(beside.with_extension("restoring"));
        aside.remove();
        aside
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm"] {
            let mut path = self.0.as_os_str().to_owned();
            path.push(ending);
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.remove();
    }
}

// What the server knows of itself.
impl Tx<'_> {
    pub(super) fn meta(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.one("SELECT value FROM meta WHERE key = ?1", params![key], |row| row.get(0))
    }

    pub(super) fn set_meta(&self, key: &str, value: &[u8]) -> Result<()> {
        self.run("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value", params![key, value]).map(drop)
    }

    /// A new epoch of the log. The server's own actor is a new one too: it may have lost track of what it wrote.
    fn begin_epoch(&self) -> Result<()> {
        self.set_meta("epoch", &crate::random::<16>()?)?;
        self.set_meta("actor", &crate::random::<16>()?)?;
        self.configs_changed()?;
        self.devices_changed()?;
        self.people_changed()
    }

    /// The epoch of the log.
    pub(crate) fn epoch(&self) -> Result<Vec<u8>> {
        self.meta("epoch")?.ok_or_else(|| Error::internal("database.incomplete", "epoch"))
    }

    /// The installation under which the server itself writes.
    pub(crate) fn own_device(&self) -> Result<DeviceId> {
        let bytes = self.meta("actor")?;
        bytes.as_deref().and_then(DeviceId::from_slice).ok_or_else(|| Error::internal("database.incomplete", "actor"))
    }
}

// People and configuration.
impl Tx<'_> {
    /// Everyone of the team.
    pub(crate) fn people(&self) -> Result<Arc<People>> {
        self.cached("people", &self.1.caches.people, || {
            let rows =
                self.all("SELECT id, fields FROM documents WHERE kind = 'person'", [], |row| Ok((person_id(row)?, json(row, 1)?)))?;
            let read = |(id, fields)| from_fields::<Person>(&fields).map(|person| (id, person));
            let people: std::result::Result<People, _> = rows.into_iter().map(read).collect();
            people.map_err(|error| Error::internal("person.unreadable", error))
        })
    }

    /// Every version of the configuration, the built-in one among them.
    pub(crate) fn configs(&self) -> Result<Arc<Configs>> {
        self.cached("configs", &self.1.caches.configs, || {
            let builtin = Config::builtin();
            let mut configs = Configs::from([(builtin.version, Arc::new(builtin.clone()))]);
            for fields in self.all("SELECT fields FROM documents WHERE kind = 'config'", [], fields_row)? {
                let release: Release = from_fields(&fields).map_err(|error| Error::internal("config.unreadable", error))?;
                let config = Config::read(&release.content).map_err(|flawed| Error::internal("config.unreadable", flawed))?;
                configs.insert(release.version, Arc::new(config));
            }
            Ok(configs)
        })
    }

    /// The configuration in force.
    pub(crate) fn config(&self) -> Result<Arc<Config>> {
        let configs = self.configs()?;
        let last = configs.values().next_back().ok_or_else(|| Error::internal("config.missing", "none"))?;
        Ok(last.clone())
    }

    /// The configuration that a record was made under; the one in force where it names none that there is (T6).
    pub(crate) fn config_of(&self, fields: &Fields) -> Result<Arc<Config>> {
        let configs = self.configs()?;
        let made_under = chuda_record::version_in(fields).and_then(|version| configs.get(&version));
        made_under.map_or_else(|| self.config(), |config| Ok(config.clone()))
    }

    /// Says that a configuration was published.
    pub(crate) fn configs_changed(&self) -> Result<()> {
        self.set_meta("configs", &crate::random::<16>()?)
    }

    fn cached<T>(&self, name: &str, cache: &Cache<T>, read: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let version = self.meta(name)?.unwrap_or_default();
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, value)) = &*cache
            && *known == version
        {
            return Ok(value.clone());
        }
        let value = Arc::new(read()?);
        *cache = Some((version, value.clone()));
        Ok(value)
    }

    /// Says that a person's record was written. The version is drawn, not counted, so that it never means two states.
    pub(crate) fn people_changed(&self) -> Result<()> {
        self.set_meta("people", &crate::random::<16>()?)
    }
}

// Changes and documents. A `+` in front of a column keeps SQLite from walking through all records of a kind in their order,
// where a few are found by something else.
impl Tx<'_> {
    /// The current state of a record.
    pub(crate) fn document(&self, id: RecordId) -> Result<Option<Document>> {
        self.one("SELECT id, kind, at, fields, conflicts FROM documents WHERE id = ?1", params![id.as_bytes()], document_row)
    }

    /// Stores the current state of a record.
    pub(crate) fn put_document(&self, row: &Projection<'_>) -> Result<()> {
        let fields = serde_json::to_string(row.fields).map_err(|error| Error::internal("document.encode", error))?;
        let conflicts = (!row.conflicts.is_empty()).then(|| serde_json::to_string(row.conflicts)).transpose();
        let conflicts = conflicts.map_err(|error| Error::internal("document.encode", error))?;
        self.run(
            "INSERT INTO documents (id, kind, author, customer, parent, blob, day, open, at, fields, conflicts)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT DO UPDATE SET customer = excluded.customer, parent = excluded.parent, open = excluded.open, at = excluded.at,
                 fields = excluded.fields, conflicts = excluded.conflicts",
            params![
                row.id.as_bytes(),
                row.kind.as_str(),
                row.author.as_ref().map(PersonId::as_bytes),
                row.customer.as_ref().map(CustomerId::as_bytes),
                row.parent.as_ref().map(RecordId::as_bytes),
                row.blob.map(|hash| hash.0),
                row.day,
                row.open,
                row.at,
                fields,
                conflicts,
            ],
        )?;
        self.count(row.id, row.kind, row.fields)
    }

    /// Records of a kind, newest first.
    pub(crate) fn documents(&self, filter: &Filter) -> Result<Vec<Document>> {
        let after = filter.after.unwrap_or((i64::MAX, RecordId(uuid::Uuid::max())));
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents d
             WHERE kind = ?1
               AND (?2 IS NULL OR EXISTS (SELECT 1 FROM readers r WHERE r.document = d.id AND r.person = ?2))
               AND (?3 IS NULL OR author = ?3)
               AND (?4 IS NULL OR customer = ?4)
               AND (?5 IS NULL OR day = ?5)
               AND (?6 IS NULL OR open = ?6)
               AND at BETWEEN ?7 AND ?8
               AND (at, id) < (?9, ?10)
             ORDER BY at DESC, id DESC LIMIT ?11",
            params![
                filter.kind.as_str(),
                filter.reader.as_ref().map(PersonId::as_bytes),
                filter.author.as_ref().map(PersonId::as_bytes),
                filter.customer.as_ref().map(CustomerId::as_bytes),
                filter.day.map(|day| day.to_string()),
                filter.open,
                filter.from.map_or(i64::MIN, |at| at.timestamp_millis()),
                filter.to.map_or(i64::MAX, |at| at.timestamp_millis()),
                after.0,
                after.1.as_bytes(),
                filter.limit as i64,
            ],
            document_row,
        )
    }

    /// Records of a kind about which somebody has to do something, that came up then or since, oldest first.
    pub(crate) fn open_since(&self, kind: Kind, at: i64) -> Result<Vec<Document>> {
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE kind = ?1 AND open = 1 AND at >= ?2 ORDER BY at, id",
            params![kind.as_str(), at],
            document_row,
        )
    }

    /// Every record that belongs to a customer, the customer's own among them.
    pub(crate) fn documents_of_customer(&self, customer: CustomerId) -> Result<Vec<RecordId>> {
        self.all("SELECT id FROM documents WHERE customer = ?1", params![customer.as_bytes()], record_id)
    }

    /// Every record that a person may read.
    pub(crate) fn documents_read_by(&self, person: PersonId) -> Result<Vec<RecordId>> {
        self.all("SELECT document FROM readers WHERE person = ?1", params![person.as_bytes()], record_id)
    }

    /// How many records there are of each kind, and how many rows of what stands beside them.
    pub(crate) fn census(&self) -> Result<BTreeMap<String, u64>> {
        let rows = self.all(
            "SELECT kind, count(*) FROM documents GROUP BY kind
             UNION ALL SELECT 'changes', count(*) FROM changes
             UNION ALL SELECT 'refused', count(*) FROM quarantine
             UNION ALL SELECT 'effects', count(*) FROM effects
             UNION ALL SELECT 'claims', count(*) FROM claims
             UNION ALL SELECT 'blobs', count(*) FROM blobs
             UNION ALL SELECT 'devices', count(*) FROM devices
             UNION ALL SELECT 'inbox_rows', count(*) FROM inbox",
            [],
            |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())),
        )?;
        Ok(rows.into_iter().collect())
    }

    /// Every record of a kind.
    pub(crate) fn documents_of_kind(&self, kind: Kind) -> Result<Vec<RecordId>> {
        self.all("SELECT id FROM documents WHERE kind = ?1", params![kind.as_str()], record_id)
    }

    /// Customers and leads that nobody holds.
    pub(crate) fn unheld(&self) -> Result<Vec<RecordId>> {
        self.all(
            "SELECT id FROM documents WHERE kind IN ('customer', 'lead') AND json_extract(fields, '$.holder') IS NULL",
            [],
            record_id,
        )
    }

    /// Customers of exactly this name, the first entered first.
    pub(crate) fn customers_named(&self, name: &str) -> Result<Vec<Document>> {
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents INDEXED BY customers_by_name
             WHERE kind = 'customer' AND json_extract(fields, '$.name') = ?1 ORDER BY at, id LIMIT 20",
            params![name],
            document_row,
        )
    }

    /// Customers with this id in an outside system, the first entered first.
    pub(crate) fn customers_with_external_id(&self, id: &str) -> Result<Vec<Document>> {
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents INDEXED BY customers_by_external_id
             WHERE kind = 'customer' AND json_extract(fields, '$.external_id') = ?1 ORDER BY at, id LIMIT 20",
            params![id],
            document_row,
        )
    }

    /// Every contract.
    pub(crate) fn contracts(&self) -> Result<Vec<Document>> {
        self.all("SELECT id, kind, at, fields, conflicts FROM documents WHERE kind = 'contract' ORDER BY at, id", [], document_row)
    }

    /// Records of a kind that belong to a customer, newest first, at most a thousand.
    pub(crate) fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Document>> {
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE customer = ?1 AND kind = ?2 ORDER BY +at DESC, id LIMIT 1000",
            params![customer.as_bytes(), kind.as_str()],
            document_row,
        )
    }

    /// Records of a kind that somebody still has to do something about, newest first.
    pub(crate) fn open_of_kind(&self, kind: Kind, limit: usize) -> Result<Vec<Document>> {
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE kind = ?1 AND open = 1 ORDER BY at DESC, id DESC LIMIT ?2",
            params![kind.as_str(), limit as i64],
            document_row,
        )
    }

    /// What customers are found by.
    pub(crate) fn customer_names(&self) -> Result<Vec<CustomerName>> {
        self.all(
            "SELECT id, json_extract(fields, '$.name'), json_extract(fields, '$.external_id'),
                    json_extract(fields, '$.merged_into') IS NOT NULL
             FROM documents WHERE kind = 'customer' ORDER BY at, id",
            [],
            |row| Ok((record_id(row)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
    }

    /// Records of a kind that hang on another one, such as the findings about a slip; at most a thousand.
    pub(crate) fn children(&self, parent: RecordId, kind: Kind) -> Result<Vec<Document>> {
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE parent = ?1 AND kind = ?2 ORDER BY +at, id LIMIT 1000",
            params![parent.as_bytes(), kind.as_str()],
            document_row,
        )
    }

    /// Tasks that came from a record.
    pub(crate) fn tasks_from(&self, source: RecordId) -> Result<Vec<Fields>> {
        self.all("SELECT fields FROM documents WHERE parent = ?1 AND kind = 'task'", params![source.as_bytes()], fields_row)
    }

    /// A customer's contracts, work orders and meetings that name a record in a field.
    pub(crate) fn naming(&self, customer: CustomerId, field: &str, record: RecordId) -> Result<Vec<Document>> {
        self.all(
            "SELECT id, kind, at, fields, conflicts FROM documents
             WHERE customer = ?1 AND kind IN ('contract', 'order', 'meeting') AND json_extract(fields, '$.' || ?2) = ?3
             ORDER BY at, id LIMIT 1000",
            params![customer.as_bytes(), field, record.to_string()],
            document_row,
        )
    }

    /// Tasks that are about a customer.
    pub(crate) fn tasks_about(&self, customer: CustomerId) -> Result<Vec<Fields>> {
        self.all("SELECT fields FROM documents WHERE customer = ?1 AND kind = 'task'", params![customer.as_bytes()], fields_row)
    }

    /// The accepted changes of a document, in the order in which they were accepted.
    pub(crate) fn changes(&self, document: RecordId) -> Result<Vec<Vec<u8>>> {
        self.all("SELECT bytes FROM changes WHERE document = ?1 ORDER BY n", params![document.as_bytes()], |row| row.get(0))
    }

    /// The hashes of a document's changes.
    pub(crate) fn change_hashes(&self, document: RecordId) -> Result<BTreeSet<Hash>> {
        self.all("SELECT hash FROM changes WHERE document = ?1", params![document.as_bytes()], |row| row.get(0).map(Hash))
            .map(BTreeSet::from_iter)
    }

    /// The numbers of a document's changes.
    pub(crate) fn change_numbers(&self, document: RecordId) -> Result<Vec<i64>> {
        self.all("SELECT n FROM changes WHERE document = ?1 ORDER BY n", params![document.as_bytes()], |row| row.get(0))
    }

    /// Keeps an accepted change and returns its number.
    pub(crate) fn add_change(&self, document: RecordId, change: &Change, device: DeviceId, now: DateTime<Utc>) -> Result<i64> {
        self.run(
            "INSERT INTO changes (document, hash, device, received_at, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![document.as_bytes(), change.hash.0, device.as_bytes(), now.timestamp_millis(), change.bytes()],
        )?;
        self.forgive(document, change.hash)?;
        Ok(self.0.last_insert_rowid())
    }

    /// Keeps a refused change; at most `most` per device.
    pub(crate) fn quarantine(&self, refused: &Refused<'_>, now: DateTime<Utc>, most: usize) -> Result<()> {
        let kept: Option<usize> =
            self.one("SELECT count(*) FROM quarantine WHERE device = ?1", params![refused.device.as_bytes()], |row| row.get(0))?;
        if kept.unwrap_or_default() >= most {
            tracing::warn!(device = %refused.device, "quarantine of this device is full");
            return Ok(());
        }
        self.run(
            "INSERT INTO quarantine (document, hash, device, reason, bytes, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET reason = excluded.reason",
            params![
                refused.document.as_bytes(),
                refused.hash.0,
                refused.device.as_bytes(),
                refused.reason,
                refused.bytes,
                now.timestamp_millis(),
            ],
        )
        .map(drop)
    }

    /// Whether a change was refused before.
    pub(crate) fn is_quarantined(&self, document: RecordId, hash: Hash) -> Result<bool> {
        self.exists("SELECT 1 FROM quarantine WHERE document = ?1 AND hash = ?2", params![document.as_bytes(), hash.0])
    }

    fn forgive(&self, document: RecordId, hash: Hash) -> Result<()> {
        self.run("DELETE FROM quarantine WHERE document = ?1 AND hash = ?2", params![document.as_bytes(), hash.0]).map(drop)
    }

    /// Notes that a rule is carried out for a record; false when it was before.
    pub(crate) fn claim_effect(&self, firing: &Firing, now: DateTime<Utc>) -> Result<bool> {
        let added = self.run(
            "INSERT INTO effects (rule, record, occasion, config, because, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            params![
                firing.rule,
                firing.record.as_bytes(),
                firing.occasion,
                firing.config,
                firing.because,
                now.timestamp_millis()
            ],
        )?;
        Ok(added > 0)
    }

    /// The rules that were carried out for a record: rule, version of the configuration, what held, and when.
    pub(crate) fn effects_of(&self, record: RecordId) -> Result<Vec<(String, i64, String, i64)>> {
        self.all(
            "SELECT rule, config, because, at FROM effects WHERE record = ?1 ORDER BY at, rule LIMIT 1000",
            params![record.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
    }
}

impl World for Tx<'_> {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        Ok(self.document(id)?.map(|document| (document.kind, document.fields)))
    }

    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        self.all(
            "SELECT fields FROM documents WHERE customer = ?1 AND kind = ?2 ORDER BY +at DESC LIMIT ?3",
            params![customer.as_bytes(), kind.as_str(), LOOKED_THROUGH as i64],
            fields_row,
        )
    }
}

// How records hang together, and who may read them.
impl Tx<'_> {
    /// Notes that a touch names a piece of evidence; false when it was known.
    pub(crate) fn link(&self, touch: TouchId, evidence: EvidenceId) -> Result<bool> {
        let added = self.run(
            "INSERT INTO touch_evidence (evidence, touch) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![evidence.as_bytes(), touch.as_bytes()],
        )?;
        Ok(added > 0)
    }

    /// The touches that name a piece of evidence.
    pub(crate) fn touches_with(&self, evidence: EvidenceId) -> Result<Vec<TouchId>> {
        self.all("SELECT touch FROM touch_evidence WHERE evidence = ?1", params![evidence.as_bytes()], |row| {
            id(row, 0, TouchId::from_slice)
        })
    }

    /// Notes that a person has touched a customer; false when it was known.
    pub(crate) fn add_touched(&self, customer: CustomerId, person: PersonId) -> Result<bool> {
        let added = self.run(
            "INSERT INTO touched (customer, person) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![customer.as_bytes(), person.as_bytes()],
        )?;
        Ok(added > 0)
    }

    /// Who has touched a customer.
    pub(crate) fn touched(&self, customer: CustomerId) -> Result<BTreeSet<PersonId>> {
        self.all("SELECT person FROM touched WHERE customer = ?1", params![customer.as_bytes()], person_id).map(BTreeSet::from_iter)
    }

    /// Who may read a record.
    pub(crate) fn readers(&self, document: RecordId) -> Result<BTreeSet<PersonId>> {
        self.all("SELECT person FROM readers WHERE document = ?1", params![document.as_bytes()], person_id).map(BTreeSet::from_iter)
    }

    /// Whether a person may read a record.
    pub(crate) fn may_read(&self, document: RecordId, person: PersonId) -> Result<bool> {
        self.exists("SELECT 1 FROM readers WHERE document = ?1 AND person = ?2", params![document.as_bytes(), person.as_bytes()])
    }

    /// Lets a person read a record.
    pub(crate) fn add_reader(&self, document: RecordId, person: PersonId) -> Result<()> {
        self.run("INSERT INTO readers (document, person) VALUES (?1, ?2)", params![document.as_bytes(), person.as_bytes()])
            .map(drop)
    }

    /// Takes a record away from a person.
    pub(crate) fn remove_reader(&self, document: RecordId, person: PersonId) -> Result<()> {
        self.run("DELETE FROM readers WHERE document = ?1 AND person = ?2", params![document.as_bytes(), person.as_bytes()])
            .map(drop)
    }
}

// Inboxes.
impl Tx<'_> {
    /// Appends to a person's inbox. The numbers come from the head in this very transaction, so no reader skips one.
    pub(crate) fn deliver(&self, person: PersonId, rows: &[InboxRow]) -> Result<()> {
        let count = rows.len() as i64;
        let head: i64 = self
            .one(
                "INSERT INTO inbox_heads (person, head) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET head = head + excluded.head RETURNING head",
                params![person.as_bytes(), count],
                |row| row.get(0),
            )?
            .ok_or_else(|| Error::internal("inbox.head", "no head"))?;
        for (seq, row) in (head - count + 1..).zip(rows) {
            self.run(
                "INSERT INTO inbox (person, seq, document, change, origin) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![person.as_bytes(), seq, row.document.as_bytes(), row.change, row.origin.as_ref().map(DeviceId::as_bytes)],
            )?;
        }
        Ok(())
    }

    /// Fills the inbox of somebody who gets a first device with all that person may read, parents first.
    pub(crate) fn fill_inbox(&self, person: PersonId) -> Result<()> {
        self.run("DELETE FROM inbox WHERE person = ?1", params![person.as_bytes()])?;
        let mut rows = Vec::new();
        for kind in Kind::ALL {
            rows.extend(self.all(
                "SELECT c.document, c.n FROM readers r JOIN documents d ON d.id = r.document JOIN changes c ON c.document = d.id
                 WHERE r.person = ?1 AND d.kind = ?2 ORDER BY c.n",
                params![person.as_bytes(), kind.as_str()],
                |row| Ok(InboxRow { document: record_id(row)?, change: Some(row.get(1)?), origin: None }),
            )?);
        }
        if rows.is_empty() { Ok(()) } else { self.deliver(person, &rows) }
    }

    /// Up to where a person's inbox is filled.
    pub(crate) fn inbox_head(&self, person: PersonId) -> Result<u64> {
        let head: Option<i64> =
            self.one("SELECT head FROM inbox_heads WHERE person = ?1", params![person.as_bytes()], |row| row.get(0))?;
        Ok(head.unwrap_or_default().cast_unsigned())
    }

    /// What a device has not received yet, oldest first: changes of records that the person may still read, and purges of those
    /// that may no longer be read. `take` says whether to go on after each.
    pub(crate) fn undelivered(
        &self,
        person: PersonId,
        device: DeviceId,
        cursor: u64,
        mut take: impl FnMut(Delivery) -> bool,
    ) -> Result<()> {
        let mut statement = self
            .0
            .prepare_cached(
                "SELECT i.seq, i.document, i.change, c.bytes FROM inbox i LEFT JOIN changes c ON c.n = i.change
                 WHERE i.person = ?1 AND i.seq > ?2 AND i.origin IS NOT ?3
                   AND (i.change IS NOT NULL) = EXISTS (SELECT 1 FROM readers r WHERE r.document = i.document AND r.person = ?1)
                 ORDER BY i.seq",
            )
            .map_err(storage)?;
        let cursor = i64::try_from(cursor).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![person.as_bytes(), cursor, device.as_bytes()]).map_err(storage)?;
        while let Some(row) = rows.next().map_err(storage)? {
            let delivery = (|| {
                let change: Option<i64> = row.get(2)?;
                let change = change.map(|n| Ok::<_, rusqlite::Error>((n, row.get(3)?))).transpose()?;
                Ok(Delivery { seq: row.get::<_, i64>(0)?.cast_unsigned(), document: id(row, 1, RecordId::from_slice)?, change })
            })()
            .map_err(storage)?;
            if !take(delivery) {
                break;
            }
        }
        Ok(())
    }
}

// Devices, codes, tokens.
impl Tx<'_> {
    /// One device.
    pub(crate) fn device(&self, device: DeviceId) -> Result<Option<DeviceRow>> {
        self.one(
            "SELECT id, person, public_key, platform, enrolled_at, revoked_at FROM devices WHERE id = ?1",
            params![device.as_bytes()],
            device_row,
        )
    }

    /// Every device.
    pub(crate) fn devices(&self) -> Result<Vec<DeviceRow>> {
        self.all(
            "SELECT id, person, public_key, platform, enrolled_at, revoked_at FROM devices ORDER BY enrolled_at",
            [],
            device_row,
        )
    }

    /// Who has a device that is not revoked.
    pub(crate) fn people_with_device(&self) -> Result<Arc<BTreeSet<PersonId>>> {
        self.cached("devices", &self.1.caches.with_device, || {
            self.all("SELECT DISTINCT person FROM devices WHERE revoked_at IS NULL", [], person_id).map(BTreeSet::from_iter)
        })
    }

    fn devices_changed(&self) -> Result<()> {
        self.set_meta("devices", &crate::random::<16>()?)
    }

    /// Adds a device.
    pub(crate) fn add_device(&self, row: &DeviceRow) -> Result<()> {
        self.run(
            "INSERT INTO devices (id, person, public_key, platform, enrolled_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![row.id.as_bytes(), row.person.as_bytes(), row.public_key, row.platform, row.enrolled_at],
        )?;
        self.devices_changed()
    }

    /// Revokes a device; false when there is none that isn't.
    pub(crate) fn revoke_device(&self, device: DeviceId, now: DateTime<Utc>) -> Result<bool> {
        let changed = self.run(
            "UPDATE devices SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
            params![device.as_bytes(), now.timestamp_millis()],
        )?;
        self.devices_changed()?;
        Ok(changed > 0)
    }

    /// Keeps an enrolment code.
    pub(crate) fn add_code(&self, hash: Hash, person: PersonId, expires_at: i64) -> Result<()> {
        self.run("INSERT INTO codes (hash, person, expires_at) VALUES (?1, ?2, ?3)", params![hash.0, person.as_bytes(), expires_at])
            .map(drop)
    }

    /// Finds an enrolment code.
    pub(crate) fn code(&self, hash: Hash) -> Result<Option<CodeRow>> {
        self.one("SELECT person, expires_at, used_by FROM codes WHERE hash = ?1", params![hash.0], |row| {
            Ok(CodeRow { person: person_id(row)?, expires_at: row.get(1)?, used_by: optional_id(row, 2, DeviceId::from_slice)? })
        })
    }

    /// Marks a code as used.
    pub(crate) fn use_code(&self, hash: Hash, device: DeviceId) -> Result<()> {
        self.run("UPDATE codes SET used_by = ?2 WHERE hash = ?1", params![hash.0, device.as_bytes()]).map(drop)
    }

    /// Notes a failed enrolment.
    pub(crate) fn add_enrol_failure(&self, address: &str, now: i64) -> Result<()> {
        self.run("INSERT INTO enrol_failures (address, at) VALUES (?1, ?2)", params![address, now]).map(drop)
    }

    /// How many enrolments failed since then: from an address, and from anywhere. Older ones are forgotten.
    pub(crate) fn enrol_failures(&self, address: &str, since: i64) -> Result<(u32, u32)> {
        let counts = self.one(
            "SELECT count(*) FILTER (WHERE address = ?1), count(*) FROM enrol_failures WHERE at >= ?2",
            params![address, since],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// Forgets failed enrolments from before then.
    pub(crate) fn forget_enrol_failures(&self, before: i64) -> Result<()> {
        self.run("DELETE FROM enrol_failures WHERE at < ?1", params![before]).map(drop)
    }

    /// Keeps a bearer token.
    pub(crate) fn add_token(&self, hash: Hash, row: &TokenRow, now: DateTime<Utc>) -> Result<()> {
        self.run(
            "INSERT INTO tokens (hash, name, person, scopes, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![hash.0, row.name, row.person.as_ref().map(PersonId::as_bytes), row.scopes, now.timestamp_millis()],
        )
        .map(drop)
    }

    /// Finds a bearer token.
    pub(crate) fn token(&self, hash: Hash) -> Result<Option<TokenRow>> {
        self.one("SELECT name, person, scopes FROM tokens WHERE hash = ?1", params![hash.0], |row| {
            Ok(TokenRow { name: row.get(0)?, person: optional_id(row, 1, PersonId::from_slice)?, scopes: row.get(2)? })
        })
    }
}

// Claims and blobs.
impl Tx<'_> {
    /// Keeps a claim; false: it is there already and stays as it was witnessed first.
    pub(crate) fn add_claim(&self, row: &ClaimRow<'_>, now: DateTime<Utc>) -> Result<bool> {
        let added = self.run(
            "INSERT INTO claims (hash, device, sequence, previous, evidence, bytes, signature, witnessed_at, flags)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
            params![
                row.hash.0,
                row.device.as_bytes(),
                i64::try_from(row.sequence).unwrap_or(i64::MAX),
                row.previous.map(|hash| hash.0),
                row.evidence.as_bytes(),
                row.bytes,
                row.signature,
                now.timestamp_millis(),
                row.flags,
            ],
        )?;
        Ok(added > 0)
    }

    /// The claims of a device with a number.
    pub(crate) fn claims_numbered(&self, device: DeviceId, sequence: u64) -> Result<Vec<Hash>> {
        self.all(
            "SELECT hash FROM claims WHERE device = ?1 AND sequence = ?2",
            params![device.as_bytes(), i64::try_from(sequence).unwrap_or(i64::MAX)],
            |row| row.get(0).map(Hash),
        )
    }

    /// When a claim was witnessed, and its flags.
    pub(crate) fn claim(&self, hash: Hash) -> Result<Option<(i64, String)>> {
        self.one("SELECT witnessed_at, flags FROM claims WHERE hash = ?1", params![hash.0], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Whether a blob is complete and checked, and its size.
    pub(crate) fn blob(&self, sha256: Hash) -> Result<Option<u64>> {
        let size: Option<i64> = self.one("SELECT size FROM blobs WHERE sha256 = ?1", params![sha256.0], |row| row.get(0))?;
        Ok(size.map(i64::cast_unsigned))
    }

    /// Notes that a blob is complete and checked.
    pub(crate) fn add_blob(&self, sha256: Hash, size: u64, now: DateTime<Utc>) -> Result<()> {
        self.run(
            "INSERT INTO blobs (sha256, size, stored_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![sha256.0, size.cast_signed(), now.timestamp_millis()],
        )
        .map(drop)
    }

    /// The evidence records that name some bytes.
    pub(crate) fn evidence_of_blob(&self, sha256: Hash) -> Result<Vec<Document>> {
        self.all("SELECT id, kind, at, fields, conflicts FROM documents WHERE blob = ?1", params![sha256.0], document_row)
    }

    /// An upload under way.
    pub(crate) fn upload(&self, upload: RecordId) -> Result<Option<UploadRow>> {
        self.one("SELECT id, person, sha256, length, received FROM uploads WHERE id = ?1", params![upload.as_bytes()], |row| {
            Ok(UploadRow {
                id: record_id(row)?,
                person: id(row, 1, PersonId::from_slice)?,
                sha256: Hash(row.get(2)?),
                length: row.get::<_, i64>(3)?.cast_unsigned(),
                received: row.get::<_, i64>(4)?.cast_unsigned(),
            })
        })
    }

    /// Begins an upload.
    pub(crate) fn add_upload(&self, row: &UploadRow, now: DateTime<Utc>) -> Result<()> {
        self.run(
            "INSERT INTO uploads (id, person, sha256, length, received, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                row.id.as_bytes(),
                row.person.as_bytes(),
                row.sha256.0,
                row.length.cast_signed(),
                row.received.cast_signed(),
                now.timestamp_millis(),
            ],
        )
        .map(drop)
    }

    /// A person's uploads under way.
    pub(crate) fn uploads_of(&self, person: PersonId) -> Result<usize> {
        let count: Option<u32> =
            self.one("SELECT count(*) FROM uploads WHERE person = ?1 AND received < length", params![person.as_bytes()], |row| {
                row.get(0)
            })?;
        Ok(count.unwrap_or_default() as usize)
    }

    /// Uploads that nobody has gone on with since then.
    pub(crate) fn stale_uploads(&self, before: i64) -> Result<Vec<RecordId>> {
        self.all("SELECT id FROM uploads WHERE changed_at < ?1", params![before], record_id)
    }

    /// Adds a piece at `start`; false when the upload is no longer there.
    pub(crate) fn add_piece(&self, upload: RecordId, start: u64, length: u64, name: &str, now: DateTime<Utc>) -> Result<bool> {
        let moved = self.run(
            "UPDATE uploads SET received = received + ?3, changed_at = ?4 WHERE id = ?1 AND received = ?2 AND received + ?3 <= length",
            params![upload.as_bytes(), start.cast_signed(), length.cast_signed(), now.timestamp_millis()],
        )?;
        if moved == 0 {
            return Ok(false);
        }
        self.run(
            "INSERT INTO pieces (upload, start, length, name) VALUES (?1, ?2, ?3, ?4)",
            params![upload.as_bytes(), start.cast_signed(), length.cast_signed(), name],
        )?;
        Ok(true)
    }

    /// The names of an upload's pieces, in order.
    pub(crate) fn pieces(&self, upload: RecordId) -> Result<Vec<String>> {
        self.all("SELECT name FROM pieces WHERE upload = ?1 ORDER BY start", params![upload.as_bytes()], |row| row.get(0))
    }

    /// Marks an upload as complete and returns the names of its pieces, which are no longer needed.
    pub(crate) fn complete_upload(&self, upload: RecordId) -> Result<Vec<String>> {
        self.run("UPDATE uploads SET received = length WHERE id = ?1", params![upload.as_bytes()])?;
        self.remove_pieces(upload)
    }

    /// Removes an upload and returns the names of its pieces.
    pub(crate) fn remove_upload(&self, upload: RecordId) -> Result<Vec<String>> {
        self.run("DELETE FROM uploads WHERE id = ?1", params![upload.as_bytes()])?;
        self.remove_pieces(upload)
    }

    fn remove_pieces(&self, upload: RecordId) -> Result<Vec<String>> {
        self.all("DELETE FROM pieces WHERE upload = ?1 RETURNING name", params![upload.as_bytes()], |row| row.get(0))
    }
}

impl Tx<'_> {
    /// Wakes the runner of jobs. It waits for this transaction to end before it looks.
    pub(super) fn wake_runner(&self) {
        self.1.nudge.notify_one();
    }

    pub(super) fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(storage)
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.query_row(values, read).optional()).map_err(storage)
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.query_map(values, read)?.collect()).map_err(storage)
    }

    pub(super) fn exists(&self, sql: &str, values: &[&dyn ToSql]) -> Result<bool> {
        self.0.prepare_cached(sql).and_then(|mut statement| statement.exists(values)).map_err(storage)
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags).map_err(storage)?;
    connection.busy_timeout(BUSY).map_err(storage)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Otherwise a statement that compares a column of a partial index with a parameter is prepared anew for each value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(storage)?;
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;";
    connection.execute_batch(settings).map_err(storage)?;
    Ok(connection)
}

fn copy(source: &Connection, target: &mut Connection) -> Result<()> {
    let backup = Backup::new(source, target).map_err(storage)?;
    backup.run_to_completion(1_000, Duration::from_millis(5), None).map_err(storage)
}

pub(super) fn document_row(row: &Row<'_>) -> rusqlite::Result<Document> {
    let kind: String = row.get(1)?;
    let conflicts: Option<String> = row.get(4)?;
    Ok(Document {
        id: record_id(row)?,
        kind: Kind::parse(&kind).ok_or_else(|| unreadable(1))?,
        at: row.get(2)?,
        fields: json(row, 3)?,
        conflicts: conflicts.map(|text| serde_json::from_str(&text).map_err(|_| unreadable(4))).transpose()?.unwrap_or_default(),
    })
}

fn fields_row(row: &Row<'_>) -> rusqlite::Result<Fields> {
    json(row, 0)
}

fn device_row(row: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    Ok(DeviceRow {
        id: id(row, 0, DeviceId::from_slice)?,
        person: id(row, 1, PersonId::from_slice)?,
        public_key: row.get(2)?,
        platform: row.get(3)?,
        enrolled_at: row.get(4)?,
        revoked_at: row.get(5)?,
    })
}

fn record_id(row: &Row<'_>) -> rusqlite::Result<RecordId> {
    id(row, 0, RecordId::from_slice)
}

fn person_id(row: &Row<'_>) -> rusqlite::Result<PersonId> {
    id(row, 0, PersonId::from_slice)
}

pub(super) fn id<T>(row: &Row<'_>, column: usize, read: fn(&[u8]) -> Option<T>) -> rusqlite::Result<T> {
    read(row.get_ref(column)?.as_blob()?).ok_or_else(|| unreadable(column))
}

pub(super) fn optional_id<T>(row: &Row<'_>, column: usize, read: fn(&[u8]) -> Option<T>) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_blob_or_null()? {
        Some(bytes) => read(bytes).map(Some).ok_or_else(|| unreadable(column)),
        None => Ok(None),
    }
}

fn json(row: &Row<'_>, column: usize) -> rusqlite::Result<Fields> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|_| unreadable(column))
}

pub(super) fn unreadable(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(column, "stored value".into(), rusqlite::types::Type::Blob)
}

pub(super) fn storage(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    let key = match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => "storage.busy",
        Some(Code::DiskFull) => "storage.full",
        Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => "storage.not_writable",
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => "database.damaged",
        Some(Code::SystemIoFailure) => "storage.failed",
        // The text of SQLite's other errors names columns and statements, never values.
        _ => return Error::internal("database.failed", error),
    };
    tracing::error!(key, code = ?error.sqlite_extended_error_code(), "database refused");
    Error::new(ErrorKind::Storage, key)
}
