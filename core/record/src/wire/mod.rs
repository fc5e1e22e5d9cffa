//! What phone and server say to each other: the paths, the exchange of records, and the JSON beside it.

pub mod api;
mod exchange;

pub use exchange::{
    BLOBS_PATH, BodyError, CONTENT_TYPE, ConsentNote, DocumentChanges, MAX_BODY_BYTES, MAX_CHANGES, MAX_PLAIN_BYTES, OLDEST,
    Reason, Rejected, RejectedClaim, Request, Response, SYNC_PATH, SignedClaim, VERSION, are_within_bounds, decode, encode,
};
