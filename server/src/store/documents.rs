//! Records in their current state, and how they are found.
//!
//! A `+` in front of a column keeps SQLite from walking through all records of a kind in their order, where a few are found by
//! something else.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::id::{CustomerId, Hash, PersonId, RecordId};
use chuda_record::rules::world::{LOOKED_THROUGH, World};
use chuda_record::{Error, Fields, Kind, Result, Scalar};
use rusqlite::{Row, named_params};

use super::database::Tx;
use super::dialect::field;
use super::rows::{fields_row, json, record_id, unreadable};

/// A record's current state.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) id: RecordId,
    pub(crate) kind: Kind,
    pub(crate) at: i64,
    pub(crate) fields: Fields,
    pub(crate) conflicts: BTreeMap<String, Vec<Scalar>>,
}

/// A record's state as it is written.
pub(crate) struct Projection<'a> {
    pub(crate) id: RecordId,
    pub(crate) kind: Kind,
    pub(crate) author: Option<PersonId>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) parent: Option<RecordId>,
    pub(crate) blob: Option<Hash>,
    pub(crate) day: Option<&'a str>,
    pub(crate) open: bool,
    pub(crate) at: i64,
    pub(crate) fields: &'a Fields,
    pub(crate) conflicts: &'a BTreeMap<String, Vec<Scalar>>,
}

/// Which records of a kind to list, newest first.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) kind: Kind,
    /// Only what this person may read.
    pub(crate) reader: Option<PersonId>,
    pub(crate) author: Option<PersonId>,
    pub(crate) customer: Option<CustomerId>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) open: Option<bool>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
    /// Only what comes after this one in the list.
    pub(crate) after: Option<(i64, RecordId)>,
    pub(crate) limit: usize,
}

impl Filter {
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            kind,
            reader: None,
            author: None,
            customer: None,
            day: None,
            open: None,
            from: None,
            to: None,
            after: None,
            limit: 100,
        }
    }
}

