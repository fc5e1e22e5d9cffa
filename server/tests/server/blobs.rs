//! The bytes of evidence: uploads survive cut lines and restarts, and nothing is stored that does not have its hash.

use std::io::Write as _;
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::Utc;
use chuda_record::Role;
use chuda_record::id::Hash;
use proptest::prelude::*;
use reqwest::{Response, StatusCode};

use crate::phone::{Phone, Team, json_of};

pub(crate) fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

pub(crate) async fn create(phone: &Phone, team: &Team, sha256: Hash, length: usize) -> Response {
    let metadata = format!("filename eA==,sha256 {}", BASE64.encode(sha256.to_string()));
    let request = phone.request(team, "POST", "/blobs", Vec::new());
    let request = request.header("tus-resumable", "1.0.0").header("upload-length", length).header("upload-metadata", metadata);
    request.send().await.unwrap()
}

pub(crate) async fn patch(phone: &Phone, team: &Team, location: &str, offset: usize, bytes: &[u8]) -> Response {
    let request = phone.request(team, "PATCH", location, bytes.to_vec()).header("tus-resumable", "1.0.0");
    let request = request.header("upload-offset", offset).header("content-type", "application/offset+octet-stream");
    request.send().await.unwrap()
}

pub(crate) async fn head(phone: &Phone, team: &Team, location: &str) -> Response {
    phone.request(team, "HEAD", location, Vec::new()).header("tus-resumable", "1.0.0").send().await.unwrap()
}

/// Sends a whole blob.
pub(crate) async fn upload(phone: &Phone, team: &Team, bytes: &[u8]) -> StatusCode {
    let created = create(phone, team, Hash::of(bytes), bytes.len()).await;
    if created.status() != StatusCode::CREATED {
        return created.status();
    }
    patch(phone, team, header(&created, "location"), 0, bytes).await.status()
}

pub(crate) async fn rep_with(team: &Team, bytes: &[u8]) -> Phone {
    let mut rep = team.phone("Rep", &[Role::Rep], None).await;
    let customer = rep.customer("Huaxin");
    let pdf = rep.evidence(bytes, "application/pdf", None);
    rep.touch(customer, "quote", &[pdf]);
    assert_eq!(rep.sync(team).await, []);
    rep
}

