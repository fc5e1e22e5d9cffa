//! Daily reports (T4).

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Kind, Report, from_fields};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Named, PAGE, Query, Word, cursor_of, parse_cursor, person_named, unreadable};
use crate::app::App;
use crate::http::caller::Called;
use crate::http::problem::{ProblemBody, Result};
use crate::scope::Scope;
use crate::store::Filter;

/// Which reports.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this day only.
    day: Option<NaiveDate>,
    /// Of this person only.
    #[param(value_type = Option<uuid::Uuid>)]
    person: Option<PersonId>,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// A filed report.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReportView {
    /// Its id, which follows from person and day.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// Whose report.
    author: Named,
    /// Of which day, in the person's zone.
    day: NaiveDate,
    /// The touches of the day.
    #[schema(value_type = Vec<uuid::Uuid>)]
    touches: Vec<RecordId>,
    /// The key action for tomorrow.
    tomorrow: String,
    /// Fewer than three touches.
    short: bool,
    /// Why, if so.
    reason: Option<Word>,
    /// Filed after the day (补报).
    late: bool,
    /// Taken back (撤销).
    withdrawn: bool,
    /// When it was filed first.
    filed_at: DateTime<Utc>,
}

/// A page of reports.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReportList {
    /// Filed last first.
    reports: Vec<ReportView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// Daily reports: the caller's own and those of everybody below in the reporting line.
#[utoipa::path(
    get,
    operation_id = "list_reports",
    path = "/api/v1/reports",
    tag = "records",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of reports", body = ReportList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<ReportList>> {
    called.caller.need(Scope::Reports)?;
    let filter = Filter {
        reader: called.caller.reader(),
        author: which.person,
        day: which.day,
        after: which.cursor.as_deref().map(parse_cursor).transpose()?,
        limit: PAGE,
        ..Filter::of(Kind::Report)
    };
    let list = app.store.read_async(move |tx| {
        let documents = tx.documents(&filter)?;
        let config = tx.config()?;
        let next = documents.get(PAGE - 1).map(cursor_of);
        let mut reports = Vec::with_capacity(documents.len());
        for document in documents {
            let report: Report = from_fields(&document.fields).map_err(|error| unreadable(&error))?;
            reports.push(ReportView {
                id: document.id,
                author: person_named(tx, report.author)?,
                day: report.day,
                short: report.is_short(),
                filed_at: report.filed_at(),
                touches: report.touches.into_iter().map(RecordId::from).collect(),
                tomorrow: report.tomorrow,
                reason: report.reason.map(|reason| Word::of(&config.short_reasons, &reason)),
                late: report.late,
                withdrawn: report.withdrawn,
            });
        }
        Ok(ReportList { reports, next })
    });
    Ok(Json(list.await?))
}
