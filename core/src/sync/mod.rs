//! Sync: one exchange pushes what the server lacks and pulls what the device lacks; blobs follow apart.

#[cfg(feature = "device")]
pub mod client;
pub mod protocol;
#[cfg(feature = "device")]
pub mod session;
pub mod signature;
