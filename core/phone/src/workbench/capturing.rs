//! Keeping evidence (拍照即存证): the bytes first, then the claim, committed with the record at once.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Inner, Purpose, Workbench, consents, touching};
use crate::query::view::{ClaimView, EvidenceView};
use crate::store::{Own, StoredClaim, Tx};
use chuda_evidence::claim::{Claim, Consent, Flag, Location, Source, TrustedTime, Version};
use chuda_evidence::clock::Clock;
use chuda_evidence::key::sign_low;
use chuda_evidence::photo::{self, PerceptualHash, Preview};
use chuda_evidence::sniff::{Mime, sniff};
use chuda_evidence::{Unreadable, document, file, proof};
use chuda_record::error::{Error, Result};
use chuda_record::id::{EvidenceId, Hash, TouchId};
use chuda_record::time::to_millis;
use chuda_record::{Evidence, Touch};
use chuda_words::keys;

/// Largest file that is kept. A recording of four hours is half of it.
const MAX_BYTES: u64 = 1 << 30;
/// Pictures and documents above this are kept, but not looked into.
const MAX_INSPECTED: u64 = 64 << 20;
/// Newest photos that a new one is compared with.
const COMPARED: u32 = 2_000;
/// How far wall clock and monotonic clock may drift apart between two claims before the clock counts as changed.
const MAX_DRIFT_MS: i64 = 120_000;

/// Bytes to keep as evidence.
#[derive(Clone, Debug)]
pub struct EvidenceDraft {
    /// The file; it is copied and may be removed afterwards.
    pub path: PathBuf,
    /// Where the bytes come from.
    pub source: Source,
    /// Required for sound.
    pub consent: Option<Consent>,
    /// Where it was captured, if the person allows it.
    pub location: Option<Location>,
    /// The touch it belongs to, if it is known already.
    pub touch: Option<TouchId>,
    /// The same picture as JPEG or PNG, made by the platform, where this core can't decode it (HEIC).
    pub rendition: Option<PathBuf>,
}

/// Kept evidence.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EvidenceSaved {
    /// As it is now; `readable` is false when its bytes can't be opened, which are kept all the same.
    pub evidence: EvidenceView,
    /// Its claim.
    pub claim: ClaimView,
}

impl Workbench {
    /// Keeps a file as evidence: hashed and claimed before anything else. Unreadable bytes are kept too, and marked.
    #[expect(clippy::needless_pass_by_value, reason = "shells hand a draft over, as everywhere else")]
    pub fn keep_evidence(&self, draft: EvidenceDraft) -> Result<EvidenceSaved> {
        let id = self.0.keep(&draft)?;
        self.0.listeners.changed();
        if let Err(error) = self.0.sign_claims() {
            // The key may be locked away just now; the claim is in its place and is signed before it is sent.
            tracing::warn!(%error, "claim not signed yet");
        }
        self.0.ask(|ask| {
            let claim = ask.claim(id)?.ok_or_else(|| Error::not_found(keys::EVIDENCE_NOT_FOUND))?;
            Ok(EvidenceSaved { evidence: ask.one(id)?, claim })
        })
    }

    /// The 320 px thumbnail as JPEG, if there is one.
    pub fn thumbnail(&self, id: EvidenceId) -> Result<Option<Vec<u8>>> {
        self.0.store.read(|tx| tx.thumbnail(id))
    }

    /// Writes the original bytes to a file for viewing.
    pub fn export_original(&self, id: EvidenceId, to: &Path) -> Result<()> {
        let evidence = self.evidence(id)?;
        self.0.export_blob(evidence.sha256, to)
    }

    /// Writes the rendition (≤ 2048 px JPEG) to a file; false when there is none.
    pub fn export_rendition(&self, id: EvidenceId, to: &Path) -> Result<bool> {
        let Some(hash) = self.0.store.read(|tx| tx.rendition(id))? else { return Ok(false) };
        self.0.export_blob(hash, to)?;
        Ok(true)
    }

    /// SHA-256 of the rendition, if there is one.
    pub fn rendition_hash(&self, id: EvidenceId) -> Result<Option<Hash>> {
        self.0.store.read(|tx| tx.rendition(id))
    }

