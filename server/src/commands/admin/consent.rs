//! `admin consent`: what was agreed to on phones, and taken back.

use chuda_record::Result;
use clap::Subcommand;
use serde_json::json;

use crate::commands::data::{Data, lines};

#[derive(Subcommand)]
pub(crate) enum ConsentCommand {
    /// Lists what was agreed to and taken back, what was heard of last first.
    List {
        #[command(flatten)]
        data: Data,
    },
}

impl ConsentCommand {
    pub(super) fn run(self) -> Result<()> {
        let Self::List { data } = self;
        let consents = data.admin()?.consents()?;
        data.print(&json!({ "consents": consents }), || {
            lines(consents.iter().map(|consent| {
                let (at, what) = (consent.at.format("%Y-%m-%d %H:%MZ"), if consent.given { "given" } else { "withdrawn" });
                format!("{at}  {}  {what}  {}  {}", consent.purpose, consent.device, consent.person_name)
            }))
        })
    }
}
