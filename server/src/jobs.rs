//! Jobs: what is to be done later, or outside of a request. Each has a key, under which it happens once, whatever crashes in between.
//!
//! A job is scheduled in the transaction that makes it necessary. Whoever runs it takes it with a lease, so that two processes on one
//! database do not do it twice; a lease that ends unused is taken anew. What a job writes and the mark that it is done are one
//! transaction. One that fails comes up again, later each time, and after the last attempt is kept aside for an admin.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::Scalar;
use chuda_record::id::{RecordId, TouchId};
use chuda_record::time::from_millis;
use chuda_record::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use crate::app::App;
use crate::ingest::Ingest;
use crate::stores::Tx;
use crate::stores::jobs::{NewJob, Taken};
use crate::webhooks::{self, Delivery};
use crate::{backcheck, effects, machine, outside, weekly};

/// Most attempts at a job; with the waits between them they take about three days.
pub(crate) const MAX_ATTEMPTS: u32 = 14;
/// How long to wait after the first failure; each further one triples it.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(10);
/// The longest wait after a failure.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(12);
/// How long a job may take before another process may think that this one is gone.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// Jobs that are done at a time, each in another lane.
const AT_WORK: usize = 64;
/// How long the runner sleeps: at least, so that a clock that stands still does not keep it busy; at most, since another process
/// may have scheduled something.
const SLEEP: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// How often uploads that nobody goes on with are removed.
const TIDY: TimeDelta = TimeDelta::hours(1);

/// Everything that can be a job. A stored one has to stay readable: variants and their fields only gain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "kebab-case")]
pub(crate) enum Job {
    /// Removes what is left of uploads that nobody goes on with, again and again.
    TidyUploads,
    /// Tells one subscriber of one event.
    DeliverWebhook(Delivery),
    /// Removes what need not be remembered of events, again and again.
    ForgetEvents,
    /// Looks whether a timed rule still holds for a record, and carries it out.
    Rule {
        /// Its name.
        rule: String,
        /// The record.
        record: RecordId,
        /// What the rule's field held when the job was made; none in jobs of earlier versions.
        #[serde(default)]
        since: Option<Scalar>,
    },
    /// Keeps an outside event as evidence of the touch it belongs to (M1).
    Trace {
        /// The event.
        event: RecordId,
        /// The touch.
        touch: TouchId,
    },
    /// Looks at the week that has ended with the weekly rules (G3), again and again.
    Week,
    /// Draws the back-checks of the period that has ended (R1), again and again.
    BackCheck,
    /// Looks into the evidence of a back-check, again and again while it is open.
    LookInto {
        /// Which.
        back_check: RecordId,
    },
}

/// How a job that did not fail ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    /// It has happened.
    Done,
    /// It is to happen again.
    Again(DateTime<Utc>),
}

/// Schedules a job; false when its key was used before, which changes nothing, whether that one is done or not.
pub(crate) fn schedule(tx: &Tx<'_>, key: &str, job: &Job, due: DateTime<Utc>) -> Result<bool> {
    let stored = serde_json::to_value(job).map_err(|error| Error::internal("job.encode", error))?;
    let kind = stored["kind"].as_str().unwrap_or_default();
    let lane = job.lane().unwrap_or_else(|| kind.to_owned());
    tx.add_job(&NewJob { key, kind, payload: &stored["payload"].to_string(), lane: &lane, due: due.timestamp_millis() })
}

impl Job {
    /// Jobs of one lane are done one after another, so that what is slow holds up only its own kind; by default that is a kind.
    fn lane(&self) -> Option<String> {
        match self {
            Self::DeliverWebhook(delivery) => Some(delivery.lane()),
            Self::TidyUploads
            | Self::ForgetEvents
            | Self::Rule { .. }
            | Self::Trace { .. }
            | Self::Week
            | Self::BackCheck
            | Self::LookInto { .. } => None,
        }
    }
}

