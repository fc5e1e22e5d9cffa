//! Versions of the configuration (T6): published by compare-and-set, never merged; a dry run comes before.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_core::id::PersonId;
use chuda_core::record::{Kind, Record as _, Release};
use chuda_core::rules::Config;
use chuda_core::rules::config::MAX_BYTES;
use chuda_core::rules::dry_run::{self, DryRun};
use chuda_core::rules::firing::Moment;
use chuda_core::rules::flaw::Flawed;
use chuda_core::{Error, ErrorKind, Result};

use crate::audit::By;
use crate::facts;
use crate::ingest::Ingest;
use crate::stores::Tx;
use crate::stores::sqlite::Filter;

/// Longest note, in characters.
const MAX_NOTE: usize = 1_000;
/// Most records of each kind that a dry run looks at, newest first.
const MAX_PAST: usize = 5_000;
/// How far back it looks unless told otherwise, in days.
const PAST_DAYS: i64 = 90;

/// Publishes a configuration that was made from version `parent`, and returns its number.
pub(crate) fn publish(
    tx: &Tx<'_>,
    person: PersonId,
    by: &By,
    parent: i64,
    content: &str,
    note: &str,
    now: DateTime<Utc>,
) -> Result<i64> {
    let mut ingest = Ingest::open(tx, now)?;
    let current = ingest.config();
    permitted(&ingest, &current, person)?;
    let note = note.trim();
    if note.is_empty() || note.chars().count() > MAX_NOTE {
        return Err(Error::invalid("config.note"));
    }
    let draft = parse(content, parent + 1)?;
    draft.check_after(&current).map_err(|flawed| flaw(&flawed))?;
    // The one who publishes must have seen what is in force.
    if parent != current.version {
        return Err(Error::invalid("config.stale").with("current", current.version));
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

/// What a draft would have done with the records of the last days.
pub(crate) fn try_out(tx: &Tx<'_>, person: PersonId, content: &str, days: Option<i64>, now: DateTime<Utc>) -> Result<DryRun> {
    let ingest = Ingest::open(tx, now)?;
    let current = ingest.config();
    permitted(&ingest, &current, person)?;
    let draft = parse(content, current.version + 1)?;
    draft.check_after(&current).map_err(|flawed| flaw(&flawed))?;
    let from = now - TimeDelta::days(days.unwrap_or(PAST_DAYS).clamp(1, 366));
    let mut past = Vec::new();
    for kind in Kind::ALL.iter().copied().filter(|kind| !matches!(kind, Kind::Person | Kind::Config)) {
        let filter = Filter { from: Some(from), limit: MAX_PAST, ..Filter::of(kind) };
        past.extend(tx.documents(&filter)?.into_iter().map(|document| (document.id, document.kind, document.fields)));
    }
    let people = ingest.people();
    let moment = Moment { config: &current, people: &people, now };
    dry_run::run(moment, &draft, &past, tx, |config| facts::health(tx, config, now))
}

/// A draft with every check; the number is the chain's to give.
fn parse(content: &str, version: i64) -> Result<Config> {
    if content.len() > MAX_BYTES {
        return Err(Error::invalid("config.too_large").with("most", MAX_BYTES));
    }
    let mut draft = Config::parse(content).map_err(|flawed| flaw(&flawed))?;
    draft.version = version;
    Ok(draft)
}

fn permitted(ingest: &Ingest<'_>, config: &Config, person: PersonId) -> Result<()> {
    let may = ingest.people().get(&person).is_some_and(|person| !person.roles.is_disjoint(&config.permissions.publish));
    if may { Ok(()) } else { Err(Error::new(ErrorKind::NotAllowed, "config.not_allowed")) }
}

/// A flaw in the editor's terms: where and what; a configuration holds no personal data.
fn flaw(flawed: &Flawed) -> Error {
    Error::invalid("config.flawed").with("place", &flawed.place).with("flaw", &flawed.flaw)
}
