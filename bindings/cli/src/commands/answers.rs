//! `chuda question`, `chuda demand`, `chuda finding`: what waits for somebody's word.

use chuda_phone::query::view::{DemandView, FindingView, QuestionView, Word};
use chuda_record::Error;
use chuda_record::id::{DemandId, FindingId, QuestionId};
use serde_json::{Value, json};

use super::choices;
use crate::args::{DemandAssess, FindingResolve, QuestionAnswer, QuestionPromise};
use crate::exit::{Failure, Outcome};
use crate::json;
use crate::shell::{Shell, local};
use crate::table::table;
use crate::text::Text;

/// Questions, newest first.
pub(crate) fn questions(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let questions = shell.open()?.questions(!all)?;
    let listed: Vec<Value> = questions.iter().map(json::question).collect();
    let row = |question: &QuestionView| {
        let mut due = question.promised.map(|day| day.to_string()).unwrap_or_default();
        if question.overdue {
            due += shell.text.get("question.overdue");
        }
        let text = question.text.clone().unwrap_or_default();
        vec![question.customer_name.clone(), owner(shell, question), due, text, question.id.to_string()]
    };
    Ok(list(shell, "questions", &listed, &questions.iter().map(row).collect::<Vec<_>>()))
}

/// One question.
pub(crate) fn question(shell: &Shell, id: QuestionId) -> Result<Outcome, Failure> {
    Ok(one_question(shell, &shell.open()?.question(id)?))
}

/// Answers it.
pub(crate) fn answer(shell: &Shell, answer: &QuestionAnswer) -> Result<Outcome, Failure> {
    Ok(one_question(shell, &shell.open()?.answer_question(answer.id.into(), &answer.text)?))
}

/// Promises an answer for another day.
pub(crate) fn promise(shell: &Shell, promise: &QuestionPromise) -> Result<Outcome, Failure> {
    Ok(one_question(shell, &shell.open()?.promise_answer(promise.id.into(), promise.by)?))
}

/// Takes it on.
pub(crate) fn take(shell: &Shell, id: QuestionId) -> Result<Outcome, Failure> {
    Ok(one_question(shell, &shell.open()?.take_question(id)?))
}

fn one_question(shell: &Shell, question: &QuestionView) -> Outcome {
    let text = shell.text;
    let mut promised = question.promised.map(|day| day.to_string()).unwrap_or_default();
    if question.overdue {
        promised += text.get("question.overdue");
    }
    let answered = question.answered_at.map(|at| {
        let by = question.answered_by.as_ref().map(|person| person.name.as_str()).unwrap_or_default();
        settled(text, question.answer.as_deref(), by, &local(at))
    });
    let rows = page(
        shell,
        &[
            ("answers.customer", Some(question.customer_name.clone())),
            ("answers.author", Some(question.author.name.clone())),
            ("question.owner", Some(owner(shell, question))),
            ("question.text", question.text.clone()),
            ("question.promised", Some(promised)),
            ("question.answered", answered),
        ],
    );
    Outcome::done(json::question(question), table(0, &rows))
}

/// What was said, by whom and when.
fn settled(text: Text, said: Option<&str>, by: &str, at: &str) -> String {
    text.say("answers.settled", &[("said", &said.unwrap_or_default()), ("name", &by), ("at", &at)])
}

/// The tech owner: 未在通讯录 where nobody of the team has this name.
fn owner(shell: &Shell, question: &QuestionView) -> String {
    let mut owner = question.owner.clone().unwrap_or_default();
    if question.owner_unknown {
        owner += shell.text.get("question.owner_unknown");
    }
    match question.assignee.as_ref().filter(|assignee| assignee.name != owner) {
        Some(assignee) => format!("{owner} → {}", assignee.name),
        None => owner,
    }
}

/// Demand cards, newest first.
pub(crate) fn demands(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let demands = shell.open()?.demands(!all)?;
    let listed: Vec<Value> = demands.iter().map(json::demand).collect();
    let row = |demand: &DemandView| {
        let status = shell.text.word(&demand.status).to_owned();
        vec![demand.customer_name.clone(), status, demand.text.clone().unwrap_or_default(), demand.id.to_string()]
    };
    Ok(list(shell, "demands", &listed, &demands.iter().map(row).collect::<Vec<_>>()))
}

/// One demand card.
pub(crate) fn demand(shell: &Shell, id: DemandId) -> Result<Outcome, Failure> {
    Ok(one_demand(shell, &shell.open()?.demand(id)?))
}

