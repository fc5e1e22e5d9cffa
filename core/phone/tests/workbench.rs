//! A rep's day without a server, through the façade that every shell holds.
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::claim::{Claim, Consent, Location, Source};
use chuda_evidence::clock::Clock;
use chuda_kit::{Hand, Phone, of};
use chuda_phone::query::view::{HomeView, TouchStatus, TouchView};
use chuda_phone::workbench::{CustomerDraft, EvidenceDraft, Listener, Purpose, ReportRequest, Settings, TouchDraft, Workbench};
use chuda_record::ErrorKind;
use chuda_record::id::CustomerId;

/// A phone at 10:00 in Shanghai.
fn phone() -> Phone {
    Phone::offline_at("李雷", Hand::at("2026-11-23T02:00:00Z"))
}

/// A touch, five minutes after the last one.
fn touch(phone: &Phone, customer: CustomerId, action: &str) -> TouchView {
    phone.pass(TimeDelta::minutes(5));
    phone.touch(customer, action)
}

#[test]
fn a_touch_needs_its_four_fields_and_stays_a_draft_without_evidence() {
    let phone = phone();
    let customer = phone.customer("杭州智联科技");
    let refused = |draft: TouchDraft| phone.workbench.record_touch(draft).unwrap_err().key;
    assert_eq!(refused(TouchDraft { customer: None, ..of(customer, "demo") }), "touch.customer_missing");
    assert_eq!(refused(TouchDraft { mode: None, ..of(customer, "demo") }), "touch.mode_missing");
    assert_eq!(refused(TouchDraft { action: None, ..of(customer, "demo") }), "touch.action_missing");
    assert_eq!(refused(of(customer, "唱歌")), "touch.unknown_action");
    assert_eq!(refused(of(customer, "演示")), "touch.evidence_missing");

    let draft = phone.workbench.record_touch(TouchDraft { allow_draft: true, ..of(customer, "演示") }).unwrap().touch;
    assert_eq!(draft.status, TouchStatus::Draft);
    assert_eq!(phone.workbench.customer(customer).unwrap().health.parts.touches, 0, "a draft counts for nothing");

    let note = phone.file_named("note.txt", "演示记录".as_bytes());
    let saved = phone.workbench.attach(phone.keep(&note), draft.id).unwrap();
    assert_eq!(saved.touch.status, TouchStatus::Recorded);
    let health = phone.workbench.customer(customer).unwrap().health;
    assert_eq!((health.parts.touches, health.parts.evidence), (1, 1));
}

#[test]
fn a_technical_question_names_its_owner_and_its_date_offline() {
    let phone = phone();
    let customer = phone.customer("杭州智联科技");
    let with_brief = TouchDraft { allow_draft: true, brief: Some("需协调技术答疑".into()), ..of(customer, "demo") };
    for draft in [TouchDraft { allow_draft: true, ..of(customer, "tech_question") }, with_brief] {
        let refused = phone.workbench.record_touch(draft.clone()).unwrap_err();
        assert_eq!(refused.key, "touch.tech_owner_missing");
        let draft = TouchDraft { tech_owner: Some("李工".into()), ..draft };
        assert_eq!(phone.workbench.record_touch(draft.clone()).unwrap_err().key, "touch.response_by_missing");
        let draft = TouchDraft { response_by: "2026-11-25".parse().ok(), ..draft };
        let touch = phone.workbench.record_touch(draft).unwrap().touch;
        assert_eq!((touch.tech_owner.as_deref(), touch.tech_owner_unknown), (Some("李工"), true));
    }
}

