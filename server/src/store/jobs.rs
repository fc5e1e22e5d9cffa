//! Jobs as they are kept: by key, with their lease.

use chrono::{DateTime, Utc};
use chuda_record::{Error, Result};
use rusqlite::{Row, named_params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::database::Tx;

/// What a job is made of.
pub(crate) struct NewJob<'a> {
    pub(crate) key: &'a str,
    pub(crate) kind: &'a str,
    /// As JSON.
    pub(crate) payload: &'a str,
    pub(crate) lane: &'a str,
    pub(crate) due: i64,
}

/// A job that somebody has taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) id: i64,
    pub(crate) lease: [u8; 16],
    /// This one among them.
    pub(crate) attempts: u32,
    pub(crate) kind: String,
    pub(crate) payload: String,
}

/// A job that is not done.
#[derive(Clone, Debug)]
pub(crate) struct JobRow {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) kind: String,
    /// As JSON.
    pub(crate) payload: String,
    pub(crate) due: i64,
    pub(crate) attempts: u32,
    pub(crate) leased: bool,
    pub(crate) last_error: Option<String>,
    pub(crate) dead_at: Option<i64>,
}

/// What a job of a kind is scheduled with. Stored ones have to stay readable: fields only gain.
pub(crate) trait Payload: Serialize + DeserializeOwned {
    /// The kind of job, as it is stored.
    const KIND: &'static str;

    /// Jobs of one lane are done one after another, so that what is slow holds up only its own kind; by default that is a kind.
    fn lane(&self) -> String {
        Self::KIND.to_owned()
    }

    /// As it was stored.
    fn read(payload: &str) -> Result<Self> {
        serde_json::from_str(payload).map_err(|error| Error::internal("job.unreadable", error))
    }
}

