//! Who has left, who took over, and what.

use chrono::{DateTime, Utc};
use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Kind, Result};
use rusqlite::named_params;

use super::database::Tx;
use super::dialect::field;
use super::rows::{id, person_id, record_id};

impl Tx<'_> {
    /// Notes that somebody leaves, and who takes over.
    pub(crate) fn add_departure(&self, person: PersonId, successor: PersonId, now: DateTime<Utc>) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO departures (person, at, successor) VALUES (:person, :at, :successor)",
                named_params! {
                    ":person": person.as_bytes(),
                    ":at": now.timestamp_millis(),
                    ":successor": successor.as_bytes(),
                },
            )
            .map(drop)
    }

    /// Notes that somebody is back.
    pub(crate) fn remove_departure(&self, person: PersonId) -> Result<()> {
        for sql in ["DELETE FROM departures WHERE person = :person", "DELETE FROM handed_over WHERE person = :person"] {
            self.sql.run(sql, named_params! { ":person": person.as_bytes() })?;
        }
        Ok(())
    }

    /// Who stands in for somebody who has left; where that one has left too, who does for them.
    pub(crate) fn stand_in(&self, person: PersonId) -> Result<Option<PersonId>> {
        let people = self.people()?;
        let mut now = person;
        for _ in 0..people.len() {
            let successor: Option<PersonId> = self.sql.one(
                "SELECT successor FROM departures WHERE person = :person",
                named_params! { ":person": now.as_bytes() },
                |row| id(row, 0, PersonId::from_slice),
            )?;
            match successor {
                Some(next) => now = next,
                None => break,
            }
        }
        Ok(Some(now).filter(|stand_in| *stand_in != person))
    }

    /// Somebody, and whom they stand in for, directly or by way of others.
    pub(crate) fn with_predecessors(&self, person: PersonId) -> Result<Vec<PersonId>> {
        let mut all = vec![person];
        let mut next = 0;
        while let Some(successor) = all.get(next) {
            let values = named_params! { ":successor": successor.as_bytes() };
            let found = self.sql.all("SELECT person FROM departures WHERE successor = :successor", values, person_id)?;
            all.extend(found.into_iter().filter(|person| !all.contains(person)).collect::<Vec<_>>());
            next += 1;
        }
        Ok(all)
    }

    /// Notes that a record went to whoever took over.
    pub(crate) fn add_handed_over(&self, person: PersonId, document: RecordId) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO handed_over (person, document) VALUES (:person, :document) ON CONFLICT DO NOTHING",
                named_params! { ":person": person.as_bytes(), ":document": document.as_bytes() },
            )
            .map(drop)
    }

    /// Whether a record was this person's when they left.
    pub(crate) fn was_handed_over(&self, person: PersonId, document: RecordId) -> Result<bool> {
        self.sql.exists(
            "SELECT 1 FROM handed_over WHERE person = :person AND document = :document",
            named_params! { ":person": person.as_bytes(), ":document": document.as_bytes() },
        )
    }

    /// The customers, leads and open tasks that somebody has.
    pub(crate) fn in_hands_of(&self, person: PersonId) -> Result<Vec<(Kind, RecordId)>> {
        let mut all = Vec::new();
        for (kind, name) in [(Kind::Customer, "holder"), (Kind::Lead, "holder"), (Kind::Task, "assignee")] {
            let named = field("fields", name);
            let sql = format!(
                "SELECT id FROM documents WHERE kind = :kind AND {named} = :person AND (kind <> 'task' OR open = 1) ORDER BY at, id"
            );
            let values = named_params! { ":kind": kind.as_str(), ":person": person.to_string() };
            all.extend(self.sql.all(&sql, values, record_id)?.into_iter().map(|record| (kind, record)));
        }
        Ok(all)
    }

    /// Every record of an author.
    pub(crate) fn documents_by_author(&self, author: PersonId) -> Result<Vec<RecordId>> {
        self.sql.all("SELECT id FROM documents WHERE author = :author", named_params! { ":author": author.as_bytes() }, record_id)
    }
}
