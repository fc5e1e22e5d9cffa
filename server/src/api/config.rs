//! The configuration (T6): what is in force, earlier versions, and drafts that are checked, tried out and published.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chuda_record::Error;
use chuda_record::Release;
use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::rules::Config;
use chuda_record::rules::dry_run::{self, DryRun};
use chuda_record::rules::flaw::Flawed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Named, person_named};
use crate::app::App;
use crate::audit::By;
use crate::caller::{Called, Scope};
use crate::problem::{Problem, ProblemBody, Result};
use crate::releases;
use crate::store::Tx;

/// Most bytes of a body with a configuration in it.
const MAX_BODY: usize = 256 * 1024;
/// Most versions that are listed.
const MAX_LISTED: usize = 1_000;

/// A version of the configuration, without its content.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionView {
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
pub(super) struct ConfigView {
    #[serde(flatten)]
    version: VersionView,
    /// Options, forms, rules, formula and targets.
    #[schema(value_type = Object)]
    content: Value,
}

/// Versions of the configuration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionList {
    /// The newest first.
    versions: Vec<VersionView>,
}

/// A draft to be checked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// The whole configuration.
    #[schema(value_type = Object)]
    content: Value,
}

/// Whether a draft could be published.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Checked {
    /// Whether it could.
    ok: bool,
    /// What is wrong with it, if something is.
    flaw: Option<FlawView>,
}

/// What is wrong with a draft.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FlawView {
    /// Where, such as `rules.quote-pdf`.
    place: String,
    /// Stable key, such as `flaw.unknown`.
    flaw: String,
    /// Values for a translated text.
    params: BTreeMap<String, String>,
    /// In English.
    message: String,
}

/// A draft to be tried out.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    /// The whole configuration.
    #[schema(value_type = Object)]
    content: Value,
    /// With the records of how many days; 90 unless given.
    #[schema(minimum = 1, maximum = 366)]
    days: Option<u16>,
}

/// A draft to be published.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Publication {
    /// The version that the draft was made from: it has to be the one in force.
    parent: i64,
    /// The whole configuration.
    #[schema(value_type = Object)]
    content: Value,
    /// What was changed.
    #[schema(min_length = 1, max_length = 1000)]
    note: String,
}

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Published {
    /// The number of the version that is in force now.
    version: i64,
}

/// What a draft would have done with past records, against the version in force. Lists have at most 200 entries, and only of records
/// that the caller may read; counts are of all.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DryRunView {
    /// How many records were looked at.
    records: usize,
    /// Per rule: how often it fires now, and how often it would.
    rules: BTreeMap<String, CountView>,
    /// What would be new.
    added: Vec<WouldView>,
    /// What would no longer be.
    removed: Vec<WouldView>,
    /// What would be otherwise, as it would be.
    changed: Vec<WouldView>,
    /// Customers that turn red or are no longer.
    health: Vec<HealthView>,
    /// Touches that would be refused.
    refused: Vec<RefusedView>,
    /// How many there are of each, listed or not.
    totals: TotalsView,
}

/// How often a rule fires.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct CountView {
    /// By the version in force.
    now: usize,
    /// By the draft.
    then: usize,
}

/// A rule that would fire for a record.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct WouldView {
    /// The rule.
    rule: String,
    /// The record: one of the past, or one that another entry would make.
    #[schema(value_type = uuid::Uuid)]
    record: RecordId,
    /// What the record is: `touch` and so on.
    kind: String,
    /// The customer it belongs to.
    #[schema(value_type = Option<uuid::Uuid>)]
    customer: Option<CustomerId>,
    /// What it does, such as `task:quote_approval`.
    effects: Vec<String>,
    /// For whom: ids of people and words of roles.
    whom: Vec<String>,
    /// What held, such as `action = quote`.
    because: String,
}

/// A customer whose health changes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct HealthView {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    customer: CustomerId,
    /// The sum by the formula in force, such as `12 = 4×2 + 2×5 − 2×3`.
    now: String,
    /// The sum by the draft's.
    then: String,
    /// Whether it would be red.
    red: bool,
}

/// A touch that would not have been accepted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct RefusedView {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    touch: RecordId,
    /// The customer it belongs to.
    #[schema(value_type = Option<uuid::Uuid>)]
    customer: Option<CustomerId>,
    /// The field it lacks.
    field: String,
}

/// How many entries there are.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct TotalsView {
    /// New.
    added: usize,
    /// No longer.
    removed: usize,
    /// Otherwise.
    changed: usize,
    /// Customers that would be red.
    turns_red: usize,
    /// Customers that would no longer be red.
    turns_green: usize,
    /// Touches that would be refused.
    refused: usize,
}