    /// Finds evidence by its id or by the SHA-256 of its bytes.
    pub fn find_evidence(&self, word: &str) -> Result<EvidenceId> {
        let missing = || Error::not_found(keys::EVIDENCE_NOT_FOUND);
        self.0.store.read(|tx| {
            if let Ok(id) = word.parse::<EvidenceId>() {
                return tx.find::<Evidence>(id).map(|_| id);
            }
            let hash: Hash = word.parse().map_err(|_| missing())?;
            tx.evidence_by_hash(hash)?.first().copied().ok_or_else(missing)
        })
    }

    /// Writes a proof bundle of one piece of evidence, which anyone can check offline.
    pub fn export_proof(&self, id: EvidenceId, to: &Path) -> Result<()> {
        self.0.sign_claims()?;
        let evidence = self.evidence(id)?;
        let (claim, chain) = self.0.store.read(|tx| {
            let claim = tx.claim_of(id)?.ok_or_else(|| Error::not_found(keys::PROOF_CLAIM_ELSEWHERE))?;
            let before = tx.chain(claim.sequence.saturating_sub(proof::MAX_CHAIN as u64), claim.sequence.saturating_sub(1))?;
            let links = before.iter().map(|claim| Ok(Claim::from_bytes(&claim.bytes)?.link())).collect::<Result<Vec<_>>>()?;
            Ok((claim, links))
        })?;
        let signature = claim.signature.ok_or_else(|| Error::invalid(keys::PROOF_UNSIGNED))?;
        let parts = proof::Evidence {
            claim: &claim.bytes,
            signature: &signature,
            key: &self.0.settings.signer.public_key(),
            chain: &chain,
        };
        proof::export(to, &parts, &mut self.0.blobs.reader(evidence.sha256)?)
    }
}

/// A file that was taken in: its bytes are safe, and were looked into.
struct Captured<'d> {
    draft: &'d EvidenceDraft,
    mime: Mime,
    sha256: Hash,
    size: u64,
    consent: Option<Consent>,
    unreadable: Option<Unreadable>,
    preview: Option<Preview>,
    /// The blob of the rendition, and its size.
    rendition: Option<(Hash, u64)>,
}

impl Inner {
    /// Keeps a file and returns the evidence.
    pub(super) fn keep(&self, draft: &EvidenceDraft) -> Result<EvidenceId> {
        let captured = self.take_in(draft)?;
        let me = self.me();
        self.store.write(|tx| self.claim(tx, &self.own(tx, &me)?, &captured))
    }

