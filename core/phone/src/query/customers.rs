//! Customers with their health, reddest first.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::view::{LastEvent, PersonView, Word};
use super::{Ask, Shown, dialect};
use crate::store::{HealthRow, Row};
use chuda_record::error::{Error, Result};
use chuda_record::id::{ContactId, CustomerId, LeadId};
use chuda_record::rules::Health;
use chuda_record::rules::health::Facts;
use chuda_record::time::start_of_day;
use chuda_record::view::HealthView;
use chuda_record::{Contact, Customer, Intent, Stage};
use chuda_words::keys;

/// Most customers a search shows.
const FOUND: u32 = 20;

/// A customer in a list or on top of its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(remote = "Self")]
pub struct CustomerView {
    /// Which.
    pub id: CustomerId,
    /// Full name.
    pub name: String,
    /// The name people say.
    pub short: Option<String>,
    /// Where it stands (H1).
    #[serde(serialize_with = "dialect::labelled")]
    pub stage: Stage,
    /// Who has it.
    pub holder: Option<PersonView>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Its lead, with the whole way.
    pub lead: Option<LeadId>,
    /// What happened last.
    pub last: Option<LastEvent>,
    /// Intent level.
    pub intent: Option<Intent>,
    /// Health with its sum (T3).
    #[serde(skip)]
    pub health: Health,
    /// What the sum is made of, in words, one per part of the formula.
    #[serde(skip)]
    #[cfg_attr(feature = "uniffi", uniffi(default = []))]
    pub reasons: Vec<Word>,
    /// The last touch.
    pub last_touch: Option<DateTime<Utc>>,
    /// Fields that were changed at the same time by two people; somebody has to look.
    pub conflicts: Vec<String>,
    /// People on the customer's side.
    pub contacts: Vec<ContactView>,
    /// Which of them forms name unless another is given.
    pub contact: Option<ContactId>,
    /// Installation address.
    pub address: Option<String>,
    /// Device model.
    pub model: Option<String>,
}

impl Serialize for CustomerView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            health: HealthView,
            #[serde(flatten, serialize_with = "rest")]
            view: &'a CustomerView,
        }
        #[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
        fn rest<S: Serializer>(view: &&CustomerView, serializer: S) -> Result<S::Ok, S::Error> {
            CustomerView::serialize(view, serializer)
        }
        let Health { score, red, parts, sum } = self.health.clone();
        let health = HealthView { score, red, parts, sum, reasons: self.reasons.clone() };
        Serialize::serialize(&Whole { health, view: self }, serializer)
    }
}

/// A person on the customer's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ContactView {
    /// Which.
    pub id: ContactId,
    /// Name.
    pub name: String,
    /// What they do there.
    pub position: Option<String>,
    /// What they are to the deal (N1): IT, legal, end user …
    pub role: Option<Word>,
    /// Phone number.
    pub phone: Option<String>,
}

impl Shown for ContactView {
    type Of = Contact;

    fn of(ask: &Ask<'_>, row: Row<Contact>) -> Result<Self> {
        let Contact { name, position, role, phone, .. } = row.record;
        let role = role.map(|key| Word::of(&ask.config.contact_roles, &key));
        Ok(Self { id: row.id.into(), name, position, role, phone })
    }
}

