//! What waits for somebody's word: technical questions (B2), demand cards (F1), facts that do not agree (B5).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::table::MAX_TEXT;
use chuda_record::{Demand, Fields, Finding, Kind, Question};
use chuda_words::keys;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Id, Named, Query, Word, customer_named, find, page, page_of, person_named, typed};
use crate::app::App;
use crate::audit::By;
use crate::http::caller::{Called, Caller};
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::reactions;
use crate::scope::Scope;
use crate::store::{Document, Filter, Tx};

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `true`: those that wait; `false`: those that are settled; otherwise all.
    open: Option<bool>,
    /// Of this customer only.
    #[param(value_type = Option<uuid::Uuid>)]
    customer: Option<CustomerId>,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// A technical question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// For whom.
    customer: Named,
    /// The rep who asks.
    author: Named,
    /// The tech owner as named.
    owner: Option<String>,
    /// Whether that name is not in the people list (未在通讯录).
    owner_unknown: bool,
    /// Who answers,
    assignee: Option<Named>,
    /// or the role of those of whom one does.
    role: Option<String>,
    /// What is asked.
    text: Option<String>,
    /// By when an answer is promised.
    promised: Option<NaiveDate>,
    /// Whether that day has passed without one.
    overdue: bool,
    /// The answer.
    answer: Option<String>,
    /// When it was given.
    answered_at: Option<DateTime<Utc>>,
    /// By whom.
    answered_by: Option<Named>,
    /// The touch it came up in.
    #[schema(value_type = Option<uuid::Uuid>)]
    touch: Option<RecordId>,
    /// When it came up.
    created_at: DateTime<Utc>,
}

/// A demand card.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DemandView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// From whom.
    customer: Named,
    /// The rep who heard it.
    author: Named,
    /// What is wanted.
    text: Option<String>,
    /// Where it stands: 待技术评估 at first.
    status: Word,
    /// What the assessment said.
    assessment: Option<String>,
    /// When it was assessed.
    assessed_at: Option<DateTime<Utc>>,
    /// By whom.
    assessed_by: Option<Named>,
    /// The touch it came up in.
    #[schema(value_type = Option<uuid::Uuid>)]
    touch: Option<RecordId>,
    /// When it came up.
    created_at: DateTime<Utc>,
}

/// Two facts that do not agree, side by side.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: RecordId,
    /// What does not agree.
    finding: Word,
    /// About which customer.
    customer: Option<Named>,
    /// Whose record it is about.
    author: Option<Named>,
    /// The one value.
    left: Option<String>,
    /// The other value.
    right: Option<String>,
    /// The record it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    source: Option<RecordId>,
    /// The other record, where two are one.
    #[schema(value_type = Option<uuid::Uuid>)]
    other: Option<RecordId>,
    /// What held.
    because: Option<String>,
    /// How it was settled.
    resolution: Option<Word>,
    /// Why.
    reason: Option<String>,
    /// When.
    resolved_at: Option<DateTime<Utc>>,
    /// By whom; none: it settled itself.
    resolved_by: Option<Named>,
    /// When it was found.
    created_at: DateTime<Utc>,
}

/// A page of questions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionList {
    /// Latest first.
    questions: Vec<QuestionView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// A page of demand cards.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DemandList {
    /// Latest first.
    demands: Vec<DemandView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingList {
    /// Latest first.
    findings: Vec<FindingView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// An answer to a question.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerIn {
    /// What is answered.
    #[schema(min_length = 1, max_length = 4000)]
    answer: String,
}

/// Another day for an answer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromiseIn {
    /// By when.
    by: NaiveDate,
}

/// An assessment of a demand.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssessmentIn {
    /// `planned`, `declined`, `clarify`, or what the configuration adds.
    choice: String,
    /// Why; some choices need it.
    #[serde(default)]
    #[schema(max_length = 4000)]
    reason: Option<String>,
}

/// How a finding is settled.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettlementIn {
    /// `left_right`, `right_right`, `both_right`; of two customers `merge` or `keep_both`.
    resolution: String,
    /// Why.
    #[schema(min_length = 1, max_length = 4000)]
    reason: String,
}

