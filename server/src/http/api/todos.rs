//! To-dos: the tasks that rules made, for whoever has to do them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chuda_record::id::{Hash, PersonId, RecordId};
use chuda_record::kind::touch::evidence_in;
use chuda_record::rules::Config;
use chuda_record::view::heads::TaskHead;
use chuda_record::{Evidence, Fields, Kind, Person, Rejection, Task, author_of};
use chuda_words::keys;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::touches::attachment;
use super::{Id, Query, Word, page, page_of, typed};
use crate::app::App;
use crate::audit::By;
use crate::http::caller::Called;
use crate::http::problem::{Problem, ProblemBody, Result};
use crate::reactions;
use crate::scope::Scope;
use crate::shown::task_head;
use crate::store::{Document, Filter, Tx};

/// Longest reason, in characters.
const MAX_REASON: usize = 1_000;

/// Which to-dos.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `true`: those that are done; otherwise those that are to be done.
    #[serde(default)]
    #[param(required = false)]
    done: bool,
    /// Where the page before ended: its `next`.
    #[param(pattern = r"^-?[0-9]{1,18}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// Something to be done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TodoView {
    #[serde(flatten)]
    head: TaskHead,
    /// What the source is: `touch` and so on.
    source_kind: Option<String>,
    /// What held: `action = quote, evidence = application/pdf`.
    because: Option<String>,
    /// The answers that can be given; none: it is simply done.
    choices: Vec<ChoiceView>,
    /// The words that help (话术包).
    script_pack: Option<PackView>,
    /// The evidence of the source, and whether its bytes have arrived.
    attachments: Vec<AttachmentView>,
    /// Why it was answered so.
    reason: Option<String>,
}

/// Words that help.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackView {
    #[serde(flatten)]
    title: Word,
    /// The words.
    text: String,
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChoiceView {
    #[serde(flatten)]
    word: Word,
    /// Whether it needs a reason.
    needs_reason: bool,
}

/// A piece of evidence of the source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttachmentView {
    /// SHA-256 of its bytes, which are at `/blobs/{sha256}`.
    #[schema(value_type = String)]
    sha256: Hash,
    /// What they are.
    mime: String,
    /// Their number.
    size: i64,
    /// Whether they have arrived: `uploading` or `stored`.
    state: Word,
}

/// A page of to-dos.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TodoList {
    /// Latest first.
    todos: Vec<TodoView>,
    /// The `cursor` of the next page, if there is one.
    next: Option<String>,
}

/// An answer to a to-do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// One of the choices; not needed where there are none.
    choice: Option<String>,
    /// Why; some choices need it.
    #[schema(max_length = 1000)]
    reason: Option<String>,
}

/// What the caller has to do, in person or by role. An auditor and a token that belongs to nobody see everybody's.
#[utoipa::path(
    get,
    operation_id = "list_todos",
    path = "/api/v1/todos",
    tag = "records",
    params(Which),
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "A page of to-dos", body = TodoList),
        (status = 400, description = "A parameter can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, Query(which): Query<Which>, called: Called) -> Result<Json<TodoList>> {
    called.caller.need(Scope::Todos)?;
    let person = called.caller.reader();
    let filter = Filter { open: Some(!which.done), ..page_of(Kind::Task, &called.caller, which.cursor.as_deref())? };
    let list = app.store.read_async(move |tx| {
        let (todos, next) = page(tx, &filter, |document| {
            // A rep may read what became of the own quote; it is not the rep's to do.
            let own = is_for(tx, &document.fields, person)?;
            own.then(|| view(tx, document)).transpose()
        })?;
        Ok(TodoList { todos: todos.into_iter().flatten().collect(), next })
    });
    Ok(Json(list.await?))
}

/// Does a to-do. Sent again with the same answer it changes nothing.
#[utoipa::path(
    post,
    operation_id = "do_todo",
    path = "/api/v1/todos/{id}/done",
    tag = "records",
    params(("id" = uuid::Uuid, Path, description = "The to-do")),
    request_body = Answer,
    security(("device" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = TodoView),
        (status = 400, description = "The body can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Neither token nor signature", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope or belongs to nobody, an auditor changes nothing, or the device is revoked", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to do", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Done already, with another answer", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too many bytes", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such choice, or the reason is missing", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn done(State(app): State<App>, Id(id): Id, called: Called) -> Result<Json<TodoView>> {
    called.caller.need(Scope::TodosWrite)?;
    let person = called.caller.writer()?;
    let by = By::caller(Some(person), &called.caller.via);
    let answer: Answer = serde_json::from_slice(&called.body).map_err(|_| Problem::invalid(keys::TODO_MALFORMED))?;
    if answer.reason.as_ref().is_some_and(|reason| reason.chars().count() > MAX_REASON) {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, keys::TODO_REASON));
    }
    let now = app.now();
    let outcome = app.store.write_async(move |tx| carry_out(tx, id, person, &by, &answer, now)).await?;
    outcome.map(Json)
}

