//! Blobs over HTTP: uploads that go on where they stopped (tus 1.0), and the bytes of evidence for whoever may read a record that names
//! them.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chuda_evidence::audit::About;
use chuda_record::id::{Hash, PersonId, RecordId};
use chuda_record::wire::BLOBS_PATH;
use chuda_record::{Error, Evidence, Kind, author_of, from_fields};
use chuda_words::keys;
use futures::StreamExt as _;

use super::caller::{Called, Signed, SignedStream, need_writer, text};
use super::problem::{Problem, ProblemBody, Result};
use crate::app::App;
use crate::audit::{self, Act, By, Verb};
use crate::blobs::Content;
use crate::scope::Scope;
use crate::store::{BlobRow, Device, UploadRow};

/// Most bytes of one blob.
const MAX_BLOB_BYTES: u64 = 512 * 1024 * 1024;
/// Bytes that are gathered before they are put away; when the line is cut, what has arrived is put away at once.
const PIECE_BYTES: usize = 1024 * 1024;
/// Most uploads that one person has under way.
const MAX_UPLOADS: usize = 5_000;
/// How long an upload may send nothing.
const IDLE: Duration = Duration::from_secs(30);
/// tus 1.0.
const TUS: HeaderValue = HeaderValue::from_static("1.0.0");
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
/// The echo: the server has these bytes and has checked their hash.
const SHA256: HeaderName = HeaderName::from_static("chuda-sha256");
/// Checksum Mismatch, from the tus checksum extension.
const CHECKSUM_MISMATCH: u16 = 460;

/// What the server knows of tus.
#[utoipa::path(
    options,
    operation_id = "describe_uploads",
    path = BLOBS_PATH,
    tag = "device",
    responses((status = 204, description = "Versions, extensions and the largest upload, as headers"))
)]
pub(super) async fn options() -> Response {
    let headers = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("tus-version", "1.0.0".to_owned()),
        ("tus-extension", "creation,termination".to_owned()),
        ("tus-max-size", MAX_BLOB_BYTES.to_string()),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begins an upload, or finds the one that was begun before. `Upload-Metadata` names the SHA-256, as hexadecimal text; an evidence
/// record of this person has to name it too. One that a device of this person has sent before is complete at once; bytes that the server has
/// from somebody else are sent all the same.
#[utoipa::path(
    post,
    operation_id = "create_upload",
    path = BLOBS_PATH,
    tag = "device",
    security(("device" = [])),
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = u64, Header, description = "Bytes of the whole blob"),
        ("Upload-Metadata" = String, Header, description = "`sha256` and the base64 of its 64 hexadecimal digits")
    ),
    responses(
        (status = 201, description = "`Location` of the upload and its `Upload-Offset`; `Chuda-Sha256` when it is complete"),
        (status = 400, description = "A header is missing or wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not signed by an enrolled device", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "No evidence of this person names these bytes, an auditor writes nothing, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Another version of tus", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many uploads under way", body = ProblemBody, content_type = "application/problem+json"),
        (status = 460, description = "All bytes had arrived and do not have the hash; start again", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create(State(app): State<App>, signed: Signed) -> Result<Response> {
    need_tus(&signed.headers)?;
    need_writer(&signed.device)?;
    let length: u64 = text(&signed.headers, "upload-length").parse().map_err(|_| Problem::invalid(keys::BLOB_LENGTH))?;
    if length > MAX_BLOB_BYTES {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, keys::BLOB_TOO_LARGE).with("most", MAX_BLOB_BYTES));
    }
    let sha256 = metadata_hash(text(&signed.headers, "upload-metadata")).ok_or_else(|| Problem::invalid(keys::BLOB_METADATA))?;
    let (person, now) = (signed.device.person, app.now());
    let upload = app.store.write_async(move |tx| {
        if tx.is_blob_erased(sha256)? {
            return Ok(Err(Problem::new(StatusCode::FORBIDDEN, keys::BLOB_ERASED)));
        }
        let named = tx.evidence_of_blob(sha256)?;
        let own = named.iter().filter(|evidence| author_of(&evidence.fields) == Some(person));
        let mut own: Vec<Evidence> = own.filter_map(|evidence| from_fields(&evidence.fields).ok()).collect();
        if own.is_empty() {
            return Ok(Err(Problem::new(StatusCode::FORBIDDEN, keys::BLOB_NOT_NAMED)));
        }
        for at in (0..own.len()).rev() {
            let Evidence { device, ref source, captured_at, .. } = own[at];
            if source == "recording" && tx.is_withdrawn(device, "recording", captured_at.timestamp_millis())? {
                own.remove(at);
            }
        }
        if own.is_empty() {
            return Ok(Err(Problem::new(StatusCode::FORBIDDEN, keys::CONSENT_WITHDRAWN)));
        }
        if !own.iter().map(|evidence| evidence.size).any(|size| u64::try_from(size) == Ok(length)) {
            return Ok(Err(Problem::invalid(keys::BLOB_LENGTH)));
        }
        let id = RecordId::derived(&format!("upload/{person}/{sha256}"));
        let mut given_up = Vec::new();
        match tx.upload(id)? {
            Some(known) if known.length == length => return Ok(Ok((known, given_up))),
            // A record with another size has begun it: one of the two is wrong, and the bytes will tell which.
            Some(_) => given_up = tx.remove_upload(id)?,
            None => {}
        }
        let received = if tx.has_sent(person, sha256, length)? { length } else { 0 };
        if received < length && tx.uploads_of(person)? >= MAX_UPLOADS {
            return Ok(Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, keys::BLOB_TOO_MANY_UPLOADS)));
        }
        let upload = UploadRow { id, person, sha256, length, received };
        tx.add_upload(&upload, now)?;
        Ok(Ok((upload, given_up)))
    });
    let (upload, given_up) = upload.await??;
    app.blobs.remove(given_up).await?;
    let location = [(header::LOCATION, format!("{BLOBS_PATH}/uploads/{}", upload.id))];
    Ok((StatusCode::CREATED, location, progress(&app, &upload, &signed.device).await?).into_response())
}

