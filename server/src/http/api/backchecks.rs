//! Back-checks (R1): what was drawn, what the machine found, what the supervisor answered. About records and rules, never about people
//! (R2): nothing here names whose touch it is, and nothing is counted.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::id::{PersonId, RecordId, TouchId};
use chuda_record::rules::Config;
use chuda_record::time::day_of;
use chuda_record::view::back_check::AskedView;
use chuda_record::{BackCheck, Kind, Touch};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::touches::{EvidenceView, evidence_views};
use super::{Id, Named, Query, Word, customer_named, find, page, page_of, person_named, typed};
use crate::app::App;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::scope::Scope;
use crate::store::{Filter, Tx};

/// Which back-checks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `true`: open ones alone; `false`: closed ones alone.
    open: Option<bool>,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// A back-check.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackCheckView {
    /// Its id, which follows from supervisor and period.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// Whose team was drawn from: the one who looks.
    supervisor: Named,
    /// First day of the period.
    from: NaiveDate,
    /// Last day of it.
    to: NaiveDate,
    /// How many records there were to draw from.
    population: i64,
    /// When it was drawn.
    created_at: DateTime<Utc>,
    /// When it was closed, if it was.
    closed_at: Option<DateTime<Utc>>,
    /// What is to be changed in rules and options.
    conclusion: Option<String>,
}

/// A back-check with all that was drawn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackCheckDetail {
    #[serde(flatten)]
    back_check: BackCheckView,
    /// What the draw was made with: the candidates with the smallest SHA-256 of `seed/id` were drawn, in that order.
    seed: String,
    /// SHA-256 of the candidates' ids, sorted, one a line.
    digest: String,
    /// The candidates' ids, sorted; none where there are too many to be kept.
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    candidates: Option<Vec<TouchId>>,
    /// The records drawn, first drawn first.
    records: Vec<Drawn>,
}

/// A record that was drawn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Drawn {
    /// Its place in the draw, from 1.
    place: i64,
    /// The touch.
    #[schema(value_type = uuid::Uuid)]
    touch: TouchId,
    /// What it says; none where the caller may not read it.
    summary: Option<Summary>,
    /// The questions about it.
    questions: Vec<AskedView>,
}

/// A touch, without whose it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Summary {
    /// Who was touched.
    customer: Named,
    /// How.
    contact_mode: Word,
    /// What was done.
    action: Word,
    /// When it happened.
    at: DateTime<Utc>,
    /// On which day, where it happened.
    day: NaiveDate,
    /// Free text.
    note: Option<String>,
    /// What proves it, as far as its records have arrived.
    evidence: Vec<EvidenceView>,
}

/// A page of back-checks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackCheckList {
    /// Latest first.
    backchecks: Vec<BackCheckView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// Back-checks: the caller's own, those of supervisors below, and all of them for whoever audits.
#[utoipa::path(
    get,
    operation_id = "list_backchecks",
    path = "/api/v1/backchecks",
    tag = "records",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of back-checks", body = BackCheckList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<BackCheckList>> {
    called.caller.need(Scope::Backchecks)?;
    let base = page_of(Kind::BackCheck, &called.caller, which.cursor.as_deref())?;
    let list = app.store.read_async(move |tx| {
        let filter = Filter { open: which.open, ..base };
        let (backchecks, next) = page(tx, &filter, |document| view(tx, document.id, &typed(&document.fields)?))?;
        Ok(BackCheckList { backchecks, next })
    });
    Ok(Json(list.await?))
}

/// One back-check with everything that was drawn, and what anyone needs to make the draw again.
#[utoipa::path(
    get,
    operation_id = "show_backcheck",
    path = "/api/v1/backchecks/{id}",
    tag = "records",
    params(("id" = uuid::Uuid, Path, description = "The back-check")),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The back-check", body = BackCheckDetail),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not for the caller", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(app): State<App>, Id(id): Id, called: Called) -> Result<Json<BackCheckDetail>> {
    called.caller.need(Scope::Backchecks)?;
    let reader = called.caller.reader();
    let detail = app.store.read_async(move |tx| {
        let Some(document) = find(tx, Kind::BackCheck, id, reader)? else { return Ok(None) };
        let record: BackCheck = typed(&document.fields)?;
        let config = tx.config()?;
        let mut records = Vec::with_capacity(record.drawn.len());
        for (touch, place) in record.in_order().into_iter().zip(1..) {
            let summary = summary(tx, touch, &config, reader)?;
            records.push(Drawn { place, touch, summary, questions: AskedView::all(&record, touch, &config) });
        }
        Ok(Some(BackCheckDetail {
            back_check: view(tx, id, &record)?,
            candidates: record.listed().map(|listed| listed.into_iter().collect()),
            seed: record.seed,
            digest: record.digest,
            records,
        }))
    });
    detail.await?.map(Json).ok_or_else(Problem::not_found)
}

fn view(tx: &Tx<'_>, id: RecordId, record: &BackCheck) -> chuda_record::Result<BackCheckView> {
    Ok(BackCheckView {
        id,
        supervisor: person_named(tx, record.author)?,
        from: record.from,
        to: record.to,
        population: record.population,
        created_at: record.origin.created_at,
        closed_at: record.closed_at,
        conclusion: record.conclusion.clone(),
    })
}

fn summary(tx: &Tx<'_>, touch: TouchId, config: &Config, reader: Option<PersonId>) -> chuda_record::Result<Option<Summary>> {
    let Some(document) = find(tx, Kind::Touch, touch.into(), reader)? else { return Ok(None) };
    let touch: Touch = typed(&document.fields)?;
    Ok(Some(Summary {
        customer: customer_named(tx, touch.customer)?,
        contact_mode: Word::fixed("mode", touch.mode.as_str()),
        action: Word::of(&config.actions, &touch.action),
        at: touch.at,
        day: day_of(touch.at, touch.zone),
        note: touch.note,
        evidence: evidence_views(tx, &touch.evidence, reader)?,
    }))
}
