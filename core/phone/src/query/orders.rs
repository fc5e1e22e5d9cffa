//! Work orders (B3, H3): for whom, what and where; and when delivery, service and training come.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{ContactView, ContractRef, ItemState, PersonView, Word};
use super::{Ask, Shown};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, OrderId};
use chuda_record::{Contract, Order, Role};

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

impl Shown for OrderView {
    type Of = Order;

    fn of(ask: &Ask<'_>, row: Row<Order>) -> Result<Self> {
        let Row { id, record: order, conflicts } = row;
        let contract = order.contract.map_or(Ok(None), |contract| ask.tx.record::<Contract>(contract))?.map(|row| row.record);
        let service = |key: &str| Word::of(&ask.config.services, key);
        Ok(Self {
            id: id.into(),
            customer: order.customer,
            customer_name: ask.customer_name(order.customer)?,
            person: ask.person(order.author),
            promised_service: contract.as_ref().and_then(|contract| contract.promised_service.as_deref()).map(service),
            contract: order.contract.map(|id| ContractRef { id, number: contract.map(|contract| contract.number) }),
            assignee: ask.some_person(order.assignee),
            role: order.role,
            contact: ask.contact(order.contact)?,
            needed_service: order.needed_service.as_deref().map(service),
            status: Word::of(&ask.config.order_states, &order.status),
            created_at: order.origin.created_at,
            state: ask.state(id, &conflicts)?,
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