macro_rules! lists {
    ($(#[$doc:meta])* $name:ident $id:literal $path:literal $list:ident { $items:ident } $kind:ident $view:ident) => {
        $(#[$doc])*
        #[utoipa::path(
            get,
            operation_id = $id,
            path = $path,
            tag = "records",
            params(Which),
            security(("device" = []), ("bearer" = [])),
            responses(
                (status = 200, description = "A page of them", body = $list),
                (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
                (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
                (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
            )
        )]
        pub(crate) async fn $name(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<$list>> {
            called.caller.need(Scope::Workflow)?;
            let base = page_of(Kind::$kind, &called.caller, which.cursor.as_deref())?;
            let (filter, now) = (Filter { open: which.open, customer: which.customer, ..base }, app.now());
            let list = app.store.read_async(move |tx| {
                let ($items, next) = page(tx, &filter, |document| $view(tx, document, now))?;
                Ok($list { $items, next })
            });
            Ok(Json(list.await?))
        }
    };
}

lists! {
    /// Technical questions that the caller may read.
    questions "list_questions" "/api/v1/questions" QuestionList { questions } Question question_view
}

lists! {
    /// Demand cards that the caller may read.
    demands "list_demands" "/api/v1/demands" DemandList { demands } Demand demand_view
}

lists! {
    /// Findings that the caller may read.
    findings "list_findings" "/api/v1/findings" FindingList { findings } Finding finding_view
}

macro_rules! acts {
    ($(#[$doc:meta])* $name:ident $id:literal $path:literal $body:ident $kind:ident $view:ident -> $answer:ident $writes:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post,
            operation_id = $id,
            path = $path,
            tag = "records",
            params(("id" = uuid::Uuid, Path, description = "Which")),
            request_body = $body,
            security(("device" = []), ("bearer" = [])),
            responses(
                (status = 200, description = "As it is now", body = $answer),
                (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
                (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
                (status = 403, description = "It is not the caller's to say, or the token lacks the scope or belongs to nobody", body = ProblemBody, content_type = "application/problem+json"),
                (status = 404, description = "Not there, or not for the caller", body = ProblemBody, content_type = "application/problem+json"),
                (status = 409, description = "Settled already", body = ProblemBody, content_type = "application/problem+json"),
                (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
                (status = 422, description = "Something is missing or no such option", body = ProblemBody, content_type = "application/problem+json"),
            )
        )]
        pub(crate) async fn $name(State(app): State<App>, Id(id): Id, called: Called) -> Result<Json<$answer>> {
            let (person, body) = said::<$body>(&called.caller, &called.body)?;
            let (now, by) = (app.now(), By::caller(Some(person), &called.caller.via));
            let outcome = app.store.write_async(move |tx| {
                let writes = |tx: &Tx<'_>, record: &$kind| $writes(tx, record, &body, person, now);
                write_as(tx, (Kind::$kind, id), (person, &by), now, writes, $view)
            });
            outcome.await?.map(Json)
        }
    };
}

acts! {
    /// Answers a question: it is closed, and the rep is told.
    answer "answer_question" "/api/v1/questions/{id}/answer" AnswerIn Question question_view -> QuestionView answered
}

acts! {
    /// Promises an answer for another day.
    promise "promise_answer" "/api/v1/questions/{id}/promise" PromiseIn Question question_view -> QuestionView promised
}

acts! {
    /// Assesses a demand: the rep is told.
    assess "assess_demand" "/api/v1/demands/{id}/assess" AssessmentIn Demand demand_view -> DemandView assessed
}

acts! {
    /// Settles a finding, with a reason.
    settle "settle_finding" "/api/v1/findings/{id}/resolve" SettlementIn Finding finding_view -> FindingView settled
}

type Wanted = chuda_record::Result<std::result::Result<Fields, Problem>>;

#[expect(clippy::unnecessary_wraps, reason = "all acts are called alike")]
fn answered(_: &Tx<'_>, question: &Question, body: &AnswerIn, person: PersonId, now: DateTime<Utc>) -> Wanted {
    Ok(match given(&body.answer) {
        None => Err(missing(keys::QUESTION_ANSWER)),
        Some(_) if question.answered_at.is_some() => Err(done(keys::QUESTION_ALREADY_ANSWERED)),
        Some(answer) => Ok(Question::answer(answer, person, now)),
    })
}

fn promised(tx: &Tx<'_>, question: &Question, body: &PromiseIn, _: PersonId, now: DateTime<Utc>) -> Wanted {
    let today = chuda_record::time::day_of(now, tx.config()?.calendar.zone);
    Ok(if question.answered_at.is_some() {
        Err(done(keys::QUESTION_ALREADY_ANSWERED))
    } else if body.by < today {
        Err(missing(keys::QUESTION_PROMISE_PAST))
    } else {
        Ok(Fields::from([("promised".into(), body.by.to_string().into())]))
    })
}

fn assessed(tx: &Tx<'_>, _: &Demand, body: &AssessmentIn, person: PersonId, now: DateTime<Utc>) -> Wanted {
    let config = tx.config()?;
    let reason = body.reason.as_deref().and_then(given);
    Ok(match config.assessments().find(|choice| choice.key == body.choice) {
        None => Err(missing(keys::DEMAND_CHOICE)),
        Some(choice) if choice.needs_reason && reason.is_none() => Err(missing(keys::DEMAND_REASON)),
        Some(choice) => Ok(Demand::assess(&choice.key, reason, person, now)),
    })
}

fn settled(tx: &Tx<'_>, finding: &Finding, body: &SettlementIn, person: PersonId, now: DateTime<Utc>) -> Wanted {
    let known = tx.config()?.resolutions.iter().any(|option| option.key == body.resolution && !option.retired);
    Ok(match given(&body.reason) {
        _ if finding.resolved_at.is_some() => Err(done(keys::FINDING_ALREADY_RESOLVED)),
        _ if !known || !finding.suits(&body.resolution) => Err(missing(keys::FINDING_RESOLUTION)),
        None => Err(missing(keys::FINDING_REASON)),
        Some(reason) => Ok(Finding::settle(&body.resolution, reason, person, now)),
    })
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty() && text.chars().count() <= MAX_TEXT)
}

fn missing(key: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, key)
}

fn done(key: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, key)
}

/// Who says what.
fn said<T: DeserializeOwned>(caller: &Caller, body: &[u8]) -> Result<(PersonId, T)> {
    caller.need(Scope::WorkflowWrite)?;
    let body = serde_json::from_slice(body).map_err(|_| Problem::invalid(keys::ANSWER_MALFORMED))?;
    Ok((caller.writer()?, body))
}

/// Writes to a record as somebody who may, and shows it as it is then.
fn write_as<T: DeserializeOwned, V>(
    tx: &Tx<'_>,
    (kind, id): (Kind, RecordId),
    (person, by): (PersonId, &By),
    now: DateTime<Utc>,
    writes: impl FnOnce(&Tx<'_>, &T) -> Wanted,
    view: impl FnOnce(&Tx<'_>, &Document, DateTime<Utc>) -> chuda_record::Result<V>,
) -> chuda_record::Result<Result<V>> {
    let Some(document) = find(tx, kind, id, Some(person))? else { return Ok(Err(Problem::not_found())) };
    let fields = match writes(tx, &typed(&document.fields)?)? {
        Ok(fields) => fields,
        Err(problem) => return Ok(Err(problem)),
    };
    let mut ingest = reactions::begin(tx, now)?;
    if ingest.write_as(person, by, id, &fields)?.is_err() {
        return Ok(Err(Problem::new(StatusCode::FORBIDDEN, keys::RECORD_NOT_ALLOWED)));
    }
    ingest.finish()?;
    tracing::info!(kind = kind.as_str(), record = %id, %person, "answered");
    let document = tx.document(id)?.ok_or_else(|| chuda_record::Error::not_found(keys::RECORD_NOT_FOUND))?;
    view(tx, &document, now).map(Ok)
}

fn question_view(tx: &Tx<'_>, document: &Document, now: DateTime<Utc>) -> chuda_record::Result<QuestionView> {
    let question: Question = typed(&document.fields)?;
    let known = question.owner.as_ref().and_then(|owner| owner.parse::<PersonId>().ok());
    Ok(QuestionView {
        id: document.id,
        customer: customer_named(tx, question.customer)?,
        author: person_named(tx, question.author)?,
        owner_unknown: known.is_none() && question.owner.is_some(),
        overdue: question.is_overdue(tx.config()?.calendar.zone, now),
        owner: match known {
            Some(person) => Some(person_named(tx, person)?.name),
            None => question.owner,
        },
        assignee: question.assignee.map(|person| person_named(tx, person)).transpose()?,
        role: question.role.map(|role| role.as_str().to_owned()),
        text: question.text,
        promised: question.promised,
        answer: question.answer,
        answered_at: question.answered_at,
        answered_by: question.answered_by.map(|person| person_named(tx, person)).transpose()?,
        touch: question.touch.map(Into::into),
        created_at: question.origin.created_at,
    })
}

fn demand_view(tx: &Tx<'_>, document: &Document, _: DateTime<Utc>) -> chuda_record::Result<DemandView> {
    let demand: Demand = typed(&document.fields)?;
    Ok(DemandView {
        id: document.id,
        customer: customer_named(tx, demand.customer)?,
        author: person_named(tx, demand.author)?,
        text: demand.text,
        status: Word::of(&tx.config()?.demand_states, &demand.status),
        assessment: demand.assessment,
        assessed_at: demand.assessed_at,
        assessed_by: demand.assessed_by.map(|person| person_named(tx, person)).transpose()?,
        touch: demand.touch.map(Into::into),
        created_at: demand.origin.created_at,
    })
}

fn finding_view(tx: &Tx<'_>, document: &Document, _: DateTime<Utc>) -> chuda_record::Result<FindingView> {
    let finding: Finding = typed(&document.fields)?;
    let config = tx.config()?;
    Ok(FindingView {
        id: document.id,
        finding: Word::of(&config.findings, &finding.finding),
        customer: finding.customer.map(|customer| customer_named(tx, customer)).transpose()?,
        author: finding.author.map(|person| person_named(tx, person)).transpose()?,
        left: finding.left,
        right: finding.right,
        source: finding.origin.source,
        other: finding.other,
        because: finding.origin.because,
        resolution: finding.resolution.map(|resolution| Word::of(&config.resolutions, &resolution)),
        reason: finding.reason,
        resolved_at: finding.resolved_at,
        resolved_by: finding.resolved_by.map(|person| person_named(tx, person)).transpose()?,
        created_at: finding.origin.created_at,
    })
}
