//! Files that come in (H4): customers, leads and payment slips from CSV and XLSX, looked at first, taken in whole or not at all.
//!
//! A file is planned against the records as they are, row by row, then written in one transaction. What is there is filled in where
//! it is empty, and never overwritten; the ids of what is new follow from the file, so that the same file twice changes nothing.
//! Whoever imports writes what they could write by hand, and learns of nothing that they may not read: a customer of another team is
//! passed over, as it is by whoever enters one by hand. An admin imports for the whole company.

/// A closed list, each with its stable word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($one:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $name {
            $($one,)*
        }

        impl $name {
            pub(crate) fn key(self) -> &'static str {
                match self {
                    $(Self::$one => $word,)*
                }
            }
        }
    };
}

mod columns;
mod customers;
mod plan;
mod report;
#[cfg(test)]
pub(crate) mod sample;
mod slips;
pub(crate) mod table;
pub(crate) mod value;

use chrono::{DateTime, Utc};
use chuda_record::id::PersonId;
use chuda_record::wire::api::{ImportKind, ImportReport};
use chuda_record::{Error, ErrorKind, Result, Role};
use chuda_words::keys;

use crate::audit::By;
use crate::ingest::Ingest;
use crate::reactions;
use crate::store::Tx;
use columns::Columns;
use plan::{Plan, Writes};
use table::Row;

/// Takes in a file as somebody, with what the log will say, or only says what would come of it. With any mistake nothing is written.
pub(crate) fn run(
    tx: &Tx<'_>,
    kind: ImportKind,
    rows: &[Row],
    (person, by): (PersonId, &By),
    dry_run: bool,
    now: DateTime<Utc>,
) -> Result<ImportReport> {
    let mut ingest = reactions::begin(tx, now)?;
    permitted(&ingest, kind, person)?;
    let (known, needed) = match kind {
        ImportKind::Customers | ImportKind::Leads => customers::FIELDS,
        ImportKind::Slips => slips::FIELDS,
    };
    let columns = Columns::find(rows, known, needed)?;
    let rows = &rows[columns.at + 1..];
    if rows.len() > table::MAX_ROWS {
        return Err(Error::invalid(keys::IMPORT_TOO_MANY_ROWS).with("most", table::MAX_ROWS));
    }
    let for_all = ingest.people().get(&person).is_some_and(|person| person.roles.contains(&Role::Admin));
    let report = report::begin(kind, dry_run, &columns);
    let mut plan = Plan { tx, ingest: &ingest, for_all, person, now, report, columns, writes: Writes::default() };
    plan.report.rows = rows.len();
    match kind {
        ImportKind::Customers | ImportKind::Leads => customers::plan(&mut plan, rows)?,
        ImportKind::Slips => slips::plan(&mut plan, rows)?,
    }
    let Plan { report, writes, .. } = plan;
    if !dry_run && report.mistakes == 0 {
        for (id, fields) in writes.in_order() {
            ingest.write_by(by, id, &fields)?;
        }
        ingest.finish()?;
        let ImportReport { created, changed, unchanged, .. } = report;
        tracing::info!(?kind, %person, created, changed, unchanged, "file imported");
    }
    Ok(report)
}

/// Whether somebody's roles may import this (T6).
fn permitted(ingest: &Ingest<'_>, kind: ImportKind, person: PersonId) -> Result<()> {
    let config = ingest.config();
    let allowed = match kind {
        ImportKind::Customers | ImportKind::Leads => &config.permissions.import_customers,
        ImportKind::Slips => &config.permissions.import_slips,
    };
    let may = ingest.people().get(&person).is_some_and(|person| !person.left && !person.roles.is_disjoint(allowed));
    if may { Ok(()) } else { Err(Error::new(ErrorKind::NotAllowed, keys::IMPORT_NOT_ALLOWED)) }
}
