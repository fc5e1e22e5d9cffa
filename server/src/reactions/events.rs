//! What the writing of a record means to other systems: which event it is, and what that carries. Ids and keys, names of people and
//! customers; no notes.

use chuda_record::id::{CustomerId, Hash, PersonId, RecordId};
use chuda_record::{Contract, Customer, Error, Fen, Fields, Kind, Report, Result, Scalar, Task, Touch, from_fields};
use serde_json::{Value, json};

use crate::ingest::{Ingest, Reaction, When, Written};
use crate::store::Tx;
use crate::webhooks::{Event, emit, is_wanted};

/// Whoever subscribes is told, as things were at the very moment.
pub(super) const ANNOUNCED: Reaction =
    Reaction { to: &[Kind::Customer, Kind::Touch, Kind::Report, Kind::Task, Kind::Contract], act: When::AtOnce(announce) };
/// Most ids in one list.
const MAX_IDS: usize = 100;

/// Tells whoever wants to know what the writing of a record means, in the transaction that writes it.
fn announce(ingest: &Ingest<'_>, written: &Written<'_>) -> Result<()> {
    let tx = ingest.tx();
    for event in events_of(written) {
        // Mostly nobody does; what it carries is looked up only if somebody does.
        if is_wanted(tx, event)? {
            emit(tx, event, written.document, &data(tx, event, written.document, written.fields)?, ingest.now())?;
        }
    }
    Ok(())
}

fn events_of(written: &Written<'_>) -> Vec<Event> {
    let Written { kind, before, fields, .. } = *written;
    let (created, mut events) = (before.is_none(), Vec::new());
    let becomes = |is: fn(&Fields) -> bool| is(fields) && !before.is_some_and(is);
    match kind {
        Kind::Customer if created => events.push(Event::CustomerCreated),
        Kind::Touch if created => events.push(Event::TouchRecorded),
        Kind::Report if becomes(is_filed) => events.push(Event::ReportFiled),
        Kind::Task => {
            events.extend(created.then_some(Event::TaskCreated));
            events.extend(becomes(is_done).then_some(Event::TaskDone));
        }
        Kind::Contract => {
            events.extend(becomes(is_ready).then_some(Event::ContractReady));
            events.extend(becomes(is_signed).then_some(Event::ContractSigned));
        }
        _ => {}
    }
    events
}

fn is_filed(report: &Fields) -> bool {
    report.get("withdrawn") != Some(&Scalar::Bool(true)) && report.keys().any(|key| key.starts_with("filed/"))
}

fn is_done(task: &Fields) -> bool {
    matches!(task.get("done_at"), Some(Scalar::Int(_)))
}

fn is_ready(contract: &Fields) -> bool {
    contract.get("status").and_then(Scalar::as_text) == Some("signing")
}

fn is_signed(contract: &Fields) -> bool {
    matches!(contract.get("signed_at"), Some(Scalar::Int(_)))
}

fn data(tx: &Tx<'_>, event: Event, record: RecordId, fields: &Fields) -> Result<Value> {
    match event {
        Event::CustomerCreated => {
            let customer: Customer = from_fields(fields).map_err(|error| Error::internal("document.unreadable", error))?;
            let holder = customer.holder.map(|holder| person_named(tx, holder)).transpose()?;
            let author = person_named(tx, customer.author)?;
            Ok(
                json!({ "id": record, "name": customer.name, "author": author, "holder": holder, "created_at": customer.created_at }),
            )
        }
        Event::TouchRecorded => {
            let touch: Touch = from_fields(fields).map_err(|error| Error::internal("document.unreadable", error))?;
            Ok(json!({
                "id": record, "customer": customer_named(tx, touch.customer)?, "author": person_named(tx, touch.author)?,
                "mode": touch.mode, "action": touch.action, "at": touch.at,
                "evidence": touch.evidence.iter().take(MAX_IDS).collect::<Vec<_>>(),
            }))
        }
        Event::ReportFiled => {
            let report: Report = from_fields(fields).map_err(|error| Error::internal("document.unreadable", error))?;
            Ok(json!({
                "id": record, "author": person_named(tx, report.author)?, "day": report.day, "filed_at": report.filed_at(),
                "short": report.is_short(), "late": report.late,
                "touches": report.touches.iter().take(MAX_IDS).collect::<Vec<_>>(),
            }))
        }
        Event::ContractReady | Event::ContractSigned => {
            let contract: Contract = from_fields(fields).map_err(|error| Error::internal("document.unreadable", error))?;
            // The text itself is at `/api/v1/records/{id}`.
            let text = contract.text.as_deref().map(|text| Hash::of(text.as_bytes()));
            Ok(json!({
                "id": record, "number": contract.number, "customer": customer_named(tx, contract.customer)?,
                "author": person_named(tx, contract.author)?, "amount_cny": contract.amount.map(Fen::to_yuan),
                "custom_development": contract.custom_development, "text_sha256": text, "status": contract.status,
                "signed_at": contract.signed_at, "signed_with": contract.signed_with,
            }))
        }
        Event::TaskCreated | Event::TaskDone => {
            let task: Task = from_fields(fields).map_err(|error| Error::internal("document.unreadable", error))?;
            let customer = task.customer.map(|customer| customer_named(tx, customer)).transpose()?;
            let assignee = task.assignee.map(|person| person_named(tx, person)).transpose()?;
            let done_by = task.done_by.map(|person| person_named(tx, person)).transpose()?;
            Ok(json!({
                "id": record, "task": task.task, "customer": customer, "assignee": assignee, "role": task.role,
                "source": task.source, "rule": task.rule, "created_at": task.created_at, "due": task.due,
                "done_at": task.done_at, "done_by": done_by, "choice": task.choice,
            }))
        }
    }
}

fn person_named(tx: &Tx<'_>, person: PersonId) -> Result<Value> {
    Ok(json!({ "id": person, "name": tx.name_of(person)? }))
}

fn customer_named(tx: &Tx<'_>, customer: CustomerId) -> Result<Value> {
    Ok(json!({ "id": customer, "name": tx.customer_name(customer)? }))
}
