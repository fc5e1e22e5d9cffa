//! The exchange: what is sent arrives once, what can't be accepted is named, the rest goes through.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{TimeDelta, Utc};
use chuda_evidence::{Claim, Mime, claim};
use chuda_record::id::{EvidenceId, Hash, RecordId};
use chuda_record::wire::{self, DocumentChanges, SignedClaim};
use chuda_record::{Fields, Role, Scalar};
use p256::ecdsa::signature::Signer as _;
use proptest::prelude::*;
use reqwest::StatusCode;

use crate::phone::{Phone, Team, json_of, reason};

#[tokio::test]
async fn what_one_phone_sends_the_persons_other_phone_gets() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    let touch = phone.touch(customer, "demo", &[]);
    let report = phone.report("2026-03-02", &[touch]);
    assert_eq!(phone.sync(&team).await, []);

    let mut other = team.another_phone(phone.person).await;
    other.sync(&team).await;
    for id in [RecordId::from(customer), touch.into(), report.into()] {
        assert_eq!(other.fields(id), phone.fields(id));
    }
    // And back.
    other.set(touch, "next_action", "send the offer");
    assert_eq!(other.sync(&team).await, []);
    phone.sync(&team).await;
    assert_eq!(phone.fields(touch)["next_action"], Scalar::Text("send the offer".into()));
}

#[tokio::test]
async fn records_may_come_in_any_order_within_an_exchange() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    let touch = phone.touch(customer, "demo", &[]);
    phone.evidence(b"photo", "image/jpeg", Some(touch));
    phone.report("2026-03-02", &[touch]);
    phone.outbox.reverse();
    assert_eq!(phone.sync(&team).await, []);
}

#[tokio::test]
async fn the_same_request_again_changes_nothing_and_is_answered_alike() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    phone.touch(customer, "demo", &[]);
    phone.write(customer.into(), &Fields::from([("holder".into(), Scalar::Null)]));
    let body = wire::encode(&phone.next_request());
    let mut first = phone.post_sync(&team, body.clone()).await.unwrap();
    let mut again = phone.post_sync(&team, body).await.unwrap();
    assert_eq!(first.rejected.len(), 1);
    (first.server_time, again.server_time) = (0, 0);
    assert_eq!(first, again);
    let (_, list) = phone.api(&team, "GET", "/api/v1/touches", None).await;
    assert_eq!(list["touches"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn one_poisoned_document_among_a_thousand_is_named_and_the_others_arrive() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    for _ in 0..998 {
        phone.touch(customer, "demo", &[]);
    }
    let poisoned = phone.touch(customer, "demo", &[]);
    let last = phone.outbox.len() - 1;
    phone.outbox[last].1[40] ^= 0xff;
    phone.set(poisoned, "next_action", "built on the poisoned one");
    let rejected = phone.sync(&team).await;
    assert_eq!(rejected.iter().map(reason).collect::<Vec<_>>(), ["malformed", "missing_dependency"]);
    assert!(rejected.iter().all(|rejected| rejected.document == *poisoned.as_bytes()));
    let mut other = team.another_phone(phone.person).await;
    other.sync(&team).await;
    assert_eq!(other.of_kind("touch").len(), 998);
    assert!(other.has(customer));
}

#[tokio::test]
async fn what_builds_on_a_refused_change_is_refused_and_can_be_redone() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    phone.sync(&team).await;
    phone.write(customer.into(), &Fields::from([("created_at".into(), Scalar::Int(0))]));
    phone.set(customer, "short", "HX");
    let rejected = phone.sync(&team).await;
    assert_eq!(rejected.iter().map(reason).collect::<Vec<_>>(), ["field_locked", "depends_on_rejected"]);
    // The same in an exchange of its own.
    phone.set(customer, "short", "HX2");
    assert_eq!(phone.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["depends_on_rejected"]);

    // On top of the accepted state, as a new incarnation.
    let mut again = team.another_phone(phone.person).await;
    again.sync(&team).await;
    again.leak(customer, &mut phone);
    phone.incarnation += 1;
    phone.set(customer, "short", "HX");
    assert_eq!(phone.sync(&team).await, []);
    again.sync(&team).await;
    assert_eq!(again.fields(customer)["short"], Scalar::Text("HX".into()));
}

