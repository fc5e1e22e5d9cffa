//! The chain of evidence claims: in place at once, signed from a queue, witnessed by the server.

use chrono::{DateTime, Utc};

use super::Tx;
use chuda_record::error::Result;
use chuda_record::id::{EvidenceId, Hash};
use chuda_record::time::{from_millis, to_millis};

/// A claim in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredClaim {
    /// Its place, from 1.
    pub sequence: u64,
    /// The evidence.
    pub evidence: EvidenceId,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Canonical CBOR.
    pub bytes: Vec<u8>,
    /// DER, once the key has signed.
    pub signature: Option<Vec<u8>>,
    /// When the server first saw it.
    pub witnessed_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "sequence, evidence, hash, bytes, signature, witnessed_at";

impl Tx<'_> {
    /// The last place taken and the hash there.
    pub fn chain_end(&self) -> Result<Option<(u64, Hash)>> {
        self.0
            .one("SELECT sequence, hash FROM claims ORDER BY sequence DESC LIMIT 1", [], |row| Ok((row.get(0)?, Hash(row.get(1)?))))
    }

    /// Appends a claim.
    pub fn append_claim(&self, claim: &StoredClaim) -> Result<()> {
        self.run(
            "INSERT INTO claims (sequence, evidence, hash, bytes) VALUES (?1, ?2, ?3, ?4)",
            (claim.sequence, claim.evidence.as_bytes(), claim.hash.0, &claim.bytes),
        )
    }

    /// Claims without a signature, in order.
    pub fn unsigned_claims(&self, limit: u32) -> Result<Vec<StoredClaim>> {
        self.claims(&format!("SELECT {COLUMNS} FROM claims WHERE signature IS NULL ORDER BY sequence LIMIT ?1"), [limit])
    }

    /// Notes a signature.
    pub fn set_signature(&self, sequence: u64, signature: &[u8]) -> Result<()> {
        self.run("UPDATE claims SET signature = ?2 WHERE sequence = ?1", (sequence, signature))
    }

    /// Signed claims that the server has not seen, in order.
    pub fn unwitnessed_claims(&self, limit: u32) -> Result<Vec<StoredClaim>> {
        self.claims(
            &format!(
                "SELECT {COLUMNS} FROM claims WHERE witnessed_at IS NULL AND rejected IS NULL AND signature IS NOT NULL ORDER BY sequence LIMIT ?1"
            ),
            [limit],
        )
    }

    /// Notes that the server has seen claims.
    pub fn witness(&self, hash: Hash, at: DateTime<Utc>) -> Result<()> {
        self.run("UPDATE claims SET witnessed_at = ?2 WHERE hash = ?1 AND witnessed_at IS NULL", (hash.0, to_millis(at)))
    }

    /// Notes that the server refused a claim.
    pub fn reject_claim(&self, hash: Hash, reason: &str) -> Result<()> {
        self.run("UPDATE claims SET rejected = ?2 WHERE hash = ?1", (hash.0, reason))
    }

    /// Offers every claim again: after the server was restored from a backup.
    pub fn offer_claims_again(&self) -> Result<()> {
        self.run("UPDATE claims SET witnessed_at = NULL, rejected = NULL", [])
    }

    /// The claim of one piece of evidence, if this installation made it.
    pub fn claim_of(&self, evidence: EvidenceId) -> Result<Option<StoredClaim>> {
        let claims = self.claims(&format!("SELECT {COLUMNS} FROM claims WHERE evidence = ?1"), [evidence.as_bytes()])?;
        Ok(claims.into_iter().next())
    }

    /// A part of the chain, in order.
    pub fn chain(&self, from: u64, to: u64) -> Result<Vec<StoredClaim>> {
        self.claims(&format!("SELECT {COLUMNS} FROM claims WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence"), [from, to])
    }

    fn claims<P: rusqlite::Params>(&self, sql: &str, params: P) -> Result<Vec<StoredClaim>> {
        self.0.all(sql, params, |row| {
            Ok(StoredClaim {
                sequence: row.get(0)?,
                evidence: super::projection::record_id(row, 1)?.into(),
                hash: Hash(row.get(2)?),
                bytes: row.get(3)?,
                signature: row.get(4)?,
                witnessed_at: row.get::<_, Option<i64>>(5)?.map(from_millis),
            })
        })
    }
}
