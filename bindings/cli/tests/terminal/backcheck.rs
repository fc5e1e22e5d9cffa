//! A back-check from a supervisor's terminal: list, show, answer, close, and the draw made again.

use chrono::TimeDelta;
use chuda_kit::{Hand, Host};
use chuda_record::Role;
use serde_json::json;

use crate::files;
use crate::phone::Phone;

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_looks_at_what_was_drawn_answers_and_closes() {
    let clock = Hand::at_present();
    let host = Host::start_at(clock.clone()).await;
    let (boss, boss_code) = host.person("韩梅", Role::Supervisor, None);
    let (_, rep_code) = host.person("李雷", Role::Rep, Some(boss));
    let rep = Phone::enrolled(&host.url(), &rep_code);
    rep.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    let catalogue = rep.file("catalogue.pdf", &files::pdf("Catalogue of 2026"));
    let touch = rep.json(&["touch", "--customer", "智联", "--mode", "邮件", "--action", "报价", "--evidence", &catalogue]);
    rep.json(&["sync"]);
    let boss = Phone::enrolled(&host.url(), &boss_code);
    boss.json(&["sync"]);
    assert_eq!(boss.json(&["backcheck", "list"])["backchecks"], json!([]));

    clock.pass(TimeDelta::weeks(2));
    host.run_due_jobs().await;
    boss.json(&["sync"]);
    let list = boss.json(&["backcheck", "list"])["backchecks"].clone();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["mine"], &list[0]["closed_at"]), (1, &json!(true), &json!(null)));
    let id = list[0]["id"].as_str().unwrap();
    let shown = boss.json(&["backcheck", "show", id]);
    let record = &shown["records"][0];
    assert_eq!(
        (&record["place"], &record["touch"], &record["summary"]["action"]["label"]),
        (&json!(1), &touch["id"], &json!("报价"))
    );
    let question = &record["questions"][0];
    assert_eq!((&question["question"]["label"], &question["question"]["key"]), (&json!("动作描述是否准确"), &json!("accurate")));
    let checks = question["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["check"]["key"] == "quote_pdf").unwrap();
    assert_eq!(
        (&check["check"]["label"], &check["found"], &check["problem"], &check["because"]),
        (&json!("PDF 是报价单"), &json!("problem"), &json!("catalogue"), &json!(null))
    );
    assert!(!shown.to_string().contains("李雷"), "it is about the record, not about the person");
    assert!(boss.run(&["backcheck", "show", id]).out.contains("PDF 是报价单  ⚠ 只是产品资料"));

    let refused = boss.json_ending(3, &["backcheck", "answer", id, "1", "punctual", "no"]);
    assert_eq!(
        (&refused["error"]["key"], &refused["questions"][1]["key"]),
        (&json!("backcheck.unknown_question"), &json!("evidence"))
    );
    assert_eq!(boss.refused(&["backcheck", "answer", id, "2", "evidence", "no"]), "backcheck.not_drawn");
    assert_eq!(boss.refused(&["backcheck", "close", id, "--conclusion", "无"]), "backcheck.unanswered");
    let place = touch["id"].as_str().unwrap();
    boss.json(&["backcheck", "answer", id, "1", "动作描述是否准确", "否", "--note", "发的是产品手册"]);
    boss.json(&["backcheck", "answer", id, place, "evidence", "yes"]);
    let answered = boss.json(&["backcheck", "answer", id, "1", "follow_up", "unclear"]);
    let answers: Vec<_> = answered["questions"].as_array().unwrap().iter().map(|asked| &asked["answer"]["key"]).collect();
    assert_eq!(answers, ["no", "yes", "unclear"]);
    let closed = boss.json(&["backcheck", "close", id, "--conclusion", "报价要求上传报价单"]);
    assert!(closed["closed_at"].is_string());
    assert_eq!(boss.refused(&["backcheck", "answer", id, "1", "evidence", "no"]), "backcheck.closed");
    assert_eq!(boss.json(&["sync"])["rejected"], json!([]));
    boss.json(&["sync"]);
    assert_eq!(boss.json(&["task", "list"])["tasks"], json!([]));

    let again = boss.json(&["backcheck", "recompute", id]);
    assert_eq!((&again["digest_agrees"], &again["draw_agrees"]), (&json!(true), &json!(true)));
    assert_eq!(
        (&again["candidates"], &again["drawn"], &again["seed"]),
        (&json!([touch["id"]]), &json!([touch["id"]]), &shown["seed"])
    );
    assert!(boss.run(&["backcheck", "recompute", id]).out.contains("与记录一致"));
    assert_eq!(rep.refused(&["backcheck", "show", id]), "backcheck.not_found");
}
