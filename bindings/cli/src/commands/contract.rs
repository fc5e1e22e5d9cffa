//! `chuda contract`: details, steps, signature.

use chuda_phone::query::view::{ContractView, StepView, Word};
use chuda_phone::workbench::{ContractEdit, Workbench};
use chuda_record::id::ContractId;
use chuda_record::{Error, ErrorKind};
use chuda_words::keys;

use super::{choices, field_rows};
use crate::args::{All, YesNo};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Contract {
    /// Contracts in progress, newest first
    List(All),
    /// One contract with its text and its steps
    Show(ContractWhich),
    /// Add details, until they are reviewed
    Set(ContractSet),
    /// Sign electronically with this device's key, after legal review and seal
    Sign(ContractWhich),
}

#[derive(Debug, Args)]
pub(crate) struct ContractWhich {
    /// Id or number
    #[arg(value_name = "CONTRACT")]
    pub(crate) contract: String,
}

#[derive(Debug, Args)]
pub(crate) struct ContractSet {
    /// Id or number
    #[arg(value_name = "CONTRACT")]
    pub(crate) contract: String,
    /// A new number
    #[arg(long)]
    pub(crate) number: Option<String>,
    /// Device model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Installation address
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// The contact on the customer's side; added if new
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// The service that was promised: standard, on_site_training, remote_support, …
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// Whether custom development is part of it
    #[arg(long, value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub(crate) custom_development: Option<YesNo>,
}

/// Runs a command about contracts.
pub(crate) fn run(shell: &Shell, command: Contract) -> Result<Outcome, Failure> {
    match command {
        Contract::List(all) => list(shell, all.all),
        Contract::Show(which) => show(shell, &which.contract),
        Contract::Set(set) => self::set(shell, set),
        Contract::Sign(which) => sign(shell, &which.contract),
    }
}

/// Contracts on their way, or all, newest first.
pub(crate) fn list(shell: &Shell, all: bool) -> Result<Outcome, Failure> {
    let contracts = shell.open()?.contracts(!all)?;
    let rows: Vec<_> = contracts.iter().map(|contract| row(shell, contract)).collect();
    let said = if contracts.is_empty() { shell.text.line("contract.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::list("contracts", &contracts, said))
}

/// One contract with its text and its steps.
pub(crate) fn show(shell: &Shell, words: &str) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let contract = find(&workbench, words)?;
    Ok(Outcome::done(&contract, page(shell, &contract)))
}

/// Adds details.
pub(crate) fn set(shell: &Shell, set: ContractSet) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let id = find(&workbench, &set.contract)?.id;
    let edit = ContractEdit {
        number: set.number,
        model: set.model,
        address: set.address,
        contact: set.contact,
        promised_service: set.service,
        custom_development: set.custom_development.map(bool::from),
    };
    let contract = workbench.set_contract(id, edit).map_err(|error| with_services(shell, &workbench, error))?;
    Ok(Outcome::done(&contract, page(shell, &contract)))
}

/// Signs with the device's key. A failure says which steps are still open.
pub(crate) fn sign(shell: &Shell, words: &str) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let id: ContractId = find(&workbench, words)?.id;
    let contract = workbench.sign_contract(id).map_err(|error| {
        let waiting = error.params.iter().find(|(name, _)| **name == "waiting").map(|(_, steps)| steps.clone());
        let failure = Failure::from(error);
        match waiting {
            Some(waiting) => {
                let config = workbench.config();
                let waiting: Vec<&str> = waiting.split(',').filter(|step| !step.is_empty()).collect();
                let steps = config.tasks.iter().filter(|task| waiting.contains(&task.key.as_str())).map(Word::from);
                choices(failure, shell, "waiting", &steps.collect::<Vec<_>>())
            }
            None => failure,
        }
    })?;
    let said = shell.text.line("contract.signed", &[("number", &contract.number)]);
    Ok(Outcome::done(&contract, said))
}

/// The services, for an error about a word that is none.
pub(super) fn with_services(shell: &Shell, workbench: &Workbench, error: Error) -> Failure {
    if error.key != keys::SERVICE_UNKNOWN {
        return error.into();
    }
    let services: Vec<Word> = workbench.config().services.iter().map(Word::from).collect();
    choices(error.into(), shell, "choices", &services)
}

/// The one contract with this id or number.
fn find(workbench: &Workbench, words: &str) -> Result<ContractView, Failure> {
    let mut found = workbench.find_contracts(words)?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(Error::not_found(keys::CONTRACT_NOT_FOUND).into()),
        _ => Err(Error::new(ErrorKind::Invalid, keys::CLI_CONTRACT_AMBIGUOUS).into()),
    }
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
    let contact = contract
        .contact
        .as_ref()
        .map(|contact| [Some(contact.name.clone()), contact.phone.clone()].into_iter().flatten().collect::<Vec<_>>().join(" "));
    let details = field_rows(
        shell,
        &[
            ("contact", contact),
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
    let whose = step.person.as_ref().map(|person| person.name.clone()).or_else(|| step.role.map(|role| role.as_str().into()));
    vec![
        text.word(&step.step).to_owned(),
        text.label("step_state", step.state.as_str()),
        step.by.as_ref().map(|by| by.name.clone()).or(whose).unwrap_or_default(),
        step.at.map(local).unwrap_or_default(),
        step.reason.clone().unwrap_or_default(),
    ]
}
