//! Airplane, report, reconnect: what a rep does without signal is with the right people afterwards, once.

use chuda_kit::{Host, Phone, of, sample};
use chuda_phone::query::view::{Grade, ItemState};
use chuda_phone::workbench::TouchDraft;
use chuda_record::ErrorKind;
use chuda_record::Role;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_signal_reaches_supervisor_and_finance_through_a_server_that_was_restarted() {
    let mut host = Host::start().await;
    let (boss, boss_code) = host.person("韩梅", Role::Supervisor, None);
    let rep = host.phone("李雷", Role::Rep, Some(boss)).await;
    let finance = host.phone("财务", Role::Finance, None).await;
    let other = host.phone("王芳", Role::Rep, Some(boss)).await;
    rep.settle().await;

    host.stop().await;
    let customer = rep.customer("杭州智联科技");
    let quote = TouchDraft { evidence: vec![rep.keep(&sample("quote.pdf"))], ..of(customer, "报价") };
    let quote = rep.workbench.record_touch(quote).unwrap();
    assert_eq!(quote.triggered.len(), 2, "category and to-do are shown before they happen");
    rep.workbench.record_touch(TouchDraft { evidence: vec![rep.keep(&sample("photo.jpg"))], ..of(customer, "demo") }).unwrap();
    rep.touch(customer, "send_material");
    let report = rep.report();
    assert!(!report.short && report.state == ItemState::Waiting);
    assert_eq!(rep.sync().await.unwrap_err().kind, ErrorKind::Offline);
    assert_eq!(rep.workbench.touches_of(rep.workbench.today()).unwrap().len(), 3, "everything is kept");

    host.resume().await;
    rep.settle().await;
    finance.settle().await;
    other.settle().await;
    let boss = Phone::enrolled(&host.url(), &boss_code).await;
    boss.settle().await;

    let todo = finance.workbench.tasks().unwrap();
    assert_eq!(todo.len(), 1);
    assert_eq!((todo[0].kind.zh.as_str(), todo[0].customer_name.as_deref()), ("待审批报价单", Some("杭州智联科技")));
    assert!(!todo[0].attachment_uploading);
    let seen = boss.workbench.touch(quote.touch.id).unwrap();
    assert_eq!(seen.category.unwrap().zh, "待审批报价单");
    let reports = boss.workbench.reports(report.day).unwrap();
    assert_eq!((reports.len(), reports[0].touches.len(), reports[0].person.name.as_str()), (1, 3, "李雷"));
    assert!(other.workbench.customers().unwrap().is_empty(), "a colleague with other customers sees nothing of it");
    assert!(finance.workbench.reports(report.day).unwrap().is_empty(), "the report is between the rep and the line above");

    let own = rep.workbench.touch(quote.touch.id).unwrap();
    assert_eq!((&own.state, own.evidence[0].grade), (&ItemState::Verified, Grade::ServerWitnessed));
    assert_eq!(own.evidence[0].state, ItemState::Verified);
    assert!(rep.workbench.status().unwrap().items.is_empty());
    assert_eq!(rep.workbench.withdraw_report(report.day).unwrap_err().key, "report.already_sent");
    assert_eq!(rep.workbench.customer(customer).unwrap().health, boss.workbench.customer(customer).unwrap().health);

    finance.workbench.complete_task(todo[0].id, Some("批准"), None).unwrap();
    finance.settle().await;
    rep.settle().await;
    assert!(finance.workbench.tasks().unwrap().is_empty());
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_made_offline_joins_a_server_and_keeps_everything() {
    let host = Host::start().await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let (person, code) = host.person("李雷", Role::Rep, Some(boss.person()));
    let rep = Phone::offline("李雷");
    let customer = rep.customer("杭州智联科技");
    let touch = rep.touch(customer, "demo");
    let report = rep.report();
    let claims = rep.workbench.evidence(touch.evidence[0].id).unwrap().claim;

    rep.workbench.enrol(&host.url(), &code).await.unwrap();
    assert_eq!(rep.person(), person);
    rep.settle().await;
    boss.settle().await;
    assert_eq!(boss.workbench.touch(touch.id).unwrap().person.id, person);
    assert_eq!(boss.workbench.reports(report.day).unwrap()[0].person.id, person);
    assert_eq!(rep.workbench.evidence(touch.evidence[0].id).unwrap().claim, claims);
    assert_eq!(rep.workbench.enrol(&host.url(), &code).await.unwrap_err().key, "enrol.already");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_sync_is_one_round_trip_whatever_there_is() {
    let host = Host::start().await;
    let rep = host.phone("李雷", Role::Rep, None).await;
    for number in 0..30 {
        rep.customer(&format!("客户{number}"));
    }
    rep.settle().await;
    let idle = rep.sync().await.unwrap();
    assert_eq!((idle.round_trips, idle.pushed, idle.pulled), (1, 0, 0));
    assert!(idle.bytes_up + idle.bytes_down < 200, "{idle:?}");
}
