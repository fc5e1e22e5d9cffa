//! A phone without its shell.
//!
//! [`store`] keeps documents and makes projections of them, [`query`] answers what screens ask, [`sync`] exchanges changes and blobs with a
//! server; [`screen`] decides what a screen shows beside records; [`workbench`] is what shells hold, and with the feature `uniffi` `ffi` is
//! how Kotlin and Swift do.

#[cfg(feature = "uniffi")]
pub mod ffi;
pub mod query;
pub mod screen;
pub mod store;
pub mod sync;
pub mod workbench;

// One namespace: uniffi makes a Kotlin package and a Swift module for each crate that has one.
#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!("chuda");
