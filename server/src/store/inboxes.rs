//! Inboxes: what each person who has a device is to get.

use std::ops::ControlFlow;

use chuda_record::id::{DeviceId, PersonId, RecordId};
use chuda_record::{Error, Kind, Result};
use rusqlite::named_params;

use super::database::Tx;
use super::rows::{id, record_id};

/// Stands for a change in an inbox: all of the document was erased.
pub(crate) const ERASED: i64 = -1;

/// A stored change, for an inbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InboxRow {
    pub(crate) document: RecordId,
    /// Number of the change; none: the document may no longer be read.
    pub(crate) change: Option<i64>,
    /// The person's own device that sent it.
    pub(crate) origin: Option<DeviceId>,
}

/// What one row of an inbox brings.
pub(crate) struct Delivery {
    pub(crate) seq: u64,
    pub(crate) document: RecordId,
    pub(crate) change: Option<(i64, Vec<u8>)>,
    /// Whether all of the document was erased.
    pub(crate) erased: bool,
}

impl Tx<'_> {
    /// Appends to a person's inbox. The numbers come from the head in this very transaction, so no reader skips one.
    pub(crate) fn deliver(&self, person: PersonId, rows: &[InboxRow]) -> Result<()> {
        let count = rows.len() as i64;
        let head: i64 = self
            .sql
            .one(
                "INSERT INTO inbox_heads (person, head) VALUES (:person, :head)
                 ON CONFLICT (person) DO UPDATE SET head = inbox_heads.head + excluded.head RETURNING head",
                named_params! { ":person": person.as_bytes(), ":head": count },
                |row| row.get(0),
            )?
            .ok_or_else(|| Error::internal("inbox.head", "no head"))?;
        for (seq, row) in (head - count + 1..).zip(rows) {
            self.sql.run(
                "INSERT INTO inbox (person, seq, document, change, origin) VALUES (:person, :seq, :document, :change, :origin)",
                named_params! {
                    ":person": person.as_bytes(),
                    ":seq": seq,
                    ":document": row.document.as_bytes(),
                    ":change": row.change,
                    ":origin": row.origin.as_ref().map(DeviceId::as_bytes),
                },
            )?;
        }
        Ok(())
    }

    /// Fills the inbox of somebody who gets a first device with all that person may read, parents first.
    pub(crate) fn fill_inbox(&self, person: PersonId) -> Result<()> {
        self.sql.run("DELETE FROM inbox WHERE person = :person", named_params! { ":person": person.as_bytes() })?;
        let mut rows = Vec::new();
        for kind in Kind::ALL {
            rows.extend(self.sql.all(
                "SELECT c.document, c.n FROM readers r JOIN documents d ON d.id = r.document JOIN changes c ON c.document = d.id
                 WHERE r.person = :person AND d.kind = :kind ORDER BY c.n",
                named_params! { ":person": person.as_bytes(), ":kind": kind.as_str() },
                |row| Ok(InboxRow { document: record_id(row)?, change: Some(row.get(1)?), origin: None }),
            )?);
        }
        if rows.is_empty() { Ok(()) } else { self.deliver(person, &rows) }
    }

    /// Up to where a person's inbox is filled.
    pub(crate) fn inbox_head(&self, person: PersonId) -> Result<u64> {
        let head: Option<i64> = self.sql.one(
            "SELECT head FROM inbox_heads WHERE person = :person",
            named_params! { ":person": person.as_bytes() },
            |row| row.get(0),
        )?;
        Ok(head.unwrap_or_default().cast_unsigned())
    }

    /// What somebody has not received yet and has not sent by that device, oldest first: changes of records that the person may still read, and purges of those
    /// that may no longer be read. `take` says whether to go on after each.
    pub(crate) fn undelivered(
        &self,
        person: PersonId,
        origin: Option<DeviceId>,
        cursor: u64,
        mut take: impl FnMut(Delivery) -> bool,
    ) -> Result<()> {
        self.sql.each(
            "SELECT i.seq, i.document, i.change, c.bytes FROM inbox i LEFT JOIN changes c ON c.n = i.change
             WHERE i.person = :person AND i.seq > :cursor AND (:origin IS NULL OR i.origin IS DISTINCT FROM :origin)
               AND (i.change = :erased
                   OR (i.change IS NOT NULL) = EXISTS (SELECT 1 FROM readers r WHERE r.document = i.document AND r.person = :person))
             ORDER BY i.seq",
            named_params! {
                ":person": person.as_bytes(),
                ":cursor": i64::try_from(cursor).unwrap_or(i64::MAX),
                ":origin": origin.as_ref().map(DeviceId::as_bytes),
                ":erased": ERASED,
            },
            |row| {
                let change: Option<i64> = row.get(2)?;
                let erased = change == Some(ERASED);
                let change = change.filter(|_| !erased).map(|n| Ok::<_, rusqlite::Error>((n, row.get(3)?))).transpose()?;
                let (seq, document) = (row.get::<_, i64>(0)?.cast_unsigned(), id(row, 1, RecordId::from_slice)?);
                Ok(Delivery { seq, document, change, erased })
            },
            |delivery| Ok(if take(delivery) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }),
        )
    }
}
