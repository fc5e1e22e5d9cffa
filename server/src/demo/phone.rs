//! A phone of the demo: holds a key, makes changes and signed claims as the app does, and sends them to the server's own ingest.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::claim::{Claim, Consent, Flag, Location, Source, TrustedTime, Version};
use chuda_evidence::{Signer as _, SoftwareKey, photo};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId, RecordId, TouchId};
use chuda_record::wire::{DocumentChanges, SignedClaim};
use chuda_record::{Actor, Doc, Error, Evidence, Fields, Record, Result};

use super::papers::Paper;
use crate::audit::By;
use crate::exchange;
use crate::store::{Device, Store};

/// How a piece of evidence came to the phone.
pub(super) struct Capture {
    pub(super) paper: Paper,
    pub(super) source: Source,
    pub(super) flags: BTreeSet<Flag>,
    pub(super) consent: Option<Consent>,
    pub(super) location: Option<Location>,
    pub(super) transcript: Option<String>,
}

pub(super) struct Phone {
    device: Device,
    key: SoftwareKey,
    /// When a server last told it the time.
    told: Option<DateTime<Utc>>,
    sequence: u64,
    previous: Option<Hash>,
    unsent: Vec<DocumentChanges>,
    claims: Vec<SignedClaim>,
}

impl Phone {
    /// One whose key the server knows.
    pub(super) fn new(id: DeviceId, person: PersonId, key: SoftwareKey) -> Self {
        let device = Device { id, person, public_key: key.public_key().to_spki(), auditor: false, left: None };
        Self { device, key, told: None, sequence: 0, previous: None, unsent: Vec::new(), claims: Vec::new() }
    }

    pub(super) fn id(&self) -> DeviceId {
        self.device.id
    }

    /// Whose it is, as the log says it.
    pub(super) fn by(&self) -> By {
        By::device(self.device.person, self.device.id)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.key.sign(message)
    }

    pub(super) fn create<T: Record>(&mut self, id: impl Into<RecordId>, record: &T, now: DateTime<Utc>) -> Result<()> {
        let fields = record.to_new_fields().map_err(|error| Error::internal("demo.record", error))?;
        self.change(id.into(), Doc::new(), &fields, now)
    }

    /// Changes a record as the server has it; what is unsent of it goes first, so that the change builds on it.
    pub(super) fn edit(&mut self, store: &Store, id: impl Into<RecordId>, fields: &Fields, now: DateTime<Utc>) -> Result<()> {
        let id = id.into();
        if self.unsent.iter().any(|change| change.document == *id.as_bytes()) {
            self.push(store, now)?;
        }
        let changes = store.read(|tx| tx.changes(id))?;
        let doc = Doc::load(changes.iter().map(Vec::as_slice)).map_err(|error| Error::internal("demo.document", error))?;
        self.change(id, doc, fields, now)
    }

    fn change(&mut self, id: RecordId, mut doc: Doc, fields: &Fields, now: DateTime<Utc>) -> Result<()> {
        let actor = Actor { device: self.device.id, incarnation: 0 };
        let change = doc.write(actor, now, fields).map_err(|error| Error::internal("demo.change", error))?;
        self.unsent.extend(
            change.map(|change| DocumentChanges { document: *id.as_bytes(), changes: vec![change.bytes().to_vec().into()] }),
        );
        Ok(())
    }

    /// Keeps a file as evidence of a touch: claim first, then the record. Returns the name of the bytes.
    pub(super) fn keep(
        &mut self,
        id: EvidenceId,
        touch: (TouchId, CustomerId),
        capture: &Capture,
        now: DateTime<Utc>,
    ) -> Result<Hash> {
        let Capture { paper, source, flags, consent, location, transcript } = capture;
        let sha256 = Hash::of(&paper.bytes);
        // A phone is started once a week.
        let started = now - TimeDelta::seconds(now.timestamp() % (7 * 24 * 3_600));
        let claim = Claim {
            version: Version::V1,
            evidence: id,
            sha256,
            size: paper.bytes.len() as u64,
            mime: paper.mime,
            source: *source,
            wall_ms: now.timestamp_millis(),
            monotonic_ms: (now - started).num_milliseconds().unsigned_abs(),
            boot_id: format!("{:x}", started.timestamp()),
            trusted_time: self.told.map(|told| TrustedTime {
                server_ms: told.timestamp_millis(),
                age_ms: (told >= started).then(|| (now - told).num_milliseconds().unsigned_abs()),
            }),
            location: *location,
            person: self.device.person,
            device: self.device.id,
            key: self.key.public_key().id(),
            touch: Some(touch.0),
            customer: Some(touch.1),
            consent: *consent,
            unreadable: paper.unreadable,
            flags: flags.clone(),
            sequence: self.sequence + 1,
            previous: self.previous,
        };
        let bytes = claim.to_bytes();
        let hash = Hash::of(&bytes);
        (self.sequence, self.previous) = (claim.sequence, Some(hash));
        let signature = self.key.sign(&bytes)?;
        self.claims.push(SignedClaim { claim: bytes, signature });
        let look = (paper.mime.is_image() && paper.unreadable.is_none()).then(|| photo::process(&paper.bytes).ok()).flatten();
        let evidence = Evidence {
            author: self.device.person,
            device: self.device.id,
            sha256,
            size: paper.bytes.len() as i64,
            mime: paper.mime.as_str().into(),
            source: word(source)?,
            captured_at: now,
            claim: hash,
            unreadable: paper.unreadable.map(|reason| reason.as_str().into()),
            flags: flags.iter().map(word).collect::<Result<_>>()?,
            consent: consent.as_ref().map(word).transpose()?,
            look: look.and_then(|photo| photo.preview).map(|preview| preview.hash.to_hex()),
            touch: Some(touch.0),
            customer: Some(touch.1),
            transcript: transcript.clone(),
            stored_at: None,
            lost_at: None,
        };
        self.create(id, &evidence, now)?;
        Ok(sha256)
    }

    /// Sends what is unsent. Nothing that a phone of the demo sends may be refused.
    pub(super) fn push(&mut self, store: &Store, now: DateTime<Utc>) -> Result<()> {
        if self.unsent.is_empty() && self.claims.is_empty() {
            return Ok(());
        }
        let (changes, claims) = (std::mem::take(&mut self.unsent), std::mem::take(&mut self.claims));
        let pushed = exchange::push(store, &self.device, changes, (&claims, &[]), now)?;
        let (refused, refused_claims) = (pushed.refused, pushed.refused_claims);
        let refused = refused.into_iter().map(|(_, _, reason)| reason.to_string());
        if let Some(reason) = refused.chain(refused_claims.into_iter().map(|one| one.reason)).next() {
            return Err(Error::internal("demo.refused", reason));
        }
        self.told = Some(now);
        Ok(())
    }
}

/// The stored word of an enumeration.
fn word<T: serde::Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(Error::internal("demo.word", format!("{other:?}"))),
    }
}