/// How far an upload is.
#[utoipa::path(
    head,
    operation_id = "ask_upload",
    path = "/blobs/uploads/{id}",
    tag = "device",
    security(("device" = [])),
    params(("id" = uuid::Uuid, Path, description = "From `Location`"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses(
        (status = 200, description = "`Upload-Offset` and `Upload-Length`; `Chuda-Sha256` when it is complete"),
        (status = 401, description = "Not signed by an enrolled device"),
        (status = 403, description = "The device is revoked"),
        (status = 404, description = "No such upload: create it"),
        (status = 412, description = "Another version of tus"),
        (status = 460, description = "All bytes had arrived and do not have the hash; start again"),
    )
)]
pub(super) async fn offset(State(app): State<App>, Path(id): Path<String>, signed: Signed) -> Result<Response> {
    need_tus(&signed.headers)?;
    let upload = find(&app, &id, signed.device.person).await?;
    let caching = [(header::CACHE_CONTROL, "no-store")];
    Ok((caching, progress(&app, &upload, &signed.device).await?).into_response())
}

/// Adds bytes at the offset. Whatever arrives before the line is cut stays.
#[utoipa::path(
    patch,
    operation_id = "append_to_upload",
    path = "/blobs/uploads/{id}",
    tag = "device",
    security(("device" = [])),
    params(
        ("id" = uuid::Uuid, Path, description = "From `Location`"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the bytes belong")
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "The new `Upload-Offset`; `Chuda-Sha256` when the blob is complete and its hash is right"),
        (status = 400, description = "A header is missing or wrong", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Not signed by an enrolled device", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such upload: create it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The upload is at another offset", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Another version of tus", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "More bytes than were announced", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another content type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "The device has taken more than a minute's share: again after `Retry-After` seconds", body = ProblemBody, content_type = "application/problem+json"),
        (status = 460, description = "The bytes do not have the hash; start again", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn append(State(app): State<App>, Path(id): Path<String>, signed: SignedStream) -> Result<Response> {
    need_tus(&signed.headers)?;
    need_writer(&signed.device)?;
    if text(&signed.headers, "content-type") != "application/offset+octet-stream" {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, keys::BLOB_CONTENT_TYPE));
    }
    let at: u64 = text(&signed.headers, "upload-offset").parse().map_err(|_| Problem::invalid(keys::BLOB_OFFSET))?;
    let mut upload = find(&app, &id, signed.device.person).await?;
    if at != upload.received {
        return Err(Problem::new(StatusCode::CONFLICT, keys::BLOB_OFFSET).with("offset", upload.received));
    }
    // On a task of its own: when the client is cut off and this request is dropped, what has arrived is still put away.
    let task = tokio::spawn(async move {
        take(&app, &mut upload, &signed.device, signed.body).await?;
        Ok::<_, Problem>((StatusCode::NO_CONTENT, progress(&app, &upload, &signed.device).await?).into_response())
    });
    task.await.map_err(|error| Error::internal("task.failed", error))?
}

/// Gives an upload up.
#[utoipa::path(
    delete,
    operation_id = "terminate_upload",
    path = "/blobs/uploads/{id}",
    tag = "device",
    security(("device" = [])),
    params(("id" = uuid::Uuid, Path, description = "From `Location`"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "Not signed by an enrolled device", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such upload", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Another version of tus", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn terminate(State(app): State<App>, Path(id): Path<String>, signed: Signed) -> Result<Response> {
    need_tus(&signed.headers)?;
    need_writer(&signed.device)?;
    let upload = find(&app, &id, signed.device.person).await?;
    // It may have begun anew since.
    signed.once.note(&app).await?;
    app.blobs.forget(&app.store, upload.id).await?;
    Ok((StatusCode::NO_CONTENT, [(TUS_RESUMABLE, TUS)]).into_response())
}

/// The bytes of evidence, for whoever may read a record that names them. A look at somebody else's is logged (T5).
#[utoipa::path(
    get,
    operation_id = "read_blob",
    path = "/blobs/{sha256}",
    tag = "records",
    security(("device" = []), ("bearer" = [])),
    params(("sha256" = String, Path, description = "64 hexadecimal digits")),
    responses(
        (status = 200, description = "The bytes, as what they are by themselves, whatever a phone said of them", body = Vec<u8>, content_type = "*/*"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not there, not yet uploaded, or not for the caller", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read(State(app): State<App>, Path(sha256): Path<String>, called: Called) -> Result<Response> {
    let blob = find_blob(&app, &sha256, &called).await?;
    let (sha256, caller, now) = (blob.sha256, called.caller, app.now());
    let Content { mime, bytes } = app.blobs.open_blob(&app.store, blob, now).await?.ok_or_else(Problem::not_found)?;
    let logged = app.store.write_async(move |tx| {
        for document in tx.evidence_with_bytes(sha256)? {
            let own = caller.person.is_some() && author_of(&document.fields) == caller.person;
            if !own && caller.reader().map_or(Ok(true), |person| tx.may_read(document.id, person))? {
                let by = By::caller(caller.person, &caller.via);
                let act = Act::new(Verb::Viewed).on(document.id, Kind::Evidence).about(About::Blob(sha256));
                audit::log(tx, now, &by, act)?;
            }
        }
        Ok(())
    });
    logged.await?;
    // Whatever it is, it is not run by a browser: it is put away, under a name without a person's words in it.
    let headers = [
        (header::CONTENT_TYPE, mime.as_str().to_owned()),
        (header::CONTENT_LENGTH, blob.size.to_string()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{sha256}.{}\"", mime.extension())),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (SHA256, sha256.to_string()),
    ];
    Ok((headers, Body::from_stream(bytes)).into_response())
}

/// Whether the server has the bytes: the echo without them.
#[utoipa::path(
    head,
    operation_id = "has_blob",
    path = "/blobs/{sha256}",
    tag = "records",
    security(("device" = []), ("bearer" = [])),
    params(("sha256" = String, Path, description = "64 hexadecimal digits")),
    responses(
        (status = 200, description = "It has, and has checked them: `Chuda-Sha256`"),
        (status = 401, description = "Neither token nor signature"),
        (status = 403, description = "The token lacks the scope, or the device is revoked"),
        (status = 404, description = "Not there, not yet uploaded, or not for the caller"),
    )
)]
pub(super) async fn has(State(app): State<App>, Path(sha256): Path<String>, called: Called) -> Result<Response> {
    let blob = find_blob(&app, &sha256, &called).await?;
    Ok([(SHA256, blob.sha256.to_string()), (header::CONTENT_LENGTH, blob.size.to_string())].into_response())
}

/// Takes the bytes of a request, piece by piece.
async fn take(app: &App, upload: &mut UploadRow, device: &Device, body: Body) -> Result<()> {
    let caller = device.id.to_string();
    let mut stream = body.into_data_stream();
    let mut gathered: Vec<u8> = Vec::new();
    loop {
        let next = tokio::time::timeout(IDLE, stream.next()).await;
        let (bytes, ended) = match next {
            Ok(Some(Ok(bytes))) => (bytes, None),
            Ok(None) => (Bytes::new(), Some(Ok(()))),
            Ok(Some(Err(_))) | Err(_) => (Bytes::new(), Some(Err(Problem::new(StatusCode::REQUEST_TIMEOUT, keys::BLOB_CUT_OFF)))),
        };
        let room = upload.length - upload.received - gathered.len() as u64;
        if bytes.len() as u64 > room {
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, keys::BLOB_TOO_LONG).with("length", upload.length));
        }
        app.quotas.add_bytes(&caller, bytes.len(), app.now());
        gathered.extend_from_slice(&bytes);
        if (gathered.len() >= PIECE_BYTES || (ended.is_some() && !gathered.is_empty()))
            && !app.blobs.append(&app.store, upload, std::mem::take(&mut gathered), app.now()).await?
        {
            return Err(Problem::new(StatusCode::CONFLICT, keys::BLOB_OFFSET));
        }
        if let Some(outcome) = ended {
            return outcome;
        }
    }
}

