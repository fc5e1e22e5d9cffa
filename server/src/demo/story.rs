//! The story: what happens when. An agenda in the order of the clock, the jobs that come up in between, and what everybody knows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use chuda_evidence::clock::Clock;
use chuda_evidence::{Signer as _, SoftwareKey};
use chuda_record::id::{ContactId, ContractId, CustomerId, DeviceId, LeadId, PersonId, RecordId, TouchId};
use chuda_record::rules::Config;
use chuda_record::time::{DEFAULT_ZONE, day_of, from_millis, start_of_day};
use chuda_record::wire::api::{Enrolment, ImportKind};
use chuda_record::{Error, Fields, Intent, Kind, Person, Record, Result, Role, Scalar, from_fields};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::cast::{self, Member};
use super::luck::Luck;
use super::phone::Phone;
use super::plan::Plan;
use crate::app::App;
use crate::audit::By;
use crate::enrolment;
use crate::import::{self, table};
use crate::ingest::Ingest;
use crate::jobs::{self, Runner};
use crate::reactions;
use crate::{releases, server};

/// Jobs that come up within this time are run together.
const TOGETHER: TimeDelta = TimeDelta::hours(3);

/// What somebody does.
type Act = Box<dyn FnOnce(&mut Story) -> Result<()> + Send>;

/// What is going to happen.
enum Happening {
    /// Somebody does something, or something happens to the team.
    Act(Act),
    /// The bytes of evidence arrive.
    Bytes { person: PersonId, bytes: Vec<u8> },
}

/// What somebody is going to do; who has left by then does nothing.
pub(super) fn by(
    person: PersonId,
    act: impl FnOnce(&mut Story) -> Result<()> + Send + 'static,
) -> impl FnOnce(&mut Story) -> Result<()> + Send + 'static {
    move |story: &mut Story| if story.phones.contains_key(&person) { act(story) } else { Ok(()) }
}

/// A customer, as the reps know it.
pub(super) struct Client {
    pub(super) id: CustomerId,
    pub(super) lead: LeadId,
    pub(super) name: String,
    pub(super) short: String,
    pub(super) model: &'static str,
    pub(super) place: (i32, i32),
    pub(super) contact: Option<(ContactId, String)>,
    pub(super) holder: Option<PersonId>,
    pub(super) intent: Option<Intent>,
    /// How far things have got: 0 nothing yet, 1 contact, 2 demo booked, 3 demo given, 4 quoted, 5 signed.
    pub(super) progress: u8,
    /// When the next step is due.
    pub(super) due: Option<NaiveDate>,
    pub(super) touched: Option<NaiveDate>,
    /// The customer has answered, which the next touch says.
    pub(super) answered: bool,
    pub(super) closed: bool,
}

/// A touch, as its author remembers it.
pub(super) struct Done {
    pub(super) touch: TouchId,
    pub(super) client: usize,
    pub(super) action: String,
    pub(super) brief: Option<String>,
    pub(super) day: NaiveDate,
}

/// A clock that the story moves.
struct Hand(Mutex<DateTime<Utc>>);

impl Hand {
    fn move_to(&self, at: DateTime<Utc>) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = at.max(*now);
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn monotonic_ms(&self) -> u64 {
        self.now().timestamp_millis().unsigned_abs()
    }

    fn boot_id(&self) -> String {
        "demo".into()
    }
}

