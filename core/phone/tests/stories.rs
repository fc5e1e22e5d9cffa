//! The stories of `tests/stories`, played over the core: a state, what is done, and what is then seen. Both phones' view models play the same
//! (`StoriesTest.kt`, `StoryTests.swift`); the stories of `model.json` are about those models alone, those of `asked.json` need a server.
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::SoftwareKey;
use chuda_evidence::claim::Source;
use chuda_evidence::clock::Clock;
use chuda_phone::query::view::ReportCard;
use chuda_phone::screen::{DraftEvent, DraftView, FilingQuestion, Lang, Network, SlotView, blobs_wait};
use chuda_phone::workbench::{CustomerDraft, Drafting, EvidenceDraft, ReportRequest, Settings, TouchDraft, Workbench};
use chuda_record::id::EvidenceId;
use serde_json::{Map, Value, json};

/// 10:00 in Shanghai on 2026-11-23, or so many days later.
#[derive(Default)]
struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        "2026-11-23T02:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(self.0.load(Ordering::Relaxed))
    }
    fn monotonic_ms(&self) -> u64 {
        0
    }
    fn boot_id(&self) -> String {
        "test".into()
    }
}

#[test]
fn stories_of_the_draft_come_true() {
    play("draft");
}

#[test]
fn stories_of_the_first_screen_come_true() {
    play("home");
}

fn play(name: &str) {
    let text = std::fs::read_to_string(root().join("tests/stories").join(format!("{name}.json"))).unwrap();
    let stories: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!stories.is_empty());
    for story in stories {
        let dir = tempfile::tempdir().unwrap();
        let mut stage = Stage::of(&story, dir.path());
        for (number, step) in story["steps"].as_array().unwrap().iter().enumerate() {
            if let Some(done) = step["do"].as_array() {
                let words: Vec<&str> = done.iter().map(|word| word.as_str().unwrap()).collect();
                stage.act(&words);
            }
            let seen = stage.seen(name);
            for (what, wanted) in step["see"].as_object().unwrap_or(&Map::new()) {
                let shown = narrowed(&seen[what], wanted);
                assert_eq!(&shown, wanted, "{}, step {number}: {what}", story["story"]);
            }
        }
    }
}

/// Of an object only what is asked for.
fn narrowed(seen: &Value, wanted: &Value) -> Value {
    match (seen, wanted) {
        (Value::Object(seen), Value::Object(wanted)) => {
            wanted.keys().map(|key| (key.clone(), seen.get(key).cloned().unwrap_or_default())).collect::<Map<_, _>>().into()
        }
        _ => seen.clone(),
    }
}

struct Stage {
    clock: Arc<Still>,
    network: Network,
    workbench: Workbench,
    /// As it was shown last.
    card: ReportCard,
    drafting: Drafting,
    shown: Option<DraftView>,
    failure: Value,
    saved: Value,
    choosing: Value,
    undo: i32,
}

impl Stage {
    fn of(story: &Value, dir: &Path) -> Self {
        let clock = Arc::new(Still::default());
        let settings = Settings {
            dir: dir.join("store"),
            key: [7; 32],
            clock: clock.clone(),
            signer: Arc::new(SoftwareKey::generate()),
            models: None,
        };
        let workbench = Workbench::create_offline(settings, "李雷").unwrap();
        workbench.speak(Lang::of(story["language"].as_str().unwrap_or("zh")));
        for name in story["customers"].as_array().unwrap() {
            workbench.add_customer(CustomerDraft { name: name.as_str().unwrap().into(), ..CustomerDraft::default() }).unwrap();
        }
        let unfinished: Option<TouchDraft> = serde_json::from_value(story["unfinished"].clone()).unwrap();
        workbench.keep_unfinished(unfinished.as_ref()).unwrap();
        let drafting = workbench.draft();
        Self {
            clock,
            network: Network { wifi_only: false, on_wifi: false },
            card: workbench.home().unwrap().report,
            workbench,
            drafting,
            shown: None,
            failure: Value::Null,
            saved: Value::Null,
            choosing: Value::Null,
            undo: 0,
        }
    }

