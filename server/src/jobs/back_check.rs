//! Back-checks (R1): every so many weeks some records of each supervisor's team are drawn and checked by machine, then the supervisor
//! looks.
//!
//! The seed is drawn here once the period is over, and kept in the record with what was drawn from, so that anyone can make the draw
//! again: see `chuda_record::rules::draw`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, Utc};
use chuda_record::id::{BackCheckId, Hash, PersonId, RecordId, TouchId};
use chuda_record::kind::backcheck::pack;
use chuda_record::rules::Config;
use chuda_record::rules::audience::{People, superiors};
use chuda_record::rules::draw::{self, Period};
use chuda_record::time::{day_of, start_of_day};
use chuda_record::{BackCheck, Error, Kind as RecordKind, Origin, Record as _, Result, Role, from_fields};

use super::job::{Kind, Outcome, settle};
use super::look_into::{Look, LookInto, note};
use crate::app::App;
use crate::ingest::Ingest;
use crate::reactions;
use crate::store::{Filter, Taken, Tx};

pub(super) const KIND: Kind = Kind { name: "back-check", always: true, work: |app, taken| Box::pin(draw_all(app, taken)) };
/// Periods that are looked back on: one that nobody could draw, since the server was down, or the team had not synced, is not lost.
const PERIODS: u32 = 3;
/// Back-checks of one supervisor that are looked through for days that were looked at.
const MAX_BEFORE: usize = 100;

async fn draw_all(app: App, taken: Taken) -> Result<()> {
    let chance = app.draw_seed()?;
    settle(&app, &taken, move |tx, now| draw_due(tx, chance, now).map(Outcome::Again)).await
}

/// Draws for every supervisor's team what is due, and says when to look again: every Monday, since the configuration may say so by then.
/// All of it follows from `chance` and the candidates.
fn draw_due(tx: &Tx<'_>, chance: [u8; 32], now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let mut ingest = reactions::begin(tx, now)?;
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
                draw_one(&mut ingest, &config, chance, supervisor, period, &candidates)?;
                before.push(period);
            }
        }
    }
    ingest.finish()?;
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    Ok(start_of_day(monday + Days::new(7), zone))
}

fn draw_one(
    ingest: &mut Ingest<'_>,
    config: &Config,
    chance: [u8; 32],
    supervisor: PersonId,
    period: Period,
    candidates: &BTreeSet<TouchId>,
) -> Result<()> {
    let id = RecordId::from(BackCheckId::of(supervisor, period.from));
    if ingest.has_made(id)? {
        return Ok(());
    }
    // Each team has a seed of its own, which the record keeps.
    let seed = Hash::of(&[&chance, id.as_bytes().as_slice()].concat()).to_string();
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
    note(ingest, id, &Look::default())?;
    ingest.tx().schedule(&format!("look-into/{id}"), &LookInto { back_check: id }, ingest.now())?;
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
    let filter = Filter { author: Some(supervisor), limit: MAX_BEFORE, ..Filter::of(RecordKind::BackCheck) };
    let before = tx.documents(&filter)?.into_iter().map(|document| {
        let record: BackCheck = from_fields(&document.fields).map_err(|error| Error::internal("back_check.unreadable", error))?;
        Ok(Period { from: record.from, to: record.to })
    });
    before.collect()
}

#[cfg(test)]
mod tests {
    use chuda_kit::records;
    use chuda_record::id::{CustomerId, EvidenceId};
    use chuda_record::time::DEFAULT_ZONE;
    use chuda_record::{Person, Release};
    use tempfile::TempDir;

    use super::*;
    use crate::store::Store;

    /// A Monday on which a period of one, two or four weeks begins, in Shanghai.
    const MONDAY: &str = "2026-03-09T00:00:00+08:00";

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn person(name: &str) -> PersonId {
        PersonId::derived(name)
    }

