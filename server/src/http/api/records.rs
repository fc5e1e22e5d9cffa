//! Records of every kind that rules, people and other systems work with: one paged list, and each with its history. What has a page of
//! its own (touches, evidence, reports, to-dos, people) is read there.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::rules::Config;
use chuda_record::table::Type as Holds;
use chuda_record::time::from_millis;
use chuda_record::view::Yuan;
use chuda_record::{Change, Fen, Fields, KIND_FIELD, Kind, Scalar, VERSION_FIELD, author_of};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::{Id, Named, Query, Word, customer_named, may_read, page, page_of, person_named};
use crate::app::App;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::scope::Scope;
use crate::store::{Document, Filter, Tx};

/// Most changes of one record that are shown, the last ones.
const HISTORY: usize = 1_000;

/// One of the kinds that are listed here.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(try_from = "Kind")]
pub(crate) struct Listed(Kind);

impl TryFrom<Kind> for Listed {
    type Error = &'static str;

    fn try_from(kind: Kind) -> std::result::Result<Self, Self::Error> {
        if kind.has_page() { Err("a kind with a page of its own") } else { Ok(Self(kind)) }
    }
}

impl PartialSchema for Listed {
    fn schema() -> RefOr<Schema> {
        let words = Kind::ALL.iter().filter(|kind| !kind.has_page()).map(|kind| kind.as_str());
        let listed = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
        listed.description(Some("The kinds that are listed here.")).into()
    }
}

impl ToSchema for Listed {}

/// Which records.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this kind.
    kind: Listed,
    /// Of this customer only.
    #[param(value_type = Option<uuid::Uuid>)]
    customer: Option<CustomerId>,
    /// `true`: those that somebody still has to do something about; `false`: the others.
    open: Option<bool>,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// A record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// What it is.
    kind: Listed,
    /// When it happened, was made, or was moved last.
    at: DateTime<Utc>,
    /// Whose record it is.
    author: Option<Named>,
    /// The customer it belongs to.
    customer: Option<Named>,
    /// Whether somebody still has to do something about it.
    open: bool,
    /// Its fields by name: options by their key, links by their id, times in UTC, money in yuan as `…_cny`, a collection by its members.
    #[schema(value_type = Object)]
    fields: BTreeMap<String, FieldValue>,
    /// What keys and ids stand for, by the name of the field.
    labels: BTreeMap<String, Label>,
    /// Fields on which two writers disagree.
    conflicts: Vec<String>,
}

/// What a person reads instead of a key or an id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Label {
    /// In Chinese.
    label: String,
    /// In English.
    label_en: String,
}

/// A record with its history.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordDetail {
    #[serde(flatten)]
    record: RecordView,
    /// Every change, oldest first: who wrote what and when.
    history: Vec<Written>,
}

/// One change of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Written {
    /// When, by the writer's clock.
    at: DateTime<Utc>,
    /// Who; none: the server, for what crosses people.
    by: Option<Named>,
    /// With which installation.
    #[schema(value_type = uuid::Uuid)]
    device: RecordId,
    /// What was written; null is a field that was cleared.
    #[schema(value_type = Object)]
    fields: BTreeMap<String, FieldValue>,
}

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordList {
    /// Latest first.
    records: Vec<RecordView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// Records of one kind that the caller may read.
#[utoipa::path(
    get,
    operation_id = "list_records",
    path = "/api/v1/records",
    tag = "records",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of records", body = RecordList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<RecordList>> {
    called.caller.need(Scope::Records)?;
    let reader = called.caller.reader();
    let base = page_of(which.kind.0, &called.caller, which.cursor.as_deref())?;
    let filter = Filter { customer: which.customer, open: which.open, ..base };
    let list = app.store.read_async(move |tx| {
        let shown = Shown { tx, config: &*tx.config()?, reader };
        let (records, next) = page(tx, &filter, |document| shown.record(which.kind, document))?;
        Ok(RecordList { records, next })
    });
    Ok(Json(list.await?))
}

/// One record with its history.
#[utoipa::path(
    get,
    operation_id = "show_record",
    path = "/api/v1/records/{id}",
    tag = "records",
    params(("id" = uuid::Uuid, Path, description = "The record")),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The record", body = RecordDetail),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not there, not listed here, or not for the caller", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(app): State<App>, Id(id): Id, called: Called) -> Result<Json<RecordDetail>> {
    called.caller.need(Scope::Records)?;
    let reader = called.caller.reader();
    let detail = app.store.read_async(move |tx| {
        let Some(document) = tx.document(id)? else { return Ok(None) };
        let Ok(kind) = Listed::try_from(document.kind) else { return Ok(None) };
        let shown = Shown { tx, config: &*tx.config()?, reader };
        if !shown.may_read(id)? {
            return Ok(None);
        }
        Ok(Some(RecordDetail { record: shown.record(kind, &document)?, history: shown.history(&document)? }))
    });
    detail.await?.map(Json).ok_or_else(Problem::not_found)
}

