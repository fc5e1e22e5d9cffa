//! `chuda export proof`, `chuda verify`, `chuda doctor`: what can be checked, by others and here.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use chuda_evidence::audit;
use chuda_evidence::proof::{self, Check};
use chuda_record::Error;
use chuda_words::keys;
use serde_json::json;

use crate::exit::{Exit, Failure, Outcome};
use crate::keystore;
use crate::shell::Shell;
use crate::table::table;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// One piece of evidence with claim, signature and chain, which anyone can check offline
    Proof {
        /// The evidence: its id or SHA-256
        #[arg(value_name = "EVIDENCE")]
        id: String,
        /// The bundle to write
        #[arg(long, value_name = "ZIP")]
        out: PathBuf,
    },
}

pub(crate) fn export(shell: &Shell, words: &str, out: &Path) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let evidence = workbench.find_evidence(words)?;
    workbench.export_proof(evidence, out)?;
    let bundle = out.display().to_string();
    let said = shell.text.line("proof.written", &[("path", &bundle)]);
    Ok(Outcome::done(&json!({"evidence": evidence, "bundle": bundle}), said))
}

/// Checks a bundle without any data of this phone: exit code 4 when it does not prove what it says, 3 when it is no bundle at all.
pub(crate) fn verify(shell: &Shell, bundle: &Path) -> Result<Outcome, Failure> {
    let is_archive = starts_as_archive(bundle).map_err(Error::from)?;
    // What can't be told any more is said to be no proof: either says that the container was changed, and where.
    let is_audit = audit::is_bundle(bundle)?;
    let report = if is_audit { audit::verify(bundle)? } else { proof::verify(bundle)? };
    let checks = report.checks;
    let lines = rows(shell, &checks);
    if !is_archive {
        let failure = Failure::from(Error::invalid(keys::CLI_NOT_A_BUNDLE));
        return Err(failure.with("valid", &false, "").with("checks", &checks, &lines));
    }
    let (verdict, exit) = match (report.valid, is_audit) {
        (true, false) => ("proof.valid", Exit::Done),
        (true, true) => ("audit.valid", Exit::Done),
        (false, _) => ("proof.invalid", Exit::Attention),
    };
    let object = json!({"valid": report.valid, "checks": checks});
    Ok(Outcome::ending(exit, &object, shell.text.line(verdict, &[]) + &lines))
}

/// Whether a file at least begins as bundles do, so that a damaged bundle is told from something else.
fn starts_as_archive(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    chuda_evidence::file::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(start == b"PK\x03\x04")
}

/// Checks the data, the key files, the model and the disk: exit code 4 when one of them is not as it should be.
pub(crate) fn doctor(shell: &Shell) -> Result<Outcome, Failure> {
    let mut checks = shell.open()?.doctor()?;
    if let Some(ok) = keystore::is_private(&shell.dir) {
        checks.push(Check {
            name: "permissions".into(),
            ok,
            detail: shell.text.get(if ok { "doctor.private" } else { "doctor.open" }).into(),
        });
    }
    let exit = if checks.iter().all(|check| check.ok) { Exit::Done } else { Exit::Attention };
    Ok(Outcome::ending(exit, &json!({"checks": checks}), rows(shell, &checks)))
}

fn rows(shell: &Shell, checks: &[Check]) -> String {
    let row = |check: &Check| {
        let mark = if check.ok { "✓" } else { "✗" };
        vec![format!("{mark} {}", shell.text.label("check", &check.name)), shell.text.label("error", &check.detail)]
    };
    table(2, &checks.iter().map(row).collect::<Vec<_>>())
}
