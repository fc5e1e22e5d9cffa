//! Real phones that join a demo team: each takes over what is there, and every first screen opens.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chuda_kit::Host;
use chuda_record::Role;
use chuda_server::demo::Plan;

#[tokio::test]
async fn a_phone_enrolled_with_a_code_of_the_demo_shows_the_day() {
    // The evening of a working day.
    let end: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().expect("instant");
    let (host, summary) = Host::with_demo(Plan { seed: 1, end, weeks: 1, reps: 4, customers: 40 }).await;
    let mut phones = BTreeMap::new();
    for access in &summary.codes {
        let phone = host.enrolled(&access.code).await;
        phone.settle().await;
        phone.workbench.home().expect("home");
        phones.insert(access.role, phone);
    }
    let rep = &phones[&Role::Rep].workbench;
    let home = rep.home().expect("home");
    assert!(!home.tasks.is_empty() || !home.red_customers.is_empty());
    let customers = rep.customers().expect("customers");
    assert!(!customers.is_empty());
    let supervisor = phones[&Role::Supervisor].workbench.customers().expect("customers");
    assert!(supervisor.len() >= customers.len());
}
