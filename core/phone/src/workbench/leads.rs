//! Leads (H1): put into the pool, asked for, given back or on, corrected by hand.

use super::customers::{self, NewCustomer};
use super::{CustomerDraft, Workbench, check_length, typed};
use crate::query::view::{LeadList, LeadPage, LeadView};
use crate::store::{Own, Tx};
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{LeadId, PersonId};
use chuda_record::kind::lead::LeadRequest;
use chuda_record::rules::audience::{People, superiors};
use chuda_record::{Fields, Kind, Lead, Stage};
use chuda_words::keys;

/// A lead to put into the pool (投放).
#[derive(Clone, Debug, Default)]
pub struct LeadDraft {
    /// The customer it may become.
    pub customer: CustomerDraft,
    /// Where it came from, such as a campaign.
    pub channel: Option<String>,
}

impl Workbench {
    /// Puts a lead into the pool (投放), with its customer: nobody has it, whoever goes to customers can claim it.
    pub fn add_lead(&self, draft: LeadDraft) -> Result<LeadView> {
        let channel = typed(draft.channel);
        check_length(channel.as_ref(), "channel")?;
        let me = self.0.me().id;
        let customer = NewCustomer::of(draft.customer, None)?;
        self.0.act(
            |tx, own| {
                let customer = customers::enter(tx, own, me, customer)?;
                let id = LeadId::new(own.at);
                let lead = Lead { channel, ..Lead::new(me, customer, None, own.at) };
                tx.create(own, id, &lead)?;
                Ok(id)
            },
            |ask, id| ask.lead(id),
        )
    }

    /// Leads, those that were moved last first.
    pub fn leads(&self, list: LeadList) -> Result<Vec<LeadView>> {
        self.0.ask(|ask| ask.leads(list))
    }

    /// One lead, with every move.
    pub fn lead(&self, id: LeadId) -> Result<LeadPage> {
        self.0.ask(|ask| ask.lead_page(id))
    }

    /// Finds leads by their id, or by id, name or short name of the customer; an exact match comes alone.
    pub fn find_leads(&self, words: &str) -> Result<Vec<LeadView>> {
        self.0.ask(|ask| ask.find_leads(words))
    }

    /// Asks for a lead that nobody has. It shows as 待确认 until the server has settled it: the first to reach it gets the lead.
    pub fn claim_lead(&self, id: LeadId) -> Result<LeadView> {
        self.request(id, |_, lead, me| match lead.holder {
            Some(holder) if holder == me => Err(Error::invalid(keys::LEAD_ALREADY_YOURS)),
            Some(holder) => Err(Error::invalid(keys::LEAD_TAKEN).with("holder", holder)),
            None if lead.invalid_at.is_some() => Err(Error::invalid(keys::LEAD_INVALID)),
            None => Ok(LeadRequest::Claim(me)),
        })
    }

    /// Gives a lead back into the pool, with the reason.
    pub fn release_lead(&self, id: LeadId, reason: &str) -> Result<LeadView> {
        let reason = reason_of(reason)?;
        self.request(id, |_, lead, me| match lead.holder {
            Some(holder) if holder == me => Ok(LeadRequest::Release(me, reason)),
            _ => Err(Error::new(ErrorKind::NotAllowed, keys::LEAD_NOT_YOURS)),
        })
    }

    /// Gives a lead to somebody: by a superior of whoever has it, or, where nobody has or it is the own, of whoever shall have it.
    pub fn assign_lead(&self, id: LeadId, to: PersonId) -> Result<LeadView> {
        self.request(id, |people, lead, me| {
            if people.get(&to).is_none_or(|person| person.left) {
                return Err(Error::not_found(keys::PERSON_NOT_FOUND));
            }
            if lead.holder == Some(to) {
                return Err(Error::invalid(keys::LEAD_TAKEN).with("holder", to));
            }
            let below = lead.holder.filter(|holder| *holder != me).unwrap_or(to);
            if superiors(below, people).contains(&me) {
                Ok(LeadRequest::Assign(me, to))
            } else {
                Err(Error::new(ErrorKind::NotAllowed, keys::LEAD_NOT_SUPERIOR))
            }
        })
    }

    /// Corrects the stage by hand, with the reason: by the holder or a superior. What is done from now on moves it on again. A lead that
    /// was marked 无效 is valid again.
    pub fn correct_stage(&self, id: LeadId, stage: Stage, reason: &str) -> Result<LeadView> {
        let reason = reason_of(reason)?;
        if stage == Stage::Offered {
            return Err(Error::invalid(keys::LEAD_RELEASE_INSTEAD));
        }
        self.correct(id, |own, lead| {
            if lead.holder.is_none() {
                return Err(Error::invalid(keys::LEAD_UNHELD));
            }
            Ok(Lead { stage, corrected_at: Some(own.at), invalid_at: None, reason: Some(reason), ..lead })
        })
    }

    /// Marks a lead 无效, with the reason: by the holder or a superior, or, while nobody has it, by whoever put it there.
    pub fn invalidate_lead(&self, id: LeadId, reason: &str) -> Result<LeadView> {
        let reason = reason_of(reason)?;
        self.correct(id, |own, lead| match lead.invalid_at {
            Some(_) => Err(Error::invalid(keys::LEAD_INVALID)),
            None => Ok(Lead { invalid_at: Some(own.at), reason: Some(reason), ..lead }),
        })
    }

    /// Writes a request for the server, if nothing that is known here speaks against it.
    fn request(&self, id: LeadId, what: impl FnOnce(&People, &Lead, PersonId) -> Result<LeadRequest>) -> Result<LeadView> {
        let me = self.0.me();
        self.0.act(
            |tx, own| {
                let lead = lead(tx, id)?;
                let pending =
                    |(id, request): (&String, &LeadRequest)| !lead.settled.contains_key(id) && request.by() == Some(me.id);
                if lead.requests.iter().any(pending) {
                    return Err(Error::invalid(keys::LEAD_ALREADY_ASKED));
                }
                // Without a server there is nobody who could grant it.
                if !me.enrolled {
                    return Err(Error::invalid(keys::SYNC_NO_SERVER));
                }
                let request = what(&super::people(tx)?, &lead, me.id)?;
                let key = format!("requests/{}", LeadId::new(own.at));
                tx.write_fields(own, id.into(), Kind::Lead, &Fields::from([(key, request.to_text().into())]))
            },
            |ask, ()| ask.lead(id),
        )
    }

    fn correct(&self, id: LeadId, change: impl FnOnce(&Own, Lead) -> Result<Lead>) -> Result<LeadView> {
        let me = self.0.me().id;
        self.0.act(
            |tx, own| {
                let before = lead(tx, id)?;
                if !tx.may_write(own, id, "stage")? {
                    return Err(Error::new(ErrorKind::NotAllowed, keys::LEAD_NOT_YOURS));
                }
                let after = Lead { moved_by: me, moved_at: own.at, ..change(own, before.clone())? };
                tx.edit(own, id, &before, &after)
            },
            |ask, ()| ask.lead(id),
        )
    }
}

fn lead(tx: &Tx<'_>, id: LeadId) -> Result<Lead> {
    Ok(tx.record::<Lead>(id)?.ok_or_else(|| Error::not_found(keys::LEAD_NOT_FOUND))?.record)
}

fn reason_of(reason: &str) -> Result<String> {
    let reason = typed(Some(reason.to_owned())).ok_or_else(|| Error::invalid(keys::LEAD_REASON_MISSING))?;
    check_length(Some(&reason), "reason")?;
    Ok(reason)
}
