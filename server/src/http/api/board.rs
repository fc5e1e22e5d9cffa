//! The board of a day, as far as touches go (T3, T4): customers in the red, reports, who touched whom.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::Report;
use chuda_record::id::{PersonId, ReportId, TouchId};
use chuda_record::rules::Config;
use chuda_record::rules::metrics::Team;
use chuda_record::time::day_of;
use chuda_record::view::heads::TouchHead;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::customers::{self, CustomerView};
use super::line::VisiblePeople;
use super::{Named, PAGE, Query, Word, by_name, person_named, typed};
use crate::app::App;
use crate::facts;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::scope::Scope;
use crate::store::Tx;

/// Most touches of a day.
const MOST_TOUCHES: usize = 1_000;

/// Which day, and whose.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The day; today unless given.
    day: Option<NaiveDate>,
    /// This person with everybody below; unless given, everybody whom the caller may see.
    #[param(value_type = Option<uuid::Uuid>)]
    team: Option<PersonId>,
}

/// The board of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BoardView {
    /// The day.
    day: NaiveDate,
    /// Whether it is worked: on other days no report is missing.
    working_day: bool,
    /// Customers of the team that are red now, reddest first; at most a hundred.
    red: Vec<CustomerView>,
    /// How many are red altogether.
    red_count: usize,
    /// The reports of the reps, by name.
    reports: Vec<ReportLine>,
    /// Who touched whom, by name.
    touched: Vec<TouchedLine>,
}

/// The report of a rep.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportLine {
    /// Whose.
    person: Named,
    /// Whether it is there: `filed`, `short`, `late`, `missing` or `day_off`.
    state: Word,
    /// It has fewer than three touches.
    short: bool,
    /// Why, if so.
    reason: Option<Word>,
    /// It was filed after the day (补报).
    late: bool,
    /// The report.
    #[schema(value_type = Option<uuid::Uuid>)]
    report: Option<ReportId>,
    /// How many touches it has.
    touches: usize,
    /// When it was filed first.
    filed_at: Option<DateTime<Utc>>,
}

/// The touches of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchedLine {
    /// Who.
    person: Named,
    /// Newest first.
    touches: Vec<TouchLine>,
}

/// One touch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchLine {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: TouchId,
    /// Who was touched.
    customer: Named,
    /// What was done.
    action: Word,
    /// When.
    at: DateTime<Utc>,
    /// `recorded`, or `draft` (待补证据) as long as it has no evidence.
    status: Word,
    /// How many of its evidence are valid.
    valid_evidence: i64,
}

/// What a supervisor looks at in the evening: red customers, reports filed, short, late and missing, who touched whom.
#[utoipa::path(
    get,
    operation_id = "show_board",
    path = "/api/v1/board",
    tag = "figures",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The board", body = BoardView),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such person, or not below the caller", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<BoardView>> {
    called.caller.need(Scope::Metrics)?;
    let now = app.now();
    let view = app.store.read_async(move |tx| {
        let config = tx.config()?;
        let Some(team) = VisiblePeople::of(tx, &called.caller)?.team(tx, which.team)? else { return Ok(Err(Problem::not_found())) };
        let day = which.day.unwrap_or_else(|| day_of(now, config.calendar.zone));
        let mut red = facts::scored(tx, &config, None, now)?;
        red.retain(|one| one.health.red && team.scope.has(one.holder));
        Ok(Ok(BoardView {
            day,
            working_day: config.calendar.is_working_day(day),
            red_count: red.len(),
            red: red.into_iter().take(PAGE).map(|one| customers::view(tx, &config, one)).collect::<chuda_record::Result<_>>()?,
            reports: reports(tx, &config, &team, day)?,
            touched: touched(tx, &config, &team, day)?,
        }))
    });
    view.await?.map(Json)
}

fn reports(tx: &Tx<'_>, config: &Config, team: &Team, day: NaiveDate) -> chuda_record::Result<Vec<ReportLine>> {
    let mut lines = Vec::with_capacity(team.reps.len());
    for rep in &team.reps {
        let id = ReportId::of(*rep, day);
        let report = tx.document(id.into())?.map(|document| typed::<Report>(&document.fields)).transpose()?;
        let report = report.filter(|report| !report.withdrawn);
        let state = match &report {
            Some(report) if report.late => "late",
            Some(report) if report.is_short() => "short",
            Some(_) => "filed",
            None if config.calendar.is_working_day(day) => "missing",
            None => "day_off",
        };
        lines.push(ReportLine {
            person: person_named(tx, *rep)?,
            state: Word::fixed("report_state", state),
            short: report.as_ref().is_some_and(Report::is_short),
            reason: report.as_ref().and_then(|report| report.reason.as_deref()).map(|key| Word::of(&config.short_reasons, key)),
            late: report.as_ref().is_some_and(|report| report.late),
            report: report.as_ref().map(|_| id),
            touches: report.as_ref().map_or(0, |report| report.touches.len()),
            filed_at: report.map(|report| report.filed_at()),
        });
    }
    lines.sort_by(|one, other| by_name(&one.person, &other.person));
    Ok(lines)
}

fn touched(tx: &Tx<'_>, config: &Config, team: &Team, day: NaiveDate) -> chuda_record::Result<Vec<TouchedLine>> {
    let mut by_person: BTreeMap<PersonId, Vec<TouchLine>> = BTreeMap::new();
    for touch in tx.touches_of_day(day, MOST_TOUCHES)?.into_iter().filter(|touch| team.scope.has(touch.person)) {
        by_person.entry(touch.person).or_default().push(TouchLine {
            id: touch.touch,
            customer: Named { id: touch.customer.into(), name: touch.customer_name },
            action: Word::of(&config.actions, &touch.action),
            at: touch.at,
            status: TouchHead::status(touch.counted),
            valid_evidence: touch.valid,
        });
    }
    let mut lines = Vec::with_capacity(by_person.len());
    for (person, touches) in by_person {
        lines.push(TouchedLine { person: person_named(tx, person)?, touches });
    }
    lines.sort_by(|one, other| by_name(&one.person, &other.person));
    Ok(lines)
}
