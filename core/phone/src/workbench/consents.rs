//! What a person agrees to before the phone does it: asked once, told in plain words, kept as a ledger, taken back at any time.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Workbench;
use crate::query::view::Word;
use crate::store::Tx;
use crate::store::consents::ConsentEntry;
use chuda_record::error::Result;

/// What consent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Recording sound with the phone.
    Recording,
    /// The place where evidence was captured, as part of its claim.
    Location,
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
    /// All of them, in the order to ask.
    pub const ALL: [Self; 2] = [Self::Recording, Self::Location];

    /// Its stable word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Location => "location",
        }
    }

    /// Version of the wording below: counts up whenever its meaning changes, and everybody is asked again.
    fn version(self) -> i32 {
        match self {
            Self::Recording | Self::Location => 1,
        }
    }

    fn title(self) -> Word {
        let (zh, en) = match self {
            Self::Recording => ("录音", "Recording"),
            Self::Location => ("位置", "Location"),
        };
        Word { key: self.key().into(), zh: zh.into(), en: en.into() }
    }

    fn text(self) -> Word {
        let (zh, en) = match self {
            Self::Recording => (
                "按住说话时录音。录音在手机上转成文字，原声作为证据存进触达，上级主管可以听，每次收听都有记录。录到客户时，须先告知对方。",
                "Sound is recorded while you hold to talk. It is turned into text on the phone; the recording is kept as evidence of the touch, \
                 your superiors can listen to it, and each listening is logged. Tell the customer before you record them.",
            ),
            Self::Location => (
                "拍照和录音时把当时的位置写进证据。只在取证的那一刻读取，不在后台跟踪。",
                "The place is written into the evidence when a photo or recording is made. It is read at that moment only, never in the background.",
            ),
        };
        Word { key: self.key().into(), zh: zh.into(), en: en.into() }
    }
}

impl Workbench {
    /// Everything that can be agreed to, and how it stands.
    pub fn consents(&self) -> Result<Vec<ConsentView>> {
        self.0.store.read(|tx| {
            let view = |purpose: Purpose| {
                let entries = tx.consent_entries(purpose.key())?;
                let latest = |given| entries.iter().find(|entry| entry.given == given).map(|entry| entry.at);
                Ok(ConsentView {
                    purpose,
                    version: purpose.version(),
                    title: purpose.title(),
                    text: purpose.text(),
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
        self.0.store.write(|tx| if is_given(tx, purpose)? == given { Ok(()) } else { tx.note_consent(purpose.key(), entry) })
    }
}

/// Whether a consent holds now.
pub(super) fn is_given(tx: &Tx<'_>, purpose: Purpose) -> Result<bool> {
    Ok(holds(purpose, &tx.consent_entries(purpose.key())?))
}

fn holds(purpose: Purpose, entries: &[ConsentEntry]) -> bool {
    entries.first().is_some_and(|latest| latest.given && latest.version == purpose.version())
}
