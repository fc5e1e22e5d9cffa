//! Devices, and the codes they are enrolled with.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::{DeviceId, Hash, PersonId};
use rusqlite::{Row, named_params};

use super::database::Tx;
use super::rows::{id, optional_id, person_id};

/// An enrolled installation.
#[derive(Clone, Debug)]
pub(crate) struct DeviceRow {
    pub(crate) id: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) public_key: Vec<u8>,
    pub(crate) platform: Option<String>,
    pub(crate) enrolled_at: i64,
    pub(crate) revoked_at: Option<i64>,
    /// Of one that was revoked as its person left: until when it may send what was recorded before.
    pub(crate) sends_until: Option<i64>,
}

/// What a device may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// What its person may.
    Present,
    /// Only send what was recorded before its person left, then.
    Left(i64),
    /// Nothing.
    Revoked,
}

impl DeviceRow {
    /// What it may do now.
    pub(crate) fn standing(&self, now: DateTime<Utc>) -> Standing {
        match (self.revoked_at, self.sends_until) {
            (None, _) => Standing::Present,
            (Some(left), Some(until)) if now.timestamp_millis() < until => Standing::Left(left),
            _ => Standing::Revoked,
        }
    }
}

/// An enrolled device that may do something.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) person: PersonId,
    /// `SubjectPublicKeyInfo` of its key.
    pub(crate) public_key: Vec<u8>,
    /// Whether that person audits: may write nothing.
    pub(crate) auditor: bool,
    /// When that person left: it may only send what was recorded before.
    pub(crate) left: Option<i64>,
}

/// An enrolment code, as it is kept.
pub(crate) struct CodeRow {
    pub(crate) person: PersonId,
    pub(crate) expires_at: i64,
    pub(crate) used_by: Option<DeviceId>,
}

