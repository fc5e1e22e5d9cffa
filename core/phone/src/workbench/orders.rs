//! Work orders (B3, H3): taken, scheduled, done.

use chrono::NaiveDate;

use super::{Workbench, check_length, contracts, typed};
use crate::query::view::OrderView;
use crate::store::Own;
use chuda_record::Order;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::OrderId;
use chuda_words::keys;

/// When delivery, service and training come (H3). What is not given stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// When delivery comes.
    pub delivery_on: Option<NaiveDate>,
    /// Whom the customer calls afterwards.
    pub service_contact: Option<String>,
    /// The first training.
    pub training_on: Option<NaiveDate>,
    /// Free text.
    pub note: Option<String>,
}

impl Workbench {
    /// Work orders that this person sees, newest first: those that are to be done, or all.
    pub fn orders(&self, only_open: bool) -> Result<Vec<OrderView>> {
        self.0.ask(|ask| ask.orders(only_open))
    }

    /// One work order.
    pub fn order(&self, id: OrderId) -> Result<OrderView> {
        self.0.ask(|ask| ask.order(id))
    }

    /// Takes a work order on.
    pub fn take_order(&self, id: OrderId) -> Result<OrderView> {
        let me = self.0.me().id;
        self.change_order(id, |_, order| Ok(Order { assignee: Some(me), ..order }))
    }

    /// Sets delivery, service contact and first training, all or some of them (H3). Once all three are known, pre-sales, delivery and the
    /// sales rep are told, and again when one of them changes.
    pub fn schedule_order(&self, id: OrderId, schedule: Schedule) -> Result<OrderView> {
        let [service_contact, note] = [schedule.service_contact, schedule.note].map(typed);
        check_length(service_contact.as_ref(), "service_contact")?;
        check_length(note.as_ref(), "note")?;
        let days = schedule.delivery_on.is_some() || schedule.training_on.is_some();
        if !days && service_contact.is_none() && note.is_none() {
            return Err(Error::invalid(keys::ORDER_NOTHING_TO_SCHEDULE));
        }
        self.change_order(id, |_, order| {
            Ok(Order {
                delivery_on: schedule.delivery_on.or(order.delivery_on),
                training_on: schedule.training_on.or(order.training_on),
                service_contact: service_contact.or(order.service_contact),
                note: note.or(order.note),
                ..order
            })
        })
    }

    /// Notes the service that delivery finds is needed (B5): a word or key of the list.
    pub fn need_service(&self, id: OrderId, word: &str) -> Result<OrderView> {
        let service = contracts::service(&self.0.config(), word)?;
        self.change_order(id, |_, order| Ok(Order { needed_service: Some(service), ..order }))
    }

    /// Ends a work order: it is delivered.
    pub fn finish_order(&self, id: OrderId) -> Result<OrderView> {
        self.change_order(id, |own, order| Ok(Order { done_at: Some(own.at), ..order }))
    }

    fn change_order(&self, id: OrderId, change: impl FnOnce(&Own, Order) -> Result<Order>) -> Result<OrderView> {
        self.0.act(
            |tx, own| {
                let before = tx.record::<Order>(id)?.ok_or_else(|| Error::not_found(keys::ORDER_NOT_FOUND))?.record;
                if !tx.may_write(own, id, "assignee")? {
                    return Err(Error::new(ErrorKind::NotAllowed, keys::ORDER_NOT_YOURS));
                }
                if before.done_at.is_some() {
                    return Err(Error::invalid(keys::ORDER_DONE_ALREADY));
                }
                tx.edit(own, id, &before, &change(own, before.clone())?)
            },
            |ask, ()| ask.order(id),
        )
    }
}