    /// A director above two supervisors, each above a rep, and one whose team is empty.
    fn team() -> (TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("chuda.db")).unwrap();
        let people = [
            ("总监", Role::Director, None),
            ("韩梅", Role::Supervisor, Some("总监")),
            ("张敏", Role::Supervisor, Some("总监")),
            ("赵强", Role::Supervisor, None),
            ("李雷", Role::Rep, Some("韩梅")),
            ("王芳", Role::Rep, Some("张敏")),
        ];
        write(&store, |ingest| {
            for (name, role, above) in people {
                let record = Person {
                    name: name.into(),
                    roles: [role].into(),
                    reports_to: above.map(person),
                    zone: DEFAULT_ZONE,
                    left: false,
                };
                ingest.write(person(name).into(), &record.to_new_fields().unwrap()).unwrap();
            }
        });
        (folder, store)
    }

    fn write(store: &Store, write: impl FnOnce(&mut Ingest<'_>)) {
        let work = |tx: &Tx<'_>| {
            let mut ingest = reactions::begin(tx, at(MONDAY))?;
            write(&mut ingest);
            ingest.finish()
        };
        store.write(work).unwrap();
    }

    /// A touch with evidence, or a draft.
    fn touch(store: &Store, author: &str, when: &str, counts: bool) -> TouchId {
        let id = TouchId::new(at(when));
        let evidence = counts.then(|| EvidenceId::derived(&id.to_string()));
        let evidence: Vec<EvidenceId> = evidence.into_iter().collect();
        let record = records::touch(person(author), CustomerId::derived("杭州智联科技"), "demo", &evidence, at(when));
        write(store, |ingest| ingest.write(id.into(), &record.to_new_fields().unwrap()).unwrap());
        id
    }

    fn publish(store: &Store, version: i64, change: impl FnOnce(&mut Config)) {
        let mut config = Config { version, ..Config::builtin().clone() };
        change(&mut config);
        let release = Release {
            version,
            content: config.to_json(),
            min_app: config.min_app.clone(),
            published_by: person("韩梅"),
            at: at(MONDAY),
            note: "回查频率".into(),
        };
        write(store, |ingest| ingest.write(Release::id_of(version), &release.to_new_fields().unwrap()).unwrap());
    }

    fn draw(store: &Store, when: &str) -> DateTime<Utc> {
        store.write(|tx| draw_due(tx, [7; 32], at(when))).unwrap()
    }

    fn of(store: &Store, supervisor: &str) -> Vec<BackCheck> {
        let filter = Filter { author: Some(person(supervisor)), ..Filter::of(RecordKind::BackCheck) };
        let documents = store.read(|tx| tx.documents(&filter)).unwrap();
        let mut records: Vec<BackCheck> = documents.iter().map(|document| from_fields(&document.fields).unwrap()).collect();
        records.sort_by_key(|record| record.from);
        records
    }

    fn days(records: &[BackCheck]) -> Vec<(String, String)> {
        records.iter().map(|record| (record.from.to_string(), record.to.to_string())).collect()
    }

    #[test]
    fn touches_that_count_and_lie_in_the_period_are_drawn_from_the_own_team() {
        let (_folder, store) = team();
        let first = touch(&store, "李雷", "2026-03-09T00:00:00+08:00", true);
        let last = touch(&store, "李雷", "2026-03-22T23:59:59+08:00", true);
        touch(&store, "李雷", "2026-03-08T23:59:59+08:00", true);
        touch(&store, "李雷", "2026-03-23T00:00:00+08:00", true);
        touch(&store, "李雷", "2026-03-10T09:00:00+08:00", false);
        touch(&store, "韩梅", "2026-03-10T09:00:00+08:00", true);
        touch(&store, "总监", "2026-03-10T09:00:00+08:00", true);
        let other = touch(&store, "王芳", "2026-03-10T09:00:00+08:00", true);
        publish(&store, 2, |config| config.back_check.records = 3);
        assert_eq!(draw(&store, "2026-03-23T00:00:00+08:00"), at("2026-03-30T00:00:00+08:00"));
        let own = of(&store, "韩梅").pop().unwrap();
        assert_eq!(own.listed(), Some([first, last].into()), "and the one before the period is of the period before");
        assert_eq!((own.population, own.drawn.len()), (2, 2));
        assert_eq!(days(&of(&store, "韩梅")), [("2026-02-23", "2026-03-08"), ("2026-03-09", "2026-03-22")].map(owned));
        assert_eq!(of(&store, "张敏")[0].in_order(), [other]);
        assert!(of(&store, "赵强").is_empty() && of(&store, "总监").is_empty());
    }

    #[test]
    fn drawing_again_changes_nothing_and_the_seed_is_another_for_each() {
        let (_folder, store) = team();
        for _ in 0..12 {
            touch(&store, "李雷", "2026-03-10T09:00:00+08:00", true);
            touch(&store, "王芳", "2026-03-10T09:00:00+08:00", true);
        }
        draw(&store, "2026-03-23T00:00:00+08:00");
        let (one, two) = (of(&store, "韩梅"), of(&store, "张敏"));
        assert_eq!((one.len(), two.len()), (1, 1));
        assert_eq!((one[0].drawn.len(), one[0].population), (10, 12));
        assert_ne!(one[0].seed, two[0].seed);
        let again = draw::draw(&one[0].seed, &one[0].listed().unwrap(), 10);
        assert_eq!((again, one[0].digest.clone()), (one[0].in_order(), draw::digest(&one[0].listed().unwrap()).to_string()));
        for when in ["2026-03-23T00:00:00+08:00", "2026-03-30T00:00:00+08:00", "2026-04-06T00:00:00+08:00"] {
            draw(&store, when);
            assert_eq!((of(&store, "韩梅"), of(&store, "张敏")), (one.clone(), two.clone()));
        }
    }

    #[test]
    fn however_the_configuration_changes_no_day_is_looked_at_twice() {
        let (_folder, store) = team();
        for day in 9..=31 {
            touch(&store, "李雷", &format!("2026-03-{day:02}T09:00:00+08:00"), true);
        }
        publish(&store, 2, |config| config.back_check.every_weeks = 1);
        draw(&store, "2026-03-16T00:00:00+08:00");
        assert_eq!(days(&of(&store, "韩梅")), [("2026-03-09", "2026-03-15")].map(owned));
        // Two weeks again: the first of them has been looked at.
        publish(&store, 3, |config| {
            config.back_check.every_weeks = 2;
            config.back_check.records = 2;
        });
        draw(&store, "2026-03-23T00:00:00+08:00");
        let records = of(&store, "韩梅");
        assert_eq!(days(&records)[1..], [("2026-03-16", "2026-03-22")].map(owned));
        assert_eq!((records[1].drawn.len(), records[1].population, records[1].origin.config), (2, 7, Some(3)));
        draw(&store, "2026-04-06T00:00:00+08:00");
        assert_eq!(days(&of(&store, "韩梅"))[2..], [("2026-03-23", "2026-04-05")].map(owned));
        let all: Vec<TouchId> = of(&store, "韩梅").iter().flat_map(|record| record.listed().unwrap()).collect();
        assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (23, 23));
    }

    #[test]
    fn what_arrives_after_its_period_was_empty_is_still_looked_at() {
        let (_folder, store) = team();
        draw(&store, "2026-03-23T00:00:00+08:00");
        assert!(of(&store, "韩梅").is_empty());
        let late = touch(&store, "李雷", "2026-03-10T09:00:00+08:00", true);
        draw(&store, "2026-04-06T00:00:00+08:00");
        assert_eq!(of(&store, "韩梅")[0].in_order(), [late]);
    }

    fn owned((from, to): (&str, &str)) -> (String, String) {
        (from.into(), to.into())
    }
}
