//! One function per command: calls the workbench, and says what came of it for scripts and for people.

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

use chuda_phone::query::view::{CustomerView, PersonView, Word};
use chuda_phone::workbench::Workbench;
use chuda_record::Error;
use serde_json::{Value, json};

use crate::args::sales::{Contract, Lead, Meeting, Order, Quote};
use crate::args::{Backcheck, Command, Customer, Demand, Event, Export, Finding, Question, Task};
use crate::exit::{Failure, Outcome};
use crate::shell::Shell;
use crate::table::table;

/// Runs a command.
pub(crate) fn run(shell: &Shell, command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Init(init) => init::init(shell, init),
        Command::Customer(Customer::Add(add)) => customer::add(shell, add),
        Command::Customer(Customer::List(list)) => customer::list(shell, &list),
        Command::Customer(Customer::Show(show)) => customer::show(shell, &show.customer),
        Command::Customer(Customer::Set(set)) => customer::set(shell, *set),
        Command::Lead(Lead::Add(add)) => lead::add(shell, add),
        Command::Lead(Lead::List(list)) => lead::list(shell, &list),
        Command::Lead(Lead::Show(which)) => lead::show(shell, &which.lead),
        Command::Lead(Lead::Claim(which)) => lead::claim(shell, &which.lead),
        Command::Lead(Lead::Release(why)) => lead::release(shell, &why),
        Command::Lead(Lead::Assign(assign)) => lead::assign(shell, &assign),
        Command::Lead(Lead::Stage(stage)) => lead::stage(shell, &stage),
        Command::Lead(Lead::Invalid(why)) => lead::invalid(shell, &why),
        Command::Touch(touch) => touch::record(shell, *touch),
        Command::Photo(photo) => evidence::photo(shell, &photo),
        Command::Voice(voice) => voice::voice(shell, &voice),
        Command::Home => day::home(shell),
        Command::Report(report) => day::report(shell, report),
        Command::Task(Task::List) => task::list(shell),
        Command::Task(Task::Done(done)) => task::done(shell, &done),
        Command::Figures(asked) => figures::show(shell, &asked),
        Command::Quote(Quote::List) => quote::list(shell),
        Command::Quote(Quote::Approve(which)) => quote::answer(shell, which.quote, true, None),
        Command::Quote(Quote::Reject(why)) => quote::answer(shell, why.quote, false, Some(&why.reason)),
        Command::Contract(Contract::List(all)) => contract::list(shell, all.all),
        Command::Contract(Contract::Show(which)) => contract::show(shell, &which.contract),
        Command::Contract(Contract::Set(set)) => contract::set(shell, set),
        Command::Contract(Contract::Sign(which)) => contract::sign(shell, &which.contract),
        Command::Order(Order::List(all)) => order::list(shell, all.all),
        Command::Order(Order::Show(which)) => order::show(shell, which.order),
        Command::Order(Order::Schedule(schedule)) => order::schedule(shell, schedule),
        Command::Order(Order::Need(need)) => order::need(shell, &need),
        Command::Order(Order::Take(which)) => order::take(shell, which.order),
        Command::Order(Order::Done(which)) => order::done(shell, which.order),
        Command::Meeting(Meeting::List) => meeting::list(shell),
        Command::Meeting(Meeting::Show(show)) => meeting::show(shell, &show),
        Command::Meeting(Meeting::Move(to)) => meeting::move_to(shell, to),
        Command::Meeting(Meeting::Answer(answer)) => meeting::answer(shell, &answer),
        Command::Backcheck(Backcheck::List) => backcheck::list(shell),
        Command::Backcheck(Backcheck::Show(which)) => backcheck::show(shell, &which),
        Command::Backcheck(Backcheck::Answer(answer)) => backcheck::answer(shell, answer),
        Command::Backcheck(Backcheck::Close(close)) => backcheck::close(shell, close),
        Command::Backcheck(Backcheck::Recompute(which)) => backcheck::recompute(shell, &which),
        Command::Question(Question::List(list)) => answers::questions(shell, list.all),
        Command::Question(Question::Show(which)) => answers::question(shell, which.id.into()),
        Command::Question(Question::Answer(answer)) => answers::answer(shell, &answer),
        Command::Question(Question::Promise(promise)) => answers::promise(shell, &promise),
        Command::Question(Question::Take(which)) => answers::take(shell, which.id.into()),
        Command::Demand(Demand::List(list)) => answers::demands(shell, list.all),
        Command::Demand(Demand::Show(which)) => answers::demand(shell, which.id.into()),
        Command::Demand(Demand::Assess(assess)) => answers::assess(shell, &assess),
        Command::Finding(Finding::List(list)) => answers::findings(shell, list.all),
        Command::Finding(Finding::Show(which)) => answers::finding(shell, which.id.into()),
        Command::Finding(Finding::Resolve(resolve)) => answers::resolve(shell, &resolve),
        Command::Event(Event::List(list)) => event::list(shell, &list),
        Command::Feedback(feedback) => event::feedback(shell, &feedback),
        Command::Brief(brief) => brief::briefs(shell, &brief),
        Command::Import(import) => import::import(shell, &import),
        Command::Config(config) => config::config(shell, config),
        Command::Sync(sync) => sync::sync(shell, &sync),
        Command::Status => sync::status(shell),
        Command::Redo(redo) => sync::redo(shell, redo.document),
        Command::Export(Export::Proof(export)) => proof::export(shell, &export),
        Command::Verify(verify) => proof::verify(shell, &verify.bundle),
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
        _ if found.is_empty() => Err(Error::not_found("cli.customer_unknown").into()),
        _ => {
            let candidates: Vec<Value> =
                found.iter().map(|one| json!({"id": one.id, "name": one.name, "short": one.short})).collect();
            let rows: Vec<_> = found.iter().map(|one| vec![one.name.clone(), one.id.to_string()]).collect();
            let failure: Failure = Error::invalid("cli.customer_ambiguous").with("count", found.len()).into();
            Err(failure.with("candidates", candidates.into(), &table(2, &rows)))
        }
    }
}

/// The one colleague with this id or name.
fn find_colleague(workbench: &Workbench, words: &str) -> Result<PersonView, Failure> {
    let is_it = |one: &PersonView| one.name == words || one.id.to_string() == words.to_lowercase();
    let mut found: Vec<PersonView> = workbench.people()?.into_iter().filter(is_it).collect();
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(Error::not_found("person.not_found").into()),
        _ => Err(Error::invalid("cli.person_ambiguous").into()),
    }
}

/// What is known of these fields, a row each.
fn field_rows(shell: &Shell, fields: &[(&str, Option<String>)]) -> Vec<Vec<String>> {
    let known = fields.iter().filter_map(|(field, value)| Some((*field, value.clone()?)));
    known.map(|(field, value)| vec![shell.text.label("field", field), value]).collect()
}

/// Words to choose from, for a failure that says which there are.
fn choices(shell: &Shell, words: &[Word]) -> (Value, String) {
    let list = words.iter().map(|word| json!({"key": word.key, "label": word.zh})).collect();
    let rows: Vec<_> = words.iter().map(|word| vec![shell.text.word(word).to_owned(), word.key.clone()]).collect();
    (list, table(2, &rows))
}
