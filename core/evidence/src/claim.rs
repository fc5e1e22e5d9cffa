//! What a device says about evidence: these bytes, by this person, then and there. Signed, and chained so that a missing one shows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::key::PublicKey;
use super::{Mime, Unreadable};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId, TouchId};
use chuda_record::{Error, Result};
use chuda_words::keys;

/// Claims are a few hundred bytes; anything longer is refused unread.
pub const MAX_CLAIM_BYTES: usize = 4096;
/// A boot id is a UUID or shorter on every platform.
const MAX_BOOT_ID: usize = 64;

/// A claim about one piece of evidence, made when it was captured and never changed.
///
/// Its encoding is CBOR in the core deterministic form of RFC 8949 § 4.2.1: a map with small integer keys in rising order,
/// definite lengths, the shortest form of each number, absent values left out. There is exactly one encoding of a claim,
/// [`Claim::from_bytes`] refuses every other, and the signature is made over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Claim {
    /// Version of the list of fields.
    #[n(0)]
    pub version: Version,
    /// The evidence this claim is about.
    #[n(1)]
    pub evidence: EvidenceId,
    /// SHA-256 of the untouched bytes.
    #[n(2)]
    pub sha256: Hash,
    /// Number of bytes.
    #[n(3)]
    pub size: u64,
    /// What the bytes are, by their content.
    #[n(4)]
    pub mime: Mime,
    /// How they came to the device.
    #[n(5)]
    pub source: Source,
    /// Wall clock of the device, milliseconds since 1970 UTC; its owner can change it.
    #[n(6)]
    pub wall_ms: i64,
    /// Milliseconds since the device was started; does not follow the wall clock.
    #[n(7)]
    pub monotonic_ms: u64,
    /// Names the start of the device that `monotonic_ms` counts from.
    #[n(8)]
    pub boot_id: String,
    /// The last time a server told, when one ever did.
    #[n(9)]
    pub trusted_time: Option<TrustedTime>,
    /// Where the device was, when it knew.
    #[n(10)]
    pub location: Option<Location>,
    /// Whose device it is.
    #[n(11)]
    pub person: PersonId,
    /// The device.
    #[n(12)]
    pub device: DeviceId,
    /// The key that signs: SHA-256 of its `SubjectPublicKeyInfo`.
    #[n(13)]
    pub key: Hash,
    /// The touch it was captured for, when that was known.
    #[n(14)]
    pub touch: Option<TouchId>,
    /// The customer it was captured for, when that was known.
    #[n(15)]
    pub customer: Option<CustomerId>,
    /// Who knew of the recording; sound has it always.
    #[n(16)]
    pub consent: Option<Consent>,
    /// Why the evidence does not open; absent when it does.
    #[n(17)]
    pub unreadable: Option<Unreadable>,
    /// What a reader should know. Flags never refuse evidence.
    #[n(18)]
    pub flags: BTreeSet<Flag>,
    /// 1 for the device's first claim, then without a gap.
    #[n(19)]
    pub sequence: u64,
    /// SHA-256 of the claim before; absent only for the first.
    #[n(20)]
    pub previous: Option<Hash>,
}

/// Version of the list of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(index_only)]
pub enum Version {
    /// The fields of [`Claim`] as they stand.
    #[n(1)]
    #[serde(rename = "1")]
    V1,
}

chuda_record::words! {
    /// How the bytes came to the device.
    #[derive(Encode, Decode)]
    #[cbor(index_only)]
    pub enum Source {
        /// Taken with the app's camera.
        #[n(0)]
        Camera = "camera",
        /// Picked from the photo gallery.
        #[n(1)]
        Gallery = "gallery",
        /// A file from elsewhere.
        #[n(2)]
        File = "file",
        /// Recorded with the app.
        #[n(3)]
        Recording = "recording",
    }
}

chuda_record::words! {
    /// Who knew that sound was recorded.
    #[derive(Encode, Decode)]
    #[cbor(index_only)]
    pub enum Consent {
        /// Nobody but the speaker is on it: 仅本人口述.
        #[n(0)]
        OwnVoice = "self",
        /// The customer was told: 客户已告知录音.
        #[n(1)]
        Told = "told",
    }
}

