//! Time as a test moves it: months pass in seconds, and clocks that disagree still understand each other.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::SoftwareKey;
use chuda_evidence::clock::{Clock, ShiftedClock, SystemClock};
use chuda_kit::{Hand, Host};
use chuda_phone::workbench::{BlobChoice, Cancel, CustomerDraft, Settings, Workbench};
use chuda_record::Result;
use chuda_record::Role;
use tempfile::TempDir;

async fn enrol(host: &Host, code: &str, clock: Arc<dyn Clock>) -> Result<(Workbench, TempDir)> {
    let folder = tempfile::tempdir()?;
    let signer = Arc::new(SoftwareKey::generate());
    let settings = Settings { dir: folder.path().join("phone"), key: [7; 32], clock, signer, models: None };
    Ok((Workbench::create_enrolled(settings, &host.url(), code).await?, folder))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_months_pass_on_phones_and_server_alike() {
    let start: DateTime<Utc> = "2026-01-05T01:00:00Z".parse().unwrap();
    let clock = Hand::set_to(start);
    let host = Host::start_at(clock.clone()).await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let (_, code) = host.person("王芳", Role::Rep, None);
    let customer = rep.customer("杭州智联科技");
    let mut touches = Vec::new();
    for _ in 0..13 {
        touches.push(rep.touch(customer, "demo"));
        rep.settle().await;
        clock.pass(TimeDelta::weeks(1));
    }
    boss.settle().await;
    assert_eq!(clock.now(), start + TimeDelta::days(91));
    for (week, touch) in touches.iter().enumerate() {
        assert_eq!(boss.workbench.touch(touch.id).unwrap().at, start + TimeDelta::weeks(week as i64));
    }
    let health = boss.workbench.customer(customer).unwrap().health;
    assert_eq!(health, rep.workbench.customer(customer).unwrap().health);
    assert_eq!(enrol(&host, &code, clock).await.err().unwrap().key, "enrol.code_refused", "the code is three months old");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_day_is_not_the_servers_still_syncs() {
    for server in [Utc::now() - TimeDelta::days(60), Utc::now()] {
        let host = Host::start_at(Hand::set_to(server)).await;
        let (person, _) = host.person("李雷", Role::Rep, None);
        let wrong = Hand::set_to(server + TimeDelta::days(3));
        let by_hand = Arc::new(ShiftedClock::starting_at(server - TimeDelta::days(7)));
        for clock in [wrong as Arc<dyn Clock>, by_hand, Arc::new(SystemClock)] {
            let (_, code) = host.admin().new_code(&person.to_string(), server).unwrap();
            let (workbench, _folder) = enrol(&host, &code, clock).await.unwrap();
            workbench.add_customer(CustomerDraft { name: "杭州智联科技".into(), ..CustomerDraft::default() }).unwrap();
            let report = workbench.sync(BlobChoice::All, |_| {}, Cancel::new()).await.unwrap();
            assert!(report.pushed > 0 && report.rejected.is_empty());
        }
    }
}
