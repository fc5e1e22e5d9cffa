//! `chuda contract`: details, steps, signature.

use chuda_phone::query::view::{ContractView, StepView, Word};
use chuda_phone::workbench::{ContractEdit, Workbench};
use chuda_record::Error;
use chuda_words::keys;

use super::{choices, contact, field_rows, only, with_choices};
use crate::args::{All, YES_NO, one_of};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Contract {
    /// Contracts in progress, newest first
    List(All),
    /// One contract with its text and its steps
    Show(Which),
    /// Add details, until they are reviewed
    Set {
        #[command(flatten)]
        which: Which,
        /// A new number
        #[arg(long)]
        number: Option<String>,
        /// Device model
        #[arg(long)]
        model: Option<String>,
        /// Installation address
        #[arg(long)]
        address: Option<String>,
        /// The contact on the customer's side; added if new
        #[arg(long, value_name = "NAME")]
        contact: Option<String>,
        /// The service that was promised: standard, on_site_training, remote_support, …
        #[arg(long, value_name = "SERVICE")]
        service: Option<String>,
        /// Whether custom development is part of it
        #[arg(long, value_parser = one_of(YES_NO), value_name = "yes|no", hide_possible_values = true)]
        custom_development: Option<bool>,
    },
    /// Sign electronically with this device's key, after legal review and seal
    Sign(Which),
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Id or number
    #[arg(value_name = "CONTRACT")]
    contract: String,
}

pub(crate) fn run(shell: &Shell, command: Contract) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let contract = match command {
        Contract::List(All { all }) => {
            let contracts = workbench.contracts(!all)?;
            return Ok(shell.list("contracts", "contract.none", &contracts, |contract| row(shell, contract)));
        }
        Contract::Show(which) => find(&workbench, &which.contract)?,
        Contract::Set { which, number, model, address, contact, service, custom_development } => {
            let edit = ContractEdit { number, model, address, contact, promised_service: service, custom_development };
            let id = find(&workbench, &which.contract)?.id;
            workbench.set_contract(id, edit).map_err(|error| with_services(shell, &workbench, error))?
        }
        Contract::Sign(which) => return sign(shell, &workbench, &which.contract),
    };
    Ok(Outcome::done(&contract, page(shell, &contract)))
}

/// Signs with the device's key. A failure says which steps are still open.
fn sign(shell: &Shell, workbench: &Workbench, words: &str) -> Result<Outcome, Failure> {
    let id = find(workbench, words)?.id;
    let contract = workbench.sign_contract(id).map_err(|error| {
        let waiting = error.params.iter().find(|(name, _)| **name == "waiting").map(|(_, steps)| steps.clone());
        let failure = Failure::from(error);
        let Some(waiting) = waiting else { return failure };
        let config = workbench.config();
        let waiting: Vec<&str> = waiting.split(',').filter(|step| !step.is_empty()).collect();
        let steps = config.tasks.iter().filter(|task| waiting.contains(&task.key.as_str())).map(Word::from);
        choices(failure, shell, "waiting", &steps.collect::<Vec<_>>())
    })?;
    let said = shell.text.line("contract.signed", &[("number", &contract.number)]);
    Ok(Outcome::done(&contract, said))
}

/// The services, for an error about a word that is none.
pub(super) fn with_services(shell: &Shell, workbench: &Workbench, error: Error) -> Failure {
    let services: Vec<Word> = workbench.config().services.iter().map(Word::from).collect();
    with_choices(shell, error, keys::SERVICE_UNKNOWN, &services)
}

fn find(workbench: &Workbench, words: &str) -> Result<ContractView, Failure> {
    only(workbench.find_contracts(words)?, keys::CONTRACT_NOT_FOUND, keys::CLI_CONTRACT_AMBIGUOUS)
}

/// Number, customer, amount, status, steps that wait, id.
fn row(shell: &Shell, contract: &ContractView) -> Vec<String> {
    let text = shell.text;
    let waiting = contract.steps.iter().filter(|step| step.state.as_str() == "waiting");
    let waiting: Vec<&str> = waiting.map(|step| text.word(&step.step)).collect();
    vec![
        contract.number.clone(),
        contract.customer_name.clone(),
        contract.amount.map(|amount| format!("¥{}", amount.to_yuan())).unwrap_or_default(),
        text.word(&contract.status).to_owned(),
        waiting.join(" / "),
        contract.id.to_string(),
    ]
}

fn page(shell: &Shell, contract: &ContractView) -> String {
    let text = shell.text;
    let details = field_rows(
        shell,
        &[
            ("contact", contract.contact.as_ref().map(contact)),
            ("model", contract.model.clone()),
            ("address", contract.address.clone()),
            ("promised_service", contract.promised_service.as_ref().map(|service| text.word(service).to_owned())),
            ("rejection", contract.reason.clone()),
        ],
    );
    let steps: Vec<_> = contract.steps.iter().map(|step| step_row(shell, step)).collect();
    let body = contract.text.as_ref().map(|text| format!("\n{text}\n")).unwrap_or_default();
    table(0, &[row(shell, contract)]) + &table(2, &details) + &table(2, &steps) + &body
}

fn step_row(shell: &Shell, step: &StepView) -> Vec<String> {
    let text = shell.text;
    let whose =
        step.person.as_ref().map(|person| person.name.clone()).or_else(|| step.role.map(|role| text.label("role", role.as_str())));
    vec![
        text.word(&step.step).to_owned(),
        text.label("step_state", step.state.as_str()),
        step.by.as_ref().map(|by| by.name.clone()).or(whose).unwrap_or_default(),
        step.at.map(local).unwrap_or_default(),
        step.reason.clone().unwrap_or_default(),
    ]
}
