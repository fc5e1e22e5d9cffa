//! The database: one who writes at a time, readers beside, each in a transaction.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chuda_record::{Error, Result};
use chuda_sqlite::{Access, Database, Settings, Sql};
use rusqlite::Connection;
use tokio::sync::Notify;

use super::caches::Caches;
use super::dialect;
use super::migrations::migrate;

const SETTINGS: Settings = Settings {
    key: None,
    // Another process, such as an admin command beside the running server.
    patience: Duration::from_secs(20),
    idle_readers: 8,
    cache_kib: Some(16_000),
    stable_plans: true,
};

/// The server's database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    database: Database,
    shared: Shared,
}

/// What all transactions of this process share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) caches: Caches,
    /// Wakes whoever runs the jobs.
    nudge: Notify,
}

/// One transaction.
pub(crate) struct Tx<'c> {
    pub(super) sql: Sql<'c>,
    pub(super) shared: &'c Shared,
}

impl Store {
    /// Opens the database file, creates or migrates it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let mut writer = SETTINGS.connect(path, Access::Write)?;
        migrate(&mut writer)?;
        let database = Database::new(path, SETTINGS, writer);
        let store = Self(Arc::new(Inner { path: path.to_owned(), database, shared: Shared::default() }));
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
        self.0.database.write(|sql| work(&Tx { sql, shared: &self.0.shared }))
    }

    /// Runs a function on one consistent state, beside writers.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.0.database.read(|sql| work(&Tx { sql, shared: &self.0.shared }))
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
    pub(crate) fn write_unsynced(&self) -> Result<()> {
        self.0.database.writer().execute_batch(dialect::WITHOUT_WAITING).map_err(chuda_sqlite::storage)
    }

    /// Comes back when a job has been scheduled by this process since the last time.
    pub(crate) async fn nudged(&self) {
        self.0.shared.nudge.notified().await;
    }

    /// Moves everything from the write-ahead log into the file, before the server ends.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        self.0.database.writer().pragma_update(None, "synchronous", "FULL").map_err(chuda_sqlite::storage)?;
        self.0.database.checkpoint()
    }

    /// Whether every page reads and all of them fit together; an error also says that they do not.
    pub(crate) fn is_sound(&self) -> Result<bool> {
        self.read(|tx| Ok(tx.sql.value("PRAGMA quick_check", [], |row| row.get::<_, String>(0))? == "ok"))
    }

    /// Copies the database into a new file, while others write.
    pub(crate) fn backup(&self, file: &Path) -> Result<()> {
        self.0.database.backup(file)
    }

    /// Where it is kept.
    pub(super) fn path(&self) -> &Path {
        &self.0.path
    }

    /// Runs a function while nobody writes, on the connection that does.
    pub(super) fn replace<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        work(&mut self.0.database.writer())
    }

    /// What this process's transactions share.
    pub(super) fn shared(&self) -> &Shared {
        &self.0.shared
    }
}

impl Tx<'_> {
    /// Wakes the runner of jobs. It waits for this transaction to end before it looks.
    pub(super) fn wake_runner(&self) {
        self.shared.nudge.notify_one();
    }
}
