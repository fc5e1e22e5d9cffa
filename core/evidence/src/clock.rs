//! The clocks of a device, which shells and servers hand in.

use std::sync::LazyLock;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Where "now" comes from. Only the workbench and the server ask it; records and rules take time as an argument.
pub trait Clock: Send + Sync {
    /// Wall clock of the device, which its owner can change.
    fn now(&self) -> DateTime<Utc>;
    /// Milliseconds since the device was started: does not follow the wall clock. The system's, however the wall clock is set.
    fn monotonic_ms(&self) -> u64 {
        START.elapsed_ms()
    }
    /// Names the boot that `monotonic_ms` counts from.
    fn boot_id(&self) -> String {
        START.name.clone()
    }
    /// Whether the wall clock is set by hand for a test or a demo, so that claims made under it are flagged.
    fn is_set_by_hand(&self) -> bool {
        false
    }
}

/// The system's wall clock, and its monotonic clock where it can be told which start of the device that counts from.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The system's clock, put forward or back so that it started at a chosen instant; it runs on from there.
#[derive(Clone, Copy, Debug)]
pub struct ShiftedClock(TimeDelta);

impl ShiftedClock {
    /// Shows `instant` at this moment.
    pub fn starting_at(instant: DateTime<Utc>) -> Self {
        Self(instant - Utc::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.0
    }

    fn is_set_by_hand(&self) -> bool {
        true
    }
}

/// What monotonic time counts from.
struct Start {
    name: String,
    of: Of,
}

enum Of {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    Device,
    Process(Instant),
}

static START: LazyLock<Start> = LazyLock::new(|| {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Ok(boot) = std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        return Start { name: boot.trim().to_owned(), of: Of::Device };
    }
    // Where the system does not say which start of the device this is, the start of the process is as honest, only shorter.
    Start { name: Uuid::new_v4().to_string(), of: Of::Process(Instant::now()) }
});

impl Start {
    fn elapsed_ms(&self) -> u64 {
        match self.of {
            #[cfg(any(target_os = "linux", target_os = "android"))]
            Of::Device => {
                let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
                u64::try_from(time.tv_sec).unwrap_or(0) * 1000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
            }
            Of::Process(start) => u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monotonic_time_does_not_fall_and_its_start_has_one_name() {
        let (before, name) = (SystemClock.monotonic_ms(), SystemClock.boot_id());
        assert!(SystemClock.monotonic_ms() >= before);
        assert_eq!((SystemClock.boot_id().is_empty(), SystemClock.boot_id()), (false, name));
    }

    #[test]
    fn a_shifted_clock_starts_where_it_is_told_and_runs_on() {
        let start = "2026-01-05T08:00:00Z".parse().unwrap();
        let clock = ShiftedClock::starting_at(start);
        let first = clock.now();
        assert!(first >= start && first < start + TimeDelta::days(1));
        assert!(clock.now() >= first && clock.is_set_by_hand());
    }
}
