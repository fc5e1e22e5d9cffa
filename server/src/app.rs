//! What every request and every job works with.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::{DateTime, Utc};
use chuda_evidence::clock::Clock;
use chuda_record::id::Hash;
use tokio::sync::Semaphore;

use crate::blobs::Blobs;
use crate::http::{Quota, Quotas};
use crate::store::Store;
use crate::webhooks::Sender;

/// Exchanges that are worked on at a time; others wait.
const EXCHANGES: usize = 8;

/// What every request is answered from. It holds no state of its own: that is all in the database and the blob store.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) webhooks: Sender,
    pub(crate) exchanges: Semaphore,
    pub(crate) dry_runs: Semaphore,
    pub(crate) quotas: Quotas,
    /// Set once the database is found to be damaged: from then on nothing is served from it.
    pub(crate) damaged: AtomicBool,
    clock: Arc<dyn Clock>,
    /// What draws start from, where a demo is to be repeated; otherwise the system's randomness.
    seed: Option<u64>,
}

/// [`Shared`], as handlers get it.
pub(crate) type App = Arc<Shared>;

impl Shared {
    pub(crate) fn new(store: Store, blobs: Blobs, clock: Arc<dyn Clock>) -> chuda_record::Result<Self> {
        Ok(Self {
            store,
            blobs,
            webhooks: Sender::new()?,
            exchanges: Semaphore::new(EXCHANGES),
            dry_runs: Semaphore::new(1),
            quotas: Quotas::new(Quota::default()),
            damaged: AtomicBool::new(false),
            clock,
            seed: None,
        })
    }

    /// The same, of which each caller may take so much.
    pub(crate) fn within(self, quota: Quota) -> Self {
        Self { quotas: Quotas::new(quota), ..self }
    }

    /// The same with draws that can be repeated.
    pub(crate) fn seeded(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// What a draw starts from.
    pub(crate) fn draw_seed(&self) -> chuda_record::Result<[u8; 32]> {
        match self.seed {
            Some(seed) => Ok(Hash::of(format!("{seed}/{}", self.now().timestamp_millis()).as_bytes()).0),
            None => crate::random::bytes(),
        }
    }

    /// The server's time. Nothing here asks another clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}
