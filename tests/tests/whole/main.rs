//! The whole system: real phones against a real server, in this process. One program, so that it is linked once; `cargo test --test whole --
//! kill::` runs one file of it.

#![allow(clippy::unwrap_used)] // also in the helpers of the tests

mod answers;
mod back_check;
mod configuration;
mod consents;
mod consistency;
mod convergence;
mod damaged;
mod decoders;
mod demo;
mod earlier;
mod erasing;
mod figures;
mod hostile_server;
mod inbound;
mod invariants;
mod judged_alike;
mod kill;
mod leads;
mod lost_bytes;
mod offline_to_server;
mod poison;
mod protocol;
mod put_off;
mod random_days;
mod rules_table;
mod sales_flow;
mod screens_table;
mod time;
mod words;
