//! Customers and leads: entered, offered, claimed, given back, handed over, marked 无效, entered twice (H1).

use std::collections::BTreeMap;

use chrono::{Datelike as _, TimeDelta, Weekday};
use chuda_record::id::{ContactId, CustomerId, LeadId, PersonId};
use chuda_record::kind::lead::LeadRequest;
use chuda_record::wire::api::ImportKind;
use chuda_record::{Contact, Customer, Fields, Intent, Lead, Result, Role, Scalar, Stage};

use super::goods::{self, Company, phrase};
use super::story::{Client, Story, by, id_field, text_field, time_field};
use crate::audit::By;

/// The reps who take part in the demo's pool at a time work on about so many customers at first.
const AWAKE: usize = 8;

impl Story {
    /// How many customers each rep has at first, and how many come in later: from the pool, and by themselves.
    fn shares(&self) -> (usize, usize) {
        let later = (self.plan.customers * 7 / 10).min(self.plan.reps * self.plan.weeks as usize * 13 / 10);
        ((self.plan.customers - later).div_ceil(self.plan.reps), later)
    }

    /// Puts the day's new customers on the agenda.
    pub(super) fn plan_customers(&mut self, first: bool) {
        let day = self.today();
        let (each, later) = self.shares();
        let reps: Vec<PersonId> = self.with_role(Role::Rep);
        if first {
            for &person in &reps {
                for _ in 0..each {
                    self.schedule_on(day, (8 * 60, 9 * 60), by(person, move |story| story.enter(person, None)));
                }
            }
        }
        let days = self.plan.weeks as usize * 5;
        let count = later / days + usize::from(self.luck.below(days) < later % days);
        // Some days bring more, others fewer.
        let count = count * (60 + self.luck.below(81)) / 100;
        for _ in 0..count {
            let at = self.moment(day, (9 * 60, 17 * 60));
            let own = self.luck.chance(60);
            let person = self.luck.pick(&reps);
            if own {
                self.schedule(at, by(person, move |story| story.enter(person, None)));
            } else {
                self.schedule(at, Self::offer);
            }
        }
        if self.luck.chance(25)
            && let Some(twin) = self.somebodys_customer()
        {
            let at = self.moment(day, (10 * 60, 16 * 60));
            let person = self.luck.pick(&reps);
            self.schedule(at, by(person, move |story| story.enter(person, Some(twin))));
        }
        if day.weekday() == Weekday::Mon && !first {
            self.schedule_on(day, (7 * 60, 8 * 60), Self::crm);
        }
    }

    fn somebodys_customer(&mut self) -> Option<usize> {
        let client = self.luck.below(self.clients.len());
        self.clients.get(client).filter(|one| one.holder.is_some() && !one.closed).map(|_| client)
    }

    /// A rep enters a customer; one that a colleague has is entered under the same name.
    pub(super) fn enter(&mut self, person: PersonId, twin: Option<usize>) -> Result<()> {
        let mut company = goods::company(&mut self.luck);
        if let Some(twin) = twin {
            let of = &self.clients[twin];
            // Who can see it there already does not enter it again.
            let visible = self.app.store.read(|tx| tx.may_read(of.id.into(), person))?;
            if visible {
                return Ok(());
            }
            (company.name, company.short, company.model, company.place) = (of.name.clone(), of.short.clone(), of.model, of.place);
        }
        let old = self.today() == self.plan.first_day();
        let client = self.new_customer(person, company, Some(person), old)?;
        let awake = self.books.get(&person).is_none_or(|book| book.len() < AWAKE);
        if !old || awake {
            self.books.entry(person).or_default().push(client);
        }
        if old {
            // Somewhere along the way already.
            self.clients[client].progress = self.luck.weighted(&[(0, 20), (1, 35), (2, 15), (3, 20), (4, 10)]);
        }
        self.schedule_after((1, 60), by(person, move |story| story.send(person)));
        Ok(())
    }

    /// A lead comes in and is put into the pool.
    pub(super) fn offer(&mut self) -> Result<()> {
        let roles = [(Role::Supervisor, 60), (Role::Director, 15), (Role::Presales, 25)];
        let role = self.luck.weighted(&roles);
        let people = self.with_role(role);
        let author = self.luck.pick(&people);
        let company = goods::company(&mut self.luck);
        let client = self.new_customer(author, company, None, false)?;
        self.push(author)?;
        let claims = self.luck.weighted(&[(0, 12), (1, 70), (2, 18)]);
        for _ in 0..claims {
            self.plan_claim(client, (5, 2_000));
        }
        Ok(())
    }

    fn plan_claim(&mut self, client: usize, minutes: (i64, i64)) {
        let reps = self.with_role(Role::Rep);
        let person = self.luck.pick(&reps);
        self.schedule_after(minutes, by(person, move |story| story.claim(person, client)));
    }

