//! A file per command: its arguments, and a function that calls the workbench and says what came of it for scripts and for people.
// The comments on arguments are what a person reads as help: keys stand in them without backticks.
#![expect(clippy::doc_markdown)]

mod answers;
mod backcheck;
mod brief;
mod config;
mod contract;
mod customer;
mod day;
mod event;
mod evidence;
mod figures;
mod import;
mod init;
mod lead;
mod meeting;
mod order;
mod proof;
mod quote;
mod sync;
mod task;
mod touch;
mod voice;

use std::path::PathBuf;

use chuda_phone::query::view::{ContactView, CustomerView, PersonView, Word};
use chuda_phone::workbench::Workbench;
use chuda_record::Error;
use chuda_record::id::{RecordId, TouchId};
use chuda_words::keys;
use clap::Subcommand;
use serde_json::json;

use crate::exit::{Failure, Outcome};
use crate::shell::Shell;
use crate::table::table;

/// What can be done. A command's arguments stand beside it.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up this phone's data and enrol the device
    Init(init::Init),
    /// Customers: add, list, show, set details
    #[command(subcommand)]
    Customer(customer::Customer),
    /// Leads: add, list, show, claim, release, assign, correct
    #[command(subcommand)]
    Lead(lead::Lead),
    /// Record a touch
    Touch(Box<touch::Touch>),
    /// Keep a photo or document as evidence
    Photo(evidence::Photo),
    /// Turn a recording into a draft, and the draft into a touch
    Voice(voice::Voice),
    /// Show everything the home screen shows
    Home,
    /// File the daily report in one go
    Report(day::Report),
    /// Tasks and to-dos: list, do
    #[command(subcommand)]
    Task(task::Task),
    /// Quotes: list, approve, reject
    #[command(subcommand)]
    Quote(quote::Quote),
    /// Contracts: list, show, add details, sign
    #[command(subcommand)]
    Contract(contract::Contract),
    /// Work orders: list, show, schedule, take, done
    #[command(subcommand)]
    Order(order::Order),
    /// Meetings: list, show, move, answer
    #[command(subcommand)]
    Meeting(meeting::Meeting),
    /// Back-checks: list, show, answer, close, make the draw again
    #[command(subcommand)]
    Backcheck(backcheck::Backcheck),
    /// Technical questions: list, show, answer, promise, take on
    #[command(subcommand)]
    Question(answers::Question),
    /// Demand cards: list, show, assess
    #[command(subcommand)]
    Demand(answers::Demand),
    /// Facts that do not agree: list, show, settle
    #[command(subcommand)]
    Finding(answers::Finding),
    /// What outside systems have reported
    #[command(subcommand)]
    Event(event::Event),
    /// Record that the customer responded
    Feedback {
        /// The touch that the customer responded to
        #[arg(value_name = "TOUCH")]
        touch: TouchId,
    },
    /// Progress briefs: those of the day, or how a customer stood day by day
    Brief {
        /// Id, name or short name; without one: the customers of the day, as the report will have them
        #[arg(value_name = "CUSTOMER")]
        customer: Option<String>,
    },
    /// Have the server import customers, leads or payment slips
    Import(import::Import),
    /// Options, forms, rules, formula and targets: show, try out, publish
    #[command(subcommand)]
    Config(config::Config),
    /// Show a week against its baselines: leads, touches, feedback, density, conversion
    Figures(figures::Figures),
    /// Exchange records with the server, then files
    Sync(sync::Sync),
    /// Show where every item is on its way to the server
    Status,
    /// Redo a refused change on top of the accepted state
    Redo {
        /// The record, as `chuda status` shows it
        #[arg(value_name = "DOCUMENT")]
        document: RecordId,
    },
    /// Export what others can check
    #[command(subcommand)]
    Export(proof::Export),
    /// Check a proof bundle or a server's audit bundle, offline and without this phone's data
    Verify {
        /// A bundle from `chuda export proof` or `chuda-server admin audit export`
        #[arg(value_name = "ZIP")]
        bundle: PathBuf,
    },
    /// Check data, key files, evidence chain, speech model and disk
    Doctor,
}

