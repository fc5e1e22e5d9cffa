//! More of the server than one device's share: of its writer, of its line, of its patience with strangers.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use chuda_record::Role;
use reqwest::{Response, StatusCode};
use rusqlite::Connection;
use serde_json::json;

use crate::blobs::{create, header, patch, rep_with};
use crate::phone::{Hand, Phone, Team};

async fn asked(phone: &Phone, team: &Team) -> Response {
    phone.request(team, "GET", "/api/v1/touches", Vec::new()).send().await.unwrap()
}

/// For how long whoever asks is sent away.
fn put_off(answer: &Response) -> i64 {
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    header(answer, "retry-after").parse().unwrap()
}

#[tokio::test]
async fn who_writes_more_than_their_share_waits_until_it_is_made_good_and_nobody_else_does() {
    let hand = Hand::at("2026-03-02T08:00:00Z");
    let team = Team::start_with(hand.clone(), |settings| settings.quota.writing = Duration::from_micros(1)).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    rep.customer("Huaxin");
    assert_eq!(rep.sync(&team).await, []);
    rep.customer("Another");
    let (status, problem) = rep.exchange(&team, &rep.next_request()).await.unwrap_err();
    assert_eq!((status, problem["key"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("quota.exceeded")));
    let wait = put_off(&asked(&rep, &team).await);
    let mut honest = team.phone("Li", &[Role::Rep], None).await;
    assert_eq!(honest.sync(&team).await, []);
    hand.pass(TimeDelta::seconds(wait - 1));
    assert_eq!(put_off(&asked(&rep, &team).await), 1);
    hand.pass(TimeDelta::seconds(1));
    assert_eq!(rep.sync(&team).await, []);
}

#[tokio::test]
async fn who_sends_more_than_their_share_waits_and_goes_on_where_it_was() {
    let hand = Hand::at("2026-03-02T08:00:00Z");
    let team = Team::start_with(hand.clone(), |settings| settings.quota.bytes = 100_000).await;
    let bytes = vec![7; 250_000];
    let rep = rep_with(&team, &bytes).await;
    let location = header(&create(&rep, &team, chuda_record::id::Hash::of(&bytes), bytes.len()).await, "location").to_owned();
    assert_eq!(patch(&rep, &team, &location, 0, &bytes[..150_000]).await.status(), StatusCode::NO_CONTENT);
    let wait = put_off(&patch(&rep, &team, &location, 150_000, &bytes[150_000..]).await);
    assert!((25..=40).contains(&wait), "half a minute's share too much: {wait}");
    hand.pass(TimeDelta::seconds(wait));
    assert_eq!(patch(&rep, &team, &location, 150_000, &bytes[150_000..]).await.status(), StatusCode::NO_CONTENT);
}

/// A large push is written in turns: others write in between.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_push_lets_others_write() {
    let team = Team::start().await;
    let mut large = team.phone("Mallory", &[Role::Rep], None).await;
    let mut small = team.phone("Li", &[Role::Rep], None).await;
    for number in 0..2_500 {
        large.customer(&format!("Customer {number}"));
    }
    let body = chuda_record::wire::encode(&large.next_request());
    let request = large.request(&team, "POST", "/sync", body).header("content-type", chuda_record::wire::CONTENT_TYPE);
    let pushed = tokio::spawn(request.send());
    let stored = || {
        let database = Connection::open(team.data().join("chuda.db")).unwrap();
        database.query_row("SELECT count(*) FROM documents WHERE kind = 'customer'", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    while stored() == 0 {
        assert!(!pushed.is_finished(), "all of it was written at once");
        tokio::task::yield_now().await;
    }
    small.customer("Huaxin");
    assert_eq!(small.sync(&team).await, []);
    assert!(!pushed.is_finished() && stored() < 2_501, "{} are stored", stored());
    assert_eq!(pushed.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(stored(), 2_501);
}

async fn guess(team: &Team, from: &str, code: &str) -> StatusCode {
    let phone = Phone::new();
    let body = json!({ "code": code, "device": phone.device, "public_key": phone.public_key(), "platform": "test" });
    let request = phone.request(team, "POST", "/enrol", body.to_string().into_bytes());
    request.header("x-forwarded-for", from).header("forwarded", format!("for={from}")).send().await.unwrap().status()
}

#[tokio::test]
async fn an_address_is_believed_from_named_proxies_alone() {
    let alone = Team::start().await;
    let behind =
        Team::start_with(Hand::set_to(Utc::now()), |settings| settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()])
            .await;
    for number in 0..20 {
        assert_eq!(guess(&alone, &format!("203.0.113.{number}"), "WRONG").await, StatusCode::FORBIDDEN);
        assert_eq!(guess(&behind, "203.0.113.7", "WRONG").await, StatusCode::FORBIDDEN);
    }
    assert_eq!(guess(&alone, "203.0.113.99", "WRONG").await, StatusCode::TOO_MANY_REQUESTS, "whatever it says of itself");
    assert_eq!(guess(&behind, "203.0.113.7", "WRONG").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess(&behind, "203.0.113.8", "WRONG").await, StatusCode::FORBIDDEN, "somebody else behind the same proxy");
    for team in [alone, behind] {
        let (_, code) = team.person_of("Li", &[Role::Rep], None);
        assert_eq!(guess(&team, "203.0.113.7", &code).await, StatusCode::OK, "the right code is taken");
    }
}
