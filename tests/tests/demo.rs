//! A real phone that joins a demo team: it takes over what is there, and every first screen opens.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_core::record::Role;
use chuda_server::demo::{self, Plan};
use chuda_server::{Server, Settings};
use chuda_tests::{Hand, Phone};

#[tokio::test]
async fn a_phone_enrolled_with_a_code_of_the_demo_shows_the_day() {
    let folder = tempfile::tempdir().expect("folder");
    // The evening of a working day.
    let end: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().expect("instant");
    let plan = Plan { seed: 1, end, weeks: 1, reps: 4, customers: 40 };
    let summary = demo::fill(folder.path(), plan, end, |_, _| {}).await.expect("filled");
    let clock = Arc::new(Hand::at(end));
    let settings = Settings { clock: clock.clone(), ..Settings::local(folder.path()) };
    let running = Server::start(settings).await.expect("server");
    let url = format!("http://{}", running.address());
    let mut phones = BTreeMap::new();
    for access in &summary.codes {
        let phone = Phone::enrolled_at(&url, &access.code, clock.clone()).await;
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
    running.shutdown().await.expect("shutdown");
}
