//! The façade that every shell holds: what a person can do on a phone, in their words.
//!
//! Quick calls are plain functions that touch only the local store: a shell calls them off its UI thread. Long work
//! (speech, sync) is async, reports progress and is cancelled through [`Cancel`]. Every call is safe from any thread.

mod answering;
mod back_checks;
mod capturing;
mod configuring;
mod consents;
mod contracts;
mod customers;
mod doctor;
mod draft;
mod drafting;
mod identity;
mod leads;
mod listeners;
mod meetings;
mod orders;
mod quotes;
mod recorder;
mod reporting;
mod syncing;
mod touching;
mod voice;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::NaiveDate;

pub use capturing::{EvidenceDraft, EvidenceSaved};
pub use consents::{ConsentView, Purpose};
pub use contracts::ContractEdit;
pub use customers::{CustomerDraft, CustomerEdit};
pub use draft::TouchDraft;
pub use drafting::Drafting;
pub use identity::Identity;
pub use leads::LeadDraft;
pub use listeners::{Listener, Subscription};
pub use orders::Schedule;
pub use recorder::{Recorder, RecordingLevel};
pub use reporting::ReportRequest;
pub use syncing::{BlobChoice, BlobsReport, RejectedView, StatusView, SyncReport};
pub use touching::TouchSaved;
pub(crate) use touching::draft_touch;
pub use voice::{Candidate, Understood, VoiceDraft};

use crate::query::view::{
    CustomerView, EvidenceView, FiguresView, HomeView, Options, PersonView, ReportCard, ReportView, TaskView, TouchView,
};
use crate::query::{Ask, Me};
use crate::screen::Lang;
use crate::store::blobs::Blobs;
use crate::store::{Own, Store, Tx};
use chuda_evidence::clock::Clock;
use chuda_evidence::key::Signer;
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, EvidenceId, PersonId, RecordId, TaskId, TouchId};
use chuda_record::kind::contract::E_SIGN;
use chuda_record::policy::Writer;
use chuda_record::rules::audience::People;
use chuda_record::rules::metrics::Week;
use chuda_record::rules::{Config, World};
use chuda_record::table::MAX_TEXT;
use chuda_record::time::to_millis;
use chuda_record::{Actor, Fields, Kind, NotWritten, Rejection, Task};
use chuda_words::keys;

/// What a workbench needs from its shell.
#[derive(Clone)]
pub struct Settings {
    /// Folder of the store; made if missing.
    pub dir: PathBuf,
    /// Key of the database and the blob files, kept by the platform's keystore.
    pub key: [u8; 32],
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Signs with the device key.
    pub signer: Arc<dyn Signer>,
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

    /// Fails, once it was used, with the key of the work that it stops.
    fn check(&self, key: &'static str) -> Result<()> {
        if self.is_cancelled() { Err(Error::new(chuda_record::ErrorKind::Cancelled, key)) } else { Ok(()) }
    }
}

/// A phone. Clones are the same phone; when the last one has been let go, the store is closed.
#[derive(Clone)]
pub struct Workbench(Arc<Held>);

/// What the clones hold together.
struct Held(Arc<Inner>);

impl Deref for Held {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Drop for Held {
    /// Whoever lets go of the last clone closes the store, not the thread of the listeners some time later: the process may be ending then.
    fn drop(&mut self) {
        self.listeners.look_no_more();
    }
}

struct Inner {
    settings: Settings,
    store: Store,
    blobs: Blobs,
    me: RwLock<Me>,
    english: AtomicBool,
    config: RwLock<Arc<Config>>,
    listeners: listeners::Listeners,
    #[cfg(feature = "whisper")]
    engine: Mutex<Option<Arc<chuda_speech::whisper::Whisper>>>,
    signing: Mutex<()>,
    client: crate::sync::client::Client,
    syncing: tokio::sync::Mutex<()>,
}

impl Inner {
    fn me(&self) -> Me {
        let lang = if self.english.load(Ordering::Relaxed) { Lang::En } else { Lang::Zh };
        Me { lang, ..self.me.read().unwrap_or_else(PoisonError::into_inner).clone() }
    }

