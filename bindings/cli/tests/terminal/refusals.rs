//! Every refusal of the contract: its exit code, its key, and that nothing was changed.

use serde_json::json;

use crate::files;
use crate::phone::Phone;

const TOUCH: [&str; 7] = ["touch", "--customer", "智联", "--mode", "面访", "--action", "演示"];

fn phone() -> Phone {
    let phone = Phone::offline();
    phone.json(&["customer", "add", "杭州智联科技", "--short", "智联"]);
    phone
}

fn with<'a>(words: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [words, more].concat()
}

#[test]
fn wrong_usage_ends_with_2_and_says_so_in_json_too() {
    let phone = Phone::offline();
    for words in [
        &["fly"][..],
        &[],
        &["init"],
        &["init", "--offline"],
        &["init", "--server", "http://127.0.0.1:1"],
        &["init", "--server", "http://127.0.0.1:1", "--code", "1", "--offline", "--person", "李强"],
        &["customer", "add"],
        &["touch", "--customer", "智联"],
        &["touch", "--customer", "智联", "--mode", "传真", "--action", "报价"],
        &["touch", "--customer", "智联", "--mode", "面访", "--action", "报价", "--amount", "一万"],
        &["touch", "--customer", "智联", "--mode", "面访", "--action", "报价", "--next", "soon"],
        &["touch", "--customer", "智联", "--mode", "面访", "--action", "报价", "--intent", "E"],
        &["voice", "x.wav", "--consent", "maybe"],
        &["task", "done", "one"],
        &["export", "proof", "one"],
        &["sync", "--blobs", "some"],
    ] {
        assert_eq!(phone.run(words).code, 2, "{words:?}");
    }
    assert_eq!(phone.json_ending(2, &["fly"])["error"]["key"], "cli.usage");
}

#[test]
fn a_clock_that_is_no_time_is_wrong_usage() {
    let mut phone = Phone::offline();
    phone.at("tomorrow");
    assert_eq!(phone.json_ending(2, &["home"])["error"]["key"], "cli.clock_malformed");
}

#[test]
fn without_data_every_command_asks_for_init() {
    let phone = Phone::empty();
    for words in [
        &["customer", "list"][..],
        &["customer", "add", "A"],
        &["home"],
        &["report"],
        &["task", "list"],
        &["config", "show"],
        &["config", "check", "x.json"],
        &["sync"],
        &["status"],
        &["doctor"],
        &TOUCH,
        &["photo", "x.jpg"],
        &["voice", "x.wav", "--consent", "self"],
    ] {
        assert_eq!(phone.refused(words), "cli.not_initialised", "{words:?}");
    }
    assert!(!phone.data().exists(), "a refused command leaves nothing behind");
}

#[test]
fn data_are_made_once() {
    let phone = Phone::offline();
    assert_eq!(phone.refused(&["init", "--offline", "--person", "王芳"]), "cli.already_initialised");
    assert_eq!(phone.json(&["home"])["person"]["name"], "李强");
}

#[test]
fn a_server_that_is_not_there_ends_with_5_and_leaves_no_data() {
    let phone = Phone::empty();
    let words = ["init", "--server", "http://127.0.0.1:1", "--code", "1234"];
    assert_eq!(phone.json_ending(5, &words)["error"]["key"], "sync.offline");
    assert_eq!(phone.refused(&["home"]), "cli.not_initialised");
    // The same folder can be used for the next attempt.
    phone.json(&["init", "--offline", "--person", "李强"]);
}

#[test]
fn a_phone_without_a_server_has_nothing_to_sync_with() {
    assert_eq!(Phone::offline().refused(&["sync"]), "sync.no_server");
}

#[test]
fn a_customer_is_never_guessed() {
    let phone = phone();
    phone.json(&["customer", "add", "杭州智能设备"]);
    let none = phone.run(&["touch", "--customer", "苏州明远", "--mode", "面访", "--action", "演示", "--draft"]);
    assert_eq!(none.code, 3);
    assert!(none.err.contains("chuda customer add"), "{none:?}");
    let some = phone.json_ending(3, &["customer", "show", "杭州"]);
    assert_eq!(some["error"]["key"], "cli.customer_ambiguous");
    assert_eq!(some["candidates"].as_array().unwrap().len(), 2);
    // One candidate alone is a candidate still: a part of a name is not the name.
    assert_eq!(phone.refused(&["customer", "show", "智能"]), "cli.customer_ambiguous");
    assert_eq!(phone.json(&["customer", "show", "智联"])["name"], "杭州智联科技");
}

#[test]
fn a_touch_needs_evidence_or_to_be_a_draft() {
    let phone = phone();
    assert_eq!(phone.refused(&TOUCH), "touch.evidence_missing");
    assert_eq!(phone.json(&["home"])["touches_today"], json!([]));
    let draft = phone.json(&with(&TOUCH, &["--draft"]));
    assert_eq!((&draft["status"]["label"], &draft["status"]["key"]), (&json!("待补证据"), &json!("draft")));
    assert_eq!(phone.json(&["home"])["report"]["touches"], json!([]), "a draft counts for nothing");
}

#[test]
fn an_action_or_brief_that_is_in_no_list_is_refused_with_the_list() {
    let phone = phone();
    let action = phone.json_ending(3, &["touch", "--customer", "智联", "--mode", "面访", "--action", "喝茶", "--draft"]);
    assert_eq!(action["error"]["key"], "touch.unknown_action");
    assert!(action["choices"].as_array().unwrap().contains(&json!({"key": "quote", "label": "报价", "label_en": "Quote given"})));
    let brief = phone.json_ending(3, &with(&TOUCH, &["--brief", "喝茶", "--draft"]));
    assert_eq!(brief["error"]["key"], "touch.unknown_brief");
}

