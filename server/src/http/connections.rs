//! Who holds a line to this server: strangers few and as long as nobody else needs it, known callers a fair number each.
//!
//! Whoever connects is a stranger until a request on the line has shown who sends it. When there are too many, the oldest line of the address
//! that holds most is cut, so that a flood displaces itself and an honest phone, which shows who it is at once, gets in.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::Extensions;
use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::id::{DeviceId, Hash};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tower::Service as _;

use super::proxies::{self, Network};
use crate::admin::{TokenState, state_of};
use crate::app::App;
use crate::store::{Standing, Tx};

/// Lines of strangers in all, and from one address: many phones share a carrier's.
const STRANGERS: (usize, usize) = (512, 128);
/// Lines of one known caller.
const LINES_OF_ONE: usize = 64;
/// Lines on which proxies that are believed have not asked for anybody yet.
const LINES_OF_PROXIES: usize = 4_096;
/// How long a line may take for the head of a request, and be silent between two.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// Most bytes of a head.
const HEAD_BYTES: usize = 32 * 1024;
/// How long to wait when no line can be taken, until one has ended.
const OUT_OF_LINES: Duration = Duration::from_millis(50);
/// How often it is looked whether somebody may no longer call.
const LOOK: Duration = Duration::from_secs(1);

/// Serves until it is told to stop, and then to the end what was asked for. What comes through one of these proxies is held by whom the
/// proxy says it is from, request by request.
pub(crate) async fn serve(listener: TcpListener, router: Router, app: App, proxies: Arc<[Network]>, stop: watch::Receiver<bool>) {
    let lines = Arc::new(Lines::default());
    let watching = tokio::spawn(cut_refused(lines.clone(), app));
    let mut tasks = JoinSet::new();
    let mut stopped = pin!(told(stop.clone()));
    loop {
        tokio::select! {
            taken = listener.accept() => match taken {
                Ok((stream, address)) => {
                    let trusted = proxies::is_trusted(&proxies, address.ip());
                    let holder = if trusted { Holder::Proxy } else { Holder::stranger(address.ip()) };
                    let line = lines.take(&holder);
                    drop(tasks.spawn(answer(stream, address, line, router.clone(), proxies.clone(), stop.clone())));
                }
                Err(error) => {
                    tracing::warn!(%error, "a line could not be taken");
                    tokio::time::sleep(OUT_OF_LINES).await;
                }
            },
            Some(_) = tasks.join_next() => {}
            () = stopped.as_mut() => break,
        }
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
    watching.abort();
}

/// Cuts what is open of callers who may no longer call, whichever process said so: a line that was opened before ends, too.
async fn cut_refused(lines: Arc<Lines>, app: App) {
    let (mut seen, mut looks) = (Vec::new(), 0);
    loop {
        tokio::time::sleep(LOOK).await;
        let Ok(version) = app.store.read_async(|tx| tx.callers_version()).await else { continue };
        if version != seen {
            // Twice, for whoever was being let in just then.
            (seen, looks) = (version, 2);
        }
        if looks == 0 {
            continue;
        }
        let (callers, now) = (lines.callers(), app.now());
        let refused = app.store.read_async(move |tx| {
            let mut refused = Vec::new();
            for caller in callers {
                if caller.is_refused(tx, now)? {
                    refused.push(caller);
                }
            }
            Ok(refused)
        });
        if let Ok(refused) = refused.await {
            looks -= 1;
            for caller in refused {
                lines.cut(caller);
            }
        }
    }
}

/// Answers what is asked on one line, until it ends or is cut.
async fn answer(
    stream: TcpStream,
    address: SocketAddr,
    line: Line,
    router: Router,
    proxies: Arc<[Network]>,
    stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let mut router = router.clone();
        let mut request: Request = request.map(axum::body::Body::new);
        let origin = proxies::origin(&proxies, address.ip(), request.headers());
        if origin != address.ip() {
            line.0.lines.move_to(line.0.number, &Holder::stranger(origin));
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(origin, address.port())));
        request.extensions_mut().insert(line.clone());
        async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never| match never {})) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES);
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = serving.as_mut() => return,
        () = line.0.cut.notified() => return,
        () = told(stop) => serving.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = serving => {}
        () = line.0.cut.notified() => {}
    }
}

