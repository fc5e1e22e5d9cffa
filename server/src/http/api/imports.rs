//! Files that come in (H4): customers, leads and payment slips, looked at first.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chuda_record::wire::api::{IMPORT_PATH, ImportKind, ImportReport, MAX_IMPORT_BYTES};
use chuda_words::keys;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Query;
use crate::app::App;
use crate::audit::By;
use crate::http::caller::{Called, text};
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::import::{self, table};
use crate::scope::Scope;

/// What a file may be said to be; what it is follows from its bytes.
const TYPES: [&str; 4] = [
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/octet-stream",
];

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct How {
    /// `true`: only say what would come of it.
    #[serde(default)]
    #[param(required = false)]
    dry_run: bool,
}

/// The kind in the path; another one is not there.
pub(crate) struct Which(ImportKind);

impl<S: Send + Sync> FromRequestParts<S> for Which {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let kind = axum::extract::Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        ImportKind::parse(&kind.0).map(Self).ok_or_else(Problem::not_found)
    }
}

/// Imports a file as the caller, in whole or not at all; with any mistake in it nothing is written. The same file again changes
/// nothing. Columns are found by their headings, in Chinese or English; at most 20,000 rows.
#[utoipa::path(
    post,
    operation_id = "import_file",
    path = IMPORT_PATH,
    tag = "records",
    params(("kind" = ImportKind, Path, description = "What is imported"), How),
    request_body(content(
        (Vec<u8> = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "What was imported, or what would be, with the mistakes of a file that was only looked at", body = ImportReport),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not import this, or the token lacks the scope or belongs to nobody", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nothing of this kind is imported", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The file came too slowly", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Neither CSV nor XLSX", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The file can't be read, or has mistakes: look at it first to see them all", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn import(
    State(app): State<App>,
    Which(kind): Which,
    Query(how): Query<How>,
    sent: Called<MAX_IMPORT_BYTES>,
) -> Result<Json<ImportReport>> {
    sent.caller.need(Scope::ImportsWrite)?;
    let person = sent.caller.writer()?;
    let by = By::caller(Some(person), &sent.caller.via);
    let stated = text(&sent.headers, "content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !TYPES.contains(&stated.as_str()) {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, keys::IMPORT_CONTENT_TYPE));
    }
    // A workbook can be large once it is unpacked: a few at a time keep memory bounded.
    let _turn = app.exchanges.acquire().await.map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, keys::SERVER_STOPPING))?;
    let (store, now) = (app.store.clone(), app.now());
    let work = move || {
        let rows = table::read(&sent.body)?;
        if how.dry_run {
            return store.read(|tx| import::run(tx, kind, &rows, (person, &by), true, now));
        }
        store.write(|tx| import::run(tx, kind, &rows, (person, &by), false, now))
    };
    let report = tokio::task::spawn_blocking(work).await.map_err(|error| chuda_record::Error::internal("task.failed", error))??;
    match report.errors.first() {
        Some(first) if !how.dry_run => Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, keys::IMPORT_MISTAKES)
            .with("count", report.mistakes)
            .with("line", first.line)
            .with("column", &first.column)
            .with("mistake", &first.key)),
        _ => Ok(Json(report)),
    }
}
