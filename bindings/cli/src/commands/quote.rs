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
    Approve(QuoteWhich),
    /// Reject a quote
    Reject(QuoteWhy),
}

#[derive(Debug, Args)]
pub(crate) struct QuoteWhich {
    /// The quote, or the to-do to approve it
    #[arg(value_name = "QUOTE")]
    pub(crate) quote: RecordId,
}

#[derive(Debug, Args)]
pub(crate) struct QuoteWhy {
    /// The quote, or the to-do to approve it
    #[arg(value_name = "QUOTE")]
    pub(crate) quote: RecordId,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// Runs a command about quotes.
pub(crate) fn run(shell: &Shell, command: &Quote) -> Result<Outcome, Failure> {
    match command {
        Quote::List => list(shell),
        Quote::Approve(which) => answer(shell, which.quote, true, None),
        Quote::Reject(why) => answer(shell, why.quote, false, Some(&why.reason)),
    }
}

/// Quotes, newest first.
pub(crate) fn list(shell: &Shell) -> Result<Outcome, Failure> {
    let quotes = shell.open()?.quotes()?;
    let rows: Vec<_> = quotes.iter().map(|quote| row(shell, quote)).collect();
    let said = if quotes.is_empty() { shell.text.line("quote.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::list("quotes", &quotes, said))
}

/// Approves a quote, or rejects it with a reason.
pub(crate) fn answer(shell: &Shell, id: RecordId, approve: bool, reason: Option<&str>) -> Result<Outcome, Failure> {
    let quote = shell.open()?.answer_quote(id, approve, reason)?;
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
