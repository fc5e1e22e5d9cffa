//! Who did and who looked (N2, T5): each act is logged in the transaction that carries it out, in a chain that nothing leaves unseen.
//!
//! An auditor's export is a bundle of the entries with the changes they name, signed with the server's key; see [`chuda_evidence::audit`].

use std::path::Path;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chuda_evidence::Signer as _;
use chuda_evidence::SoftwareKey;
use chuda_evidence::audit::{self, About, Bundle, Checkpoint, Entry, Known};
use chuda_evidence::proof::Report;
use chuda_record::id::{DeviceId, Hash, PersonId, RecordId};
use chuda_record::time::{DEFAULT_ZONE, start_of_day};
use chuda_record::{Change, Kind, Role, Scalar};
use chuda_record::{Error, Result};
use chuda_words::keys;

use crate::store::{Store, Tx};

/// Longest text of an entry, in characters.
const MAX_TEXT: usize = 200;

/// Who acts, and with what.
#[derive(Clone, Debug)]
pub(crate) struct By {
    person: Option<PersonId>,
    via: String,
}

impl By {
    /// The server itself: what rules bring about.
    pub(crate) fn server() -> Self {
        Self { person: None, via: "server".into() }
    }

    /// Whoever sits at the server's terminal.
    pub(crate) fn admin() -> Self {
        Self { person: None, via: "admin".into() }
    }

    /// A person with a device.
    pub(crate) fn device(person: PersonId, device: DeviceId) -> Self {
        Self { person: Some(person), via: format!("device {device}") }
    }

    /// Whoever asks the API.
    pub(crate) fn caller(person: Option<PersonId>, via: &str) -> Self {
        Self { person, via: via.to_owned() }
    }
}

/// What is done. The words are stored and hashed: never change one, only add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// A record was made.
    Created,
    /// A record was changed.
    Changed,
    /// A version of the configuration came into force.
    Published,
    /// A to-do was done.
    TaskDone,
    /// Somebody joined the team.
    PersonAdded,
    /// Somebody reports to another person.
    LineChanged,
    /// Somebody left the team.
    PersonLeft,
    /// Somebody is back in the team.
    PersonReturned,
    /// Somebody does something else.
    RolesChanged,
    /// A change or a claim was not accepted.
    Refused,
    /// A rule was carried out.
    RuleCarriedOut,
    /// The server saw a signed claim.
    Witnessed,
    /// All bytes of a blob arrived and have their hash.
    Uploaded,
    /// Somebody looked at evidence.
    Viewed,
    /// A part of the log was exported.
    Exported,
    /// A device was enrolled.
    Enrolled,
    /// An enrolment code was given out.
    CodeIssued,
    /// Somebody agreed to something on a device.
    ConsentGiven,
    /// Somebody took that back.
    ConsentWithdrawn,
    /// The text of a record was taken out of everything that is kept.
    Erased,
    /// A device was locked out.
    Revoked,
    /// A token was made.
    TokenAdded,
    /// A token was ended.
    TokenRevoked,
    /// Another system is told of events from now on.
    WebhookAdded,
    /// It is no longer.
    WebhookRemoved,
    /// The database was copied.
    BackedUp,
    /// The database was replaced by a copy.
    Restored,
    /// The server signs with this key from now on.
    KeyMade,
}

impl Verb {
    /// The word that is stored.
    fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Published => "published",
            Self::TaskDone => "task_done",
            Self::PersonAdded => "person_added",
            Self::LineChanged => "line_changed",
            Self::PersonLeft => "person_left",
            Self::PersonReturned => "person_returned",
            Self::RolesChanged => "roles_changed",
            Self::Refused => "refused",
            Self::RuleCarriedOut => "rule_carried_out",
            Self::Witnessed => "witnessed",
            Self::Uploaded => "uploaded",
            Self::Viewed => "viewed",
            Self::Exported => "exported",
            Self::Enrolled => "enrolled",
            Self::CodeIssued => "code_issued",
            Self::ConsentGiven => "consent_given",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::Erased => "erased",
            Self::Revoked => "revoked",
            Self::TokenAdded => "token_added",
            Self::TokenRevoked => "token_revoked",
            Self::WebhookAdded => "webhook_added",
            Self::WebhookRemoved => "webhook_removed",
            Self::BackedUp => "backed_up",
            Self::Restored => "restored",
            Self::KeyMade => "key_made",
        }
    }
}

/// One act, to be logged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act<'a> {
    verb: Verb,
    record: Option<RecordId>,
    kind: Option<&'a str>,
    about: Option<About>,
    detail: Option<&'a str>,
}

impl<'a> Act<'a> {
    pub(crate) fn new(verb: Verb) -> Self {
        Self { verb, record: None, kind: None, about: None, detail: None }
    }

    /// The record it is done to.
    pub(crate) fn on(self, record: impl Into<RecordId>, kind: Kind) -> Self {
        Self { record: Some(record.into()), kind: Some(kind.as_str()), ..self }
    }

    /// The bytes it is about.
    pub(crate) fn about(self, about: About) -> Self {
        Self { about: Some(about), ..self }
    }

    /// A stable word or an id more; never a name or a text.
    pub(crate) fn saying(self, detail: &'a str) -> Self {
        Self { detail: Some(detail), ..self }
    }
}

