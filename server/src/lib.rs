//! What crosses people: sync ingest, inboxes, blobs, to-dos.
//!
//! In the order the data takes: `router` takes a request and [`caller`] checks who sends it, `exchange` takes a device's changes apart, `ingest` judges
//! and stores them, `effects` carries out the rules, inboxes bring the result to everyone who may read it; `blobs` takes the bytes
//! of evidence, `api` shows it all to other systems. `jobs` is what happens later,
//! `webhooks` among it: other systems hear of `events`. `audit` logs every act. All SQL is in `stores`.

pub mod admin;
mod api;
mod app;
mod audit;
mod backcheck;
mod blobs;
pub mod caller;
mod claims;
pub mod demo;
mod duplicates;
mod effects;
mod enrol;
pub mod events;
mod exchange;
mod facts;
mod import;
mod ingest;
mod jobs;
mod key;
mod leads;
mod machine;
mod outside;
pub mod problem;
mod releases;
mod router;
mod server;
mod signature;
mod slips;
mod stores;
pub mod telemetry;
mod webhooks;
mod weekly;

// SQLCipher calls it from C.
use chuda_cipher as _;

pub use audit::AuditExport;
pub use server::{Running, Server, Settings};

/// Bytes from the system's source of randomness.
pub(crate) fn random<const N: usize>() -> chuda_record::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| chuda_record::Error::internal("random.failed", error))?;
    Ok(bytes)
}
