//! Meetings (B4): who is invited, who comes, and the invitation for a calendar.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Ask;
use super::dialect::names_its_customer;
use super::view::{ContractRef, ItemState, PersonView};
use crate::store::Row;
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, MeetingId};
use chuda_record::invitation::{self, Invitation};
use chuda_record::{Contract, Meeting};
use chuda_words::keys;

/// Most meetings that are listed.
const LISTED: u32 = 500;

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct MeetingView {
    /// Which.
    pub id: MeetingId,
    /// About whom.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The customer's name.
    #[serde(skip)]
    pub customer_name: String,
    /// The sales rep whose contract it is about.
    #[serde(rename = "author")]
    pub person: PersonView,
    /// The contract.
    pub contract: Option<ContractRef>,
    /// What it is called.
    pub title: String,
    /// When it begins.
    pub at: DateTime<Utc>,
    /// How long it takes, in minutes.
    pub minutes: i64,
    /// Where.
    pub place: Option<String>,
    /// Who is invited.
    pub attendees: Vec<AttendeeView>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Fields that were changed at the same time by two people.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttendeeView {
    /// Who.
    pub person: PersonView,
    /// Whether they come; none: no answer yet.
    pub comes: Option<bool>,
}

names_its_customer!(MeetingView);

impl Ask<'_> {
    /// Meetings that this person sees, newest first.
    pub fn meetings(&self) -> Result<Vec<MeetingView>> {
        self.tx.list::<Meeting>(None, false, LISTED)?.into_iter().map(|row| self.view_meeting(row)).collect()
    }

    /// One of them.
    pub fn meeting(&self, id: MeetingId) -> Result<MeetingView> {
        self.view_meeting(self.meeting_row(id)?)
    }

    /// Its invitation as iCalendar (RFC 5545).
    pub fn invitation(&self, id: MeetingId) -> Result<String> {
        let Row { record: meeting, .. } = self.meeting_row(id)?;
        let contract = meeting.contract.map_or(Ok(None), |contract| self.tx.record::<Contract>(contract))?;
        Ok(invitation::to_ics(&Invitation {
            id,
            meeting: &meeting,
            sequence: invitation::sequence(&self.tx.load(id.into())?.history()),
            customer: &self.name_of(Some(meeting.customer))?.unwrap_or_default(),
            contract: contract.as_ref().map(|row| row.record.number.as_str()),
            name_of: &|person| self.person(person).name,
            now: self.now,
        }))
    }

    fn meeting_row(&self, id: MeetingId) -> Result<Row<Meeting>> {
        self.tx.record::<Meeting>(id)?.ok_or_else(|| Error::not_found(keys::MEETING_NOT_FOUND))
    }

    fn view_meeting(&self, row: Row<Meeting>) -> Result<MeetingView> {
        let Row { id, record: meeting, conflicts } = row;
        let contract = meeting.contract.map_or(Ok(None), |contract| self.tx.record::<Contract>(contract))?;
        let attendee = |person| AttendeeView { person: self.person(person), comes: meeting.answers.get(&person).copied() };
        Ok(MeetingView {
            id: id.into(),
            customer: meeting.customer,
            customer_name: self.name_of(Some(meeting.customer))?.unwrap_or_default(),
            person: self.person(meeting.author),
            contract: meeting.contract.map(|id| ContractRef { id, number: contract.map(|row| row.record.number) }),
            attendees: meeting.attendees.iter().copied().map(attendee).collect(),
            created_at: meeting.origin.created_at,
            state: self.state(id, &conflicts)?,
            conflicts,
            title: meeting.title,
            at: meeting.at,
            minutes: meeting.minutes,
            place: meeting.place,
        })
    }
}