impl Tx<'_> {
    /// One device.
    pub(crate) fn device(&self, device: DeviceId) -> Result<Option<DeviceRow>> {
        self.sql.one(
            "SELECT id, person, public_key, platform, enrolled_at, revoked_at, sends_until FROM devices WHERE id = :device",
            named_params! { ":device": device.as_bytes() },
            device_row,
        )
    }

    /// Every device.
    pub(crate) fn devices(&self) -> Result<Vec<DeviceRow>> {
        self.sql.all(
            "SELECT id, person, public_key, platform, enrolled_at, revoked_at, sends_until FROM devices ORDER BY enrolled_at",
            [],
            device_row,
        )
    }

    /// Who has a device that is not revoked.
    pub(crate) fn people_with_device(&self) -> Result<Arc<BTreeSet<PersonId>>> {
        self.shared.caches.with_device.get(self.version("devices")?, || {
            self.sql.all("SELECT DISTINCT person FROM devices WHERE revoked_at IS NULL", [], person_id).map(BTreeSet::from_iter)
        })
    }

    /// What the state of who may call is called.
    pub(crate) fn callers_version(&self) -> Result<Vec<u8>> {
        self.version("devices")
    }

    /// Says that somebody may call who could not, or no longer may.
    pub(super) fn devices_changed(&self) -> Result<()> {
        self.set_meta("devices", &crate::random::bytes::<16>()?)
    }

    /// Adds a device.
    pub(crate) fn add_device(&self, row: &DeviceRow) -> Result<()> {
        self.sql.run(
            "INSERT INTO devices (id, person, public_key, platform, enrolled_at)
             VALUES (:id, :person, :public_key, :platform, :enrolled_at)",
            named_params! {
                ":id": row.id.as_bytes(),
                ":person": row.person.as_bytes(),
                ":public_key": row.public_key,
                ":platform": row.platform,
                ":enrolled_at": row.enrolled_at,
            },
        )?;
        self.devices_changed()
    }

    /// Revokes a device for good; false when there is none that may do anything.
    pub(crate) fn revoke_device(&self, device: DeviceId, now: DateTime<Utc>) -> Result<bool> {
        let changed = self.sql.run(
            "UPDATE devices SET revoked_at = coalesce(revoked_at, :now), sends_until = NULL
             WHERE id = :device AND (revoked_at IS NULL OR sends_until IS NOT NULL)",
            named_params! { ":device": device.as_bytes(), ":now": now.timestamp_millis() },
        )?;
        self.devices_changed()?;
        Ok(changed > 0)
    }

    /// Revokes the devices of somebody who leaves, who may still send for a while, and the codes for further ones. Gives the devices.
    pub(crate) fn revoke_devices_of(&self, person: PersonId, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<DeviceId>> {
        let (now, until) = (now.timestamp_millis(), until.timestamp_millis());
        let revoked = self.sql.all(
            "UPDATE devices SET revoked_at = :now, sends_until = :until WHERE person = :person AND revoked_at IS NULL RETURNING id",
            named_params! { ":person": person.as_bytes(), ":now": now, ":until": until },
            |row| id(row, 0, DeviceId::from_slice),
        )?;
        self.sql.run(
            "UPDATE codes SET expires_at = min(expires_at, :now) WHERE person = :person",
            named_params! { ":person": person.as_bytes(), ":now": now },
        )?;
        self.devices_changed()?;
        Ok(revoked)
    }

    /// Ends what somebody's devices could still send.
    pub(crate) fn end_sending_of(&self, person: PersonId) -> Result<()> {
        let values = named_params! { ":person": person.as_bytes() };
        self.sql.run("UPDATE devices SET sends_until = NULL WHERE person = :person", values)?;
        self.devices_changed()
    }

    /// Keeps an enrolment code.
    pub(crate) fn add_code(&self, hash: Hash, person: PersonId, expires_at: i64) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO codes (hash, person, expires_at) VALUES (:hash, :person, :expires_at)",
                named_params! { ":hash": hash.0, ":person": person.as_bytes(), ":expires_at": expires_at },
            )
            .map(drop)
    }

    /// Finds an enrolment code.
    pub(crate) fn code(&self, hash: Hash) -> Result<Option<CodeRow>> {
        self.sql.one("SELECT person, expires_at, used_by FROM codes WHERE hash = :hash", named_params! { ":hash": hash.0 }, |row| {
            Ok(CodeRow { person: person_id(row)?, expires_at: row.get(1)?, used_by: optional_id(row, 2, DeviceId::from_slice)? })
        })
    }

    /// Marks a code as used.
    pub(crate) fn use_code(&self, hash: Hash, device: DeviceId) -> Result<()> {
        self.sql
            .run(
                "UPDATE codes SET used_by = :device WHERE hash = :hash",
                named_params! { ":hash": hash.0, ":device": device.as_bytes() },
            )
            .map(drop)
    }

    /// Notes a failed enrolment.
    pub(crate) fn add_enrol_failure(&self, address: &str, now: i64) -> Result<()> {
        self.sql
            .run(
                "INSERT INTO enrol_failures (address, at) VALUES (:address, :at)",
                named_params! { ":address": address, ":at": now },
            )
            .map(drop)
    }

    /// How many enrolments from an address failed since then.
    pub(crate) fn enrol_failures(&self, address: &str, since: i64) -> Result<u32> {
        let count = self.sql.one(
            "SELECT count(*) FROM enrol_failures WHERE address = :address AND at >= :since",
            named_params! { ":address": address, ":since": since },
            |row| row.get(0),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// Forgets failed enrolments from before then.
    pub(crate) fn forget_enrol_failures(&self, before: i64) -> Result<()> {
        self.sql.run("DELETE FROM enrol_failures WHERE at < :before", named_params! { ":before": before }).map(drop)
    }

    /// Whether a signed request is made for the first time, which is noted until its signature has run out.
    pub(crate) fn is_first(&self, mark: Hash, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool> {
        self.sql.run("DELETE FROM requests WHERE until < :now", named_params! { ":now": now.timestamp_millis() })?;
        let sql = "INSERT INTO requests (mark, until) VALUES (:mark, :until) ON CONFLICT (mark) DO NOTHING";
        Ok(self.sql.run(sql, named_params! { ":mark": mark.0, ":until": until.timestamp_millis() })? > 0)
    }
}

fn device_row(row: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    Ok(DeviceRow {
        id: id(row, 0, DeviceId::from_slice)?,
        person: id(row, 1, PersonId::from_slice)?,
        public_key: row.get(2)?,
        platform: row.get(3)?,
        enrolled_at: row.get(4)?,
        revoked_at: row.get(5)?,
        sends_until: row.get(6)?,
    })
}
