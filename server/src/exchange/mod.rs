//! What a device's exchange does: takes in what the server lacks, hands out what the device lacks.

mod claims;
mod consents;
mod inbox;

use chrono::{DateTime, Utc};
use chuda_record::wire::{ConsentNote, DocumentChanges, Rejected, RejectedClaim, Request, Response, SignedClaim};
use chuda_record::{Error, ErrorKind, Result};
use chuda_words::keys;

use crate::ingest::{self, Sender};
use crate::reactions;
use crate::store::{Device, Standing, Store, Tx};

/// Push and pull, each in a transaction of its own.
pub(crate) fn exchange(store: &Store, device: &Device, request: Request, now: DateTime<Utc>) -> Result<Response> {
    let mut response = Response { server_time: now.timestamp_millis(), ..Response::default() };
    let (pushed, claimed, version) = (request.changes.len(), request.claims.len(), request.answer_in());
    let notes = request.consents.unwrap_or_default();
    if pushed + claimed + notes.len() > 0 {
        let (refused, rejected_claims, heard) = push(store, device, request.changes, (&request.claims, &notes), now)?;
        response.consents = (!notes.is_empty()).then_some(heard);
        let rejected = refused.iter().map(|(document, change, why)| Rejected::new(version, *document.as_bytes(), change.0, why));
        (response.rejected, response.rejected_claims) = (rejected.collect(), rejected_claims);
    }
    store.read(|tx| {
        still(tx, device, now)?;
        match device.left {
            // Whoever has left reads nothing: only what was recorded before is taken.
            Some(_) => (response.epoch, response.cursor) = (tx.epoch()?, request.cursor),
            None => inbox::pull(tx, device, request.epoch.as_deref(), request.cursor, &mut response)?,
        }
        Ok(())
    })?;
    tracing::info!(device = %device.id, pushed, claimed, refused = response.rejected.len(), pulled = response.changes.len(), "exchange");
    Ok(response)
}

/// Takes in what a device sends, with everything that follows from it, and says what was refused.
pub(crate) fn push(
    store: &Store,
    device: &Device,
    changes: Vec<DocumentChanges>,
    (claims, consents): (&[SignedClaim], &[ConsentNote]),
    now: DateTime<Utc>,
) -> Result<(Vec<ingest::Rejected>, Vec<RejectedClaim>, u32)> {
    let incoming = ingest::parse(changes);
    store.write(|tx| {
        still(tx, device, now)?;
        let mut ingest = reactions::begin(tx, now)?;
        let rejected = ingest.push(Sender { device: device.id, person: device.person, left: device.left }, incoming)?;
        let heard = consents::store(tx, device, consents, now)?;
        let rejected_claims = claims::store(tx, device, claims, now)?;
        ingest.finish()?;
        Ok((rejected, rejected_claims, heard))
    })
}

/// Refuses a device whose standing has changed since its signature was checked.
fn still(tx: &Tx<'_>, device: &Device, now: DateTime<Utc>) -> Result<()> {
    let expected = device.left.map_or(Standing::Present, Standing::Left);
    let standing = tx.device(device.id)?.map(|row| row.standing(now));
    if standing == Some(expected) { Ok(()) } else { Err(Error::new(ErrorKind::NotAllowed, keys::DEVICE_REVOKED)) }
}
