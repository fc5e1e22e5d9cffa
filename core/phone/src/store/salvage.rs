//! A damaged database: set aside, never deleted; what can be read of it goes into a new one, and what can't is counted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use chuda_sqlite::{Access, DAMAGED, Settings, private, storage};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use serde::{Deserialize, Serialize};

use super::Tx;
use chuda_record::Change;
use chuda_record::doc::State;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{Hash, RecordId};

/// What can't be made again from elsewhere, with the columns that order each table, and whether the first of them has a range in which
/// others can be looked for beyond a page that can't be read.
const TABLES: [(&str, &str, Range); 9] = [
    ("meta", "key", Range::None),
    ("changes", "document, n", Range::Bytes),
    ("outbox", "n", Range::Numbers),
    ("quarantine", "hash", Range::Bytes),
    ("claims", "sequence", Range::Numbers),
    ("consents", "rowid", Range::Numbers),
    ("uploads", "hash", Range::Bytes),
    ("renditions", "evidence", Range::Bytes),
    ("transcriptions", "evidence", Range::Bytes),
];
/// Most parts that a table is looked for in.
const MAX_PARTS: usize = 1_000;
/// How often in a row a part that gives nothing is halved.
const MAX_HALVINGS: u8 = 5;
/// Most changes that are named.
const MAX_NAMED: usize = 10_000;
/// Where what was lost is kept.
const META: &str = "lost";
/// Present until the server has given everything again.
const AGAIN: &str = "all_again";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Range {
    None,
    Bytes,
    Numbers,
}

/// What could not be read of a damaged database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// When that was found, in milliseconds.
    pub at: i64,
    /// Changes that are missing, by the record that they are of.
    pub changes: BTreeSet<(RecordId, Hash)>,
    /// Which of these records had something that no server has had.
    pub unsent: BTreeSet<RecordId>,
    /// Whether there may be more, of which nothing is known: of what the server has, and of what it has not.
    pub more: (bool, bool),
}

impl Lost {
    /// Records of which something is missing.
    pub fn records(&self) -> BTreeSet<RecordId> {
        self.changes.iter().map(|(record, _)| *record).collect()
    }

    /// Whether there may be more than that.
    pub fn is_more(&self) -> bool {
        self.more != (false, false)
    }
}

/// Sets the file aside and returns a new database with what could be read, and what could not be.
pub(super) fn replace(path: &Path, settings: &Settings) -> Result<(Connection, Lost)> {
    let aside = set_aside(path)?;
    let mut new = settings.connect(path, Access::Write)?;
    super::check(&mut new, false, false)?;
    let tx = new.transaction().map_err(storage)?;
    let mut lost = Lost::default();
    for (table, order, range) in TABLES {
        let (saved, whole) = Salvage { aside: &aside, settings, new: &tx, table, order, range }.table();
        match table {
            "changes" => lost.more.0 |= !whole,
            // What was not sent is only known by its place in the queue.
            "outbox" => lost.more.1 |= !whole,
            _ => {}
        }
        tracing::warn!(table, saved, whole, "salvaged rows of a damaged database");
    }
    // This installation may have lost changes it had numbered: it must not number others alike.
    tx.execute("DELETE FROM meta WHERE key = 'incarnation'", []).map_err(storage)?;
    take_stock(&tx, &aside, settings, &mut lost)?;
    tx.commit().map_err(storage)?;
    Ok((new, lost))
}

