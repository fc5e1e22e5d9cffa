//! The report card and filed reports (T4).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{BriefView, ItemState, PersonView, TouchStatus, TouchView, Word};
use super::{Ask, Shown};
use crate::screen::{self, Filing, FilingQuestion};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, ReportId};
use chuda_record::rules::Config;
use chuda_record::{Report, Touch, kind::report};

/// How far ahead a next step is suggested for tomorrow, in days.
const AHEAD: i64 = 7;
/// Under which name the chosen action for tomorrow is kept, with its day.
pub(crate) const TOMORROW: &str = "tomorrow";
/// Most suggestions.
const SUGGESTIONS: usize = 5;

/// A daily report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReportView {
    /// Which.
    pub id: ReportId,
    /// Whose.
    #[serde(rename = "author")]
    pub person: PersonView,
    /// Of which day.
    pub day: NaiveDate,
    /// Its touches.
    pub touches: Vec<TouchView>,
    /// Brief per customer (B1).
    pub briefs: Vec<CustomerBrief>,
    /// Key action for tomorrow.
    pub tomorrow: String,
    /// Fewer than three touches.
    pub short: bool,
    /// Why.
    pub reason: Option<Word>,
    /// Filed after the day (补报).
    pub late: bool,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Corrections made after the day.
    pub corrections: Vec<String>,
    /// Whether 撤销 still works.
    pub can_withdraw: bool,
    /// Fields changed at the same time on two devices.
    pub conflicts: Vec<String>,
    /// Where it is.
    #[serde(flatten)]
    pub state: ItemState,
}

/// The brief of one customer in a report (B1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(remote = "Self")]
pub struct CustomerBrief {
    /// Whose.
    #[serde(skip)]
    pub customer: CustomerId,
    /// Their name.
    #[serde(skip)]
    pub customer_name: String,
    /// What it says.
    pub brief: Word,
}

/// The 今日日报 card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReportCard {
    /// The day.
    pub day: NaiveDate,
    /// The report, once filed.
    pub filed: Option<ReportView>,
    /// Touches of the day that would be in it (drafts do not count).
    pub touches: Vec<TouchView>,
    /// How many are missing for a full report.
    pub missing: i32,
    /// The brief that each customer of the day gets (B1): as it was filed, as a touch says it, else as the actions suggest.
    pub briefs: Vec<BriefView>,
    /// Touches recorded after filing: 更新日报 is offered.
    pub can_update: bool,
    /// Suggested key actions for tomorrow, best first; empty only for a person without any customer.
    pub suggestions: Vec<String>,
    /// Reasons for a short report.
    pub reasons: Vec<Word>,
    // What only a phone's screen shows is not in the JSON.
    /// How many touches a full report has.
    #[serde(skip)]
    pub full: i32,
    /// The key action for tomorrow: as chosen, as filed, else the best suggestion.
    #[serde(skip)]
    pub tomorrow: Option<String>,
    /// The suggestion that one tap puts in its place, as long as nothing is filed.
    #[serde(skip)]
    pub another: Option<String>,
    /// What the button under the report does.
    #[serde(skip)]
    pub filing: Filing,
    /// What has to be asked before it does.
    #[serde(skip)]
    pub question: Option<FilingQuestion>,
    /// For how long a report can be taken back by one tap once it is filed (撤销); nothing is sent before.
    #[serde(skip)]
    pub undo_seconds: i32,
}

names_its_customer!(CustomerBrief);