/// Records as somebody may see them.
struct Shown<'a> {
    tx: &'a Tx<'a>,
    config: &'a Config,
    reader: Option<PersonId>,
}

impl Shown<'_> {
    fn may_read(&self, id: RecordId) -> chuda_record::Result<bool> {
        may_read(self.tx, id, self.reader)
    }

    fn record(&self, kind: Listed, document: &Document) -> chuda_record::Result<RecordView> {
        let customer = document.kind.customer_of(document.id, &document.fields);
        Ok(RecordView {
            id: document.id,
            kind,
            at: from_millis(document.at),
            author: author_of(&document.fields).map(|author| person_named(self.tx, author)).transpose()?,
            customer: customer.map(|customer| customer_named(self.tx, customer)).transpose()?,
            open: document.kind.is_open(&document.fields),
            fields: values(document.kind, &document.fields, false),
            labels: self.labels(document.kind, &document.fields)?,
            conflicts: document.conflicts.keys().cloned().collect(),
        })
    }

    fn labels(&self, kind: Kind, fields: &Fields) -> chuda_record::Result<BTreeMap<String, Label>> {
        let mut labels = BTreeMap::new();
        for (field, value) in fields {
            let Some(text) = value.as_text() else { continue };
            let label = match kind.type_of(field) {
                Some(Holds::Option(list)) => {
                    let Word { zh, en, .. } = Word::of(self.config.list(list), text);
                    Some(Label { label: zh, label_en: en })
                }
                Some(Holds::Person) => text.parse().ok().map(|person| person_named(self.tx, person)).transpose()?.map(same),
                Some(Holds::Link(linked)) => self.name(linked, text)?,
                _ => None,
            };
            labels.extend(label.map(|label| (field.clone(), label)));
        }
        Ok(labels)
    }

    /// What a linked record is called, as far as the caller may read it.
    fn name(&self, kind: Kind, id: &str) -> chuda_record::Result<Option<Label>> {
        let Some(field) = ["name", "number"].into_iter().find(|field| kind.type_of(field).is_some()) else { return Ok(None) };
        let Ok(id) = id.parse::<RecordId>() else { return Ok(None) };
        if !self.may_read(id)? {
            return Ok(None);
        }
        let document = self.tx.document(id)?;
        let name = document.and_then(|document| document.fields.get(field).and_then(Scalar::as_text).map(str::to_owned));
        Ok(name.map(|name| Label { label: name.clone(), label_en: name }))
    }

    fn history(&self, document: &Document) -> chuda_record::Result<Vec<Written>> {
        let changes = self.tx.changes(document.id)?;
        let last = changes.len().saturating_sub(HISTORY);
        let mut history = Vec::new();
        for bytes in &changes[last..] {
            let change = Change::parse(bytes).map_err(|error| chuda_record::Error::internal("document.load", error))?;
            let device = self.tx.device(change.actor.device)?;
            history.push(Written {
                at: change.at,
                by: device.map(|device| person_named(self.tx, device.person)).transpose()?,
                device: RecordId(change.actor.device.0),
                fields: values(document.kind, &change.writes, true),
            });
        }
        Ok(history)
    }
}

fn same(named: Named) -> Label {
    Label { label: named.name.clone(), label_en: named.name }
}

/// What a field holds, as JSON has it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum FieldValue {
    /// An instant.
    Time(DateTime<Utc>),
    /// An amount.
    Money(Yuan),
    /// Anything else that is one value.
    Plain(Scalar),
    /// The members of a collection.
    Members(BTreeMap<String, FieldValue>),
}

/// Fields as JSON has them, money under its name in yuan; those that were cleared only where it is about what was written.
fn values(kind: Kind, fields: &Fields, cleared: bool) -> BTreeMap<String, FieldValue> {
    let mut values = BTreeMap::new();
    for (key, scalar) in fields.iter().filter(|(key, _)| !matches!(key.as_str(), KIND_FIELD | VERSION_FIELD)) {
        if *scalar == Scalar::Null && !cleared {
            continue;
        }
        let holds = kind.type_of(key);
        let value = match (holds, scalar) {
            (Some(Holds::Timestamp), Scalar::Int(at)) => FieldValue::Time(from_millis(*at)),
            (Some(Holds::Money), Scalar::Int(fen)) => FieldValue::Money(Yuan(Fen(*fen))),
            (_, scalar) => FieldValue::Plain(scalar.clone()),
        };
        match key.split_once('/') {
            None if matches!(holds, Some(Holds::Money)) => drop(values.insert(format!("{key}_cny"), value)),
            None => drop(values.insert(key.clone(), value)),
            Some((name, member)) => {
                let members = values.entry(name.to_owned()).or_insert_with(|| FieldValue::Members(BTreeMap::new()));
                if let FieldValue::Members(members) = members {
                    members.insert(member.to_owned(), value);
                }
            }
        }
    }
    values
}