/// Does one job. What only writes to the database does so in [`settle`], together with the mark that it is done; what goes outside
/// comes first, and can happen twice when this process ends in between.
async fn work(app: &App, taken: &Taken) -> Result<()> {
    match decode(&taken.kind, &taken.payload)? {
        Job::TidyUploads => {
            // It has to come up again whether or not it went well.
            if let Err(error) = app.blobs.tidy(&app.store, app.now()).await {
                tracing::warn!(%error, "uploads that nobody goes on with are still there");
            }
            settle(app, taken, |_, now| Ok(Outcome::Again(now + TIDY))).await
        }
        Job::DeliverWebhook(delivery) => {
            webhooks::deliver(app, delivery).await?;
            settle(app, taken, |_, _| Ok(Outcome::Done)).await
        }
        Job::ForgetEvents => settle(app, taken, webhooks::forget).await,
        Job::Rule { rule, record, since } => {
            let write = move |tx: &Tx<'_>, now| {
                let mut ingest = Ingest::open(tx, now)?;
                effects::carry_out_timed(&mut ingest, &rule, record, since.as_ref())?;
                ingest.finish()?;
                Ok(Outcome::Done)
            };
            settle(app, taken, write).await
        }
        Job::Trace { event, touch } => {
            let kept = outside::keep(app, event, touch).await?;
            let write = move |tx: &Tx<'_>, now| {
                kept.iter().try_for_each(|kept| outside::attach(tx, kept, now))?;
                Ok(Outcome::Done)
            };
            settle(app, taken, write).await
        }
        Job::Week => settle(app, taken, |tx, now| weekly::look(tx, now).map(Outcome::Again)).await,
        Job::BackCheck => {
            let lot = app.lot()?;
            settle(app, taken, move |tx, now| backcheck::draw_due(tx, lot, now).map(Outcome::Again)).await
        }
        Job::LookInto { back_check } => {
            let look = machine::look(app, back_check).await?;
            settle(app, taken, move |tx, now| backcheck::look_again(tx, back_check, &look, now)).await
        }
    }
}

/// Carries out what a job writes and marks it, in one transaction, unless somebody else has taken it meanwhile or it was taken back.
async fn settle<F>(app: &App, taken: &Taken, write: F) -> Result<()>
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

/// Runs the jobs of one process.
pub(crate) struct Runner {
    app: App,
    stop: watch::Receiver<bool>,
    turn: Mutex<()>,
}

impl Runner {
    pub(crate) fn new(app: App, stop: watch::Receiver<bool>) -> Self {
        Self { app, stop, turn: Mutex::new(()) }
    }

    /// Runs jobs as they come up, until the server is to stop; those that are being done then are finished.
    pub(crate) async fn run(&self) {
        while !self.is_stopping() {
            if let Err(error) = self.run_due().await {
                tracing::error!(%error, "jobs have to wait");
            }
            self.sleep().await;
        }
    }

    /// Runs jobs until none is due and none is being done by this process, and says how many that were.
    pub(crate) async fn run_due(&self) -> Result<usize> {
        let _turn = self.turn.lock().await;
        let (mut at_work, mut count, mut failed) = (JoinSet::new(), 0, None);
        loop {
            while failed.is_none() && !self.is_stopping() && at_work.len() < AT_WORK {
                match self.take().await {
                    Ok(Some(taken)) => {
                        count += 1;
                        at_work.spawn(carry_out(self.app.clone(), taken));
                    }
                    Ok(None) => break,
                    Err(error) => failed = Some(error),
                }
            }
            if at_work.is_empty() {
                return failed.map_or(Ok(count), Err);
            }
            tokio::select! {
                Some(ended) = at_work.join_next() => if let Err(error) = ended {
                    tracing::error!(%error, "a job made the server panic; its lease has to end");
                },
                () = self.sleep(), if failed.is_none() && !self.is_stopping() => {}
            }
        }
    }

