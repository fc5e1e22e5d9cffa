//! P2: the home screen over 1,000 and over 100,000 records. P10: opening that store until the home screen is there, beside opening plain
//! SQLite and reading one page.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chuda_kit::Phone;
use chuda_phone::store::{Own, Store, Tx};
use chuda_phone::workbench::{Settings, Workbench};
use chuda_record::id::{CustomerId, EvidenceId, Hash, PersonId, ReportId, TaskId, TouchId};
use chuda_record::policy::Writer;
use chuda_record::time::{DEFAULT_ZONE, day_of};
use chuda_record::{Actor, ContactMode, Customer, Evidence, Report, Role, Task, Touch};
use rusqlite::Connection;
use serde_json::json;

const FEW: usize = 1_000;
const MANY: usize = 100_000;
/// Customers of a rep: they grow with the years, but much more slowly than what is recorded of them.
const CUSTOMERS: usize = 200;
const ROUNDS: usize = 200;
const OPENINGS: usize = 15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let few = filled(FEW)?;
    let at_few = homes(&few.workbench)?;
    drop(few);
    let many = filled(MANY)?;
    let at_many = homes(&many.workbench)?;
    println!("{}", json!({ "id": "P2", "p99_ms": at_many.p99, "median_ms": at_many.median, "median_few_ms": at_few.median }));

    let settings = many.settings.clone();
    drop(many.workbench);
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..OPENINGS {
        let begin = Instant::now();
        let workbench = Workbench::open(settings.clone())?;
        workbench.home()?;
        ours.push(millis(begin));
        drop(workbench);
        let begin = Instant::now();
        let connection = open(&settings)?;
        let _: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        plain.push(millis(begin));
    }
    ours.sort_by(f64::total_cmp);
    plain.sort_by(f64::total_cmp);
    println!("{}", json!({ "id": "P10", "figure_ms": ours[OPENINGS / 2], "baseline_ms": plain[OPENINGS / 2] }));
    Ok(())
}

fn open(settings: &Settings) -> rusqlite::Result<Connection> {
    let connection = Connection::open(settings.dir.join("chuda.db"))?;
    connection.pragma_update(None, "key", format!("x'{}'", hex::encode(settings.key)))?;
    Ok(connection)
}

struct Times {
    median: f64,
    p99: f64,
}

fn homes(workbench: &Workbench) -> chuda_record::Result<Times> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let home = workbench.home()?;
        times.push(millis(begin));
        assert!(home.touches_today.len() >= 3 && !home.red_customers.is_empty() && !home.tasks.is_empty());
    }
    times.sort_by(f64::total_cmp);
    Ok(Times { median: times[ROUNDS / 2], p99: times[ROUNDS * 99 / 100] })
}

/// A rep's phone with so many records: touches, their evidence, tasks, reports, spread over the days until now.
fn filled(records: usize) -> Result<Phone, Box<dyn std::error::Error>> {
    let phone = Phone::offline("李雷");
    let now = phone.settings.clock.now();
    let identity = phone.workbench.identity()?;
    let (me, device) = (identity.person.id, identity.device);
    let writer = Writer::Person { id: me, roles: [Role::Rep].into() };
    let first = Own::new(Actor { device, incarnation: 7 }, writer, now);
    let (store, _) = Store::open(&phone.settings.dir, phone.settings.key)?;
    let touches = (records - CUSTOMERS) * 45 / 100;
    store.write(|tx| {
        let own = |at| Own { at, ..first.clone() };
        let customers: Vec<CustomerId> = (0..CUSTOMERS).map(|_| CustomerId::new(now - TimeDelta::days(400))).collect();
        for (number, id) in customers.iter().enumerate() {
            tx.create(&own(now - TimeDelta::days(400)), *id, &customer(me, number, now))?;
        }
        // Six touches a day, the latest of them just now.
        for number in 0..touches {
            let at = now - TimeDelta::minutes(number as i64 * 240);
            let of = customers[number * 7 % (CUSTOMERS - 20)];
            let touch = write_touch(tx, &own(at), (me, of, number))?;
            if number % 6 == 5 {
                write_report(tx, &own(at), me)?;
            }
            if number % 8 == 7 {
                write_task(tx, &Own { writer: Writer::Server, ..own(at) }, (me, of, touch), number > 100)?;
            }
        }
        Ok(())
    })?;
    drop(store);
    // The server has long had all but the latest.
    open(&phone.settings)?.execute_batch(
        "DELETE FROM outbox WHERE n < (SELECT max(n) - 40 FROM outbox);
         INSERT INTO uploads (hash, evidence, size, sent, verified_at) SELECT sha256, id, 3000000, 3000000, captured_at FROM evidence",
    )?;
    let (count, wanted) = (phone.workbench.dump()?.len(), records * 9 / 10);
    assert!(count > wanted, "{count} records, not {wanted}");
    Ok(phone)
}

