//! What figures are made from: touches, evidence, leads and answers, gathered from the records as plain facts.

use chrono::{DateTime, Utc};
use chuda_core::Result;
use chuda_core::id::CustomerId;
use chuda_core::rules::Config;
use chuda_core::rules::health::Facts;

use crate::stores::Tx;

/// What the health formula needs, of every customer that is not closed (T3).
pub(crate) fn health(tx: &Tx<'_>, config: &Config, now: DateTime<Utc>) -> Result<Vec<(CustomerId, Facts)>> {
    tx.health(config.health.window_start(now), now)
}
