//! Recording touches (T1) and what is added to them later.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;

use super::{TouchDraft, Workbench, check_length, typed};
use crate::query::view::{ClaimView, TouchView, Triggered};
use crate::query::{Ask, Me};
use crate::store::{Own, Row, Tx};
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{ContactId, CustomerId, EvidenceId, PersonId, RecordId, TouchId};
use chuda_record::rules::config::ExtraType;
use chuda_record::rules::{Config, Subject, firing};
use chuda_record::{Contact, Customer, Evidence, Fen, Kind, Record as _, Scalar, Touch};
use chuda_words::keys;

/// What is captured within this time belongs together.
const VISIT: TimeDelta = TimeDelta::minutes(10);
/// Under which name the half-made touch is kept.
const UNFINISHED: &str = "unfinished";

/// A recorded touch.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TouchSaved {
    /// As it is now.
    #[serde(flatten)]
    pub touch: TouchView,
    /// What the rules will do with it once the server has it.
    pub triggered: Vec<Triggered>,
    /// The claims of its evidence.
    pub claims: Vec<ClaimView>,
}

impl Workbench {
    /// Whether a touch could be recorded as it stands, evidence left aside: what a shell asks before it captures any.
    pub fn check_touch(&self, draft: &TouchDraft) -> Result<()> {
        let (me, config, now) = (self.0.me(), self.0.config(), self.0.settings.clock.now());
        self.0.store.read(|tx| touch_of(tx, &config, &me, now, draft).map(drop))
    }

    /// Records a touch (T1).
    pub fn record_touch(&self, draft: TouchDraft) -> Result<TouchSaved> {
        let (me, config) = (self.0.me(), self.0.config());
        self.0.act(
            |tx, own| {
                let mut touch = touch_of(tx, &config, &me, own.at, &draft)?;
                if draft.evidence.is_empty() && !draft.allow_draft {
                    return Err(Error::invalid(keys::TOUCH_EVIDENCE_MISSING));
                }
                let id = TouchId::new(own.at);
                let role = typed(draft.contact_role).map(|word| contact_role(&config, &word)).transpose()?;
                let named = typed(draft.contact).map(|name| contact(tx, own, touch.customer, me.id, name, role));
                touch.contact = named.transpose()?;
                // The customer goes before the touch, so that no server ever sees them disagree (B5).
                keep_intent(tx, own, touch.customer, &touch)?;
                tx.create(own, id, &touch)?;
                for evidence in &touch.evidence {
                    bind(tx, own, *evidence, id, touch.customer)?;
                }
                set_unfinished(tx, None)?;
                Ok(id)
            },
            saved,
        )
    }

    /// The half-made touch that was put aside, if there is one.
    pub fn unfinished(&self) -> Result<Option<TouchDraft>> {
        self.0.store.read(unfinished)
    }

    /// Puts a half-made touch aside, so that it outlives the app; none forgets it. Recording a touch forgets it too, in the same commit.
    pub fn keep_unfinished(&self, draft: Option<&TouchDraft>) -> Result<()> {
        if self.0.store.write(|tx| set_unfinished(tx, draft))? {
            self.0.listeners.changed();
        }
        Ok(())
    }

    /// Evidence joins the half-made touch, which outlives the app.
    pub fn add_to_unfinished(&self, evidence: &[EvidenceId]) -> Result<()> {
        self.add(TouchDraft { evidence: evidence.to_vec(), ..TouchDraft::default() })
    }

    fn add(&self, more: TouchDraft) -> Result<()> {
        self.0.store.write(|tx| set_unfinished(tx, Some(&unfinished(tx)?.unwrap_or_default().filled_from(more))))?;
        self.0.listeners.changed();
        Ok(())
    }

    /// A touch of a customer begins, or the half-made one goes on: if it has no customer yet, this is it.
    pub fn begin_touch(&self, customer: CustomerId) -> Result<()> {
        self.add(TouchDraft { customer: Some(customer), ..TouchDraft::default() })
    }

