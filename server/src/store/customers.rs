//! Customers by what people and other systems call them.

use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::{Customer, Kind, Result, from_fields};
use rusqlite::named_params;

use super::database::Tx;
use super::dialect::{by_index, field};
use super::documents::{Document, document_row};
use super::rows::record_id;

/// What a customer is found by.
pub(crate) struct CustomerName {
    pub(crate) id: RecordId,
    pub(crate) name: String,
    /// Its id in an outside system.
    pub(crate) external_id: Option<String>,
    /// Whether it was merged into another one.
    pub(crate) merged: bool,
    /// Whether the reader may read it.
    pub(crate) readable: bool,
}

impl Tx<'_> {
    /// Customers of exactly this name, the first entered first.
    pub(crate) fn customers_named(&self, name: &str) -> Result<Vec<Document>> {
        self.customers_by("customers_by_name", "name", name)
    }

    /// Customers with this id in an outside system, the first entered first.
    pub(crate) fn customers_with_external_id(&self, id: &str) -> Result<Vec<Document>> {
        self.customers_by("customers_by_external_id", "external_id", id)
    }

    /// A customer by id, outside id or exact name, if that is one and only one.
    pub(crate) fn customer_meant(&self, word: &str) -> Result<Option<CustomerId>> {
        let word = word.trim();
        if let Ok(id) = word.parse::<RecordId>()
            && self.document(id)?.is_some_and(|document| document.kind == Kind::Customer)
        {
            return Ok(Some(id.into()));
        }
        let mut found = self.customers_with_external_id(word)?;
        if found.is_empty() {
            found = self.customers_named(word)?;
        }
        // What was merged into another one is that other one.
        found.retain(|customer| !customer.fields.contains_key("merged_into"));
        Ok(match found.as_slice() {
            [one] => Some(one.id.into()),
            _ => None,
        })
    }

    /// What a customer is called; nothing where there is none.
    pub(crate) fn customer_name(&self, customer: CustomerId) -> Result<String> {
        let document = self.document(customer.into())?;
        let name = document.and_then(|document| from_fields::<Customer>(&document.fields).ok()).map(|customer| customer.name);
        Ok(name.unwrap_or_default())
    }

    /// What customers are found by, and which of them somebody may read; nobody in particular reads all.
    pub(crate) fn customer_names(&self, reader: Option<PersonId>) -> Result<Vec<CustomerName>> {
        let [name, external_id, merged_into] = ["name", "external_id", "merged_into"].map(|name| field("fields", name));
        let sql = format!(
            "SELECT id, {name}, {external_id}, {merged_into} IS NOT NULL,
                 :reader IS NULL OR EXISTS (SELECT 1 FROM readers r WHERE r.document = d.id AND r.person = :reader)
             FROM documents d WHERE kind = 'customer' ORDER BY at, id"
        );
        self.sql.all(&sql, named_params! { ":reader": reader.as_ref().map(PersonId::as_bytes) }, |row| {
            Ok(CustomerName {
                id: record_id(row)?,
                name: row.get(1)?,
                external_id: row.get(2)?,
                merged: row.get(3)?,
                readable: row.get(4)?,
            })
        })
    }

    fn customers_by(&self, index: &str, name: &str, value: &str) -> Result<Vec<Document>> {
        let (index, named) = (by_index(index), field("fields", name));
        self.sql.all(
            &format!(
                "SELECT id, kind, at, fields, conflicts FROM documents {index}
                 WHERE kind = 'customer' AND {named} = :value ORDER BY at, id LIMIT 20"
            ),
            named_params! { ":value": value },
            document_row,
        )
    }
}
