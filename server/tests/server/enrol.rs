//! Enrolment: a code is good once, for a week, for whoever holds the key.

use chrono::{TimeDelta, Utc};
use chuda_record::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::phone::{Hand, Phone, Team, client};

#[tokio::test]
async fn a_code_makes_a_key_a_persons_device_and_a_lost_answer_can_be_asked_for_again() {
    let team = Team::start().await;
    let (person, code) = team.person_of("Li", &[Role::Rep, Role::Presales], None);
    let phone = Phone::new();
    let (status, first) = phone.enrol(&team, &code).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(first["person"], person.to_string());
    assert_eq!(first["name"], "Li");
    assert_eq!(first["roles"], json!(["rep", "presales"]));
    // As a person would type it.
    let (status, again) = phone.enrol(&team, &code.replace('-', "").to_lowercase()).await;
    assert_eq!((status, &again["person"]), (StatusCode::OK, &first["person"]));
    assert_eq!(team.admin().devices().unwrap().len(), 1);
}

#[tokio::test]
async fn used_wrong_and_expired_codes_are_refused_and_say_so() {
    let clock = Hand::at("2026-03-02T08:00:00Z");
    let team = Team::start_at(clock.clone()).await;
    let (_, code) = team.person_of("Li", &[Role::Rep], None);
    Phone::new().enrol(&team, &code).await;
    let refused = async |phone: &Phone, code: &str| {
        let (status, body) = phone.enrol(&team, code).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        body["key"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(&Phone::new(), &code).await, "enrol.code_used");
    assert_eq!(refused(&Phone::new(), "AAAAA-AAAAA").await, "enrol.code_wrong");
    let (_, old) = team.admin().new_code("Li", team.now()).unwrap();
    clock.pass(TimeDelta::days(7));
    assert_eq!(refused(&Phone::new(), &old).await, "enrol.code_expired");
}

#[tokio::test]
async fn guessing_is_cut_short_and_locks_nobody_out_who_has_the_right_code() {
    let team = Team::start().await;
    let (_, code) = team.person_of("Li", &[Role::Rep], None);
    let mut last = StatusCode::FORBIDDEN;
    for guess in 0..30 {
        last = Phone::new().enrol(&team, &format!("GUESS-{guess}")).await.0;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    // Whoever shares the address, as all phones of a carrier do, gets in.
    assert_eq!(Phone::new().enrol(&team, &code).await.0, StatusCode::OK);
    assert_eq!(Phone::new().enrol(&team, "GUESS-30").await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn only_the_holder_of_the_key_can_enrol_it() {
    let team = Team::start().await;
    let (_, code) = team.person_of("Li", &[Role::Rep], None);
    let (phone, thief) = (Phone::new(), Phone::new());
    let body = json!({ "code": code, "device": phone.device, "public_key": phone.public_key() }).to_string().into_bytes();
    let answer = thief.request(&team, "POST", "/enrol", body.clone()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let answer = client().post(format!("{}/enrol", team.url())).body(body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(phone.enrol(&team, &code).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_known_device_is_not_taken_over_with_another_code() {
    let team = Team::start().await;
    let phone = team.phone("Li", &[Role::Rep], None).await;
    let (_, code) = team.person_of("Wang", &[Role::Rep], None);
    assert_eq!(phone.enrol(&team, &code).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_revoked_device_is_locked_out_at_once() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    assert!(phone.sync(&team).await.is_empty());
    team.admin().revoke(phone.device, Utc::now()).unwrap();
    let (status, body) = phone.exchange(&team, &phone.next_request()).await.unwrap_err();
    assert_eq!((status, body["key"].as_str()), (StatusCode::FORBIDDEN, Some("device.revoked")));
    assert_eq!(phone.api(&team, "GET", "/api/v1/touches", None).await.0, StatusCode::FORBIDDEN);
}