/// Logs an act, in the transaction in which it happens.
pub(crate) fn log(tx: &Tx<'_>, now: DateTime<Utc>, by: &By, act: Act<'_>) -> Result<()> {
    let bounded = |text: &str| text.chars().take(MAX_TEXT).collect::<String>();
    tx.append(Entry {
        n: 0,
        at: now.timestamp_millis(),
        person: by.person,
        via: bounded(&by.via),
        verb: act.verb.as_str().into(),
        record: act.record,
        kind: act.kind.map(str::to_owned),
        about: act.about,
        detail: act.detail.map(bounded),
        previous: None,
    })
}

/// Logs the accepted changes of a record.
pub(crate) fn log_changes(
    tx: &Tx<'_>,
    now: DateTime<Utc>,
    by: &By,
    (document, kind): (RecordId, Kind),
    is_new: bool,
    changes: &[Change],
) -> Result<()> {
    for (at, change) in changes.iter().enumerate() {
        let creates = is_new && at == 0;
        let verb = match kind {
            Kind::Person if creates => Verb::PersonAdded,
            Kind::Release if creates => Verb::Published,
            _ if creates => Verb::Created,
            Kind::Person if change.writes.get("left") == Some(&Scalar::Bool(true)) => Verb::PersonLeft,
            Kind::Person if change.writes.contains_key("left") => Verb::PersonReturned,
            Kind::Person if change.writes.contains_key("reports_to") => Verb::LineChanged,
            Kind::Person if change.writes.keys().any(|key| key.starts_with("roles/")) => Verb::RolesChanged,
            Kind::Task if change.writes.contains_key("done_at") => Verb::TaskDone,
            _ => Verb::Changed,
        };
        log(tx, now, by, Act::new(verb).on(document, kind).about(About::Change(change.hash)))?;
    }
    Ok(())
}

/// Logs that a change of a record was refused, once, however often the device sends it.
pub(crate) fn log_refusal(
    tx: &Tx<'_>,
    now: DateTime<Utc>,
    by: &By,
    (document, kind): (RecordId, Option<Kind>),
    change: Hash,
    reason: &str,
) -> Result<()> {
    if tx.is_refusal_logged(change, &by.via)? {
        return Ok(());
    }
    let act = Act { record: Some(document), kind: kind.map(Kind::as_str), ..Act::new(Verb::Refused) };
    log(tx, now, by, act.about(About::Change(change)).saying(reason))
}

/// Logs that a claim was refused, once.
pub(crate) fn log_refused_claim(tx: &Tx<'_>, now: DateTime<Utc>, by: &By, claim: Hash, reason: &str) -> Result<()> {
    if tx.is_refusal_logged(claim, &by.via)? {
        return Ok(());
    }
    log(tx, now, by, Act::new(Verb::Refused).about(About::Claim(claim)).saying(reason))
}

/// Whether somebody audits: reads everything and changes nothing.
pub(crate) fn is_auditor(tx: &Tx<'_>, person: PersonId) -> Result<bool> {
    Ok(tx.people()?.get(&person).is_some_and(|person| person.roles.contains(&Role::Auditor)))
}

/// Notes in the log which key signs from now on, if it is another one than before.
pub(crate) fn note_key(store: &Store, key: &SoftwareKey, now: DateTime<Utc>) -> Result<()> {
    let id = key.public_key().id();
    store.write(|tx| {
        if tx.audit_key()? == Some(id) {
            return Ok(());
        }
        log(tx, now, &By::server(), Act::new(Verb::KeyMade).about(About::Key(id)))
    })
}

/// What an export came to.
#[derive(Clone, Debug)]
pub struct AuditExport {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The bundle, checked as an auditor does.
    pub report: Report,
}

/// Writes the entries of some days, both included, as a bundle; the days are those of the default time zone.
pub(crate) fn export(
    store: &Store,
    key: &SoftwareKey,
    out: &Path,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<AuditExport> {
    let start = |day| start_of_day(day, DEFAULT_ZONE).timestamp_millis();
    let begin = from.map_or(i64::MIN, start);
    let end = to.map_or(i64::MAX, |day| start(day.checked_add_signed(TimeDelta::days(1)).unwrap_or(day)));
    let text = |day: Option<NaiveDate>| day.map_or("..".to_owned(), |day| day.to_string());
    let (first, last) = store.write(|tx| {
        let empty = || Error::not_found(keys::AUDIT_EMPTY);
        tx.audit_span(begin, end)?.ok_or_else(empty)?;
        log(tx, now, &By::admin(), Act::new(Verb::Exported).saying(&format!("{}/{}", text(from), text(to))))?;
        // With an open end the export itself is among its entries.
        tx.audit_span(begin, end)?.ok_or_else(empty)
    })?;
    let mut bundle = Bundle::begin(out)?;
    let (head, people) = store.read(|tx| {
        tx.audit_walk(first, last, |entry, hash| {
            let change = match (entry.about, entry.record) {
                (Some(About::Change(change)), Some(record)) => tx.raw_change(record, change)?,
                _ => None,
            };
            bundle.add(entry, hash, change.as_deref())
        })?;
        let people = tx.people()?;
        let known = people.iter().map(|(id, person)| Known {
            id: *id,
            name: person.name.clone(),
            roles: person.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        });
        Ok((tx.audit_head()?.ok_or_else(|| Error::not_found(keys::AUDIT_EMPTY))?, known.collect::<Vec<_>>()))
    })?;
    let checkpoint = bundle.finish(&people, head, now.timestamp_millis(), key)?;
    Ok(AuditExport { checkpoint, report: audit::verify(out)? })
}
