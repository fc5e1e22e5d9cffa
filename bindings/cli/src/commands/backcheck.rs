//! `chuda backcheck`: looks at what was drawn, answers, closes, and makes the draw again (R1).

use std::fmt::Write as _;

use chuda_phone::query::view::{BackCheckDetail, BackCheckView, CheckedView, DrawnView, Redrawn};
use chuda_phone::workbench::Workbench;
use chuda_record::Error;
use chuda_record::id::{BackCheckId, TouchId};
use chuda_record::kind::backcheck::Answer;
use chuda_words::keys;

use super::choices;
use super::evidence::line;
use crate::args::{Values, one_of};
use crate::exit::{Exit, Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Backcheck {
    /// Your own and those of the supervisors below you, newest first
    List,
    /// One back-check: every record drawn, its evidence, and what the machine found for each question
    Show(Which),
    /// Answer one question about one record
    Answer(Given),
    /// Close it once everything is answered: no and unclear become findings, about rules and options
    Close {
        #[command(flatten)]
        which: Which,
        /// What should change in rules and options
        #[arg(long, value_name = "TEXT")]
        conclusion: String,
    },
    /// Make the draw again from seed and candidates, and compare
    Recompute(Which),
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The back-check
    #[arg(value_name = "BACKCHECK")]
    id: BackCheckId,
}

#[derive(Debug, Args)]
pub(crate) struct Given {
    #[command(flatten)]
    which: Which,
    /// The record: the touch's id, or its place in the draw
    #[arg(value_parser = drawn)]
    touch: Drawn,
    /// The question: a word or key, such as accurate, evidence, follow_up
    question: String,
    /// The answer
    #[arg(value_parser = one_of(ANSWERS), value_name = "yes|no|unclear", hide_possible_values = true)]
    answer: Answer,
    /// A note on the answer
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

const ANSWERS: Values<Answer> = &[
    ("yes", Some("answer.yes"), Answer::Yes),
    ("no", Some("answer.no"), Answer::No),
    ("unclear", Some("answer.unclear"), Answer::Unclear),
];

/// A record that was drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drawn {
    Touch(TouchId),
    Place(u32),
}

pub(crate) fn run(shell: &Shell, command: Backcheck) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    match command {
        Backcheck::List => Ok(shell.list("backchecks", "backcheck.none", &workbench.back_checks()?, |one| row(shell, one))),
        Backcheck::Show(which) => {
            let detail = workbench.back_check(which.id)?;
            Ok(Outcome::done(&detail, page(shell, &detail)))
        }
        Backcheck::Answer(given) => answer(shell, &workbench, given),
        Backcheck::Close { which, conclusion } => {
            let detail = workbench.close_back_check(which.id, conclusion)?;
            // Whatever is no plain yes.
            let asked = detail.records.iter().flat_map(|record| &record.questions);
            let findings = asked.filter(|asked| asked.answer.is_some_and(|answer| answer != Answer::Yes)).count();
            Ok(Outcome::done(&detail, shell.text.line("backcheck.done", &[("findings", &findings)])))
        }
        Backcheck::Recompute(which) => {
            let again = workbench.redraw_back_check(which.id)?;
            let exit = if again.digest_agrees && again.draw_agrees { Exit::Done } else { Exit::Attention };
            Ok(Outcome::ending(exit, &again, redrawn(shell, &again)))
        }
    }
}

/// Answers one question about one record; when there is no such question, a failure lists them.
fn answer(shell: &Shell, workbench: &Workbench, given: Given) -> Result<Outcome, Failure> {
    let id = given.which.id;
    let before = workbench.back_check(id)?;
    let not_drawn = || Error::invalid(keys::BACKCHECK_NOT_DRAWN);
    let touch = match given.touch {
        Drawn::Touch(touch) => touch,
        Drawn::Place(place) => before.records.iter().find(|record| record.place == place).ok_or_else(not_drawn)?.touch,
    };
    let answered = workbench.answer_back_check(id, touch, &given.question, given.answer, given.note);
    let detail = answered.map_err(|error| match before.records.first() {
        Some(record) if error.key == keys::BACKCHECK_UNKNOWN_QUESTION => {
            let words: Vec<_> = record.questions.iter().map(|asked| asked.question.clone()).collect();
            choices(error.into(), shell, "questions", &words)
        }
        _ => error.into(),
    })?;
    let record = detail.records.iter().find(|record| record.touch == touch).ok_or_else(not_drawn)?;
    Ok(Outcome::done(record, record_lines(shell, record)))
}