/// How far an upload is, as headers; one whose bytes have all arrived is put together first.
async fn progress(app: &App, upload: &UploadRow, device: &Device) -> Result<HeaderMap> {
    let UploadRow { person, sha256, length, .. } = *upload;
    let mut complete = app.store.read_async(move |tx| tx.has_sent(person, sha256, length)).await?;
    if !complete && upload.received == upload.length {
        if !app.blobs.finish(&app.store, upload, &By::device(device.person, device.id), app.now()).await? {
            let status = StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST);
            return Err(Problem::new(status, "blob.hash_mismatch"));
        }
        complete = true;
    }
    let mut headers = HeaderMap::from_iter([
        (TUS_RESUMABLE, TUS),
        (UPLOAD_OFFSET, HeaderValue::from(if complete { upload.length } else { upload.received })),
        (UPLOAD_LENGTH, HeaderValue::from(upload.length)),
    ]);
    if complete && let Ok(hash) = HeaderValue::from_str(&sha256.to_string()) {
        headers.insert(SHA256, hash);
    }
    Ok(headers)
}

async fn find(app: &App, id: &str, person: PersonId) -> Result<UploadRow> {
    let id: RecordId = id.parse().map_err(|_| Problem::not_found())?;
    let upload = app.store.read_async(move |tx| tx.upload(id)).await?;
    upload.filter(|upload| upload.person == person).ok_or_else(Problem::not_found)
}

