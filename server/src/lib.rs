//! What crosses people: sync ingest, inboxes, blobs, to-dos.
//!
//! In the order the data takes: `http` takes a request and says who sends it, `exchange` takes a device's changes in, `ingest` judges and
//! stores them, `reactions` are what follows in the same transaction, inboxes bring the result to everyone who may read it; `blobs` takes
//! the bytes of evidence. `jobs` is what happens later, telling other systems by `webhooks` among it. `audit` logs every act. All SQL is
//! in `store`. [`admin`] is what is done at the server's terminal, [`demo`] fills an empty server.

pub mod admin;
mod app;
mod audit;
mod blobs;
pub mod demo;
mod enrolment;
mod exchange;
mod facts;
mod http;
mod import;
mod ingest;
mod jobs;
mod key;
mod outside_events;
mod random;
mod reactions;
mod releases;
mod scope;
mod server;
mod shown;
mod store;
mod strays;
pub mod telemetry;
mod text;
mod webhooks;

pub use audit::AuditExport;
pub use http::{Network, Quota};
pub use scope::Scope;
pub use server::{Running, Server, Settings};
pub use webhooks::Event;