pub(super) struct Story {
    pub(super) app: App,
    pub(super) plan: Plan,
    pub(super) luck: Luck,
    pub(super) config: Arc<Config>,
    pub(super) team: Vec<Member>,
    pub(super) phones: BTreeMap<PersonId, Phone>,
    pub(super) clients: Vec<Client>,
    /// The customers that each rep works on.
    pub(super) books: BTreeMap<PersonId, Vec<usize>>,
    /// What each has done lately.
    pub(super) done: BTreeMap<PersonId, VecDeque<Done>>,
    pub(super) filed: BTreeSet<(PersonId, NaiveDate)>,
    /// Evidence that is still on a phone.
    pub(super) waiting: BTreeMap<PersonId, Vec<Vec<u8>>>,
    /// The photos that each has taken lately.
    pub(super) album: BTreeMap<PersonId, VecDeque<Luck>>,
    /// Catalogues that each has sent.
    pub(super) sent: BTreeSet<(PersonId, &'static str)>,
    /// Contracts that were paid for since finance looked last.
    pub(super) paid: Vec<ContractId>,
    /// Days off that people have taken.
    pub(super) leave: BTreeSet<(PersonId, NaiveDate)>,
    clock: Arc<Hand>,
    runner: Runner,
    _stop: watch::Sender<bool>,
    agenda: BTreeMap<(i64, u64), Happening>,
    scheduled: u64,
    /// Something was written since the last look around.
    written: bool,
    /// When the next job comes up, and when jobs were run last.
    next_job: Option<DateTime<Utc>>,
    jobs_run: DateTime<Utc>,
    /// Up to when tasks have been seen, and those of the last moment.
    seen: (i64, BTreeSet<RecordId>),
}

impl Story {
    /// Opens the folder, brings in the team, and sets the first day.
    pub(super) fn begin(data: &Path, plan: Plan) -> Result<Self> {
        let first = plan.first_day();
        let opening = start_of_day(first, DEFAULT_ZONE);
        let clock = Arc::new(Hand(Mutex::new(opening)));
        let app = server::open_to_fill(data, clock.clone(), plan.seed)?;
        let (stop, stopped) = watch::channel(false);
        let mut luck = Luck::new(plan.seed, "story");
        let team = cast::team(plan.reps, &mut luck, opening);
        let config = app.store.read(|tx| tx.config())?;
        let mut story = Self {
            runner: jobs::runner(app.clone(), stopped),
            app,
            plan,
            luck,
            config,
            team,
            clock,
            phones: BTreeMap::new(),
            clients: Vec::new(),
            books: BTreeMap::new(),
            done: BTreeMap::new(),
            filed: BTreeSet::new(),
            waiting: BTreeMap::new(),
            album: BTreeMap::new(),
            sent: BTreeSet::new(),
            paid: Vec::new(),
            leave: BTreeSet::new(),
            _stop: stop,
            agenda: BTreeMap::new(),
            scheduled: 0,
            written: false,
            next_job: None,
            jobs_run: opening,
            seen: (0, BTreeSet::new()),
        };
        story.enter_people()?;
        story.enrol()?;
        let (days, hour) = (u64::from(plan.weeks) * 7, TimeDelta::hours(1));
        story.schedule(opening + hour * 5, move |story| {
            story.day(first);
            Ok(())
        });
        // Before people come to work.
        story.schedule(opening + hour * 4, Self::publish);
        story.schedule(start_of_day(first + Days::new(days * 55 / 100), DEFAULT_ZONE) + hour * 10, Self::publish);
        let leaver = story.reps().nth(2).map(|member| member.id);
        if let Some(leaver) = leaver {
            story.schedule(start_of_day(first + Days::new(days * 62 / 100), DEFAULT_ZONE) + hour * 17, move |story| {
                story.leave_team(leaver)
            });
        }
        Ok(story)
    }

