//! People: everyone of the team is known to everyone of it.

use axum::Json;
use axum::extract::State;
use chuda_record::id::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::caller::Called;
use crate::http::problem::{ProblemBody, Result};
use crate::scope::Scope;

/// Someone of the team.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PersonView {
    /// The person's id.
    #[schema(value_type = uuid::Uuid)]
    id: PersonId,
    /// As shown to colleagues.
    name: String,
    /// Such as `rep`.
    roles: Vec<String>,
    /// Whom the person reports to.
    #[schema(value_type = Option<uuid::Uuid>)]
    reports_to: Option<PersonId>,
    /// IANA name of the person's time zone.
    zone: String,
    /// Gone from the team.
    left: bool,
}

/// Everyone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PeopleList {
    /// In the order in which they were added.
    people: Vec<PersonView>,
}

/// Everyone of the team, with roles and reporting lines.
#[utoipa::path(
    get,
    operation_id = "list_people",
    path = "/api/v1/people",
    tag = "records",
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Everyone", body = PeopleList),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, called: Called) -> Result<Json<PeopleList>> {
    called.caller.need(Scope::People)?;
    let people = app.store.read_async(|tx| tx.people()).await?;
    let people = people.iter().map(|(id, person)| PersonView {
        id: *id,
        name: person.name.clone(),
        roles: person.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        reports_to: person.reports_to,
        zone: person.zone.name().to_owned(),
        left: person.left,
    });
    Ok(Json(PeopleList { people: people.collect() }))
}
