//! Firing: which rules are carried out for a record, at once and when their time has come, and what they ask of it. Pure, so the phone
//! can show it beforehand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::audience::People;
use super::carrying::Carrying;
use super::config::Config;
use super::form::FormField;
use super::path;
use super::rule::{Effect, Rule, Trigger};
use super::world::{Memory, Subject, World};
use crate::error::Result;
use crate::id::{CustomerId, RecordId};
use crate::time::start_of_day;
use crate::{Fields, Kind, Scalar};

/// How often rules may set off rules.
pub const MAX_ROUNDS: usize = 16;

/// One rule carried out for one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firing {
    /// The rule.
    pub rule: String,
    /// The version of the configuration that holds it.
    pub config: i64,
    /// The record it looked at.
    pub record: RecordId,
    /// What tells this firing from others of the same rule and record; empty where there is one at most.
    pub occasion: String,
    /// What held.
    pub because: String,
    /// The words of its effects, as a preview shows them.
    pub effects: Vec<String>,
    /// What is to be written.
    pub writes: Vec<Write>,
    /// Carried out whenever the record changes, not once.
    pub always: bool,
}

/// What sets a rule off from outside of the record in hand, such as a week that has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occasion {
    /// What tells it from others of the same rule and record, such as `2026-W47`. The rule fires once on each.
    pub name: String,
    /// What held, spelled out.
    pub because: String,
}

/// One record to be made or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which; of a new one it follows from rule, record and occasion, so it is made once.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Whether it is a new one.
    pub new: bool,
    /// The fields.
    pub fields: Fields,
    /// Those of a task that go with the record as long as nobody has done it: whose it is, and by when.
    pub follows: Fields,
}

/// A timed rule that applies to a record.
#[derive(Clone, Debug)]
pub struct Due<'c> {
    /// The rule.
    pub rule: &'c Rule,
    /// What its field holds: another value is another occasion to look.
    pub since: Scalar,
    /// When it looks.
    pub at: DateTime<Utc>,
}

/// What carrying out needs beside the record.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The people.
    pub people: &'a People,
    /// Now.
    pub now: DateTime<Utc>,
}

/// The rules that fire at once for a record as it is.
pub fn fire(moment: Moment<'_>, subject: &Subject<'_>) -> Result<Vec<Firing>> {
    if subject.kind.is_draft(subject.fields) {
        return Ok(Vec::new());
    }
    let mut firings = Vec::new();
    for rule in moment.config.rules.iter().filter(|rule| rule.trigger == Trigger::Record(subject.kind)) {
        firings.extend(fire_rule(moment, rule, subject)?);
    }
    Ok(firings)
}

/// One rule for a record, if its condition holds now.
pub fn fire_rule(moment: Moment<'_>, rule: &Rule, subject: &Subject<'_>) -> Result<Option<Firing>> {
    fire_rule_on(moment, rule, subject, Occasion::default())
}

/// The same, set off from outside of the record.
pub fn fire_rule_on(moment: Moment<'_>, rule: &Rule, subject: &Subject<'_>, set_off: Occasion) -> Result<Option<Firing>> {
    let known = |text: String| Some(text).filter(|text| !text.is_empty());
    let mut because: Vec<String> = known(set_off.because).into_iter().collect();
    if rule.off || subject.kind.is_draft(subject.fields) || !applies(moment.config, rule, subject, &mut because)? {
        return Ok(None);
    }
    if let Some(unless) = &rule.unless
        && unless.holds(moment.config, subject, &mut Vec::new())?
    {
        return Ok(None);
    }
    if because.is_empty() {
        // Without a condition the record itself is the reason.
        because.push(subject.kind.as_str().to_owned());
    }
    let mut occasion: Vec<String> = known(set_off.name).into_iter().collect();
    for path in &rule.once_per {
        occasion.push(subject.get(path)?.map_or_else(String::new, |value| value.to_string()));
    }
    let (because, occasion) = (because.join(", "), occasion.join("|"));
    let writes = Carrying::new(moment, rule, subject, &because, &occasion).out()?;
    let effects = rule.then.iter().filter(|effect| !matches!(effect, Effect::Require(_))).map(Effect::word).collect();
    Ok(Some(Firing {
        rule: rule.id.clone(),
        config: moment.config.version,
        record: subject.id,
        occasion,
        because,
        effects,
        writes,
        always: rule.always,
    }))
}

/// Whether the condition of a rule holds; `unless` is left for the moment of carrying out.
pub fn applies(config: &Config, rule: &Rule, subject: &Subject<'_>, because: &mut Vec<String>) -> Result<bool> {
    rule.when.as_ref().map_or(Ok(true), |when| when.holds(config, subject, because))
}

