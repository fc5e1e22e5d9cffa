//! The façade that an app holds, and the threads it works on.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate as Day;
use chuda_evidence::claim::Consent;
use chuda_evidence::clock::{Clock, SystemClock};
use chuda_evidence::proof::{self, Check, Report as ProofReport};
use chuda_record::Error;
use chuda_record::id::{CustomerId, EvidenceId, RecordId, TaskId, TouchId};
use chuda_words::keys;

use super::callbacks::{AppListener, Listener, SyncProgress, TranscriptionProgress};
use super::clock::MovableClock;
use super::drafting::Drafting;
use super::drafts::EvidenceDraft;
use super::errors::{ChudaError, Result};
use super::recorder::Recorder;
use super::signer::{AppSigner, DeviceSigner};
use super::threads::{Works, on_runtime, on_thread};
use crate::query::view::{CustomerView, EvidenceView, HomeView, Options, PersonView, ReportView, SyncSummary, TaskView, TouchView};
use crate::screen::{CustomerPage, Lang, TouchDay};
use crate::workbench::{
    self as core, BlobChoice, ConsentView, CustomerDraft, EvidenceSaved, Identity, Purpose, ReportRequest, StatusView, SyncReport,
    TouchDraft, TouchSaved, Understood, VoiceDraft,
};

/// What a workbench needs from its app.
#[derive(Clone, uniffi::Record)]
pub struct Settings {
    /// Folder of the store; made if missing.
    pub dir: String,
    /// Key of the database and the blob files: 32 random bytes, made once and kept by the platform's keystore.
    pub key: Vec<u8>,
    /// Signs with the device key.
    pub signer: Arc<dyn DeviceSigner>,
    /// Folder of the speech models, if they are there.
    #[uniffi(default)]
    pub models: Option<String>,
    /// The clock, if it is another than the system's: a test or a demo moves it.
    #[uniffi(default)]
    pub clock: Option<Arc<MovableClock>>,
}

/// Tells long work to stop: once used, it stays used. Everything captured so far is kept.
#[derive(Default, uniffi::Object)]
pub struct CancelToken(core::Cancel);

