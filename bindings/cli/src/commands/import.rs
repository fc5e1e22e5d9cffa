//! `chuda import`: the server takes a file in, in whole or not at all; every mistake with its line and column.

use std::path::PathBuf;

use chuda_record::Error;
use chuda_record::wire::api::{ImportKind, ImportReport};
use chuda_words::{Lang, keys};

use crate::args::{Values, one_of};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, wait};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// customers, leads or slips
    #[arg(value_parser = one_of(KINDS), value_name = "KIND", hide_possible_values = true)]
    pub(crate) kind: ImportKind,
    /// CSV or XLSX
    pub(crate) file: PathBuf,
    /// Only show what would be imported
    #[arg(long)]
    pub(crate) dry_run: bool,
}

const KINDS: Values<ImportKind> = &[
    ("customers", Some("import.customers"), ImportKind::Customers),
    ("leads", Some("import.leads"), ImportKind::Leads),
    ("slips", Some("import.slips"), ImportKind::Slips),
];

/// Imports a file, or only says what would come of it; exit code 3 when there are mistakes in it.
pub(crate) fn import(shell: &Shell, import: &Import) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let ask = |dry_run| wait(|_| workbench.import(import.kind, &import.file, dry_run))?;
    let report = match ask(import.dry_run) {
        // The refusal names the first mistake; looking at the file tells all of them.
        Err(error) if error.params.get("problem").is_some_and(|problem| problem == keys::IMPORT_MISTAKES) => ask(true)?,
        report => report?,
    };
    let said = said(shell, &report);
    match report.mistakes {
        0 => Ok(Outcome::done(&report, said)),
        count => {
            let error = Error::invalid(keys::IMPORT_MISTAKES).with("count", count);
            Err(Failure { more: said, ..error.into() }.with_all(&report))
        }
    }
}

fn said(shell: &Shell, report: &ImportReport) -> String {
    let text = shell.text;
    let ImportReport { rows, created, changed, unchanged, .. } = report;
    let key = if report.dry_run { "import.would" } else { "import.done" };
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("rows", rows), ("created", created), ("changed", changed), ("unchanged", unchanged)];
    let mut lines = vec![text.line(key, &values)];
    for error in &report.errors {
        let message = if text.0 == Lang::Zh { &error.message } else { &error.message_en };
        lines.push(format!("  {message}\n"));
    }
    for line in &report.lines {
        let Some(mismatch) = &line.mismatch else { continue };
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| text.get("none").to_owned());
        let (left, right) = (side(&mismatch.left), side(&mismatch.right));
        lines.push(text.line("import.mismatch", &[("slip", &line.name), ("left", &left), ("right", &right)]));
    }
    lines.concat()
}
