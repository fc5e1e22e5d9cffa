//! Meetings as calendars want them (B4).

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chuda_record::id::PersonId;
use chuda_record::invitation::{self, Invitation};
use chuda_record::{Change, Contract, Kind, Meeting, from_fields};

use super::{customer_named, find, typed};
use crate::app::App;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::scope::Scope;
use crate::store::Tx;

/// A meeting's invitation as iCalendar (RFC 5545), for a calendar to open.
#[utoipa::path(
    get,
    operation_id = "show_invitation",
    path = "/api/v1/meetings/{file}",
    tag = "records",
    params(("file" = String, Path, description = "The meeting's id and `.ics`", pattern = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.ics$")),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The invitation", body = String, content_type = "text/calendar"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not for the caller", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn invitation(State(app): State<App>, Path(file): Path<String>, called: Called) -> Result<Response> {
    called.caller.need(Scope::Records)?;
    let id = file.strip_suffix(".ics").and_then(|id| id.parse().ok()).ok_or_else(Problem::not_found)?;
    let (reader, now) = (called.caller.reader(), app.now());
    let ics = app.store.read_async(move |tx| {
        let Some(document) = find(tx, Kind::Meeting, id, reader)? else { return Ok(None) };
        let meeting: Meeting = typed(&document.fields)?;
        let history: std::result::Result<Vec<Change>, _> = tx.changes(id)?.iter().map(|bytes| Change::parse(bytes)).collect();
        let history = history.map_err(|error| chuda_record::Error::internal("document.load", error))?;
        let people = tx.people()?;
        let name_of = |person: PersonId| people.get(&person).map(|person| person.name.clone()).unwrap_or_default();
        Ok(Some(invitation::to_ics(&Invitation {
            id: id.into(),
            meeting: &meeting,
            sequence: invitation::sequence(&history),
            customer: &customer_named(tx, meeting.customer)?.name,
            contract: number_of(tx, &meeting)?.as_deref(),
            name_of: &name_of,
            now,
        })))
    });
    let ics = ics.await?.ok_or_else(Problem::not_found)?;
    let named = format!("attachment; filename=\"{file}\"");
    let kind = "text/calendar; charset=utf-8; method=REQUEST".to_owned();
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, named)], ics).into_response())
}

fn number_of(tx: &Tx<'_>, meeting: &Meeting) -> chuda_record::Result<Option<String>> {
    let contract = meeting.contract.map_or(Ok(None), |contract| tx.document(contract.into()))?;
    Ok(contract.and_then(|document| from_fields::<Contract>(&document.fields).ok()).map(|contract| contract.number))
}
