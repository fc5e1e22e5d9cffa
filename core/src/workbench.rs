//! The façade that every shell holds: what a person can do on a phone, in their words.
//!
//! Quick calls are plain functions that touch only the local store: a shell calls them off its UI thread. Long work
//! (speech, sync, verification) is async, reports progress and can be cancelled by dropping it or through [`Cancel`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Serialize;

use crate::capture::claim::{Consent, Location};
use crate::error::Result;
use crate::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId, RecordId, TaskId, TouchId};
use crate::query::view::*;
use crate::record::{ContactMode, Fen, Intent};
use crate::rules::Config;
use crate::time::Clock;

/// What a workbench needs from its shell.
pub struct Settings {
    /// Folder of the store; made if missing.
    pub dir: PathBuf,
    /// Key of the database and the blob files, kept by the platform's keystore.
    pub key: [u8; 32],
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Signs with the device key.
    pub signer: Arc<dyn crate::capture::key::Signer>,
    /// Where the speech models are, if they are there.
    pub models: Option<PathBuf>,
}

/// Tells long work to stop. Everything captured so far is kept.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A handle that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the work that holds this handle.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was used.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for the engine.
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

/// Who works on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The person.
    pub person: PersonView,
    /// This installation.
    pub device: DeviceId,
    /// The server it belongs to, if any.
    pub server: Option<String>,
}

/// A customer to enter.
#[derive(Clone, Debug, Default)]
pub struct CustomerDraft {
    /// Full name.
    pub name: String,
    /// The name people say.
    pub short: Option<String>,
    /// First contact person.
    pub contact: Option<String>,
    /// Their phone number.
    pub phone: Option<String>,
}

/// A touch to record.
#[derive(Clone, Debug, Default)]
pub struct TouchDraft {
    /// Who was touched: required.
    pub customer: Option<CustomerId>,
    /// How: required.
    pub mode: Option<ContactMode>,
    /// What: required; a key or word of the action list.
    pub action: Option<String>,
    /// Evidence already captured.
    pub evidence: Vec<EvidenceId>,
    /// Keep it as 待补证据 when there is no evidence yet.
    pub allow_draft: bool,
    /// Progress brief; key or word.
    pub brief: Option<String>,
    /// Who answers the technical question (B2): a colleague's name or id, or a free name.
    pub tech_owner: Option<String>,
    /// When the answer is expected (B2).
    pub response_by: Option<NaiveDate>,
    /// Amount.
    pub amount: Option<Fen>,
    /// Custom development.
    pub custom_development: bool,
    /// Intent level.
    pub intent: Option<Intent>,
    /// The customer answered.
    pub feedback: bool,
    /// Who was touched (N1): the name of a contact, entered if it is new.
    pub contact: Option<String>,
    /// What comes next.
    pub next_action: Option<String>,
    /// When.
    pub next_date: Option<NaiveDate>,
    /// At what time.
    pub next_time: Option<NaiveTime>,
    /// Free text.
    pub note: Option<String>,
}

/// A recorded touch.
#[derive(Clone, Debug, Serialize)]
pub struct TouchSaved {
    /// As it is now.
    pub touch: TouchView,
    /// What the rules will do with it once the server has it.
    pub triggered: Vec<Triggered>,
    /// The claims of its evidence.
    pub claims: Vec<ClaimView>,
}

/// Bytes to keep as evidence.
#[derive(Clone, Debug)]
pub struct EvidenceDraft {
    /// The file; it is copied and may be removed afterwards.
    pub path: PathBuf,
    /// `camera`, `gallery`, `file` or `recording`.
    pub source: crate::capture::claim::Source,
    /// Required for a recording.
    pub consent: Option<Consent>,
    /// Where it was captured, if the person allows it.
    pub location: Option<Location>,
    /// The touch it belongs to, if it is known already.
    pub touch: Option<TouchId>,
    /// A rendition made by the platform, for pictures this core can't decode (HEIC).
    pub rendition: Option<PathBuf>,
}

/// Kept evidence.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceSaved {
    /// As it is now; `readable` is false when its bytes can't be opened, which are kept all the same.
    pub evidence: EvidenceView,
    /// Its claim.
    pub claim: ClaimView,
}

/// What was understood of a recording. Nothing is saved before it is confirmed.
#[derive(Clone, Debug)]
pub struct VoiceDraft {
    /// The recording, kept as evidence.
    pub evidence: EvidenceSaved,
    /// What the engine heard.
    pub transcript: crate::speech::Transcript,
    /// What was understood.
    pub draft: crate::speech::understand::Draft,
}