/// Waits until the server is to stop.
async fn told(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A request's line. Clones are the same one; it is given back when the last is gone.
#[derive(Clone)]
pub(crate) struct Line(Arc<Held>);

struct Held {
    number: u64,
    cut: Notify,
    lines: Arc<Lines>,
}

impl Line {
    /// Whoever asks has shown who they are: the line is theirs now.
    pub(crate) fn belongs_to(extensions: &Extensions, caller: Known) {
        if let Some(Self(held)) = extensions.get() {
            held.lines.move_to(held.number, &Holder::Caller(caller));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.lines.lock().forget(self.number);
    }
}

/// A caller who has shown who they are.
#[derive(Clone, Copy, PartialEq, Eq, std::hash::Hash)]
pub(crate) enum Known {
    Device(DeviceId),
    /// Of somebody who has left: it only sends.
    Leaving(DeviceId),
    /// By the hash of the token.
    Token(Hash),
}

impl Known {
    /// Whether nothing is answered to them any more.
    fn is_refused(self, tx: &Tx<'_>, now: DateTime<Utc>) -> Result<bool> {
        Ok(match self {
            Self::Device(device) => tx.device(device)?.is_none_or(|row| row.standing(now) != Standing::Present),
            Self::Leaving(device) => tx.device(device)?.is_none_or(|row| row.standing(now) == Standing::Revoked),
            Self::Token(hash) => match tx.token(hash)? {
                Some(row) => state_of(tx, &row, now)? != TokenState::Valid,
                None => true,
            },
        })
    }
}

/// Who holds a line.
#[derive(Clone, PartialEq, Eq, std::hash::Hash)]
enum Holder {
    Stranger(IpAddr),
    /// A proxy that is believed, until it says whom it asks for.
    Proxy,
    Caller(Known),
}

impl Holder {
    /// IPv6 hands a house 2^64 addresses.
    fn stranger(address: IpAddr) -> Self {
        Self::Stranger(match address {
            IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
                IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into())
            }
            address => address.to_canonical(),
        })
    }

    fn most(&self) -> usize {
        match self {
            Self::Stranger(_) => STRANGERS.1,
            Self::Proxy => LINES_OF_PROXIES,
            Self::Caller(_) => LINES_OF_ONE,
        }
    }
}

#[derive(Default)]
struct Lines(Mutex<Table>);

#[derive(Default)]
struct Table {
    last: u64,
    held: HashMap<u64, (Holder, Weak<Held>)>,
    /// The lines of each, oldest first.
    of: HashMap<Holder, BTreeSet<u64>>,
    strangers: usize,
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, holder: &Holder) -> Line {
        let mut table = self.lock();
        table.last += 1;
        let held = Arc::new(Held { number: table.last, cut: Notify::new(), lines: self.clone() });
        let cut = table.enter(held.number, holder, Arc::downgrade(&held));
        // What is let go of here takes the lock.
        drop(table);
        drop(cut);
        Line(held)
    }

    fn move_to(&self, number: u64, holder: &Holder) {
        let mut table = self.lock();
        let moved = table.held.get(&number).is_some_and(|(now, _)| now != holder).then(|| table.forget(number)).flatten();
        let cut = moved.and_then(|held| table.enter(number, holder, held));
        drop(table);
        drop(cut);
    }

    fn callers(&self) -> Vec<Known> {
        let known = |holder: &Holder| if let Holder::Caller(known) = holder { Some(*known) } else { None };
        self.lock().of.keys().filter_map(known).collect()
    }

    fn cut(&self, caller: Known) {
        let (mut table, holder, mut cut) = (self.lock(), Holder::Caller(caller), Vec::new());
        while table.of.contains_key(&holder) {
            cut.extend(table.cut_oldest(&holder));
        }
        drop(table);
        drop(cut);
    }
}

