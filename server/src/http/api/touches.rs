//! Touches and their evidence, with how far it can be trusted and whether its bytes have arrived.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chuda_record::id::{CustomerId, EvidenceId, Hash, PersonId, RecordId, TouchId};
use chuda_record::rules::{Config, result};
use chuda_record::time::from_millis;
use chuda_record::view::heads::TouchHead;
use chuda_record::view::{Yuan, added, to_the_minute};
use chuda_record::{Contact, Event, Evidence, Kind, Touch, from_fields};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Id, Named, Query, Word, find, may_read, page, page_of, parse_time, person_named, typed};
use crate::app::App;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::jobs;
use crate::scope::Scope;
use crate::shown::touch_head;
use crate::store::{Document, Filter, Tx};

/// Which touches.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Not before this time (RFC 3339).
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Not after this time (RFC 3339).
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// By this person only.
    #[param(value_type = Option<uuid::Uuid>)]
    person: Option<PersonId>,
    /// Of this customer only.
    #[param(value_type = Option<uuid::Uuid>)]
    customer: Option<CustomerId>,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// A touch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchView {
    #[serde(flatten)]
    head: TouchHead,
    /// What a rule filed it as, such as 待审批报价单.
    category: Option<Word>,
    /// The zone it happened in.
    zone: String,
    /// Progress brief (B1).
    brief: Option<Word>,
    /// Who answers the technical question (B2): a name.
    tech_owner: Option<String>,
    /// Whether that name is not in the people list (未在通讯录).
    tech_owner_unknown: bool,
    /// When the answer is expected.
    response_by: Option<NaiveDate>,
    /// Amount in yuan.
    amount_cny: Option<Yuan>,
    /// Custom development.
    custom_development: bool,
    /// Intent level as seen in this touch.
    intent: Option<String>,
    /// The customer answered.
    feedback: bool,
    /// Whether what was sent was opened within 24 h (M1): `yes`, `no`, `pending`; none where nobody can tell.
    opened_within_24h: Option<String>,
    /// Who was touched (N1).
    contact: Option<String>,
    /// What that person is to the deal.
    contact_role: Option<Word>,
    /// What comes next.
    next_action: Option<String>,
    /// When it comes.
    next_date: Option<NaiveDate>,
    /// At what time of that day: hours and minutes.
    #[serde(serialize_with = "to_the_minute")]
    #[schema(value_type = Option<String>)]
    next_time: Option<NaiveTime>,
    /// Free text.
    note: Option<String>,
    /// Fields that a supervisor added to the form (T6), by their key.
    extra: BTreeMap<String, String>,
    /// How many pieces of evidence it names.
    evidence_count: usize,
    /// Fields on which two writers disagree.
    conflicts: Vec<String>,
}

/// A touch with its evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchDetail {
    #[serde(flatten)]
    touch: TouchView,
    /// What proves it, as far as its records have arrived.
    evidence: Vec<EvidenceView>,
}

/// One piece of evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// SHA-256 of its bytes, which are at `/blobs/{sha256}`.
    #[schema(value_type = String)]
    sha256: Hash,
    /// Their number.
    size: i64,
    /// What they are.
    mime: String,
    /// `camera`, `gallery`, `file`, `recording`, or `event` when an outside system saw it (M1).
    source: String,
    /// When it was captured, by the device's clock.
    captured_at: DateTime<Utc>,
    /// SHA-256 of its claim.
    #[schema(value_type = String)]
    claim: Hash,
    /// How far its time can be trusted: `local_unverified` or `server_witnessed`.
    grade: Word,
    /// When the server saw the signed claim: the evidence existed before.
    witnessed_at: Option<DateTime<Utc>>,
    /// What a reader should know.
    flags: Vec<String>,
    /// Whether it opens.
    readable: bool,
    /// Why it can't be opened, if it can't.
    unreadable: Option<String>,
    /// Consent of a recording: `self` or `told`.
    consent: Option<String>,
    /// Whether the bytes have arrived: `uploading` or `stored`.
    attachment: Word,
    /// What a recording says.
    transcript: Option<String>,
    /// Who looked at it.
    views: Vec<View>,
}

