//! `chuda customer`: add, list, show.

use chuda_phone::query::view::{BriefView, CustomerView, TouchView};
use chuda_phone::workbench::{CustomerDraft, CustomerEdit, Workbench};
use chuda_record::Intent;
use serde::Serialize;

use super::touch::touch_rows;
use super::{brief, field_rows, find_customer};
use crate::args::{YES_NO, intent, one_of};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Customer {
    /// Add a customer
    Add {
        /// Full name
        name: String,
        /// The name people say
        #[arg(long, value_name = "NAME")]
        short: Option<String>,
        /// A person on the customer's side
        #[arg(long, value_name = "NAME")]
        contact: Option<String>,
        /// That person's phone number
        #[arg(long, value_name = "NUMBER", requires = "contact")]
        phone: Option<String>,
    },
    /// All customers, those with the lowest health first
    List {
        /// Only red customers
        #[arg(long)]
        red: bool,
    },
    /// One customer with its touches
    Show {
        /// Id, name or short name
        #[arg(value_name = "CUSTOMER")]
        customer: String,
    },
    /// Set details of a customer
    Set(Box<CustomerSet>),
}

#[derive(Debug, Args)]
pub(crate) struct CustomerSet {
    /// Id, name or short name
    #[arg(value_name = "CUSTOMER")]
    pub(crate) customer: String,
    /// A new full name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The name people say
    #[arg(long, value_name = "NAME")]
    pub(crate) short: Option<String>,
    /// Installation address: contracts and work orders take it from here
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// Device model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Intent level
    #[arg(long, value_name = "A|B|C|D", value_parser = intent)]
    pub(crate) intent: Option<Intent>,
    /// The contact that forms suggest; added if new
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// That person's phone number
    #[arg(long, value_name = "NUMBER", requires = "contact")]
    pub(crate) phone: Option<String>,
    /// That person's position
    #[arg(long, requires = "contact")]
    pub(crate) position: Option<String>,
    /// That person's role in the deal: decision_maker, it, legal, end_user, …
    #[arg(long, value_name = "ROLE", requires = "contact")]
    pub(crate) contact_role: Option<String>,
    /// No longer a customer: left out of health and density
    #[arg(long, value_parser = one_of(YES_NO), value_name = "yes|no", hide_possible_values = true)]
    pub(crate) closed: Option<bool>,
}

/// Days whose briefs `customer show` shows.
const BRIEFS: u32 = 10;
/// Touches that `customer show` shows.
const TIMELINE: u32 = 50;

pub(crate) fn run(shell: &Shell, command: Customer) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    match command {
        Customer::Add { name, short, contact, phone } => {
            let draft = CustomerDraft { name, short, contact, phone, ..CustomerDraft::default() };
            let customer = workbench.add_customer(draft)?;
            let said = shell.text.line("customer.added", &[("name", &customer.name), ("id", &customer.id)]);
            Ok(Outcome::done(&customer, said))
        }
        Customer::List { red: true } => {
            Ok(shell.list("customers", "customer.none_red", &workbench.red_customers()?, |customer| row(shell, customer)))
        }
        Customer::List { red: false } => {
            Ok(shell.list("customers", "customer.none", &workbench.customers()?, |customer| row(shell, customer)))
        }
        Customer::Show { customer } => show(shell, &workbench, &customer),
        Customer::Set(set) => {
            let id = find_customer(&workbench, &set.customer)?.id;
            let customer = workbench.set_customer(id, set.edit())?;
            Ok(Outcome::done(&customer, page(shell, &customer)))
        }
    }
}

fn show(shell: &Shell, workbench: &Workbench, words: &str) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Page<'a> {
        #[serde(flatten)]
        customer: &'a CustomerView,
        touches: &'a [TouchView],
        briefs: &'a [BriefView],
    }

    let customer = find_customer(workbench, words)?;
    let touches = workbench.timeline(customer.id, TIMELINE)?;
    let briefs = workbench.briefs(customer.id, BRIEFS)?;
    let mut said = page(shell, &customer) + &table(2, &touch_rows(shell, &touches, true));
    if !briefs.is_empty() {
        said = said + shell.text.get("customer.briefs") + "\n" + &table(2, &brief::rows(shell, &briefs));
    }
    Ok(Outcome::done(&Page { customer: &customer, touches: &touches, briefs: &briefs }, said))
}

impl CustomerSet {
    fn edit(self) -> CustomerEdit {
        let Self { customer: _, name, short, address, model, intent, contact, phone, position, contact_role, closed } = self;
        CustomerEdit { name, short, address, model, intent, closed, contact, phone, position, contact_role }
    }
}

/// Name, health, stage, last touch, id.
pub(crate) fn row(shell: &Shell, customer: &CustomerView) -> Vec<String> {
    let last = customer.last_touch.map_or_else(|| shell.text.get("customer.untouched").into(), local);
    let stage = shell.text.label("stage", customer.stage.as_str());
    vec![customer.name.clone(), health(shell, customer), stage, last, customer.id.to_string()]
}

/// `红 12 = 4×2 + 2×5 − 2×3`: the word, never a colour.
fn health(shell: &Shell, customer: &CustomerView) -> String {
    let word = if customer.health.red { "red" } else { "ok" };
    format!("{} {}", shell.text.label("health", word), customer.health.sum)
}

fn page(shell: &Shell, customer: &CustomerView) -> String {
    let text = shell.text;
    let none = || text.get("none").into();
    let mut rows = vec![
        vec![text.get("customer.id").into(), customer.id.to_string()],
        vec![text.get("customer.stage").into(), text.label("stage", customer.stage.as_str())],
        vec![text.get("customer.holder").into(), customer.holder.as_ref().map_or_else(none, |person| person.name.clone())],
        vec![text.get("customer.held_since").into(), local(customer.since)],
        vec![text.get("customer.health").into(), health(shell, customer)],
    ];
    rows.extend(customer.reasons.iter().map(|reason| vec![String::new(), text.word(reason).to_owned()]));
    if let Some(intent) = customer.intent {
        rows.push(vec![text.get("customer.intent").into(), intent.as_str().into()]);
    }
    for contact in &customer.contacts {
        let role = contact.role.as_ref().map(|role| text.word(role));
        let details = [Some(contact.name.as_str()), role, contact.position.as_deref(), contact.phone.as_deref()];
        let line: Vec<&str> = details.into_iter().flatten().collect();
        rows.push(vec![text.get("customer.contact").into(), line.join(" ")]);
    }
    rows.extend(field_rows(shell, &[("model", customer.model.clone()), ("address", customer.address.clone())]));
    if let Some(last) = &customer.last {
        let by = last.by.as_ref().map(|by| by.name.clone()).unwrap_or_default();
        rows.push(vec![text.get("customer.last").into(), format!("{} {} {by}", local(last.at), text.word(&last.what))]);
    }
    if !customer.conflicts.is_empty() {
        rows.push(vec![text.get("conflict").into(), customer.conflicts.join(", ")]);
    }
    let short = customer.short.as_ref().map(|short| format!(" ({short})")).unwrap_or_default();
    format!("{}{short}\n{}", customer.name, table(2, &rows))
}
