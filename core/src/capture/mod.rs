//! Photo, document, voice: bytes in, evidence claim out.
//!
//! In the order a capture takes: [`digest`] names the bytes, [`sniff`] says what they are, [`claim`] binds that to who, when and where,
//! [`photo`] and [`document`] look inside and say whether they can be read, [`recording`] keeps sound while it arrives.
//! [`proof`] packs one piece of evidence so that anyone can check it without this program.

pub(crate) mod archive;
pub mod claim;
pub mod digest;
pub mod document;
#[cfg(feature = "photo")]
mod heif;
#[cfg(feature = "photo")]
mod jpeg;
pub mod key;
#[cfg(feature = "photo")]
pub mod photo;
pub mod proof;
#[cfg(feature = "device")]
pub mod recording;
pub mod sniff;
pub mod unreadable;

pub use claim::Claim;
pub use key::{PublicKey, Signer, SoftwareKey};
pub use sniff::Mime;
pub use unreadable::Unreadable;
