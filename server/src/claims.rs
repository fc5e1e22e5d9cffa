//! Signed evidence claims: checked, kept for ever, witnessed by the server's clock.

use chrono::{DateTime, Utc};
use p256::ecdsa::DerSignature;
use p256::ecdsa::signature::Verifier as _;
use chuda_core::Result;
use chuda_core::id::{DeviceId, EvidenceId, Hash, PersonId};
use chuda_core::sync::protocol::{RejectedClaim, SignedClaim};

use crate::http::Device;
use crate::stores::Tx;
use crate::stores::sqlite::ClaimRow;

/// Stores the claims of an exchange and says which were refused.
///
/// A gap in the device's chain or a second claim with the same number is flagged, not refused: the claim still proves its bytes.
pub(crate) fn store(tx: &Tx<'_>, device: &Device, claims: &[SignedClaim], now: DateTime<Utc>) -> Result<Vec<RejectedClaim>> {
    let mut rejected = Vec::new();
    for signed in claims {
        let hash = Hash::of(&signed.claim);
        match verify(device, signed) {
            Ok(claim) => {
                let mut flags = Vec::new();
                let others = tx.claims_numbered(device.id, claim.sequence)?;
                if others.iter().any(|other| *other != hash) {
                    flags.push("fork");
                }
                if let Some(previous) = claim.previous
                    && !tx.claims_numbered(device.id, claim.sequence.saturating_sub(1))?.contains(&previous)
                {
                    flags.push("gap");
                }
                if claim.person != device.person {
                    flags.push("other_person");
                }
                if !flags.is_empty() {
                    tracing::warn!(device = %device.id, sequence = claim.sequence, ?flags, "claim flagged");
                }
                let row = ClaimRow {
                    hash,
                    device: device.id,
                    sequence: claim.sequence,
                    previous: claim.previous,
                    evidence: claim.evidence,
                    bytes: &signed.claim,
                    signature: &signed.signature,
                    flags: &flags.join(" "),
                };
                tx.add_claim(&row, now)?;
            }
            Err(reason) => {
                tracing::warn!(device = %device.id, reason, "claim refused");
                rejected.push(RejectedClaim { claim: hash.0, reason: reason.to_owned() });
            }
        }
    }
    Ok(rejected)
}

/// Checks one claim: in its one encoding, signed by this device's key, of this device.
fn verify(device: &Device, signed: &SignedClaim) -> std::result::Result<Claim, &'static str> {
    let claim = decode(&signed.claim).ok_or("claim.malformed")?;
    let signature = DerSignature::from_bytes(&signed.signature).map_err(|_| "signature.invalid")?;
    device.key.verify(&signed.claim, &signature).map_err(|_| "signature.invalid")?;
    if claim.device == device.id { Ok(claim) } else { Err("claim.other_device") }
}

/// What the chain needs to know of a claim.
struct Claim {
    evidence: EvidenceId,
    person: PersonId,
    device: DeviceId,
    sequence: u64,
    previous: Option<Hash>,
}

fn decode(_bytes: &[u8]) -> Option<Claim> {
    None
}
