//! `chuda backcheck`: looks at what was drawn, answers, closes, and makes the draw again (R1).

use std::fmt::Write as _;

use chuda_phone::query::view::{AskedView, BackCheckDetail, BackCheckView, CheckedView, DrawnView, Redrawn};
use chuda_record::Error;
use chuda_record::id::{BackCheckId, TouchId};
use chuda_record::kind::backcheck::Answer;
use chuda_words::keys;

use super::choices;
use super::evidence::line;
use crate::args::zh;
use crate::exit::{Exit, Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Backcheck {
    /// Your own and those of the supervisors below you, newest first
    List,
    /// One back-check: every record drawn, its evidence, and what the machine found for each question
    Show(BackcheckWhich),
    /// Answer one question about one record
    Answer(BackcheckAnswer),
    /// Close it once everything is answered: no and unclear become findings, about rules and options
    Close(BackcheckClose),
    /// Make the draw again from seed and candidates, and compare
    Recompute(BackcheckWhich),
}

#[derive(Debug, Args)]
pub(crate) struct BackcheckWhich {
    /// The back-check
    #[arg(value_name = "BACKCHECK")]
    pub(crate) id: BackCheckId,
}

#[derive(Debug, Args)]
pub(crate) struct BackcheckAnswer {
    /// The back-check
    #[arg(value_name = "BACKCHECK")]
    pub(crate) id: BackCheckId,
    /// The record: the touch's id, or its place in the draw
    #[arg(value_parser = drawn)]
    pub(crate) touch: Drawn,
    /// The question: a word or key, such as accurate, evidence, follow_up
    pub(crate) question: String,
    /// The answer
    #[arg(value_enum, value_name = "yes|no|unclear", hide_possible_values = true)]
    pub(crate) answer: Verdict,
    /// A note on the answer
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BackcheckClose {
    /// The back-check
    #[arg(value_name = "BACKCHECK")]
    pub(crate) id: BackCheckId,
    /// What should change in rules and options
    #[arg(long, value_name = "TEXT")]
    pub(crate) conclusion: String,
}

/// A record that was drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drawn {
    /// By the touch's id.
    Touch(TouchId),
    /// By its place.
    Place(u32),
}

/// An answer in a back-check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Verdict {
    #[value(alias = zh("answer.yes"))]
    Yes,
    #[value(alias = zh("answer.no"))]
    No,
    #[value(alias = zh("answer.unclear"))]
    Unclear,
}

/// Runs a command about back-checks.
pub(crate) fn run(shell: &Shell, command: Backcheck) -> Result<Outcome, Failure> {
    match command {
        Backcheck::List => list(shell),
        Backcheck::Show(which) => show(shell, &which),
        Backcheck::Answer(given) => answer(shell, given),
        Backcheck::Close(close) => self::close(shell, &close),
        Backcheck::Recompute(which) => recompute(shell, &which),
    }
}

/// All that this person may read, latest first.
pub(crate) fn list(shell: &Shell) -> Result<Outcome, Failure> {
    let listed = shell.open()?.back_checks()?;
    let text = shell.text;
    let row = |one: &BackCheckView| {
        vec![
            text.say("backcheck.period", &[("from", &one.from), ("to", &one.to)]),
            one.supervisor.name.clone(),
            state(shell, one),
            one.id.to_string(),
        ]
    };
    let said =
        if listed.is_empty() { text.line("backcheck.none", &[]) } else { table(0, &listed.iter().map(row).collect::<Vec<_>>()) };
    Ok(Outcome::list("backchecks", &listed, said))
}

/// One with every record drawn, its evidence, and what the machine found beside each question.
pub(crate) fn show(shell: &Shell, which: &BackcheckWhich) -> Result<Outcome, Failure> {
    let detail = shell.open()?.back_check(which.id)?;
    Ok(Outcome::done(&detail, page(shell, &detail)))
}

/// Answers one question about one record; when there is no such question, a failure lists them.
pub(crate) fn answer(shell: &Shell, given: BackcheckAnswer) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let before = workbench.back_check(given.id)?;
    let touch = match given.touch {
        Drawn::Touch(touch) => touch,
        Drawn::Place(place) => {
            let found = before.records.iter().find(|record| record.place == place);
            found.ok_or_else(|| Error::invalid(keys::BACKCHECK_NOT_DRAWN))?.touch
        }
    };
    let answered = workbench.answer_back_check(given.id, touch, &given.question, given.answer.into(), given.note);
    let detail = answered.map_err(|error| {
        let failure = Failure::from(error);
        match before.records.first().filter(|_| failure.error.key == keys::BACKCHECK_UNKNOWN_QUESTION) {
            Some(record) => {
                let words: Vec<_> = record.questions.iter().map(|asked| asked.question.clone()).collect();
                choices(failure, shell, "questions", &words)
            }
            None => failure,
        }
    })?;
    let Some(record) = detail.records.iter().find(|record| record.touch == touch) else {
        return Err(Error::invalid(keys::BACKCHECK_NOT_DRAWN).into());
    };
    Ok(Outcome::done(record, record_lines(shell, record)))
}

/// Closes it; what was answered with no or unclear becomes findings.
pub(crate) fn close(shell: &Shell, close: &BackcheckClose) -> Result<Outcome, Failure> {
    let detail = shell.open()?.close_back_check(close.id, &close.conclusion)?;
    let said = shell.text.line("backcheck.done", &[("findings", &to_findings(&detail).len())]);
    Ok(Outcome::done(&detail, said))
}

/// Makes the draw again; exit code 4 when it comes out differently.
pub(crate) fn recompute(shell: &Shell, which: &BackcheckWhich) -> Result<Outcome, Failure> {
    let again = shell.open()?.redraw_back_check(which.id)?;
    let agrees = again.digest_agrees && again.draw_agrees;
    let exit = if agrees { Exit::Done } else { Exit::Attention };
    Ok(Outcome::ending(exit, &again, redrawn(shell, &again)))
}

/// Answers that are no plain yes.
fn to_findings(detail: &BackCheckDetail) -> Vec<&AskedView> {
    let all = detail.records.iter().flat_map(|record| &record.questions);
    all.filter(|asked| asked.answer.is_some_and(|answer| answer != Answer::Yes)).collect()
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

impl From<Verdict> for Answer {
    fn from(answer: Verdict) -> Self {
        match answer {
            Verdict::Yes => Self::Yes,
            Verdict::No => Self::No,
            Verdict::Unclear => Self::Unclear,
        }
    }
}

fn drawn(text: &str) -> Result<Drawn, String> {
    let place = || text.parse().ok().filter(|place| *place > 0).map(Drawn::Place);
    text.parse().map(Drawn::Touch).ok().or_else(place).ok_or_else(|| "1, 2, 3 …, 0199c0de-0000-7000-8000-000000000000".into())
}
