//! Enrolment: a one-time code turns a device's key into a person's device.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::Kind;
use chuda_record::Result;
use chuda_record::id::{DeviceId, Hash, PersonId};
use chuda_record::wire::ENROL_PATH;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::audit::{self, Act, By, Verb};
use crate::caller::{Raw, verifying_key};
use crate::problem::{Problem, ProblemBody};
use crate::store::{DeviceRow, Tx};

/// How long a code can be used.
pub(crate) const CODE_LIFETIME: TimeDelta = TimeDelta::days(7);
/// Failed attempts are counted over this time.
const FAILURE_WINDOW: TimeDelta = TimeDelta::minutes(10);
/// How many failures one address has in that time, and all together.
const MAX_FAILURES: (u32, u32) = (20, 1_000);
/// Letters and digits that nobody takes for another: no 0 O 1 I L U.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 30^10 is 49 bits: out of reach for somebody who has a thousand tries in ten minutes.
const CODE_LENGTH: usize = 10;

/// What a device sends to enrol. The request is signed with the key it brings.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Enrolment {
    /// The code, as the admin handed it out; case and dashes do not matter.
    #[schema(max_length = 64)]
    pub(crate) code: String,
    /// The installation, a UUID.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) device: DeviceId,
    /// `SubjectPublicKeyInfo` of a P-256 key, in base64.
    #[schema(max_length = 256)]
    pub(crate) public_key: String,
    /// Such as `android`.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub(crate) platform: Option<String>,
}

/// Who the device belongs to from now on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Enrolled {
    /// The person's id.
    #[schema(value_type = uuid::Uuid)]
    person: PersonId,
    /// The person's name.
    name: String,
    /// The person's roles.
    roles: Vec<String>,
    /// The server's clock, milliseconds since 1970.
    server_time: i64,
}

/// Enrols a device. Sent again after a lost answer, it gives the same answer.
#[utoipa::path(
    post,
    path = "/enrol",
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
pub(crate) async fn enrol(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    raw: Raw,
) -> Result<Json<Enrolled>, Problem> {
    let now = app.now();
    let enrolment: Enrolment = serde_json::from_slice(&raw.body).map_err(|_| Problem::invalid("enrol.malformed"))?;
    if enrolment.code.len() > 64 || enrolment.platform.as_ref().is_some_and(|platform| platform.len() > 64) {
        return Err(Problem::invalid("enrol.malformed"));
    }
    let no_key = || Problem::new(StatusCode::UNAUTHORIZED, "enrol.public_key");
    let public_key = BASE64.decode(&enrolment.public_key).map_err(|_| no_key())?;
    let key = verifying_key(&public_key).ok_or_else(no_key)?;
    let claimed = raw.claimed()?;
    claimed.verify(&key, now)?;
    if claimed.device != enrolment.device {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "signature.mismatch"));
    }
    let address = address.ip().to_string();
    let outcome = app.store.write_async(move |tx| carry_out(tx, &enrolment, public_key, &address, now)).await?;
    outcome.map(Json)
}

/// Enrols a device whose request has been checked.
pub(crate) fn carry_out(
    tx: &Tx<'_>,
    enrolment: &Enrolment,
    public_key: Vec<u8>,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Result<Enrolled, Problem>> {
    let since = (now - FAILURE_WINDOW).timestamp_millis();
    tx.forget_enrol_failures(since)?;
    let (here, everywhere) = tx.enrol_failures(address, since)?;
    if here >= MAX_FAILURES.0 || everywhere >= MAX_FAILURES.1 {
        return Ok(Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "enrol.too_many_attempts")));
    }
    let refused = |key: &'static str| {
        tx.add_enrol_failure(address, now.timestamp_millis())?;
        tracing::warn!(key, "enrolment refused");
        Ok(Err(Problem::new(StatusCode::FORBIDDEN, key)))
    };
    let hash = code_hash(&enrolment.code);
    let Some(code) = tx.code(hash)? else { return refused("enrol.code_wrong") };
    let people = tx.people()?;
    let Some(person) = people.get(&code.person).filter(|person| !person.left) else { return refused("enrol.code_wrong") };
    let answer = Enrolled {
        person: code.person,
        name: person.name.clone(),
        roles: person.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        server_time: now.timestamp_millis(),
    };
    match (tx.device(enrolment.device)?, code.used_by) {
        // The answer was lost, and the device asks again.
        (Some(known), Some(used_by)) if used_by == known.id && known.public_key == public_key && known.revoked_at.is_none() => {
            Ok(Ok(answer))
        }
        (_, Some(_)) => refused("enrol.code_used"),
        (Some(_), None) => Ok(Err(Problem::new(StatusCode::CONFLICT, "enrol.device_known"))),
        (None, None) if code.expires_at <= now.timestamp_millis() => refused("enrol.code_expired"),
        (None, None) => {
            let first = !tx.people_with_device()?.contains(&code.person);
            tx.use_code(hash, enrolment.device)?;
            tx.add_device(&DeviceRow {
                id: enrolment.device,
                person: code.person,
                public_key,
                platform: enrolment.platform.clone(),
                enrolled_at: now.timestamp_millis(),
                revoked_at: None,
            })?;
            let by = By::device(code.person, enrolment.device);
            audit::log(tx, now, &by, Act::new(Verb::Enrolled).on(code.person, Kind::Person))?;
            if first {
                tx.fill_inbox(code.person)?;
            }
            tracing::info!(device = %enrolment.device, person = %code.person, path = ENROL_PATH, "device enrolled");
            Ok(Ok(answer))
        }
    }
}

/// A new code, in two groups that are easy to read out.
pub(crate) fn new_code() -> Result<String> {
    let mut code = String::with_capacity(CODE_LENGTH + 1);
    while code.len() < CODE_LENGTH + 1 {
        let [byte] = crate::random::bytes::<1>()?;
        // 240 is the largest multiple of 30 below 256: every letter is equally likely.
        if byte < 240 {
            code.push(ALPHABET[usize::from(byte) % ALPHABET.len()].into());
            if code.len() == CODE_LENGTH / 2 {
                code.push('-');
            }
        }
    }
    Ok(code)
}

/// What is kept of a code. It has enough entropy not to need salt.
pub(crate) fn code_hash(code: &str) -> Hash {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    Hash::of(plain.as_bytes())
}
