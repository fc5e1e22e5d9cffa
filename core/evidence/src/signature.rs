//! Requests signed by the device key: HTTP Message Signatures (RFC 9421) with ECDSA P-256, over a fixed set of components.
//!
//! Covered are method, path with query, the digest of the body (RFC 9530) and the time. The key is named by the device's id.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use p256::ecdsa::Signature;
use sha2::{Digest as _, Sha256};

use chuda_record::Error;
use chuda_record::id::DeviceId;

use crate::key::PublicKey;

/// How far the time of a request may be from the server's. A phone whose clock is off learns the server's time from the refusal.
pub const MAX_SKEW: TimeDelta = TimeDelta::minutes(5);

const LABEL: &str = "sig1";
const COMPONENTS: &str = r#"("@method" "@path" "@query" "content-digest")"#;

/// Why a request is not accepted as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing or not of the expected form.
    #[error("signature headers missing or malformed")]
    Malformed,
    /// The body is not the one that was signed.
    #[error("body does not match its digest")]
    Digest,
    /// The signature is not by that key.
    #[error("signature does not match")]
    Mismatch,
    /// The time is more than [`MAX_SKEW`] off.
    #[error("time of the request too far off")]
    Skew,
}

impl From<SignatureError> for Error {
    fn from(error: SignatureError) -> Self {
        Self::internal("signature.failed", error)
    }
}

/// The parts of a request that are signed.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// `GET`, `POST` …
    pub method: &'a str,
    /// Absolute path.
    pub path: &'a str,
    /// Query without the question mark; empty if there is none.
    pub query: &'a str,
}

/// The headers of a signed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headers {
    /// `Content-Digest`.
    pub content_digest: String,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

/// A request whose signature is still to be checked against the device's key.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Which device says that it signed.
    pub device: DeviceId,
    /// When.
    pub created: DateTime<Utc>,
    base: String,
    signature: Signature,
}

/// `Content-Digest` of a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64.encode(Sha256::digest(body)))
}

/// Signs a request. `sign` gets the bytes to sign and returns an ECDSA signature in DER, as hardware keys do.
pub fn sign<E>(
    target: Target<'_>,
    body: &[u8],
    device: DeviceId,
    created: DateTime<Utc>,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Headers, E>
where
    E: From<SignatureError>,
{
    let content_digest = content_digest(body);
    let params = params(device, created);
    let der = sign(base(target, &content_digest, &params).as_bytes())?;
    let signature = Signature::from_der(&der).map_err(|_| SignatureError::Malformed)?;
    Ok(Headers {
        content_digest,
        signature_input: format!("{LABEL}={params}"),
        signature: format!("{LABEL}=:{}:", BASE64.encode(signature.to_bytes())),
    })
}

/// Takes the headers apart and checks the body against its digest.
pub fn parse(target: Target<'_>, body: &[u8], headers: &Headers) -> Result<Claimed, SignatureError> {
    let claimed = parse_streamed(target, headers)?;
    if content_digest(body) == headers.content_digest { Ok(claimed) } else { Err(SignatureError::Digest) }
}

/// Takes the headers apart where the body is checked by other means, such as the hash of a blob that arrives in pieces.
pub fn parse_streamed(target: Target<'_>, headers: &Headers) -> Result<Claimed, SignatureError> {
    let malformed = SignatureError::Malformed;
    let params = headers.signature_input.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix('=')).ok_or(malformed)?;
    let rest = params.strip_prefix(COMPONENTS).and_then(|rest| rest.strip_prefix(";created=")).ok_or(malformed)?;
    let (created, rest) = rest.split_once(";keyid=\"").ok_or(malformed)?;
    let device = rest.strip_suffix("\";alg=\"ecdsa-p256-sha256\"").ok_or(malformed)?;
    let created = created.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or(malformed)?;
    let signature =
        headers.signature.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix("=:")?.strip_suffix(':')).ok_or(malformed)?;
    let signature = BASE64.decode(signature).map_err(|_| malformed)?;
    Ok(Claimed {
        device: device.parse().map_err(|_| malformed)?,
        created,
        base: base(target, &headers.content_digest, params),
        signature: Signature::from_slice(&signature).map_err(|_| malformed)?,
    })
}

impl Claimed {
    /// Checks the signature and the time.
    pub fn verify(&self, key: &PublicKey, now: DateTime<Utc>) -> Result<(), SignatureError> {
        key.verify(self.base.as_bytes(), self.signature.to_der().as_bytes()).map_err(|_| SignatureError::Mismatch)?;
        if (now - self.created).abs() > MAX_SKEW { Err(SignatureError::Skew) } else { Ok(()) }
    }
}

fn params(device: DeviceId, created: DateTime<Utc>) -> String {
    format!("{COMPONENTS};created={};keyid=\"{device}\";alg=\"ecdsa-p256-sha256\"", created.timestamp())
}

fn base(target: Target<'_>, content_digest: &str, params: &str) -> String {
    let Target { method, path, query } = target;
    format!(
        "\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {content_digest}\n\"@signature-params\": {params}"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::{Signer as _, SoftwareKey};

    fn signed(body: &[u8], at: DateTime<Utc>) -> (SoftwareKey, DeviceId, Headers) {
        let key = SoftwareKey::generate();
        let device = DeviceId::derived("device");
        let target = Target { method: "POST", path: "/sync", query: "" };
        let headers = sign(target, body, device, at, |bytes| key.sign(bytes).map_err(|_| SignatureError::Malformed));
        (key, device, headers.unwrap())
    }

    proptest! {
        #[test]
        fn a_signed_request_is_accepted_and_any_other_is_not(body: Vec<u8>, other: Vec<u8>) {
            let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
            let (key, device, headers) = signed(&body, now);
            let target = Target { method: "POST", path: "/sync", query: "" };
            let claimed = parse(target, &body, &headers).unwrap();
            prop_assert_eq!(claimed.device, device);
            prop_assert_eq!(claimed.verify(&key.public_key(), now), Ok(()));
            prop_assert_eq!(claimed.verify(&key.public_key(), now + MAX_SKEW + TimeDelta::seconds(1)), Err(SignatureError::Skew));
            if other != body {
                prop_assert_eq!(parse(target, &other, &headers).unwrap_err(), SignatureError::Digest);
            }
            for target in [Target { method: "GET", ..target }, Target { path: "/syn", ..target }, Target { query: "a=1", ..target }] {
                let claimed = parse(target, &body, &headers).unwrap();
                prop_assert_eq!(claimed.verify(&key.public_key(), now), Err(SignatureError::Mismatch));
            }
        }
    }
}
