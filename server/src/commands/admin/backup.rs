//! `admin backup` and `admin restore`: the database as one file, and back.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chuda_record::Result;
use clap::Args;
use serde_json::json;

use crate::commands::data::Data;

#[derive(Args)]
pub(crate) struct Backup {
    /// The new file.
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup.
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Backup {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        let Self { file, data } = self;
        data.admin()?.backup(&file, now)?;
        data.print(&json!({ "backup": file }), || file.display().to_string())
    }
}

impl Restore {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        let Self { file, data } = self;
        data.admin()?.restore(&file, now)?;
        data.print(&json!({ "restored": file }), || file.display().to_string())
    }
}
