//! Syncing: records first, then blobs. What the server took is taken note of at once, whatever fails after it.

use std::io::{Read as _, Seek as _, SeekFrom};

use chrono::TimeDelta;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::voice::blocking;
use super::{Cancel, Inner, Workbench, identity};
use crate::query::dialect;
use crate::query::view::{StatusItem, SyncSummary};
use crate::store::{Own, Upload};
use crate::sync::client::{MAX_WAIT, Progress, Session, signing_time};
use crate::sync::session;
use chuda_evidence::file;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::RecordId;
use chuda_record::time::to_millis;
use chuda_record::wire::api::{ImportKind, ImportReport, MAX_IMPORT_BYTES};
use chuda_record::{Actor, Rejection};
use chuda_words::keys;

/// Bytes of a blob in one request: a cut link loses at most this.
const PIECE: u64 = 512 * 1024;
/// Most exchanges of one sync; the rest follows with the next.
const MAX_EXCHANGES: i64 = 10_000;
/// How many of them in a row may bring and take nothing new. After a restore all that a phone has comes once more: a million changes.
const MAX_FRUITLESS: usize = 200;
/// Blobs looked at in one sync.
const MAX_BLOBS: u32 = 10_000;
/// How often one blob may begin anew in one sync.
const MAX_RESTARTS: u32 = 3;

/// How an exchange went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SyncReport {
    /// Changes the server took.
    pub pushed: i64,
    /// Changes that came.
    pub pulled: i64,
    /// Documents it did not take.
    pub rejected: Vec<RejectedView>,
    /// Blobs.
    pub blobs: BlobsReport,
    /// Requests made for records.
    pub round_trips: i64,
    /// Bytes of bodies sent for records.
    pub bytes_up: i64,
    /// Bytes of bodies received for records.
    pub bytes_down: i64,
}

/// How the blobs went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct BlobsReport {
    /// Whose hash the server has echoed in this sync.
    pub sent: i64,
    /// Still to go.
    pub left: i64,
}

/// A document the server did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RejectedView {
    /// Which.
    pub document: RecordId,
    /// Why: as a key.
    #[serde(serialize_with = "dialect::rejection")]
    pub reason: String,
}

/// Which blobs a sync sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum BlobChoice {
    /// All of them.
    #[default]
    All,
    /// None: records only.
    None,
}

/// Everything a person should be able to look at.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct StatusView {
    /// Items that are not at rest.
    pub items: Vec<StatusItem>,
    /// The counts.
    pub summary: SyncSummary,
}

impl Workbench {
    /// Exchanges records, then blobs. `progress` hears of each step; listeners too.
    pub async fn sync(
        &self,
        blobs: BlobChoice,
        progress: impl Fn(SyncSummary) + Send + Sync + 'static,
        cancel: Cancel,
    ) -> Result<SyncReport> {
        let _one_at_a_time = self.0.syncing.lock().await;
        let mut report = SyncReport::default();
        let synced = async {
            self.exchange_records(&mut report, &progress, &cancel).await?;
            if blobs == BlobChoice::All {
                self.send_blobs(&mut report.blobs, &progress, &cancel).await?;
            }
            Ok(())
        };
        let synced: Result<()> = synced.await;
        let synced = self.0.heed(synced);
        self.0.listeners.changed();
        synced?;
        report.blobs.left = self.0.store.read(|tx| tx.upload_counts())?.0;
        Ok(report)
    }

    /// Asks the server what only it can work out, or has it do what only it can, as this person. `Offline` when it is not reached;
    /// nothing is kept for later. What it refuses comes as `server.refused` with its own key as `problem`.
    pub(super) async fn ask_server<Answered: DeserializeOwned>(
        &self,
        path: &'static str,
        question: &impl Serialize,
    ) -> Result<Answered> {
        let link = self.0.link()?;
        self.0.heed(self.0.client.ask(&link.session(&self.0), path, question).await)
    }

