//! Back-checks: what was drawn, and what the machine found beside each question (R1).

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{AskedView, EvidenceView, ItemState, PersonView, TouchView, Word};
use super::{Ask, Shown, dialect};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::{BackCheckId, CustomerId, PersonId, TouchId};
use chuda_record::rules::audience::superiors;
use chuda_record::rules::draw::{self, Period};
use chuda_record::{BackCheck, ContactMode, Touch};

/// Most back-checks that are shown at once.
const SHOWN: u32 = 100;

/// A back-check in a list (R1). It names the supervisor who looks, and nobody whose touches were drawn (R2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackCheckView {
    /// Which.
    pub id: BackCheckId,
    /// Whose team was drawn from.
    pub supervisor: PersonView,
    /// Whether it is this person's to answer.
    pub mine: bool,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of it.
    pub to: NaiveDate,
    /// How many records there were to draw from.
    pub population: i64,
    /// When it was drawn.
    pub created_at: DateTime<Utc>,
    /// When it was closed, if it was.
    pub closed_at: Option<DateTime<Utc>>,
    /// What is to be changed in rules and options.
    pub conclusion: Option<String>,
    /// Fields changed at the same time on two devices.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// A back-check with all that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackCheckDetail {
    /// What a list shows of it.
    #[serde(flatten)]
    pub back_check: BackCheckView,
    /// What the draw was made with.
    pub seed: String,
    /// What names the records that were drawn from.
    pub digest: String,
    /// The records drawn, first drawn first.
    pub records: Vec<DrawnView>,
}

/// A record that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrawnView {
    /// Its place in the draw, from 1.
    pub place: u32,
    /// The touch.
    pub touch: TouchId,
    /// What it says; none as long as it has not arrived here.
    pub summary: Option<DrawnTouch>,
    /// The questions about it.
    pub questions: Vec<AskedView>,
}

/// A touch, without whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct DrawnTouch {
    /// Customer.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The customer's name.
    #[serde(skip)]
    pub customer_name: String,
    /// How.
    #[serde(rename = "contact_mode", serialize_with = "dialect::labelled")]
    pub mode: ContactMode,
    /// What.
    pub action: Word,
    /// When.
    pub at: DateTime<Utc>,
    /// On which day, where it happened.
    pub day: NaiveDate,
    /// Free text.
    pub note: Option<String>,
    /// What proves it.
    pub evidence: Vec<EvidenceView>,
}

/// A draw made again, from the seed and the candidates that are kept with it, and compared with what is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redrawn {
    /// Which back-check.
    pub id: BackCheckId,
    /// The seed.
    pub seed: String,
    /// The candidates, sorted: those that are kept with it, or those that are here where it keeps none.
    pub candidates: Vec<TouchId>,
    /// Whether they are kept with it.
    pub listed: bool,
    /// Their digest.
    pub digest: String,
    /// Whether that is the digest it was drawn with.
    pub digest_agrees: bool,
    /// What is drawn from them.
    pub drawn: Vec<TouchId>,
    /// Whether that is what was drawn.
    pub draw_agrees: bool,
    /// Candidates that are not on this device.
    pub not_here: Vec<TouchId>,
    /// Candidates that, as seen from here, do not belong to team and period.
    pub foreign: Vec<TouchId>,
    /// Touches of team and period that are here and were no candidates: they arrived after the draw.
    pub late: Vec<TouchId>,
}

names_its_customer!(DrawnTouch);

impl Ask<'_> {
    /// Those that this person may read, latest first.
    pub fn back_checks(&self) -> Result<Vec<BackCheckView>> {
        self.tx.list::<BackCheck>(None, false, SHOWN)?.iter().map(|row| self.view_back_check(row)).collect()
    }

    /// One with everything that was drawn.
    pub fn back_check(&self, id: BackCheckId) -> Result<BackCheckDetail> {
        let row = self.tx.find::<BackCheck>(id)?;
        let record = &row.record;
        let mut records = Vec::with_capacity(record.drawn.len());
        for (touch, place) in record.in_order().into_iter().zip(1..) {
            let summary = self.tx.record::<Touch>(touch)?.map(|row| self.view_drawn(row)).transpose()?;
            records.push(DrawnView { place, touch, summary, questions: AskedView::all(record, touch, self.config) });
        }
        Ok(BackCheckDetail {
            back_check: self.view_back_check(&row)?,
            seed: record.seed.clone(),
            digest: record.digest.clone(),
            records,
        })
    }

    /// Makes the draw of one again.
    pub fn redraw(&self, id: BackCheckId) -> Result<Redrawn> {
        let record = self.tx.find::<BackCheck>(id)?.record;
        let (start, end) = Period { from: record.from, to: record.to }.instants(self.config.calendar.zone);
        let in_team = |person: &PersonId| superiors(*person, &self.people).contains(&record.author);
        let here = self.tx.counted_touches(start, end)?.into_iter().filter(|(_, person)| in_team(person));
        let here: BTreeSet<TouchId> = here.map(|(touch, _)| touch).collect();
        let listed = record.listed();
        let candidates = listed.as_ref().unwrap_or(&here);
        let drawn = draw::draw(&record.seed, candidates, record.drawn.len());
        let (mut not_here, mut foreign) = (Vec::new(), Vec::new());
        for touch in candidates.difference(&here) {
            let list = if self.tx.record::<Touch>(*touch)?.is_some() { &mut foreign } else { &mut not_here };
            list.push(*touch);
        }
        let digest = draw::digest(candidates).to_string();
        Ok(Redrawn {
            id,
            listed: listed.is_some(),
            digest_agrees: digest == record.digest,
            digest,
            draw_agrees: drawn == record.in_order(),
            drawn,
            late: here.difference(candidates).copied().collect(),
            candidates: candidates.iter().copied().collect(),
            seed: record.seed.clone(),
            not_here,
            foreign,
        })
    }

    fn view_back_check(&self, row: &Row<BackCheck>) -> Result<BackCheckView> {
        let record = &row.record;
        Ok(BackCheckView {
            id: row.id.into(),
            supervisor: self.person(record.author),
            mine: record.author == self.me.id,
            from: record.from,
            to: record.to,
            population: record.population,
            created_at: record.origin.created_at,
            closed_at: record.closed_at,
            conclusion: record.conclusion.clone(),
            conflicts: row.conflicts.clone(),
            state: self.state(row.id, &row.conflicts)?,
        })
    }

    fn view_drawn(&self, row: Row<Touch>) -> Result<DrawnTouch> {
        let touch = TouchView::of(self, row)?;
        Ok(DrawnTouch {
            customer: touch.customer,
            customer_name: touch.customer_name,
            mode: touch.mode,
            action: touch.action,
            at: touch.at,
            day: touch.day,
            note: touch.note,
            evidence: touch.evidence,
        })
    }
}
