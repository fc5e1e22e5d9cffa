//! Webhooks: other systems are told of events, as [Standard Webhooks](https://www.standardwebhooks.com) has it.
//!
//! An event and one delivery per subscriber are written in the transaction of what happened; each delivery is a job, so that it is
//! tried again until it is taken, and kept aside when it never is. A receiver that has answered but whose answer was lost hears of an
//! event twice, under the same `webhook-id`.
//!
//! Only an admin says where to, and this server stands among the systems it tells: local addresses are not refused. But nothing that
//! a receiver does leads anywhere else: no redirect is followed, no answer is kept, and time and bytes are bounded.

mod event;
mod sender;
mod subscriptions;

pub use event::Event;

pub(crate) use sender::Sender;
pub(crate) use subscriptions::{Delivery, dead, deliveries, emit, forget, is_wanted, retry, subscribe, unsubscribe};
