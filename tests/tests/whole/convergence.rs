//! Whatever the order in which phones edit and sync, they agree in the end; nothing comes twice.

use chuda_kit::{Host, Phone};
use chuda_phone::workbench::ReportRequest;
use chuda_record::Role;
use chuda_record::id::CustomerId;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// What a person does on one of two phones of hers.
#[derive(Clone, Copy, Debug)]
enum Step {
    Customer,
    Touch,
    Feedback,
    Report,
    Sync,
}

fn step() -> impl Strategy<Value = (bool, Step)> {
    let kind = prop_oneof![Just(Step::Customer), Just(Step::Touch), Just(Step::Feedback), Just(Step::Report), Just(Step::Sync)];
    (any::<bool>(), kind)
}

async fn take(phone: &Phone, step: Step, number: usize) {
    let customers: Vec<CustomerId> = phone.workbench.customers().unwrap().iter().map(|customer| customer.id).collect();
    match step {
        Step::Customer => drop(phone.customer(&format!("客户{number}"))),
        Step::Touch => drop(customers.get(number % customers.len().max(1)).map(|customer| phone.touch(*customer, "demo"))),
        Step::Feedback => {
            let touches = phone.workbench.touches_of(phone.workbench.today()).unwrap();
            if let Some(touch) = touches.first() {
                phone.workbench.note_feedback(touch.id).unwrap();
            }
        }
        Step::Report => {
            let request =
                ReportRequest {
                    tomorrow: Some(format!("计划{number}")), reason: Some("other".into()), ..ReportRequest::default()
                };
            phone.workbench.file_report(request).unwrap();
        }
        Step::Sync => drop(phone.sync().await.unwrap()),
    }
}

#[test]
fn two_phones_of_a_person_agree_whatever_they_did_and_the_supervisor_with_them() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
    runner
        .run(&proptest::collection::vec(step(), 1..25), |steps| {
            runtime.block_on(async {
                let host = Host::start().await;
                let boss = host.phone("韩梅", Role::Supervisor, None).await;
                let (person, code) = host.person("李雷", Role::Rep, Some(boss.person()));
                let first = Phone::enrolled(&host.url(), &code).await;
                let (_, code) = host.admin().new_code(&person.to_string(), chrono::Utc::now()).unwrap();
                let second = Phone::enrolled(&host.url(), &code).await;
                for (number, (on_first, step)) in steps.into_iter().enumerate() {
                    take(if on_first { &first } else { &second }, step, number).await;
                }
                for _ in 0..2 {
                    first.settle().await;
                    second.settle().await;
                }
                boss.settle().await;
                let dump = first.workbench.dump().unwrap();
                assert_eq!(dump, second.workbench.dump().unwrap());
                assert_eq!(dump, boss.workbench.dump().unwrap());
                first.workbench.rebuild().unwrap();
                assert_eq!(dump, first.workbench.dump().unwrap(), "made anew it is the same");
                assert!(
                    first
                        .workbench
                        .status()
                        .unwrap()
                        .items
                        .iter()
                        .all(|item| item.state == chuda_phone::query::view::ItemState::Conflict)
                );
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_file_one_report_and_a_disagreement_is_shown() {
    let host = Host::start().await;
    let (person, code) = host.person("李雷", Role::Rep, None);
    let first = Phone::enrolled(&host.url(), &code).await;
    let (_, code) = host.admin().new_code(&person.to_string(), chrono::Utc::now()).unwrap();
    let second = Phone::enrolled(&host.url(), &code).await;
    let customer = first.customer("杭州智联科技");
    first.settle().await;
    second.settle().await;
    first.touch(customer, "demo");
    second.touch(customer, "demo");
    let file = |phone: &Phone, plan: &str| {
        let request = ReportRequest { tomorrow: Some(plan.into()), reason: Some("travel".into()), ..ReportRequest::default() };
        phone.workbench.file_report(request).unwrap()
    };
    assert_eq!(file(&first, "报价").id, file(&second, "签约").id);
    for phone in [&first, &second, &first] {
        phone.settle().await;
    }
    let reports = first.workbench.reports(first.workbench.today()).unwrap();
    assert_eq!((reports.len(), reports[0].touches.len()), (1, 2), "one report with the touches of both");
    assert_eq!(reports[0].conflicts, ["tomorrow"]);
    file(&first, "签约");
    first.settle().await;
    second.settle().await;
    assert!(second.workbench.reports(second.workbench.today()).unwrap()[0].conflicts.is_empty(), "settled by whoever decides");
}
