//! Screens that answer several questions at once.

use chrono::NaiveDate;

use crate::query::Ask;
use crate::query::view::{BriefView, CustomerView, EvidenceKind, EvidenceView, TouchView};
use chuda_record::error::Result;
use chuda_record::id::CustomerId;

/// Most touches, in a list of one's own or of a customer.
const TOUCHES: u32 = 100;
/// Most briefs of a customer.
const BRIEFS: usize = 30;

/// All that is shown of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CustomerPage {
    /// Which.
    pub customer: CustomerView,
    /// Its touches, newest first.
    pub timeline: Vec<TouchView>,
    /// Its progress briefs (B1), newest day first.
    pub briefs: Vec<BriefView>,
    /// The documents of those touches.
    pub documents: Vec<EvidenceView>,
}

/// A day of own touches.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TouchDay {
    /// The day.
    pub day: NaiveDate,
    /// Its touches, newest first.
    pub touches: Vec<TouchView>,
}

impl Ask<'_> {
    /// All that is shown of a customer.
    pub(crate) fn customer_page(&self, id: CustomerId) -> Result<CustomerPage> {
        let customer = self.customer(id)?;
        let timeline = self.timeline(id, TOUCHES)?;
        let evidence = timeline.iter().flat_map(|touch| &touch.evidence);
        let documents = evidence.filter(|one| one.kind == EvidenceKind::Document).cloned().collect();
        Ok(CustomerPage { customer, briefs: self.briefs(id, BRIEFS)?, documents, timeline })
    }

    /// Own touches by the day where they happened, newest first; each day is there once.
    pub(crate) fn touch_days(&self) -> Result<Vec<TouchDay>> {
        let mut days: Vec<TouchDay> = Vec::new();
        for touch in self.latest_touches(TOUCHES)? {
            match days.iter_mut().find(|day| day.day == touch.day) {
                Some(day) => day.touches.push(touch),
                None => days.push(TouchDay { day: touch.day, touches: vec![touch] }),
            }
        }
        Ok(days)
    }
}
