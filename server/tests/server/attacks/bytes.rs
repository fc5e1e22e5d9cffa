//! Bytes: who may read them, and what of them the server believes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::clock::Clock as _;
use chuda_kit::records;
use chuda_record::id::{EvidenceId, Hash, TouchId};
use chuda_record::{Evidence, Role, Scalar, Touch, wire};
use reqwest::{Response, StatusCode};

use crate::blobs::{create, head, header, patch, rep_with, upload, walk};
use crate::exchange::claim;
use crate::phone::{Hand, Phone, Team, client, now, touch_by};

async fn ask(phone: &Phone, team: &Team, method: &str, sha256: Hash) -> Response {
    phone.request(team, method, &format!("/blobs/{sha256}"), Vec::new()).send().await.unwrap()
}

async fn get(phone: &Phone, team: &Team, sha256: Hash) -> StatusCode {
    ask(phone, team, "GET", sha256).await.status()
}

fn is_stored(phone: &Phone, evidence: EvidenceId) -> bool {
    phone.fields(evidence).contains_key("stored_at")
}

#[tokio::test]
async fn a_hash_that_somebody_knows_opens_nothing() {
    let team = Team::start().await;
    let bytes = b"%PDF what another team's customer pays";
    let sha256 = Hash::of(bytes);
    let honest = rep_with(&team, bytes).await;
    assert_eq!(upload(&honest, &team, bytes).await, StatusCode::NO_CONTENT);
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let customer = rep.customer("Own");
    let evidence = rep.evidence(bytes, "application/pdf", None);
    rep.touch(customer, "quote", &[evidence]);
    assert_eq!(rep.sync(&team).await, [], "a record of it is anybody's to write");
    rep.sync(&team).await;
    assert!(!is_stored(&rep, evidence));
    for method in ["GET", "HEAD"] {
        assert_eq!(ask(&rep, &team, method, sha256).await.status(), StatusCode::NOT_FOUND);
    }

    // An upload begins at nothing, whether or not the server has the bytes, and the hash alone does not end it.
    let created = create(&rep, &team, sha256, bytes.len()).await;
    assert_eq!((header(&created, "upload-offset"), header(&created, "chuda-sha256")), ("0", ""));
    let location = header(&created, "location").to_owned();
    let asked = head(&rep, &team, &location).await;
    assert_eq!((header(&asked, "upload-offset"), header(&asked, "chuda-sha256")), ("0", ""));
    assert_eq!(patch(&rep, &team, &location, 0, &[0; 38]).await.status().as_u16(), 460);
    assert_eq!(get(&rep, &team, sha256).await, StatusCode::NOT_FOUND);
    rep.sync(&team).await;
    assert!(!is_stored(&rep, evidence));

    // Whoever has the bytes sends them, and they are kept once.
    assert_eq!(upload(&rep, &team, bytes).await, StatusCode::NO_CONTENT);
    rep.sync(&team).await;
    assert!(is_stored(&rep, evidence));
    for phone in [&rep, &honest] {
        let answer = ask(phone, &team, "GET", sha256).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.bytes().await.unwrap(), bytes.as_slice());
    }
    assert_eq!(walk(&team.data().join("blobs")), 1);
}

#[tokio::test]
async fn what_was_sent_stands_for_evidence_of_its_own_size_alone() {
    let team = Team::start().await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let bytes = b"eleven byte";
    let sha256 = Hash::of(bytes);
    let wrong = EvidenceId::new(Utc::now());
    rep.create(wrong, &Evidence { size: 7, ..records::evidence(rep.person, rep.device, bytes, "text/plain", now()) });
    assert_eq!(rep.sync(&team).await, []);
    // One record says seven bytes, which can't be; the true one comes later and is not held up by it.
    assert_eq!(create(&rep, &team, sha256, 11).await.status(), StatusCode::BAD_REQUEST);
    let begun = create(&rep, &team, sha256, 7).await;
    assert_eq!(patch(&rep, &team, header(&begun, "location"), 0, b"eleve").await.status(), StatusCode::NO_CONTENT);
    let right = rep.evidence(bytes, "text/plain", None);
    assert_eq!(rep.sync(&team).await, []);
    assert_eq!(upload(&rep, &team, bytes).await, StatusCode::NO_CONTENT);
    rep.sync(&team).await;
    assert!(is_stored(&rep, right) && !is_stored(&rep, wrong));
    assert_eq!(get(&rep, &team, sha256).await, StatusCode::OK);
    assert_eq!(walk(&team.data().join("blobs/pieces")), 0);
}

