//! A visit by voice, with the real model on real recordings where they are at hand.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::files;
use crate::phone::Phone;

/// Models and recordings, or a visible line that says what was skipped.
fn at_hand(test: &str) -> Option<(String, PathBuf)> {
    let (models, fixtures) = (std::env::var("CHUDA_MODELS").ok(), std::env::var("CHUDA_FIXTURES").ok());
    let found = models.zip(fixtures.map(|folder| PathBuf::from(folder).join("speech-visits")));
    if found.is_none() {
        // Past the test harness, which would swallow it.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {test} (CHUDA_MODELS or CHUDA_FIXTURES is not set)");
    }
    found
}

fn heard(mut command: Command, models: &str) -> (i32, Value) {
    let ran = command.args(["--json", "--models", models]).output().unwrap();
    (ran.status.code().unwrap(), serde_json::from_slice(&ran.stdout).unwrap())
}

#[test]
fn a_spoken_visit_becomes_a_touch() {
    let Some((models, visits)) = at_hand("a spoken visit") else { return };
    let phone = Phone::offline();
    for name in ["杭州智联科技", "苏州明远电子", "佛山乐居家具"] {
        phone.json(&["customer", "add", name]);
    }
    let clip = visits.join("visit-s01.wav");
    let words = ["voice", clip.to_str().unwrap(), "--consent", "self", "--save"];
    let (code, object) = heard(phone.command(&words), &models);
    assert_eq!(code, 0, "{object}");
    let draft = &object["draft"];
    assert_eq!((&draft["customer"]["value"], &draft["contact_mode"]["value"]), (&json!("杭州智联科技"), &json!("面访")));
    assert_eq!((&draft["action"]["value"], &draft["action"]["key"]), (&json!("演示"), &json!("demo")));
    assert_eq!(draft["next_date"]["value"], "2026-12-02");
    assert_eq!(draft["amount_cny"], json!(null));
    assert!(object["transcript"].as_str().unwrap().contains("杭州智联科技"), "{object}");
    assert!(object["segments"][0]["end_ms"].as_u64().unwrap() > 1_000);
    assert_eq!(object["touch"]["customer"]["name"], "杭州智联科技");
    assert_eq!(object["touch"]["evidence"][0]["id"], object["evidence"]);
    assert_eq!(phone.json(&["home"])["report"]["touches"][0]["id"], object["touch"]["id"]);
}

#[test]
fn a_customer_that_is_not_known_is_never_saved_and_the_recording_stays() {
    let Some((models, visits)) = at_hand("a spoken visit of an unknown customer") else { return };
    let phone = Phone::offline();
    phone.json(&["customer", "add", "成都天府药业"]);
    let clip = visits.join("visit-s01.wav");
    let words = ["voice", clip.to_str().unwrap(), "--consent", "self", "--save"];
    let (code, object) = heard(phone.command(&words), &models);
    assert_eq!((code, &object["error"]["key"]), (3, &json!("cli.voice_incomplete")), "{object}");
    assert_eq!(object["missing"], json!(["customer"]));
    assert_eq!(object["touch"], json!(null));
    assert_eq!(phone.json(&["home"])["touches_today"], json!([]));
    // The same recording proves a touch that is made by hand.
    phone.json(&["export", "proof", object["evidence"].as_str().unwrap(), "--out", phone.folder().join("p.zip").to_str().unwrap()]);
}

#[test]
fn silence_gives_no_words() {
    let Some((models, _)) = at_hand("silence") else { return };
    let phone = Phone::offline();
    let sound = phone.file("silence.wav", &files::silence());
    let (code, object) = heard(phone.command(&["voice", &sound, "--consent", "told"]), &models);
    assert_eq!((code, &object["transcript"], &object["segments"]), (0, &json!(""), &json!([])));
    assert_eq!(object["draft"]["action"], json!(null));
}
