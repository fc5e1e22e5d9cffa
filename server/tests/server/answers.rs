//! What waits for an answer, over the API: by those who may, once, with what it needs.

use chrono::Utc;
use chuda_record::id::TouchId;
use chuda_record::wire::api::ImportKind;
use chuda_record::{Fields, Role, Scalar, Touch};
use serde_json::{Value, json};

use crate::phone::{Phone, Team, touch_by};

#[tokio::test]
async fn questions_demands_and_findings_are_answered_over_the_api_by_those_who_may() {
    let team = Team::start().await;
    let tech = team.phone("Tech", &[Role::Tech], None).await;
    let product = team.phone("Product", &[Role::Product], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let mut touch = |action: &str, owner: Option<&str>| {
        let evidence = rep.evidence(action.as_bytes(), "image/jpeg", None);
        let touch = Touch {
            tech_owner: owner.map(str::to_owned),
            response_by: owner.map(|_| "2026-12-01".parse().unwrap()),
            ..touch_by(rep.person, customer, action, &[evidence])
        };
        rep.create(TouchId::new(Utc::now()), &touch);
    };
    touch("tech_question", Some("Somebody"));
    touch("new_demand", None);
    assert_eq!(rep.sync(&team).await, []);
    let list = async |phone: &Phone, what: &str| phone.api(&team, "GET", &format!("/api/v1/{what}"), None).await.1[what].clone();
    let say = async |phone: &Phone, path: String, body: Value| {
        let (status, answer) = phone.api(&team, "POST", &path, Some(body)).await;
        (status.as_u16(), answer["key"].as_str().unwrap_or_default().to_owned())
    };

    let question = list(&tech, "questions").await[0].clone();
    assert_eq!((question["owner"].as_str(), question["owner_unknown"].as_bool()), (Some("Somebody"), Some(true)));
    let path = |verb: &str| format!("/api/v1/questions/{}/{verb}", question["id"].as_str().unwrap());
    assert_eq!(say(&product, path("answer"), json!({"answer": "yes"})).await.0, 404);
    assert_eq!(say(&rep, path("answer"), json!({"answer": "yes"})).await, (403, "record.not_allowed".into()));
    assert_eq!(say(&tech, path("answer"), json!({"answer": " "})).await, (422, "question.answer".into()));
    assert_eq!(say(&tech, path("promise"), json!({"by": "2020-01-01"})).await, (422, "question.promise_past".into()));
    assert_eq!(say(&tech, path("promise"), json!({"by": "2026-12-09"})).await.0, 200);
    assert_eq!(say(&tech, path("answer"), json!({"answer": "yes", "more": 1})).await.0, 400);
    assert_eq!(say(&tech, path("answer"), json!({"answer": "yes"})).await.0, 200);
    assert_eq!(say(&tech, path("answer"), json!({"answer": "no"})).await, (409, "question.already_answered".into()));
    assert_eq!(list(&rep, "questions").await[0]["answered_by"]["name"], "Tech");
    assert_eq!(list(&tech, "todos").await, json!([]), "its to-do is closed");

    let demand = list(&product, "demands").await[0].clone();
    assert_eq!(demand["status"]["label"], "待技术评估");
    let path = format!("/api/v1/demands/{}/assess", demand["id"].as_str().unwrap());
    assert_eq!(say(&tech, path.clone(), json!({"choice": "planned"})).await.0, 404);
    assert_eq!(say(&product, path.clone(), json!({"choice": "pending"})).await, (422, "demand.choice".into()));
    assert_eq!(say(&product, path.clone(), json!({"choice": "declined"})).await, (422, "demand.reason".into()));
    assert_eq!(say(&product, path, json!({"choice": "planned"})).await.0, 200);
    let told: Vec<_> = list(&rep, "todos").await.as_array().unwrap().iter().map(|todo| todo["kind"]["label"].clone()).collect();
    assert_eq!(told.len(), 2, "{told:?}");

    // A CRM that says another level: the holder settles it.
    let admin = team.person_of("Admin", &[Role::Admin], None).0;
    let import = |level: &str| {
        let file = format!("name,level\nHuaxin,{level}\n");
        team.admin().import(ImportKind::Customers, file.as_bytes(), false, &admin.to_string(), Utc::now()).unwrap()
    };
    rep.write(customer.into(), &Fields::from([("intent".into(), Scalar::from("A"))]));
    assert_eq!(rep.sync(&team).await, []);
    import("C");
    let finding = list(&rep, "findings").await[0].clone();
    assert_eq!((finding["left"].as_str(), finding["right"].as_str()), (Some("A"), Some("C")));
    let path = format!("/api/v1/findings/{}/resolve", finding["id"].as_str().unwrap());
    let body = |resolution: &str, reason: &str| json!({ "resolution": resolution, "reason": reason });
    assert_eq!(say(&product, path.clone(), body("left_right", "x")).await.0, 404);
    assert_eq!(say(&rep, path.clone(), body("merge", "x")).await, (422, "finding.resolution".into()));
    assert_eq!(say(&rep, path.clone(), body("left_right", "")).await, (422, "finding.reason".into()));
    assert_eq!(say(&rep, path.clone(), body("left_right", "asked them")).await.0, 200);
    assert_eq!(say(&rep, path, body("right_right", "again")).await, (409, "finding.already_resolved".into()));
}
