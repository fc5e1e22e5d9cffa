//! Who sends a request: a device by its signature, another system by its token.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chuda_evidence::PublicKey;
use chuda_evidence::signature::{self, COVERED, Claimed, Headers, SignatureError, Target};
use chuda_record::id::{Hash, PersonId};
use chuda_record::time::from_millis;
use chuda_record::wire::MAX_BODY_BYTES;
use chuda_words::keys;

use super::connections::{Known, Line};
use super::problem::{Problem, Result};
use crate::admin::{TokenState, state_of};
use crate::app::App;
use crate::audit;
use crate::scope::Scope;
use crate::store::{Device, Standing, Tx};

/// Most bytes of a body in JSON.
const MAX_JSON_BYTES: usize = 64 * 1024;
/// How long a body may take to arrive, uploads apart.
const BODY_TIME: Duration = Duration::from_mins(1);
/// How exactly it is kept when a token was last used: a request costs a write at most this often.
const LAST_USE: TimeDelta = TimeDelta::hours(1);

/// What each request that may write counts for, whatever it writes: a disk takes that long to be sure of something.
const WRITES_AT_LEAST: Duration = Duration::from_millis(5);

/// A request with its whole body, not checked yet.
pub(crate) struct Raw {
    parts: Parts,
    pub(crate) body: Bytes,
}

/// A request signed by an enrolled device, with its body. The device may be of somebody who has left and only sends what was recorded before.
pub(crate) struct Signed {
    pub(crate) device: Device,
    pub(crate) once: Once,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A signed request whose body is taken piece by piece.
///
/// The digest of the body is signed but not compared: an upload keeps what arrived before the line was cut, so there is never a
/// moment at which a piece is known to be whole. The hash of the finished blob says whether the bytes are right.
pub(crate) struct SignedStream {
    pub(crate) device: Device,
    once: Once,
    pub(crate) headers: HeaderMap,
    pub(crate) body: axum::body::Body,
}

/// What tells a signed request from every other, and until when it could be sent again and be believed.
#[derive(Clone, Copy)]
pub(crate) struct Once {
    mark: Option<Hash>,
    until: DateTime<Utc>,
}

/// Who asks the API, and what came with it: a body of at most so many bytes.
pub(crate) struct Called<const MOST: usize = MAX_JSON_BYTES> {
    pub(crate) caller: Caller,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Whoever asks the API: a person through a device, or another system with a token.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// As whom; none: a token that belongs to no person and may read everybody's records.
    pub(crate) person: Option<PersonId>,
    /// What it asks with, for the log.
    pub(crate) via: String,
    /// Whether that person audits: reads everything, writes nothing.
    auditor: bool,
    scopes: Option<Vec<Scope>>,
}

impl Caller {
    /// Refuses a token without this scope, and one of a person for what only another system can know.
    pub(crate) fn need(&self, scope: Scope) -> Result<()> {
        match &self.scopes {
            Some(_) if scope.is_of_systems() && self.person.is_some() => {
                Err(Problem::new(StatusCode::FORBIDDEN, keys::TOKEN_OF_PERSON))
            }
            Some(scopes) if !scopes.contains(&scope) => {
                Err(Problem::new(StatusCode::FORBIDDEN, keys::TOKEN_SCOPE).with("scope", scope.as_str()))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a phone: what only another system can know.
    pub(crate) fn need_token(&self) -> Result<()> {
        if self.scopes.is_some() { Ok(()) } else { Err(Problem::new(StatusCode::FORBIDDEN, keys::TOKEN_NEEDED)) }
    }

    /// Only what this person may read is shown; none: everything is.
    pub(crate) fn reader(&self) -> Option<PersonId> {
        self.person.filter(|_| !self.auditor)
    }

    /// The name of the token that asks; a device has none, and an auditor's does nothing but read.
    pub(crate) fn token(&self) -> Result<&str> {
        if self.auditor {
            return Err(reads_only());
        }
        self.via.strip_prefix("token ").ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, keys::TOKEN_NEEDED))
    }

    /// As whom the caller writes; an auditor and a token that belongs to nobody don't.
    pub(crate) fn writer(&self) -> Result<PersonId> {
        if self.auditor {
            return Err(reads_only());
        }
        self.person.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, keys::TOKEN_NO_PERSON))
    }
}

/// Refuses an auditor's device.
pub(super) fn need_writer(device: &Device) -> Result<()> {
    if device.auditor { Err(reads_only()) } else { Ok(()) }
}