#[tokio::test]
async fn an_upload_goes_on_where_the_line_was_cut_and_after_a_restart() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let sha256 = Hash::of(&bytes);
    let mut team = Team::start().await;
    let mut finance = team.phone("Finance", &[Role::Finance], None).await;
    let mut rep = rep_with(&team, &bytes).await;
    let (_, todos) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    assert_eq!(todos["todos"][0]["attachments"][0]["state"]["key"], "uploading");

    let created = create(&rep, &team, sha256, bytes.len()).await;
    assert_eq!(created.status(), StatusCode::CREATED);
    let location = header(&created, "location").to_owned();
    // The line is cut in the middle of a request.
    let cut = 1_700_000;
    let headers = rep.sign("PATCH", &location, &bytes, Utc::now());
    let head_lines = format!(
        "PATCH {location} HTTP/1.1\r\nhost: x\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {}\r\ncontent-digest: {}\r\nsignature-input: {}\r\nsignature: {}\r\n\r\n",
        bytes.len(),
        headers.content_digest,
        headers.signature_input,
        headers.signature,
    );
    let (host, part) = (team.url().replace("http://", ""), bytes[..cut].to_vec());
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(head_lines.as_bytes()).unwrap();
        stream.write_all(&part).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
    })
    .await
    .unwrap();
    // What had arrived is put away, once the server has noticed the cut.
    let mut at = 0;
    for _ in 0..5_000 {
        let answer = head(&rep, &team, &location).await;
        assert_eq!(header(&answer, "upload-length"), bytes.len().to_string());
        at = header(&answer, "upload-offset").parse().unwrap();
        if at == cut {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(at, cut);
    team.restart().await;
    // From the wrong place nothing is taken.
    assert_eq!(patch(&rep, &team, &location, at + 1, &bytes[at + 1..]).await.status(), StatusCode::CONFLICT);
    // Created again it is the same upload, at the same place.
    let again = create(&rep, &team, sha256, bytes.len()).await;
    assert_eq!((header(&again, "location"), header(&again, "upload-offset")), (location.as_str(), cut.to_string().as_str()));

    let done = patch(&rep, &team, &location, at, &bytes[at..]).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert_eq!(header(&done, "chuda-sha256"), sha256.to_string());
    // Whoever did not hear the answer asks again, either way.
    assert_eq!(header(&head(&rep, &team, &location).await, "chuda-sha256"), sha256.to_string());
    assert_eq!(header(&create(&rep, &team, sha256, bytes.len()).await, "chuda-sha256"), sha256.to_string());

    let (_, todos) = finance.api(&team, "GET", "/api/v1/todos", None).await;
    assert_eq!(todos["todos"][0]["attachments"][0]["state"]["key"], "stored");
    let answer = finance.request(&team, "GET", &format!("/blobs/{sha256}"), Vec::new()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(Hash::of(&answer.bytes().await.unwrap()), sha256);
    // Both phones hear of it.
    for phone in [&mut finance, &mut rep] {
        phone.sync(&team).await;
        assert!(phone.fields(phone.of_kind("evidence")[0]).contains_key("stored_at"));
    }
    // Evidence that names the same bytes later has them at once.
    let again = rep.evidence(&bytes, "application/pdf", None);
    rep.sync(&team).await;
    assert!(rep.fields(again).contains_key("stored_at"));
    // No piece is left behind.
    let pieces = team.data().join("blobs/pieces");
    let left = walk(&pieces);
    assert_eq!(left, 0);
}

pub(crate) fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn bytes_with_another_hash_are_not_kept_and_can_be_sent_again() {
    let team = Team::start().await;
    let rep = rep_with(&team, b"the true bytes").await;
    let sha256 = Hash::of(b"the true bytes");
    let created = create(&rep, &team, sha256, 14).await;
    let location = header(&created, "location").to_owned();
    let wrong = patch(&rep, &team, &location, 0, b"not those ones").await;
    assert_eq!(wrong.status().as_u16(), 460);
    let problem: serde_json::Value = json_of(wrong).await;
    assert_eq!(problem["key"], "blob.hash_mismatch");
    let missing = rep.request(&team, "HEAD", &format!("/blobs/{sha256}"), Vec::new()).send().await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);

    let created = create(&rep, &team, sha256, 14).await;
    assert_eq!(header(&created, "upload-offset"), "0");
    let location = header(&created, "location").to_owned();
    let done = patch(&rep, &team, &location, 0, b"the true bytes").await;
    assert_eq!(header(&done, "chuda-sha256"), sha256.to_string());
}

#[tokio::test]
async fn only_what_the_own_evidence_names_is_taken_and_only_readers_get_it() {
    let team = Team::start().await;
    let mut boss = team.phone("Boss", &[Role::Supervisor], None).await;
    let rep = rep_with(&team, b"bytes").await;
    let sha256 = Hash::of(b"bytes");
    let stranger = team.phone("Stranger", &[Role::Rep], None).await;
    assert_eq!(create(&stranger, &team, sha256, 5).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(create(&rep, &team, Hash::of(b"other"), 5).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(create(&rep, &team, sha256, 6).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(create(&rep, &team, sha256, usize::MAX).await.status(), StatusCode::PAYLOAD_TOO_LARGE);

    let created = create(&rep, &team, sha256, 5).await;
    let location = header(&created, "location").to_owned();
    assert_eq!(head(&stranger, &team, &location).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(patch(&stranger, &team, &location, 0, b"bytes").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(patch(&rep, &team, &location, 0, b"bytes and more").await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let done = patch(&rep, &team, &location, 0, b"bytes").await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);

    let path = format!("/blobs/{sha256}");
    let get = async |phone: &Phone| phone.request(&team, "GET", &path, Vec::new()).send().await.unwrap().status();
    assert_eq!(get(&rep).await, StatusCode::OK);
    assert_eq!(get(&stranger).await, StatusCode::NOT_FOUND);
    assert_eq!(get(&boss).await, StatusCode::NOT_FOUND);
    team.admin().set_reports_to("Rep", Some("Boss"), Utc::now()).unwrap();
    assert_eq!(get(&boss).await, StatusCode::OK);

    // The supervisor's look is on record, the rep's own is not (T5).
    boss.sync(&team).await;
    let touch = boss.of_kind("touch")[0];
    let (_, shown) = boss.api(&team, "GET", &format!("/api/v1/touches/{touch}"), None).await;
    let views = shown["evidence"][0]["views"].as_array().unwrap();
    assert_eq!(views.len(), 1);
    assert_eq!(views[0]["person"]["name"], "Boss");
}

#[tokio::test]
async fn another_version_of_tus_is_told_which_one_this_is() {
    let team = Team::start().await;
    let rep = rep_with(&team, b"bytes").await;
    let answer = rep.request(&team, "POST", "/blobs", Vec::new()).header("tus-resumable", "0.2").send().await.unwrap();
    assert_eq!((answer.status(), header(&answer, "tus-version")), (StatusCode::PRECONDITION_FAILED, "1.0.0"));
    let options = crate::phone::client().request(reqwest::Method::OPTIONS, format!("{}/blobs", team.url())).send().await.unwrap();
    assert_eq!(header(&options, "tus-extension"), "creation,termination");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However a blob is cut into requests, also repeated and misplaced ones: it arrives whole, or not yet.
    #[test]
    fn any_sequence_of_pieces_ends_with_the_blob(
        bytes in proptest::collection::vec(any::<u8>(), 1..4_000),
        pieces in proptest::collection::vec((0..4_000_usize, 0..2_000_usize), 0..12),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let team = Team::start().await;
            let rep = rep_with(&team, &bytes).await;
            let sha256 = Hash::of(&bytes);
            let location = header(&create(&rep, &team, sha256, bytes.len()).await, "location").to_owned();
            let mut at = 0;
            for (from, count) in pieces {
                let from = from.min(bytes.len());
                let end = (from + count).min(bytes.len());
                let answer = patch(&rep, &team, &location, from, &bytes[from..end]).await;
                if from == at {
                    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
                    at = end;
                } else {
                    assert_eq!(answer.status(), StatusCode::CONFLICT);
                }
            }
            let done = patch(&rep, &team, &location, at, &bytes[at..]).await;
            assert_eq!(header(&done, "chuda-sha256"), sha256.to_string());
        });
    }
}