async fn find_blob(app: &App, sha256: &str, called: &Called) -> Result<BlobRow> {
    called.caller.need(Scope::Evidence)?;
    let sha256: Hash = sha256.parse().map_err(|_| Problem::not_found())?;
    let person = called.caller.reader();
    let blob = app.store.read_async(move |tx| {
        for document in tx.evidence_with_bytes(sha256)? {
            if person.map_or(Ok(true), |person| tx.may_read(document.id, person))? {
                return tx.blob(sha256);
            }
        }
        Ok(None)
    });
    blob.await?.ok_or_else(Problem::not_found)
}

fn need_tus(headers: &HeaderMap) -> Result<()> {
    if text(headers, "tus-resumable") == "1.0.0" {
        return Ok(());
    }
    Err(Problem::new(StatusCode::PRECONDITION_FAILED, keys::BLOB_TUS_VERSION).header(HeaderName::from_static("tus-version"), TUS))
}

/// The hash in `Upload-Metadata`: pairs of key and base64, separated by commas.
fn metadata_hash(metadata: &str) -> Option<Hash> {
    let pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let value = pairs.into_iter().find(|(key, _)| *key == "sha256")?.1;
    std::str::from_utf8(&BASE64.decode(value).ok()?).ok()?.parse().ok()
}
