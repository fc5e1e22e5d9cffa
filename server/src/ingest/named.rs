//! What the fields of a record name.

use chuda_record::id::{EvidenceId, PersonId, RecordId};
use chuda_record::policy::AUTHOR_FIELD;
use chuda_record::{Fields, Scalar};

/// The evidence that fields of a touch name.
pub(crate) fn evidence_in(fields: &Fields) -> impl Iterator<Item = EvidenceId> + '_ {
    let members =
        fields.iter().filter(|(_, value)| **value == Scalar::Bool(true)).filter_map(|(key, _)| key.strip_prefix("evidence/"));
    members.filter_map(|id| id.parse().ok())
}

/// Who created a record.
pub(crate) fn author_of(fields: &Fields) -> Option<PersonId> {
    fields.get(AUTHOR_FIELD).and_then(Scalar::as_text).and_then(|id| id.parse().ok())
}

/// The record that a field names.
pub(super) fn link(fields: &Fields, field: &str) -> Option<RecordId> {
    fields.get(field).and_then(Scalar::as_text)?.parse().ok()
}
