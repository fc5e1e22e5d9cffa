//! What screens ask. One file per question; each returns a view. Lists are made from projections, never from documents.

mod answers;
mod back_checks;
mod briefs;
pub(crate) mod contracts;
mod customers;
pub(crate) mod dialect;
mod evidence;
mod figures;
mod home;
mod leads;
mod meetings;
mod options;
mod orders;
mod quotes;
pub(crate) mod releases;
pub(crate) mod report;
mod status;
mod tasks;
mod touches;
pub mod view;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::screen::{Format, Lang, UNDO_SECONDS};
use crate::store::{Row, Tx};
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::rules::Config;
use chuda_record::time::day_of;
use chuda_record::{Customer, Person, Record, Rejection, Role};
use view::{ItemState, PersonView};

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// The person.
    pub id: PersonId,
    /// Name, as given when the store was made.
    pub name: String,
    /// What they do.
    pub roles: Vec<Role>,
    /// Their zone.
    pub zone: Tz,
    /// Whether this phone belongs to a server.
    pub enrolled: bool,
    /// What their screens are written in.
    pub lang: Lang,
    /// The day of the report that they filed last, and when.
    pub filed: Option<(NaiveDate, DateTime<Utc>)>,
}

impl Me {
    /// The day of a report that can still be taken back by one tap: it is shown as long, even when another day has begun.
    fn filed(&self, now: DateTime<Utc>) -> Option<NaiveDate> {
        // A shell begins to count a little later, and says when it is over.
        let undo = TimeDelta::zero()..TimeDelta::seconds(2 * i64::from(UNDO_SECONDS));
        self.filed.filter(|(_, at)| undo.contains(&(now - *at))).map(|(day, _)| day)
    }
}

/// One look at the store: everything in it is of the same moment.
pub struct Ask<'a> {
    pub(crate) tx: &'a Tx<'a>,
    pub(crate) me: &'a Me,
    pub(crate) now: DateTime<Utc>,
    pub(crate) config: &'a Config,
    people: BTreeMap<PersonId, Person>,
}

/// A record as a screen shows it.
pub trait Shown: Sized {
    /// What it is made from.
    type Of: Record;

    /// Puts it in words.
    fn of(ask: &Ask<'_>, row: Row<Self::Of>) -> Result<Self>;
}

/// Most of a kind that are shown at once.
const SHOWN: u32 = 500;

impl<'a> Ask<'a> {
    /// Begins to look.
    pub fn new(tx: &'a Tx<'a>, me: &'a Me, now: DateTime<Utc>, config: &'a Config) -> Result<Self> {
        let people = tx.people()?.into_iter().map(|row| (row.id.into(), row.record)).collect();
        Ok(Self { tx, me, now, config, people })
    }

    /// Today, as the person sees it.
    pub fn today(&self) -> NaiveDate {
        day_of(self.now, self.me.zone)
    }

    /// How days and amounts are written for whoever is asking.
    pub fn format(&self) -> Format {
        Format { lang: self.me.lang, zone: self.me.zone }
    }

    /// Who is asking.
    pub fn myself(&self) -> PersonView {
        PersonView {
            id: self.me.id,
            name: self.me.name.clone(),
            roles: self.me.roles.clone(),
            reports_to: self.person(self.me.id).reports_to,
        }
    }

    /// Colleagues by name.
    pub fn colleagues(&self) -> Vec<PersonView> {
        let mut people: Vec<PersonView> =
            self.people.iter().filter(|(_, person)| !person.left).map(|(id, _)| self.person(*id)).collect();
        people.sort_by(|a, b| a.name.cmp(&b.name));
        people
    }

    /// A record as it is shown.
    pub fn one<V: Shown>(&self, id: impl Into<RecordId>) -> Result<V> {
        V::of(self, self.tx.find(id)?)
    }

    /// Each of some records.
    pub fn each<V: Shown>(&self, rows: Vec<Row<V::Of>>) -> Result<Vec<V>> {
        rows.into_iter().map(|row| V::of(self, row)).collect()
    }

    /// The records of a kind that this person sees, newest first: those that somebody still has to do something about, or all.
    pub fn newest<V: Shown>(&self, only_open: bool) -> Result<Vec<V>> {
        self.each(self.tx.list(None, only_open, SHOWN)?)
    }

    /// The name of a customer, as far as it is known here.
    fn name_of(&self, customer: CustomerId) -> Result<Option<String>> {
        Ok(self.tx.record::<Customer>(customer)?.map(|row| row.record.name))
    }

    /// The same; empty as long as the record has not arrived.
    fn customer_name(&self, customer: CustomerId) -> Result<String> {
        Ok(self.name_of(customer)?.unwrap_or_default())
    }

    fn some_person(&self, id: Option<PersonId>) -> Option<PersonView> {
        id.map(|id| self.person(id))
    }

    fn person(&self, id: PersonId) -> PersonView {
        match self.people.get(&id) {
            Some(person) => PersonView {
                id,
                name: person.name.clone(),
                roles: person.roles.iter().copied().collect(),
                reports_to: person.reports_to,
            },
            None => PersonView {
                id,
                name: if id == self.me.id { self.me.name.clone() } else { String::new() },
                roles: Vec::new(),
                reports_to: None,
            },
        }
    }

    /// Where a record is on its way.
    fn state(&self, id: RecordId, conflicts: &[String]) -> Result<ItemState> {
        if let Some(refused) = self.tx.quarantined(Some(id))?.first() {
            return Ok(failed(&refused.reason));
        }
        Ok(if !conflicts.is_empty() {
            ItemState::Conflict
        } else if !self.me.enrolled {
            ItemState::SavedHere
        } else if self.tx.is_waiting(id)? {
            ItemState::Waiting
        } else {
            ItemState::Verified
        })
    }
}

fn failed(reason: &Rejection) -> ItemState {
    ItemState::Failed { reason: reason.key().into() }
}
