//! The router, and who sends a request: a device by its signature, another system by its token.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use chuda_core::id::{DeviceId, Hash, PersonId};
use chuda_core::sync::protocol::MAX_BODY_BYTES;
use chuda_core::sync::signature::{self, Claimed, Headers, SignatureError, Target};
use chuda_core::time::Clock;
use clap::ValueEnum as _;
use p256::ecdsa::VerifyingKey;
use p256::pkcs8::DecodePublicKey as _;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::blobs::{self, Blobs};
use crate::problem::{Problem, Result};
use crate::stores::{Store, Tx};
use crate::webhooks::Sender;
use crate::{api, audit, enrol, exchange};

/// Exchanges that are worked on at a time; others wait.
const EXCHANGES: usize = 8;
/// Most bytes of a body in JSON.
const MAX_JSON_BYTES: usize = 64 * 1024;
/// How long a body may take to arrive, uploads apart.
const BODY_TIME: Duration = Duration::from_mins(1);

/// What every request is answered from. It holds no state of its own: that is all in the database and the blob store.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) webhooks: Sender,
    pub(crate) exchanges: Semaphore,
    pub(crate) dry_runs: Semaphore,
    clock: Arc<dyn Clock>,
    openapi: String,
}

/// [`Shared`], as handlers get it.
pub(crate) type App = Arc<Shared>;

impl Shared {
    pub(crate) fn new(store: Store, blobs: Blobs, clock: Arc<dyn Clock>) -> chuda_core::Result<Self> {
        let openapi = routes().into_openapi().to_json().unwrap_or_default();
        Ok(Self {
            store,
            blobs,
            webhooks: Sender::new()?,
            exchanges: Semaphore::new(EXCHANGES),
            dry_runs: Semaphore::new(1),
            clock,
            openapi,
        })
    }

    /// The server's time. Nothing here asks another clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// The description of everything below, as `/openapi.json` gives it.
#[derive(OpenApi)]
#[openapi(
    info(title = "Chuda", description = "Touches, reports and to-dos of a field sales team. Times are UTC, money is in yuan."),
    modifiers(&Security),
    tags(
        (name = "device", description = "What phones speak: enrolment, sync, blobs (tus 1.0)"),
        (name = "config", description = "Options, forms, rules, formula and targets: versions, dry run, publishing"),
        (name = "records", description = "Touches, reports, to-dos, back-checks and people, as far as the caller may read them"),
        (name = "figures", description = "Customers by health, weeks against their baselines, and the board of a day"),
        (name = "operation", description = "Health")
    )
)]
struct Api;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token made by `admin token add`")).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let signature = ApiKeyValue::with_description(
            "Signature",
            "HTTP Message Signature (RFC 9421) of an enrolled device over method, path, query and Content-Digest",
        );
        components.add_security_scheme("device", SecurityScheme::ApiKey(ApiKey::Header(signature)));
    }
}

/// Every route.
pub(crate) fn router(app: App) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed") })
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request made the server panic");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response()
        }))
        .layer(axum::middleware::map_response_with_state(app.clone(), date))
        .with_state(app)
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(enrol::enrol))
        .routes(routes!(exchange::sync))
        .merge(blobs::routes())
        .merge(api::routes())
        .routes(routes!(openapi))
        .routes(routes!(healthz))
        .routes(routes!(readyz))
}

/// This description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", body = Object, content_type = "application/json"))
)]
async fn openapi(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], app.openapi.clone()).into_response()
}

/// Whether the process answers.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = 200, description = "It does", body = String, content_type = "text/plain"))
)]
async fn healthz() -> &'static str {
    "ok"
}

/// Whether database and blob store answer.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "They do", body = String, content_type = "text/plain"),
        (status = 503, description = "They don't", body = crate::problem::ProblemBody, content_type = "application/problem+json")
    )
)]
async fn readyz(State(app): State<App>) -> Result<&'static str> {
    app.store.read_async(|tx| tx.epoch()).await?;
    app.blobs.check().await?;
    Ok("ok")
}

/// An enrolled device that is not revoked.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) person: PersonId,
    /// `SubjectPublicKeyInfo` of its key.
    pub(crate) public_key: Vec<u8>,
    /// Whether that person audits: may write nothing.
    pub(crate) auditor: bool,
}

/// A request with its whole body, not checked yet.
pub(crate) struct Raw {
    parts: Parts,
    pub(crate) body: Bytes,
}

