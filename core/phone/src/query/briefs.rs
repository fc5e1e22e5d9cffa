//! Progress briefs (B1): one option per customer and day, filed with the report or as the touches of the day suggest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{PersonView, TouchStatus, TouchView, Word};
use super::{Ask, Shown};
use chuda_record::Report;
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, PersonId};
use chuda_record::time::day_of;

/// Most touches of a customer that briefs are worked out from, newest first.
const LOOKED_THROUGH: u32 = 500;

/// The brief of a customer on a day (B1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(remote = "Self")]
pub struct BriefView {
    /// The day.
    pub day: NaiveDate,
    /// The customer.
    #[serde(skip)]
    pub customer: CustomerId,
    /// Their name.
    #[serde(skip)]
    pub customer_name: String,
    /// Whose day it was.
    #[serde(rename = "author")]
    pub person: PersonView,
    /// How the customer stands.
    pub brief: Word,
    /// Whether it stands in a filed report; otherwise it follows from the touches so far.
    pub filed: bool,
}

names_its_customer!(BriefView);

impl Ask<'_> {
    /// How a customer stood, day by day, latest first, as far as this person may see it.
    pub fn briefs(&self, customer: CustomerId, limit: usize) -> Result<Vec<BriefView>> {
        let mut days: BTreeMap<(NaiveDate, PersonId), Vec<TouchView>> = BTreeMap::new();
        for row in self.tx.touches_of_customer(customer, LOOKED_THROUGH)? {
            let day = (day_of(row.record.at, row.record.zone), row.record.author);
            if !row.record.evidence.is_empty() {
                days.entry(day).or_default().push(TouchView::of(self, row)?);
            }
        }
        let mut briefs = Vec::new();
        for ((day, person), touches) in days.into_iter().rev().take(limit) {
            let reports = self.tx.reports_of_day(day)?.into_iter().map(|row| row.record);
            let report = reports.into_iter().find(|report| report.author == person && !report.withdrawn);
            briefs.extend(self.briefs_of(day, person, &touches, report.as_ref())?);
        }
        Ok(briefs)
    }

    /// The brief of each customer whom a person touched on a day: as it was filed, as a touch says it, else as the actions suggest.
    pub(super) fn briefs_of(
        &self,
        day: NaiveDate,
        person: PersonId,
        touches: &[TouchView],
        report: Option<&Report>,
    ) -> Result<Vec<BriefView>> {
        let mut of_customer: BTreeMap<CustomerId, Vec<&TouchView>> = BTreeMap::new();
        for touch in touches.iter().filter(|touch| touch.status == TouchStatus::Recorded) {
            of_customer.entry(touch.customer).or_default().push(touch);
        }
        let mut briefs = Vec::new();
        for (customer, mut touches) in of_customer {
            touches.sort_by_key(|touch| (touch.at, touch.id));
            let said = touches.iter().rev().find_map(|touch| touch.brief.as_ref()).map(|brief| brief.key.as_str());
            let actions = touches.iter().map(|touch| touch.action.key.as_str());
            // A touch that came after the report may have changed how the customer stands.
            let knew_all = |report: &&Report| touches.iter().all(|touch| report.touches.contains(&touch.id));
            let filed = report.filter(knew_all).and_then(|report| report.briefs.get(&customer));
            let brief = filed.map(String::as_str).or(said).unwrap_or_else(|| self.config.suggest_brief(actions));
            briefs.push(BriefView {
                day,
                customer,
                customer_name: self.customer_name(customer)?,
                person: self.person(person),
                brief: Word::of(&self.config.briefs, brief),
                filed: filed.is_some(),
            });
        }
        Ok(briefs)
    }
}
