//! What an import does, or would do: a preview line by line, and every mistake with its place and what to do about it.

use chuda_words::{Lang, fill};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::columns::{Columns, Field};
use super::table::Row;

/// Most lines and most mistakes that are listed; the counts have all.
const LISTED: usize = 200;
/// Most characters of a value that a mistake shows.
const SHOWN: usize = 40;

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Customers.
    Customers,
    /// Leads, with their customers.
    Leads,
    /// Payment slips.
    Slips,
}

/// What came of an import, or would come.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// What was imported.
    pub kind: ImportKind,
    /// Nothing was written: it was only looked at.
    pub dry_run: bool,
    /// Rows below the headings.
    pub rows: usize,
    /// Rows that make a new record.
    pub created: usize,
    /// Rows that add something to a record.
    pub changed: usize,
    /// Rows of which everything was there already.
    pub unchanged: usize,
    /// How many mistakes there are. With any of them nothing is imported.
    pub mistakes: usize,
    /// The first of them.
    pub errors: Vec<ImportError>,
    /// What each heading was taken for.
    pub columns: Vec<ImportColumn>,
    /// The first lines, as they go in.
    pub lines: Vec<ImportLine>,
}

/// A heading.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportColumn {
    /// As it stands in the file.
    pub heading: String,
    /// What it was taken for; none: it is left out.
    pub field: Option<String>,
}

/// A line of the file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportLine {
    /// As an editor counts.
    pub line: usize,
    /// The customer, or the slip's number.
    pub name: String,
    /// `created`, `changed` or `unchanged`.
    pub outcome: String,
    /// What it sets.
    pub sets: Vec<ImportSet>,
    /// What stays as it is though the file says otherwise, as keys of fields.
    pub kept: Vec<String>,
    /// A slip of which no contract is found: what its number is and what was expected (B5).
    pub mismatch: Option<ImportMismatch>,
}

/// Two numbers that do not agree.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportMismatch {
    /// The contract's number on the slip.
    pub left: Option<String>,
    /// The number of the payer's contract.
    pub right: Option<String>,
}

/// A field that an import sets.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportSet {
    /// Which.
    pub field: String,
    /// What it was.
    pub from: Option<String>,
    /// What it becomes.
    pub to: String,
}

/// A mistake in the file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportError {
    /// The line, as an editor counts.
    pub line: usize,
    /// The column's heading.
    pub column: String,
    /// Stable word for what is wrong.
    pub key: String,
    /// The value, cut where it is long.
    pub value: Option<String>,
    /// What to do about it, in Chinese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}

/// What can be wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Missing,
    TooLong,
    Intent,
    Role,
    Day,
    Amount,
    HolderUnknown,
    HolderAmbiguous,
    HolderNotAllowed,
    NameAmbiguous,
    OtherId,
    OtherSlip,
}

impl Mistake {
    /// Stable word.
    fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong => "too_long",
            Self::Intent => "intent",
            Self::Role => "contact_role",
            Self::Day => "date",
            Self::Amount => "amount",
            Self::HolderUnknown => "holder_unknown",
            Self::HolderAmbiguous => "holder_ambiguous",
            Self::HolderNotAllowed => "holder_not_allowed",
            Self::NameAmbiguous => "name_ambiguous",
            Self::OtherId => "external_id",
            Self::OtherSlip => "slip_differs",
        }
    }
}

impl ImportReport {
    pub(crate) fn new(kind: ImportKind, dry_run: bool, columns: &Columns) -> Self {
        let column = |(heading, field): (&str, Option<Field>)| ImportColumn {
            heading: heading.to_owned(),
            field: field.map(|field| field.key().to_owned()),
        };
        Self {
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

    pub(crate) fn add_line(&mut self, line: ImportLine) {
        match line.outcome.as_str() {
            "created" => self.created += 1,
            "changed" => self.changed += 1,
            _ => self.unchanged += 1,
        }
        if self.lines.len() < LISTED {
            self.lines.push(line);
        }
    }

    pub(crate) fn add_mistake(&mut self, columns: &Columns, row: &Row, field: Field, mistake: Mistake) {
        self.mistakes += 1;
        if self.errors.len() >= LISTED {
            return;
        }
        let column = columns.heading(field);
        let value = columns.get(row, field).map(|value| value.chars().take(SHOWN).collect::<String>());
        let message = |lang: Lang| {
            let said = chuda_words::label("mistake", mistake.key()).text(lang);
            let sentence = chuda_words::label("import", "mistake").text(lang);
            fill(sentence, |name| match name {
                "line" => Some(row.line.to_string()),
                "column" => Some(column.clone()),
                "value" => value
                    .as_ref()
                    .map(|value| format!("{}“{value}”", if lang == Lang::En { " " } else { "" }))
                    .or(Some(String::new())),
                "what" => Some(said.to_owned()),
                _ => None,
            })
        };
        self.errors.push(ImportError {
            line: row.line,
            key: mistake.key().to_owned(),
            message: message(Lang::Zh),
            message_en: message(Lang::En),
            column,
            value,
        });
    }
}
