//! What a person agrees to before the phone does it: asked once, told in plain words, kept as a ledger, taken back at any time.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Workbench;
use crate::query::view::Word;
use crate::store::Tx;
use crate::store::consents::ConsentEntry;
use chuda_record::error::Result;

chuda_record::words! {
    /// What consent is for.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    pub enum Purpose {
        /// Recording sound with the phone.
        Recording = "recording",
        /// The place where evidence was captured, as part of its claim.
        Location = "location",
    }
}

/// A consent as it stands.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ConsentView {
    /// What it is for.
    pub purpose: Purpose,
    /// Version of the wording in force.
    pub version: i32,
    /// What is asked for.
    pub title: Word,
    /// What happens with it, in plain words.
    pub text: Word,
    /// When it was last given, to whatever wording.
    pub given_at: Option<DateTime<Utc>>,
    /// When it was last taken back.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Whether it holds now: given to the wording in force and not taken back since.
    pub given: bool,
}

impl Purpose {
    /// Version of the wording below: counts up whenever its meaning changes, and everybody is asked again.
    fn version(self) -> i32 {
        match self {
            Self::Recording | Self::Location => 1,
        }
    }

    /// What it is called (`title`), and what it means (`text`).
    fn wording(self, part: &'static str) -> Word {
        let words = chuda_words::label(&format!("consent.{}", self.as_str()), part);
        Word { key: self.as_str().into(), zh: words.zh.into(), en: words.en.into() }
    }
}

impl Workbench {
    /// Everything that can be agreed to, and how it stands.
    pub fn consents(&self) -> Result<Vec<ConsentView>> {
        self.0.store.read(|tx| {
            let view = |purpose: Purpose| {
                let entries = tx.consent_entries(purpose.as_str())?;
                let latest = |given| entries.iter().find(|entry| entry.given == given).map(|entry| entry.at);
                Ok(ConsentView {
                    purpose,
                    version: purpose.version(),
                    title: purpose.wording("title"),
                    text: purpose.wording("text"),
                    given_at: latest(true),
                    withdrawn_at: latest(false),
                    given: holds(purpose, &entries),
                })
            };
            Purpose::ALL.into_iter().map(view).collect()
        })
    }

    /// Agrees to the wording in force.
    pub fn give_consent(&self, purpose: Purpose) -> Result<()> {
        self.note(purpose, true)
    }

    /// Takes an agreement back. What was captured under it stays.
    pub fn withdraw_consent(&self, purpose: Purpose) -> Result<()> {
        self.note(purpose, false)
    }

    fn note(&self, purpose: Purpose, given: bool) -> Result<()> {
        let entry = ConsentEntry { at: self.0.settings.clock.now(), version: purpose.version(), given };
        self.0.store.write(|tx| if is_given(tx, purpose)? == given { Ok(()) } else { tx.note_consent(purpose.as_str(), entry) })
    }
}

/// Whether a consent holds now.
pub(super) fn is_given(tx: &Tx<'_>, purpose: Purpose) -> Result<bool> {
    Ok(holds(purpose, &tx.consent_entries(purpose.as_str())?))
}

fn holds(purpose: Purpose, entries: &[ConsentEntry]) -> bool {
    entries.first().is_some_and(|latest| latest.given && latest.version == purpose.version())
}
