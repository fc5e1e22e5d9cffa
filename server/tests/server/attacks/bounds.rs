//! What a record may say: amounts that nobody pays, other devices' words, names of things that are something else.

use chrono::Utc;
use chuda_kit::records;
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, TouchId};
use chuda_record::{Evidence, Fen, Fields, Record as _, Role, Scalar, Touch};
use reqwest::StatusCode;
use serde_json::Value;

use crate::phone::{Team, now, reason, touch_by};

#[tokio::test]
async fn an_amount_is_one_that_somebody_could_pay() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    assert_eq!(rep.sync(&team).await, []);
    for (amount, expected) in [
        (0, &[][..]),
        (Fen::MOST.0, &[]),
        (Fen::MOST.0 + 1, &["amount"]),
        (-1, &["amount"]),
        (i64::MAX, &["amount"]),
        (i64::MIN, &["amount"]),
    ] {
        let touch = Touch { amount: Some(Fen(amount)), ..touch_by(rep.person, customer, "quote", &[]) };
        rep.create(TouchId::new(Utc::now()), &touch);
        let refused = rep.sync(&team).await;
        let fields: Vec<_> = refused.iter().map(|refused| refused.rejection().field().unwrap().to_owned()).collect();
        assert_eq!(fields, expected, "{amount}");
    }
    for (size, expected) in [(5, 0), (-5, 1)] {
        let evidence = records::evidence(rep.person, rep.device, b"bytes", "text/plain", now());
        rep.create(EvidenceId::new(Utc::now()), &Evidence { size, ..evidence });
        assert_eq!(rep.sync(&team).await.len(), expected, "{size}");
    }
}

/// When a report was filed each device says for itself: one that comes late can't borrow another's word.
#[tokio::test]
async fn when_it_was_filed_each_device_says_for_itself() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let mut second = team.another_phone(rep.person).await;
    let (first, other) = (second.device, DeviceId::new(Utc::now()));
    for (device, day) in [(first, "2026-03-02"), (other, "2026-03-03")] {
        let report = rep.report(day, &[]);
        let change = rep.outbox.pop().unwrap();
        rep.docs.remove(&change.0);
        let mut fields = chuda_record::Change::parse(&change.1).unwrap().writes;
        fields.insert(format!("filed/{device}"), Scalar::Int(0));
        rep.write(report.into(), &fields);
        assert_eq!(rep.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["invalid"]);
        rep.docs.remove(&change.0);
    }
    let report = rep.report("2026-03-02", &[]);
    assert_eq!(rep.sync(&team).await, []);
    second.sync(&team).await;
    second.write(report.into(), &Fields::from([(format!("filed/{}", second.device), Scalar::Int(1))]));
    assert_eq!(second.sync(&team).await, []);
    rep.sync(&team).await;
    rep.write(report.into(), &Fields::from([(format!("filed/{}", second.device), Scalar::Int(2))]));
    assert_eq!(rep.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["invalid"]);
}

/// A touch can name evidence before that arrives, and what arrives may be something else: nobody's list stops working for it.
#[tokio::test]
async fn evidence_that_is_none_stops_nobodys_work() {
    let team = Team::start().await;
    let finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let mut honest = team.phone("Lilei", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let foreign = EvidenceId::new(Utc::now());
    let nothing = CustomerId::new(Utc::now());
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    let touch = rep.touch(customer, "quote", &[pdf, foreign, EvidenceId(nothing.0)]);
    assert_eq!(rep.sync(&team).await, []);
    rep.write(nothing.into(), &records::customer(rep.person, "No evidence", now()).to_new_fields().unwrap());
    assert_eq!(rep.sync(&team).await, []);
    let secret = records::evidence(honest.person, honest.device, b"secret", "image/jpeg", now());
    honest.create(foreign, &secret);
    assert_eq!(honest.sync(&team).await, []);

    let (status, todos) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    let attached = todos["todos"][0]["attachments"].as_array().unwrap();
    assert_eq!((status, attached.len(), attached[0]["mime"].as_str()), (StatusCode::OK, 1, Some("application/pdf")));
    let (status, shown): (_, Value) = rep.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
    assert_eq!((status, shown["evidence"].as_array().unwrap().len()), (StatusCode::OK, 1));
}