/// A request signed by an enrolled device, with its body.
pub(crate) struct Signed {
    pub(crate) device: Device,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A signed request whose body is taken piece by piece.
///
/// The digest of the body is signed but not compared: an upload keeps what arrived before the line was cut, so there is never a
/// moment at which a piece is known to be whole. The hash of the finished blob says whether the bytes are right.
pub(crate) struct SignedStream {
    pub(crate) device: Device,
    pub(crate) headers: HeaderMap,
    pub(crate) body: axum::body::Body,
}

/// Who asks the API, and the body sent with it: at most so many bytes.
pub(crate) struct Called<const MOST: usize = MAX_JSON_BYTES> {
    pub(crate) caller: Caller,
    pub(crate) body: Bytes,
}

/// Who asks the API, and a body of at most so many bytes that is more than JSON usually needs.
///
/// It is known who sends it before it is read.
pub(crate) struct Sent<const MOST: usize> {
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

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scope {
    /// Read touches.
    Touches,
    /// Read daily reports.
    Reports,
    /// Read people.
    People,
    /// Read to-dos.
    Todos,
    /// Do to-dos; the token has to belong to a person.
    TodosWrite,
    /// Read the bytes of evidence.
    Evidence,
    /// Read questions, demands, findings and outside events.
    Workflow,
    /// Answer, assess and settle them; the token has to belong to a person.
    WorkflowWrite,
    /// Hand in outside events.
    EventsWrite,
    /// Import files; the token has to belong to a person.
    ImportsWrite,
    /// Read the configuration and check drafts of it.
    Config,
    /// Try out and publish configurations; the token has to belong to a person who may.
    ConfigWrite,
    /// Read the audit log.
    Audit,
    /// Read back-checks.
    Backchecks,
    /// Read customers, leads, contracts, work orders, meetings and what else comes of touches.
    Records,
    /// Confirm that contracts were signed, for a provider of electronic signatures.
    ContractsWrite,
    /// Read customers with their health, figures of weeks, and the board.
    Metrics,
}

impl Scope {
    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Touches => "touches",
            Self::Reports => "reports",
            Self::People => "people",
            Self::Todos => "todos",
            Self::TodosWrite => "todos-write",
            Self::Evidence => "evidence",
            Self::Workflow => "workflow",
            Self::WorkflowWrite => "workflow-write",
            Self::EventsWrite => "events-write",
            Self::ImportsWrite => "imports-write",
            Self::Config => "config",
            Self::ConfigWrite => "config-write",
            Self::Audit => "audit",
            Self::Backchecks => "backchecks",
            Self::Records => "records",
            Self::ContractsWrite => "contracts-write",
            Self::Metrics => "metrics",
        }
    }
}

impl Caller {
    /// Refuses a token without this scope.
    pub(crate) fn need(&self, scope: Scope) -> Result<()> {
        match &self.scopes {
            Some(scopes) if !scopes.contains(&scope) => {
                Err(Problem::new(StatusCode::FORBIDDEN, "token.scope").with("scope", scope.as_str()))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a phone: what only another system can know.
    pub(crate) fn need_token(&self) -> Result<()> {
        if self.scopes.is_some() { Ok(()) } else { Err(Problem::new(StatusCode::FORBIDDEN, "token.needed")) }
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
        self.via.strip_prefix("token ").ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "token.needed"))
    }

    /// As whom the caller writes; an auditor and a token that belongs to nobody don't.
    pub(crate) fn writer(&self) -> Result<PersonId> {
        if self.auditor {
            return Err(reads_only());
        }
        self.person.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "token.no_person"))
    }
}

impl Device {
    /// Refuses an auditor's device.
    pub(crate) fn may_write(&self) -> Result<()> {
        if self.auditor { Err(reads_only()) } else { Ok(()) }
    }
}

impl Raw {
    /// The signature that the request claims to have, its body checked against its digest.
    pub(crate) fn claimed(&self) -> Result<Claimed> {
        Ok(signature::parse(target(&self.parts), &self.body, &signature_headers(&self.parts.headers)?)?)
    }
}

impl FromRequest<App> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self> {
        let (parts, body) = request.into_parts();
        Ok(Self { parts, body: read(body, MAX_JSON_BYTES).await? })
    }
}

impl FromRequest<App> for Signed {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        // The signature covers the digest: a stranger is sent away before the body is read.
        let SignedStream { device, headers, body } = SignedStream::from_request(request, app).await?;
        let body = read(body, MAX_BODY_BYTES).await?;
        if signature::content_digest(&body) != text(&headers, "content-digest") {
            return Err(SignatureError::Digest.into());
        }
        Ok(Self { device, headers, body })
    }
}