    /// Lets everything happen until the end.
    pub(super) async fn tell(&mut self, mut progress: impl FnMut(u64, u64)) -> Result<()> {
        // What always comes up again is scheduled by the first run.
        self.run_jobs(self.now()).await?;
        let first = self.plan.first_day();
        let days = (day_of(self.plan.end, DEFAULT_ZONE) - first).num_days().unsigned_abs() + 1;
        let mut passed = None;
        while let Some(entry) = self.agenda.first_entry() {
            let at = from_millis(entry.key().0);
            if at > self.plan.end {
                break;
            }
            let happening = entry.remove();
            self.run_jobs_until(at).await?;
            self.clock.move_to(at);
            let day = (self.today() - first).num_days().unsigned_abs();
            if passed.replace(day) != Some(day) {
                progress(day, days);
            }
            match happening {
                Happening::Bytes { person, bytes } => {
                    if let Some(phone) = self.phones.get(&person) {
                        self.app.blobs.keep(&self.app.store, person, bytes, &phone.by(), at).await?;
                        self.written = true;
                    }
                }
                Happening::Act(act) => act(self)?,
            }
            self.look_around()?;
        }
        self.run_jobs(self.plan.end).await?;
        progress(days, days);
        let dead = self.app.store.read(|tx| tx.dead_jobs(None, 1))?;
        dead.first().map_or(Ok(()), |job| Err(Error::internal("demo.job_failed", &job.key)))
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today, where the team works.
    pub(super) fn today(&self) -> NaiveDate {
        day_of(self.now(), DEFAULT_ZONE)
    }

    /// Puts something on the agenda.
    pub(super) fn schedule(&mut self, at: DateTime<Utc>, act: impl FnOnce(&mut Self) -> Result<()> + Send + 'static) {
        self.note_down(at, Happening::Act(Box::new(act)));
    }

    /// Puts it on the agenda for some moment of a day, between two minutes of it.
    pub(super) fn schedule_on(
        &mut self,
        day: NaiveDate,
        minutes: (i64, i64),
        act: impl FnOnce(&mut Self) -> Result<()> + Send + 'static,
    ) {
        let at = self.moment(day, minutes);
        self.schedule(at, act);
    }

    /// Puts it on the agenda for when so many minutes have passed and people are at work.
    pub(super) fn schedule_after(&mut self, minutes: (i64, i64), act: impl FnOnce(&mut Self) -> Result<()> + Send + 'static) {
        let at = self.later(minutes);
        self.schedule(at, act);
    }

    /// Evidence of somebody arrives at a time.
    pub(super) fn deliver_bytes(&mut self, at: DateTime<Utc>, person: PersonId, bytes: Vec<u8>) {
        self.note_down(at, Happening::Bytes { person, bytes });
    }

    fn note_down(&mut self, at: DateTime<Utc>, happening: Happening) {
        self.scheduled += 1;
        self.agenda.insert((at.timestamp_millis(), self.scheduled), happening);
    }

    /// Some moment of a day, between two minutes of it.
    pub(super) fn moment(&mut self, day: NaiveDate, minutes: (i64, i64)) -> DateTime<Utc> {
        let at =
            TimeDelta::minutes(self.luck.between(minutes.0, minutes.1)) + TimeDelta::milliseconds(self.luck.between(0, 59_999));
        start_of_day(day, DEFAULT_ZONE) + at
    }

    /// Some moment after so many minutes, at which people are at work.
    fn later(&mut self, minutes: (i64, i64)) -> DateTime<Utc> {
        let at = self.now()
            + TimeDelta::minutes(self.luck.between(minutes.0, minutes.1))
            + TimeDelta::milliseconds(self.luck.between(1, 59_999));
        let day = day_of(at, DEFAULT_ZONE);
        let opens = start_of_day(day, DEFAULT_ZONE);
        let works = self.config.calendar.is_working_day(day);
        if works && (opens + TimeDelta::minutes(9 * 60)..opens + TimeDelta::minutes(18 * 60 + 20)).contains(&at) {
            return at;
        }
        let morning = works && at < opens + TimeDelta::hours(9);
        let day = if morning { day } else { self.config.calendar.next_working_day(day + Days::new(1)) };
        self.moment(day, (9 * 60, 11 * 60))
    }

    /// Some moment after so many minutes, at whatever time of the day, and some seconds.
    pub(super) fn soon(&mut self, minutes: (i64, i64), seconds: (i64, i64)) -> DateTime<Utc> {
        let minutes = TimeDelta::minutes(self.luck.between(minutes.0, minutes.1));
        self.now() + minutes + TimeDelta::seconds(self.luck.between(seconds.0, seconds.1))
    }

    /// The reps, those who have left among them.
    pub(super) fn reps(&self) -> impl Iterator<Item = &Member> {
        self.team.iter().filter(|member| member.role == Role::Rep)
    }

    pub(super) fn member(&self, person: PersonId) -> Option<&Member> {
        self.team.iter().find(|member| member.id == person)
    }

    /// Those with a role who have a phone.
    pub(super) fn with_role(&self, role: Role) -> Vec<PersonId> {
        let with_role = self.team.iter().filter(|member| member.role == role && self.phones.contains_key(&member.id));
        with_role.map(|member| member.id).collect()
    }

    /// Somebody's phone; an error where there is none.
    pub(super) fn phone(&mut self, person: PersonId) -> Result<&mut Phone> {
        self.phones.get_mut(&person).ok_or_else(|| Error::internal("demo.no_phone", person))
    }

    /// Makes a record on somebody's phone, to be sent later.
    pub(super) fn create<T: Record>(&mut self, person: PersonId, id: impl Into<RecordId>, record: &T) -> Result<()> {
        let now = self.now();
        self.phone(person)?.create(id, record, now)
    }

    /// Changes a record on somebody's phone, to be sent later.
    pub(super) fn edit(&mut self, person: PersonId, id: impl Into<RecordId>, fields: &Fields) -> Result<()> {
        // What is unsent may have to go first.
        self.written = true;
        let (now, store) = (self.now(), self.app.store.clone());
        self.phone(person)?.edit(&store, id, fields, now)
    }

    /// Sends what is on somebody's phone.
    pub(super) fn push(&mut self, person: PersonId) -> Result<()> {
        self.written = true;
        let (now, store) = (self.now(), self.app.store.clone());
        self.phone(person)?.push(&store, now)
    }

    /// Changes a record and sends it at once.
    pub(super) fn edit_now(&mut self, person: PersonId, id: impl Into<RecordId>, fields: &Fields) -> Result<()> {
        self.edit(person, id, fields)?;
        self.push(person)
    }

    /// Does something in one transaction of the server's, as its interface does for those who ask.
    pub(super) fn serve<T>(&mut self, work: impl FnOnce(&mut Ingest<'_>) -> Result<T>) -> Result<T> {
        self.written = true;
        let now = self.now();
        self.app.store.write(|tx| {
            let mut ingest = reactions::begin(tx, now)?;
            let value = work(&mut ingest)?;
            ingest.finish()?;
            Ok(value)
        })
    }

    /// Takes in a file as somebody: a heading and lines of CSV.
    pub(super) fn import(&mut self, person: PersonId, kind: ImportKind, lines: &[String]) -> Result<()> {
        self.written = true;
        let (now, by) = (self.now(), self.phone(person)?.by());
        let rows = table::read(lines.join("\n").as_bytes())?;
        let report = self.app.store.write(|tx| import::run(tx, kind, &rows, (person, &by), false, now))?;
        match report.errors.first() {
            Some(error) => Err(Error::internal("demo.import", &error.key)),
            None => Ok(()),
        }
    }

    /// The fields of a record as the server has it.
    pub(super) fn fields(&self, id: impl Into<RecordId>) -> Result<Option<Fields>> {
        let id = id.into();
        Ok(self.app.store.read(|tx| tx.document(id))?.map(|document| document.fields))
    }

    /// A record as the server has it; one that can't be read is not there.
    pub(super) fn record<T: DeserializeOwned>(&self, id: impl Into<RecordId>) -> Result<Option<T>> {
        Ok(self.fields(id)?.and_then(|fields| from_fields(&fields).ok()))
    }

    /// Runs jobs as they come up. Those of a few hours are run together: some look again every hour, which nobody waits for.
    async fn run_jobs_until(&mut self, at: DateTime<Utc>) -> Result<()> {
        while let Some(due) = self.next_job.map(|due| due.max(self.jobs_run + TOGETHER)).filter(|due| *due <= at) {
            self.run_jobs(due).await?;
        }
        Ok(())
    }

    async fn run_jobs(&mut self, at: DateTime<Utc>) -> Result<()> {
        self.clock.move_to(at);
        self.runner.run_due().await?;
        (self.jobs_run, self.written) = (at, true);
        self.look_around()
    }

    /// Looks what has come of what was written: tasks go on the agenda of whoever will do them, and jobs come up.
    fn look_around(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.written) {
            return Ok(());
        }
        let since = self.seen.0;
        let (tasks, job) = self.app.store.read(|tx| Ok((tx.open_since(Kind::Task, since)?, tx.open_jobs(1)?.pop())))?;
        self.next_job = job.map(|job| from_millis(job.due));
        for task in tasks {
            if task.at > self.seen.0 {
                self.seen = (task.at, BTreeSet::new());
            }
            if self.seen.1.insert(task.id) {
                self.take_up(task.id, &task.fields);
            }
        }
        Ok(())
    }

    /// Everybody's record, superiors first. Written in one go, as nobody has a device yet.
    fn enter_people(&mut self) -> Result<()> {
        let now = self.now();
        self.app.store.write(|tx| {
            let mut ingest = reactions::begin(tx, now)?;
            for member in &self.team {
                let person = Person {
                    name: member.name.clone(),
                    roles: [member.role].into(),
                    reports_to: member.reports_to,
                    zone: DEFAULT_ZONE,
                    left: false,
                };
                let fields = person.to_new_fields().map_err(|error| Error::internal("demo.person", error))?;
                ingest.write_by(&By::admin(), member.id.into(), &fields)?;
            }
            ingest.finish()
        })
    }

    /// A phone for everybody who works with one. Keys are drawn from the system and forgotten in the end: nobody else can sign as them.
    fn enrol(&mut self) -> Result<()> {
        let now = self.now();
        for member in &self.team {
            let (id, key) = (DeviceId(self.luck.id(now)), SoftwareKey::generate());
            let spki = key.public_key().to_spki();
            let platform = self.luck.pick(&["android", "android", "ios"]);
            self.app.store.write(|tx| {
                let code = enrolment::issue_code(tx, member.id, now)?;
                let enrolment =
                    Enrolment { code, device: id, public_key: BASE64.encode(&spki), platform: Some(platform.to_owned()) };
                let enrolled = enrolment::enrol(tx, &enrolment, spki, "demo", now)?;
                enrolled.map(drop).map_err(|refused| Error::internal("demo.enrolment", refused.key()))
            })?;
            self.phones.insert(member.id, Phone::new(id, member.id, key));
        }
        Ok(())
    }

    /// The next version of the configuration: first the holidays, later 演示 is split in two (R3, T6).
    fn publish(&mut self) -> Result<()> {
        let mut draft = (*self.config).clone();
        let note = if draft.version == 1 {
            let years = self.plan.first_day().year()..=day_of(self.plan.end, DEFAULT_ZONE).year();
            let days = years.flat_map(|year| {
                let off = [(1, 1, 1), (5, 1, 5), (10, 1, 7)];
                off.into_iter()
                    .flat_map(move |(month, from, to)| (from..=to).filter_map(move |day| NaiveDate::from_ymd_opt(year, month, day)))
            });
            draft.calendar.holidays.extend(days);
            "补充法定节假日"
        } else {
            let Some(demo) = draft.actions.iter().position(|action| action.key == "demo") else { return Ok(()) };
            let part = |key: &str, zh: &str, en: &str, prompt: &str| chuda_record::rules::config::Choice {
                key: key.into(),
                zh: zh.into(),
                en: en.into(),
                part_of: Some("demo".into()),
                prompt: Some(prompt.into()),
                retired: false,
                ..draft.actions[demo].clone()
            };
            let on_site = part("demo_on_site", "客户现场操作设备", "The customer works the machine", "请上传操作界面截图");
            let remote = part("demo_remote", "远程共享屏幕完成全流程", "Whole run over a shared screen", "请上传共享屏幕截图");
            draft.actions[demo].retired = true;
            draft.actions.splice(demo + 1..=demo, [on_site, remote]);
            "演示拆分为现场操作与远程共享，便于回查"
        };
        let (now, parent) = (self.now(), draft.version);
        let publisher = self.with_role(Role::Director).first().copied();
        let Some(publisher) = publisher else { return Ok(()) };
        let (content, by) = (draft.to_json(), self.phone(publisher)?.by());
        self.app.store.write(|tx| releases::publish(tx, publisher, &by, parent, &content, note, now))?;
        self.config = self.app.store.read(|tx| tx.config())?;
        Ok(())
    }
}

pub(super) fn id_field(name: &str, id: impl std::fmt::Display) -> (String, Scalar) {
    (name.to_owned(), Scalar::Text(id.to_string()))
}

pub(super) fn time_field(name: &str, at: DateTime<Utc>) -> (String, Scalar) {
    (name.to_owned(), Scalar::Int(at.timestamp_millis()))
}

pub(super) fn text_field(name: &str, text: &str) -> (String, Scalar) {
    (name.to_owned(), Scalar::Text(text.to_owned()))
}