    async fn take(&self) -> Result<Option<Taken>> {
        let (now, lease) = (self.app.now(), crate::random::<16>()?);
        let taken = self.app.store.write_async(move |tx| {
            // Jobs that are always there, also after a restored backup.
            schedule(tx, "tidy-uploads", &Job::TidyUploads, now)?;
            schedule(tx, "forget-events", &Job::ForgetEvents, now)?;
            schedule(tx, "week", &Job::Week, now)?;
            schedule(tx, "back-check", &Job::BackCheck, now)?;
            let lost = tx.give_up_lost_jobs(now, MAX_ATTEMPTS)?;
            if lost > 0 {
                tracing::error!(lost, "jobs given up whose process ended with them");
            }
            tx.take_job(now, now + LEASE, lease)
        });
        taken.await
    }

    /// Waits until a job may have come up, or the server is to stop.
    async fn sleep(&self) {
        let now = self.app.now();
        let next = self.app.store.read_async(move |tx| tx.next_job(now)).await.unwrap_or_default();
        let time = next.map_or(SLEEP.1, |due| (from_millis(due) - now).to_std().unwrap_or_default());
        let mut stop = self.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(time.clamp(SLEEP.0, SLEEP.1)) => {}
            () = self.app.store.nudged() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    /// Also when whoever could say so is gone.
    fn is_stopping(&self) -> bool {
        *self.stop.borrow() || self.stop.has_changed().is_err()
    }
}

async fn carry_out(app: App, taken: Taken) {
    let Err(error) = work(&app, &taken).await else { return };
    let job = taken.id;
    let (now, error) = (app.now(), error.to_string());
    let again = (taken.attempts < MAX_ATTEMPTS).then(|| now + wait_after(taken.attempts));
    tracing::warn!(job, kind = taken.kind, attempts = taken.attempts, error, given_up = again.is_none(), "job failed");
    let noted = app.store.write_async(move |tx| tx.fail_job(&taken, &error, again, now)).await;
    if let Err(error) = noted {
        tracing::error!(job, %error, "a failure could not be noted; the job's lease has to end");
    }
}

/// How long to wait after so many attempts.
fn wait_after(attempts: u32) -> TimeDelta {
    (FIRST_WAIT * 3_i32.saturating_pow(attempts.saturating_sub(1))).min(LONGEST_WAIT)
}

/// A job as it was stored.
pub(crate) fn decode(kind: &str, payload: &str) -> Result<Job> {
    let payload: Value = serde_json::from_str(payload).map_err(|error| Error::internal("job.unreadable", error))?;
    serde_json::from_value(json!({ "kind": kind, "payload": payload })).map_err(|error| Error::internal("job.unreadable", error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex as SyncMutex;

    use chuda_evidence::clock::Clock;
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::app::Shared;
    use crate::blobs::Blobs;
    use crate::stores::Store;

    /// Stands still until it is moved.
    struct Hand(SyncMutex<DateTime<Utc>>);

    impl Clock for Hand {
        fn now(&self) -> DateTime<Utc> {
            *self.0.lock().unwrap()
        }
        fn monotonic_ms(&self) -> u64 {
            0
        }
        fn boot_id(&self) -> String {
            "test".into()
        }
    }

    /// One process on a database.
    struct Process {
        app: App,
        runner: Runner,
        clock: Arc<Hand>,
        _stop: watch::Sender<bool>,
    }

    impl Process {
        fn on(folder: &TempDir, clock: &Arc<Hand>) -> Self {
            let store = Store::open(&folder.path().join("chuda.db")).unwrap();
            let blobs = Blobs::open(None, &folder.path().join("blobs")).unwrap();
            let app = Arc::new(Shared::new(store, blobs, clock.clone()).unwrap());
            let (stop, stopped) = watch::channel(false);
            Self { runner: Runner::new(app.clone(), stopped), app, clock: clock.clone(), _stop: stop }
        }

        fn alone() -> (TempDir, Self) {
            let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(Hand(SyncMutex::new(from_millis(1_772_000_000_000)))));
            let process = Self::on(&folder, &clock);
            (folder, process)
        }

        fn schedule(&self, key: &str, after: TimeDelta) -> bool {
            let due = self.app.now() + after;
            self.app.store.write(|tx| schedule(tx, key, &Job::TidyUploads, due)).unwrap()
        }

        /// A job that this version can't read, in a lane of its own.
        fn schedule_unreadable(&self, key: &str) {
            let due = self.app.now().timestamp_millis();
            let job = NewJob { key, kind: "of-a-later-version", payload: "{}", lane: "later", due };
            assert!(self.app.store.write(|tx| tx.add_job(&job)).unwrap());
        }

        fn take(&self) -> Option<Taken> {
            let (now, lease) = (self.app.now(), crate::random().unwrap());
            self.app.store.write(|tx| tx.take_job(now, now + LEASE, lease)).unwrap()
        }

        /// Settles with an effect that can be counted.
        async fn settle(&self, taken: &Taken, outcome: Result<Outcome>) -> Result<()> {
            let effect = move |tx: &Tx<'_>, now| {
                schedule(tx, &format!("effect of {now}"), &Job::TidyUploads, DateTime::<Utc>::MAX_UTC)?;
                outcome
            };
            settle(&self.app, taken, effect).await
        }

        fn effects(&self) -> usize {
            let jobs = self.app.store.read(|tx| tx.open_jobs(100)).unwrap();
            jobs.iter().filter(|job| job.key.starts_with("effect")).count()
        }

        fn pass(&self, time: TimeDelta) {
            *self.clock.0.lock().unwrap() += time;
        }
    }

    #[tokio::test]
    async fn a_key_happens_once_however_often_it_is_scheduled() {
        let (_folder, process) = Process::alone();
        assert!(process.schedule("once", TimeDelta::hours(1)));
        assert!(!process.schedule("once", TimeDelta::zero()), "the first one stays as it is");
        assert!(process.take().is_none());
        process.pass(TimeDelta::hours(1));
        let taken = process.take().unwrap();
        process.settle(&taken, Ok(Outcome::Done)).await.unwrap();
        assert!(!process.schedule("once", TimeDelta::zero()));
        process.pass(TimeDelta::days(1));
        assert!(process.take().is_none());
        assert_eq!(process.effects(), 1);
    }

    #[tokio::test]
    async fn an_effect_is_kept_together_with_its_mark_or_not_at_all() {
        let (_folder, process) = Process::alone();
        process.schedule("job", TimeDelta::zero());
        let taken = process.take().unwrap();
        process.settle(&taken, Err(Error::invalid("test"))).await.unwrap_err();
        assert_eq!(process.effects(), 0);
        // Whoever is too late, since the lease has ended and somebody else did it, does not do it again.
        process.pass(LEASE);
        let again = process.take().unwrap();
        assert_eq!((again.id, again.attempts), (taken.id, 2));
        process.settle(&taken, Ok(Outcome::Done)).await.unwrap();
        assert_eq!(process.effects(), 0);
        process.settle(&again, Ok(Outcome::Done)).await.unwrap();
        process.settle(&again, Ok(Outcome::Done)).await.unwrap();
        assert_eq!(process.effects(), 1);
    }

    #[tokio::test]
    async fn nothing_comes_of_a_job_that_is_taken_back_even_while_it_is_done() {
        let (_folder, process) = Process::alone();
        process.schedule("job", TimeDelta::zero());
        let taken = process.take().unwrap();
        process.app.store.write(|tx| tx.remove_jobs_of_lane(&taken.kind)).unwrap();
        process.settle(&taken, Ok(Outcome::Done)).await.unwrap();
        assert_eq!(process.effects(), 0);
        assert!(process.schedule("job", TimeDelta::zero()), "its key is free again");
        let taken = process.take().unwrap();
        process.settle(&taken, Ok(Outcome::Done)).await.unwrap();
        assert_eq!(process.effects(), 1);
    }

    #[tokio::test]
    async fn two_processes_share_the_jobs_and_do_none_twice() {
        let (folder, one) = Process::alone();
        let two = Process::on(&folder, &one.clock);
        for number in 0..40 {
            let (key, lane) = (format!("job {number}"), format!("lane {}", number % 10));
            let due = one.app.now().timestamp_millis();
            let job = NewJob { key: &key, kind: "tidy-uploads", payload: "null", lane: &lane, due };
            one.app.store.write(|tx| tx.add_job(&job)).unwrap();
        }
        let mut taken = Vec::new();
        while let Some(job) = if taken.len() % 2 == 0 { one.take() } else { two.take() } {
            taken.push(job);
        }
        assert_eq!(taken.len(), 10, "one of each lane");
        for job in &taken {
            two.settle(job, Ok(Outcome::Done)).await.unwrap();
        }
        let (here, there) = tokio::join!(one.runner.run_due(), two.runner.run_due());
        // And the four that are always there.
        assert_eq!(here.unwrap() + there.unwrap(), 34);
    }

    #[tokio::test]
    async fn what_fails_comes_up_later_each_time_is_given_up_and_holds_up_nobody() {
        let (_folder, process) = Process::alone();
        process.schedule_unreadable("broken");
        let (mut attempts, mut waits) = (0, Vec::new());
        loop {
            process.schedule(&format!("good after {attempts}"), TimeDelta::zero());
            process.runner.run_due().await.unwrap();
            attempts += 1;
            let open = process.app.store.read(|tx| tx.open_jobs(100)).unwrap();
            assert!(open.iter().all(|job| job.kind != "tidy-uploads" || job.due > process.app.now().timestamp_millis()));
            let Some(broken) = open.iter().find(|job| job.key == "broken") else { break };
            assert_eq!((broken.attempts, broken.last_error.as_deref()), (attempts, Some("job.unreadable")));
            waits.push(from_millis(broken.due) - process.app.now());
            process.pass(waits[waits.len() - 1]);
        }
        assert_eq!(attempts, MAX_ATTEMPTS);
        assert!(waits.is_sorted() && waits.iter().all(|wait| (FIRST_WAIT..=LONGEST_WAIT).contains(wait)), "{waits:?}");
        let dead = process.app.store.read(|tx| tx.dead_jobs(None, 100)).unwrap();
        assert_eq!((dead.len(), dead[0].key.as_str()), (1, "broken"));
        // An admin lets it try again: all its attempts.
        let now = process.app.now();
        assert!(process.app.store.write(|tx| tx.retry_job(dead[0].id, now)).unwrap());
        process.runner.run_due().await.unwrap();
        assert_eq!(process.app.store.read(|tx| tx.job(dead[0].id)).unwrap().unwrap().attempts, 1);
    }

    #[tokio::test]
    async fn a_job_that_ends_its_process_every_time_is_given_up_too() {
        let (_folder, process) = Process::alone();
        process.schedule("deadly", TimeDelta::zero());
        for attempt in 1..=MAX_ATTEMPTS {
            assert_eq!(process.take().unwrap().attempts, attempt);
            assert!(process.take().is_none());
            process.pass(LEASE);
        }
        process.runner.run_due().await.unwrap();
        let dead = process.app.store.read(|tx| tx.dead_jobs(None, 100)).unwrap();
        assert_eq!((dead[0].key.as_str(), dead[0].last_error.as_deref()), ("deadly", Some("job.lost")));
    }

    #[tokio::test]
    async fn looking_for_jobs_writes_nothing_when_there_are_none() {
        let (folder, process) = Process::alone();
        process.runner.run_due().await.unwrap();
        let written = || std::fs::metadata(folder.path().join("chuda.db-wal")).unwrap().len();
        let before = written();
        for _ in 0..3 {
            assert_eq!(process.runner.run_due().await.unwrap(), 0);
        }
        assert_eq!(written(), before);
    }

    proptest! {
        #[test]
        fn waits_are_bounded_whatever_the_number(attempts: u32) {
            prop_assert!((FIRST_WAIT..=LONGEST_WAIT).contains(&wait_after(attempts)));
        }
    }
}
