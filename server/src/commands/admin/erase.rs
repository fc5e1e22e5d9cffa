//! `admin erase`: a person is forgotten.

use chrono::{DateTime, Utc};
use chuda_record::id::RecordId;
use chuda_record::{Error, Result};
use chuda_server::admin::{Erasure, Forgotten};
use chuda_words::keys;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::commands::data::{Data, lines};

#[derive(Clone, Copy, ValueEnum)]
enum Who {
    /// A contact person of a customer.
    Contact,
    /// One of the team, who has left.
    Employee,
    /// A customer, with the contact persons there.
    Customer,
}

#[derive(Args)]
pub(crate) struct Erase {
    /// Who is to be forgotten.
    #[arg(value_enum)]
    who: Who,
    /// The id of that record.
    id: RecordId,
    /// A record that mentions them, to be erased with it; can be given several times.
    #[arg(long, value_name = "RECORD")]
    also: Vec<RecordId>,
    /// Do it; otherwise it is only said what would go. It can't be taken back.
    #[arg(long)]
    yes: bool,
    /// Where evidence is kept, as for `serve`.
    #[arg(long, env = "CHUDA_BLOBS")]
    blobs: Option<String>,
    #[command(flatten)]
    data: Data,
}

impl Erase {
    pub(super) fn run(self, now: DateTime<Utc>) -> Result<()> {
        let Self { who, id, also, yes, blobs, data } = self;
        let who = match who {
            Who::Contact => Forgotten::Contact,
            Who::Employee => Forgotten::Employee,
            Who::Customer => Forgotten::Customer,
        };
        let admin = data.admin()?;
        let erasure = if yes {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(admin.erase(who, id, &also, blobs.as_deref(), now))?
        } else {
            admin.erasure(who, id, &also)?
        };
        data.print(&json!({ "done": yes, "erasure": erasure }), || said(&erasure, yes))?;
        if yes { Ok(()) } else { Err(Error::invalid(keys::ERASE_CONFIRM)) }
    }
}

fn said(erasure: &Erasure, done: bool) -> String {
    let what = if done { "erased" } else { "would be erased" };
    let head = format!("{what}: {} records, {} files", erasure.records.len(), erasure.files.len());
    let mentions = erasure.mentions.iter().map(|one| format!("mentioned in {} {} ({})", one.kind.as_str(), one.record, one.field));
    lines(std::iter::once(head).chain(mentions))
}
