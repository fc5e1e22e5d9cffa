//! Leads (H1): who holds one, since when, what happened last, and its whole way from its document's history.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{ItemState, PersonView, Word};
use super::{Ask, Shown, dialect};
use crate::store::{Row, Whose};
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, DeviceId, LeadId, PersonId};
use chuda_record::kind::lead::LeadRequest;
use chuda_record::rules::stage::{self, Steps};
use chuda_record::{Change, Contract, Fields, Lead, Stage, Touch, from_fields};

/// Most leads that are listed.
const LISTED: u32 = 1_000;

/// Most contracts of a customer that are looked at, newest first.
const CONTRACTS: u32 = 20;

/// Which leads to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadList {
    /// The own ones.
    Own,
    /// Those that nobody has (投放).
    Pool,
    /// Those that others have, as far as this person sees them: a supervisor those of the team.
    Team,
}

/// A lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct LeadView {
    /// Which.
    pub id: LeadId,
    /// The customer it may become.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The customer's name; empty when it is not, or no longer, this person's to read.
    #[serde(skip)]
    pub customer_name: String,
    /// Where it stands.
    #[serde(serialize_with = "dialect::labelled")]
    pub stage: Stage,
    /// Who has it.
    pub holder: Option<PersonView>,
    /// Since when, or since when nobody has.
    pub since: DateTime<Utc>,
    /// Who put it there.
    pub author: PersonView,
    /// Where it came from, such as a campaign.
    pub channel: Option<String>,
    /// Not marked 无效.
    pub valid: bool,
    /// Why it was released, corrected or marked, where that was the last move.
    pub reason: Option<String>,
    /// The own request that was made last, and what came of it.
    pub request: Option<LeadAsk>,
    /// What happened last.
    pub last: LastEvent,
    /// Fields that were changed at the same time by two people.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// The last thing that happened with a lead or customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct LastEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What: an action, a stage, a contract's state.
    pub what: Word,
    /// Who did it.
    pub by: Option<PersonView>,
}

/// A request to move a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeadAsk {
    /// What was asked for.
    #[serde(serialize_with = "dialect::labelled")]
    pub what: Asked,
    /// What came of it.
    #[serde(serialize_with = "dialect::labelled")]
    pub state: AskState,
    /// When.
    pub at: DateTime<Utc>,
}

chuda_record::words! {
    /// What can be asked for.
    pub enum Asked {
        /// 认领.
        Claim = "claim",
        /// 释放.
        Release = "release",
        /// 分配.
        Assign = "assign",
    }
}

chuda_record::words! {
    /// What came of a request.
    pub enum AskState {
        /// 待确认: the server has not settled it yet.
        Pending = "pending",
        /// Granted.
        Granted = "granted",
        /// Refused: somebody else was first, or it may not be asked for.
        Refused = "refused",
    }
}

/// One move of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeadMove {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(serialize_with = "dialect::labelled")]
    pub what: Moved,
    /// Who moved it, or asked for it.
    pub by: Option<PersonView>,
    /// The stage it had then.
    #[serde(serialize_with = "dialect::labelled")]
    pub stage: Stage,
    /// Who had it then.
    pub holder: Option<PersonView>,
    /// Why.
    pub reason: Option<String>,
    /// The installation that wrote it: a phone, or the server's own.
    pub device: DeviceId,
}

chuda_record::words! {
    /// What a move was.
    pub enum Moved {
        /// 投放: put into the pool.
        Offered = "offered",
        /// 认领: taken.
        Claimed = "claimed",
        /// 分配: given to somebody.
        Assigned = "assigned",
        /// 释放: given back.
        Released = "released",
        /// 阶段更正: the stage was corrected by hand.
        Corrected = "corrected",
        /// 无效.
        Invalid = "invalid",
        /// Somebody asked for it and did not get it.
        Refused = "refused",
    }
}

/// A lead with its whole way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeadPage {
    /// As it is now.
    #[serde(flatten)]
    pub lead: LeadView,
    /// Every move, oldest first.
    pub trace: Vec<LeadMove>,
}

names_its_customer!(LeadView);

