//! Removes what is left of uploads that nobody goes on with, again and again.

use chrono::TimeDelta;
use chuda_record::Result;

use super::job::{Kind, Outcome, settle};
use crate::app::App;
use crate::store::Taken;

pub(super) const KIND: Kind = Kind { name: "tidy-uploads", always: true, work: |app, taken| Box::pin(tidy(app, taken)) };
/// How often.
const AGAIN: TimeDelta = TimeDelta::hours(1);

async fn tidy(app: App, taken: Taken) -> Result<()> {
    // It has to come up again whether or not it went well.
    if let Err(error) = app.blobs.tidy(&app.store, app.now()).await {
        tracing::warn!(%error, "uploads that nobody goes on with are still there");
    }
    settle(&app, &taken, |_, now| Ok(Outcome::Again(now + AGAIN))).await
}
