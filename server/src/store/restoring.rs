//! A backup in place of the database, whose audit log goes on. All of it is put together in a file aside and takes effect at once.

use std::path::{Path, PathBuf};

use chuda_record::id::Hash;
use chuda_record::{Error, Result};
use chuda_sqlite::storage;
use chuda_words::keys;
use rusqlite::{Connection, OpenFlags, named_params};

use super::database::{Store, Tx};
use super::migrations::{STEPS, migrate};

/// What became of the audit log that was there before a restore.
pub(crate) struct Replaced {
    /// The last entry of the backup's log.
    pub(crate) backup: Option<(u64, Hash)>,
    /// The last entry of the log that was there; none also when it could not be read.
    pub(crate) head: Option<(u64, Hash)>,
    /// Whether all of it is in the log that is there now.
    pub(crate) kept: bool,
}

impl Store {
    /// Replaces the content by that of a backup, and starts a new epoch. What the present audit log has beyond the backup's is carried
    /// over, and `note` says in it what happened.
    pub(crate) fn restore(&self, file: &Path, note: impl FnOnce(&Tx<'_>, Replaced) -> Result<()>) -> Result<()> {
        chuda_evidence::file::open(file)?;
        let source = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(storage)?;
        let version: usize = source.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(storage)?;
        let whole: String = source.pragma_query_value(None, "integrity_check", |row| row.get(0)).map_err(storage)?;
        if version == 0 || version > STEPS.len() || whole != "ok" {
            return Err(Error::invalid(keys::BACKUP_UNUSABLE));
        }
        let aside = Aside::new(self.path());
        let mut staged = Connection::open(&aside.0).map_err(storage)?;
        chuda_sqlite::copy(&source, &mut staged)?;
        migrate(&mut staged)?;
        self.replace(|live| {
            staged.execute("ATTACH :live AS live", named_params! { ":live": self.path().to_string_lossy() }).map_err(storage)?;
            chuda_sqlite::transact(&mut staged, |sql| {
                let tx = Tx { sql, shared: self.shared() };
                let backup = tx.audit_head()?;
                let (head, kept) = tx.continue_from_live().unwrap_or_else(|error| {
                    // A restore may be needed just because the present database is damaged.
                    tracing::error!(%error, "the present audit log can't be read");
                    (None, false)
                });
                note(&tx, Replaced { backup, head, kept })?;
                tx.begin_epoch()?;
                tx.keep_figures()
            })?;
            staged.execute_batch("DETACH live").map_err(storage)?;
            chuda_sqlite::copy(&staged, live)
        })
    }
}

impl Tx<'_> {
    /// Adds the entries that another database's log has beyond this one's, where it continues this one.
    ///
    /// The other one is attached as `live`. The result is its head; false: it is another log, or forked from this one before its end.
    fn continue_from_live(&self) -> Result<(Option<(u64, Hash)>, bool)> {
        let live = self.sql.one("SELECT n, hash FROM live.audit ORDER BY n DESC LIMIT 1", [], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), Hash(row.get(1)?)))
        })?;
        let (Some((live_n, live_hash)), own) = (live, self.audit_head()?) else { return Ok((live, true)) };
        let (own_n, own_hash) = own.unwrap_or((0, Hash([0; 32])));
        if own_n == 0 || self.has("live.audit", own_n, own_hash)? {
            let sql = "INSERT INTO audit SELECT * FROM live.audit WHERE n > :n ORDER BY n";
            self.sql.run(sql, named_params! { ":n": own_n.cast_signed() })?;
            return Ok((live, true));
        }
        Ok((live, self.has("audit", live_n, live_hash)?))
    }

    fn has(&self, log: &str, n: u64, hash: Hash) -> Result<bool> {
        let sql = format!("SELECT 1 FROM {log} WHERE n = :n AND hash = :hash");
        self.sql.exists(&sql, named_params! { ":n": n.cast_signed(), ":hash": hash.0 })
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