#[uniffi::export]
impl CancelToken {
    /// A token that has not been used.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the work that holds this token; it ends with `Cancelled`.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

/// Keeps a listener subscribed until it is cancelled or let go.
#[derive(uniffi::Object)]
pub struct Subscription(Mutex<Option<core::Subscription>>);

#[uniffi::export]
impl Subscription {
    /// Ends the subscription. A call that is under way comes to its end; none begins afterwards.
    pub fn cancel(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Whether the folder holds a store already.
#[uniffi::export]
pub fn store_exists(dir: String) -> bool {
    core::Workbench::exists(dir.as_ref())
}

/// Checks a proof bundle, every byte of it; needs no store. Fails only when the file can't be read at all.
///
/// A valid bundle shows that the holder of the key signed this claim about exactly these bytes. Whose key it is, the bundle can't show:
/// compare its id with the list of devices on the server.
#[uniffi::export]
pub async fn verify_proof(path: String) -> Result<ProofReport> {
    on_thread(move || Ok(proof::verify(path.as_ref())?)).await
}

/// A phone: everything a person can do with it, in their words.
///
/// Every call may be made from any thread, works on a thread of the core and never holds up the caller's. What was begun is finished
/// even when the caller stops waiting, but for work that takes a token to cancel it with. Whoever lets the workbench go waits for what
/// was begun and that nobody waits for any more.
#[derive(uniffi::Object)]
pub struct Workbench {
    /// Waited for first.
    works: Works,
    core: core::Workbench,
}

#[uniffi::export]
impl Workbench {
    /// Makes a store for a person without a server. It can join one later with `enrol`; its records and claims stay as they are.
    #[uniffi::constructor]
    pub async fn create_offline(settings: Settings, name: String) -> Result<Self> {
        on_thread(move || Ok(core::Workbench::create_offline(settings.try_into()?, &name)?)).await.map(Self::over)
    }

    /// Makes a store and enrols it with a one-time code. `server` is its URL. When the server refuses or can't be reached (`Offline`),
    /// nothing is left behind.
    #[uniffi::constructor]
    pub async fn create_enrolled(settings: Settings, server: String, code: String) -> Result<Self> {
        let settings = on_thread(|| settings.try_into()).await?;
        on_runtime(async move { Ok(core::Workbench::create_enrolled(settings, &server, &code).await?) }).await.map(Self::over)
    }

    /// Opens the store. A damaged database is set aside and rebuilt from what can be read of it; the server has the rest.
    #[uniffi::constructor]
    pub async fn open(settings: Settings) -> Result<Self> {
        on_thread(move || Ok(core::Workbench::open(settings.try_into()?)?)).await.map(Self::over)
    }

    /// Joins a server with a store that was made offline. `server` is its URL, `code` a one-time code. Records become those of the
    /// person the code was made for; claims stay as they are.
    pub async fn enrol(&self, server: String, code: String) -> Result<Identity> {
        let workbench = self.core.clone();
        self.works.on_runtime(async move { Ok(workbench.enrol(&server, &code).await?) }).await
    }

    /// Who works here.
    pub async fn identity(&self) -> Result<Identity> {
        self.quick(core::Workbench::identity).await
    }

    /// Writes what screens show in a language from now on: `zh` (any other word means that, too) or `en`.
    pub fn speak(&self, language: String) {
        self.core.speak(Lang::of(&language));
    }

    /// The lists an app offers, as configured.
    pub fn options(&self) -> Options {
        self.core.options()
    }

    /// Today, in the person's zone.
    pub fn today(&self) -> Day {
        self.core.today()
    }

    /// Colleagues, by name.
    pub async fn people(&self) -> Result<Vec<PersonView>> {
        self.quick(core::Workbench::people).await
    }

    /// Enters a customer, held by whoever enters it, with its lead at 认领.
    pub async fn add_customer(&self, draft: CustomerDraft) -> Result<CustomerView> {
        self.quick(|workbench| workbench.add_customer(draft)).await
    }

    /// Customers, reddest first.
    pub async fn customers(&self) -> Result<Vec<CustomerView>> {
        self.quick(core::Workbench::customers).await
    }

    /// One customer.
    pub async fn customer(&self, id: CustomerId) -> Result<CustomerView> {
        self.quick(move |workbench| workbench.customer(id)).await
    }

    /// Finds customers by id, name or short name; an exact match comes alone.
    pub async fn find_customers(&self, words: String) -> Result<Vec<CustomerView>> {
        self.quick(move |workbench| workbench.find_customers(&words)).await
    }

    /// All that is shown of a customer.
    pub async fn customer_page(&self, id: CustomerId) -> Result<CustomerPage> {
        self.quick(move |workbench| workbench.customer_page(id)).await
    }

    /// Records a touch (T1). `Invalid`, with the key of what is missing. Without evidence it is refused unless the draft allows for that.
    pub async fn record_touch(&self, draft: TouchDraft) -> Result<TouchSaved> {
        self.quick(|workbench| workbench.record_touch(draft)).await
    }

    /// One touch.
    pub async fn touch(&self, id: TouchId) -> Result<TouchView> {
        self.quick(move |workbench| workbench.touch(id)).await
    }

    /// Own touches, newest first, at most `limit`; drafts included.
    pub async fn recent_touches(&self, limit: i32) -> Result<Vec<TouchView>> {
        self.quick(move |workbench| workbench.latest_touches(limit.try_into().unwrap_or(0))).await
    }

    /// Own touches day by day, newest first; drafts included.
    pub async fn touch_days(&self) -> Result<Vec<TouchDay>> {
        self.quick(core::Workbench::touch_days).await
    }

    /// The half-made touch that was put aside, if there is one.
    pub async fn unfinished(&self) -> Result<Option<TouchDraft>> {
        self.quick(core::Workbench::unfinished).await
    }

    /// Puts a half-made touch aside, so that it outlives the app; none forgets it. Recording a touch forgets it too, at once.
    pub async fn keep_unfinished(&self, draft: Option<TouchDraft>) -> Result<()> {
        self.quick(move |workbench| workbench.keep_unfinished(draft.as_ref())).await
    }

    /// The half-made touch on a screen: the one that was put aside, or a new one.
    pub fn draft(&self) -> Drafting {
        Drafting::over(self.core.draft())
    }

    /// A touch of a customer begins, or the half-made one goes on: if it has no customer yet, this is it.
    pub async fn begin_touch(&self, customer: CustomerId) -> Result<()> {
        self.quick(move |workbench| workbench.begin_touch(customer)).await
    }

    /// Evidence joins the half-made touch, which outlives the app.
    pub async fn add_to_unfinished(&self, evidence: Vec<EvidenceId>) -> Result<()> {
        self.quick(move |workbench| workbench.add_to_unfinished(&evidence)).await
    }

    /// Goes on with the half-made touch; without one, what was captured last within a few minutes becomes one, for it belongs together.
    pub async fn resume_unfinished(&self) -> Result<()> {
        self.quick(core::Workbench::resume_unfinished).await
    }

    /// Own touches of a day, newest first, drafts included.
    pub async fn touches_of(&self, day: Day) -> Result<Vec<TouchView>> {
        self.quick(move |workbench| workbench.touches_of(day)).await
    }

    /// Notes that the customer answered (customer feedback: G1, F2).
    pub async fn note_feedback(&self, touch: TouchId) -> Result<TouchView> {
        self.quick(move |workbench| workbench.note_feedback(touch)).await
    }

    /// Keeps a file as evidence (拍照即存证): hashed and claimed before anything else. Unreadable bytes are kept too, and marked.
    pub async fn keep_evidence(&self, draft: EvidenceDraft) -> Result<EvidenceSaved> {
        self.quick(|workbench| workbench.keep_evidence(draft.into())).await
    }

    /// Attaches evidence to a touch of one's own.
    pub async fn attach(&self, evidence: EvidenceId, touch: TouchId) -> Result<TouchSaved> {
        self.quick(move |workbench| workbench.attach(evidence, touch)).await
    }

    /// One piece of evidence.
    pub async fn evidence(&self, id: EvidenceId) -> Result<EvidenceView> {
        self.quick(move |workbench| workbench.evidence(id)).await
    }

    /// The 320 px thumbnail as JPEG, if there is one.
    pub async fn thumbnail(&self, id: EvidenceId) -> Result<Option<Vec<u8>>> {
        self.quick(move |workbench| workbench.thumbnail(id)).await
    }

    /// Writes the original bytes to the file `to` for viewing.
    pub async fn export_original(&self, id: EvidenceId, to: String) -> Result<()> {
        self.quick(move |workbench| workbench.export_original(id, to.as_ref())).await
    }

    /// Writes the rendition (JPEG of at most 2048 px) to the file `to`; false when there is none.
    pub async fn export_rendition(&self, id: EvidenceId, to: String) -> Result<bool> {
        self.quick(move |workbench| workbench.export_rendition(id, to.as_ref())).await
    }

    /// Writes a proof bundle of one piece of evidence to the file `to`: anyone can check it offline.
    pub async fn export_proof(&self, evidence: EvidenceId, to: String) -> Result<()> {
        self.quick(move |workbench| workbench.export_proof(evidence, to.as_ref())).await
    }

    /// Own evidence of the last three months that belongs to no touch yet, newest first, at most 50.
    pub async fn loose_evidence(&self) -> Result<Vec<EvidenceView>> {
        self.quick(core::Workbench::loose_evidence).await
    }

    /// Starts a recording of 16-bit sound on one channel, `rate` samples a second: 16,000 is what speech recognition uses. `NotAllowed`
    /// (`consent.missing`) before the person has agreed to recordings.
    pub async fn start_recording(&self, consent: Consent, rate: i32) -> Result<Recorder> {
        let workbench = self.core.clone();
        let recorder = self.works.on_thread(move || {
            let rate = rate.try_into().map_err(|_| Error::invalid(keys::RECORDING_FORMAT))?;
            Ok(workbench.start_recording(consent, rate)?)
        });
        Ok(Recorder::over(recorder.await?))
    }

    /// Everything that can be agreed to, and how it stands.
    pub async fn consents(&self) -> Result<Vec<ConsentView>> {
        self.quick(core::Workbench::consents).await
    }

    /// Agrees to the wording in force.
    pub async fn give_consent(&self, purpose: Purpose) -> Result<()> {
        self.quick(move |workbench| workbench.give_consent(purpose)).await
    }

    /// Takes an agreement back. What was captured under it stays.
    pub async fn withdraw_consent(&self, purpose: Purpose) -> Result<()> {
        self.quick(move |workbench| workbench.withdraw_consent(purpose)).await
    }

    /// Keeps a recording and turns it into a draft; takes about as long as a quarter of the recording. The recording stays when the
    /// rest fails or is cancelled: it then waits among the pending transcriptions. `Model` without the speech model.
    pub async fn record_voice(
        &self,
        draft: EvidenceDraft,
        progress: Option<Box<dyn TranscriptionProgress>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<VoiceDraft> {
        self.stoppable(cancel, async move |workbench, cancel| workbench.record_voice(draft.into(), shares(progress), cancel).await)
            .await
    }

    /// Transcribes a kept recording, again or for the first time.
    pub async fn transcribe(
        &self,
        id: EvidenceId,
        progress: Option<Box<dyn TranscriptionProgress>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<VoiceDraft> {
        self.stoppable(cancel, async move |workbench, cancel| workbench.transcribe(id, shares(progress), cancel).await).await
    }

    /// Recordings whose transcription was interrupted, oldest first.
    pub async fn pending_transcriptions(&self) -> Result<Vec<EvidenceId>> {
        self.quick(core::Workbench::pending_transcriptions).await
    }

    /// Reads a draft out of words that were typed or corrected: the same understanding as of speech.
    pub async fn understand(&self, words: String) -> Result<Understood> {
        self.quick(move |workbench| workbench.understand(&words)).await
    }

    /// Everything the home screen shows.
    pub async fn home(&self) -> Result<HomeView> {
        self.quick(core::Workbench::home).await
    }

    /// Calls the listener with the home screen now and whenever it changes, until the subscription is cancelled or let go.
    pub async fn subscribe(&self, listener: Box<dyn Listener>) -> Result<Subscription> {
        let workbench = self.core.clone();
        let subscription = self.works.on_thread(move || Ok(workbench.subscribe(Arc::new(AppListener(listener)))?)).await?;
        Ok(Subscription(Mutex::new(Some(subscription))))
    }

    /// Files or updates the report of a day (T4): filing twice gives one report; after the day, a further filing is a correction
    /// beside it. `Invalid` when it is short and no reason is given.
    pub async fn file_report(&self, request: ReportRequest) -> Result<ReportView> {
        self.quick(|workbench| workbench.file_report(request)).await
    }

    /// Chooses the key action for tomorrow, before the report of the day is filed; with nothing it is the best suggestion again.
    pub async fn choose_tomorrow(&self, day: Day, text: String) -> Result<()> {
        self.quick(move |workbench| workbench.choose_tomorrow(day, &text)).await
    }

    /// Takes a report back; works until it has been sent.
    pub async fn withdraw_report(&self, day: Day) -> Result<()> {
        self.quick(move |workbench| workbench.withdraw_report(day)).await
    }

    /// The time in which one tap takes the report back is over: the home screen has the card of today again.
    pub fn let_report_stand(&self) {
        self.core.let_report_stand();
    }

    /// Reports of a day that this person may see, own first.
    pub async fn reports(&self, day: Day) -> Result<Vec<ReportView>> {
        self.quick(move |workbench| workbench.reports(day)).await
    }

    /// Open tasks, most urgent first.
    pub async fn tasks(&self) -> Result<Vec<TaskView>> {
        self.quick(core::Workbench::tasks).await
    }

    /// What there is to know: each is ticked off like a task without choices.
    pub async fn notices(&self) -> Result<Vec<TaskView>> {
        self.quick(core::Workbench::notices).await
    }

    /// Does a task, with the key of one of its choices if it has any. Nothing when this answer needs a reason and has none: ask for it.
    pub async fn complete_task(&self, id: TaskId, choice: Option<String>, reason: Option<String>) -> Result<Option<TaskView>> {
        self.quick(move |workbench| workbench.answer_task(id, choice.as_deref(), reason.as_deref())).await
    }

    /// Exchanges records, then blobs. Whatever the server took is taken note of even when the rest fails. `Offline` without a network.
    pub async fn sync(
        &self,
        blobs: BlobChoice,
        progress: Option<Box<dyn SyncProgress>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SyncReport> {
        self.stoppable(cancel, async move |workbench, cancel| workbench.sync(blobs, summaries(progress), cancel).await).await
    }

    /// Where every item is on its way.
    pub async fn status(&self) -> Result<StatusView> {
        self.quick(core::Workbench::status).await
    }

    /// Makes a refused edit again on top of the accepted state.
    pub async fn redo(&self, document: RecordId) -> Result<()> {
        self.quick(move |workbench| workbench.redo(document)).await
    }

    /// Checks store, projections, blobs, chain and model. Reads everything: takes seconds on a full phone.
    pub async fn doctor(&self) -> Result<Vec<Check>> {
        self.quick(core::Workbench::doctor).await
    }
}

impl Workbench {
    fn over(core: core::Workbench) -> Self {
        Self { works: Works::default(), core }
    }

    /// A call that only waits for the local store.
    async fn quick<T: Send + 'static>(
        &self,
        call: impl FnOnce(&core::Workbench) -> Result<T, Error> + Send + 'static,
    ) -> Result<T> {
        let workbench = self.core.clone();
        self.works.on_thread(move || Ok(call(&workbench)?)).await
    }

    /// A call that waits for the network or for the speech model, and stops when the caller says so or stops waiting.
    async fn stoppable<T: Send + 'static, F>(
        &self,
        token: Option<Arc<CancelToken>>,
        call: impl FnOnce(core::Workbench, core::Cancel) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        stoppable(&self.works, self.core.clone(), token, call).await
    }
}

/// The same, of any object's core.
pub(super) async fn stoppable<C, T: Send + 'static, F>(
    works: &Works,
    core: C,
    token: Option<Arc<CancelToken>>,
    call: impl FnOnce(C, core::Cancel) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let cancel = token.map_or_else(core::Cancel::new, |token| token.0.clone());
    // A large future, which is handed on several times.
    let work = Box::pin(call(core, cancel.clone()));
    let mut waiting = Waiting { cancel: Some(cancel) };
    let done = works.on_runtime(async move { Ok(work.await?) }).await;
    waiting.cancel = None;
    done
}

/// Kotlin drops the future of a cancelled coroutine: if nobody waits any more, the work is told.
struct Waiting {
    cancel: Option<core::Cancel>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(cancel) = &self.cancel {
            cancel.cancel();
        }
    }
}

impl TryFrom<Settings> for core::Settings {
    type Error = ChudaError;

    fn try_from(settings: Settings) -> Result<Self> {
        let clock: Arc<dyn Clock> = match settings.clock {
            Some(clock) => clock,
            None => Arc::new(SystemClock),
        };
        Ok(Self {
            dir: settings.dir.into(),
            key: settings.key.try_into().map_err(|_| Error::invalid(keys::SETTINGS_KEY_LENGTH))?,
            clock,
            signer: Arc::new(AppSigner::new(settings.signer)?),
            models: settings.models.map(Into::into),
        })
    }
}

pub(super) fn shares(progress: Option<Box<dyn TranscriptionProgress>>) -> impl Fn(f32) + Send + Sync + 'static {
    move |share| {
        if let Some(progress) = &progress {
            let _ = progress.progressed(share);
        }
    }
}

fn summaries(progress: Option<Box<dyn SyncProgress>>) -> impl Fn(SyncSummary) + Send + Sync + 'static {
    move |summary| {
        if let Some(progress) = &progress {
            let _ = progress.progressed(summary);
        }
    }
}
