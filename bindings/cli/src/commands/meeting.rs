//! `chuda meeting`: who comes, when and where, and the invitation for a calendar.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, TimeZone as _, Utc};
use chuda_phone::query::view::MeetingView;
use chuda_record::id::MeetingId;
use chuda_record::time::DEFAULT_ZONE;
use serde::Serialize;

use crate::args::YesNo;
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Meeting {
    /// Meetings, newest first
    List,
    /// One meeting, and its invitation for a calendar
    Show(MeetingShow),
    /// Move a meeting to another time or place
    Move(MeetingMove),
    /// Say whether you are coming
    Answer(MeetingAnswer),
}

#[derive(Debug, Args)]
pub(crate) struct MeetingShow {
    /// The meeting
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// Write the invitation as iCalendar into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) ics: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MeetingMove {
    /// The meeting
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// When: 2026-12-02T14:00 (China), or with a zone as in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = moment, required_unless_present = "place")]
    pub(crate) at: Option<DateTime<Utc>>,
    /// Where
    #[arg(long)]
    pub(crate) place: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MeetingAnswer {
    /// The meeting
    #[arg(value_name = "MEETING")]
    pub(crate) meeting: MeetingId,
    /// Whether you are coming
    #[arg(value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) answer: YesNo,
}

/// Runs a command about meetings.
pub(crate) fn run(shell: &Shell, command: Meeting) -> Result<Outcome, Failure> {
    match command {
        Meeting::List => list(shell),
        Meeting::Show(show) => self::show(shell, &show),
        Meeting::Move(to) => move_to(shell, to),
        Meeting::Answer(answer) => self::answer(shell, &answer),
    }
}

/// Meetings, newest first.
pub(crate) fn list(shell: &Shell) -> Result<Outcome, Failure> {
    let meetings = shell.open()?.meetings()?;
    let rows: Vec<_> = meetings.iter().map(row).collect();
    let said = if meetings.is_empty() { shell.text.line("meeting.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::list("meetings", &meetings, said))
}

/// One meeting; its invitation is written where `--ics` says.
pub(crate) fn show(shell: &Shell, show: &MeetingShow) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Written<'a> {
        #[serde(flatten)]
        meeting: &'a MeetingView,
        ics: &'a Path,
    }

    let workbench = shell.open()?;
    let meeting = workbench.meeting(show.meeting)?;
    let Some(path) = &show.ics else { return Ok(outcome(shell, &meeting)) };
    std::fs::write(path, workbench.invitation(show.meeting)?).map_err(chuda_record::Error::from)?;
    let said = said(shell, &meeting) + &shell.text.line("meeting.written", &[("path", &path.display())]);
    Ok(Outcome::done(&Written { meeting: &meeting, ics: path }, said))
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
    Outcome::done(meeting, said(shell, meeting))
}

fn said(shell: &Shell, meeting: &MeetingView) -> String {
    let answer = |comes| match comes {
        Some(true) => "yes",
        Some(false) => "no",
        None => "open",
    };
    let attendees = meeting.attendees.iter();
    let rows: Vec<_> = attendees.map(|one| vec![one.person.name.clone(), shell.text.label("comes", answer(one.comes))]).collect();
    table(0, &[row(meeting)]) + &table(2, &rows)
}

/// When, title, where, id.
fn row(meeting: &MeetingView) -> Vec<String> {
    vec![local(meeting.at), meeting.title.clone(), meeting.place.clone().unwrap_or_default(), meeting.id.to_string()]
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"].into_iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let at = local.and_then(|local| DEFAULT_ZONE.from_local_datetime(&local).earliest());
    at.map(|at| at.to_utc()).ok_or_else(|| "2026-12-02T14:00, 2026-12-02T14:00:00+08:00".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_meant_where_the_team_is() {
        let at: DateTime<Utc> = "2026-12-02T06:00:00Z".parse().unwrap();
        for text in ["2026-12-02T14:00", "2026-12-02 14:00", "2026-12-02T14:00:00+08:00", "2026-12-02T06:00:00Z"] {
            assert_eq!(moment(text).unwrap(), at, "{text}");
        }
        assert!(moment("2026-12-02").is_err() && moment("明天").is_err());
    }
}
