//! What somebody has who leaves goes to whoever takes over: customers, leads and open tasks, also those that come later.

use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Fields, Kind, Result, Scalar, fields};

use crate::ingest::{Ingest, Reaction, When};

/// What is in the hands of somebody who has left is handed over.
pub(super) const HANDED_OVER: Reaction =
    Reaction { to: &[Kind::Person, Kind::Customer, Kind::Lead, Kind::Task], act: When::Each(hand_over) };

fn hand_over(ingest: &mut Ingest<'_>, kind: Kind, record: RecordId) -> Result<()> {
    if kind != Kind::Person {
        return pass_on(ingest, kind, record);
    }
    let person = PersonId::from(record);
    if ingest.people().get(&person).is_some_and(|person| person.left) {
        for (kind, held) in ingest.tx().in_hands_of(person)? {
            pass_on(ingest, kind, held)?;
        }
    }
    Ok(())
}

fn pass_on(ingest: &mut Ingest<'_>, kind: Kind, record: RecordId) -> Result<()> {
    let Some(document) = ingest.tx().document(record)? else { return Ok(()) };
    let field = if kind == Kind::Task { "assignee" } else { "holder" };
    let people = ingest.people();
    let has_left = |person: &PersonId| people.get(person).is_some_and(|person| person.left);
    let Some(person) = fields::id::<PersonId>(&document.fields, field).filter(has_left) else { return Ok(()) };
    let Some(stand_in) = ingest.tx().stand_in(person)? else { return Ok(()) };
    if kind == Kind::Task && !kind.is_open(&document.fields) {
        return Ok(());
    }
    let mut writes = Fields::from([(field.to_owned(), stand_in.to_string().into())]);
    if kind == Kind::Lead {
        let now = Scalar::Int(ingest.now().timestamp_millis());
        writes.insert("moved_by".into(), person.to_string().into());
        writes.insert("moved_at".into(), now.clone());
        writes.insert("held_at".into(), now);
    }
    ingest.tx().add_handed_over(person, record)?;
    ingest.write(record, &writes)
}
