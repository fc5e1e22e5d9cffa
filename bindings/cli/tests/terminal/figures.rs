//! A week against its baselines, and red customers: what scripts read, and what a person sees without any colour.

use chuda_kit::Host;
use chuda_record::Role;
use serde_json::{Value, json};

use crate::files;
use crate::phone::Phone;

fn touch(phone: &Phone, customer: &str, action: &str, name: &str) {
    let file = phone.file(name, &files::pdf(name));
    phone.json(&["touch", "--customer", customer, "--mode", "面访", "--action", action, "--evidence", &file]);
}

#[test]
fn a_week_says_how_near_each_baseline_is_in_words_and_shapes() {
    let mut phone = Phone::offline();
    phone.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    touch(&phone, "智联", "定制对比表", "1.pdf");
    touch(&phone, "智联", "演示", "2.pdf");
    let week = phone.json(&["figures"]);
    assert_eq!((&week["week"], &week["over"]), (&json!("2026-W48"), &json!(false)));
    let own = &week["team"];
    assert_eq!(own["person"]["name"], "李强");
    let [leads, average, feedback] = own["baselines"].as_array().unwrap().as_slice() else { panic!("{own}") };
    assert_eq!((&leads["metric"]["key"], &leads["sum"]), (&json!("leads"), &json!("1 / 80 = 1.2 %")));
    assert_eq!(
        (&leads["light"]["label"], &leads["light"]["key"], &leads["light"]["icon"]),
        (&json!("未达标"), &json!("red"), &json!("■"))
    );
    assert_eq!((&average["metric"]["key"], &feedback["metric"]["key"]), (&json!("touches_per_customer"), &json!("feedback")));
    assert_eq!(
        (&average["value"]["part"], &average["value"]["whole"], &average["sum"]),
        (&json!(2), &json!(1), &json!("2 / 1 / 3.2 = 62.5 %"))
    );
    assert_eq!((&feedback["value"], &feedback["light"]), (&Value::Null, &Value::Null));
    assert_eq!((&own["density"]["share"]["percent"], own["density"]["trend"].as_array().unwrap().len()), (&json!("0.0 %"), 8));
    assert_eq!(
        own["conversion"],
        json!({"share": {"part": 0, "whole": 1, "percent": "0.0 %"}, "low_weeks": 1, "needs_help": false})
    );
    let counted = &own["non_standard"][0];
    assert_eq!((&counted["action"]["label"], &counted["count"]), (&json!("定制对比表"), &json!(1)));
    assert_eq!(counted["action"]["key"], "custom_comparison");
    assert_eq!(week["people"].as_array().unwrap().len(), 1);

    let seen = phone.run(&["figures"]).out;
    for words in ["2026-W48 · 李强", "■ 未达标", "新增有效线索", "触达密度", "定制对比表 1", "连续 1 周偏低"]
    {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    assert!(!seen.contains('\u{1b}'), "no colours: {seen}");
    assert!(phone.run(&["figures", "--lang", "en"]).out.contains("■ Below"));
    let before = phone.json(&["figures", "--week", "2026-W47"]);
    assert_eq!((&before["over"], &before["team"]["baselines"][0]["value"]["part"]), (&json!(true), &json!(0)));

    assert_eq!(phone.refused(&["figures", "--week", "2026-W49"]), "week.future");
    assert_eq!(phone.refused(&["figures", "--person", "王芳"]), "person.not_found");
    assert_eq!(phone.run(&["figures", "--week", "2026-48"]).code, 2);

    // Quoted now, answered by nobody within 72 hours: two weeks later everything of that week is decided.
    touch(&phone, "智联", "报价", "3.pdf");
    phone.at("2026-12-07T15:00:00+08:00");
    let decided = phone.json(&["figures", "--week", "2026-W48"]);
    assert_eq!(decided["team"]["baselines"][2]["sum"], "0 / 1 / 65 % = 0.0 %");
}

#[test]
fn red_customers_can_be_listed_alone() {
    let mut phone = Phone::offline();
    phone.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    for name in ["1.pdf", "2.pdf", "3.pdf"] {
        touch(&phone, "智联", "演示", name);
    }
    assert_eq!(phone.json(&["customer", "list", "--red"])["customers"], json!([]));
    assert!(phone.run(&["customer", "list", "--red"]).out.contains("没有红色客户"));
    phone.at("2026-12-03T15:00:00+08:00");
    let red = phone.json(&["customer", "list", "--red"]);
    assert_eq!(red["customers"][0]["health"]["sum"], "0 = 3×2 + 3×5 − 7×3");
    assert_eq!(red["customers"], phone.json(&["customer", "list"])["customers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_sees_the_reps_below_each_on_a_line() {
    let host = Host::start().await;
    let (boss, code) = host.person("韩梅", Role::Supervisor, None);
    let (_, rep) = host.person("李强", Role::Rep, Some(boss));
    host.person("王芳", Role::Rep, Some(boss));
    let boss = Phone::enrolled(&host.url(), &code);
    let rep = Phone::enrolled(&host.url(), &rep);
    rep.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    touch(&rep, "智联", "演示", "1.pdf");
    rep.json(&["sync"]);
    boss.json(&["sync"]);
    let week = boss.json(&["figures"]);
    let names: Vec<&Value> = week["people"].as_array().unwrap().iter().map(|line| &line["person"]["name"]).collect();
    assert_eq!(names, ["李强", "王芳"]);
    assert_eq!(
        (&week["team"]["baselines"][0]["sum"], &week["people"][0]["baselines"][0]["sum"]),
        (&json!("1 / 80 = 1.2 %"), &json!("1 / 40 = 2.5 %"))
    );
    let one = boss.json(&["figures", "--person", "李强"]);
    assert_eq!(one["team"], week["people"][0]);
    let seen = boss.run(&["figures"]).out;
    assert!(seen.contains("李强") && seen.contains("王芳") && seen.contains("■ 未达标 2.5 %"), "{seen}");
    assert_eq!(rep.refused(&["figures", "--person", "韩梅"]), "person.not_found");
}
