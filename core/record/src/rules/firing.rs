//! Carrying out: which rules fire for a record, and what exactly is then to be written. Pure, so the phone can show it beforehand.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveTime, TimeZone as _, Utc};

use super::audience::People;
use super::config::Config;
use super::form::FormField;
use super::path::{self, type_at};
use super::rule::{Copied, CreateEffect, Effect, InDays, Recipient, Rule, Trigger, Value, placeholders};
use super::world::{Subject, World};
use crate::error::Result;
use crate::id::{PersonId, RecordId};
use crate::table::Type;
use crate::time::{start_of_day, to_millis};
use crate::{Fen, Fields, KIND_FIELD, Kind, Role, Scalar, VERSION_FIELD};

/// How often rules may set off rules.
pub const MAX_ROUNDS: usize = 16;
/// Most people that one effect invites.
const MAX_INVITED: usize = 100;

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
        occasion.push(subject.get(path)?.map_or_else(String::new, |value| plain(&value)));
    }
    let mut carrying = Carrying {
        moment,
        rule,
        subject,
        because: because.join(", "),
        occasion: occasion.join("|"),
        writes: BTreeMap::new(),
        order: Vec::new(),
    };
    for (number, effect) in rule.then.iter().enumerate() {
        carrying.effect(number, effect)?;
    }
    let Carrying { because, occasion, mut writes, order, .. } = carrying;
    let effects = rule.then.iter().filter(|effect| !matches!(effect, Effect::Require(_))).map(Effect::word).collect();
    let writes = order.iter().filter_map(|id| writes.remove(id)).collect();
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
            Scalar::Text(day) => match day.parse::<chrono::NaiveDate>().ok().and_then(|day| day.succ_opt()) {
                Some(next) => start_of_day(next, config.calendar.zone),
                None => continue,
            },
            _ => continue,
        };
        due.push(Due { rule, since: value, at: from + chrono::TimeDelta::hours(since.hours) });
    }
    Ok(due)
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
    let mut seen = std::collections::BTreeSet::new();
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

    fn of_customer(&self, customer: crate::id::CustomerId, kind: Kind) -> Result<Vec<Fields>> {
        let mut found = super::world::Memory(self.made.clone()).of_customer(customer, kind)?;
        found.extend(self.behind.of_customer(customer, kind)?);
        Ok(found)
    }
}

struct Carrying<'a> {
    moment: Moment<'a>,
    rule: &'a Rule,
    subject: &'a Subject<'a>,
    because: String,
    occasion: String,
    writes: BTreeMap<RecordId, Write>,
    order: Vec<RecordId>,
}