fn carry_out(
    tx: &Tx<'_>,
    id: RecordId,
    person: PersonId,
    by: &By,
    answer: &Answer,
    now: DateTime<Utc>,
) -> chuda_record::Result<Result<TodoView>> {
    let Some(document) = tx.document(id)?.filter(|document| document.kind == Kind::Task) else {
        return Ok(Err(Problem::not_found()));
    };
    if !is_for(tx, &document.fields, Some(person))? {
        return Ok(Err(Problem::not_found()));
    }
    let task: Task = typed(&document.fields)?;
    if task.done_at.is_some() {
        let same = (task.choice == answer.choice) && (task.reason == answer.reason);
        return if same {
            view(tx, &document).map(Ok)
        } else {
            Ok(Err(Problem::new(StatusCode::CONFLICT, keys::TODO_ALREADY_DONE)))
        };
    }
    let writes = Task::done(answer.choice.as_deref(), answer.reason.as_deref(), person, now);
    let mut ingest = reactions::begin(tx, now)?;
    match ingest.write_as(person, by, id, &writes)? {
        Ok(()) => {}
        Err(Rejection::Invalid { detail }) => {
            return Ok(Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, &format!("todo.{detail}"))));
        }
        Err(_) => return Ok(Err(Problem::not_found())),
    }
    ingest.finish()?;
    tracing::info!(task = %id, %person, "task done");
    let document = tx.document(id)?.ok_or_else(|| chuda_record::Error::not_found(keys::TODO_NOT_FOUND))?;
    view(tx, &document).map(Ok)
}

/// Whether a task is someone's to do.
fn is_for(tx: &Tx<'_>, task: &Fields, person: Option<PersonId>) -> chuda_record::Result<bool> {
    let Some(person) = person else { return Ok(true) };
    let task: Task = typed(task)?;
    let people = tx.people()?;
    let has_role = |person: &Person| task.role.is_some_and(|role| person.roles.contains(&role));
    // Once somebody of a role has taken it on, it is that person's.
    Ok(task.assignee == Some(person) || task.assignee.is_none() && people.get(&person).is_some_and(has_role))
}

fn view(tx: &Tx<'_>, document: &Document) -> chuda_record::Result<TodoView> {
    let task: Task = typed(&document.fields)?;
    let config = tx.config()?;
    let choices = task.choices.iter().map(|choice| ChoiceView {
        word: Word::of(&config.choices, choice),
        needs_reason: Config::option(&config.choices, choice).is_some_and(|choice| choice.needs_reason),
    });
    let source = tx.document(task.source)?;
    let mut attachments = Vec::new();
    for evidence in source.iter().flat_map(|source| evidence_in(&source.fields)) {
        // A touch can name what is no evidence, or another's.
        let named = tx.document(evidence.into())?.filter(|named| named.kind == Kind::Evidence);
        let Some(evidence) = named.filter(|named| author_of(&named.fields) == source.as_ref().and_then(|of| author_of(&of.fields)))
        else {
            continue;
        };
        let evidence: Evidence = typed(&evidence.fields)?;
        attachments.push(AttachmentView {
            state: attachment(tx, &evidence)?,
            sha256: evidence.sha256,
            mime: evidence.mime,
            size: evidence.size,
        });
    }
    let pack = task.script_pack.as_deref().and_then(|pack| Config::option(&config.script_packs, pack));
    Ok(TodoView {
        head: task_head(tx, document.id, &task, &config)?,
        source_kind: source.map(|source| source.kind.as_str().to_owned()),
        because: task.because,
        choices: choices.collect(),
        script_pack: pack.map(|pack| PackView { title: pack.into(), text: pack.text.clone().unwrap_or_default() }),
        attachments,
        reason: task.reason,
    })
}