/// The version in force.
#[utoipa::path(
    get,
    operation_id = "show_config",
    path = "/api/v1/config",
    tag = "config",
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The version in force", body = ConfigView),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn current(State(app): State<App>, called: Called) -> Result<Json<ConfigView>> {
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
pub(super) async fn versions(State(app): State<App>, called: Called) -> Result<Json<VersionList>> {
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
pub(super) async fn version(State(app): State<App>, Path(version): Path<String>, called: Called) -> Result<Json<ConfigView>> {
    called.caller.need(Scope::Config)?;
    let version: i64 = version.parse().map_err(|_| Problem::not_found())?;
    let found = app.store.read_async(move |tx| {
        let configs = tx.configs()?;
        let Some(config) = configs.get(&version) else { return Ok(None) };
        view(tx, releases::show(tx, version)?.as_ref(), config, tx.config()?.version).map(Some)
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
        (status = 200, description = "Whether it could be published, or what is wrong with it", body = Checked),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn check(State(app): State<App>, called: Called<MAX_BODY>) -> Result<Json<Checked>> {
    called.caller.need(Scope::Config)?;
    let draft: Draft = body(&called)?;
    let checked = app.store.read_async(move |tx| releases::check(tx, &draft.content.to_string())).await?;
    Ok(Json(Checked { ok: checked.is_ok(), flaw: checked.err().as_ref().map(flaw_view) }))
}

/// What a draft would have done with the records of the last days. Nothing is written.
#[utoipa::path(
    post,
    operation_id = "dry_run_config",
    path = "/api/v1/config/dry-run",
    tag = "config",
    request_body = Trial,
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "What would be otherwise", body = DryRunView),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The caller may not publish, the token lacks the scope or belongs to nobody, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The draft can't be published: `config.flawed` with place and flaw", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn dry_run(State(app): State<App>, called: Called<MAX_BODY>) -> Result<Json<DryRunView>> {
    let person = publisher(&called)?;
    let trial: Trial = body(&called)?;
    // It looks at many records: one at a time keeps the others quick.
    let _turn = app.dry_runs.acquire().await.map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "server.stopping"))?;
    let now = app.now();
    let tried = app.store.read_async(move |tx| releases::try_out(tx, person, &trial.content.to_string(), trial.days, now));
    Ok(Json(tried.await?.into()))
}

/// Publishes a draft: everyone gets it with the next sync. Records keep the version they were made under.
#[utoipa::path(
    post,
    operation_id = "publish_config",
    path = "/api/v1/config",
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
pub(super) async fn publish(State(app): State<App>, called: Called<MAX_BODY>) -> Result<Json<Published>> {
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
    called.caller.person.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "token.no_person"))
}

fn body<T: DeserializeOwned, const MOST: usize>(called: &Called<MOST>) -> Result<T> {
    serde_json::from_slice(&called.body).map_err(|_| Problem::invalid("config.malformed"))
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

impl From<DryRun> for DryRunView {
    fn from(run: DryRun) -> Self {
        let woulds = |list: Vec<dry_run::Would>| list.into_iter().map(WouldView::from).collect();
        let dry_run::Totals { added, removed, changed, turns_red, turns_green, refused } = run.totals;
        Self {
            records: run.records,
            rules: run.rules.into_iter().map(|(rule, count)| (rule, CountView { now: count.now, then: count.then })).collect(),
            added: woulds(run.added),
            removed: woulds(run.removed),
            changed: woulds(run.changed),
            health: run.health.into_iter().map(HealthView::from).collect(),
            refused: run.refused.into_iter().map(RefusedView::from).collect(),
            totals: TotalsView { added, removed, changed, turns_red, turns_green, refused },
        }
    }
}

impl From<dry_run::Would> for WouldView {
    fn from(would: dry_run::Would) -> Self {
        let dry_run::Would { rule, record, kind, customer, effects, whom, because } = would;
        Self { rule, record, kind: kind.as_str().to_owned(), customer, effects, whom, because }
    }
}

impl From<dry_run::HealthChange> for HealthView {
    fn from(change: dry_run::HealthChange) -> Self {
        let dry_run::HealthChange { customer, now, then, red } = change;
        Self { customer, now, then, red }
    }
}

impl From<dry_run::Refused> for RefusedView {
    fn from(refused: dry_run::Refused) -> Self {
        let dry_run::Refused { touch, customer, field } = refused;
        Self { touch, customer, field }
    }
}
