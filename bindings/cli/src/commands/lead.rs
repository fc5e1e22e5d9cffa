//! `chuda lead`: who has which, and how it goes on.

use chuda_phone::query::view::{LeadList as Whose, LeadMove, LeadView, Word};
use chuda_phone::workbench::{CustomerDraft, LeadDraft, Workbench};
use chuda_record::id::LeadId;
use chuda_record::rules::Config;
use chuda_record::{Error, Stage};
use chuda_words::keys;

use super::{choices, find_colleague, find_customer};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Lead {
    /// Put a lead into the pool, for whoever claims it first
    Add {
        /// Full name of the customer it may become
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
        /// Installation address
        #[arg(long)]
        address: Option<String>,
        /// Device model
        #[arg(long)]
        model: Option<String>,
        /// Where it came from, such as a campaign
        #[arg(long)]
        channel: Option<String>,
    },
    /// Your own leads, last changed first
    List {
        /// Those that nobody holds
        #[arg(long, conflicts_with = "team")]
        pool: bool,
        /// Those of others that you can see
        #[arg(long)]
        team: bool,
    },
    /// One lead with its whole history
    Show(Which),
    /// Claim a lead that nobody holds
    Claim(Which),
    /// Put a lead back into the pool
    Release {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        why: Why,
    },
    /// Assign a lead to somebody, as a superior
    Assign {
        #[command(flatten)]
        which: Which,
        /// To whom: name or id of a colleague
        #[arg(long, value_name = "PERSON")]
        to: String,
    },
    /// Correct the stage by hand
    Stage {
        #[command(flatten)]
        which: Which,
        /// claimed, first_touch, need_confirmed, quoted, signed
        #[arg(value_name = "STAGE")]
        stage: String,
        #[command(flatten)]
        why: Why,
    },
    /// Mark a lead as invalid
    Invalid {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Id of the lead, or id, name or short name of the customer
    #[arg(value_name = "LEAD")]
    lead: String,
}

#[derive(Debug, Args)]
pub(crate) struct Why {
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(crate) fn run(shell: &Shell, command: Lead) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let find = |which: &Which| find(&workbench, &which.lead);
    let (said, lead) = match command {
        Lead::Add { name, short, contact, phone, address, model, channel } => {
            let customer = CustomerDraft { name, short, contact, phone, address, model };
            ("lead.added", workbench.add_lead(LeadDraft { customer, channel })?)
        }
        Lead::List { pool, team } => {
            let whose = match (pool, team) {
                (true, _) => Whose::Pool,
                (_, true) => Whose::Team,
                _ => Whose::Own,
            };
            return Ok(shell.list("leads", "lead.none", &workbench.leads(whose)?, |lead| row(shell, lead)));
        }
        Lead::Show(which) => {
            let page = workbench.lead(find(&which)?)?;
            let moves: Vec<_> = page.trace.iter().map(|one| move_row(shell, one)).collect();
            return Ok(Outcome::done(&page, table(0, &[row(shell, &page.lead)]) + &table(2, &moves)));
        }
        Lead::Claim(which) => ("lead.asked", workbench.claim_lead(find(&which)?)?),
        Lead::Release { which, why } => ("lead.asked", workbench.release_lead(find(&which)?, &why.reason)?),
        Lead::Assign { which, to } => {
            let to = find_colleague(&workbench, &to)?.id;
            ("lead.asked", workbench.assign_lead(find(&which)?, to)?)
        }
        Lead::Stage { which, stage, why } => {
            let stage = stage_named(shell, &workbench.config(), &stage)?;
            ("lead.corrected", workbench.correct_stage(find(&which)?, stage, &why.reason)?)
        }
        Lead::Invalid { which, why } => ("lead.invalidated", workbench.invalidate_lead(find(&which)?, &why.reason)?),
    };
    let said = shell.text.line(said, &[("customer", &lead.customer_name)]) + &table(2, &[row(shell, &lead)]);
    Ok(Outcome::done(&lead, said))
}

/// A stage by its word or key; a failure lists them.
fn stage_named(shell: &Shell, config: &Config, words: &str) -> Result<Stage, Failure> {
    Config::find(&config.stages, words).and_then(|choice| Stage::parse(&choice.key)).ok_or_else(|| {
        let words: Vec<Word> = config.stages.iter().map(Word::from).collect();
        choices(Error::invalid(keys::CLI_UNKNOWN_STAGE).into(), shell, "choices", &words)
    })
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
