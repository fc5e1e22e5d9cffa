//! `admin token`: tokens with which other systems ask.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_server::Scope;
use clap::Subcommand;
use serde_json::json;

use crate::commands::data::Data;

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token and prints it, once.
    #[command(after_help = "Example: chuda-server admin token add crm --scope touches --scope people")]
    Add {
        /// What it is for.
        name: String,
        /// What it may do; can be given several times.
        #[arg(long = "scope", required = true, value_enum)]
        scopes: Vec<Scope>,
        /// Act as this person; otherwise it reads everybody's records.
        #[arg(long)]
        person: Option<String>,
        #[command(flatten)]
        data: Data,
    },
}

impl TokenCommand {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        let Self::Add { name, scopes, person, data } = self;
        let token = data.admin()?.add_token(&name, &scopes, person.as_deref(), now)?;
        data.print(&json!({ "name": name, "token": token }), || token.clone())
    }
}
