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
use chuda_record::Kind;
use chuda_record::id::{PersonId, RecordId};
use chuda_record::view::{Named, Word};
use chuda_words::keys;
use serde::de::DeserializeOwned;

use crate::http::caller::Caller;
use crate::http::problem::{Problem, Result};
use crate::shown::{customer_named, person_named};
use crate::store::{Document, Filter, Tx, typed};

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

/// Which records of a kind are on a page, as far as the caller may read them.
fn page_of(kind: Kind, caller: &Caller, cursor: Option<&str>) -> Result<Filter> {
    Ok(Filter { reader: caller.reader(), after: cursor.map(parse_cursor).transpose()?, limit: PAGE, ..Filter::of(kind) })
}

/// A page as it is shown, and the `cursor` of the next one.
fn page<V>(
    tx: &Tx<'_>,
    filter: &Filter,
    view: impl Fn(&Document) -> chuda_record::Result<V>,
) -> chuda_record::Result<(Vec<V>, Option<String>)> {
    let documents = tx.documents(filter)?;
    Ok((documents.iter().map(view).collect::<chuda_record::Result<_>>()?, documents.get(PAGE - 1).map(cursor_of)))
}

/// Whether somebody may read a record; nobody in particular reads everything.
fn may_read(tx: &Tx<'_>, id: RecordId, reader: Option<PersonId>) -> chuda_record::Result<bool> {
    reader.map_or(Ok(true), |reader| tx.may_read(id, reader))
}

/// A record of this kind; none where it may not be read.
fn find(tx: &Tx<'_>, kind: Kind, id: RecordId, reader: Option<PersonId>) -> chuda_record::Result<Option<Document>> {
    let Some(document) = tx.document(id)?.filter(|document| document.kind == kind) else { return Ok(None) };
    Ok(may_read(tx, id, reader)?.then_some(document))
}
