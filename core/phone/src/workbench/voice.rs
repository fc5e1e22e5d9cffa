//! From a recording to a draft. The recording is kept first; its transcription is a queue that survives the app.

#[cfg(feature = "whisper")]
use std::sync::Arc;

use chrono::TimeDelta;
use serde::Serialize;

use super::{Cancel, EvidenceDraft, Inner, TouchDraft, Workbench};
use crate::query::Me;
use crate::query::view::EvidenceView;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{CustomerId, EvidenceId};
use chuda_record::rules::Config;
use chuda_record::rules::config::Choice;
use chuda_record::time::day_of;
use chuda_record::{Customer, Evidence};
use chuda_speech::understand::{KnownCustomer, Slot};
use chuda_speech::{Draft, SpeechError, Transcript, decode, understand};
use chuda_words::keys;

/// What was understood of a recording. Nothing is saved before it is confirmed.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct VoiceDraft {
    /// The recording, kept as evidence.
    pub evidence: EvidenceView,
    /// What the engine heard.
    pub transcript: chuda_speech::Transcript,
    /// What was understood.
    pub draft: chuda_speech::Draft,
    /// The customers to choose from, when the sound could not decide.
    pub candidates: Vec<Candidate>,
    /// The same as a touch that can be recorded; what was not said is left open.
    pub touch: TouchDraft,
}

/// What words say about a touch.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Understood {
    /// What was understood.
    pub draft: chuda_speech::Draft,
    /// The customers to choose from, when the words could not decide.
    pub candidates: Vec<Candidate>,
}

/// A customer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Candidate {
    /// Which.
    pub id: CustomerId,
    /// Full name.
    pub name: String,
}

impl Workbench {
    /// Keeps a recording and turns it into a draft. The recording stays when the rest fails or is cancelled, and waits in
    /// [`Self::pending_transcriptions`].
    pub async fn record_voice(
        &self,
        draft: EvidenceDraft,
        progress: impl Fn(f32) + Send + Sync + 'static,
        cancel: Cancel,
    ) -> Result<VoiceDraft> {
        let this = self.clone();
        let saved = blocking(move || this.keep_evidence(draft)).await?;
        self.transcribe(saved.evidence.id, progress, cancel).await
    }

    /// Transcribes a kept recording, again or for the first time.
    pub async fn transcribe(
        &self,
        id: EvidenceId,
        progress: impl Fn(f32) + Send + Sync + 'static,
        cancel: Cancel,
    ) -> Result<VoiceDraft> {
        let this = self.clone();
        blocking(move || this.0.transcribe(id, &progress, &cancel)).await
    }

    /// Recordings whose transcription was interrupted, oldest first.
    pub fn pending_transcriptions(&self) -> Result<Vec<EvidenceId>> {
        self.0.store.read(|tx| tx.waiting_transcriptions())
    }

    /// Reads a draft out of words that were typed or corrected: the same understanding as of speech.
    pub fn understand(&self, words: &str) -> Result<Understood> {
        self.0.understand(words)
    }
}

impl Inner {
    fn transcribe(&self, id: EvidenceId, progress: &(dyn Fn(f32) + Sync), cancel: &Cancel) -> Result<VoiceDraft> {
        let evidence = self.ask(|ask| ask.evidence(id))?;
        if !self.blobs.contains(evidence.sha256) {
            return Err(Error::not_found(keys::EVIDENCE_NOT_HERE));
        }
        let pcm = match decode(self.blobs.reader(evidence.sha256)?) {
            Ok(pcm) => pcm,
            Err(error) => {
                self.store.write(|tx| tx.transcription_failed(id, "unreadable"))?;
                return Err(error.into());
            }
        };
        let transcript = self.recognise(&pcm, progress, cancel)?;
        self.keep_transcript(id, &transcript)?;
        let Understood { draft, candidates } = self.understand(&transcript.text)?;
        let touch = TouchDraft { evidence: vec![id], ..self.touch_of(&draft) };
        Ok(VoiceDraft { evidence: self.ask(|ask| ask.evidence(id))?, transcript, draft, candidates, touch })
    }

    #[cfg(feature = "whisper")]
    fn recognise(&self, pcm: &chuda_speech::Pcm, progress: &(dyn Fn(f32) + Sync), cancel: &Cancel) -> Result<Transcript> {
        let engine = self.engine()?;
        Ok(chuda_speech::transcribe(engine.as_ref(), pcm, progress, &cancel.0)?)
    }

