//! Reads all blobs through, a few at a time and again and again: what is not as it was is noticed before somebody asks for it.

use chrono::{DateTime, TimeDelta};
use chuda_record::Result;
use chuda_record::id::Hash;

use super::job::{Kind, Outcome, settle};
use crate::app::App;
use crate::blobs;
use crate::store::{BlobRow, Flaw, Taken, Tx};

pub(super) const KIND: Kind = Kind { name: "scrub", always: true, work: |app, taken| Box::pin(scrub(app, taken)) };
/// Most blobs that are read in one go.
const AT_A_TIME: usize = 500;
/// Bytes after which no further one is begun.
const BYTES_AT_A_TIME: u64 = 64 * 1024 * 1024;
/// How long to rest before going on: half a terabyte a day.
const REST: TimeDelta = TimeDelta::seconds(10);
/// How long to rest when the blob store does not answer.
const LONG_REST: TimeDelta = TimeDelta::hours(1);
/// How long to rest once all have been read.
const ROUND: TimeDelta = TimeDelta::days(1);

async fn scrub(app: App, taken: Taken) -> Result<()> {
    let next = app.store.read_async(|tx| tx.blobs_after(tx.scrubbed()?, AT_A_TIME)).await?;
    let (mut looked, mut bytes, mut rest) = (Vec::new(), 0, if next.len() < AT_A_TIME { ROUND } else { REST });
    for blob in next {
        if bytes >= BYTES_AT_A_TIME {
            rest = REST;
            break;
        }
        bytes += blob.size;
        match app.blobs.look_through(&blob).await {
            Ok(flaw) => looked.push((blob, flaw)),
            // It has to come up again whether or not it went well.
            Err(error) => {
                tracing::warn!(%error, "blobs can't be looked at");
                rest = LONG_REST;
                break;
            }
        }
    }
    settle(&app, &taken, move |tx, now| note(tx, &looked, rest, now)).await
}

fn note(tx: &Tx<'_>, looked: &[(BlobRow, Option<Flaw>)], rest: TimeDelta, now: DateTime<chrono::Utc>) -> Result<Outcome> {
    looked.iter().try_for_each(|(blob, flaw)| blobs::note(tx, blob, *flaw, now))?;
    if rest == ROUND {
        let flawed = tx.flawed_blobs()?;
        tracing::info!(damaged = flawed.damaged, missing = flawed.missing, "all blobs have been looked at");
        tx.set_scrubbed(Hash([0; 32]))?;
    } else if let Some((last, _)) = looked.last() {
        tx.set_scrubbed(last.sha256)?;
    }
    Ok(Outcome::Again(now + rest))
}
