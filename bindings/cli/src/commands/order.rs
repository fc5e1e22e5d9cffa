//! `chuda order`: what delivery has to do for a signed contract.

use chrono::NaiveDate;
use chuda_phone::query::view::OrderView;
use chuda_phone::workbench::Schedule;
use chuda_record::id::OrderId;

use super::{contract, field_rows};
use crate::args::{All, date};
use crate::exit::{Failure, Outcome};
use crate::shell::Shell;
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Open work orders, newest first
    List(All),
    /// One work order
    Show(OrderWhich),
    /// Set delivery, service contact and first training
    Schedule(OrderSchedule),
    /// Note the service that is needed
    Need(OrderNeed),
    /// Take a work order on
    Take(OrderWhich),
    /// Delivered
    Done(OrderWhich),
}

#[derive(Debug, Args)]
pub(crate) struct OrderWhich {
    /// The work order
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
}

#[derive(Debug, Args)]
pub(crate) struct OrderSchedule {
    /// The work order
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
    /// The day of delivery
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) delivery: Option<NaiveDate>,
    /// Whom the customer calls afterwards
    #[arg(long, value_name = "NAME")]
    pub(crate) service_contact: Option<String>,
    /// The first training
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) training: Option<NaiveDate>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct OrderNeed {
    /// The work order
    #[arg(value_name = "ORDER")]
    pub(crate) order: OrderId,
    /// standard, on_site_training, remote_support, custom_integration, …
    #[arg(value_name = "SERVICE")]
    pub(crate) service: String,
}

/// Runs a command about work orders.
pub(crate) fn run(shell: &Shell, command: Order) -> Result<Outcome, Failure> {
    match command {
        Order::List(all) => list(shell, all.all),
        Order::Show(which) => show(shell, which.order),
        Order::Schedule(schedule) => self::schedule(shell, schedule),
        Order::Need(need) => self::need(shell, &need),
        Order::Take(which) => take(shell, which.order),
        Order::Done(which) => done(shell, which.order),
    }
}

/// Work orders to be done, or all, newest first.
pub(crate) fn list(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let orders = shell.open()?.orders(!all)?;
    let rows: Vec<_> = orders.iter().map(|order| row(shell, order)).collect();
    let said = if orders.is_empty() { shell.text.line("order.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::list("orders", &orders, said))
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
    Outcome::done(order, table(0, &[row(shell, order)]) + &table(2, &details))
}

/// Customer, contract, status, who does it, id.
fn row(shell: &Shell, order: &OrderView) -> Vec<String> {
    let whose = order.assignee.as_ref().map(|person| person.name.clone());
    vec![
        order.customer_name.clone(),
        order.contract.as_ref().and_then(|contract| contract.number.clone()).unwrap_or_default(),
        shell.text.word(&order.status).to_owned(),
        whose.or_else(|| order.role.map(|role| role.as_str().into())).unwrap_or_default(),
        order.id.to_string(),
    ]
}
