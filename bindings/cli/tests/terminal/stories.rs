//! Rules as a rep meets them in the terminal, and what surrounds every command.

use serde_json::{Value, json};

use crate::files;
use crate::phone::Phone;

/// Records a touch of 智联 with a file of its own.
fn touch(phone: &Phone, action: &str, name: &str, bytes: &[u8]) -> Value {
    let file = phone.file(name, bytes);
    let words = ["touch", "--customer", "智联", "--mode", "面访", "--action", action, "--evidence", &file];
    let ran = phone.run(&[&words[..], &["--json"]].concat());
    assert!(ran.code == 0 || ran.code == 4, "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

fn phone() -> Phone {
    let phone = Phone::offline();
    phone.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    phone
}

#[test]
fn health_is_spelled_out_and_exactly_15_is_not_red() {
    let mut phone = phone();
    touch(&phone, "发送资料", "1.pdf", &files::pdf("one"));
    touch(&phone, "演示", "2.pdf", &files::pdf("two"));
    touch(&phone, "演示", "3.pdf", &files::broken_pdf("three"));
    touch(&phone, "报价", "4.pdf", &files::broken_pdf("four"));
    let health = phone.json(&["customer", "show", "智联"])["health"].clone();
    assert_eq!((&health["score"], &health["red"]), (&json!(18), &json!(false)));

    // T3: 4 touches, 2 pieces of valid evidence, 5 days since the last touch.
    phone.at("2026-11-28T15:00:01+08:00");
    let customer = phone.json(&["customer", "show", "智联"]);
    let health = &customer["health"];
    assert_eq!((&health["score"], &health["red"]), (&json!(12), &json!(true)));
    assert_eq!(health["sum"], "12 = 4×2 + 2×5 − 2×3");
    assert_eq!(health["parts"], json!({"touches": 4, "evidence": 2, "overdue_days": 2}));
    assert_eq!(health["reasons"].as_array().unwrap().len(), 3);
    assert_eq!(customer["stage"]["label"], "方案报价");
    let home = phone.run(&["home"]);
    assert!(home.out.contains("12 = 4×2 + 2×5 − 2×3"), "{home:?}");
    assert_eq!(phone.json(&["home"])["red_customers"][0]["name"], "杭州智联科技");

    // A day later it is 9; three more touches without valid evidence make 15, and nothing is overdue: 7×2 + 2×5 is more.
    phone.at("2026-11-29T15:00:01+08:00");
    assert_eq!(phone.json(&["customer", "show", "智联"])["health"]["score"], 9);

    let other = Phone::offline();
    other.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    touch(&other, "演示", "1.pdf", &files::pdf("one"));
    for name in ["2", "3", "4", "5"] {
        touch(&other, "演示", &format!("{name}.pdf"), &files::broken_pdf(name));
    }
    let health = other.json(&["customer", "show", "智联"])["health"].clone();
    assert_eq!((&health["score"], &health["red"]), (&json!(15), &json!(false)));
}

#[test]
fn three_touches_make_a_report_and_filing_twice_gives_one() {
    let mut phone = phone();
    for name in ["1", "2", "3"] {
        touch(&phone, "演示", &format!("{name}.pdf"), &files::pdf(name));
    }
    let report = phone.json(&["report", "--tomorrow", "给智联送方案"]);
    assert_eq!(report["touches"].as_array().unwrap().len(), 3);
    assert_eq!((&report["short"], &report["late"], &report["reason"]), (&json!(false), &json!(false), &json!(null)));
    assert_eq!((&report["day"], &report["tomorrow"]), (&json!("2026-11-23"), &json!("给智联送方案")));
    assert_eq!(report["briefs"][0]["brief"]["label"], "已演示产品");

    touch(&phone, "报价", "4.pdf", &files::pdf("4"));
    assert_eq!(phone.json(&["home"])["report"]["can_update"], true);
    let again = phone.json(&["report"]);
    assert_eq!(again["id"], report["id"]);
    assert_eq!((again["touches"].as_array().unwrap().len(), &again["tomorrow"]), (4, &json!("给智联送方案")));

    // In the same person's day it is still that day just before midnight, and the next right after it.
    phone.at("2026-11-23T23:59:59+08:00");
    assert_eq!(phone.json(&["report"])["id"], report["id"]);
    phone.at("2026-11-24T00:00:00+08:00");
    assert_ne!(phone.json(&["report", "--reason", "请假"])["id"], report["id"]);
}

#[test]
fn a_short_report_says_why_and_a_late_one_that_it_is_late() {
    let mut phone = phone();
    touch(&phone, "演示", "1.pdf", &files::pdf("one"));
    let short = phone.json(&["report", "--reason", "客户改期"]);
    assert_eq!(
        (&short["short"], &short["reason"]["label"], &short["reason"]["key"]),
        (&json!(true), &json!("客户改期"), &json!("customer_postponed"))
    );
    phone.at("2026-11-25T09:00:00+08:00");
    let late = phone.json(&["report", "--day", "2026-11-24", "--reason", "travel"]);
    assert_eq!((&late["late"], &late["day"], &late["reason"]["label"]), (&json!(true), &json!("2026-11-24"), &json!("外出路途")));
}

#[test]
fn a_technical_question_needs_its_owner_and_its_date_by_action_and_by_brief() {
    let phone = phone();
    let by_action = ["touch", "--customer", "智联", "--mode", "电话", "--action", "需协调技术答疑", "--draft"];
    let by_brief = ["touch", "--customer", "智联", "--mode", "电话", "--action", "演示", "--brief", "tech_needed", "--draft"];
    for words in [&by_action[..], &by_brief] {
        assert_eq!(phone.refused(words), "touch.tech_owner_missing");
        assert_eq!(phone.refused(&[words, &["--tech-owner", "李工"]].concat()), "touch.response_by_missing");
        let touch = phone.json(&[words, &["--tech-owner", "李工", "--response-by", "2026-11-25"]].concat());
        assert_eq!((&touch["tech_owner"], &touch["response_by"]), (&json!("李工"), &json!("2026-11-25")));
        assert_eq!(touch["tech_owner_unknown"], true, "未在通讯录");
    }
}

#[test]
fn a_quote_with_a_pdf_says_what_it_will_start() {
    let phone = phone();
    let quote = touch(&phone, "quote", "quote.pdf", &files::pdf("quote"));
    let effects: Vec<_> = quote["triggered"].as_array().unwrap().iter().map(|one| one["effect"].as_str().unwrap()).collect();
    assert_eq!(effects, ["category:quote_pending", "task:quote_approval"]);
    let other = touch(&phone, "quote", "photo.png", files::PNG);
    assert_eq!(other["triggered"], json!([]));
}

#[test]
fn a_draft_is_completed_by_evidence() {
    let phone = phone();
    let draft = phone.json(&["touch", "--customer", "智联", "--mode", "微信", "--action", "发送资料", "--draft"]);
    let photo = phone.file("photo.png", files::PNG);
    let kept = phone.json(&["photo", &photo, "--touch", draft["id"].as_str().unwrap()]);
    assert_eq!(kept["touch"], draft["id"]);
    let home = phone.json(&["home"]);
    assert_eq!(home["touches_today"][0]["status"]["label"], "已记录");
    assert_eq!(home["report"]["touches"][0]["id"], draft["id"]);
}

#[test]
fn a_copy_is_flagged_and_time_set_by_hand_is_too() {
    let phone = phone();
    let photo = phone.file("photo.png", files::PNG);
    let first = phone.json(&["photo", &photo]);
    assert_eq!((&first["flags"], &first["grade"]["label"]), (&json!(["clock_set_by_hand"]), &json!("本机时间未校验")));
    assert_eq!(phone.json(&["photo", &photo])["flags"], json!(["clock_set_by_hand", "recycled"]));
}

#[test]
fn a_proof_is_checked_by_anyone_and_a_changed_one_is_found_out() {
    let phone = phone();
    let pdf = phone.file("quote.pdf", &files::pdf("quote"));
    let kept = phone.json(&["photo", &pdf]);
    let bundle = phone.folder().join("proof.zip").to_str().unwrap().to_owned();
    phone.json(&["export", "proof", kept["sha256"].as_str().unwrap(), "--out", &bundle]);

    let stranger = Phone::empty();
    assert_eq!(stranger.json(&["verify", &bundle])["valid"], true);

    let mut bytes = std::fs::read(&bundle).unwrap();
    let text = b"%PDF-1.4";
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
    bytes[at + 7] = b'5';
    let changed = stranger.file("changed.zip", &bytes);
    let verdict = stranger.json_ending(4, &["verify", &changed]);
    assert_eq!(verdict["valid"], false);
    assert!(verdict["checks"].as_array().unwrap().iter().any(|check| check["ok"] == false));

    let verdict = stranger.json_ending(3, &["verify", &pdf]);
    assert_eq!((&verdict["error"]["key"], &verdict["valid"]), (&json!("cli.not_a_bundle"), &json!(false)));
}

#[test]
fn the_doctor_finds_keys_that_others_can_read() {
    let phone = phone();
    let check = |name: &str| {
        let checks = phone.json_ending(4, &["doctor"])["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["name"] == name).unwrap()["ok"].clone()
    };
    assert_eq!((check("database"), check("model")), (json!(true), json!(false)), "there is no model in this test");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(check("permissions"), true);
        std::fs::set_permissions(phone.data().join("keys/device.p8"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(check("permissions"), false);
    }
}

#[test]
fn secrets_and_names_never_reach_the_log() {
    let phone = phone();
    let ran = phone.command(&["customer", "add", "苏州明远电子", "--json"]).env("RUST_LOG", "trace").output().unwrap();
    let log = String::from_utf8(ran.stderr).unwrap();
    let key = std::fs::read(phone.data().join("keys/database.key")).unwrap();
    let hex = key.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert!(!log.contains("明远") && !log.contains(&hex) && !log.contains("李强"), "{log}");
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let phone = phone();
    for words in [&["customer", "list"][..], &["customer", "list", "--json"], &["touch", "--help"]] {
        let mut child =
            phone.command(words).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ran = child.wait_with_output().unwrap();
        assert_eq!((ran.status.code(), String::from_utf8(ran.stderr).unwrap()), (Some(0), String::new()), "{words:?}");
    }
}
