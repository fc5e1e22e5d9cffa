//! Back-checks (R1): every so many weeks some records of each supervisor's team are drawn and checked by machine, then the supervisor
//! looks. What is found goes to rules and options (R2).
//!
//! The seed is drawn here once the period is over, and kept in the record with what was drawn from, so that anyone can make the draw
//! again: see `chuda_core::rules::draw`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, TimeDelta, Utc};
use chuda_core::id::{BackCheckId, FindingId, PersonId, RecordId, TouchId};
use chuda_core::record::backcheck::{Answer, member, pack};
use chuda_core::record::{BackCheck, Finding, Kind, Origin, Record as _, Role, from_fields};
use chuda_core::rules::Config;
use chuda_core::rules::audience::{People, superiors};
use chuda_core::rules::draw::{self, Period};
use chuda_core::time::{day_of, start_of_day};
use chuda_core::{Error, Result};

use crate::ingest::Ingest;
use crate::jobs::{self, Job, Outcome};
use crate::machine::{self, Look};
use crate::stores::Tx;
use crate::stores::sqlite::Filter;

/// Where findings come from: the name of their rule, their kind, and part of their ids.
const FINDING: &str = "back_check";
/// Periods that are looked back on: one that nobody could draw, since the server was down, or the team had not synced, is not lost.
const PERIODS: u32 = 3;
/// Back-checks of one supervisor that are looked through for days that were looked at.
const MAX_BEFORE: usize = 100;
/// How often the machine looks again while a back-check is open: bytes arrive, questions are answered, tasks are done.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// For how long it does.
const FRESH: TimeDelta = TimeDelta::weeks(4);

/// Draws for every supervisor's team what is due, and says when to look again: every Monday, since the configuration may say so by then.
pub(crate) fn draw_due(tx: &Tx<'_>, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let mut ingest = Ingest::open(tx, now)?;
    let (config, people) = (ingest.config(), ingest.people());
    let zone = config.calendar.zone;
    let today = day_of(now, zone);
    let mut counted: BTreeMap<Period, Vec<(TouchId, PersonId)>> = BTreeMap::new();
    for (supervisor, team) in teams(&people) {
        let mut before = looked_at(tx, supervisor)?;
        for period in Period::ended(today, config.back_check.every_weeks, PERIODS) {
            let Some(period) = period.after(&before) else { continue };
            if let std::collections::btree_map::Entry::Vacant(entry) = counted.entry(period) {
                let (from, to) = period.instants(zone);
                entry.insert(tx.counted_touches(from, to)?);
            }
            let own = counted[&period].iter().filter(|(_, author)| team.contains(author));
            let candidates: BTreeSet<TouchId> = own.map(|(touch, _)| *touch).collect();
            if !candidates.is_empty() {
                draw_one(&mut ingest, &config, supervisor, period, &candidates)?;
                before.push(period);
            }
        }
    }
    ingest.finish()?;
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    Ok(start_of_day(monday + Days::new(7), zone))
}

/// Looks again with what the machine saw, and says whether to go on.
pub(crate) fn look_again(tx: &Tx<'_>, back_check: RecordId, look: &Look, now: DateTime<Utc>) -> Result<Outcome> {
    let mut ingest = Ingest::open(tx, now)?;
    machine::note(&mut ingest, back_check, look)?;
    ingest.finish()?;
    let open = machine::read(tx, back_check)?.filter(|record| record.closed_at.is_none());
    Ok(match open {
        Some(_) if look.more => Outcome::Again(now),
        Some(record) if now < record.origin.created_at + FRESH => Outcome::Again(now + AGAIN),
        _ => Outcome::Done,
    })
}

