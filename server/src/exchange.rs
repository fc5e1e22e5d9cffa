//! The sync exchange: push what the server lacks, pull what the device lacks, in one request.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response as HttpResponse};
use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::RecordId;
use chuda_record::wire::{
    self, BodyError, CONTENT_TYPE, DocumentChanges, MAX_CHANGES, Rejected, RejectedClaim, Request, Response, SignedClaim,
};
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use crate::app::App;
use crate::caller::{Device, Signed, text};
use crate::claims;
use crate::ingest::{self, Ingest, Sender};
use crate::problem::{Problem, ProblemBody};
use crate::stores::{Store, Tx};

/// Most bytes of changes in one answer; a single larger change goes alone.
const MAX_PULL_BYTES: usize = 4 * 1024 * 1024;

/// Push and pull in one round trip. Bodies are CBOR, compressed with zstd; the request is signed by the device's key.
#[utoipa::path(
    post,
    path = "/sync",
    tag = "device",
    request_body(content = Vec<u8>, content_type = "application/vnd.chuda.sync+cbor-zstd"),
    security(("device" = [])),
    responses(
        (status = 200, description = "What was refused, and what the device lacks", body = Vec<u8>, content_type = "application/vnd.chuda.sync+cbor-zstd"),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not signed by an enrolled device, or the clock is off", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes or changes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another content type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 426, description = "Another version of the protocol", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn sync(State(app): State<App>, signed: Signed) -> Result<HttpResponse, Problem> {
    if text(&signed.headers, "content-type") != CONTENT_TYPE {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "sync.content_type"));
    }
    // A body can be 32 MiB once decompressed: a few at a time keep memory bounded.
    let _turn = app.exchanges.acquire().await.map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "server.stopping"))?;
    let (store, now) = (app.store.clone(), app.now());
    let answered = tokio::task::spawn_blocking(move || {
        let request = decode(&signed.body)?;
        let response = exchange(&store, &signed.device, request, now)?;
        Ok::<_, Problem>(wire::encode(&response))
    });
    let body = answered.await.map_err(|error| chuda_record::Error::internal("task.failed", error))??;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response())
}

fn decode(body: &[u8]) -> Result<Request, Problem> {
    let request: Request = wire::decode(body).map_err(|error| match error {
        BodyError::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "sync.too_large"),
        BodyError::Malformed => Problem::invalid("sync.malformed"),
    })?;
    if !(wire::OLDEST..=wire::VERSION).contains(&request.version) {
        return Err(Problem::new(StatusCode::UPGRADE_REQUIRED, "sync.version").with("version", wire::VERSION));
    }
    let changes: usize = request.changes.iter().map(|document| document.changes.len()).sum();
    if changes.max(request.changes.len()).max(request.claims.len()) > MAX_CHANGES {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "sync.too_many_changes").with("most", MAX_CHANGES));
    }
    Ok(request)
}

fn exchange(store: &Store, device: &Device, request: Request, now: DateTime<Utc>) -> Result<Response> {
    let mut response = Response { server_time: now.timestamp_millis(), ..Response::default() };
    let (pushed, claimed, version) = (request.changes.len(), request.claims.len(), request.answer_in());
    if pushed + claimed > 0 {
        let (refused, rejected_claims) = push(store, device, request.changes, &request.claims, now)?;
        let rejected = refused.iter().map(|(document, change, why)| Rejected::new(version, *document.as_bytes(), change.0, why));
        (response.rejected, response.rejected_claims) = (rejected.collect(), rejected_claims);
    }
    store.read(|tx| pull(tx, device, request.epoch.as_deref(), request.cursor, &mut response))?;
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
        let mut ingest = Ingest::open(tx, now)?;
        let rejected = ingest.push(Sender { device: device.id, person: device.person }, incoming)?;
        let rejected_claims = claims::store(tx, device, claims, now)?;
        ingest.finish()?;
        Ok((rejected, rejected_claims))
    })
}

/// Fills the answer from the person's inbox.
fn pull(tx: &Tx<'_>, device: &Device, epoch: Option<&[u8]>, cursor: u64, response: &mut Response) -> Result<()> {
    response.epoch = tx.epoch()?;
    // A cursor of another epoch says nothing here: the device gets everything again.
    let cursor = if epoch == Some(&response.epoch) { cursor } else { 0 };
    let head = tx.inbox_head(device.person)?;
    let (mut rows, mut bytes) = (0, 0);
    let mut places: BTreeMap<RecordId, usize> = BTreeMap::new();
    let mut sent = BTreeSet::new();
    let mut purged = BTreeSet::new();
    response.cursor = head.max(cursor);
    let mut last = cursor;
    tx.undelivered(device.person, device.id, cursor, |delivery| {
        let size = delivery.change.as_ref().map_or(16, |(_, bytes)| bytes.len());
        if rows == MAX_CHANGES || (rows > 0 && bytes + size > MAX_PULL_BYTES) {
            response.more = true;
            response.cursor = last;
            return false;
        }
        (rows, bytes, last) = (rows + 1, bytes + size, delivery.seq);
        match delivery.change {
            None => drop(purged.insert(delivery.document)),
            // What was given, taken and given again stands twice in the inbox.
            Some((number, _)) if !sent.insert(number) => {}
            Some((_, bytes)) => {
                let place = match places.entry(delivery.document) {
                    Entry::Occupied(place) => *place.get(),
                    Entry::Vacant(place) => {
                        response.changes.push(DocumentChanges { document: *delivery.document.as_bytes(), changes: Vec::new() });
                        *place.insert(response.changes.len() - 1)
                    }
                };
                response.changes[place].changes.push(bytes.into());
            }
        }
        true
    })?;
    response.purged = purged.into_iter().map(|document| (*document.as_bytes()).into()).collect();
    Ok(())
}
