//! Evidence whose bytes are here and have been checked says so.

use chuda_record::id::{Hash, RecordId};
use chuda_record::{Fields, Kind, Result, Scalar};

use crate::ingest::{Ingest, Reaction, When};

/// Evidence can name bytes that are here already.
pub(super) const NAMED: Reaction =
    Reaction { to: &[Kind::Evidence], act: When::Each(|ingest, _, evidence| note(ingest, evidence)) };

/// Bytes can come after their evidence: every record that names them is told.
pub(crate) fn blob_stored(ingest: &mut Ingest<'_>, sha256: Hash) -> Result<()> {
    for evidence in ingest.tx().evidence_of_blob(sha256)? {
        note(ingest, evidence.id)?;
    }
    Ok(())
}

fn note(ingest: &mut Ingest<'_>, evidence: RecordId) -> Result<()> {
    let Some(document) = ingest.tx().document(evidence)? else { return Ok(()) };
    let sha256 = document.fields.get("sha256").and_then(Scalar::as_text).and_then(|hash| hash.parse().ok());
    if document.fields.contains_key("stored_at") || sha256.map_or(Ok(None), |hash| ingest.tx().blob(hash))?.is_none() {
        return Ok(());
    }
    ingest.write(evidence, &Fields::from([("stored_at".into(), Scalar::Int(ingest.now().timestamp_millis()))]))
}
