//! A half-made touch while it is on a screen: what a person does to it and what was heard of it come together here, and what it is then is
//! put aside before it is shown.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::voice::blocking;
use super::{Cancel, Candidate, CustomerDraft, TouchDraft, TouchSaved, Understood, Workbench};
use crate::query::Ask;
use crate::screen::{DraftEvent, DraftView, Drafted, Heard, OFFERED};
use chuda_record::error::{ErrorKind, Result};
use chuda_record::id::EvidenceId;

/// Touches that are looked through for customers to offer.
const RECENT: u32 = 20;

/// The half-made touch on a screen. Clones are the same one.
#[derive(Clone)]
pub struct Drafting(Arc<Held>);

struct Held {
    workbench: Workbench,
    /// What was done and has not been looked at; whoever does it need not wait for the store.
    done: Mutex<Vec<DraftEvent>>,
    state: Mutex<State>,
    listening: Mutex<Option<Listening>>,
}

#[derive(Default)]
struct State {
    drafted: Drafted,
    is_loaded: bool,
    /// It was recorded or thrown away: what is put aside must not come back.
    is_over: bool,
    /// As what it was recorded: it is recorded once.
    saved: Option<TouchSaved>,
}

struct Listening {
    recording: EvidenceId,
    cancel: Cancel,
}

impl Workbench {
    /// Takes the half-made touch that was put aside onto a screen, or begins one.
    pub fn draft(&self) -> Drafting {
        let workbench = self.clone();
        Drafting(Arc::new(Held { workbench, done: Mutex::default(), state: Mutex::default(), listening: Mutex::default() }))
    }
}

impl Drafting {
    /// Something is done to it; [`Self::look`] shows what it is then. Returns at once.
    pub fn act(&self, event: DraftEvent) {
        if let DraftEvent::TakeOut { evidence } = &event {
            self.stop_listening_to(Some(*evidence));
        }
        lock(&self.0.done).push(event);
    }

    /// Puts it aside as it is now and shows it.
    pub fn look(&self) -> Result<DraftView> {
        let mut state = lock(&self.0.state);
        self.0.settle(&mut state)?;
        self.0.workbench.0.ask(|ask| ask.draft_view(&state.drafted))
    }

    /// Listens to a recording of it, and fills in what nobody has chosen. When it is stopped or taken out meanwhile, nothing is filled in:
    /// false.
    pub async fn listen(
        &self,
        recording: EvidenceId,
        progress: impl Fn(f32) + Send + Sync + 'static,
        cancel: Cancel,
    ) -> Result<bool> {
        *lock(&self.0.listening) = Some(Listening { recording, cancel: cancel.clone() });
        lock(&self.0.state).drafted.waiting = None;
        let voice = match self.0.workbench.transcribe(recording, progress, cancel.clone()).await {
            Err(error) if error.kind == ErrorKind::Cancelled => return Ok(false),
            voice => voice?,
        };
        let this = self.clone();
        blocking(move || {
            let mut state = lock(&this.0.state);
            this.0.settle(&mut state)?;
            if cancel.is_cancelled() {
                return Ok(false);
            }
            let touch = std::mem::take(&mut state.drafted.touch);
            state.drafted.touch = touch.filled_from(voice.touch);
            state.drafted.heard = Some(Heard { recording: Some(recording), draft: voice.draft, candidates: voice.candidates });
            this.0.settle(&mut state)?;
            Ok(true)
        })
        .await
    }

    /// Gives up listening: the recording stays, the rest is filled in by hand.
    pub fn stop_listening(&self) {
        self.stop_listening_to(None);
    }

    /// Records the touch (T1). Without evidence it is kept as 待补证据.
    pub fn save(&self) -> Result<TouchSaved> {
        let mut state = lock(&self.0.state);
        self.0.settle(&mut state)?;
        if let Some(saved) = &state.saved {
            return Ok(saved.clone());
        }
        let touch = state.drafted.touch.clone();
        let saved = self.0.workbench.record_touch(TouchDraft { allow_draft: touch.evidence.is_empty(), ..touch })?;
        state.is_over = true;
        state.saved = Some(saved.clone());
        self.stop_listening();
        Ok(saved)
    }

