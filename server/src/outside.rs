//! What outside systems saw (M1): each event once, with the touch it belongs to; a mail log or a download proves that touch.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::{Mime, sniff};
use chuda_record::id::{CustomerId, EvidenceId, Hash, PersonId, RecordId, TouchId};
use chuda_record::rules::result;
use chuda_record::{Error, Result};
use chuda_record::{Event, Evidence, Fields, Kind, Origin, Record as _, Scalar, Touch, from_fields};
use serde_json::json;

use crate::app::App;
use crate::audit::By;
use crate::ingest::Ingest;
use crate::jobs::{self, Job};
use crate::stores::Tx;
use crate::stores::sqlite::Document;

/// How far an outside system's clock may run ahead.
const AHEAD: TimeDelta = TimeDelta::hours(24);
/// Longest name of a system, and longest id in one.
pub(crate) const MAX_WORD: usize = 256;
/// Where evidence comes from that nobody captured.
const SOURCE: &str = "event";

/// An event as it comes in.
pub(crate) struct Incoming<'a> {
    pub(crate) system: &'a str,
    pub(crate) external_id: &'a str,
    pub(crate) event: &'a str,
    /// Id, outside id or name.
    pub(crate) customer: &'a str,
    /// Whose action it was, by id or name.
    pub(crate) person: Option<&'a str>,
    pub(crate) thread: Option<&'a str>,
    pub(crate) at: DateTime<Utc>,
}

