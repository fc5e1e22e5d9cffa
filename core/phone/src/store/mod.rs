//! The store: SQLite, encrypted at rest. One transaction per tap: change, projection, outbox and claim together.

pub mod blobs;
mod claims;
mod columns;
pub mod consents;
mod documents;
mod figures;
mod judging;
mod projection;
mod salvage;
mod uploads;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use chuda_sqlite::{Access, DAMAGED, Database, Settings, Sql, private};
use rusqlite::Connection;
use rusqlite::types::{FromSql, ToSql};

pub use claims::StoredClaim;
pub use documents::{Own, Pending, Quarantined};
pub use projection::{HealthRow, Row, Whose};
pub use salvage::Lost;
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

/// The database of one installation.
pub struct Store {
    dir: PathBuf,
    database: Database,
    /// Whether something could not be read: the next opening looks at everything.
    damaged: AtomicBool,
    // Fields are let go in this order: it is taken away when the connections are closed.
    marker: Marker,
}

/// A file that is there while the store is open.
struct Marker {
    path: PathBuf,
    stays: bool,
}

/// What [`Store::open`] had to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The database was damaged: it was set aside, and what could be read of it is in the new one.
    pub salvaged: bool,
    /// What could not be read.
    pub lost: Lost,
}

/// A transaction. Everything in it happens or nothing.
pub struct Tx<'a>(Sql<'a>);

impl Store {
    /// Opens the database in a folder, making or migrating it as needed. A damaged one is set aside, never deleted.
    pub fn open(dir: &Path, key: [u8; 32]) -> Result<(Self, Opened)> {
        Self::open_as(dir, key, false)
    }

    /// The same where there has been a database: one without anything in it is a damaged one.
    pub fn reopen(dir: &Path, key: [u8; 32]) -> Result<(Self, Opened)> {
        Self::open_as(dir, key, true)
    }

    fn open_as(dir: &Path, key: [u8; 32], known: bool) -> Result<(Self, Opened)> {
        private::folder(dir)?;
        let path = dir.join(DATABASE);
        let marker = dir.join(MARKER);
        let unclean = marker.exists();
        let settings = settings(key);
        let mut opened = Opened::default();
        let mut migrated = false;
        // SQLite takes an empty file for a new database, and throws away the log beside it.
        let is_empty = std::fs::metadata(&path).map_or(true, |file| file.len() == 0);
        let connected = if known && is_empty { Err(damaged()) } else { settings.connect(&path, Access::Write) };
        let writer = match connected.and_then(|mut writer| check(&mut writer, unclean, known).map(|from| (writer, from))) {
            Ok((writer, from)) => {
                migrated = from > 0 && from < MIGRATIONS.len();
                writer
            }
            Err(error) if error.key == DAMAGED => {
                opened.salvaged = true;
                let (writer, lost) = salvage::replace(&path, &settings)?;
                opened.lost = lost;
                writer
            }
            Err(error) => return Err(error),
        };
        private::file(&marker)?;
        let marker = Marker { path: marker, stays: true };
        let database = Database::new(&path, settings, writer);
        let store = Self { dir: dir.to_owned(), database, damaged: AtomicBool::new(false), marker };
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
        self.heed(self.database.write(|sql| work(&Tx(sql))))
    }

    /// Writes what can be fetched again, such as a page from the server: not flushed to disk at once, never half done.
    pub fn write_again<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.heed(self.database.write_again(|sql| work(&Tx(sql))))
    }

    /// Reads one consistent state. Does not wait for a writer.
    pub fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.heed(self.database.read(|sql| work(&Tx(sql))))
    }

    fn heed<T>(&self, done: Result<T>) -> Result<T> {
        if done.as_ref().is_err_and(|error| error.key == DAMAGED) {
            self.damaged.store(true, Ordering::Relaxed);
        }
        done
    }

    /// Drops every projection and makes it again from the documents.
    pub fn rebuild(&self) -> Result<()> {
        self.write(|tx| tx.rebuild())
    }

    /// Reads every page and checks the structure; the words SQLite has for what is wrong, or none.
    pub fn integrity(&self) -> Result<Vec<String>> {
        let faults: Vec<String> = self.read(|tx| {
            let rows = tx.0.all("PRAGMA integrity_check(10)", [], |row| row.get::<_, String>(0))?;
            Ok(rows.into_iter().filter(|row| row != "ok").collect())
        })?;
        self.damaged.fetch_or(!faults.is_empty(), Ordering::Relaxed);
        Ok(faults)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // A failure here only means that the next opening checks more.
        self.marker.stays = self.database.checkpoint().is_err() || self.damaged.load(Ordering::Relaxed);
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
    /// Carries out a statement, however many rows it changes.
    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<()> {
        self.0.run(sql, values).map(drop)
    }

    /// Something this installation knows about itself.
    pub fn meta<T: FromSql>(&self, key: &str) -> Result<Option<T>> {
        self.0.one("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Sets it.
    pub fn set_meta(&self, key: &str, value: impl ToSql) -> Result<()> {
        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.run(sql, (key, value))
    }

    /// Forgets it.
    pub fn remove_meta(&self, key: &str) -> Result<()> {
        self.run("DELETE FROM meta WHERE key = ?1", [key])
    }

    /// An instant that this installation knows.
    pub fn meta_time(&self, key: &str) -> Result<Option<DateTime<Utc>>> {
        Ok(self.meta::<i64>(key)?.map(chuda_record::time::from_millis))
    }
}

/// How connections of a phone are opened.
fn settings(key: [u8; 32]) -> Settings {
    Settings {
        key: cfg!(feature = "sqlcipher").then_some(key),
        patience: Duration::from_secs(5),
        idle_readers: 4,
        cache_kib: None,
        stable_plans: false,
    }
}

/// Brings the schema up to date and returns the version it had; 0 for a new one, which one that is known can't be.
fn check(connection: &mut Connection, unclean: bool, known: bool) -> Result<usize> {
    let version = chuda_sqlite::migrate(connection, MIGRATIONS, |_, _| Ok(()))?;
    if known && version == 0 {
        return Err(damaged());
    }
    // Reading every page takes its time in a large store, so it is done where there is reason to doubt.
    if unclean {
        let verdict: String = Sql::new(connection).value("PRAGMA quick_check", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(damaged());
        }
    }
    Ok(version)
}

fn damaged() -> Error {
    Error::new(ErrorKind::Storage, DAMAGED)
}
