//! The server over HTTP: signed requests, and nothing else that this core says to the network.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use chuda_evidence::clock::Clock;
use chuda_evidence::key::Signer;
use chuda_evidence::signature::{self, COVERED, Target};
use chuda_record::Role;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{DeviceId, Hash, PersonId};
use chuda_record::wire::api::{self, ENROL_PATH, Enrolment, IMPORT_PATH, ImportKind, ImportReport, ProblemBody};
use chuda_record::wire::{self, BLOBS_PATH, CONTENT_TYPE, MAX_BODY_BYTES, Request, Response, SYNC_PATH};
use chuda_words::keys;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Without a byte for this long a request is given up.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// The same for a file that the server answers only once it has taken it in.
const FILE_TIMEOUT: Duration = Duration::from_mins(10);
/// Bytes a second that an answer brings on any network once that time is over: one that comes drop by drop is given up.
const MIN_RATE: u64 = 2 * 1024;
/// Most values that a refusal brings, and most characters of one.
const MAX_PARAMS: (usize, usize) = (32, 1_000);
/// Longest time for which a server is left alone because it says so.
pub const MAX_WAIT: TimeDelta = TimeDelta::hours(1);
const JSON: (&str, &str) = ("content-type", "application/json");
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
/// Checksum Mismatch, from the tus checksum extension.
const CHECKSUM_MISMATCH: u16 = 460;
/// What the server answers when it has all bytes of a blob and has verified them.
const ECHO: &str = "chuda-sha256";

/// A connection pool. Knows no server and no person.
pub struct Client {
    http: Http,
    /// The same with more patience, for what the server takes its time over.
    patient: Http,
}

/// Connections, and how long a request on them may go without a byte.
struct Http {
    connections: reqwest::Client,
    patience: Duration,
}

/// Who is asking, and of whom.
pub struct Session<'a> {
    /// Base URL of the server.
    pub server: &'a str,
    /// The installation.
    pub device: DeviceId,
    /// Its key.
    pub signer: &'a dyn Signer,
    /// The time to sign with: the server's, as far as this device knows it.
    pub now: DateTime<Utc>,
}

/// Whom a device belongs to.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Base URL as it was reached.
    pub server: String,
    /// The person.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Roles; those this version does not know are left out.
    pub roles: Vec<Role>,
}

/// An answered exchange.
pub struct Exchanged {
    /// The answer.
    pub response: Response,
    /// Bytes of the body that was sent.
    pub bytes_up: u64,
    /// Bytes of the body that came.
    pub bytes_down: u64,
}

/// Where an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The server has this many bytes, and goes on at this place.
    At {
        /// Bytes it has.
        offset: u64,
        /// Path of the upload.
        location: String,
    },
    /// The server has echoed the hash.
    Verified,
    /// The server no longer knows of it: it begins anew.
    Gone,
}

/// A request that is still to be signed.
struct Call<'a> {
    /// With how much patience it is sent.
    http: &'a Http,
    method: Method,
    path: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: Vec<u8>,
}