    /// Has the server import a file (H4), or only say what would come of it. All of the file goes in or nothing; with mistakes in it, it
    /// is `server.refused` with `import.mistakes`.
    pub async fn import(&self, kind: ImportKind, file: &std::path::Path, dry_run: bool) -> Result<ImportReport> {
        let path = file.to_owned();
        let bytes = blocking(move || {
            let mut bytes = Vec::new();
            file::open(&path)?.take(MAX_IMPORT_BYTES as u64 + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await?;
        if bytes.len() > MAX_IMPORT_BYTES {
            return Err(Error::invalid(keys::IMPORT_TOO_LARGE).with("most", MAX_IMPORT_BYTES));
        }
        let link = self.0.link()?;
        let is_workbook = bytes.starts_with(b"PK");
        let mime = if is_workbook { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" } else { "text/csv" };
        self.0.heed(self.0.client.import(&link.session(&self.0), kind, dry_run, mime, bytes).await)
    }

    async fn exchange_records(&self, report: &mut SyncReport, progress: &impl Fn(SyncSummary), cancel: &Cancel) -> Result<()> {
        let link = self.0.link()?;
        let this = self.clone();
        blocking(move || this.0.sign_claims()).await?;
        let mut fruitless = 0;
        while report.round_trips < MAX_EXCHANGES && fruitless < MAX_FRUITLESS {
            cancel.check(keys::SYNC_CANCELLED)?;
            let offer = self.0.store.read(session::offer)?;
            let exchanged = self.0.client.exchange(&link.session(&self.0), &offer.request).await?;
            report.round_trips += 1;
            report.bytes_up += exchanged.bytes_up as i64;
            report.bytes_down += exchanged.bytes_down as i64;
            let this = self.clone();
            let taken = blocking(move || {
                let bytes = this.0.store.read(|tx| session::erased_bytes(tx, &exchanged.response))?;
                bytes.into_iter().try_for_each(|hash| this.0.blobs.remove(hash))?;
                let taken = session::take_in(&this.0.store, &offer, &exchanged.response, this.0.settings.clock.now())?;
                this.0.remember_server_time(exchanged.response.server_time)?;
                this.0.redo_reused(&taken.rejected)?;
                Ok(taken)
            })
            .await?;
            report.pushed += taken.pushed;
            report.pulled += taken.pulled;
            let shown = taken.rejected.iter().filter(|(_, reason)| *reason != Rejection::ReusedSequence);
            report
                .rejected
                .extend(shown.map(|(document, reason)| RejectedView { document: *document, reason: reason.key().into() }));
            if taken.pulled > 0 {
                self.refresh_me()?;
            }
            progress(self.0.ask(|ask| ask.sync_summary())?);
            if !taken.more {
                return self.0.store.write_again(|tx| tx.brought_back());
            }
            fruitless = if taken.pushed + taken.pulled > 0 { 0 } else { fruitless + 1 };
        }
        Err(Error::new(ErrorKind::Server, keys::SYNC_NO_PROGRESS))
    }

    async fn send_blobs(&self, report: &mut BlobsReport, progress: &impl Fn(SyncSummary), cancel: &Cancel) -> Result<()> {
        let link = self.0.link()?;
        let mut fault = None;
        for upload in self.0.store.read(|tx| tx.waiting_uploads(MAX_BLOBS))? {
            cancel.check(keys::SYNC_CANCELLED)?;
            match self.send_blob(&link, &upload, progress, cancel).await {
                Ok(()) => report.sent += 1,
                // The network, the person or the disk end the sync; what concerns this blob alone does not hold up the others.
                Err(error) if matches!(error.kind, ErrorKind::Offline | ErrorKind::Cancelled | ErrorKind::Storage) => {
                    return Err(error);
                }
                Err(error) => match error.params.get("problem").filter(|key| !key.is_empty()) {
                    // It was not refused: the server is at fault, and this blob is tried again with the next sync.
                    None if error.kind == ErrorKind::Server => fault = fault.or(Some(error)),
                    problem => {
                        let reason = problem.map_or(error.key, String::as_str);
                        self.0.store.write(|tx| tx.upload_failed(upload.hash, reason))?;
                    }
                },
            }
        }
        fault.map_or(Ok(()), Err)
    }

    async fn send_blob(&self, link: &Link, upload: &Upload, progress: &impl Fn(SyncSummary), cancel: &Cancel) -> Result<()> {
        let Inner { client, store, blobs, .. } = &**self.0;
        let (mut restarts, mut reached) = (0, None);
        let mut state = match &upload.location {
            Some(location) => client.ask_upload(&link.session(&self.0), upload.hash, location).await?,
            None => Progress::Gone,
        };
        loop {
            cancel.check(keys::SYNC_CANCELLED)?;
            match state {
                Progress::Verified => {
                    store.write(|tx| tx.upload_verified(upload.hash, self.0.settings.clock.now()))?;
                    progress(self.0.ask(|ask| ask.sync_summary())?);
                    return Ok(());
                }
                Progress::Gone => {
                    (restarts, reached) = (restarts + 1, None);
                    if restarts > MAX_RESTARTS {
                        return Err(Error::new(ErrorKind::Server, keys::SYNC_UPLOAD_RESTARTS));
                    }
                    state = client.begin_upload(&link.session(&self.0), upload.hash, upload.size).await?;
                }
                // Further than before and not at its end without the echo, or it begins anew.
                Progress::At { offset, .. } if offset >= upload.size.max(1) || reached.is_some_and(|reached| offset <= reached) => {
                    state = Progress::Gone;
                }
                Progress::At { offset, location } => {
                    reached = Some(offset);
                    store.write_again(|tx| tx.upload_progress(upload.hash, offset, Some(&location)))?;
                    progress(self.0.ask(|ask| ask.sync_summary())?);
                    let mut reader = blobs.reader(upload.hash)?;
                    reader.seek(SeekFrom::Start(offset))?;
                    let mut bytes = Vec::new();
                    reader.take(PIECE).read_to_end(&mut bytes)?;
                    state = client.continue_upload(&link.session(&self.0), upload.hash, &location, offset, bytes).await?;
                }
            }
        }
    }
}

/// The server of this phone.
struct Link {
    server: String,
    device: chuda_record::id::DeviceId,
    server_ahead_ms: i64,
}

impl Link {
    fn session<'a>(&'a self, inner: &'a Inner) -> Session<'a> {
        let Inner { settings, .. } = inner;
        Session {
            server: &self.server,
            device: self.device,
            signer: settings.signer.as_ref(),
            now: signing_time(settings.clock.as_ref(), self.server_ahead_ms),
        }
    }
}

impl Inner {
    /// The server to speak with; none before the time to which it has put this phone off.
    fn link(&self) -> Result<Link> {
        let now = self.settings.clock.now();
        self.store.read(|tx| {
            let left = tx.meta_time("retry_at")?.map_or(TimeDelta::zero(), |until| until - now);
            // A clock that was set back makes nobody wait.
            if left > TimeDelta::zero() && left <= MAX_WAIT {
                let seconds = (left.num_milliseconds() + 999) / 1_000;
                return Err(Error::new(ErrorKind::Offline, keys::SYNC_TRY_LATER).with("seconds", seconds));
            }
            Ok(Link {
                server: tx.meta("server")?.ok_or_else(|| Error::invalid(keys::SYNC_NO_SERVER))?,
                device: identity::device(tx)?,
                server_ahead_ms: tx.meta("server_ahead")?.unwrap_or_default(),
            })
        })
    }

    /// Takes note of how long the server wants to be left alone, where it answered so.
    fn heed<T>(&self, answered: Result<T>) -> Result<T> {
        let put_off = |error: &Error| error.params.get("seconds").and_then(|seconds| seconds.parse().ok()).map(TimeDelta::seconds);
        if let Some(time) = answered.as_ref().err().filter(|error| error.params.contains_key("status")).and_then(put_off) {
            let until = to_millis(self.settings.clock.now() + time.min(MAX_WAIT));
            self.store.write_again(|tx| tx.set_meta("retry_at", until))?;
        }
        answered
    }

    /// What the server's clock says, for the signatures to come and for claims.
    fn remember_server_time(&self, server_ms: i64) -> Result<()> {
        let clock = self.settings.clock.as_ref();
        self.store.write_again(|tx| {
            tx.set_meta("server_ahead", server_ms.saturating_sub(to_millis(clock.now())))?;
            tx.set_meta("trusted_server", server_ms)?;
            tx.set_meta("trusted_monotonic", clock.monotonic_ms())?;
            tx.set_meta("trusted_boot", clock.boot_id())
        })
    }

    /// The actor of these changes had been used before, by a copy of this installation: they are made again by a new one.
    fn redo_reused(&self, rejected: &[(chuda_record::id::RecordId, Rejection)]) -> Result<()> {
        let me = self.me();
        for (document, _) in rejected.iter().filter(|(_, reason)| *reason == Rejection::ReusedSequence) {
            self.store.write(|tx| {
                let own = self.own(tx, &me)?;
                let own = Own { actor: Actor { incarnation: identity::new_incarnation(tx)?, ..own.actor }, ..own };
                tx.redo(&own, *document)
            })?;
        }
        Ok(())
    }
}
