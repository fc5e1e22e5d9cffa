//! A kind of job: its name, and what is done when one of it comes up.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use futures::future::BoxFuture;

use crate::app::App;
use crate::store::{Taken, Tx};

/// A kind of job. What only writes to the database does so in [`settle`], together with the mark that it is done; what goes outside comes
/// first, and can happen twice when this process ends in between.
pub(crate) struct Kind {
    /// As it is stored.
    pub(super) name: &'static str,
    /// Whether there always is one, under the kind's own name, also after a restored backup.
    pub(super) always: bool,
    pub(super) work: fn(App, Taken) -> BoxFuture<'static, Result<()>>,
}

/// How a job that did not fail ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Done,
    Again(DateTime<Utc>),
}

/// Carries out what a job writes and marks it, in one transaction, unless somebody else has taken it meanwhile or it was taken back.
pub(super) async fn settle<F>(app: &App, taken: &Taken, write: F) -> Result<()>
where
    F: FnOnce(&Tx<'_>, DateTime<Utc>) -> Result<Outcome> + Send + 'static,
{
    let (now, taken) = (app.now(), taken.clone());
    app.store
        .write_async(move |tx| {
            if !tx.holds_job(&taken)? {
                tracing::info!(job = taken.id, "job is no longer this process's");
                return Ok(());
            }
            match write(tx, now)? {
                Outcome::Done => tx.finish_job(&taken, now),
                Outcome::Again(due) => tx.postpone_job(&taken, due),
            }
        })
        .await
}
