//! The server as a phone, an admin and another system see it: over HTTP, in this process.

#![allow(clippy::unwrap_used)]

mod answers;
mod api;
mod attacks;
mod audit;
mod audit_bundle;
mod back_check;
mod blobs;
mod command;
mod config;
mod damaged;
mod demo;
mod enrol;
mod exchange;
mod figures;
mod inbox;
mod jobs;
mod phone;
mod policy;
mod policy_sales;
mod records;
mod rules;
mod strangers;
mod webhooks;