    fn config(&self) -> Arc<Config> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the store: everything of one moment.
    fn ask<T>(&self, look: impl FnOnce(&Ask<'_>) -> Result<T>) -> Result<T> {
        let (me, config) = (self.me(), self.config());
        self.store.read(|tx| look(&Ask::new(tx, &me, self.settings.clock.now(), &config)?))
    }

    /// Writes as this person, then looks at the result and tells the listeners.
    fn act<T, V>(&self, write: impl FnOnce(&Tx<'_>, &Own) -> Result<T>, look: impl FnOnce(&Ask<'_>, T) -> Result<V>) -> Result<V> {
        let (me, config) = (self.me(), self.config());
        let now = self.settings.clock.now();
        let view = self.store.write(|tx| {
            let own = self.own(tx, &me)?;
            let done = write(tx, &own)?;
            look(&Ask::new(tx, &me, now, &config)?, done)
        })?;
        self.listeners.changed();
        Ok(view)
    }

    /// Who writes here now.
    fn own(&self, tx: &Tx<'_>, me: &Me) -> Result<Own> {
        let device = identity::device(tx)?;
        let incarnation = match tx.meta("incarnation")? {
            Some(incarnation) => incarnation,
            None => identity::new_incarnation(tx)?,
        };
        Ok(Own {
            actor: Actor { device, incarnation },
            writer: Writer::Person { id: me.id, roles: me.roles.iter().copied().collect() },
            at: self.settings.clock.now(),
            config: self.config(),
            key: None,
        })
    }
}

impl Own {
    /// The person who writes.
    fn person(&self) -> Result<PersonId> {
        match self.writer {
            Writer::Person { id, .. } => Ok(id),
            Writer::Server => Err(Error::internal("workbench.writer", "not a person")),
        }
    }
}

/// The people of the team, as far as reporting lines go.
fn people(tx: &Tx<'_>) -> Result<People> {
    Ok(tx.people()?.into_iter().map(|row| (row.id.into(), row.record)).collect())
}

impl Workbench {
    /// Who works here.
    pub fn identity(&self) -> Result<Identity> {
        let server = self.0.store.read(|tx| tx.meta("server"))?;
        let device = self.0.store.read(identity::device)?;
        Ok(Identity { person: self.0.ask(|ask| Ok(ask.myself()))?, device, server })
    }

    /// Writes screens in a language from now on.
    pub fn speak(&self, lang: Lang) {
        self.0.english.store(lang == Lang::En, Ordering::Relaxed);
        self.0.listeners.changed();
    }

    /// The lists an app offers, as configured.
    pub fn options(&self) -> Options {
        Options::from(&*self.config())
    }

    /// Options, formula and rules in force.
    pub fn config(&self) -> Arc<Config> {
        self.0.config()
    }

    /// Today, in the person's zone.
    pub fn today(&self) -> NaiveDate {
        chuda_record::time::day_of(self.0.settings.clock.now(), self.0.me().zone)
    }

    /// Colleagues, by name.
    pub fn people(&self) -> Result<Vec<PersonView>> {
        self.0.ask(|ask| Ok(ask.colleagues()))
    }

    /// Customers, reddest first.
    pub fn customers(&self) -> Result<Vec<CustomerView>> {
        self.0.ask(|ask| ask.customers())
    }

    /// One customer.
    pub fn customer(&self, id: CustomerId) -> Result<CustomerView> {
        self.0.ask(|ask| ask.customer(id))
    }

    /// Finds customers by id, name or short name; an exact match comes alone.
    pub fn find_customers(&self, words: &str) -> Result<Vec<CustomerView>> {
        self.0.ask(|ask| ask.find_customers(words))
    }

    /// A customer's touches, newest first, at most `limit`.
    pub fn timeline(&self, customer: CustomerId, limit: u32) -> Result<Vec<TouchView>> {
        self.0.ask(|ask| ask.timeline(customer, limit))
    }

    /// One touch.
    pub fn touch(&self, id: TouchId) -> Result<TouchView> {
        self.0.ask(|ask| ask.touch(id))
    }

    /// Own touches of a day, newest first, drafts included.
    pub fn touches_of(&self, day: NaiveDate) -> Result<Vec<TouchView>> {
        self.0.ask(|ask| ask.touches_of(day))
    }

    /// Own touches, newest first, at most `limit`; drafts included.
    pub fn latest_touches(&self, limit: u32) -> Result<Vec<TouchView>> {
        self.0.ask(|ask| ask.latest_touches(limit))
    }

    /// Own evidence of the last three months that belongs to no touch, newest first, at most 50.
    pub fn loose_evidence(&self) -> Result<Vec<EvidenceView>> {
        self.0.ask(|ask| ask.loose_evidence())
    }

    /// One piece of evidence.
    pub fn evidence(&self, id: EvidenceId) -> Result<EvidenceView> {
        self.0.ask(|ask| ask.evidence(id))
    }

    /// Everything the home screen shows.
    pub fn home(&self) -> Result<HomeView> {
        self.0.ask(|ask| ask.home())
    }

    /// The report card of a day.
    pub fn report_card(&self, day: NaiveDate) -> Result<ReportCard> {
        self.0.ask(|ask| ask.report_card(day))
    }

    /// The figures of a week, the running one unless given: one's own and those of everybody below, or of somebody below.
    pub fn figures(&self, week: Option<Week>, of: Option<PersonId>) -> Result<FiguresView> {
        self.0.ask(|ask| ask.figures(week, of))
    }

    /// Red customers, reddest first.
    pub fn red_customers(&self) -> Result<Vec<CustomerView>> {
        self.0.ask(|ask| ask.red_customers(usize::MAX))
    }

    /// Reports of a day that this person may see, own first.
    pub fn reports(&self, day: NaiveDate) -> Result<Vec<ReportView>> {
        self.0.ask(|ask| ask.reports(day))
    }

    /// Open tasks of this person, most urgent first.
    pub fn tasks(&self) -> Result<Vec<TaskView>> {
        self.0.ask(|ask| ask.tasks())
    }

