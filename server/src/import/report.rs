//! What an import does, or would do: a preview line by line, and every mistake with its place and what to do about it.

use chuda_record::wire::api::{ImportColumn, ImportError, ImportKind, ImportLine, ImportReport};
use chuda_words::{Lang, fill};

use super::columns::{Columns, Field};
use super::table::Row;

/// Most lines and most mistakes that are listed; the counts have all.
const LISTED: usize = 200;
/// Most characters of a value that a mistake shows.
const SHOWN: usize = 40;

words! {
    /// What can be wrong with a cell.
    Mistake {
        Missing = "missing",
        TooLong = "too_long",
        Intent = "intent",
        Role = "contact_role",
        Day = "date",
        Amount = "amount",
        HolderUnknown = "holder_unknown",
        HolderAmbiguous = "holder_ambiguous",
        HolderNotAllowed = "holder_not_allowed",
        NameAmbiguous = "name_ambiguous",
        OtherId = "external_id",
        OtherSlip = "slip_differs",
    }
}

/// A report that says nothing yet but what the headings are.
pub(super) fn begin(kind: ImportKind, dry_run: bool, columns: &Columns) -> ImportReport {
    let column = |(heading, field): (&str, Option<Field>)| ImportColumn {
        heading: heading.to_owned(),
        field: field.map(|field| field.key().to_owned()),
    };
    ImportReport {
        kind,
        dry_run,
        rows: 0,
        created: 0,
        changed: 0,
        unchanged: 0,
        mistakes: 0,
        errors: Vec::new(),
        columns: columns.all().map(column).collect(),
        lines: Vec::new(),
    }
}

pub(super) fn add_line(report: &mut ImportReport, line: ImportLine) {
    match line.outcome.as_str() {
        "created" => report.created += 1,
        "changed" => report.changed += 1,
        _ => report.unchanged += 1,
    }
    if report.lines.len() < LISTED {
        report.lines.push(line);
    }
}

pub(super) fn add_mistake(report: &mut ImportReport, columns: &Columns, row: &Row, field: Field, mistake: Mistake) {
    report.mistakes += 1;
    if report.errors.len() >= LISTED {
        return;
    }
    let column = columns.heading(field);
    let value = columns.get(row, field).map(|value| value.chars().take(SHOWN).collect::<String>());
    let message = |lang: Lang| {
        let space = if lang == Lang::En { " " } else { "" };
        fill(chuda_words::label("import", "mistake").text(lang), |name| match name {
            "line" => Some(row.line.to_string()),
            "column" => Some(column.clone()),
            "value" => Some(value.as_ref().map(|value| format!("{space}“{value}”")).unwrap_or_default()),
            "what" => Some(chuda_words::label("mistake", mistake.key()).text(lang).to_owned()),
            _ => None,
        })
    };
    report.errors.push(ImportError {
        line: row.line,
        key: mistake.key().to_owned(),
        message: message(Lang::Zh),
        message_en: message(Lang::En),
        column,
        value,
    });
}
