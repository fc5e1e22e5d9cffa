//! `chuda quote`: what was quoted, and how finance answered.

use chuda_phone::query::view::QuoteView;
use chuda_record::id::RecordId;
use serde_json::json;

use crate::exit::{Failure, Outcome};
use crate::json::sales as json_of;
use crate::shell::{Shell, local};
use crate::table::table;

/// Quotes, newest first.
pub(crate) fn list(shell: &Shell) -> Result<Outcome, Failure> {
    let quotes = shell.open()?.quotes()?;
    let listed: Vec<_> = quotes.iter().map(json_of::quote).collect();
    let rows: Vec<_> = quotes.iter().map(|quote| row(shell, quote)).collect();
    let said = if quotes.is_empty() { shell.text.line("quote.none", &[]) } else { table(0, &rows) };
    Ok(Outcome::done(json!({"quotes": listed}), said))
}

/// Approves a quote, or rejects it with a reason.
pub(crate) fn answer(shell: &Shell, id: RecordId, approve: bool, reason: Option<&str>) -> Result<Outcome, Failure> {
    let quote = shell.open()?.answer_quote(id, approve, reason)?;
    Ok(Outcome::done(json_of::quote(&quote), table(0, &[row(shell, &quote)])))
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
