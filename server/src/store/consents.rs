//! Consents, as the ledgers of devices say.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::{DeviceId, PersonId};
use chuda_record::wire::ConsentNote;
use rusqlite::named_params;

use super::database::Tx;
use super::rows::id;

/// A consent, as it is kept.
pub(crate) struct ConsentRow {
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) note: ConsentNote,
    pub(crate) received_at: i64,
}

impl Tx<'_> {
    /// Keeps a consent; false when it was known, or the device has told `most` already.
    pub(crate) fn add_consent(
        &self,
        (device, person): (DeviceId, PersonId),
        note: &ConsentNote,
        now: DateTime<Utc>,
        most: i64,
    ) -> Result<bool> {
        let added = self.sql.run(
            "INSERT INTO consents (device, person, purpose, at, given, version, received_at)
             SELECT :device, :person, :purpose, :at, :given, :version, :now
             WHERE (SELECT count(*) FROM consents WHERE device = :device) < :most
             ON CONFLICT DO NOTHING",
            named_params! {
                ":device": device.as_bytes(),
                ":person": person.as_bytes(),
                ":purpose": note.purpose,
                ":at": note.at,
                ":given": note.given,
                ":version": note.version,
                ":now": now.timestamp_millis(),
                ":most": most,
            },
        )?;
        Ok(added > 0)
    }

    /// Whether a consent was taken back on a device at a time. One that was never told of, was not.
    pub(crate) fn is_withdrawn(&self, device: DeviceId, purpose: &str, at: i64) -> Result<bool> {
        let given: Option<bool> = self.sql.one(
            "SELECT given FROM consents WHERE device = :device AND purpose = :purpose AND at <= :at ORDER BY at DESC, n DESC LIMIT 1",
            named_params! { ":device": device.as_bytes(), ":purpose": purpose, ":at": at },
            |row| row.get(0),
        )?;
        Ok(given == Some(false))
    }

    /// Consents, those told of last first.
    pub(crate) fn consents(&self, most: usize) -> Result<Vec<ConsentRow>> {
        let sql = "SELECT device, person, purpose, at, given, version, received_at FROM consents ORDER BY n DESC LIMIT :most";
        self.sql.all(sql, named_params! { ":most": most as i64 }, |row| {
            Ok(ConsentRow {
                device: id(row, 0, DeviceId::from_slice)?,
                person: id(row, 1, PersonId::from_slice)?,
                note: ConsentNote { purpose: row.get(2)?, at: row.get(3)?, given: row.get(4)?, version: row.get(5)? },
                received_at: row.get(6)?,
            })
        })
    }
}
