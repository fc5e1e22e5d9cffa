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
use chuda_evidence::photo::{self, PerceptualHash, Preview};
use chuda_evidence::sniff::{Mime, sniff};
use chuda_evidence::{Unreadable, document, proof};
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
            Ok(EvidenceSaved { evidence: ask.evidence(id)?, claim })
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
                return tx.record::<Evidence>(id)?.map(|_| id).ok_or_else(missing);
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

/// What looking into the bytes told.
#[derive(Default)]
struct Seen {
    unreadable: Option<Unreadable>,
    preview: Option<Preview>,
}

impl Inner {
    /// Keeps a file and returns the evidence.
    pub(super) fn keep(&self, draft: &EvidenceDraft) -> Result<EvidenceId> {
        let mut file = File::open(&draft.path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(Error::invalid(keys::FILE_NOT_A_FILE));
        }
        if meta.len() > MAX_BYTES {
            return Err(Error::invalid(keys::FILE_TOO_LARGE).with("limit_bytes", MAX_BYTES));
        }
        let mime = sniff(&mut BufReader::new(&mut file))?;
        if (mime.is_audio() || draft.source == Source::Recording) && draft.consent.is_none() {
            return Err(Error::invalid(keys::EVIDENCE_CONSENT_MISSING));
        }
        let consent = draft.consent.filter(|_| mime.is_audio() || draft.source == Source::Recording);
        file.rewind()?;
        let (sha256, size) = self.blobs.put(BufReader::new(&mut file))?;
        let seen = Self::look_into(&mut file, mime, size, draft.rendition.as_deref())?;
        let rendition = match &seen.preview {
            Some(preview) => Some(self.blobs.put(preview.rendition.as_slice())?),
            None => None,
        };
        let me = self.me();
        self.store.write(|tx| {
            let own = self.own(tx, &me)?;
            let id = EvidenceId::new(own.at);
            let location = if consents::is_given(tx, Purpose::Location)? { draft.location } else { None };
            let touch = draft
                .touch
                .map(|touch| tx.record::<Touch>(touch)?.ok_or_else(|| Error::not_found(keys::TOUCH_NOT_FOUND)))
                .transpose()?;
            let customer = touch.map(|row| row.record.customer);
            let look = seen.preview.as_ref().map(|preview| preview.hash);
            let flags = self.flags(tx, draft, location, sha256, look)?;
            let clock = self.settings.clock.as_ref();
            let end = tx.chain_end()?;
            let claim = Claim {
                version: Version::V1,
                evidence: id,
                sha256,
                size,
                mime,
                source: draft.source,
                wall_ms: to_millis(own.at),
                monotonic_ms: clock.monotonic_ms(),
                boot_id: clock.boot_id(),
                trusted_time: trusted_time(tx, clock)?,
                location,
                person: me.id,
                device: own.actor.device,
                key: self.settings.signer.public_key().id(),
                touch: draft.touch,
                customer,
                consent,
                unreadable: seen.unreadable,
                flags: flags.clone(),
                sequence: end.map_or(1, |(sequence, _)| sequence + 1),
                previous: end.map(|(_, hash)| hash),
            };
            let bytes = claim.to_bytes();
            let hash = Hash::of(&bytes);
            let evidence = Evidence {
                author: me.id,
                device: own.actor.device,
                sha256,
                size: i64::try_from(size).unwrap_or(i64::MAX),
                mime: mime.name().into(),
                source: word(&draft.source)?,
                captured_at: own.at,
                claim: hash,
                unreadable: seen.unreadable.map(|reason| reason.key().into()),
                flags: flags.iter().map(word).collect::<Result<_>>()?,
                consent: consent.as_ref().map(word).transpose()?,
                look: look.map(PerceptualHash::to_hex),
                touch: None,
                customer: None,
                transcript: None,
                stored_at: None,
            };
            tx.create(&own, id, &evidence)?;
            tx.append_claim(&StoredClaim {
                sequence: claim.sequence,
                evidence: id,
                hash,
                bytes,
                signature: None,
                witnessed_at: None,
            })?;
            self.remember_clocks(tx, &own)?;
            tx.queue_upload(sha256, id, size)?;
            if let Some(preview) = &seen.preview {
                tx.set_thumbnail(id, &preview.thumbnail)?;
            }
            if let Some((hash, size)) = rendition {
                tx.set_rendition(id, hash, size)?;
            }
            if consent.is_some() && seen.unreadable.is_none() {
                tx.queue_transcription(id, own.at)?;
            }
            draft.touch.map_or(Ok(()), |touch: TouchId| touching::attach(tx, &own, id, touch))?;
            Ok(id)
        })
    }

