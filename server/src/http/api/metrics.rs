//! Weeks against their baselines (G1, G2), conversion (G3), touch density (D1) and what is outside the standard (D2), of a team and of
//! each rep in it. Minutes of calls and numbers of messages are nowhere in it.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use chuda_record::id::PersonId;
use chuda_record::rules::Config;
use chuda_record::rules::metrics::{Line, Week};
use chuda_record::view::figures::{CountView, Counted};
use chuda_words::keys;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::line::VisiblePeople;
use super::{Named, Query, by_name, person_named};
use crate::app::App;
use crate::facts;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::scope::Scope;

/// Which week, and whose.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Such as `2026-W47`; the running week unless given.
    #[param(pattern = r"^[0-9]{4}-W[0-9]{2}$")]
    week: Option<String>,
    /// This person with everybody below; unless given, everybody whom the caller may see.
    #[param(value_type = Option<uuid::Uuid>)]
    team: Option<PersonId>,
}

/// The figures of a week.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WeekView {
    /// Such as `2026-W47`.
    week: String,
    /// Its first instant.
    from: DateTime<Utc>,
    /// The first instant after it.
    until: DateTime<Utc>,
    /// Whether it is over; a running week only grows.
    over: bool,
    /// Of all together.
    team: Counted,
    /// Of each rep, by name.
    people: Vec<PersonLine>,
}

/// The figures of a rep.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonLine {
    /// Who.
    person: Named,
    #[serde(flatten)]
    line: Counted,
}

/// A week of a team and of each rep in it.
#[utoipa::path(
    get,
    operation_id = "show_metrics",
    path = "/api/v1/metrics",
    tag = "figures",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The figures", body = WeekView),
        (status = 400, description = "A parameter can't be read, or the week has not begun", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such person, or not below the caller", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<WeekView>> {
    called.caller.need(Scope::Metrics)?;
    let now = app.now();
    let asked =
        which.week.as_deref().map(|week| week.parse::<Week>().map_err(|_| Problem::invalid(keys::QUERY_WEEK))).transpose()?;
    let view = app.store.read_async(move |tx| {
        let config = tx.config()?;
        let week = asked.unwrap_or_else(|| Week::of(now, config.calendar.zone));
        if week.span(config.calendar.zone).from > now {
            return Ok(Err(Problem::invalid(keys::QUERY_WEEK)));
        }
        let Some(team) = VisiblePeople::of(tx, &called.caller)?.team(tx, which.team)? else { return Ok(Err(Problem::not_found())) };
        let figures = facts::figures(tx, &config, &team, week, now)?;
        let mut people = Vec::with_capacity(figures.people.len());
        for (person, line) in figures.people {
            people.push(PersonLine { person: person_named(tx, person)?, line: view(&config, &line) });
        }
        people.sort_by(|one, other| by_name(&one.person, &other.person));
        let span = week.span(config.calendar.zone);
        let team = view(&config, &figures.team);
        Ok(Ok(WeekView { week: week.to_string(), from: span.from, until: span.until, over: figures.over, team, people }))
    });
    view.await?.map(Json)
}

fn view(config: &Config, line: &Line) -> Counted {
    // In the order of the options.
    let counted = config.actions.iter().filter_map(|option| {
        let count = *line.non_standard.get(&option.key)?;
        Some(CountView { action: option.into(), count })
    });
    Counted::of(line, counted.collect())
}