impl FromRequest<App> for SignedStream {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let claimed = signature::parse_streamed(target(&parts), &signature_headers(&parts.headers)?)?;
        let now = app.now();
        let device = app.store.read_async(move |tx| Ok(signer(tx, &claimed, now))).await??;
        Ok(Self { device, headers: parts.headers, body })
    }
}

impl<const MOST: usize> FromRequest<App> for Called<MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (parts, body) = request.into_parts();
        // Here too a stranger is sent away before the body is read.
        let bearer = parts.headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
        let (caller, digest) = match bearer {
            Some(value) => (by_token(app, value).await?, None),
            None if parts.headers.contains_key("signature") => {
                let headers = signature_headers(&parts.headers)?;
                let claimed = signature::parse_streamed(target(&parts), &headers)?;
                let now = app.now();
                let device = app.store.read_async(move |tx| Ok(signer(tx, &claimed, now))).await??;
                (by_device(&device), Some(headers.content_digest))
            }
            None => return Err(unauthenticated()),
        };
        let body = read(body, MOST).await?;
        match digest {
            Some(digest) if signature::content_digest(&body) != digest => Err(SignatureError::Digest.into()),
            _ => Ok(Self { caller, body }),
        }
    }
}

impl<const MOST: usize> FromRequest<App> for Sent<MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let bearer = request.headers().get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default().to_owned());
        if let Some(value) = bearer {
            let caller = by_token(app, &value).await?;
            let (parts, body) = request.into_parts();
            return Ok(Self { caller, headers: parts.headers, body: read(body, MOST).await? });
        }
        if !request.headers().contains_key("signature") {
            return Err(unauthenticated());
        }
        let SignedStream { device, headers, body } = SignedStream::from_request(request, app).await?;
        let body = read(body, MOST).await?;
        if signature::content_digest(&body) != text(&headers, "content-digest") {
            return Err(SignatureError::Digest.into());
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
    let known = Scope::value_variants().iter().copied();
    let scopes = known.filter(|scope| row.scopes.split(' ').any(|word| word == scope.as_str()));
    Ok(Caller { person: row.person, via: format!("token {}", row.name), auditor, scopes: Some(scopes.collect()) })
}

fn by_device(device: &Device) -> Caller {
    Caller { person: Some(device.person), via: format!("device {}", device.id), auditor: device.auditor, scopes: None }
}

/// A device's public key, from `SubjectPublicKeyInfo`.
pub(crate) fn verifying_key(spki: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_public_key_der(spki).ok()
}

/// A header's text; empty when it is not there or not text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The device whose signature a request bears.
fn signer(tx: &Tx<'_>, claimed: &Claimed, now: DateTime<Utc>) -> Result<Device> {
    let unknown = || Problem::new(StatusCode::UNAUTHORIZED, "device.unknown");
    let row = tx.device(claimed.device)?.ok_or_else(unknown)?;
    let key = verifying_key(&row.public_key).ok_or_else(unknown)?;
    claimed.verify(&key, now)?;
    match row.revoked_at {
        None => {
            let auditor = audit::is_auditor(tx, row.person)?;
            Ok(Device { id: row.id, person: row.person, public_key: row.public_key, auditor })
        }
        Some(_) => Err(Problem::new(StatusCode::FORBIDDEN, "device.revoked")),
    }
}

/// Says what time it is here: a device whose signature was refused for its time signs again with this one.
async fn date(State(app): State<App>, mut response: Response) -> Response {
    let date = app.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().extend(HeaderValue::try_from(date).ok().map(|date| (header::DATE, date)));
    response
}

async fn read(body: axum::body::Body, most: usize) -> Result<Bytes> {
    let too_slow = || Problem::new(StatusCode::REQUEST_TIMEOUT, "body.too_slow");
    let too_large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body.too_large").with("most", most);
    let whole = tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, most)).await.map_err(|_| too_slow())?;
    whole.map_err(|_| too_large())
}

fn target(parts: &Parts) -> Target<'_> {
    Target { method: parts.method.as_str(), path: parts.uri.path(), query: parts.uri.query().unwrap_or_default() }
}

fn signature_headers(headers: &HeaderMap) -> Result<Headers> {
    let missing = || Problem::new(StatusCode::UNAUTHORIZED, "signature.malformed");
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned).ok_or_else(missing);
    Ok(Headers {
        content_digest: header("content-digest")?,
        signature_input: header("signature-input")?,
        signature: header("signature")?,
    })
}

fn reads_only() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "auditor.reads_only")
}

fn unauthenticated() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "token.unknown").header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}