    /// Goes on with the half-made touch; without one, what was captured last within a few minutes becomes one, for it belongs together.
    pub fn resume_unfinished(&self) -> Result<()> {
        let together = self.0.ask(|ask| {
            if ask.unfinished()?.is_some() {
                return Ok(Vec::new());
            }
            let loose = ask.loose_evidence()?;
            let last = loose.first().map(|one| one.captured_at);
            let near = loose.iter().take_while(|one| last.is_some_and(|last| last - one.captured_at < VISIT));
            Ok(near.map(|one| one.id).collect())
        })?;
        self.add_to_unfinished(&together)
    }

    /// Attaches evidence to a touch of one's own.
    pub fn attach(&self, evidence: EvidenceId, touch: TouchId) -> Result<TouchSaved> {
        self.0.act(
            |tx, own| {
                attach(tx, own, evidence, touch)?;
                Ok(touch)
            },
            saved,
        )
    }

    /// A day as people write it: 2026-12-01, 三个月后, 下周三, 月底前 (M2); what stands beside it is the next step. None when it is unclear.
    pub fn read_day(&self, words: &str) -> Option<(NaiveDate, Option<String>)> {
        chuda_speech::read_day(words, self.today())
    }

    /// Notes that the customer answered (customer feedback: G1, F2).
    pub fn note_feedback(&self, touch: TouchId) -> Result<TouchView> {
        self.0.act(
            |tx, own| {
                let before = tx.record::<Touch>(touch)?.ok_or_else(|| Error::not_found(keys::TOUCH_NOT_FOUND))?.record;
                tx.edit(
                    own,
                    touch,
                    &before,
                    &Touch { feedback: true, feedback_at: before.feedback_at.or(Some(own.at)), ..before.clone() },
                )
            },
            |ask, ()| ask.touch(touch),
        )
    }
}

/// The touch that a draft makes, if everything that form and rules ask for is there (T1, T6, B2). The contact is left for later.
fn touch_of(tx: &Tx<'_>, config: &Config, me: &Me, at: DateTime<Utc>, draft: &TouchDraft) -> Result<Touch> {
    let touch = draft_touch(tx, config, me, at, draft)?;
    let fields = touch.to_new_fields().map_err(|error| Error::internal("record.misshapen", error))?;
    let subject = Subject { id: RecordId(uuid::Uuid::nil()), kind: Kind::Touch, fields: &fields, world: tx };
    // The contact becomes a record with the touch.
    let named = |field: &String| field == "contact" && typed(draft.contact.clone()).is_some();
    match firing::missing(config, &subject)?.iter().find(|field| !named(field)) {
        Some(field) => Err(missing(field)),
        None => Ok(touch),
    }
}

/// The touch that a draft makes, whatever form and rules may ask for beyond customer, mode and action.
pub(crate) fn draft_touch(tx: &Tx<'_>, config: &Config, me: &Me, at: DateTime<Utc>, draft: &TouchDraft) -> Result<Touch> {
    let customer = draft.customer.ok_or_else(|| Error::invalid(keys::TOUCH_CUSTOMER_MISSING))?;
    if tx.record::<Customer>(customer)?.is_none() {
        return Err(Error::not_found(keys::CUSTOMER_NOT_FOUND));
    }
    let mode = draft.mode.ok_or_else(|| Error::invalid(keys::TOUCH_MODE_MISSING))?;
    let action = draft.action.as_deref().ok_or_else(|| Error::invalid(keys::TOUCH_ACTION_MISSING))?;
    let action =
        Config::find(&config.actions, action).ok_or_else(|| Error::invalid(keys::TOUCH_UNKNOWN_ACTION).with("action", action))?;
    let brief = match draft.brief.as_deref() {
        Some(word) => {
            let brief = Config::find(&config.briefs, word);
            Some(brief.ok_or_else(|| Error::invalid(keys::TOUCH_UNKNOWN_BRIEF).with("brief", word))?.key.clone())
        }
        None => action.brief.clone(),
    };
    if draft.amount.is_some_and(|amount| amount.0 < 0) {
        return Err(Error::invalid(keys::TOUCH_AMOUNT_NEGATIVE));
    }
    for (text, field) in
        [(&draft.note, "note"), (&draft.next_action, "next_action"), (&draft.tech_owner, "tech_owner"), (&draft.contact, "contact")]
    {
        check_length(text.as_ref(), field)?;
    }
    for evidence in &draft.evidence {
        own_evidence(tx, *evidence)?;
    }
    Ok(Touch {
        evidence: draft.evidence.iter().copied().collect(),
        brief,
        tech_owner: typed(draft.tech_owner.clone()).map(|owner| colleague(tx, owner)).transpose()?,
        response_by: draft.response_by,
        amount: draft.amount,
        custom_development: draft.custom_development,
        intent: draft.intent,
        feedback: draft.feedback,
        feedback_at: draft.feedback.then_some(at),
        next_action: typed(draft.next_action.clone()),
        next_date: draft.next_date,
        next_time: draft.next_time,
        note: typed(draft.note.clone()),
        extra: extra(config, &draft.extra)?,
        ..Touch::new(me.id, customer, mode, action.key.clone(), at, me.zone, config.version)
    })
}