#[test]
fn the_report_is_one_tap_short_needs_a_reason_twice_is_one_and_late_is_marked() {
    let phone = phone();
    let bench = &phone.workbench;
    let customer = phone.customer("杭州智联科技");
    let demo = TouchDraft { next_action: Some("给方案".into()), next_date: "2026-11-24".parse().ok(), ..of(customer, "demo") };
    let note = phone.file_named("note.txt", b"1");
    bench.record_touch(TouchDraft { evidence: vec![phone.keep(&note)], ..demo }).unwrap();

    let short = bench.file_report(ReportRequest::default()).unwrap_err();
    assert_eq!((short.key, short.kind), ("report.reason_missing", ErrorKind::Invalid));
    assert_eq!(short.params["missing"], "2");
    let request = ReportRequest { reason: Some("外出路途".into()), ..ReportRequest::default() };
    let report = bench.file_report(request).unwrap();
    assert!(report.short && !report.late && report.can_withdraw);
    assert_eq!(report.tomorrow, "杭州智联科技：给方案");
    assert_eq!(report.briefs[0].brief.zh, "已演示产品");

    touch(&phone, customer, "quote");
    touch(&phone, customer, "send_material");
    assert!(bench.home().unwrap().report.can_update);
    let updated = bench.file_report(ReportRequest::default()).unwrap();
    assert_eq!((updated.id, updated.touches.len(), updated.short), (report.id, 3, false));
    assert_eq!(updated.reason, None);
    assert_eq!(bench.reports(report.day).unwrap().len(), 1);

    bench.withdraw_report(report.day).unwrap();
    assert_eq!(bench.home().unwrap().report.filed, None);
    bench.file_report(ReportRequest::default()).unwrap();

    phone.pass(TimeDelta::days(1));
    let corrected = bench
        .file_report(ReportRequest { day: Some(report.day), tomorrow: Some("先报价".into()), ..ReportRequest::default() })
        .unwrap();
    assert_eq!((corrected.tomorrow.as_str(), corrected.corrections), ("杭州智联科技：给方案", vec!["先报价".to_owned()]));
    let day_before = report.day.pred_opt();
    let late = ReportRequest { day: day_before, reason: Some("leave".into()), ..ReportRequest::default() };
    assert!(bench.file_report(late).unwrap().late);
    let future = ReportRequest { day: Some(bench.today() + TimeDelta::days(1)), ..ReportRequest::default() };
    assert_eq!(bench.file_report(future).unwrap_err().key, "report.future");
}

#[test]
fn a_day_ends_at_midnight_where_the_person_is() {
    let phone = phone();
    let customer = phone.customer("杭州智联科技");
    phone.pass(TimeDelta::hours(13));
    assert_eq!(touch(&phone, customer, "demo").day.to_string(), "2026-11-23", "23:00 in Shanghai, 15:00 UTC");
    phone.pass(TimeDelta::hours(1));
    assert_eq!(touch(&phone, customer, "demo").day.to_string(), "2026-11-24", "00:05 in Shanghai, 16:05 UTC");
}

#[test]
fn unreadable_evidence_is_kept_and_said_and_a_copy_proves_nothing() {
    let phone = phone();
    let customer = phone.customer("杭州智联科技");
    let broken = phone.file_named("broken.jpg", b"\xff\xd8\xff\xe0 this is no picture");
    let kept = phone.keep(&broken);
    let view = phone.workbench.evidence(kept).unwrap();
    assert!(!view.readable && view.unreadable.is_some() && view.here);
    let out = phone.folder().join("out");
    phone.workbench.export_original(kept, &out).unwrap();
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&broken).unwrap());

    let note = phone.file_named("note.txt", "一".as_bytes());
    let (first, second) = (phone.keep(&note), phone.keep(&note));
    assert!(phone.workbench.evidence(first).unwrap().valid);
    assert!(phone.workbench.evidence(second).unwrap().flags.contains(&"recycled".to_owned()));
    phone.workbench.record_touch(TouchDraft { evidence: vec![kept, second], ..of(customer, "demo") }).unwrap();
    let parts = phone.workbench.customer(customer).unwrap().health.parts;
    assert_eq!((parts.touches, parts.evidence), (1, 0), "the touch counts, its evidence does not");
}

