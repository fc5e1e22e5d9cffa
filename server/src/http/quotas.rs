//! What one device or token may take of the server in a minute: bytes that it sends, and time of the one connection that writes.
//!
//! Whoever has taken more is told to wait until that has been made good; others go on. Each server process counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use chuda_words::keys;

use super::problem::{Problem, Result};

/// What each may take in a minute.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// Bytes of bodies: more than the line of a phone carries, unless it is a very good one.
    pub bytes: u64,
    /// Time of the writer: half of it.
    pub writing: Duration,
}

impl Default for Quota {
    fn default() -> Self {
        Self { bytes: 256 * 1024 * 1024, writing: Duration::from_secs(30) }
    }
}

/// Callers whose count is kept; beyond that those that have made theirs good are forgotten.
const KEPT: usize = 1_000;

/// The counts.
pub(crate) struct Quotas {
    quota: Quota,
    taken: Mutex<HashMap<String, Taken>>,
}

/// What somebody has taken and not made good yet, in minutes of their quotas: one minute makes good one.
#[derive(Clone, Copy)]
struct Taken {
    bytes: f64,
    writing: f64,
    at: DateTime<Utc>,
}

impl Taken {
    fn at(self, now: DateTime<Utc>) -> Self {
        let minutes = (now - self.at).max(TimeDelta::zero()).as_seconds_f64() / 60.0;
        Self { bytes: (self.bytes - minutes).max(0.0), writing: (self.writing - minutes).max(0.0), at: now }
    }

    fn most(self) -> f64 {
        self.bytes.max(self.writing)
    }
}

impl Quotas {
    pub(crate) fn new(quota: Quota) -> Self {
        Self { quota, taken: Mutex::default() }
    }

    /// Sends away who has taken more than a minute's worth, and says for how long.
    pub(crate) fn check(&self, caller: &str, now: DateTime<Utc>) -> Result<()> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).get(caller).map_or(0.0, |taken| taken.at(now).most());
        if taken <= 1.0 {
            return Ok(());
        }
        let seconds = ((taken - 1.0) * 60.0).ceil() as u64;
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, keys::QUOTA_EXCEEDED).with("seconds", seconds);
        Err(problem.header(header::RETRY_AFTER, HeaderValue::from(seconds)))
    }

    pub(crate) fn add_bytes(&self, caller: &str, bytes: usize, now: DateTime<Utc>) {
        self.add(caller, now, |taken| taken.bytes += bytes as f64 / self.quota.bytes as f64);
    }

    pub(crate) fn add_writing(&self, caller: &str, writing: Duration, now: DateTime<Utc>) {
        self.add(caller, now, |taken| taken.writing += writing.as_secs_f64() / self.quota.writing.as_secs_f64());
    }

    fn add(&self, caller: &str, now: DateTime<Utc>, add: impl FnOnce(&mut Taken)) {
        let mut all = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT && !all.contains_key(caller) {
            all.retain(|_, taken| taken.at(now).most() > 0.0);
        }
        let taken = all.entry(caller.to_owned()).or_insert(Taken { bytes: 0.0, writing: 0.0, at: now });
        *taken = taken.at(now);
        add(taken);
    }
}