impl Tx<'_> {
    /// Schedules a job; false when its key was used before, which changes nothing, whether that one is done or not.
    pub(crate) fn schedule<P: Payload>(&self, key: &str, job: &P, due: DateTime<Utc>) -> Result<bool> {
        let payload = serde_json::to_string(job).map_err(|error| Error::internal("job.encode", error))?;
        self.add_job(&NewJob { key, kind: P::KIND, payload: &payload, lane: &job.lane(), due: due.timestamp_millis() })
    }

    /// Keeps a job and wakes the runner; false when there was one with this key, which stays as it is.
    pub(crate) fn add_job(&self, job: &NewJob<'_>) -> Result<bool> {
        // Looked up first: an insert that comes to nothing still uses up a number, which is a write.
        if self.sql.exists("SELECT 1 FROM jobs WHERE key = :key", named_params! { ":key": job.key })? {
            return Ok(false);
        }
        self.sql.run(
            "INSERT INTO jobs (key, kind, payload, lane, due) VALUES (:key, :kind, :payload, :lane, :due)",
            named_params! { ":key": job.key, ":kind": job.kind, ":payload": job.payload, ":lane": job.lane, ":due": job.due },
        )?;
        self.wake_runner();
        Ok(true)
    }

    /// Takes back every job of a lane that is not done, also one that is being done: nothing will come of it.
    pub(crate) fn remove_jobs_of_lane(&self, lane: &str) -> Result<()> {
        self.sql.run("DELETE FROM jobs WHERE lane = :lane AND done_at IS NULL", named_params! { ":lane": lane }).map(drop)
    }

    /// Whether at least so many jobs of a lane wait or are being done.
    pub(crate) fn has_open_jobs(&self, lane: &str, at_least: usize) -> Result<bool> {
        let offset = at_least.saturating_sub(1) as i64;
        let sql = "SELECT 1 FROM jobs WHERE lane = :lane AND done_at IS NULL AND dead_at IS NULL LIMIT 1 OFFSET :offset";
        self.sql.exists(sql, named_params! { ":lane": lane, ":offset": offset })
    }

    /// How many jobs of a lane wait or are being done, and how many were given up.
    pub(crate) fn count_jobs(&self, lane: &str) -> Result<(usize, usize)> {
        let counts = self.sql.one(
            "SELECT count(*) FILTER (WHERE dead_at IS NULL), count(dead_at) FROM jobs WHERE lane = :lane AND done_at IS NULL",
            named_params! { ":lane": lane },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// Forgets jobs of a kind that were done or given up before then, at most so many of each, and says how many they were. Only for
    /// kinds whose keys can't come up again.
    pub(crate) fn forget_jobs(&self, kind: &str, before: DateTime<Utc>, most: usize) -> Result<usize> {
        let (before, most) = (before.timestamp_millis(), most as i64);
        let done = self.sql.run(
            "DELETE FROM jobs WHERE id IN
                 (SELECT id FROM jobs WHERE kind = :kind AND done_at IS NOT NULL AND done_at < :before LIMIT :most)",
            named_params! { ":kind": kind, ":before": before, ":most": most },
        )?;
        let dead = self.sql.run(
            "DELETE FROM jobs WHERE id IN
                 (SELECT id FROM jobs WHERE dead_at IS NOT NULL AND dead_at < :before AND kind = :kind LIMIT :most)",
            named_params! { ":kind": kind, ":before": before, ":most": most },
        )?;
        Ok(done + dead)
    }

    /// Takes the job that has been due for the longest, among those of lanes in which none is being done.
    pub(crate) fn take_job(&self, now: DateTime<Utc>, until: DateTime<Utc>, lease: [u8; 16]) -> Result<Option<Taken>> {
        self.sql.one(
            "UPDATE jobs SET lease = :lease, lease_until = :until, attempts = attempts + 1
             WHERE id = (SELECT id FROM jobs j
                 WHERE done_at IS NULL AND dead_at IS NULL AND due <= :now
                   AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.lane = j.lane AND o.lease IS NOT NULL AND o.lease_until > :now)
                 ORDER BY due, id LIMIT 1)
             RETURNING id, attempts, kind, payload",
            named_params! { ":lease": lease, ":until": until.timestamp_millis(), ":now": now.timestamp_millis() },
            |row| Ok(Taken { id: row.get(0)?, lease, attempts: row.get(1)?, kind: row.get(2)?, payload: row.get(3)? }),
        )
    }

    /// Gives up the jobs that were lost with their process on the last attempt.
    pub(crate) fn give_up_lost_jobs(&self, now: DateTime<Utc>, most_attempts: u32) -> Result<usize> {
        self.sql.run(
            "UPDATE jobs SET lease = NULL, lease_until = NULL, dead_at = :now, last_error = 'job.lost'
             WHERE lease IS NOT NULL AND lease_until <= :now AND attempts >= :most_attempts",
            named_params! { ":now": now.timestamp_millis(), ":most_attempts": most_attempts },
        )
    }

    /// Whether a job is still with the one who took it: not taken by somebody else, and not taken back.
    pub(crate) fn holds_job(&self, job: &Taken) -> Result<bool> {
        self.sql
            .exists("SELECT 1 FROM jobs WHERE id = :id AND lease = :lease", named_params! { ":id": job.id, ":lease": job.lease })
    }

    /// Marks a job as done.
    pub(crate) fn finish_job(&self, job: &Taken, now: DateTime<Utc>) -> Result<()> {
        self.sql
            .run(
                "UPDATE jobs SET done_at = :now, lease = NULL, lease_until = NULL, last_error = NULL
             WHERE id = :id AND lease = :lease",
                named_params! { ":id": job.id, ":lease": job.lease, ":now": now.timestamp_millis() },
            )
            .map(drop)
    }

    /// Lets a job that went well come up again.
    pub(crate) fn postpone_job(&self, job: &Taken, due: DateTime<Utc>) -> Result<()> {
        self.sql.run(
            "UPDATE jobs SET due = :due, attempts = 0, lease = NULL, lease_until = NULL, last_error = NULL WHERE id = :id AND lease = :lease",
            named_params! { ":id": job.id, ":lease": job.lease, ":due": due.timestamp_millis() },
        )
        .map(drop)
    }

    /// Lets a job that failed come up again when it is due, or gives it up; nothing when it is no longer held.
    pub(crate) fn fail_job(&self, job: &Taken, error: &str, again: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
        self.sql
            .run(
                "UPDATE jobs SET due = coalesce(:again, due), dead_at = CASE WHEN :again IS NULL THEN :now END,
                 last_error = :error, lease = NULL, lease_until = NULL
             WHERE id = :id AND lease = :lease",
                named_params! {
                    ":id": job.id,
                    ":lease": job.lease,
                    ":again": again.map(|again| again.timestamp_millis()),
                    ":now": now.timestamp_millis(),
                    ":error": error,
                },
            )
            .map(drop)
    }

    /// Lets a job that is not done, and not being done, come up at once, with all its attempts; false when there is no such one.
    pub(crate) fn retry_job(&self, id: i64, now: DateTime<Utc>) -> Result<bool> {
        let retried = self.sql.run(
            "UPDATE jobs SET due = :now, attempts = 0, dead_at = NULL, lease = NULL, lease_until = NULL
             WHERE id = :id AND done_at IS NULL AND (lease IS NULL OR lease_until <= :now)",
            named_params! { ":id": id, ":now": now.timestamp_millis() },
        )?;
        if retried > 0 {
            self.wake_runner();
        }
        Ok(retried > 0)
    }

    /// Lets jobs of a kind that were given up come up at once, one or all of them; says how many they were.
    pub(crate) fn retry_dead_jobs(&self, kind: &str, id: Option<i64>, now: DateTime<Utc>) -> Result<usize> {
        let retried = self.sql.run(
            "UPDATE jobs SET due = :now, attempts = 0, dead_at = NULL
             WHERE dead_at IS NOT NULL AND kind = :kind AND (:id IS NULL OR id = :id)",
            named_params! { ":kind": kind, ":id": id, ":now": now.timestamp_millis() },
        )?;
        if retried > 0 {
            self.wake_runner();
        }
        Ok(retried)
    }

    /// When the next job comes up after `now`, or a lease ends.
    pub(crate) fn next_job(&self, now: DateTime<Utc>) -> Result<Option<i64>> {
        let next: Option<Option<i64>> = self.sql.one(
            "SELECT min(at) FROM (
                 SELECT min(due) AS at FROM jobs WHERE done_at IS NULL AND dead_at IS NULL AND due > :now
                 UNION ALL SELECT min(lease_until) FROM jobs WHERE lease IS NOT NULL AND lease_until > :now) AS next",
            named_params! { ":now": now.timestamp_millis() },
            |row| row.get(0),
        )?;
        Ok(next.flatten())
    }

    /// One job that is not done.
    pub(crate) fn job(&self, id: i64) -> Result<Option<JobRow>> {
        self.sql.one(
            "SELECT id, key, kind, payload, due, attempts, lease IS NOT NULL, last_error, dead_at FROM jobs
             WHERE id = :id AND done_at IS NULL",
            named_params! { ":id": id },
            job_row,
        )
    }

    /// Jobs that wait or are being done, those due first in front.
    pub(crate) fn open_jobs(&self, limit: usize) -> Result<Vec<JobRow>> {
        self.sql.all(
            "SELECT id, key, kind, payload, due, attempts, lease IS NOT NULL, last_error, dead_at FROM jobs
             WHERE done_at IS NULL AND dead_at IS NULL ORDER BY due, id LIMIT :limit",
            named_params! { ":limit": limit as i64 },
            job_row,
        )
    }

    /// Jobs that were given up, of one kind or of any, the last ones in front.
    pub(crate) fn dead_jobs(&self, kind: Option<&str>, limit: usize) -> Result<Vec<JobRow>> {
        self.sql.all(
            "SELECT id, key, kind, payload, due, attempts, lease IS NOT NULL, last_error, dead_at FROM jobs
             WHERE dead_at IS NOT NULL AND (:kind IS NULL OR kind = :kind) ORDER BY dead_at DESC, id DESC LIMIT :limit",
            named_params! { ":kind": kind, ":limit": limit as i64 },
            job_row,
        )
    }
}

fn job_row(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    Ok(JobRow {
        id: row.get(0)?,
        key: row.get(1)?,
        kind: row.get(2)?,
        payload: row.get(3)?,
        due: row.get(4)?,
        attempts: row.get(5)?,
        leased: row.get(6)?,
        last_error: row.get(7)?,
        dead_at: row.get(8)?,
    })
}
