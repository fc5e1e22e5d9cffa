//! The device key: the phone's hardware, or software where there is none.

use std::sync::Arc;

use chuda_evidence::key::{PublicKey, Signer, SoftwareKey};
use chuda_words::keys;

use chuda_record::{Error, ErrorKind};

use super::errors::Result;

/// Signs with a P-256 key that never leaves its place: Android's keystore, Apple's Secure Enclave. Called from threads of the core.
#[uniffi::export(with_foreign)]
pub trait DeviceSigner: Send + Sync {
    /// The public half: a DER-encoded `SubjectPublicKeyInfo` (Android: `publicKey.encoded`; `CryptoKit`: `publicKey.derRepresentation`).
    fn public_key(&self) -> Result<Vec<u8>>;

    /// ECDSA with SHA-256 over the message; the signature in DER (Android: `SHA256withECDSA`; `CryptoKit`: `derRepresentation`).
    /// Throw `Storage` while the key can't be used, such as before the phone is unlocked: the core asks again later.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>>;
}

/// A device key in the program's memory, for devices without key hardware and for tests.
#[derive(uniffi::Object)]
pub struct SoftwareSigner(SoftwareKey);

#[uniffi::export]
impl SoftwareSigner {
    /// A new key.
    #[uniffi::constructor]
    pub fn generate() -> Self {
        Self(SoftwareKey::generate())
    }

    /// From the stored form. `Invalid` when it is not such a key.
    #[uniffi::constructor]
    pub fn from_pkcs8(der: Vec<u8>) -> Result<Self> {
        Ok(Self(SoftwareKey::from_pkcs8(&der)?))
    }

    /// The private key in PKCS#8: keep it where the platform keeps secrets.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>> {
        Ok(self.0.to_pkcs8()?.as_bytes().to_vec())
    }
}

#[uniffi::export]
impl DeviceSigner for SoftwareSigner {
    /// The public half: a DER-encoded `SubjectPublicKeyInfo`.
    fn public_key(&self) -> Result<Vec<u8>> {
        Ok(self.0.public_key().to_spki())
    }

    /// ECDSA with SHA-256 over the message; the signature in DER.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>> {
        Ok(self.0.sign(&message)?)
    }
}

/// The app's signer, for the core. The public key is asked for once: it has to stay the same anyway.
pub(crate) struct AppSigner {
    signer: Arc<dyn DeviceSigner>,
    public_key: PublicKey,
}

impl AppSigner {
    pub(crate) fn new(signer: Arc<dyn DeviceSigner>) -> Result<Self> {
        let public_key = PublicKey::from_spki(&signer.public_key()?)?;
        Ok(Self { signer, public_key })
    }
}

impl Signer for AppSigner {
    fn public_key(&self) -> PublicKey {
        self.public_key.clone()
    }

    fn sign(&self, message: &[u8]) -> chuda_record::Result<Vec<u8>> {
        // Whatever stands in the way, the claim waits for its signature.
        self.signer.sign(message.to_vec()).map_err(|_| Error::new(ErrorKind::Storage, keys::SIGNER_UNAVAILABLE))
    }
}