#[tokio::test]
async fn two_devices_that_file_the_same_report_make_one() {
    let team = Team::start().await;
    let mut one = team.phone("Li", &[Role::Rep], None).await;
    let mut two = team.another_phone(one.person).await;
    let customer = one.customer("Huaxin");
    let touch = one.touch(customer, "demo", &[]);
    let report = one.report("2026-03-02", &[touch]);
    two.report("2026-03-02", &[]);
    assert_eq!(one.sync(&team).await, []);
    assert_eq!(two.sync(&team).await, []);
    one.sync(&team).await;
    assert_eq!(one.fields(report), two.fields(report));
    assert!(one.fields(report).contains_key(&format!("touches/{touch}")));
}

#[tokio::test]
async fn nothing_is_lost_when_the_server_restarts() {
    let mut team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    phone.sync(&team).await;
    team.restart().await;
    phone.touch(customer, "demo", &[]);
    assert_eq!(phone.sync(&team).await, []);
    let mut other = team.another_phone(phone.person).await;
    other.sync(&team).await;
    assert_eq!(other.of_kind("touch").len(), 1);
}

#[tokio::test]
async fn after_a_restore_the_epoch_is_another_and_phones_repair_the_server() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    phone.sync(&team).await;
    let backup = team.data().join("backup.db");
    team.admin().backup(&backup, Utc::now()).unwrap();
    let touch = phone.touch(customer, "quote", &[]);
    let unsent = phone.outbox.clone();
    phone.sync(&team).await;
    let epoch = phone.epoch.clone();

    // While the server runs.
    team.admin().restore(&backup, Utc::now()).unwrap();
    phone.sync(&team).await;
    assert_ne!(phone.epoch, epoch);
    let (_, list) = phone.api(&team, "GET", "/api/v1/touches", None).await;
    assert_eq!(list["touches"].as_array().unwrap().len(), 0);
    phone.outbox = unsent;
    assert_eq!(phone.sync(&team).await, []);
    let (status, _) = phone.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn an_idle_exchange_is_one_small_round_trip_however_much_there_is() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    for _ in 0..200 {
        phone.touch(customer, "demo", &[]);
    }
    phone.sync(&team).await;
    let body = wire::encode(&phone.next_request());
    let headers = phone.sign("POST", "/sync", &body, Utc::now());
    let host = team.url().replace("http://", "");
    let head = format!(
        "POST /sync HTTP/1.1\r\nhost: {host}\r\ncontent-type: {}\r\ncontent-length: {}\r\ncontent-digest: {}\r\nsignature-input: {}\r\nsignature: {}\r\nconnection: close\r\n\r\n",
        wire::CONTENT_TYPE,
        body.len(),
        headers.content_digest,
        headers.signature_input,
        headers.signature,
    );
    let sent = head.len() + body.len();
    let received = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    });
    let received = received.await.unwrap();
    assert!(received.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&received));
    assert!(sent + received.len() < 1024, "{sent} + {}", received.len());
}

#[tokio::test]
async fn a_large_inbox_comes_in_pages_with_nothing_twice_or_missing() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    phone.sync(&team).await;
    for round in 0..3 {
        for _ in 0..2_000 {
            phone.touch(customer, "demo", &[]);
        }
        assert_eq!(phone.sync(&team).await, [], "round {round}");
    }
    let mut other = team.another_phone(phone.person).await;
    let first = other.exchange(&team, &other.next_request()).await.unwrap();
    assert!(first.more);
    assert_eq!(first.changes.iter().map(|document| document.changes.len()).sum::<usize>(), wire::MAX_CHANGES);
    other.take(first);
    other.sync(&team).await;
    assert_eq!(other.of_kind("touch").len(), 6_000);
}

