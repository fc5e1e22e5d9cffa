//! The exchange over HTTP: the body within its bounds, a few at a time.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chuda_record::wire::{self, BodyError, CONTENT_TYPE, MAX_CHANGES, Request, SYNC_PATH};
use chuda_words::keys;

use super::caller::{Signed, text};
use super::problem::{Problem, ProblemBody, Result};
use crate::app::App;
use crate::exchange;

/// Push and pull in one round trip. Bodies are CBOR, compressed with zstd; the request is signed by the device's key.
#[utoipa::path(
    post,
    path = SYNC_PATH,
    tag = "device",
    request_body(content = Vec<u8>, content_type = CONTENT_TYPE),
    security(("device" = [])),
    responses(
        (status = 200, description = "What was refused, and what the device lacks", body = Vec<u8>, content_type = CONTENT_TYPE),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not signed by an enrolled device, or the clock is off", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes or changes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another content type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 426, description = "Another version of the protocol", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "The device has taken more than a minute's share: again after `Retry-After` seconds", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn sync(State(app): State<App>, signed: Signed) -> Result<Response> {
    if text(&signed.headers, "content-type") != CONTENT_TYPE {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, keys::SYNC_CONTENT_TYPE));
    }
    // A body can be 32 MiB once decompressed: a few at a time keep memory bounded.
    let _turn = app.exchanges.acquire().await.map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, keys::SERVER_STOPPING))?;
    let worked = app.clone();
    let answered = tokio::task::spawn_blocking(move || {
        let (request, now) = (decode(&signed.body)?, worked.now());
        let (response, writing) = exchange::exchange(&worked.store, &signed.device, request, now)?;
        worked.quotas.add_writing(&signed.device.id.to_string(), writing, now);
        Ok::<_, Problem>(wire::encode(&response))
    });
    let body = answered.await.map_err(|error| chuda_record::Error::internal("task.failed", error))??;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], body).into_response())
}

fn decode(body: &[u8]) -> Result<Request> {
    let request: Request = wire::decode(body).map_err(|error| match error {
        BodyError::TooLarge => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, keys::SYNC_TOO_LARGE),
        BodyError::Malformed => Problem::invalid(keys::SYNC_MALFORMED),
    })?;
    if !(wire::OLDEST..=wire::VERSION).contains(&request.version) {
        return Err(Problem::new(StatusCode::UPGRADE_REQUIRED, keys::SYNC_VERSION).with("version", wire::VERSION));
    }
    let consents = request.consents.as_ref().map_or(0, Vec::len);
    if !wire::are_within_bounds(&request.changes) || request.claims.len().max(consents) > MAX_CHANGES {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, keys::SYNC_TOO_MANY_CHANGES).with("most", MAX_CHANGES));
    }
    Ok(request)
}
