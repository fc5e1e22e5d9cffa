//! Phone and server judge alike: what a phone lets through, the server accepts, and what it refuses, the server refuses for the same
//! reason; for every role, every kind of record, and every field and act of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chuda_evidence::clock::Clock as _;
use chuda_kit::{Host, Phone};
use chuda_phone::store::{Own, Store, Tx};
use chuda_record::id::{Hash, LeadId, PersonId, RecordId, ReportId};
use chuda_record::kind::backcheck::member;
use chuda_record::kind::lead::LeadRequest;
use chuda_record::policy::Writer;
use chuda_record::rules::{Config, World};
use chuda_record::table::{Party, Type, Write};
use chuda_record::{
    AUTHOR_FIELD, Actor, BackCheck, Demand, ErrorKind, Fields, Finding, Kind, NotWritten, Question, Rejection, Role, Scalar, Task,
    from_fields,
};
use chuda_server::demo::Plan;

/// How often each phone tries something with each kind; each time something else.
const ROUNDS: usize = 9;
/// With how many records of a kind it does each time.
const EACH: usize = 2;

/// Something that somebody tries.
struct Attempt {
    id: RecordId,
    kind: Kind,
    writes: Fields,
}

/// What came of the attempts, by kind: how many were let through, and how many refused.
type Tally = BTreeMap<Kind, (usize, usize)>;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_lets_through_the_server_accepts_and_nothing_else() {
    let end: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().unwrap();
    let (host, summary) = Host::with_demo(Plan { seed: 7, end, weeks: 8, reps: 4, customers: 60 }).await;
    let mut tally = Tally::new();
    for access in &summary.codes {
        let phone = host.enrolled(&access.code).await;
        for round in 0..ROUNDS {
            phone.settle().await;
            try_on(&phone, access.role, round, &mut tally).await;
        }
    }
    let untried: Vec<_> = Kind::ALL.iter().filter(|kind| !tally.contains_key(kind)).collect();
    assert!(untried.is_empty(), "nothing was tried with {untried:?}");
    let never_right: Vec<_> =
        tally.iter().filter(|(kind, (right, _))| *right == 0 && **kind != Kind::BackCheck && is_writable(**kind)).collect();
    assert!(never_right.is_empty(), "nothing was ever let through of {never_right:?}");
    assert!(tally.values().all(|(_, refused)| *refused > 0), "{tally:?}");
}

/// Whether people write such a record at all.
fn is_writable(kind: Kind) -> bool {
    let servers = |write: &Write| matches!(write, Write::Never | Write::By([Party::Server]));
    !kind.table().fields.iter().all(|(.., write)| servers(write))
}

/// Tries one thing with some records of each kind, and compares what the phone said with what the server says.
async fn try_on(phone: &Phone, role: Role, round: usize, tally: &mut Tally) {
    let (store, _) = Store::open(&phone.settings.dir, phone.settings.key).unwrap();
    let identity = phone.workbench.identity().unwrap();
    let me = identity.person.id;
    let actor = Actor { device: identity.device, incarnation: 1_000 + u32::try_from(round).unwrap() };
    let writer = Writer::Person { id: me, roles: identity.person.roles.iter().copied().collect() };
    let own = Own { config: phone.workbench.config(), ..Own::new(actor, writer, phone.clock.now()) };
    let attempts = store.read(|tx| attempts(tx, &own, me, round)).unwrap();

    let said: BTreeMap<RecordId, Option<Rejection>> =
        attempts.iter().filter_map(|attempt| Some((attempt.id, tried(&store, &own, attempt)?))).collect();
    let sent: BTreeMap<RecordId, Hash> = store
        .read(|tx| tx.outbox(1_000, usize::MAX))
        .unwrap()
        .into_iter()
        .map(|pending| (pending.document, pending.hash))
        .collect();
    phone.sync().await.unwrap();
    for attempt in attempts.iter().filter(|attempt| sent.contains_key(&attempt.id)) {
        let quarantined = store.read(|tx| tx.quarantined(Some(attempt.id))).unwrap();
        let heard = quarantined.into_iter().find(|refused| refused.hash == sent[&attempt.id]).map(|refused| refused.reason);
        let said = &said[&attempt.id];
        assert_eq!(
            *said, heard,
            "{role:?} {:?} {:?}: the phone on the left, the server on the right",
            attempt.kind, attempt.writes
        );
        let (right, refused) = tally.entry(attempt.kind).or_default();
        *if heard.is_none() { right } else { refused } += 1;
        // What was never a record is not to be found by the next attempts.
        if heard.is_some() && store.read(|tx| tx.load(attempt.id)).unwrap().fields().is_empty() {
            store.write(|tx| tx.forget(attempt.id)).unwrap();
        }
    }
}

