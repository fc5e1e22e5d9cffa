//! The home screen, whole.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Ask;
use super::view::{CustomerView, EvidenceView, PersonView, ReportCard, SyncSummary, TaskView, TouchView};
use chuda_record::error::Result;

/// Most notices on the home screen.
const NOTICES: u32 = 20;
/// Most red customers on the home screen.
const RED: usize = 5;

/// The home screen, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct HomeView {
    /// Whose.
    #[serde(serialize_with = "super::view::with_roles")]
    pub person: PersonView,
    /// When it was made.
    pub now: DateTime<Utc>,
    /// Status line.
    pub sync: SyncSummary,
    /// Report card: of today, or of the report that can still be taken back by one tap.
    pub report: ReportCard,
    /// Touches of the day, drafts included, newest first.
    pub touches_today: Vec<TouchView>,
    /// Open tasks, most urgent first.
    pub tasks: Vec<TaskView>,
    /// What there is to know.
    pub notices: Vec<TaskView>,
    /// Red customers, reddest first.
    pub red_customers: Vec<CustomerView>,
    // What only a phone's screen shows is not in the JSON.
    /// Whether a half-made touch waits.
    #[serde(skip)]
    pub unfinished: bool,
    /// What was captured and is in no touch yet, not even in that one; newest first.
    #[serde(skip)]
    pub loose: Vec<EvidenceView>,
    /// The line that says what waits.
    #[serde(skip)]
    pub waiting: Option<String>,
}

impl Ask<'_> {
    /// Everything the home screen shows, of one moment.
    pub fn home(&self) -> Result<HomeView> {
        let today = self.today();
        let unfinished = self.unfinished()?;
        let in_none = |one: &EvidenceView| unfinished.as_ref().is_none_or(|draft| !draft.evidence.contains(&one.id));
        let loose: Vec<EvidenceView> = self.loose_evidence()?.into_iter().filter(in_none).collect();
        let waiting = match loose.len() {
            _ if unfinished.is_some() => Some(self.me.lang.text("home.unfinished").to_owned()),
            0 => None,
            count => Some(self.me.lang.say("home.loose", &[("count", &count)])),
        };
        Ok(HomeView {
            person: self.myself(),
            now: self.now,
            sync: self.sync_summary()?,
            report: self.report_card(self.me.filed(self.now).unwrap_or(today))?,
            touches_today: self.touches_of(today)?,
            tasks: self.tasks()?,
            notices: self.notices(NOTICES)?,
            red_customers: self.red_customers(RED)?,
            unfinished: unfinished.is_some(),
            loose,
            waiting,
        })
    }
}