pub(crate) fn run(shell: &Shell, command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Init(init) => init::init(shell, init),
        Command::Customer(command) => customer::run(shell, command),
        Command::Lead(command) => lead::run(shell, command),
        Command::Touch(touch) => touch::record(shell, *touch),
        Command::Photo(photo) => evidence::photo(shell, &photo),
        Command::Voice(voice) => voice::voice(shell, &voice),
        Command::Home => day::home(shell),
        Command::Report(report) => day::report(shell, report),
        Command::Task(command) => task::run(shell, command),
        Command::Quote(command) => quote::run(shell, command),
        Command::Contract(command) => contract::run(shell, command),
        Command::Order(command) => order::run(shell, command),
        Command::Meeting(command) => meeting::run(shell, command),
        Command::Backcheck(command) => backcheck::run(shell, command),
        Command::Question(command) => answers::run_question(shell, command),
        Command::Demand(command) => answers::run_demand(shell, command),
        Command::Finding(command) => answers::run_finding(shell, command),
        Command::Event(event::Event::List { customer }) => event::list(shell, customer.as_deref()),
        Command::Feedback { touch } => event::feedback(shell, touch),
        Command::Brief { customer } => brief::briefs(shell, customer.as_deref()),
        Command::Import(import) => import::import(shell, &import),
        Command::Config(config) => config::config(shell, config),
        Command::Figures(asked) => figures::show(shell, &asked),
        Command::Sync(sync) => sync::sync(shell, &sync),
        Command::Status => sync::status(shell),
        Command::Redo { document } => sync::redo(shell, document),
        Command::Export(proof::Export::Proof { id, out }) => proof::export(shell, &id, &out),
        Command::Verify { bundle } => proof::verify(shell, &bundle),
        Command::Doctor => proof::doctor(shell),
    }
}

/// The one customer whose id, name or short name this is. A part of a name is never taken for it: it only finds candidates.
fn find_customer(workbench: &Workbench, words: &str) -> Result<CustomerView, Failure> {
    let found = workbench.find_customers(words)?;
    let is_it = |one: &&CustomerView| {
        one.name == words || one.short.as_deref() == Some(words) || one.id.to_string() == words.to_lowercase()
    };
    let mut exact = found.iter().filter(is_it);
    match (exact.next(), exact.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ if found.is_empty() => Err(Error::not_found(keys::CLI_CUSTOMER_UNKNOWN).into()),
        _ => {
            let candidates: Vec<_> = found.iter().map(|one| json!({"id": one.id, "name": one.name, "short": one.short})).collect();
            let rows: Vec<_> = found.iter().map(|one| vec![one.name.clone(), one.id.to_string()]).collect();
            let failure: Failure = Error::invalid(keys::CLI_CUSTOMER_AMBIGUOUS).with("count", found.len()).into();
            Err(failure.with("candidates", &candidates, &table(2, &rows)))
        }
    }
}

/// The one colleague with this id or name.
fn find_colleague(workbench: &Workbench, words: &str) -> Result<PersonView, Failure> {
    let is_it = |one: &PersonView| one.name == words || one.id.to_string() == words.to_lowercase();
    let found = workbench.people()?.into_iter().filter(is_it).collect();
    only(found, keys::PERSON_NOT_FOUND, keys::CLI_PERSON_AMBIGUOUS)
}

/// The one that was found; an error where there is none, or several.
fn only<T>(mut found: Vec<T>, none: &'static str, several: &'static str) -> Result<T, Failure> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(Error::not_found(none).into()),
        _ => Err(Error::invalid(several).into()),
    }
}

/// A contact's name and number.
fn contact(contact: &ContactView) -> String {
    [Some(contact.name.as_str()), contact.phone.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What is known of these fields, a row each.
fn field_rows(shell: &Shell, fields: &[(&str, Option<String>)]) -> Vec<Vec<String>> {
    let known = fields.iter().filter_map(|(field, value)| Some((*field, value.clone()?)));
    known.map(|(field, value)| vec![shell.text.label("field", field), value]).collect()
}

/// A failure that says which words there are to choose from.
fn choices(failure: Failure, shell: &Shell, key: &str, words: &[Word]) -> Failure {
    let rows: Vec<_> = words.iter().map(|word| vec![shell.text.word(word).to_owned(), word.key.clone()]).collect();
    failure.with(key, &words, &table(2, &rows))
}

/// [`choices`], for an error about a word that is none of them.
fn with_choices(shell: &Shell, error: Error, about: &str, words: &[Word]) -> Failure {
    if error.key == about { choices(error.into(), shell, "choices", words) } else { error.into() }
}