    fn new_customer(&mut self, author: PersonId, company: Company, holder: Option<PersonId>, old: bool) -> Result<usize> {
        let now = self.now();
        let (id, lead, contact) = (CustomerId(self.luck.id(now)), LeadId(self.luck.id(now)), ContactId(self.luck.id(now)));
        let Company { name, short, address, model, place } = company;
        let named = self.luck.chance(85);
        let customer = Customer {
            short: Some(short.clone()),
            holder,
            address: self.luck.chance(80).then_some(address),
            model: self.luck.chance(85).then(|| model.to_owned()),
            contact: named.then_some(contact),
            ..Customer::new(author, name.clone(), now)
        };
        self.create(author, id, &customer)?;
        // Whom somebody has looked after for long was no new lead when the app came.
        let since = if old { now - TimeDelta::days(self.luck.between(20, 400)) } else { now };
        let record = Lead {
            channel: holder.is_none().then(|| phrase("channel", &mut self.luck).to_owned()),
            ..Lead::new(author, id, holder, since)
        };
        self.create(author, lead, &record)?;
        let face = goods::face(&mut self.luck);
        if named {
            let record = Contact {
                author,
                customer: id,
                name: face.name.clone(),
                position: Some(face.position.to_owned()),
                role: Some(face.role.to_owned()),
                phone: Some(face.phone),
                created_at: now,
            };
            self.create(author, contact, &record)?;
        }
        self.clients.push(Client {
            id,
            lead,
            name,
            short,
            model,
            place,
            contact: named.then_some((contact, face.name)),
            holder,
            intent: None,
            progress: 0,
            due: None,
            touched: None,
            answered: false,
            closed: false,
        });
        Ok(self.clients.len() - 1)
    }

