//! `chuda sync`, `chuda status`, `chuda redo`: what the server has, and what it has not.

use std::time::Duration;

use chrono::{DateTime, Utc};
use chuda_phone::query::view::{ItemState, StatusItem};
use chuda_phone::workbench::{BlobChoice, Cancel, StatusView, SyncReport, Workbench};
use chuda_record::id::RecordId;
use chuda_record::{ErrorKind, Result as CoreResult};
use serde::Serialize;
use serde_json::json;

use super::day::status_line;
use super::evidence::size;
use crate::args::{Values, one_of};
use crate::exit::{Exit, Failure, Outcome};
use crate::finish;
use crate::shell::{Shell, local, progress, wait};
use crate::table::table;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// Keep going until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
    /// Which files to send
    #[arg(long, value_parser = one_of(BLOBS), default_value = "all", value_name = "all|none", hide_possible_values = true)]
    pub(crate) blobs: BlobChoice,
}

const BLOBS: Values<BlobChoice> = &[("all", None, BlobChoice::All), ("none", None, BlobChoice::None)];
/// Between two exchanges of `--watch`: what came lately is likely to be followed by more.
const SOON: Duration = Duration::from_secs(5);
/// The longest wait, after failures and after exchanges that brought nothing.
const LATEST: Duration = Duration::from_mins(1);

/// One exchange, or with `--watch` one after the other until Ctrl-C.
pub(crate) fn sync(shell: &Shell, sync: &Sync) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    wait(|cancel| async move {
        if sync.watch {
            watch(shell, &workbench, sync.blobs, &cancel).await
        } else {
            outcome(shell, &workbench, &exchange(shell, &workbench, sync.blobs, &cancel).await?)
        }
    })?
}

pub(crate) fn status(shell: &Shell) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Shown<'a> {
        #[serde(flatten)]
        status: &'a StatusView,
        last_sync: Option<DateTime<Utc>>,
    }

    let status = shell.open()?.status()?;
    let mut said = status_line(shell, &status.summary) + "\n";
    if let Some(at) = status.summary.last_sync {
        said += &shell.text.line("sync.last", &[("time", &local(at))]);
    }
    let rows: Vec<_> = status.items.iter().map(|item| item_row(shell, item)).collect();
    let object = Shown { status: &status, last_sync: status.summary.last_sync };
    Ok(Outcome::done(&object, said + &table(2, &rows)))
}

/// Makes a refused edit again.
pub(crate) fn redo(shell: &Shell, document: RecordId) -> Result<Outcome, Failure> {
    shell.open()?.redo(document)?;
    Ok(Outcome::done(&json!({"document": document}), shell.text.line("redo.done", &[])))
}

async fn exchange(shell: &Shell, workbench: &Workbench, blobs: BlobChoice, cancel: &Cancel) -> CoreResult<SyncReport> {
    let bar = progress(shell.text.get("sync.working"));
    let shown = bar.clone();
    let result =
        workbench.sync(blobs, move |summary| shown.set_position(summary.percent.try_into().unwrap_or(0)), cancel.clone()).await;
    bar.finish_and_clear();
    result
}

/// Exit code 4 when the server did not take a record or a file.
fn outcome(shell: &Shell, workbench: &Workbench, report: &SyncReport) -> Result<Outcome, Failure> {
    let refused_file = |item: &StatusItem| item.kind == "blob" && matches!(item.state, ItemState::Failed { .. });
    let refused = !report.rejected.is_empty() || workbench.status()?.items.iter().any(refused_file);
    let exit = if refused { Exit::Attention } else { Exit::Done };
    Ok(Outcome::ending(exit, report, said(shell, report)))
}

/// Exchanges until Ctrl-C, which is its proper end, and says what came of each. Being offline is no reason to stop, anything else is.
async fn watch(shell: &Shell, workbench: &Workbench, blobs: BlobChoice, cancel: &Cancel) -> Result<Outcome, Failure> {
    let mut wait = SOON;
    while !cancel.is_cancelled() {
        let result = exchange(shell, workbench, blobs, cancel).await;
        let moved = result.as_ref().is_ok_and(|report| report.pushed + report.pulled > 0);
        wait = if moved { SOON } else { (wait * 2).min(LATEST) };
        match &result {
            Err(error) if error.kind == ErrorKind::Cancelled => break,
            Err(error) if error.kind != ErrorKind::Offline => return Err(error.clone().into()),
            Err(error) => finish(Err(error.clone().into()), shell.text, shell.json),
            Ok(report) => finish(outcome(shell, workbench, report), shell.text, shell.json),
        };
        pause(wait, cancel).await;
    }
    Ok(Outcome { json: None, text: String::new(), exit: Exit::Done })
}

/// Waits, and looks now and then whether it still should.
async fn pause(wait: Duration, cancel: &Cancel) {
    const LOOK: Duration = Duration::from_millis(200);
    let until = tokio::time::Instant::now() + wait;
    while tokio::time::Instant::now() < until && !cancel.is_cancelled() {
        tokio::time::sleep(LOOK).await;
    }
}

fn said(shell: &Shell, report: &SyncReport) -> String {
    let text = shell.text;
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("pushed", &report.pushed),
        ("pulled", &report.pulled),
        ("sent", &report.blobs.sent),
        ("left", &report.blobs.left),
        ("bytes", &size(report.bytes_up + report.bytes_down)),
    ];
    let mut said = text.line("sync.done", &values);
    if !report.rejected.is_empty() {
        said += &text.line("sync.rejected", &[("count", &report.rejected.len())]);
        let rows: Vec<_> =
            report.rejected.iter().map(|one| vec![text.label("rejection", &one.reason), one.document.to_string()]).collect();
        said += &table(2, &rows);
    }
    said
}

fn item_row(shell: &Shell, item: &StatusItem) -> Vec<String> {
    let text = shell.text;
    let word = text.label("state", item.state.as_str());
    let state = match &item.state {
        ItemState::Uploading { percent } => format!("{word} {percent} %"),
        ItemState::Failed { reason } => format!("{word} · {}", text.label("rejection", reason)),
        _ => word,
    };
    vec![state, text.label("kind", &item.kind), item.title.clone(), item.size.map(size).unwrap_or_default(), item.id.to_string()]
}