/// A report to file.
#[derive(Clone, Debug, Default)]
pub struct ReportRequest {
    /// The day; today if none. A past one is marked 补报.
    pub day: Option<NaiveDate>,
    /// Key action for tomorrow; the best suggestion if none.
    pub tomorrow: Option<String>,
    /// Why it is short: key or word; required when it is.
    pub reason: Option<String>,
}

/// How an exchange went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Changes the server took.
    pub pushed: u64,
    /// Changes that came.
    pub pulled: u64,
    /// Documents it did not take.
    pub rejected: Vec<RejectedView>,
    /// Blobs.
    pub blobs: BlobsReport,
    /// Requests made for records.
    pub round_trips: u64,
    /// Bytes sent, headers left out.
    pub bytes_up: u64,
    /// Bytes received, headers left out.
    pub bytes_down: u64,
}

/// How the blobs went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BlobsReport {
    /// Whose hash the server has echoed in this sync.
    pub sent: u64,
    /// Still to go.
    pub left: u64,
}

/// A document the server did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedView {
    /// Which.
    pub document: RecordId,
    /// Why: a key of [`crate::record::Rejection`].
    pub reason: String,
}

/// Which blobs an exchange sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlobChoice {
    /// All of them.
    #[default]
    All,
    /// None: records only.
    None,
}

/// Everything a person should be able to look at.
#[derive(Clone, Debug, Serialize)]
pub struct StatusView {
    /// Items that are not at rest, and those that were sent last.
    pub items: Vec<StatusItem>,
    /// The counts.
    pub summary: SyncSummary,
}

/// One check of the doctor or of a proof bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable word.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// Told that something changed; it gets the current home screen first.
pub trait Listener: Send + Sync {
    /// The home screen as it is now.
    fn changed(&self, home: HomeView);
}

/// Ends a subscription when dropped.
pub struct Subscription {
    workbench: std::sync::Weak<Inner>,
    number: u64,
}

/// A phone.
#[derive(Clone)]
pub struct Workbench(Arc<Inner>);

struct Inner {}

impl Workbench {
    /// Whether the folder holds a store already.
    pub fn exists(dir: &Path) -> bool {
        todo!()
    }

    /// Makes a store for a person without a server. It can join one later with [`Self::enrol`]; its records and claims stay as they are.
    pub fn create_offline(settings: Settings, name: &str) -> Result<Self> {
        todo!()
    }

    /// Makes a store and enrols it with a one-time code.
    pub async fn create_enrolled(settings: Settings, server: &str, code: &str) -> Result<Self> {
        todo!()
    }

    /// Opens the store. A damaged database is set aside and rebuilt from what can be read of it.
    pub fn open(settings: Settings) -> Result<Self> {
        todo!()
    }

    /// Joins a server with a store that was made offline.
    pub async fn enrol(&self, server: &str, code: &str) -> Result<Identity> {
        todo!()
    }

    /// Who works here.
    pub fn identity(&self) -> Result<Identity> {
        todo!()
    }

    /// Options, formula and rules in force.
    pub fn config(&self) -> &Config {
        todo!()
    }

    /// Colleagues, by name.
    pub fn people(&self) -> Result<Vec<PersonView>> {
        todo!()
    }

    /// Enters a customer, held by whoever enters it, with its lead at 认领.
    pub fn add_customer(&self, draft: CustomerDraft) -> Result<CustomerView> {
        todo!()
    }

    /// Customers, reddest first.
    pub fn customers(&self) -> Result<Vec<CustomerView>> {
        todo!()
    }

    /// One customer, by id.
    pub fn customer(&self, id: CustomerId) -> Result<CustomerView> {
        todo!()
    }

    /// Finds customers by id, name or short name; an exact match comes alone.
    pub fn find_customers(&self, words: &str) -> Result<Vec<CustomerView>> {
        todo!()
    }

    /// A customer's touches, newest first, at most `limit`.
    pub fn timeline(&self, customer: CustomerId, limit: u32) -> Result<Vec<TouchView>> {
        todo!()
    }

    /// Records a touch (T1).
    pub fn record_touch(&self, draft: TouchDraft) -> Result<TouchSaved> {
        todo!()
    }

    /// One touch.
    pub fn touch(&self, id: TouchId) -> Result<TouchView> {
        todo!()
    }

    /// Touches of a day, newest first.
    pub fn touches_of(&self, day: NaiveDate) -> Result<Vec<TouchView>> {
        todo!()
    }

