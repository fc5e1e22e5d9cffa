//! The clock of the device that this runs on.

use std::sync::LazyLock;
use std::time::Instant;

use chrono::{DateTime, Utc};
use chuda_core::time::Clock;
use uuid::Uuid;

/// The system's wall clock, and its monotonic clock where it can be told which start of the device that counts from.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn monotonic_ms(&self) -> u64 {
        START.elapsed_ms()
    }

    fn boot_id(&self) -> String {
        START.name.clone()
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
}
