//! The device's signing key: P-256, the curve that phones keep in hardware.

use std::fmt;

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::Generate as _;
use p256::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding, SecretDocument,
};

use chuda_record::id::Hash;
use chuda_record::{Error, ErrorKind, Result};
use chuda_words::keys;

/// Whoever can sign for this device: the shell's hardware key, or a [`SoftwareKey`] where there is none.
///
/// Signing may take the time that hardware takes, so it is done from a queue and never while a person waits.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> PublicKey;

    /// ECDSA with SHA-256 over `message`; the signature in DER.
    ///
    /// Fails with [`ErrorKind::Storage`] while the key cannot be used, such as before the phone is unlocked.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

/// Signs, and of the two signatures that are equally valid gives the one that is sent: with the low S. Hardware gives either.
pub fn sign_low(signer: &dyn Signer, message: &[u8]) -> Result<Vec<u8>> {
    let signature = Signature::from_der(&signer.sign(message)?).map_err(|error| Error::internal("key.sign", error))?;
    Ok(signature.normalize_s().to_der().as_bytes().to_vec())
}

/// The public half of a device key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// From a DER-encoded `SubjectPublicKeyInfo`, which is what Android's keystore gives.
    pub fn from_spki(der: &[u8]) -> Result<Self> {
        VerifyingKey::from_public_key_der(der).map(Self).map_err(|_| malformed())
    }

    /// From a SEC 1 point, which is what Apple's Secure Enclave gives.
    pub fn from_sec1(point: &[u8]) -> Result<Self> {
        VerifyingKey::from_sec1_bytes(point).map(Self).map_err(|_| malformed())
    }

    /// From the text that [`PublicKey::to_pem`] writes.
    pub fn from_pem(pem: &str) -> Result<Self> {
        VerifyingKey::from_public_key_pem(pem).map(Self).map_err(|_| malformed())
    }

    /// `SubjectPublicKeyInfo` in DER, the form that is stored and sent.
    pub fn to_spki(&self) -> Vec<u8> {
        self.0.to_public_key_der().map(|document| document.as_bytes().to_vec()).unwrap_or_default()
    }

    /// The same as text, the form that `openssl` reads.
    pub fn to_pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).unwrap_or_default()
    }

    /// SHA-256 of the DER form: what a claim names the key by.
    pub fn id(&self) -> Hash {
        Hash::of(&self.to_spki())
    }

    /// Checks a DER signature over `message`: `signature.invalid` when it is not this key's.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let invalid = |_| Error::invalid(keys::SIGNATURE_INVALID);
        let signature = DerSignature::from_bytes(signature).map_err(invalid)?;
        self.0.verify(message, &signature).map_err(invalid)
    }
}

/// A key in the program's memory, for devices without key hardware. The shell keeps its PKCS#8 form in a safe place.
pub struct SoftwareKey(SigningKey);

impl SoftwareKey {
    /// A new key.
    pub fn generate() -> Self {
        Self(SigningKey::generate())
    }

    /// From the stored form.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self> {
        SigningKey::from_pkcs8_der(der).map(Self).map_err(|_| malformed())
    }

    /// The form to store; its memory is wiped when dropped.
    pub fn to_pkcs8(&self) -> Result<SecretDocument> {
        self.0.to_pkcs8_der().map_err(|_| Error::new(ErrorKind::Internal, "key.not_encodable"))
    }
}

impl Signer for SoftwareKey {
    fn public_key(&self) -> PublicKey {
        PublicKey(*self.0.verifying_key())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature: DerSignature = self.0.try_sign(message).map_err(|error| Error::internal("key.sign", error))?;
        Ok(signature.as_bytes().to_vec())
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({})", self.public_key().id())
    }
}

fn malformed() -> Error {
    Error::invalid(keys::KEY_MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_key_signs_as_before() {
        let key = SoftwareKey::generate();
        let again = SoftwareKey::from_pkcs8(key.to_pkcs8().unwrap().as_bytes()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        key.public_key().verify(b"claim", &again.sign(b"claim").unwrap()).unwrap();
    }

    #[test]
    fn every_public_form_is_the_same_key() {
        let key = SoftwareKey::generate().public_key();
        assert_eq!(PublicKey::from_spki(&key.to_spki()).unwrap(), key);
        assert_eq!(PublicKey::from_pem(&key.to_pem()).unwrap(), key);
        assert_eq!(PublicKey::from_sec1(key.0.to_sec1_point(true).as_ref()).unwrap(), key);
        assert_eq!(PublicKey::from_spki(b"no key").unwrap_err().key, "key.malformed");
    }

    #[test]
    fn another_message_key_or_signature_is_refused() {
        let (key, other) = (SoftwareKey::generate(), SoftwareKey::generate());
        let signature = key.sign(b"claim").unwrap();
        let refused = |key: &SoftwareKey, message: &[u8], signature: &[u8]| {
            key.public_key().verify(message, signature).unwrap_err().key == "signature.invalid"
        };
        assert!(refused(&key, b"another", &signature));
        assert!(refused(&other, b"claim", &signature));
        for at in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[at] ^= 1;
            assert!(refused(&key, b"claim", &flipped));
        }
        assert!(refused(&key, b"claim", &[&signature[..], b"\0"].concat()));
    }
}
