//! A phone without its shell.
//!
//! [`store`] keeps documents and makes projections of them, [`query`] answers what screens ask, [`sync`] exchanges changes and blobs with a
//! server; [`screen`] decides what a screen shows beside records, [`workbench`] is what shells hold.

pub mod query;
pub mod screen;
pub mod store;
pub mod sync;
pub mod workbench;
