//! Weeks against their baselines (G1, G2), conversion (G3), touch density (D1) and what is outside the standard (D2), of a team and of
//! each rep in it. Minutes of calls and numbers of messages are nowhere in it.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use chuda_record::id::PersonId;
use chuda_record::rules::Config;
use chuda_record::rules::metrics::{Line, Ratio, Tally, Week};
use chuda_record::rules::targets::{Judged, Light};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::line::VisiblePeople;
use super::{Named, Query, Word, person_named};
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
#[derive(Debug, Serialize, Deserialize, ToSchema)]
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
    team: LineView,
    /// Of each rep, by name.
    people: Vec<PersonLine>,
}

/// The figures of a rep.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PersonLine {
    /// Who.
    person: Named,
    #[serde(flatten)]
    line: LineView,
}

/// The figures of a rep, or of a team together.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LineView {
    /// New valid leads, touches per customer, feedback after a quote (G1).
    baselines: Vec<BaselineView>,
    /// Share of the customers that are well touched (D1).
    density: DensityView,
    /// Share of the valid leads of four weeks that reached 方案报价 (G3).
    conversion: ConversionView,
    /// How often each action outside the standard was used (D2).
    non_standard: Vec<ActionCountView>,
    /// What became of the mails and attachments that were sent (M1).
    opened: TallyView,
}

/// A number against its baseline.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct BaselineView {
    /// Which number.
    metric: Word,
    /// What was reached; none when there was nothing to have a share of.
    value: Option<RatioView>,
    /// What was aimed at.
    baseline: RatioView,
    /// How much of the baseline that is.
    ratio: Option<RatioView>,
    /// How near it is (G2).
    light: Option<LightView>,
    /// The sum spelled out: `68 / 80 = 85.0 %`.
    sum: String,
}

/// How near the baseline: always a word and a shape, so that no colour is needed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LightView {
    #[serde(flatten)]
    word: Word,
    /// `●` for green, `▲` for yellow, `■` for red.
    icon: String,
}

/// An exact share or average: `part` of `whole`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RatioView {
    /// What is counted.
    part: i64,
    /// Of how many.
    whole: i64,
    /// In percent, rounded down to tenths: `85.0 %`.
    percent: String,
}

/// Touch density.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DensityView {
    /// That of the week.
    share: Option<RatioView>,
    /// That at the end of each of the last eight weeks, oldest first.
    trend: Vec<DensityWeek>,
}

/// Touch density of one week.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DensityWeek {
    /// The week.
    week: String,
    /// Its share; none without customers.
    share: Option<RatioView>,
}

/// Conversion.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ConversionView {
    /// The share; none without valid leads.
    share: Option<RatioView>,
    /// For how many weeks in running it has been too low.
    low_weeks: u32,
    /// Whether so many call for help: script pack to the rep, alert to the supervisor.
    needs_help: bool,
}

/// How often something was done.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ActionCountView {
    /// What.
    action: Word,
    /// How often.
    count: i64,
}

/// What became of what was sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct TallyView {
    /// Opened within 24 h.
    met: i64,
    /// Not opened yet, with time left.
    open: i64,
    /// Not opened in time.
    missed: i64,
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
    let asked = which.week.as_deref().map(|week| week.parse::<Week>().map_err(|_| Problem::invalid("query.week"))).transpose()?;
    let view = app.store.read_async(move |tx| {
        let config = tx.config()?;
        let week = asked.unwrap_or_else(|| Week::of(now, config.calendar.zone));
        if week.span(config.calendar.zone).from > now {
            return Ok(Err(Problem::invalid("query.week")));
        }
        let Some(team) = VisiblePeople::of(tx, &called.caller)?.team(tx, which.team)? else { return Ok(Err(Problem::not_found())) };
        let figures = facts::figures(tx, &config, &team, week, now)?;
        let mut people = Vec::with_capacity(figures.people.len());
        for (person, line) in figures.people {
            people.push(PersonLine { person: person_named(tx, person)?, line: view(&config, line) });
        }
        people.sort_by(|one, other| one.person.by_name(&other.person));
        let span = week.span(config.calendar.zone);
        let team = view(&config, figures.team);
        Ok(Ok(WeekView { week: week.to_string(), from: span.from, until: span.until, over: figures.over, team, people }))
    });
    view.await?.map(Json)
}

fn view(config: &Config, line: Line) -> LineView {
    let trend: Vec<DensityWeek> =
        line.density.iter().map(|(week, share)| DensityWeek { week: week.to_string(), share: share.map(Into::into) }).collect();
    // In the order of the options.
    let counted = config.actions.iter().filter_map(|option| {
        let count = *line.non_standard.get(&option.key)?;
        Some(ActionCountView { action: Word::of(&config.actions, &option.key), count })
    });
    LineView {
        baselines: line.baselines.into_iter().map(Into::into).collect(),
        density: DensityView { share: line.density.last().and_then(|(_, share)| share.map(Into::into)), trend },
        conversion: ConversionView {
            share: line.conversion.map(Into::into),
            low_weeks: line.low_weeks,
            needs_help: line.needs_help,
        },
        non_standard: counted.collect(),
        opened: line.opened.into(),
    }
}

impl From<Judged> for BaselineView {
    fn from(Judged { metric, value, baseline, ratio, light, sum }: Judged) -> Self {
        Self {
            metric: word(metric.as_str(), metric.label(), metric.label_en()),
            value: value.map(Into::into),
            baseline: baseline.into(),
            ratio: ratio.map(Into::into),
            light: light.map(Into::into),
            sum,
        }
    }
}

impl From<Light> for LightView {
    fn from(light: Light) -> Self {
        Self { word: word(light.as_str(), light.label(), light.label_en()), icon: light.icon().into() }
    }
}

impl From<Ratio> for RatioView {
    fn from(ratio: Ratio) -> Self {
        Self { part: ratio.part, whole: ratio.whole, percent: ratio.as_percent() }
    }
}

impl From<Tally> for TallyView {
    fn from(Tally { met, open, missed }: Tally) -> Self {
        Self { met, open, missed }
    }
}

fn word(key: &str, label: &str, label_en: &str) -> Word {
    Word { key: key.into(), label: label.into(), label_en: label_en.into() }
}
