//! Enrolment over HTTP: a request that is signed by the very key that it brings.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chuda_evidence::PublicKey;
use chuda_record::wire::api::{ENROL_PATH, Enrolled, Enrolment};
use chuda_words::keys;

use super::caller::Raw;
use super::problem::{Problem, ProblemBody, Result};
use crate::app::App;
use crate::enrolment::{self, Refused};

/// Longest code, and longest name of a platform.
const MAX_TEXT: usize = 64;

/// Enrols a device. Sent again after a lost answer, it gives the same answer.
#[utoipa::path(
    post,
    path = ENROL_PATH,
    tag = "device",
    request_body = Enrolment,
    security(("device" = [])),
    responses(
        (status = 200, description = "Enrolled", body = Enrolled),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not signed by the key it brings, or the clock is off", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The code is wrong, used or expired", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The device is enrolled otherwise", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn enrol(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    raw: Raw,
) -> Result<Json<Enrolled>> {
    let now = app.now();
    let enrolment: Enrolment = serde_json::from_slice(&raw.body).map_err(|_| Problem::invalid(keys::ENROL_MALFORMED))?;
    if enrolment.code.len() > MAX_TEXT || enrolment.platform.as_ref().is_some_and(|platform| platform.len() > MAX_TEXT) {
        return Err(Problem::invalid(keys::ENROL_MALFORMED));
    }
    let no_key = || Problem::new(StatusCode::UNAUTHORIZED, keys::ENROL_PUBLIC_KEY);
    let public_key = BASE64.decode(&enrolment.public_key).map_err(|_| no_key())?;
    let key = PublicKey::from_spki(&public_key).map_err(|_| no_key())?;
    let claimed = raw.claimed()?;
    claimed.verify(&key, now)?;
    if claimed.device != enrolment.device {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, keys::SIGNATURE_MISMATCH));
    }
    let address = address.ip().to_string();
    let outcome = app.store.write_async(move |tx| enrolment::enrol(tx, &enrolment, public_key, &address, now)).await?;
    outcome.map(Json).map_err(problem)
}

fn problem(refused: Refused) -> Problem {
    let status = match refused {
        Refused::CodeWrong | Refused::CodeUsed | Refused::CodeExpired => StatusCode::FORBIDDEN,
        Refused::DeviceKnown => StatusCode::CONFLICT,
        Refused::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
    };
    Problem::new(status, refused.key())
}
