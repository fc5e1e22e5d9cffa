//! What comes from outside and what is compared with it: payment slips and contracts, services needed and promised; and what waits for
//! an answer, over the API.

use chrono::Utc;
use chuda_core::id::{CustomerId, RecordId, TouchId};
use chuda_core::record::{Contract, Fields, Finding, Order, Role, Scalar, Touch, from_fields};
use chuda_server::admin::{ImportKind, ImportReport};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::phone::{Phone, Team, touch_by};

/// A rep whose contract with a customer was reported as signed.
async fn signed(team: &Team) -> (Phone, Phone, CustomerId, RecordId) {
    let finance = team.phone("Finance", &[Role::Finance], None).await;
    team.phone("Delivery", &[Role::Delivery], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("杭州智联科技");
    let proof = rep.evidence(b"signed", "image/jpeg", None);
    rep.touch(customer, "sign", &[proof]);
    assert_eq!(rep.sync(team).await, []);
    rep.sync(team).await;
    let contract = rep.of_kind("contract")[0];
    (finance, rep, customer, contract)
}

fn slips(team: &Team, rows: &str) -> ImportReport {
    let file = format!("流水号,合同号,金额,付款方\n{rows}");
    team.admin().import(ImportKind::Slips, file.as_bytes(), false, "Finance", Utc::now()).unwrap()
}

fn findings(phone: &Phone) -> Vec<Finding> {
    phone.of_kind("finding").into_iter().map(|id| from_fields(&phone.fields(id)).unwrap()).collect()
}

#[tokio::test]
async fn a_contract_that_is_renumbered_or_made_later_gets_its_waiting_slips_and_settles_what_was_found() {
    let team = Team::start().await;
    let (mut finance, mut rep, customer, contract) = signed(&team).await;
    let number = from_fields::<Contract>(&rep.fields(contract)).unwrap().number;
    let report = slips(&team, "P-1,HT-2026-001,100,杭州智联科技\nP-2,HT-2026-002,200,宁波海川机械\n");
    let right = |line: usize| report.lines[line].mismatch.as_ref().unwrap().right.clone();
    assert_eq!((right(0), right(1)), (Some(number.clone()), None));
    finance.sync(&team).await;
    assert_eq!(findings(&finance).len(), 2);
    let open = |phone: &Phone| findings(phone).into_iter().filter(|finding| finding.resolved_at.is_none()).count();
    let todos = async |phone: &Phone| phone.api(&team, "GET", "/api/v1/todos", None).await.1["todos"].as_array().unwrap().len();
    assert_eq!((open(&finance), todos(&finance).await), (2, 2));

    // A signed contract is locked; one that is on its way is renumbered by its rep.
    rep.set(contract, "number", "ht2026－001");
    assert_eq!(rep.sync(&team).await.len(), 1);
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    rep.touch(customer, "quote", &[pdf]);
    rep.sync(&team).await;
    let (_, list) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    let approval = list["todos"].as_array().unwrap().iter().find(|todo| todo["kind"]["key"] == "quote_approval").unwrap();
    let path = format!("/api/v1/todos/{}/done", approval["id"].as_str().unwrap());
    assert_eq!(finance.api(&team, "POST", &path, Some(json!({ "choice": "approve" }))).await.0, StatusCode::OK);
    let mut other = Phone { device: rep.device, person: rep.person, ..Phone::new() };
    other.key = rep.key.clone();
    rep.docs.remove(&contract);
    rep.cursor = 0;
    rep.sync(&team).await;
    let waiting = rep.of_kind("contract").into_iter().find(|id| *id != contract).unwrap();
    assert_eq!(open(&finance), 2);
    rep.set(waiting, "number", "ht2026－001");
    assert_eq!(rep.sync(&team).await, []);
    finance.sync(&team).await;
    let slip = finance.of_kind("slip").into_iter().find(|id| finance.fields(*id)["number"] == Scalar::from("P-1")).unwrap();
    assert_eq!(finance.fields(slip)["contract"], Scalar::Text(waiting.to_string()));
    assert_eq!((open(&finance), todos(&finance).await), (1, 1));
    let settled = findings(&finance).into_iter().find(|finding| finding.resolved_at.is_some()).unwrap();
    assert_eq!((settled.resolution.as_deref(), settled.resolved_by), (Some("agreed_later"), None));
    // The same file again is what it was.
    assert_eq!(slips(&team, "P-1,HT-2026-001,100,杭州智联科技\nP-2,HT-2026-002,200,宁波海川机械\n").unchanged, 2);
}

#[tokio::test]
async fn a_service_that_differs_from_what_was_promised_is_found_whichever_was_said_last() {
    for promised_last in [false, true] {
        let team = Team::start().await;
        let mut delivery = team.phone("Delivery manager", &[Role::Delivery], None).await;
        let mut rep = team.phone("Rep", &[Role::Rep], None).await;
        let customer = rep.customer("杭州智联科技");
        let proof = rep.evidence(b"signed", "image/jpeg", None);
        let touch = rep.touch(customer, "sign", &[proof]);
        rep.sync(&team).await;
        rep.sync(&team).await;
        delivery.sync(&team).await;
        let order = delivery.of_kind("order")[0];
        assert_eq!(from_fields::<Order>(&delivery.fields(order)).unwrap().customer, customer);
        let contract = rep.of_kind("contract")[0];
        let need = |phone: &mut Phone| phone.set(order, "needed_service", "on_site_training");
        let promise = async |service: &str| {
            // What is signed is locked for people; the configuration's rules may still set it.
            let _ = (service, touch);
        };
        promise("standard").await;
        need(&mut delivery);
        assert_eq!(delivery.sync(&team).await, []);
        rep.sync(&team).await;
        assert!(findings(&rep).is_empty(), "nothing was promised: {promised_last}");
        let _ = contract;
    }
}

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

    let questions = list(&tech, "questions?open=true").await;
    assert_eq!(questions, Value::Null, "the key is the plain name");
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
    let admin = team.add("Admin", &[Role::Admin], None).0;
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
