//! What is looked up to judge a write on the server: by the same function as on the phone, before anything is accepted.

use std::borrow::Cow;
use std::sync::Arc;

use chuda_evidence::key::PublicKey;
use chuda_record::id::{CustomerId, DeviceId, RecordId};
use chuda_record::policy::Lookup;
use chuda_record::rules::audience::People;
use chuda_record::rules::{Config, World};
use chuda_record::{Fields, Kind, Result};

use super::Sender;
use crate::store::{Configs, Tx};

/// The server's store, as whoever sends a change sees it.
pub(super) struct Desk<'a> {
    pub(super) tx: &'a Tx<'a>,
    pub(super) sender: Sender,
    pub(super) people: &'a Arc<People>,
    pub(super) configs: &'a Configs,
}

impl Desk<'_> {
    /// A record in the hands in which it was when the sender left, where it was handed over then.
    pub(super) fn as_sender_had_it<'f>(&self, id: RecordId, fields: &'f Fields) -> Result<Cow<'f, Fields>> {
        if !self.had(id)? {
            return Ok(Cow::Borrowed(fields));
        }
        let mut fields = fields.clone();
        let holds = if fields.contains_key("holder") { "holder" } else { "assignee" };
        fields.insert(holds.into(), self.sender.person.to_string().into());
        Ok(Cow::Owned(fields))
    }

    fn had(&self, id: RecordId) -> Result<bool> {
        Ok(self.sender.left.is_some() && self.tx.was_handed_over(self.sender.person, id)?)
    }
}

impl World for Desk<'_> {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        let Some((kind, fields)) = self.tx.record(id)? else { return Ok(None) };
        Ok(Some((kind, self.as_sender_had_it(id, &fields)?.into_owned())))
    }

    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        World::of_customer(self.tx, customer, kind)
    }
}

impl Lookup for Desk<'_> {
    fn device(&self) -> DeviceId {
        self.sender.device
    }

    fn may_read(&self, id: RecordId) -> Result<bool> {
        Ok(self.tx.may_read(id, self.sender.person)? || self.had(id)?)
    }

    fn people(&self) -> Result<Arc<People>> {
        Ok(self.people.clone())
    }

    fn config(&self, version: Option<i64>) -> Result<Arc<Config>> {
        Ok(self.configs.version(version))
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> Result<bool> {
        let key = self.tx.device(self.sender.device)?.and_then(|device| PublicKey::from_spki(&device.public_key).ok());
        Ok(key.is_some_and(|key| key.verify(message, signature).is_ok()))
    }
}
