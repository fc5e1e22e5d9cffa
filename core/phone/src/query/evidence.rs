//! One piece of evidence, its grade and where its bytes are.

use chrono::TimeDelta;

use super::Ask;
use super::view::{ClaimView, EvidenceView, Grade, ItemState};
use crate::store::Row;
use chuda_record::Evidence;
use chuda_record::error::{Error, Result};
use chuda_record::id::EvidenceId;

/// How long evidence is offered that belongs to no touch, and how many pieces.
const LOOSE_FOR: TimeDelta = TimeDelta::days(90);
const LOOSE: u32 = 50;

impl Ask<'_> {
    /// One piece of evidence.
    pub fn evidence(&self, id: EvidenceId) -> Result<EvidenceView> {
        let row = self.tx.record::<Evidence>(id)?.ok_or_else(|| Error::not_found("evidence.not_found"))?;
        self.view_evidence(row)
    }

    /// Own evidence that belongs to no touch, newest first.
    pub fn loose_evidence(&self) -> Result<Vec<EvidenceView>> {
        let rows = self.tx.loose_evidence(self.me.id, self.now - LOOSE_FOR, LOOSE)?;
        rows.into_iter().map(|row| self.view_evidence(row)).collect()
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

    fn view_evidence(&self, row: Row<Evidence>) -> Result<EvidenceView> {
        let id = EvidenceId::from(row.id);
        let valid = row.record.is_valid();
        let Evidence {
            sha256,
            claim,
            size,
            mime,
            source,
            captured_at,
            unreadable,
            flags,
            consent,
            transcript,
            touch,
            stored_at,
            ..
        } = row.record;
        let own_claim = self.tx.claim_of(id)?;
        let upload = self.tx.upload(sha256)?;
        // A claim of another device comes from the server, which has seen it before it passed the record on.
        let witnessed = own_claim.as_ref().is_none_or(|claim| claim.witnessed_at.is_some());
        let state = match &upload {
            Some(upload) if upload.verified_at.is_some() => ItemState::Verified,
            Some(upload) if upload.failed.is_some() => ItemState::Failed { reason: upload.failed.clone().unwrap_or_default() },
            Some(_) if !self.me.enrolled => ItemState::SavedHere,
            Some(upload) if upload.sent > 0 => ItemState::Uploading { percent: (upload.sent * 100 / upload.size.max(1)) as u8 },
            _ if stored_at.is_some() => ItemState::Verified,
            _ => ItemState::Waiting,
        };
        Ok(EvidenceView {
            id,
            sha256,
            claim,
            size,
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
                None => self.tx.touch_of_evidence(id)?,
            },
            here: upload.is_some(),
            state,
        })
    }
}
