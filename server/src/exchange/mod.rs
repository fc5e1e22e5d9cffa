//! What a device's exchange does: takes in what the server lacks, hands out what the device lacks.

mod claims;
mod inbox;

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::wire::{DocumentChanges, Rejected, RejectedClaim, Request, Response, SignedClaim};

use crate::ingest::{self, Sender};
use crate::reactions;
use crate::store::{Device, Store};

/// Most blobs that one answer asks for again.
const MAX_WANTED: usize = 500;

/// Push and pull, each in a transaction of its own.
pub(crate) fn exchange(store: &Store, device: &Device, request: Request, now: DateTime<Utc>) -> Result<Response> {
    let mut response = Response { server_time: now.timestamp_millis(), ..Response::default() };
    let (pushed, claimed, version) = (request.changes.len(), request.claims.len(), request.answer_in());
    if pushed + claimed > 0 {
        let (refused, rejected_claims) = push(store, device, request.changes, &request.claims, now)?;
        let rejected = refused.iter().map(|(document, change, why)| Rejected::new(version, *document.as_bytes(), change.0, why));
        (response.rejected, response.rejected_claims) = (rejected.collect(), rejected_claims);
    }
    store.read(|tx| {
        inbox::pull(tx, device, request.epoch.as_deref(), request.cursor, &mut response)?;
        let wanted = tx.wanted_of(device.person, MAX_WANTED)?;
        response.wanted = (!wanted.is_empty()).then(|| wanted.into_iter().map(|hash| hash.0.into()).collect());
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
    claims: &[SignedClaim],
    now: DateTime<Utc>,
) -> Result<(Vec<ingest::Rejected>, Vec<RejectedClaim>)> {
    let incoming = ingest::parse(changes);
    store.write(|tx| {
        let mut ingest = reactions::begin(tx, now)?;
        let rejected = ingest.push(Sender { device: device.id, person: device.person }, incoming)?;
        let rejected_claims = claims::store(tx, device, claims, now)?;
        ingest.finish()?;
        Ok((rejected, rejected_claims))
    })
}
