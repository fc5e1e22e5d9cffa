//! Storing: changes, their rows in the audit log, the state that they lead to, and the inboxes of whoever may read it.

use std::collections::{BTreeMap, BTreeSet};

use chuda_record::id::RecordId;
use chuda_record::{Change, Fields, Kind, Result, Scalar, author_of, fields};

use super::{Ingest, Sender, Written};
use crate::audit::{self, By};
use crate::store::{Document, InboxRow, Projection};

/// What is to be stored of one document.
pub(super) struct Commit<'a> {
    pub(super) document: RecordId,
    pub(super) kind: Kind,
    pub(super) before: Option<&'a Document>,
    pub(super) fields: &'a Fields,
    pub(super) conflicts: &'a BTreeMap<String, Vec<Scalar>>,
    pub(super) changes: &'a [Change],
    pub(super) sender: Option<Sender>,
    pub(super) by: &'a By,
}

impl Ingest<'_> {
    /// Stores what was accepted of one document, and whatever hangs on it.
    pub(super) fn commit(&mut self, commit: &Commit<'_>) -> Result<()> {
        let Commit { document, kind, before, fields, conflicts, changes, sender, by } = *commit;
        let device = sender.map_or(self.own.device, |sender| sender.device);
        let numbers: Vec<i64> =
            changes.iter().map(|change| self.tx.add_change(document, change, device, self.now)).collect::<Result<_>>()?;
        audit::log_changes(self.tx, self.now, by, (document, kind), before.is_none(), changes)?;
        self.project(document, kind, fields, conflicts)?;
        self.changed.insert((kind, document));
        let fields_before = before.map(|before| &before.fields);
        self.written(&Written { document, kind, before: fields_before, fields })?;
        let affected = self.relate(document, kind, fields_before, fields)?;

        let readers = if before.is_some() { self.tx.readers(document)? } else { BTreeSet::new() };
        let audience = self.audience(document, kind, fields)?;
        for person in readers.intersection(&audience).chain(audience.iter().filter(|_| before.is_none())) {
            let origin = sender.filter(|sender| sender.person == *person).map(|sender| sender.device);
            self.send(*person, numbers.iter().map(|number| InboxRow { document, change: Some(*number), origin }));
        }
        if before.is_none() {
            audience.iter().try_for_each(|person| self.tx.add_reader(document, *person))?;
        } else {
            self.regroup(document, &readers, &audience)?;
        }
        affected.into_iter().filter(|other| *other != document).try_for_each(|other| self.review(other))
    }

    fn project(&self, document: RecordId, kind: Kind, fields: &Fields, conflicts: &BTreeMap<String, Vec<Scalar>>) -> Result<()> {
        self.tx.put_document(&Projection {
            id: document,
            kind,
            author: author_of(fields),
            customer: kind.customer_of(document, fields),
            parent: kind.parent_of(fields),
            blob: kind.blob_of(fields),
            day: fields::text(fields, "day"),
            open: kind.is_open(fields),
            at: kind.time_of(fields).unwrap_or_else(|| self.now.timestamp_millis()),
            fields,
            conflicts,
        })
    }
}
