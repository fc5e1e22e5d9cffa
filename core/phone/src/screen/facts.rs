//! What screens say of a record, name by name, and of where it is.

use chrono::NaiveDate;

use super::Format;
use crate::query::view::{CustomerView, EvidenceView, FactView, ItemState, SyncSummary, TaskView, TouchView, Word};
use chuda_record::rules::metrics::Outcome;
use chuda_words::find;

/// A name and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Fact {
    /// The name.
    pub label: String,
    /// What it says.
    pub value: String,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Format {
    /// What a touch says beyond customer, way and action.
    pub fn touch_facts(&self, touch: &TouchView) -> Vec<Fact> {
        let day = touch.next_date.map(|day| self.day(day, None));
        let time = touch.next_time.map(|time| time.format("%H:%M").to_string());
        let owner = touch.tech_owner.as_ref().map(|owner| {
            let unknown = touch.tech_owner_unknown.then(|| self.lang.text("touch.owner_unknown").to_owned());
            with_note(owner, unknown)
        });
        let opened = touch.opened.map(|opened| match opened {
            Outcome::Met => "touch.opened_in_time",
            Outcome::Open => "touch.opened_not_yet",
            Outcome::Missed => "touch.opened_late",
        });
        let mut facts = self.facts([
            ("slot.brief", touch.brief.as_ref().map(|brief| self.word(brief))),
            ("slot.next", joined(" ", [day, time, touch.next_action.clone()])),
            ("slot.amount", touch.amount.map(|amount| self.amount(amount))),
            ("slot.tech_owner", owner),
            ("slot.response_by", touch.response_by.map(|day| self.day(day, None))),
            ("slot.intent", touch.intent.map(|intent| intent.as_str().to_owned())),
            (
                "field.contact",
                touch.contact.as_ref().map(|name| with_note(name, touch.contact_role.as_ref().map(|role| self.word(role)))),
            ),
            ("touch.opened", opened.map(|key| self.lang.text(key).to_owned())),
            ("field.note", touch.note.clone()),
        ]);
        facts.extend(touch.extra.iter().map(|one| Fact { label: self.word(&one.field), value: one.value.clone() }));
        facts
    }

    /// How a customer stands, and who is there.
    pub fn customer_facts(&self, customer: &CustomerView) -> Vec<Fact> {
        let holder = customer.holder.as_ref().map(|holder| holder.name.as_str()).filter(|name| !name.is_empty());
        let since = self.day(self.day_of(customer.since), None);
        let held = [("name", &holder.unwrap_or(self.lang.text("customer.nobody")) as _), ("day", &since as _)];
        let contact = customer.contacts.first().and_then(|contact| {
            let name = joined(" · ", [Some(contact.name.clone()), contact.role.as_ref().map(|role| self.word(role))]);
            joined("\n", [name, contact.phone.clone()])
        });
        self.facts([
            ("customer.stage", Some(self.stage(customer.stage))),
            ("customer.holder", Some(self.lang.say("customer.since", &held))),
            ("slot.intent", customer.intent.map(|intent| intent.as_str().to_owned())),
            ("field.contact", contact),
            ("customer.address", customer.address.clone()),
        ])
    }

    /// Where a piece of evidence comes from.
    pub fn evidence_facts(&self, evidence: &EvidenceView) -> Vec<Fact> {
        let consent = evidence.consent.as_ref().map(|consent| if consent == "told" { "consent.told" } else { "consent.own_voice" });
        let hash = evidence.sha256.to_string();
        let parts: Vec<_> = hash.as_bytes().chunks(8).map(String::from_utf8_lossy).collect();
        let mut facts = self.facts([
            ("evidence.captured", Some(self.moment(evidence.captured_at, None))),
            ("evidence.source", Some(self.named("source", &evidence.source))),
            ("evidence.consent", consent.map(|key| self.lang.text(key).to_owned())),
            ("evidence.size", Some(self.bytes(evidence.size))),
        ]);
        facts.push(Fact { label: "SHA-256".into(), value: parts.join(" ") });
        facts
    }

    /// Whom a task is about and until when it is to be done; nothing when it says neither.
    pub fn task_about(&self, task: &TaskView, today: Option<NaiveDate>) -> Option<String> {
        let due = task.due.map(|due| self.lang.say("tasks.due", &[("day", &self.moment(due, today))]));
        joined(" · ", [task.customer_name.clone(), due])
    }

    /// What of its record matters for a task.
    pub fn task_facts(&self, task: &TaskView) -> Vec<Fact> {
        let fact = |one: &FactView| Fact { label: self.named("field", &one.field), value: self.word(&one.value) };
        task.about.iter().map(fact).collect()
    }

    /// Where an item is on its way, with the reason when it was refused.
    pub fn state(&self, state: &ItemState) -> String {
        let text = self.named("state", state.as_str());
        match state {
            ItemState::Uploading { percent } => format!("{text} {percent} %"),
            ItemState::Failed { reason } => {
                let known = find(&format!("rejection.{reason}")).map(|word| word.text(self.lang));
                self.lang.say("sync.failed_because", &[("reason", &known.unwrap_or(reason))])
            }
            _ => text,
        }
    }

    /// When the server was last asked.
    pub fn last_sync(&self, sync: &SyncSummary) -> String {
        match sync.last_sync {
            _ if !sync.enrolled => self.lang.text("sync.no_team").into(),
            Some(at) => self.lang.say("sync.last", &[("time", &self.moment(at, None))]),
            None => self.lang.text("sync.never").into(),
        }
    }
}

impl Format {
    fn word(&self, word: &Word) -> String {
        self.lang.choose(&word.zh, &word.en).to_owned()
    }

    fn facts<const N: usize>(&self, known: [(&str, Option<String>); N]) -> Vec<Fact> {
        let said = known.into_iter().filter_map(|(key, value)| Some((key, value?)));
        said.map(|(key, value)| Fact { label: self.lang.text(key).to_owned(), value }).collect()
    }
}

fn with_note(name: &str, note: Option<String>) -> String {
    note.map_or_else(|| name.to_owned(), |note| format!("{name}（{note}）"))
}

/// What there is of it, joined; nothing when there is nothing.
fn joined<const N: usize>(between: &str, parts: [Option<String>; N]) -> Option<String> {
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(between)).filter(|text| !text.is_empty())
}
