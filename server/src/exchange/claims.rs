//! Signed evidence claims: checked, kept for ever, witnessed by the server's clock.

use chrono::{DateTime, Utc};
use chuda_evidence::audit::About;
use chuda_evidence::claim::Source;
use chuda_evidence::{Claim, PublicKey, claim};
use chuda_record::Kind;
use chuda_record::Result;
use chuda_record::id::Hash;
use chuda_record::wire::{RejectedClaim, SignedClaim};
use chuda_words::keys;

use crate::audit::{self, Act, By, Verb};
use crate::store::{ClaimRow, Device, Tx};

/// Stores the claims of an exchange and says which were refused.
///
/// A gap in the device's chain or a second claim with the same number is flagged, not refused: the claim still proves its bytes.
pub(super) fn store(tx: &Tx<'_>, device: &Device, claims: &[SignedClaim], now: DateTime<Utc>) -> Result<Vec<RejectedClaim>> {
    let mut rejected = Vec::new();
    if claims.is_empty() {
        return Ok(rejected);
    }
    let key = PublicKey::from_spki(&device.public_key)?;
    let by = By::device(device.person, device.id);
    for signed in claims {
        let hash = Hash::of(&signed.claim);
        match verify(tx, device, &key, signed)? {
            Ok(claim) => {
                let flags = flags(tx, device, &claim, hash)?;
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
                if tx.add_claim(&row, now)? {
                    audit::log(
                        tx,
                        now,
                        &by,
                        Act::new(Verb::Witnessed).on(claim.evidence, Kind::Evidence).about(About::Claim(hash)),
                    )?;
                }
            }
            Err(reason) => {
                tracing::warn!(device = %device.id, reason, "claim refused");
                audit::log_refused_claim(tx, now, &by, hash, reason)?;
                rejected.push(RejectedClaim { claim: hash.0, reason: reason.to_owned() });
            }
        }
    }
    Ok(rejected)
}

/// Checks one claim: in its one encoding, signed by this device's key, of this device, with nothing that was taken back before.
fn verify(tx: &Tx<'_>, device: &Device, key: &PublicKey, signed: &SignedClaim) -> Result<std::result::Result<Claim, &'static str>> {
    if device.auditor {
        return Ok(Err(keys::AUDITOR_READS_ONLY));
    }
    let claim = match claim::verify(&signed.claim, &signed.signature, key) {
        Ok(claim) => claim,
        Err(error) => return Ok(Err(error.key)),
    };
    if claim.device != device.id {
        return Ok(Err("claim.other_device"));
    }
    if device.left.is_some_and(|left| claim.wall_ms > left) {
        return Ok(Err(keys::DEVICE_LEFT));
    }
    let sounds = claim.source == Source::Recording || claim.mime.is_audio();
    for (purpose, captured) in [("recording", sounds), ("location", claim.location.is_some())] {
        if captured && tx.is_withdrawn(device.id, purpose, claim.wall_ms)? {
            return Ok(Err(keys::CONSENT_WITHDRAWN));
        }
    }
    Ok(Ok(claim))
}

/// What a reader of the evidence should know of the claim's place in the chain.
fn flags(tx: &Tx<'_>, device: &Device, claim: &Claim, hash: Hash) -> Result<Vec<&'static str>> {
    let mut flags = Vec::new();
    if tx.claims_numbered(device.id, claim.sequence)?.iter().any(|other| *other != hash) {
        flags.push("chain_fork");
    }
    if let Some(previous) = claim.previous
        && !tx.claims_numbered(device.id, claim.sequence.saturating_sub(1))?.contains(&previous)
    {
        flags.push("chain_gap");
    }
    // Made before the store joined this server, under the id it had then.
    if claim.person != device.person {
        flags.push("other_person");
    }
    Ok(flags)
}
