//! Everything a phone does: records, rules, evidence, speech, store, sync. No FFI, no UI.
//!
//! In the order the data takes:
//!
//! 1. [`capture`] turns bytes into an evidence claim, [`speech`] a recording into a draft.
//! 2. [`record`] says what a record is and who may change it; [`rules`] are pure functions over records.
//! 3. [`store`] keeps documents and makes projections of them, [`query`] answers what screens ask.
//! 4. [`sync`] exchanges changes and blobs with a server; [`workbench`] is what shells hold.
//! 5. [`audit`] is what the server's log of who did and who looked is made of, and how anyone checks it.

pub mod audit;
pub mod capture;
pub mod error;
pub mod id;
pub mod join;
#[cfg(feature = "device")]
pub mod query;
pub mod record;
pub mod rules;
#[cfg(feature = "device")]
pub mod speech;
#[cfg(feature = "device")]
pub mod store;
pub mod sync;
pub mod time;
#[cfg(feature = "device")]
pub mod workbench;

pub use error::{Error, ErrorKind, Result};
pub use join::JoinLink;