/// An answer with its body within the bound.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Client {
    /// A client that trusts the public certificate authorities.
    pub fn new() -> Result<Self> {
        Self::with_patience(READ_TIMEOUT)
    }

    fn with_patience(patience: Duration) -> Result<Self> {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::internal("tls.versions", error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = |patience| {
            let connections = reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .connect_timeout(CONNECT_TIMEOUT)
                .read_timeout(patience)
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| Error::internal("http.client", error))?;
            Ok::<_, Error>(Http { connections, patience })
        };
        Ok(Self { http: http(patience)?, patient: http(FILE_TIMEOUT)? })
    }

    /// Enrols a device with a one-time code. After a lost answer it can be asked again.
    pub async fn enrol(
        &self,
        server: &str,
        code: &str,
        device: DeviceId,
        signer: &dyn Signer,
        clock: &dyn Clock,
    ) -> Result<Enrolled> {
        let server = server.trim().trim_end_matches('/').to_owned();
        let public_key = BASE64.encode(signer.public_key().to_spki());
        let platform = Some(std::env::consts::OS.to_owned());
        let enrolment = Enrolment { code: code.trim().to_owned(), device, public_key, platform };
        let session = Session { server: &server, device, signer, now: signing_time(clock, 0) };
        let answer = self.send(&session, self.post(ENROL_PATH, &[JSON], encode(&enrolment)?)).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        let api::Enrolled { person, name, roles, .. } = decode(&answer)?;
        Ok(Enrolled { server, person, name, roles: roles.iter().filter_map(|role| Role::parse(role)).collect() })
    }

    /// One exchange of records.
    pub async fn exchange(&self, session: &Session<'_>, request: &Request) -> Result<Exchanged> {
        let body = wire::encode(request);
        let bytes_up = body.len() as u64;
        let answer = self.send(session, self.post(SYNC_PATH, &[("content-type", CONTENT_TYPE)], body)).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        let response = wire::decode(&answer.body).map_err(|_| not_understood())?;
        Ok(Exchanged { response, bytes_up, bytes_down: answer.body.len() as u64 })
    }

    /// Asks the server's JSON API what only it can work out, or has it do what only it can.
    ///
    /// What the server refuses comes as `server.refused`, with its own key as `problem` and its values beside it.
    pub async fn ask<Answered: DeserializeOwned>(
        &self,
        session: &Session<'_>,
        path: &'static str,
        question: &impl Serialize,
    ) -> Result<Answered> {
        understood(&self.send(session, self.post(path, &[JSON], encode(question)?)).await?)
    }

    /// Hands a file over to be imported, or only to be looked at; refused as in [`Self::ask`].
    pub async fn import(
        &self,
        session: &Session<'_>,
        kind: ImportKind,
        dry_run: bool,
        mime: &str,
        file: Vec<u8>,
    ) -> Result<ImportReport> {
        let path = format!("{}?dry_run={dry_run}", IMPORT_PATH.replace("{kind}", kind.as_str()));
        let headers = [("content-type", mime)];
        let call = Call { http: &self.patient, ..self.post(&path, &headers, file) };
        understood(&self.send(session, call).await?)
    }

    /// Begins the upload of a blob (tus creation). The server may have it already.
    pub async fn begin_upload(&self, session: &Session<'_>, hash: Hash, size: u64) -> Result<Progress> {
        let (size, metadata) = (size.to_string(), format!("sha256 {}", BASE64.encode(hash.to_string())));
        let headers = [TUS, ("upload-length", &size), ("upload-metadata", &metadata)];
        let answer = self.send(session, self.post(BLOBS_PATH, &headers, Vec::new())).await?;
        if answer.status.as_u16() == CHECKSUM_MISMATCH {
            return Ok(Progress::Gone);
        }
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        if is_echo(&answer, hash) {
            return Ok(Progress::Verified);
        }
        let location = header(&answer.headers, "location").ok_or_else(not_understood)?;
        // A location may be absolute; only its path belongs to this server.
        let url = Url::parse(session.server).and_then(|server| server.join(location)).map_err(|_| not_understood())?;
        if url.path().starts_with("//") {
            return Err(not_understood());
        }
        Ok(Progress::At { offset: 0, location: url.path().to_owned() })
    }

    /// Asks how much of an upload the server has.
    pub async fn ask_upload(&self, session: &Session<'_>, hash: Hash, location: &str) -> Result<Progress> {
        let answer = self.send(session, self.call(Method::HEAD, location, &[TUS], Vec::new())).await?;
        match answer.status {
            status if is_gone(status) => Ok(Progress::Gone),
            status if status.is_success() => progress(&answer, hash, location),
            _ => Err(refusal(&answer)),
        }
    }

    /// Sends the next bytes of an upload.
    pub async fn continue_upload(
        &self,
        session: &Session<'_>,
        hash: Hash,
        location: &str,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<Progress> {
        let offset = offset.to_string();
        let headers = [TUS, ("upload-offset", &offset), ("content-type", "application/offset+octet-stream")];
        let answer = self.send(session, self.call(Method::PATCH, location, &headers, bytes)).await?;
        match answer.status {
            status if is_gone(status) => Ok(Progress::Gone),
            StatusCode::CONFLICT => self.ask_upload(session, hash, location).await,
            status if status.is_success() => progress(&answer, hash, location),
            _ => Err(refusal(&answer)),
        }
    }

    fn post<'a>(&'a self, path: &'a str, headers: &'a [(&'a str, &'a str)], body: Vec<u8>) -> Call<'a> {
        self.call(Method::POST, path, headers, body)
    }

    fn call<'a>(&'a self, method: Method, path: &'a str, headers: &'a [(&'a str, &'a str)], body: Vec<u8>) -> Call<'a> {
        Call { http: &self.http, method, path, headers, body }
    }

    /// Sends a signed request. When the server says that the clock is off, once more with its time.
    async fn send(&self, session: &Session<'_>, call: Call<'_>) -> Result<Answer> {
        let answer = call.send_at(session, session.now).await?;
        let told = (answer.status == StatusCode::UNAUTHORIZED).then(|| server_time(&answer.headers)).flatten();
        match told {
            Some(time) if (time - session.now).abs() > signature::MAX_SKEW / 2 => call.send_at(session, time).await,
            _ => Ok(answer),
        }
    }
}

