//! What a device says in an exchange and what it makes of the answer. No network here.

use chrono::{DateTime, Utc};
use minicbor::bytes::ByteVec;

use crate::store::{Store, Tx};
use chuda_record::Rejection;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{Hash, RecordId};
use chuda_record::time::from_millis;
use chuda_record::wire::{DocumentChanges, MAX_CHANGES, OLDEST, Request, Response, SignedClaim, VERSION};
use chuda_words::keys;

/// Most bytes of changes in one request, before compression.
const MAX_REQUEST_BYTES: usize = 4 << 20;
/// Most claims in one request.
const MAX_CLAIMS: u32 = 2_000;

/// A request, and what to take note of when it is answered.
pub struct Offer {
    /// To be sent.
    pub request: Request,
    changes: Vec<(RecordId, Hash)>,
    claims: Vec<Hash>,
}

/// What an answer brought.
#[derive(Debug, Default)]
pub struct Taken {
    /// Changes the server took.
    pub pushed: i64,
    /// Changes that came.
    pub pulled: i64,
    /// Documents it did not take, with the reason.
    pub rejected: Vec<(RecordId, Rejection)>,
    /// Another exchange is needed right away.
    pub more: bool,
}

/// Puts together what the server lacks.
pub fn offer(tx: &Tx<'_>) -> Result<Offer> {
    let mut request = Request {
        version: OLDEST,
        speaks: Some(VERSION),
        epoch: tx.meta("epoch")?,
        cursor: tx.meta("cursor")?.unwrap_or_default(),
        ..Request::default()
    };
    let mut changes = Vec::new();
    let mut places = std::collections::HashMap::new();
    for pending in tx.outbox(MAX_CHANGES, MAX_REQUEST_BYTES)? {
        changes.push((pending.document, pending.hash));
        let place = *places.entry(pending.document).or_insert_with(|| {
            request.changes.push(DocumentChanges { document: *pending.document.as_bytes(), changes: Vec::new() });
            request.changes.len() - 1
        });
        request.changes[place].changes.push(ByteVec::from(pending.bytes));
    }
    let mut claims = Vec::new();
    for claim in tx.unwitnessed_claims(MAX_CLAIMS)? {
        let Some(signature) = claim.signature else { continue };
        claims.push(claim.hash);
        request.claims.push(SignedClaim { claim: claim.bytes, signature });
    }
    Ok(Offer { request, changes, claims })
}

/// Takes in the answer: what came, what was taken, what was refused. Doing it twice changes nothing.
pub fn take_in(store: &Store, offer: &Offer, response: &Response, now: DateTime<Utc>) -> Result<Taken> {
    if response.changes.iter().map(|document| document.changes.len()).sum::<usize>() > MAX_CHANGES {
        return Err(Error::new(ErrorKind::Server, keys::SYNC_PAGE_TOO_LARGE));
    }
    store.write_again(|tx| {
        let mut taken = Taken { more: response.more, ..Taken::default() };
        // In the order of the store's pages, so that each is read and written once.
        let mut documents: Vec<&DocumentChanges> = response.changes.iter().collect();
        documents.sort_unstable_by_key(|document| document.document);
        for document in documents {
            let changes: Vec<&[u8]> = document.changes.iter().map(|bytes| bytes.as_slice()).collect();
            taken.pulled += tx.receive(RecordId(uuid::Uuid::from_bytes(document.document)), &changes)? as i64;
        }
        for document in &response.purged {
            tx.purge(RecordId(uuid::Uuid::from_bytes(**document)))?;
        }

        let refused: Vec<(RecordId, Hash, Rejection)> = response
            .rejected
            .iter()
            .map(|rejected| (RecordId(uuid::Uuid::from_bytes(rejected.document)), Hash(rejected.change), rejected.rejection()))
            .collect();
        let accepted = offer.changes.iter().filter(|(_, hash)| !refused.iter().any(|(_, other, _)| other == hash));
        let accepted: Vec<Hash> = accepted.map(|(_, hash)| *hash).collect();
        taken.pushed = accepted.len() as i64;
        tx.acknowledge(accepted)?;
        let mut documents: Vec<RecordId> = refused.iter().map(|(document, ..)| *document).collect();
        documents.dedup();
        for document in documents {
            let of_document: Vec<(Hash, Rejection)> =
                refused.iter().filter(|(other, ..)| *other == document).map(|(_, hash, reason)| (*hash, reason.clone())).collect();
            tx.quarantine(document, &of_document)?;
            taken.rejected.extend(of_document.into_iter().take(1).map(|(_, reason)| (document, reason)));
        }

        for claim in &response.rejected_claims {
            tx.reject_claim(Hash(claim.claim), &claim.reason)?;
        }
        let refused_claim = |hash: &Hash| response.rejected_claims.iter().any(|claim| claim.claim == hash.0);
        for claim in offer.claims.iter().filter(|hash| !refused_claim(hash)) {
            tx.witness(*claim, from_millis(response.server_time))?;
        }

        for hash in response.wanted.iter().flatten().take(MAX_CHANGES) {
            tx.offer_blob_again(Hash(**hash))?;
        }
        let known_epoch: Option<Vec<u8>> = tx.meta("epoch")?;
        if known_epoch.as_ref().is_some_and(|epoch| *epoch != response.epoch) {
            // The server was restored and may lack what it once took: everything is offered again, and it ignores what it has.
            tx.offer_everything()?;
            tx.offer_claims_again()?;
            tx.offer_blobs_again()?;
            taken.more = true;
        }
        tx.set_meta("epoch", &response.epoch)?;
        tx.set_meta("cursor", response.cursor)?;
        tx.set_meta("last_sync", chuda_record::time::to_millis(now))?;
        let left = tx.outbox_len()? > 0 && taken.pushed > 0;
        taken.more |= left || !tx.unwitnessed_claims(1)?.is_empty();
        Ok(taken)
    })
}