impl Carrying<'_> {
    fn effect(&mut self, number: usize, effect: &Effect) -> Result<()> {
        match effect {
            Effect::Require(_) => Ok(()),
            Effect::Set(set) => {
                let target = self.target(set.of.as_deref())?;
                let Some((id, kind)) = target.filter(|(_, kind)| set.kind.is_none_or(|other| other == *kind)) else {
                    return Ok(());
                };
                // Over a link to any record it may lead to one that has no such field.
                let Some(holds) = kind.type_of(&set.field).filter(|_| kind.is_for_rules(&set.field)) else { return Ok(()) };
                let Some(value) = self.value(&set.to, id, holds)? else { return Ok(()) };
                self.write(id, kind, false, [(set.field.clone(), value)].into());
                Ok(())
            }
            Effect::Flag(flag) => {
                let fields = [(format!("flags/{flag}"), Scalar::Bool(true))].into();
                self.write(self.subject.id, self.subject.kind, false, fields);
                Ok(())
            }
            Effect::Task(task) => {
                let now = self.moment.now;
                let Some(mut fields) = self.task(&task.kind, &task.to)? else { return Ok(()) };
                fields.extend(task.choices.iter().map(|choice| (format!("choices/{choice}"), Scalar::Bool(true))));
                fields.extend(task.script_pack.iter().map(|pack| ("script_pack".to_owned(), pack.as_str().into())));
                let mut follows: Fields =
                    fields.get("assignee").map(|who| ("assignee".to_owned(), who.clone())).into_iter().collect();
                if let Some(hours) = task.due_hours {
                    fields.insert("due".into(), Scalar::Int(to_millis(now + chrono::TimeDelta::hours(hours))));
                } else if let Some(due) = task.due.as_ref().map(|path| self.due(path)).transpose()?.flatten() {
                    fields.insert("due".into(), due.clone());
                    follows.insert("due".into(), due);
                }
                let id = self.new_id(Kind::Task, number);
                self.write(id, Kind::Task, true, fields);
                self.writes.entry(id).and_modify(|write| write.follows = follows);
                Ok(())
            }
            Effect::Notify(notify) => {
                let Some(mut fields) = self.task(&notify.kind, &notify.to)? else { return Ok(()) };
                fields.insert("notice".into(), Scalar::Bool(true));
                self.write(self.new_id(Kind::Task, number), Kind::Task, true, fields);
                Ok(())
            }
            Effect::Create(create) => self.create(number, create),
            Effect::Close(other) => {
                let Some(rule) = self.moment.config.rules.iter().find(|rule| rule.id == *other) else { return Ok(()) };
                for (number, effect) in rule.then.iter().enumerate() {
                    if !matches!(effect, Effect::Task(_)) {
                        continue;
                    }
                    let id = derived(Kind::Task, other, self.subject.id, "", number);
                    let open = |fields: &Fields| fields.get("done_at").is_none_or(|at| *at == Scalar::Null);
                    if self.subject.world.record(id)?.is_some_and(|(kind, fields)| kind == Kind::Task && open(&fields)) {
                        let done_at = Scalar::Int(to_millis(self.moment.now));
                        self.write(id, Kind::Task, false, [("done_at".into(), done_at)].into());
                    }
                }
                Ok(())
            }
        }
    }

    fn create(&mut self, number: usize, create: &CreateEffect) -> Result<()> {
        let id = self.new_id(create.kind, number);
        let mut fields = self.new_fields(create.kind)?;
        for (field, value) in &create.fields {
            let holds = create.kind.type_of(field).unwrap_or(Type::Text);
            if let Some(value) = self.value(value, id, holds)? {
                fields.insert(field.clone(), value);
            }
        }
        if let Some(to) = &create.to {
            fields.extend(self.recipient(to)?);
        }
        for invited in &create.invite {
            fields.extend(
                self.invited(invited)?.into_iter().take(MAX_INVITED).map(|p| (format!("attendees/{p}"), Scalar::Bool(true))),
            );
        }
        self.write(id, create.kind, true, fields);
        Ok(())
    }

    /// What every new record has: its kind, where it comes from, and author and customer of the record in hand.
    fn new_fields(&self, kind: Kind) -> Result<Fields> {
        let mut fields: Fields = [
            (KIND_FIELD.to_owned(), Scalar::from(kind.as_str())),
            (VERSION_FIELD.to_owned(), Scalar::Int(1)),
            ("source".to_owned(), self.subject.id.to_string().into()),
            ("rule".to_owned(), self.rule.id.as_str().into()),
            ("config".to_owned(), Scalar::Int(self.moment.config.version)),
            ("because".to_owned(), self.because.as_str().into()),
            ("created_at".to_owned(), Scalar::Int(to_millis(self.moment.now))),
        ]
        .into();
        if kind.type_of("author").is_some() {
            for path in ["author", "source.author"] {
                if let Some(author) = self.subject.get(path)? {
                    fields.insert("author".into(), author);
                    break;
                }
            }
        }
        if kind.type_of("customer").is_some()
            && let Some(customer) = self.subject.kind.customer_of(self.subject.id, self.subject.fields)
        {
            fields.insert("customer".into(), customer.to_string().into());
        }
        Ok(fields)
    }

    /// A new task; none when there is nobody to do it.
    fn task(&self, kind: &str, to: &Recipient) -> Result<Option<Fields>> {
        let who = self.recipient(to)?;
        if who.is_empty() {
            return Ok(None);
        }
        let mut fields = self.new_fields(Kind::Task)?;
        fields.insert("task".into(), kind.into());
        fields.extend(who);
        Ok(Some(fields))
    }

    fn write(&mut self, id: RecordId, kind: Kind, new: bool, fields: Fields) {
        self.writes
            .entry(id)
            .or_insert_with(|| {
                self.order.push(id);
                Write { id, kind, new, fields: Fields::new(), follows: Fields::new() }
            })
            .fields
            .extend(fields);
    }

    /// By when a task is due that follows a field: of a day its last millisecond, so that it shows as due on it.
    fn due(&self, path: &str) -> Result<Option<Scalar>> {
        Ok(match self.subject.get(path)? {
            Some(Scalar::Text(day)) => {
                let next = day.parse::<chrono::NaiveDate>().ok().and_then(|day| day.succ_opt());
                next.map(|next| Scalar::Int(to_millis(start_of_day(next, self.moment.config.calendar.zone)) - 1))
            }
            other => other,
        })
    }

    fn new_id(&self, kind: Kind, number: usize) -> RecordId {
        derived(kind, &self.rule.id, self.subject.id, &self.occasion, number)
    }

    fn target(&self, link: Option<&str>) -> Result<Option<(RecordId, Kind)>> {
        let Some(link) = link else { return Ok(Some((self.subject.id, self.subject.kind))) };
        let id = self.subject.get(link)?.as_ref().and_then(Scalar::as_text).and_then(|id| id.parse::<RecordId>().ok());
        let Some(id) = id else { return Ok(None) };
        Ok(self.subject.world.record(id)?.map(|(kind, _)| (id, kind)))
    }

    fn value(&self, value: &Value, id: RecordId, holds: Type) -> Result<Option<Scalar>> {
        let config = self.moment.config;
        Ok(match value {
            Value::Plain(value) => Some(value.clone()),
            Value::Copy(copied) if copied.copy == "id" => Some(self.subject.id.to_string().into()),
            Value::Copy(copied) => match self.subject.get(&copied.copy)? {
                // Into a text goes what a person reads.
                Some(found) if holds == Type::Text => Some(self.shown(&copied.copy, &found).into()),
                other => other,
            },
            Value::First(first) => {
                for path in &first.first {
                    let copied = Value::Copy(Copied { copy: path.clone() });
                    if let Some(found) = self.value(&copied, id, holds)? {
                        return Ok(Some(found));
                    }
                }
                None
            }
            Value::Text(worded) => Some(self.fill(&worded.text, id)?.into()),
            Value::Template(templated) => {
                let template = config.templates.iter().find(|choice| choice.key == templated.template);
                match template.and_then(|choice| choice.text.as_deref()) {
                    Some(text) => Some(self.fill(text, id)?.into()),
                    None => None,
                }
            }
            Value::InDays(InDays { in_days }) => {
                let zone = config.calendar.zone;
                let today = crate::time::day_of(self.moment.now, zone);
                let day = today.checked_add_days(Days::new(in_days.unsigned_abs())).unwrap_or(today);
                let day = config.calendar.next_working_day(day);
                let ten = day.and_time(NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default());
                let at = zone.from_local_datetime(&ten).earliest().map_or_else(|| ten.and_utc(), |at| at.to_utc());
                Some(Scalar::Int(to_millis(at)))
            }
            Value::Now(_) => Some(Scalar::Int(to_millis(self.moment.now))),
        })
    }

    fn fill(&self, text: &str, id: RecordId) -> Result<String> {
        let mut filled = text.to_owned();
        for path in placeholders(text) {
            let value = match path {
                "today" => crate::time::day_of(self.moment.now, self.moment.config.calendar.zone).format("%Y%m%d").to_string(),
                // The last letters of a derived id are as good as chance.
                "id" => id.to_string().to_uppercase().chars().rev().filter(|c| *c != '-').take(6).collect(),
                path => self.subject.get(path)?.map_or_else(|| "____".to_owned(), |value| self.shown(path, &value)),
            };
            filled = filled.replace(&format!("{{{path}}}"), &value);
        }
        Ok(filled)
    }

    /// A value as a person reads it.
    fn shown(&self, path: &str, value: &Scalar) -> String {
        let config = self.moment.config;
        match (type_at(config, self.subject.kind, path), value) {
            (Ok(Type::Option(list)), Scalar::Text(key)) => {
                config.list(list).iter().find(|choice| choice.key == *key).map_or_else(|| key.clone(), |choice| choice.zh.clone())
            }
            (Ok(Type::Money), Scalar::Int(fen)) => Fen(*fen).to_yuan(),
            (Ok(Type::Timestamp), Scalar::Int(at)) => {
                crate::time::from_millis(*at).with_timezone(&config.calendar.zone).format("%Y-%m-%d %H:%M").to_string()
            }
            (Ok(Type::Person), Scalar::Text(id)) => {
                let person = id.parse::<PersonId>().ok().and_then(|id| self.moment.people.get(&id));
                person.map_or_else(|| id.clone(), |person| person.name.clone())
            }
            _ => plain(value),
        }
    }

    fn recipient(&self, to: &Recipient) -> Result<Fields> {
        Ok(match to {
            Recipient::Role(role) => [("role".to_owned(), Scalar::from(role.as_str()))].into(),
            Recipient::Person(_) | Recipient::SuperiorOf(_) => {
                let person = self.person(to)?;
                person.map(|person| [("assignee".to_owned(), Scalar::Text(person.to_string()))].into()).unwrap_or_default()
            }
            Recipient::First(list) => {
                for one in list {
                    let found = self.recipient(one)?;
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                Fields::new()
            }
        })
    }

    fn invited(&self, to: &Recipient) -> Result<Vec<PersonId>> {
        Ok(match to {
            Recipient::Role(role) => self.with_role(*role),
            Recipient::Person(_) | Recipient::SuperiorOf(_) => self.person(to)?.into_iter().collect(),
            Recipient::First(list) => {
                for one in list {
                    let found = self.invited(one)?;
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                Vec::new()
            }
        })
    }

    fn with_role(&self, role: Role) -> Vec<PersonId> {
        let people = self.moment.people.iter();
        people.filter(|(_, person)| !person.left && person.roles.contains(&role)).map(|(id, _)| *id).collect()
    }

    /// The person that a path names, if they are one of the team.
    fn person(&self, to: &Recipient) -> Result<Option<PersonId>> {
        let (Recipient::Person(path) | Recipient::SuperiorOf(path)) = to else { return Ok(None) };
        let named = match path.as_str() {
            "id" => Some(PersonId::from(self.subject.id)),
            path => self.subject.get(path)?.as_ref().and_then(Scalar::as_text).and_then(|id| id.parse().ok()),
        };
        let mut person = named.filter(|id| self.moment.people.contains_key(id));
        if matches!(to, Recipient::SuperiorOf(_)) {
            person = person.and_then(|id| self.superior(id));
        }
        // Whoever has left is stood in for by the line above.
        for _ in 0..self.moment.people.len() {
            match person {
                Some(id) if self.moment.people.get(&id).is_some_and(|person| person.left) => person = self.superior(id),
                _ => break,
            }
        }
        Ok(person)
    }

    fn superior(&self, person: PersonId) -> Option<PersonId> {
        self.moment.people.get(&person).and_then(|person| person.reports_to).filter(|id| self.moment.people.contains_key(id))
    }
}

/// The id of what a rule makes: the same whenever and wherever it is worked out.
fn derived(kind: Kind, rule: &str, record: RecordId, occasion: &str, number: usize) -> RecordId {
    RecordId::derived(&format!("{}/{rule}/{record}/{occasion}/{number}", kind.as_str()))
}

fn plain(value: &Scalar) -> String {
    match value {
        Scalar::Null => String::new(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Text(text) => text.clone(),
    }
}
