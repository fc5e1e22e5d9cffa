//! Requests that somebody overheard: changed on the way, or sent once more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chuda_record::Role;
use chuda_record::id::Hash;
use chuda_record::wire;
use p256::ecdsa::Signature;
use reqwest::StatusCode;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;

use crate::blobs::{header, rep_with};
use crate::phone::{Phone, Sealed, Team, json_of};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

fn creation(phone: &Phone, team: &Team, bytes: &[u8]) -> Sealed {
    let metadata = format!("sha256 {}", BASE64.encode(Hash::of(bytes).to_string()));
    let length = bytes.len().to_string();
    phone.seal("POST", "/blobs", &[TUS, ("upload-length", &length), ("upload-metadata", &metadata)], b"", team.now())
}

fn piece(phone: &Phone, team: &Team, location: &str, offset: &str, bytes: &[u8]) -> Sealed {
    let headers = [("content-type", "application/offset+octet-stream"), TUS, ("upload-offset", offset)];
    phone.seal("PATCH", location, &headers, bytes, team.now())
}

/// Everything that the server keeps, but what it does later and which requests it has seen.
fn kept(team: &Team) -> Vec<(String, Vec<Vec<Value>>)> {
    let database = Connection::open(team.data().join("chuda.db")).unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let all = |name: String| {
        let mut rows = database.prepare(&format!("SELECT * FROM {name} ORDER BY 1")).unwrap();
        let width = rows.column_count();
        let rows = rows.query_map([], |row| (0..width).map(|at| row.get(at)).collect()).unwrap().map(Result::unwrap).collect();
        (name, rows)
    };
    names.into_iter().filter(|name| !matches!(name.as_str(), "jobs" | "requests")).map(all).collect()
}

#[tokio::test]
async fn what_says_where_bytes_belong_is_signed_with_them() {
    let team = Team::start().await;
    let bytes = b"%PDF quote";
    let rep = rep_with(&team, bytes).await;
    let created = creation(&rep, &team, bytes);
    for (name, value) in [("upload-length", "11"), ("upload-metadata", "sha256 AAAA"), ("tus-resumable", "1.0.1")] {
        let mut changed = created.clone();
        changed.headers.iter_mut().find(|(other, _)| *other == name).unwrap().1 = value.to_owned();
        assert_eq!(changed.send(&team).await.status(), StatusCode::UNAUTHORIZED, "{name}");
    }
    let mut added = created.clone();
    added.headers.push(("upload-offset", "3".into()));
    assert_eq!(added.send(&team).await.status(), StatusCode::UNAUTHORIZED);
    let mut twice = created.clone();
    twice.headers.insert(0, ("upload-length", "11".into()));
    assert_eq!(twice.send(&team).await.status(), StatusCode::UNAUTHORIZED);
    let mut taken_away = created.clone();
    taken_away.headers.retain(|(name, _)| *name != "upload-metadata");
    assert_eq!(taken_away.send(&team).await.status(), StatusCode::UNAUTHORIZED);
    let answer = created.send(&team).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "as it was signed it is taken");

    let location = header(&answer, "location").to_owned();
    let sent = piece(&rep, &team, &location, "0", &bytes[..4]);
    let mut moved = sent.clone();
    moved.headers[2].1 = "4".into();
    assert_eq!(moved.send(&team).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(sent.send(&team).await.status(), StatusCode::NO_CONTENT);
    // A phone of before says as much as it ever did, and is answered.
    let rest = crate::blobs::patch(&rep, &team, &location, 4, &bytes[4..]).await;
    assert_eq!((rest.status(), header(&rest, "chuda-sha256")), (StatusCode::NO_CONTENT, Hash::of(bytes).to_string().as_str()));
}

