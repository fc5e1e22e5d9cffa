//! Touches: of a customer, of a day, one with its evidence.

use chrono::NaiveDate;

use super::view::{EvidenceView, TouchStatus, TouchView, Triggered};
use super::{Ask, word};
use crate::error::{Error, Result};
use crate::id::{CustomerId, PersonId, TouchId};
use crate::record::{Contact, Customer, Kind, Record as _, Touch};
use crate::rules::trigger::Effect;
use crate::store::Row;
use crate::time::day_of;

impl Ask<'_> {
    /// One touch.
    pub fn touch(&self, id: TouchId) -> Result<TouchView> {
        let row = self.tx.record::<Touch>(id)?.ok_or_else(|| Error::not_found("touch.not_found"))?;
        self.view_touch(row)
    }

    /// A customer's touches, newest first.
    pub fn timeline(&self, customer: CustomerId, limit: u32) -> Result<Vec<TouchView>> {
        self.tx.touches_of_customer(customer, limit)?.into_iter().map(|row| self.view_touch(row)).collect()
    }

    /// Own touches of a day, newest first, drafts included.
    pub fn touches_of(&self, day: NaiveDate) -> Result<Vec<TouchView>> {
        self.tx.touches_of_day(self.me.id, day)?.into_iter().map(|row| self.view_touch(row)).collect()
    }

    /// What the rules will do with a touch once the server has it.
    pub fn preview(&self, id: TouchId) -> Result<Vec<Triggered>> {
        let row = self.tx.record::<Touch>(id)?.ok_or_else(|| Error::not_found("touch.not_found"))?;
        let mut mimes = Vec::new();
        for evidence in &row.record.evidence {
            mimes.push(self.evidence(*evidence)?.mime);
        }
        let fields = row.record.to_new_fields().map_err(|error| Error::internal("record.misshapen", error))?;
        let fired = self.config.triggers.iter().filter(|trigger| trigger.fires(Kind::Touch, &fields, &mimes));
        let effects = fired.flat_map(|trigger| {
            trigger.then.iter().map(|effect| Triggered {
                rule: trigger.id.clone(),
                effect: match effect {
                    Effect::SetCategory(category) => format!("category:{category}"),
                    Effect::Task { kind, .. } => format!("task:{kind}"),
                },
            })
        });
        Ok(effects.collect())
    }

    pub(super) fn view_touch(&self, row: Row<Touch>) -> Result<TouchView> {
        let Row { id, record: touch, conflicts } = row;
        let customer = self.tx.record::<Customer>(touch.customer)?;
        let contact = match touch.contact {
            Some(contact) => self.tx.record::<Contact>(contact)?.map(|contact| contact.record.name),
            None => None,
        };
        // The record of evidence may arrive after the touch that names it.
        let mut evidence: Vec<EvidenceView> = Vec::with_capacity(touch.evidence.len());
        for id in &touch.evidence {
            match self.evidence(*id) {
                Ok(view) => evidence.push(view),
                Err(error) if error.kind == crate::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        let owner = touch.tech_owner.as_ref().map(|owner| match owner.parse::<PersonId>() {
            Ok(id) => (self.person(id).name, false),
            Err(_) => (owner.clone(), true),
        });
        Ok(TouchView {
            id: id.into(),
            person: self.person(touch.author),
            customer: touch.customer,
            customer_name: customer.map(|customer| customer.record.name).unwrap_or_default(),
            mode: touch.mode,
            action: word(&self.config.actions, &touch.action),
            at: touch.at,
            day: day_of(touch.at, touch.zone),
            status: if touch.evidence.is_empty() { TouchStatus::Draft } else { TouchStatus::Recorded },
            category: touch.category.as_deref().map(|key| word(&self.config.categories, key)),
            brief: touch.brief.as_deref().map(|key| word(&self.config.briefs, key)),
            tech_owner_unknown: owner.as_ref().is_some_and(|(_, unknown)| *unknown),
            tech_owner: owner.map(|(name, _)| name),
            response_by: touch.response_by,
            amount: touch.amount,
            custom_development: touch.custom_development,
            intent: touch.intent,
            feedback: touch.feedback,
            contact,
            next_action: touch.next_action,
            next_date: touch.next_date,
            next_time: touch.next_time,
            note: touch.note,
            evidence,
            state: self.state(id, &conflicts)?,
            conflicts,
        })
    }
}
