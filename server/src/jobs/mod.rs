//! Jobs: what is to be done later, or outside of a request. Each has a key, under which it happens once, whatever crashes in between.
//!
//! A job is scheduled in the transaction that makes it necessary. Whoever runs it takes it with a lease, so that two processes on one
//! database do not do it twice; a lease that ends unused is taken anew. What a job writes and the mark that it is done are one
//! transaction. One that fails comes up again, later each time, and after the last attempt is kept aside for an admin.

mod back_check;
mod deliver_webhook;
mod forget_events;
mod job;
mod keep_event;
mod look_into;
mod runner;
mod scrub;
mod tidy_uploads;
mod timed_rule;
mod week;

use tokio::sync::watch;

use crate::app::App;
use job::Kind;

pub(crate) use keep_event::is_kept;
pub(crate) use runner::Runner;

/// Everything that can be a job. One that is stored has to stay readable: kinds stay, and what they carry only gains.
const KINDS: &[Kind] = &[
    tidy_uploads::KIND,
    scrub::KIND,
    forget_events::KIND,
    week::KIND,
    back_check::KIND,
    timed_rule::KIND,
    keep_event::KIND,
    look_into::KIND,
    deliver_webhook::KIND,
];

/// What runs the jobs of a process, until it is told to stop.
pub(crate) fn runner(app: App, stop: watch::Receiver<bool>) -> Runner {
    Runner::new(app, KINDS, stop)
}
