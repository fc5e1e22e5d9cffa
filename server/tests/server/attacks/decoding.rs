//! Bodies that are small until they are taken apart.

use chrono::Utc;
use chuda_kit::hostile;
use chuda_record::id::{RecordId, TouchId};
use chuda_record::wire::{self, DocumentChanges, MAX_PLAIN_BYTES};
use chuda_record::{Actor, Change, Role};
use reqwest::StatusCode;

use crate::phone::{Phone, Team, reason};

fn actor(phone: &Phone) -> Actor {
    Actor { device: phone.device, incarnation: 0 }
}

/// Thirty-two million empty changes are a kilobyte, and would be 800 MB.
#[tokio::test]
async fn a_small_body_does_not_become_a_large_one() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let bomb = hostile::body(MAX_PLAIN_BYTES - 64);
    assert!(bomb.len() < 4_096, "{}", bomb.len());
    let endless = hostile::compressed(&[0xa1, 0x03, 0x9b, 0, 0, 0, 1, 0, 0, 0, 0]);
    let beyond = hostile::compressed(&vec![0; MAX_PLAIN_BYTES + 1]);
    for (body, expected) in [
        (bomb, StatusCode::PAYLOAD_TOO_LARGE),
        (hostile::body(250_000), StatusCode::PAYLOAD_TOO_LARGE),
        (endless, StatusCode::BAD_REQUEST),
        (beyond, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(rep.post_sync(&team, body).await.unwrap_err().0, expected);
    }
    for number in 0..1_000 {
        rep.customer(&format!("Customer {number}"));
    }
    assert_eq!(rep.sync(&team).await, [], "a thousand records of an honest phone are no trouble");
}

/// A hundred bytes of a change can say that it writes ten million times, or in place of ten million: it is refused for itself, whatever
/// it says, and what comes with it arrives.
#[tokio::test]
async fn a_small_change_does_not_become_a_large_one() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let customer = rep.customer("Own");
    assert_eq!(rep.sync(&team).await, []);
    assert!(Change::parse(&hostile::change(actor(&rep), "note", 2_000, 1)).is_ok(), "it is made as changes are");
    for (times, predecessors, expected) in [
        (10_000_000, 0, "too_large"),
        (i64::MAX as u64, 0, "too_large"),
        (1, 10_000_000, "too_large"),
        (1_000, u64::MAX, "too_large"),
        (2_000, 0, "malformed"),
    ] {
        let bytes = hostile::change(actor(&rep), "note", times, predecessors);
        assert!(bytes.len() < 200);
        rep.outbox.push((RecordId::from(TouchId::new(Utc::now())), bytes));
        rep.touch(customer, "quote", &[]);
        assert_eq!(rep.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), [expected], "{times} times, {predecessors} each");
    }
    let (_, touches) = rep.api(&team, "GET", "/api/v1/touches", None).await;
    assert_eq!(touches["touches"].as_array().unwrap().len(), 5);

    // Each within its bound, and ten million fields together.
    let mut request = rep.next_request();
    let change = hostile::change(actor(&rep), "note", 2_000, 0);
    request.changes.push(DocumentChanges { document: [7; 16], changes: vec![change.into(); wire::MAX_CHANGES] });
    assert_eq!(rep.exchange(&team, &request).await.unwrap_err().0, StatusCode::PAYLOAD_TOO_LARGE);
}
