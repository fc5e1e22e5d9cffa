//! Records that devices made under ids that follow from something, and how one is taken out again.

use chuda_record::Result;
use chuda_record::id::{DeviceId, RecordId};
use rusqlite::named_params;

use super::database::Tx;
use super::dialect::is_derived;
use super::inboxes::InboxRow;
use super::rows::{id, record_id};

/// Under which key it is noted that no record is under an id that is not its own.
const KEPT: &str = "ids";

impl Tx<'_> {
    /// Whether every record is known to be under an id of its own.
    pub(crate) fn are_ids_kept(&self) -> Result<bool> {
        Ok(self.meta(KEPT)?.is_some())
    }

    /// Notes that it is so.
    pub(crate) fn keep_ids(&self) -> Result<()> {
        self.set_meta(KEPT, &[])
    }

    /// Which device made a record; none where the server did.
    pub(crate) fn maker(&self, record: RecordId) -> Result<Option<DeviceId>> {
        self.sql.one(
            "SELECT d.id FROM (SELECT device FROM changes WHERE document = :record ORDER BY n LIMIT 1) first
             JOIN devices d ON d.id = first.device",
            named_params! { ":record": record.as_bytes() },
            |row| id(row, 0, DeviceId::from_slice),
        )
    }

    /// Records under ids that follow from something whose first change came from a device.
    pub(crate) fn derived_by_devices(&self) -> Result<Vec<RecordId>> {
        let derived = is_derived("d.id");
        self.sql.all(
            &format!(
                "SELECT d.id FROM documents d WHERE {derived}
                 AND (SELECT c.device FROM changes c WHERE c.document = d.id ORDER BY c.n LIMIT 1) IN (SELECT id FROM devices)"
            ),
            [],
            record_id,
        )
    }

    /// Takes a record out: its changes are kept as refused ones, whoever reads it is told that it is gone.
    pub(crate) fn set_aside(&self, record: RecordId, reason: &str) -> Result<()> {
        self.sql.run(
            "INSERT INTO quarantine (document, hash, device, reason, bytes, received_at)
             SELECT document, hash, device, :reason, bytes, received_at FROM changes WHERE document = :record
             ON CONFLICT DO NOTHING",
            named_params! { ":record": record.as_bytes(), ":reason": reason },
        )?;
        let readers = self.readers(record)?;
        for sql in [
            "DELETE FROM inbox WHERE document = :record",
            "DELETE FROM changes WHERE document = :record",
            "DELETE FROM readers WHERE document = :record",
            "DELETE FROM touch_evidence WHERE touch = :record OR evidence = :record",
            "DELETE FROM documents WHERE id = :record",
        ] {
            self.sql.run(sql, named_params! { ":record": record.as_bytes() })?;
        }
        let with_device = self.people_with_device()?;
        readers
            .intersection(&with_device)
            .try_for_each(|person| self.deliver(*person, &[InboxRow { document: record, change: None, origin: None }]))
    }
}
