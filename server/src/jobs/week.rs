//! The week that has ended: weekly rules look at each rep's figures (G3), again and again.

use chrono::{DateTime, Utc};
use chuda_record::rules::firing::Occasion;
use chuda_record::rules::metrics::{Facts, Scope, Watch, Week};
use chuda_record::rules::rule::Trigger;
use chuda_record::{Kind as RecordKind, Result, Role};

use super::job::{Kind, Outcome, settle};
use crate::app::App;
use crate::reactions;
use crate::store::{Taken, Tx};

pub(super) const KIND: Kind = Kind { name: "week", always: true, work: |app, taken| Box::pin(week(app, taken)) };
/// Most weeks that are caught up with after the server was down; of a longer time these are the last.
const MOST_MISSED: i64 = 12;

async fn week(app: App, taken: Taken) -> Result<()> {
    settle(&app, &taken, |tx, now| look(tx, now).map(Outcome::Again)).await
}

/// Carries out the weekly rules for every week that has ended since the last time, and says when the next one ends.
fn look(tx: &Tx<'_>, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let zone = tx.config()?.calendar.zone;
    let running = Week::of(now, zone);
    let ended = running.plus(-1);
    // Whoever looks for the first time has missed nothing.
    let mut week = tx.last_week()?.map_or(ended, |last| last.plus(1)).max(ended.plus(1 - MOST_MISSED));
    while week <= ended {
        carry_out(tx, week, now)?;
        tx.set_last_week(week)?;
        week = week.plus(1);
    }
    Ok(running.plus(1).span(zone).from)
}

fn carry_out(tx: &Tx<'_>, week: Week, now: DateTime<Utc>) -> Result<()> {
    let mut ingest = reactions::begin(tx, now)?;
    let (config, people) = (ingest.config(), ingest.people());
    for rule in config.weekly() {
        let Trigger::Week(trigger) = &rule.trigger else { continue };
        let watch = Watch::of(&config, trigger);
        let of_people = Facts::of_watch(tx, &config, &watch, week)?.by_person();
        for (person, facts) in &of_people {
            if !people.get(person).is_some_and(|person| !person.left && person.roles.contains(&Role::Rep)) {
                continue;
            }
            let row = watch.row(facts, &Scope::person(*person), week);
            if !watch.calls_for_help(row.len()) {
                continue;
            }
            let Some(document) = tx.document((*person).into())?.filter(|document| document.kind == RecordKind::Person) else {
                continue;
            };
            let occasion = Occasion { name: week.to_string(), because: watch.spell(&row) };
            reactions::carry_out_on(&mut ingest, &config, rule, &document, occasion)?;
        }
    }
    ingest.finish()
}
