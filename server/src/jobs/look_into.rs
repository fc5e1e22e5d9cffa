//! What a machine can check of the touches of a back-check (R1): looks into their evidence, gathers the facts, notes the results. Again
//! and again while the back-check is open.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::photo::{self, PerceptualHash};
use chuda_evidence::{Claim, Mime, Unreadable, document, sniff};
use chuda_record::id::{EvidenceId, Hash, RecordId, TouchId};
use chuda_record::kind::backcheck::member;
use chuda_record::kind::touch::evidence_in;
use chuda_record::rules::Subject;
use chuda_record::rules::firing::{self, Moment};
use chuda_record::rules::machine::{self, Carried, Claimed, Elsewhere, Facts, Found, Piece, Seen};
use chuda_record::time::day_of;
use chuda_record::{
    BackCheck, Error, Evidence, Fields, Kind as RecordKind, Question, Result, Scalar, Task, author_of, from_fields,
};
use serde::{Deserialize, Serialize};

use super::job::{Kind, Outcome, settle};
use super::keep_event::is_kept;
use crate::app::App;
use crate::ingest::Ingest;
use crate::reactions::{self, read_back_check};
use crate::store::{BlobRow, Document, Looks, Payload, Taken, Tx};

pub(super) const KIND: Kind = Kind { name: LookInto::KIND, always: false, work: |app, taken| Box::pin(look_into(app, taken)) };
/// How often the machine looks again while a back-check is open: bytes arrive, questions are answered, tasks are done.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// For how long it does.
const FRESH: TimeDelta = TimeDelta::weeks(4);
/// Larger blobs are not looked into: the same bound as on the device.
const MAX_LOOKED_INTO: u64 = 64 * 1024 * 1024;
/// Blobs that are looked into before what was seen is noted, so that the job's lease is not outlived.
const AT_A_TIME: usize = 16;
/// Most photos that one is compared with, newest first.
const MAX_COMPARED: usize = 20_000;
/// Most rules of one touch that are shown.
const MAX_RULES: usize = 20;
/// Fields that are written at a time: a change has a limit.
const FIELDS_AT_A_TIME: usize = 1_000;

/// The job of looking into the evidence of a back-check.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct LookInto {
    pub(super) back_check: RecordId,
}

impl Payload for LookInto {
    const KIND: &'static str = "look-into";
}