#[test]
fn projections_made_anew_are_the_same_and_a_reopened_store_shows_the_same() {
    let phone = phone();
    let customer = phone.customer("杭州智联科技");
    touch(&phone, customer, "quote");
    phone.workbench.file_report(ReportRequest { reason: Some("travel".into()), ..ReportRequest::default() }).unwrap();
    let before = phone.workbench.dump().unwrap();
    phone.workbench.rebuild().unwrap();
    assert_eq!(phone.workbench.dump().unwrap(), before);
    let home = phone.workbench.home().unwrap();
    drop(phone.workbench);
    let again = Workbench::open(phone.settings).unwrap();
    assert_eq!(again.home().unwrap(), home);
}

#[test]
fn a_damaged_database_is_set_aside_and_what_can_be_read_is_there_again() {
    let phone = phone();
    for number in 0..40 {
        phone.customer(&format!("客户{number}"));
    }
    let count = phone.workbench.customers().unwrap().len();
    drop(phone.workbench);
    let database = phone.settings.dir.join("chuda.db");
    let mut bytes = std::fs::read(&database).unwrap();
    // A page of data: without the schema, which comes before all of it, nothing can be read.
    let page = bytes.len() / 4 * 3;
    bytes[page..page + 64].fill(0x5a);
    std::fs::write(&database, bytes).unwrap();
    std::fs::write(phone.settings.dir.join("open"), b"").unwrap();

    let opened = Workbench::open(phone.settings.clone()).unwrap();
    assert!(phone.settings.dir.join("damaged-1/chuda.db").exists());
    let left = opened.customers().unwrap().len();
    assert!(left > 0 && left <= count, "{left} of {count}");
    phone_again(opened).add_customer(CustomerDraft { name: "新客户".into(), ..CustomerDraft::default() }).unwrap();
}

fn phone_again(workbench: Workbench) -> Workbench {
    workbench
}

#[test]
fn a_wrong_key_does_not_open_and_does_not_destroy() {
    let phone = phone();
    phone.customer("杭州智联科技");
    drop(phone.workbench);
    let wrong = Settings { key: [8; 32], ..phone.settings.clone() };
    assert_eq!(Workbench::open(wrong).err().unwrap().key, "storage.wrong_key");
    assert_eq!(Workbench::open(phone.settings).unwrap().customers().unwrap().len(), 1);
}

#[test]
fn a_listener_gets_the_present_first_and_then_what_changes() {
    struct Log(Sender<usize>);
    impl Listener for Log {
        fn changed(&self, home: HomeView) {
            self.0.send(home.red_customers.len()).unwrap();
        }
    }
    let phone = phone();
    let (sender, receiver) = channel();
    let subscription = phone.workbench.subscribe(Arc::new(Log(sender))).unwrap();
    let wait = Duration::from_secs(20);
    assert_eq!(receiver.recv_timeout(wait).unwrap(), 0);
    phone.customer("杭州智联科技");
    assert_eq!(receiver.recv_timeout(wait).unwrap(), 1, "a customer without any touch is red");
    drop(subscription);
    phone.customer("苏州明远电子");
    assert!(receiver.recv_timeout(wait).is_err(), "nobody is told any more");
}

#[test]
fn the_store_is_closed_when_the_last_handle_has_been_let_go() {
    /// The thread of the listeners and the test go on together when that thread has begun to look at the store.
    struct Meeting(Barrier);
    impl Clock for Meeting {
        fn now(&self) -> DateTime<Utc> {
            if std::thread::current().name() == Some("chuda-listeners") {
                self.0.wait();
            }
            Utc::now()
        }
        fn monotonic_ms(&self) -> u64 {
            0
        }
        fn boot_id(&self) -> String {
            "test".into()
        }
    }
    struct Deaf;
    impl Listener for Deaf {
        fn changed(&self, _: HomeView) {}
    }
    let Phone { workbench, settings, folder: _folder, .. } = phone();
    drop(workbench);
    let clock = Arc::new(Meeting(Barrier::new(2)));
    let workbench = Workbench::open(Settings { clock: clock.clone(), ..settings.clone() }).unwrap();
    let _subscription = workbench.subscribe(Arc::new(Deaf)).unwrap();
    clock.0.wait();
    assert!(settings.dir.join("open").exists());
    drop(workbench);
    assert!(!settings.dir.join("open").exists(), "another thread still has it");
}

