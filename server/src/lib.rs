//! What crosses people: sync ingest, inboxes, blobs, to-dos.
//!
//! In the order the data takes: `router` takes a request and [`caller`] checks who sends it, `exchange` takes a device's changes in, `ingest`
//! judges and stores them, `reactions` are what follows in the same transaction, inboxes bring the result to everyone who may read it;
//! `blobs` takes the bytes of evidence, `api` shows it all to other systems. `jobs` is what happens later, telling other systems by
//! `webhooks` among it. `audit` logs every act. All SQL is in `store`.

pub mod admin;
mod api;
mod app;
mod audit;
mod blobs;
pub mod caller;
pub mod demo;
mod enrol;
mod exchange;
mod facts;
mod import;
mod ingest;
mod jobs;
mod key;
mod outside_events;
pub mod problem;
mod random;
mod reactions;
mod releases;
mod router;
mod server;
mod store;
mod sync;
pub mod telemetry;
mod text;
mod webhooks;

// SQLCipher calls it from C.
use chuda_cipher as _;

pub use audit::AuditExport;
pub use server::{Running, Server, Settings};
pub use webhooks::Event;
