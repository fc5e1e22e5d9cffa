//! What outside systems saw (M1): handed in row by row, and what came of each.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chuda_record::id::{CustomerId, RecordId};
use chuda_record::{Event, Kind, Scalar};
use chuda_words::keys;
use serde::{Deserialize, Serialize};
use serde_json::{Value, from_value};
use utoipa::{IntoParams, ToSchema};

use super::{Named, Query, Word, customer_named, page, page_of, person_named, typed};
use crate::app::App;
use crate::audit::By;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::outside_events::{self, EventIn, Taken};
use crate::reactions;
use crate::scope::Scope;
use crate::store::Filter;

/// Most events of one request.
const MOST: usize = 500;
/// Most bytes of one request.
const MAX_BYTES: usize = 1024 * 1024;

/// What came of one row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventTaken {
    /// Its place in the request, from 0.
    index: usize,
    /// `created`, `known` (it was there before, nothing is changed) or `refused`.
    outcome: String,
    /// The event.
    #[schema(value_type = Option<uuid::Uuid>)]
    id: Option<RecordId>,
    /// The touch it belongs to, as far as that is here.
    #[schema(value_type = Option<uuid::Uuid>)]
    touch: Option<RecordId>,
    /// The field that is wrong, of a refused one.
    field: Option<String>,
}

/// What came of each row.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventsTaken {
    /// In the order of the request.
    events: Vec<EventTaken>,
}

/// Takes in at most 500 events. A row that is wrong is refused by itself.
#[utoipa::path(
    post,
    operation_id = "hand_in_events",
    path = "/api/v1/events",
    tag = "records",
    request_body = Vec<EventIn>,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "What came of each", body = EventsTaken),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No token", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or a phone is asking", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes or events", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn hand_in(State(app): State<App>, sent: Called<MAX_BYTES>) -> Result<Json<EventsTaken>> {
    // A phone could prove its own touches with them.
    sent.caller.need_token()?;
    sent.caller.need(Scope::EventsWrite)?;
    let rows: Vec<Value> = serde_json::from_slice(&sent.body).map_err(|_| Problem::invalid(keys::EVENTS_MALFORMED))?;
    if rows.len() > MOST {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, keys::EVENTS_TOO_MANY).with("most", MOST));
    }
    let (now, by) = (app.now(), By::caller(sent.caller.person, &sent.caller.via));
    let taken = app.store.write_async(move |tx| {
        let mut ingest = reactions::begin(tx, now)?;
        let mut taken = Vec::with_capacity(rows.len());
        for (index, row) in rows.into_iter().enumerate() {
            let (outcome, id, field) =
                match from_value(row).map_or(Ok(Taken::Refused("row")), |event| outside_events::take(&mut ingest, &by, &event))? {
                    Taken::New(id) => ("created", Some(id), None),
                    Taken::Known(id) => ("known", Some(id), None),
                    Taken::Refused(field) => ("refused", None, Some(field.to_owned())),
                };
            taken.push(EventTaken { index, outcome: outcome.to_owned(), id, touch: None, field });
        }
        ingest.finish()?;
        for one in &mut taken {
            let Some(event) = one.id.map(|id| tx.document(id)).transpose()?.flatten() else { continue };
            one.touch = event.fields.get("touch").and_then(Scalar::as_text).and_then(|id| id.parse().ok());
        }
        tracing::info!(count = taken.len(), "events taken in");
        Ok(EventsTaken { events: taken })
    });
    Ok(Json(taken.await?))
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this customer only.
    #[param(value_type = Option<uuid::Uuid>)]
    customer: Option<CustomerId>,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// What happened.
    event: Word,
    /// With whom.
    customer: Named,
    /// Whose action it was.
    author: Option<Named>,
    /// The touch it belongs to.
    #[schema(value_type = Option<uuid::Uuid>)]
    touch: Option<RecordId>,
    /// When it happened.
    at: DateTime<Utc>,
    /// The system.
    system: String,
    /// Its id there.
    external_id: String,
    /// What ties events together there.
    thread: Option<String>,
    /// Whether the customer answered with it.
    feedback: bool,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventList {
    /// Latest first.
    events: Vec<EventView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// Events with customers of the caller.
#[utoipa::path(
    get,
    operation_id = "list_events",
    path = "/api/v1/events",
    tag = "records",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of events", body = EventList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<EventList>> {
    called.caller.need(Scope::Workflow)?;
    let base = page_of(Kind::Event, &called.caller, which.cursor.as_deref())?;
    let filter = Filter { customer: which.customer, ..base };
    let list = app.store.read_async(move |tx| {
        let config = tx.config()?;
        let (events, next) = page(tx, &filter, |document| {
            let event: Event = typed(&document.fields)?;
            Ok(EventView {
                id: document.id,
                event: Word::of(&config.events, &event.event),
                customer: customer_named(tx, event.customer)?,
                author: event.author.map(|person| person_named(tx, person)).transpose()?,
                touch: event.touch.map(Into::into),
                at: event.at,
                system: event.system,
                external_id: event.external_id,
                thread: event.thread,
                feedback: event.feedback,
            })
        })?;
        Ok(EventList { events, next })
    });
    Ok(Json(list.await?))
}
