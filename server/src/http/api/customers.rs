//! Customers by their health (T3), reddest first.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use chuda_record::Customer;
use chuda_record::id::{CustomerId, RecordId};
use chuda_record::rules::Config;
use chuda_record::time::from_millis;
use chuda_record::view::HealthView;
use chuda_words::keys;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::line::VisiblePeople;
use super::{Named, PAGE, Query, Word, person_named, typed};
use crate::app::App;
use crate::facts::{self, Scored};
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::scope::Scope;
use crate::store::Tx;

/// Which customers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `true`: only those that are red.
    #[serde(default)]
    #[param(required = false)]
    red: bool,
    /// Where the page before ended: its `next`. Health stays as of the first page.
    #[param(pattern = r"^[0-9]{1,18}_-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// A customer that somebody has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: CustomerId,
    /// Its name.
    name: String,
    /// Where it stands, such as 方案报价.
    stage: Word,
    /// Who has it.
    holder: Named,
    /// Since when it stands so: the last move of its lead, or when it was entered.
    since: DateTime<Utc>,
    /// The last touch that counts.
    last_touch: Option<DateTime<Utc>>,
    /// How it is.
    health: HealthView,
}

/// A page of customers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerList {
    /// Reddest first.
    customers: Vec<CustomerView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// Customers that somebody has and that are not closed, with their health; those that the caller may read.
#[utoipa::path(
    get,
    operation_id = "list_customers",
    path = "/api/v1/customers",
    tag = "figures",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of customers", body = CustomerList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<CustomerList>> {
    called.caller.need(Scope::Metrics)?;
    let now = app.now();
    let cursor = which.cursor.as_deref().map(Cursor::parse).transpose()?;
    let list = app.store.read_async(move |tx| {
        let config = tx.config()?;
        let at = cursor.map_or(now, |cursor| cursor.at.min(now));
        let reader = VisiblePeople::of(tx, &called.caller)?.reader();
        let mut scored = facts::scored(tx, &config, reader, at)?;
        scored.retain(|one| {
            let after = cursor.is_none_or(|cursor| (one.health.score, one.customer) > (cursor.score, cursor.customer));
            after && (one.health.red || !which.red)
        });
        let next = (scored.len() > PAGE).then(|| Cursor::after(&scored[PAGE - 1], at).to_text());
        let customers = scored.into_iter().take(PAGE).map(|one| view(tx, &config, one));
        Ok(CustomerList { customers: customers.collect::<chuda_record::Result<_>>()?, next })
    });
    Ok(Json(list.await?))
}

/// A customer as it is shown.
pub(crate) fn view(tx: &Tx<'_>, config: &Config, scored: Scored) -> chuda_record::Result<CustomerView> {
    let Scored { customer: id, holder, health, last_touch } = scored;
    let document = tx.document(id.into())?.ok_or_else(|| chuda_record::Error::not_found(keys::CUSTOMER_NOT_FOUND))?;
    let customer: Customer = typed(&document.fields)?;
    let (stage, moved_at) = facts::standing(tx, config, id)?;
    Ok(CustomerView {
        id,
        name: customer.name,
        stage: Word::of(&config.stages, stage.as_str()),
        holder: person_named(tx, holder)?,
        since: moved_at.unwrap_or(customer.created_at),
        last_touch,
        health: HealthView::of(health, &config.health),
    })
}

/// Where a page ends, and the moment as of which all pages are.
#[derive(Clone, Copy)]
struct Cursor {
    at: DateTime<Utc>,
    score: i64,
    customer: CustomerId,
}

impl Cursor {
    fn after(last: &Scored, at: DateTime<Utc>) -> Self {
        Self { at, score: last.health.score, customer: last.customer }
    }

    fn to_text(self) -> String {
        format!("{}_{}_{}", self.at.timestamp_millis(), self.score, RecordId::from(self.customer))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut parts = text.splitn(3, '_');
        let mut part = || parts.next();
        let parsed = (|| {
            let (at, score) = (part()?.parse().ok()?, part()?.parse().ok()?);
            Some(Self { at: from_millis(at), score, customer: part()?.parse().ok()? })
        })();
        parsed.ok_or_else(|| Problem::invalid(keys::QUERY_CURSOR))
    }
}
