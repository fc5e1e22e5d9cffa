//! A dry run: what a draft of the configuration would have done with past records, and how that differs from the one in force (T6).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::firing::{self, Moment, Write};
use super::health::Facts;
use super::world::{Subject, World};
use super::{Config, Firing};
use crate::error::Result;
use crate::id::{CustomerId, RecordId};
use crate::{Fields, Kind, Scalar};

/// Most entries of each list; the totals have all.
const MAX_LISTED: usize = 200;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DryRun {
    /// How many records were looked at.
    pub records: usize,
    /// Per rule: how often it fires now, and how often it would.
    pub rules: BTreeMap<String, Count>,
    /// Firings that would be new.
    pub added: Vec<Would>,
    /// Firings that would no longer be.
    pub removed: Vec<Would>,
    /// Firings that would write something else, as they would be.
    pub changed: Vec<Would>,
    /// Customers that turn red or are no longer, when the formula differs.
    pub health: Vec<HealthChange>,
    /// Touches that the draft's form or rules would refuse, with the field they lack.
    pub refused: Vec<Refused>,
    /// How many there are of each, listed or not.
    pub totals: Totals,
}

/// How often a rule fires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Count {
    /// By the configuration in force.
    pub now: usize,
    /// By the draft.
    pub then: usize,
}

/// How many entries there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// New firings.
    pub added: usize,
    /// Firings that would no longer be.
    pub removed: usize,
    /// Firings that would write something else.
    pub changed: usize,
    /// Customers that would be red.
    pub turns_red: usize,
    /// Customers that would no longer be red.
    pub turns_green: usize,
    /// Touches that would be refused.
    pub refused: usize,
}

/// A rule that would fire for a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Would {
    /// The rule.
    pub rule: String,
    /// The record: one of the past, or one that another firing of the list would make.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub record: RecordId,
    /// Its kind.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: Kind,
    /// The customer it belongs to.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<uuid::Uuid>))]
    pub customer: Option<CustomerId>,
    /// What it does.
    pub effects: Vec<String>,
    /// For whom: ids of people and words of roles.
    pub whom: Vec<String>,
    /// What held.
    pub because: String,
}

/// A customer whose health changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthChange {
    /// Which.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refused {
    /// Which.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub touch: RecordId,
    /// The customer it belongs to.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<uuid::Uuid>))]
    pub customer: Option<CustomerId>,
    /// The field it lacks.
    pub field: String,
}

/// Looks at past records, each as it is now, with both configurations. Nothing is written.
///
/// Everything is counted, but only what `may_see` allows is listed: a list says what stands in records.
pub fn run(
    now: Moment<'_>,
    draft: &Config,
    past: impl IntoIterator<Item = Result<(RecordId, Kind, Fields)>>,
    world: &dyn World,
    health: impl Fn(&Config) -> Result<Vec<(CustomerId, Facts)>>,
    may_see: impl Fn(RecordId) -> Result<bool>,
) -> Result<DryRun> {
    let then = Moment { config: draft, ..now };
    let mut result = DryRun::default();
    for record in past {
        let (id, kind, fields) = record?;
        result.records += 1;
        let subject = Subject { id, kind, fields: &fields, world };
        let (before, after) = (firings(now, &subject)?, firings(then, &subject)?);
        for firing in &before {
            result.rules.entry(firing.rule.clone()).or_default().now += 1;
        }
        for firing in &after {
            result.rules.entry(firing.rule.clone()).or_default().then += 1;
        }
        let customer = kind.customer_of(id, &fields);
        let seen = may_see(id)?;
        let mut note = |change, firing: &Firing, kind| result.note(change, seen, || would(firing, kind, customer));
        for firing in &after {
            match before.iter().find(|other| is_same(other, firing)) {
                Some(other) if content(other) == content(firing) => {}
                Some(_) => note(Change::Differs, firing, kind),
                None => note(Change::New, firing, kind),
            }
        }
        for firing in before.iter().filter(|firing| !after.iter().any(|other| is_same(other, firing))) {
            note(Change::Gone, firing, kind);
        }
        // What a new record sets off in turn: a demand card is somebody's to-do.
        let is_new = |firing: &&Firing| !before.iter().any(|other| is_same(other, firing));
        if after.iter().filter(is_new).any(|firing| firing.writes.iter().any(|write| write.new)) {
            let chain = firing::preview(then, &subject)?;
            for firing in chain.iter().filter(|firing| firing.record != id && !firing.effects.is_empty()) {
                let made = chain.iter().flat_map(|firing| &firing.writes).find(|write| write.id == firing.record && write.new);
                if let (Some(made), None) = (made, world.record(firing.record)?) {
                    result.rules.entry(firing.rule.clone()).or_default().then += 1;
                    result.note(Change::New, seen, || would(firing, made.kind, customer));
                }
            }
        }
        if kind == Kind::Touch
            && let Some(field) = firing::missing(draft, &subject)?.into_iter().next()
            && firing::missing(now.config, &subject)?.is_empty()
        {
            result.totals.refused += 1;
            if seen && result.refused.len() < MAX_LISTED {
                result.refused.push(Refused { touch: id, customer, field });
            }
        }
    }
    if now.config.health != draft.health {
        for change in changed_health(now, then, &health(now.config)?, &health(draft)?) {
            *(if change.red { &mut result.totals.turns_red } else { &mut result.totals.turns_green }) += 1;
            if result.health.len() < MAX_LISTED && may_see(change.customer.into())? {
                result.health.push(change);
            }
        }
    }
    Ok(result)
}

