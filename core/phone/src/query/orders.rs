//! Work orders (B3, H3): for whom, what and where; and when delivery, service and training come.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::Ask;
use super::dialect::names_its_customer;
use super::view::{ContactView, ContractRef, ItemState, PersonView, Word};
use crate::store::Row;
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, OrderId};
use chuda_record::{Contract, Order, Role};
use chuda_words::keys;

/// Most work orders that are listed.
const LISTED: u32 = 500;

/// A work order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct OrderView {
    /// Which.
    pub id: OrderId,
    /// For whom.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The customer's name.
    #[serde(skip)]
    pub customer_name: String,
    /// The sales rep whose contract it is for.
    #[serde(rename = "author")]
    pub person: PersonView,
    /// The contract.
    pub contract: Option<ContractRef>,
    /// Who does it,
    pub assignee: Option<PersonView>,
    /// or the role of those of whom one does.
    pub role: Option<Role>,
    /// The customer's contact person.
    pub contact: Option<ContactView>,
    /// Device model.
    pub model: Option<String>,
    /// Installation address.
    pub address: Option<String>,
    /// The service that sales promised.
    pub promised_service: Option<Word>,
    /// The service that delivery finds is needed.
    pub needed_service: Option<Word>,
    /// Where it stands.
    pub status: Word,
    /// When delivery comes.
    pub delivery_on: Option<NaiveDate>,
    /// Whom the customer calls afterwards.
    pub service_contact: Option<String>,
    /// The first training.
    pub training_on: Option<NaiveDate>,
    /// Free text.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// Fields that were changed at the same time by two people.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

names_its_customer!(OrderView);

impl Ask<'_> {
    /// Work orders that this person sees, newest first.
    pub fn orders(&self, only_open: bool) -> Result<Vec<OrderView>> {
        self.tx.list::<Order>(None, only_open, LISTED)?.into_iter().map(|row| self.view_order(row)).collect()
    }

    /// One of them.
    pub fn order(&self, id: OrderId) -> Result<OrderView> {
        let row = self.tx.record::<Order>(id)?.ok_or_else(|| Error::not_found(keys::ORDER_NOT_FOUND))?;
        self.view_order(row)
    }

    fn view_order(&self, row: Row<Order>) -> Result<OrderView> {
        let Row { id, record: order, conflicts } = row;
        let contract = order.contract.map_or(Ok(None), |contract| self.tx.record::<Contract>(contract))?.map(|row| row.record);
        let service = |key: &str| Word::of(&self.config.services, key);
        Ok(OrderView {
            id: id.into(),
            customer: order.customer,
            customer_name: self.name_of(Some(order.customer))?.unwrap_or_default(),
            person: self.person(order.author),
            promised_service: contract.as_ref().and_then(|contract| contract.promised_service.as_deref()).map(service),
            contract: order.contract.map(|id| ContractRef { id, number: contract.map(|contract| contract.number) }),
            assignee: order.assignee.map(|person| self.person(person)),
            role: order.role,
            contact: self.contact(order.contact)?,
            needed_service: order.needed_service.as_deref().map(service),
            status: Word::of(&self.config.order_states, &order.status),
            created_at: order.origin.created_at,
            state: self.state(id, &conflicts)?,
            conflicts,
            model: order.model,
            address: order.address,
            delivery_on: order.delivery_on,
            service_contact: order.service_contact,
            training_on: order.training_on,
            note: order.note,
            done_at: order.done_at,
        })
    }
}
