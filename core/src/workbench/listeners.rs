//! Who wants to know that something changed. One thread tells them, so that nobody who writes has to wait for them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Inner;
use crate::query::view::HomeView;

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
}

enum Message {
    Subscribe(u64, Arc<dyn Listener>),
    Unsubscribe(u64),
    Changed,
}

impl Listeners {
    pub(super) fn subscribe(&self, inner: &Arc<Inner>, listener: Arc<dyn Listener>) -> std::io::Result<Subscription> {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match sender.as_ref() {
            Some(sender) => sender.clone(),
            None => sender.insert(start(Arc::downgrade(inner))?).clone(),
        };
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let _ = sender.send(Message::Subscribe(number, listener));
        Ok(Subscription { sender, number })
    }

    pub(super) fn changed(&self) {
        if let Some(sender) = self.sender.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let _ = sender.send(Message::Changed);
        }
    }
}

fn start(inner: Weak<Inner>) -> std::io::Result<Sender<Message>> {
    let (sender, receiver) = channel();
    std::thread::Builder::new().name("chuda-listeners".into()).spawn(move || run(&inner, &receiver))?;
    Ok(sender)
}

fn run(inner: &Weak<Inner>, receiver: &Receiver<Message>) {
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
        let Some(inner) = inner.upgrade() else { return };
        let home = match inner.ask(|ask| ask.home()) {
            Ok(home) => home,
            Err(error) => {
                tracing::warn!(%error, "no home screen to tell listeners of");
                continue;
            }
        };
        drop(inner);
        for (number, listener) in &listeners {
            if changed || fresh.contains(number) {
                // A listener is the shell's code: what it throws must not end the others' news.
                let _ = catch_unwind(AssertUnwindSafe(|| listener.changed(home.clone())));
            }
        }
    }
}
