//! Requests signed by the device key: HTTP Message Signatures (RFC 9421) with ECDSA P-256.
//!
//! Covered are method, path with query, the digest of the body (RFC 9530), whatever header says what is to be done with it, the time, and
//! a nonce. The key is named by the device's id. Of the two forms that ECDSA gives every signature, the one with the low S is taken.
//!
//! Phones of before sign without headers and nonce and in either form: they are known by the missing tag, and believed as ever. Nobody but
//! the key's holder can make such a signature, and none can be made of one with the tag, which is signed itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use p256::ecdsa::Signature;
use sha2::{Digest as _, Sha256};

use chuda_record::Error;
use chuda_record::id::{DeviceId, Hash};

use crate::key::PublicKey;

/// How far the time of a request may be from the server's. A phone whose clock is off learns the server's time from the refusal.
pub const MAX_SKEW: TimeDelta = TimeDelta::minutes(5);

/// The headers that are signed where a request has them.
pub const COVERED: [&str; 5] = ["content-type", "tus-resumable", "upload-length", "upload-metadata", "upload-offset"];

const LABEL: &str = "sig1";
const COMPONENTS: &str = r#""@method" "@path" "@query" "content-digest""#;
/// Tells a signature that covers all this.
const TAG: &str = "chuda-2";
/// Most characters of a nonce.
const MAX_NONCE: usize = 64;

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
    /// Those of its headers that are [`COVERED`], in that order.
    pub headers: &'a [(&'static str, String)],
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
    has_nonce: bool,
    signature: Signature,
}

/// `Content-Digest` of a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64.encode(Sha256::digest(body)))
}

/// Signs a request, whose nonce nobody has used before. `sign` gets the bytes to sign and returns an ECDSA signature in DER, as hardware
/// keys do.
pub fn sign<E>(
    target: Target<'_>,
    body: &[u8],
    device: DeviceId,
    created: DateTime<Utc>,
    nonce: &str,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<Headers, E>
where
    E: From<SignatureError>,
{
    let content_digest = content_digest(body);
    let params = format!("({}){};nonce=\"{nonce}\";tag=\"{TAG}\"", components(target.headers), attributes(device, created));
    let der = sign(base(target, &content_digest, &params).as_bytes())?;
    let signature = Signature::from_der(&der).map_err(|_| SignatureError::Malformed)?.normalize_s();
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
    let (components, attributes) = params.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or(malformed)?;
    let tagged = attributes
        .strip_suffix(&format!("\";tag=\"{TAG}\""))
        .map(|rest| rest.split_once(";nonce=\"").ok_or(malformed))
        .transpose()?;
    let (attributes, nonce) = tagged.map_or((attributes, None), |(attributes, nonce)| (attributes, Some(nonce)));
    // Only a tagged one covers headers; and if so, all of them.
    let target = if nonce.is_some() { target } else { Target { headers: &[], ..target } };
    if components != self::components(target.headers) || nonce.is_some_and(|nonce| !is_nonce(nonce)) {
        return Err(malformed);
    }
    let (created, rest) = attributes.strip_prefix(";created=").and_then(|rest| rest.split_once(";keyid=\"")).ok_or(malformed)?;
    let device = rest.strip_suffix("\";alg=\"ecdsa-p256-sha256\"").ok_or(malformed)?;
    let created = created.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).ok_or(malformed)?;
    let signature =
        headers.signature.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix("=:")?.strip_suffix(':')).ok_or(malformed)?;
    let signature = BASE64.decode(signature).map_err(|_| malformed)?;
    let signature = Signature::from_slice(&signature).map_err(|_| malformed)?;
    if nonce.is_some() && signature != signature.normalize_s() {
        return Err(malformed);
    }
    Ok(Claimed {
        device: device.parse().map_err(|_| malformed)?,
        created,
        base: base(target, &headers.content_digest, params),
        has_nonce: nonce.is_some(),
        signature,
    })
}

impl Claimed {
    /// Checks the signature and the time.
    pub fn verify(&self, key: &PublicKey, now: DateTime<Utc>) -> Result<(), SignatureError> {
        key.verify(self.base.as_bytes(), self.signature.to_der().as_bytes()).map_err(|_| SignatureError::Mismatch)?;
        if (now - self.created).abs() > MAX_SKEW { Err(SignatureError::Skew) } else { Ok(()) }
    }

    /// What tells this request from every other, however often it is sent: all that is signed of it, its nonce among it. A phone of before
    /// had none, and says the same twice in a second.
    pub fn mark(&self) -> Option<Hash> {
        self.has_nonce.then(|| Hash::of(self.base.as_bytes()))
    }

    /// Until when it can be sent again and be believed.
    pub fn good_until(&self) -> DateTime<Utc> {
        self.created + MAX_SKEW
    }
}

fn attributes(device: DeviceId, created: DateTime<Utc>) -> String {
    format!(";created={};keyid=\"{device}\";alg=\"ecdsa-p256-sha256\"", created.timestamp())
}

