//! Leads change hands here alone: the server grants a request or refuses it, in the order in which requests reach it (H1).

use chuda_core::id::{PersonId, RecordId};
use chuda_core::record::lead::LeadRequest;
use chuda_core::record::{Fields, Lead, Scalar, Stage, from_fields};
use chuda_core::rules::audience::superiors;
use chuda_core::{Error, Result};

use crate::ingest::Ingest;

/// Settles every request of a lead that has no answer yet.
pub(crate) fn settle(ingest: &mut Ingest<'_>, lead: RecordId) -> Result<()> {
    loop {
        let Some(document) = ingest.tx().document(lead)? else { return Ok(()) };
        let state: Lead = from_fields(&document.fields).map_err(|error| Error::internal("lead.unreadable", error))?;
        let Some((id, text)) = state.requests.iter().find(|(id, _)| !state.settled.contains_key(*id)) else { return Ok(()) };
        let request = LeadRequest::parse(text);
        let moved = request.filter(|request| may(ingest, &state, request)).map(|request| moves(ingest, &state, &request));
        let answer = if moved.is_some() { "granted" } else { "refused" };
        let mut writes = moved.unwrap_or_default();
        writes.insert(format!("settled/{id}"), answer.into());
        let holder = writes.get("holder").cloned();
        ingest.write(lead, &writes)?;
        if let Some(holder) = holder {
            ingest.write(state.customer.into(), &Fields::from([("holder".into(), holder)]))?;
        }
    }
}

fn may(ingest: &Ingest<'_>, lead: &Lead, request: &LeadRequest) -> bool {
    let people = ingest.people();
    let works = |person: &PersonId| people.get(person).is_some_and(|person| !person.left);
    match request {
        LeadRequest::Claim(by) => lead.holder.is_none() && lead.invalid_at.is_none() && works(by),
        LeadRequest::Release(by, _) => lead.holder == Some(*by),
        // Somebody above the one who has it, or above the one who shall have it.
        LeadRequest::Assign(by, to) => {
            works(to) && lead.holder.iter().chain([to]).any(|person| superiors(*person, &people).contains(by))
        }
    }
}

fn moves(ingest: &Ingest<'_>, lead: &Lead, request: &LeadRequest) -> Fields {
    let now = Scalar::Int(ingest.now().timestamp_millis());
    let mut writes = Fields::from([
        ("moved_by".into(), request.by().to_string().into()),
        ("moved_at".into(), now.clone()),
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
