//! The threads that the work is done on.

use std::sync::LazyLock;

use chuda_core::{Error, ErrorKind};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinError;

use crate::errors::Result;

/// Kotlin and Swift poll a future on whatever thread they like, the screen's among them. So the work itself runs here, and what they
/// poll only waits for it.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
        Builder::new_multi_thread().worker_threads(2).max_blocking_threads(16).thread_name("chuda").enable_all().build()
    });
    RUNTIME.as_ref().map_err(|error| Error::internal("runtime.unavailable", error).into())
}

pub(crate) async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    runtime()?.spawn_blocking(work).await.unwrap_or_else(|error| Err(stopped(&error)))
}

pub(crate) async fn on_runtime<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    runtime()?.spawn(work).await.unwrap_or_else(|error| Err(stopped(&error)))
}

/// The panic itself was written to the log; its text may hold anything.
fn stopped(error: &JoinError) -> crate::ChudaError {
    if error.is_panic() { Error::internal("panic", "a call panicked") } else { Error::new(ErrorKind::Cancelled, "cancelled") }
        .into()
}
