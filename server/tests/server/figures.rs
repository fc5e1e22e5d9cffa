//! Figures through the real path: phones send, the clock is moved, the API answers. Health at its edges (T3), weeks at theirs (G1), the
//! board (T4), and help for whoever converts too little (G3).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_kit::records;
use chuda_record::id::{CustomerId, EvidenceId, Hash, LeadId, PersonId, ReportId, TouchId};
use chuda_record::{Evidence, Fields, Lead, Report, Role, Scalar};
use chuda_server::Scope;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::phone::{Hand, Phone, Team, client, json_of, touch_by};

const MS: TimeDelta = TimeDelta::milliseconds(1);
/// Monday the 2nd of November 2026, 10:00 in Shanghai; in week 45.
const MONDAY: &str = "2026-11-02T10:00:00+08:00";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A new customer of this phone's person, with its lead.
fn customer(phone: &mut Phone, name: &str, at: DateTime<Utc>) -> CustomerId {
    let id = CustomerId::new(at);
    let customer = records::customer(phone.person, name, at);
    phone.create(id, &customer);
    lead(phone, id, at);
    id
}

fn lead(phone: &mut Phone, customer: CustomerId, at: DateTime<Utc>) -> LeadId {
    let id = LeadId::new(at);
    let lead = Lead::new(phone.person, customer, Some(phone.person), at);
    phone.create(id, &lead);
    id
}

/// A touch with one piece of evidence, which opens or does not.
fn touch(phone: &mut Phone, customer: CustomerId, action: &str, at: DateTime<Utc>, readable: bool) -> TouchId {
    let (id, evidence) = (TouchId::new(at), EvidenceId::new(at));
    phone.create(id, &chuda_record::Touch { at, ..touch_by(phone.person, customer, action, &[evidence]) });
    let proof = Evidence {
        claim: Hash::of(id.as_bytes()),
        unreadable: (!readable).then(|| "pdf.truncated".into()),
        touch: Some(id),
        customer: Some(customer),
        ..records::evidence(phone.person, phone.device, evidence.as_bytes(), "application/pdf", at)
    };
    phone.create(evidence, &proof);
    id
}

async fn get(phone: &Phone, team: &Team, path: &str) -> Value {
    let (status, body) = phone.api(team, "GET", path, None).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}

/// The sums of the customers that a phone's person sees, by name.
async fn sums(phone: &Phone, team: &Team, path: &str) -> BTreeMap<String, String> {
    let list = get(phone, team, path).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list["customers"].as_array().unwrap().iter().map(|one| (text(&one["name"]), text(&one["health"]["sum"]))).collect()
}

async fn started() -> (Arc<Hand>, Team, Phone, Phone) {
    let clock = Hand::at(MONDAY);
    let team = Team::start_at(clock.clone()).await;
    let boss = team.phone("韩梅", &[Role::Supervisor], None).await;
    let rep = team.phone("李雷", &[Role::Rep], Some("韩梅")).await;
    (clock, team, boss, rep)
}

#[tokio::test]
async fn health_has_its_edges_where_the_mission_puts_them() {
    let (clock, team, boss, mut rep) = started().await;
    let start = team.now();
    let untouched = customer(&mut rep, "未触达", start);
    let touched = customer(&mut rep, "智联", start);
    touch(&mut rep, touched, "demo", start, true);
    assert_eq!(rep.sync(&team).await, []);
    let pass_to = |instant: DateTime<Utc>| clock.pass(instant - team.now());
    let sum = async |name: &str| sums(&boss, &team, "/api/v1/customers").await.remove(name).unwrap();
    assert_eq!(sum("智联").await, "7 = 1×2 + 1×5 − 0×3");

    // Whole days past 72 hours; without a touch they count from the claiming, however often the lead is moved since.
    pass_to(start + TimeDelta::hours(96) - MS);
    assert_eq!([sum("智联").await, sum("未触达").await], ["7 = 1×2 + 1×5 − 0×3", "0 = 0×2 + 0×5 − 0×3"]);
    let moved = rep.docs.iter().find(|(_, doc)| doc.fields().get("customer") == Some(&untouched.to_string().into())).unwrap();
    let (moved, now) = (*moved.0, Scalar::Int(team.now().timestamp_millis()));
    let stage = ("stage".to_owned(), Scalar::from("need_confirmed"));
    rep.write(moved, &Fields::from([stage, ("moved_at".into(), now), ("reason".into(), "电话中确认".into())]));
    assert_eq!(rep.sync(&team).await, []);
    pass_to(start + TimeDelta::hours(96));
    assert_eq!([sum("智联").await, sum("未触达").await], ["4 = 1×2 + 1×5 − 1×3", "-3 = 0×2 + 0×5 − 1×3"]);

    // The window of 30 days ends when exactly 30 days have passed.
    pass_to(start + TimeDelta::days(30) - MS);
    assert!(sum("智联").await.contains("= 1×2 + 1×5"));
    pass_to(start + TimeDelta::days(30));
    assert!(sum("智联").await.contains("= 0×2 + 0×5"));
}