/// Which field is missing, in words of its own where there are any.
fn missing(field: &str) -> Error {
    match field {
        "tech_owner" => Error::invalid(keys::TOUCH_TECH_OWNER_MISSING),
        "response_by" => Error::invalid(keys::TOUCH_RESPONSE_BY_MISSING),
        field => Error::invalid(keys::TOUCH_FIELD_MISSING).with("field", field),
    }
}

/// Fields that a supervisor added to the form, from what was typed (T6).
fn extra(config: &Config, typed: &HashMap<String, String>) -> Result<BTreeMap<String, Scalar>> {
    let mut extra = BTreeMap::new();
    for (key, text) in typed {
        let name = format!("x/{key}");
        let wrong = || Error::invalid(keys::TOUCH_EXTRA_MISSHAPEN).with("field", key);
        let holds = config.form(Kind::Touch).iter().find(|one| one.field == name).and_then(|one| one.holds);
        check_length(Some(text), "extra")?;
        let holds = holds.ok_or_else(|| Error::invalid(keys::TOUCH_UNKNOWN_FIELD).with("field", key))?;
        if text.trim().is_empty() {
            continue;
        }
        let value = match holds {
            ExtraType::Text => Scalar::Text(text.trim().to_owned()),
            ExtraType::Number => Scalar::Int(text.trim().parse().map_err(|_| wrong())?),
            ExtraType::Money => Scalar::Int(Fen::from_yuan(text.trim()).ok_or_else(wrong)?.0),
            ExtraType::Day => Scalar::Text(text.trim().parse::<chrono::NaiveDate>().map_err(|_| wrong())?.to_string()),
            ExtraType::Flag => Scalar::Bool(flag(text.trim()).ok_or_else(wrong)?),
        };
        extra.insert(key.clone(), value);
    }
    Ok(extra)
}

/// Yes or no, as a program or a person writes it.
fn flag(text: &str) -> Option<bool> {
    let says = |answer: &'static str| [answer, chuda_words::label("answer", answer).zh].contains(&text);
    if text == "true" || says("yes") { Some(true) } else { (text == "false" || says("no")).then_some(false) }
}

fn own_evidence(tx: &Tx<'_>, id: EvidenceId) -> Result<Evidence> {
    Ok(tx.record::<Evidence>(id)?.ok_or_else(|| Error::not_found(keys::EVIDENCE_NOT_FOUND).with("evidence", id))?.record)
}

/// Adds evidence to a touch, and the touch to the evidence.
pub(super) fn attach(tx: &Tx<'_>, own: &Own, evidence: EvidenceId, touch: TouchId) -> Result<()> {
    let before = tx.record::<Touch>(touch)?.ok_or_else(|| Error::not_found(keys::TOUCH_NOT_FOUND))?.record;
    own_evidence(tx, evidence)?;
    let together: BTreeSet<EvidenceId> = before.evidence.iter().copied().chain([evidence]).collect();
    tx.edit(own, touch, &before, &Touch { evidence: together, ..before.clone() })?;
    bind(tx, own, evidence, touch, before.customer)
}

/// Tells the evidence where it belongs. It belongs to one touch, for good.
fn bind(tx: &Tx<'_>, own: &Own, evidence: EvidenceId, touch: TouchId, customer: CustomerId) -> Result<()> {
    let before = own_evidence(tx, evidence)?;
    match before.touch {
        Some(other) if other != touch => Err(Error::invalid(keys::EVIDENCE_BELONGS_ELSEWHERE).with("evidence", evidence)),
        _ => tx.edit(own, evidence, &before, &Evidence { touch: Some(touch), customer: Some(customer), ..before.clone() }),
    }
}