#[tokio::test]
async fn bytes_are_served_as_what_they_are_not_as_what_a_phone_calls_them() {
    let team = Team::start().await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    for (bytes, said, served) in [
        (&b"<html><script>alert(1)</script>"[..], "text/html", &["text/plain", "application/octet-stream"][..]),
        (b"\x89PNG\r\n\x1a\n", "text/html", &["image/png"]),
        (b"%PDF-1.7\n", "application/pdf", &["application/pdf"]),
        (b"\0\0\0\0", "image/svg+xml\r\nx: y", &["application/octet-stream"]),
    ] {
        rep.evidence(bytes, said, None);
        assert_eq!(rep.sync(&team).await, []);
        assert_eq!(upload(&rep, &team, bytes).await, StatusCode::NO_CONTENT);
        let answer = ask(&rep, &team, "GET", Hash::of(bytes)).await;
        assert!(served.contains(&header(&answer, "content-type")), "{}", header(&answer, "content-type"));
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert!(header(&answer, "content-disposition").starts_with("attachment; filename="));
        assert_eq!(header(&answer, "content-security-policy"), "default-src 'none'; sandbox");
    }
}

/// Whoever asks how far an upload is while its last bytes arrive makes the server put it together too.
#[tokio::test(flavor = "multi_thread")]
async fn asking_while_the_last_bytes_arrive_spoils_nothing() {
    let team = Team::start().await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    for round in 0..6_u8 {
        let bytes = vec![round; 200_000];
        let evidence = rep.evidence(&bytes, "text/plain", None);
        assert_eq!(rep.sync(&team).await, []);
        let location = header(&create(&rep, &team, Hash::of(&bytes), bytes.len()).await, "location").to_owned();
        assert_eq!(patch(&rep, &team, &location, 0, &bytes[..100_000]).await.status(), StatusCode::NO_CONTENT);
        let asking = asked_often(&rep, &team, &location);
        let (last, asked) = tokio::join!(patch(&rep, &team, &location, 100_000, &bytes[100_000..]), asking);
        assert_eq!(last.status(), StatusCode::NO_CONTENT);
        assert_eq!(header(&last, "chuda-sha256"), Hash::of(&bytes).to_string());
        assert!(asked.iter().all(|answer| *answer == StatusCode::OK), "{asked:?}");
        rep.sync(&team).await;
        assert!(is_stored(&rep, evidence));
        assert_eq!(get(&rep, &team, Hash::of(&bytes)).await, StatusCode::OK);
    }
    assert_eq!(walk(&team.data().join("blobs/pieces")), 0);
}

/// Asks for an upload, many at a time.
async fn asked_often(rep: &Phone, team: &Team, location: &str) -> Vec<StatusCode> {
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let request = rep.request(team, "HEAD", location, Vec::new()).header("tus-resumable", "1.0.0");
        asked.spawn(async move { request.send().await.unwrap().status() });
    }
    asked.join_all().await
}

#[tokio::test]
async fn whatever_is_lost_between_pieces_and_row_is_sent_again() {
    let clock = Hand::at_present();
    let mut team = Team::start_at(clock.clone()).await;
    let bytes = b"%PDF in two pieces";
    let sha256 = Hash::of(bytes);
    let rep = rep_with(&team, bytes).await;
    let location = header(&create(&rep, &team, sha256, bytes.len()).await, "location").to_owned();
    assert_eq!(patch(&rep, &team, &location, 0, &bytes[..9]).await.status(), StatusCode::NO_CONTENT);
    let pieces = team.data().join("blobs/pieces");
    assert_eq!(walk(&pieces), 1);

    // The process ended after a piece was put away and before its row was, here of this upload and there of one that is gone.
    let upload = location.rsplit('/').next().unwrap().to_owned();
    let old = SystemTime::now() - Duration::from_hours(8 * 24);
    for (folder, age) in [(upload.as_str(), old), ("0190aaaa-0000-7000-8000-000000000000", old), (&upload, SystemTime::now())] {
        fs::create_dir_all(pieces.join(folder)).unwrap();
        let stray = pieces.join(folder).join(format!("000000000009-{age:?}").replace([' ', '{', '}', ':', ','], ""));
        fs::write(&stray, b"lost").unwrap();
        fs::File::options().write(true).open(&stray).unwrap().set_modified(age).unwrap();
    }
    team.restart().await;
    clock.pass(TimeDelta::hours(2));
    team.run_due_jobs().await;
    assert_eq!(walk(&pieces), 2, "what is named stays, and so does what may be named in a moment");
    assert_eq!(header(&head(&rep, &team, &location).await, "upload-offset"), "9");

    // A piece that is named and lost: the upload begins anew.
    fs::remove_dir_all(&pieces).unwrap();
    assert_eq!(patch(&rep, &team, &location, 9, &bytes[9..]).await.status().as_u16(), 460);
    assert_eq!(get(&rep, &team, sha256).await, StatusCode::NOT_FOUND);
    assert_eq!(crate::blobs::upload(&rep, &team, bytes).await, StatusCode::NO_CONTENT);
    assert_eq!(get(&rep, &team, sha256).await, StatusCode::OK);
}

