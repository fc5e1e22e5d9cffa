//! `admin`: what an admin does at the server's terminal, beside a running server or without one.

mod audit;
mod backup;
mod consent;
mod device;
mod erase;
mod import;
mod job;
mod person;
mod token;
mod webhook;

use chrono::{DateTime, Utc};
use chuda_record::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(super) enum AdminCommand {
    /// People and their enrolment codes.
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Devices.
    #[command(subcommand)]
    Device(device::DeviceCommand),
    /// Tokens of other systems.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// What people agreed to on their phones, and took back.
    #[command(subcommand)]
    Consent(consent::ConsentCommand),
    /// What is to be done later.
    #[command(subcommand)]
    Job(job::JobCommand),
    /// Other systems that are told of events (Standard Webhooks).
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// The log of who did and who looked.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Forgets a person: texts and bytes go for good, from here and from every phone that syncs; other records that mention them are listed.
    #[command(after_help = "Example: chuda-server admin erase contact 0199c7a0-... --yes

Backups of before still have it: make a new one, and delete those.")]
    Erase(erase::Erase),
    /// Takes in customers, leads or payment slips from a CSV or XLSX file, in whole or not at all.
    #[command(after_help = "Example: chuda-server admin import customers customers.xlsx --dry-run --as \"Wang Qiang\"")]
    Import(import::Import),
    /// Copies the database into a new file.
    #[command(after_help = "Example: chuda-server admin backup chuda-backup.db")]
    Backup(backup::Backup),
    /// Puts a backup in place of the present database; devices send again what it lacks.
    #[command(after_help = "Example: chuda-server admin restore chuda-backup.db")]
    Restore(backup::Restore),
}

impl AdminCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        match self {
            Self::Person(command) => command.run(now),
            Self::Device(command) => command.run(now),
            Self::Token(command) => command.run(now),
            Self::Consent(command) => command.run(),
            Self::Job(command) => command.run(now),
            Self::Webhook(command) => command.run(now),
            Self::Audit(command) => command.run(now),
            Self::Erase(command) => command.run(now),
            Self::Import(command) => command.run(now),
            Self::Backup(command) => command.run(now),
            Self::Restore(command) => command.run(now),
        }
    }
}