    /// What a view model does with an event.
    fn act(&mut self, words: &[&str]) {
        let (day, question) = (self.card.day, self.card.question);
        let own = |text: &str| text.to_owned();
        match words {
            ["a_day_passes"] => {
                // No screen is told of it.
                self.clock.0.fetch_add(1, Ordering::Relaxed);
                return;
            }
            ["network", network] => self.network.on_wifi = *network == "wifi",
            ["wifi_only"] => self.network.wifi_only = true,
            ["fill", field, value] => self.draft(DraftEvent::Fill { field: own(field), value: self.value(value) }),
            ["find", words] => self.draft(DraftEvent::Find { words: own(words) }),
            ["new_customer", name] => self.draft(DraftEvent::NewCustomer { name: own(name) }),
            ["add", file] => {
                let evidence = self.capture(file);
                self.draft(DraftEvent::Add { evidence });
            }
            ["take_out", index] => {
                let evidence = self.drafting.look().unwrap().evidence[index.parse::<usize>().unwrap()].id;
                self.draft(DraftEvent::TakeOut { evidence });
            }
            ["save"] => self.saved = json!(word(self.drafting.save().unwrap().touch.status)),
            ["discard"] => self.drafting.discard().unwrap(),
            ["capture", file] => drop(self.capture(file)),
            ["resume"] => self.workbench.resume_unfinished().unwrap(),
            ["tomorrow", text] => {
                self.workbench.choose_tomorrow(day, text).unwrap();
                self.choosing = Value::Null;
            }
            ["file"] if question == Some(FilingQuestion::Tomorrow) => return self.choosing = json!("tomorrow"),
            ["file"] if question == Some(FilingQuestion::Reason) => return self.choosing = json!("reason"),
            ["file"] => self.file(None),
            ["reason", reason] => self.file(Some(own(reason))),
            ["undo"] => {
                self.workbench.withdraw_report(day).unwrap();
                self.undo = 0;
            }
            ["let_stand"] => {
                self.workbench.let_report_stand();
                self.undo = 0;
            }
            _ => panic!("{words:?}"),
        }
        self.card = self.workbench.home().unwrap().report;
    }

    fn draft(&mut self, event: DraftEvent) {
        self.drafting.act(event);
    }

    fn file(&mut self, reason: Option<String>) {
        self.workbench.file_report(ReportRequest { day: Some(self.card.day), reason, ..ReportRequest::default() }).unwrap();
        self.undo = self.card.undo_seconds;
        self.choosing = Value::Null;
    }

    fn capture(&self, file: &str) -> EvidenceId {
        let path = root().join("samples").join(file);
        let source = if file.ends_with("jpg") { Source::Camera } else { Source::File };
        let draft = EvidenceDraft { path, source, consent: None, location: None, touch: None, rendition: None };
        self.workbench.keep_evidence(draft).unwrap().evidence.id
    }

    /// `@name` stands for the id of a customer.
    fn value(&self, value: &str) -> String {
        let Some(name) = value.strip_prefix('@') else { return value.to_owned() };
        self.workbench.find_customers(name).unwrap()[0].id.to_string()
    }

    fn seen(&mut self, screen: &str) -> Value {
        let home = self.workbench.home().unwrap();
        let (card, line) = (&self.card, &home.sync.line);
        if screen == "home" {
            return json!({
                "loose": home.loose.len(), "unfinished": home.unfinished, "waiting": home.waiting,
                "sync": { "key": line.key, "text": line.text, "standing": word(line.standing) },
                "choosing": self.choosing, "undo": self.undo, "undo_seconds": card.undo_seconds,
                "filing": word(card.filing), "full": card.full, "missing_touches": card.missing,
                "day": card.day, "tomorrow": card.tomorrow, "another": card.another,
                "waits_for_wifi": blobs_wait(&home.sync, self.network),
            });
        }
        match self.drafting.look() {
            Ok(view) => self.shown = Some(view),
            Err(error) => self.failure = json!({ "key": error.key, "kind": word(error.kind) }),
        }
        let home = self.workbench.home().unwrap();
        let view = self.shown.as_ref().unwrap();
        let slots = || view.slots.iter().chain(&view.more);
        let by_field =
            |what: &dyn Fn(&SlotView) -> Value| slots().map(|slot| (slot.field.clone(), what(slot))).collect::<Map<_, _>>();
        let choices = |slot: &SlotView| slot.inputs.iter().flat_map(|input| input.choices.clone()).collect::<Vec<_>>();
        let chosen = |slot: &SlotView| choices(slot).into_iter().filter(|one| one.chosen).map(|one| one.value).collect::<Vec<_>>();
        json!({
            "loose": home.loose.len(),
            "unfinished": home.unfinished,
            "failure": self.failure,
            "saved": self.saved,
            "values": by_field(&|slot| json!(slot.value)),
            "labels": by_field(&|slot| json!(slot.label)),
            "offered": by_field(&|slot| json!(choices(slot).into_iter().map(|one| one.text).collect::<Vec<_>>())),
            "chosen": by_field(&|slot| json!(chosen(slot))),
            "slots": view.slots.iter().map(|slot| &slot.field).collect::<Vec<_>>(),
            "missing": view.missing,
            "can_save": view.can_save,
            "save": view.save,
            "new_customer": view.new_customer,
            "evidence": view.evidence.len(),
            "kinds": view.evidence.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(),
        })
    }
}

/// A variant in the words of the stories: `FileShort` is `file_short`.
fn word(variant: impl std::fmt::Debug) -> String {
    let name = format!("{variant:?}");
    name.chars().enumerate().fold(String::new(), |mut word, (at, c)| {
        if c.is_uppercase() && at > 0 {
            word.push('_');
        }
        word.extend(c.to_lowercase());
        word
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