#[tokio::test]
async fn a_claim_about_something_else_witnesses_nothing() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let mut other = team.another_phone(rep.person).await;
    let customer = rep.customer("Huaxin");
    let (honest, borrowed, altered) = (EvidenceId::new(now()), EvidenceId::new(now()), EvidenceId::new(now()));
    let signed = claim(&rep, honest, 1, None);
    let about_another = claim(&rep, altered, 2, Some(Hash::of(&signed.claim)));
    rep.evidence_claimed(honest, Hash::of(&signed.claim));
    rep.evidence_claimed(borrowed, Hash::of(&signed.claim));
    let bytes = b"not the photo that was claimed";
    let claimed =
        Evidence { claim: Hash::of(&about_another.claim), ..records::evidence(rep.person, rep.device, bytes, "image/jpeg", now()) };
    rep.create(altered, &claimed);
    let touch = rep.touch(customer, "demo", &[honest, borrowed, altered]);
    let mut request = rep.next_request();
    request.claims = vec![signed, about_another];
    assert_eq!(rep.exchange(&team, &request).await.unwrap().rejected, []);
    other.sync(&team).await;
    let (_, shown) = other.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
    let grade = |id: EvidenceId| {
        let list = shown["evidence"].as_array().unwrap();
        list.iter().find(|one| one["id"] == id.to_string()).unwrap()["grade"]["key"].as_str().unwrap().to_owned()
    };
    assert_eq!(grade(honest), "server_witnessed");
    assert_eq!((grade(borrowed), grade(altered)), ("local_unverified".into(), "local_unverified".into()));
}

/// A back-check asks whether a photo has proved something before: whoever only names its hash has not.
#[tokio::test]
async fn naming_a_colleagues_photo_does_not_make_it_a_copy() {
    let clock = Hand::at("2026-03-09T09:00:00+08:00");
    let team = Team::start_at(clock.clone()).await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let mut honest = team.phone("Lilei", &[Role::Rep], Some("Boss")).await;
    let mut rep = team.phone("Mallory", &[Role::Rep], Some("Boss")).await;
    let record = |phone: &mut Phone, bytes: &[u8], at: DateTime<Utc>| {
        let customer = phone.customer(&format!("Huaxin {at} {}", phone.person));
        let (id, touch) = (EvidenceId::new(at), TouchId::new(at));
        phone.create(id, &records::evidence(phone.person, phone.device, bytes, "image/jpeg", at));
        phone.create(touch, &Touch { at, ..touch_by(phone.person, customer, "demo", &[id]) });
        touch
    };
    let morning = clock.now();
    let own = record(&mut honest, b"a photo of the contract", morning + TimeDelta::hours(2));
    record(&mut rep, b"a photo of the contract", morning + TimeDelta::hours(1));
    // Whoever uses the own photo twice is told, before its bytes have come.
    let again = [0, 3].map(|hours| record(&mut rep, b"a screenshot", morning + TimeDelta::hours(hours)))[1];
    for phone in [&mut honest, &mut rep] {
        assert_eq!(phone.sync(&team).await, []);
    }
    assert_eq!(upload(&honest, &team, b"a photo of the contract").await, StatusCode::NO_CONTENT);
    clock.pass(TimeDelta::days(14));
    team.run_due_jobs().await;
    boss.sync(&team).await;
    let found = boss.fields(boss.of_kind("back_check")[0]);
    let original = |touch: TouchId| found[&format!("machine/{touch}:original")].as_text().unwrap().to_owned();
    assert_ne!(original(own), "problem:recycled");
    assert_eq!(original(again), "problem:recycled");
}

/// The file that a server keeps some bytes in.
fn file_of(team: &Team, bytes: &[u8]) -> PathBuf {
    let name = Hash::of(bytes).to_string();
    team.data().join("blobs/blobs").join(&name[..2]).join(name)
}

