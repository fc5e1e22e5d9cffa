//! Identifiers. Each record kind has its own id type, so that a touch can never be passed for a customer.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use minicbor::encode::Write;
use minicbor::{Decoder, Encoder, decode, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Namespace of the ids that follow from their content, such as a person's report of a day.
const DERIVED: Uuid = Uuid::from_u128(0x6368_7564_6100_4d0e_8a11_7265_636f_7264);

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id that sorts by the time it was made (UUIDv7).
            pub fn new(now: DateTime<Utc>) -> Self {
                let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid())
            }

            /// The id that follows from `name`: the same name gives the same id on every device (UUIDv5).
            pub fn derived(name: &str) -> Self {
                Self(Uuid::new_v5(&DERIVED, name.as_bytes()))
            }

            /// When it was made; none where it follows from a name.
            pub fn made_at(self) -> Option<DateTime<Utc>> {
                let (seconds, nanoseconds) = self.0.get_timestamp()?.to_unix();
                DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
            }

            /// The 16 bytes that are stored and sent.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// From the 16 stored bytes; `None` for any other length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                encoder.bytes(self.as_bytes())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                Self::from_slice(decoder.bytes()?).ok_or_else(|| decode::Error::message("an id is 16 bytes"))
            }
        }
    )*};
}

id! {
    /// Any record: the id of its document.
    RecordId,
    /// One installation on one phone; also the id of its signing key.
    DeviceId,
    /// An address that the server tells of events.
    WebhookId,
    /// Something that happened to a record, of which other systems are told.
    EventId,
}

/// The id of a record of one kind.
macro_rules! record_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        id! { $($(#[$doc])* $name),* }
        $(
            impl From<$name> for RecordId {
                fn from(id: $name) -> Self {
                    Self(id.0)
                }
            }
            impl From<RecordId> for $name {
                fn from(id: RecordId) -> Self {
                    Self(id.0)
                }
            }
        )*
    };
}

record_id! {
    /// A person of the team.
    PersonId,
    /// A customer.
    CustomerId,
    /// A contact person on the customer's side.
    ContactId,
    /// A lead.
    LeadId,
    /// A touch.
    TouchId,
    /// One piece of evidence.
    EvidenceId,
    /// A daily report.
    ReportId,
    /// A task or to-do.
    TaskId,
    /// A contract.
    ContractId,
    /// A work order.
    OrderId,
    /// A technical question.
    QuestionId,
    /// A demand card.
    DemandId,
    /// A meeting.
    MeetingId,
    /// A payment slip.
    SlipId,
    /// A finding.
    FindingId,
    /// A back-check.
    BackCheckId,
}

impl RecordId {
    /// Whether it follows from a name, which whoever knows the name can work out beforehand.
    pub fn is_derived(self) -> bool {
        self.0.get_version() == Some(uuid::Version::Sha1)
    }
}

impl ReportId {
    /// One report per person and day (T4): its id follows from both, so two devices file the same one.
    pub fn of(person: PersonId, day: NaiveDate) -> Self {
        Self::derived(&format!("report/{person}/{day}"))
    }
}

/// SHA-256 of some bytes: the name of a blob, a change, a claim.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Hashes bytes that are at hand; see `capture` for files.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From 32 stored bytes; `None` for any other length.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = hex::FromHexError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

impl<C> minicbor::Encode<C> for Hash {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        encoder.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Hash {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_slice(decoder.bytes()?).ok_or_else(|| decode::Error::message("a hash is 32 bytes"))
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn random() -> [u8; 10] {
    // UUIDv4 is the uuid crate's own way to the system's randomness; its first ten bytes would carry the version bits.
    let uuid = Uuid::new_v4().into_bytes();
    let mut bytes = [0; 10];
    bytes[..6].copy_from_slice(&uuid[..6]);
    bytes[6..].copy_from_slice(&uuid[12..]);
    bytes
}
