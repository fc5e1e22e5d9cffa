//! What an app implements to be told of things. All of these are called from threads of the core: hand over to your own thread.
//! Whatever they throw is noted and otherwise ignored; it never stops the work.

use super::errors::Result;
use crate::query::view::{HomeView, SyncSummary};
use crate::workbench;

/// Told that something changed.
#[uniffi::export(callback_interface)]
pub trait Listener: Send + Sync {
    /// The home screen as it is now. The first call brings the current one.
    fn changed(&self, home: HomeView) -> Result<()>;
}

/// Told how far speech recognition is.
#[uniffi::export(callback_interface)]
pub trait TranscriptionProgress: Send + Sync {
    /// The share that is done: 0 to 1, never falling; several times a second.
    fn progressed(&self, share: f32) -> Result<()>;
}

/// Told how far an exchange is.
#[uniffi::export(callback_interface)]
pub trait SyncProgress: Send + Sync {
    /// What waits now.
    fn progressed(&self, summary: SyncSummary) -> Result<()>;
}

/// A listener of the app, for the core.
pub(crate) struct AppListener(pub(crate) Box<dyn Listener>);

impl workbench::Listener for AppListener {
    fn changed(&self, home: HomeView) {
        // What the app threw was noted where it was caught.
        let _ = self.0.changed(home);
    }
}