impl Raw {
    /// The signature that the request claims to have, its body checked against its digest.
    pub(crate) fn claimed(&self) -> Result<Claimed> {
        let covered = covered(&self.parts.headers);
        Ok(signature::parse(target(&self.parts, &covered), &self.body, &signature_headers(&self.parts.headers)?)?)
    }
}

impl Once {
    /// Refuses the request if it was made before: of what is not harmless to do again, whoever has overheard it may not ask.
    pub(super) async fn note(self, app: &App) -> Result<()> {
        let (Self { mark: Some(mark), until }, now) = (self, app.now()) else { return Ok(()) };
        let first = app.store.write_async(move |tx| tx.is_first(mark, until, now)).await?;
        if first { Ok(()) } else { Err(Problem::new(StatusCode::UNAUTHORIZED, keys::SIGNATURE_REPLAYED)) }
    }
}

impl FromRequest<App> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let (parts, body) = request.into_parts();
        Ok(Self { parts, body: read(body, MAX_JSON_BYTES).await? })
    }
}

impl SignedStream {
    /// Takes the whole body and compares it with its digest, which the signature covers.
    async fn whole(self, most: usize, app: &App) -> Result<Signed> {
        let Self { device, once, headers, body } = self;
        let body = read(body, most).await?;
        app.quotas.add_bytes(&device.id.to_string(), body.len(), app.now());
        if signature::content_digest(&body) != text(&headers, "content-digest") {
            return Err(SignatureError::Digest.into());
        }
        Ok(Signed { device, once, headers, body })
    }
}

impl FromRequest<App> for Signed {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        // A stranger is sent away before the body is read.
        SignedStream::from_request(request, app).await?.whole(MAX_BODY_BYTES, app).await
    }
}

impl FromRequest<App> for SignedStream {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let covered = covered(&parts.headers);
        let claimed = signature::parse_streamed(target(&parts, &covered), &signature_headers(&parts.headers)?)?;
        let (now, once) = (app.now(), Once { mark: claimed.mark(), until: claimed.good_until() });
        let device = app.store.read_async(move |tx| Ok(signer(tx, &claimed, now))).await??;
        let known = if device.left.is_some() { Known::Leaving } else { Known::Device };
        Line::belongs_to(&parts.extensions, known(device.id));
        let caller = device.id.to_string();
        app.quotas.check(&caller, now)?;
        if !parts.method.is_safe() {
            app.quotas.add_writing(&caller, WRITES_AT_LEAST, now);
        }
        Ok(Self { device, once, headers: parts.headers, body })
    }
}

impl<const MOST: usize> FromRequest<App> for Called<MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        // Here too a stranger is sent away before the body is read.
        if let Some(bearer) = request.headers().get(header::AUTHORIZATION) {
            let (hash, caller) = by_token(app, bearer.to_str().unwrap_or_default()).await?;
            let (parts, body) = request.into_parts();
            Line::belongs_to(&parts.extensions, Known::Token(hash));
            app.quotas.check(&caller.via, app.now())?;
            if !parts.method.is_safe() {
                app.quotas.add_writing(&caller.via, WRITES_AT_LEAST, app.now());
            }
            let body = read(body, MOST).await?;
            app.quotas.add_bytes(&caller.via, body.len(), app.now());
            if !body.is_empty() {
                let now = app.now();
                app.store.read_async(move |tx| Ok(bearer_of(tx, hash, now).map(drop))).await??;
            }
            return Ok(Self { caller, headers: parts.headers, body });
        }
        if !request.headers().contains_key("signature") {
            return Err(unauthenticated(keys::TOKEN_UNKNOWN));
        }
        let is_safe = request.method().is_safe();
        let Signed { device, once, headers, body } = SignedStream::from_request(request, app).await?.whole(MOST, app).await?;
        let caller = by_device(&device)?;
        // A body may take a minute: whoever has left meanwhile is not served.
        if !body.is_empty() {
            let (id, now) = (device.id, app.now());
            let row = app.store.read_async(move |tx| tx.device(id)).await?;
            if row.is_none_or(|row| row.standing(now) != Standing::Present) {
                return Err(Problem::new(StatusCode::FORBIDDEN, keys::DEVICE_REVOKED));
            }
        }
        if !is_safe {
            once.note(app).await?;
        }
        Ok(Self { caller, headers, body })
    }
}

