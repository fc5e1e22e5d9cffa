//! Judging: whether what a person's device sends may be written. What may not is kept aside with its reason, for each change alone.

use std::collections::BTreeSet;

use chuda_record::doc::{Doc, MAX_DOCUMENT_CHANGES};
use chuda_record::id::{Hash, RecordId};
use chuda_record::kind::lead::LeadRequest;
use chuda_record::policy::{self, Lookup as _, Writer};
use chuda_record::{Change, Error, Fields, Kind, NotWritten, Rejection, Result, kind_of};

use super::commit::Commit;
use super::lookup::Desk;
use super::parse::{self, Incoming};
use super::{Ingest, Sender};
use crate::audit::{self, By};
use crate::store::{Document, Refused};

/// Most refused changes that are kept of one device.
const MAX_QUARANTINED: usize = 10_000;

/// A change that was refused: of which document, its hash, and why.
pub(crate) type Rejected = (RecordId, Hash, Rejection);

/// A document whose changes are being judged, and the state that the accepted ones lead to.
struct Draft {
    document: RecordId,
    /// Whether the server has it already.
    exists: bool,
    known: BTreeSet<Hash>,
    /// Changes that were erased.
    erased: BTreeSet<Hash>,
    refused: BTreeSet<Hash>,
    doc: Option<Doc>,
    kind: Option<Kind>,
    fields: Option<Fields>,
    accepted: Vec<Change>,
}

