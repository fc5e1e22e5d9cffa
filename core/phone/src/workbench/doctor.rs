//! Checks of everything that can go wrong on a phone, in words.

use super::Workbench;
use crate::store::Lost;
use chuda_evidence::claim::{Claim, verify_chain};
use chuda_evidence::proof::Check;
use chuda_record::error::Result;
use chuda_record::time::from_millis;

/// Lost records that are named.
const NAMED: usize = 20;

impl Workbench {
    /// Checks store, projections, blobs, chain and model. Reads everything: takes seconds on a full phone.
    pub fn doctor(&self) -> Result<Vec<Check>> {
        let inner = &self.0;
        let faults = inner.store.integrity()?;
        let mut checks = vec![Check { name: "database".into(), ok: faults.is_empty(), detail: faults.join("; ") }];
        if let Some(lost) = inner.store.read(|tx| tx.lost())? {
            checks.push(Check { name: "lost".into(), ok: false, detail: said(&lost) });
        }

        let (claims, uploads) = inner.store.read(|tx| Ok((tx.chain(0, i64::MAX as u64)?, tx.waiting_uploads(u32::MAX)?)))?;
        let parsed: Vec<Option<Claim>> = claims.iter().map(|claim| Claim::from_bytes(&claim.bytes).ok()).collect();
        let links: Vec<_> = parsed.iter().flatten().map(Claim::link).collect();
        let broken = verify_chain(None, &links);
        let whole = broken.is_empty() && links.len() == claims.len();
        checks.push(Check {
            name: "chain".into(),
            ok: whole,
            detail: if whole { claims.len().to_string() } else { format!("{broken:?}") },
        });
        let unsigned = claims.iter().filter(|claim| claim.signature.is_none()).count();
        checks.push(Check { name: "signatures".into(), ok: unsigned == 0, detail: format!("{unsigned} unsigned") });

        let lost = uploads.iter().filter(|upload| inner.blobs.verify(upload.hash).is_err()).count();
        checks.push(Check { name: "blobs".into(), ok: lost == 0, detail: format!("{} waiting, {lost} damaged", uploads.len()) });

        let before = self.dump()?;
        self.rebuild()?;
        let same = before == self.dump()?;
        checks.push(Check { name: "projections".into(), ok: same, detail: format!("{} rows", before.len()) });
        checks.push(self.check_model());
        checks.push(Check { name: "version".into(), ok: true, detail: env!("CARGO_PKG_VERSION").into() });
        Ok(checks)
    }

    #[cfg(feature = "whisper")]
    fn check_model(&self) -> Check {
        let loaded = self.0.engine();
        Check {
            name: "model".into(),
            ok: loaded.is_ok(),
            detail: loaded.err().map(|error| error.key.to_owned()).unwrap_or_default(),
        }
    }

    #[cfg(not(feature = "whisper"))]
    fn check_model(&self) -> Check {
        Check { name: "model".into(), ok: false, detail: chuda_words::keys::SPEECH_MODEL_MISSING.into() }
    }
}

/// What a damaged database has lost: how many records and which, as far as that is known.
fn said(lost: &Lost) -> String {
    let more = if lost.is_more() { " or more" } else { "" };
    let records = lost.records();
    let names = records.iter().take(NAMED).map(|id| format!(" {id}")).collect::<Vec<_>>().concat();
    let (count, unsent) = (records.len(), lost.unsent.len());
    format!("{}: {count}{more} lost, {unsent} of them unsent{names}", from_millis(lost.at).format("%Y-%m-%d"))
}
