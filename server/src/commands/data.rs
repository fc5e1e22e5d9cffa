//! What all commands take and how they answer.

use std::io::Write as _;
use std::path::PathBuf;

use chuda_record::Result;
use chuda_server::admin::Admin;
use clap::Args;
use serde_json::Value;

// Where the server's data is, and how to answer.
#[derive(Args)]
pub(crate) struct Data {
    /// Folder of the database.
    #[arg(long = "data", value_name = "DATA", env = "CHUDA_DATA", default_value = "chuda-data")]
    pub(crate) folder: PathBuf,
    /// One JSON object on standard output.
    #[arg(long)]
    json: bool,
}

impl Data {
    /// The admin's way into it.
    pub(crate) fn admin(&self) -> Result<Admin> {
        Admin::open(&self.folder)
    }

    /// Answers with a JSON object or in words, as asked.
    pub(crate) fn print(&self, value: &Value, text: impl FnOnce() -> String) -> Result<()> {
        let line = if self.json { value.to_string() } else { text() };
        let mut out = std::io::stdout();
        writeln!(out, "{line}")?;
        out.flush()?;
        Ok(())
    }
}

/// Lines, one below the other.
pub(crate) fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
