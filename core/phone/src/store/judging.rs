//! What is looked up to judge a write on this phone: by the same function as on the server, before anything is written.

use std::borrow::Cow;
use std::sync::Arc;

use super::documents::difference;
use super::{Own, Tx};
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{CustomerId, DeviceId, RecordId};
use chuda_record::policy::{self, Lookup, Stored};
use chuda_record::rules::Config;
use chuda_record::rules::audience::People;
use chuda_record::rules::world::World;
use chuda_record::{Change, Doc, Fields, Kind, NotWritten, Record, Release};
use chuda_words::keys;

impl Tx<'_> {
    /// Whether whoever writes here may write so: what a screen asks beforehand, and every write.
    pub fn judge(&self, own: &Own, id: RecordId, kind: Kind, writes: &Fields) -> Result<(), NotWritten> {
        self.change(own, &mut self.load(id)?, id, kind, writes).map(drop)
    }

    /// The same of an edit.
    pub fn judge_edit<T: Record>(&self, own: &Own, id: impl Into<RecordId>, before: &T, after: &T) -> Result<(), NotWritten> {
        self.judge(own, id.into(), T::KIND, &difference(before, after)?)
    }

    /// Writes to a document in hand, if whoever writes may: what is judged is what will be sent, without the fields that stay as they are.
    pub(super) fn change(
        &self,
        own: &Own,
        doc: &mut Doc,
        id: RecordId,
        kind: Kind,
        writes: &Fields,
    ) -> Result<Option<Change>, NotWritten> {
        let state = doc.fields();
        let written = doc.write(own.actor, own.at, writes).map_err(|error| Error::internal("record.write", error))?;
        let Some(change) = written else { return Ok(None) };
        let before = (!state.is_empty()).then_some(&state);
        policy::judge(kind, id, before, &change.writes, &own.writer, &Here { tx: self, own })?;
        Ok(Some(change))
    }

    /// Whether whoever writes here may write a field of a record at all.
    pub fn may_write(&self, own: &Own, id: impl Into<RecordId>, field: &str) -> Result<bool> {
        let id = id.into();
        let Some((kind, fields)) = World::record(self, id)? else { return Ok(false) };
        policy::may_write(Stored { id, kind, fields: &fields }, &own.writer, field, &Here { tx: self, own })
    }

    /// One version of the configuration; none where this phone has not heard of it.
    pub fn release(&self, version: i64) -> Result<Option<Config>> {
        let shipped = Config::builtin();
        if version == shipped.version {
            return Ok(Some(shipped.clone()));
        }
        let Some(row) = self.record::<Release>(Release::id_of(version))? else { return Ok(None) };
        let config = Config::read(&row.record.content);
        config.map(Some).map_err(|_| Error::new(ErrorKind::Server, keys::CONFIG_NOT_UNDERSTOOD).with("version", version))
    }

    /// The version a record was made under (T6); the one in force where this phone does not have it.
    pub fn made_under<'c>(&self, in_force: &'c Config, version: i64) -> Result<Cow<'c, Config>> {
        if version == in_force.version {
            return Ok(Cow::Borrowed(in_force));
        }
        match self.release(version) {
            Err(error) if error.kind == ErrorKind::Server => Ok(Cow::Borrowed(in_force)),
            found => Ok(found?.map_or(Cow::Borrowed(in_force), Cow::Owned)),
        }
    }
}

/// This phone's store, as whoever writes sees it.
struct Here<'a> {
    tx: &'a Tx<'a>,
    own: &'a Own,
}

impl World for Here<'_> {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        World::record(self.tx, id)
    }

    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        self.tx.of_customer(customer, kind)
    }
}

impl Lookup for Here<'_> {
    fn device(&self) -> DeviceId {
        self.own.actor.device
    }

    /// What may not be read is not sent here.
    fn may_read(&self, id: RecordId) -> Result<bool> {
        Ok(self.tx.kind_of(id)?.is_some())
    }

    fn people(&self) -> Result<Arc<People>> {
        Ok(Arc::new(self.tx.people()?.into_iter().map(|row| (row.id.into(), row.record)).collect()))
    }

    fn config(&self, version: Option<i64>) -> Result<Arc<Config>> {
        let Some(version) = version else { return Ok(self.own.config.clone()) };
        Ok(match self.tx.made_under(&self.own.config, version)? {
            Cow::Borrowed(_) => self.own.config.clone(),
            Cow::Owned(config) => Arc::new(config),
        })
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> Result<bool> {
        Ok(self.own.key.as_ref().is_some_and(|key| key.verify(message, signature).is_ok()))
    }
}
