//! A clock that stands still until a test moves it.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::clock::Clock;

/// A clock that a test moves.
pub struct Hand(Mutex<DateTime<Utc>>);

impl Hand {
    /// Set to an instant in RFC 3339.
    pub fn at(instant: &str) -> Arc<Self> {
        Self::set_to(instant.parse().expect("an instant"))
    }

    /// Set to an instant.
    pub fn set_to(instant: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(instant)))
    }

    /// Set to the real time.
    pub fn at_present() -> Arc<Self> {
        Self::set_to(Utc::now())
    }

    /// Lets time pass.
    pub fn pass(&self, time: TimeDelta) {
        *self.0.lock().expect("clock") += time;
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("clock")
    }
    fn monotonic_ms(&self) -> u64 {
        self.now().timestamp_millis().unsigned_abs()
    }
    fn boot_id(&self) -> String {
        "test".into()
    }
}