    fn take_in<'d>(&self, draft: &'d EvidenceDraft) -> Result<Captured<'d>> {
        let mut file = file::open(&draft.path)?;
        if file.metadata()?.len() > MAX_BYTES {
            return Err(Error::invalid(keys::FILE_TOO_LARGE).with("limit_bytes", MAX_BYTES));
        }
        let mime = sniff(&mut BufReader::new(&mut file))?;
        let is_sound = mime.is_audio() || draft.source == Source::Recording;
        if is_sound && draft.consent.is_none() {
            return Err(Error::invalid(keys::EVIDENCE_CONSENT_MISSING));
        }
        file.rewind()?;
        let (sha256, size) = self.blobs.put(BufReader::new(&mut file))?;
        let (unreadable, preview) = match look_into(&mut file, mime, size)? {
            Ok(preview) => (None, preview.or_else(|| from_platform(draft.rendition.as_deref().filter(|_| mime.is_image())))),
            Err(reason) => (Some(reason), None),
        };
        let rendition = preview.as_ref().map(|preview| self.blobs.put(preview.rendition.as_slice())).transpose()?;
        let consent = draft.consent.filter(|_| is_sound);
        Ok(Captured { draft, mime, sha256, size, consent, unreadable, preview, rendition })
    }

    /// Puts the claim into the chain, with the record and everything that follows from it.
    fn claim(&self, tx: &Tx<'_>, own: &Own, captured: &Captured<'_>) -> Result<EvidenceId> {
        let claim = self.claim_of(tx, own, captured)?;
        let (id, bytes) = (claim.evidence, claim.to_bytes());
        let hash = Hash::of(&bytes);
        tx.create(own, id, &record_of(&claim, hash, own, captured))?;
        tx.append_claim(&StoredClaim { sequence: claim.sequence, evidence: id, hash, bytes, signature: None, witnessed_at: None })?;
        self.remember_clocks(tx, own)?;
        tx.queue_upload(claim.sha256, id, claim.size)?;
        if let Some(preview) = &captured.preview {
            tx.set_thumbnail(id, &preview.thumbnail)?;
        }
        if let Some((hash, size)) = captured.rendition {
            tx.set_rendition(id, hash, size)?;
        }
        if claim.consent.is_some() && claim.unreadable.is_none() {
            tx.queue_transcription(id, own.at)?;
        }
        claim.touch.map_or(Ok(()), |touch| touching::attach(tx, own, id, touch))?;
        Ok(id)
    }

    /// What this device says about a file.
    fn claim_of(&self, tx: &Tx<'_>, own: &Own, captured: &Captured<'_>) -> Result<Claim> {
        let clock = self.settings.clock.as_ref();
        let touch = captured.draft.touch.map(|touch| tx.find::<Touch>(touch)).transpose()?;
        let location = if consents::is_given(tx, Purpose::Location)? { captured.draft.location } else { None };
        let end = tx.chain_end()?;
        Ok(Claim {
            version: Version::V1,
            evidence: EvidenceId::new(own.at),
            sha256: captured.sha256,
            size: captured.size,
            mime: captured.mime,
            source: captured.draft.source,
            wall_ms: to_millis(own.at),
            monotonic_ms: clock.monotonic_ms(),
            boot_id: clock.boot_id(),
            trusted_time: trusted_time(tx, clock)?,
            location,
            person: own.person()?,
            device: own.actor.device,
            key: self.settings.signer.public_key().id(),
            touch: captured.draft.touch,
            customer: touch.map(|row| row.record.customer),
            consent: captured.consent,
            unreadable: captured.unreadable,
            flags: flags(tx, clock, captured, location)?,
            sequence: end.map_or(1, |(sequence, _)| sequence + 1),
            previous: end.map(|(_, hash)| hash),
        })
    }

    /// Signs what is waiting for a signature, in order. Hardware keys take their time, so nobody waits for this with a tap.
    pub(super) fn sign_claims(&self) -> Result<()> {
        let _one_at_a_time = self.signing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for claim in self.store.read(|tx| tx.unsigned_claims(1_000))? {
            let signature = sign_low(self.settings.signer.as_ref(), &claim.bytes)?;
            self.store.write(|tx| tx.set_signature(claim.sequence, &signature))?;
        }
        Ok(())
    }

    fn export_blob(&self, hash: Hash, to: &Path) -> Result<()> {
        if !self.blobs.contains(hash) {
            return Err(Error::not_found(keys::EVIDENCE_NOT_HERE));
        }
        let mut part = File::create(to)?;
        std::io::copy(&mut self.blobs.reader(hash)?, &mut part)?;
        Ok(part.sync_all()?)
    }

    fn remember_clocks(&self, tx: &Tx<'_>, own: &Own) -> Result<()> {
        let clock = self.settings.clock.as_ref();
        tx.set_meta("claim_wall", to_millis(own.at))?;
        tx.set_meta("claim_monotonic", clock.monotonic_ms())?;
        tx.set_meta("claim_boot", clock.boot_id())
    }
}

/// The record of a file that a claim is about.
fn record_of(claim: &Claim, hash: Hash, own: &Own, captured: &Captured<'_>) -> Evidence {
    Evidence {
        author: claim.person,
        device: claim.device,
        sha256: claim.sha256,
        size: i64::try_from(claim.size).unwrap_or(i64::MAX),
        mime: claim.mime.as_str().into(),
        source: claim.source.as_str().into(),
        captured_at: own.at,
        claim: hash,
        unreadable: claim.unreadable.map(|reason| reason.as_str().into()),
        flags: claim.flags.iter().map(|flag| flag.as_str().into()).collect(),
        consent: claim.consent.map(|consent| consent.as_str().into()),
        look: captured.preview.as_ref().map(|preview| preview.hash.to_hex()),
        touch: None,
        customer: None,
        transcript: None,
        stored_at: None,
        lost_at: None,
    }
}