    /// Notes that the customer answered (customer feedback: G1, F2).
    pub fn note_feedback(&self, touch: TouchId) -> Result<TouchView> {
        todo!()
    }

    /// Keeps a file as evidence (拍照即存证): hashed and claimed before anything else. Unreadable bytes are kept too, and marked.
    pub fn keep_evidence(&self, draft: EvidenceDraft) -> Result<EvidenceSaved> {
        todo!()
    }

    /// Attaches evidence to a touch of one's own.
    pub fn attach(&self, evidence: EvidenceId, touch: TouchId) -> Result<TouchSaved> {
        todo!()
    }

    /// One piece of evidence.
    pub fn evidence(&self, id: EvidenceId) -> Result<EvidenceView> {
        todo!()
    }

    /// The 320 px thumbnail as JPEG, if there is one.
    pub fn thumbnail(&self, id: EvidenceId) -> Result<Option<Vec<u8>>> {
        todo!()
    }

    /// Writes the original bytes to a file for viewing.
    pub fn export_original(&self, id: EvidenceId, to: &Path) -> Result<()> {
        todo!()
    }

    /// Writes the rendition (≤ 2048 px JPEG) to a file; false when there is none.
    pub fn export_rendition(&self, id: EvidenceId, to: &Path) -> Result<bool> {
        todo!()
    }

    /// Keeps a recording and turns it into a draft. The recording stays when the rest fails or is cancelled; it is then
    /// transcribed by [`Self::transcribe_pending`].
    pub async fn record_voice(&self, draft: EvidenceDraft, progress: impl Fn(f32) + Send + Sync + 'static, cancel: Cancel) -> Result<VoiceDraft> {
        todo!()
    }

    /// Transcribes a kept recording again or for the first time.
    pub async fn transcribe(&self, evidence: EvidenceId, progress: impl Fn(f32) + Send + Sync + 'static, cancel: Cancel) -> Result<VoiceDraft> {
        todo!()
    }

    /// Recordings whose transcription was interrupted, oldest first.
    pub fn pending_transcriptions(&self) -> Result<Vec<EvidenceId>> {
        todo!()
    }

    /// Everything the home screen shows.
    pub fn home(&self) -> Result<HomeView> {
        todo!()
    }

    /// The report card of a day.
    pub fn report_card(&self, day: NaiveDate) -> Result<ReportCard> {
        todo!()
    }

    /// Files or updates the report of a day (T4): filing twice gives one report.
    pub fn file_report(&self, request: ReportRequest) -> Result<ReportView> {
        todo!()
    }

    /// Takes a report back; works until it has been sent.
    pub fn withdraw_report(&self, day: NaiveDate) -> Result<()> {
        todo!()
    }

    /// Reports of a day that this person may see, own first.
    pub fn reports(&self, day: NaiveDate) -> Result<Vec<ReportView>> {
        todo!()
    }

    /// Open tasks, most urgent first.
    pub fn tasks(&self) -> Result<Vec<TaskView>> {
        todo!()
    }

    /// Does a task, with one of its choices if it has any.
    pub fn complete_task(&self, id: TaskId, choice: Option<&str>, reason: Option<&str>) -> Result<TaskView> {
        todo!()
    }

    /// Exchanges records, then blobs. Whatever the server took is taken note of even when the rest fails.
    pub async fn sync(&self, blobs: BlobChoice, progress: impl Fn(SyncSummary) + Send + Sync + 'static, cancel: Cancel) -> Result<SyncReport> {
        todo!()
    }

    /// Where every item is on its way.
    pub fn status(&self) -> Result<StatusView> {
        todo!()
    }

    /// Makes a refused edit again on top of the accepted state.
    pub fn redo(&self, document: RecordId) -> Result<()> {
        todo!()
    }

    /// Writes a proof bundle of one piece of evidence (id or hash), which anyone can check offline.
    pub fn export_proof(&self, evidence: EvidenceId, to: &Path) -> Result<()> {
        todo!()
    }

    /// Finds evidence by its id or by the SHA-256 of its bytes.
    pub fn find_evidence(&self, word: &str) -> Result<EvidenceId> {
        todo!()
    }

    /// Checks store, blobs, chain, model and disk.
    pub fn doctor(&self) -> Result<Vec<Check>> {
        todo!()
    }

    /// Calls the listener with the home screen now and whenever it changes, until the subscription is dropped.
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Result<Subscription> {
        todo!()
    }
}
