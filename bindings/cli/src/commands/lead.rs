//! `chuda lead`: who has which, and how it goes on.

use chuda_phone::query::view::{LeadList as Whose, LeadMove, LeadView, Word};
use chuda_phone::workbench::{CustomerDraft, LeadDraft, Workbench};
use chuda_record::Error;
use chuda_record::Stage;
use chuda_record::id::LeadId;
use chuda_record::rules::Config;
use chuda_words::keys;

use super::{choices, find_colleague, find_customer};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Lead {
    /// Put a lead into the pool, for whoever claims it first
    Add(LeadAdd),
    /// Your own leads, last changed first
    List(LeadList),
    /// One lead with its whole history
    Show(LeadWhich),
    /// Claim a lead that nobody holds
    Claim(LeadWhich),
    /// Put a lead back into the pool
    Release(LeadWhy),
    /// Assign a lead to somebody, as a superior
    Assign(LeadAssign),
    /// Correct the stage by hand
    Stage(LeadStage),
    /// Mark a lead as invalid
    Invalid(LeadWhy),
}

#[derive(Debug, Args)]
pub(crate) struct LeadAdd {
    /// Full name of the customer it may become
    pub(crate) name: String,
    /// The name people say
    #[arg(long, value_name = "NAME")]
    pub(crate) short: Option<String>,
    /// A person on the customer's side
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// That person's phone number
    #[arg(long, value_name = "NUMBER", requires = "contact")]
    pub(crate) phone: Option<String>,
    /// Installation address
    #[arg(long)]
    pub(crate) address: Option<String>,
    /// Device model
    #[arg(long)]
    pub(crate) model: Option<String>,
    /// Where it came from, such as a campaign
    #[arg(long)]
    pub(crate) channel: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LeadList {
    /// Those that nobody holds
    #[arg(long, conflicts_with = "team")]
    pub(crate) pool: bool,
    /// Those of others that you can see
    #[arg(long)]
    pub(crate) team: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LeadWhich {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeadWhy {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeadAssign {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
    /// To whom: name or id of a colleague
    #[arg(long, value_name = "PERSON")]
    pub(crate) to: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeadStage {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    pub(crate) lead: String,
    /// claimed, first_touch, need_confirmed, quoted, signed
    #[arg(value_name = "STAGE")]
    pub(crate) stage: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// Runs a command about leads.
pub(crate) fn run(shell: &Shell, command: Lead) -> Result<Outcome, Failure> {
    match command {
        Lead::Add(add) => self::add(shell, add),
        Lead::List(list) => self::list(shell, &list),
        Lead::Show(which) => show(shell, &which.lead),
        Lead::Claim(which) => claim(shell, &which.lead),
        Lead::Release(why) => release(shell, &why),
        Lead::Assign(assign) => self::assign(shell, &assign),
        Lead::Stage(stage) => self::stage(shell, &stage),
        Lead::Invalid(why) => invalid(shell, &why),
    }
}

/// Puts a lead into the pool.
pub(crate) fn add(shell: &Shell, add: LeadAdd) -> Result<Outcome, Failure> {
    let LeadAdd { name, short, contact, phone, address, model, channel } = add;
    let customer = CustomerDraft { name, short, contact, phone, address, model };
    let lead = shell.open()?.add_lead(LeadDraft { customer, channel })?;
    Ok(outcome(shell, "lead.added", &lead))
}

/// Leads, moved last first.
pub(crate) fn list(shell: &Shell, list: &LeadList) -> Result<Outcome, Failure> {
    let whose = match list {
        LeadList { pool: true, .. } => Whose::Pool,
        LeadList { team: true, .. } => Whose::Team,
        LeadList { .. } => Whose::Own,
    };
    let leads = shell.open()?.leads(whose)?;
    let rows: Vec<_> = leads.iter().map(|lead| row(shell, lead)).collect();
    let said = if leads.is_empty() { shell.text.line("lead.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::list("leads", &leads, said))
}

/// One lead with every move.
pub(crate) fn show(shell: &Shell, words: &str) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let page = workbench.lead(find(&workbench, words)?)?;
    let moves: Vec<_> = page.trace.iter().map(|one| move_row(shell, one)).collect();
    let said = table(0, &[row(shell, &page.lead)]) + &table(2, &moves);
    Ok(Outcome::done(&page, said))
}

/// Asks for a lead.
pub(crate) fn claim(shell: &Shell, words: &str) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let lead = workbench.claim_lead(find(&workbench, words)?)?;
    Ok(outcome(shell, "lead.asked", &lead))
}

/// Gives a lead back.
pub(crate) fn release(shell: &Shell, why: &LeadWhy) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let lead = workbench.release_lead(find(&workbench, &why.lead)?, &why.reason)?;
    Ok(outcome(shell, "lead.asked", &lead))
}

/// Gives a lead to somebody.
pub(crate) fn assign(shell: &Shell, assign: &LeadAssign) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let to = find_colleague(&workbench, &assign.to)?;
    let lead = workbench.assign_lead(find(&workbench, &assign.lead)?, to.id)?;
    Ok(outcome(shell, "lead.asked", &lead))
}

/// Corrects the stage by hand.
pub(crate) fn stage(shell: &Shell, stage: &LeadStage) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let config = workbench.config();
    let to = Config::find(&config.stages, &stage.stage).and_then(|choice| Stage::parse(&choice.key)).ok_or_else(|| {
        let words: Vec<Word> = config.stages.iter().map(Word::from).collect();
        choices(Error::invalid(keys::CLI_UNKNOWN_STAGE).into(), shell, "choices", &words)
    })?;
    let lead = workbench.correct_stage(find(&workbench, &stage.lead)?, to, &stage.reason)?;
    Ok(outcome(shell, "lead.corrected", &lead))
}

/// Marks a lead as none.
pub(crate) fn invalid(shell: &Shell, why: &LeadWhy) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let lead = workbench.invalidate_lead(find(&workbench, &why.lead)?, &why.reason)?;
    Ok(outcome(shell, "lead.invalidated", &lead))
}

/// The one lead with this id, or the lead of the one customer that these words name.
fn find(workbench: &Workbench, words: &str) -> Result<LeadId, Failure> {
    if let Ok(id) = words.parse::<LeadId>()
        && workbench.lead(id).is_ok()
    {
        return Ok(id);
    }
    let customer = find_customer(workbench, words)?;
    Ok(customer.lead.ok_or_else(|| Error::not_found(keys::LEAD_NOT_FOUND))?)
}

fn outcome(shell: &Shell, key: &'static str, lead: &LeadView) -> Outcome {
    let said = shell.text.line(key, &[("customer", &lead.customer_name)]) + &table(2, &[row(shell, lead)]);
    Outcome::done(lead, said)
}

/// Customer, stage, holder with since when, what was asked for, what happened last, id.
fn row(shell: &Shell, lead: &LeadView) -> Vec<String> {
    let text = shell.text;
    let nobody = || text.get("lead.nobody").into();
    let mut standing = vec![lead.holder.as_ref().map_or_else(nobody, |holder| holder.name.clone()), local(lead.since)];
    standing.extend(lead.request.as_ref().map(|ask| {
        let (what, state) = (text.label("asked", ask.what.as_str()), text.label("ask_state", ask.state.as_str()));
        format!("{what} {state}")
    }));
    standing.extend((!lead.valid).then(|| text.label("moved", "invalid")));
    standing.extend(lead.reason.clone());
    let by = lead.last.by.as_ref().map(|by| by.name.clone()).unwrap_or_default();
    let last = format!("{} {} {by}", local(lead.last.at), text.word(&lead.last.what));
    let stage = text.label("stage", lead.stage.as_str());
    vec![lead.customer_name.clone(), stage, standing.join(" · "), last.trim_end().into(), lead.id.to_string()]
}

fn move_row(shell: &Shell, one: &LeadMove) -> Vec<String> {
    let text = shell.text;
    let name = |person: &Option<chuda_phone::query::view::PersonView>| person.as_ref().map(|person| person.name.clone());
    vec![
        local(one.at),
        text.label("moved", one.what.as_str()),
        name(&one.by).unwrap_or_default(),
        text.label("stage", one.stage.as_str()),
        name(&one.holder).unwrap_or_else(|| text.get("lead.nobody").into()),
        one.reason.clone().unwrap_or_default(),
    ]
}
