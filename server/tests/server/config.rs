//! T6, R3, F3 over HTTP: versions, dry run, publishing by compare-and-set, and records that keep the version they were made under.

use std::collections::BTreeMap;

use chrono::{TimeDelta, Utc};
use chuda_record::id::{CustomerId, TouchId};
use chuda_record::rules::config::ExtraType;
use chuda_record::rules::{Config, Edit};
use chuda_record::{Fields, Role, Scalar, Touch};
use chuda_server::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::phone::{Hand, Phone, Team, client, json_of, reason, touch_by};

const CONFIG: &str = "/api/v1/config";

/// The shipped configuration with a rule that makes a to-do for the product manager of every demo.
fn with_rule() -> Config {
    let rule = json!({
        "id": "after-demo", "zh": "演示后跟进", "en": "After a demo", "trigger": {"record": "touch"},
        "when": {"field": {"name": "action", "is": "demo"}},
        "then": [{"task": {"kind": "assess_demand", "to": {"role": "product"}}}],
    });
    Edit::AddRule(Box::new(serde_json::from_value(rule).unwrap())).apply(Config::builtin()).unwrap()
}

fn publication(parent: i64, content: &Config, note: &str) -> Value {
    json!({"parent": parent, "content": content, "note": note})
}

async fn publish(phone: &Phone, team: &Team, parent: i64, content: &Config) -> (StatusCode, Value) {
    phone.api(team, "POST", CONFIG, Some(publication(parent, content, "改动"))).await
}

/// A touch made under a version of the configuration, with a photo.
fn touch_under(phone: &mut Phone, version: i64, customer: CustomerId, action: &str) -> TouchId {
    let photo = phone.evidence(b"photo", "image/jpeg", None);
    let id = TouchId::new(Utc::now());
    phone.create(id, &Touch { config: version, ..touch_by(phone.person, customer, action, &[photo]) });
    id
}

/// The sources of all tasks of a kind that a phone has.
fn tasks(phone: &Phone, kind: &str) -> Vec<String> {
    let of_kind = |fields: &Fields| fields["task"] == Scalar::Text(kind.into());
    let tasks = phone.of_kind("task").into_iter().map(|task| phone.fields(task)).filter(of_kind);
    tasks.filter_map(|fields| fields["source"].as_text().map(str::to_owned)).collect()
}

#[tokio::test]
async fn a_published_version_is_in_force_for_everyone_and_earlier_ones_stay() {
    let team = Team::start().await;
    let mut boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], Some("韩梅")).await;
    let (status, first) = rep.api(&team, "GET", CONFIG, None).await;
    assert_eq!((status, &first["version"], &first["in_force"]), (StatusCode::OK, &json!(1), &json!(true)));
    assert_eq!(first["published_by"], Value::Null);
    assert_eq!(serde_json::from_value::<Config>(first["content"].clone()).unwrap(), *Config::builtin());

    let (status, published) = publish(&boss, &team, 1, &with_rule()).await;
    assert_eq!((status, published), (StatusCode::OK, json!({"version": 2})));
    let (_, now) = rep.api(&team, "GET", CONFIG, None).await;
    assert_eq!((&now["version"], &now["published_by"]["name"], &now["note"]), (&json!(2), &json!("韩梅"), &json!("改动")));
    assert_eq!(now["content"]["version"], 2);
    let (_, list) = rep.api(&team, "GET", "/api/v1/config/versions", None).await;
    let numbers: Vec<_> =
        list["versions"].as_array().unwrap().iter().map(|one| (one["version"].clone(), one["in_force"].clone())).collect();
    assert_eq!(numbers, [(json!(2), json!(true)), (json!(1), json!(false))]);
    assert!(list["versions"][0].get("content").is_none());
    let (_, old) = rep.api(&team, "GET", "/api/v1/config/1", None).await;
    assert_eq!((&old["in_force"], &old["content"]), (&json!(false), &first["content"]));
    for nowhere in ["/api/v1/config/3", "/api/v1/config/x"] {
        assert_eq!(rep.api(&team, "GET", nowhere, None).await.0, StatusCode::NOT_FOUND);
    }
    // Phones get it as any other record, the publisher's and everyone else's.
    for phone in [&mut boss, &mut rep] {
        phone.sync(&team).await;
        let releases = phone.of_kind("config");
        assert_eq!(phone.fields(releases[0])["version"], Scalar::Int(2));
    }
    let mut late = team.phone("王芳", &[Role::Rep], None).await;
    late.sync(&team).await;
    assert_eq!(late.of_kind("config").len(), 1);
}

