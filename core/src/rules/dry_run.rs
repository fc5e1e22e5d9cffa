//! A dry run: what a draft of the configuration would have done with past records, and how that differs from the one in force (T6).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::firing::{self, Moment};
use super::health::Facts;
use super::world::{Subject, World};
use super::{Config, Firing};
use crate::error::Result;
use crate::id::{CustomerId, RecordId};
use crate::record::{Fields, Kind, Scalar};

/// Most firings that are listed one by one; the counts have all.
const MAX_LISTED: usize = 200;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// How many records were looked at.
    pub records: usize,
    /// Per rule: how often it fires now, and how often it would.
    pub rules: BTreeMap<String, Count>,
    /// Firings that would be new.
    pub added: Vec<Would>,
    /// Firings that would no longer be.
    pub removed: Vec<Would>,
    /// Customers that turn red or are no longer, when the formula differs.
    pub health: Vec<HealthChange>,
    /// Touches that the draft's form or rules would refuse, with the field they lack.
    pub refused: Vec<Refused>,
    /// More than what is listed.
    pub more: bool,
}

/// How often a rule fires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// By the configuration in force.
    pub now: usize,
    /// By the draft.
    pub then: usize,
}

/// A rule that would fire for a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Would {
    /// The rule.
    pub rule: String,
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What it does.
    pub effects: Vec<String>,
    /// For whom: ids of people and words of roles.
    pub whom: Vec<String>,
    /// What held.
    pub because: String,
}

/// A customer whose health changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthChange {
    /// Which.
    pub customer: CustomerId,
    /// The sum by the formula in force.
    pub now: String,
    /// The sum by the draft's.
    pub then: String,
    /// Whether it would be red.
    pub red: bool,
}

/// A touch that would not have been accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which.
    pub touch: RecordId,
    /// The field it lacks.
    pub field: String,
}

/// Past records, newest first, each as it is now.
pub type Past = [(RecordId, Kind, Fields)];

/// Looks at past records with both configurations. Nothing is written.
pub fn run(
    now: Moment<'_>,
    draft: &Config,
    past: &Past,
    world: &dyn World,
    health: impl Fn(&Config) -> Result<Vec<(CustomerId, Facts)>>,
) -> Result<DryRun> {
    let then = Moment { config: draft, ..now };
    let mut result = DryRun { records: past.len(), ..DryRun::default() };
    let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
    for (id, kind, fields) in past {
        let subject = Subject { id: *id, kind: *kind, fields, world };
        let before = firings(now, &subject)?;
        let after = firings(then, &subject)?;
        for firing in &before {
            result.rules.entry(firing.rule.clone()).or_default().now += 1;
        }
        for firing in &after {
            result.rules.entry(firing.rule.clone()).or_default().then += 1;
        }
        let would = |list: &[Firing]| list.iter().map(|firing| would(firing, *kind)).collect::<BTreeSet<_>>();
        // What differs only in the values of the moment of carrying out is the same.
        let (before, after) = (would(&before), would(&after));
        added.extend(after.difference(&before).cloned());
        removed.extend(before.difference(&after).cloned());
        if *kind == Kind::Touch
            && let Some(field) = firing::missing(draft, &subject)?.into_iter().next()
            && firing::missing(now.config, &subject)?.is_empty()
        {
            result.refused.push(Refused { touch: *id, field });
        }
    }
    if now.config.health != draft.health {
        result.health = changed_health(now, then, &health(now.config)?, &health(draft)?);
    }
    result.more = added.len().max(removed.len()).max(result.health.len()).max(result.refused.len()) > MAX_LISTED;
    result.added = added.into_iter().take(MAX_LISTED).collect();
    result.removed = removed.into_iter().take(MAX_LISTED).collect();
    result.health.truncate(MAX_LISTED);
    result.refused.truncate(MAX_LISTED);
    Ok(result)
}

/// The instant rules that fire for a record as it is, and the timed ones whose time has come.
fn firings(moment: Moment<'_>, subject: &Subject<'_>) -> Result<Vec<Firing>> {
    let mut firings = firing::fire(moment, subject)?;
    for (rule, due) in firing::due(moment.config, subject, moment.now)? {
        if due <= moment.now {
            firings.extend(firing::fire_rule(moment, rule, subject)?);
        }
    }
    firings.retain(|firing| !firing.effects.is_empty());
    Ok(firings)
}

fn would(firing: &Firing, kind: Kind) -> Would {
    let text = |fields: &Fields, field: &str| fields.get(field).and_then(Scalar::as_text).map(str::to_owned);
    let named = firing.writes.iter().filter(|write| write.new).flat_map(|write| {
        let attendees = write.fields.keys().filter_map(|key| key.strip_prefix("attendees/").map(str::to_owned));
        ["assignee", "role"].into_iter().filter_map(|field| text(&write.fields, field)).chain(attendees).collect::<Vec<_>>()
    });
    let whom: BTreeSet<String> = named.collect();
    Would {
        rule: firing.rule.clone(),
        record: firing.record,
        kind,
        effects: firing.effects.clone(),
        whom: whom.into_iter().collect(),
        because: firing.because.clone(),
    }
}

fn changed_health(
    now: Moment<'_>,
    then: Moment<'_>,
    before: &[(CustomerId, Facts)],
    after: &[(CustomerId, Facts)],
) -> Vec<HealthChange> {
    let after: BTreeMap<CustomerId, Facts> = after.iter().copied().collect();
    let pairs = before.iter().filter_map(|(customer, facts)| Some((*customer, *facts, *after.get(customer)?)));
    pairs
        .filter_map(|(customer, before, after)| {
            let (before, after) = (now.config.health.score(before, now.now), then.config.health.score(after, then.now));
            (before.red != after.red).then_some(HealthChange { customer, now: before.sum, then: after.sum, red: after.red })
        })
        .collect()
}