impl Table {
    /// Enters a line, and gives the one that was cut for it.
    fn enter(&mut self, number: u64, holder: &Holder, held: Weak<Held>) -> Option<Arc<Held>> {
        let most = holder.most();
        let lines = self.of.entry(holder.clone()).or_default();
        lines.insert(number);
        let too_many = lines.len() > most;
        self.strangers += usize::from(matches!(holder, Holder::Stranger(_)));
        self.held.insert(number, (holder.clone(), held));
        if too_many {
            return self.cut_oldest(holder);
        }
        if self.strangers <= STRANGERS.0 {
            return None;
        }
        let strangers = self.of.iter().filter(|(holder, _)| matches!(holder, Holder::Stranger(_)));
        let fullest = strangers.max_by_key(|(_, lines)| (lines.len(), std::cmp::Reverse(lines.first().copied())));
        let holder = fullest.map(|(holder, _)| holder.clone())?;
        self.cut_oldest(&holder)
    }

    fn cut_oldest(&mut self, holder: &Holder) -> Option<Arc<Held>> {
        let oldest = self.of.get(holder)?.first().copied()?;
        let held = self.forget(oldest)?.upgrade()?;
        held.cut.notify_one();
        Some(held)
    }

    fn forget(&mut self, number: u64) -> Option<Weak<Held>> {
        let (holder, held) = self.held.remove(&number)?;
        self.strangers -= usize::from(matches!(holder, Holder::Stranger(_)));
        if let Some(lines) = self.of.get_mut(&holder) {
            lines.remove(&number);
            if lines.is_empty() {
                self.of.remove(&holder);
            }
        }
        Some(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_held(line: &Line) -> bool {
        line.0.lines.lock().held.contains_key(&line.0.number)
    }

    fn address(number: u8) -> Holder {
        Holder::stranger([127, 0, 0, number].into())
    }

    #[test]
    fn a_flood_displaces_itself_and_whoever_is_known_stays() {
        let lines = Arc::new(Lines::default());
        let known = lines.take(&address(1));
        lines.move_to(known.0.number, &Holder::Caller(Known::Device(DeviceId(uuid::Uuid::nil()))));
        let honest = lines.take(&address(1));
        let flood: Vec<Line> = (0..10_000_u32).map(|number| lines.take(&address(2 + (number % 100) as u8))).collect();
        assert!(is_held(&known) && is_held(&honest));
        assert_eq!(flood.iter().filter(|line| is_held(line)).count(), STRANGERS.0 - 1);
        assert!(is_held(&flood[9_999]), "who comes last is let in");
        drop(flood);
        assert_eq!(lines.lock().strangers, 1);
    }

    #[test]
    fn one_address_and_one_caller_hold_so_many_and_an_ended_line_makes_room() {
        let lines = Arc::new(Lines::default());
        let mut held: Vec<Line> = (0..STRANGERS.1).map(|_| lines.take(&address(2))).collect();
        drop(held.pop());
        held.push(lines.take(&address(2)));
        assert!(held.iter().all(is_held));
        held.push(lines.take(&address(2)));
        assert!(!is_held(&held[0]) && held[1..].iter().all(is_held));
        let mine: Vec<Line> = (0..=LINES_OF_ONE).map(|_| lines.take(&address(3))).collect();
        for line in &mine {
            lines.move_to(line.0.number, &Holder::Caller(Known::Device(DeviceId(uuid::Uuid::nil()))));
        }
        assert!(!is_held(&mine[0]) && mine[1..].iter().all(is_held));
    }

    #[test]
    fn behind_a_proxy_each_address_has_its_own_bound() {
        let lines = Arc::new(Lines::default());
        let asked = |number: u8| {
            let line = lines.take(&Holder::Proxy);
            lines.move_to(line.0.number, &address(number));
            line
        };
        let honest = asked(1);
        let flood: Vec<Line> = (0..=STRANGERS.1).map(|_| asked(2)).collect();
        assert!(is_held(&honest) && !is_held(&flood[0]) && flood[1..].iter().all(is_held));
        let idle: Vec<Line> = (0..600).map(|_| lines.take(&Holder::Proxy)).collect();
        assert!(idle.iter().all(is_held) && is_held(&honest), "what a proxy keeps open displaces nobody");
    }

    #[test]
    fn a_house_of_ipv6_is_one_address() {
        let holder = |text: &str| Holder::stranger(text.parse().unwrap());
        assert!(holder("2001:db8::1") == holder("2001:db8::ffff:1"));
        assert!(holder("2001:db8::1") != holder("2001:db8:0:1::1"));
        assert!(holder("::ffff:10.0.0.1") == holder("10.0.0.1"));
    }
}