#[tokio::test]
async fn whoever_has_not_seen_what_is_in_force_is_told_and_a_lost_answer_can_be_asked_for_again() {
    let team = Team::start().await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let other = team.phone("张伟", &[Role::Director], None).await;
    assert_eq!(publish(&boss, &team, 1, &with_rule()).await.0, StatusCode::OK);
    let mut formula = Config::builtin().health;
    formula.red_below = 20;
    let stale = Edit::Formula(formula).apply(Config::builtin()).unwrap();
    let (status, problem) = publish(&other, &team, 1, &stale).await;
    assert_eq!(
        (status, &problem["key"], &problem["params"]["current"]),
        (StatusCode::CONFLICT, &json!("config.stale"), &json!("2"))
    );
    assert_eq!(problem["status"], 409);
    assert_eq!(publish(&other, &team, 7, &stale).await.0, StatusCode::CONFLICT);
    assert_eq!(publish(&boss, &team, 1, &with_rule()).await, (StatusCode::OK, json!({"version": 2})), "sent again");
    assert_eq!(publish(&other, &team, 1, &with_rule()).await.0, StatusCode::CONFLICT, "it was not this one who published it");
    let (status, problem) = publish(&other, &team, 2, &with_rule()).await;
    assert_eq!((status, &problem["key"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("config.unchanged")));
    let (_, list) = boss.api(&team, "GET", "/api/v1/config/versions", None).await;
    assert_eq!(list["versions"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn of_publishers_at_the_same_time_exactly_one_wins() {
    let team = Team::start().await;
    let mut bosses = Vec::new();
    for number in 0..8 {
        bosses.push(team.phone(&format!("主管{number}"), &[Role::Supervisor], None).await);
    }
    for round in 1..4 {
        let drafts = (0..bosses.len()).map(|number| {
            let mut formula = Config::builtin().health;
            formula.red_below = round * 100 + number as i64;
            Edit::Formula(formula).apply(Config::builtin()).unwrap()
        });
        let drafts: Vec<Config> = drafts.collect();
        let answers =
            futures::future::join_all(bosses.iter().zip(&drafts).map(|(boss, draft)| publish(boss, &team, round, draft))).await;
        let won: Vec<usize> =
            answers.iter().enumerate().filter(|(_, (status, _))| *status == StatusCode::OK).map(|(n, _)| n).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|(status, _)| matches!(*status, StatusCode::OK | StatusCode::CONFLICT)), "{answers:?}");
        let (_, now) = bosses[0].api(&team, "GET", CONFIG, None).await;
        assert_eq!(
            (&now["version"], &now["content"]["health"]["red_below"]),
            (&json!(round + 1), &json!(drafts[won[0]].health.red_below))
        );
    }
}

#[tokio::test]
async fn everyone_may_look_and_check_and_only_those_who_may_publish_try_out_and_publish() {
    let team = Team::start().await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let rep = team.phone("李雷", &[Role::Rep], None).await;
    let admin = team.phone("管理员", &[Role::Admin], None).await;
    let draft = json!({"content": with_rule()});
    let (status, checked) = rep.api(&team, "POST", "/api/v1/config/check", Some(draft.clone())).await;
    assert_eq!((status, checked), (StatusCode::OK, json!({"ok": true, "flaw": null})));
    for (path, body) in [("/api/v1/config/dry-run", draft.clone()), (CONFIG, publication(1, &with_rule(), "改动"))] {
        let (status, problem) = rep.api(&team, "POST", path, Some(body)).await;
        assert_eq!((status, &problem["key"]), (StatusCode::FORBIDDEN, &json!("config.not_allowed")));
    }
    // Who may publish and audit is not among what a supervisor configures.
    let mut wider = Config::builtin().clone();
    wider.permissions.publish.insert(Role::Rep);
    let (status, problem) = publish(&boss, &team, 1, &wider).await;
    assert_eq!((status, &problem["key"]), (StatusCode::FORBIDDEN, &json!("config.permissions")));
    let mut locked = Config::builtin().clone();
    locked.permissions.publish = [Role::Director].into();
    assert_eq!(publish(&admin, &team, 1, &locked).await.1["key"], "config.not_allowed");
    assert_eq!(publish(&admin, &team, 1, &wider).await.0, StatusCode::OK);
    assert_eq!(publish(&rep, &team, 2, &Config { permissions: wider.permissions, ..with_rule() }).await.0, StatusCode::OK);
}

#[tokio::test]
async fn tokens_read_with_one_scope_and_publish_with_another_as_somebody() {
    let team = Team::start().await;
    let (_, _) = team.person_of("韩梅", &[Role::Supervisor], None);
    let token = |scopes: &[Scope], person: Option<&str>| team.admin().add_token("board", scopes, person, team.now()).unwrap();
    let post = async |token: &str, path: &str, body: Value| {
        let request = client().post(format!("{}{path}", team.url())).bearer_auth(token).body(body.to_string());
        let answer = request.send().await.unwrap();
        (answer.status(), json_of(answer).await["key"].clone())
    };
    let get = async |token: &str| client().get(format!("{}{CONFIG}", team.url())).bearer_auth(token).send().await.unwrap().status();
    let (reads, writes) = (token(&[Scope::Config], None), token(&[Scope::ConfigWrite], Some("韩梅")));
    let nobody = token(&[Scope::ConfigWrite], None);
    assert_eq!((get(&reads).await, get(&writes).await), (StatusCode::OK, StatusCode::FORBIDDEN));
    let publication = publication(1, &with_rule(), "改动");
    assert_eq!(post(&reads, CONFIG, publication.clone()).await, (StatusCode::FORBIDDEN, json!("token.scope")));
    assert_eq!(post(&nobody, CONFIG, publication.clone()).await, (StatusCode::FORBIDDEN, json!("token.no_person")));
    let draft = json!({"content": with_rule()});
    assert_eq!(post(&reads, "/api/v1/config/check", draft.clone()).await.0, StatusCode::OK);
    assert_eq!(post(&reads, "/api/v1/config/dry-run", draft.clone()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(post(&writes, "/api/v1/config/dry-run", draft).await.0, StatusCode::OK);
    assert_eq!(post(&writes, CONFIG, publication).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_flaw_is_named_with_its_place_and_nothing_is_published() {
    let team = Team::start().await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let mut content = serde_json::to_value(Config::builtin()).unwrap();
    let node = serde_json::to_value(with_rule().rules.last().unwrap()).unwrap();
    let rules = content["rules"].as_array_mut().unwrap();
    for number in 0..13 {
        let mut node = node.clone();
        node["id"] = format!("node-{number}").into();
        rules.push(node);
    }
    let (status, checked) = boss.api(&team, "POST", "/api/v1/config/check", Some(json!({ "content": content }))).await;
    let flaw = &checked["flaw"];
    assert_eq!(
        (status, &checked["ok"], &flaw["place"], &flaw["flaw"]),
        (StatusCode::OK, &json!(false), &json!("rules"), &json!("flaw.too_many_nodes"))
    );
    assert_eq!((&flaw["params"]["most"], &flaw["message"]), (&json!("12"), &json!("at most 12 response nodes")));
    for (path, body) in [
        ("/api/v1/config/dry-run", json!({ "content": content })),
        (CONFIG, json!({"parent": 1, "content": content, "note": "改动"})),
    ] {
        let (status, problem) = boss.api(&team, "POST", path, Some(body)).await;
        assert_eq!((status, &problem["key"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("config.flawed")));
        assert_eq!((&problem["params"]["place"], &problem["params"]["flaw"]), (&json!("rules"), &json!("flaw.too_many_nodes")));
    }
    let (status, problem) = boss.api(&team, "POST", CONFIG, Some(publication(1, &with_rule(), "  "))).await;
    assert_eq!((status, &problem["key"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("config.note")));
    for (body, expected) in [
        (json!({"parent": 1}), StatusCode::BAD_REQUEST),
        (json!({"parent": 1, "content": {}, "note": "改动", "force": true}), StatusCode::BAD_REQUEST),
        (json!({"parent": 1, "content": {"filler": "x".repeat(200 * 1024)}, "note": "改动"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"parent": 1, "content": {"filler": "x".repeat(256 * 1024)}, "note": "改动"}), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(boss.api(&team, "POST", CONFIG, Some(body)).await.0, expected);
    }
    assert_eq!(boss.api(&team, "GET", CONFIG, None).await.1["version"], 1);
}

#[tokio::test]
async fn a_record_keeps_the_version_it_was_made_under() {
    let clock = Hand::at("2026-11-23T02:00:00Z");
    let team = Team::start_at(clock.clone()).await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let mut product = team.phone("产品", &[Role::Product], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    let customer = rep.customer("杭州智联科技");
    rep.sync(&team).await;

    let timed = json!({
        "id": "demo-silence", "zh": "演示后三天", "en": "Three days after a demo",
        "trigger": {"since": {"record": "touch", "field": "at", "hours": 72}},
        "when": {"field": {"name": "action", "is": "demo"}},
        "then": [{"notify": {"kind": "kickoff", "to": {"role": "product"}}}],
    });
    let second = Edit::AddRule(Box::new(serde_json::from_value(timed).unwrap())).apply(&with_rule()).unwrap();
    assert_eq!(publish(&boss, &team, 1, &second).await.0, StatusCode::OK);
    // The third version has neither rule any more.
    assert_eq!(publish(&boss, &team, 2, Config::builtin()).await.0, StatusCode::OK);

    let under: Vec<TouchId> = (1..=3).map(|version| touch_under(&mut rep, version, customer, "demo")).collect();
    assert_eq!(rep.sync(&team).await, []);
    product.sync(&team).await;
    assert_eq!(tasks(&product, "assess_demand"), [under[1].to_string()]);
    let task = product.of_kind("task")[0];
    assert_eq!(
        (&product.fields(task)["config"], &product.fields(task)["rule"]),
        (&Scalar::Int(2), &Scalar::Text("after-demo".into()))
    );
    assert_eq!(tasks(&product, "kickoff"), [""; 0]);
    // Phones and server of these tests go by different clocks: a week is enough for both.
    clock.pass(TimeDelta::days(7));
    team.run_due_jobs().await;
    product.sync(&team).await;
    assert_eq!(tasks(&product, "kickoff"), [under[1].to_string()]);
    for (version, touch) in (1..).zip(&under) {
        assert_eq!(rep.fields(*touch)["config"], Scalar::Int(version));
    }
}

#[tokio::test]
async fn a_required_added_field_is_checked_by_the_version_a_touch_was_made_under() {
    let team = Team::start().await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    let customer = rep.customer("杭州智联科技");
    let field =
        Edit::AddField { key: "units".into(), holds: ExtraType::Number, zh: "台数".into(), en: "Units".into(), required: true };
    assert_eq!(publish(&boss, &team, 1, &field.apply(Config::builtin()).unwrap()).await.0, StatusCode::OK);
    let mut send = async |version: i64, extra: &[(&str, Scalar)]| {
        let photo = rep.evidence(b"photo", "image/jpeg", None);
        let extra: BTreeMap<String, Scalar> = extra.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        let touch = Touch { config: version, extra, ..touch_by(rep.person, customer, "demo", &[photo]) };
        rep.create(TouchId::new(Utc::now()), &touch);
        let refused = rep.sync(&team).await;
        refused.iter().map(|refused| refused.rejection().field().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(send(2, &[]).await, ["x/units"]);
    assert_eq!(send(2, &[("units", "many".into())]).await, ["x/units"]);
    assert_eq!(send(2, &[("units", 12.into()), ("colour", "red".into())]).await, ["x/colour"]);
    assert_eq!(send(1, &[("units", 12.into())]).await, ["x/units"], "the first version asks for no such thing");
    assert_eq!(send(2, &[("units", 12.into())]).await, [""; 0]);
    assert_eq!(send(1, &[]).await, [""; 0], "made before the field was asked for");
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_otherwise_to_those_who_may_know_and_writes_nothing() {
    let team = Team::start().await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let other = team.phone("张伟", &[Role::Supervisor], None).await;
    let mut product = team.phone("产品", &[Role::Product], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], Some("韩梅")).await;
    let customer = rep.customer("杭州智联科技");
    let touch = touch_under(&mut rep, 1, customer, "demo");
    let quote = touch_under(&mut rep, 1, customer, "new_demand");
    assert_eq!(rep.sync(&team).await, []);

    let mut health = Config::builtin().health;
    health.red_below = 1;
    let draft = Edit::Formula(health).apply(&with_rule()).unwrap();
    let draft = Edit::SwitchRule { id: "new-demand".into(), off: true }.apply(&draft).unwrap();
    let dry_run = async |phone: &Phone, days: Option<u16>| {
        let (status, run) = phone.api(&team, "POST", "/api/v1/config/dry-run", Some(json!({"content": draft, "days": days}))).await;
        assert_eq!(status, StatusCode::OK, "{run}");
        run
    };
    let run = dry_run(&boss, None).await;
    assert_eq!(run["totals"], json!({"added": 1, "removed": 1, "changed": 0, "turns_red": 0, "turns_green": 1, "refused": 0}));
    let added = &run["added"][0];
    assert_eq!((&added["rule"], &added["record"], &added["customer"]), (&json!("after-demo"), &json!(touch), &json!(customer)));
    assert_eq!(
        (&added["effects"], &added["whom"], &added["because"]),
        (&json!(["task:assess_demand"]), &json!(["product"]), &json!("action = demo"))
    );
    assert_eq!((&run["removed"][0]["rule"], &run["removed"][0]["record"]), (&json!("new-demand"), &json!(quote)));
    assert_eq!((&run["health"][0]["customer"], &run["health"][0]["red"]), (&json!(customer), &json!(false)));
    assert_eq!(run["rules"]["after-demo"], json!({"now": 0, "then": 1}));
    // A supervisor of others learns how many, not whose.
    let blind = dry_run(&other, Some(1)).await;
    assert_eq!((&blind["totals"], &blind["records"]), (&run["totals"], &run["records"]));
    assert_eq!((&blind["added"], &blind["removed"], &blind["health"]), (&json!([]), &json!([]), &json!([])));
    assert!(!blind.to_string().contains(&customer.to_string()));

    product.sync(&team).await;
    assert_eq!(tasks(&product, "assess_demand").len(), 1, "of the demand that really came");
    assert_eq!(boss.api(&team, "GET", CONFIG, None).await.1["version"], 1);
    assert_eq!(dry_run(&boss, None).await, run, "as if it had never been run");
}

#[tokio::test]
async fn a_rule_that_copies_what_is_not_there_holds_nobody_up() {
    let team = Team::start().await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    let meet = json!({
        "id": "meet", "zh": "约会议", "en": "Meet", "trigger": {"record": "touch"}, "when": {"field": {"name": "action", "is": "demo"}},
        "then": [
            {"create": {"kind": "meeting", "fields": {"title": {"copy": "next_action"}, "at": {"in_days": 3}, "minutes": 60}}},
            {"flag": "to_meet"},
        ],
    });
    let draft = Edit::AddRule(Box::new(serde_json::from_value(meet).unwrap())).apply(Config::builtin()).unwrap();
    assert_eq!(publish(&boss, &team, 1, &draft).await.0, StatusCode::OK);
    let customer = rep.customer("杭州智联科技");
    let without = touch_under(&mut rep, 2, customer, "demo");
    let photo = rep.evidence(b"photo", "image/jpeg", None);
    let with = TouchId::new(Utc::now());
    let next_action = Some("看样机".to_owned());
    rep.create(with, &Touch { config: 2, next_action, ..touch_by(rep.person, customer, "demo", &[photo]) });
    assert_eq!(rep.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), [""; 0]);
    rep.sync(&team).await;
    let meetings = rep.of_kind("meeting");
    assert_eq!(meetings.len(), 1);
    assert_eq!(rep.fields(meetings[0])["title"], Scalar::Text("看样机".into()));
    for touch in [with, without] {
        assert_eq!(rep.fields(touch)["flags/to_meet"], Scalar::Bool(true), "the rest of the rule is carried out");
    }
}
