//! Who wants to know that something changed. One thread tells them, so that nobody who writes has to wait for them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Inner;
use crate::query::view::HomeView;
use chuda_record::error::Result;

/// Told that something changed; it gets the current home screen first.
pub trait Listener: Send + Sync {
    /// The home screen as it is now. Called on a thread of its own; changes that come in quick succession are told once.
    fn changed(&self, home: HomeView);
}

/// Ends a subscription when dropped.
pub struct Subscription {
    sender: Sender<Message>,
    number: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // The thread may be gone already, with everything in it.
        let _ = self.sender.send(Message::Unsubscribe(self.number));
    }
}

/// The thread, once there is one.
#[derive(Default)]
pub(super) struct Listeners {
    sender: Mutex<Option<Sender<Message>>>,
    numbers: AtomicU64,
    window: Arc<Window>,
}

/// Through which the thread looks at the workbench. It is locked while it does.
type Window = Mutex<Weak<Inner>>;

enum Message {
    Subscribe(u64, Arc<dyn Listener>),
    Unsubscribe(u64),
    Changed,
}

impl Listeners {
    pub(super) fn subscribe(&self, inner: &Arc<Inner>, listener: Arc<dyn Listener>) -> std::io::Result<Subscription> {
        let mut sender = lock(&self.sender);
        let sender = if let Some(sender) = sender.as_ref() {
            sender.clone()
        } else {
            *lock(&self.window) = Arc::downgrade(inner);
            sender.insert(start(self.window.clone())?).clone()
        };
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let _ = sender.send(Message::Subscribe(number, listener));
        Ok(Subscription { sender, number })
    }

    pub(super) fn changed(&self) {
        if let Some(sender) = lock(&self.sender).as_ref() {
            let _ = sender.send(Message::Changed);
        }
    }

    /// Waits for the thread if it is just looking at the workbench; it does so no more. Listeners are not waited for: one of them may be
    /// who calls this, or may wait for who does.
    pub(super) fn look_no_more(&self) {
        *lock(&self.window) = Weak::new();
    }
}

fn start(window: Arc<Window>) -> std::io::Result<Sender<Message>> {
    let (sender, receiver) = channel();
    std::thread::Builder::new().name("chuda-listeners".into()).spawn(move || run(&window, &receiver))?;
    Ok(sender)
}

fn run(window: &Window, receiver: &Receiver<Message>) {
    let mut listeners = BTreeMap::<u64, Arc<dyn Listener>>::new();
    while let Ok(first) = receiver.recv() {
        let mut fresh = Vec::new();
        let mut changed = false;
        for message in std::iter::once(first).chain(receiver.try_iter()) {
            match message {
                Message::Subscribe(number, listener) => {
                    listeners.insert(number, listener);
                    fresh.push(number);
                }
                Message::Unsubscribe(number) => drop(listeners.remove(&number)),
                Message::Changed => changed = true,
            }
        }
        let home = match look(window) {
            Some(Ok(home)) => home,
            Some(Err(error)) => {
                tracing::warn!(%error, "no home screen to tell listeners of");
                continue;
            }
            None => return,
        };
        for (number, listener) in &listeners {
            if changed || fresh.contains(number) {
                // A listener is the shell's code: what it throws must not end the others' news.
                let _ = catch_unwind(AssertUnwindSafe(|| listener.changed(home.clone())));
            }
        }
    }
}

/// The home screen, unless the workbench is gone.
fn look(window: &Window) -> Option<Result<HomeView>> {
    let window = lock(window);
    // Let go before the lock is.
    let inner = window.upgrade()?;
    Some(inner.ask(|ask| ask.home()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