impl Ask<'_> {
    /// The card of a day.
    pub fn report_card(&self, day: NaiveDate) -> Result<ReportCard> {
        let filed = self.report(ReportId::of(self.me.id, day))?.filter(|row| !row.record.withdrawn);
        let touches: Vec<TouchView> =
            self.touches_of(day)?.into_iter().filter(|touch| touch.status == TouchStatus::Recorded).collect();
        let can_update = day == self.today()
            && filed.as_ref().is_some_and(|row| touches.iter().any(|touch| !row.record.touches.contains(&touch.id)));
        let briefs = self.briefs_of(day, self.me.id, &touches, filed.as_ref().map(|row| &row.record))?;
        let filed = filed.map(|row| ReportView::of(self, row)).transpose()?;
        let suggestions = self.suggestions(day)?;
        let chosen = self.chosen_tomorrow(day)?;
        let changed =
            can_update || chosen.as_ref().is_some_and(|chosen| filed.as_ref().is_some_and(|filed| *chosen != filed.tomorrow));
        let tomorrow =
            chosen.or_else(|| filed.as_ref().map(|filed| filed.tomorrow.clone())).or_else(|| suggestions.first().cloned());
        let missing = report::FULL.saturating_sub(touches.len()) as i32;
        Ok(ReportCard {
            day,
            briefs,
            missing,
            touches,
            can_update,
            full: report::FULL as i32,
            another: screen::another(&suggestions, tomorrow.as_deref()).filter(|_| filed.is_none()),
            filing: screen::filing(filed.as_ref(), missing, changed),
            question: screen::question(filed.as_ref(), missing, tomorrow.as_deref()),
            undo_seconds: screen::UNDO_SECONDS,
            tomorrow,
            filed,
            suggestions,
            reasons: Config::offered(&self.config.short_reasons).map(Word::from).collect(),
        })
    }

    /// The key action for tomorrow that was chosen on a day and not filed yet.
    pub fn chosen_tomorrow(&self, day: NaiveDate) -> Result<Option<String>> {
        let chosen: Option<String> = self.tx.meta(TOMORROW)?;
        Ok(chosen.and_then(|chosen| chosen.strip_prefix(&day.to_string())?.strip_prefix('\t').map(str::to_owned)))
    }

    /// Filed reports of a day that this person may see, own first.
    pub fn reports(&self, day: NaiveDate) -> Result<Vec<ReportView>> {
        let mut rows = self.tx.reports_of_day(day)?;
        rows.retain(|row| !row.record.withdrawn);
        let mut views: Vec<ReportView> = self.each(rows)?;
        views.sort_by_key(|view| (view.person.id != self.me.id, view.person.name.clone()));
        Ok(views)
    }

    /// A report with its id.
    pub fn report(&self, id: ReportId) -> Result<Option<Row<Report>>> {
        self.tx.record(id)
    }

    /// Suggested key actions for tomorrow: due next dates, then tasks, then the reddest customer.
    fn suggestions(&self, day: NaiveDate) -> Result<Vec<String>> {
        let lang = self.me.lang;
        let with_customer = |customer: &str, what: &str| format!("{customer}{}{what}", lang.text("list.colon"));
        let mut suggestions = Vec::new();
        for row in self.tx.next_steps(self.me.id, day + TimeDelta::days(1), day + TimeDelta::days(AHEAD), SUGGESTIONS as u32)? {
            let touch = TouchView::of(self, row)?;
            let step = touch.next_action.as_deref().unwrap_or(lang.text("suggest.follow_up"));
            suggestions.push(with_customer(&touch.customer_name, step));
        }
        for task in self.tasks()? {
            let title = lang.choose(&task.kind.zh, &task.kind.en);
            suggestions.push(task.customer_name.as_ref().map_or_else(|| title.into(), |customer| with_customer(customer, title)));
        }
        for (health, _, customer) in self.reddest(SUGGESTIONS)? {
            suggestions.push(with_customer(&customer.record.name, &lang.say("suggest.contact", &[("score", &health.score)])));
        }
        let mut seen = std::collections::BTreeSet::new();
        suggestions.retain(|suggestion| seen.insert(suggestion.clone()));
        suggestions.truncate(SUGGESTIONS);
        Ok(suggestions)
    }
}

impl Shown for ReportView {
    type Of = Report;

    fn of(ask: &Ask<'_>, row: Row<Report>) -> Result<Self> {
        let Row { id, record: report, conflicts } = row;
        let mut touches = Vec::with_capacity(report.touches.len());
        for touch in &report.touches {
            if let Some(row) = ask.tx.record::<Touch>(*touch)? {
                touches.push(TouchView::of(ask, row)?);
            }
        }
        touches.sort_by_key(|touch| touch.at);
        let briefs = report.briefs.iter().map(|(customer, brief)| {
            let brief = Word::of(&ask.config.briefs, brief);
            Ok(CustomerBrief { customer: *customer, customer_name: ask.customer_name(*customer)?, brief })
        });
        let briefs = briefs.collect::<Result<_>>()?;
        let state = ask.state(id, &conflicts)?;
        Ok(Self {
            id: id.into(),
            person: ask.person(report.author),
            day: report.day,
            short: report.is_short(),
            touches,
            briefs,
            tomorrow: report.tomorrow.clone(),
            reason: report.reason.as_deref().map(|key| Word::of(&ask.config.short_reasons, key)),
            late: report.late,
            filed_at: report.filed_at(),
            corrections: report.corrections.values().cloned().collect(),
            can_withdraw: report.author == ask.me.id && (!ask.me.enrolled || ask.tx.is_waiting(id)?),
            conflicts,
            state,
        })
    }
}