    /// Signs what is waiting for a signature, in order. Hardware keys take their time, so nobody waits for this with a tap.
    pub(super) fn sign_claims(&self) -> Result<()> {
        let _one_at_a_time = self.signing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for claim in self.store.read(|tx| tx.unsigned_claims(1_000))? {
            let signature = self.settings.signer.sign(&claim.bytes)?;
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

    fn look_into(file: &mut File, mime: Mime, size: u64, platform_picture: Option<&Path>) -> Result<Seen> {
        if size == 0 {
            return Ok(Seen { unreadable: Some(Unreadable::Empty), preview: None });
        }
        if mime.is_audio() {
            return Ok(Seen { unreadable: unreadable_sound(file)?, preview: None });
        }
        if size > MAX_INSPECTED {
            return Ok(Seen { unreadable: Some(Unreadable::TooLarge), preview: None });
        }
        let mut bytes = Vec::with_capacity(size as usize);
        file.rewind()?;
        file.take(MAX_INSPECTED).read_to_end(&mut bytes)?;
        if mime.is_image() {
            return Ok(match photo::process(&bytes) {
                Ok(picture) => Seen { unreadable: None, preview: picture.preview.or_else(|| from_platform(platform_picture)) },
                Err(reason) => Seen { unreadable: Some(reason), preview: None },
            });
        }
        Ok(Seen { unreadable: document::inspect(&bytes).err(), preview: None })
    }

    fn flags(
        &self,
        tx: &Tx<'_>,
        draft: &EvidenceDraft,
        location: Option<Location>,
        sha256: Hash,
        look: Option<PerceptualHash>,
    ) -> Result<BTreeSet<Flag>> {
        let clock = self.settings.clock.as_ref();
        let mut flags = BTreeSet::new();
        if clock.is_set_by_hand() {
            flags.insert(Flag::ClockSetByHand);
        }
        if clock_changed(tx, clock)? {
            flags.insert(Flag::ClockChanged);
        }
        if draft.source == Source::Gallery {
            flags.insert(Flag::FromGallery);
        }
        if location.is_some_and(|location| location.mock) {
            flags.insert(Flag::MockLocation);
        }
        if !tx.evidence_by_hash(sha256)?.is_empty() {
            flags.insert(Flag::Recycled);
        } else if let Some(look) = look {
            let before = tx.looks(COMPARED)?;
            let near = before.iter().filter_map(|text| PerceptualHash::from_hex(text)).any(|other| other.is_near(&look));
            if near {
                flags.insert(Flag::NearDuplicate);
            }
        }
        Ok(flags)
    }

    fn remember_clocks(&self, tx: &Tx<'_>, own: &Own) -> Result<()> {
        let clock = self.settings.clock.as_ref();
        tx.set_meta("claim_wall", to_millis(own.at))?;
        tx.set_meta("claim_monotonic", clock.monotonic_ms())?;
        tx.set_meta("claim_boot", clock.boot_id())
    }
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

fn unreadable_sound(file: &mut File) -> Result<Option<Unreadable>> {
    file.rewind()?;
    let sound = chuda_speech::decode(file.try_clone()?);
    Ok(match sound {
        Ok(pcm) if !pcm.truncated || pcm.duration_ms() > 0 => None,
        Ok(_) | Err(_) => Some(Unreadable::Damaged),
    })
}

fn from_platform(picture: Option<&Path>) -> Option<Preview> {
    let bytes = std::fs::read(picture?).ok()?;
    photo::process(&bytes).ok()?.preview
}

/// The stored word of an enumeration.
fn word<T: serde::Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(Error::internal("evidence.word", format!("{other:?}"))),
    }
}
