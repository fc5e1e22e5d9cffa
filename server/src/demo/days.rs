//! The days of those who go to customers: touches with their evidence, what customers answer, and the report in the evening.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use chuda_evidence::claim::{Consent, Flag, Source};
use chuda_record::id::{EvidenceId, PersonId, ReportId, TouchId};
use chuda_record::time::{DEFAULT_ZONE, day_of};
use chuda_record::{ContactMode, Error, Fen, Fields, Intent, Report, Result, Role, Scalar, Touch};

use super::goods::{self, phrase};
use super::luck::Luck;
use super::papers;
use super::phone::Capture;
use super::story::{Done, Story, by, time_field};
use crate::audit::By;
use crate::outside_events::{self, EventIn, Taken};

/// Touches and photos that somebody remembers.
const REMEMBERED: usize = 40;
/// Customers that a rep thinks of when the next one is chosen.
const CONSIDERED: usize = 5;

impl Story {
    /// A day begins: what everybody is going to do on it, as far as they know.
    pub(super) fn day(&mut self, day: NaiveDate) -> Result<()> {
        if let Some(next) = day.succ_opt() {
            self.schedule_on(next, (5 * 60, 5 * 60), move |story| story.day(next));
        }
        let first = day == self.plan.first_day();
        let works = self.config.calendar.is_working_day(day);
        if works || first {
            self.plan_customers(first);
        }
        if works {
            self.schedule_on(day, (16 * 60, 17 * 60), Self::slips);
        }
        for person in self.with_role(Role::Rep) {
            self.plan_day(person, day, works);
        }
        for person in self.with_role(Role::Supervisor) {
            if works && self.luck.chance(30) {
                self.schedule_on(day, (10 * 60, 17 * 60), by(person, move |story| story.touch(person, None, None)));
            }
        }
        Ok(())
    }

    fn plan_day(&mut self, person: PersonId, day: NaiveDate, works: bool) {
        let Some(manner) = self.member(person).map(|member| member.manner) else { return };
        if works && self.luck.below(1_000) < 6 {
            let days = self.luck.between(1, 4) as usize;
            self.leave.extend(day.iter_days().take(days).map(|day| (person, day)));
        }
        let away = self.leave.contains(&(person, day));
        let mut touches = match (works, away) {
            (true, false) => self.luck.between(manner.touches.0, manner.touches.1),
            (true, true) => 0,
            (false, _) => i64::from(self.luck.chance(5)),
        };
        if works && day.weekday().number_from_monday() == 5 {
            // The weekly meeting takes the afternoon.
            touches -= i64::from(self.luck.chance(40) && touches > 0);
        }
        for _ in 0..touches {
            self.schedule_on(day, (9 * 60, 18 * 60), by(person, move |story| story.touch(person, None, None)));
        }
        if (works || touches > 0) && !self.luck.chance(if away { 50 } else { manner.missing }) {
            let late = self.luck.chance(manner.late);
            let (filed, minutes) = if late {
                (day + Days::new(self.luck.between(1, 2) as u64), (9 * 60, 11 * 60))
            } else {
                (day, (17 * 60 + 30, 20 * 60))
            };
            self.schedule_on(filed, minutes, by(person, move |story| story.file(person, day)));
        }
    }

