//! `admin import`: takes in a file of customers, leads or payment slips.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use chuda_record::wire::api::{ImportKind, ImportReport};
use chuda_record::{Error, Result};
use chuda_words::keys;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};

use crate::commands::data::Data;

/// Most bytes of a file that are read.
const MAX_FILE: u64 = 16 * 1024 * 1024;

#[derive(Args)]
pub(crate) struct Import {
    /// What is in it.
    #[arg(value_parser = PossibleValuesParser::new(ImportKind::ALL.map(ImportKind::as_str)).try_map(parse_kind))]
    kind: ImportKind,
    /// The file.
    file: PathBuf,
    /// Only say what would come of it.
    #[arg(long)]
    dry_run: bool,
    /// As whom: an id, or a name that only one person has.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    #[command(flatten)]
    data: Data,
}

impl Import {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        let Self { kind, file, dry_run, person, data } = self;
        let bytes = read_file(&file)?;
        let report = data.admin()?.import(kind, &bytes, dry_run, &person, now)?;
        let object = serde_json::to_value(&report).map_err(|error| Error::internal("report.encode", error))?;
        data.print(&object, || text(&report))?;
        if report.mistakes > 0 { Err(Error::invalid(keys::IMPORT_MISTAKES).with("count", report.mistakes)) } else { Ok(()) }
    }
}

/// A file of at most a little more than is taken in, so that a larger one is refused for its size.
fn read_file(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    chuda_evidence::file::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(report: &ImportReport) -> String {
    let ImportReport { rows, created, changed, unchanged, mistakes, .. } = report;
    let counts = format!("{rows} rows: {created} created, {changed} changed, {unchanged} unchanged, {mistakes} mistakes");
    let mut said = vec![counts];
    said.extend(report.errors.iter().map(|error| error.message_en.clone()));
    if report.dry_run {
        said.extend(report.lines.iter().map(|line| format!("{}  {}  {}", line.line, line.outcome, line.name)));
    }
    said.join("\n")
}

fn parse_kind(word: String) -> std::result::Result<ImportKind, String> {
    ImportKind::parse(&word).ok_or(word)
}
