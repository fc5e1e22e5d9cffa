//! Electronic signatures of contracts (B3): by the rep's device key, checked against the key it enrolled with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chuda_evidence::PublicKey;
use chuda_record::id::{DeviceId, RecordId};
use chuda_record::rules::config::Provider;
use chuda_record::{Contract, Fields, Result, Scalar, from_fields};

use super::{Ingest, Sender};

/// Whether a change signs a contract properly: it is ready to be signed, and the signature is by the sender's own key over what is agreed.
pub(super) fn check(ingest: &Ingest<'_>, sender: Sender, document: RecordId, before: &Fields, writes: &Fields) -> Result<bool> {
    if ingest.config().signature != Provider::Device {
        return Ok(false);
    }
    let mut signed = before.clone();
    signed.extend(writes.clone());
    let Ok(contract) = from_fields::<Contract>(&signed) else { return Ok(false) };
    let (Some(at), Some(signature)) = (contract.signed_at, &contract.signature) else { return Ok(false) };
    let device = contract.signed_with.as_deref().and_then(|device| device.parse::<DeviceId>().ok());
    let ready = before.get("status").and_then(Scalar::as_text) == Some("signing");
    if !ready || device != Some(sender.device) || contract.signed_by != Some(sender.person) {
        return Ok(false);
    }
    let key = ingest.tx().device(sender.device)?.and_then(|device| PublicKey::from_spki(&device.public_key).ok());
    let (Some(key), Ok(signature)) = (key, BASE64.decode(signature)) else { return Ok(false) };
    Ok(key.verify(&contract.to_sign(document.into(), at, sender.device), &signature).is_ok())
}
