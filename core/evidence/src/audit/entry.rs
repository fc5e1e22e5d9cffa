//! One act: who, when, with what, on which record; and how it is tied to the act before it.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use chuda_record::id::{Hash, PersonId, RecordId};

/// One act, as the server logged it.
///
/// Its encoding is CBOR as that of a claim: a map with small integer keys in rising order, the shortest form of each number, absent
/// values left out. There is one encoding of an entry, and its hash is the SHA-256 of it. Keys are never used again for something
/// else, so that what was logged once can be checked for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Entry {
    /// Its number: from 1, without a gap.
    #[n(0)]
    pub n: u64,
    /// The server's clock, milliseconds since 1970 UTC.
    #[n(1)]
    #[serde(with = "instant")]
    pub at: i64,
    /// Who; none for the server itself, its terminal, and tokens that belong to nobody.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// With what: `device` and its id, `token` and its name, `admin` (the server's terminal), or `server` (a rule).
    #[n(3)]
    pub via: String,
    /// What was done: a stable word such as `created` or `viewed`.
    #[n(4)]
    pub verb: String,
    /// The record it was done to.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// What kind of record that is.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The bytes it is about.
    #[n(7)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// A stable word more: why it was refused, which rule.
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The hash of the entry before; none for the first.
    #[n(9)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Hash>,
}

/// Bytes that an act is about, by their hash. Numbers are hashed: never change one, only add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A change of a record.
    #[n(0)]
    Change(#[n(0)] Hash),
    /// The bytes of evidence.
    #[n(1)]
    Blob(#[n(0)] Hash),
    /// A signed claim about evidence.
    #[n(2)]
    Claim(#[n(0)] Hash),
    /// The server's public key (`SubjectPublicKeyInfo`).
    #[n(3)]
    Key(#[n(0)] Hash),
    /// An entry of this log.
    #[n(4)]
    Entry(#[n(0)] Hash),
}

impl About {
    /// The stable word for what it names, and the hash.
    pub fn parts(self) -> (&'static str, Hash) {
        match self {
            Self::Change(hash) => ("change", hash),
            Self::Blob(hash) => ("blob", hash),
            Self::Claim(hash) => ("claim", hash),
            Self::Key(hash) => ("key", hash),
            Self::Entry(hash) => ("entry", hash),
        }
    }

    /// From its parts.
    pub fn of(what: &str, hash: Hash) -> Option<Self> {
        match what {
            "change" => Some(Self::Change(hash)),
            "blob" => Some(Self::Blob(hash)),
            "claim" => Some(Self::Claim(hash)),
            "key" => Some(Self::Key(hash)),
            "entry" => Some(Self::Entry(hash)),
            _ => None,
        }
    }
}

impl Entry {
    /// SHA-256 of its one encoding, the hash of the entry before it among what is encoded.
    pub fn hash(&self) -> Hash {
        // No field has an encoder of its own that could refuse.
        Hash::of(&minicbor::to_vec(self).unwrap_or_else(|error| unreachable!("writing to memory: {error}")))
    }
}

/// Instants as text with milliseconds, in UTC.
pub(super) mod instant {
    use chrono::{DateTime, SecondsFormat};
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use chuda_record::time::from_millis;

    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn serialize<S: Serializer>(millis: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&from_millis(*millis).to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text).map(|at| at.timestamp_millis()).map_err(D::Error::custom)
    }
}