/// When the timed rules for a record are due: each that applies now.
pub fn due<'c>(config: &'c Config, subject: &Subject<'_>, now: DateTime<Utc>) -> Result<Vec<Due<'c>>> {
    let mut due = Vec::new();
    if subject.kind.is_draft(subject.fields) {
        return Ok(due);
    }
    for rule in config.rules.iter().filter(|rule| !rule.off) {
        let Trigger::Since(since) = &rule.trigger else { continue };
        if since.record != subject.kind || !applies(config, rule, subject, &mut Vec::new())? {
            continue;
        }
        let Some(value) = subject.get(&since.field)? else { continue };
        let from = match &value {
            // A phone whose clock runs ahead puts nothing off.
            Scalar::Int(millis) => crate::time::from_millis(*millis).min(now),
            Scalar::Text(day) => match end_of(day, config) {
                Some(end) => end,
                None => continue,
            },
            _ => continue,
        };
        due.push(Due { rule, since: value, at: from + chrono::TimeDelta::hours(since.hours) });
    }
    Ok(due)
}

/// The first instant after a day as a record has it.
pub(super) fn end_of(day: &str, config: &Config) -> Option<DateTime<Utc>> {
    let next = day.parse::<NaiveDate>().ok()?.succ_opt()?;
    Some(start_of_day(next, config.calendar.zone))
}

/// The fields that rules (B2) or the form (T6) make mandatory and that a record lacks, in their order. Evidence is not among them: a
/// touch without any is a draft (T1).
pub fn missing(config: &Config, subject: &Subject<'_>) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for field in required(config, subject)? {
        if is_empty(subject, &field)? {
            missing.push(field);
        }
    }
    Ok(missing)
}

/// The fields that rules and form ask of a record as it is, filled in or not.
pub fn required(config: &Config, subject: &Subject<'_>) -> Result<Vec<String>> {
    let mut required = Vec::new();
    for rule in config.rules.iter().filter(|rule| !rule.off && rule.trigger == Trigger::Record(subject.kind)) {
        for effect in &rule.then {
            let Effect::Require(fields) = effect else { continue };
            if !applies(config, rule, subject, &mut Vec::new())? {
                continue;
            }
            for field in fields {
                if !required.contains(field) {
                    required.push(field.clone());
                }
            }
        }
    }
    for FormField { field, .. } in config.form(subject.kind).iter().filter(|field| field.required && field.field != "evidence") {
        if !required.contains(field) {
            required.push(field.clone());
        }
    }
    Ok(required)
}

/// The first added field that the form does not ask for, or that holds something else than it says (T6).
pub fn unasked(config: &Config, kind: Kind, fields: &Fields) -> Option<String> {
    let fits = |field: &str, value: &Scalar| match config.type_of_extra(kind, field) {
        Some(holds) => path::fits(config, holds, value, field).is_ok(),
        None => false,
    };
    fields.iter().find(|(field, value)| field.starts_with("x/") && !fits(field, value)).map(|(field, _)| field.clone())
}

/// Whether a field has no value, or a text without a letter in it.
fn is_empty(subject: &Subject<'_>, field: &str) -> Result<bool> {
    Ok(match subject.get(field)? {
        Some(Scalar::Text(text)) => text.trim().is_empty(),
        Some(_) => false,
        // A collection is there when a member of it is.
        None => !subject.fields.iter().any(|(key, _)| key.split_once('/').is_some_and(|(name, _)| name == field)),
    })
}

/// What would come of a record: its own rules, then those that their effects set off, and so on.
pub fn preview(moment: Moment<'_>, subject: &Subject<'_>) -> Result<Vec<Firing>> {
    let mut ahead = Ahead { behind: subject.world, made: BTreeMap::new() };
    let mut waiting = vec![(subject.id, subject.kind, subject.fields.clone())];
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let round = std::mem::take(&mut waiting);
        for (id, kind, fields) in round {
            let firings = fire(moment, &Subject { id, kind, fields: &fields, world: &ahead })?;
            for firing in firings {
                if !seen.insert((firing.rule.clone(), firing.record, firing.occasion.clone())) {
                    continue;
                }
                for write in &firing.writes {
                    let mut now = ahead.record(write.id)?.map(|(_, fields)| fields).unwrap_or_default();
                    now.extend(write.fields.clone());
                    ahead.made.insert(write.id, (write.kind, now.clone()));
                    waiting.push((write.id, write.kind, now));
                }
                all.push(firing);
            }
        }
        if waiting.is_empty() {
            break;
        }
    }
    Ok(all)
}

/// The world with what a preview has made on top.
struct Ahead<'a> {
    behind: &'a dyn World,
    made: BTreeMap<RecordId, (Kind, Fields)>,
}

impl World for Ahead<'_> {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        match self.made.get(&id) {
            Some(made) => Ok(Some(made.clone())),
            None => self.behind.record(id),
        }
    }

    fn of_customer(&self, customer: CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        let mut found = Memory(self.made.clone()).of_customer(customer, kind)?;
        found.extend(self.behind.of_customer(customer, kind)?);
        Ok(found)
    }
}
