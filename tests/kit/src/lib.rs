//! What tests are made of: a clock that they move, phones, a server, sample records.

mod clock;
#[cfg(feature = "decoders")]
pub mod decoders;
#[cfg(feature = "server")]
mod host;
pub mod hostile;
#[cfg(feature = "phone")]
mod phone;
pub mod records;

use std::path::{Path, PathBuf};

pub use clock::Hand;
#[cfg(feature = "server")]
pub use host::Host;
#[cfg(feature = "phone")]
pub use phone::{Phone, evidence, of};

/// A file this project ships for its demo.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(name)
}

/// A number that a test goes by unless the environment sets another.
pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}
