//! What devices have put under ids that belong to something else, before that was refused: it is set aside with its changes, as
//! everything is that is not accepted, so that what belongs there can come.

use chrono::{DateTime, Utc};
use chuda_record::table::Create;
use chuda_record::{Rejection, Result, author_of};

use crate::audit::{self, By};
use crate::store::{Document, Tx};

/// Sets aside all there are, once: none can come after that.
pub(crate) fn set_all_aside(tx: &Tx<'_>, now: DateTime<Utc>) -> Result<()> {
    if tx.are_ids_kept()? {
        return Ok(());
    }
    let mut any = false;
    for id in tx.derived_by_devices()? {
        let Some(document) = tx.document(id)? else { continue };
        if is_stray(tx, &document)? {
            take_out(tx, &document, now)?;
            any = true;
        }
    }
    if any {
        tx.recount()?;
    }
    tx.keep_ids()
}

/// Whether a device has made a record under an id that follows from something else than this record.
pub(crate) fn is_stray(tx: &Tx<'_>, document: &Document) -> Result<bool> {
    let Document { id, kind, fields, .. } = document;
    let by_people = matches!(kind.table().create, Create::Roles(_));
    Ok(id.is_derived() && by_people && kind.demanded_id(fields) != Some(*id) && tx.maker(*id)?.is_some())
}

/// Takes a stray out of the records, and away from whoever reads it.
pub(crate) fn set_aside(tx: &Tx<'_>, document: &Document, now: DateTime<Utc>) -> Result<()> {
    take_out(tx, document, now)?;
    tx.recount()
}

fn take_out(tx: &Tx<'_>, document: &Document, now: DateTime<Utc>) -> Result<()> {
    let Document { id, kind, fields, .. } = document;
    let (Some(device), Some(person)) = (tx.maker(*id)?, author_of(fields)) else { return Ok(()) };
    let reason = Rejection::invalid("id");
    for change in tx.change_hashes(*id)? {
        audit::log_refusal(tx, now, &By::device(person, device), (*id, Some(*kind)), change, reason.key())?;
    }
    tracing::warn!(record = %id, %device, "set aside: it was made under an id that is not its own");
    tx.set_aside(*id, &reason.to_json())
}
