//! Meetings (B4): who is invited, who comes, and the invitation for a calendar.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{ContractRef, ItemState, PersonView};
use super::{Ask, Shown};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, MeetingId};
use chuda_record::invitation::{self, Invitation};
use chuda_record::{Contract, Meeting};

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
    /// Its invitation as iCalendar (RFC 5545).
    pub fn invitation(&self, id: MeetingId) -> Result<String> {
        let Row { record: meeting, .. } = self.tx.find::<Meeting>(id)?;
        let contract = meeting.contract.map_or(Ok(None), |contract| self.tx.record::<Contract>(contract))?;
        Ok(invitation::to_ics(&Invitation {
            id,
            meeting: &meeting,
            sequence: invitation::sequence(&self.tx.load(id.into())?.history()),
            customer: &self.customer_name(meeting.customer)?,
            contract: contract.as_ref().map(|row| row.record.number.as_str()),
            name_of: &|person| self.person(person).name,
            now: self.now,
        }))
    }
}

impl Shown for MeetingView {
    type Of = Meeting;

    fn of(ask: &Ask<'_>, row: Row<Meeting>) -> Result<Self> {
        let Row { id, record: meeting, conflicts } = row;
        let contract = meeting.contract.map_or(Ok(None), |contract| ask.tx.record::<Contract>(contract))?;
        let attendee = |person| AttendeeView { person: ask.person(person), comes: meeting.answers.get(&person).copied() };
        Ok(Self {
            id: id.into(),
            customer: meeting.customer,
            customer_name: ask.customer_name(meeting.customer)?,
            person: ask.person(meeting.author),
            contract: meeting.contract.map(|id| ContractRef { id, number: contract.map(|row| row.record.number) }),
            attendees: meeting.attendees.iter().copied().map(attendee).collect(),
            created_at: meeting.origin.created_at,
            state: ask.state(id, &conflicts)?,
            conflicts,
            title: meeting.title,
            at: meeting.at,
            minutes: meeting.minutes,
            place: meeting.place,
        })
    }
}