    /// A rep asks for a lead; the server grants it to the first.
    pub(super) fn claim(&mut self, person: PersonId, client: usize) -> Result<()> {
        let lead = self.clients[client].lead;
        if self.fields(lead)?.is_none() {
            return Ok(());
        }
        // Who has a signal sees that a colleague was faster; who has none asks all the same.
        let visible = self.app.store.read(|tx| tx.may_read(lead.into(), person))?;
        if !visible && self.luck.chance(60) {
            return Ok(());
        }
        self.ask(person, client, &LeadRequest::Claim(person))?;
        if self.clients[client].holder != Some(person) {
            return Ok(());
        }
        self.schedule_after((30, 1_800), by(person, move |story| story.touch(person, Some(client), None)));
        match self.luck.below(100) {
            0..=7 => self.schedule_after((2 * 1_440, 7 * 1_440), move |story| story.discard(client)),
            8..=13 => self.schedule_after((5 * 1_440, 20 * 1_440), move |story| story.release(client)),
            14..=16 => self.schedule_after((3 * 1_440, 15 * 1_440), move |story| story.correct(client)),
            17..=19 => {
                if let Some(to) = self.colleague(person) {
                    self.schedule_after((3 * 1_440, 20 * 1_440), move |story| story.assign(client, to));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A rep gives a lead back, with the reason.
    pub(super) fn release(&mut self, client: usize) -> Result<()> {
        let Some(holder) = self.clients[client].holder.filter(|holder| self.phones.contains_key(holder)) else { return Ok(()) };
        let reason = phrase("release", &mut self.luck).to_owned();
        self.ask(holder, client, &LeadRequest::Release(holder, reason))?;
        self.plan_claim(client, (60, 4_000));
        Ok(())
    }

    /// A superior gives a lead to somebody.
    pub(super) fn assign(&mut self, client: usize, to: PersonId) -> Result<()> {
        let from = self.clients[client].holder.unwrap_or(to);
        let superior = self.member(from).and_then(|member| member.reports_to);
        match superior.filter(|superior| self.phones.contains_key(superior) && self.phones.contains_key(&to)) {
            Some(superior) if from != to => self.ask(superior, client, &LeadRequest::Assign(superior, to)),
            _ => Ok(()),
        }
    }

    /// Sends a request about a lead, and takes note of who has it then.
    fn ask(&mut self, person: PersonId, client: usize, request: &LeadRequest) -> Result<()> {
        let now = self.now();
        let lead = self.clients[client].lead;
        let id = self.luck.id(now);
        self.edit_now(person, lead, &Fields::from([text_field(&format!("requests/{id}"), &request.to_text())]))?;
        let fields = self.fields(lead)?.unwrap_or_default();
        let holder = fields.get("holder").and_then(Scalar::as_text).and_then(|id| id.parse().ok());
        let before = std::mem::replace(&mut self.clients[client].holder, holder);
        if before != holder {
            let _ = before.and_then(|before| self.books.get_mut(&before)).map(|book| book.retain(|other| *other != client));
            if let Some(holder) = holder {
                self.books.entry(holder).or_default().push(client);
            }
        }
        Ok(())
    }

    /// A lead turns out to be none.
    pub(super) fn discard(&mut self, client: usize) -> Result<()> {
        let (now, one) = (self.now(), &self.clients[client]);
        let (lead, customer) = (one.lead, one.id);
        let Some(holder) = one.holder.filter(|holder| self.phones.contains_key(holder)) else { return Ok(()) };
        let reason = phrase("invalid", &mut self.luck);
        let marks = [
            time_field("invalid_at", now),
            text_field("reason", reason),
            time_field("moved_at", now),
            id_field("moved_by", holder),
        ];
        self.edit(holder, lead, &Fields::from(marks))?;
        self.edit_now(holder, customer, &Fields::from([("closed".into(), true.into())]))?;
        self.close(client);
        Ok(())
    }

    /// Nobody works on a customer any more.
    pub(super) fn close(&mut self, client: usize) {
        self.clients[client].closed = true;
        self.books.values_mut().for_each(|book| book.retain(|other| *other != client));
    }

    /// A stage is set by hand, with the reason.
    pub(super) fn correct(&mut self, client: usize) -> Result<()> {
        let (now, one) = (self.now(), &self.clients[client]);
        let lead = one.lead;
        let Some(holder) = one.holder.filter(|holder| self.phones.contains_key(holder)) else { return Ok(()) };
        let stage = self.luck.pick(&[Stage::FirstTouch, Stage::NeedConfirmed]);
        let reason = phrase("correction", &mut self.luck);
        let marks = [
            text_field("stage", stage.as_str()),
            text_field("reason", reason),
            time_field("corrected_at", now),
            time_field("moved_at", now),
            id_field("moved_by", holder),
        ];
        self.edit_now(holder, lead, &Fields::from(marks))
    }

    /// A rep leaves: the supervisor hands the leads over, the admin closes the account.
    pub(super) fn leave_team(&mut self, person: PersonId) -> Result<()> {
        self.push(person)?;
        for client in 0..self.clients.len() {
            if self.clients[client].holder == Some(person)
                && let Some(to) = self.colleague(person)
            {
                self.assign(client, to)?;
            }
        }
        let now = self.now();
        let device = self.phone(person)?.id();
        self.serve(|ingest| ingest.write_by(&By::admin(), person.into(), &Fields::from([("left".into(), true.into())])))?;
        self.app.store.write(|tx| tx.revoke_device(device, now))?;
        self.phones.remove(&person);
        self.team.iter_mut().filter(|member| member.id == person).for_each(|member| member.left = true);
        Ok(())
    }

    /// Another rep of the same supervisor, or any.
    fn colleague(&mut self, person: PersonId) -> Option<PersonId> {
        let superior = self.member(person).and_then(|member| member.reports_to);
        let works = |id: &PersonId| *id != person && self.phones.contains_key(id);
        let all: Vec<PersonId> = self.reps().map(|member| member.id).filter(works).collect();
        let near: Vec<PersonId> =
            all.iter().copied().filter(|id| self.member(*id).and_then(|member| member.reports_to) == superior).collect();
        let from = if near.is_empty() { all } else { near };
        (!from.is_empty()).then(|| self.luck.pick(&from))
    }

    /// A list from an outside CRM comes in: what it thinks of some customers.
    pub(super) fn crm(&mut self) -> Result<()> {
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        self.clients.iter().for_each(|client| *named.entry(&client.name).or_default() += 1);
        // One that is there twice would not be known by its name.
        let single: Vec<usize> = (0..self.clients.len()).filter(|client| named[self.clients[*client].name.as_str()] == 1).collect();
        let mut lines = vec!["客户名称,客户编号,意向等级".to_owned()];
        for _ in 0..self.plan.reps.div_ceil(4) {
            let Some(client) = single.get(self.luck.below(single.len())).copied() else { return Ok(()) };
            let one = &self.clients[client];
            let listed = lines.iter().any(|line| line.starts_with(&one.name));
            if listed || one.holder.is_none() || self.fields(one.id)?.is_none() {
                continue;
            }
            let (name, known) = (one.name.clone(), one.intent);
            let intent = match known {
                Some(intent) if self.luck.chance(70) => intent,
                _ => self.luck.pick(&[Intent::A, Intent::B, Intent::C, Intent::D]),
            };
            lines.push(format!("{name},KH{:06},{}", client + 1, intent.as_str()));
        }
        let importer = self.with_role(Role::Admin);
        match importer.first() {
            Some(importer) if lines.len() > 1 => self.import(*importer, ImportKind::Customers, &lines),
            _ => Ok(()),
        }
    }
}