/// Writes it, if need be past the phone's own judgement, and says what that was. None where it would not even be a record, or changes nothing.
#[allow(clippy::option_option)] // nothing to judge is another thing than nothing refused
fn tried(store: &Store, own: &Own, attempt: &Attempt) -> Option<Option<Rejection>> {
    let Attempt { id, kind, writes } = attempt;
    let said = match store.read(|tx| Ok(tx.judge(own, *id, *kind, writes))).unwrap() {
        Ok(()) => None,
        Err(NotWritten::Refused(rejection)) => Some(rejection),
        Err(NotWritten::Failed(error)) => panic!("{error}"),
    };
    let past = if said.is_some() { Own { writer: Writer::Server, ..own.clone() } } else { own.clone() };
    let before = store.read(|tx| tx.outbox_len()).unwrap();
    match store.write(|tx| tx.write_fields(&past, *id, *kind, writes)) {
        Err(error) if error.kind == ErrorKind::Internal || error.key == "record.not_allowed" => None,
        written => written.map(|()| (store.read(|tx| tx.outbox_len()).unwrap() > before).then_some(said)).unwrap(),
    }
}

/// One attempt with each of some records of each kind.
fn attempts(tx: &Tx<'_>, own: &Own, me: PersonId, round: usize) -> chuda_record::Result<Vec<Attempt>> {
    let mut here: BTreeMap<Kind, Vec<RecordId>> = BTreeMap::new();
    for (id, kind) in tx.all_records()? {
        here.entry(kind).or_default().push(id);
    }
    let mut attempts = Vec::new();
    for kind in Kind::ALL {
        let records = here.get(kind).map(Vec::as_slice).unwrap_or_default();
        for number in 0..EACH.min(records.len()) {
            // Near and far ones, own and others'.
            let id = records[(round * 31 + number * 17) % records.len()];
            let around = Around { tx, here: &here, own, me };
            let mut tries = around.tries(*kind, id)?;
            let chosen = (round * 7_919 + number * 104_729 + id.as_bytes()[15] as usize) % tries.len();
            let attempt = tries.swap_remove(chosen);
            if attempts.iter().all(|other: &Attempt| other.id != attempt.id) {
                attempts.push(attempt);
            }
        }
    }
    Ok(attempts)
}

/// What one person sees, and what can be tried with it.
struct Around<'a> {
    tx: &'a Tx<'a>,
    here: &'a BTreeMap<Kind, Vec<RecordId>>,
    own: &'a Own,
    me: PersonId,
}