#[tokio::test]
async fn a_wrong_clock_version_body_or_signature_is_refused_and_says_why() {
    let team = Team::start().await;
    let phone = team.phone("Li", &[Role::Rep], None).await;
    let request = phone.next_request();
    let late = phone.request_at(&team, "POST", "/sync", wire::encode(&request), Utc::now() - TimeDelta::days(3));
    let answer = late.header("content-type", wire::CONTENT_TYPE).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.headers().contains_key("date"));
    assert_eq!(json_of(answer).await["key"], "signature.clock");

    let mut newer = request.clone();
    newer.version += 1;
    let (status, _) = phone.exchange(&team, &newer).await.unwrap_err();
    assert_eq!(status, StatusCode::UPGRADE_REQUIRED);
    let (status, _) = phone.post_sync(&team, b"nothing of the kind".to_vec()).await.unwrap_err();
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let mut crowded = request.clone();
    crowded.changes = vec![DocumentChanges::default(); wire::MAX_CHANGES + 1];
    let (status, _) = phone.exchange(&team, &crowded).await.unwrap_err();
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);

    let stranger = Phone::new();
    let (status, body) = stranger.exchange(&team, &request).await.unwrap_err();
    assert_eq!((status, body["key"].as_str()), (StatusCode::UNAUTHORIZED, Some("device.unknown")));
    let mut forger = Phone::new();
    forger.device = phone.device;
    let (status, body) = forger.exchange(&team, &request).await.unwrap_err();
    assert_eq!((status, body["key"].as_str()), (StatusCode::UNAUTHORIZED, Some("signature.mismatch")));
}

/// A claim of this phone about a piece of evidence, signed.
pub(crate) fn claim(phone: &Phone, evidence: EvidenceId, sequence: u64, previous: Option<Hash>) -> SignedClaim {
    claim_with(phone, evidence, sequence, |claim| claim.previous = previous)
}

/// One that says something else.
pub(crate) fn claim_with(phone: &Phone, evidence: EvidenceId, sequence: u64, differs: impl FnOnce(&mut Claim)) -> SignedClaim {
    let spki = BASE64.decode(phone.public_key()).unwrap();
    let mut claim = Claim {
        version: claim::Version::V1,
        evidence,
        sha256: Hash::of(b"photo"),
        size: 5,
        mime: Mime::Jpeg,
        source: claim::Source::Camera,
        wall_ms: 1_700_000_000_000,
        monotonic_ms: 1,
        boot_id: "boot".into(),
        trusted_time: None,
        location: None,
        person: phone.person,
        device: phone.device,
        key: Hash::of(&spki),
        touch: None,
        customer: None,
        consent: None,
        unreadable: None,
        flags: std::collections::BTreeSet::new(),
        sequence,
        previous: None,
    };
    differs(&mut claim);
    let bytes = claim.to_bytes();
    let signature: p256::ecdsa::Signature = phone.key.sign(&bytes);
    SignedClaim { claim: bytes, signature: signature.to_der().as_bytes().to_vec() }
}