    pub(super) fn touch(&mut self, person: PersonId, client: Option<usize>, action: Option<&'static str>) -> Result<()> {
        let Some(client) = self.reachable(person, client)? else { return Ok(()) };
        let today = self.today();
        let answered = std::mem::take(&mut self.clients[client].answered);
        let action = match action {
            Some(action) => action,
            None => self.next_step(client),
        };
        let action = self.as_offered(action);
        let now = self.now();
        let id = TouchId(self.luck.id(now));
        let one = &self.clients[client];
        let customer = one.id;
        let named = one.contact.clone();
        let called = named.as_ref().map_or("对方", |(_, name)| name.as_str()).to_owned();
        let note = goods::note(action, &called, one.model, &mut self.luck);
        let mode = goods::mode(action, &mut self.luck);
        let brief = self.brief(action);
        let asks = action == "tech_question" || brief.as_deref() == Some("tech_needed");
        let amount = matches!(action, "quote" | "sign").then(|| goods::amount(&mut self.luck));
        let intent = self.luck.chance(30).then(|| self.intent_now(client));
        let tech_owner = if asks { Some(self.tech_owner()) } else { None };
        let next_date = self.luck.chance(65).then(|| self.next_date(today));
        let touch = Touch {
            brief: brief.clone(),
            tech_owner,
            response_by: asks.then(|| self.config.calendar.next_working_day(today + Days::new(self.luck.between(1, 5) as u64))),
            amount,
            custom_development: amount.is_some_and(|amount| amount >= Fen(30_000_000)) && self.luck.chance(45),
            intent,
            feedback: answered,
            feedback_at: answered.then_some(now),
            contact: named.filter(|_| self.luck.chance(80)).map(|(id, _)| id),
            next_action: next_date.map(|_| phrase("next_action", &mut self.luck).to_owned()),
            next_date,
            note: (asks || action == "new_demand" || self.luck.chance(85)).then(|| note.clone()),
            ..Touch::new(person, customer, mode, action, now, DEFAULT_ZONE, self.config.version)
        };
        let evidence = self.member(person).map_or(0, |member| member.manner.evidence);
        let proven = self.luck.chance(evidence);
        let captures = if proven { self.captures(person, client, &touch, &note) } else { Vec::new() };
        let ids: Vec<EvidenceId> = captures.iter().map(|_| EvidenceId(self.luck.id(now))).collect();
        let touch = Touch { evidence: ids.iter().copied().collect(), ..touch };
        self.create(person, id, &touch)?;
        self.keep(person, (id, client), ids.into_iter().zip(captures))?;
        self.keep_intent(person, client, &touch)?;
        self.remember(person, id, client, &touch, next_date);
        self.send_soon(person);
        self.what_follows(person, client, id, &touch);
        self.put_into_report(person, id)
    }

    /// The customer that somebody can touch now: the one that is meant, or one of those they have.
    fn reachable(&mut self, person: PersonId, client: Option<usize>) -> Result<Option<usize>> {
        if self.member(person).is_some_and(|member| member.role != Role::Rep) {
            // A superior goes along to a customer of the team.
            let client = self.luck.below(self.clients.len());
            let Some(one) = self.clients.get(client).filter(|one| one.holder.is_some() && !one.closed) else { return Ok(None) };
            let readable = self.app.store.read(|tx| tx.may_read(one.id.into(), person))?;
            return Ok(readable.then_some(client));
        }
        match client {
            Some(client) => Ok(Some(client).filter(|client| {
                let one = &self.clients[*client];
                one.holder == Some(person) && !one.closed
            })),
            None => Ok(self.choose(person)),
        }
    }

    /// The customer whom a rep thinks of first: what is due, what has got far; nobody twice a day if it can be helped.
    fn choose(&mut self, person: PersonId) -> Option<usize> {
        let today = self.today();
        let book = self.books.get(&person).filter(|book| !book.is_empty())?;
        let considered: Vec<usize> = (0..CONSIDERED).map(|_| book[self.luck.below(book.len())]).collect();
        considered.into_iter().max_by_key(|client| {
            let one = &self.clients[*client];
            let due = i64::from(one.due.is_some_and(|due| due <= today)) * 6;
            let again = i64::from(one.touched == Some(today)) * 20;
            due + i64::from(one.answered) * 8 + i64::from(one.progress % 5) - again
        })
    }

