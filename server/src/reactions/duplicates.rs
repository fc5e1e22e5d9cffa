//! The same customer entered twice: both are kept, a merge is proposed, the supervisor decides; the history of both stays.

use chuda_record::id::{CustomerId, RecordId, TaskId};
use chuda_record::kind::finding::DUPLICATE_CUSTOMER;
use chuda_record::rules::audience::superiors;
use chuda_record::{Customer, Error, Fields, Finding, Kind, Origin, Record as _, Result, Role, Scalar, from_fields};

use crate::ingest::{Ingest, Notice, Reaction, When};

/// A customer that was there under the same name before is a finding.
pub(super) const FOUND: Reaction =
    Reaction { to: &[Kind::Customer], act: When::Each(|ingest, _, customer| look_for(ingest, customer)) };
/// A finding is settled as its supervisor decided.
pub(super) const DECIDED: Reaction =
    Reaction { to: &[Kind::Finding], act: When::Each(|ingest, _, finding| merge(ingest, finding)) };
const FINDING: &str = DUPLICATE_CUSTOMER;

/// Looks whether a customer was there under the same name before.
fn look_for(ingest: &mut Ingest<'_>, customer: RecordId) -> Result<()> {
    let Some(document) = ingest.tx().document(customer)? else { return Ok(()) };
    let Some(name) = document.fields.get("name").and_then(Scalar::as_text) else { return Ok(()) };
    let before = ingest.tx().customers_named(name)?;
    let Some(first) = before.first().filter(|first| first.id != customer) else { return Ok(()) };
    let id = RecordId::derived(&format!("finding/{FINDING}/{customer}/{}", first.id));
    if ingest.has_made(id)? {
        return Ok(());
    }
    let read = |fields: &Fields| from_fields::<Customer>(fields).map_err(|error| Error::internal("customer.unreadable", error));
    let (new, old) = (read(&document.fields)?, read(&first.fields)?);
    let people = ingest.people();
    let held_by = |customer: &Customer| {
        let person = people.get(&customer.holder.unwrap_or(customer.author));
        format!("{}（{}）", customer.name, person.map(|person| person.name.as_str()).unwrap_or_default())
    };
    let origin = Origin {
        source: Some(customer),
        rule: Some(FINDING.into()),
        config: Some(ingest.config().version),
        because: Some("name = name".into()),
        created_at: ingest.now(),
    };
    let finding = Finding {
        finding: FINDING.into(),
        author: Some(new.author),
        role: None,
        customer: Some(CustomerId::from(customer)),
        other: Some(first.id),
        left: Some(held_by(&old)),
        right: Some(held_by(&new)),
        resolution: None,
        reason: None,
        resolved_at: None,
        resolved_by: None,
        origin,
    };
    let fields = finding.to_new_fields().map_err(|error| Error::internal("finding.encode", error))?;
    ingest.write(id, &fields)?;
    let superior = superiors(new.author, &people).first().copied();
    let notice = Notice {
        kind: "finding",
        rule: FINDING,
        assignee: superior,
        role: superior.is_none().then_some(Role::Admin),
        customer: Some(customer.into()),
        source: id,
        because: "name = name".into(),
    };
    ingest.notify(&id.to_string(), notice)
}

/// Carries out the supervisor's decision to merge: the later one points to the earlier one and counts no more.
fn merge(ingest: &mut Ingest<'_>, id: RecordId) -> Result<()> {
    let Some(document) = ingest.tx().document(id)? else { return Ok(()) };
    let finding: Finding = from_fields(&document.fields).map_err(|error| Error::internal("finding.unreadable", error))?;
    if let (FINDING, Some(at)) = (finding.finding.as_str(), finding.resolved_at) {
        let notice = RecordId::from(TaskId::derived(&format!("task/{FINDING}/{id}")));
        if ingest.tx().document(notice)?.is_some_and(|notice| notice.kind == Kind::Task && notice.kind.is_open(&notice.fields)) {
            ingest.write(notice, &Fields::from([("done_at".into(), Scalar::Int(at.timestamp_millis()))]))?;
        }
    }
    let (Some("merge"), Some(later), Some(earlier)) = (finding.resolution.as_deref(), finding.customer, finding.other) else {
        return Ok(());
    };
    let Some(stored) = ingest.tx().document(later.into())?.filter(|stored| stored.kind == Kind::Customer) else { return Ok(()) };
    if finding.finding != FINDING || stored.fields.contains_key("merged_into") {
        return Ok(());
    }
    let writes = Fields::from([("merged_into".into(), earlier.to_string().into()), ("closed".into(), true.into())]);
    ingest.write(later.into(), &writes)
}
