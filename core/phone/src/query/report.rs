//! The report card and filed reports (T4).

use chrono::{NaiveDate, TimeDelta};

use super::view::{ReportCard, ReportView, TouchStatus, TouchView, Word};
use super::{Ask, word};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::ReportId;
use chuda_record::rules::Config;
use chuda_record::{Report, Touch, kind::report};

/// How far ahead a next step is suggested for tomorrow, in days.
const AHEAD: i64 = 7;
/// Most suggestions.
const SUGGESTIONS: usize = 5;

impl Ask<'_> {
    /// The card of a day.
    pub fn report_card(&self, day: NaiveDate) -> Result<ReportCard> {
        let filed = self.report(ReportId::of(self.me.id, day))?.filter(|row| !row.record.withdrawn);
        let touches: Vec<TouchView> =
            self.touches_of(day)?.into_iter().filter(|touch| touch.status == TouchStatus::Recorded).collect();
        let can_update = day == self.today()
            && filed.as_ref().is_some_and(|row| touches.iter().any(|touch| !row.record.touches.contains(&touch.id)));
        let briefs = self.briefs_of(day, self.me.id, &touches, filed.as_ref().map(|row| &row.record))?;
        Ok(ReportCard {
            day,
            briefs,
            missing: report::FULL.saturating_sub(touches.len()) as u32,
            touches,
            can_update,
            filed: filed.map(|row| self.view_report(row)).transpose()?,
            suggestions: self.suggestions(day)?,
            reasons: Config::offered(&self.config.short_reasons).map(Word::from).collect(),
        })
    }

    /// Filed reports of a day that this person may see, own first.
    pub fn reports(&self, day: NaiveDate) -> Result<Vec<ReportView>> {
        let rows = self.tx.reports_of_day(day)?;
        let mut views: Vec<ReportView> =
            rows.into_iter().filter(|row| !row.record.withdrawn).map(|row| self.view_report(row)).collect::<Result<_>>()?;
        views.sort_by_key(|view| (view.person.id != self.me.id, view.person.name.clone()));
        Ok(views)
    }

    /// A report with its id.
    pub fn report(&self, id: ReportId) -> Result<Option<Row<Report>>> {
        self.tx.record(id)
    }

    /// Suggested key actions for tomorrow: due next dates, then tasks, then the reddest customer.
    fn suggestions(&self, day: NaiveDate) -> Result<Vec<String>> {
        let mut suggestions = Vec::new();
        for row in self.tx.next_steps(self.me.id, day + TimeDelta::days(1), day + TimeDelta::days(AHEAD), SUGGESTIONS as u32)? {
            let touch = self.view_touch(row)?;
            let step = touch.next_action.as_deref().unwrap_or(chuda_words::label("suggest", "follow_up").zh);
            suggestions.push(format!("{}：{step}", touch.customer_name));
        }
        for task in self.tasks()? {
            suggestions.push(match &task.customer_name {
                Some(customer) => format!("{customer}：{}", task.kind.zh),
                None => task.kind.zh.clone(),
            });
        }
        for (health, _, customer) in self.reddest(SUGGESTIONS)? {
            let contact = chuda_words::label("suggest", "contact").zh;
            let contact = chuda_words::fill(contact, |name| (name == "score").then(|| health.score.to_string()));
            suggestions.push(format!("{}：{contact}", customer.record.name));
        }
        let mut seen = std::collections::BTreeSet::new();
        suggestions.retain(|suggestion| seen.insert(suggestion.clone()));
        suggestions.truncate(SUGGESTIONS);
        Ok(suggestions)
    }

    /// A report as it is shown.
    pub fn view_report(&self, row: Row<Report>) -> Result<ReportView> {
        let Row { id, record: report, conflicts } = row;
        let mut touches = Vec::with_capacity(report.touches.len());
        for touch in &report.touches {
            if let Some(row) = self.tx.record::<Touch>(*touch)? {
                touches.push(self.view_touch(row)?);
            }
        }
        touches.sort_by_key(|touch| touch.at);
        let state = self.state(id, &conflicts)?;
        Ok(ReportView {
            id: id.into(),
            person: self.person(report.author),
            day: report.day,
            short: report.is_short(),
            touches,
            briefs: report.briefs.iter().map(|(customer, brief)| (*customer, word(&self.config.briefs, brief))).collect(),
            tomorrow: report.tomorrow.clone(),
            reason: report.reason.as_deref().map(|key| word(&self.config.short_reasons, key)),
            late: report.late,
            filed_at: report.filed_at(),
            corrections: report.corrections.values().cloned().collect(),
            can_withdraw: report.author == self.me.id && (!self.me.enrolled || self.tx.is_waiting(id)?),
            conflicts,
            state,
        })
    }
}
