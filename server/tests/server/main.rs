//! The server as a phone, an admin and another system see it: over HTTP, in this process.

#![allow(clippy::unwrap_used)]

mod api;
mod audit;
mod back_check;
mod blobs;
mod command;
mod enrol;
mod exchange;
mod inbound;
mod inbox;
mod jobs;
mod phone;
mod policy;
mod rules;
mod webhooks;
