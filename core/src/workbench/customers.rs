//! Entering customers.

use super::{CustomerDraft, Workbench, check_length, typed};
use crate::error::{Error, Result};
use crate::id::{ContactId, CustomerId, LeadId};
use crate::query::view::CustomerView;
use crate::record::{Contact, Customer, Lead, Stage};

impl Workbench {
    /// Enters a customer, held by whoever enters it, with its lead at 认领.
    pub fn add_customer(&self, draft: CustomerDraft) -> Result<CustomerView> {
        let name = typed(Some(draft.name)).ok_or_else(|| Error::invalid("customer.name_missing"))?;
        let (short, contact, phone) = (typed(draft.short), typed(draft.contact), typed(draft.phone));
        for (text, field) in
            [(Some(&name), "name"), (short.as_ref(), "short"), (contact.as_ref(), "contact"), (phone.as_ref(), "phone")]
        {
            check_length(text, field)?;
        }
        let me = self.0.me().id;
        self.0.act(
            |tx, own| {
                if tx.customers_named(&name, 1)?.iter().any(|row| row.record.name == name) {
                    return Err(Error::invalid("customer.exists"));
                }
                let id = CustomerId::new(own.at);
                let customer = Customer {
                    author: me,
                    name,
                    short,
                    holder: Some(me),
                    intent: None,
                    created_at: own.at,
                    closed: false,
                    address: None,
                    model: None,
                    external_id: None,
                    crm_intent: None,
                    merged_into: None,
                };
                tx.create(own, id, &customer)?;
                let lead = Lead {
                    author: me,
                    customer: id,
                    stage: Stage::Claimed,
                    holder: Some(me),
                    moved_by: me,
                    moved_at: own.at,
                    reason: None,
                    channel: None,
                    claimed_at: Some(own.at),
                    invalid_at: None,
                    requests: std::collections::BTreeMap::new(),
                    settled: std::collections::BTreeMap::new(),
                };
                tx.create(own, LeadId::new(own.at), &lead)?;
                if let Some(name) = contact {
                    let contact = Contact { author: me, customer: id, name, position: None, role: None, phone, created_at: own.at };
                    tx.create(own, ContactId::new(own.at), &contact)?;
                }
                Ok(id)
            },
            |ask, id| ask.customer(id),
        )
    }
}
