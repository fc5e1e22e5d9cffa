//! Who gets what: own records, the team below, colleagues on a customer; nobody else, and no longer than they may.

use chrono::Utc;
use chuda_record::Role;
use reqwest::StatusCode;

use crate::phone::Team;

#[tokio::test]
async fn a_rep_never_gets_another_reps_records_and_the_line_above_gets_both() {
    let team = Team::start().await;
    let mut director = team.phone("Director", &[Role::Director], None).await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], Some("Director")).await;
    let mut other_boss = team.phone("Other boss", &[Role::Supervisor], None).await;
    let mut one = team.phone("One", &[Role::Rep], Some("Boss")).await;
    let mut two = team.phone("Two", &[Role::Rep], Some("Boss")).await;
    let mut records = Vec::new();
    for phone in [&mut one, &mut two] {
        let customer = phone.customer("Huaxin");
        let touch = phone.touch(customer, "demo", &[]);
        phone.evidence(b"photo", "image/jpeg", Some(touch));
        let report = phone.report("2026-03-02", &[touch]);
        assert_eq!(phone.sync(&team).await, []);
        records.push((customer, touch, report));
    }
    for phone in [&mut one, &mut two, &mut boss, &mut director, &mut other_boss] {
        phone.sync(&team).await;
    }
    for (phone, own, others) in [(&one, 0, 1), (&two, 1, 0)] {
        assert!(phone.has(records[own].0));
        assert!(!phone.has(records[others].0) && !phone.has(records[others].1) && !phone.has(records[others].2));
        assert_eq!(phone.of_kind("evidence").len(), 1);
    }
    for above in [&boss, &director] {
        assert_eq!(above.of_kind("touch").len(), 2);
        assert_eq!(above.of_kind("report").len(), 2);
        assert_eq!(above.of_kind("evidence").len(), 2);
    }
    assert!(other_boss.of_kind("customer").is_empty() && other_boss.of_kind("touch").is_empty());
    // Everyone knows everyone.
    assert_eq!(one.of_kind("person").len(), 5);
}

#[tokio::test]
async fn whoever_enrols_late_gets_all_of_it() {
    let team = Team::start().await;
    let (boss, code) = team.person_of("Boss", &[Role::Supervisor], None);
    let mut rep = team.phone("Rep", &[Role::Rep], Some("Boss")).await;
    let customer = rep.customer("Huaxin");
    let touch = rep.touch(customer, "demo", &[]);
    rep.sync(&team).await;
    rep.set(touch, "next_action", "send the offer");
    rep.sync(&team).await;
    let mut phone = crate::phone::Phone::new();
    assert_eq!(phone.enrol(&team, &code).await.0, StatusCode::OK);
    phone.person = boss;
    phone.sync(&team).await;
    assert_eq!(phone.fields(touch), rep.fields(touch));
    assert!(phone.has(customer));
}

#[tokio::test]
async fn a_new_supervisor_gets_the_team_and_the_old_one_loses_it() {
    let team = Team::start().await;
    let mut old = team.phone("Old", &[Role::Supervisor], None).await;
    let mut new = team.phone("New", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], Some("Old")).await;
    let customer = rep.customer("Huaxin");
    let touch = rep.touch(customer, "demo", &[]);
    rep.sync(&team).await;
    old.sync(&team).await;
    new.sync(&team).await;
    assert!(old.has(touch) && !new.has(touch));

    team.admin().set_reports_to("Rep", Some("New"), Utc::now()).unwrap();
    old.sync(&team).await;
    new.sync(&team).await;
    assert!(!old.has(touch) && !old.has(customer));
    assert!(new.has(touch) && new.has(customer));
    assert_eq!(old.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await.0, StatusCode::NOT_FOUND);

    // And back: what was taken is given again, also to a device that had it before.
    team.admin().set_reports_to("Rep", Some("Old"), Utc::now()).unwrap();
    old.sync(&team).await;
    new.sync(&team).await;
    assert!(old.has(touch) && old.has(customer) && !new.has(touch));
    assert_eq!(old.fields(touch), rep.fields(touch));
}

#[tokio::test]
async fn a_colleague_who_touches_a_customer_stands_by_it_from_then_on() {
    let team = Team::start().await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], Some("Boss")).await;
    let customer = rep.customer("Huaxin");
    rep.touch(customer, "demo", &[]);
    rep.sync(&team).await;
    boss.sync(&team).await;
    let touch = boss.touch(customer, "send_material", &[]);
    assert_eq!(boss.sync(&team).await, []);
    rep.sync(&team).await;
    assert!(rep.has(touch));
    // No longer above, but still a colleague on this customer.
    team.admin().set_reports_to("Rep", None, Utc::now()).unwrap();
    boss.sync(&team).await;
    assert!(boss.has(customer));
    assert_eq!(boss.of_kind("touch").len(), 2);
}

#[tokio::test]
async fn a_report_is_not_for_colleagues_on_a_customer() {
    let team = Team::start().await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], Some("Boss")).await;
    let customer = rep.customer("Huaxin");
    rep.sync(&team).await;
    boss.sync(&team).await;
    boss.touch(customer, "demo", &[]);
    let report = boss.report("2026-03-02", &[]);
    boss.sync(&team).await;
    rep.sync(&team).await;
    assert!(!rep.has(report));
}
