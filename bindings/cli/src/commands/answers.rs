//! `chuda question`, `chuda demand`, `chuda finding`: what waits for somebody's word.

use chrono::NaiveDate;
use chuda_phone::query::view::{DemandView, FindingView, QuestionView, Word};
use chuda_record::Error;
use chuda_record::id::{DemandId, FindingId, QuestionId, RecordId};
use chuda_words::keys;
use serde::Serialize;

use super::choices;
use crate::args::date;
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use crate::text::Text;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Those waiting for an answer, newest first
    List(ListAll),
    /// One question
    Show(Which),
    /// Answer it
    Answer(QuestionAnswer),
    /// Promise an answer for another day
    Promise(QuestionPromise),
    /// Take on one that waits for anybody with a certain role
    Take(Which),
}

#[derive(Debug, Args)]
pub(crate) struct QuestionAnswer {
    /// Its id
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// The answer
    pub(crate) text: String,
}

#[derive(Debug, Args)]
pub(crate) struct QuestionPromise {
    /// Its id
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// By when
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) by: NaiveDate,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Demand {
    /// Those waiting for an assessment, newest first
    List(ListAll),
    /// One card
    Show(Which),
    /// Assess it
    Assess(DemandAssess),
}

#[derive(Debug, Args)]
pub(crate) struct DemandAssess {
    /// Its id
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// planned, declined, clarify
    #[arg(long)]
    pub(crate) choice: String,
    /// The reason, where the choice needs one
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Finding {
    /// Those not settled yet, newest first
    List(ListAll),
    /// One finding, both values side by side
    Show(Which),
    /// Settle it
    Resolve(FindingResolve),
}

#[derive(Debug, Args)]
pub(crate) struct FindingResolve {
    /// Its id
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
    /// left_right, right_right, both_right; merge, keep_both
    #[arg(long)]
    pub(crate) resolution: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Its id
    #[arg(value_name = "ID")]
    pub(crate) id: RecordId,
}

#[derive(Debug, Args)]
pub(crate) struct ListAll {
    /// Also list those that are settled
    #[arg(long)]
    pub(crate) all: bool,
}

/// Runs a command about technical questions.
pub(crate) fn run_question(shell: &Shell, command: &Question) -> Result<Outcome, Failure> {
    match command {
        Question::List(list) => questions(shell, list.all),
        Question::Show(which) => question(shell, which.id.into()),
        Question::Answer(answer) => self::answer(shell, answer),
        Question::Promise(promise) => self::promise(shell, promise),
        Question::Take(which) => take(shell, which.id.into()),
    }
}

/// Runs a command about demand cards.
pub(crate) fn run_demand(shell: &Shell, command: &Demand) -> Result<Outcome, Failure> {
    match command {
        Demand::List(list) => demands(shell, list.all),
        Demand::Show(which) => demand(shell, which.id.into()),
        Demand::Assess(assess) => self::assess(shell, assess),
    }
}

/// Runs a command about facts that do not agree.
pub(crate) fn run_finding(shell: &Shell, command: &Finding) -> Result<Outcome, Failure> {
    match command {
        Finding::List(list) => findings(shell, list.all),
        Finding::Show(which) => finding(shell, which.id.into()),
        Finding::Resolve(resolve) => self::resolve(shell, resolve),
    }
}

/// Questions, newest first.
pub(crate) fn questions(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let questions = shell.open()?.questions(!all)?;
    let row = |question: &QuestionView| {
        let mut due = question.promised.map(|day| day.to_string()).unwrap_or_default();
        if question.overdue {
            due += shell.text.get("question.overdue");
        }
        let text = question.text.clone().unwrap_or_default();
        vec![question.customer_name.clone(), owner(shell, question), due, text, question.id.to_string()]
    };
    Ok(list(shell, "questions", &questions, &questions.iter().map(row).collect::<Vec<_>>()))
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
    Outcome::done(question, table(0, &rows))
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
    let row = |demand: &DemandView| {
        let status = shell.text.word(&demand.status).to_owned();
        vec![demand.customer_name.clone(), status, demand.text.clone().unwrap_or_default(), demand.id.to_string()]
    };
    Ok(list(shell, "demands", &demands, &demands.iter().map(row).collect::<Vec<_>>()))
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
        with_choices(shell, error, keys::DEMAND_UNKNOWN_CHOICE, &words)
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
    Outcome::done(demand, table(0, &rows))
}

/// Findings, newest first.
pub(crate) fn findings(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let findings = shell.open()?.findings(!all)?;
    let row = |finding: &FindingView| {
        let kind = shell.text.word(&finding.finding).to_owned();
        vec![kind, finding.customer_name.clone().unwrap_or_default(), both(shell, finding), finding.id.to_string()]
    };
    Ok(list(shell, "findings", &findings, &findings.iter().map(row).collect::<Vec<_>>()))
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
        with_choices(shell, error, keys::FINDING_UNKNOWN_RESOLUTION, &fitting)
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
    Outcome::done(finding, table(0, &rows))
}

/// Both values side by side.
fn both(shell: &Shell, finding: &FindingView) -> String {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| shell.text.get("none").to_owned());
    format!("{} ≠ {}", side(&finding.left), side(&finding.right))
}

fn list(shell: &Shell, key: &'static str, listed: &[impl Serialize], rows: &[Vec<String>]) -> Outcome {
    let said = if rows.is_empty() { shell.text.line("answers.none", &[]) } else { table(0, rows) };
    Outcome::list(key, listed, said)
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
    choices(error.into(), shell, "choices", words)
}
