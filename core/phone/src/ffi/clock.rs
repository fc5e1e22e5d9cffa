//! The clock that a test or a demo moves.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use chuda_evidence::clock::{Clock, SystemClock};
use chuda_record::time::{from_millis, to_millis};

/// The phone's clock, put forward or back by hand, for tests and demos. What is captured while it is off is flagged.
#[derive(Default, uniffi::Object)]
pub struct MovableClock(AtomicI64);

#[uniffi::export]
impl MovableClock {
    /// Shows the time of the system until it is moved.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts it forward by so many milliseconds, or back if they are negative.
    pub fn move_by(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> DateTime<Utc> {
        from_millis(to_millis(SystemClock.now()).saturating_add(self.0.load(Ordering::Relaxed)))
    }

    fn is_set_by_hand(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }
}