impl Call<'_> {
    async fn send_at(&self, session: &Session<'_>, now: DateTime<Utc>) -> Result<Answer> {
        let Self { http, method, path, headers, body } = self;
        let url = Url::parse(session.server).and_then(|base| base.join(path)).map_err(|_| Error::invalid(keys::SERVER_BAD_URL))?;
        let named = |name| headers.iter().find(|(other, _)| *other == name).map(|(_, value)| (name, (*value).to_owned()));
        let covered: Vec<(&'static str, String)> = COVERED.into_iter().filter_map(named).collect();
        let query = url.query().unwrap_or_default();
        let target = Target { method: method.as_str(), path: url.path(), query, headers: &covered };
        let nonce = uuid::Uuid::new_v4().simple().to_string();
        let signed = signature::sign(target, body, session.device, now, &nonce, |base| session.signer.sign(base))?;
        let mut all = HeaderMap::new();
        let signature_headers = [
            ("content-digest", signed.content_digest.as_str()),
            ("signature-input", signed.signature_input.as_str()),
            ("signature", signed.signature.as_str()),
        ];
        for (name, value) in headers.iter().copied().chain(signature_headers) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| Error::internal("http.header", error))?;
            all.insert(name, HeaderValue::from_str(value).map_err(|error| Error::internal("http.header", error))?);
        }
        let request = http.connections.request(method.clone(), url).headers(all).body(body.clone());
        let mut response = request.send().await.map_err(|error| unreachable(&error))?;
        let (status, headers, began) = (response.status(), response.headers().clone(), Instant::now());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(not_understood());
            }
            body.extend_from_slice(&chunk);
            if began.elapsed() > http.patience + Duration::from_secs(body.len() as u64 / MIN_RATE) {
                return Err(Error::new(ErrorKind::Offline, keys::SYNC_OFFLINE));
            }
        }
        Ok(Answer { status, headers, body })
    }
}

/// The time to sign with: the device's own, corrected by what the server last said. A clock set by hand is for records only.
pub fn signing_time(clock: &dyn Clock, server_ahead_ms: i64) -> DateTime<Utc> {
    if clock.is_set_by_hand() {
        return Utc::now();
    }
    // A server may say anything.
    let corrected = TimeDelta::try_milliseconds(server_ahead_ms).and_then(|ahead| clock.now().checked_add_signed(ahead));
    corrected.unwrap_or_else(|| clock.now())
}

fn progress(answer: &Answer, hash: Hash, location: &str) -> Result<Progress> {
    if is_echo(answer, hash) {
        return Ok(Progress::Verified);
    }
    let offset = header(&answer.headers, "upload-offset").and_then(|text| text.parse().ok()).ok_or_else(not_understood)?;
    Ok(Progress::At { offset, location: location.to_owned() })
}

/// Whether an upload is not there any more, and begins anew: also one whose bytes the server has lost some of, or was sent wrong ones.
fn is_gone(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) || status.as_u16() == CHECKSUM_MISMATCH
}