#[tokio::test]
async fn claims_are_witnessed_once_and_a_broken_chain_shows() {
    let team = Team::start().await;
    let mut phone = team.phone("Li", &[Role::Rep], None).await;
    let customer = phone.customer("Huaxin");
    let names: Vec<EvidenceId> = (0..4).map(|_| EvidenceId::new(Utc::now())).collect();
    let first = claim(&phone, names[0], 1, None);
    let second = claim(&phone, names[1], 2, Some(Hash::of(&first.claim)));
    // The third never arrives.
    let fourth = claim(&phone, names[2], 4, Some(Hash::of(b"third")));
    let mut forged = claim(&phone, names[3], 5, Some(Hash::of(&fourth.claim)));
    forged.signature.clone_from(&fourth.signature);
    let stolen = claim(&Phone { device: phone.device, person: phone.person, ..Phone::new() }, names[3], 5, Some(Hash::of(b"x")));
    for (name, claim) in names.iter().zip([&first, &second, &fourth, &forged]) {
        phone.evidence_claimed(*name, Hash::of(&claim.claim));
    }
    let touch = phone.touch(customer, "demo", &names);
    let mut request = phone.next_request();
    request.claims = vec![first, second, fourth, forged, stolen];
    let answered = phone.exchange(&team, &request).await.unwrap();
    assert_eq!(answered.rejected, []);
    let reasons: Vec<&str> = answered.rejected_claims.iter().map(|claim| claim.reason.as_str()).collect();
    assert_eq!(reasons, ["signature.invalid", "claim.other_key"]);
    let (_, shown) = phone.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
    let evidence = |name: &EvidenceId| {
        let list = shown["evidence"].as_array().unwrap();
        list.iter().find(|evidence| evidence["id"] == name.to_string()).unwrap().clone()
    };
    for (name, grade, flags) in [
        (names[0], "server_witnessed", serde_json::json!([])),
        (names[1], "server_witnessed", serde_json::json!([])),
        (names[2], "server_witnessed", serde_json::json!(["chain_gap"])),
        (names[3], "local_unverified", serde_json::json!([])),
    ] {
        assert_eq!((evidence(&name)["grade"]["key"].as_str(), &evidence(&name)["flags"]), (Some(grade), &flags));
    }
    // Sent again, it stays as it was witnessed first.
    phone.exchange(&team, &request).await.unwrap();
    let (_, again) = phone.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
    assert_eq!(again, shown);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However two phones' changes are cut into exchanges, mixed and sent twice: everyone ends with the same record, with all of it.
    #[test]
    fn any_interleaving_and_repetition_of_pushes_gives_the_same_documents(
        edits in proptest::collection::vec((any::<bool>(), 0..3_usize, "[a-z]{1,6}"), 1..12),
        sends in proptest::collection::vec((any::<bool>(), 0..12_usize, 1..12_usize), 0..16),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let team = Team::start().await;
            let mut one = team.phone("Li", &[Role::Rep], None).await;
            let mut two = team.another_phone(one.person).await;
            let customer = one.customer("Huaxin");
            let touch = one.touch(customer, "demo", &[]);
            one.sync(&team).await;
            two.sync(&team).await;
            for (first, field, value) in &edits {
                let phone = if *first { &mut one } else { &mut two };
                match field {
                    0 => phone.set(customer, "name", value),
                    1 => phone.set(touch, "next_action", value),
                    _ => phone.set(customer, "short", value),
                }
            }
            let whole = [one.outbox.clone(), two.outbox.clone()];
            for (first, from, count) in sends {
                let (phone, all) = if first { (&mut one, &whole[0]) } else { (&mut two, &whole[1]) };
                // Anything that was sent may be sent again; nothing is sent before what it builds on.
                let from = from.min(all.len() - phone.outbox.len());
                let end = (from + count).min(all.len());
                let unsent = all[end.max(all.len() - phone.outbox.len())..].to_vec();
                phone.outbox = all[from..end].to_vec();
                let request = phone.next_request();
                let response = phone.exchange(&team, &request).await.unwrap();
                assert_eq!(response.rejected, []);
                phone.outbox = unsent;
            }
            for (phone, all) in [(&mut one, &whole[0]), (&mut two, &whole[1])] {
                phone.outbox.clone_from(all);
                assert_eq!(phone.sync(&team).await, []);
            }
            one.sync(&team).await;
            let mut fresh = team.another_phone(one.person).await;
            fresh.sync(&team).await;
            for id in [RecordId::from(customer), touch.into()] {
                assert_eq!(one.fields(id), two.fields(id));
                assert_eq!(one.fields(id), fresh.fields(id));
                assert_eq!(one.docs[&id].conflicts(), fresh.docs[&id].conflicts());
            }
            let (_, shown) = one.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
            let next = one.fields(touch).get("next_action").and_then(|value| value.as_text().map(str::to_owned));
            assert_eq!(shown["next_action"].as_str().map(str::to_owned), next);
        });
    }
}
