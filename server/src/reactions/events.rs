//! What the writing of a record means to other systems: which event it is, and what that carries. Ids and keys, names of people and
//! customers; no notes.

use chrono::{DateTime, Utc};
use chuda_record::id::{Hash, RecordId};
use chuda_record::view::heads::{ReportHead, TouchHead};
use chuda_record::view::{Named, Word, Yuan};
use chuda_record::{Contract, Customer, Error, Fields, Kind, Report, Result, Scalar, Task, Touch};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::ingest::{Ingest, Reaction, When, Written};
use crate::shown::{customer_named, person_named, task_head, touch_head};
use crate::store::{Tx, typed};
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

/// What a receiver is told, under the names that the API has for it.
fn data(tx: &Tx<'_>, event: Event, record: RecordId, fields: &Fields) -> Result<Box<RawValue>> {
    let config = tx.config()?;
    let told = match event {
        Event::CustomerCreated => {
            let customer: Customer = typed(fields)?;
            let holder = customer.holder.map(|holder| person_named(tx, holder)).transpose()?;
            let author = person_named(tx, customer.author)?;
            to_raw_value(&CustomerTold { id: record, name: customer.name, author, holder, created_at: customer.created_at })
        }
        Event::TouchRecorded => {
            let touch: Touch = typed(fields)?;
            let evidence = touch.evidence.iter().take(MAX_IDS).map(|id| EvidenceTold { id: (*id).into() }).collect();
            to_raw_value(&TouchTold { head: touch_head(tx, record, &touch, &config)?, evidence })
        }
        Event::ReportFiled => {
            let report: Report = typed(fields)?;
            let mut touches = Vec::new();
            for id in report.touches.iter().take(MAX_IDS) {
                if let Some(document) = tx.document((*id).into())? {
                    let touch: Touch = typed(&document.fields)?;
                    touches.push(touch_head(tx, document.id, &touch, &config)?);
                }
            }
            to_raw_value(&ReportHead::of(record, &report, person_named(tx, report.author)?, touches, &config))
        }
        Event::ContractReady | Event::ContractSigned => {
            let contract: Contract = typed(fields)?;
            to_raw_value(&ContractTold {
                id: record,
                number: contract.number,
                customer: customer_named(tx, contract.customer)?,
                author: person_named(tx, contract.author)?,
                amount_cny: contract.amount.map(Yuan),
                custom_development: contract.custom_development,
                text_sha256: contract.text.as_deref().map(|text| Hash::of(text.as_bytes())),
                status: Word::of(&config.contract_states, &contract.status),
                signed_at: contract.signed_at,
                signed_with: contract.signed_with,
            })
        }
        Event::TaskCreated | Event::TaskDone => {
            let task: Task = typed(fields)?;
            to_raw_value(&task_head(tx, record, &task, &config)?)
        }
    };
    told.map_err(|error| Error::internal("event.encode", error))
}

#[derive(Serialize)]
struct CustomerTold {
    id: RecordId,
    name: String,
    author: Named,
    holder: Option<Named>,
    created_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct TouchTold {
    #[serde(flatten)]
    head: TouchHead,
    evidence: Vec<EvidenceTold>,
}

/// A piece of evidence, which is at `/api/v1/touches/{id}`.
#[derive(Serialize)]
struct EvidenceTold {
    id: RecordId,
}

/// A contract; its text is at `/api/v1/records/{id}`.
#[derive(Serialize)]
struct ContractTold {
    id: RecordId,
    number: String,
    customer: Named,
    author: Named,
    amount_cny: Option<Yuan>,
    custom_development: bool,
    text_sha256: Option<Hash>,
    status: Word,
    signed_at: Option<DateTime<Utc>>,
    signed_with: Option<String>,
}