impl Ask<'_> {
    /// Leads, those that were moved last first.
    pub fn leads(&self, list: LeadList) -> Result<Vec<LeadView>> {
        let whose = match list {
            LeadList::Own => Whose::Of(self.me.id),
            LeadList::Pool => Whose::Nobodys,
            LeadList::Team => Whose::Others(self.me.id),
        };
        self.each(self.tx.leads(whose, LISTED)?)
    }

    /// One lead with every move.
    pub fn lead_page(&self, id: LeadId) -> Result<LeadPage> {
        Ok(LeadPage { lead: self.one(id)?, trace: self.trace(&self.tx.load(id.into())?.history()) })
    }

    /// Those with this id, or of the customers with this id or these words in their name; an exact match comes alone.
    pub fn find_leads(&self, words: &str) -> Result<Vec<LeadView>> {
        let words = words.trim();
        if let Ok(id) = words.parse::<LeadId>()
            && self.tx.record::<Lead>(id)?.is_some()
        {
            return Ok(vec![self.one(id)?]);
        }
        let found = self.find_customers(words)?.into_iter().filter_map(|customer| customer.lead);
        found.map(|lead| self.one(lead)).collect()
    }

    /// Where a customer stands, by its lead and by what was done since that was corrected by hand; and what happened last: a touch, a
    /// move of the lead, or a step of the newest contract.
    pub(super) fn standing(&self, customer: CustomerId, lead: Option<&Lead>) -> Result<(Stage, Option<LastEvent>)> {
        let since = lead.and_then(|lead| lead.corrected_at);
        let contracts = self.tx.list::<Contract>(Some(customer), false, CONTRACTS)?;
        let signed_since = |row: &Row<Contract>| row.record.signed_at.is_some_and(|at| since.is_none_or(|since| at >= since));
        let steps = Steps { touched: self.tx.touched_with(customer, since)?, signed: contracts.iter().any(signed_since) };
        let touch = self.tx.last_touch(customer)?.map(|Row { record: Touch { at, action, author, .. }, .. }| LastEvent {
            at,
            what: Word::of(&self.config.actions, &action),
            by: Some(self.person(author)),
        });
        let contract = contracts.into_iter().next().and_then(|row| {
            let Contract { reviewed_at, sealed_at, signed_at, rejected_at, origin, status, signed_by, .. } = row.record;
            let at = [reviewed_at, sealed_at, signed_at, rejected_at, Some(origin.created_at)].into_iter().flatten().max()?;
            let by = signed_by.filter(|_| signed_at == Some(at)).map(|person| self.person(person));
            Some(LastEvent { at, what: Word::of(&self.config.contract_states, &status), by })
        });
        let events = [lead.map(|lead| self.last_move(lead)), touch, contract];
        Ok((stage::current(self.config, lead, &steps), events.into_iter().flatten().max_by_key(|event| event.at)))
    }

    fn last_move(&self, lead: &Lead) -> LastEvent {
        LastEvent {
            at: lead.moved_at,
            what: Word::of(&self.config.stages, lead.stage.as_str()),
            by: Some(self.person(lead.moved_by)),
        }
    }

    fn trace(&self, history: &[Change]) -> Vec<LeadMove> {
        let mut state = Fields::new();
        let mut trace = Vec::new();
        let mut before: Option<Lead> = None;
        for change in history {
            state.extend(change.writes.clone());
            // What a newer version wrote may be beyond this one; the moves that it knows are shown.
            let Ok(lead) = from_fields::<Lead>(&state) else { continue };
            trace.extend(self.moves(before.as_ref(), &lead, change));
            before = Some(lead);
        }
        trace
    }

    /// The moves that one change makes: at most one of the lead, and every request that it refuses.
    fn moves(&self, before: Option<&Lead>, lead: &Lead, change: &Change) -> Vec<LeadMove> {
        let entry = |what, at, by: PersonId, reason: Option<&String>| LeadMove {
            at,
            what,
            by: Some(self.person(by)),
            stage: lead.stage,
            holder: self.some_person(lead.holder),
            reason: reason.cloned(),
            device: change.actor.device,
        };
        let mut moves = Vec::new();
        if let Some(what) = moved(before, lead) {
            moves.push(entry(what, lead.moved_at, lead.moved_by, lead.reason.as_ref()));
        }
        let newly = lead.settled.iter().filter(|(id, _)| before.is_none_or(|before| !before.settled.contains_key(*id)));
        for (id, _) in newly.filter(|(_, answer)| *answer == "refused") {
            if let Some(by) = lead.requests.get(id).and_then(LeadRequest::by) {
                moves.push(entry(Moved::Refused, change.at, by, None));
            }
        }
        moves
    }
}

impl Shown for LeadView {
    type Of = Lead;

    fn of(ask: &Ask<'_>, row: Row<Lead>) -> Result<Self> {
        let Row { id, record: lead, conflicts } = row;
        let (stage, last) = ask.standing(lead.customer, Some(&lead))?;
        Ok(Self {
            id: id.into(),
            customer: lead.customer,
            customer_name: ask.customer_name(lead.customer)?,
            stage,
            holder: ask.some_person(lead.holder),
            since: lead.held_at.unwrap_or(lead.moved_at),
            author: ask.person(lead.author),
            valid: lead.invalid_at.is_none(),
            request: own_request(&lead, ask.me.id),
            last: last.unwrap_or_else(|| ask.last_move(&lead)),
            state: ask.state(id, &conflicts)?,
            conflicts,
            channel: lead.channel,
            reason: lead.reason,
        })
    }
}

fn moved(before: Option<&Lead>, lead: &Lead) -> Option<Moved> {
    let Some(before) = before else { return Some(if lead.holder.is_some() { Moved::Claimed } else { Moved::Offered }) };
    match (before.holder, lead.holder) {
        (old, new) if old == new => {}
        (_, None) => return Some(Moved::Released),
        (_, Some(holder)) => return Some(if lead.moved_by == holder { Moved::Claimed } else { Moved::Assigned }),
    }
    if before.invalid_at.is_none() && lead.invalid_at.is_some() {
        return Some(Moved::Invalid);
    }
    (before.corrected_at != lead.corrected_at || before.stage != lead.stage).then_some(Moved::Corrected)
}

/// The last request that a person made: their ids go by the time they were made.
fn own_request(lead: &Lead, person: PersonId) -> Option<LeadAsk> {
    let (id, request) = lead.requests.iter().rev().find(|(_, request)| request.by() == Some(person))?;
    let state = match lead.settled.get(id).map(String::as_str) {
        None => AskState::Pending,
        Some("granted") => AskState::Granted,
        Some(_) => AskState::Refused,
    };
    let what = match request {
        LeadRequest::Claim(_) => Asked::Claim,
        LeadRequest::Release(..) => Asked::Release,
        LeadRequest::Assign(..) => Asked::Assign,
        LeadRequest::Other(_) => return None,
    };
    let at = id.parse::<LeadId>().ok().and_then(LeadId::made_at).unwrap_or(lead.moved_at);
    Some(LeadAsk { what, state, at })
}