/// What looking told, for [`note`].
#[derive(Debug, Default)]
pub(super) struct Look {
    /// What is in the blobs that nobody had looked into.
    seen: Vec<(Hash, Option<&'static str>, Seen)>,
    /// How photos of other touches look; none where that is known already.
    looks: Option<Vec<Looks>>,
    /// There are more blobs to look into.
    more: bool,
}

async fn look_into(app: App, taken: Taken) -> Result<()> {
    let LookInto { back_check } = LookInto::read(&taken.payload)?;
    let look = look(&app, back_check).await?;
    settle(&app, &taken, move |tx, now| look_again(tx, back_check, &look, now)).await
}

/// Looks again with what the machine saw, and says whether to go on.
fn look_again(tx: &Tx<'_>, back_check: RecordId, look: &Look, now: DateTime<Utc>) -> Result<Outcome> {
    let mut ingest = reactions::begin(tx, now)?;
    note(&mut ingest, back_check, look)?;
    ingest.finish()?;
    let open = read_back_check(tx, back_check)?.filter(|record| record.closed_at.is_none());
    Ok(match open {
        Some(_) if look.more => Outcome::Again(now),
        Some(record) if now < record.origin.created_at + FRESH => Outcome::Again(now + AGAIN),
        _ => Outcome::Done,
    })
}

/// Looks into the evidence of a back-check, as far as its bytes have arrived and nobody has looked yet.
async fn look(app: &App, back_check: RecordId) -> Result<Look> {
    let gathered = app.store.read_async(move |tx| {
        let Some(record) = read_back_check(tx, back_check)? else { return Ok((Vec::new(), None)) };
        let blobs = unseen(tx, &record)?;
        let original = |touch: &TouchId| found(&record, *touch, "original").is_none_or(|found| found == Found::Pending);
        let compare = record.drawn.keys().any(original);
        Ok((blobs, compare.then(|| tx.looks(MAX_COMPARED)).transpose()?))
    });
    let (mut blobs, looks) = gathered.await?;
    let left = blobs.len().saturating_sub(AT_A_TIME);
    blobs.truncate(AT_A_TIME);
    let mut seen = Vec::new();
    for blob in blobs {
        let sha256 = blob.sha256;
        if blob.size > MAX_LOOKED_INTO {
            seen.push((sha256, None, Seen::Other));
            continue;
        }
        let Some(bytes) = app.blobs.bytes(&app.store, blob, app.now()).await? else { continue };
        let looked = tokio::task::spawn_blocking(move || inspect(&bytes));
        let (mime, what) = looked.await.map_err(|error| Error::internal("task.failed", error))?;
        seen.push((sha256, Some(mime.as_str()), what));
    }
    // Blobs that are lost are not asked for again at once.
    Ok(Look { more: left > 0 && !seen.is_empty(), seen, looks })
}

/// Notes what was seen, and what follows from it and from everything else that is known by now. What is unchanged is not written.
pub(super) fn note(ingest: &mut Ingest<'_>, back_check: RecordId, look: &Look) -> Result<()> {
    let tx = ingest.tx();
    look.seen.iter().try_for_each(|(sha256, mime, seen)| tx.add_seen(*sha256, *mime, seen))?;
    let Some(record) = read_back_check(tx, back_check)?.filter(|record| record.closed_at.is_none()) else { return Ok(()) };
    let mut writes: Vec<(String, Scalar)> = Vec::new();
    for touch in record.in_order() {
        let Some(document) = tx.document(touch.into())?.filter(|document| document.kind == RecordKind::Touch) else { continue };
        let effects = effects(tx, touch.into())?;
        let facts = facts(ingest, &document, &effects, look.looks.as_deref())?;
        for (check, mut result) in machine::check(&facts) {
            // Looked for once; the photos to compare with are not at hand every time.
            if check == "original" && result == Found::Pending {
                result = found(&record, touch, &check).unwrap_or(result);
            }
            writes.push((format!("machine/{}", member(touch, &check)), result.to_string().into()));
        }
        let because = effects.into_iter().map(|(rule, because)| (format!("triggered/{}", member(touch, &rule)), because.into()));
        writes.extend(because);
    }
    for some in writes.chunks(FIELDS_AT_A_TIME) {
        ingest.write(back_check, &some.iter().cloned().collect::<Fields>())?;
    }
    Ok(())
}

/// What kind of file bytes are, and what is in it.
fn inspect(bytes: &[u8]) -> (Mime, Seen) {
    let unreadable = |reason: Unreadable| Seen::Unreadable { reason: reason.as_str().into() };
    let mime = sniff::sniff(&mut Cursor::new(bytes)).unwrap_or(Mime::Unknown);
    let seen = if mime.is_image() {
        let picture = |photo: photo::Photo| Seen::Picture { look: photo.preview.map(|preview| preview.hash.to_hex()) };
        photo::process(bytes).map_or_else(unreadable, picture)
    } else if mime.is_document() {
        let document = |wording: document::Wording| Seen::Document { quote: wording.looks_like_quote, text: wording.has_text };
        document::wording(bytes).map_or_else(unreadable, document)
    } else {
        Seen::Other
    };
    (mime, seen)
}

/// Blobs of the evidence that have arrived and that nobody has looked into.
fn unseen(tx: &Tx<'_>, record: &BackCheck) -> Result<Vec<BlobRow>> {
    let mut unseen = BTreeMap::new();
    for touch in record.in_order() {
        let Some(document) = tx.document(touch.into())? else { continue };
        for (_, evidence) in own_evidence(tx, &document)?.0 {
            if tx.has_bytes(&evidence)? && tx.seen(evidence.sha256)?.is_none() {
                unseen.extend(tx.blob(evidence.sha256)?.map(|blob| (blob.sha256, blob)));
            }
        }
    }
    Ok(unseen.into_values().collect())
}

/// The evidence that a touch names and that is its author's, and how many pieces have not arrived.
fn own_evidence(tx: &Tx<'_>, touch: &Document) -> Result<(Vec<(EvidenceId, Evidence)>, usize)> {
    let (mut own, mut missing) = (Vec::new(), 0);
    for id in evidence_in(&touch.fields) {
        match tx.document(id.into())? {
            Some(document) if document.kind == RecordKind::Evidence && author_of(&document.fields) == author_of(&touch.fields) => {
                own.push((id, from_fields(&document.fields).map_err(|error| Error::internal("evidence.unreadable", error))?));
            }
            _ => missing += 1,
        }
    }
    Ok((own, missing))
}

/// The rules that were carried out for a record, with what held.
fn effects(tx: &Tx<'_>, record: RecordId) -> Result<BTreeMap<String, String>> {
    let mut effects = BTreeMap::new();
    for (rule, _, because, _) in tx.effects_of(record)? {
        if effects.len() < MAX_RULES {
            effects.entry(rule).or_insert(because);
        }
    }
    Ok(effects)
}

fn facts(ingest: &Ingest<'_>, touch: &Document, effects: &BTreeMap<String, String>, looks: Option<&[Looks]>) -> Result<Facts> {
    let (tx, now, config) = (ingest.tx(), ingest.now(), ingest.config_of(&touch.fields));
    let (own, missing) = own_evidence(tx, touch)?;
    let mut evidence = Vec::with_capacity(own.len());
    for (id, one) in own {
        // What somebody else's bytes tell is nothing that this one has shown.
        let seen = if tx.has_bytes(&one)? { tx.seen(one.sha256)? } else { None };
        let seen = seen.map(|(mime, seen)| {
            // The bytes say what they are; the record says what they were taken for.
            if mime.is_none_or(|mime| mime == one.mime) { seen } else { Seen::AnotherKind }
        });
        let elsewhere = elsewhere(tx, touch.id.into(), &one, seen.as_ref(), looks)?;
        evidence.push(Piece { claimed: claimed(tx, id, &one)?, seen, elsewhere, evidence: one });
    }
    let made = tx.made_from(touch.id)?;
    let action = touch.fields.get("action").and_then(Scalar::as_text).unwrap_or_default();
    Ok(Facts {
        is_quote: machine::is_quote(&config, action),
        evidence,
        missing,
        questions: made.iter().filter(|made| made.kind == RecordKind::Question).filter_map(typed::<Question>).collect(),
        rules: carried(ingest, touch, effects, &made)?,
        now,
        today: day_of(now, config.calendar.zone),
    })
}

/// The rules that were carried out, and those that should have been.
fn carried(ingest: &Ingest<'_>, touch: &Document, effects: &BTreeMap<String, String>, made: &[Document]) -> Result<Vec<Carried>> {
    let (config, people, tx) = (ingest.config_of(&touch.fields), ingest.people(), ingest.tx());
    let moment = Moment { config: &config, people: &people, now: ingest.now() };
    let subject = Subject { id: touch.id, kind: RecordKind::Touch, fields: &touch.fields, world: tx };
    let sure = |rule: &str| config.rules.iter().any(|other| other.id == rule && other.is_about_record());
    let firings = firing::fire(moment, &subject)?.into_iter().filter(|firing| !firing.effects.is_empty());
    let holding: BTreeSet<String> = firings.map(|firing| firing.rule).filter(|rule| sure(rule)).collect();
    let rules: BTreeSet<&String> = effects.keys().chain(&holding).take(MAX_RULES).collect();
    let mut carried = Vec::with_capacity(rules.len());
    for rule in rules {
        let mut tasks = Vec::new();
        for one in made.iter().filter(|one| one.fields.get("rule").and_then(Scalar::as_text) == Some(rule)) {
            if one.kind == RecordKind::Task {
                tasks.extend(typed::<Task>(one));
            } else {
                // A work order, a question, a card: what people have to do about it is asked for by a rule of its own.
                tasks.extend(tx.made_from(one.id)?.iter().filter(|made| made.kind == RecordKind::Task).filter_map(typed::<Task>));
            }
        }
        tasks.retain(|task| !task.notice);
        carried.push(Carried { rule: rule.clone(), done: effects.contains_key(rule), tasks });
    }
    Ok(carried)
}

fn claimed(tx: &Tx<'_>, id: EvidenceId, evidence: &Evidence) -> Result<Claimed> {
    // What an outside system saw no device has claimed: the server itself is the witness (M1).
    if is_kept(evidence) {
        return Ok(Claimed::Agrees { mocked: None });
    }
    let Some(bytes) = tx.claim_bytes(evidence.claim)? else { return Ok(Claimed::Missing) };
    Ok(match Claim::from_bytes(&bytes) {
        Ok(claim) if claim.evidence == id && claim.sha256 == evidence.sha256 && claim.device == evidence.device => {
            Claimed::Agrees { mocked: claim.location.map(|location| location.mock) }
        }
        _ => Claimed::Differs,
    })
}

/// Whether the same bytes, or much the same picture, proved another touch before. The first one is the original.
fn elsewhere(tx: &Tx<'_>, touch: TouchId, evidence: &Evidence, seen: Option<&Seen>, looks: Option<&[Looks]>) -> Result<Elsewhere> {
    let captured_at = evidence.captured_at.timestamp_millis();
    // Somebody else can name these bytes without having them: that says nothing against whoever has.
    let with_bytes = tx.evidence_with_bytes(evidence.sha256)?;
    let is_own = |other: &Document| author_of(&other.fields) == Some(evidence.author);
    let has_bytes = |other: &Document| with_bytes.iter().any(|document| document.id == other.id);
    let named = tx.evidence_of_blob(evidence.sha256)?.into_iter();
    for other in named.filter(|other| other.at <= captured_at && (is_own(other) || has_bytes(other))) {
        if tx.touches_with(other.id.into())?.iter().any(|other| *other != touch) {
            return Ok(Elsewhere::Same);
        }
    }
    if !evidence.mime.starts_with("image/") {
        return Ok(Elsewhere::No);
    }
    // What the server saw goes before what the phone wrote.
    let look = match seen {
        Some(Seen::Picture { look: Some(look) }) => Some(look),
        _ => evidence.look.as_ref(),
    };
    let (Some(looks), Some(seen)) = (looks, seen) else { return Ok(Elsewhere::Unknown) };
    let look = look.filter(|_| matches!(seen, Seen::Picture { .. })).and_then(|look| PerceptualHash::from_hex(look));
    let near = |look: PerceptualHash| {
        looks.iter().any(|other| other.touch != touch && other.at <= captured_at && other.look.is_near(&look))
    };
    Ok(if look.is_some_and(near) { Elsewhere::Near } else { Elsewhere::No })
}

fn found(record: &BackCheck, touch: TouchId, check: &str) -> Option<Found> {
    record.machine.get(&member(touch, check)).and_then(|found| Found::parse(found))
}

/// A record as its type; one of a newer version than this is left out.
fn typed<T: serde::de::DeserializeOwned>(document: &Document) -> Option<T> {
    from_fields(&document.fields).ok()
}