    /// What is done next with a customer, as far as it has got.
    fn next_step(&mut self, client: usize) -> &'static str {
        goods::weighted(&format!("step.{}", self.clients[client].progress.min(5)), &mut self.luck)
    }

    /// The option in force for an action: one that was split is recorded by its parts (R3).
    fn as_offered(&mut self, action: &'static str) -> &'static str {
        let retired = self.config.actions.iter().any(|option| option.key == action && option.retired);
        if retired { self.luck.weighted(&[("demo_on_site", 65), ("demo_remote", 35)]) } else { action }
    }

    fn brief(&mut self, action: &str) -> Option<String> {
        let suggested = self.config.actions.iter().find(|option| option.key == action).and_then(|option| option.brief.clone());
        suggested.or_else(|| match self.luck.below(100) {
            0..=7 => Some("poc_needed".to_owned()),
            8 if self.luck.chance(40) => Some("tech_needed".to_owned()),
            _ => None,
        })
    }

    fn tech_owner(&mut self) -> String {
        let owners = self.with_role(Role::Tech);
        if self.luck.chance(8) { phrase("outsider", &mut self.luck).to_owned() } else { self.luck.pick(&owners).to_string() }
    }

    fn intent_now(&mut self, client: usize) -> Intent {
        const ALL: [Intent; 4] = [Intent::A, Intent::B, Intent::C, Intent::D];
        let one = &self.clients[client];
        match one.intent {
            Some(intent) if self.luck.chance(75) => intent,
            _ if one.progress >= 3 => self.luck.weighted(&[(Intent::A, 35), (Intent::B, 45), (Intent::C, 15), (Intent::D, 5)]),
            _ => self.luck.pick(&ALL),
        }
    }

    fn next_date(&mut self, today: NaiveDate) -> NaiveDate {
        // "3 个月后再联系" is a legal answer (M2).
        let days = if self.luck.chance(3) { 90 } else { self.luck.between(1, 12) as u64 };
        self.config.calendar.next_working_day(today + Days::new(days))
    }

    fn captures(&mut self, person: PersonId, client: usize, touch: &Touch, note: &str) -> Vec<Capture> {
        let mut captures = Vec::new();
        match touch.action.as_str() {
            "quote" => match self.luck.below(100) {
                0..=84 => captures.push(self.quote(client, touch)),
                85..=91 => captures.push(self.catalogue(person, client)),
                _ => captures.push(self.photo(person, client, Source::Gallery)),
            },
            "send_material" if self.luck.chance(30) => captures.push(self.catalogue(person, client)),
            _ => match touch.mode {
                ContactMode::Phone if self.luck.chance(60) => captures.push(self.recording(note)),
                ContactMode::Visit if self.luck.chance(15) => captures.push(self.recording(note)),
                ContactMode::Visit => captures.push(self.photo(person, client, Source::Camera)),
                _ => captures.push(self.photo(person, client, Source::Gallery)),
            },
        }
        if touch.mode == ContactMode::Visit && self.luck.chance(10) {
            captures.push(self.photo(person, client, Source::Camera));
        }
        captures
    }

    fn quote(&mut self, client: usize, touch: &Touch) -> Capture {
        let one = &self.clients[client];
        let contact = one.contact.as_ref().map_or("负责人", |(_, name)| name);
        let day = day_of(touch.at, DEFAULT_ZONE);
        let number = format!("BJ-{}-{:04}", day.format("%Y%m%d"), self.luck.below(10_000));
        let amount = touch.amount.unwrap_or(Fen(0));
        let lines =
            goods::quote_lines(&one.name, contact, one.model, amount, &number, &day.format("%Y 年 %-m 月 %-d 日").to_string());
        self.file_of(papers::page("报价单", &lines), Source::File, BTreeSet::new())
    }

    /// A catalogue: made out to the customer, or the one that everybody sends, which the phone has seen before.
    fn catalogue(&mut self, person: PersonId, client: usize) -> Capture {
        let one = &self.clients[client];
        let (model, mut lines) = (one.model, goods::catalogue_lines(one.model));
        let mut flags = BTreeSet::new();
        if self.luck.chance(70) {
            lines.push(format!("致：{}    {}", one.name, self.today()));
        } else if !self.sent.insert((person, model)) {
            flags.insert(Flag::Recycled);
        }
        self.file_of(papers::page("产品手册", &lines), Source::File, flags)
    }

    fn photo(&mut self, person: PersonId, client: usize, source: Source) -> Capture {
        let place = self.clients[client].place;
        let album = self.album.entry(person).or_default();
        let mut flags = BTreeSet::new();
        let old = (!album.is_empty()).then(|| album[self.luck.below(album.len())].clone());
        let paper = match (self.luck.below(1_000), old) {
            (0..=9, Some(scene)) => {
                flags.insert(Flag::Recycled);
                papers::photo(&scene, 0)
            }
            (10..=21, Some(scene)) => {
                flags.insert(Flag::NearDuplicate);
                papers::photo(&scene, self.luck.between(5, 12))
            }
            _ => {
                let scene = Luck::new(self.plan.seed, &self.luck.id(self.app.now()).to_string());
                album.push_back(scene.clone());
                if album.len() > REMEMBERED {
                    album.pop_front();
                }
                papers::photo(&scene, 0)
            }
        };
        if source == Source::Gallery {
            flags.insert(Flag::FromGallery);
        }
        let mock = self.luck.below(1_000) < 5;
        if mock {
            flags.insert(Flag::MockLocation);
        }
        let location =
            (mock || (source == Source::Camera && self.luck.chance(85))).then(|| goods::near(place, mock, &mut self.luck));
        Capture { location, ..self.file_of(paper, source, flags) }
    }

    fn recording(&mut self, note: &str) -> Capture {
        let own = self.luck.chance(45);
        let paper = papers::recording(&mut self.luck);
        let transcript = self.luck.chance(90).then(|| goods::spoken(note, own, &mut self.luck));
        let consent = Some(if own { Consent::OwnVoice } else { Consent::Told });
        Capture { consent, transcript, ..self.file_of(paper, Source::Recording, BTreeSet::new()) }
    }

    /// A file with what can happen to any: it breaks on its way, or the phone's clock is off.
    fn file_of(&mut self, paper: papers::Paper, source: Source, mut flags: BTreeSet<Flag>) -> Capture {
        let clock = self.luck.below(1_000);
        flags.extend((clock < 6).then_some(Flag::ClockSetByHand));
        flags.extend((6..10).contains(&clock).then_some(Flag::ClockChanged));
        let broken = self.luck.below(1_000) < 8 && source != Source::Recording;
        let paper = if broken { paper.broken() } else { paper };
        Capture { paper, source, flags, consent: None, location: None, transcript: None }
    }

    fn keep(
        &mut self,
        person: PersonId,
        (touch, client): (TouchId, usize),
        captures: impl Iterator<Item = (EvidenceId, Capture)>,
    ) -> Result<()> {
        let (now, customer) = (self.now(), self.clients[client].id);
        for (id, capture) in captures {
            self.phone(person)?.keep(id, (touch, customer), &capture, now)?;
            self.waiting.entry(person).or_default().push(capture.paper.bytes);
        }
        Ok(())
    }

    /// The intent level of a touch is kept on the customer by whoever holds it, as the app does.
    fn keep_intent(&mut self, person: PersonId, client: usize, touch: &Touch) -> Result<()> {
        let one = &mut self.clients[client];
        let Some(intent) = touch.intent.filter(|intent| one.holder == Some(person) && one.intent != Some(*intent)) else {
            return Ok(());
        };
        one.intent = Some(intent);
        let customer = one.id;
        self.edit(person, customer, &Fields::from([("intent".into(), intent.as_str().into())]))
    }

    fn remember(&mut self, person: PersonId, id: TouchId, client: usize, touch: &Touch, next: Option<NaiveDate>) {
        let today = self.today();
        let drive = self.member(person).map_or(40, |member| member.manner.drive);
        let reached = match touch.action.as_str() {
            "send_material" => 1,
            "book_demo" => 2,
            "demo" | "demo_on_site" | "demo_remote" => 3,
            "quote" => 4,
            "sign" => 5,
            _ => 0,
        };
        let moves = reached > self.clients[client].progress && (reached >= 4 || self.luck.chance(drive + 35));
        let one = &mut self.clients[client];
        one.progress = if moves { reached } else { one.progress };
        (one.due, one.touched) = (next, Some(today));
        let done = self.done.entry(person).or_default();
        done.push_back(Done { touch: id, client, action: touch.action.clone(), brief: touch.brief.clone(), day: today });
        if done.len() > REMEMBERED {
            done.pop_front();
        }
    }

    /// The phone sends at once, when there is a signal again, or hours later.
    fn send_soon(&mut self, person: PersonId) {
        let minutes = self.luck.weighted(&[((0, 3), 60), ((3, 40), 25), ((60, 300), 15)]);
        let at = self.soon(minutes, (5, 59));
        self.schedule(at, by(person, move |story| story.send(person)));
    }

    /// Records first, then the bytes: at once or over Wi-Fi in the evening; some never.
    pub(super) fn send(&mut self, person: PersonId) -> Result<()> {
        self.push(person)?;
        let (now, today) = (self.now(), self.today());
        for bytes in self.waiting.remove(&person).unwrap_or_default() {
            let at = match self.luck.below(100) {
                0 => continue,
                1..=15 => self.moment(today, (21 * 60, 23 * 60)).max(now),
                _ => now + TimeDelta::seconds(self.luck.between(20, 900)),
            };
            self.deliver_bytes(at, person, bytes);
        }
        Ok(())
    }

    /// What others do about a touch: the customer answers or opens, a draft gets its evidence.
    fn what_follows(&mut self, person: PersonId, client: usize, id: TouchId, touch: &Touch) {
        let Some(manner) = self.member(person).map(|member| member.manner) else { return };
        if touch.evidence.is_empty() && self.luck.chance(60) {
            self.schedule_after((30, 2_880), by(person, move |story| story.prove(person, client, id)));
        }
        let likely = match touch.action.as_str() {
            "quote" => manner.answers,
            "send_material" => 14,
            _ => 0,
        };
        if self.luck.chance(likely) {
            let minutes = self.luck.weighted(&[
                ((3, 40), 25),
                ((60, 480), 32),
                ((480, 3_500), 25),
                ((3_500, 4_300), 6),
                ((4_400, 14_000), 12),
            ]);
            let at = self.soon(minutes, (0, 59));
            self.schedule(at, by(person, move |story| story.answer(person, client, id)));
        }
        if touch.mode == ContactMode::Email && matches!(touch.action.as_str(), "quote" | "send_material") {
            let sent = self.now() + TimeDelta::seconds(self.luck.between(20, 90));
            // The mail system tells it in the evening, once the touch is there too.
            self.schedule(sent + TimeDelta::hours(6), move |story| story.mail(client, id, "mail_sent", sent));
            if self.luck.chance(62) {
                let opened = sent + TimeDelta::minutes(self.luck.between(360, 2_700));
                self.schedule(opened, move |story| story.mail(client, id, "mail_opened", opened));
            }
        }
    }

    /// A draft gets the evidence that it lacked.
    pub(super) fn prove(&mut self, person: PersonId, client: usize, touch: TouchId) -> Result<()> {
        let now = self.now();
        let capture = self.photo(person, client, Source::Gallery);
        let id = EvidenceId(self.luck.id(now));
        self.edit(person, touch, &Fields::from([(format!("evidence/{id}"), true.into())]))?;
        self.keep(person, (touch, client), std::iter::once((id, capture)))?;
        self.send(person)
    }

    /// The customer answers: the rep taps it on the touch, says so in the next touch, or the mail system sees it.
    pub(super) fn answer(&mut self, person: PersonId, client: usize, touch: TouchId) -> Result<()> {
        let now = self.now();
        self.push(person)?;
        match self.luck.below(100) {
            0..=44 => {
                self.edit_now(person, touch, &Fields::from([("feedback".into(), true.into()), time_field("feedback_at", now)]))
            }
            45..=69 => {
                self.clients[client].answered = true;
                self.schedule_after((1, 90), by(person, move |story| story.touch(person, Some(client), None)));
                Ok(())
            }
            _ => {
                let event = self.luck.pick(&["attachment_opened", "attachment_downloaded", "mail_received"]);
                self.mail(client, touch, event, now)
            }
        }
    }

    /// What the mail system saw comes in (M1); it ties the touches of a customer's mail together by itself.
    pub(super) fn mail(&mut self, client: usize, touch: TouchId, event: &'static str, at: DateTime<Utc>) -> Result<()> {
        let fields = self.fields(touch)?.unwrap_or_default();
        let sender = fields.get("author").and_then(Scalar::as_text).filter(|_| event == "mail_sent");
        let incoming = EventIn {
            system: "mail".to_owned(),
            external_id: format!("{event}-{touch}"),
            event: event.to_owned(),
            customer: self.clients[client].id.to_string(),
            person: sender.map(str::to_owned),
            thread: Some(format!("thread-{touch}")),
            at,
        };
        let by = By::caller(None, "token mail");
        match self.serve(|ingest| outside_events::take(ingest, &by, &incoming))? {
            // A customer that was merged into another one takes no more mail.
            Taken::New(_) | Taken::Known(_) | Taken::Refused("customer") => Ok(()),
            Taken::Refused(field) => Err(Error::internal("demo.event", field)),
        }
    }

    /// The report of a day is filed, in one tap.
    pub(super) fn file(&mut self, person: PersonId, day: NaiveDate) -> Result<()> {
        if !self.filed.insert((person, day)) {
            return Ok(());
        }
        let now = self.now();
        let done: Vec<&Done> = self.done.get(&person).into_iter().flatten().filter(|done| done.day == day).collect();
        let short = done.len() < chuda_record::kind::report::FULL;
        let mut briefs = BTreeMap::new();
        for one in &done {
            let suggested = || self.config.suggest_brief([one.action.as_str()]).to_owned();
            briefs.entry(self.clients[one.client].id).or_insert_with(|| one.brief.clone().unwrap_or_else(suggested));
        }
        let touches: BTreeSet<TouchId> = done.iter().map(|done| done.touch).collect();
        let away = self.leave.contains(&(person, day));
        let next = self.books.get(&person).filter(|book| !book.is_empty()).map(|book| book[self.luck.below(book.len())]);
        let reason = match self.luck.below(100) {
            _ if away => "leave",
            0..=34 => "customer_postponed",
            35..=59 => "internal",
            60..=84 => "travel",
            _ => "other",
        };
        let report = Report {
            author: person,
            day,
            touches,
            briefs,
            tomorrow: goods::tomorrow(next.map(|client| self.clients[client].short.as_str()), &mut self.luck),
            reason: short.then(|| reason.to_owned()),
            filed: BTreeMap::from([(self.phone(person)?.id(), now.timestamp_millis())]),
            late: day < day_of(now, DEFAULT_ZONE),
            withdrawn: false,
            config: self.config.version,
            corrections: BTreeMap::new(),
        };
        self.create(person, ReportId::of(person, day), &report)?;
        self.send(person)?;
        if self.luck.below(1_000) < 12 {
            self.schedule_after((1_440, 2_880), by(person, move |story| story.amend(person, day)));
        }
        Ok(())
    }

    /// A touch after the report of the day goes into it, most of the time.
    fn put_into_report(&mut self, person: PersonId, touch: TouchId) -> Result<()> {
        if !self.filed.contains(&(person, self.today())) || !self.luck.chance(70) {
            return Ok(());
        }
        let report = ReportId::of(person, self.today());
        self.edit(person, report, &Fields::from([(format!("touches/{touch}"), true.into())]))
    }

    /// A correction beside an old report.
    pub(super) fn amend(&mut self, person: PersonId, day: NaiveDate) -> Result<()> {
        let text = phrase("amendment", &mut self.luck);
        let key = format!("corrections/{}", self.now().timestamp_millis());
        self.edit_now(person, ReportId::of(person, day), &Fields::from([(key, text.into())]))
    }
}
