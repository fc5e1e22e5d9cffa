//! A file on its way in: what its rows come to, held beside the records as they are.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use chuda_record::fields::id;
use chuda_record::id::{PersonId, RecordId};
use chuda_record::policy::Stored;
use chuda_record::rules::audience::superiors;
use chuda_record::wire::api::ImportReport;
use chuda_record::{Fields, Kind, Result, Scalar};

use super::columns::{Columns, Field};
use super::report::{self, Mistake};
use super::table::Row;
use crate::ingest::Ingest;
use crate::store::Tx;

/// Longest value of a field, in characters.
const MAX_VALUE: usize = 200;

pub(super) struct Plan<'a> {
    pub(super) tx: &'a Tx<'a>,
    pub(super) ingest: &'a Ingest<'a>,
    /// Whether whoever imports does so for the whole company.
    pub(super) for_all: bool,
    pub(super) person: PersonId,
    pub(super) now: DateTime<Utc>,
    pub(super) columns: Columns,
    pub(super) report: ImportReport,
    pub(super) writes: Writes,
}

impl Plan<'_> {
    /// A row's text of a field; none where it is empty, a mistake where it is too long.
    pub(super) fn text(&mut self, row: &Row, field: Field) -> Option<String> {
        let text = self.columns.get(row, field)?;
        if text.chars().count() > MAX_VALUE {
            self.mistake(row, field, Mistake::TooLong);
            return None;
        }
        Some(text)
    }

    /// A row's value of a field, read from its text.
    pub(super) fn read<T>(&mut self, row: &Row, field: Field, mistake: Mistake, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(row, field)?;
        let value = read(&text);
        if value.is_none() {
            self.mistake(row, field, mistake);
        }
        value
    }

    pub(super) fn mistake(&mut self, row: &Row, field: Field, mistake: Mistake) {
        report::add_mistake(&mut self.report, &self.columns, row, field, mistake);
    }

    /// Whose reading bounds what is found; none: all is.
    pub(super) fn reader(&self) -> Option<PersonId> {
        (!self.for_all).then_some(self.person)
    }

    /// Whether a record may be read, or is not there yet.
    pub(super) fn is_open(&self, id: RecordId) -> Result<bool> {
        Ok(self.for_all || self.tx.document(id)?.is_none() || self.tx.may_read(id, self.person)?)
    }

    /// Whether whoever imports stands over a record: nobody has it, or they or somebody below.
    pub(super) fn stands_over(&self, state: &Fields) -> bool {
        let people = self.ingest.people();
        let below = |person: PersonId| person == self.person || superiors(person, &people).contains(&self.person);
        self.for_all || id::<PersonId>(state, "holder").is_none_or(below)
    }

    /// Whether whoever imports may write a field of a record by hand.
    pub(super) fn may_write(&self, kind: Kind, id: RecordId, fields: &Fields, field: &str) -> Result<bool> {
        Ok(self.for_all || self.ingest.may_write(self.person, Stored { id, kind, fields }, field)?)
    }

    /// A record as it is, with what this file has written to it so far.
    pub(super) fn state(&mut self, id: RecordId) -> Result<Option<Fields>> {
        self.writes.state(self.tx, id)
    }
}

/// What a file writes, each record once, in the order in which they came up: parents before what belongs to them.
#[derive(Default)]
pub(super) struct Writes {
    order: Vec<RecordId>,
    fields: BTreeMap<RecordId, Fields>,
    states: HashMap<RecordId, Option<Fields>>,
}

impl Writes {
    pub(super) fn state(&mut self, tx: &Tx<'_>, id: RecordId) -> Result<Option<Fields>> {
        if let Some(known) = self.states.get(&id) {
            return Ok(known.clone());
        }
        let state = tx.document(id)?.map(|document| document.fields);
        self.states.insert(id, state.clone());
        Ok(state)
    }

    pub(super) fn write(&mut self, id: RecordId, fields: Fields) {
        let state = self.states.entry(id).or_default().get_or_insert_default();
        state.extend(fields.clone());
        if !self.fields.contains_key(&id) {
            self.order.push(id);
        }
        self.fields.entry(id).or_default().extend(fields);
    }

    pub(super) fn in_order(mut self) -> impl Iterator<Item = (RecordId, Fields)> {
        self.order.into_iter().filter_map(move |id| self.fields.remove(&id).map(|fields| (id, fields)))
    }
}

/// A known value of a field.
pub(super) fn text<'f>(fields: &'f Fields, field: &str) -> Option<&'f str> {
    fields.get(field).and_then(Scalar::as_text)
}
