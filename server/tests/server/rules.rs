//! T2: a quote with a PDF becomes 待审批报价单 and finance's to-do, exactly once, whatever comes when and how often.

use chuda_record::wire;
use chuda_record::{Fields, Role, Scalar};

use crate::phone::{Phone, Team};

async fn assert_one_todo(finance: &mut Phone, team: &Team, rep: &mut Phone, touch: chuda_record::id::TouchId) {
    finance.sync(team).await;
    rep.sync(team).await;
    assert_eq!(finance.of_kind("task").len(), 1);
    let task = finance.of_kind("task")[0];
    assert_eq!(finance.fields(task)["source"], Scalar::Text(touch.to_string()));
    assert_eq!(finance.fields(touch)["category"], Scalar::Text("quote_pending".into()));
    assert_eq!(rep.fields(touch)["category"], Scalar::Text("quote_pending".into()));
    // The rep sees what becomes of the quote.
    assert!(rep.has(task));
    let (_, todos) = finance.api(team, "GET", "/api/v1/todos", None).await;
    assert_eq!(todos["todos"].as_array().unwrap().len(), 1);
    let (_, own) = rep.api(team, "GET", "/api/v1/todos", None).await;
    assert_eq!(own["todos"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_quote_with_a_pdf_gives_finance_a_todo_with_all_it_needs() {
    let team = Team::start().await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let other = rep.customer("Another");
    let photo = rep.evidence(b"photo", "image/jpeg", None);
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    let touch = rep.touch(customer, "quote", &[pdf]);
    let plain = rep.touch(customer, "quote", &[photo]);
    let demo = rep.touch(customer, "demo", &[pdf]);
    assert_eq!(rep.sync(&team).await, []);
    assert_one_todo(&mut finance, &team, &mut rep, touch).await;
    assert!(finance.has(customer) && finance.has(pdf));
    assert!(!finance.has(other) && !finance.has(photo) && !finance.has(plain) && !finance.has(demo));
    assert!(!rep.fields(plain).contains_key("category"));
}

#[tokio::test]
async fn evidence_that_comes_later_or_in_pieces_sets_it_off_once() {
    let mut team = Team::start().await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let touch = rep.touch(customer, "quote", &[]);
    let first = wire::encode(&rep.next_request());
    rep.sync(&team).await;
    finance.sync(&team).await;
    assert!(finance.of_kind("task").is_empty());

    // The touch names the evidence before its record has arrived.
    let pdf = rep.evidence(b"%PDF", "application/pdf", Some(touch));
    let evidence = rep.outbox.pop().unwrap();
    rep.write(touch.into(), &Fields::from([(format!("evidence/{pdf}"), Scalar::Bool(true))]));
    let second = wire::encode(&rep.next_request());
    rep.sync(&team).await;
    finance.sync(&team).await;
    assert!(finance.of_kind("task").is_empty());

    rep.outbox.push(evidence);
    let third = wire::encode(&rep.next_request());
    rep.sync(&team).await;
    assert_one_todo(&mut finance, &team, &mut rep, touch).await;
    assert!(finance.has(pdf));

    // Everything again, in any order, and after a restart.
    for body in [&third, &first, &second, &third] {
        rep.post_sync(&team, body.clone()).await.unwrap();
    }
    team.restart().await;
    for body in [&second, &third, &first] {
        rep.post_sync(&team, body.clone()).await.unwrap();
    }
    assert_one_todo(&mut finance, &team, &mut rep, touch).await;
}

#[tokio::test]
async fn many_exchanges_at_the_same_time_set_it_off_once() {
    let team = Team::start().await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    let touch = rep.touch(customer, "quote", &[pdf]);
    let body = wire::encode(&rep.next_request());
    let answers = futures::future::join_all((0..12).map(|_| rep.post_sync(&team, body.clone()))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().rejected.is_empty()));
    assert_one_todo(&mut finance, &team, &mut rep, touch).await;
}

#[tokio::test]
async fn someone_elses_pdf_proves_nothing_and_is_shown_to_nobody() {
    let team = Team::start().await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut victim = team.phone("Victim", &[Role::Rep], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], Some("Boss")).await;
    // Named before it arrives, so that it can't be refused.
    let pdf = victim.evidence(b"%PDF", "application/pdf", None);
    let customer = rep.customer("Huaxin");
    rep.touch(customer, "quote", &[pdf]);
    assert_eq!(rep.sync(&team).await, []);
    assert_eq!(victim.sync(&team).await, []);
    for phone in [&mut rep, &mut boss, &mut finance] {
        phone.sync(&team).await;
        assert!(!phone.has(pdf));
        assert!(phone.of_kind("task").is_empty());
    }
    // Named afterwards it is refused.
    rep.touch(customer, "quote", &[pdf]);
    assert_eq!(rep.sync(&team).await.iter().map(crate::phone::reason).collect::<Vec<_>>(), ["invalid"]);
}

#[tokio::test]
async fn finance_that_joins_later_gets_the_todo_too() {
    let team = Team::start().await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    let touch = rep.touch(customer, "quote", &[pdf]);
    rep.sync(&team).await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    assert_one_todo(&mut finance, &team, &mut rep, touch).await;
    assert!(finance.has(customer) && finance.has(pdf));
}
