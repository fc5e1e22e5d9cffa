//! Photo, document, voice: bytes in, verdict out.
//!
//! In the order a capture takes: [`digest`] names the bytes, [`sniff`] says what they are, [`claim`] binds that to who, when and where,
//! [`photo`] and [`document`] look inside and say whether they can be read, [`recording`] keeps sound while it arrives.
//! [`proof`] packs one piece of evidence so that anyone can check it without this program, [`audit`] the server's log of who did and who looked.
//! [`mod@file`] opens what somebody names. [`key`] signs claims and, in [`signature`], requests. [`clock`] tells the time that claims bear.

mod archive;
pub mod audit;
pub mod claim;
pub mod clock;
pub mod digest;
pub mod document;
pub mod file;
mod heif;
mod jpeg;
pub mod key;
pub mod photo;
pub mod proof;
pub mod recording;
pub mod signature;
pub mod sniff;
pub mod unreadable;

pub use claim::Claim;
pub use key::{PublicKey, Signer, SoftwareKey};
pub use sniff::Mime;
pub use unreadable::Unreadable;
