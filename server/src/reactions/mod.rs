//! What follows from a record: each file says of which kinds, and does it in the transaction that brings the record.

mod back_checks;
mod duplicates;
mod event_touches;
mod events;
mod leads;
mod rules;
mod slips;
mod stored_evidence;
mod successions;

use chrono::{DateTime, Utc};
use chuda_record::Result;

use crate::ingest::{Ingest, Reaction};
use crate::store::Tx;

pub(crate) use back_checks::read as read_back_check;
pub(crate) use event_touches::Trace;
pub(crate) use rules::{TimedRule, carry_out_on, carry_out_timed};
pub(crate) use slips::{Contracts, Match};
pub(crate) use stored_evidence::blob_changed;

/// Everything that follows, in this order: rules look at what all others have done.
const ALL: &[Reaction] = &[
    events::ANNOUNCED,
    event_touches::FOUND,
    stored_evidence::NAMED,
    leads::ASKED_FOR,
    duplicates::FOUND,
    duplicates::DECIDED,
    slips::AWAITED,
    back_checks::CLOSED,
    successions::HANDED_OVER,
    rules::FIRED,
];

/// Begins to write, with everything that will follow; `now` is the server's clock.
pub(crate) fn begin<'t>(tx: &'t Tx<'t>, now: DateTime<Utc>) -> Result<Ingest<'t>> {
    Ingest::open(tx, now, ALL)
}
