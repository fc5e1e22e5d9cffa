//! Leads, quotes, contracts, work orders and meetings for scripts.

use chuda_phone::query::view::{
    ApprovalView, ContactView, ContractView, LastEvent, LeadAsk, LeadMove, LeadPage, LeadView, MeetingView, OrderView, PersonView,
    QuoteView, StepView,
};
use serde_json::{Value, json};

use super::{TERMS, evidence, instant, person, put_state, put_word, yuan};

/// A lead.
pub(crate) fn lead(lead: &LeadView) -> Value {
    let mut object = json!({
        "id": lead.id,
        "customer": {"id": lead.customer, "name": lead.customer_name},
        "stage": TERMS.label("stage", lead.stage.as_str()),
        "stage_key": lead.stage.as_str(),
        "holder": lead.holder.as_ref().map(person),
        "since": instant(lead.since),
        "author": person(&lead.author),
        "channel": lead.channel,
        "valid": lead.valid,
        "reason": lead.reason,
        "request": lead.request.as_ref().map(lead_ask),
        "last": last_event(&lead.last),
        "conflicts": lead.conflicts,
    });
    put_state(&mut object, &lead.state);
    object
}

/// A lead with every move.
pub(crate) fn lead_page(page: &LeadPage) -> Value {
    let mut object = lead(&page.lead);
    object["trace"] = page.trace.iter().map(lead_move).collect();
    object
}

fn lead_ask(ask: &LeadAsk) -> Value {
    json!({
        "what": TERMS.label("asked", ask.what.as_str()),
        "what_key": ask.what.as_str(),
        "state": TERMS.label("ask_state", ask.state.as_str()),
        "state_key": ask.state.as_str(),
        "at": instant(ask.at),
    })
}

fn lead_move(one: &LeadMove) -> Value {
    json!({
        "at": instant(one.at),
        "what": TERMS.label("moved", one.what.as_str()),
        "what_key": one.what.as_str(),
        "by": one.by.as_ref().map(named),
        "stage": TERMS.label("stage", one.stage.as_str()),
        "stage_key": one.stage.as_str(),
        "holder": one.holder.as_ref().map(named),
        "reason": one.reason,
        "device": one.device,
    })
}

/// What happened last.
pub(crate) fn last_event(event: &LastEvent) -> Value {
    json!({"at": instant(event.at), "what": event.what.zh, "what_key": event.what.key, "by": event.by.as_ref().map(named)})
}

/// A quote.
pub(crate) fn quote(quote: &QuoteView) -> Value {
    let mut object = json!({
        "id": quote.id,
        "customer": {"id": quote.customer, "name": quote.customer_name},
        "person": person(&quote.person),
        "at": instant(quote.at),
        "amount_cny": quote.amount.map(yuan),
        "custom_development": quote.custom_development,
        "approval": quote.approval.as_ref().map(approval),
        "evidence": quote.evidence.iter().map(evidence).collect::<Vec<_>>(),
    });
    put_word(&mut object, "category", quote.category.as_ref());
    put_state(&mut object, &quote.state);
    object
}

fn approval(approval: &ApprovalView) -> Value {
    let mut object = json!({
        "task": approval.task,
        "mine": approval.mine,
        "at": approval.at.map(instant),
        "by": approval.by.as_ref().map(named),
        "reason": approval.reason,
    });
    put_word(&mut object, "choice", approval.choice.as_ref());
    object
}

/// A contract.
pub(crate) fn contract(contract: &ContractView) -> Value {
    let mut object = json!({
        "id": contract.id,
        "number": contract.number,
        "customer": {"id": contract.customer, "name": contract.customer_name},
        "person": person(&contract.person),
        "touch": contract.touch,
        "amount_cny": contract.amount.map(yuan),
        "custom_development": contract.custom_development,
        "contact": contract.contact.as_ref().map(contact),
        "model": contract.model,
        "address": contract.address,
        "missing": contract.missing,
        "text": contract.text,
        "steps": contract.steps.iter().map(step).collect::<Vec<_>>(),
        "can_sign": contract.can_sign,
        "rejected_at": contract.rejected_at.map(instant),
        "reason": contract.reason,
        "signed_at": contract.signed_at.map(instant),
        "signed_by": contract.signed_by.as_ref().map(named),
        "signed_with": contract.signed_with,
        "signature": contract.signature,
        "created_at": instant(contract.created_at),
        "because": contract.because,
        "conflicts": contract.conflicts,
    });
    put_word(&mut object, "status", Some(&contract.status));
    put_word(&mut object, "promised_service", contract.promised_service.as_ref());
    put_state(&mut object, &contract.state);
    object
}

fn step(step: &StepView) -> Value {
    let mut object = json!({
        "step": step.step.zh,
        "step_key": step.step.key,
        "state": TERMS.label("step_state", step.state.as_str()),
        "state_key": step.state.as_str(),
        "task": step.task,
        "role": step.role.map(|role| role.as_str()),
        "person": step.person.as_ref().map(named),
        "at": step.at.map(instant),
        "by": step.by.as_ref().map(named),
        "reason": step.reason,
    });
    put_word(&mut object, "choice", step.choice.as_ref());
    object
}

/// A work order.
pub(crate) fn order(order: &OrderView) -> Value {
    let mut object = json!({
        "id": order.id,
        "customer": {"id": order.customer, "name": order.customer_name},
        "person": person(&order.person),
        "contract": order.contract.map(|id| json!({"id": id, "number": order.contract_number})),
        "assignee": order.assignee.as_ref().map(named),
        "role": order.role.map(|role| role.as_str()),
        "contact": order.contact.as_ref().map(contact),
        "model": order.model,
        "address": order.address,
        "delivery_on": order.delivery_on,
        "service_contact": order.service_contact,
        "training_on": order.training_on,
        "note": order.note,
        "created_at": instant(order.created_at),
        "done_at": order.done_at.map(instant),
        "conflicts": order.conflicts,
    });
    put_word(&mut object, "status", Some(&order.status));
    put_word(&mut object, "promised_service", order.promised_service.as_ref());
    put_word(&mut object, "needed_service", order.needed_service.as_ref());
    put_state(&mut object, &order.state);
    object
}

/// A meeting.
pub(crate) fn meeting(meeting: &MeetingView) -> Value {
    let attendees: Vec<_> =
        meeting.attendees.iter().map(|one| json!({"person": person(&one.person), "comes": one.comes})).collect();
    let mut object = json!({
        "id": meeting.id,
        "title": meeting.title,
        "customer": {"id": meeting.customer, "name": meeting.customer_name},
        "person": person(&meeting.person),
        "contract": meeting.contract.map(|id| json!({"id": id, "number": meeting.contract_number})),
        "at": instant(meeting.at),
        "minutes": meeting.minutes,
        "place": meeting.place,
        "attendees": attendees,
        "created_at": instant(meeting.created_at),
        "conflicts": meeting.conflicts,
    });
    put_state(&mut object, &meeting.state);
    object
}

/// A person on the customer's side.
pub(crate) fn contact(contact: &ContactView) -> Value {
    let mut object = json!({"id": contact.id, "name": contact.name, "position": contact.position, "phone": contact.phone});
    put_word(&mut object, "role", contact.role.as_ref());
    object
}

fn named(person: &PersonView) -> Value {
    json!({"id": person.id, "name": person.name})
}
