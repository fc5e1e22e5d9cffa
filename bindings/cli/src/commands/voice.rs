//! `chuda voice`: a recording becomes a transcript and a draft, and with `--save` a touch.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use chuda_evidence::claim::{Consent, Source};
use chuda_phone::workbench::{Candidate, EvidenceDraft, VoiceDraft, Workbench};
use chuda_record::id::{CustomerId, EvidenceId};
use chuda_record::rules::Config;
use chuda_record::rules::config::Choice;
use chuda_record::view::{Word, Yuan};
use chuda_record::{Error, Result};
use chuda_speech::{DOUBTFUL, Draft, Slot};
use chuda_words::keys;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::evidence;
use super::touch;
use crate::args::{CONSENT, one_of};
use crate::exit::{Exit, Failure, Outcome};
use crate::shell::{Shell, progress, wait};
use crate::table::table;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Voice {
    /// The recording (WAV, m4a, mp3, ogg, flac), or the id of one that is kept already
    #[arg(value_name = "FILE|ID")]
    pub(crate) recording: PathBuf,
    /// Whose voice is recorded: self (only yours) or told (the customer was told)
    #[arg(long, value_parser = one_of(CONSENT), value_name = "self|told", hide_possible_values = true)]
    pub(crate) consent: Option<Consent>,
    /// Record the touch when customer, mode and action were understood
    #[arg(long)]
    pub(crate) save: bool,
}

/// Transcribes a recording and understands it; with `--save` it records the touch, unless something it needs was not understood.
pub(crate) fn voice(shell: &Shell, voice: &Voice) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let id = if let Some(id) = kept_recording(&voice.recording) {
        workbench.evidence(id)?.id
    } else {
        let kept = workbench.keep_evidence(recording(&voice.recording, voice.consent)?)?.evidence;
        if !kept.readable {
            let object = json!({"evidence": kept.id, "readable": false, "unreadable": kept.unreadable});
            return Ok(Outcome::ending(Exit::Attention, &object, evidence::line(shell, &kept)));
        }
        kept.id
    };
    let heard = transcribe(shell, &workbench, id).map_err(|error| {
        // The recording is here, so nothing was refused: what holds no sound needs a look instead.
        let unreadable = error.key == keys::SPEECH_UNREADABLE;
        let said = shell.text.line(if unreadable { "evidence.kept" } else { "voice.kept" }, &[("id", &id)]);
        let failure = Failure::from(error).with("evidence", &id, &said);
        if unreadable { Failure { exit: Exit::Attention, ..failure } } else { failure }
    })?;
    let config = workbench.config();
    let mut object = Heard::of(&config, &heard);
    let said = page(shell, &config, &heard);
    if !voice.save {
        return Ok(Outcome::done(&object, said));
    }
    let touch = heard.touch.clone();
    let saved = check_complete(&heard.draft).and_then(|()| Ok(workbench.record_touch(touch)?)).map_err(|failure| {
        let kept = shell.text.line("evidence.kept", &[("id", &id)]);
        Failure { more: failure.more + &said + &kept, ..failure }.with_all(&object)
    })?;
    let recorded = touch::outcome(shell, &config, &saved);
    object.touch = recorded.json;
    Ok(Outcome::ending(recorded.exit, &object, said + &recorded.text))
}

/// The recording is kept by now: whatever happens here, it can be named again by its id.
fn transcribe(shell: &Shell, workbench: &Workbench, id: EvidenceId) -> Result<VoiceDraft> {
    let bar = progress(shell.text.get("voice.working"));
    let shown = bar.clone();
    let heard = wait(|cancel| workbench.transcribe(id, move |done| shown.set_position((done * 100.0) as u64), cancel))?;
    bar.finish_and_clear();
    heard
}

fn kept_recording(word: &Path) -> Option<EvidenceId> {
    if word.exists() { None } else { word.to_str()?.parse().ok() }
}

/// A recording as evidence. Whatever is in the file, it is one: that is what the person says it is.
fn recording(file: &Path, consent: Option<Consent>) -> Result<EvidenceDraft> {
    if !file.try_exists()? {
        return Err(Error::not_found(keys::FILE_NOT_FOUND));
    }
    let consent = consent.ok_or_else(|| Error::invalid(keys::EVIDENCE_CONSENT_MISSING))?;
    Ok(EvidenceDraft {
        path: file.to_owned(),
        source: Source::Recording,
        consent: Some(consent),
        location: None,
        touch: None,
        rendition: None,
    })
}

/// Fails with `voice.incomplete` when customer, mode or action is missing: none of them is guessed.
fn check_complete(draft: &Draft) -> Result<(), Failure> {
    let slots = [
        ("customer", draft.customer.is_none()),
        ("contact_mode", draft.contact_mode.is_none()),
        ("action", draft.action.is_none()),
    ];
    let missing: Vec<&str> = slots.into_iter().filter_map(|(name, missing)| missing.then_some(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let failure: Failure = Error::invalid(keys::CLI_VOICE_INCOMPLETE).with("missing", missing.join(", ")).into();
    Err(failure.with("missing", &missing, ""))
}

/// What was heard, for scripts.
#[derive(Serialize)]
struct Heard<'a> {
    evidence: EvidenceId,
    transcript: &'a str,
    raw_transcript: &'a str,
    segments: Vec<Stretch<'a>>,
    draft: Slots<'a>,
    touch: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Stretch<'a> {
    start_ms: i64,
    end_ms: i64,
    text: &'a str,
    confidence: f64,
}

/// What was understood, slot by slot.
#[derive(Serialize)]
struct Slots<'a> {
    customer: Option<Said<'a, &'a str>>,
    customer_candidates: &'a [Candidate],
    contact_mode: Option<Said<'a, String>>,
    action: Option<Said<'a, String>>,
    brief: Option<Said<'a, String>>,
    next_action: Option<Said<'a, &'a str>>,
    next_date: Option<Said<'a, NaiveDate>>,
    next_time: Option<Said<'a, String>>,
    amount_cny: Option<Said<'a, Yuan>>,
    tech_owner: Option<Said<'a, &'a str>>,
    response_within_days: Option<Said<'a, i32>>,
    custom_development: bool,
    intent: Option<Said<'a, &'a str>>,
}