#[tokio::test]
async fn a_signature_has_one_form() {
    let team = Team::start().await;
    let rep = team.phone("Li", &[Role::Rep], None).await;
    let signed = rep.seal("GET", "/api/v1/touches", &[], b"", team.now());
    let mut other = signed.clone();
    let (_, text) = other.headers.iter_mut().find(|(name, _)| *name == "signature").unwrap();
    let low = BASE64.decode(text.trim_start_matches("sig1=:").trim_end_matches(':')).unwrap();
    let low = Signature::from_slice(&low).unwrap();
    let high = Signature::from_scalars(low.r(), -low.s()).unwrap();
    *text = format!("sig1=:{}:", BASE64.encode(high.to_bytes()));
    let answer = other.send(&team).await;
    assert_eq!((answer.status(), json_of(answer).await["key"].clone()), (StatusCode::UNAUTHORIZED, json!("signature.malformed")));
    assert_eq!(signed.send(&team).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn whatever_is_sent_once_more_changes_nothing() {
    let team = Team::start().await;
    let bytes = b"%PDF quote";
    let mut rep = rep_with(&team, bytes).await;
    let customer = rep.customer("Huaxin");
    rep.touch(customer, "quote", &[]);
    rep.write(customer.into(), &[("holder".to_owned(), chuda_record::Scalar::Text("nobody".into()))].into());
    let body = wire::encode(&rep.next_request());
    let (person, code) = team.person_of("Wang", &[Role::Rep], None);
    let mut new = Phone::new();
    new.person = person;
    let enrolment = json!({ "code": code, "device": new.device, "public_key": new.public_key() }).to_string();
    let created = creation(&rep, &team, bytes);
    let location = header(&created.send(&team).await, "location").to_owned();
    for request in [
        rep.seal("POST", "/sync", &[("content-type", wire::CONTENT_TYPE)], &body, team.now()),
        new.seal("POST", "/enrol", &[], enrolment.as_bytes(), team.now()),
        created,
        piece(&rep, &team, &location, "0", &bytes[..4]),
        piece(&rep, &team, &location, "4", &bytes[4..]),
    ] {
        let answer = request.send(&team).await;
        assert!(answer.status().is_success(), "{} {}", request.method, answer.status());
        team.run_due_jobs().await;
        let before = kept(&team);
        request.send(&team).await;
        assert_eq!(kept(&team), before, "{} {}", request.method, request.path);
    }

    // To give an upload up is no harm, until it has begun anew.
    let other = b"%PDF another";
    rep.evidence(other, "application/pdf", None);
    assert_eq!(rep.sync(&team).await.len(), 1, "the holder that it may not set");
    let location = header(&creation(&rep, &team, other).send(&team).await, "location").to_owned();
    let given_up = rep.seal("DELETE", &location, &[TUS], b"", team.now());
    assert_eq!(given_up.send(&team).await.status(), StatusCode::NO_CONTENT);
    creation(&rep, &team, other).send(&team).await;
    assert_eq!(given_up.send(&team).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(rep.seal("DELETE", &location, &[TUS], b"", team.now()).send(&team).await.status(), StatusCode::NO_CONTENT);
}

/// Every verb of the API that a device may use and that is not harmless: what is asked again, word for word, is not asked.
#[tokio::test]
async fn no_verb_of_the_api_is_carried_out_twice_for_one_signature() {
    let team = Team::start().await;
    let rep = team.phone("Li", &[Role::Rep], None).await;
    let described: serde_json::Value = reqwest_json(&team, "/openapi.json").await;
    let mut tried = 0;
    for (path, verbs) in described["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/")) {
        for verb in verbs.as_object().unwrap().keys().filter(|verb| matches!(verb.as_str(), "post" | "put" | "patch" | "delete")) {
            let path = path.replace("{id}", &customer_like()).replace("{kind}", "customers");
            let request = rep.seal(&verb.to_uppercase(), &path, &[("content-type", "application/json")], b"{}", team.now());
            assert_ne!(request.send(&team).await.status(), StatusCode::UNAUTHORIZED, "{verb} {path}");
            let again = request.send(&team).await;
            assert_eq!(
                (again.status(), json_of(again).await["key"].clone()),
                (StatusCode::UNAUTHORIZED, json!("signature.replayed"))
            );
            let anew = rep.seal(&verb.to_uppercase(), &path, &[("content-type", "application/json")], b"{}", team.now());
            assert_ne!(anew.send(&team).await.status(), StatusCode::UNAUTHORIZED, "the same, signed again");
            tried += 1;
        }
    }
    assert!(tried >= 8, "{tried}");
}

fn customer_like() -> String {
    chuda_record::id::CustomerId::new(chrono::Utc::now()).to_string()
}

async fn reqwest_json(team: &Team, path: &str) -> serde_json::Value {
    json_of(crate::phone::client().get(format!("{}{path}", team.url())).send().await.unwrap()).await
}
