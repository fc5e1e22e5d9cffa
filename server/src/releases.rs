//! Versions of the configuration (T6): published by compare-and-set, never merged; a dry run comes before.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::id::PersonId;
use chuda_record::record::Readers;
use chuda_record::rules::Config;
use chuda_record::rules::dry_run::{self, DryRun};
use chuda_record::rules::firing::Moment;
use chuda_record::rules::flaw::Flawed;
use chuda_record::{Error, ErrorKind, Result};
use chuda_record::{Kind, Record as _, Release, Role, from_fields};
use chuda_words::keys;

use crate::audit::By;
use crate::facts;
use crate::ingest::Ingest;
use crate::reactions;
use crate::store::{Filter, Tx};

/// Longest note, in characters.
const MAX_NOTE: usize = 1_000;
/// Most records of each kind that a dry run looks at, newest first.
const MAX_PAST: usize = 5_000;
/// How far back it looks unless told otherwise, and at most, in days.
const PAST_DAYS: (u16, u16) = (90, 366);

/// Publishes a configuration that was made from version `parent`, and returns its number. Asked again after a lost answer it says
/// the same.
pub(crate) fn publish(
    tx: &Tx<'_>,
    person: PersonId,
    by: &By,
    parent: i64,
    content: &str,
    note: &str,
    now: DateTime<Utc>,
) -> Result<i64> {
    let mut ingest = reactions::begin(tx, now)?;
    let current = ingest.config();
    permitted(&ingest, &current, person)?;
    let note = note.trim();
    if note.is_empty() || note.chars().count() > MAX_NOTE {
        return Err(Error::invalid(keys::CONFIG_NOTE).with("most", MAX_NOTE));
    }
    let draft = Config { version: parent.saturating_add(1), ..parse(content)? };
    if draft == *current && published_by(tx, draft.version)? == Some(person) {
        return Ok(draft.version);
    }
    // The one who publishes must have seen what is in force.
    if parent != current.version {
        return Err(Error::invalid(STALE).with("current", current.version));
    }
    draft.check_after(&current).map_err(|flawed| Error::from(&flawed))?;
    // Who may publish, import and audit is not for a supervisor to widen, and nobody locks themselves out.
    let is_admin = ingest.people().get(&person).is_some_and(|person| person.roles.contains(&Role::Admin));
    if draft.permissions != current.permissions && !is_admin {
        return Err(Error::new(ErrorKind::NotAllowed, keys::CONFIG_PERMISSIONS));
    }
    permitted(&ingest, &draft, person)?;
    if draft == (Config { version: draft.version, ..(*current).clone() }) {
        return Err(Error::invalid(keys::CONFIG_UNCHANGED));
    }
    let release = Release {
        version: draft.version,
        content: draft.to_json(),
        min_app: draft.min_app.clone(),
        published_by: person,
        at: now,
        note: note.to_owned(),
    };
    let fields = release.to_new_fields().map_err(|error| Error::internal("config.encode", error))?;
    ingest.write_by(by, Release::id_of(release.version), &fields)?;
    ingest.finish()?;
    tracing::info!(version = release.version, %person, "configuration published");
    Ok(release.version)
}

/// The key of the refusal when another version is in force than the one a draft was made from.
pub(crate) const STALE: &str = keys::CONFIG_STALE;

/// Checks a draft, also against the version in force.
pub(crate) fn check(tx: &Tx<'_>, content: &str) -> Result<Result<(), Flawed>> {
    let current = tx.config()?;
    Ok(Config::parse(content).and_then(|draft| draft.check_after(&current)))
}

/// What a draft would have done with the records of the last days. What it lists, the person may read.
pub(crate) fn try_out(tx: &Tx<'_>, person: PersonId, content: &str, days: Option<u16>, now: DateTime<Utc>) -> Result<DryRun> {
    let ingest = reactions::begin(tx, now)?;
    let current = ingest.config();
    permitted(&ingest, &current, person)?;
    let draft = Config { version: current.version + 1, ..parse(content)? };
    draft.check_after(&current).map_err(|flawed| Error::from(&flawed))?;
    let from = now - TimeDelta::days(days.unwrap_or(PAST_DAYS.0).clamp(1, PAST_DAYS.1).into());
    let kinds = Kind::ALL.iter().filter(|kind| kind.readers() != Readers::Team);
    let past = kinds.flat_map(|kind| {
        let filter = Filter { from: Some(from), limit: MAX_PAST, ..Filter::of(*kind) };
        match tx.documents(&filter) {
            Ok(documents) => documents.into_iter().map(|document| Ok((document.id, document.kind, document.fields))).collect(),
            Err(error) => vec![Err(error)],
        }
    });
    let people = ingest.people();
    let moment = Moment { config: &current, people: &people, now };
    let health = |config: &Config| facts::health(tx, config, now);
    dry_run::run(moment, &draft, past, tx, health, |record| tx.may_read(record, person))
}

/// Every published version, the newest first; the one that the product ships is not among them.
pub(crate) fn list(tx: &Tx<'_>, limit: usize) -> Result<Vec<Release>> {
    let documents = tx.documents(&Filter { limit, ..Filter::of(Kind::Release) })?;
    let mut releases: Vec<Release> = documents.iter().map(|document| unpack(&document.fields)).collect::<Result<_>>()?;
    releases.sort_by_key(|release| std::cmp::Reverse(release.version));
    Ok(releases)
}

/// One published version.
pub(crate) fn show(tx: &Tx<'_>, version: i64) -> Result<Option<Release>> {
    tx.document(Release::id_of(version))?.map(|document| unpack(&document.fields)).transpose()
}

fn published_by(tx: &Tx<'_>, version: i64) -> Result<Option<PersonId>> {
    Ok(show(tx, version)?.map(|release| release.published_by))
}

fn unpack(fields: &chuda_record::Fields) -> Result<Release> {
    from_fields(fields).map_err(|error| Error::internal("config.unreadable", error))
}

fn parse(content: &str) -> Result<Config> {
    Config::parse(content).map_err(|flawed| Error::from(&flawed))
}

fn permitted(ingest: &Ingest<'_>, config: &Config, person: PersonId) -> Result<()> {
    let may = |person: &chuda_record::Person| !person.left && !person.roles.is_disjoint(&config.permissions.publish);
    if ingest.people().get(&person).is_some_and(may) {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::NotAllowed, keys::CONFIG_NOT_ALLOWED))
    }
}
