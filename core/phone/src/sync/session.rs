//! What a device says in an exchange and what it makes of the answer. No network here.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use minicbor::bytes::ByteVec;

use crate::store::{Store, Tx};
use chuda_record::Rejection;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{Hash, RecordId};
use chuda_record::time::from_millis;
use chuda_record::wire::{self, ConsentNote, DocumentChanges, MAX_CHANGES, OLDEST, Request, Response, SignedClaim, VERSION};
use chuda_words::keys;

/// Most bytes of changes in one request, before compression.
const MAX_REQUEST_BYTES: usize = 4 << 20;
/// Most claims in one request.
const MAX_CLAIMS: u32 = 2_000;
/// Most bytes of what a server calls its log.
const MAX_EPOCH: usize = 64;
/// Most characters that are kept of why a claim was refused.
const MAX_REASON: usize = 200;
/// Most consents in one request.
const MAX_CONSENTS: u32 = 100;
/// Under which key it is kept up to where the server has heard of consents.
const CONSENTS_HEARD: &str = "consents_heard";

/// A request, and what to take note of when it is answered.
pub struct Offer {
    /// To be sent.
    pub request: Request,
    changes: Vec<(RecordId, Hash)>,
    claims: Vec<Hash>,
    /// Up to which entry of the ledger consents are told.
    consents: Option<i64>,
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
        again: tx.needs_all_again()?.then_some(true),
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
    let consents = tx.consents_since(tx.meta(CONSENTS_HEARD)?.unwrap_or_default(), MAX_CONSENTS)?;
    let (numbers, notes): (Vec<i64>, Vec<ConsentNote>) = consents.into_iter().unzip();
    request.consents = Some(notes).filter(|notes| !notes.is_empty());
    Ok(Offer { request, changes, claims, consents: numbers.last().copied() })
}

/// Bytes that are to be removed before the answer is taken in: what they belong to was erased.
pub fn erased_bytes(tx: &Tx<'_>, response: &Response) -> Result<Vec<Hash>> {
    let mut bytes = Vec::new();
    for document in erased(response) {
        bytes.extend(tx.own_bytes(document)?);
    }
    Ok(bytes)
}

fn erased(response: &Response) -> impl Iterator<Item = RecordId> + '_ {
    response.erased.iter().flatten().map(|document| RecordId(uuid::Uuid::from_bytes(**document)))
}

/// Takes in the answer: what came, what was taken, what was refused. Doing it twice changes nothing.
pub fn take_in(store: &Store, offer: &Offer, response: &Response, now: DateTime<Utc>) -> Result<Taken> {
    check(&offer.request, response)?;
    store.write_again(|tx| {
        let mut taken = Taken { more: response.more, ..Taken::default() };
        // First of all: what is left of them comes with the changes.
        erased(response).try_for_each(|document| tx.erase(document))?;
        // In the order of the store's pages, so that each is read and written once.
        let mut documents: Vec<&DocumentChanges> = response.changes.iter().collect();
        documents.sort_unstable_by_key(|document| document.document);
        for document in documents {
            let changes: Vec<&[u8]> = document.changes.iter().map(|bytes| bytes.as_slice()).collect();
            taken.pulled += tx.receive(RecordId(uuid::Uuid::from_bytes(document.document)), &changes)? as i64;
        }
        for document in response.purged.iter().map(|document| RecordId(uuid::Uuid::from_bytes(**document))) {
            if !erased(response).any(|erased| erased == document) {
                tx.purge(document)?;
            }
        }

        let refused: Vec<(RecordId, Hash, Rejection)> = response
            .rejected
            .iter()
            .map(|rejected| (RecordId(uuid::Uuid::from_bytes(rejected.document)), Hash(rejected.change), rejected.rejection()))
            .collect();
        let refused_changes: HashSet<Hash> = refused.iter().map(|(_, hash, _)| *hash).collect();
        let accepted: Vec<Hash> =
            offer.changes.iter().map(|(_, hash)| *hash).filter(|hash| !refused_changes.contains(hash)).collect();
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
            tx.reject_claim(Hash(claim.claim), &claim.reason.chars().take(MAX_REASON).collect::<String>())?;
        }
        let refused_claims: HashSet<Hash> = response.rejected_claims.iter().map(|claim| Hash(claim.claim)).collect();
        for claim in offer.claims.iter().filter(|hash| !refused_claims.contains(hash)) {
            tx.witness(*claim, from_millis(response.server_time))?;
        }

        for hash in response.wanted.iter().flatten().take(MAX_CHANGES) {
            tx.offer_blob_again(Hash(**hash))?;
        }
        if let (Some(last), Some(_)) = (offer.consents, response.consents) {
            tx.set_meta(CONSENTS_HEARD, last)?;
        }

        let known_epoch: Option<Vec<u8>> = tx.meta("epoch")?;
        if known_epoch.as_ref().is_some_and(|epoch| *epoch != response.epoch) {
            // The server was restored and may lack what it once took: everything is offered again, and it ignores what it has.
            tx.offer_everything()?;
            tx.offer_claims_again()?;
            tx.remove_meta(CONSENTS_HEARD)?;
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

/// Whether an answer is one that a server can give to this request. A page with more behind it holds something and leads on.
fn check(request: &Request, response: &Response) -> Result<()> {
    let fault = |key| Err(Error::new(ErrorKind::Server, key));
    if !wire::are_within_bounds(&response.changes) || response.purged.len() > MAX_CHANGES {
        return fault(keys::SYNC_PAGE_TOO_LARGE);
    }
    if response.epoch.len() > MAX_EPOCH || i64::try_from(response.cursor).is_err() {
        return fault(keys::SYNC_NOT_UNDERSTOOD);
    }
    let from = if request.epoch.as_ref() == Some(&response.epoch) { request.cursor } else { 0 };
    let is_empty = response.changes.is_empty() && response.purged.is_empty();
    if response.more && (is_empty || response.cursor <= from) { fault(keys::SYNC_NO_PROGRESS) } else { Ok(()) }
}
