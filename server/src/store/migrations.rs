//! The tables, step by step: a database of any earlier version comes up to date when it is opened.

use std::ops::ControlFlow;

use chuda_evidence::audit::Entry;
use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Error, ErrorKind, Result};
use chuda_sqlite::Sql;
use rusqlite::{Connection, Row};

use super::chain;
use super::rows::{id, optional_id};

/// In the order in which they are taken. One that a database may have taken is never changed.
pub(super) const STEPS: [&str; 6] = [
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
    include_str!("migrations/004.sql"),
    include_str!("migrations/005.sql"),
    include_str!("migrations/006.sql"),
];
/// The step that brings the audit log.
const AUDIT: usize = 4;

/// Brings the tables up to date.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let before = chuda_sqlite::migrate(connection, &STEPS, |sql, step| if step == AUDIT { adopt_views(sql) } else { Ok(()) })?;
    if before > STEPS.len() {
        return Err(Error::new(ErrorKind::Server, "database.newer").with("version", before));
    }
    Ok(())
}

/// Puts the looks that were kept before there was an audit log into it.
fn adopt_views(sql: Sql<'_>) -> Result<()> {
    let view = |row: &Row<'_>| {
        Ok(Entry {
            n: 0,
            at: row.get(0)?,
            person: optional_id(row, 1, PersonId::from_slice)?,
            via: row.get(2)?,
            verb: "viewed".into(),
            record: Some(id(row, 3, RecordId::from_slice)?),
            kind: Some("evidence".into()),
            about: None,
            detail: None,
            previous: None,
        })
    };
    sql.each("SELECT at, person, via, evidence FROM views ORDER BY n", [], view, |entry| {
        chain::append(sql, entry)?;
        Ok(ControlFlow::Continue(()))
    })?;
    sql.batch("DROP TABLE views")
}
