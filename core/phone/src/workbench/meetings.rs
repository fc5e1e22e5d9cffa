//! Meetings (B4): moved, answered, handed to a calendar.

use chrono::{DateTime, Utc};

use super::{Workbench, typed};
use crate::query::view::MeetingView;
use crate::store::Own;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::MeetingId;
use chuda_record::policy::Writer;
use chuda_record::time::{from_millis, to_millis};
use chuda_record::{Fields, Kind, Meeting, Scalar};
use chuda_words::keys;

impl Workbench {
    /// Moves a meeting to another time or place. Everybody who is invited is told again.
    pub fn move_meeting(&self, id: MeetingId, at: Option<DateTime<Utc>>, place: Option<String>) -> Result<MeetingView> {
        let place = typed(place, "place")?;
        if at.is_none() && place.is_none() {
            return Err(Error::invalid(keys::MEETING_NOTHING_TO_MOVE));
        }
        self.0.act(
            |tx, own| {
                let before = tx.find::<Meeting>(id)?.record;
                check_part(own, &before, before.author == self.0.me().id)?;
                let at = at.map_or(before.at, |at| from_millis(to_millis(at)));
                let moved = Meeting { at, place: place.or_else(|| before.place.clone()), ..before.clone() };
                tx.edit(own, id, &before, &moved)
            },
            |ask, ()| ask.one(id),
        )
    }

    /// Says whether this person comes.
    pub fn answer_meeting(&self, id: MeetingId, comes: bool) -> Result<MeetingView> {
        let me = self.0.me().id;
        self.0.act(
            |tx, own| {
                let meeting = tx.find::<Meeting>(id)?.record;
                check_part(own, &meeting, false)?;
                let answer = Fields::from([(format!("answers/{me}"), Scalar::Bool(comes))]);
                tx.write_fields(own, id.into(), Kind::Meeting, &answer)
            },
            |ask, ()| ask.one(id),
        )
    }
}

fn check_part(own: &Own, meeting: &Meeting, may_anyway: bool) -> Result<()> {
    let invited = matches!(&own.writer, Writer::Person { id, .. } if meeting.attendees.contains(id));
    if invited || may_anyway { Ok(()) } else { Err(Error::new(ErrorKind::NotAllowed, keys::MEETING_NOT_INVITED)) }
}
