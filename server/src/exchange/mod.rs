//! What a device's exchange does: takes in what the server lacks, hands out what the device lacks.

mod claims;
mod consents;
mod inbox;

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use chuda_record::wire::{ConsentNote, DocumentChanges, Rejected, RejectedClaim, Request, Response, SignedClaim};
use chuda_record::{Error, ErrorKind, Result};
use chuda_words::keys;

use crate::ingest::{self, Sender};
use crate::reactions;
use crate::store::{Device, Standing, Store, Tx};

/// Most blobs that one answer asks for again.
const MAX_WANTED: usize = 500;
/// Documents that are written in one transaction. A push of more gives the writer back in between, so that others get their turn: its
/// parts are what smaller exchanges would have brought.
const DOCUMENTS_OF_A_TURN: usize = 500;
/// How long the writer is left to whoever waits for it.
const BETWEEN_TURNS: Duration = Duration::from_millis(2);

/// What became of what a device sent.
pub(crate) struct Pushed {
    pub(crate) refused: Vec<ingest::Rejected>,
    pub(crate) refused_claims: Vec<RejectedClaim>,
    /// How many of the consents have been heard.
    pub(crate) heard: u32,
    /// How long nobody else could write for it.
    pub(crate) writing: Duration,
}

/// Push and pull, each in transactions of its own; and how long nobody else could write for it.
pub(crate) fn exchange(store: &Store, device: &Device, request: Request, now: DateTime<Utc>) -> Result<(Response, Duration)> {
    let mut response = Response { server_time: now.timestamp_millis(), ..Response::default() };
    let (pushed, claimed, version) = (request.changes.len(), request.claims.len(), request.answer_in());
    let mut writing = Duration::ZERO;
    let notes = request.consents.unwrap_or_default();
    if pushed + claimed + notes.len() > 0 {
        let pushed = push(store, device, request.changes, (&request.claims, &notes), now)?;
        response.consents = (!notes.is_empty()).then_some(pushed.heard);
        let rejected =
            pushed.refused.iter().map(|(document, change, why)| Rejected::new(version, *document.as_bytes(), change.0, why));
        (response.rejected, response.rejected_claims) = (rejected.collect(), pushed.refused_claims);
        writing = pushed.writing;
    }
    // What a device has sent itself it has, unless it says otherwise.
    let origin = (request.again != Some(true)).then_some(device.id);
    store.read(|tx| {
        still(tx, device, now)?;
        match device.left {
            // Whoever has left reads nothing: only what was recorded before is taken.
            Some(_) => (response.epoch, response.cursor) = (tx.epoch()?, request.cursor),
            None => inbox::pull(tx, (device.person, origin), request.epoch.as_deref(), request.cursor, &mut response)?,
        }
        let wanted = tx.wanted_of(device.person, MAX_WANTED)?;
        response.wanted = (!wanted.is_empty()).then(|| wanted.into_iter().map(|hash| hash.0.into()).collect());
        Ok(())
    })?;
    tracing::info!(device = %device.id, pushed, claimed, refused = response.rejected.len(), pulled = response.changes.len(), "exchange");
    Ok((response, writing))
}

/// Takes in what a device sends, with everything that follows from it, and says what was refused.
pub(crate) fn push(
    store: &Store,
    device: &Device,
    changes: Vec<DocumentChanges>,
    (claims, consents): (&[SignedClaim], &[ConsentNote]),
    now: DateTime<Utc>,
) -> Result<Pushed> {
    let mut incoming = ingest::parse(changes);
    let mut pushed = Pushed { refused: Vec::new(), refused_claims: Vec::new(), heard: 0, writing: Duration::ZERO };
    loop {
        let rest = incoming.split_off(incoming.len().min(DOCUMENTS_OF_A_TURN));
        let mut began = Instant::now();
        store.write(|tx| {
            began = Instant::now();
            still(tx, device, now)?;
            let mut ingest = reactions::begin(tx, now)?;
            pushed.refused.extend(ingest.push(Sender { device: device.id, person: device.person, left: device.left }, incoming)?);
            if rest.is_empty() {
                pushed.heard = consents::store(tx, device, consents, now)?;
                pushed.refused_claims = claims::store(tx, device, claims, now)?;
            }
            ingest.finish()
        })?;
        pushed.writing += began.elapsed();
        if rest.is_empty() {
            return Ok(pushed);
        }
        incoming = rest;
        std::thread::sleep(BETWEEN_TURNS);
    }
}

/// Refuses a device whose standing has changed since its signature was checked.
fn still(tx: &Tx<'_>, device: &Device, now: DateTime<Utc>) -> Result<()> {
    let expected = device.left.map_or(Standing::Present, Standing::Left);
    let standing = tx.device(device.id)?.map(|row| row.standing(now));
    if standing == Some(expected) { Ok(()) } else { Err(Error::new(ErrorKind::NotAllowed, keys::DEVICE_REVOKED)) }
}
