//! Sync: one exchange pushes what the server lacks and pulls what the device lacks; blobs follow apart.

pub mod client;
pub mod session;
