//! The home screen, whole.

use super::Ask;
use super::view::HomeView;
use chuda_record::error::Result;

/// Most notices on the home screen.
const NOTICES: u32 = 20;
/// Most red customers on the home screen.
const RED: usize = 5;

impl Ask<'_> {
    /// Everything the home screen shows, of one moment.
    pub fn home(&self) -> Result<HomeView> {
        let today = self.today();
        Ok(HomeView {
            person: self.myself(),
            now: self.now,
            sync: self.sync_summary()?,
            report: self.report_card(today)?,
            touches_today: self.touches_of(today)?,
            tasks: self.tasks()?,
            notices: self.notices(NOTICES)?,
            red_customers: self.red_customers(RED)?,
        })
    }
}
