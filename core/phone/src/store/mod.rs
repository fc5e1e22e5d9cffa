//! The store: SQLite, encrypted at rest. One transaction per tap: change, projection, outbox and claim together.

pub mod blobs;
#[cfg(feature = "sqlcipher")]
mod cipher;
mod claims;
pub mod consents;
mod documents;
mod figures;
mod projection;
mod salvage;
mod uploads;

use std::path::{Path, PathBuf};

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use rusqlite::types::{FromSql, ToSql};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

pub use claims::StoredClaim;
pub use documents::{Own, Pending, Quarantined};
pub use projection::{HealthRow, Row, Whose};
pub use uploads::Upload;

use chuda_record::error::{Error, ErrorKind, Result};

const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_init.sql"),
    include_str!("migrations/0002_records.sql"),
    include_str!("migrations/0003_sales.sql"),
    include_str!("migrations/0004_figures.sql"),
    include_str!("migrations/0005_consents.sql"),
    include_str!("migrations/0006_waiting.sql"),
];
const DATABASE: &str = "chuda.db";
/// Present while the store is open: found at opening, it tells that the last run did not end by itself.
const MARKER: &str = "open";
/// Readers kept for later use.
const IDLE_READERS: usize = 4;

/// The database of one installation.
pub struct Store {
    dir: PathBuf,
    key: [u8; 32],
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    // Fields are let go in this order: it is taken away when the connections are closed.
    marker: Marker,
}

/// A file that is there while the store is open.
struct Marker {
    path: PathBuf,
    stays: bool,
}

/// What [`Store::open`] had to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The database was damaged: it was set aside, and what could be read of it is in the new one.
    pub salvaged: bool,
}

/// A transaction. Everything in it happens or nothing.
pub struct Tx<'a>(&'a Connection);

impl Store {
    /// Opens the database in a folder, making or migrating it as needed. A damaged one is set aside, never deleted.
    pub fn open(dir: &Path, key: [u8; 32]) -> Result<(Self, Opened)> {
        std::fs::create_dir_all(dir)?;
        let path = dir.join(DATABASE);
        let marker = dir.join(MARKER);
        let unclean = marker.exists();
        let mut opened = Opened::default();
        let mut migrated = false;
        let writer = match connect(&path, &key, true).and_then(|mut conn| check(&mut conn, unclean).map(|from| (conn, from))) {
            Ok((conn, from)) => {
                migrated = from > 0 && from < MIGRATIONS.len();
                conn
            }
            Err(error) if is_damage(&error) => {
                opened.salvaged = true;
                salvage::replace(&path, &key)?
            }
            Err(error) => return Err(storage(error)),
        };
        std::fs::write(&marker, b"")?;
        let marker = Marker { path: marker, stays: true };
        let store = Self { dir: dir.to_owned(), key, writer: Mutex::new(writer), readers: Mutex::default(), marker };
        // Projections are made anew rather than migrated.
        if opened.salvaged || migrated {
            store.rebuild()?;
        }
        Ok((store, opened))
    }

    /// The folder it lives in.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes in one transaction, durable when this returns.
    pub fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        transact(&mut lock(&self.writer), work)
    }

    /// Writes what can be fetched again, such as a page from the server: not flushed to disk at once, never half done.
    pub fn write_again<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let mut conn = lock(&self.writer);
        conn.pragma_update(None, "synchronous", "NORMAL").map_err(storage)?;
        let result = transact(&mut conn, work);
        conn.pragma_update(None, "synchronous", "FULL").map_err(storage)?;
        result
    }

    /// Reads one consistent state. Does not wait for a writer.
    pub fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let idle = lock(&self.readers).pop();
        let mut conn = match idle {
            Some(conn) => conn,
            None => connect(&self.dir.join(DATABASE), &self.key, false).map_err(storage)?,
        };
        let result = {
            let tx = conn.transaction().map_err(storage)?;
            work(&Tx(&tx))
        };
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(conn);
        }
        result
    }

    /// Drops every projection and makes it again from the documents.
    pub fn rebuild(&self) -> Result<()> {
        self.write(|tx| tx.rebuild())
    }

    /// Reads every page and checks the structure; the words SQLite has for what is wrong, or none.
    pub fn integrity(&self) -> Result<Vec<String>> {
        self.read(|tx| {
            let mut statement = tx.0.prepare("PRAGMA integrity_check(10)").map_err(storage)?;
            let rows = statement
                .query_map([], |row| row.get::<_, String>(0))
                .map_err(storage)?
                .collect::<Result<Vec<_>, _>>()
                .map_err(storage)?;
            Ok(rows.into_iter().filter(|row| row != "ok").collect())
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // A failure here only means that the next opening checks more.
        self.marker.stays = lock(&self.writer).pragma_update(None, "wal_checkpoint", "TRUNCATE").is_err();
    }
}

impl Drop for Marker {
    fn drop(&mut self) {
        if !self.stays {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Tx<'_> {
    /// Something this installation knows about itself.
    pub fn meta<T: FromSql>(&self, key: &str) -> Result<Option<T>> {
        self.0
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")
            .map_err(storage)?
            .query_row([key], |row| row.get(0))
            .optional()
            .map_err(storage)
    }

    /// Sets it.
    pub fn set_meta(&self, key: &str, value: impl ToSql) -> Result<()> {
        self.0
            .prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .map_err(storage)?
            .execute((key, value))
            .map_err(storage)?;
        Ok(())
    }

    /// Forgets it.
    pub fn remove_meta(&self, key: &str) -> Result<()> {
        self.0.prepare_cached("DELETE FROM meta WHERE key = ?1").map_err(storage)?.execute([key]).map_err(storage)?;
        Ok(())
    }

    /// An instant that this installation knows.
    pub fn meta_time(&self, key: &str) -> Result<Option<DateTime<Utc>>> {
        Ok(self.meta::<i64>(key)?.map(chuda_record::time::from_millis))
    }
}

fn transact<T>(conn: &mut Connection, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(storage)?;
    let result = work(&Tx(&tx))?;
    tx.commit().map_err(storage)?;
    Ok(result)
}

fn connect(path: &Path, key: &[u8; 32], write: bool) -> rusqlite::Result<Connection> {
    let access =
        if write { OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if cfg!(feature = "sqlcipher") {
        // Its words go to standard error otherwise; what matters of them comes back as an error.
        conn.pragma_update(None, "cipher_log_level", "NONE")?;
        conn.pragma_update(None, "key", format!("x'{}'", hex::encode(key)))?;
    }
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(128);
    if write {
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
    }
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(conn)
}

/// Brings the schema up to date and returns the version it had; 0 for a new one.
fn check(conn: &mut Connection, unclean: bool) -> rusqlite::Result<usize> {
    let version: usize = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (number, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let tx = conn.transaction()?;
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "user_version", number + 1)?;
        tx.commit()?;
    }
    // Reading every page takes its time in a large store, so it is done where there is reason to doubt.
    if unclean {
        let verdict: String = conn.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        if verdict != "ok" {
            return Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(verdict)));
        }
    }
    Ok(version)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it was held has rolled its transaction back: the connection is as good as before.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a failure of SQLite means to whoever holds the phone.
pub(crate) fn storage(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let key = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "storage.full",
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => "storage.not_writable",
        Some(ErrorCode::SystemIoFailure) => "storage.failed",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "storage.busy",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "storage.damaged",
        _ => return Error::internal("storage.query", error),
    };
    Error::new(ErrorKind::Storage, key)
}