/// Turns one bit over in the middle of a file.
fn flip(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

async fn watched(team: &Team, path: &str) -> String {
    client().get(format!("{}{path}", team.url())).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn bytes_that_changed_on_the_disk_are_noticed_given_to_nobody_and_asked_for_again() {
    let clock = Hand::at_present();
    let team = Team::start_at(clock.clone()).await;
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let stranger = team.phone("Stranger", &[Role::Rep], None).await;
    let (small, large, gone, whole) = (vec![1; 1_000], vec![2; 6_000_000], vec![3; 1_000], vec![4; 1_000]);
    let evidence = [&small, &large, &gone, &whole].map(|bytes| rep.evidence(bytes, "text/plain", None));
    assert_eq!(rep.sync(&team).await, []);
    for bytes in [&small, &large, &gone, &whole] {
        assert_eq!(upload(&rep, &team, bytes).await, StatusCode::NO_CONTENT);
    }
    team.run_due_jobs().await;
    assert_eq!(watched(&team, "/readyz").await, "ok");
    assert_eq!(rep.exchange(&team, &rep.next_request()).await.unwrap().wanted, None);

    // Of a small one nobody gets a byte, of a large one not all.
    flip(&file_of(&team, &small));
    flip(&file_of(&team, &large));
    assert_eq!(get(&rep, &team, Hash::of(&small)).await, StatusCode::NOT_FOUND);
    let begun = ask(&rep, &team, "GET", Hash::of(&large)).await;
    assert_eq!(header(&begun, "content-length"), "6000000");
    assert!(begun.bytes().await.is_err(), "the answer is cut off before its end");
    // What nobody reads is noticed all the same.
    fs::remove_file(file_of(&team, &gone)).unwrap();
    clock.pass(TimeDelta::days(1));
    team.run_due_jobs().await;
    assert_eq!(watched(&team, "/readyz").await, "ok\nblobs damaged: 2\nblobs missing: 1");
    let lines = watched(&team, "/metrics").await;
    assert!(lines.contains("{how=\"damaged\"} 2\n") && lines.contains("{how=\"missing\"} 1\n"), "{lines}");

    // The server says of none of them that it has it, and asks whoever has sent it.
    for bytes in [&small, &large, &gone] {
        assert_eq!(ask(&rep, &team, "HEAD", Hash::of(bytes)).await.status(), StatusCode::NOT_FOUND);
    }
    let asked =
        |answer: wire::Response| -> BTreeSet<Hash> { answer.wanted.into_iter().flatten().map(|hash| Hash(*hash)).collect() };
    let lost = BTreeSet::from([&small, &large, &gone].map(|bytes| Hash::of(bytes)));
    assert_eq!(asked(rep.exchange(&team, &rep.next_request()).await.unwrap()), lost);
    assert_eq!(asked(stranger.exchange(&team, &stranger.next_request()).await.unwrap()), BTreeSet::new());
    assert_eq!(get(&rep, &team, Hash::of(&whole)).await, StatusCode::OK);
    rep.sync(&team).await;
    let says_lost = |rep: &Phone| evidence.map(|id| rep.fields(id).get("lost_at").is_some_and(|at| *at != Scalar::Null));
    assert_eq!(says_lost(&rep), [true, true, true, false]);

    // Other bytes do not stand in for them.
    let location = header(&create(&rep, &team, Hash::of(&gone), gone.len()).await, "location").to_owned();
    assert_eq!(patch(&rep, &team, &location, 0, &[9; 1_000]).await.status().as_u16(), 460);
    for bytes in [&small, &large, &gone] {
        assert_eq!(upload(&rep, &team, bytes).await, StatusCode::NO_CONTENT);
        let answer = ask(&rep, &team, "GET", Hash::of(bytes)).await;
        assert_eq!(Hash::of(&answer.bytes().await.unwrap()), Hash::of(bytes));
    }
    rep.sync(&team).await;
    assert_eq!(says_lost(&rep), [false; 4]);
    assert_eq!(rep.exchange(&team, &rep.next_request()).await.unwrap().wanted, None);
    assert_eq!(watched(&team, "/readyz").await, "ok");

    // A folder that was put back is taken as it is, without anybody being asked.
    let (file, aside) = (file_of(&team, &gone), team.data().join("aside"));
    fs::rename(&file, &aside).unwrap();
    clock.pass(TimeDelta::days(1));
    team.run_due_jobs().await;
    assert_eq!(get(&rep, &team, Hash::of(&gone)).await, StatusCode::NOT_FOUND);
    fs::rename(&aside, &file).unwrap();
    clock.pass(TimeDelta::days(1));
    team.run_due_jobs().await;
    assert_eq!(get(&rep, &team, Hash::of(&gone)).await, StatusCode::OK);
}
