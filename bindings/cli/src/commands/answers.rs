//! `chuda question`, `chuda demand`, `chuda finding`: what waits for somebody's word.

use chrono::NaiveDate;
use chuda_phone::query::view::{DemandView, FindingView, PersonView, QuestionView, Word};
use chuda_record::id::RecordId;
use chuda_words::keys;

use super::with_choices;
use crate::args::date;
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Question {
    /// Those waiting for an answer, newest first
    List(ListAll),
    /// One question
    Show(Which),
    /// Answer it
    Answer {
        #[command(flatten)]
        which: Which,
        /// The answer
        text: String,
    },
    /// Promise an answer for another day
    Promise {
        #[command(flatten)]
        which: Which,
        /// By when
        #[arg(long, value_name = "DATE", value_parser = date)]
        by: NaiveDate,
    },
    /// Take on one that waits for anybody with a certain role
    Take(Which),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Demand {
    /// Those waiting for an assessment, newest first
    List(ListAll),
    /// One card
    Show(Which),
    /// Assess it
    Assess {
        #[command(flatten)]
        which: Which,
        /// planned, declined, clarify
        #[arg(long)]
        choice: String,
        /// The reason, where the choice needs one
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Finding {
    /// Those not settled yet, newest first
    List(ListAll),
    /// One finding, both values side by side
    Show(Which),
    /// Settle it
    Resolve {
        #[command(flatten)]
        which: Which,
        /// left_right, right_right, both_right; merge, keep_both
        #[arg(long)]
        resolution: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Its id
    #[arg(value_name = "ID")]
    id: RecordId,
}

#[derive(Debug, Args)]
pub(crate) struct ListAll {
    /// Also list those that are settled
    #[arg(long)]
    all: bool,
}

pub(crate) fn run_question(shell: &Shell, command: Question) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let question = match command {
        Question::List(ListAll { all }) => {
            let row = |question: &QuestionView| {
                let text = question.text.clone().unwrap_or_default();
                let promised = promised(shell, question);
                vec![question.customer_name.clone(), owner(shell, question), promised, text, question.id.to_string()]
            };
            return Ok(shell.list("questions", "answers.none", &workbench.questions(!all)?, row));
        }
        Question::Show(which) => workbench.question(which.id.into())?,
        Question::Answer { which, text } => workbench.answer_question(which.id.into(), &text)?,
        Question::Promise { which, by } => workbench.promise_answer(which.id.into(), by)?,
        Question::Take(which) => workbench.take_question(which.id.into())?,
    };
    Ok(one_question(shell, &question))
}

/// Runs a command about demand cards; a failure about a choice lists them.
pub(crate) fn run_demand(shell: &Shell, command: Demand) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let demand = match command {
        Demand::List(ListAll { all }) => {
            let row = |demand: &DemandView| {
                let status = shell.text.word(&demand.status).to_owned();
                vec![demand.customer_name.clone(), status, demand.text.clone().unwrap_or_default(), demand.id.to_string()]
            };
            return Ok(shell.list("demands", "answers.none", &workbench.demands(!all)?, row));
        }
        Demand::Show(which) => workbench.demand(which.id.into())?,
        Demand::Assess { which, choice, reason } => {
            workbench.assess_demand(which.id.into(), &choice, reason.as_deref()).map_err(|error| {
                let words: Vec<Word> = workbench.config().assessments().map(Word::from).collect();
                with_choices(shell, error, keys::DEMAND_UNKNOWN_CHOICE, &words)
            })?
        }
    };
    Ok(one_demand(shell, &demand))
}

/// Runs a command about facts that do not agree; a failure about a resolution lists those that fit.
pub(crate) fn run_finding(shell: &Shell, command: Finding) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let finding = match command {
        Finding::List(ListAll { all }) => {
            let row = |finding: &FindingView| {
                let kind = shell.text.word(&finding.finding).to_owned();
                vec![kind, finding.customer_name.clone().unwrap_or_default(), both(shell, finding), finding.id.to_string()]
            };
            return Ok(shell.list("findings", "answers.none", &workbench.findings(!all)?, row));
        }
        Finding::Show(which) => workbench.finding(which.id.into())?,
        Finding::Resolve { which, resolution, reason } => {
            let id = which.id.into();
            workbench.resolve_finding(id, &resolution, &reason).map_err(|error| {
                let fitting = workbench.finding(id).map(|finding| finding.resolutions).unwrap_or_default();
                with_choices(shell, error, keys::FINDING_UNKNOWN_RESOLUTION, &fitting)
            })?
        }
    };
    Ok(one_finding(shell, &finding))
}

fn one_question(shell: &Shell, question: &QuestionView) -> Outcome {
    let said = question.answer.as_deref();
    let answered = question.answered_at.map(|at| settled(shell, said, question.answered_by.as_ref(), &local(at)));
    let rows = page(
        shell,
        &[
            ("answers.customer", Some(question.customer_name.clone())),
            ("answers.author", Some(question.author.name.clone())),
            ("question.owner", Some(owner(shell, question))),
            ("question.text", question.text.clone()),
            ("question.promised", Some(promised(shell, question))),
            ("question.answered", answered),
        ],
    );
    Outcome::done(question, table(0, &rows))
}

/// By when an answer is promised, and whether that has passed.
fn promised(shell: &Shell, question: &QuestionView) -> String {
    let day = question.promised.map(|day| day.to_string()).unwrap_or_default();
    if question.overdue { day + shell.text.get("question.overdue") } else { day }
}

/// What was said, by whom and when.
fn settled(shell: &Shell, said: Option<&str>, by: Option<&PersonView>, at: &str) -> String {
    let name = by.map(|person| person.name.as_str()).unwrap_or_default();
    shell.text.say("answers.settled", &[("said", &said.unwrap_or_default()), ("name", &name), ("at", &at)])
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

fn one_demand(shell: &Shell, demand: &DemandView) -> Outcome {
    let said = demand.assessment.as_deref();
    let assessed = demand.assessed_at.map(|at| settled(shell, said, demand.assessed_by.as_ref(), &local(at)));
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

fn one_finding(shell: &Shell, finding: &FindingView) -> Outcome {
    let text = shell.text;
    let settled = finding.resolution.as_ref().map(|resolution| {
        let at = finding.resolved_at.map(local).unwrap_or_default();
        let reason = text.say(
            "finding.settled",
            &[("resolution", &text.word(resolution)), ("reason", &finding.reason.as_deref().unwrap_or_default())],
        );
        settled(shell, Some(&reason), finding.resolved_by.as_ref(), &at)
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

fn page(shell: &Shell, rows: &[(&'static str, Option<String>)]) -> Vec<Vec<String>> {
    let row = |(label, value): &(&'static str, Option<String>)| {
        value.clone().filter(|value| !value.is_empty()).map(|value| vec![shell.text.get(label).to_owned(), value])
    };
    rows.iter().filter_map(row).collect()
}