/// What is covered, as it stands in the list.
fn components(headers: &[(&'static str, String)]) -> String {
    headers.iter().fold(COMPONENTS.to_owned(), |list, (name, _)| format!("{list} \"{name}\""))
}

fn is_nonce(nonce: &str) -> bool {
    (1..=MAX_NONCE).contains(&nonce.len()) && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn base(target: Target<'_>, content_digest: &str, params: &str) -> String {
    let Target { method, path, query, headers } = target;
    let headers: Vec<String> = headers.iter().map(|(name, value)| format!("\"{name}\": {value}\n")).collect();
    let headers = headers.concat();
    format!(
        "\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {content_digest}\n{headers}\"@signature-params\": {params}"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::{Signer as _, SoftwareKey};

    const AT: i64 = 1_700_000_000;

    fn headers(offset: &str) -> Vec<(&'static str, String)> {
        vec![("tus-resumable", "1.0.0".to_owned()), ("upload-offset", offset.to_owned())]
    }

    fn target<'a>(headers: &'a [(&'static str, String)]) -> Target<'a> {
        Target { method: "POST", path: "/sync", query: "", headers }
    }

    fn signed(target: Target<'_>, body: &[u8], at: DateTime<Utc>) -> (SoftwareKey, DeviceId, Headers) {
        let key = SoftwareKey::generate();
        let device = DeviceId::derived("device");
        let headers = sign(target, body, device, at, "n1", |bytes| key.sign(bytes).map_err(|_| SignatureError::Malformed));
        (key, device, headers.unwrap())
    }

    proptest! {
        #[test]
        fn a_signed_request_is_accepted_and_any_other_is_not(body: Vec<u8>, other: Vec<u8>) {
            let now = DateTime::from_timestamp(AT, 0).unwrap();
            let covered = headers("7");
            let target = target(&covered);
            let (key, device, headers) = signed(target, &body, now);
            let claimed = parse(target, &body, &headers).unwrap();
            prop_assert_eq!(claimed.device, device);
            prop_assert_eq!(claimed.verify(&key.public_key(), now), Ok(()));
            prop_assert_eq!(claimed.verify(&key.public_key(), now + MAX_SKEW + TimeDelta::seconds(1)), Err(SignatureError::Skew));
            if other != body {
                prop_assert_eq!(parse(target, &other, &headers).unwrap_err(), SignatureError::Digest);
            }
            let elsewhere = self::headers("8");
            for target in [
                Target { method: "GET", ..target },
                Target { path: "/syn", ..target },
                Target { query: "a=1", ..target },
                Target { headers: &elsewhere, ..target },
            ] {
                let claimed = parse(target, &body, &headers).unwrap();
                prop_assert_eq!(claimed.verify(&key.public_key(), now), Err(SignatureError::Mismatch));
            }
            for covered in [&covered[..1], &[&covered[..], &[("upload-length", "9".to_owned())]].concat()] {
                prop_assert_eq!(parse(Target { headers: covered, ..target }, &body, &headers).unwrap_err(), SignatureError::Malformed);
            }
        }

        #[test]
        fn of_its_two_forms_one_is_sent_and_accepted(body: Vec<u8>) {
            let now = DateTime::from_timestamp(AT, 0).unwrap();
            let (key, _, headers) = signed(target(&[]), &body, now);
            let claimed = parse(target(&[]), &body, &headers).unwrap();
            let high = Signature::from_scalars(claimed.signature.r(), -claimed.signature.s()).unwrap();
            key.public_key().verify(claimed.base.as_bytes(), high.to_der().as_bytes()).unwrap();
            let high = Headers { signature: format!("{LABEL}=:{}:", BASE64.encode(high.to_bytes())), ..headers };
            prop_assert_eq!(parse(target(&[]), &body, &high).unwrap_err(), SignatureError::Malformed);
        }

        #[test]
        fn a_request_of_a_phone_of_before_is_believed_in_either_form(body: Vec<u8>, high: bool) {
            let now = DateTime::from_timestamp(AT, 0).unwrap();
            let (key, device, covered) = (SoftwareKey::generate(), DeviceId::derived("device"), headers("7"));
            let digest = content_digest(&body);
            let params = format!("({COMPONENTS}){}", attributes(device, now));
            let der = key.sign(base(target(&[]), &digest, &params).as_bytes()).unwrap();
            let low = Signature::from_der(&der).unwrap().normalize_s();
            let signature = if high { Signature::from_scalars(low.r(), -low.s()).unwrap() } else { low };
            let headers = Headers {
                content_digest: digest,
                signature_input: format!("{LABEL}={params}"),
                signature: format!("{LABEL}=:{}:", BASE64.encode(signature.to_bytes())),
            };
            let claimed = parse(target(&covered), &body, &headers).unwrap();
            prop_assert_eq!(claimed.verify(&key.public_key(), now), Ok(()));
        }
    }
}
