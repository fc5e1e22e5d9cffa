//! Evidence whose bytes its author has sent, and that have been checked, says so.

use chuda_record::id::{Hash, RecordId};
use chuda_record::{Evidence, Fields, Kind, Result, Scalar, from_fields};

use crate::ingest::{Ingest, Reaction, When};

/// Evidence can name bytes that are here already.
pub(super) const NAMED: Reaction =
    Reaction { to: &[Kind::Evidence], act: When::Each(|ingest, _, evidence| note(ingest, evidence)) };

/// Bytes can come after their evidence: every record that names them is told.
pub(crate) fn blob_stored(ingest: &mut Ingest<'_>, sha256: Hash) -> Result<()> {
    for evidence in ingest.tx().evidence_with_bytes(sha256)? {
        note(ingest, evidence.id)?;
    }
    Ok(())
}

fn note(ingest: &mut Ingest<'_>, evidence: RecordId) -> Result<()> {
    let Some(document) = ingest.tx().document(evidence)? else { return Ok(()) };
    let Ok(record) = from_fields::<Evidence>(&document.fields) else { return Ok(()) };
    if record.stored_at.is_some() || !ingest.tx().has_bytes(&record)? {
        return Ok(());
    }
    ingest.write(evidence, &Fields::from([("stored_at".into(), Scalar::Int(ingest.now().timestamp_millis()))]))
}
