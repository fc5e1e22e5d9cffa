//! Sync: one exchange pushes what the server lacks and pulls what the device lacks.

pub mod protocol;
pub mod signature;
