//! `chuda order`: what delivery has to do for a signed contract.

use chuda_phone::query::view::OrderView;
use chuda_phone::workbench::Schedule;
use chuda_record::id::OrderId;
use serde_json::json;

use super::{contract, field_rows};
use crate::args::sales::{OrderNeed, OrderSchedule};
use crate::exit::{Failure, Outcome};
use crate::json::sales as json_of;
use crate::shell::Shell;
use crate::table::table;

/// Work orders to be done, or all, newest first.
pub(crate) fn list(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let orders = shell.open()?.orders(!all)?;
    let listed: Vec<_> = orders.iter().map(json_of::order).collect();
    let rows: Vec<_> = orders.iter().map(|order| row(shell, order)).collect();
    let said = if orders.is_empty() { shell.text.line("order.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::done(json!({"orders": listed}), said))
}

/// One work order.
pub(crate) fn show(shell: &Shell, id: OrderId) -> Result<Outcome, Failure> {
    Ok(outcome(shell, &shell.open()?.order(id)?))
}

/// Sets delivery, service contact and first training.
pub(crate) fn schedule(shell: &Shell, schedule: OrderSchedule) -> Result<Outcome, Failure> {
    let OrderSchedule { order, delivery, service_contact, training, note } = schedule;
    let schedule = Schedule { delivery_on: delivery, service_contact, training_on: training, note };
    Ok(outcome(shell, &shell.open()?.schedule_order(order, schedule)?))
}

/// Notes the service that is needed.
pub(crate) fn need(shell: &Shell, need: &OrderNeed) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let order = workbench.need_service(need.order, &need.service);
    Ok(outcome(shell, &order.map_err(|error| contract::with_services(shell, &workbench, error))?))
}

/// Takes a work order on.
pub(crate) fn take(shell: &Shell, id: OrderId) -> Result<Outcome, Failure> {
    Ok(outcome(shell, &shell.open()?.take_order(id)?))
}

/// Delivered.
pub(crate) fn done(shell: &Shell, id: OrderId) -> Result<Outcome, Failure> {
    Ok(outcome(shell, &shell.open()?.finish_order(id)?))
}

fn outcome(shell: &Shell, order: &OrderView) -> Outcome {
    let text = shell.text;
    let word = |word: &Option<chuda_phone::query::view::Word>| word.as_ref().map(|word| text.word(word).to_owned());
    let contact = order
        .contact
        .as_ref()
        .map(|contact| [Some(contact.name.clone()), contact.phone.clone()].into_iter().flatten().collect::<Vec<_>>().join(" "));
    let details = field_rows(
        shell,
        &[
            ("contact", contact),
            ("model", order.model.clone()),
            ("address", order.address.clone()),
            ("promised_service", word(&order.promised_service)),
            ("needed_service", word(&order.needed_service)),
            ("delivery_on", order.delivery_on.map(|day| day.to_string())),
            ("service_contact", order.service_contact.clone()),
            ("training_on", order.training_on.map(|day| day.to_string())),
            ("note", order.note.clone()),
        ],
    );
    Outcome::done(json_of::order(order), table(0, &[row(shell, order)]) + &table(2, &details))
}

/// Customer, contract, status, who does it, id.
fn row(shell: &Shell, order: &OrderView) -> Vec<String> {
    let whose = order.assignee.as_ref().map(|person| person.name.clone());
    vec![
        order.customer_name.clone(),
        order.contract_number.clone().unwrap_or_default(),
        shell.text.word(&order.status).to_owned(),
        whose.or_else(|| order.role.map(|role| role.as_str().into())).unwrap_or_default(),
        order.id.to_string(),
    ]
}