    /// What there is to know for this person: each is ticked off with [`Self::complete_task`].
    pub fn notices(&self) -> Result<Vec<TaskView>> {
        self.0.ask(|ask| ask.notices(NOTICES))
    }

    /// One task or notice, done or not.
    pub fn task(&self, id: TaskId) -> Result<TaskView> {
        self.0.ask(|ask| ask.task(id))
    }

    /// Does a task, with one of its choices if it has any. The task to sign a contract is done by signing it.
    pub fn complete_task(&self, id: TaskId, choice: Option<&str>, reason: Option<&str>) -> Result<TaskView> {
        let task = self.0.store.read(|tx| tx.record::<Task>(id))?.map(|row| row.record);
        if let Some(task) = task.filter(|task| task.task == E_SIGN && task.done_at.is_none()) {
            self.sign_contract(task.source.into())?;
            return self.task(id);
        }
        self.0.act(
            |tx, own| {
                let task = tx.record::<Task>(id)?.ok_or_else(|| Error::not_found(keys::TASK_NOT_FOUND))?.record;
                if task.done_at.is_some() {
                    return Err(Error::invalid(keys::TASK_ALREADY_DONE));
                }
                // A task keeps the answers that it was made with, offered still or not (T6).
                let config = tx.made_under(&own.config, task.config)?;
                let mut offered = config.choices.iter().filter(|choice| task.choices.contains(&choice.key));
                let chosen =
                    choice.map(|word| offered.find(|choice| choice.is_called(word)).map_or(word, |choice| choice.key.as_str()));
                let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
                let done = Task::done(chosen, reason, own.person()?, own.at);
                tx.judge(own, id.into(), Kind::Task, &done).map_err(|fault| unfinished(fault, &task, choice))?;
                tx.write_fields(own, id.into(), Kind::Task, &done)
            },
            |ask, ()| ask.task(id),
        )
    }

    /// Where every item is on its way.
    pub fn status(&self) -> Result<StatusView> {
        self.0.ask(|ask| Ok(StatusView { items: ask.status_items()?, summary: ask.sync_summary()? }))
    }

    /// Makes a refused edit again on top of the accepted state.
    pub fn redo(&self, document: RecordId) -> Result<()> {
        self.0.act(
            |tx, own| {
                let own = Own { actor: Actor { incarnation: identity::new_incarnation(tx)?, ..own.actor }, ..own.clone() };
                tx.redo(&own, document)
            },
            |_, ()| Ok(()),
        )
    }

    /// Calls the listener with the home screen now and whenever it changes, until the subscription is dropped.
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Result<Subscription> {
        Ok(self.0.listeners.subscribe(&self.0.0, listener)?)
    }

    /// Makes all projections anew from the documents.
    pub fn rebuild(&self) -> Result<()> {
        self.0.store.rebuild()?;
        self.0.listeners.changed();
        Ok(())
    }

    /// Every record of a kind that this phone has, as fields: what invariants over whole stores are checked with.
    #[doc(hidden)]
    pub fn records(&self, kind: Kind) -> Result<Vec<(RecordId, Fields)>> {
        self.0.store.read(|tx| {
            let ids = tx.all_records()?.into_iter().filter(|(_, other)| *other == kind);
            ids.map(|(id, _)| Ok((id, World::record(tx, id)?.map(|(_, fields)| fields).unwrap_or_default()))).collect()
        })
    }

    /// Every projected row as text: what "rebuild gives the same" and "two phones agree" are checked with.
    #[doc(hidden)]
    pub fn dump(&self) -> Result<Vec<String>> {
        self.0.store.read(|tx| tx.dump())
    }
}

/// Why a task can't be done so, in words of its own where there are any.
fn unfinished(fault: NotWritten, task: &Task, choice: Option<&str>) -> Error {
    let offer = |key| Error::invalid(key).with("choices", task.choices.iter().cloned().collect::<Vec<_>>().join(","));
    match &fault {
        NotWritten::Refused(Rejection::Invalid { detail }) => match (detail.as_str(), choice) {
            ("reason", _) => Error::invalid(keys::TASK_REASON_MISSING),
            ("choice", None) => offer(keys::TASK_CHOICE_MISSING),
            ("choice", Some(_)) if task.choices.is_empty() => Error::invalid(keys::TASK_NO_CHOICES),
            ("choice", Some(_)) => offer(keys::TASK_UNKNOWN_CHOICE),
            _ => fault.into(),
        },
        _ => fault.into(),
    }
}

fn folder_of_blobs(dir: &Path) -> PathBuf {
    dir.join("blobs")
}

/// Text a person typed: trimmed, `None` when nothing is left.
fn typed(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Most notices that are shown at once.
const NOTICES: u32 = 200;

fn check_length(text: Option<&String>, field: &'static str) -> Result<()> {
    match text {
        Some(text) if text.chars().count() > MAX_TEXT => {
            Err(Error::invalid(keys::TEXT_TOO_LONG).with("field", field).with("limit", MAX_TEXT))
        }
        _ => Ok(()),
    }
}

fn stamp(tx: &Tx<'_>, key: &str, at: chrono::DateTime<chrono::Utc>) -> Result<()> {
    tx.set_meta(key, to_millis(at))
}
