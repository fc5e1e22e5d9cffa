//! What a closed back-check found goes to rules and options (R2).

use chuda_record::id::{FindingId, RecordId};
use chuda_record::kind::backcheck::{Answer, member};
use chuda_record::{BackCheck, Error, Finding, Kind, Origin, Record as _, Result, from_fields};

use crate::ingest::{Ingest, Reaction, When};
use crate::store::Tx;

/// Where findings come from: the name of their rule, their kind, and part of their ids.
const FINDING: &str = "back_check";
/// A back-check that is closed leaves findings.
pub(super) const CLOSED: Reaction =
    Reaction { to: &[Kind::BackCheck], act: When::Each(|ingest, _, back_check| close(ingest, back_check)) };

/// A back-check, if that is what it is.
pub(crate) fn read(tx: &Tx<'_>, id: RecordId) -> Result<Option<BackCheck>> {
    let Some(document) = tx.document(id)?.filter(|document| document.kind == Kind::BackCheck) else { return Ok(None) };
    from_fields(&document.fields).map(Some).map_err(|error| Error::internal("back_check.unreadable", error))
}

/// Makes findings of what a closed back-check answered with no or unclear: about a record and a question, not about a person.
fn close(ingest: &mut Ingest<'_>, back_check: RecordId) -> Result<()> {
    let tx = ingest.tx();
    let Some(record) = read(tx, back_check)?.filter(|record| record.closed_at.is_some()) else { return Ok(()) };
    let config = ingest.config();
    for touch in record.in_order() {
        for question in record.asked() {
            let Some(answer) = record.answer(touch, question).filter(|answer| *answer != Answer::Yes) else { continue };
            let about = member(touch, question);
            let id = FindingId::derived(&format!("finding/{FINDING}/{back_check}/{about}"));
            if ingest.has_made(id)? {
                continue;
            }
            let shown = config.questions.iter().find(|choice| choice.key == question).map_or(question, |choice| &choice.zh);
            let finding = Finding {
                finding: FINDING.into(),
                // The supervisor, who can change rules and options; whose touch it was is nobody's concern here.
                author: Some(record.author),
                role: None,
                customer: None,
                other: Some(back_check),
                left: Some(shown.to_owned()),
                right: Some(record.notes.get(&about).cloned().unwrap_or_else(|| answer.as_str().to_owned())),
                resolution: None,
                reason: None,
                resolved_at: None,
                resolved_by: None,
                origin: Origin {
                    source: Some(touch.into()),
                    rule: Some(FINDING.into()),
                    config: record.origin.config,
                    because: Some(format!("{question} = {}", answer.as_str())),
                    created_at: ingest.now(),
                },
            };
            let fields = finding.to_new_fields().map_err(|error| Error::internal("finding.encode", error))?;
            ingest.write(id.into(), &fields)?;
        }
    }
    Ok(())
}