impl Around<'_> {
    /// Everything that is tried with a record: each field with right and wrong values, what its screens do, and one more like it.
    fn tries(&self, kind: Kind, id: RecordId) -> chuda_record::Result<Vec<Attempt>> {
        let fields = World::record(self.tx, id)?.map(|(_, fields)| fields).unwrap_or_default();
        let mut tries: Vec<Attempt> = Vec::new();
        for (field, holds, _) in kind.table().fields {
            tries.extend(self.values(kind, &fields, field, *holds).into_iter().map(|writes| Attempt { id, kind, writes }));
        }
        tries.extend(self.acts(kind, &fields).into_iter().map(|writes| Attempt { id, kind, writes }));
        tries.extend(self.creations(kind, &fields).into_iter().map(|(id, writes)| Attempt { id, kind, writes }));
        Ok(tries)
    }

    fn values(&self, kind: Kind, fields: &Fields, field: &str, holds: Type) -> Vec<Fields> {
        let now = self.own.at.timestamp_millis();
        let (mine, others) = (Scalar::from(self.me.to_string()), Scalar::from(self.somebody().to_string()));
        let some = |kind: Kind| self.some(kind).map(|id| Scalar::from(id.to_string()));
        let values: Vec<Scalar> = match holds {
            Type::Text => vec!["另有说法".into(), " ".into()],
            Type::Option(list) => {
                let known = self.own.config.list(list).iter().map(|option| Scalar::from(option.key.as_str()));
                known.chain(["no_such_option".into()]).collect()
            }
            Type::Role => vec!["finance".into()],
            Type::Person => vec![mine, others],
            Type::Link(kind) => some(kind).into_iter().chain([RecordId::derived("nowhere").to_string().into()]).collect(),
            Type::Any => some(Kind::Touch).into_iter().collect(),
            Type::Number | Type::Money => vec![7.into()],
            Type::Timestamp => vec![now.into()],
            Type::Day => vec!["2026-11-23".into()],
            Type::Time => vec!["09:30:00".into()],
            Type::Flag => vec![true.into()],
            Type::Members => return self.members(kind, fields, field),
        };
        values.into_iter().chain([Scalar::Null]).map(|value| Fields::from([(field.to_owned(), value)])).collect()
    }

    /// Members of a collection, of the kinds that collections have.
    fn members(&self, kind: Kind, fields: &Fields, collection: &str) -> Vec<Fields> {
        let (mine, others) = (self.me.to_string(), self.somebody().to_string());
        let key = |member: &str| format!("{collection}{member}");
        let one = |member: &str, value: Scalar| Fields::from([(key(member), value)]);
        let taken =
            fields.keys().find(|key| key.starts_with(collection)).map(|key| Fields::from([(key.clone(), Scalar::Bool(false))]));
        let new: Vec<Fields> = match (kind, collection) {
            (Kind::Lead, "requests/") => [
                LeadRequest::Claim(self.me),
                LeadRequest::Claim(self.somebody()),
                LeadRequest::Release(self.me, "客户不再考虑".into()),
                LeadRequest::Assign(self.me, self.somebody()),
            ]
            .map(|request| one(&LeadId::new(self.own.at).to_string(), request.to_text().into()))
            .into(),
            (Kind::Report, "briefs/") => {
                let customer = self.some(Kind::Customer).map(|id| id.to_string()).unwrap_or_default();
                vec![one(&customer, self.own.config.briefs[0].key.as_str().into())]
            }
            (Kind::Report, "filed/") => vec![one(&self.own.actor.device.to_string(), 7.into())],
            (Kind::Report, "corrections/") => vec![one("1795600000000", "改为周五拜访".into())],
            (Kind::Touch, "evidence/") | (Kind::Report, "touches/") => {
                let member = if kind == Kind::Touch { Kind::Evidence } else { Kind::Touch };
                let here = self.here.get(&member).into_iter().flatten().take(3);
                here.map(|id| one(&id.to_string(), true.into()))
                    .chain([one(&RecordId::derived("to come").to_string(), true.into())])
                    .collect()
            }
            (Kind::Touch, "x/") => vec![one("units", 7.into())],
            (Kind::Person, _) => vec![one("admin", true.into())],
            (Kind::Task, "choices/") => vec![one("approve", true.into())],
            (Kind::Meeting, _) => vec![one(&mine, true.into()), one(&others, false.into())],
            _ => vec![one("some", "word".into())],
        };
        new.into_iter().chain(taken).collect()
    }

    /// What screens write to a record, in the own name and in another's.
    fn acts(&self, kind: Kind, fields: &Fields) -> Vec<Fields> {
        let (config, at): (&Config, DateTime<Utc>) = (&self.own.config, self.own.at);
        let now = Scalar::Int(at.timestamp_millis());
        let by = [self.me, self.somebody()];
        let reasons = [None, Some("原因在此")];
        let mut acts = Vec::new();
        match kind {
            Kind::Task => {
                let offered = from_fields::<Task>(fields).map(|task| task.choices).unwrap_or_default();
                for choice in offered.iter().map(|choice| Some(choice.as_str())).chain([None, Some("no_such_option")]) {
                    acts.extend(reasons.map(|reason| Task::done(choice, reason, self.me, at)));
                }
                acts.extend(by.map(|by| Task::done(None, None, by, at)));
            }
            Kind::Question => acts.extend(by.map(|by| Question::answer("可以对接", by, at))),
            Kind::Demand => {
                for option in config.assessments() {
                    acts.extend(reasons.map(|reason| Demand::assess(&option.key, reason, self.me, at)));
                    acts.extend(by.map(|by| Demand::assess(&option.key, reasons[1], by, at)));
                }
            }
            Kind::Finding => {
                for option in &config.resolutions {
                    acts.extend(by.map(|by| Finding::settle(&option.key, "以合同为准", by, at)));
                    acts.push(Finding::settle(&option.key, " ", self.me, at));
                }
            }
            Kind::Lead => {
                for (by, reason) in by.into_iter().zip(["客户已确认", " "]).chain([(self.me, " ")]) {
                    let moved = [
                        ("moved_by".to_owned(), by.to_string().into()),
                        ("moved_at".to_owned(), now.clone()),
                        ("reason".to_owned(), reason.into()),
                    ];
                    let what = [("stage", Scalar::from("quoted")), ("invalid_at", now.clone())];
                    acts.extend(what.map(|(field, value)| moved.clone().into_iter().chain([(field.to_owned(), value)]).collect()));
                }
            }
            Kind::Contract => acts.push(
                [
                    ("signed_at".to_owned(), now),
                    ("signed_by".to_owned(), self.me.to_string().into()),
                    ("signed_with".to_owned(), self.own.actor.device.to_string().into()),
                    ("signature".to_owned(), "bm8gc2lnbmF0dXJl".into()),
                ]
                .into(),
            ),
            Kind::BackCheck => {
                let Ok(record) = from_fields::<BackCheck>(fields) else { return acts };
                for (touch, question) in record.unanswered().into_iter().take(3) {
                    let key = format!("answers/{}", member(touch, question));
                    acts.extend(["yes", "maybe"].map(|answer| Fields::from([(key.clone(), answer.into())])));
                }
                acts.push([("closed_at".to_owned(), now), ("conclusion".to_owned(), "规则合适".into())].into());
            }
            Kind::Touch => acts.push([("feedback".to_owned(), true.into()), ("feedback_at".to_owned(), now)].into()),
            Kind::Evidence => {
                let touch = self.some(Kind::Touch).map(|touch| Fields::from([("touch".to_owned(), touch.to_string().into())]));
                acts.extend(touch);
            }
            Kind::Order => acts.push([("assignee".to_owned(), self.me.to_string().into())].into()),
            Kind::Report => acts.push([("withdrawn".to_owned(), true.into())].into()),
            _ => {}
        }
        acts
    }

    /// Another record like this one: in the own name, in that of its author, of another customer, and with something left out.
    fn creations(&self, kind: Kind, fields: &Fields) -> Vec<(RecordId, Fields)> {
        let is_servers = |key: &str| kind.is_servers(key.split('/').next().unwrap_or(key));
        let mut like: Fields =
            fields.iter().filter(|(key, _)| !is_servers(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
        like.retain(|key, _| {
            !key.starts_with("requests/")
                && !key.starts_with("evidence/")
                && !matches!(key.as_str(), "touch" | "held_at" | "claimed_at")
        });
        like.insert("kind".into(), kind.as_str().into());
        like.insert("v".into(), 1.into());
        let foreign = like.clone();
        let me = Scalar::from(self.me.to_string());
        for field in [AUTHOR_FIELD, "moved_by"] {
            like.entry(field.to_owned()).and_modify(|author| *author = me.clone());
        }
        if kind == Kind::Evidence {
            like.insert("device".into(), self.own.actor.device.to_string().into());
        }
        if kind == Kind::Report {
            like.retain(|key, _| !key.starts_with("filed/"));
            like.insert(format!("filed/{}", self.own.actor.device), 7.into());
        }
        let holder = |holder: Option<PersonId>| {
            let mut held = like.clone();
            held.remove("holder");
            held.extend(holder.map(|holder| ("holder".to_owned(), holder.to_string().into())));
            held
        };
        let with = |field: &str, value: Scalar| {
            let mut other = like.clone();
            other.insert(field.into(), value);
            other
        };
        let mut all = vec![
            with("customer", RecordId::derived("nowhere").to_string().into()),
            with("config", 1.into()),
            with("action", "no_such_option".into()),
            with("brief", "need_technical_support".into()),
        ];
        all.extend([foreign, like.clone()]);
        if matches!(kind, Kind::Customer | Kind::Lead) {
            all.extend([holder(None), holder(Some(self.me)), holder(Some(self.somebody()))]);
        }
        let day = format!("2026-10-{:02}", 1 + all.len() + self.own.actor.incarnation as usize % 20);
        let mut report = like.clone();
        report.insert("day".into(), day.as_str().into());
        let mut found: Vec<(RecordId, Fields)> = all.into_iter().map(|fields| (RecordId::new(self.own.at), fields)).collect();
        if kind == Kind::Report {
            // In the own place, and in a colleague's.
            for person in [self.me, self.somebody()] {
                found.extend(day.parse().map(|day| (ReportId::of(person, day).into(), report.clone())));
            }
        }
        found
    }

    /// A colleague.
    fn somebody(&self) -> PersonId {
        let people = self.here.get(&Kind::Person).into_iter().flatten().map(|id| PersonId::from(*id));
        people.into_iter().find(|person| *person != self.me).unwrap_or(self.me)
    }

    fn some(&self, kind: Kind) -> Option<RecordId> {
        let all = self.here.get(&kind)?;
        all.get(self.own.actor.incarnation as usize * 13 % all.len()).copied()
    }
}