/// Whether bytes open, and how they look if they are a picture that can be decoded here.
fn look_into(file: &mut File, mime: Mime, size: u64) -> Result<Result<Option<Preview>, Unreadable>> {
    if size == 0 {
        return Ok(Err(Unreadable::Empty));
    }
    if mime.is_audio() {
        file.rewind()?;
        let opens = chuda_speech::decode(file.try_clone()?).is_ok_and(|pcm| !pcm.truncated || pcm.duration_ms() > 0);
        return Ok(if opens { Ok(None) } else { Err(Unreadable::Damaged) });
    }
    if size > MAX_INSPECTED {
        return Ok(Err(Unreadable::TooLarge));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    file.rewind()?;
    file.take(MAX_INSPECTED).read_to_end(&mut bytes)?;
    Ok(if mime.is_image() {
        photo::process(&bytes).map(|picture| picture.preview)
    } else {
        document::inspect(&bytes).map(|_| None)
    })
}

/// What a reader of the evidence should know.
fn flags(tx: &Tx<'_>, clock: &dyn Clock, captured: &Captured<'_>, location: Option<Location>) -> Result<BTreeSet<Flag>> {
    let recycled = !tx.evidence_by_hash(captured.sha256)?.is_empty();
    let near = match &captured.preview {
        Some(preview) if !recycled => {
            let before = tx.looks(COMPARED)?;
            before.iter().filter_map(|text| PerceptualHash::from_hex(text)).any(|other| other.is_near(&preview.hash))
        }
        _ => false,
    };
    let flags = [
        (Flag::ClockSetByHand, clock.is_set_by_hand()),
        (Flag::ClockChanged, clock_changed(tx, clock)?),
        (Flag::FromGallery, captured.draft.source == Source::Gallery),
        (Flag::MockLocation, location.is_some_and(|location| location.mock)),
        (Flag::Recycled, recycled),
        (Flag::NearDuplicate, near),
    ];
    Ok(flags.into_iter().filter(|(_, holds)| *holds).map(|(flag, _)| flag).collect())
}

/// The last time a server told, with its age by the monotonic clock where the device was not started again since.
fn trusted_time(tx: &Tx<'_>, clock: &dyn Clock) -> Result<Option<TrustedTime>> {
    let Some(server_ms) = tx.meta::<i64>("trusted_server")? else { return Ok(None) };
    let same_boot = tx.meta::<String>("trusted_boot")?.is_some_and(|boot| boot == clock.boot_id());
    let told = tx.meta::<u64>("trusted_monotonic")?.unwrap_or_default();
    Ok(Some(TrustedTime { server_ms, age_ms: same_boot.then(|| clock.monotonic_ms().saturating_sub(told)) }))
}

/// Whether the wall clock moved against the monotonic clock since the claim before.
fn clock_changed(tx: &Tx<'_>, clock: &dyn Clock) -> Result<bool> {
    let (Some(wall), Some(monotonic), Some(boot)) =
        (tx.meta::<i64>("claim_wall")?, tx.meta::<u64>("claim_monotonic")?, tx.meta::<String>("claim_boot")?)
    else {
        return Ok(false);
    };
    let passed = to_millis(clock.now()) - wall;
    let same_boot = boot == clock.boot_id();
    let ticked = clock.monotonic_ms() as i64 - monotonic as i64;
    // After a restart of the device only a clock that ran backwards can be told.
    Ok(if same_boot { (passed - ticked).abs() > MAX_DRIFT_MS } else { passed < -MAX_DRIFT_MS })
}

fn from_platform(picture: Option<&Path>) -> Option<Preview> {
    let mut bytes = Vec::new();
    file::open(picture?).ok()?.take(MAX_INSPECTED).read_to_end(&mut bytes).ok()?;
    photo::process(&bytes).ok()?.preview
}