/// A slot: what it means, the words that say it, and how sure that is; of an option also the key, of a customer the id.
#[derive(Serialize)]
struct Said<'a, T> {
    value: T,
    words: &'a str,
    confidence: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<CustomerId>,
}

impl<'a> Heard<'a> {
    fn of(config: &Config, heard: &'a VoiceDraft) -> Self {
        let segments = heard.transcript.segments.iter().map(|one| Stretch {
            start_ms: one.start_ms,
            end_ms: one.end_ms,
            text: &one.text,
            confidence: share(one.confidence),
        });
        Self {
            evidence: heard.evidence.id,
            transcript: &heard.draft.text,
            raw_transcript: &heard.transcript.raw_text,
            segments: segments.collect(),
            draft: Slots::of(config, heard),
            touch: None,
        }
    }
}

impl<'a> Slots<'a> {
    fn of(config: &Config, heard: &'a VoiceDraft) -> Self {
        let draft = &heard.draft;
        let customer = draft
            .customer
            .as_ref()
            .map(|found| Said { id: Some(found.value), ..said(found, draft.customer_name.as_deref().unwrap_or_default()) });
        Self {
            customer,
            customer_candidates: &heard.candidates,
            contact_mode: draft.contact_mode.as_ref().map(|found| keyed(found, Word::fixed("mode", found.value.as_str()))),
            action: draft.action.as_ref().map(|found| keyed(found, Word::of(&config.actions, &found.value))),
            brief: draft.brief.as_ref().map(|found| keyed(found, Word::of(&config.briefs, &found.value))),
            next_action: draft.next_action.as_ref().map(|found| said(found, found.value.as_str())),
            next_date: draft.next_date.as_ref().map(|found| said(found, found.value)),
            next_time: draft.next_time.as_ref().map(|found| said(found, found.value.format("%H:%M").to_string())),
            amount_cny: draft.amount.as_ref().map(|found| said(found, Yuan(found.value))),
            tech_owner: draft.tech_owner.as_ref().map(|found| said(found, found.value.as_str())),
            response_within_days: draft.response_within_days.as_ref().map(|found| said(found, found.value)),
            custom_development: draft.custom_development,
            intent: draft.intent.as_ref().map(|found| said(found, found.value.as_str())),
        }
    }
}

fn said<T, V>(slot: &Slot<T>, value: V) -> Said<'_, V> {
    Said { value, words: &slot.words, confidence: share(slot.confidence), key: None, id: None }
}

/// A slot whose value is a word of a list.
fn keyed<T>(slot: &Slot<T>, word: Word) -> Said<'_, String> {
    Said { key: Some(word.key), ..said(slot, word.zh) }
}

/// A share with two decimals: more would be noise.
fn share(confidence: f32) -> f64 {
    (f64::from(confidence) * 100.0).round() / 100.0
}

/// The transcript and a line per slot with the words it came from, doubtful ones marked.
fn page(shell: &Shell, config: &Config, heard: &VoiceDraft) -> String {
    let (text, draft) = (shell.text, &heard.draft);
    if draft.text.is_empty() {
        return text.line("voice.silence", &[]);
    }
    let option = |list: &[Choice], key: &str| text.word(&Word::of(list, key)).to_owned();
    // In the order in which a person reads them.
    let rows: Vec<_> = [
        row(shell, "customer", draft.customer.as_ref(), |_| draft.customer_name.clone().unwrap_or_default()),
        row(shell, "contact_mode", draft.contact_mode.as_ref(), |mode| text.label("mode", mode.as_str())),
        row(shell, "action", draft.action.as_ref(), |key| option(&config.actions, key)),
        row(shell, "brief", draft.brief.as_ref(), |key| option(&config.briefs, key)),
        row(shell, "amount_cny", draft.amount.as_ref(), |amount| amount.to_yuan()),
        row(shell, "intent", draft.intent.as_ref(), |intent| intent.as_str().to_owned()),
        row(shell, "tech_owner", draft.tech_owner.as_ref(), Clone::clone),
        row(shell, "response_within_days", draft.response_within_days.as_ref(), ToString::to_string),
        row(shell, "next_action", draft.next_action.as_ref(), Clone::clone),
        row(shell, "next_date", draft.next_date.as_ref(), ToString::to_string),
        row(shell, "next_time", draft.next_time.as_ref(), |at| at.format("%H:%M").to_string()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut page = format!("{}\n{}", draft.text, table(2, &rows));
    if !heard.candidates.is_empty() {
        page += &text.line("voice.candidates", &[]);
        page += &table(2, &heard.candidates.iter().map(|one| vec![one.name.clone(), one.id.to_string()]).collect::<Vec<_>>());
    }
    page
}

fn row<T>(shell: &Shell, name: &str, slot: Option<&Slot<T>>, value: impl Fn(&T) -> String) -> Option<Vec<String>> {
    let slot = slot?;
    let mark = if slot.confidence < DOUBTFUL { shell.text.get("voice.doubtful") } else { "" };
    Some(vec![shell.text.label("slot", name), value(&slot.value), format!("“{}”", slot.words), mark.into()])
}
