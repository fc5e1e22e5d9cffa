//! Customers with their health, reddest first.

use super::Ask;
use super::view::{ContactView, CustomerView};
use crate::error::{Error, Result};
use crate::id::{ContactId, CustomerId};
use crate::record::Customer;
use crate::rules::Health;
use crate::rules::health::Facts;
use crate::store::{HealthRow, Row};

/// Most customers a search shows.
const FOUND: u32 = 20;

impl Ask<'_> {
    /// All that somebody has and that are not closed, reddest first.
    pub fn customers(&self) -> Result<Vec<CustomerView>> {
        self.view_customers(self.tx.customers()?)
    }

    /// One of them.
    pub fn customer(&self, id: CustomerId) -> Result<CustomerView> {
        let row = self.tx.record::<Customer>(id)?.ok_or_else(|| Error::not_found("customer.not_found"))?;
        let health = self.tx.health(Some(id), self.config.health.window_start(self.now), self.now)?;
        let health = health.into_iter().next().ok_or_else(|| Error::not_found("customer.not_found"))?;
        self.view_customer(row, &health)
    }

    /// Those whose name has these words in it; an exact match comes alone.
    pub fn find_customers(&self, words: &str) -> Result<Vec<CustomerView>> {
        let words = words.trim();
        if let Ok(id) = words.parse::<CustomerId>() {
            return Ok(vec![self.customer(id)?]);
        }
        let mut found = self.tx.customers_named(words, FOUND)?;
        let exact = found.iter().filter(|row| row.record.name == words).count();
        if exact == 1 {
            found.retain(|row| row.record.name == words);
        }
        self.view_customers(found)
    }

    /// Red customers, reddest first.
    pub fn red_customers(&self, limit: usize) -> Result<Vec<CustomerView>> {
        let reddest = self.reddest(limit)?.into_iter().filter(|(health, ..)| health.red);
        reddest.map(|(_, row, customer)| self.view_customer(customer, &row)).collect()
    }

    /// The customers with the lowest scores, lowest first.
    pub(super) fn reddest(&self, limit: usize) -> Result<Vec<(Health, HealthRow, Row<Customer>)>> {
        let mut scored = self.scored()?;
        scored.sort_by_key(|(health, row)| (health.score, row.customer));
        let first = scored.into_iter().take(limit);
        first
            .filter_map(|(health, row)| {
                Some(self.tx.record::<Customer>(row.customer).transpose()?.map(|found| (health, row, found)))
            })
            .collect()
    }

    fn scored(&self) -> Result<Vec<(Health, HealthRow)>> {
        let rows = self.tx.health(None, self.config.health.window_start(self.now), self.now)?;
        Ok(rows.into_iter().map(|row| (self.score(&row), row)).collect())
    }

    fn score(&self, row: &HealthRow) -> Health {
        let facts = Facts { touches: row.touches, evidence: row.evidence, last_contact: row.last_touch.unwrap_or(row.since) };
        self.config.health.score(facts, self.now)
    }

    fn view_customers(&self, rows: Vec<Row<Customer>>) -> Result<Vec<CustomerView>> {
        let window = self.config.health.window_start(self.now);
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(health) = self.tx.health(Some(row.id.into()), window, self.now)?.first() {
                views.push(self.view_customer(row, health)?);
            }
        }
        views.sort_by(|a, b| (a.health.score, &a.name).cmp(&(b.health.score, &b.name)));
        Ok(views)
    }

    fn view_customer(&self, row: Row<Customer>, health: &HealthRow) -> Result<CustomerView> {
        let id = CustomerId::from(row.id);
        let lead = self.tx.lead_of(id)?;
        let (stage, last) = self.standing(id, lead.as_ref().map(|lead| &lead.record))?;
        let contacts = self.tx.contacts(id)?;
        Ok(CustomerView {
            id,
            stage,
            lead: lead.map(|lead| lead.id.into()),
            last,
            address: row.record.address,
            model: row.record.model,
            contact: row.record.contact,
            holder: row.record.holder.map(|holder| self.person(holder)),
            since: health.since,
            intent: row.record.intent,
            health: self.score(health),
            last_touch: health.last_touch,
            conflicts: row.conflicts,
            contacts: contacts
                .into_iter()
                .map(|contact| ContactView {
                    id: ContactId::from(contact.id),
                    name: contact.record.name,
                    position: contact.record.position,
                    phone: contact.record.phone,
                })
                .collect(),
            name: row.record.name,
            short: row.record.short,
        })
    }
}