impl Tx<'_> {
    /// The current state of a record.
    pub(crate) fn document(&self, id: RecordId) -> Result<Option<Document>> {
        self.sql.one(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE id = :id",
            named_params! { ":id": id.as_bytes() },
            document_row,
        )
    }

    /// Stores the current state of a record.
    pub(crate) fn put_document(&self, row: &Projection<'_>) -> Result<()> {
        let fields = serde_json::to_string(row.fields).map_err(|error| Error::internal("document.encode", error))?;
        let conflicts = (!row.conflicts.is_empty()).then(|| serde_json::to_string(row.conflicts)).transpose();
        let conflicts = conflicts.map_err(|error| Error::internal("document.encode", error))?;
        self.sql.run(
            "INSERT INTO documents (id, kind, author, customer, parent, blob, day, open, at, fields, conflicts)
             VALUES (:id, :kind, :author, :customer, :parent, :blob, :day, :open, :at, :fields, :conflicts)
             ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, parent = excluded.parent, open = excluded.open,
                 at = excluded.at, fields = excluded.fields, conflicts = excluded.conflicts",
            named_params! {
                ":id": row.id.as_bytes(),
                ":kind": row.kind.as_str(),
                ":author": row.author.as_ref().map(PersonId::as_bytes),
                ":customer": row.customer.as_ref().map(CustomerId::as_bytes),
                ":parent": row.parent.as_ref().map(RecordId::as_bytes),
                ":blob": row.blob.map(|hash| hash.0),
                ":day": row.day,
                ":open": row.open,
                ":at": row.at,
                ":fields": fields,
                ":conflicts": conflicts,
            },
        )?;
        self.count(row.id, row.kind, row.fields)
    }

    /// Records of a kind, newest first.
    pub(crate) fn documents(&self, filter: &Filter) -> Result<Vec<Document>> {
        let after = filter.after.unwrap_or((i64::MAX, RecordId(uuid::Uuid::max())));
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents d
             WHERE kind = :kind
               AND (:reader IS NULL OR EXISTS (SELECT 1 FROM readers r WHERE r.document = d.id AND r.person = :reader))
               AND (:author IS NULL OR author = :author)
               AND (:customer IS NULL OR customer = :customer)
               AND (:day IS NULL OR day = :day)
               AND (:open IS NULL OR open = :open)
               AND at BETWEEN :from AND :to
               AND (at, id) < (:after_at, :after_id)
             ORDER BY at DESC, id DESC LIMIT :limit",
            named_params! {
                ":kind": filter.kind.as_str(),
                ":reader": filter.reader.as_ref().map(PersonId::as_bytes),
                ":author": filter.author.as_ref().map(PersonId::as_bytes),
                ":customer": filter.customer.as_ref().map(CustomerId::as_bytes),
                ":day": filter.day.map(|day| day.to_string()),
                ":open": filter.open,
                ":from": filter.from.map_or(i64::MIN, |at| at.timestamp_millis()),
                ":to": filter.to.map_or(i64::MAX, |at| at.timestamp_millis()),
                ":after_at": after.0,
                ":after_id": after.1.as_bytes(),
                ":limit": filter.limit as i64,
            },
            document_row,
        )
    }

    /// Records of a kind about which somebody has to do something, that came up then or since, oldest first.
    pub(crate) fn open_since(&self, kind: Kind, at: i64) -> Result<Vec<Document>> {
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE kind = :kind AND open = 1 AND at >= :at ORDER BY at, id",
            named_params! { ":kind": kind.as_str(), ":at": at },
            document_row,
        )
    }

    /// Every record that belongs to a customer, the customer's own among them.
    pub(crate) fn documents_of_customer(&self, customer: CustomerId) -> Result<Vec<RecordId>> {
        self.sql.all(
            "SELECT id FROM documents WHERE customer = :customer",
            named_params! { ":customer": customer.as_bytes() },
            record_id,
        )
    }

    /// Every record that a person may read.
    pub(crate) fn documents_read_by(&self, person: PersonId) -> Result<Vec<RecordId>> {
        self.sql.all(
            "SELECT document FROM readers WHERE person = :person",
            named_params! { ":person": person.as_bytes() },
            record_id,
        )
    }

    /// How many records there are of each kind, and how many rows of what stands beside them.
    pub(crate) fn census(&self) -> Result<BTreeMap<String, u64>> {
        let rows = self.sql.all(
            "SELECT kind, count(*) FROM documents GROUP BY kind
             UNION ALL SELECT 'changes', count(*) FROM changes
             UNION ALL SELECT 'refused', count(*) FROM quarantine
             UNION ALL SELECT 'effects', count(*) FROM effects
             UNION ALL SELECT 'claims', count(*) FROM claims
             UNION ALL SELECT 'blobs', count(*) FROM blobs
             UNION ALL SELECT 'devices', count(*) FROM devices
             UNION ALL SELECT 'inbox_rows', count(*) FROM inbox",
            [],
            |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())),
        )?;
        Ok(rows.into_iter().collect())
    }

    /// Every record of a kind.
    pub(crate) fn documents_of_kind(&self, kind: Kind) -> Result<Vec<RecordId>> {
        self.sql.all("SELECT id FROM documents WHERE kind = :kind", named_params! { ":kind": kind.as_str() }, record_id)
    }

    /// Customers and leads that nobody holds.
    pub(crate) fn unheld(&self) -> Result<Vec<RecordId>> {
        self.sql.all(
            &format!("SELECT id FROM documents WHERE kind IN ('customer', 'lead') AND {} IS NULL", field("fields", "holder")),
            [],
            record_id,
        )
    }

    /// Every contract.
    pub(crate) fn contracts(&self) -> Result<Vec<Document>> {
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents WHERE kind = 'contract' ORDER BY at, id",
            [],
            document_row,
        )
    }

    /// Records of a kind that belong to a customer, newest first, at most a thousand.
    pub(crate) fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Document>> {
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents
             WHERE customer = :customer AND kind = :kind ORDER BY +at DESC, id LIMIT 1000",
            named_params! { ":customer": customer.as_bytes(), ":kind": kind.as_str() },
            document_row,
        )
    }

    /// Records of a kind that somebody still has to do something about, newest first.
    pub(crate) fn open_of_kind(&self, kind: Kind, limit: usize) -> Result<Vec<Document>> {
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents
             WHERE kind = :kind AND open = 1 ORDER BY at DESC, id DESC LIMIT :limit",
            named_params! { ":kind": kind.as_str(), ":limit": limit as i64 },
            document_row,
        )
    }

    /// Records of a kind that hang on another one, such as the findings about a slip; at most a thousand.
    pub(crate) fn children(&self, parent: RecordId, kind: Kind) -> Result<Vec<Document>> {
        self.sql.all(
            "SELECT id, kind, at, fields, conflicts FROM documents
             WHERE parent = :parent AND kind = :kind ORDER BY +at, id LIMIT 1000",
            named_params! { ":parent": parent.as_bytes(), ":kind": kind.as_str() },
            document_row,
        )
    }

    /// Tasks that came from a record.
    pub(crate) fn tasks_from(&self, source: RecordId) -> Result<Vec<Fields>> {
        self.sql.all(
            "SELECT fields FROM documents WHERE parent = :source AND kind = 'task'",
            named_params! { ":source": source.as_bytes() },
            fields_row,
        )
    }

    /// A customer's contracts, work orders and meetings that name a record in the field of its kind.
    pub(crate) fn naming(&self, customer: CustomerId, kind: Kind, record: RecordId) -> Result<Vec<Document>> {
        let named = field("fields", kind.as_str());
        self.sql.all(
            &format!(
                "SELECT id, kind, at, fields, conflicts FROM documents
                 WHERE customer = :customer AND kind IN ('contract', 'order', 'meeting') AND {named} = :record
                 ORDER BY at, id LIMIT 1000"
            ),
            named_params! { ":customer": customer.as_bytes(), ":record": record.to_string() },
            document_row,
        )
    }

    /// Tasks that are about a customer.
    pub(crate) fn tasks_about(&self, customer: CustomerId) -> Result<Vec<Fields>> {
        self.sql.all(
            "SELECT fields FROM documents WHERE customer = :customer AND kind = 'task'",
            named_params! { ":customer": customer.as_bytes() },
            fields_row,
        )
    }
}

impl World for Tx<'_> {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        Ok(self.document(id)?.map(|document| (document.kind, document.fields)))
    }

    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        self.sql.all(
            "SELECT fields FROM documents WHERE customer = :customer AND kind = :kind ORDER BY +at DESC LIMIT :most",
            named_params! { ":customer": customer.as_bytes(), ":kind": kind.as_str(), ":most": LOOKED_THROUGH as i64 },
            fields_row,
        )
    }
}

/// A record from its id, kind, time, fields and conflicts.
pub(super) fn document_row(row: &Row<'_>) -> rusqlite::Result<Document> {
    let kind: String = row.get(1)?;
    let conflicts: Option<String> = row.get(4)?;
    Ok(Document {
        id: record_id(row)?,
        kind: Kind::parse(&kind).ok_or_else(|| unreadable(1))?,
        at: row.get(2)?,
        fields: json(row, 3)?,
        conflicts: conflicts.map(|text| serde_json::from_str(&text).map_err(|_| unreadable(4))).transpose()?.unwrap_or_default(),
    })
}
