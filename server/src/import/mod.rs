//! Files that come in (H4): customers, leads and payment slips from CSV and XLSX, looked at first, taken in whole or not at all.
//!
//! A file is planned against the records as they are, row by row, then written in one transaction. What is there is filled in where
//! it is empty, and never overwritten; the ids of what is new follow from the file, so that the same file twice changes nothing.

mod columns;
mod customers;
mod report;
#[cfg(test)]
pub(crate) mod sample;
mod slips;
pub(crate) mod table;
pub(crate) mod value;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Error, ErrorKind, Result};
use chuda_record::{Fields, Scalar};

pub use report::{ImportColumn, ImportError, ImportKind, ImportLine, ImportMismatch, ImportReport, ImportSet};

use crate::audit::By;
use crate::ingest::Ingest;
use crate::reactions;
use crate::store::Tx;
use columns::{Columns, Field};
use report::Mistake;
use table::Row;

/// Longest value of a field, in characters.
const MAX_VALUE: usize = 200;

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
        return Err(Error::invalid("import.too_many_rows").with("most", table::MAX_ROWS));
    }
    let mut plan = Plan { tx, person, now, report: ImportReport::new(kind, dry_run, &columns), columns, writes: Writes::default() };
    plan.report.rows = rows.len();
    match kind {
        ImportKind::Customers | ImportKind::Leads => customers::plan(&mut plan, &ingest, rows)?,
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
    if may { Ok(()) } else { Err(Error::new(ErrorKind::NotAllowed, "import.not_allowed")) }
}

/// A file on its way in.
struct Plan<'a> {
    tx: &'a Tx<'a>,
    person: PersonId,
    now: DateTime<Utc>,
    columns: Columns,
    report: ImportReport,
    writes: Writes,
}

impl Plan<'_> {
    /// A row's text of a field; none where it is empty, a mistake where it is too long.
    fn text(&mut self, row: &Row, field: Field) -> Option<String> {
        let text = self.columns.get(row, field)?;
        if text.chars().count() > MAX_VALUE {
            self.mistake(row, field, Mistake::TooLong);
            return None;
        }
        Some(text)
    }

    /// A row's value of a field, read from its text.
    fn read<T>(&mut self, row: &Row, field: Field, mistake: Mistake, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(row, field)?;
        let value = read(&text);
        if value.is_none() {
            self.mistake(row, field, mistake);
        }
        value
    }

    fn mistake(&mut self, row: &Row, field: Field, mistake: Mistake) {
        self.report.add_mistake(&self.columns, row, field, mistake);
    }

    /// A record as it is, with what this file has written to it so far.
    fn state(&mut self, id: RecordId) -> Result<Option<Fields>> {
        self.writes.state(self.tx, id)
    }
}

/// What a file writes, each record once, in the order in which they came up: parents before what belongs to them.
#[derive(Default)]
struct Writes {
    order: Vec<RecordId>,
    fields: BTreeMap<RecordId, Fields>,
    states: HashMap<RecordId, Option<Fields>>,
}

impl Writes {
    fn state(&mut self, tx: &Tx<'_>, id: RecordId) -> Result<Option<Fields>> {
        if let Some(known) = self.states.get(&id) {
            return Ok(known.clone());
        }
        let state = tx.document(id)?.map(|document| document.fields);
        self.states.insert(id, state.clone());
        Ok(state)
    }

    fn write(&mut self, id: RecordId, fields: Fields) {
        let state = self.states.entry(id).or_default().get_or_insert_default();
        state.extend(fields.clone());
        if !self.fields.contains_key(&id) {
            self.order.push(id);
        }
        self.fields.entry(id).or_default().extend(fields);
    }

    fn in_order(mut self) -> impl Iterator<Item = (RecordId, Fields)> {
        self.order.into_iter().filter_map(move |id| self.fields.remove(&id).map(|fields| (id, fields)))
    }
}

/// A known value of a field.
fn text<'f>(fields: &'f Fields, field: &str) -> Option<&'f str> {
    fields.get(field).and_then(Scalar::as_text)
}
