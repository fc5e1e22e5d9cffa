//! Figures as the server sees them: health of every customer (T3), weeks of a team (G1, G3, D1, D2). All from the same functions as on
//! a phone, with facts from the server's store.

use chrono::{DateTime, Utc};
use chuda_record::Result;
use chuda_record::Stage;
use chuda_record::id::{CustomerId, PersonId};
use chuda_record::rules::health::Facts;
use chuda_record::rules::metrics::{self, Figures, Team, Week};
use chuda_record::rules::{Config, Health, stage};
use chuda_record::time::start_of_day;

use crate::store::{HealthRow, Tx};

/// A customer with its health.
pub(crate) struct Scored {
    pub(crate) customer: CustomerId,
    pub(crate) holder: PersonId,
    pub(crate) health: Health,
    pub(crate) last_touch: Option<DateTime<Utc>>,
}

/// What the health formula needs, of every customer that somebody has (T3).
pub(crate) fn health(tx: &Tx<'_>, config: &Config, now: DateTime<Utc>) -> Result<Vec<(CustomerId, Facts)>> {
    let rows = health_rows(tx, config, None, now)?;
    Ok(rows.iter().map(|row| (row.customer, facts_of(row, config))).collect())
}

/// The customers that somebody has, of those that a person may read or of all; reddest first.
pub(crate) fn scored(tx: &Tx<'_>, config: &Config, reader: Option<PersonId>, now: DateTime<Utc>) -> Result<Vec<Scored>> {
    let rows = health_rows(tx, config, reader, now)?;
    let score = |row: HealthRow| Scored {
        customer: row.customer,
        holder: row.holder,
        health: config.health.score(facts_of(&row, config), now),
        last_touch: row.last_touch,
    };
    let mut scored: Vec<Scored> = rows.into_iter().map(score).collect();
    scored.sort_by_key(|one| (one.health.score, one.customer));
    Ok(scored)
}

/// Where a customer stands and since when (H1): as its lead says, or further on by its touches.
pub(crate) fn standing(tx: &Tx<'_>, config: &Config, customer: CustomerId) -> Result<(Stage, Option<DateTime<Utc>>)> {
    let lead = tx.lead_of(customer)?;
    let steps = tx.steps(customer, lead.as_ref().and_then(|lead| lead.corrected_at))?;
    let stage = stage::current(config, lead.as_ref(), &steps);
    Ok((stage, lead.map(|lead| lead.held_at.unwrap_or(lead.moved_at))))
}

/// The figures of a team in a week.
pub(crate) fn figures(tx: &Tx<'_>, config: &Config, team: &Team, week: Week, now: DateTime<Utc>) -> Result<Figures> {
    let facts = metrics::Facts::of_week(tx, config, week, now)?;
    Ok(Figures::of(config, &facts, team, week, now))
}

fn health_rows(tx: &Tx<'_>, config: &Config, reader: Option<PersonId>, now: DateTime<Utc>) -> Result<Vec<HealthRow>> {
    tx.health(reader, config.health.window_start(now), now, config.health.pause_until_next_date)
}

fn facts_of(row: &HealthRow, config: &Config) -> Facts {
    Facts {
        touches: row.touches,
        evidence: row.evidence,
        last_contact: row.last_touch.unwrap_or(row.claimed_at),
        asked_for: row.next_date.map(|date| start_of_day(date, config.calendar.zone)),
    }
}
