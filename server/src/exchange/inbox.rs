//! What a device has not received yet, as far as one answer holds it.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use chuda_record::Result;
use chuda_record::id::{DeviceId, PersonId, RecordId};
use chuda_record::wire::{DocumentChanges, MAX_CHANGES, Response};

use crate::store::Tx;

/// Most bytes of changes in one answer; a single larger change goes alone.
const MAX_PULL_BYTES: usize = 4 * 1024 * 1024;

/// Fills the answer from a person's inbox, but with what came from the device that asks.
pub(super) fn pull(
    tx: &Tx<'_>,
    (person, origin): (PersonId, Option<DeviceId>),
    epoch: Option<&[u8]>,
    cursor: u64,
    response: &mut Response,
) -> Result<()> {
    response.epoch = tx.epoch()?;
    // A cursor of another epoch says nothing here: the device gets everything again.
    let cursor = if epoch == Some(&response.epoch) { cursor } else { 0 };
    let head = tx.inbox_head(person)?;
    let (mut rows, mut bytes) = (0, 0);
    let mut places: BTreeMap<RecordId, usize> = BTreeMap::new();
    let mut sent = BTreeSet::new();
    let (mut purged, mut erased) = (BTreeSet::new(), BTreeSet::new());
    response.cursor = head.max(cursor);
    let mut last = cursor;
    tx.undelivered(person, origin, cursor, |delivery| {
        let size = delivery.change.as_ref().map_or(16, |(_, bytes)| bytes.len());
        if rows == MAX_CHANGES || (rows > 0 && bytes + size > MAX_PULL_BYTES) {
            response.more = true;
            response.cursor = last;
            return false;
        }
        (rows, bytes, last) = (rows + 1, bytes + size, delivery.seq);
        match delivery.change {
            None if delivery.erased => {
                // What was put into this answer of it before is no more.
                erased.insert(delivery.document);
            }
            None => drop(purged.insert(delivery.document)),
            // What was given, taken and given again stands twice in the inbox.
            Some((number, _)) if !sent.insert(number) => {}
            Some((_, bytes)) => {
                let place = match places.entry(delivery.document) {
                    Entry::Occupied(place) => *place.get(),
                    Entry::Vacant(place) => {
                        response.changes.push(DocumentChanges { document: *delivery.document.as_bytes(), changes: Vec::new() });
                        *place.insert(response.changes.len() - 1)
                    }
                };
                response.changes[place].changes.push(bytes.into());
            }
        }
        true
    })?;
    response.purged = ids(&(&purged | &erased));
    response.erased = (!erased.is_empty()).then(|| ids(&erased));
    Ok(())
}

fn ids<Id: From<[u8; 16]>>(documents: &BTreeSet<RecordId>) -> Vec<Id> {
    documents.iter().map(|document| (*document.as_bytes()).into()).collect()
}