fn customer(me: PersonId, number: usize, now: DateTime<Utc>) -> Customer {
    Customer { holder: Some(me), ..Customer::new(me, format!("客户{number}"), now - TimeDelta::days(400)) }
}

fn write_touch(tx: &Tx<'_>, own: &Own, (me, customer, number): (PersonId, CustomerId, usize)) -> chuda_record::Result<TouchId> {
    let (id, evidence) = (TouchId::new(own.at), EvidenceId::new(own.at));
    let touch = Touch {
        evidence: [evidence].into(),
        next_date: (number % 3 == 0).then(|| day_of(own.at, DEFAULT_ZONE) + Days::new(7)),
        note: Some("看了样机".into()),
        ..Touch::new(
            me,
            customer,
            ContactMode::Visit,
            if number % 5 == 0 { "demo" } else { "send_material" },
            own.at,
            DEFAULT_ZONE,
            1,
        )
    };
    tx.create(own, id, &touch)?;
    let photo = Evidence {
        author: me,
        device: own.actor.device,
        sha256: Hash::of(number.to_string().as_bytes()),
        size: 3_000_000,
        mime: "image/jpeg".into(),
        source: "camera".into(),
        captured_at: own.at,
        claim: Hash::of(format!("claim {number}").as_bytes()),
        unreadable: None,
        flags: BTreeSet::new(),
        consent: None,
        look: None,
        touch: Some(id),
        customer: Some(customer),
        transcript: None,
        stored_at: None,
        lost_at: None,
    };
    tx.create(own, evidence, &photo)?;
    Ok(id)
}

fn write_report(tx: &Tx<'_>, own: &Own, me: PersonId) -> chuda_record::Result<()> {
    let day = day_of(own.at, DEFAULT_ZONE) - Days::new(1);
    let id = ReportId::of(me, day);
    if tx.record::<Report>(id)?.is_some() {
        return Ok(());
    }
    let report = Report {
        author: me,
        day,
        touches: BTreeSet::new(),
        briefs: BTreeMap::new(),
        tomorrow: "回访".into(),
        reason: Some("travel".into()),
        filed: [(own.actor.device, own.at.timestamp_millis())].into(),
        late: false,
        withdrawn: false,
        config: 1,
        corrections: BTreeMap::new(),
    };
    tx.create(own, id, &report)
}

fn write_task(
    tx: &Tx<'_>,
    own: &Own,
    (me, customer, touch): (PersonId, CustomerId, TouchId),
    done: bool,
) -> chuda_record::Result<()> {
    let task = Task {
        task: "reconfirm_value".into(),
        assignee: Some(me),
        role: None,
        customer: Some(customer),
        source: touch.into(),
        rule: "reconfirm".into(),
        config: 1,
        because: None,
        notice: false,
        choices: BTreeSet::new(),
        script_pack: None,
        created_at: own.at,
        due: None,
        done_at: done.then_some(own.at),
        done_by: done.then_some(me),
        choice: None,
        reason: None,
    };
    tx.create(own, TaskId::new(own.at), &task)
}

fn millis(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}
