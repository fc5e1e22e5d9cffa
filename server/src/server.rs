//! A running server: opens what is kept, listens, and ends without losing a request.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chuda_evidence::clock::{Clock, SystemClock};
use chuda_record::{Error, Result};
use chuda_sqlite::private;
use chuda_words::keys;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, Shared};
use crate::blobs::Blobs;
use crate::http::{Network, Quota, connections, router};
use crate::jobs::{self, Runner};
use crate::store::Store;
use crate::{audit, key, strays};

/// The database's file in the data folder.
pub(crate) const DATABASE: &str = "chuda.db";
/// The folder of blobs in it, unless another is named.
pub(crate) const BLOBS: &str = "blobs";
/// Files and lines that a process asks to have open.
const MAX_FILES: u64 = 16_384;
/// How often the database is looked at as a whole.
const BETWEEN_LOOKS: Duration = Duration::from_hours(24);
/// How long requests in flight may take once the server is to end. Uploads go on where they were after the next start.
const GRACE: Duration = Duration::from_secs(10);

/// How a server is to run.
#[derive(Clone)]
pub struct Settings {
    /// Folder of the database, made if missing.
    pub data: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where blobs are kept: a folder or a `file:` URL; by default `blobs` in the data folder.
    pub blobs: Option<String>,
    /// What time it is; a test moves it.
    pub clock: Arc<dyn Clock>,
    /// Proxies that are believed about whom they ask for.
    pub trusted_proxies: Vec<Network>,
    /// What each device or token may take in a minute.
    pub quota: Quota,
}

impl Settings {
    /// Everything in one folder, on a free local port, at the system's time.
    pub fn local(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            blobs: None,
            clock: Arc::new(SystemClock),
            trusted_proxies: Vec::new(),
            quota: Quota::default(),
        }
    }
}

/// The server.
pub struct Server;

/// A server that listens, until it is shut down or dropped.
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    store: Store,
    jobs: Arc<Runner>,
}

impl Server {
    /// Opens the database and the blob store, and listens.
    pub async fn start(settings: Settings) -> Result<Running> {
        // Each line is a file to the system, and many systems begin with a thousand.
        let _ = rlimit::increase_nofile_limit(MAX_FILES);
        let app = open(&settings)?;
        let store = app.store.clone();
        let listener = TcpListener::bind(settings.listen)
            .await
            .map_err(|error| Error::new(chuda_record::ErrorKind::Storage, keys::LISTEN_FAILED).with("reason", error.kind()))?;
        let address = listener.local_addr()?;
        let (router, proxies) = (router(app.clone()), settings.trusted_proxies.into());
        let (stop, stopped) = watch::channel(false);
        let mut grace = stop.subscribe();
        tokio::spawn(watch_over(app.clone(), stop.subscribe()));
        let jobs = Arc::new(jobs::runner(app.clone(), stop.subscribe()));
        let runner = jobs.clone();
        let task = tokio::spawn(async move {
            let expired = async move {
                let _ = grace.wait_for(|stop| *stop).await;
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! {
                _ = async { tokio::join!(connections::serve(listener, router, app, proxies, stopped), runner.run()) } => {}
                () = expired => tracing::warn!("what was in flight was cut off"),
            }
        });
        tracing::info!(%address, "listening");
        Ok(Running { address, stop, task, store, jobs })
    }
}

/// Looks at every page of the database, now and again: what a disk has spoilt is no longer served from.
async fn watch_over(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        let store = app.store.clone();
        match tokio::task::spawn_blocking(move || store.is_sound()).await {
            Ok(Ok(true)) => tracing::info!("the database is sound"),
            Ok(Err(error)) if error.key != chuda_sqlite::DAMAGED => tracing::warn!(%error, "the database could not be looked at"),
            Ok(_) => {
                tracing::error!("the database is damaged: restore a backup");
                app.damaged.store(true, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Opens what is kept.
fn open(settings: &Settings) -> Result<App> {
    private::folder(&settings.data)?;
    let store = Store::open(&settings.data.join(DATABASE))?;
    audit::note_key(&store, &key::open(&settings.data)?, settings.clock.now())?;
    store.write(|tx| strays::set_all_aside(tx, settings.clock.now()))?;
    let blobs = Blobs::open(settings.blobs.as_deref(), &settings.data.join(BLOBS))?;
    Ok(Arc::new(Shared::new(store, blobs, settings.clock.clone())?.within(settings.quota)))
}

/// Opens a data folder that is to be filled: nothing waits for the disk until the store's checkpoint, and draws start from a seed.
pub(crate) fn open_to_fill(data: &Path, clock: Arc<dyn Clock>, seed: u64) -> Result<App> {
    private::folder(data)?;
    let store = Store::open(&data.join(DATABASE))?;
    store.write_unsynced()?;
    audit::note_key(&store, &key::open(data)?, clock.now())?;
    Ok(Arc::new(Shared::new(store, Blobs::open_unsynced(&data.join(BLOBS))?, clock)?.seeded(seed)))
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs every job that is due by the server's clock, with those that these lead to, and says how many this process ran. The
    /// server does so by itself, but looks at its clock once a minute; a test that has moved the clock need not wait.
    pub async fn run_due_jobs(&self) -> Result<usize> {
        self.jobs.run_due().await
    }

    /// Takes no new requests, finishes those in flight, and moves everything into the database file.
    pub async fn shutdown(self) -> Result<()> {
        self.stop.send_replace(true);
        self.task.await.map_err(|error| Error::internal("server.failed", error))?;
        self.store.checkpoint()?;
        tracing::info!("stopped");
        Ok(())
    }
}
