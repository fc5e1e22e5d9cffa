//! A damaged database: set aside, never deleted; what can be read of it goes into a new one.

use std::path::Path;

use chuda_sqlite::{Access, DAMAGED, Settings, storage};
use rusqlite::Connection;
use rusqlite::types::Value;

use chuda_record::error::{Error, ErrorKind, Result};

/// What can't be made again from elsewhere, with the columns that order each table.
const TABLES: [(&str, &str); 9] = [
    ("meta", "key"),
    ("changes", "document, n"),
    ("outbox", "n"),
    ("quarantine", "hash"),
    ("claims", "sequence"),
    ("consents", "rowid"),
    ("uploads", "hash"),
    ("renditions", "evidence"),
    ("transcriptions", "evidence"),
];

/// Sets the file aside and returns a new database with what could be read.
pub(super) fn replace(path: &Path, settings: &Settings) -> Result<Connection> {
    let aside = set_aside(path)?;
    let mut new = settings.connect(path, Access::Write)?;
    super::check(&mut new, false)?;
    if settings.connect(&aside, Access::Read).is_ok() {
        let tx = new.transaction().map_err(storage)?;
        for (table, order) in TABLES {
            // From both ends, since a damaged page ends the reading; with a connection of its own, since one that has met such a
            // page reads nothing any more.
            for direction in ["ASC", "DESC"] {
                let Ok(old) = settings.connect(&aside, Access::Read) else { continue };
                let columns: Vec<&str> = order.split(", ").collect();
                let order = columns.iter().map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ");
                let saved = copy(&old, &tx, table, &order);
                tracing::warn!(table, direction, saved, "salvaged rows of a damaged database");
            }
        }
        // This installation may have lost changes it had numbered: it must not number others alike.
        tx.execute("DELETE FROM meta WHERE key = 'incarnation'", []).map_err(storage)?;
        tx.commit().map_err(storage)?;
    }
    Ok(new)
}

fn set_aside(path: &Path) -> Result<std::path::PathBuf> {
    let damaged = || Error::new(ErrorKind::Storage, DAMAGED);
    let folder = path.parent().ok_or_else(damaged)?;
    let aside =
        (1..10_000).map(|number| folder.join(format!("damaged-{number}"))).find(|aside| !aside.exists()).ok_or_else(damaged)?;
    std::fs::create_dir(&aside)?;
    let name = path.file_name().ok_or_else(damaged)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut from = path.as_os_str().to_owned();
        from.push(suffix);
        let mut to = aside.join(name).into_os_string();
        to.push(suffix);
        if Path::new(&from).exists() {
            std::fs::rename(&from, &to)?;
        }
    }
    Ok(aside.join(name))
}

/// Copies rows until the reading fails. How many were taken.
fn copy(old: &Connection, new: &Connection, table: &str, order: &str) -> usize {
    let mut taken = 0;
    let Ok(mut statement) = old.prepare(&format!("SELECT * FROM {table} ORDER BY {order}")) else { return taken };
    let width = statement.column_count();
    let places = (1..=width).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
    let insert = format!("INSERT OR IGNORE INTO {table} VALUES ({places})");
    let Ok(mut rows) = statement.query([]) else { return taken };
    while let Ok(Some(row)) = rows.next() {
        let cells: rusqlite::Result<Vec<Value>> = (0..width).map(|cell| row.get(cell)).collect();
        let Ok(cells) = cells else { break };
        taken += new.execute(&insert, rusqlite::params_from_iter(cells)).unwrap_or(0);
    }
    taken
}
