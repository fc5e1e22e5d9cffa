//! What other systems and the board read of leads, contracts, work orders and meetings, and the calendar's invitation.

use chuda_record::{Fen, Role, Touch};
use chuda_server::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::phone::{Phone, Team, client, json_of, touch_by};

async fn with_token(team: &Team, token: &str, path: &str) -> (StatusCode, Value) {
    let answer = client().get(format!("{}{path}", team.url())).bearer_auth(token).send().await.unwrap();
    (answer.status(), json_of(answer).await)
}

async fn list(team: &Team, phone: &Phone, query: &str) -> Vec<Value> {
    let (status, body) = phone.api(team, "GET", &format!("/api/v1/records?{query}"), None).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["records"].as_array().unwrap().clone()
}

/// A rep's customer with a lead and a signature reported: contract, work order and kickoff are there.
async fn deal(team: &Team) -> Phone {
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    rep.lead(customer, Some(rep.person));
    let photo = rep.evidence(b"photo", "image/jpeg", None);
    let touch = touch_by(rep.person, customer, "sign", &[photo]);
    let touch = Touch { amount: Some(Fen(50_000_001)), custom_development: true, ..touch };
    rep.create(chuda_record::id::TouchId::new(chrono::Utc::now()), &touch);
    assert_eq!(rep.sync(team).await, []);
    rep.sync(team).await;
    rep
}

