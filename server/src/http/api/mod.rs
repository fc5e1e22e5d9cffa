//! The JSON API for people's tools and other systems. Everyone sees what `rules::audience` lets them read, and nothing else:
//! what may not be seen looks like what is not there. Auditors read everything and change nothing.

pub(super) mod answers;
pub(super) mod audit;
pub(super) mod backchecks;
pub(super) mod board;
pub(super) mod config;
pub(super) mod contracts;
pub(super) mod customers;
pub(super) mod events;
pub(super) mod imports;
mod line;
pub(super) mod meetings;
pub(super) mod metrics;
pub(super) mod people;
pub(super) mod records;
pub(super) mod reports;
pub(super) mod todos;
pub(super) mod touches;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::time::from_millis;
use chuda_record::view::{Named, Word};
use chuda_words::keys;
use serde::de::DeserializeOwned;

use crate::http::problem::{Problem, Result};
use crate::store::{Document, Tx};

/// Most items of one page.
const PAGE: usize = 100;

/// The order in which people are listed: it ranks nobody.
fn by_name(one: &Named, other: &Named) -> std::cmp::Ordering {
    (&one.name, one.id).cmp(&(&other.name, other.id))
}

/// Query parameters, refused with a problem that names none of their values.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|_| Problem::invalid(keys::QUERY_INVALID))
    }
}

/// An id in the path; one that is no id is of nothing.
pub(crate) struct Id(pub(crate) RecordId);

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
    parsed.ok_or_else(|| Problem::invalid(keys::QUERY_CURSOR))
}

fn parse_time(text: &str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).map_err(|_| Problem::invalid(keys::QUERY_TIME))
}

fn time(millis: i64) -> DateTime<Utc> {
    from_millis(millis)
}

fn person_named(tx: &Tx<'_>, person: PersonId) -> chuda_record::Result<Named> {
    Ok(Named { id: person.into(), name: tx.name_of(person)? })
}

fn customer_named(tx: &Tx<'_>, customer: CustomerId) -> chuda_record::Result<Named> {
    Ok(Named { id: customer.into(), name: tx.customer_name(customer)? })
}

fn unreadable(error: &chuda_record::Misshapen) -> chuda_record::Error {
    chuda_record::Error::internal("document.unreadable", error)
}