/// Assesses it; a failure about the choice lists them.
pub(crate) fn assess(shell: &Shell, assess: &DemandAssess) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let demand = workbench.assess_demand(assess.id.into(), &assess.choice, assess.reason.as_deref()).map_err(|error| {
        let words: Vec<Word> = workbench.config().assessments().map(Word::from).collect();
        with_choices(shell, error, "demand.unknown_choice", &words)
    })?;
    Ok(one_demand(shell, &demand))
}

fn one_demand(shell: &Shell, demand: &DemandView) -> Outcome {
    let assessed = demand.assessed_at.map(|at| {
        let by = demand.assessed_by.as_ref().map(|person| person.name.as_str()).unwrap_or_default();
        settled(shell.text, demand.assessment.as_deref(), by, &local(at))
    });
    let rows = page(
        shell,
        &[
            ("answers.customer", Some(demand.customer_name.clone())),
            ("answers.author", Some(demand.author.name.clone())),
            ("demand.text", demand.text.clone()),
            ("demand.status", Some(shell.text.word(&demand.status).to_owned())),
            ("demand.assessment", assessed),
        ],
    );
    Outcome::done(json::demand(demand), table(0, &rows))
}

/// Findings, newest first.
pub(crate) fn findings(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let findings = shell.open()?.findings(!all)?;
    let listed: Vec<Value> = findings.iter().map(json::finding).collect();
    let row = |finding: &FindingView| {
        let kind = shell.text.word(&finding.finding).to_owned();
        vec![kind, finding.customer_name.clone().unwrap_or_default(), both(shell, finding), finding.id.to_string()]
    };
    Ok(list(shell, "findings", &listed, &findings.iter().map(row).collect::<Vec<_>>()))
}

/// One finding.
pub(crate) fn finding(shell: &Shell, id: FindingId) -> Result<Outcome, Failure> {
    Ok(one_finding(shell, &shell.open()?.finding(id)?))
}

/// Settles it; a failure about the resolution lists those that fit.
pub(crate) fn resolve(shell: &Shell, resolve: &FindingResolve) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let id = FindingId::from(resolve.id);
    let finding = workbench.resolve_finding(id, &resolve.resolution, &resolve.reason).map_err(|error| {
        let fitting = workbench.finding(id).map(|finding| finding.resolutions).unwrap_or_default();
        with_choices(shell, error, "finding.unknown_resolution", &fitting)
    })?;
    Ok(one_finding(shell, &finding))
}

fn one_finding(shell: &Shell, finding: &FindingView) -> Outcome {
    let text = shell.text;
    let settled = finding.resolution.as_ref().map(|resolution| {
        let by = finding.resolved_by.as_ref().map(|person| person.name.as_str()).unwrap_or_default();
        let at = finding.resolved_at.map(local).unwrap_or_default();
        let reason = text.say(
            "finding.settled",
            &[("resolution", &text.word(resolution)), ("reason", &finding.reason.as_deref().unwrap_or_default())],
        );
        settled(text, Some(&reason), by, &at)
    });
    let rows = page(
        shell,
        &[
            ("finding.kind", Some(text.word(&finding.finding).to_owned())),
            ("answers.customer", finding.customer_name.clone()),
            ("finding.left", finding.left.clone()),
            ("finding.right", finding.right.clone()),
            ("finding.because", finding.because.clone()),
            ("finding.outcome", settled),
        ],
    );
    Outcome::done(json::finding(finding), table(0, &rows))
}

/// Both values side by side.
fn both(shell: &Shell, finding: &FindingView) -> String {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| shell.text.get("none").to_owned());
    format!("{} ≠ {}", side(&finding.left), side(&finding.right))
}

fn list(shell: &Shell, key: &str, listed: &[Value], rows: &[Vec<String>]) -> Outcome {
    let said = if rows.is_empty() { shell.text.line("answers.none", &[]) } else { table(0, rows) };
    Outcome::done(json!({ key: listed }), said)
}

fn page(shell: &Shell, rows: &[(&'static str, Option<String>)]) -> Vec<Vec<String>> {
    let row = |(label, value): &(&'static str, Option<String>)| {
        value.clone().filter(|value| !value.is_empty()).map(|value| vec![shell.text.get(label).to_owned(), value])
    };
    rows.iter().filter_map(row).collect()
}

fn with_choices(shell: &Shell, error: Error, about: &str, words: &[Word]) -> Failure {
    if error.key != about {
        return error.into();
    }
    let (list, more) = choices(shell, words);
    Failure::from(error).with("choices", list, &more)
}
