//! The threads that the work is done on.

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};

use chuda_record::{Error, ErrorKind};
use chuda_words::keys;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinError;

use super::errors::{ChudaError, Result};

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

/// The work of one object. What was begun is finished even when nobody waits for it any more; whoever lets the object go waits for that, so
/// that no thread of ours has the store afterwards: its folder may be moved then, and the process may end.
pub(crate) struct Works {
    /// Every piece of work has a clone until it is done; nothing is ever sent.
    working: Option<Sender<Infallible>>,
    done: Mutex<Receiver<Infallible>>,
}

impl Default for Works {
    fn default() -> Self {
        let (working, done) = channel();
        Self { working: Some(working), done: Mutex::new(done) }
    }
}

impl Works {
    pub(crate) async fn on_thread<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let working = self.working.clone();
        // Beside the result, for an abandoned one holds the store as well.
        on_thread(move || Ok((work()?, working))).await.map(|(done, _)| done)
    }

    pub(crate) async fn on_runtime<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        let working = self.working.clone();
        on_runtime(async move { Ok((work.await?, working)) }).await.map(|(done, _)| done)
    }
}

impl Drop for Works {
    fn drop(&mut self) {
        self.working.take();
        // A thread of ours would wait for itself.
        if Handle::try_current().is_err() {
            let _ = self.done.get_mut().unwrap_or_else(PoisonError::into_inner).recv();
        }
    }
}

/// The panic itself was written to the log; its text may hold anything.
fn stopped(error: &JoinError) -> ChudaError {
    if error.is_panic() {
        Error::internal("panic", "a call panicked")
    } else {
        Error::new(ErrorKind::Cancelled, keys::WORK_CANCELLED)
    }
    .into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn whoever_lets_go_waits_for_what_nobody_waits_for() {
        let (works, held) = (Works::default(), Arc::new(()));
        let (begin, begun) = channel();
        let (end, ended) = channel();
        let store = held.clone();
        let mut call = Box::pin(works.on_thread(move || {
            begin.send(()).unwrap();
            ended.recv().unwrap();
            Ok(store)
        }));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        begun.recv().unwrap();
        drop(call);
        end.send(()).unwrap();
        drop(works);
        assert_eq!(Arc::strong_count(&held), 1, "a thread still has it");
    }
}
