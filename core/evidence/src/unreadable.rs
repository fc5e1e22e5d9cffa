//! Why evidence cannot be read. The bytes are kept all the same.

use std::fmt;
use std::panic::{UnwindSafe, catch_unwind};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Why evidence does not open. Names and numbers are stored and sent: never change one, only add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Unreadable {
    /// No bytes at all.
    #[n(0)]
    Empty,
    /// Of no kind that evidence can have.
    #[n(1)]
    UnknownType,
    /// Ends before its own end marker: a broken write or download.
    #[n(2)]
    Truncated,
    /// Of a known kind, but its content contradicts itself.
    #[n(3)]
    Damaged,
    /// More bytes than are looked into.
    #[n(4)]
    TooLarge,
    /// More pixels than are decoded: a camera's largest photo fits, a decompression bomb does not.
    #[n(5)]
    TooManyPixels,
    /// Would take too long or unpack to too much.
    #[n(6)]
    TooComplex,
    /// Opens only with a password.
    #[n(7)]
    Encrypted,
    /// A document without any page.
    #[n(8)]
    NoPages,
    /// A variant of the format that no decoder here knows.
    #[n(9)]
    Unsupported,
}

impl Unreadable {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Empty,
        Self::UnknownType,
        Self::Truncated,
        Self::Damaged,
        Self::TooLarge,
        Self::TooManyPixels,
        Self::TooComplex,
        Self::Encrypted,
        Self::NoPages,
        Self::Unsupported,
    ];

    /// The stable key that shells translate.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::UnknownType => "unknown_type",
            Self::Truncated => "truncated",
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::TooManyPixels => "too_many_pixels",
            Self::TooComplex => "too_complex",
            Self::Encrypted => "encrypted",
            Self::NoPages => "no_pages",
            Self::Unsupported => "unsupported",
        }
    }

    /// The reason with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// Runs a decoder written by others. One that panics on hostile bytes has found them damaged.
pub(super) fn guarded<T>(decode: impl FnOnce() -> Result<T, Unreadable> + UnwindSafe) -> Result<T, Unreadable> {
    catch_unwind(decode).unwrap_or_else(|_| {
        tracing::warn!("a decoder panicked; the file is taken for damaged");
        Err(Unreadable::Damaged)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_numbers_and_json_agree() {
        for (number, reason) in Unreadable::ALL.into_iter().enumerate() {
            assert_eq!(Unreadable::from_key(reason.key()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.key());
            assert_eq!(minicbor::to_vec(reason).unwrap(), [u8::try_from(number).unwrap()]);
        }
    }

    #[test]
    fn a_panicking_decoder_has_found_damage() {
        assert_eq!(guarded::<()>(|| panic!("hostile")), Err(Unreadable::Damaged));
    }
}
