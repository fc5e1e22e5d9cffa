//! `chuda brief`: how each customer of the day stands, as the report will have it, or one customer day by day (B1).

use chuda_phone::query::view::{BriefView, Word};
use serde::Serialize;

use super::find_customer;
use crate::exit::{Failure, Outcome};
use crate::shell::Shell;
use crate::table::table;

/// Most days that are shown of a customer.
const DAYS: u32 = 60;

/// The briefs of today, or of a customer.
pub(crate) fn briefs(shell: &Shell, customer: Option<&str>) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Shown<'a> {
        briefs: &'a [BriefView],
        options: Vec<Word>,
    }

    let workbench = shell.open()?;
    let briefs = match customer {
        Some(words) => workbench.briefs(find_customer(&workbench, words)?.id, DAYS)?,
        None => workbench.report_card(workbench.today())?.briefs,
    };
    let config = workbench.config();
    let options: Vec<Word> = config.briefs.iter().filter(|option| !option.retired).map(Word::from).collect();
    let said = if briefs.is_empty() { shell.text.line("brief.none", &[]) } else { table(0, &rows(shell, &briefs)) };
    Ok(Outcome::done(&Shown { briefs: &briefs, options }, said))
}

/// Briefs as rows: day, customer, brief, whose day, whether it is filed.
pub(crate) fn rows(shell: &Shell, briefs: &[BriefView]) -> Vec<Vec<String>> {
    let row = |brief: &BriefView| {
        let filed = if brief.filed { shell.text.get("brief.filed") } else { shell.text.get("brief.suggested") };
        vec![
            brief.day.to_string(),
            brief.customer_name.clone(),
            shell.text.word(&brief.brief).to_owned(),
            brief.person.name.clone(),
            filed.to_owned(),
        ]
    };
    briefs.iter().map(row).collect()
}
