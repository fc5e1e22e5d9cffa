//! Evidence whose bytes its author has sent, and that have been checked, says so; and so it does when they are lost again.

use chuda_record::id::{Hash, RecordId};
use chuda_record::{Evidence, Fields, Kind, Result, Scalar, from_fields};

use crate::ingest::{Ingest, Reaction, When};

/// Evidence can name bytes that are here already.
pub(super) const NAMED: Reaction =
    Reaction { to: &[Kind::Evidence], act: When::Each(|ingest, _, evidence| note(ingest, evidence)) };

/// Bytes can come after their evidence, and can be lost: every record that stands for them is told.
pub(crate) fn blob_changed(ingest: &mut Ingest<'_>, sha256: Hash) -> Result<()> {
    for evidence in ingest.tx().evidence_sent(sha256)? {
        note(ingest, evidence.id)?;
    }
    Ok(())
}

fn note(ingest: &mut Ingest<'_>, evidence: RecordId) -> Result<()> {
    let Some(document) = ingest.tx().document(evidence)? else { return Ok(()) };
    let Ok(record) = from_fields::<Evidence>(&document.fields) else { return Ok(()) };
    let (here, now) = (ingest.tx().has_bytes(&record)?, Scalar::Int(ingest.now().timestamp_millis()));
    let mut fields = Fields::new();
    if here && record.stored_at.is_none() {
        fields.insert("stored_at".into(), now);
    } else if here && record.lost_at.is_some() {
        fields.insert("lost_at".into(), Scalar::Null);
    } else if !here && record.stored_at.is_some() && record.lost_at.is_none() {
        fields.insert("lost_at".into(), now);
    }
    if fields.is_empty() { Ok(()) } else { ingest.write(evidence, &fields) }
}
