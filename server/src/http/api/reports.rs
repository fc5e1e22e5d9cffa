//! Daily reports (T4).

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use chuda_record::id::PersonId;
use chuda_record::view::heads::ReportHead;
use chuda_record::{Kind, Report};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::touches::head;
use super::{Query, page, page_of, person_named, typed};
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
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    #[serde(flatten)]
    head: ReportHead,
    /// The key action for tomorrow.
    tomorrow: String,
    /// Taken back (撤销).
    withdrawn: bool,
}

/// A page of reports.
#[derive(Debug, Serialize, ToSchema)]
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
    let filter = Filter { author: which.person, day: which.day, ..page_of(Kind::Report, &called.caller, which.cursor.as_deref())? };
    let list = app.store.read_async(move |tx| {
        let config = tx.config()?;
        let (reports, next) = page(tx, &filter, |document| {
            let report: Report = typed(&document.fields)?;
            let author = person_named(tx, report.author)?;
            let touches = report.touches.iter().filter_map(|touch| head(tx, *touch, &config).transpose());
            let touches = touches.collect::<chuda_record::Result<Vec<_>>>()?;
            let head = ReportHead::of(document.id, &report, author, touches, &config);
            Ok(ReportView { head, tomorrow: report.tomorrow, withdrawn: report.withdrawn })
        })?;
        Ok(ReportList { reports, next })
    });
    Ok(Json(list.await?))
}
