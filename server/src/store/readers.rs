//! How records hang together, and who may read them.

use std::collections::BTreeSet;

use chuda_record::Result;
use chuda_record::id::{CustomerId, EvidenceId, PersonId, RecordId, TouchId};
use rusqlite::named_params;

use super::database::Tx;
use super::rows::{id, person_id};

impl Tx<'_> {
    /// Notes that a touch names a piece of evidence; false when it was known.
    pub(crate) fn link(&self, touch: TouchId, evidence: EvidenceId) -> Result<bool> {
        let added = self.sql.run(
            "INSERT INTO touch_evidence (evidence, touch) VALUES (:evidence, :touch) ON CONFLICT DO NOTHING",
            named_params! { ":evidence": evidence.as_bytes(), ":touch": touch.as_bytes() },
        )?;
        Ok(added > 0)
    }

    /// The touches that name a piece of evidence.
    pub(crate) fn touches_with(&self, evidence: EvidenceId) -> Result<Vec<TouchId>> {
        self.sql.all(
            "SELECT touch FROM touch_evidence WHERE evidence = :evidence",
            named_params! { ":evidence": evidence.as_bytes() },
            |row| id(row, 0, TouchId::from_slice),
        )
    }

    /// Notes that a person has touched a customer; false when it was known.
    pub(crate) fn add_touched(&self, customer: CustomerId, person: PersonId) -> Result<bool> {
        let added = self.sql.run(
            "INSERT INTO touched (customer, person) VALUES (:customer, :person) ON CONFLICT DO NOTHING",
            named_params! { ":customer": customer.as_bytes(), ":person": person.as_bytes() },
        )?;
        Ok(added > 0)
    }

    /// Who has touched a customer.
    pub(crate) fn touched(&self, customer: CustomerId) -> Result<BTreeSet<PersonId>> {
        self.sql
            .all(
                "SELECT person FROM touched WHERE customer = :customer",
                named_params! { ":customer": customer.as_bytes() },
                person_id,
            )
            .map(BTreeSet::from_iter)
    }

    /// Who may read a record.
    pub(crate) fn readers(&self, document: RecordId) -> Result<BTreeSet<PersonId>> {
        self.sql
            .all(
                "SELECT person FROM readers WHERE document = :document",
                named_params! { ":document": document.as_bytes() },
                person_id,
            )
            .map(BTreeSet::from_iter)
    }

    /// Whether a person may read a record.
    pub(crate) fn may_read(&self, document: RecordId, person: PersonId) -> Result<bool> {
        self.sql.exists(
            "SELECT 1 FROM readers WHERE document = :document AND person = :person",
            named_params! { ":document": document.as_bytes(), ":person": person.as_bytes() },
        )
    }

    /// Lets a person read a record.
    pub(crate) fn add_reader(&self, document: RecordId, person: PersonId) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO readers (document, person) VALUES (:document, :person)",
                named_params! { ":document": document.as_bytes(), ":person": person.as_bytes() },
            )
            .map(drop)
    }

    /// Takes a record away from a person.
    pub(crate) fn remove_reader(&self, document: RecordId, person: PersonId) -> Result<()> {
        self.sql
            .run(
                "DELETE FROM readers WHERE document = :document AND person = :person",
                named_params! { ":document": document.as_bytes(), ":person": person.as_bytes() },
            )
            .map(drop)
    }
}
