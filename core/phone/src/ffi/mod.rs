//! The workbench as Kotlin and Swift hold it (feature `uniffi`): its threads, what apps implement, and conversions. No rule is here.

// What crosses is handed over by value.
#![allow(clippy::needless_pass_by_value)]

pub mod callbacks;
pub mod clock;
pub mod drafting;
pub mod drafts;
pub mod errors;
pub mod invitation;
pub mod recorder;
pub mod records;
pub mod signer;
pub mod texts;
mod threads;
pub mod values;
mod workbench;

pub use errors::ChudaError;
pub use workbench::{CancelToken, Settings, Subscription, Workbench, store_exists, verify_proof};
