//! `chuda meeting`: who comes, when and where, and the invitation for a calendar.

use chuda_phone::query::view::MeetingView;
use serde_json::json;

use crate::args::sales::{MeetingAnswer, MeetingMove, MeetingShow};
use crate::exit::{Failure, Outcome};
use crate::json::sales as json_of;
use crate::shell::{Shell, local};
use crate::table::table;

/// Meetings, newest first.
pub(crate) fn list(shell: &Shell) -> Result<Outcome, Failure> {
    let meetings = shell.open()?.meetings()?;
    let listed: Vec<_> = meetings.iter().map(json_of::meeting).collect();
    let rows: Vec<_> = meetings.iter().map(row).collect();
    let said = if meetings.is_empty() { shell.text.line("meeting.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::done(json!({"meetings": listed}), said))
}

/// One meeting; its invitation is written where `--ics` says.
pub(crate) fn show(shell: &Shell, show: &MeetingShow) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let meeting = workbench.meeting(show.meeting)?;
    let mut outcome = outcome(shell, &meeting);
    if let Some(path) = &show.ics {
        std::fs::write(path, workbench.invitation(show.meeting)?).map_err(chuda_record::Error::from)?;
        outcome.json["ics"] = json!(path);
        outcome.text += &shell.text.line("meeting.written", &[("path", &path.display())]);
    }
    Ok(outcome)
}

/// Moves a meeting.
pub(crate) fn move_to(shell: &Shell, to: MeetingMove) -> Result<Outcome, Failure> {
    Ok(outcome(shell, &shell.open()?.move_meeting(to.meeting, to.at, to.place)?))
}

/// Says whether this person comes.
pub(crate) fn answer(shell: &Shell, answer: &MeetingAnswer) -> Result<Outcome, Failure> {
    Ok(outcome(shell, &shell.open()?.answer_meeting(answer.meeting, answer.answer.into())?))
}

fn outcome(shell: &Shell, meeting: &MeetingView) -> Outcome {
    let answer = |comes| match comes {
        Some(true) => "yes",
        Some(false) => "no",
        None => "open",
    };
    let attendees = meeting.attendees.iter();
    let rows: Vec<_> = attendees.map(|one| vec![one.person.name.clone(), shell.text.label("comes", answer(one.comes))]).collect();
    Outcome::done(json_of::meeting(meeting), table(0, &[row(meeting)]) + &table(2, &rows))
}

/// When, title, where, id.
fn row(meeting: &MeetingView) -> Vec<String> {
    vec![local(meeting.at), meeting.title.clone(), meeting.place.clone().unwrap_or_default(), meeting.id.to_string()]
}
