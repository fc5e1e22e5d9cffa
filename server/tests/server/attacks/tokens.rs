//! Tokens that got about: each holds for a while, for what it is for, and for no more than its person may.

use chrono::TimeDelta;
use chuda_record::Role;
use chuda_server::Scope;
use chuda_server::admin::TokenState;
use reqwest::StatusCode;
use rusqlite::Connection;
use serde_json::Value;

use crate::phone::{Hand, Team, client, json_of, now};

async fn ask(team: &Team, token: &str, path: &str) -> (StatusCode, Value) {
    let answer = client().get(format!("{}{path}", team.url())).bearer_auth(token).send().await.unwrap();
    (answer.status(), json_of(answer).await)
}

async fn key(team: &Team, token: &str) -> String {
    let (status, body) = ask(team, token, "/api/v1/people").await;
    if status == StatusCode::OK { String::new() } else { body["key"].as_str().unwrap().to_owned() }
}

#[tokio::test]
async fn a_token_that_got_about_ends_by_itself_or_at_a_word() {
    let hand = Hand::set_to(now());
    let team = Team::start_at(hand.clone()).await;
    let admin = team.admin();
    let add = |days, name: &str| admin.add_token_for(days, name, &[Scope::People], None, team.now()).unwrap();
    let (short, long, lost) = (add(1, "short"), add(90, "long"), add(90, "lost"));
    // One of before tokens expired.
    let old = add(90, "old");
    let database = Connection::open(team.data().join("chuda.db")).unwrap();
    database.execute_batch("UPDATE tokens SET expires_at = NULL WHERE name = 'old'").unwrap();
    for token in [&short, &long, &lost, &old] {
        assert_eq!(key(&team, token).await, "");
    }
    assert_eq!(admin.revoke_token("lost", team.now()).unwrap().state, TokenState::Revoked);
    hand.pass(TimeDelta::days(1));
    assert_eq!(key(&team, &short).await, "token.expired");
    assert_eq!(key(&team, &lost).await, "token.revoked");
    assert_eq!(key(&team, &long).await, "");
    hand.pass(TimeDelta::days(365));
    assert_eq!(key(&team, &long).await, "token.expired");
    assert_eq!(key(&team, &old).await, "", "it goes on");

    let listed = admin.tokens(team.now()).unwrap();
    let old = listed.iter().find(|token| token.name == "old").unwrap();
    assert_eq!((old.expires_at, old.state), (None, TokenState::Valid));
    assert_eq!(old.used_at, Some(team.now()));
    add(1, "long");
    assert_eq!(admin.revoke_token("long", team.now()).unwrap_err().key, "token.ambiguous");
    let id = listed.iter().find(|token| token.name == "long").unwrap().id.clone();
    assert_eq!(admin.revoke_token(&id, team.now()).unwrap().id, id);
    assert_eq!(admin.revoke_token("nothing", team.now()).unwrap_err().key, "token.not_found");
}

#[tokio::test]
async fn using_a_token_costs_a_write_an_hour() {
    let hand = Hand::set_to(now());
    let team = Team::start_at(hand.clone()).await;
    let token = team.admin().add_token("crm", &[Scope::People], None, team.now()).unwrap();
    let used = || team.admin().tokens(team.now()).unwrap()[0].used_at;
    assert_eq!(used(), None);
    let begin = team.now();
    for (minutes, noted) in [(0, 0), (1, 0), (58, 0), (2, 61), (1, 61)] {
        hand.pass(TimeDelta::minutes(minutes));
        assert_eq!(key(&team, &token).await, "");
        assert_eq!(used(), Some(begin + TimeDelta::minutes(noted)));
    }
}

/// What the person may not do with a phone, a token of theirs may not either.
#[tokio::test]
async fn a_token_of_a_person_does_no_more_than_that_person_may() {
    let team = Team::start().await;
    let rep = team.phone("Mallory", &[Role::Rep], None).await;
    let admin = team.admin();
    for scope in [Scope::EventsWrite, Scope::ContractsWrite] {
        let refused = admin.add_token("t", &[scope], Some("Mallory"), team.now());
        assert_eq!(refused.unwrap_err().key, "token.of_person");
        let token = admin.add_token("t", &[Scope::Touches], Some("Mallory"), team.now()).unwrap();
        // One that was made before.
        let database = Connection::open(team.data().join("chuda.db")).unwrap();
        let words = [Scope::EventsWrite, Scope::ContractsWrite].map(Scope::as_str).join(" ");
        database.execute("UPDATE tokens SET scopes = ?1 WHERE person IS NOT NULL", [words]).unwrap();
        let post = |token: String, path: String| client().post(format!("{}{path}", team.url())).bearer_auth(token).body("[]");
        let contract = format!("/api/v1/contracts/{}/signed", rep.person);
        for path in ["/api/v1/events".to_owned(), contract] {
            let answer = post(token.clone(), path).send().await.unwrap();
            assert_eq!((answer.status(), json_of(answer).await["key"].as_str()), (StatusCode::FORBIDDEN, Some("token.of_person")));
        }
        let system = admin.add_token("system", &[scope], None, team.now()).unwrap();
        let path = if scope == Scope::EventsWrite { "/api/v1/events" } else { "/api/v1/contracts/x/signed" };
        let status = post(system, path.to_owned()).send().await.unwrap().status();
        assert!([StatusCode::OK, StatusCode::NOT_FOUND].contains(&status), "{status}");
    }
}
