//! The home screen, whole.

use super::Ask;
use super::view::{EvidenceView, HomeView};
use chuda_record::error::Result;

/// Most notices on the home screen.
const NOTICES: u32 = 20;
/// Most red customers on the home screen.
const RED: usize = 5;

impl Ask<'_> {
    /// Everything the home screen shows, of one moment.
    pub fn home(&self) -> Result<HomeView> {
        let today = self.today();
        let unfinished = self.unfinished()?;
        let loose = self.loose_evidence()?;
        let in_none = |one: &EvidenceView| unfinished.as_ref().is_none_or(|draft| !draft.evidence.contains(&one.id));
        let loose: Vec<EvidenceView> = loose.into_iter().filter(in_none).collect();
        let lang = self.me.lang;
        let waiting = match loose.len() {
            _ if unfinished.is_some() => Some(lang.text("home.unfinished").to_owned()),
            0 => None,
            count => Some(lang.say("home.loose", &[("count", &count)])),
        };
        Ok(HomeView {
            person: self.myself(),
            now: self.now,
            sync: self.sync_summary()?,
            report: self.report_card(today)?,
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
