//! The configuration (T6): what is in force, earlier versions, and drafts that are checked, tried out and published.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chuda_record::id::PersonId;
use chuda_record::rules::Config;
use chuda_record::rules::dry_run::DryRun;
use chuda_record::rules::flaw::Flawed;
use chuda_record::wire::api::{CONFIG_PATH, DRY_RUN_PATH, Publication, Published, Trial};
use chuda_record::{Error, Release};
use chuda_words::keys;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Named, person_named};
use crate::app::App;
use crate::audit::By;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::releases;
use crate::scope::Scope;
use crate::store::Tx;

/// Most bytes of a body with a configuration in it.
const MAX_BODY: usize = 256 * 1024;
/// Most versions that are listed.
const MAX_LISTED: usize = 1_000;

/// A version of the configuration, without its content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// Its number.
    version: i64,
    /// Whether it is the one in force.
    in_force: bool,
    /// The least version of the app that understands it.
    min_app: String,
    /// Who published it; nobody: it is the one that the product ships.
    published_by: Option<Named>,
    /// When.
    at: Option<DateTime<Utc>>,
    /// What was changed.
    note: Option<String>,
}

/// A version of the configuration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfigView {
    #[serde(flatten)]
    version: VersionView,
    /// Options, forms, rules, formula and targets.
    #[schema(value_type = Object)]
    content: Value,
}

/// Versions of the configuration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionList {
    /// The newest first.
    versions: Vec<VersionView>,
}

/// A draft to be checked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    /// The whole configuration.
    #[schema(value_type = Object)]
    content: Value,
}

/// Whether a draft could be published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckedDraft {
    /// Whether it could.
    ok: bool,
    /// What is wrong with it, if something is.
    flaw: Option<FlawView>,
}

/// What is wrong with a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlawView {
    /// Where, such as `rules.quote-pdf`.
    place: String,
    /// Stable key, such as `flaw.unknown`.
    flaw: String,
    /// Values for a translated text.
    params: BTreeMap<String, String>,
    /// In English.
    message: String,
}

/// The version in force.
#[utoipa::path(
    get,
    operation_id = "show_config",
    path = CONFIG_PATH,
    tag = "config",
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The version in force", body = ConfigView),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn current(State(app): State<App>, called: Called) -> Result<Json<ConfigView>> {
    called.caller.need(Scope::Config)?;
    let view = app.store.read_async(|tx| {
        let config = tx.config()?;
        view(tx, releases::show(tx, config.version)?.as_ref(), &config, config.version)
    });
    Ok(Json(view.await?))
}

/// Every version, without its content.
#[utoipa::path(
    get,
    operation_id = "list_config_versions",
    path = "/api/v1/config/versions",
    tag = "config",
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The last thousand versions", body = VersionList),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn versions(State(app): State<App>, called: Called) -> Result<Json<VersionList>> {
    called.caller.need(Scope::Config)?;
    let list = app.store.read_async(|tx| {
        let in_force = tx.config()?.version;
        let published = releases::list(tx, MAX_LISTED - 1)?;
        let mut versions: Vec<VersionView> =
            published.iter().map(|release| version_view(tx, Some(release), in_force)).collect::<chuda_record::Result<_>>()?;
        versions.push(version_view(tx, None, in_force)?);
        Ok(VersionList { versions })
    });
    Ok(Json(list.await?))
}

/// One version, in force or not.
#[utoipa::path(
    get,
    operation_id = "show_config_version",
    path = "/api/v1/config/{version}",
    tag = "config",
    params(("version" = i64, Path, description = "Its number")),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The version", body = ConfigView),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such version", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn version(State(app): State<App>, Path(version): Path<String>, called: Called) -> Result<Json<ConfigView>> {
    called.caller.need(Scope::Config)?;
    let version: i64 = version.parse().map_err(|_| Problem::not_found())?;
    let found = app.store.read_async(move |tx| {
        let configs = tx.configs()?;
        let Some(config) = configs.get(version) else { return Ok(None) };
        view(tx, releases::show(tx, version)?.as_ref(), &config, tx.config()?.version).map(Some)
    });
    found.await?.map(Json).ok_or_else(Problem::not_found)
}

