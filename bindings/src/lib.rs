//! The workbench for Kotlin and Swift: conversions only. A branch on what a record says belongs in the core.
//!
//! The public surface, in the order an app meets it: [`Workbench`] and its [`Settings`], [`drafts`] going in, [`views`] coming out,
//! [`ChudaError`] when something is refused, [`callbacks`] that the app implements.

// What crosses is handed over by value.
#![allow(clippy::needless_pass_by_value)]

pub mod callbacks;
pub mod clock;
mod convert;
pub mod drafts;
mod errors;
pub mod invitation;
pub mod recorder;
pub mod signer;
pub mod texts;
mod threads;
pub mod views;
pub mod words;
mod workbench;

pub use errors::ChudaError;
pub use workbench::{CancelToken, Settings, Subscription, Workbench, store_exists, verify_proof};

uniffi::setup_scaffolding!("chuda");