chuda_record::words! {
    /// What a reader of the evidence should know. Numbers are stored and signed: never change one, only add.
    #[derive(Encode, Decode)]
    #[cbor(index_only)]
    pub enum Flag {
        /// The wall clock was set by hand, for a test or a demo.
        #[n(0)]
        ClockSetByHand = "clock_set_by_hand",
        /// The wall clock moved against the monotonic clock since the claim before, or against the last trusted time.
        #[n(1)]
        ClockChanged = "clock_changed",
        /// The system says that the location was made up by another app.
        #[n(2)]
        MockLocation = "mock_location",
        /// Picked from the gallery, so its time of taking is not this device's word.
        #[n(3)]
        FromGallery = "from_gallery",
        /// Looks like a photo that was captured before.
        #[n(4)]
        NearDuplicate = "near_duplicate",
        /// The very bytes of evidence that was captured before.
        #[n(5)]
        Recycled = "recycled",
    }
}

/// A time that a server told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TrustedTime {
    /// The server's clock, milliseconds since 1970 UTC.
    #[n(0)]
    pub server_ms: i64,
    /// How long before the claim it was told, by the monotonic clock; absent when the device was started again in between.
    #[n(1)]
    pub age_ms: Option<u64>,
}

/// A place, as the device's location service gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Location {
    /// Latitude in millionths of a degree, WGS 84, north positive.
    #[n(0)]
    pub latitude_e6: i32,
    /// Longitude in millionths of a degree, WGS 84, east positive.
    #[n(1)]
    pub longitude_e6: i32,
    /// Radius of 68 % confidence, metres.
    #[n(2)]
    pub accuracy_m: u32,
    /// How old the fix was when the claim was made.
    #[n(3)]
    pub age_ms: u64,
    /// Whether the system says that another app made it up.
    #[n(4)]
    pub mock: bool,
}

impl Claim {
    /// The one encoding of this claim: what is stored, hashed, signed and sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        // No field has an encoder of its own that could refuse.
        minicbor::to_vec(self).unwrap_or_else(|error| unreachable!("writing to memory: {error}"))
    }

    /// Reads a claim and checks that the bytes are its one encoding and that its fields agree with each other.
    ///
    /// `claim.malformed` when they are no claim, `claim.not_canonical` when they are one in another encoding or with fields
    /// that this version does not know, `claim.inconsistent` (with `field`) when the fields contradict each other.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_CLAIM_BYTES {
            return Err(Error::invalid(keys::CLAIM_MALFORMED));
        }
        let claim: Self = minicbor::decode(bytes).map_err(|_| Error::invalid(keys::CLAIM_MALFORMED))?;
        if claim.to_bytes() != bytes {
            return Err(Error::invalid(keys::CLAIM_NOT_CANONICAL));
        }
        claim.check()?;
        Ok(claim)
    }

    /// SHA-256 of the encoding: the name the next claim refers to.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.to_bytes())
    }

    /// Its place in the device's chain.
    pub fn link(&self) -> Link {
        Link { device: self.device, sequence: self.sequence, previous: self.previous, hash: self.hash() }
    }

    /// Whether the fields agree with each other; `claim.inconsistent` names the first `field` that does not.
    pub fn check(&self) -> Result<()> {
        let wrong = |field| Err(Error::invalid(keys::CLAIM_INCONSISTENT).with("field", field));
        if self.boot_id.len() > MAX_BOOT_ID {
            return wrong("boot_id");
        }
        if (self.sequence == 1) != self.previous.is_none() || self.sequence == 0 {
            return wrong("sequence");
        }
        let needs_consent = self.source == Source::Recording || self.mime.is_audio();
        if needs_consent && self.consent.is_none() {
            return wrong("consent");
        }
        if let Some(place) = self.location
            && (place.latitude_e6.unsigned_abs() > 90_000_000 || place.longitude_e6.unsigned_abs() > 180_000_000)
        {
            return wrong("location");
        }
        Ok(())
    }
}

/// Checks that `signature` (DER) was made over these claim bytes with the key that the claim names, and returns the claim.
///
/// Fails as [`Claim::from_bytes`] does, with `claim.other_key` when the claim names another key, and with `signature.invalid`.
pub fn verify(claim: &[u8], signature: &[u8], key: &PublicKey) -> Result<Claim> {
    let decoded = Claim::from_bytes(claim)?;
    if decoded.key != key.id() {
        return Err(Error::invalid(keys::CLAIM_OTHER_KEY));
    }
    key.verify(claim, signature)?;
    Ok(decoded)
}