/// One look at evidence (T5).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct View {
    /// When.
    at: DateTime<Utc>,
    /// Who; none: a token that belongs to nobody.
    person: Option<Named>,
    /// With what.
    via: String,
}

/// A page of touches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TouchList {
    /// Latest first.
    touches: Vec<TouchView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// Touches that the caller may read: the own ones, those of the team below, those on the own customers, those behind a to-do.
#[utoipa::path(
    get,
    path = "/api/v1/touches",
    operation_id = "list_touches",
    tag = "records",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of touches", body = TouchList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<TouchList>> {
    called.caller.need(Scope::Touches)?;
    let filter = Filter {
        author: which.person,
        customer: which.customer,
        from: which.from.as_deref().map(parse_time).transpose()?,
        to: which.to.as_deref().map(parse_time).transpose()?,
        ..page_of(Kind::Touch, &called.caller, which.cursor.as_deref())?
    };
    let now = app.now();
    let list = app.store.read_async(move |tx| {
        let (touches, next) = page(tx, &filter, |document| Ok(view(tx, document, filter.reader, now)?.0))?;
        Ok(TouchList { touches, next })
    });
    Ok(Json(list.await?))
}

/// One touch with its evidence.
#[utoipa::path(
    get,
    path = "/api/v1/touches/{id}",
    operation_id = "show_touch",
    tag = "records",
    params(("id" = uuid::Uuid, Path, description = "The touch")),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The touch", body = TouchDetail),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not for the caller", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(State(app): State<App>, Id(id): Id, called: Called) -> Result<Json<TouchDetail>> {
    called.caller.need(Scope::Touches)?;
    let person = called.caller.reader();
    let now = app.now();
    let detail = app.store.read_async(move |tx| {
        let Some(document) = find(tx, Kind::Touch, id, person)? else { return Ok(None) };
        let (touch, names) = view(tx, &document, person, now)?;
        let evidence = evidence_views(tx, &names, person)?;
        Ok(Some(TouchDetail { touch, evidence }))
    });
    detail.await?.map(Json).ok_or_else(Problem::not_found)
}

fn view(
    tx: &Tx<'_>,
    document: &Document,
    reader: Option<PersonId>,
    now: DateTime<Utc>,
) -> chuda_record::Result<(TouchView, BTreeSet<EvidenceId>)> {
    let touch: Touch = typed(&document.fields)?;
    let config = tx.config()?;
    let events = tx.children(document.id, Kind::Event)?;
    let events: Vec<Event> = events.iter().filter_map(|event| from_fields(&event.fields).ok()).collect();
    let opened = result::opened(&config, &touch, &events, now);
    // Whoever reads a touch behind a to-do need not read whom it was with.
    let contact = match touch.contact {
        Some(contact) if may_read(tx, contact.into(), reader)? => tx.document(contact.into())?,
        _ => None,
    };
    let contact = contact.and_then(|document| from_fields::<Contact>(&document.fields).ok());
    let owner = touch.tech_owner.as_ref().map(|owner| match owner.parse::<PersonId>() {
        Ok(person) => Ok::<_, chuda_record::Error>((person_named(tx, person)?.name, false)),
        Err(_) => Ok((owner.clone(), true)),
    });
    let owner = owner.transpose()?;
    let role = contact.as_ref().and_then(|contact| contact.role.as_deref());
    let made_under = tx.config_of(&document.fields)?;
    let extra = added(&made_under, &touch).into_iter().map(|(field, value)| (field.key, value));
    let view = TouchView {
        head: touch_head(tx, document.id, &touch, &config)?,
        category: touch.category.map(|category| Word::of(&config.categories, &category)),
        zone: touch.zone.name().to_owned(),
        brief: touch.brief.map(|brief| Word::of(&config.briefs, &brief)),
        tech_owner_unknown: owner.as_ref().is_some_and(|(_, unknown)| *unknown),
        tech_owner: owner.map(|(name, _)| name),
        response_by: touch.response_by,
        amount_cny: touch.amount.map(Yuan),
        custom_development: touch.custom_development,
        intent: touch.intent.map(|intent| intent.as_str().to_owned()),
        feedback: touch.feedback,
        opened_within_24h: opened.map(|outcome| result::opened_word(outcome).to_owned()),
        contact_role: role.map(|key| Word::of(&config.contact_roles, key)),
        contact: contact.map(|contact| contact.name),
        next_action: touch.next_action,
        next_date: touch.next_date,
        next_time: touch.next_time,
        note: touch.note,
        extra: extra.collect(),
        evidence_count: touch.evidence.len(),
        conflicts: document.conflicts.keys().cloned().collect(),
    };
    Ok((view, touch.evidence))
}