/// The intent level of a touch is kept on the customer by whoever holds it.
fn keep_intent(tx: &Tx<'_>, own: &Own, customer: CustomerId, touch: &Touch) -> Result<()> {
    let Some(row) = tx.record::<Customer>(customer)? else { return Ok(()) };
    let before = row.record;
    if touch.intent.is_none() || touch.intent == before.intent || before.holder != Some(touch.author) {
        return Ok(());
    }
    tx.edit(own, customer, &before, &Customer { intent: touch.intent, ..before.clone() })
}

/// A colleague's id where the name is known and clear, else the name as it is (未在通讯录).
fn colleague(tx: &Tx<'_>, owner: String) -> Result<String> {
    let people = tx.people()?;
    if let Ok(id) = owner.parse::<PersonId>() {
        let known = people.iter().any(|row| row.id == id.into());
        return if known { Ok(owner) } else { Err(Error::not_found(keys::PERSON_NOT_FOUND)) };
    }
    let named: Vec<_> = people.iter().filter(|row| row.record.name == owner && !row.record.left).collect();
    match named.as_slice() {
        [] => Ok(owner),
        [one] => Ok(one.id.to_string()),
        _ => Err(Error::invalid(keys::TOUCH_TECH_OWNER_AMBIGUOUS)),
    }
}

/// A contact of the customer by name, entered if it is new (N1). The first one is whom forms name (H4).
pub(super) fn contact(
    tx: &Tx<'_>,
    own: &Own,
    customer: CustomerId,
    author: PersonId,
    name: String,
    role: Option<String>,
) -> Result<ContactId> {
    if let Some(known) = tx.contacts(customer)?.into_iter().find(|row| row.record.name == name) {
        // What somebody is to the deal turns out later, too; a colleague's contact is left as it is.
        if role.is_some() && role != known.record.role && tx.may_write(own, known.id, "role")? {
            tx.edit(own, known.id, &known.record, &Contact { role, ..known.record.clone() })?;
        }
        return Ok(known.id.into());
    }
    let id = ContactId::new(own.at);
    tx.create(own, id, &Contact { author, customer, name, position: None, role, phone: None, created_at: own.at })?;
    if let Some(Row { record: before, .. }) = tx.record::<Customer>(customer)?
        && before.contact.is_none()
        && (before.author == author || before.holder == Some(author))
    {
        tx.edit(own, customer, &before, &Customer { contact: Some(id), ..before.clone() })?;
    }
    Ok(id)
}

pub(super) fn contact_role(config: &Config, word: &str) -> Result<String> {
    let role = Config::find(&config.contact_roles, word);
    Ok(role.ok_or_else(|| Error::invalid(keys::CONTACT_UNKNOWN_ROLE).with("role", word))?.key.clone())
}

fn saved(ask: &Ask<'_>, id: TouchId) -> Result<TouchSaved> {
    let touch = ask.touch(id)?;
    let claims = touch.evidence.iter().filter_map(|evidence| ask.claim(evidence.id).transpose()).collect::<Result<_>>()?;
    let triggered = match ask.preview(id) {
        Err(error) if error.kind == ErrorKind::NotFound => Vec::new(),
        triggered => triggered?,
    };
    Ok(TouchSaved { touch, triggered, claims })
}

impl Ask<'_> {
    /// The half-made touch that was put aside, if there is one.
    pub fn unfinished(&self) -> Result<Option<TouchDraft>> {
        unfinished(self.tx)
    }
}

fn unfinished(tx: &Tx<'_>) -> Result<Option<TouchDraft>> {
    let text: Option<String> = tx.meta(UNFINISHED)?;
    // One of another version is of no use; its evidence is among what belongs to no touch.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Puts it aside; false if it was there like that already.
fn set_unfinished(tx: &Tx<'_>, draft: Option<&TouchDraft>) -> Result<bool> {
    if unfinished(tx)?.as_ref() == draft {
        return Ok(false);
    }
    match draft {
        Some(draft) => {
            let text = serde_json::to_string(draft).map_err(|error| Error::internal("draft.encode", error))?;
            tx.set_meta(UNFINISHED, text)?;
        }
        None => tx.remove_meta(UNFINISHED)?,
    }
    Ok(true)
}
