//! The JSON API: what each caller sees, how a to-do is done, and that its description is true.

use chrono::Utc;
use chuda_record::{Role, Scalar};
use chuda_server::Scope;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::phone::{Phone, Team, client, json_of};

async fn with_token(team: &Team, token: &str, path: &str) -> (StatusCode, Value) {
    let answer = client().get(format!("{}{path}", team.url())).bearer_auth(token).send().await.unwrap();
    (answer.status(), json_of(answer).await)
}

async fn quote(team: &Team) -> (Phone, Phone, String) {
    let finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    rep.touch(customer, "quote", &[pdf]);
    rep.sync(team).await;
    let (_, todos) = finance.api(team, "GET", "/api/v1/todos", None).await;
    let id = todos["todos"][0]["id"].as_str().unwrap().to_owned();
    (finance, rep, id)
}

#[tokio::test]
async fn a_todo_says_what_it_is_about_and_is_done_once() {
    let team = Team::start().await;
    let (finance, mut rep, id) = quote(&team).await;
    let (_, todos) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    let todo = &todos["todos"][0];
    assert_eq!(todo["kind"]["label"], "待审批报价单");
    assert_eq!(todo["customer"]["name"], "Huaxin");
    assert_eq!(todo["choices"].as_array().unwrap().len(), 2);
    let (status, source) = finance.api(&team, "GET", &format!("/api/v1/touches/{}", todo["source"].as_str().unwrap()), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(source["category"]["label"], "待审批报价单");
    assert_eq!(source["author"]["name"], "Rep");
    assert_eq!(source["evidence"][0]["grade"]["key"], "local_unverified");

    let path = format!("/api/v1/todos/{id}/done");
    let answer = async |phone: &Phone, body: Value| {
        let (status, body) = phone.api(&team, "POST", &path, Some(body)).await;
        (status, body["key"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(answer(&rep, json!({ "choice": "approve" })).await.0, StatusCode::NOT_FOUND);
    assert_eq!(answer(&finance, json!({})).await, (StatusCode::UNPROCESSABLE_ENTITY, "todo.choice".into()));
    assert_eq!(answer(&finance, json!({ "choice": "later" })).await, (StatusCode::UNPROCESSABLE_ENTITY, "todo.choice".into()));
    assert_eq!(answer(&finance, json!({ "choice": "reject" })).await, (StatusCode::UNPROCESSABLE_ENTITY, "todo.reason".into()));
    assert_eq!(answer(&finance, json!(["approve"])).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(answer(&finance, json!({ "choice": "approve" })).await.0, StatusCode::OK);
    assert_eq!(answer(&finance, json!({ "choice": "approve" })).await.0, StatusCode::OK);
    let other = answer(&finance, json!({ "choice": "reject", "reason": "too cheap" })).await;
    assert_eq!(other, (StatusCode::CONFLICT, "todo.already_done".into()));

    let (_, open) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    assert_eq!(open["todos"], json!([]));
    let (_, done) = finance.api(&team, "GET", "/api/v1/todos?done=true", None).await;
    assert_eq!(done["todos"][0]["choice"]["label"], "批准");
    assert_eq!(done["todos"][0]["done_by"]["name"], "Finance");
    // The rep's phone hears of it.
    rep.sync(&team).await;
    assert_eq!(rep.fields(rep.task("quote_approval").unwrap())["choice"], Scalar::Text("approve".into()));
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_as_whom_it_says() {
    let team = Team::start().await;
    let (_, rep, id) = quote(&team).await;
    let all = team.admin().add_token("crm", &[Scope::Touches, Scope::People, Scope::TodosWrite], None, Utc::now()).unwrap();
    let finance = team.admin().add_token("bot", &[Scope::Todos, Scope::TodosWrite], Some("Finance"), Utc::now()).unwrap();
    let (_, touches) = with_token(&team, &all, "/api/v1/touches").await;
    assert_eq!(touches["touches"].as_array().unwrap().len(), 1);
    let (_, people) = with_token(&team, &all, "/api/v1/people").await;
    assert_eq!(people["people"].as_array().unwrap().len(), 2);
    for path in ["/api/v1/reports", "/api/v1/todos"] {
        assert_eq!(with_token(&team, &all, path).await.0, StatusCode::FORBIDDEN);
    }
    let (_, todos) = with_token(&team, &finance, "/api/v1/todos").await;
    assert_eq!(todos["todos"][0]["id"], id.as_str());
    let done = |token: &str| {
        let request = client().post(format!("{}/api/v1/todos/{id}/done", team.url())).bearer_auth(token);
        request.body(json!({ "choice": "approve" }).to_string()).send()
    };
    assert_eq!(done(&all).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(done(&finance).await.unwrap().status(), StatusCode::OK);
    for token in ["", "chuda_0", "Bearer"] {
        assert_eq!(with_token(&team, token, "/api/v1/touches").await.0, StatusCode::UNAUTHORIZED);
    }
    assert!(!std::fs::read(team.data().join("chuda.db")).unwrap().windows(all.len()).any(|part| part == all.as_bytes()));
    drop(rep);
}

#[tokio::test]
async fn lists_are_filtered_and_come_in_pages() {
    let team = Team::start().await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Rep", &[Role::Rep], Some("Boss")).await;
    let (one, two) = (rep.customer("One"), rep.customer("Two"));
    let text = |at: chrono::DateTime<Utc>| at.to_rfc3339().replace('+', "%2B");
    let (before, long_before) = (text(crate::phone::now()), text(crate::phone::now() - chrono::TimeDelta::hours(1)));
    for _ in 0..150 {
        rep.touch(one, "demo", &[]);
    }
    rep.touch(two, "demo", &[]);
    rep.report("2026-03-02", &[]);
    rep.report("2026-03-03", &[]);
    rep.sync(&team).await;
    boss.sync(&team).await;
    let boss_touch = boss.touch(two, "demo", &[]);
    boss.sync(&team).await;

    let list = async |query: &str| {
        let (status, page) = boss.api(&team, "GET", &format!("/api/v1/touches{query}"), None).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    };
    let count = |page: &Value| page["touches"].as_array().unwrap().len();
    assert_eq!(count(&list(&format!("?customer={two}")).await), 2);
    assert_eq!(list(&format!("?person={}", boss.person)).await["touches"][0]["id"], boss_touch.to_string());
    assert_eq!(count(&list(&format!("?to={long_before}")).await), 0);
    let first = list(&format!("?from={before}")).await;
    assert_eq!(count(&first), 100);
    let second = list(&format!("?from={before}&cursor={}", first["next"].as_str().unwrap())).await;
    assert_eq!((count(&second), second["next"].is_null()), (52, true));
    assert_eq!(boss.api(&team, "GET", "/api/v1/touches?from=yesterday", None).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(boss.api(&team, "GET", "/api/v1/touches?cursor=1", None).await.0, StatusCode::BAD_REQUEST);

    let (_, reports) = boss.api(&team, "GET", "/api/v1/reports?day=2026-03-02", None).await;
    assert_eq!(reports["reports"].as_array().unwrap().len(), 1);
    assert_eq!(reports["reports"][0]["short"], true);
    assert_eq!(reports["reports"][0]["reason"]["label"], "外出路途");
    let (_, own) = rep.api(&team, "GET", "/api/v1/reports", None).await;
    assert_eq!(own["reports"].as_array().unwrap().len(), 2);
}

/// `docs/openapi.json` is the contract as it stands. A change of it is made with `CHUDA_WRITE_GOLDEN=1`, and read before it is committed.
#[tokio::test]
async fn the_description_is_the_one_in_the_documentation() {
    let team = Team::start().await;
    let served = json_of(client().get(format!("{}/openapi.json", team.url())).send().await.unwrap()).await;
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("CHUDA_WRITE_GOLDEN").is_some() {
        std::fs::write(&golden, serde_json::to_string_pretty(&served).unwrap() + "\n").unwrap();
    }
    let documented: Value = serde_json::from_str(&std::fs::read_to_string(&golden).unwrap()).unwrap();
    for part in ["info", "paths", "components"] {
        for (name, is) in served[part].as_object().unwrap() {
            assert_eq!(Some(is), documented[part].get(name), "{part}/{name} is not as docs/openapi.json has it");
        }
    }
    assert_eq!(served, documented);
}

#[tokio::test]
async fn every_route_is_in_the_description_and_answers_with_what_it_describes() {
    let team = Team::start().await;
    let answer = client().get(format!("{}/openapi.json", team.url())).send().await.unwrap();
    let description: Value = json_of(answer).await;
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = description["paths"].as_object().unwrap();
    let described: Vec<&str> = paths.keys().map(String::as_str).collect();
    let expected = [
        "/api/v1/audit",
        "/api/v1/backchecks",
        "/api/v1/backchecks/{id}",
        "/api/v1/board",
        "/api/v1/config",
        "/api/v1/config/check",
        "/api/v1/config/dry-run",
        "/api/v1/config/versions",
        "/api/v1/config/{version}",
        "/api/v1/contracts/{id}/signed",
        "/api/v1/customers",
        "/api/v1/demands",
        "/api/v1/demands/{id}/assess",
        "/api/v1/events",
        "/api/v1/findings",
        "/api/v1/findings/{id}/resolve",
        "/api/v1/imports/{kind}",
        "/api/v1/meetings/{file}",
        "/api/v1/metrics",
        "/api/v1/people",
        "/api/v1/questions",
        "/api/v1/questions/{id}/answer",
        "/api/v1/questions/{id}/promise",
        "/api/v1/records",
        "/api/v1/records/{id}",
        "/api/v1/reports",
        "/api/v1/todos",
        "/api/v1/todos/{id}/done",
        "/api/v1/touches",
        "/api/v1/touches/{id}",
        "/blobs",
        "/blobs/uploads/{id}",
        "/blobs/{sha256}",
        "/enrol",
        "/healthz",
        "/metrics",
        "/openapi.json",
        "/readyz",
        "/sync",
    ];
    assert_eq!(described, expected);
    // Every reference leads somewhere.
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(description.pointer(reference).is_some(), "{reference}");
    }
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].to_string()), "{} is not unique", operation["operationId"]);
            // Without credentials the server answers with a status that is described.
            let url = format!(
                "{}{}",
                team.url(),
                path.replace("{id}", &uuid::Uuid::nil().to_string()).replace("{sha256}", &"0".repeat(64))
            );
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = client().request(method.clone(), url).header("tus-resumable", "1.0.0").send().await.unwrap();
            let status = answer.status().as_u16().to_string();
            let known = &operation["responses"][&status];
            assert!(known.is_object(), "{method} {path} answers {status}");
            if !answer.status().is_success() && method != Method::HEAD {
                assert_eq!(answer.headers()["content-type"], "application/problem+json", "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let team = Team::start().await;
    let phone = team.phone("Li", &[Role::Rep], None).await;
    for (method, path, status) in [
        ("GET", "/nowhere", StatusCode::NOT_FOUND),
        ("GET", "/api/v1/touches/not-an-id", StatusCode::NOT_FOUND),
        ("DELETE", "/api/v1/touches", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let (answered, problem) = phone.api(&team, method, path, None).await;
        assert_eq!((answered, problem["status"].as_u64()), (status, Some(u64::from(status.as_u16()))));
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(client().get(format!("{}{path}", team.url())).send().await.unwrap().status(), StatusCode::OK);
    }
}