/// Takes out documents that have lost a change on which others build, and says which records are missing.
fn take_stock(new: &Connection, aside: &Path, settings: &Settings, lost: &mut Lost) -> Result<()> {
    let tx = Tx(chuda_sqlite::Sql::new(new));
    let mut torn = BTreeSet::new();
    tx.each_document(|id, changes| {
        let parsed: std::result::Result<Vec<Change>, _> = changes.iter().map(|bytes| Change::parse(bytes)).collect();
        if parsed.and_then(State::of).is_err() {
            torn.insert(id);
        }
        Ok(())
    })?;
    for id in &torn {
        tx.run("DELETE FROM changes WHERE document = ?1", [id.as_bytes()])?;
    }
    // The index and the queue name changes whose own page can't be read.
    let mut named: BTreeSet<(RecordId, Hash)> = torn.into_iter().map(|id| (id, Hash([0; 32]))).collect();
    let whole = each(aside, settings, "SELECT document, hash FROM changes INDEXED BY changes_by_hash", |change| {
        named.insert(change);
    });
    lost.more.0 &= !whole;
    each(aside, settings, "SELECT document, hash FROM outbox", |change| {
        named.insert(change);
    });
    for (id, hash) in named {
        if lost.changes.len() < MAX_NAMED && !tx.has_change(hash)? {
            lost.changes.insert((id, hash));
            if tx.is_waiting(id)? {
                lost.unsent.insert(id);
            }
        }
    }
    tx.run("DELETE FROM outbox WHERE hash NOT IN (SELECT hash FROM changes)", [])
}

