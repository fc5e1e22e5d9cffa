//! What is asked over HTTP. `router` lists every route, `caller` says who asks, `problem` is how a refusal looks.

mod api;
mod blobs;
mod caller;
pub(crate) mod connections;
mod enrol;
mod exchange;
mod problem;
mod router;

pub(crate) use router::router;