    #[cfg(not(feature = "whisper"))]
    fn recognise(&self, _: &chuda_speech::Pcm, _: &(dyn Fn(f32) + Sync), _: &Cancel) -> Result<Transcript> {
        Err(SpeechError::ModelMissing.into())
    }

    /// The models, loaded at the first use and kept.
    #[cfg(feature = "whisper")]
    pub(super) fn engine(&self) -> Result<Arc<chuda_speech::whisper::Whisper>> {
        use chuda_speech::whisper::{ACTIVITY_FILE, MODEL_FILE, Whisper};

        let mut engine = self.engine.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(engine) = engine.as_ref() {
            return Ok(engine.clone());
        }
        let folder = self.settings.models.as_ref().ok_or(SpeechError::ModelMissing)?;
        let loaded = Arc::new(Whisper::load(&folder.join(MODEL_FILE), &folder.join(ACTIVITY_FILE))?);
        Ok(engine.insert(loaded).clone())
    }

    fn understand(&self, text: &str) -> Result<Understood> {
        let Me { zone, .. } = self.me();
        let today = day_of(self.settings.clock.now(), zone);
        let customers: Vec<KnownCustomer> = self.store.read(|tx| {
            let known = |row: crate::store::Row<Customer>| KnownCustomer {
                id: row.id.into(),
                name: row.record.name,
                short: row.record.short,
            };
            Ok(tx.customers()?.into_iter().map(known).collect())
        })?;
        let mut draft = understand(text, &customers, today);
        // Speech knows the words of the product; what they stand for may have been retired or split since (R3).
        let config = self.config();
        let offered = |list: &[Choice], slot: Slot<String>| {
            Config::instead_of(list, &slot.value).map(|choice| Slot { value: choice.key.clone(), ..slot })
        };
        draft.action = draft.action.and_then(|slot| offered(&config.actions, slot));
        draft.brief = draft.brief.and_then(|slot| offered(&config.briefs, slot));
        let named =
            |id| customers.iter().find(|customer| customer.id == id).map(|customer| Candidate { id, name: customer.name.clone() });
        let candidates = draft.customer_candidates.iter().filter_map(|id| named(*id)).collect();
        Ok(Understood { draft, candidates })
    }

    /// What was understood as a touch to record. Nothing is guessed.
    fn touch_of(&self, draft: &Draft) -> TouchDraft {
        fn value<T: Clone>(slot: Option<&Slot<T>>) -> Option<T> {
            slot.map(|slot| slot.value.clone())
        }
        let today = day_of(self.settings.clock.now(), self.me().zone);
        TouchDraft {
            customer: value(draft.customer.as_ref()),
            mode: value(draft.contact_mode.as_ref()),
            action: value(draft.action.as_ref()),
            brief: value(draft.brief.as_ref()),
            tech_owner: value(draft.tech_owner.as_ref()),
            response_by: draft.response_within_days.as_ref().map(|days| today + TimeDelta::days(days.value.into())),
            amount: value(draft.amount.as_ref()),
            custom_development: draft.custom_development,
            intent: value(draft.intent.as_ref()),
            next_action: value(draft.next_action.as_ref()),
            next_date: value(draft.next_date.as_ref()),
            next_time: value(draft.next_time.as_ref()),
            ..TouchDraft::default()
        }
    }

    /// The words stay with the recording. Those of a first transcription are kept when it is done again.
    fn keep_transcript(&self, id: EvidenceId, transcript: &Transcript) -> Result<()> {
        let me = self.me();
        self.store.write(|tx| {
            let row = tx.record::<Evidence>(id)?.ok_or_else(|| Error::not_found(keys::EVIDENCE_NOT_FOUND))?;
            if row.record.transcript.is_none() && row.record.author == me.id {
                let own = self.own(tx, &me)?;
                let with = Evidence { transcript: Some(transcript.raw_text.clone()), ..row.record.clone() };
                tx.edit(&own, id, &row.record, &with)?;
            }
            tx.transcribed(id)
        })?;
        self.listeners.changed();
        Ok(())
    }
}

/// Runs long work beside the async threads.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_cancelled() => Err(Error::new(ErrorKind::Cancelled, keys::WORK_CANCELLED)),
        Err(error) => Err(Error::internal("work.failed", error)),
    }
}