/// The changes that a statement names as far as it can be read; false: not to its end.
fn each(aside: &Path, settings: &Settings, sql: &str, mut take: impl FnMut((RecordId, Hash))) -> bool {
    let Ok(old) = open(aside, settings) else { return false };
    let Ok(mut statement) = old.prepare(sql) else { return false };
    let Ok(mut rows) = statement.query([]) else { return false };
    loop {
        match rows.next() {
            Ok(Some(row)) => {
                let id = row.get::<_, [u8; 16]>(0).ok().and_then(|bytes| RecordId::from_slice(&bytes));
                if let (Some(id), Ok(hash)) = (id, row.get(1)) {
                    take((id, Hash(hash)));
                }
            }
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

fn open(aside: &Path, settings: &Settings) -> Result<Connection> {
    let old = settings.connect(aside, Access::Read)?;
    // A file that was cut is not read at all otherwise.
    old.pragma_update(None, "writable_schema", true).map_err(storage)?;
    Ok(old)
}

fn set_aside(path: &Path) -> Result<PathBuf> {
    let damaged = || Error::new(ErrorKind::Storage, DAMAGED);
    let folder = path.parent().ok_or_else(damaged)?;
    let aside =
        (1..10_000).map(|number| folder.join(format!("damaged-{number}"))).find(|aside| !aside.exists()).ok_or_else(damaged)?;
    private::folder(&aside)?;
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

/// One table of the damaged database.
struct Salvage<'a> {
    aside: &'a Path,
    settings: &'a Settings,
    new: &'a Connection,
    table: &'a str,
    order: &'a str,
    range: Range,
}

/// How far the reading of a part came.
enum Read {
    ToTheEnd,
    /// Up to a page that can't be read, with the place of the last row before it if there was one.
    UpTo(Option<u128>),
}

impl Salvage<'_> {
    /// Copies the rows; how many there were, and whether those are all. From both ends of each part, since a damaged page ends the
    /// reading; what is between is halved and tried again.
    fn table(&self) -> (usize, bool) {
        let last = if self.range == Range::Numbers { i64::MAX as u128 } else { u128::MAX };
        let (mut parts, mut tried, mut saved, mut whole) = (vec![(0, last, 0)], 0, 0, true);
        while let Some((from, to, barren)) = parts.pop() {
            let (count, ahead) = self.part("ASC", from, to);
            saved += count;
            let Read::UpTo(before) = ahead else { continue };
            let (count, back) = self.part("DESC", from, to);
            saved += count;
            let Read::UpTo(after) = back else { continue };
            whole = false;
            tried += 1;
            let barren = if before.is_some() || after.is_some() { 0 } else { barren + 1 };
            let (from, to) = (before.unwrap_or(from), after.unwrap_or(to));
            if self.range == Range::None || barren > MAX_HALVINGS || tried > MAX_PARTS || to <= from || to - from < 2 {
                continue;
            }
            let middle = from + (to - from) / 2;
            parts.extend([(from, middle, barren), (middle, to, barren)]);
        }
        (saved, whole)
    }

    /// Copies the rows of a part until the reading fails. With a connection of its own, since one that has met a page that can't be read
    /// reads nothing any more.
    fn part(&self, direction: &str, from: u128, to: u128) -> (usize, Read) {
        let mut saved = 0;
        let mut reached = None;
        let columns: Vec<&str> = self.order.split(", ").collect();
        let order = columns.iter().map(|column| format!("{column} {direction}")).collect::<Vec<_>>().join(", ");
        let key = columns[0];
        // Rows without a key of their own keep their number, so that none is there twice.
        let number = if key == "rowid" { "rowid, " } else { "" };
        let within = if self.range == Range::None { String::new() } else { format!("WHERE {key} >= ?1 AND {key} <= ?2") };
        let bounds: Vec<Value> = match self.range {
            Range::None => Vec::new(),
            Range::Bytes => {
                vec![Value::Blob(from.to_be_bytes().to_vec()), Value::Blob([&to.to_be_bytes()[..], &[0xff; 17]].concat())]
            }
            Range::Numbers => vec![Value::Integer(from as i64), Value::Integer(to as i64)],
        };
        let read = || -> rusqlite::Result<()> {
            let old = open(self.aside, self.settings).map_err(|_| rusqlite::Error::InvalidQuery)?;
            let mut statement = old.prepare(&format!("SELECT {key}, {number}* FROM {} {within} ORDER BY {order}", self.table))?;
            let width = statement.column_count() - 1;
            let names = statement.column_names().skip(1).collect::<Vec<_>>().join(", ");
            let places = (1..=width).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
            let insert = format!("INSERT OR IGNORE INTO {} ({names}) VALUES ({places})", self.table);
            let mut rows = statement.query(params_from_iter(bounds))?;
            while let Some(row) = rows.next()? {
                let cells: Vec<Value> = (1..=width).map(|cell| row.get(cell)).collect::<rusqlite::Result<_>>()?;
                reached = place(row.get_ref(0)?);
                saved += self.new.execute(&insert, params_from_iter(cells)).unwrap_or(0);
            }
            Ok(())
        };
        match read() {
            Ok(()) => (saved, Read::ToTheEnd),
            Err(_) => (saved, Read::UpTo(reached)),
        }
    }
}

/// Where in its range a key is.
fn place(key: ValueRef<'_>) -> Option<u128> {
    match key {
        ValueRef::Integer(number) => u128::try_from(number).ok(),
        ValueRef::Blob(bytes) => Some(u128::from_be_bytes(bytes.get(..16)?.try_into().ok()?)),
        _ => None,
    }
}

impl Tx<'_> {
    /// What a damaged database has lost and no sync has brought back; none: nothing.
    pub fn lost(&self) -> Result<Option<Lost>> {
        Ok(self.meta::<String>(META)?.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Takes note of what was lost, as it was found at this moment.
    pub fn note_lost(&self, lost: &Lost, at: DateTime<Utc>) -> Result<()> {
        self.set_meta(AGAIN, 1)?;
        self.set_lost(&Lost { at: at.timestamp_millis(), ..lost.clone() })
    }

    /// Whether the server is to give everything again, with what this installation has sent itself.
    pub fn needs_all_again(&self) -> Result<bool> {
        Ok(self.meta::<i64>(AGAIN)?.is_some())
    }

    fn set_lost(&self, lost: &Lost) -> Result<()> {
        if lost.changes.is_empty() && !lost.is_more() {
            return self.remove_meta(META);
        }
        let json = serde_json::to_string(lost).map_err(|error| Error::internal("salvage.encode", error))?;
        self.set_meta(META, json)
    }

    /// The server has given all that it has: what is there again is not lost, and what it had is not missed.
    pub fn brought_back(&self) -> Result<()> {
        self.remove_meta(AGAIN)?;
        let Some(mut lost) = self.lost()? else { return Ok(()) };
        let mut still = BTreeSet::new();
        for (id, hash) in lost.changes {
            if lost.unsent.contains(&id) && !self.has_change(hash)? {
                still.insert((id, hash));
            }
        }
        lost.changes = still;
        lost.unsent = lost.records();
        lost.more.0 = false;
        self.set_lost(&lost)
    }
}