fn is_echo(answer: &Answer, hash: Hash) -> bool {
    header(&answer.headers, ECHO) == Some(hash.to_string().as_str())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn server_time(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(header(headers, "date")?).ok().map(|time| time.with_timezone(&Utc))
}

fn encode(question: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(question).map_err(|error| Error::internal("server.encode", error))
}

fn decode<Answered: DeserializeOwned>(answer: &Answer) -> Result<Answered> {
    serde_json::from_slice(&answer.body).map_err(|_| not_understood())
}

/// What was answered to a question, if it was not refused.
fn understood<Answered: DeserializeOwned>(answer: &Answer) -> Result<Answered> {
    if answer.status.is_success() { decode(answer) } else { Err(refused(answer)) }
}

/// What a refusal means for the user.
fn refusal(answer: &Answer) -> Error {
    let problem = problem(answer);
    let error = match answer.status {
        StatusCode::UPGRADE_REQUIRED => Error::new(ErrorKind::Server, keys::SYNC_UPDATE_APP),
        StatusCode::UNAUTHORIZED => Error::new(ErrorKind::NotAllowed, keys::SYNC_NOT_ENROLLED),
        StatusCode::FORBIDDEN if problem.key.starts_with("enrol.") => Error::invalid(keys::ENROL_CODE_REFUSED),
        StatusCode::FORBIDDEN => Error::new(ErrorKind::NotAllowed, keys::SYNC_REFUSED),
        StatusCode::TOO_MANY_REQUESTS => Error::new(ErrorKind::Offline, keys::SYNC_TRY_LATER),
        StatusCode::CONFLICT => Error::invalid(keys::ENROL_DEVICE_TAKEN),
        status if status.is_server_error() => Error::new(ErrorKind::Offline, keys::SYNC_SERVER_FAILED),
        _ => Error::new(ErrorKind::Server, keys::SYNC_REFUSED_BY_SERVER),
    };
    let error = error.with("status", answer.status.as_u16()).with("problem", problem.key);
    match retry_after(&answer.headers) {
        Some(seconds) => error.with("seconds", seconds),
        None => error,
    }
}

/// For how long the server wants to be left alone, if it says so in seconds.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    Some(header(headers, "retry-after")?.parse::<u64>().ok()?.clamp(1, MAX_WAIT.num_seconds().unsigned_abs()))
}

/// What a refused question means for the user. Whatever concerns the device rather than the question is told as in an exchange.
fn refused(answer: &Answer) -> Error {
    let kind = match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::UPGRADE_REQUIRED | StatusCode::TOO_MANY_REQUESTS => return refusal(answer),
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::FORBIDDEN => ErrorKind::NotAllowed,
        status if status.is_client_error() => ErrorKind::Invalid,
        _ => return refusal(answer),
    };
    let problem = problem(answer);
    let (most, longest) = MAX_PARAMS;
    let params = problem.params.into_iter().take(most).filter(|(name, _)| name.chars().count() <= longest);
    let error = params.fold(Error::new(kind, keys::SERVER_REFUSED), |error, (name, value)| {
        error.with(name, value.chars().take(longest).collect::<String>())
    });
    error.with("status", answer.status.as_u16()).with("problem", problem.key)
}

fn problem(answer: &Answer) -> ProblemBody {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn unreachable(error: &reqwest::Error) -> Error {
    // The address is left out: it may carry what nobody should read in a log.
    tracing::debug!(timeout = error.is_timeout(), connect = error.is_connect(), "server not reached");
    Error::new(ErrorKind::Offline, keys::SYNC_OFFLINE)
}

fn not_understood() -> Error {
    Error::new(ErrorKind::Server, keys::SYNC_NOT_UNDERSTOOD)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use chuda_evidence::key::SoftwareKey;

    use super::*;

    /// Answers one request with a body of this many bytes, of which it sends one in each step; then ends the body or goes on for ever.
    fn server(length: usize, step: Duration, ends: bool) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            let _ = line.read(&mut [0; 4096]).unwrap();
            line.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").unwrap();
            let mut sent = 0;
            while (!ends || sent < length) && line.write_all(b"1").is_ok() {
                sent += 1;
                std::thread::sleep(step);
            }
        });
        format!("http://{address}")
    }

    async fn ask(patience: Duration, server: String) -> Result<u64> {
        let client = Client::with_patience(patience)?;
        let signer = SoftwareKey::generate();
        let session = Session { server: &server, device: DeviceId::derived("device"), signer: &signer, now: Utc::now() };
        client.ask(&session, "/", &()).await
    }

    #[tokio::test]
    async fn an_answer_that_comes_drop_by_drop_without_end_is_given_up_and_a_slow_one_is_not() {
        let step = Duration::from_millis(2);
        let endless = ask(Duration::from_millis(100), server(0, step, false)).await.unwrap_err();
        assert_eq!((endless.kind, endless.key), (ErrorKind::Offline, keys::SYNC_OFFLINE));
        assert_eq!(ask(READ_TIMEOUT, server(9, step, true)).await.unwrap(), 111_111_111);
    }
}