/// What became of it.
pub(crate) enum Taken {
    /// It is a new one.
    New(RecordId),
    /// It was there before: nothing is changed.
    Known(RecordId),
    /// The field that is wrong.
    Refused(&'static str),
}

/// Takes in one event. Its id follows from system and outside id, so that the same one sent twice is one.
pub(crate) fn take(ingest: &mut Ingest<'_>, by: &By, incoming: &Incoming<'_>) -> Result<Taken> {
    let Incoming { system, external_id, event, customer, person, thread, at } = *incoming;
    for (word, field) in [(system, "system"), (external_id, "external_id"), (thread.unwrap_or("-"), "thread")] {
        if word.trim().is_empty() || word.chars().count() > MAX_WORD {
            return Ok(Taken::Refused(field));
        }
    }
    let config = ingest.config();
    let Some(option) = config.events.iter().find(|option| option.key == event && !option.retired) else {
        return Ok(Taken::Refused("event"));
    };
    if at > ingest.now() + AHEAD {
        return Ok(Taken::Refused("at"));
    }
    let id = RecordId::derived(&format!("event/{}/{system}/{external_id}", system.chars().count()));
    if ingest.tx().document(id)?.is_some() {
        return Ok(Taken::Known(id));
    }
    let Some(customer) = customer_meant(ingest.tx(), customer)? else { return Ok(Taken::Refused("customer")) };
    let author = match person.map(|word| person_meant(ingest, word)) {
        Some(None) => return Ok(Taken::Refused("person")),
        Some(found) => found,
        None => None,
    };
    let origin = Origin { source: None, rule: None, config: Some(config.version), because: None, created_at: ingest.now() };
    let event = Event {
        author,
        event: event.to_owned(),
        customer,
        touch: None,
        at,
        system: system.to_owned(),
        external_id: external_id.to_owned(),
        thread: thread.map(str::to_owned),
        feedback: option.feedback,
        origin,
    };
    let fields = event.to_new_fields().map_err(|error| Error::internal("event.encode", error))?;
    ingest.write_by(by, id, &fields)?;
    Ok(Taken::New(id))
}

/// Gives the events of the customers of changed touches and events the touch they belong to, whichever of the two came first.
pub(crate) fn sort_out(ingest: &mut Ingest<'_>, changed: &BTreeSet<(Kind, RecordId)>) -> Result<()> {
    let mut customers = BTreeSet::new();
    for (_, record) in changed.iter().filter(|(kind, _)| matches!(kind, Kind::Touch | Kind::Event)) {
        let document = ingest.tx().document(*record)?;
        let customer = document.as_ref().and_then(|document| document.fields.get("customer")).and_then(Scalar::as_text);
        customers.extend(customer.and_then(|id| id.parse::<CustomerId>().ok()));
    }
    customers.into_iter().try_for_each(|customer| sort_out_customer(ingest, customer))
}

fn sort_out_customer(ingest: &mut Ingest<'_>, customer: CustomerId) -> Result<()> {
    let events: Vec<(RecordId, Event)> = read(ingest.tx().of_customer(customer, Kind::Event)?)?;
    if events.is_empty() {
        return Ok(());
    }
    let touches: Vec<(RecordId, Touch)> = read(ingest.tx().of_customer(customer, Kind::Touch)?)?;
    let touches: Vec<(TouchId, Touch)> = touches.into_iter().map(|(id, touch)| (id.into(), touch)).collect();
    let config = ingest.config();
    let belong = result::belong(&config, &events, &touches);
    for (id, event) in &events {
        let Some(touch) = belong.get(id).filter(|touch| event.touch != Some(**touch)) else { continue };
        ingest.write(*id, &Fields::from([("touch".into(), touch.to_string().into())]))?;
        let proven = touches.iter().find(|(other, _)| other == touch).filter(|(_, made)| result::proves(&config, event, made));
        if proven.is_some() {
            let job = Job::Trace { event: *id, touch: *touch };
            jobs::schedule(ingest.tx(), &format!("trace/{id}/{touch}"), &job, ingest.now())?;
        }
    }
    Ok(())
}

/// Keeps an event as evidence of its touch: its bytes first, which can happen twice, then the record of them.
pub(crate) async fn keep(app: &App, event: RecordId, touch: TouchId) -> Result<Option<Kept>> {
    let found = app.store.read_async(move |tx| Ok((tx.document(event)?, tx.document(touch.into())?))).await?;
    let (Some(event), Some(made)) = found else { return Ok(None) };
    let Ok(event) = from_fields::<Event>(&event.fields) else { return Ok(None) };
    let Ok(made) = from_fields::<Touch>(&made.fields) else { return Ok(None) };
    // It was another touch's after all.
    if event.touch != Some(touch) {
        return Ok(None);
    }
    let bytes = text(&event).into_bytes();
    let mime = sniff::sniff(&mut std::io::Cursor::new(&bytes)).unwrap_or(Mime::Unknown).name();
    let kept = Kept { sha256: Hash::of(&bytes), size: bytes.len(), mime, event, touch, made };
    app.blobs.put(kept.sha256, bytes).await?;
    Ok(Some(kept))
}

/// An event whose bytes are kept.
pub(crate) struct Kept {
    sha256: Hash,
    size: usize,
    mime: &'static str,
    event: Event,
    touch: TouchId,
    made: Touch,
}

/// Makes the record of a kept event: one of each kind for a touch, however often something is downloaded.
pub(crate) fn attach(tx: &Tx<'_>, kept: &Kept, now: DateTime<Utc>) -> Result<()> {
    let Kept { sha256, size, mime, event, touch, made } = kept;
    let id = EvidenceId::derived(&format!("evidence/{touch}/{}", event.event));
    if tx.document(id.into())?.is_some() {
        return Ok(());
    }
    tx.add_blob(*sha256, *size as u64, now)?;
    let evidence = Evidence {
        author: made.author,
        device: tx.own_device()?,
        sha256: *sha256,
        size: *size as i64,
        mime: (*mime).into(),
        source: SOURCE.into(),
        captured_at: event.at,
        // No device claims it: this server is the witness, and what it saw is all there is.
        claim: *sha256,
        unreadable: None,
        flags: BTreeSet::new(),
        consent: None,
        look: None,
        touch: Some(*touch),
        customer: Some(made.customer),
        transcript: None,
        stored_at: Some(now),
    };
    let fields = evidence.to_new_fields().map_err(|error| Error::internal("evidence.encode", error))?;
    let mut ingest = Ingest::open(tx, now)?;
    ingest.write(id.into(), &fields)?;
    ingest.write((*touch).into(), &Fields::from([(format!("evidence/{id}"), Scalar::Bool(true))]))?;
    ingest.finish()?;
    tracing::info!(evidence = %id, %touch, "an outside event is kept as evidence");
    Ok(())
}

/// Whether evidence was kept from an event: the server itself has seen it.
pub(crate) fn is_kept(evidence: &Evidence) -> bool {
    evidence.source == SOURCE
}

/// A customer by id, outside id or exact name, if that is one and only one.
pub(crate) fn customer_meant(tx: &Tx<'_>, word: &str) -> Result<Option<CustomerId>> {
    let word = word.trim();
    if let Ok(id) = word.parse::<RecordId>()
        && tx.document(id)?.is_some_and(|document| document.kind == Kind::Customer)
    {
        return Ok(Some(id.into()));
    }
    let mut found = tx.customers_with_external_id(word)?;
    if found.is_empty() {
        found = tx.customers_named(word)?;
    }
    // What was merged into another one is that other one.
    found.retain(|customer| !customer.fields.contains_key("merged_into"));
    Ok(match found.as_slice() {
        [one] => Some(one.id.into()),
        _ => None,
    })
}

fn person_meant(ingest: &Ingest<'_>, word: &str) -> Option<PersonId> {
    let people = ingest.people();
    let mut meant = people.iter().filter(|(id, person)| person.name == word.trim() || id.to_string() == word.trim());
    match (meant.next(), meant.next()) {
        (Some((id, _)), None) => Some(*id),
        _ => None,
    }
}

/// The bytes that are kept of an event: always the same ones.
fn text(event: &Event) -> String {
    let Event { author, event: word, customer, at, system, external_id, thread, .. } = event;
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    json!({
        "system": system, "external_id": external_id, "event": word, "at": at,
        "customer": customer, "person": author, "thread": thread,
    })
    .to_string()
}

fn read<T: serde::de::DeserializeOwned>(documents: Vec<Document>) -> Result<Vec<(RecordId, T)>> {
    let read = |document: Document| from_fields::<T>(&document.fields).map(|record| (document.id, record));
    documents.into_iter().map(read).collect::<Result<_, _>>().map_err(|error| Error::internal("document.unreadable", error))
}
