//! A database file: one connection that writes, and some that read beside it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chuda_record::Result;
use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::{Sql, private, storage};

/// How connections to a file are opened.
#[derive(Clone, Copy)]
pub struct Settings {
    /// What SQLCipher encrypts with; none: nothing is encrypted.
    pub key: Option<[u8; 32]>,
    /// How long a connection waits for another that writes.
    pub patience: Duration,
    /// Readers that are kept for later use.
    pub idle_readers: usize,
    /// Memory for pages of each connection, in KiB; none: as SQLite has it.
    pub cache_kib: Option<u32>,
    /// Whether a plan may not depend on the values of parameters: otherwise a statement that compares a column of a partial index
    /// with a parameter is prepared anew for each value.
    pub stable_plans: bool,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading what is there.
    Read,
    /// Writing too; the file is made if it is missing.
    Write,
}

/// An open database.
pub struct Database {
    path: PathBuf,
    settings: Settings,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Settings {
    /// Opens a connection to a file.
    pub fn connect(&self, path: &Path, access: Access) -> Result<Connection> {
        if access == Access::Write {
            // What SQLite puts beside it, it makes as open as the file itself.
            for beside in ["-wal", "-shm"] {
                let mut beside_it = path.as_os_str().to_owned();
                beside_it.push(beside);
                if Path::new(&beside_it).exists() {
                    private::file(Path::new(&beside_it))?;
                }
            }
            private::file(path)?;
        }
        self.open(path, access).map_err(storage)
    }

    fn open(&self, path: &Path, access: Access) -> rusqlite::Result<Connection> {
        let flags = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        if let Some(key) = self.key {
            // Its words go to standard error otherwise; what matters of them comes back as an error.
            connection.pragma_update(None, "cipher_log_level", "NONE")?;
            connection.pragma_update(None, "key", format!("x'{}'", hex::encode(key)))?;
        }
        connection.busy_timeout(self.patience)?;
        connection.set_prepared_statement_cache_capacity(128);
        if self.stable_plans {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        }
        if access == Access::Write {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
        }
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        if let Some(kib) = self.cache_kib {
            connection.pragma_update(None, "cache_size", -i64::from(kib))?;
        }
        Ok(connection)
    }
}

impl Database {
    /// A file that this connection writes to.
    pub fn new(path: &Path, settings: Settings, writer: Connection) -> Self {
        Self { path: path.to_owned(), settings, writer: Mutex::new(writer), readers: Mutex::default() }
    }

    /// Runs a function in one transaction: all of it is committed, or nothing. It is on the disk when this returns.
    pub fn write<T>(&self, work: impl FnOnce(Sql<'_>) -> Result<T>) -> Result<T> {
        transact(&mut self.writer(), work)
    }

    /// The same, not flushed to the disk at once: for what can be fetched again. Never half done.
    pub fn write_again<T>(&self, work: impl FnOnce(Sql<'_>) -> Result<T>) -> Result<T> {
        let mut writer = self.writer();
        writer.pragma_update(None, "synchronous", "NORMAL").map_err(storage)?;
        let result = transact(&mut writer, work);
        writer.pragma_update(None, "synchronous", "FULL").map_err(storage)?;
        result
    }

    /// Runs a function on one consistent state. Does not wait for a writer.
    pub fn read<T>(&self, work: impl FnOnce(Sql<'_>) -> Result<T>) -> Result<T> {
        let idle = lock(&self.readers).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.settings.connect(&self.path, Access::Read)?,
        };
        let result = {
            let transaction = reader.transaction().map_err(storage)?;
            work(Sql::new(&transaction))
        };
        let mut readers = lock(&self.readers);
        if readers.len() < self.settings.idle_readers {
            readers.push(reader);
        }
        result
    }

    /// The connection that writes, for what is no transaction.
    pub fn writer(&self) -> MutexGuard<'_, Connection> {
        lock(&self.writer)
    }

    /// Moves everything from the write-ahead log into the file.
    pub fn checkpoint(&self) -> Result<()> {
        lock(&self.readers).clear();
        self.writer().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(storage)
    }

    /// Copies the database into a new file, while others write.
    pub fn backup(&self, file: &Path) -> Result<()> {
        let source = self.settings.connect(&self.path, Access::Read)?;
        private::file(file)?;
        copy(&source, &mut Connection::open(file).map_err(storage)?)
    }
}

/// Puts the content of one database in place of another's.
pub fn copy(source: &Connection, target: &mut Connection) -> Result<()> {
    let backup = Backup::new(source, target).map_err(storage)?;
    backup.run_to_completion(1_000, Duration::from_millis(5), None).map_err(storage)
}

/// Runs a function in one transaction of a connection.
pub fn transact<T>(connection: &mut Connection, work: impl FnOnce(Sql<'_>) -> Result<T>) -> Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage)?;
    let value = work(Sql::new(&transaction))?;
    transaction.commit().map_err(storage)?;
    Ok(value)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it was held has rolled its transaction back: the connection is as good as before.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
