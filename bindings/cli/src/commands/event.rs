//! `chuda event` and `chuda feedback`: what outside systems saw, and what the customer answered.

use chuda_phone::query::view::EventView;
use chuda_record::id::TouchId;

use super::find_customer;
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Event {
    /// Newest first
    List {
        /// Of this customer only: id, name or short name
        #[arg(long)]
        customer: Option<String>,
    },
}

/// Most events that are shown.
const SHOWN: u32 = 200;

pub(crate) fn list(shell: &Shell, customer: Option<&str>) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let customer = customer.map(|words| find_customer(&workbench, words)).transpose()?;
    let events = workbench.events(customer.map(|customer| customer.id), SHOWN)?;
    let row = |event: &EventView| {
        vec![local(event.at), event.customer_name.clone(), shell.text.word(&event.event).to_owned(), event.system.clone()]
    };
    Ok(shell.list("events", "event.none", &events, row))
}

pub(crate) fn feedback(shell: &Shell, touch: TouchId) -> Result<Outcome, Failure> {
    let touch = shell.open()?.note_feedback(touch)?;
    let said = shell.text.line("feedback.noted", &[("customer", &touch.customer_name)]);
    Ok(Outcome::done(&touch, said))
}
