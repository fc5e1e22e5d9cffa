//! Who sends a request: a device by its signature, another system by its token.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use chrono::{DateTime, Utc};
use chuda_evidence::PublicKey;
use chuda_evidence::signature::{self, COVERED, Claimed, Headers, SignatureError, Target};
use chuda_record::id::{Hash, PersonId};
use chuda_record::wire::MAX_BODY_BYTES;
use chuda_words::keys;

use super::connections::Line;
use super::problem::{Problem, Result};
use crate::app::App;
use crate::audit;
use crate::scope::Scope;
use crate::store::{Device, Tx};

/// Most bytes of a body in JSON.
const MAX_JSON_BYTES: usize = 64 * 1024;
/// How long a body may take to arrive, uploads apart.
const BODY_TIME: Duration = Duration::from_mins(1);

/// What each request that may write counts for, whatever it writes: a disk takes that long to be sure of something.
const WRITES_AT_LEAST: Duration = Duration::from_millis(5);

/// A request with its whole body, not checked yet.
pub(crate) struct Raw {
    parts: Parts,
    pub(crate) body: Bytes,
}

/// A request signed by an enrolled device, with its body.
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
    /// Refuses a token without this scope.
    pub(crate) fn need(&self, scope: Scope) -> Result<()> {
        match &self.scopes {
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
        let caller = device.id.to_string();
        Line::belongs_to(&parts.extensions, &caller);
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
            let caller = by_token(app, bearer.to_str().unwrap_or_default()).await?;
            let (parts, body) = request.into_parts();
            Line::belongs_to(&parts.extensions, &caller.via);
            app.quotas.check(&caller.via, app.now())?;
            if !parts.method.is_safe() {
                app.quotas.add_writing(&caller.via, WRITES_AT_LEAST, app.now());
            }
            let body = read(body, MOST).await?;
            app.quotas.add_bytes(&caller.via, body.len(), app.now());
            return Ok(Self { caller, headers: parts.headers, body });
        }
        if !request.headers().contains_key("signature") {
            return Err(unauthenticated());
        }
        let is_safe = request.method().is_safe();
        let Signed { device, once, headers, body } = SignedStream::from_request(request, app).await?.whole(MOST, app).await?;
        if !is_safe {
            once.note(app).await?;
        }
        Ok(Self { caller: by_device(&device), headers, body })
    }
}

/// The caller that a token stands for.
async fn by_token(app: &App, authorization: &str) -> Result<Caller> {
    let token = authorization.strip_prefix("Bearer ").ok_or_else(unauthenticated)?;
    let hash = Hash::of(token.as_bytes());
    let found = app.store.read_async(move |tx| {
        let row = tx.token(hash)?;
        let person = row.as_ref().and_then(|row| row.person);
        Ok((row, person.map_or(Ok(false), |person| audit::is_auditor(tx, person))?))
    });
    let (row, auditor) = found.await?;
    let row = row.ok_or_else(unauthenticated)?;
    Ok(Caller { person: row.person, via: format!("token {}", row.name), auditor, scopes: Some(Scope::parse_all(&row.scopes)) })
}

fn by_device(device: &Device) -> Caller {
    Caller { person: Some(device.person), via: format!("device {}", device.id), auditor: device.auditor, scopes: None }
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
    match row.revoked_at {
        None => {
            let auditor = audit::is_auditor(tx, row.person)?;
            Ok(Device { id: row.id, person: row.person, public_key: row.public_key, auditor })
        }
        Some(_) => Err(Problem::new(StatusCode::FORBIDDEN, keys::DEVICE_REVOKED)),
    }
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

fn unauthenticated() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, keys::TOKEN_UNKNOWN).header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}
