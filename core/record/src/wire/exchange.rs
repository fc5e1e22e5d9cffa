//! The exchange of records: bodies are CBOR, compressed with zstd.

use minicbor::{Decode, Encode};

use crate::{Rejection, doc};

/// The newest version of this protocol. A server answers in the newest that both speak, and refuses newer ones with 426.
pub const VERSION: u32 = 2;
/// The oldest version that is still spoken: it has the reason of a rejection as JSON in a text.
pub const OLDEST: u32 = 1;
/// Path of the exchange.
pub const SYNC_PATH: &str = "/sync";
/// Path under which blobs are uploaded (tus 1.0) and read.
pub const BLOBS_PATH: &str = "/blobs";
/// Content type of both bodies.
pub const CONTENT_TYPE: &str = "application/vnd.chuda.sync+cbor-zstd";
/// Most bytes of a compressed body.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
/// Most bytes of a body once decompressed.
pub const MAX_PLAIN_BYTES: usize = 32 * 1024 * 1024;
/// Most changes that one exchange carries each way, and most documents that they are of.
pub const MAX_CHANGES: usize = 5_000;
/// Most fields that all of them may write. As many bytes as one request or answer is filled with hold fewer.
const MAX_FIELDS: usize = 1_000_000;
/// Most pieces of CBOR in a body. A change takes one, what is said of it when it is refused thirteen, a document or a claim five.
const MAX_PIECES: usize = 40 * MAX_CHANGES;

/// What a device sends.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// The version that this request is to be read as.
    #[n(0)]
    pub version: u32,
    /// The log the cursor belongs to; none on the first exchange.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub epoch: Option<Vec<u8>>,
    /// Everything up to here has been received.
    #[n(2)]
    pub cursor: u64,
    /// Changes the server lacks, in the order in which they were made per document.
    #[n(3)]
    pub changes: Vec<DocumentChanges>,
    /// Signed evidence claims, in the order of their chain.
    #[n(4)]
    pub claims: Vec<SignedClaim>,
    /// The newest version that the device reads in an answer; none: the one of the request. A server that does not know it, answers in
    /// that.
    #[n(5)]
    pub speaks: Option<u32>,
    /// What was agreed to or taken back on this device and the server has not heard of, in the order of its ledger.
    #[n(6)]
    pub consents: Option<Vec<ConsentNote>>,
    /// The device has lost what it had, and needs what it sent itself as well. A server that does not know this gives only the rest.
    #[n(7)]
    pub again: Option<bool>,
}

impl Request {
    /// The version to answer in.
    pub fn answer_in(&self) -> u32 {
        self.speaks.unwrap_or(self.version).min(VERSION)
    }
}

/// What the server answers.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Response {
    /// The log the cursor belongs to. Another one than the device's means that the server was restored: the device audits itself.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub epoch: Vec<u8>,
    /// Everything up to here is in this answer or came before.
    #[n(1)]
    pub cursor: u64,
    /// There is more to pull right away.
    #[n(2)]
    pub more: bool,
    /// The server's clock, in milliseconds since 1970.
    #[n(3)]
    pub server_time: i64,
    /// Changes the device lacks.
    #[n(4)]
    pub changes: Vec<DocumentChanges>,
    /// Documents this person may no longer read.
    #[n(5)]
    pub purged: Vec<minicbor::bytes::ByteArray<16>>,
    /// What was not accepted, change by change. Everything else that was sent is stored for good.
    #[n(6)]
    pub rejected: Vec<Rejected>,
    /// Claims that were not accepted, by their hash. The others are witnessed at `server_time`.
    #[n(7)]
    pub rejected_claims: Vec<RejectedClaim>,
    /// Documents whose text was erased, with all their changes: forgotten before `changes` is taken in, which brings what is left of
    /// them. They stand under `purged`, too, for devices that do not know of this.
    #[n(8)]
    pub erased: Option<Vec<minicbor::bytes::ByteArray<16>>>,
    /// How many consents were heard; none: the server does not know of them, and they are told again.
    #[n(9)]
    pub consents: Option<u32>,
    /// Hashes of blobs that this person's devices have sent and that the server has lost since: whichever still has one, sends it again.
    #[n(10)]
    pub wanted: Option<Vec<minicbor::bytes::ByteArray<32>>>,
}

/// An entry of a device's ledger of consents.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ConsentNote {
    /// What it is for.
    #[n(0)]
    pub purpose: String,
    /// When, by the device's clock, in milliseconds since 1970.
    #[n(1)]
    pub at: i64,
    /// Given, or taken back.
    #[n(2)]
    pub given: bool,
    /// Version of the wording.
    #[n(3)]
    pub version: i32,
}

/// Changes of one document, each as Automerge wrote it.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct DocumentChanges {
    /// The document's id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub document: [u8; 16],
    /// Its changes, dependencies first.
    #[n(1)]
    pub changes: Vec<minicbor::bytes::ByteVec>,
}

