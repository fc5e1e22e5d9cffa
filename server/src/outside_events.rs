//! What outside systems saw (M1), as they hand it in: each event once.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::id::{PersonId, RecordId};
use chuda_record::{Error, Event, Origin, Record as _, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::By;
use crate::ingest::Ingest;

/// How far an outside system's clock may run ahead.
const AHEAD: TimeDelta = TimeDelta::hours(24);
/// Longest name of a system, and longest id in one.
pub(crate) const MAX_WORD: usize = 256;

/// An event as an outside system saw it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventIn {
    /// The system, such as `mail`.
    #[schema(min_length = 1, max_length = 256)]
    pub(crate) system: String,
    /// Its id there: the same one sent again is the same event.
    #[schema(min_length = 1, max_length = 256)]
    pub(crate) external_id: String,
    /// `mail_sent`, `mail_opened`, `attachment_opened`, `attachment_downloaded`, `mail_received`, `call`, or what the configuration adds.
    pub(crate) event: String,
    /// With whom: id, id in an outside system, or exact name.
    pub(crate) customer: String,
    /// Whose action it was, by id or name.
    #[serde(default)]
    pub(crate) person: Option<String>,
    /// What ties events together there, such as a message's id.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 256)]
    pub(crate) thread: Option<String>,
    /// When it happened.
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
pub(crate) fn take(ingest: &mut Ingest<'_>, by: &By, incoming: &EventIn) -> Result<Taken> {
    let EventIn { system, external_id, event, customer, person, thread, at } = incoming;
    for (word, field) in [(system.as_str(), "system"), (external_id, "external_id"), (thread.as_deref().unwrap_or("-"), "thread")] {
        if word.trim().is_empty() || word.chars().count() > MAX_WORD {
            return Ok(Taken::Refused(field));
        }
    }
    let config = ingest.config();
    let Some(option) = config.events.iter().find(|option| option.key == *event && !option.retired) else {
        return Ok(Taken::Refused("event"));
    };
    if *at > ingest.now() + AHEAD {
        return Ok(Taken::Refused("at"));
    }
    let id = Event::id_of(system, external_id);
    if ingest.has_made(id)? {
        return Ok(Taken::Known(id));
    }
    let Some(customer) = ingest.tx().customer_meant(customer)? else { return Ok(Taken::Refused("customer")) };
    let author = match person.as_deref().map(|word| person_meant(ingest, word)) {
        Some(None) => return Ok(Taken::Refused("person")),
        Some(found) => found,
        None => None,
    };
    let origin = Origin { source: None, rule: None, config: Some(config.version), because: None, created_at: ingest.now() };
    let event = Event {
        author,
        event: event.clone(),
        customer,
        touch: None,
        at: *at,
        system: system.clone(),
        external_id: external_id.clone(),
        thread: thread.clone(),
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
