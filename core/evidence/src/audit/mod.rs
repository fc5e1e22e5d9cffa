//! The log of who did and who looked: one act, the chain that ties the acts together, and a bundle of them that anyone can check offline.
//!
//! The server keeps the log and [`Bundle`] writes part of it into a file; [`verify()`] needs that file and nothing else.

mod bundle;
mod entry;
#[cfg(test)]
mod tests;
mod verify;

pub use bundle::{Bundle, Checkpoint, Known};
pub use entry::{About, Entry};
pub use verify::{is_bundle, verify};
