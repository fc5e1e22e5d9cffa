//! Looks whether a rule that waited still holds for a record, and carries it out.

use chuda_record::Result;

use super::job::{Kind, Outcome, settle};
use crate::app::App;
use crate::reactions::{self, TimedRule};
use crate::store::{Payload as _, Taken, Tx};

pub(super) const KIND: Kind = Kind { name: TimedRule::KIND, always: false, work: |app, taken| Box::pin(carry_out(app, taken)) };

async fn carry_out(app: App, taken: Taken) -> Result<()> {
    let timed = TimedRule::read(&taken.payload)?;
    let write = move |tx: &Tx<'_>, now| {
        let mut ingest = reactions::begin(tx, now)?;
        reactions::carry_out_timed(&mut ingest, &timed)?;
        ingest.finish()?;
        Ok(Outcome::Done)
    };
    settle(&app, &taken, write).await
}
