//! Runs jobs as they come up: it knows a kind and a payload, and that those of one lane follow each other.

use std::time::Duration;

use chrono::TimeDelta;
use chuda_record::time::from_millis;
use chuda_record::{Error, Result};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use super::job::Kind;
use crate::app::App;
use crate::store::{NewJob, Taken};

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

pub(crate) struct Runner {
    app: App,
    kinds: &'static [Kind],
    stop: watch::Receiver<bool>,
    turn: Mutex<()>,
}

impl Runner {
    pub(crate) fn new(app: App, kinds: &'static [Kind], stop: watch::Receiver<bool>) -> Self {
        Self { app, kinds, stop, turn: Mutex::new(()) }
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
                        at_work.spawn(carry_out(self.app.clone(), self.kinds, taken));
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
        let (kinds, now, lease) = (self.kinds, self.app.now(), crate::random::bytes()?);
        let taken = self.app.store.write_async(move |tx| {
            for kind in kinds.iter().filter(|kind| kind.always) {
                let (name, due) = (kind.name, now.timestamp_millis());
                tx.add_job(&NewJob { key: name, kind: name, payload: "null", lane: name, due })?;
            }
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

async fn carry_out(app: App, kinds: &[Kind], taken: Taken) {
    let done = match kinds.iter().find(|kind| kind.name == taken.kind) {
        Some(kind) => (kind.work)(app.clone(), taken.clone()).await,
        None => Err(Error::internal("job.unreadable", "a kind of another version")),
    };
    let Err(error) = done else { return };
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::{DateTime, Utc};
    use chuda_kit::Hand;
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};
    use tempfile::TempDir;

    use super::*;
    use crate::app::Shared;
    use crate::blobs::Blobs;
    use crate::jobs::job::{Outcome, settle};
    use crate::store::{Payload, Store, Tx};

    /// What a job that tidies is scheduled with.
    #[derive(Serialize, Deserialize)]
    struct Tidy;

    impl Payload for Tidy {
        const KIND: &'static str = "tidy-uploads";
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
            Self { runner: crate::jobs::runner(app.clone(), stopped), app, clock: clock.clone(), _stop: stop }
        }

        fn alone() -> (TempDir, Self) {
            let (folder, clock) = (tempfile::tempdir().unwrap(), Hand::set_to(from_millis(1_772_000_000_000)));
            let process = Self::on(&folder, &clock);
            (folder, process)
        }

        fn schedule(&self, key: &str, after: TimeDelta) -> bool {
            let due = self.app.now() + after;
            self.app.store.write(|tx| tx.schedule(key, &Tidy, due)).unwrap()
        }

        /// A job that this version can't read, in a lane of its own.
        fn schedule_unreadable(&self, key: &str) {
            let due = self.app.now().timestamp_millis();
            let job = NewJob { key, kind: "of-a-later-version", payload: "{}", lane: "later", due };
            assert!(self.app.store.write(|tx| tx.add_job(&job)).unwrap());
        }

        fn take(&self) -> Option<Taken> {
            let (now, lease) = (self.app.now(), crate::random::bytes().unwrap());
            self.app.store.write(|tx| tx.take_job(now, now + LEASE, lease)).unwrap()
        }

        /// Settles with an effect that can be counted.
        async fn settle(&self, taken: &Taken, outcome: Result<Outcome>) -> Result<()> {
            let effect = move |tx: &Tx<'_>, now| {
                tx.schedule(&format!("effect of {now}"), &Tidy, DateTime::<Utc>::MAX_UTC)?;
                outcome
            };
            settle(&self.app, taken, effect).await
        }

        fn effects(&self) -> usize {
            let jobs = self.app.store.read(|tx| tx.open_jobs(100)).unwrap();
            jobs.iter().filter(|job| job.key.starts_with("effect")).count()
        }

        fn pass(&self, time: TimeDelta) {
            self.clock.pass(time);
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
        // And the five that are always there.
        assert_eq!(here.unwrap() + there.unwrap(), 35);
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
