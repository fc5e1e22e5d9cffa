//! What is asked over HTTP. `router` lists every route, `caller` says who asks, `connections` and `quotas` how much of the server they may
//! take, `problem` is how a refusal looks.

mod api;
mod blobs;
mod caller;
pub(crate) mod connections;
mod enrol;
mod exchange;
mod problem;
mod proxies;
mod quotas;
mod router;

pub use proxies::Network;
pub use quotas::Quota;
pub(crate) use quotas::Quotas;
pub(crate) use router::router;