/// How a firing differs between two configurations.
#[derive(Clone, Copy)]
enum Change {
    New,
    Gone,
    Differs,
}

impl DryRun {
    /// Counts a firing that differs, and lists it where there is room and it may be seen.
    fn note(&mut self, change: Change, seen: bool, would: impl FnOnce() -> Would) {
        let (list, total) = match change {
            Change::New => (&mut self.added, &mut self.totals.added),
            Change::Gone => (&mut self.removed, &mut self.totals.removed),
            Change::Differs => (&mut self.changed, &mut self.totals.changed),
        };
        *total += 1;
        if seen && list.len() < MAX_LISTED {
            list.push(would());
        }
    }
}

/// The instant rules that fire for a record as it is, and the timed ones whose time has come.
fn firings(moment: Moment<'_>, subject: &Subject<'_>) -> Result<Vec<Firing>> {
    let mut firings = firing::fire(moment, subject)?;
    for due in firing::due(moment.config, subject, moment.now)? {
        if due.at <= moment.now {
            firings.extend(firing::fire_rule(moment, due.rule, subject)?);
        }
    }
    firings.retain(|firing| !firing.effects.is_empty());
    Ok(firings)
}

/// Whether two firings are of the same rule for the same thing.
fn is_same(one: &Firing, other: &Firing) -> bool {
    one.rule == other.rule && one.record == other.record && one.occasion == other.occasion
}

/// What a firing writes. The version and the reason differ between any two configurations.
fn content(firing: &Firing) -> Vec<(RecordId, Fields)> {
    let plain = |write: &Write| {
        let mut fields = write.fields.clone();
        fields.retain(|field, _| !matches!(field.as_str(), "config" | "because"));
        (write.id, fields)
    };
    firing.writes.iter().map(plain).collect()
}

fn would(firing: &Firing, kind: Kind, customer: Option<CustomerId>) -> Would {
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
        customer,
        effects: firing.effects.clone(),
        whom: whom.into_iter().collect(),
        because: firing.because.clone(),
    }
}

/// Customers that are red by one formula and not by the other, those that turn red first.
fn changed_health(
    now: Moment<'_>,
    then: Moment<'_>,
    before: &[(CustomerId, Facts)],
    after: &[(CustomerId, Facts)],
) -> Vec<HealthChange> {
    let after: BTreeMap<CustomerId, Facts> = after.iter().copied().collect();
    let pairs = before.iter().filter_map(|(customer, facts)| Some((*customer, *facts, *after.get(customer)?)));
    let changes = pairs.filter_map(|(customer, before, after)| {
        let (before, after) = (now.config.health.score(before, now.now), then.config.health.score(after, then.now));
        (before.red != after.red).then_some(HealthChange { customer, now: before.sum, then: after.sum, red: after.red })
    });
    let mut changes: Vec<HealthChange> = changes.collect();
    changes.sort_by_key(|change| !change.red);
    changes
}
