//! Carrying out: what exactly is to be written when a rule has fired for a record.

use chrono::{Days, NaiveTime, TimeDelta, TimeZone as _};

use super::config::Config;
use super::firing::{Moment, Write, end_of};
use super::path::type_at;
use super::rule::{Copied, CreateEffect, Effect, InDays, Recipient, Rule, Value, placeholders};
use super::world::Subject;
use crate::error::Result;
use crate::id::{PersonId, RecordId};
use crate::table::Type;
use crate::time::{day_of, from_millis, to_millis};
use crate::{Fen, Fields, KIND_FIELD, Kind, Role, Scalar, VERSION_FIELD};

/// Most people that one effect invites.
const MAX_INVITED: usize = 100;

/// A rule that is carried out for a record.
pub(super) struct Carrying<'a> {
    moment: Moment<'a>,
    rule: &'a Rule,
    subject: &'a Subject<'a>,
    because: &'a str,
    occasion: &'a str,
    writes: Vec<Write>,
}

impl<'a> Carrying<'a> {
    /// With what held, and what tells this time from others.
    pub(super) fn new(moment: Moment<'a>, rule: &'a Rule, subject: &'a Subject<'a>, because: &'a str, occasion: &'a str) -> Self {
        Self { moment, rule, subject, because, occasion, writes: Vec::new() }
    }

    /// What is to be written.
    pub(super) fn out(mut self) -> Result<Vec<Write>> {
        for (number, effect) in self.rule.then.iter().enumerate() {
            self.effect(number, effect)?;
        }
        Ok(self.writes)
    }

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
                    fields.insert("due".into(), Scalar::Int(to_millis(now + TimeDelta::hours(hours))));
                } else if let Some(due) = task.due.as_ref().map(|path| self.due(path)).transpose()?.flatten() {
                    fields.insert("due".into(), due.clone());
                    follows.insert("due".into(), due);
                }
                let id = self.new_id(Kind::Task, number);
                self.write(id, Kind::Task, true, fields).follows = follows;
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
            ("because".to_owned(), self.because.into()),
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

    fn write(&mut self, id: RecordId, kind: Kind, new: bool, fields: Fields) -> &mut Write {
        let known = self.writes.iter().position(|write| write.id == id);
        let at = known.unwrap_or_else(|| {
            self.writes.push(Write { id, kind, new, fields: Fields::new(), follows: Fields::new() });
            self.writes.len() - 1
        });
        self.writes[at].fields.extend(fields);
        &mut self.writes[at]
    }

    /// By when a task is due that follows a field: of a day its last millisecond, so that it shows as due on it.
    fn due(&self, path: &str) -> Result<Option<Scalar>> {
        Ok(match self.subject.get(path)? {
            Some(Scalar::Text(day)) => end_of(&day, self.moment.config).map(|end| Scalar::Int(to_millis(end) - 1)),
            other => other,
        })
    }

    fn new_id(&self, kind: Kind, number: usize) -> RecordId {
        derived(kind, &self.rule.id, self.subject.id, self.occasion, number)
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
                let text = Config::option(&config.templates, &templated.template).and_then(|choice| choice.text.as_deref());
                text.map(|text| self.fill(text, id)).transpose()?.map(Scalar::from)
            }
            Value::InDays(InDays { in_days }) => {
                let zone = config.calendar.zone;
                let today = day_of(self.moment.now, zone);
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
                "today" => day_of(self.moment.now, self.moment.config.calendar.zone).format("%Y%m%d").to_string(),
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
                Config::option(config.list(list), key).map_or_else(|| key.clone(), |choice| choice.zh.clone())
            }
            (Ok(Type::Money), Scalar::Int(fen)) => Fen(*fen).to_yuan(),
            (Ok(Type::Timestamp), Scalar::Int(at)) => {
                from_millis(*at).with_timezone(&config.calendar.zone).format("%Y-%m-%d %H:%M").to_string()
            }
            (Ok(Type::Person), Scalar::Text(id)) => {
                let person = id.parse::<PersonId>().ok().and_then(|id| self.moment.people.get(&id));
                person.map_or_else(|| id.clone(), |person| person.name.clone())
            }
            _ => value.to_string(),
        }
    }

    fn recipient(&self, to: &Recipient) -> Result<Fields> {
        Ok(match to {
            Recipient::Role(role) => [("role".to_owned(), Scalar::from(role.as_str()))].into(),
            Recipient::Person(_) | Recipient::SuperiorOf(_) => {
                let person = self.person(to)?;
                person.map(|person| [("assignee".to_owned(), Scalar::Text(person.to_string()))].into()).unwrap_or_default()
            }
            Recipient::First(list) => first(list, |one| self.recipient(one))?,
        })
    }

    fn invited(&self, to: &Recipient) -> Result<Vec<PersonId>> {
        Ok(match to {
            Recipient::Role(role) => self.with_role(*role),
            Recipient::Person(_) | Recipient::SuperiorOf(_) => self.person(to)?.into_iter().collect(),
            Recipient::First(list) => first(list, |one| self.invited(one))?,
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

/// What is found for the first of some recipients for whom there is anything.
fn first<T: Default + PartialEq>(list: &[Recipient], find: impl Fn(&Recipient) -> Result<T>) -> Result<T> {
    for one in list {
        let found = find(one)?;
        if found != T::default() {
            return Ok(found);
        }
    }
    Ok(T::default())
}
