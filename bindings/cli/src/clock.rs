//! The clock of one command: the system's, or the instant that `CHUDA_NOW` sets by hand.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_evidence::clock::{Clock, SystemClock};

/// The variable that sets the clock, in RFC 3339.
pub(crate) const VARIABLE: &str = "CHUDA_NOW";

/// The clock that `value` of [`VARIABLE`] asks for; `None` when it is no RFC 3339 instant.
pub(crate) fn from_variable(value: Option<&str>) -> Option<Arc<dyn Clock>> {
    match value {
        None | Some("") => Some(Arc::new(SystemClock)),
        Some(text) => DateTime::parse_from_rfc3339(text).ok().map(|at| Arc::new(SetByHand(at.to_utc())) as Arc<dyn Clock>),
    }
}

/// Stands still at an instant that somebody chose; claims made under it are flagged.
struct SetByHand(DateTime<Utc>);

impl Clock for SetByHand {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }

    fn is_set_by_hand(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_by_hand_says_so() {
        let clock = from_variable(Some("2026-11-23T18:00:00+08:00")).unwrap();
        assert_eq!(clock.now().to_rfc3339(), "2026-11-23T10:00:00+00:00");
        assert!(clock.is_set_by_hand());
        assert!(!from_variable(None).unwrap().is_set_by_hand());
        assert!(from_variable(Some("yesterday")).is_none());
    }

    #[test]
    fn time_since_the_start_does_not_run_backwards() {
        let clock = from_variable(None).unwrap();
        let (before, boot) = (clock.monotonic_ms(), clock.boot_id());
        assert!(clock.monotonic_ms() >= before);
        assert_eq!(clock.boot_id(), boot);
    }
}
