//! The tables, step by step: a database of any earlier version comes up to date when it is opened.

use std::ops::ControlFlow;

use chuda_evidence::audit::Entry;
use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Error, ErrorKind, Result};
use chuda_sqlite::Sql;
use chuda_words::keys;
use rusqlite::{Connection, Row};

use super::chain;
use super::rows::{id, optional_id};

/// In the order in which they are taken. One that a database may have taken is never changed.
pub(super) const STEPS: [&str; 10] = [
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
    include_str!("migrations/004.sql"),
    include_str!("migrations/005.sql"),
    include_str!("migrations/006.sql"),
    include_str!("migrations/007.sql"),
    include_str!("migrations/008.sql"),
    include_str!("migrations/009.sql"),
    include_str!("migrations/010.sql"),
];
/// The step that brings the audit log.
const AUDIT: usize = 4;

/// Brings the tables up to date.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let before = chuda_sqlite::migrate(connection, &STEPS, after)?;
    if before > STEPS.len() {
        return Err(Error::new(ErrorKind::Server, keys::DATABASE_NEWER).with("version", before));
    }
    Ok(())
}

fn after(sql: Sql<'_>, step: usize) -> Result<()> {
    if step == AUDIT { adopt_views(sql) } else { Ok(()) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_any_earlier_version_comes_up_to_date_and_a_later_one_is_refused() {
        let shape = |database: &Connection| {
            let sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
            let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            Sql::new(database).all::<(String, String, Option<String>)>(sql, [], row).unwrap()
        };
        let mut new = Connection::open_in_memory().unwrap();
        migrate(&mut new).unwrap();
        for version in 0..=STEPS.len() {
            let mut old = Connection::open_in_memory().unwrap();
            chuda_sqlite::migrate(&mut old, &STEPS[..version], after).unwrap();
            migrate(&mut old).unwrap();
            assert_eq!(shape(&old), shape(&new), "from version {version}");
        }
        new.pragma_update(None, "user_version", STEPS.len() + 1).unwrap();
        assert_eq!(migrate(&mut new).unwrap_err().key, "database.newer");
    }
}
