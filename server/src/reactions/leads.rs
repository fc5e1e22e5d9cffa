//! Leads change hands here alone: the server grants a request or refuses it, in the order in which requests reach it (H1).

use chuda_record::id::{PersonId, RecordId};
use chuda_record::kind::lead::LeadRequest;
use chuda_record::rules::audience::superiors;
use chuda_record::{Customer, Error, Fields, Kind, Lead, Result, Scalar, Stage, from_fields};

use crate::ingest::{Ingest, Notice, Reaction, When};

/// What is asked of a lead is granted or refused.
pub(super) const ASKED_FOR: Reaction = Reaction { to: &[Kind::Lead], act: When::Each(|ingest, _, lead| settle(ingest, lead)) };
/// The notice to whoever asked for a lead that somebody else has.
const TAKEN: &str = "lead_taken";

/// Settles every request of a lead that has no answer yet.
fn settle(ingest: &mut Ingest<'_>, lead: RecordId) -> Result<()> {
    loop {
        let Some(document) = ingest.tx().document(lead)? else { return Ok(()) };
        let state: Lead = from_fields(&document.fields).map_err(|error| Error::internal("lead.unreadable", error))?;
        let Some((id, text)) = state.requests.iter().find(|(id, _)| !state.settled.contains_key(*id)) else { return Ok(()) };
        let request = LeadRequest::parse(text);
        let granted = match &request {
            Some(request) => may(ingest, &state, request)?,
            None => false,
        };
        let mut writes = match &request {
            Some(request) if granted => moves(ingest, &state, request),
            _ => Fields::new(),
        };
        writes.insert(format!("settled/{id}"), if granted { "granted" } else { "refused" }.into());
        let holder = writes.get("holder").cloned();
        ingest.write(lead, &writes)?;
        if let Some(holder) = holder {
            ingest.write(state.customer.into(), &Fields::from([("holder".into(), holder)]))?;
        }
        if let (Some(LeadRequest::Claim(by)), false) = (&request, granted) {
            tell_taken(ingest, lead, &state, id, *by)?;
        }
    }
}

fn may(ingest: &Ingest<'_>, lead: &Lead, request: &LeadRequest) -> Result<bool> {
    let people = ingest.people();
    let works = |person: &PersonId| people.get(person).is_some_and(|person| !person.left);
    Ok(match request {
        LeadRequest::Claim(by) => {
            // A second lead of a customer is no way to take it from whoever has the first.
            let customer =
                ingest.tx().document(lead.customer.into())?.and_then(|stored| from_fields::<Customer>(&stored.fields).ok());
            let free = customer.is_none_or(|customer| customer.holder.is_none_or(|holder| holder == *by));
            lead.holder.is_none() && free && lead.invalid_at.is_none() && works(by)
        }
        LeadRequest::Release(by, _) => lead.holder == Some(*by),
        // Somebody above the one who has it; where nobody has, or they have it themselves, above the one who shall have it.
        LeadRequest::Assign(by, to) => {
            let below = lead.holder.filter(|holder| holder != by).unwrap_or(*to);
            works(to) && superiors(below, &people).contains(by)
        }
    })
}

fn moves(ingest: &Ingest<'_>, lead: &Lead, request: &LeadRequest) -> Fields {
    let now = Scalar::Int(ingest.now().timestamp_millis());
    let mut writes = Fields::from([
        ("moved_by".into(), request.by().to_string().into()),
        ("moved_at".into(), now.clone()),
        ("held_at".into(), now.clone()),
        ("reason".into(), Scalar::Null),
    ]);
    match request {
        LeadRequest::Claim(to) | LeadRequest::Assign(_, to) => {
            writes.insert("holder".into(), to.to_string().into());
            if lead.stage == Stage::Offered {
                writes.insert("stage".into(), Stage::Claimed.as_str().into());
            }
            if lead.claimed_at.is_none() {
                writes.insert("claimed_at".into(), now);
            }
        }
        LeadRequest::Release(_, reason) => {
            writes.insert("holder".into(), Scalar::Null);
            writes.insert("stage".into(), Stage::Offered.as_str().into());
            writes.insert("reason".into(), reason.trim().into());
        }
    }
    writes
}

/// Tells whoever was too late who has it. The notice lets them read the lead, so that they see where it stands; it names the customer,
/// which is no longer theirs to read.
fn tell_taken(ingest: &mut Ingest<'_>, lead: RecordId, state: &Lead, request: &str, to: PersonId) -> Result<()> {
    let people = ingest.people();
    let Some(holder) = state.holder.filter(|holder| *holder != to).and_then(|holder| people.get(&holder)) else { return Ok(()) };
    let customer = ingest.tx().document(state.customer.into())?;
    let name = customer.as_ref().and_then(|customer| customer.fields.get("name").and_then(Scalar::as_text)).unwrap_or_default();
    if !people.contains_key(&to) {
        return Ok(());
    }
    let because = format!("customer = {name}, holder = {}", holder.name);
    let notice = Notice { kind: TAKEN, rule: TAKEN, assignee: Some(to), role: None, customer: None, source: lead, because };
    ingest.notify(&format!("{lead}/{request}"), notice)
}