#[tokio::test]
async fn everybody_lists_what_they_may_read_with_words_for_keys_and_ids() {
    let team = Team::start().await;
    let director = team.phone("Director", &[Role::DeliveryDirector], None).await;
    let delivery = team.phone("Delivery", &[Role::Delivery], None).await;
    let stranger = team.phone("Stranger", &[Role::Rep], None).await;
    let rep = deal(&team).await;
    let contracts = list(&team, &rep, "kind=contract").await;
    assert_eq!(contracts.len(), 1);
    let contract = &contracts[0];
    assert_eq!((&contract["customer"]["name"], &contract["author"]["name"]), (&json!("Huaxin"), &json!("Rep")));
    assert_eq!((&contract["fields"]["amount"], &contract["open"]), (&json!("500000.01"), &json!(false)));
    assert_eq!(
        (&contract["labels"]["status"]["label"], &contract["labels"]["status"]["label_en"]),
        (&json!("已签署"), &json!("Signed"))
    );
    assert!(contract["fields"]["signed_at"].as_str().unwrap().ends_with('Z'), "{contract}");

    let orders = list(&team, &delivery, "kind=order&open=true").await;
    assert_eq!((orders.len(), &orders[0]["labels"]["contract"]["label"]), (1, &contract["fields"]["number"]));
    assert!(list(&team, &delivery, "kind=order&open=false").await.is_empty());
    assert_eq!(list(&team, &delivery, "kind=contract").await.len(), 1);
    assert!(list(&team, &delivery, "kind=meeting").await.is_empty() && list(&team, &delivery, "kind=lead").await.is_empty());
    let meetings = list(&team, &director, "kind=meeting").await;
    assert_eq!(meetings[0]["fields"]["attendees"].as_object().unwrap().len(), 2);
    assert_eq!(list(&team, &director, "kind=contract").await.len(), 1);
    for kind in ["contract", "order", "meeting", "lead", "customer"] {
        assert!(list(&team, &stranger, &format!("kind={kind}")).await.is_empty(), "{kind}");
    }
    let customer = contract["customer"]["id"].as_str().unwrap();
    assert_eq!(list(&team, &rep, &format!("kind=lead&customer={customer}")).await.len(), 1);
    let other = uuid::Uuid::new_v4();
    assert!(list(&team, &rep, &format!("kind=lead&customer={other}")).await.is_empty());

    let id = contract["id"].as_str().unwrap();
    let (_, detail) = rep.api(&team, "GET", &format!("/api/v1/records/{id}"), None).await;
    assert_eq!(detail["fields"], contract["fields"]);
    assert_eq!(detail["history"][0]["by"], Value::Null, "the server made it: {detail}");
    let lead = list(&team, &rep, "kind=lead").await[0]["id"].as_str().unwrap().to_owned();
    let (_, detail) = rep.api(&team, "GET", &format!("/api/v1/records/{lead}"), None).await;
    assert_eq!((&detail["history"][0]["by"]["name"], &detail["history"][0]["fields"]["stage"]), (&json!("Rep"), &json!("claimed")));
    for path in [format!("/api/v1/records/{id}"), format!("/api/v1/records/{other}"), "/api/v1/records/none".into()] {
        assert_eq!(stranger.api(&team, "GET", &path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let touch = rep.of_kind("touch")[0];
    let (status, _) = rep.api(&team, "GET", &format!("/api/v1/records/{touch}"), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "touches have a page of their own");
    for query in ["", "kind=person", "kind=config", "kind=contract&open=perhaps", "kind=contract&cursor=1"] {
        let (status, _) = rep.api(&team, "GET", &format!("/api/v1/records?{query}"), None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let team = Team::start().await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    for number in 0..205 {
        rep.customer(&format!("Customer {number}"));
    }
    assert_eq!(rep.sync(&team).await, []);
    let (mut path, mut names) = ("/api/v1/records?kind=customer".to_owned(), std::collections::BTreeSet::new());
    for expected in [100, 100, 5] {
        let (_, page) = rep.api(&team, "GET", &path, None).await;
        let records = page["records"].as_array().unwrap();
        assert_eq!(records.len(), expected);
        names.extend(records.iter().map(|one| one["fields"]["name"].as_str().unwrap().to_owned()));
        path = format!("/api/v1/records?kind=customer&cursor={}", page["next"].as_str().unwrap_or_default());
    }
    assert_eq!(names.len(), 205);
}

#[tokio::test]
async fn a_kickoff_is_read_by_a_calendar() {
    let team = Team::start().await;
    let director = team.phone("Director", &[Role::DeliveryDirector], None).await;
    let stranger = team.phone("Stranger", &[Role::Rep], None).await;
    let mut rep = deal(&team).await;
    let id = rep.of_kind("meeting")[0];
    let path = format!("/api/v1/meetings/{id}.ics");
    let ics = async |phone: &Phone| {
        let answer = phone.request(&team, "GET", &path, Vec::new()).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status(), kind, answer.text().await.unwrap().replace("\r\n ", ""))
    };
    let (status, kind, text) = ics(&director).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/calendar; charset=utf-8; method=REQUEST"));
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines.contains(&"METHOD:REQUEST") && lines.contains(&"SEQUENCE:0"), "{text}");
    assert!(lines.iter().any(|line| line.starts_with("ORGANIZER;CN=Rep:")), "{text}");
    assert!(lines.iter().any(|line| line.starts_with("ATTENDEE;CN=Director;")), "{text}");
    rep.set(id, "place", "Hangzhou");
    assert_eq!(rep.sync(&team).await, []);
    let (_, _, moved) = ics(&director).await;
    assert!(moved.contains("\r\nSEQUENCE:1\r\n") && moved.contains("\r\nLOCATION:Hangzhou\r\n"), "{moved}");
    for (phone, path) in [
        (&stranger, path.clone()),
        (&director, format!("/api/v1/meetings/{id}")),
        (&director, format!("/api/v1/meetings/{}.ics", uuid::Uuid::new_v4())),
        (&director, "/api/v1/meetings/.ics".into()),
    ] {
        assert_eq!(phone.api(&team, "GET", &path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn tokens_read_and_confirm_what_their_scopes_say() {
    let team = Team::start().await;
    let rep = deal(&team).await;
    let now = chrono::Utc::now();
    let crm = team.admin().add_token("crm", &[Scope::Records], None, now).unwrap();
    let own = team.admin().add_token("own", &[Scope::Records], Some("Rep"), now).unwrap();
    let provider = team.admin().add_token("e-sign", &[Scope::ContractsWrite], None, now).unwrap();
    for token in [&crm, &own] {
        let (_, body) = with_token(&team, token, "/api/v1/records?kind=contract").await;
        assert_eq!(body["records"].as_array().unwrap().len(), 1);
    }
    assert_eq!(with_token(&team, &provider, "/api/v1/records?kind=contract").await.0, StatusCode::FORBIDDEN);
    let id = rep.of_kind("contract")[0];
    let confirm = async |token: &str, body: Value| {
        let url = format!("{}/api/v1/contracts/{id}/signed", team.url());
        let answer = client().post(url).bearer_auth(token).body(body.to_string()).send().await.unwrap();
        let (status, body) = (answer.status(), json_of(answer).await);
        (status, body["key"].as_str().unwrap_or_default().to_owned())
    };
    let good = json!({ "reference": "ES-1" });
    assert_eq!(confirm(&crm, good.clone()).await, (StatusCode::FORBIDDEN, "token.scope".into()));
    // As the configuration ships, the rep's own device signs.
    assert_eq!(confirm(&provider, good.clone()).await, (StatusCode::CONFLICT, "contract.signed_by_device".into()));
    assert_eq!(
        confirm(&provider, json!({ "reference": " " })).await,
        (StatusCode::UNPROCESSABLE_ENTITY, "contract.reference".into())
    );
    assert_eq!(confirm(&provider, json!({})).await, (StatusCode::BAD_REQUEST, "contract.malformed".into()));
    let (status, body) = rep.api(&team, "POST", &format!("/api/v1/contracts/{id}/signed"), Some(good)).await;
    assert_eq!((status, &body["key"]), (StatusCode::FORBIDDEN, &json!("token.needed")), "a person signs with the phone");
}