#[test]
fn what_is_refused_is_refused_before_any_evidence_is_kept() {
    let phone = phone();
    let pdf = phone.file("quote.pdf", &files::pdf("Quote"));
    let sound = phone.file("talk.wav", &files::silence());
    let question = ["touch", "--customer", "智联", "--mode", "电话", "--action", "需协调技术答疑", "--evidence", pdf.as_str()];
    assert_eq!(phone.refused(&question), "touch.tech_owner_missing");
    assert_eq!(phone.refused(&with(&TOUCH, &["--evidence", &pdf, "--evidence", "gone.jpg"])), "file.not_found");
    assert_eq!(phone.refused(&with(&TOUCH, &["--evidence", &pdf, "--evidence", &sound])), "evidence.consent_missing");
    let chain = &phone.json_ending(4, &["doctor"])["checks"].as_array().unwrap().clone();
    let chain = chain.iter().find(|check| check["name"] == "chain").unwrap();
    assert_eq!(chain["detail"], "0", "no claim was made");
}

#[test]
fn a_recording_needs_consent() {
    let phone = phone();
    let sound = phone.file("talk.wav", &files::silence());
    for words in [&["voice", sound.as_str()][..], &["photo", &sound], &with(&TOUCH, &["--evidence", &sound])] {
        assert_eq!(phone.refused(words), "evidence.consent_missing", "{words:?}");
    }
    let kept = phone.json(&with(&TOUCH, &["--evidence", &sound, "--consent", "self"]));
    assert_eq!(kept["evidence"][0]["consent"], "self");
    assert_eq!(kept["evidence"][0]["valid"], false, "one's own dictation completes a touch, but proves nothing");
}

#[test]
fn what_does_not_open_is_kept_and_ends_with_4() {
    let phone = phone();
    let broken = phone.file("broken.pdf", &files::broken_pdf("Quote"));
    let photo = phone.json_ending(4, &["photo", &broken]);
    assert_eq!((&photo["readable"], &photo["thumbnail"]), (&json!(false), &json!(null)));
    let touch = phone.json_ending(4, &with(&TOUCH, &["--evidence", &broken]));
    assert_eq!(touch["status"]["key"], "recorded");
    let noise = phone.file("noise.wav", b"this is no sound");
    let voice = phone.json_ending(4, &["voice", &noise, "--consent", "self"]);
    assert_eq!(voice["error"]["key"], "speech.unreadable");
    phone.json(&["export", "proof", voice["evidence"].as_str().unwrap(), "--out", "proof.zip"]);
    assert_eq!(phone.json(&["home"])["touches_today"].as_array().unwrap().len(), 1);
}

#[test]
fn without_the_model_the_recording_is_kept_and_named() {
    let phone = phone();
    let sound = phone.file("talk.wav", &files::silence());
    let heard = phone.json_ending(4, &["voice", &sound, "--consent", "self"]);
    assert_eq!(heard["error"]["key"], "speech.model_missing");
    let id = heard["evidence"].as_str().unwrap().to_owned();
    assert_eq!(phone.json_ending(4, &["voice", &id])["evidence"], heard["evidence"], "and can be gone on with by its id");
}

#[test]
fn a_short_report_needs_a_reason_from_the_list() {
    let phone = phone();
    let refused = phone.json_ending(3, &["report"]);
    assert_eq!(refused["error"]["key"], "report.reason_missing");
    assert!(
        refused["reasons"].as_array().unwrap().contains(&json!({"key": "travel", "label": "外出路途", "label_en": "Travelling"}))
    );
    assert_eq!(phone.refused(&["report", "--reason", "太忙"]), "report.unknown_reason");
    assert_eq!(phone.refused(&["report", "--day", "2026-11-24", "--reason", "travel"]), "report.future");
    assert_eq!(phone.json(&["home"])["report"]["filed"], json!(null));
}

#[test]
fn whatever_is_not_there_is_not_found() {
    let phone = phone();
    let id = "0199c0de-0000-7000-8000-000000000000";
    assert_eq!(phone.refused(&["customer", "show", id]), "customer.not_found");
    assert_eq!(phone.refused(&["photo", "gone.jpg"]), "file.not_found");
    assert_eq!(phone.refused(&["photo", "."]), "file.not_a_file");
    assert_eq!(phone.refused(&["voice", "gone.wav", "--consent", "self"]), "file.not_found");
    assert_eq!(phone.refused(&["voice", id]), "evidence.not_found");
    assert_eq!(phone.refused(&["task", "done", id]), "task.not_found");
    assert_eq!(phone.refused(&["redo", id]), "status.nothing_refused");
    assert_eq!(phone.refused(&["export", "proof", id, "--out", "proof.zip"]), "evidence.not_found");
    assert_eq!(phone.refused(&["verify", "gone.zip"]), "file.not_found");
    let photo = phone.file("photo.png", files::PNG);
    assert_eq!(phone.refused(&["photo", &photo, "--touch", id]), "touch.not_found");
}

#[test]
fn lost_keys_are_no_reason_to_make_new_ones() {
    let phone = phone();
    std::fs::remove_dir_all(phone.data().join("keys")).unwrap();
    assert_eq!(phone.refused(&["home"]), "cli.key_missing");
    assert!(!phone.data().join("keys").exists());
}