/// A claim's place in its device's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The device whose chain it is.
    pub device: DeviceId,
    /// The claim's number.
    pub sequence: u64,
    /// The hash that the claim gives for the one before it.
    pub previous: Option<Hash>,
    /// The claim's own hash.
    pub hash: Hash,
}

/// Something wrong with a device's chain, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// No claim has the numbers from `first` to `last`.
    Missing {
        /// The first number without a claim.
        first: u64,
        /// The last number without a claim.
        last: u64,
    },
    /// The same claim stands in the list again.
    Repeated {
        /// Its number.
        sequence: u64,
    },
    /// Two different claims have the same number: the device's store was copied or set back.
    Forked {
        /// Their number.
        sequence: u64,
    },
    /// This claim stands behind one with a higher number.
    Reordered {
        /// Its number.
        sequence: u64,
    },
    /// The hash that this claim gives for the one before it is not that one's hash.
    BrokenLink {
        /// The number of the claim that gives the hash.
        sequence: u64,
    },
    /// This claim belongs to another device's chain.
    OtherDevice {
        /// Its number.
        sequence: u64,
    },
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { first, last } if first == last => write!(f, "claim {first} is missing"),
            Self::Missing { first, last } => write!(f, "claims {first} to {last} are missing"),
            Self::Repeated { sequence } => write!(f, "claim {sequence} is there twice"),
            Self::Forked { sequence } => write!(f, "two different claims have the number {sequence}"),
            Self::Reordered { sequence } => write!(f, "claim {sequence} stands behind a later one"),
            Self::BrokenLink { sequence } => write!(f, "claim {sequence} does not follow from the claim before it"),
            Self::OtherDevice { sequence } => write!(f, "claim {sequence} is another device's"),
        }
    }
}

/// Everything wrong with a device's chain, in the order of the numbers; empty when it is whole.
///
/// `known` is the last claim that was already accepted from this device; without it the chain has to start with number 1.
pub fn verify_chain(known: Option<Link>, links: &[Link]) -> Vec<ChainFault> {
    let mut faults = Vec::new();
    let Some(device) = known.or(links.first().copied()).map(|link| link.device) else { return faults };
    let mut highest = 0;
    let mut by_sequence: BTreeMap<u64, Vec<Link>> = BTreeMap::new();
    for link in links {
        if link.device != device {
            faults.push(ChainFault::OtherDevice { sequence: link.sequence });
            continue;
        }
        let same = by_sequence.entry(link.sequence).or_default();
        if same.iter().any(|other| other.hash == link.hash) {
            faults.push(ChainFault::Repeated { sequence: link.sequence });
            continue;
        }
        if !same.is_empty() {
            faults.push(ChainFault::Forked { sequence: link.sequence });
        } else if link.sequence < highest {
            faults.push(ChainFault::Reordered { sequence: link.sequence });
        }
        highest = highest.max(link.sequence);
        same.push(*link);
    }
    let mut before = known.map_or((0, vec![None]), |link| (link.sequence, vec![Some(link.hash)]));
    for (sequence, same) in by_sequence {
        if sequence <= before.0 {
            faults.push(match known {
                Some(known) if known.sequence > sequence => ChainFault::Reordered { sequence },
                Some(known) if same.iter().all(|link| link.hash == known.hash) => ChainFault::Repeated { sequence },
                _ => ChainFault::Forked { sequence },
            });
            continue;
        }
        if sequence > before.0 + 1 {
            faults.push(ChainFault::Missing { first: before.0 + 1, last: sequence - 1 });
        } else if same.iter().any(|link| !before.1.contains(&link.previous)) {
            faults.push(ChainFault::BrokenLink { sequence });
        }
        before = (sequence, same.iter().map(|link| Some(link.hash)).collect());
    }
    faults.sort_by_key(ChainFault::sequence);
    faults
}

impl ChainFault {
    /// The first number it is about.
    pub fn sequence(&self) -> u64 {
        match self {
            Self::Missing { first, .. } => *first,
            Self::Repeated { sequence }
            | Self::Forked { sequence }
            | Self::Reordered { sequence }
            | Self::BrokenLink { sequence }
            | Self::OtherDevice { sequence } => *sequence,
        }
    }
}