/// Period, supervisor, state, id.
fn row(shell: &Shell, one: &BackCheckView) -> Vec<String> {
    let period = shell.text.say("backcheck.period", &[("from", &one.from), ("to", &one.to)]);
    vec![period, one.supervisor.name.clone(), state(shell, one), one.id.to_string()]
}

fn state(shell: &Shell, one: &BackCheckView) -> String {
    match one.closed_at {
        Some(at) => shell.text.say("backcheck.closed_at", &[("at", &local(at))]),
        None => shell.text.get("backcheck.open").to_owned(),
    }
}

fn page(shell: &Shell, detail: &BackCheckDetail) -> String {
    let (text, one) = (shell.text, &detail.back_check);
    let values: [(&str, &dyn std::fmt::Display); 6] = [
        ("name", &one.supervisor.name),
        ("from", &one.from),
        ("to", &one.to),
        ("drawn", &detail.records.len()),
        ("population", &one.population),
        ("state", &state(shell, one)),
    ];
    let mut said = text.line("backcheck.title", &values);
    if let Some(conclusion) = &one.conclusion {
        said += &text.line("backcheck.conclusion", &[("conclusion", conclusion)]);
    }
    detail.records.iter().fold(said, |said, record| said + &record_lines(shell, record))
}

fn record_lines(shell: &Shell, record: &DrawnView) -> String {
    let text = shell.text;
    let mut said = format!("{}. ", record.place);
    match &record.summary {
        Some(touch) => {
            let words = [
                local(touch.at),
                touch.customer_name.clone(),
                text.label("mode", touch.mode.as_str()),
                text.word(&touch.action).to_owned(),
                record.touch.to_string(),
            ];
            said += &(words.join("  ") + "\n");
            if let Some(note) = &touch.note {
                let _ = writeln!(said, "  {note}");
            }
            said.extend(touch.evidence.iter().map(|evidence| line(shell, evidence)));
        }
        None => said += &text.line("backcheck.not_here_yet", &[("id", &record.touch)]),
    }
    for asked in &record.questions {
        let answer = asked
            .answer
            .map_or_else(|| text.get("backcheck.not_answered").to_owned(), |answer| text.label("answer", answer.as_str()));
        let note = asked.note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
        let _ = writeln!(said, "  {} {answer}{note}", text.word(&asked.question));
        let rows: Vec<Vec<String>> =
            asked.checks.iter().filter(|check| check.found != "not_applicable").map(|check| checked(shell, check)).collect();
        said += &table(4, &rows);
    }
    said
}

/// What was looked at, what was found, and what held where it is a rule.
fn checked(shell: &Shell, check: &CheckedView) -> Vec<String> {
    let text = shell.text;
    let what = text.word(&check.check).to_owned();
    let uploading = check.check.key == "bytes" && check.found == "pending";
    let mut found = text.label("found", if uploading { "uploading" } else { &check.found });
    if let Some(problem) = &check.problem {
        // Flags and reasons why a file does not open have their own words.
        let words = [text.label("problem", problem), text.label("unreadable", problem), text.label("flag", problem)];
        let word = words.into_iter().find(|word| word != problem);
        found = format!("{found} {}", word.unwrap_or_else(|| problem.clone()));
    }
    vec![what, found, check.because.clone().unwrap_or_default()]
}

fn redrawn(shell: &Shell, again: &Redrawn) -> String {
    let text = shell.text;
    let verdict = |agrees: bool| text.get(if agrees { "backcheck.agrees" } else { "backcheck.differs" });
    let mut said = text.line("backcheck.seed", &[("seed", &again.seed)]);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("count", &again.candidates.len()), ("digest", &again.digest), ("verdict", &verdict(again.digest_agrees))];
    said += &text.line("backcheck.candidates", &values);
    said += &text.line("backcheck.draw", &[("verdict", &verdict(again.draw_agrees))]);
    for (touch, place) in again.drawn.iter().zip(1..) {
        let _ = writeln!(said, "  {place}. {touch}");
    }
    if !again.listed {
        said += &text.line("backcheck.not_listed", &[]);
    }
    for (key, list) in
        [("backcheck.not_here", &again.not_here), ("backcheck.foreign", &again.foreign), ("backcheck.late", &again.late)]
    {
        if !list.is_empty() {
            said += &text.line(key, &[("count", &list.len())]);
        }
    }
    said + &text.line("backcheck.how", &[])
}

fn drawn(text: &str) -> Result<Drawn, String> {
    let place = || text.parse().ok().filter(|place| *place > 0).map(Drawn::Place);
    text.parse().map(Drawn::Touch).ok().or_else(place).ok_or_else(|| "1, 2, 3 …, 0199c0de-0000-7000-8000-000000000000".into())
}
