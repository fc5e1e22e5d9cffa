//! The one way in: parse → judge → commit → relate → who may read it → reactions → inboxes, all in one transaction.
//!
//! A change that is not accepted is kept aside with its reason; every other document goes through. What follows from a record is not
//! known here: it is handed in as a list of [`Reaction`]s.

mod commit;
mod erase;
mod judge;
mod lookup;
mod parse;
mod readers;
mod relate;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_record::doc::Doc;
use chuda_record::id::{CustomerId, DeviceId, PersonId, RecordId};
use chuda_record::rules::Config;
use chuda_record::rules::audience::People;
use chuda_record::rules::firing::MAX_ROUNDS;
use chuda_record::{Actor, Error, Fields, Kind, Result};

use crate::store::{Configs, InboxRow, Tx};

pub(crate) use judge::Rejected;
pub(crate) use parse::parse;
pub(crate) use write::Notice;

/// Whose device sends changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    /// When that person left: only what was recorded before is taken.
    pub(crate) left: Option<i64>,
}

/// What follows from a record that is written, in the same transaction.
pub(crate) struct Reaction {
    /// Of which kinds of record.
    pub(crate) to: &'static [Kind],
    /// When, and what.
    pub(crate) act: When,
}

/// When something follows.
pub(crate) enum When {
    /// As soon as a record is written, with what it was before.
    AtOnce(fn(&Ingest<'_>, &Written<'_>) -> Result<()>),
    /// Once all that came is written, for what was written together.
    Together(fn(&mut Ingest<'_>, &[RecordId]) -> Result<()>),
    /// After that, for each record.
    Each(fn(&mut Ingest<'_>, Kind, RecordId) -> Result<()>),
}

/// A record as it was written.
pub(crate) struct Written<'a> {
    pub(crate) document: RecordId,
    pub(crate) kind: Kind,
    pub(crate) before: Option<&'a Fields>,
    pub(crate) fields: &'a Fields,
}

/// One transaction's worth of writing.
pub(crate) struct Ingest<'t> {
    tx: &'t Tx<'t>,
    now: DateTime<Utc>,
    reactions: &'static [Reaction],
    own: Actor,
    people: Arc<People>,
    configs: Arc<Configs>,
    with_device: Arc<BTreeSet<PersonId>>,
    /// Who stands by a customer, as far as that was asked.
    customers: BTreeMap<CustomerId, Rc<BTreeSet<PersonId>>>,
    changed: BTreeSet<(Kind, RecordId)>,
    outgoing: BTreeMap<PersonId, Vec<InboxRow>>,
}

impl<'t> Ingest<'t> {
    /// Begins; `now` is the server's clock, `reactions` is what follows from what will be written.
    pub(crate) fn open(tx: &'t Tx<'t>, now: DateTime<Utc>, reactions: &'static [Reaction]) -> Result<Self> {
        Ok(Self {
            tx,
            now,
            reactions,
            own: Actor { device: tx.own_device()?, incarnation: 0 },
            people: tx.people()?,
            configs: tx.configs()?,
            with_device: tx.people_with_device()?,
            customers: BTreeMap::new(),
            changed: BTreeSet::new(),
            outgoing: BTreeMap::new(),
        })
    }

    /// Carries out what follows from what was written, and fills the inboxes.
    pub(crate) fn finish(mut self) -> Result<()> {
        for _ in 0..MAX_ROUNDS {
            let changed = std::mem::take(&mut self.changed);
            if changed.is_empty() {
                break;
            }
            self.react(&changed)?;
        }
        if !self.changed.is_empty() {
            tracing::error!(left = self.changed.len(), "rules set each other off without end");
        }
        self.outgoing.iter().try_for_each(|(person, rows)| self.tx.deliver(*person, rows))
    }

    pub(crate) fn tx(&self) -> &'t Tx<'t> {
        self.tx
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) fn people(&self) -> Arc<People> {
        self.people.clone()
    }

    /// The configuration that a record was made under; the one in force where it names none that there is (T6).
    pub(crate) fn config_of(&self, record: &Fields) -> Arc<Config> {
        self.configs.of(record)
    }

    /// The configuration in force.
    pub(crate) fn config(&self) -> Arc<Config> {
        self.configs.in_force()
    }

    fn react(&mut self, changed: &BTreeSet<(Kind, RecordId)>) -> Result<()> {
        for reaction in self.reactions {
            let When::Together(act) = reaction.act else { continue };
            let records: Vec<RecordId> =
                changed.iter().filter(|(kind, _)| reaction.to.contains(kind)).map(|(_, record)| *record).collect();
            act(self, &records)?;
        }
        for (kind, record) in changed {
            for reaction in self.reactions.iter().filter(|reaction| reaction.to.contains(kind)) {
                if let When::Each(act) = reaction.act {
                    act(self, *kind, *record)?;
                }
            }
        }
        Ok(())
    }

    fn written(&self, written: &Written<'_>) -> Result<()> {
        for reaction in self.reactions.iter().filter(|reaction| reaction.to.contains(&written.kind)) {
            if let When::AtOnce(act) = reaction.act {
                act(self, written)?;
            }
        }
        Ok(())
    }

    fn load(&self, document: RecordId, exists: bool) -> Result<Doc> {
        if !exists {
            return Ok(Doc::new());
        }
        let changes = self.tx.changes(document)?;
        Doc::load(changes.iter().map(Vec::as_slice)).map_err(|error| Error::internal("document.load", error))
    }
}
