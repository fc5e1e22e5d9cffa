//! What the server knows of itself: the epoch of its log, and the actor under which it writes.

use chuda_record::id::DeviceId;
use chuda_record::{Error, Result};
use rusqlite::named_params;

use super::database::Tx;

impl Tx<'_> {
    /// Something that is kept under a key.
    pub(super) fn meta(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.sql.one("SELECT value FROM meta WHERE key = :key", named_params! { ":key": key }, |row| row.get(0))
    }

    /// Keeps it.
    pub(super) fn set_meta(&self, key: &str, value: &[u8]) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                named_params! { ":key": key, ":value": value },
            )
            .map(drop)
    }

    /// A new epoch of the log. The server's own actor is a new one too: it may have lost track of what it wrote.
    pub(super) fn begin_epoch(&self) -> Result<()> {
        self.set_meta("epoch", &crate::random::bytes::<16>()?)?;
        self.set_meta("actor", &crate::random::bytes::<16>()?)?;
        self.configs_changed()?;
        self.devices_changed()?;
        self.people_changed()
    }

    /// The epoch of the log.
    pub(crate) fn epoch(&self) -> Result<Vec<u8>> {
        self.meta("epoch")?.ok_or_else(|| Error::internal("database.incomplete", "epoch"))
    }

    /// The installation under which the server itself writes.
    pub(crate) fn own_device(&self) -> Result<DeviceId> {
        let bytes = self.meta("actor")?;
        bytes.as_deref().and_then(DeviceId::from_slice).ok_or_else(|| Error::internal("database.incomplete", "actor"))
    }
}
