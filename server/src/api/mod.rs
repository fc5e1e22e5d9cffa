//! The JSON API for people's tools and other systems. Everyone sees what `rules::audience` lets them read, and nothing else:
//! what may not be seen looks like what is not there. Auditors read everything and change nothing.

mod answers;
mod audit;
mod backchecks;
mod board;
mod config;
mod contracts;
mod customers;
mod events;
mod imports;
mod line;
mod meetings;
mod metrics;
mod people;
mod records;
mod reports;
mod todos;
mod touches;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::time::from_millis;
use chuda_record::{Customer, from_fields};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::problem::{Problem, Result};
use crate::stores::Tx;
use crate::stores::sqlite::Document;

/// Most items of one page.
const PAGE: usize = 100;

/// Every route under `/api/v1`.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(todos::list))
        .routes(routes!(todos::done))
        .routes(routes!(touches::list))
        .routes(routes!(touches::show))
        .routes(routes!(reports::list))
        .routes(routes!(people::list))
        .routes(routes!(imports::import))
        .routes(routes!(events::list, events::hand_in))
        .routes(routes!(answers::questions))
        .routes(routes!(answers::answer))
        .routes(routes!(answers::promise))
        .routes(routes!(answers::demands))
        .routes(routes!(answers::assess))
        .routes(routes!(answers::findings))
        .routes(routes!(answers::settle))
        .routes(routes!(audit::list))
        .routes(routes!(backchecks::list))
        .routes(routes!(backchecks::show))
        .routes(routes!(config::current))
        .routes(routes!(config::publish))
        .routes(routes!(config::versions))
        .routes(routes!(config::version))
        .routes(routes!(config::check))
        .routes(routes!(config::dry_run))
        .routes(routes!(records::list))
        .routes(routes!(records::show))
        .routes(routes!(contracts::signed))
        .routes(routes!(meetings::invitation))
        .routes(routes!(customers::list))
        .routes(routes!(metrics::show))
        .routes(routes!(board::show))
}

/// A person or customer, named.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Named {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// Its name.
    name: String,
}

impl Named {
    /// The order in which people are listed: it ranks nobody.
    fn by_name(&self, other: &Self) -> std::cmp::Ordering {
        (&self.name, self.id).cmp(&(&other.name, other.id))
    }
}

/// An option of the configuration in both languages.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct Word {
    /// The word that is stored.
    key: String,
    /// In Chinese.
    label: String,
    /// In English.
    label_en: String,
}

impl Word {
    fn labelled(key: &str, label: chuda_words::Word) -> Self {
        Self { key: key.to_owned(), label: label.zh.to_owned(), label_en: label.en.to_owned() }
    }

    fn of(list: &[chuda_record::rules::config::Choice], key: &str) -> Self {
        let choice = chuda_record::rules::Config::option(list, key);
        Self {
            key: key.to_owned(),
            label: choice.map_or(key, |choice| &choice.zh).to_owned(),
            label_en: choice.map_or(key, |choice| &choice.en).to_owned(),
        }
    }
}

/// Query parameters, refused with a problem that names none of their values.
struct Query<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|_| Problem::invalid("query.invalid"))
    }
}

/// An id in the path; one that is no id is of nothing.
struct Id(RecordId);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let id = axum::extract::Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        id.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// Where a page ends, as text that the next request hands back.
fn cursor_of(document: &Document) -> String {
    format!("{}_{}", document.at, document.id)
}

fn parse_cursor(text: &str) -> Result<(i64, RecordId)> {
    let parsed = text.split_once('_').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    parsed.ok_or_else(|| Problem::invalid("query.cursor"))
}

fn parse_time(text: &str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).map_err(|_| Problem::invalid("query.time"))
}

fn time(millis: i64) -> DateTime<Utc> {
    from_millis(millis)
}

pub(crate) fn person_named(tx: &Tx<'_>, person: PersonId) -> chuda_record::Result<Named> {
    let name = tx.people()?.get(&person).map(|person| person.name.clone()).unwrap_or_default();
    Ok(Named { id: person.into(), name })
}

pub(crate) fn customer_named(tx: &Tx<'_>, customer: CustomerId) -> chuda_record::Result<Named> {
    let document = tx.document(customer.into())?;
    let name = document.and_then(|document| from_fields::<Customer>(&document.fields).ok()).map(|customer| customer.name);
    Ok(Named { id: customer.into(), name: name.unwrap_or_default() })
}

pub(crate) fn unreadable(error: &chuda_record::Misshapen) -> chuda_record::Error {
    chuda_record::Error::internal("document.unreadable", error)
}
