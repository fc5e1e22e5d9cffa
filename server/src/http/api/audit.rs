//! The audit log (N2): who did and who looked, for those who may ask.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chuda_evidence::audit::{About, Entry};
use chuda_record::Role;
use chuda_record::id::{Hash, PersonId, RecordId};
use chuda_record::rules::audience::superiors;
use chuda_record::time::from_millis;
use chuda_words::keys;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Named, PAGE, Query, parse_time, person_named};
use crate::app::App;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::scope::Scope;
use crate::store::{AuditFilter, Tx};

/// Which acts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// On this record only.
    #[param(value_type = Option<uuid::Uuid>)]
    record: Option<RecordId>,
    /// By this person only.
    #[param(value_type = Option<uuid::Uuid>)]
    person: Option<PersonId>,
    /// Not before this time (RFC 3339).
    #[param(value_type = Option<DateTime<Utc>>)]
    from: Option<String>,
    /// Not after this time (RFC 3339).
    #[param(value_type = Option<DateTime<Utc>>)]
    to: Option<String>,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^[0-9]{1,18}$")]
    cursor: Option<String>,
}

/// One act.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActView {
    /// Its number in the log: from 1, without a gap.
    n: u64,
    /// When, by the server's clock.
    at: DateTime<Utc>,
    /// Who; none: the server itself, its terminal, or a token that belongs to nobody.
    person: Option<Named>,
    /// With what: `device` and its id, `token` and its name, `admin` or `server`.
    via: String,
    /// What was done: `created`, `changed`, `published` (a configuration), `task_done`, `refused`, `rule_carried_out`, `witnessed` (a claim), `uploaded`, `viewed`,
    /// `enrolled`, `person_added`, `line_changed`, `code_issued`, `revoked`, `token_added`, `webhook_added`, `webhook_removed`, `exported`, `backed_up`, `restored`,
    /// `key_made`.
    verb: String,
    /// The record it was done to.
    #[schema(value_type = Option<uuid::Uuid>)]
    record: Option<RecordId>,
    /// What kind of record that is.
    kind: Option<String>,
    /// The bytes it is about.
    about: Option<AboutView>,
    /// A word more: why it was refused, which rule.
    detail: Option<String>,
    /// The hash of the entry before.
    #[schema(value_type = Option<String>)]
    previous: Option<Hash>,
    /// Its hash, which covers all of the above.
    #[schema(value_type = String)]
    hash: Hash,
}

/// Bytes, by their hash.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AboutView {
    /// `change`, `blob`, `claim`, `key` or `entry`.
    what: String,
    /// SHA-256.
    #[schema(value_type = String)]
    hash: Hash,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditList {
    /// Latest first. A page can be short, also empty, though there is a next one.
    entries: Vec<ActView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// Who did and who looked, when, on which device. For auditors and admins all of it, for supervisors the acts on records of the own
/// line; for nobody else.
#[utoipa::path(
    get,
    operation_id = "list_audit",
    path = "/api/v1/audit",
    tag = "records",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of the log", body = AuditList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not an auditor, admin or supervisor, the token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<AuditList>> {
    called.caller.need(Scope::Audit)?;
    let mut filter = AuditFilter {
        record: which.record,
        person: which.person,
        from: which.from.as_deref().map(parse_time).transpose()?,
        to: which.to.as_deref().map(parse_time).transpose()?,
        line: None,
        before: which.cursor.as_deref().map(parse_cursor).transpose()?,
        limit: PAGE,
    };
    let person = called.caller.person;
    let list = app.store.read_async(move |tx| {
        if let Some(person) = person {
            match visible_log(tx, person)? {
                VisibleLog::All => {}
                VisibleLog::Line(line) => filter.line = Some((person, line)),
                VisibleLog::Nothing => return Ok(Err(Problem::new(StatusCode::FORBIDDEN, keys::AUDIT_NOT_ALLOWED))),
            }
        }
        let page = tx.audit_page(&filter)?;
        let entries = page.entries.into_iter().map(|(entry, hash)| view(tx, entry, hash));
        let entries = entries.collect::<chuda_record::Result<_>>()?;
        Ok(Ok(AuditList { entries, next: page.next.map(|next| next.to_string()) }))
    });
    list.await?.map(Json)
}

/// What of the log someone sees.
enum VisibleLog {
    All,
    /// Acts on records of these people.
    Line(Vec<PersonId>),
    Nothing,
}

fn visible_log(tx: &Tx<'_>, person: PersonId) -> chuda_record::Result<VisibleLog> {
    let people = tx.people()?;
    let has = |role| people.get(&person).is_some_and(|person| person.roles.contains(&role));
    if has(Role::Auditor) || has(Role::Admin) {
        return Ok(VisibleLog::All);
    }
    if !has(Role::Supervisor) {
        return Ok(VisibleLog::Nothing);
    }
    let line = people.keys().copied().filter(|other| *other == person || superiors(*other, &people).contains(&person));
    Ok(VisibleLog::Line(line.collect()))
}

fn view(tx: &Tx<'_>, entry: Entry, hash: Hash) -> chuda_record::Result<ActView> {
    let about = entry.about.map(About::parts);
    Ok(ActView {
        n: entry.n,
        at: from_millis(entry.at),
        person: entry.person.map(|person| person_named(tx, person)).transpose()?,
        via: entry.via,
        verb: entry.verb,
        record: entry.record,
        kind: entry.kind,
        about: about.map(|(what, hash)| AboutView { what: what.to_owned(), hash }),
        detail: entry.detail,
        previous: entry.previous,
        hash,
    })
}

fn parse_cursor(text: &str) -> Result<u64> {
    text.parse().ok().filter(|n| i64::try_from(*n).is_ok()).ok_or_else(|| Problem::invalid(keys::QUERY_CURSOR))
}
