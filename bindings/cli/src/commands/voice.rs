//! `chuda voice`: a recording becomes a transcript and a draft, and with `--save` a touch.

use std::path::Path;

use chuda_evidence::claim::Source;
use chuda_phone::workbench::{EvidenceDraft, VoiceDraft, Workbench};
use chuda_record::ContactMode;
use chuda_record::id::EvidenceId;
use chuda_record::rules::Config;
use chuda_record::rules::config::Choice;
use chuda_record::{Error, Result};
use chuda_speech::{DOUBTFUL, Draft, Slot};
use serde_json::{Map, Value, json};

use super::evidence::{self, into_claim};
use super::touch;
use crate::args::{Consent, Voice};
use crate::exit::{Exit, Failure, Outcome};
use crate::json::{time, yuan};
use crate::shell::{Shell, progress, wait};
use crate::table::table;
use crate::text::Text;
use chuda_words::Lang;

/// Transcribes a recording and understands it; with `--save` it records the touch, unless something it needs was not understood.
pub(crate) fn voice(shell: &Shell, voice: &Voice) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let id = if let Some(id) = kept_recording(&voice.recording) {
        workbench.evidence(id)?.id
    } else {
        let kept = workbench.keep_evidence(recording(&voice.recording, voice.consent)?)?.evidence;
        if !kept.readable {
            let object = json!({"evidence": kept.id, "readable": false, "unreadable": kept.unreadable});
            return Ok(Outcome { json: object, text: evidence::line(shell, &kept), exit: Exit::Attention });
        }
        kept.id
    };
    let heard = transcribe(shell, &workbench, id).map_err(|error| {
        // The recording is here, so nothing was refused: what holds no sound needs a look instead.
        let unreadable = error.key == "speech.unreadable";
        let said = shell.text.line(if unreadable { "evidence.kept" } else { "voice.kept" }, &[("id", &id)]);
        let failure = Failure::from(error).with("evidence", json!(id), &said);
        if unreadable { Failure { exit: Exit::Attention, ..failure } } else { failure }
    })?;
    let mut object = heard_json(&workbench.config(), &heard);
    let said = page(shell, &workbench.config(), &heard);
    if !voice.save {
        return Ok(Outcome::done(object.into(), said));
    }
    let touch = heard.touch.clone();
    let saved = check_complete(&heard.draft).and_then(|()| Ok(workbench.record_touch(touch)?)).map_err(|failure| {
        let kept = shell.text.line("evidence.kept", &[("id", &id)]);
        Failure { extra: object.clone().into_iter().chain(failure.extra).collect(), more: failure.more + &said + &kept, ..failure }
    })?;
    let recorded = touch::outcome(shell, &workbench.config(), &saved);
    object.insert("touch".into(), recorded.json);
    Ok(Outcome { json: object.into(), text: said + &recorded.text, exit: recorded.exit })
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
        return Err(Error::not_found("file.not_found"));
    }
    let consent = consent.ok_or_else(|| Error::invalid("evidence.consent_missing"))?;
    Ok(EvidenceDraft {
        path: file.to_owned(),
        source: Source::Recording,
        consent: Some(into_claim(consent)),
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
    let failure: Failure = Error::invalid("cli.voice_incomplete").with("missing", missing.join(", ")).into();
    Err(failure.with("missing", json!(missing), ""))
}

fn heard_json(config: &Config, heard: &VoiceDraft) -> Map<String, Value> {
    let segments: Vec<_> = heard
        .transcript
        .segments
        .iter()
        .map(|one| json!({"start_ms": one.start_ms, "end_ms": one.end_ms, "text": one.text, "confidence": share(one.confidence)}))
        .collect();
    let object = json!({
        "evidence": heard.evidence.id,
        "transcript": heard.draft.text,
        "raw_transcript": heard.transcript.raw_text,
        "segments": segments,
        "draft": draft_json(config, heard),
        "touch": null,
    });
    object.as_object().cloned().unwrap_or_default()
}

fn draft_json(config: &Config, heard: &VoiceDraft) -> Value {
    let draft = &heard.draft;
    let candidates: Vec<Value> = heard.candidates.iter().map(|one| json!({"id": one.id, "name": one.name})).collect();
    let mut customer = slot(draft.customer.as_ref(), |_| json!(draft.customer_name));
    if let Some(found) = &draft.customer {
        customer["id"] = json!(found.value);
    }
    json!({
        "customer": customer,
        "customer_candidates": candidates,
        "contact_mode": keyed(draft.contact_mode.as_ref(), |mode: &ContactMode| (mode.label().zh.into(), mode.as_str().into())),
        "action": keyed(draft.action.as_ref(), |key| option(&config.actions, key)),
        "brief": keyed(draft.brief.as_ref(), |key| option(&config.briefs, key)),
        "next_action": slot(draft.next_action.as_ref(), |words| json!(words)),
        "next_date": slot(draft.next_date.as_ref(), |date| json!(date)),
        "next_time": slot(draft.next_time.as_ref(), |at| json!(time(*at))),
        "amount_cny": slot(draft.amount.as_ref(), |amount| yuan(*amount)),
        "tech_owner": slot(draft.tech_owner.as_ref(), |name| json!(name)),
        "response_within_days": slot(draft.response_within_days.as_ref(), |days| json!(days)),
        "custom_development": draft.custom_development,
        "intent": slot(draft.intent.as_ref(), |intent| json!(intent.as_str())),
    })
}

fn slot<T>(slot: Option<&Slot<T>>, value: impl Fn(&T) -> Value) -> Value {
    slot.map_or(Value::Null, |slot| json!({"value": value(&slot.value), "words": slot.words, "confidence": share(slot.confidence)}))
}

/// A slot whose value is a word of a list: the term, and its key beside it.
fn keyed<T>(found: Option<&Slot<T>>, word: impl Fn(&T) -> (String, String)) -> Value {
    let mut object = slot(found, |value| json!(word(value).0));
    if let Some(found) = found {
        object["key"] = json!(word(&found.value).1);
    }
    object
}

/// The term and the key of an option.
fn option(list: &[Choice], key: &str) -> (String, String) {
    let term = Config::option(list, key).map_or(key, |choice| &choice.zh);
    (term.to_owned(), key.to_owned())
}

/// A share with two decimals: more would be noise.
fn share(confidence: f32) -> f64 {
    (f64::from(confidence) * 100.0).round() / 100.0
}

/// The transcript and a line per slot with the words it came from, doubtful ones marked.
fn page(shell: &Shell, config: &Config, heard: &VoiceDraft) -> String {
    let text = shell.text;
    if heard.draft.text.is_empty() {
        return text.line("voice.silence", &[]);
    }
    let draft = draft_json(config, heard);
    let mut rows = Vec::new();
    for name in SLOTS {
        let slot = &draft[name];
        let Some(confidence) = slot["confidence"].as_f64() else { continue };
        let word = slot["key"].as_str().and_then(|key| screen_word(text, config, name, key));
        let value = word.unwrap_or_else(|| slot["value"].as_str().map_or_else(|| slot["value"].to_string(), str::to_owned));
        let mark = if confidence < DOUBTFUL.into() { text.get("voice.doubtful") } else { "" };
        rows.push(vec![text.label("slot", name), value, format!("“{}”", slot["words"].as_str().unwrap_or_default()), mark.into()]);
    }
    let mut page = format!("{}\n{}", heard.draft.text, table(2, &rows));
    if !heard.candidates.is_empty() {
        page += &text.line("voice.candidates", &[]);
        page += &table(2, &heard.candidates.iter().map(|one| vec![one.name.clone(), one.id.to_string()]).collect::<Vec<_>>());
    }
    page
}

/// The slots in the order in which a person reads them.
const SLOTS: [&str; 11] = [
    "customer",
    "contact_mode",
    "action",
    "brief",
    "amount_cny",
    "intent",
    "tech_owner",
    "response_within_days",
    "next_action",
    "next_date",
    "next_time",
];

/// The word of an option in the language of the screen; JSON has the Chinese one.
fn screen_word(text: Text, config: &Config, slot: &str, key: &str) -> Option<String> {
    let list = match slot {
        "action" => &config.actions,
        "brief" => &config.briefs,
        "contact_mode" => return Some(text.label("mode", key)),
        _ => return None,
    };
    let choice = Config::option(list, key)?;
    Some(if text.0 == Lang::Zh { choice.zh.clone() } else { choice.en.clone() })
}
