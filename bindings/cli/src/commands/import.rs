//! `chuda import`: the server takes a file in, in whole or not at all; every mistake with its line and column.

use std::path::PathBuf;

use chuda_record::Error;
use serde_json::Value;

use crate::args::zh;
use crate::exit::{Exit, Failure, Outcome};
use crate::shell::{Shell, wait};
use chuda_words::Lang;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// customers, leads or slips
    #[arg(value_enum, value_name = "KIND", hide_possible_values = true)]
    pub(crate) kind: ImportKind,
    /// CSV or XLSX
    pub(crate) file: PathBuf,
    /// Only show what would be imported
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportKind {
    /// Customers.
    #[value(alias = zh("import.customers"))]
    Customers,
    /// Leads.
    #[value(alias = zh("import.leads"))]
    Leads,
    /// Payment slips.
    #[value(alias = zh("import.slips"))]
    Slips,
}

impl ImportKind {
    /// The word that the server knows.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Leads => "leads",
            Self::Slips => "slips",
        }
    }
}

/// Imports a file, or only says what would come of it; exit code 3 when there are mistakes in it.
pub(crate) fn import(shell: &Shell, import: &Import) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let ask = |dry_run| wait(|_| workbench.import(import.kind.as_str(), &import.file, dry_run))?;
    let report = match ask(import.dry_run) {
        // The refusal names the first mistake; looking at the file tells all of them.
        Err(error) if error.params.get("problem").is_some_and(|problem| problem == "import.mistakes") => ask(true)?,
        report => report?,
    };
    let said = said(shell, &report);
    match number(&report, "mistakes") {
        0 => Ok(Outcome::done(&report, said)),
        count => {
            let error = Error::invalid("import.mistakes").with("count", count);
            let failure = Failure { more: said, ..error.into() };
            let report = report.as_object().into_iter().flatten();
            Err(report.fold(failure, |failure, (key, value)| failure.with(key, value, "")))
        }
    }
}

fn said(shell: &Shell, report: &Value) -> String {
    let text = shell.text;
    let counts = [("rows", number(report, "rows")), ("created", number(report, "created")), ("changed", number(report, "changed"))];
    let [(_, rows), (_, created), (_, changed)] = counts;
    let unchanged = number(report, "unchanged");
    let key = if report["dry_run"] == true { "import.would" } else { "import.done" };
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("rows", &rows), ("created", &created), ("changed", &changed), ("unchanged", &unchanged)];
    let message = if text.0 == Lang::Zh { "message" } else { "message_en" };
    let mut lines = vec![text.line(key, &values)];
    for error in report["errors"].as_array().into_iter().flatten() {
        lines.push(format!("  {}\n", error[message].as_str().unwrap_or_default()));
    }
    for line in report["lines"].as_array().into_iter().flatten().filter(|line| !line["mismatch"].is_null()) {
        let side = |side: &str| line["mismatch"][side].as_str().unwrap_or_else(|| text.get("none")).to_owned();
        let name = line["name"].as_str().unwrap_or_default();
        lines.push(text.line("import.mismatch", &[("slip", &name), ("left", &side("left")), ("right", &side("right"))]));
    }
    lines.concat()
}

fn number(report: &Value, name: &str) -> u64 {
    report[name].as_u64().unwrap_or_default()
}
