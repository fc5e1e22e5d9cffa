//! What outside systems saw (M1), as they hand it in: each event once.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Error, Event, Origin, Record as _, Result};

use crate::audit::By;
use crate::ingest::Ingest;

/// How far an outside system's clock may run ahead.
const AHEAD: TimeDelta = TimeDelta::hours(24);
/// Longest name of a system, and longest id in one.
pub(crate) const MAX_WORD: usize = 256;

/// An event as it comes in.
pub(crate) struct Incoming<'a> {
    pub(crate) system: &'a str,
    pub(crate) external_id: &'a str,
    pub(crate) event: &'a str,
    /// Id, outside id or name.
    pub(crate) customer: &'a str,
    /// Whose action it was, by id or name.
    pub(crate) person: Option<&'a str>,
    pub(crate) thread: Option<&'a str>,
    pub(crate) at: DateTime<Utc>,
}

/// What became of it.
pub(crate) enum Taken {
    /// It is a new one.
    New(RecordId),
    /// It was there before: nothing is changed.
    Known(RecordId),
    /// The field that is wrong.
    Refused(&'static str),
}

/// Takes in one event. Its id follows from system and outside id, so that the same one sent twice is one.
pub(crate) fn take(ingest: &mut Ingest<'_>, by: &By, incoming: &Incoming<'_>) -> Result<Taken> {
    let Incoming { system, external_id, event, customer, person, thread, at } = *incoming;
    for (word, field) in [(system, "system"), (external_id, "external_id"), (thread.unwrap_or("-"), "thread")] {
        if word.trim().is_empty() || word.chars().count() > MAX_WORD {
            return Ok(Taken::Refused(field));
        }
    }
    let config = ingest.config();
    let Some(option) = config.events.iter().find(|option| option.key == event && !option.retired) else {
        return Ok(Taken::Refused("event"));
    };
    if at > ingest.now() + AHEAD {
        return Ok(Taken::Refused("at"));
    }
    let id = Event::id_of(system, external_id);
    if ingest.has_made(id)? {
        return Ok(Taken::Known(id));
    }
    let Some(customer) = ingest.tx().customer_meant(customer)? else { return Ok(Taken::Refused("customer")) };
    let author = match person.map(|word| person_meant(ingest, word)) {
        Some(None) => return Ok(Taken::Refused("person")),
        Some(found) => found,
        None => None,
    };
    let origin = Origin { source: None, rule: None, config: Some(config.version), because: None, created_at: ingest.now() };
    let event = Event {
        author,
        event: event.to_owned(),
        customer,
        touch: None,
        at,
        system: system.to_owned(),
        external_id: external_id.to_owned(),
        thread: thread.map(str::to_owned),
        feedback: option.feedback,
        origin,
    };
    let fields = event.to_new_fields().map_err(|error| Error::internal("event.encode", error))?;
    ingest.write_by(by, id, &fields)?;
    Ok(Taken::New(id))
}

fn person_meant(ingest: &Ingest<'_>, word: &str) -> Option<PersonId> {
    let people = ingest.people();
    let mut meant = people.iter().filter(|(id, person)| person.name == word.trim() || id.to_string() == word.trim());
    match (meant.next(), meant.next()) {
        (Some((id, _)), None) => Some(*id),
        _ => None,
    }
}
