//! Consents: what was agreed to on phones, and taken back.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::{DeviceId, PersonId};
use chuda_record::time::from_millis;
use serde::Serialize;

use super::{Admin, MAX_LISTED};

/// A consent, as an admin sees it.
#[derive(Clone, Debug, Serialize)]
pub struct ConsentView {
    /// Who.
    pub person: PersonId,
    /// That person's name.
    pub person_name: String,
    /// On which device: it holds there.
    pub device: DeviceId,
    /// For what, such as `recording`.
    pub purpose: String,
    /// Version of the wording.
    pub version: i32,
    /// Given, or taken back.
    pub given: bool,
    /// When, by the device's clock.
    pub at: DateTime<Utc>,
    /// When the server heard of it.
    pub received_at: DateTime<Utc>,
}

impl Admin {
    /// What was agreed to and taken back, what was heard of last first, at most a thousand.
    pub fn consents(&self) -> Result<Vec<ConsentView>> {
        self.0.read(|tx| {
            let view = |row: crate::store::ConsentRow| {
                Ok(ConsentView {
                    person: row.person,
                    person_name: tx.name_of(row.person)?,
                    device: row.device,
                    purpose: row.note.purpose,
                    version: row.note.version,
                    given: row.note.given,
                    at: from_millis(row.note.at),
                    received_at: from_millis(row.received_at),
                })
            };
            tx.consents(MAX_LISTED)?.into_iter().map(view).collect()
        })
    }
}
