//! `admin audit`: the log of who did and who looked, as a file that anyone can check.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use chuda_record::{Error, ErrorKind, Result};
use chuda_server::AuditExport;
use chuda_words::keys;
use clap::Subcommand;
use serde_json::json;

use crate::commands::data::Data;

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Writes the log, or some days of it, into a file that anyone can check offline with `chuda verify`.
    #[command(after_help = "Example: chuda-server admin audit export --out audit-2026-03.zip --from 2026-03-01 --to 2026-03-31")]
    Export {
        /// The bundle to write.
        #[arg(long, value_name = "ZIP")]
        out: PathBuf,
        /// The first day, in Asia/Shanghai; by default the log's first.
        #[arg(long, value_name = "DATE")]
        from: Option<NaiveDate>,
        /// The last day; by default today.
        #[arg(long, value_name = "DATE")]
        to: Option<NaiveDate>,
        #[command(flatten)]
        data: Data,
    },
}

impl AuditCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        let Self::Export { out, from, to, data } = self;
        let AuditExport { checkpoint, report } = data.admin()?.export_audit(&out, (from, to), now)?;
        let object = json!({
            "bundle": out, "first": checkpoint.first, "last": checkpoint.last, "count": checkpoint.count, "head": checkpoint.head,
            "key": checkpoint.key, "valid": report.valid, "checks": report.checks,
        });
        data.print(&object, || {
            let faults = report.checks.iter().filter(|check| !check.ok).map(|check| format!("\n{}: {}", check.name, check.detail));
            format!("{}: entries {} to {}{}", out.display(), checkpoint.first, checkpoint.last, faults.collect::<String>())
        })?;
        // The bundle is there all the same: it shows the auditor what is wrong.
        if report.valid { Ok(()) } else { Err(Error::new(ErrorKind::Storage, keys::AUDIT_DAMAGED)) }
    }
}