impl Ingest<'_> {
    /// Takes in what a device sent, parents before children, and says what was refused.
    pub(crate) fn push(&mut self, sender: Sender, incoming: Vec<Incoming>) -> Result<Vec<Rejected>> {
        let mut ordered = Vec::with_capacity(incoming.len());
        for document in incoming {
            let stored = self.rightful(document.document)?;
            let kind = stored.as_ref().map(|stored| stored.kind).or_else(|| {
                document.changes.iter().find_map(|change| change.as_ref().ok().and_then(|change| kind_of(&change.writes)))
            });
            ordered.push((kind, stored, document));
        }
        ordered.sort_by_key(|(kind, ..)| Kind::ALL.iter().position(|other| Some(*other) == *kind).unwrap_or(usize::MAX));
        let mut rejected = Vec::new();
        for (_, stored, document) in ordered {
            // Rules run after all of them, and a document's own changes are all here: the state that was read still holds.
            self.push_document(sender, stored.as_ref(), document, &mut rejected)?;
        }
        Ok(rejected)
    }

    fn push_document(
        &mut self,
        sender: Sender,
        stored: Option<&Document>,
        incoming: Incoming,
        rejected: &mut Vec<Rejected>,
    ) -> Result<()> {
        let document = incoming.document;
        let by = By::device(sender.person, sender.device);
        let mut draft = Draft {
            document,
            known: if stored.is_some() { self.tx.change_hashes(document)? } else { BTreeSet::new() },
            erased: self.tx.erased(document)?,
            refused: BTreeSet::new(),
            kind: stored.map(|stored| stored.kind),
            fields: stored.map(|stored| stored.fields.clone()),
            exists: stored.is_some(),
            doc: None,
            accepted: Vec::new(),
        };
        for change in incoming.changes {
            let (hash, bytes, reason) = match change {
                Ok(change) if draft.known.contains(&change.hash) || draft.erased.contains(&change.hash) => continue,
                Ok(change) => match self.accept(sender, &mut draft, &change)? {
                    Ok(()) => {
                        draft.known.insert(change.hash);
                        draft.accepted.push(change);
                        continue;
                    }
                    Err(reason) => (change.hash, change.bytes().to_vec(), reason),
                },
                Err(broken) => (broken.hash, broken.bytes, broken.reason),
            };
            tracing::info!(device = %sender.device, %document, reason = reason.key(), "change refused");
            audit::log_refusal(self.tx, self.now, &by, (document, draft.kind), hash, reason.key())?;
            // What builds on something that was erased may repeat it, and is not kept.
            if draft.erased.is_empty() {
                let refused = Refused { document, hash, device: sender.device, reason: &reason.to_json(), bytes: &bytes };
                self.tx.quarantine(&refused, self.now, MAX_QUARANTINED)?;
            }
            draft.refused.insert(hash);
            rejected.push((document, hash, reason));
        }
        if let Draft { kind: Some(kind), fields: Some(fields), accepted, doc, .. } = draft
            && !accepted.is_empty()
        {
            let conflicts = doc.as_ref().map(Doc::conflicts).unwrap_or_default();
            let (changes, sender) = (accepted.as_slice(), Some(sender));
            self.commit(&Commit {
                document,
                kind,
                before: stored,
                fields: &fields,
                conflicts: &conflicts,
                changes,
                sender,
                by: &by,
            })?;
        }
        Ok(())
    }

    /// Whether one change may be added to the draft; if so, it is in the draft's document afterwards.
    fn accept(&mut self, sender: Sender, draft: &mut Draft, change: &Change) -> Result<Result<(), Rejection>> {
        let document = draft.document;
        if draft.known.len() >= MAX_DOCUMENT_CHANGES {
            return Ok(Err(Rejection::TooLarge));
        }
        if change.actor.device != sender.device {
            return Ok(Err(Rejection::ForeignActor));
        }
        if let Some(missing) = change.deps.iter().find(|dependency| !draft.known.contains(dependency)) {
            let was_refused = draft.refused.contains(missing) || self.tx.is_quarantined(document, *missing)?;
            return Ok(Err(if was_refused { Rejection::DependsOnRejected } else { Rejection::MissingDependency }));
        }
        let Some(kind) = draft.kind.or_else(|| kind_of(&change.writes)) else { return Ok(Err(Rejection::UnknownKind)) };
        // A claim is heard also when somebody else was faster and the lead is no longer the sender's to read: who asks is told who has it.
        let claims = || kind == Kind::Lead && LeadRequest::is_claim_by(&change.writes, sender.person);
        if draft.exists && !self.desk(sender).may_read(document)? && !claims() {
            return Ok(Err(Rejection::NotAllowed));
        }
        let recorded = kind.time_of(&change.writes).unwrap_or(i64::MIN).max(change.at.timestamp_millis());
        if sender.left.is_some_and(|left| recorded > left) {
            return Ok(Err(Rejection::NotAllowed));
        }
        if let Err(fault) = self.judge(sender, document, kind, draft.fields.as_ref(), &change.writes) {
            return Ok(Err(fault.rejection()?));
        }
        let check = |fields: &Fields| kind.check(fields).map_err(|error| Rejection::Invalid { detail: error.0 });
        if !draft.exists && draft.accepted.is_empty() && change.is_whole_document() {
            return Ok(check(&change.writes).map(|()| (draft.kind, draft.fields) = (Some(kind), Some(change.writes.clone()))));
        }
        let mut doc = match draft.doc.take() {
            Some(doc) => doc,
            None => self.rebuild(draft)?,
        };
        // When it fails the copy is spoilt; the next change gets a fresh one.
        let applied = doc.apply([change.clone()]).map_err(|error| parse::rejection(&error)).and_then(|()| {
            let fields = doc.fields();
            check(&fields).map(|()| fields)
        });
        Ok(applied.map(|fields| (draft.doc, draft.kind, draft.fields) = (Some(doc), Some(kind), Some(fields))))
    }

    /// The document with all that was accepted so far.
    fn rebuild(&self, draft: &Draft) -> Result<Doc> {
        let mut doc = self.load(draft.document, draft.exists)?;
        doc.apply(draft.accepted.iter().cloned()).map_err(|error| Error::internal("document.rebuild", error))?;
        Ok(doc)
    }

    /// Judges what somebody wants to write, by the state that is kept here: with the function that the phone has asked before.
    pub(super) fn judge(
        &self,
        sender: Sender,
        document: RecordId,
        kind: Kind,
        before: Option<&Fields>,
        writes: &Fields,
    ) -> Result<(), NotWritten> {
        let person = self.people.get(&sender.person);
        // Whoever has left meanwhile writes nothing more.
        if sender.left.is_none() && person.is_none_or(|person| person.left) {
            return Err(Rejection::NotAllowed.into());
        }
        let writer = Writer::Person { id: sender.person, roles: person.map(|person| person.roles.clone()).unwrap_or_default() };
        let desk = self.desk(sender);
        let before = before.map(|before| desk.as_sender_had_it(document, before)).transpose()?;
        policy::judge(kind, document, before.as_deref(), writes, &writer, &desk)
    }

    pub(super) fn desk(&self, sender: Sender) -> Desk<'_> {
        Desk { tx: self.tx, sender, people: &self.people, configs: &self.configs }
    }
}