#[tokio::test]
async fn exactly_fifteen_is_not_red_and_red_comes_first() {
    let (_, team, boss, mut rep) = started().await;
    let now = team.now();
    for (name, touches, valid) in [("十五", 5, 1), ("十四", 7, 0), ("十七", 6, 1)] {
        let customer = customer(&mut rep, name, now);
        for n in 0..touches {
            touch(&mut rep, customer, "demo", now, n < valid);
        }
    }
    assert_eq!(rep.sync(&team).await, []);
    let list = get(&boss, &team, "/api/v1/customers").await;
    let shown: Vec<(&str, i64, bool)> = list["customers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (one["name"].as_str().unwrap(), one["health"]["score"].as_i64().unwrap(), one["health"]["red"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(shown, [("十四", 14, true), ("十五", 15, false), ("十七", 17, false)]);
    let red = get(&boss, &team, "/api/v1/customers?red=true").await;
    assert_eq!(red["customers"].as_array().unwrap().len(), 1);
    let first = &red["customers"][0];
    assert_eq!((&first["stage"]["label"], &first["holder"]["name"]), (&json!("需求确认"), &json!("李雷")));
    assert_eq!(first["health"]["parts"], json!({"touches": 7, "evidence": 0, "overdue_days": 0}));
    assert!(first["since"].is_string() && first["last_touch"].is_string());
    // The board has the same ones, of the boss's people.
    let board = get(&boss, &team, "/api/v1/board").await;
    assert_eq!((&board["red"], &board["red_count"]), (&red["customers"], &json!(1)));
}

#[tokio::test]
async fn customers_that_are_closed_merged_or_nobodys_are_left_out_and_others_see_none() {
    let (_, team, boss, mut rep) = started().await;
    let now = team.now();
    let closed = customer(&mut rep, "已关闭", now);
    customer(&mut rep, "智联", now);
    rep.sync(&team).await;
    rep.write(closed.into(), &Fields::from([("closed".into(), true.into())]));
    rep.sync(&team).await;
    // Entered a second time by a colleague: the supervisor merges them.
    let mut colleague = team.phone("王芳", &[Role::Rep], Some("韩梅")).await;
    customer(&mut colleague, "智联", now + MS);
    colleague.sync(&team).await;
    assert_eq!(get(&boss, &team, "/api/v1/customers").await["customers"].as_array().unwrap().len(), 2);
    let mut boss = boss;
    boss.sync(&team).await;
    let finding = boss.of_kind("finding")[0];
    let settled = [
        ("resolution".to_owned(), "merge".into()),
        ("reason".to_owned(), "同一家客户".into()),
        ("resolved_by".to_owned(), boss.person.to_string().into()),
        ("resolved_at".to_owned(), Scalar::Int(now.timestamp_millis())),
    ];
    boss.write(finding, &Fields::from(settled));
    assert_eq!(boss.sync(&team).await, []);
    let left = get(&boss, &team, "/api/v1/customers").await;
    assert_eq!(left["customers"].as_array().unwrap().len(), 1, "{left}");
    assert_eq!(left["customers"][0]["holder"]["name"], "李雷");
    let stranger = team.phone("赵强", &[Role::Rep], None).await;
    assert_eq!(get(&stranger, &team, "/api/v1/customers").await["customers"], json!([]));
}

#[tokio::test]
async fn many_customers_come_in_pages_as_of_one_moment() {
    let (clock, team, boss, mut rep) = started().await;
    for n in 0..130 {
        let customer = customer(&mut rep, &format!("客户{n}"), team.now() - TimeDelta::hours(n));
        if n % 3 == 0 {
            touch(&mut rep, customer, "demo", team.now(), true);
        }
    }
    assert_eq!(rep.sync(&team).await, []);
    let first = get(&boss, &team, "/api/v1/customers").await;
    // Some are a day more overdue by now; that turns the pages of one list into no other order.
    clock.pass(TimeDelta::days(1));
    let second = get(&boss, &team, &format!("/api/v1/customers?cursor={}", first["next"].as_str().unwrap())).await;
    let all: Vec<&Value> = [&first, &second].into_iter().flat_map(|page| page["customers"].as_array().unwrap()).collect();
    assert_eq!((first["customers"].as_array().unwrap().len(), all.len(), second["next"].is_null()), (100, 130, true));
    let scores: Vec<i64> = all.iter().map(|one| one["health"]["score"].as_i64().unwrap()).collect();
    assert!(scores.is_sorted(), "{scores:?}");
    let ids: std::collections::BTreeSet<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 130);
    let (status, _) = boss.api(&team, "GET", "/api/v1/customers?cursor=1_2", None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_week_turns_on_monday_at_midnight_in_shanghai() {
    let (clock, team, boss, mut rep) = started().await;
    let midnight = at("2026-11-09T00:00:00+08:00");
    clock.pass(midnight + TimeDelta::hours(9) - team.now());
    let one = customer(&mut rep, "周日", midnight - MS);
    let other = customer(&mut rep, "周一", midnight);
    touch(&mut rep, one, "demo", midnight - MS, true);
    touch(&mut rep, one, "custom_comparison", midnight - MS, true);
    touch(&mut rep, other, "demo", midnight, true);
    assert_eq!(rep.sync(&team).await, []);
    let week = async |name: &str| get(&boss, &team, &format!("/api/v1/metrics?week={name}")).await;
    let counts = |week: &Value| {
        let value = |n: usize| week["team"]["baselines"][n]["value"].clone();
        (value(0)["part"].as_i64().unwrap(), value(1)["part"].as_i64().unwrap(), week["team"]["non_standard"][0]["count"].clone())
    };
    let (w45, w46) = (week("2026-W45").await, week("2026-W46").await);
    assert_eq!((counts(&w45), counts(&w46)), ((1, 2, json!(1)), (1, 1, json!(0))));
    assert_eq!((&w45["over"], &w46["over"]), (&json!(true), &json!(false)));
    assert_eq!((&w45["until"], &w46["from"]), (&json!("2026-11-08T16:00:00Z"), &json!("2026-11-08T16:00:00Z")));

    // One rep owes all 80 leads; a light has a word and a shape.
    let leads = &w45["team"]["baselines"][0];
    assert_eq!((&leads["sum"], &leads["metric"]["label"]), (&json!("1 / 80 = 1.2 %"), &json!("新增有效线索")));
    assert_eq!(leads["light"], json!({"key": "red", "label": "未达标", "label_en": "Below target", "icon": "■"}));
    assert_eq!(w45["team"]["baselines"][2]["light"], Value::Null, "nothing was quoted");
    assert_eq!(w45["people"][0]["person"]["name"], "李雷");
    assert_eq!(w45["people"][0]["density"]["trend"].as_array().unwrap().len(), 8);
    assert_eq!(w46["team"]["density"]["share"]["whole"], 2);
    for refused in ["2026-W47", "2026-W60", "47"] {
        let (status, problem) = boss.api(&team, "GET", &format!("/api/v1/metrics?week={refused}"), None).await;
        assert_eq!((status, &problem["key"]), (StatusCode::BAD_REQUEST, &json!("query.week")), "{refused}");
    }
}

#[tokio::test]
async fn an_answer_to_a_quote_counts_within_seventy_two_hours() {
    let (clock, team, boss, mut rep) = started().await;
    let quoted = team.now();
    let (in_time, late) = (customer(&mut rep, "按时", quoted), customer(&mut rep, "太晚", quoted));
    let touches = [touch(&mut rep, in_time, "quote", quoted, true), touch(&mut rep, late, "quote", quoted, true)];
    rep.sync(&team).await;
    let share = async || get(&boss, &team, "/api/v1/metrics?week=2026-W45").await["team"]["baselines"][2]["value"].clone();
    let deadline = quoted + TimeDelta::hours(72);
    clock.pass(deadline - team.now());
    assert_eq!(share().await, Value::Null, "both still have time");
    for (touch, at) in touches.into_iter().zip([deadline, deadline + MS]) {
        clock.pass(at - team.now());
        let noted = ("feedback_at".to_owned(), Scalar::Int(at.timestamp_millis()));
        rep.write(touch.into(), &Fields::from([("feedback".into(), true.into()), noted]));
        assert_eq!(rep.sync(&team).await, []);
    }
    assert_eq!(share().await, json!({"part": 1, "whole": 2, "percent": "50.0 %"}));
}

#[tokio::test]
async fn figures_are_for_the_line_above_and_for_those_who_may_audit() {
    let (_, team, boss, mut rep) = started().await;
    let other = team.phone("王芳", &[Role::Rep], Some("韩梅")).await;
    let stranger = team.phone("赵强", &[Role::Rep], None).await;
    let auditor = team.phone("审计", &[Role::Auditor], None).await;
    let one = customer(&mut rep, "智联", team.now());
    touch(&mut rep, one, "demo", team.now(), true);
    rep.sync(&team).await;
    let people = async |phone: &Phone, query: &str| {
        let (status, week) = phone.api(&team, "GET", &format!("/api/v1/metrics{query}"), None).await;
        let names = week["people"].as_array().map(|list| list.iter().map(|one| one["person"]["name"].as_str().unwrap().to_owned()));
        (status, names.map(Iterator::collect::<Vec<_>>).unwrap_or_default())
    };
    let names = |list: &[&str]| (StatusCode::OK, list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let hidden = (StatusCode::NOT_FOUND, vec![]);
    assert_eq!(people(&rep, "").await, names(&["李雷"]));
    assert_eq!(people(&boss, "").await, names(&["李雷", "王芳"]));
    assert_eq!(people(&auditor, "").await, names(&["李雷", "王芳", "赵强"]));
    assert_eq!(people(&boss, &format!("?team={}", rep.person)).await, names(&["李雷"]));
    assert_eq!(people(&auditor, &format!("?team={}", boss.person)).await, names(&["李雷", "王芳"]));
    for (phone, whose) in
        [(&rep, other.person), (&rep, boss.person), (&boss, stranger.person), (&auditor, PersonId::new(team.now()))]
    {
        assert_eq!(people(phone, &format!("?team={whose}")).await, hidden);
        let (status, _) = phone.api(&team, "GET", &format!("/api/v1/board?team={whose}"), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    let with = async |scope: Scope, person: Option<&str>, path: &str| {
        let token = team.admin().add_token("board", &[scope], person, team.now()).unwrap();
        let answer = client().get(format!("{}{path}", team.url())).bearer_auth(token).send().await.unwrap();
        (answer.status(), json_of(answer).await)
    };
    for path in ["/api/v1/customers", "/api/v1/metrics", "/api/v1/board"] {
        assert_eq!(with(Scope::Touches, None, path).await.0, StatusCode::FORBIDDEN);
        assert_eq!(with(Scope::Metrics, None, path).await.0, StatusCode::OK);
    }
    assert_eq!(with(Scope::Metrics, None, "/api/v1/customers").await.1["customers"].as_array().unwrap().len(), 1);
    assert_eq!(with(Scope::Metrics, Some("赵强"), "/api/v1/customers").await.1["customers"], json!([]));
    let (_, all) = with(Scope::Metrics, None, "/api/v1/metrics").await;
    assert!(!all.to_string().contains("minutes") && !all.to_string().contains("messages"));
}

#[tokio::test]
async fn the_board_says_who_filed_who_did_not_and_who_touched_whom() {
    let (_, team, boss, mut rep) = started().await;
    let mut others = Vec::new();
    for name in ["王芳", "赵强", "孙丽"] {
        others.push(team.phone(name, &[Role::Rep], Some("韩梅")).await);
    }
    let now = team.now();
    let one = customer(&mut rep, "智联", now);
    let touches: Vec<TouchId> = (0..3).map(|n| touch(&mut rep, one, "demo", now + MS * n, true)).collect();
    let report = |phone: &mut Phone, touches: &[TouchId], late: bool| {
        let day = "2026-11-02".parse().unwrap();
        let report = Report {
            author: phone.person,
            day,
            touches: touches.iter().copied().collect(),
            briefs: BTreeMap::new(),
            tomorrow: "回访".into(),
            reason: (touches.len() < 3).then(|| "travel".into()),
            filed: BTreeMap::from([(phone.device, now.timestamp_millis())]),
            late,
            withdrawn: false,
            config: 1,
            corrections: BTreeMap::new(),
        };
        phone.create(ReportId::of(phone.person, day), &report);
    };
    report(&mut rep, &touches, false);
    report(&mut others[0], &[], false);
    report(&mut others[1], &[], true);
    rep.sync(&team).await;
    for other in &mut others {
        other.sync(&team).await;
    }
    let board = get(&boss, &team, "/api/v1/board").await;
    assert_eq!((&board["day"], &board["working_day"]), (&json!("2026-11-02"), &json!(true)));
    let lines = |board: &Value| -> Vec<String> {
        let line = |one: &Value| {
            format!("{} {} {}", one["person"]["name"].as_str().unwrap(), one["state"]["label"].as_str().unwrap(), one["touches"])
        };
        board["reports"].as_array().unwrap().iter().map(line).collect()
    };
    assert_eq!(lines(&board), ["孙丽 未交 0", "李雷 已交 3", "王芳 不足三条 0", "赵强 补报 0"]);
    let late = &board["reports"][3];
    assert_eq!((&late["short"], &late["late"], &late["reason"]["label"]), (&json!(true), &json!(true), &json!("外出路途")));
    let touched = &board["touched"];
    assert_eq!(touched.as_array().unwrap().len(), 1);
    assert_eq!((&touched[0]["person"]["name"], touched[0]["touches"].as_array().unwrap().len()), (&json!("李雷"), 3));
    let newest = &touched[0]["touches"][0];
    assert_eq!((&newest["id"], &newest["customer"]["name"]), (&json!(touches[2]), &json!("智联")));
    assert_eq!(
        (&newest["action"]["label"], &newest["status"]["key"], &newest["valid_evidence"]),
        (&json!("演示"), &json!("recorded"), &json!(1))
    );

    // On a Sunday nobody owes a report, and a rep sees the own line alone.
    let sunday = get(&rep, &team, "/api/v1/board?day=2026-11-01").await;
    assert_eq!(
        (lines(&sunday), &sunday["working_day"], &sunday["touched"]),
        (vec!["李雷 休息日 0".into()], &json!(false), &json!([]))
    );
}

/// What a phone's person has to do or to know, by kind.
async fn todos(phone: &Phone, team: &Team) -> Vec<String> {
    let list = get(phone, team, "/api/v1/todos").await;
    let mut kinds: Vec<String> =
        list["todos"].as_array().unwrap().iter().map(|one| one["kind"]["key"].as_str().unwrap().into()).collect();
    kinds.sort();
    kinds
}

#[tokio::test]
async fn three_weeks_of_low_conversion_bring_words_that_help_and_an_alert_and_three_more_do_again() {
    let (clock, team, boss, mut rep) = started().await;
    let mut director = team.phone("总监", &[Role::Director], None).await;
    team.admin().set_reports_to("韩梅", Some("总监"), team.now()).unwrap();
    // 0 of 9 in the weeks 45 to 48, then nothing of theirs counts any more; nine more in week 48.
    for n in 0..9 {
        customer(&mut rep, &format!("客户{n}"), team.now());
    }
    assert_eq!(rep.sync(&team).await, []);
    let monday = |week: i64| at("2026-11-02T00:00:00+08:00") + TimeDelta::weeks(week);
    let run_at = async |instant: DateTime<Utc>| {
        clock.pass(instant - team.now());
        team.run_due_jobs().await;
    };
    for week in [1, 2] {
        run_at(monday(week)).await;
        assert_eq!(todos(&rep, &team).await, [""; 0]);
    }
    run_at(monday(3) - MS).await;
    assert_eq!(todos(&rep, &team).await, [""; 0], "the third week is not over");
    run_at(monday(3)).await;
    assert_eq!((todos(&rep, &team).await, todos(&boss, &team).await), (vec!["coaching".into()], vec!["conversion_alert".into()]));
    let todo = get(&rep, &team, "/api/v1/todos").await["todos"][0].clone();
    assert_eq!((&todo["script_pack"]["key"], &todo["rule"]), (&json!("lead_signals"), &json!("low-conversion")));
    director.sync(&team).await;
    assert_eq!(todos(&director, &team).await, [""; 0], "the direct supervisor alone is alerted");
    rep.sync(&team).await;
    let task = rep.of_kind("task")[0];
    let because = "2026-W45 0 / 9 = 0.0 %, 2026-W46 0 / 9 = 0.0 %, 2026-W47 0 / 9 = 0.0 % < 12 %";
    assert_eq!(rep.fields(task)["because"], Scalar::from(because));

    // Once, whoever runs the jobs again, before or after a restart.
    let mut team = team;
    team.run_due_jobs().await;
    team.restart().await;
    team.run_due_jobs().await;
    assert_eq!(todos(&rep, &team).await.len(), 1);

    for n in 0..9 {
        customer(&mut rep, &format!("新客户{n}"), team.now());
    }
    assert_eq!(rep.sync(&team).await, []);
    for (week, expected) in [(4, 1), (5, 1), (6, 2)] {
        clock.pass(monday(week) - team.now());
        team.run_due_jobs().await;
        assert_eq!((todos(&rep, &team).await.len(), todos(&boss, &team).await.len()), (expected, expected), "after week {week}");
    }
}

#[tokio::test]
async fn a_quote_in_time_and_exactly_twelve_percent_call_for_no_help() {
    let (clock, team, boss, mut rep) = started().await;
    let start = team.now();
    // 3 of 25 are exactly 12 %.
    for n in 0..25 {
        let customer = customer(&mut rep, &format!("客户{n}"), start);
        if n < 3 {
            touch(&mut rep, customer, "quote", start, true);
        }
    }
    assert_eq!(rep.sync(&team).await, []);
    for _ in 0..5 {
        clock.pass(TimeDelta::weeks(1));
        team.run_due_jobs().await;
    }
    assert!(!todos(&boss, &team).await.contains(&"conversion_alert".into()));
    assert!(!todos(&rep, &team).await.contains(&"coaching".into()));
}

#[tokio::test]
async fn weeks_that_passed_while_the_server_was_down_are_caught_up_with_once() {
    let (clock, mut team, boss, mut rep) = started().await;
    team.run_due_jobs().await;
    for n in 0..9 {
        customer(&mut rep, &format!("客户{n}"), team.now());
        customer(&mut rep, &format!("后来的客户{n}"), team.now() + TimeDelta::weeks(3));
    }
    assert_eq!(rep.sync(&team).await, []);
    // Six weeks later: a row of three was full after week 47, one of six after week 50.
    clock.pass(TimeDelta::weeks(6));
    team.restart().await;
    for _ in 0..2 {
        team.run_due_jobs().await;
        assert_eq!(
            (todos(&rep, &team).await, todos(&boss, &team).await),
            (vec!["coaching".into(); 2], vec!["conversion_alert".into(); 2])
        );
    }
}
