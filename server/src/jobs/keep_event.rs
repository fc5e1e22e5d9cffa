//! Keeps an outside event as evidence of the touch it belongs to (M1).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chuda_evidence::{Mime, sniff};
use chuda_record::id::{EvidenceId, Hash, TouchId};
use chuda_record::kind::evidence::SEEN;
use chuda_record::{Error, Event, Evidence, Fields, Record as _, Result, Scalar, Touch, from_fields};
use serde_json::json;

use super::job::{Kind, Outcome, settle};
use crate::app::App;
use crate::reactions::{self, Trace};
use crate::store::{Payload as _, Taken, Tx};

pub(super) const KIND: Kind = Kind { name: Trace::KIND, always: false, work: |app, taken| Box::pin(trace(app, taken)) };

async fn trace(app: App, taken: Taken) -> Result<()> {
    let kept = keep(&app, Trace::read(&taken.payload)?).await?;
    let write = move |tx: &Tx<'_>, now| {
        kept.iter().try_for_each(|kept| attach(tx, kept, now))?;
        Ok(Outcome::Done)
    };
    settle(&app, &taken, write).await
}

/// Whether evidence was kept from an event: the server itself has seen it.
pub(crate) fn is_kept(evidence: &Evidence) -> bool {
    evidence.source == SEEN
}

struct Kept {
    sha256: Hash,
    size: usize,
    mime: &'static str,
    event: Event,
    touch: TouchId,
    made: Touch,
}

/// Keeps an event as evidence of its touch: its bytes first, which can happen twice, then the record of them.
async fn keep(app: &App, Trace { event, touch }: Trace) -> Result<Option<Kept>> {
    let found = app.store.read_async(move |tx| Ok((tx.document(event)?, tx.document(touch.into())?))).await?;
    let (Some(event), Some(made)) = found else { return Ok(None) };
    let Ok(event) = from_fields::<Event>(&event.fields) else { return Ok(None) };
    let Ok(made) = from_fields::<Touch>(&made.fields) else { return Ok(None) };
    // It was another touch's after all.
    if event.touch != Some(touch) {
        return Ok(None);
    }
    let bytes = text(&event).into_bytes();
    let mime = sniff::sniff(&mut std::io::Cursor::new(&bytes)).unwrap_or(Mime::Unknown).as_str();
    let kept = Kept { sha256: Hash::of(&bytes), size: bytes.len(), mime, event, touch, made };
    app.blobs.put(kept.sha256, bytes).await?;
    Ok(Some(kept))
}

/// Makes the record of a kept event: one of each kind for a touch, however often something is downloaded.
fn attach(tx: &Tx<'_>, kept: &Kept, now: DateTime<Utc>) -> Result<()> {
    let Kept { sha256, size, mime, event, touch, made } = kept;
    let id = EvidenceId::derived(&format!("evidence/{touch}/{}", event.event));
    let mut ingest = reactions::begin(tx, now)?;
    if ingest.has_made(id)? {
        return Ok(());
    }
    tx.add_blob(*sha256, *size as u64, now)?;
    tx.add_sender(*sha256, made.author, now)?;
    let evidence = Evidence {
        author: made.author,
        device: tx.own_device()?,
        sha256: *sha256,
        size: *size as i64,
        mime: (*mime).into(),
        source: SEEN.into(),
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
        lost_at: None,
    };
    let fields = evidence.to_new_fields().map_err(|error| Error::internal("evidence.encode", error))?;
    ingest.write(id.into(), &fields)?;
    ingest.write((*touch).into(), &Fields::from([(format!("evidence/{id}"), Scalar::Bool(true))]))?;
    ingest.finish()?;
    tracing::info!(evidence = %id, %touch, "an outside event is kept as evidence");
    Ok(())
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