/// The caller that a token stands for.
async fn by_token(app: &App, authorization: &str) -> Result<(Hash, Caller)> {
    let token = authorization.strip_prefix("Bearer ").ok_or_else(|| unauthenticated(keys::TOKEN_UNKNOWN))?;
    let (hash, now) = (Hash::of(token.as_bytes()), app.now());
    let (caller, used_at) = app.store.read_async(move |tx| Ok(bearer_of(tx, hash, now))).await??;
    if used_at.is_none_or(|at| (now - from_millis(at)).abs() >= LAST_USE) {
        let noted = app.store.write_async(move |tx| tx.use_token(hash, now.timestamp_millis())).await;
        // What can be read is answered also when nothing can be written.
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a token could not be noted");
        }
    }
    Ok((hash, caller))
}

/// Whom a token stands for, as long as it holds, and when its use was noted last.
fn bearer_of(tx: &Tx<'_>, hash: Hash, now: DateTime<Utc>) -> Result<(Caller, Option<i64>)> {
    let row = tx.token(hash)?.ok_or_else(|| unauthenticated(keys::TOKEN_UNKNOWN))?;
    match state_of(tx, &row, now)? {
        TokenState::Valid => {}
        TokenState::Revoked => return Err(unauthenticated(keys::TOKEN_REVOKED)),
        TokenState::Expired => {
            let at = row.expires_at.map(|at| from_millis(at).to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
            return Err(unauthenticated(keys::TOKEN_EXPIRED).with("expires_at", at));
        }
    }
    let auditor = row.person.map_or(Ok(false), |person| audit::is_auditor(tx, person))?;
    let scopes = Some(Scope::parse_all(&row.scopes));
    Ok((Caller { person: row.person, via: format!("token {}", row.name), auditor, scopes }, row.used_at))
}

fn by_device(device: &Device) -> Result<Caller> {
    if device.left.is_some() {
        return Err(Problem::new(StatusCode::FORBIDDEN, keys::DEVICE_LEFT));
    }
    let via = format!("device {}", device.id);
    Ok(Caller { person: Some(device.person), via, auditor: device.auditor, scopes: None })
}

/// A header's text; empty when it is not there or not text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The device whose signature a request bears.
fn signer(tx: &Tx<'_>, claimed: &Claimed, now: DateTime<Utc>) -> Result<Device> {
    let unknown = || Problem::new(StatusCode::UNAUTHORIZED, keys::DEVICE_UNKNOWN);
    let row = tx.device(claimed.device)?.ok_or_else(unknown)?;
    let key = PublicKey::from_spki(&row.public_key).map_err(|_| unknown())?;
    claimed.verify(&key, now)?;
    let left = match row.standing(now) {
        Standing::Present => None,
        Standing::Left(at) => Some(at),
        Standing::Revoked => return Err(Problem::new(StatusCode::FORBIDDEN, keys::DEVICE_REVOKED)),
    };
    let auditor = audit::is_auditor(tx, row.person)?;
    Ok(Device { id: row.id, person: row.person, public_key: row.public_key, auditor, left })
}

async fn read(body: axum::body::Body, most: usize) -> Result<Bytes> {
    let too_slow = || Problem::new(StatusCode::REQUEST_TIMEOUT, keys::BODY_TOO_SLOW);
    let too_large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, keys::BODY_TOO_LARGE).with("most", most);
    let whole = tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, most)).await.map_err(|_| too_slow())?;
    whole.map_err(|_| too_large())
}

fn target<'a>(parts: &'a Parts, headers: &'a [(&'static str, String)]) -> Target<'a> {
    Target { method: parts.method.as_str(), path: parts.uri.path(), query: parts.uri.query().unwrap_or_default(), headers }
}

/// The headers that a signature covers. One that is there twice counts with both values, as RFC 9421 has it.
fn covered(headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let all = |name| headers.get_all(name).iter().filter_map(|value| Some(value.to_str().ok()?.trim())).collect::<Vec<_>>();
    COVERED.into_iter().map(|name| (name, all(name).join(", "))).filter(|(name, _)| headers.contains_key(*name)).collect()
}

fn signature_headers(headers: &HeaderMap) -> Result<Headers> {
    let missing = || Problem::new(StatusCode::UNAUTHORIZED, keys::SIGNATURE_MALFORMED);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned).ok_or_else(missing);
    Ok(Headers {
        content_digest: header("content-digest")?,
        signature_input: header("signature-input")?,
        signature: header("signature")?,
    })
}

fn reads_only() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, keys::AUDITOR_READS_ONLY)
}

fn unauthenticated(key: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, key).header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}
