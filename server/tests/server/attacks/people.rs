//! People who come and go: who has left reads nothing more, and what they did before is not lost.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chuda_kit::records;
use chuda_record::fields::id;
use chuda_record::id::{CustomerId, Hash, PersonId, RecordId, TouchId};
use chuda_record::wire::Request;
use chuda_record::{Actor, Fields, Record as _, Role, Touch};
use chuda_server::Scope;
use reqwest::StatusCode;

use crate::blobs::{rep_with, upload};
use crate::phone::{Hand, Phone, Team, client, json_of, now, reason, touch_by};

/// A boss with two reps, Mallory and Han.
async fn team_of_two() -> (Team, Arc<Hand>, Phone, Phone) {
    let hand = Hand::set_to(now());
    let team = Team::start_at(hand.clone()).await;
    team.phone("Boss", &[Role::Supervisor], None).await;
    let mallory = team.phone("Mallory", &[Role::Rep], Some("Boss")).await;
    let han = team.phone("Han", &[Role::Rep], Some("Boss")).await;
    (team, hand, mallory, han)
}

fn leave(team: &Team, hand: &Hand) {
    hand.pass(TimeDelta::minutes(1));
    team.admin().leave("Mallory", "Han", false, team.now()).unwrap();
}

async fn refused(phone: &Phone, team: &Team, path: &str) -> String {
    let (status, body) = phone.api(team, "GET", path, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    body["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_has_left_reads_nothing_from_that_moment() {
    let (team, hand, mut mallory, mut han) = team_of_two().await;
    let customer = mallory.customer("Huaxin");
    let bytes = b"%PDF the price list";
    let evidence = mallory.evidence(bytes, "application/pdf", None);
    mallory.touch(customer, "quote", &[evidence]);
    assert_eq!(mallory.sync(&team).await, []);
    assert_eq!(upload(&mallory, &team, bytes).await, StatusCode::NO_CONTENT);
    let (_, code) = team.admin().new_code("Mallory", team.now()).unwrap();
    let token = team.admin().add_token("own", &[Scope::People], Some("Mallory"), team.now()).unwrap();
    let people = || client().get(format!("{}/api/v1/people", team.url())).bearer_auth(&token).send();
    assert_eq!(people().await.unwrap().status(), StatusCode::OK);
    let blob = format!("/blobs/{}", Hash::of(bytes));
    assert_eq!(mallory.request(&team, "GET", &blob, Vec::new()).send().await.unwrap().status(), StatusCode::OK);

    leave(&team, &hand);
    let later = han.customer("Later");
    assert_eq!(han.sync(&team).await, []);
    let answer = mallory.exchange(&team, &mallory.next_request()).await.unwrap();
    assert!(answer.changes.is_empty() && answer.purged.is_empty() && !answer.more);
    // Nor from the beginning.
    let from_start = Request { cursor: 0, epoch: None, ..mallory.next_request() };
    assert!(mallory.exchange(&team, &from_start).await.unwrap().changes.is_empty());
    assert!(!mallory.has(later));
    for path in ["/api/v1/people", "/api/v1/touches", &blob] {
        assert_eq!(refused(&mallory, &team, path).await, "device.left");
    }
    let answer = people().await.unwrap();
    assert_eq!((answer.status(), json_of(answer).await["key"].as_str()), (StatusCode::UNAUTHORIZED, Some("token.revoked")));
    assert_eq!(Phone::new().enrol(&team, &code).await.0, StatusCode::FORBIDDEN);
    assert_eq!(team.admin().new_code("Mallory", team.now()).unwrap_err().key, "person.left");
    // A device that is lost is locked out altogether.
    team.admin().revoke(mallory.device, team.now()).unwrap();
    assert_eq!(mallory.exchange(&team, &mallory.next_request()).await.unwrap_err().1["key"], "device.revoked");
    // Whoever took over goes on.
    assert!(han.has(customer) && han.has(evidence));
    assert_eq!(han.request(&team, "GET", &blob, Vec::new()).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn what_was_recorded_before_arrives_and_nothing_of_after() {
    let (team, hand, mut mallory, mut han) = team_of_two().await;
    let customer = mallory.customer("Huaxin");
    let lead = mallory.lead(customer, Some(mallory.person));
    assert_eq!(mallory.sync(&team).await, []);
    // Nobody has touched it: it was theirs to read as its holder alone.
    let assigned = han.customer("Assigned");
    assert_eq!(han.sync(&team).await, []);
    let before = mallory.touch(customer, "demo", &[]);
    mallory.set(customer, "intent", "A");
    let own = mallory.customer("Found on the last day");
    let bytes = b"\x89PNG of the last day";
    let evidence = mallory.evidence(bytes, "image/png", None);
    let report = mallory.report("2026-03-02", &[before]);
    leave(&team, &hand);

    assert_eq!(mallory.sync(&team).await, []);
    assert_eq!(upload(&mallory, &team, bytes).await, StatusCode::NO_CONTENT);
    han.sync(&team).await;
    let holder = |phone: &Phone, record: RecordId| id::<PersonId>(&phone.fields(record), "holder");
    for record in [customer.into(), lead.into(), own.into()] {
        assert_eq!(holder(&han, record), Some(han.person));
    }
    assert!([before.into(), evidence.into(), report.into()].into_iter().all(|record: RecordId| han.has(record)));
    assert_eq!(han.fields(customer)["intent"], "A".into());
    // What comes after that moment, or says so, is not taken; nor is what was never theirs.
    let after = Touch { at: team.now() + TimeDelta::seconds(1), ..touch_by(mallory.person, customer, "demo", &[]) };
    mallory.create(TouchId::new(Utc::now()), &after);
    assert_eq!(mallory.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["not_allowed"]);
    han.leak(assigned, &mut mallory);
    mallory.set(assigned, "intent", "D");
    assert_eq!(mallory.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["not_allowed"]);
    let ahead = write_at(&mut mallory, customer, team.now() + TimeDelta::seconds(1));
    assert_eq!(mallory.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["not_allowed"], "{ahead}");

    hand.pass(TimeDelta::days(7));
    assert_eq!(mallory.exchange(&team, &mallory.next_request()).await.unwrap_err().1["key"], "device.revoked");
}

/// A touch of before by a change of that instant.
fn write_at(phone: &mut Phone, customer: CustomerId, at: DateTime<Utc>) -> TouchId {
    let touch = TouchId::new(Utc::now());
    let actor = Actor { device: phone.device, incarnation: phone.incarnation };
    let fields = records::touch(phone.person, customer, "demo", &[], now()).to_new_fields().unwrap();
    let change = phone.docs.entry(touch.into()).or_default().write(actor, at, &fields).unwrap().unwrap();
    phone.outbox.push((touch.into(), change.bytes().to_vec()));
    touch
}

#[tokio::test]
async fn what_is_open_is_cut_as_somebody_leaves() {
    let team = Team::start().await;
    // More than the system holds between the two.
    let bytes = vec![7_u8; 48 << 20];
    let rep = rep_with(&team, &bytes).await;
    assert_eq!(upload(&rep, &team, &bytes).await, StatusCode::NO_CONTENT);
    let other = team.phone("Han", &[Role::Rep], None).await;
    let read = |phone: &Phone, path: &str| phone.request(&team, "GET", path, Vec::new()).send();
    let open = read(&rep, &format!("/blobs/{}", Hash::of(&bytes))).await.unwrap();
    assert_eq!(open.content_length(), Some(bytes.len() as u64));
    let line = |phone: &Phone| {
        let headers = phone.sign("GET", "/api/v1/people", b"", team.now());
        let mut line = TcpStream::connect(team.url().replace("http://", "")).unwrap();
        let lines = [
            ("content-digest", headers.content_digest),
            ("signature-input", headers.signature_input),
            ("signature", headers.signature),
        ];
        let lines = lines.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
        write!(line, "GET /api/v1/people HTTP/1.1\r\nhost: x\r\n{lines}\r\n").unwrap();
        line
    };
    let mut held = line(&rep);
    let ended = tokio::task::spawn_blocking(move || held.read_to_end(&mut Vec::new()));
    team.admin().leave("Rep", "Han", false, team.now() + TimeDelta::minutes(1)).unwrap();
    let _ = ended.await.unwrap();
    assert!(open.bytes().await.is_err(), "the rest of it was not sent");
    assert_eq!(read(&other, "/api/v1/people").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn who_returns_begins_with_empty_hands_and_a_new_phone() {
    let (team, hand, mut mallory, mut han) = team_of_two().await;
    let customer = mallory.customer("Huaxin");
    assert_eq!(mallory.sync(&team).await, []);
    leave(&team, &hand);
    assert_eq!(team.admin().leave("Mallory", "Han", true, team.now()).unwrap_err().key, "person.left");
    let (person, code) = team.admin().come_back("Mallory", team.now()).unwrap();
    assert_eq!(team.admin().come_back("Mallory", team.now()).unwrap_err().key, "person.present");
    assert_eq!(mallory.exchange(&team, &mallory.next_request()).await.unwrap_err().1["key"], "device.revoked");
    let mut again = team.enrolled(person, &code).await;
    again.sync(&team).await;
    han.sync(&team).await;
    assert_eq!(id(&han.fields(customer), "holder"), Some(han.person));
    let touch = again.touch(customer, "demo", &[]);
    assert_eq!(again.sync(&team).await, []);
    han.sync(&team).await;
    assert!(han.has(touch));
}

#[tokio::test]
async fn lines_have_no_loop_and_stay_whole_as_somebody_leaves() {
    let team = Team::start().await;
    let admin = team.admin();
    let person = |name: &str, superior| team.person_of(name, &[Role::Supervisor], superior).0;
    let (top, middle, low, other) =
        (person("Top", None), person("Middle", Some("Top")), person("Low", Some("Middle")), person("Other", Some("Middle")));
    for superior in ["Top", "Middle", "Low"] {
        let refused = admin.set_reports_to("Top", Some(superior), team.now()).unwrap_err();
        assert_eq!(refused.key, "person.cycle");
        assert!(refused.params.contains_key("superior"), "it says whose line to change first");
    }
    admin.set_reports_to("Top", None, team.now()).unwrap();
    assert_eq!(admin.leave("Middle", "Middle", true, team.now()).unwrap_err().key, "person.successor");
    // One from below takes over.
    let leaving = admin.leave("Middle", "Low", false, team.now()).unwrap();
    assert_eq!((leaving.person, leaving.successor, leaving.reports), (middle, low, 1));
    let people = admin.people().unwrap();
    let above = |id: PersonId| people.iter().find(|(other, _)| *other == id).unwrap().1.reports_to;
    assert_eq!((above(low), above(other)), (Some(top), Some(low)));
    assert_eq!(admin.set_reports_to("Other", Some("Middle"), team.now()).unwrap_err().key, "person.left");

    let roles = [Role::Rep, Role::Presales].into();
    admin.set_roles("Low", &roles, team.now()).unwrap();
    assert_eq!(admin.people().unwrap().iter().find(|(id, _)| *id == low).unwrap().1.roles, roles);
    // Namesakes are told apart.
    let twins = [person("Twin", Some("Top")), person("Twin", Some("Low"))];
    let ambiguous = admin.leave("Twin", "Top", true, team.now()).unwrap_err();
    assert_eq!(ambiguous.key, "person.ambiguous");
    let listed = &ambiguous.params["candidates"];
    assert!(twins.iter().chain([&top, &low]).all(|id| listed.contains(&id.to_string())) && listed.contains("supervisor"));
    admin.leave(&twins[0].to_string(), "Top", true, team.now()).unwrap();
}

/// Who is at the API as somebody leaves writes nothing more, and rules have nobody do anything who is gone.
#[tokio::test]
async fn open_tasks_go_to_whoever_takes_over() {
    let (team, hand, mut mallory, mut han) = team_of_two().await;
    let mut boss = team.another_phone(team.admin().new_code("Boss", team.now()).unwrap().0).await;
    let customer = boss.free_customer("Huaxin");
    let lead = boss.lead(customer, None);
    assert_eq!(boss.sync(&team).await, []);
    let request = format!("{} assign {}", boss.person, mallory.person);
    boss.write(lead.into(), &Fields::from([("requests/1".into(), request.into())]));
    assert_eq!(boss.sync(&team).await, []);
    mallory.sync(&team).await;
    let task = mallory.task("lead_assigned").unwrap();
    leave(&team, &hand);
    han.sync(&team).await;
    assert_eq!(id(&han.fields(task), "assignee"), Some(han.person));
    assert_eq!(id(&han.fields(lead), "holder"), Some(han.person));
}
