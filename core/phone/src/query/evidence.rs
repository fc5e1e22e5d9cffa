//! One piece of evidence, its grade and where its bytes are.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::view::ItemState;
use super::{Ask, Shown, dialect};
use crate::store::Row;
use chuda_evidence::sniff::Mime;
use chuda_record::Evidence;
use chuda_record::error::Result;
use chuda_record::id::{EvidenceId, Hash, TouchId};

/// How long evidence is offered that belongs to no touch, and how many pieces.
const LOOSE_FOR: TimeDelta = TimeDelta::days(90);
const LOOSE: u32 = 50;

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EvidenceView {
    /// Which.
    pub id: EvidenceId,
    /// SHA-256 of the original bytes.
    pub sha256: Hash,
    /// SHA-256 of the claim.
    pub claim: Hash,
    /// Number of bytes.
    pub size: i64,
    /// What it is, such as `image/jpeg`.
    pub mime: String,
    // What only a phone's screen shows is not in the JSON.
    /// What a person calls it.
    #[serde(skip)]
    pub kind: EvidenceKind,
    /// The usual extension of a file of it, without the dot.
    #[serde(skip)]
    pub extension: String,
    /// `camera`, `gallery`, `file` or `recording`.
    pub source: String,
    /// When it was captured.
    pub captured_at: DateTime<Utc>,
    /// Trust grade.
    #[serde(serialize_with = "dialect::labelled")]
    pub grade: Grade,
    /// Flags, as keys.
    pub flags: Vec<String>,
    /// Whether it opens.
    pub readable: bool,
    /// Why not, as a key.
    pub unreadable: Option<String>,
    /// Whether it counts as valid evidence (T3).
    pub valid: bool,
    /// Consent of a recording: `self` or `told`.
    pub consent: Option<String>,
    /// What a recording says.
    pub transcript: Option<String>,
    /// The touch it belongs to.
    pub touch: Option<TouchId>,
    /// Whether the bytes are on this device.
    pub here: bool,
    /// Where the bytes are on their way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

chuda_record::words! {
    /// What a person calls a piece of evidence.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    pub enum EvidenceKind {
        /// 照片: any picture.
        Photo = "photo",
        /// 录音: any sound.
        Recording = "recording",
        /// 文件.
        Document = "document",
    }
}

chuda_record::words! {
    /// How far an item's time is to be trusted; in words, never a colour.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    pub enum Grade {
        /// 本机时间未校验.
        LocalUnverified = "local_unverified",
        /// 服务器已见证: existed before the server saw its claim.
        ServerWitnessed = "server_witnessed",
    }
}

/// A claim in the chain of this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ClaimView {
    /// The evidence it is about.
    pub evidence: EvidenceId,
    /// Its place in the chain.
    pub sequence: i64,
    /// SHA-256 of the claim.
    pub hash: Hash,
    /// Whether it has been signed yet.
    pub signed: bool,
}

impl EvidenceKind {
    /// Of bytes; a recording that can't be read is one all the same.
    fn of(mime: &str, source: &str) -> Self {
        match mime.split('/').next() {
            Some("image") => Self::Photo,
            Some("audio") => Self::Recording,
            _ if source == "recording" => Self::Recording,
            _ => Self::Document,
        }
    }
}

impl Ask<'_> {
    /// Own evidence that belongs to no touch, newest first.
    pub fn loose_evidence(&self) -> Result<Vec<EvidenceView>> {
        self.each(self.tx.loose_evidence(self.me.id, self.now - LOOSE_FOR, LOOSE)?)
    }

    /// Its claim, if this installation made it.
    pub fn claim(&self, id: EvidenceId) -> Result<Option<ClaimView>> {
        Ok(self.tx.claim_of(id)?.map(|claim| ClaimView {
            evidence: id,
            sequence: claim.sequence as i64,
            hash: claim.hash,
            signed: claim.signature.is_some(),
        }))
    }
}

impl Shown for EvidenceView {
    type Of = Evidence;

    fn of(ask: &Ask<'_>, row: Row<Evidence>) -> Result<Self> {
        let id = EvidenceId::from(row.id);
        let valid = row.record.is_valid();
        let is_stored = row.record.is_stored();
        let Evidence { sha256, claim, size, mime, source, captured_at, unreadable, flags, consent, transcript, touch, .. } =
            row.record;
        let own_claim = ask.tx.claim_of(id)?;
        let upload = ask.tx.upload(sha256)?;
        // A claim of another device comes from the server, which has seen it before it passed the record on.
        let witnessed = own_claim.as_ref().is_none_or(|claim| claim.witnessed_at.is_some());
        let state = match &upload {
            Some(upload) if upload.verified_at.is_some() => ItemState::Verified,
            Some(upload) if upload.failed.is_some() => ItemState::Failed { reason: upload.failed.clone().unwrap_or_default() },
            Some(_) if !ask.me.enrolled => ItemState::SavedHere,
            Some(upload) if upload.sent > 0 => ItemState::Uploading { percent: (upload.sent * 100 / upload.size.max(1)) as i32 },
            _ if is_stored => ItemState::Verified,
            _ => ItemState::Waiting,
        };
        Ok(Self {
            id,
            sha256,
            claim,
            size,
            kind: EvidenceKind::of(&mime, &source),
            extension: Mime::parse(&mime).unwrap_or(Mime::Unknown).extension().into(),
            mime,
            source,
            captured_at,
            grade: if witnessed { Grade::ServerWitnessed } else { Grade::LocalUnverified },
            flags: flags.into_iter().collect(),
            readable: unreadable.is_none(),
            unreadable,
            valid,
            consent,
            transcript,
            touch: match touch {
                Some(touch) => Some(touch),
                None => ask.tx.touch_of_evidence(id)?,
            },
            here: upload.is_some(),
            state,
        })
    }
}
