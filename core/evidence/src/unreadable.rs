//! Why evidence cannot be read. The bytes are kept all the same.

use std::fmt;
use std::panic::{UnwindSafe, catch_unwind};

use minicbor::{Decode, Encode};

chuda_record::words! {
    /// Why evidence does not open. Names and numbers are stored and sent: never change one, only add.
    #[derive(Encode, Decode)]
    #[cbor(index_only)]
    pub enum Unreadable {
        /// No bytes at all.
        #[n(0)]
        Empty = "empty",
        /// Of no kind that evidence can have.
        #[n(1)]
        UnknownType = "unknown_type",
        /// Ends before its own end marker: a broken write or download.
        #[n(2)]
        Truncated = "truncated",
        /// Of a known kind, but its content contradicts itself.
        #[n(3)]
        Damaged = "damaged",
        /// More bytes than are looked into.
        #[n(4)]
        TooLarge = "too_large",
        /// More pixels than are decoded: a camera's largest photo fits, a decompression bomb does not.
        #[n(5)]
        TooManyPixels = "too_many_pixels",
        /// Would take too long or unpack to too much.
        #[n(6)]
        TooComplex = "too_complex",
        /// Opens only with a password.
        #[n(7)]
        Encrypted = "encrypted",
        /// A document without any page.
        #[n(8)]
        NoPages = "no_pages",
        /// A variant of the format that no decoder here knows.
        #[n(9)]
        Unsupported = "unsupported",
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
            assert_eq!(Unreadable::parse(reason.as_str()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert_eq!(minicbor::to_vec(reason).unwrap(), [u8::try_from(number).unwrap()]);
        }
    }

    #[test]
    fn a_panicking_decoder_has_found_damage() {
        assert_eq!(guarded::<()>(|| panic!("hostile")), Err(Unreadable::Damaged));
    }
}
