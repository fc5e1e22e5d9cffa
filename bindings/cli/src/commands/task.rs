//! `chuda task`: what rules ask of this person, whatever the role.

use std::collections::BTreeMap;

use chuda_phone::query::view::TaskView;
use chuda_record::id::TaskId;
use chuda_words::keys;

use super::choices;
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Open tasks, most urgent first, and notices
    List,
    /// Do a task, or tick a notice off
    Done {
        /// The task
        #[arg(value_name = "TASK")]
        id: TaskId,
        /// The answer: a word or key of the task's choices
        #[arg(long)]
        choice: Option<String>,
        /// The reason, where the answer needs one
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

pub(crate) fn run(shell: &Shell, command: Task) -> Result<Outcome, Failure> {
    match command {
        Task::List => list(shell),
        Task::Done { id, choice, reason } => done(shell, id, choice.as_deref(), reason.as_deref()),
    }
}

/// How many facts of what a task is about stand in its row.
const SHOWN: usize = 4;

/// Open tasks, most urgent first, and what there is to know.
fn list(shell: &Shell) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let (tasks, notices) = (workbench.tasks()?, workbench.notices()?);
    let mut said = if tasks.is_empty() { shell.text.line("task.none", &[]) } else { pages(shell, &tasks) };
    if !notices.is_empty() {
        said += &(shell.text.line("task.notices", &[]) + &pages(shell, &notices));
    }
    Ok(Outcome::done(&BTreeMap::from([("tasks", &tasks), ("notices", &notices)]), said))
}

/// As rows, then the words that help.
fn pages(shell: &Shell, tasks: &[TaskView]) -> String {
    let packs = tasks.iter().filter_map(|task| task.script_pack.as_ref());
    let title = |title| shell.text.line("task.script", &[("title", &shell.text.word(title))]);
    packs.fold(table(0, &rows(shell, tasks)), |said, pack| said + &title(&pack.title) + &pack.text + "\n")
}

/// Does a task; when the answer is not one of its choices, a failure lists them.
fn done(shell: &Shell, id: TaskId, choice: Option<&str>, reason: Option<&str>) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let task = workbench.complete_task(id, choice, reason).map_err(|error| {
        let about_choice = matches!(error.key, keys::TASK_CHOICE_MISSING | keys::TASK_UNKNOWN_CHOICE);
        let tasks = if about_choice { workbench.tasks().unwrap_or_default() } else { Vec::new() };
        match tasks.iter().find(|task| task.id == id && !task.choices.is_empty()) {
            Some(task) => choices(error.into(), shell, "choices", &task.choices),
            None => error.into(),
        }
    })?;
    let said = shell.text.line("task.done", &[("title", &shell.text.word(&task.kind))]);
    Ok(Outcome::done(&task, said))
}

/// Tasks as rows: title, customer, answers, due, id.
pub(crate) fn rows(shell: &Shell, tasks: &[TaskView]) -> Vec<Vec<String>> {
    let text = shell.text;
    let row = |task: &TaskView| {
        let answers: Vec<&str> = task.choices.iter().map(|choice| text.word(choice)).collect();
        let mut title = text.word(&task.kind).to_owned();
        if task.attachment_uploading {
            title += text.get("task.uploading");
        }
        let due = task.due.map(|due| text.say("task.due", &[("due", &local(due))]));
        vec![
            title,
            // A customer that is not this person's to read is named in the words of the notice.
            task.customer_name.clone().or_else(|| task.because.clone().filter(|_| task.notice)).unwrap_or_default(),
            task.about.iter().take(SHOWN).map(|fact| shell.text.word(&fact.value)).collect::<Vec<_>>().join(" · "),
            answers.join(" / "),
            due.unwrap_or_default(),
            task.id.to_string(),
        ]
    };
    tasks.iter().map(row).collect()
}
