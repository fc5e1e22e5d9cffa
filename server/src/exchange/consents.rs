//! What was agreed to and taken back on phones: kept, and honoured for what was captured since.

use chrono::{DateTime, Utc};
use chuda_record::wire::ConsentNote;
use chuda_record::{Kind, Result};

use crate::audit::{self, Act, By, Verb};
use crate::store::{Device, Tx};

/// Most consents that are kept of one device.
const MOST: i64 = 10_000;
/// Longest purpose, in bytes: a newer phone may know more of them.
const PURPOSE: usize = 40;

/// Keeps what a device tells, and says how many it told.
pub(super) fn store(tx: &Tx<'_>, device: &Device, notes: &[ConsentNote], now: DateTime<Utc>) -> Result<u32> {
    let by = By::device(device.person, device.id);
    for note in notes.iter().filter(|note| note.purpose.len() <= PURPOSE) {
        if tx.add_consent((device.id, device.person), note, now, MOST)? {
            let verb = if note.given { Verb::ConsentGiven } else { Verb::ConsentWithdrawn };
            audit::log(tx, now, &by, Act::new(verb).on(device.person, Kind::Person).saying(&note.purpose))?;
        }
    }
    Ok(u32::try_from(notes.len()).unwrap_or(u32::MAX))
}