#[test]
fn a_listener_may_let_the_last_handle_go() {
    struct Last(Mutex<Option<Workbench>>, Sender<()>);
    impl Listener for Last {
        fn changed(&self, _: HomeView) {
            let Some(workbench) = self.0.lock().unwrap().take() else { return };
            drop(workbench);
            self.1.send(()).unwrap();
        }
    }
    let Phone { workbench, settings, folder: _folder, .. } = phone();
    let (sender, receiver) = channel();
    let listener = Arc::new(Last(Mutex::default(), sender));
    // Held up until it has the last handle.
    let mut last = listener.0.lock().unwrap();
    let _subscription = workbench.subscribe(listener.clone()).unwrap();
    *last = Some(workbench);
    drop(last);
    receiver.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(!settings.dir.join("open").exists());
}

static SECOND: [i16; 16_000] = [8_191; 16_000];

/// What the recorder has on disk.
fn on_disk(phone: &Phone) -> Vec<PathBuf> {
    let folder = phone.settings.dir.join("recordings");
    std::fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

#[test]
fn a_recording_needs_consent_tells_its_level_and_becomes_evidence_that_waits_for_its_words() {
    let phone = phone();
    let refused = phone.workbench.start_recording(Consent::OwnVoice, 16_000).err().unwrap();
    assert_eq!((refused.kind, refused.key), (ErrorKind::NotAllowed, "consent.missing"));
    phone.workbench.give_consent(Purpose::Recording).unwrap();
    let recorder = phone.workbench.start_recording(Consent::Told, 16_000).unwrap();
    let level = recorder.append(&SECOND).unwrap();
    assert_eq!((level.duration_ms, (level.level * 100.0).round()), (1_000, 25.0));
    assert!(recorder.append(&[i16::MIN; 1_600]).unwrap().level > 0.999);
    let kept = recorder.finish().unwrap().evidence;
    assert_eq!((kept.consent.as_deref(), kept.size, kept.readable), (Some("told"), 44 + 2 * 17_600, true));
    assert_eq!(phone.workbench.pending_transcriptions().unwrap(), [kept.id]);
    assert_eq!(on_disk(&phone), [] as [PathBuf; 0]);
    assert_eq!(recorder.append(&SECOND).unwrap_err().key, "recording.over");
    assert_eq!(recorder.finish().unwrap_err().key, "recording.over");

    let away = phone.workbench.start_recording(Consent::OwnVoice, 16_000).unwrap();
    away.append(&SECOND).unwrap();
    away.discard().unwrap();
    let nothing = phone.workbench.start_recording(Consent::OwnVoice, 16_000).unwrap();
    assert_eq!(nothing.finish().unwrap_err().key, "recording.empty");
    drop((away, nothing, recorder));
    assert_eq!((phone.workbench.loose_evidence().unwrap().len(), on_disk(&phone).len()), (1, 0));

    phone.workbench.withdraw_consent(Purpose::Recording).unwrap();
    assert!(phone.workbench.start_recording(Consent::OwnVoice, 16_000).is_err());
    let consents = phone.workbench.consents().unwrap();
    assert!(consents[0].given_at.is_some() && consents[0].withdrawn_at.is_some() && !consents[0].given);
    assert_eq!(phone.workbench.loose_evidence().unwrap().len(), 1, "what was captured stays");
}

#[test]
fn a_recording_that_was_cut_off_is_kept_at_the_next_start() {
    let phone = phone();
    phone.workbench.give_consent(Purpose::Recording).unwrap();
    let recorder = phone.workbench.start_recording(Consent::Told, 16_000).unwrap();
    recorder.append(&SECOND).unwrap();
    // The file as a killed app leaves it: nobody holds it, and its header is behind.
    let [path] = &on_disk(&phone)[..] else { panic!("one file") };
    let left = path.with_file_name("left.told.wav");
    std::fs::copy(path, &left).unwrap();
    std::fs::write(path.with_file_name("broken.self.wav"), b"RIFF\0\0\0\0WAVE").unwrap();

    let again = Workbench::open(phone.settings.clone()).unwrap();
    let kept = again.loose_evidence().unwrap();
    let sound = kept.iter().find(|evidence| evidence.readable).unwrap();
    assert_eq!((sound.consent.as_deref(), sound.size, sound.source.as_str()), (Some("told"), 44 + 32_000, "recording"));
    assert_eq!(kept.len(), 2, "what is damaged is kept, too, and says so");
    assert_eq!(again.pending_transcriptions().unwrap(), [sound.id]);
    assert_eq!(on_disk(&phone).len(), 1, "the one that is being made stays");

    // Let go without a word, it is kept as well.
    drop(recorder);
    assert_eq!((on_disk(&phone).len(), again.loose_evidence().unwrap().len()), (0, 3));
}

#[test]
fn a_place_is_part_of_a_claim_only_when_the_person_agreed() {
    let phone = phone();
    let place = Location { latitude_e6: 30_274_100, longitude_e6: 120_155_100, accuracy_m: 10, age_ms: 0, mock: true };
    let keep = |name: &str| {
        let path = phone.file_named(name, name.as_bytes());
        let draft =
            EvidenceDraft { path, source: Source::Camera, consent: None, location: Some(place), touch: None, rendition: None };
        let evidence = phone.workbench.keep_evidence(draft).unwrap().evidence;
        let bundle = phone.folder().join(format!("{name}.zip"));
        phone.workbench.export_proof(evidence.id, &bundle).unwrap();
        let mut bundle = zip::ZipArchive::new(std::fs::File::open(bundle).unwrap()).unwrap();
        let mut claim = Vec::new();
        std::io::Read::read_to_end(&mut bundle.by_name("claim.cbor").unwrap(), &mut claim).unwrap();
        (Claim::from_bytes(&claim).unwrap().location, evidence.flags)
    };
    assert_eq!(keep("before"), (None, vec![]));
    phone.workbench.give_consent(Purpose::Location).unwrap();
    assert_eq!(keep("after"), (Some(place), vec!["mock_location".to_owned()]));
}

#[test]
fn a_half_made_touch_outlives_the_app_until_it_is_recorded() {
    let phone = phone();
    assert_eq!(phone.workbench.unfinished().unwrap(), None);
    let customer = phone.customer("杭州智联科技");
    let photo = phone.keep(&phone.file_named("photo", b"photo"));
    let draft = TouchDraft { evidence: vec![photo], note: Some("他们想先看样机".into()), ..of(customer, "demo") };
    phone.workbench.keep_unfinished(Some(&draft)).unwrap();
    drop(phone.workbench);
    let again = Workbench::open(phone.settings).unwrap();
    assert_eq!(again.unfinished().unwrap().as_ref(), Some(&draft));
    assert_eq!(again.loose_evidence().unwrap().len(), 1);
    assert!(again.record_touch(TouchDraft { customer: None, ..draft.clone() }).is_err());
    assert!(again.unfinished().unwrap().is_some(), "what was refused is still there");
    let touch = again.record_touch(draft).unwrap().touch;
    assert_eq!((again.unfinished().unwrap(), again.loose_evidence().unwrap().len()), (None, 0));
    assert_eq!(again.latest_touches(10).unwrap()[0].id, touch.id);
    again.keep_unfinished(Some(&TouchDraft::default())).unwrap();
    again.keep_unfinished(None).unwrap();
    assert_eq!(again.unfinished().unwrap(), None);
}
