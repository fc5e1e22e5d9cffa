//! `chuda meeting`: who comes, when and where, and the invitation for a calendar.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, TimeZone as _, Utc};
use chuda_phone::query::view::MeetingView;
use chuda_phone::workbench::Workbench;
use chuda_record::id::MeetingId;
use chuda_record::time::DEFAULT_ZONE;
use serde::Serialize;

use crate::args::{YES_NO, one_of};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{ArgAction, Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Meeting {
    /// Meetings, newest first
    List,
    /// One meeting, and its invitation for a calendar
    Show {
        #[command(flatten)]
        which: Which,
        /// Write the invitation as iCalendar into this file
        #[arg(long, value_name = "FILE")]
        ics: Option<PathBuf>,
    },
    /// Move a meeting to another time or place
    Move {
        #[command(flatten)]
        which: Which,
        /// When: 2026-12-02T14:00 (China), or with a zone as in RFC 3339
        #[arg(long, value_name = "TIME", value_parser = moment, required_unless_present = "place")]
        at: Option<DateTime<Utc>>,
        /// Where
        #[arg(long)]
        place: Option<String>,
    },
    /// Say whether you are coming
    Answer {
        #[command(flatten)]
        which: Which,
        /// Whether you are coming
        #[arg(action = ArgAction::Set, value_parser = one_of(YES_NO), value_name = "yes|no", hide_possible_values = true)]
        answer: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The meeting
    #[arg(value_name = "MEETING")]
    meeting: MeetingId,
}

pub(crate) fn run(shell: &Shell, command: Meeting) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let meeting = match command {
        Meeting::List => return Ok(shell.list("meetings", "meeting.none", &workbench.meetings()?, row)),
        Meeting::Show { which, ics: Some(path) } => return invitation(shell, &workbench, which.meeting, &path),
        Meeting::Show { which, ics: None } => workbench.meeting(which.meeting)?,
        Meeting::Move { which, at, place } => workbench.move_meeting(which.meeting, at, place)?,
        Meeting::Answer { which, answer } => workbench.answer_meeting(which.meeting, answer)?,
    };
    Ok(Outcome::done(&meeting, said(shell, &meeting)))
}

/// Writes the invitation into a file.
fn invitation(shell: &Shell, workbench: &Workbench, id: MeetingId, path: &Path) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Written<'a> {
        #[serde(flatten)]
        meeting: &'a MeetingView,
        ics: &'a Path,
    }

    let meeting = workbench.meeting(id)?;
    std::fs::write(path, workbench.invitation(id)?).map_err(chuda_record::Error::from)?;
    let said = said(shell, &meeting) + &shell.text.line("meeting.written", &[("path", &path.display())]);
    Ok(Outcome::done(&Written { meeting: &meeting, ics: path }, said))
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
