//! Where the server keeps what it knows: one file per group of tables. Nothing outside this folder names a database or says SQL.
//!
//! Statements are standard SQL with named parameters; what SQLite alone says so is in `dialect` and `restoring`.

mod audit;
mod back_checks;
mod blobs;
mod caches;
mod chain;
mod changes;
mod claims;
mod consents;
mod counting;
mod customers;
mod database;
mod departures;
mod devices;
mod dialect;
mod documents;
mod effects;
mod figures;
mod inboxes;
mod jobs;
mod meta;
mod migrations;
mod people;
mod readers;
mod restoring;
mod rows;
mod strays;
mod tokens;
mod tombstones;
mod webhooks;

pub(crate) use audit::AuditFilter;
pub(crate) use back_checks::Looks;
pub(crate) use blobs::{BlobRow, Flaw, Flawed, UploadRow};
pub(crate) use caches::Configs;
pub(crate) use changes::Refused;
pub(crate) use claims::ClaimRow;
pub(crate) use consents::ConsentRow;
pub(crate) use customers::CustomerName;
pub(crate) use database::{Store, Tx};
pub(crate) use devices::{Device, DeviceRow, Standing};
pub(crate) use documents::{Document, Filter, Projection};
pub(crate) use figures::HealthRow;
pub(crate) use inboxes::{ERASED, InboxRow};
pub(crate) use jobs::{JobRow, NewJob, Payload, Taken};
pub(crate) use rows::typed;
pub(crate) use tokens::TokenRow;
pub(crate) use webhooks::{EventRow, WebhookRow};