    /// Throws it away; its evidence stays and belongs to nothing.
    pub fn discard(&self) -> Result<()> {
        let mut state = lock(&self.0.state);
        self.0.workbench.keep_unfinished(None)?;
        state.is_over = true;
        self.stop_listening();
        Ok(())
    }

    /// Stops listening, to that recording or to any.
    fn stop_listening_to(&self, recording: Option<EvidenceId>) {
        let listening = lock(&self.0.listening);
        if let Some(listening) = listening.as_ref().filter(|one| recording.is_none_or(|recording| recording == one.recording)) {
            listening.cancel.cancel();
        }
    }
}

impl Drop for Held {
    /// What was done last is put aside, too.
    fn drop(&mut self) {
        let mut state = std::mem::take(self.state.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !lock(&self.done).is_empty()
            && let Err(error) = self.settle(&mut state)
        {
            tracing::warn!(%error, "the half-made touch was not put aside");
        }
    }
}

impl Held {
    /// Brings everything that was done into the touch, and puts it aside.
    fn settle(&self, state: &mut State) -> Result<()> {
        if !state.is_loaded {
            state.drafted = self.load()?;
            state.is_loaded = true;
        }
        let done = std::mem::take(&mut *lock(&self.done));
        let result = done.into_iter().map(|event| self.apply(&mut state.drafted, event)).fold(Ok(()), Result::and);
        if !state.is_over {
            let touch = &state.drafted.touch;
            self.workbench.keep_unfinished(Some(touch).filter(|touch| **touch != TouchDraft::default()))?;
        }
        result
    }

    fn apply(&self, drafted: &mut Drafted, event: DraftEvent) -> Result<()> {
        match event {
            DraftEvent::Fill { field, value } => {
                if field == "customer" {
                    drafted.search.clear();
                }
                drafted.touch.fill(&field, &value);
            }
            DraftEvent::Find { words } => drafted.search = words,
            DraftEvent::NewCustomer { name } => {
                let customer =
                    self.workbench.add_customer(CustomerDraft { name: name.trim().into(), ..CustomerDraft::default() })?;
                drafted.touch.customer = Some(customer.id);
                drafted.search.clear();
            }
            DraftEvent::Add { evidence } => {
                if !drafted.touch.evidence.contains(&evidence) {
                    drafted.touch.evidence.push(evidence);
                }
            }
            DraftEvent::TakeOut { evidence } => {
                drafted.touch.evidence.retain(|one| *one != evidence);
                // The words of a recording go with it; what they filled in was shown and stays.
                if drafted.heard.as_ref().is_some_and(|heard| heard.recording == Some(evidence)) {
                    drafted.heard = None;
                }
                drafted.waiting = drafted.waiting.filter(|one| *one != evidence);
            }
        }
        Ok(())
    }

    /// What was put aside, what a recording of it says, and the customers that were touched last.
    fn load(&self) -> Result<Drafted> {
        let touch = self.workbench.unfinished()?.unwrap_or_default();
        let waiting = self.workbench.pending_transcriptions()?.into_iter().find(|one| touch.evidence.contains(one));
        let heard = match waiting {
            Some(_) => None,
            None => self.recall(&touch)?,
        };
        Ok(Drafted { heard, waiting, suggested: self.workbench.0.ask(suggested)?, touch, search: String::new() })
    }

    /// The words of a recording that was understood before the app ended.
    fn recall(&self, touch: &TouchDraft) -> Result<Option<Heard>> {
        for id in &touch.evidence {
            if let Some(words) = self.workbench.evidence(*id)?.transcript {
                let Understood { draft, candidates } = self.workbench.understand(&words)?;
                return Ok(Some(Heard { recording: Some(*id), draft, candidates }));
            }
        }
        Ok(None)
    }
}

/// The customers that were touched last, then all others.
fn suggested(ask: &Ask<'_>) -> Result<Vec<Candidate>> {
    let last = ask.latest_touches(RECENT)?.into_iter().map(|touch| Candidate { id: touch.customer, name: touch.customer_name });
    let mut offered: Vec<Candidate> = Vec::new();
    for one in last.chain(ask.customers()?.into_iter().map(|customer| Candidate { id: customer.id, name: customer.name })) {
        if offered.iter().all(|other| other.id != one.id) {
            offered.push(one);
        }
        if offered.len() == OFFERED {
            break;
        }
    }
    Ok(offered)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