/// A change that was refused.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Rejected {
    /// The document.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub document: [u8; 16],
    /// The hash by which Automerge knows the change; SHA-256 of its bytes where it could not be parsed.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub change: [u8; 32],
    /// Why, in version 1: [`Rejection`] as JSON.
    #[n(2)]
    pub told: Option<String>,
    /// Why, since version 2.
    #[n(3)]
    pub reason: Option<Reason>,
}

/// A [`Rejection`] on its way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reason {
    /// Its key.
    #[n(0)]
    pub key: String,
    /// The field that it is about.
    #[n(1)]
    pub field: Option<String>,
}

impl Rejected {
    /// A change that was refused, in a version of the protocol.
    pub fn new(version: u32, document: [u8; 16], change: [u8; 32], reason: &Rejection) -> Self {
        let told = (version < 2).then(|| reason.to_json());
        let reason = (version >= 2).then(|| Reason { key: reason.key().into(), field: reason.field().map(str::to_owned) });
        Self { document, change, told, reason }
    }

    /// Why, in whichever version it was said. A newer server may know more reasons than this version.
    pub fn rejection(&self) -> Rejection {
        let typed = self.reason.as_ref().and_then(|reason| Rejection::parse(&reason.key, reason.field.as_deref()));
        let told = || self.told.as_deref().and_then(Rejection::from_json);
        typed.or_else(told).unwrap_or(Rejection::NotAllowed)
    }
}

/// A claim with its signature.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct SignedClaim {
    /// The claim in canonical CBOR.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub claim: Vec<u8>,
    /// ECDSA P-256 with SHA-256 over it, DER.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: Vec<u8>,
}

/// A claim that was refused.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RejectedClaim {
    /// SHA-256 of the claim.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub claim: [u8; 32],
    /// Stable word for why.
    #[n(1)]
    pub reason: String,
}

/// Why a body can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Over [`MAX_BODY_BYTES`] or [`MAX_PLAIN_BYTES`], or of too many parts.
    #[error("body too large")]
    TooLarge,
    /// Not zstd, or not the CBOR of this message.
    #[error("body not readable")]
    Malformed,
}

/// Encodes and compresses a message.
pub fn encode<T: Encode<()>>(message: &T) -> Vec<u8> {
    let plain = minicbor::to_vec(message).unwrap_or_else(|error| unreachable!("writing to memory: {error}"));
    zstd::bulk::compress(&plain, zstd::DEFAULT_COMPRESSION_LEVEL)
        .unwrap_or_else(|error| unreachable!("compressing memory: {error}"))
}

/// Whether changes are few enough to be taken apart, by what they say of themselves: a few bytes of a change can stand for many fields.
pub fn are_within_bounds(changes: &[DocumentChanges]) -> bool {
    let all = || changes.iter().flat_map(|document| &document.changes);
    changes.len() <= MAX_CHANGES
        && all().count() <= MAX_CHANGES
        && all().map(|bytes| doc::weight(bytes)).sum::<usize>() <= MAX_FIELDS
}

/// Decompresses and decodes a message within the bounds.
pub fn decode<T: for<'b> Decode<'b, ()>>(body: &[u8]) -> Result<T, BodyError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(BodyError::TooLarge);
    }
    let size = zstd::zstd_safe::get_frame_content_size(body).ok().flatten().ok_or(BodyError::Malformed)?;
    if size > MAX_PLAIN_BYTES as u64 {
        return Err(BodyError::TooLarge);
    }
    let plain = zstd::bulk::decompress(body, size as usize).map_err(|_| BodyError::Malformed)?;
    check_pieces(&plain)?;
    minicbor::decode(&plain).map_err(|_| BodyError::Malformed)
}

/// A byte can stand for an empty list that takes twenty-four in memory: pieces of CBOR are counted before anything is made of them.
fn check_pieces(mut rest: &[u8]) -> Result<(), BodyError> {
    for _ in 0..MAX_PIECES {
        let Some((head, after)) = rest.split_first() else { return Ok(()) };
        let width = match head & 31 {
            0..=23 | 31 => 0,
            short @ 24..=27 => 1 << (short - 24),
            _ => return Err(BodyError::Malformed),
        };
        let (number, after) = after.split_at_checked(width).ok_or(BodyError::Malformed)?;
        let is_bytes = matches!(head >> 5, 2 | 3) && head & 31 != 31;
        let length = match number {
            _ if !is_bytes => 0,
            [] => usize::from(head & 31),
            number => number.iter().fold(0, |length: usize, byte| length.saturating_mul(256).saturating_add(usize::from(*byte))),
        };
        rest = after.get(length..).ok_or(BodyError::Malformed)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(BodyError::TooLarge) }
}