impl Ask<'_> {
    /// All that somebody has and that are not closed, reddest first.
    pub fn customers(&self) -> Result<Vec<CustomerView>> {
        self.view_customers(self.tx.customers()?)
    }

    /// One of them.
    pub fn customer(&self, id: CustomerId) -> Result<CustomerView> {
        let row = self.tx.find(id)?;
        let health = self.health_rows(Some(id))?.into_iter().next().ok_or_else(|| Error::not_found(keys::CUSTOMER_NOT_FOUND))?;
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
        Ok(self.health_rows(None)?.into_iter().map(|row| (self.score(&row), row)).collect())
    }

    fn health_rows(&self, customer: Option<CustomerId>) -> Result<Vec<HealthRow>> {
        let formula = &self.config.health;
        self.tx.health(customer, formula.window_start(self.now), self.now, formula.pause_until_next_date)
    }

    fn score(&self, row: &HealthRow) -> Health {
        let facts = Facts {
            touches: row.touches,
            evidence: row.evidence,
            last_contact: row.last_touch.unwrap_or(row.claimed_at),
            asked_for: row.next_date.map(|date| start_of_day(date, self.config.calendar.zone)),
        };
        self.config.health.score(facts, self.now)
    }

    fn view_customers(&self, rows: Vec<Row<Customer>>) -> Result<Vec<CustomerView>> {
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(health) = self.health_rows(Some(row.id.into()))?.first() {
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
        let (contacts, score) = (self.each(self.tx.contacts(id)?)?, self.score(health));
        Ok(CustomerView {
            id,
            stage,
            lead: lead.map(|lead| lead.id.into()),
            last,
            address: row.record.address,
            model: row.record.model,
            contact: row.record.contact,
            holder: self.some_person(row.record.holder),
            since: health.since,
            intent: row.record.intent,
            reasons: self.config.health.reasons(&score.parts),
            health: score,
            last_touch: health.last_touch,
            conflicts: row.conflicts,
            contacts,
            name: row.record.name,
            short: row.record.short,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;
    use crate::query::Me;
    use crate::screen::Lang;
    use crate::store::{Own, Store};
    use chuda_record::id::{DeviceId, EvidenceId, LeadId, PersonId, TouchId};
    use chuda_record::policy::Writer;
    use chuda_record::rules::Config;
    use chuda_record::time::DEFAULT_ZONE;
    use chuda_record::{Actor, ContactMode, Lead, Role, Stage, Touch};

    #[test]
    fn a_customer_who_asked_for_a_later_date_is_not_overdue_before_it_when_that_is_switched_on() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), [7; 32]).unwrap();
        let touched: DateTime<Utc> = "2026-08-24T02:00:00Z".parse().unwrap();
        let me = Me {
            id: PersonId::derived("李雷"),
            name: "李雷".into(),
            roles: vec![Role::Rep],
            zone: DEFAULT_ZONE,
            enrolled: false,
            lang: Lang::Zh,
            filed: None,
        };
        let writer = Writer::Person { id: me.id, roles: [Role::Rep].into() };
        let own = Own::new(Actor { device: DeviceId::derived("phone"), incarnation: 1 }, writer, touched);
        let customer = CustomerId::new(touched);
        store
            .write(|tx| {
                let entered = Customer { holder: Some(me.id), ..Customer::new(me.id, "杭州智联科技", touched) };
                tx.create(&own, customer, &entered)?;
                // 3 个月后再联系; the touch before it had another date.
                for (days, next_date) in [(1, "2026-12-24"), (0, "2026-11-24")] {
                    let touch = Touch {
                        evidence: [EvidenceId::derived("recording")].into(),
                        next_date: Some(next_date.parse().unwrap()),
                        ..Touch::new(
                            me.id,
                            customer,
                            ContactMode::Phone,
                            "send_material",
                            touched - TimeDelta::days(days),
                            me.zone,
                            1,
                        )
                    };
                    tx.create(&own, TouchId::new(touched), &touch)?;
                }
                Ok(())
            })
            .unwrap();
        let overdue = |config: &Config, now: &str| {
            let look = |tx: &crate::store::Tx<'_>| {
                let view = Ask::new(tx, &me, now.parse().unwrap(), config)?.customer(customer)?;
                Ok(view.health.parts.overdue_days)
            };
            store.read(look).unwrap()
        };
        let literal = Config::builtin();
        let mut pausing = literal.clone();
        pausing.health.pause_until_next_date = true;
        let eve = "2026-11-24T23:59:59+08:00";
        assert_eq!([overdue(literal, eve), overdue(&pausing, eve)], [89, 0]);
        let next_day = "2026-11-25T00:00:00+08:00";
        assert_eq!([overdue(literal, next_day), overdue(&pausing, next_day)], [89, 1]);
    }

    #[test]
    fn without_a_touch_the_days_count_from_the_claiming_however_often_the_lead_is_moved() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), [7; 32]).unwrap();
        let claimed: DateTime<Utc> = "2026-08-24T02:00:00Z".parse().unwrap();
        let me = Me {
            id: PersonId::derived("李雷"),
            name: "李雷".into(),
            roles: vec![Role::Rep],
            zone: DEFAULT_ZONE,
            enrolled: false,
            lang: Lang::Zh,
            filed: None,
        };
        let own = Own::new(Actor { device: DeviceId::derived("phone"), incarnation: 1 }, Writer::Server, claimed);
        let customer = CustomerId::derived("杭州智联科技");
        let lead = |stage, days| Lead {
            stage,
            held_at: None,
            moved_at: claimed + TimeDelta::days(days),
            ..Lead::new(me.id, customer, Some(me.id), claimed)
        };
        store
            .write(|tx| {
                let entered =
                    Customer { holder: Some(me.id), ..Customer::new(me.id, "杭州智联科技", claimed - TimeDelta::days(300)) };
                tx.create(&own, customer, &entered)?;
                tx.create(&own, LeadId::derived("lead"), &lead(Stage::Claimed, 0))?;
                tx.edit(&own, LeadId::derived("lead"), &lead(Stage::Claimed, 0), &lead(Stage::NeedConfirmed, 6))
            })
            .unwrap();
        let view = |days| {
            let now = claimed + TimeDelta::days(days);
            store.read(|tx| Ask::new(tx, &me, now, Config::builtin())?.customer(customer)).unwrap()
        };
        assert_eq!([3, 4, 7].map(|days| view(days).health.parts.overdue_days), [0, 1, 4]);
        assert_eq!(view(7).since, claimed + TimeDelta::days(6), "since when it stands so is another matter");
    }
}
