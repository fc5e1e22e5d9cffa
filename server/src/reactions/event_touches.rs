//! Which touch an outside event belongs to (M1): a mail log or a download proves that touch.

use std::collections::BTreeSet;

use chuda_record::id::{CustomerId, RecordId, TouchId};
use chuda_record::rules::result;
use chuda_record::{Event, Fields, Kind, Result, Scalar, Touch};
use serde::{Deserialize, Serialize};

use crate::ingest::{Ingest, Reaction, When};
use crate::store::{Document, Payload, typed};

/// Touches and events find each other before any rule looks at them.
pub(super) const FOUND: Reaction = Reaction { to: &[Kind::Touch, Kind::Event], act: When::Together(sort_out) };

/// The job of keeping an outside event as evidence of the touch it belongs to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Trace {
    pub(crate) event: RecordId,
    pub(crate) touch: TouchId,
}

impl Payload for Trace {
    const KIND: &'static str = "trace";
}

/// Gives the events of the customers of changed touches and events the touch they belong to, whichever of the two came first.
fn sort_out(ingest: &mut Ingest<'_>, changed: &[RecordId]) -> Result<()> {
    let mut customers = BTreeSet::new();
    for record in changed {
        let document = ingest.tx().document(*record)?;
        let customer = document.as_ref().and_then(|document| document.fields.get("customer")).and_then(Scalar::as_text);
        customers.extend(customer.and_then(|id| id.parse::<CustomerId>().ok()));
    }
    customers.into_iter().try_for_each(|customer| sort_out_customer(ingest, customer))
}

fn sort_out_customer(ingest: &mut Ingest<'_>, customer: CustomerId) -> Result<()> {
    let events: Vec<(RecordId, Event)> = read(ingest.tx().of_customer(customer, Kind::Event)?)?;
    if events.is_empty() {
        return Ok(());
    }
    let touches: Vec<(RecordId, Touch)> = read(ingest.tx().of_customer(customer, Kind::Touch)?)?;
    let touches: Vec<(TouchId, Touch)> = touches.into_iter().map(|(id, touch)| (id.into(), touch)).collect();
    let config = ingest.config();
    let belong = result::belong(&config, &events, &touches);
    for (id, event) in &events {
        let Some(touch) = belong.get(id).filter(|touch| event.touch != Some(**touch)) else { continue };
        ingest.write(*id, &Fields::from([("touch".into(), touch.to_string().into())]))?;
        let proven = touches.iter().find(|(other, _)| other == touch).filter(|(_, made)| result::proves(&config, event, made));
        if proven.is_some() {
            let trace = Trace { event: *id, touch: *touch };
            ingest.tx().schedule(&format!("trace/{id}/{touch}"), &trace, ingest.now())?;
        }
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(documents: Vec<Document>) -> Result<Vec<(RecordId, T)>> {
    documents.into_iter().map(|document| Ok((document.id, typed(&document.fields)?))).collect()
}
