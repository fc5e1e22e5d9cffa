//! P14: a week of a team, customers by health, and the board of a day, over HTTP: 63 reps, three months, 20,000 customers.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_core::id::{CustomerId, EvidenceId, Hash, LeadId, TouchId};
use chuda_core::record::policy::Writer;
use chuda_core::record::{Actor, ContactMode, Customer, Evidence, Lead, Role, Stage, Touch};
use chuda_core::store::{Own, Store, Tx};
use chuda_core::time::DEFAULT_ZONE;
use chuda_core::workbench::{BlobChoice, Cancel};
use chuda_server::caller::Scope;
use chuda_tests::{Hand, Host, Phone};
use serde_json::json;

const REPS: usize = 63;
const CUSTOMERS: usize = 20_000;
const DAYS: usize = 90;
const ROUNDS: usize = 20;
const ACTIONS: [&str; 6] = ["send_material", "book_demo", "demo", "quote", "custom_comparison", "new_demand"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now: DateTime<Utc> = "2026-11-23T10:00:00Z".parse()?;
    let host = Host::start_at(Arc::new(Hand::at(now))).await;
    let (boss, _) = host.person("韩梅", Role::Supervisor, None);
    for number in 0..REPS {
        let rep = host.phone(&format!("销售{number}"), Role::Rep, Some(boss)).await;
        quarter(&rep, number)?;
        rep.workbench.sync(BlobChoice::None, |_| {}, Cancel::new()).await?;
    }
    let token = host.admin().add_token("bench", &[Scope::Metrics], Some(&boss.to_string()), now)?;
    let mut figures = json!({ "id": "P14" });
    for (name, path) in
        [("week_ms", "/api/v1/metrics"), ("customers_ms", "/api/v1/customers?red=true"), ("board_ms", "/api/v1/board")]
    {
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            host.get(&token, path).await;
            times.push(begin.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        // The 95th of a hundred.
        figures[name] = times[ROUNDS * 95 / 100 - 1].into();
    }
    println!("{figures}");
    Ok(())
}

/// Three months of a rep, as a long time offline leaves them: customers with their leads, and three touches with evidence a day.
fn quarter(phone: &Phone, number: usize) -> chuda_core::Result<()> {
    let (store, _) = Store::open(&phone.settings.dir, phone.settings.key)?;
    let identity = phone.workbench.identity()?;
    let (me, device) = (identity.person.id, identity.device);
    let now = phone.settings.clock.now();
    let writer = Writer::Person { id: me, roles: [Role::Rep].into(), holds_customer: true, is_superior: false };
    let own = Own { actor: Actor { device, incarnation: 7 }, writer, at: now };
    let share = CUSTOMERS / REPS + usize::from(number < CUSTOMERS % REPS);
    store.write(|tx| {
        let mut customers = Vec::with_capacity(share);
        for n in 0..share {
            let id = CustomerId::new(now);
            let at = now - TimeDelta::hours((n * 2_160 / share) as i64);
            enter(tx, &own, id, &format!("客户{number}-{n}"), at)?;
            customers.push(id);
        }
        for n in 0..DAYS * 3 * 5 / 7 {
            let at = now - TimeDelta::minutes((n * DAYS * 24 * 60 / (DAYS * 3 * 5 / 7)) as i64);
            touch(tx, &own, customers[n * 7 % share], ACTIONS[n % ACTIONS.len()], at)?;
        }
        Ok(())
    })
}

fn enter(tx: &Tx<'_>, own: &Own, id: CustomerId, name: &str, at: DateTime<Utc>) -> chuda_core::Result<()> {
    let Writer::Person { id: me, .. } = own.writer else { unreachable!("a rep writes") };
    let customer = Customer {
        author: me,
        name: name.into(),
        short: None,
        holder: Some(me),
        intent: None,
        created_at: at,
        closed: false,
        contact: None,
        address: None,
        model: None,
        external_id: None,
        crm_intent: None,
        merged_into: None,
    };
    tx.create(own, id, &customer)?;
    let lead = Lead {
        author: me,
        customer: id,
        stage: Stage::Claimed,
        holder: Some(me),
        held_at: None,
        corrected_at: None,
        moved_by: me,
        moved_at: at,
        reason: None,
        channel: None,
        claimed_at: Some(at),
        invalid_at: None,
        requests: BTreeMap::new(),
        settled: BTreeMap::new(),
    };
    tx.create(own, LeadId::new(at), &lead)
}

fn touch(tx: &Tx<'_>, own: &Own, customer: CustomerId, action: &str, at: DateTime<Utc>) -> chuda_core::Result<()> {
    let Writer::Person { id: me, .. } = own.writer else { unreachable!("a rep writes") };
    let (id, evidence) = (TouchId::new(at), EvidenceId::new(at));
    let touch = Touch {
        author: me,
        customer,
        mode: ContactMode::Visit,
        action: action.into(),
        evidence: [evidence].into(),
        at,
        zone: DEFAULT_ZONE,
        config: 1,
        brief: None,
        tech_owner: None,
        response_by: None,
        amount: None,
        custom_development: false,
        intent: None,
        feedback: at.timestamp() % 3 == 0,
        feedback_at: None,
        contact: None,
        next_action: None,
        next_date: None,
        next_time: None,
        note: Some(id.to_string()),
        category: None,
        flags: BTreeSet::new(),
        extra: BTreeMap::new(),
    };
    tx.create(own, id, &touch)?;
    let proof = Evidence {
        author: me,
        device: own.actor.device,
        sha256: Hash::of(evidence.as_bytes()),
        size: 1,
        mime: "image/jpeg".into(),
        source: "camera".into(),
        captured_at: at,
        claim: Hash::of(id.as_bytes()),
        unreadable: None,
        flags: BTreeSet::new(),
        consent: None,
        look: None,
        touch: Some(id),
        customer: Some(customer),
        transcript: None,
        stored_at: None,
    };
    tx.create(own, evidence, &proof)
}