/// What is said of a touch wherever it is named; none as long as it has not arrived.
pub(super) fn head(tx: &Tx<'_>, id: TouchId, config: &Config) -> chuda_record::Result<Option<TouchHead>> {
    let document = tx.document(id.into())?;
    document.map(|document| touch_head(tx, document.id, &typed(&document.fields)?, config)).transpose()
}

/// Evidence that somebody may read, as far as its records have arrived.
pub(super) fn evidence_views(
    tx: &Tx<'_>,
    evidence: &BTreeSet<EvidenceId>,
    reader: Option<PersonId>,
) -> chuda_record::Result<Vec<EvidenceView>> {
    let mut views = Vec::new();
    for id in evidence {
        if let Some(document) = tx.document((*id).into())?.filter(|document| document.kind == Kind::Evidence)
            && may_read(tx, document.id, reader)?
        {
            views.push(evidence_view(tx, &document)?);
        }
    }
    Ok(views)
}

/// One piece of evidence, as its record, its claim and the log of views tell it.
fn evidence_view(tx: &Tx<'_>, document: &Document) -> chuda_record::Result<EvidenceView> {
    let evidence: Evidence = typed(&document.fields)?;
    let (witnessed, attachment) = (tx.claim_of(document.id.into(), &evidence)?, attachment(tx, &evidence)?);
    let own = jobs::is_kept(&evidence);
    let mut flags = evidence.flags;
    flags.extend(witnessed.iter().flat_map(|(_, flags)| flags.split_whitespace().map(str::to_owned)));
    let views = tx.views(document.id.into())?.into_iter().map(|(at, person, via)| {
        let person = person.map(|person| person_named(tx, person)).transpose()?;
        Ok(View { at: from_millis(at), person, via })
    });
    Ok(EvidenceView {
        id: document.id,
        sha256: evidence.sha256,
        size: evidence.size,
        mime: evidence.mime,
        source: evidence.source,
        captured_at: evidence.captured_at,
        claim: evidence.claim,
        grade: Word::fixed("grade", if witnessed.is_some() || own { "server_witnessed" } else { "local_unverified" }),
        witnessed_at: witnessed.map(|(at, _)| from_millis(at)).or(evidence.stored_at.filter(|_| own)),
        flags: flags.into_iter().collect(),
        readable: evidence.unreadable.is_none(),
        unreadable: evidence.unreadable,
        consent: evidence.consent,
        attachment,
        transcript: evidence.transcript,
        views: views.collect::<chuda_record::Result<_>>()?,
    })
}

/// Whether the bytes of evidence have arrived.
pub(crate) fn attachment(tx: &Tx<'_>, evidence: &Evidence) -> chuda_record::Result<Word> {
    Ok(Word::fixed("attachment", if tx.has_bytes(evidence)? { "stored" } else { "uploading" }))
}
