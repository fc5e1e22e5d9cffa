//! `chuda quote`: what was quoted, and how finance answered.

use chuda_phone::query::view::QuoteView;
use chuda_record::id::RecordId;

use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Quote {
    /// Quotes with their outcome, newest first
    List,
    /// Approve a quote
    Approve(Which),
    /// Reject a quote
    Reject {
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The quote, or the to-do to approve it
    #[arg(value_name = "QUOTE")]
    quote: RecordId,
}

pub(crate) fn run(shell: &Shell, command: Quote) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let quote = match command {
        Quote::List => return Ok(shell.list("quotes", "quote.none", &workbench.quotes()?, |quote| row(shell, quote))),
        Quote::Approve(which) => workbench.answer_quote(which.quote, true, None)?,
        Quote::Reject { which, reason } => workbench.answer_quote(which.quote, false, Some(&reason))?,
    };
    Ok(Outcome::done(&quote, table(0, &[row(shell, &quote)])))
}

/// Customer, amount, category, who answered and why, when, id.
fn row(shell: &Shell, quote: &QuoteView) -> Vec<String> {
    let text = shell.text;
    let unfiled = || text.get("quote.unfiled").into();
    let answer = quote.approval.as_ref().map(|approval| {
        let choice = approval.choice.as_ref().map_or_else(|| text.get("quote.open").into(), |choice| text.word(choice).to_owned());
        [Some(choice), approval.by.as_ref().map(|by| by.name.clone()), approval.reason.clone()]
    });
    let answer: Vec<String> = answer.into_iter().flatten().flatten().collect();
    vec![
        quote.customer_name.clone(),
        quote.amount.map(|amount| format!("¥{}", amount.to_yuan())).unwrap_or_default(),
        quote.category.as_ref().map_or_else(unfiled, |category| text.word(category).to_owned()),
        answer.join(" · "),
        local(quote.at),
        quote.id.to_string(),
    ]
}
