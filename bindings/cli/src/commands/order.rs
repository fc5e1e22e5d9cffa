//! `chuda order`: what delivery has to do for a signed contract.

use chrono::NaiveDate;
use chuda_phone::query::view::OrderView;
use chuda_phone::workbench::Schedule;
use chuda_record::id::OrderId;

use super::{contact, contract, field_rows};
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
    Show(Which),
    /// Set delivery, service contact and first training
    Schedule {
        #[command(flatten)]
        which: Which,
        /// The day of delivery
        #[arg(long, value_name = "DATE", value_parser = date)]
        delivery: Option<NaiveDate>,
        /// Whom the customer calls afterwards
        #[arg(long, value_name = "NAME")]
        service_contact: Option<String>,
        /// The first training
        #[arg(long, value_name = "DATE", value_parser = date)]
        training: Option<NaiveDate>,
        /// A note
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Note the service that is needed
    Need {
        #[command(flatten)]
        which: Which,
        /// standard, on_site_training, remote_support, custom_integration, …
        #[arg(value_name = "SERVICE")]
        service: String,
    },
    /// Take a work order on
    Take(Which),
    /// Delivered
    Done(Which),
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The work order
    #[arg(value_name = "ORDER")]
    order: OrderId,
}

pub(crate) fn run(shell: &Shell, command: Order) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let order = match command {
        Order::List(All { all }) => {
            return Ok(shell.list("orders", "order.none", &workbench.orders(!all)?, |order| row(shell, order)));
        }
        Order::Show(which) => workbench.order(which.order)?,
        Order::Schedule { which, delivery, service_contact, training, note } => {
            let schedule = Schedule { delivery_on: delivery, service_contact, training_on: training, note };
            workbench.schedule_order(which.order, schedule)?
        }
        Order::Need { which, service } => {
            workbench.need_service(which.order, &service).map_err(|error| contract::with_services(shell, &workbench, error))?
        }
        Order::Take(which) => workbench.take_order(which.order)?,
        Order::Done(which) => workbench.finish_order(which.order)?,
    };
    Ok(outcome(shell, &order))
}

fn outcome(shell: &Shell, order: &OrderView) -> Outcome {
    let text = shell.text;
    let word = |word: &Option<chuda_phone::query::view::Word>| word.as_ref().map(|word| text.word(word).to_owned());
    let details = field_rows(
        shell,
        &[
            ("contact", order.contact.as_ref().map(contact)),
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
        whose.or_else(|| order.role.map(|role| shell.text.label("role", role.as_str()))).unwrap_or_default(),
        order.id.to_string(),
    ]
}
