//! Signed claims of evidence, as they were witnessed first.

use chrono::{DateTime, Utc};
use chuda_evidence::Claim;
use chuda_record::id::{DeviceId, EvidenceId, Hash};
use chuda_record::{Evidence, Result};
use rusqlite::named_params;

use super::database::Tx;

/// A claim, as it is kept.
pub(crate) struct ClaimRow<'a> {
    pub(crate) hash: Hash,
    pub(crate) device: DeviceId,
    pub(crate) sequence: u64,
    pub(crate) previous: Option<Hash>,
    pub(crate) evidence: EvidenceId,
    pub(crate) bytes: &'a [u8],
    pub(crate) signature: &'a [u8],
    pub(crate) flags: &'a str,
}

impl Tx<'_> {
    /// Keeps a claim; false: it is there already and stays as it was witnessed first.
    pub(crate) fn add_claim(&self, row: &ClaimRow<'_>, now: DateTime<Utc>) -> Result<bool> {
        let added = self.sql.run(
            "INSERT INTO claims (hash, device, sequence, previous, evidence, bytes, signature, witnessed_at, flags)
             VALUES (:hash, :device, :sequence, :previous, :evidence, :bytes, :signature, :witnessed_at, :flags)
             ON CONFLICT DO NOTHING",
            named_params! {
                ":hash": row.hash.0,
                ":device": row.device.as_bytes(),
                ":sequence": i64::try_from(row.sequence).unwrap_or(i64::MAX),
                ":previous": row.previous.map(|hash| hash.0),
                ":evidence": row.evidence.as_bytes(),
                ":bytes": row.bytes,
                ":signature": row.signature,
                ":witnessed_at": now.timestamp_millis(),
                ":flags": row.flags,
            },
        )?;
        Ok(added > 0)
    }

    /// The claims of a device with a number.
    pub(crate) fn claims_numbered(&self, device: DeviceId, sequence: u64) -> Result<Vec<Hash>> {
        self.sql.all(
            "SELECT hash FROM claims WHERE device = :device AND sequence = :sequence",
            named_params! { ":device": device.as_bytes(), ":sequence": i64::try_from(sequence).unwrap_or(i64::MAX) },
            |row| row.get(0).map(Hash),
        )
    }

    /// When the claim that a piece of evidence names was witnessed, and its flags; none where it claims something else.
    pub(crate) fn claim_of(&self, id: EvidenceId, evidence: &Evidence) -> Result<Option<(i64, String)>> {
        let found: Option<(i64, String, Vec<u8>)> = self.sql.one(
            "SELECT witnessed_at, flags, bytes FROM claims WHERE hash = :hash AND evidence = :evidence AND device = :device",
            named_params! {
                ":hash": evidence.claim.0,
                ":evidence": id.as_bytes(),
                ":device": evidence.device.as_bytes(),
            },
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let is_its = |bytes: &[u8]| Claim::from_bytes(bytes).is_ok_and(|claim| claim.sha256 == evidence.sha256);
        Ok(found.filter(|(_, _, bytes)| is_its(bytes)).map(|(at, flags, _)| (at, flags)))
    }
}
