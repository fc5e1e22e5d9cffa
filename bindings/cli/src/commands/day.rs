//! `chuda home` and `chuda report`: the day at a glance, and the report in one go.

use std::collections::HashMap;

use chrono::NaiveDate;
use chuda_phone::query::view::{HomeView, ReportCard, ReportView, SyncSummary, TouchStatus, Word};
use chuda_phone::workbench::ReportRequest;
use chuda_record::Error;
use chuda_words::keys;

use super::customer;
use super::evidence::size;
use super::task;
use super::touch::touch_rows;
use super::{choices, find_customer};
use crate::args::{date, pair};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local};
use crate::table::table;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Key action for tomorrow [default: the best suggestion]
    #[arg(long, value_name = "TEXT")]
    pub(crate) tomorrow: Option<String>,
    /// Why there are fewer than three touches: a word or key of the list
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// A past day, filed late
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) day: Option<NaiveDate>,
    /// Other progress than chuda brief shows; repeatable
    #[arg(long = "brief", value_name = "CUSTOMER=BRIEF", value_parser = pair)]
    pub(crate) briefs: Vec<(String, String)>,
}

/// Everything the home screen shows.
pub(crate) fn home(shell: &Shell) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let home = workbench.home()?;
    Ok(Outcome::done(&home, screen(shell, &home)))
}

/// Files the report of a day; a short one needs a reason, and a failure lists them.
pub(crate) fn report(shell: &Shell, report: Report) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let mut briefs = HashMap::new();
    for (customer, brief) in report.briefs {
        briefs.insert(find_customer(&workbench, &customer)?.id, brief);
    }
    let request = ReportRequest { day: report.day, tomorrow: report.tomorrow, reason: report.reason, briefs };
    match workbench.file_report(request) {
        Ok(report) => Ok(Outcome::done(&report, filed(shell, &report))),
        Err(error) if is_about_reason(&error) => {
            let reasons = workbench.home()?.report.reasons;
            Err(choices(error.into(), shell, "reasons", &reasons))
        }
        Err(error) if error.key == keys::REPORT_UNKNOWN_BRIEF => {
            let briefs = workbench.config().briefs.iter().map(Word::from).collect::<Vec<_>>();
            Err(choices(error.into(), shell, "briefs", &briefs))
        }
        Err(error) => Err(error.into()),
    }
}

fn is_about_reason(error: &Error) -> bool {
    matches!(error.key, keys::REPORT_REASON_MISSING | keys::REPORT_UNKNOWN_REASON)
}

fn filed(shell: &Shell, report: &ReportView) -> String {
    let text = shell.text;
    let mut marks = Vec::new();
    if report.short {
        marks.push(text.say("report.short", &[("reason", &report.reason.as_ref().map_or("", |reason| text.word(reason)))]));
    }
    if report.late {
        marks.push(text.get("report.late").into());
    }
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("day", &report.day), ("count", &report.touches.len()), ("marks", &marks.concat())];
    text.line("report.filed", &values)
        + &table(2, &touch_rows(shell, &report.touches, false))
        + &text.line("report.tomorrow", &[("tomorrow", &report.tomorrow)])
}

fn screen(shell: &Shell, home: &HomeView) -> String {
    let text = shell.text;
    let mut screen = format!("{} · {} · {}\n", home.person.name, home.report.day, status_line(shell, &home.sync));
    screen += &card(shell, &home.report);
    let drafts: Vec<_> = home.touches_today.iter().filter(|touch| touch.status == TouchStatus::Draft).cloned().collect();
    screen += &section(text.get("home.drafts"), &touch_rows(shell, &drafts, false));
    screen += &section(text.get("home.tasks"), &task::rows(shell, &home.tasks));
    screen += &section(text.get("task.notices"), &task::rows(shell, &home.notices));
    screen + &section(text.get("home.red"), &home.red_customers.iter().map(|one| customer::row(shell, one)).collect::<Vec<_>>())
}

/// The slots of the report: touches that are there, one line for those that are missing, and tomorrow.
fn card(shell: &Shell, card: &ReportCard) -> String {
    let text = shell.text;
    let state = match &card.filed {
        Some(_) if card.can_update => text.get("home.report_can_update").into(),
        Some(report) => text.say("home.report_filed", &[("at", &local(report.filed_at))]),
        None => text.get("home.report_open").into(),
    };
    let mut lines = format!("\n{} {state}\n", text.get("home.report")) + &table(2, &touch_rows(shell, &card.touches, false));
    if card.missing > 0 && card.filed.is_none() {
        lines += &text.line("home.missing", &[("count", &card.missing)]);
    }
    let tomorrow = card.filed.as_ref().map(|report| &report.tomorrow).or_else(|| card.suggestions.first());
    lines
        + &tomorrow.map_or_else(
            || text.line("home.no_suggestion", &[]),
            |tomorrow| text.line("report.tomorrow", &[("tomorrow", tomorrow)]),
        )
}

/// 全部已同步 / 3 条待传 · 2 件附件 41 % / 1 条需处理.
pub(crate) fn status_line(shell: &Shell, sync: &SyncSummary) -> String {
    let text = shell.text;
    if !sync.enrolled {
        return text.get("sync.offline_phone").into();
    }
    let mut parts = Vec::new();
    if sync.attention > 0 {
        parts.push(text.say("sync.attention", &[("count", &sync.attention)]));
    }
    if sync.records_waiting > 0 {
        parts.push(text.say("sync.records_waiting", &[("count", &sync.records_waiting)]));
    }
    if sync.blobs_waiting > 0 {
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("count", &sync.blobs_waiting), ("size", &size(sync.bytes_waiting)), ("percent", &sync.percent)];
        parts.push(text.say("sync.blobs_waiting", &values));
    }
    if parts.is_empty() { text.get("sync.all_done").into() } else { parts.join(" · ") }
}

fn section(title: &str, rows: &[Vec<String>]) -> String {
    if rows.is_empty() { String::new() } else { format!("\n{title}\n{}", table(2, rows)) }
}
