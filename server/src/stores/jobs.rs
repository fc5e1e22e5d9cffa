//! Jobs as they are kept: by key, with their lease.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use rusqlite::{Row, params};

use super::Tx;

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

impl Tx<'_> {
    /// Keeps a job and wakes the runner; false when there was one with this key, which stays as it is.
    pub(crate) fn add_job(&self, job: &NewJob<'_>) -> Result<bool> {
        // Looked up first: an insert that comes to nothing still uses up a number, which is a write.
        if self.exists("SELECT 1 FROM jobs WHERE key = ?1", params![job.key])? {
            return Ok(false);
        }
        self.run(
            "INSERT INTO jobs (key, kind, payload, lane, due) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![job.key, job.kind, job.payload, job.lane, job.due],
        )?;
        self.wake_runner();
        Ok(true)
    }

    /// Takes back every job of a lane that is not done, also one that is being done: nothing will come of it.
    pub(crate) fn remove_jobs_of_lane(&self, lane: &str) -> Result<()> {
        self.run("DELETE FROM jobs WHERE lane = ?1 AND done_at IS NULL", params![lane]).map(drop)
    }

    /// Whether at least so many jobs of a lane wait or are being done.
    pub(crate) fn has_open_jobs(&self, lane: &str, at_least: usize) -> Result<bool> {
        let offset = at_least.saturating_sub(1) as i64;
        let sql = "SELECT 1 FROM jobs WHERE lane = ?1 AND done_at IS NULL AND dead_at IS NULL LIMIT 1 OFFSET ?2";
        self.exists(sql, params![lane, offset])
    }

    /// How many jobs of a lane wait or are being done, and how many were given up.
    pub(crate) fn count_jobs(&self, lane: &str) -> Result<(usize, usize)> {
        let counts = self.one(
            "SELECT count(*) FILTER (WHERE dead_at IS NULL), count(dead_at) FROM jobs WHERE lane = ?1 AND done_at IS NULL",
            params![lane],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// Forgets jobs of a kind that were done or given up before then, at most so many of each, and says how many they were. Only for
    /// kinds whose keys can't come up again.
    pub(crate) fn forget_jobs(&self, kind: &str, before: DateTime<Utc>, most: usize) -> Result<usize> {
        let (before, most) = (before.timestamp_millis(), most as i64);
        let done = self.run(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE kind = ?1 AND done_at IS NOT NULL AND done_at < ?2 LIMIT ?3)",
            params![kind, before, most],
        )?;
        let dead = self.run(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE dead_at IS NOT NULL AND dead_at < ?2 AND kind = ?1 LIMIT ?3)",
            params![kind, before, most],
        )?;
        Ok(done + dead)
    }

    /// Takes the job that has been due for the longest, among those of lanes in which none is being done.
    pub(crate) fn take_job(&self, now: DateTime<Utc>, until: DateTime<Utc>, lease: [u8; 16]) -> Result<Option<Taken>> {
        self.one(
            "UPDATE jobs SET lease = ?1, lease_until = ?2, attempts = attempts + 1
             WHERE id = (SELECT id FROM jobs j
                 WHERE done_at IS NULL AND dead_at IS NULL AND due <= ?3
                   AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.lane = j.lane AND o.lease IS NOT NULL AND o.lease_until > ?3)
                 ORDER BY due, id LIMIT 1)
             RETURNING id, attempts, kind, payload",
            params![lease, until.timestamp_millis(), now.timestamp_millis()],
            |row| Ok(Taken { id: row.get(0)?, lease, attempts: row.get(1)?, kind: row.get(2)?, payload: row.get(3)? }),
        )
    }

    /// Gives up the jobs that were lost with their process on the last attempt.
    pub(crate) fn give_up_lost_jobs(&self, now: DateTime<Utc>, most_attempts: u32) -> Result<usize> {
        self.run(
            "UPDATE jobs SET lease = NULL, lease_until = NULL, dead_at = ?1, last_error = 'job.lost'
             WHERE lease IS NOT NULL AND lease_until <= ?1 AND attempts >= ?2",
            params![now.timestamp_millis(), most_attempts],
        )
    }

    /// Whether a job is still with the one who took it: not taken by somebody else, and not taken back.
    pub(crate) fn holds_job(&self, job: &Taken) -> Result<bool> {
        self.exists("SELECT 1 FROM jobs WHERE id = ?1 AND lease = ?2", params![job.id, job.lease])
    }

    /// Marks a job as done.
    pub(crate) fn finish_job(&self, job: &Taken, now: DateTime<Utc>) -> Result<()> {
        self.run(
            "UPDATE jobs SET done_at = ?3, lease = NULL, lease_until = NULL, last_error = NULL WHERE id = ?1 AND lease = ?2",
            params![job.id, job.lease, now.timestamp_millis()],
        )
        .map(drop)
    }

    /// Lets a job that went well come up again.
    pub(crate) fn postpone_job(&self, job: &Taken, due: DateTime<Utc>) -> Result<()> {
        self.run(
            "UPDATE jobs SET due = ?3, attempts = 0, lease = NULL, lease_until = NULL, last_error = NULL WHERE id = ?1 AND lease = ?2",
            params![job.id, job.lease, due.timestamp_millis()],
        )
        .map(drop)
    }

    /// Lets a job that failed come up again when it is due, or gives it up; nothing when it is no longer held.
    pub(crate) fn fail_job(&self, job: &Taken, error: &str, again: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
        self.run(
            "UPDATE jobs SET due = coalesce(?3, due), dead_at = iif(?3 IS NULL, ?4, NULL), last_error = ?5, lease = NULL, lease_until = NULL
             WHERE id = ?1 AND lease = ?2",
            params![job.id, job.lease, again.map(|again| again.timestamp_millis()), now.timestamp_millis(), error],
        )
        .map(drop)
    }

    /// Lets a job that is not done, and not being done, come up at once, with all its attempts; false when there is no such one.
    pub(crate) fn retry_job(&self, id: i64, now: DateTime<Utc>) -> Result<bool> {
        let retried = self.run(
            "UPDATE jobs SET due = ?2, attempts = 0, dead_at = NULL, lease = NULL, lease_until = NULL
             WHERE id = ?1 AND done_at IS NULL AND (lease IS NULL OR lease_until <= ?2)",
            params![id, now.timestamp_millis()],
        )?;
        if retried > 0 {
            self.wake_runner();
        }
        Ok(retried > 0)
    }

    /// Lets jobs of a kind that were given up come up at once, one or all of them; says how many they were.
    pub(crate) fn retry_dead_jobs(&self, kind: &str, id: Option<i64>, now: DateTime<Utc>) -> Result<usize> {
        let retried = self.run(
            "UPDATE jobs SET due = ?3, attempts = 0, dead_at = NULL
             WHERE dead_at IS NOT NULL AND kind = ?1 AND (?2 IS NULL OR id = ?2)",
            params![kind, id, now.timestamp_millis()],
        )?;
        if retried > 0 {
            self.wake_runner();
        }
        Ok(retried)
    }

    /// When the next job comes up after `now`, or a lease ends.
    pub(crate) fn next_job(&self, now: DateTime<Utc>) -> Result<Option<i64>> {
        let next: Option<Option<i64>> = self.one(
            "SELECT min(at) FROM (
                 SELECT min(due) AS at FROM jobs WHERE done_at IS NULL AND dead_at IS NULL AND due > ?1
                 UNION ALL SELECT min(lease_until) FROM jobs WHERE lease IS NOT NULL AND lease_until > ?1)",
            params![now.timestamp_millis()],
            |row| row.get(0),
        )?;
        Ok(next.flatten())
    }

    /// One job that is not done.
    pub(crate) fn job(&self, id: i64) -> Result<Option<JobRow>> {
        self.one(
            "SELECT id, key, kind, payload, due, attempts, lease IS NOT NULL, last_error, dead_at FROM jobs WHERE id = ?1 AND done_at IS NULL",
            params![id],
            job_row,
        )
    }

    /// Jobs that wait or are being done, those due first in front.
    pub(crate) fn open_jobs(&self, limit: usize) -> Result<Vec<JobRow>> {
        self.all(
            "SELECT id, key, kind, payload, due, attempts, lease IS NOT NULL, last_error, dead_at FROM jobs
             WHERE done_at IS NULL AND dead_at IS NULL ORDER BY due, id LIMIT ?1",
            params![limit as i64],
            job_row,
        )
    }

    /// Jobs that were given up, of one kind or of any, the last ones in front.
    pub(crate) fn dead_jobs(&self, kind: Option<&str>, limit: usize) -> Result<Vec<JobRow>> {
        self.all(
            "SELECT id, key, kind, payload, due, attempts, lease IS NOT NULL, last_error, dead_at FROM jobs
             WHERE dead_at IS NOT NULL AND (?1 IS NULL OR kind = ?1) ORDER BY dead_at DESC, id DESC LIMIT ?2",
            params![kind, limit as i64],
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