/// Makes findings of what a closed back-check answered with no or unclear: about a record and a question, not about a person.
pub(crate) fn close(ingest: &mut Ingest<'_>, back_check: RecordId) -> Result<()> {
    let tx = ingest.tx();
    let Some(record) = machine::read(tx, back_check)?.filter(|record| record.closed_at.is_some()) else { return Ok(()) };
    let config = ingest.config();
    for touch in record.in_order() {
        for question in record.asked() {
            let Some(answer) = record.answer(touch, question).filter(|answer| *answer != Answer::Yes) else { continue };
            let about = member(touch, question);
            let id = FindingId::derived(&format!("finding/{FINDING}/{back_check}/{about}"));
            if tx.document(id.into())?.is_some() {
                continue;
            }
            let shown = config.questions.iter().find(|choice| choice.key == question).map_or(question, |choice| &choice.zh);
            let finding = Finding {
                finding: FINDING.into(),
                // The supervisor, who can change rules and options; whose touch it was is nobody's concern here.
                author: Some(record.author),
                role: None,
                customer: None,
                other: Some(back_check),
                left: Some(shown.to_owned()),
                right: Some(record.notes.get(&about).cloned().unwrap_or_else(|| answer.as_str().to_owned())),
                resolution: None,
                reason: None,
                resolved_at: None,
                resolved_by: None,
                origin: Origin {
                    source: Some(touch.into()),
                    rule: Some(FINDING.into()),
                    config: record.origin.config,
                    because: Some(format!("{question} = {}", answer.as_str())),
                    created_at: ingest.now(),
                },
            };
            let fields = finding.to_new_fields().map_err(|error| Error::internal("finding.encode", error))?;
            ingest.write(id.into(), &fields)?;
        }
    }
    Ok(())
}

fn draw_one(
    ingest: &mut Ingest<'_>,
    config: &Config,
    supervisor: PersonId,
    period: Period,
    candidates: &BTreeSet<TouchId>,
) -> Result<()> {
    let id = RecordId::from(BackCheckId::of(supervisor, period.from));
    if ingest.tx().document(id)?.is_some() {
        return Ok(());
    }
    let seed = hex::encode(crate::random::<32>()?);
    let drawn = draw::draw(&seed, candidates, config.back_check.records as usize);
    let offered = config.questions.iter().filter(|question| !question.retired);
    let record = BackCheck {
        author: supervisor,
        from: period.from,
        to: period.to,
        seed,
        population: candidates.len() as i64,
        digest: draw::digest(candidates).to_string(),
        candidates: pack(candidates),
        drawn: drawn.into_iter().zip(1..).collect(),
        questions: offered.map(|question| question.key.clone()).zip(1..).collect(),
        machine: BTreeMap::new(),
        triggered: BTreeMap::new(),
        answers: BTreeMap::new(),
        notes: BTreeMap::new(),
        closed_at: None,
        conclusion: None,
        origin: Origin { source: None, rule: None, config: Some(config.version), because: None, created_at: ingest.now() },
    };
    let fields = record.to_new_fields().map_err(|error| Error::internal("back_check.encode", error))?;
    ingest.write(id, &fields)?;
    machine::note(ingest, id, &Look::default())?;
    jobs::schedule(ingest.tx(), &format!("look-into/{id}"), &Job::LookInto { back_check: id }, ingest.now())?;
    tracing::info!(back_check = %id, drawn = record.drawn.len(), population = record.population, "back-check drawn");
    Ok(())
}

/// Every supervisor with those below, directly or not.
fn teams(people: &People) -> BTreeMap<PersonId, BTreeSet<PersonId>> {
    let mut teams: BTreeMap<PersonId, BTreeSet<PersonId>> = BTreeMap::new();
    let leads = |id: &PersonId| people.get(id).is_some_and(|person| !person.left && person.roles.contains(&Role::Supervisor));
    for person in people.keys() {
        for superior in superiors(*person, people).into_iter().filter(leads) {
            teams.entry(superior).or_default().insert(*person);
        }
    }
    teams
}

/// The periods that were looked at for a supervisor before.
fn looked_at(tx: &Tx<'_>, supervisor: PersonId) -> Result<Vec<Period>> {
    let filter = Filter { author: Some(supervisor), limit: MAX_BEFORE, ..Filter::of(Kind::BackCheck) };
    let before = tx.documents(&filter)?.into_iter().map(|document| {
        let record: BackCheck = from_fields(&document.fields).map_err(|error| Error::internal("back_check.unreadable", error))?;
        Ok(Period { from: record.from, to: record.to })
    });
    before.collect()
}
