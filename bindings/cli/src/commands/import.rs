//! `chuda import`: the server takes a file in, in whole or not at all; every mistake with its line and column.

use chuda_record::Error;
use chuda_record::wire::api::ImportReport;

use crate::args::Import;
use crate::exit::{Exit, Failure, Outcome};
use crate::shell::{Shell, wait};
use crate::text::Lang;

/// Imports a file, or only says what would come of it; exit code 3 when there are mistakes in it.
pub(crate) fn import(shell: &Shell, import: &Import) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let ask = |dry_run| wait(|_| workbench.import(import.kind.into(), &import.file, dry_run))?;
    let report = match ask(import.dry_run) {
        // The refusal names the first mistake; looking at the file tells all of them.
        Err(error) if error.params.get("problem").is_some_and(|problem| problem == "import.mistakes") => ask(true)?,
        report => report?,
    };
    let json = serde_json::to_value(&report).map_err(|error| Error::internal("report.encode", error))?;
    let outcome = Outcome { text: said(shell, &report), exit: Exit::Done, json };
    match report.mistakes {
        0 => Ok(outcome),
        count => {
            let error = Error::invalid("import.mistakes").with("count", count);
            let extra = outcome.json.as_object().cloned().unwrap_or_default();
            Err(Failure { error, exit: Exit::Refused, extra, more: outcome.text })
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
