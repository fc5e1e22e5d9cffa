//! What a device sent, taken apart before the database is asked for anything.

use std::collections::BTreeMap;

use chuda_record::doc::DocError;
use chuda_record::id::{Hash, RecordId};
use chuda_record::wire::DocumentChanges;
use chuda_record::{Change, Rejection};

/// The changes of one document as they came, taken apart.
pub(crate) struct Incoming {
    pub(super) document: RecordId,
    pub(super) changes: Vec<Result<Change, Broken>>,
}

/// Bytes that are not a change.
pub(super) struct Broken {
    pub(super) hash: Hash,
    pub(super) reason: Rejection,
    pub(super) bytes: Vec<u8>,
}

/// Takes apart what came. What belongs to one document is put together.
pub(crate) fn parse(documents: Vec<DocumentChanges>) -> Vec<Incoming> {
    let mut incoming: Vec<Incoming> = Vec::with_capacity(documents.len());
    let mut places: BTreeMap<[u8; 16], usize> = BTreeMap::new();
    for DocumentChanges { document, changes } in documents {
        let changes = changes.into_iter().map(|bytes| {
            let parsed = Change::parse(&bytes)
                .and_then(|change| if change.repeats_itself() { Err(DocError::Malformed) } else { Ok(change) });
            parsed.map_err(|error| Broken { hash: Hash::of(&bytes), reason: rejection(&error), bytes: bytes.into() })
        });
        if let Some(place) = places.get(&document) {
            incoming[*place].changes.extend(changes);
        } else {
            places.insert(document, incoming.len());
            incoming.push(Incoming { document: RecordId(uuid::Uuid::from_bytes(document)), changes: changes.collect() });
        }
    }
    incoming
}

/// Why a document does not take a change.
pub(super) fn rejection(error: &DocError) -> Rejection {
    match error {
        DocError::Malformed => Rejection::Malformed,
        DocError::TooLarge => Rejection::TooLarge,
        DocError::MissingDependency => Rejection::MissingDependency,
        DocError::ReusedSequence => Rejection::ReusedSequence,
    }
}
