//! Removes what need not be remembered of events, again and again.

use chrono::TimeDelta;
use chuda_record::Result;

use super::job::{Kind, Outcome, settle};
use crate::app::App;
use crate::store::{Taken, Tx};
use crate::webhooks;

pub(super) const KIND: Kind = Kind { name: "forget-events", always: true, work: |app, taken| Box::pin(forget(app, taken)) };

async fn forget(app: App, taken: Taken) -> Result<()> {
    let write = |tx: &Tx<'_>, now| {
        let more = webhooks::forget(tx, now)?;
        Ok(Outcome::Again(now + if more { TimeDelta::minutes(1) } else { TimeDelta::days(1) }))
    };
    settle(&app, &taken, write).await
}