/// Checks a draft, also against the version in force. Nothing is kept.
#[utoipa::path(
    post,
    operation_id = "check_config",
    path = "/api/v1/config/check",
    tag = "config",
    request_body = Draft,
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Whether it could be published, or what is wrong with it", body = CheckedDraft),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn check(State(app): State<App>, called: Called<MAX_BODY>) -> Result<Json<CheckedDraft>> {
    called.caller.need(Scope::Config)?;
    let draft: Draft = body(&called)?;
    let checked = app.store.read_async(move |tx| releases::check(tx, &draft.content.to_string())).await?;
    Ok(Json(CheckedDraft { ok: checked.is_ok(), flaw: checked.err().as_ref().map(flaw_view) }))
}

/// What a draft would have done with the records of the last days. Nothing is written.
#[utoipa::path(
    post,
    operation_id = "dry_run_config",
    path = DRY_RUN_PATH,
    tag = "config",
    request_body = Trial,
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "What would be otherwise", body = DryRun),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not publish, the token lacks the scope or belongs to nobody, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The draft can't be published: `config.flawed` with place and flaw", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn dry_run(State(app): State<App>, called: Called<MAX_BODY>) -> Result<Json<DryRun>> {
    let person = publisher(&called)?;
    let trial: Trial = body(&called)?;
    // It looks at many records: one at a time keeps the others quick.
    let _turn = app.dry_runs.acquire().await.map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, keys::SERVER_STOPPING))?;
    let now = app.now();
    let tried = app.store.read_async(move |tx| releases::try_out(tx, person, &trial.content.to_string(), trial.days, now));
    Ok(Json(tried.await?))
}

/// Publishes a draft: everyone gets it with the next sync. Records keep the version they were made under.
#[utoipa::path(
    post,
    operation_id = "publish_config",
    path = CONFIG_PATH,
    tag = "config",
    request_body = Publication,
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "In force", body = Published),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not publish, the token lacks the scope or belongs to nobody, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Another version is in force than the one that the draft was made from: `current`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The draft can't be published: `config.flawed` with place and flaw; or there is no note, or no change", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn publish(State(app): State<App>, called: Called<MAX_BODY>) -> Result<Json<Published>> {
    let person = publisher(&called)?;
    let Publication { parent, content, note } = body(&called)?;
    let (now, by) = (app.now(), By::caller(Some(person), &called.caller.via));
    let published = app.store.write_async(move |tx| releases::publish(tx, person, &by, parent, &content.to_string(), &note, now));
    let published = published.await;
    match published {
        Ok(version) => Ok(Json(Published { version })),
        Err(error) if error.key == releases::STALE => Err(Problem::from(error).status(StatusCode::CONFLICT)),
        Err(error) => Err(error.into()),
    }
}

/// As whom somebody publishes.
fn publisher<const MOST: usize>(called: &Called<MOST>) -> Result<PersonId> {
    called.caller.need(Scope::ConfigWrite)?;
    called.caller.person.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, keys::TOKEN_NO_PERSON))
}

fn body<T: DeserializeOwned, const MOST: usize>(called: &Called<MOST>) -> Result<T> {
    serde_json::from_slice(&called.body).map_err(|_| Problem::invalid(keys::CONFIG_MALFORMED))
}

fn version_view(tx: &Tx<'_>, release: Option<&Release>, in_force: i64) -> chuda_record::Result<VersionView> {
    let version = release.map_or(Config::builtin().version, |release| release.version);
    Ok(VersionView {
        version,
        in_force: version == in_force,
        min_app: release.map_or(&Config::builtin().min_app, |release| &release.min_app).clone(),
        published_by: release.map(|release| person_named(tx, release.published_by)).transpose()?,
        at: release.map(|release| release.at),
        note: release.map(|release| release.note.clone()),
    })
}

fn view(tx: &Tx<'_>, release: Option<&Release>, config: &Config, in_force: i64) -> chuda_record::Result<ConfigView> {
    let content = serde_json::to_value(config).map_err(|error| Error::internal("config.encode", error))?;
    Ok(ConfigView { version: version_view(tx, release, in_force)?, content })
}

fn flaw_view(flawed: &Flawed) -> FlawView {
    let error = Error::from(&flawed.flaw);
    FlawView {
        place: flawed.place.clone(),
        flaw: error.key.to_owned(),
        params: error.params.into_iter().map(|(name, value)| (name.into_owned(), value)).collect(),
        message: flawed.flaw.to_string(),
    }
}
