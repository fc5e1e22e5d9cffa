//! Other systems hear of what happens: signed, once, and in the end even those that were away.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{TimeDelta, Utc};
use chuda_record::Role;
use chuda_record::wire;
use chuda_server::admin::JobState;
use chuda_server::{Event, Running, Server};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::phone::{Hand, Phone, Team};

/// Longer than any wait between two attempts.
const LONG: TimeDelta = TimeDelta::hours(13);

/// Another system, in this process.
struct Receiver {
    shared: Arc<Shared>,
    port: u16,
    task: JoinHandle<()>,
}

struct Shared {
    heard: watch::Sender<Vec<Heard>>,
    answer: Mutex<Answer>,
    /// How many requests may be answered while it holds them.
    turns: Semaphore,
}

/// How it answers.
#[derive(Clone, Default)]
enum Answer {
    #[default]
    Taken,
    Status(u16),
    Elsewhere(String),
    Endless,
    /// Only when it is told to.
    Held,
}

#[derive(Clone, Debug)]
struct Heard {
    id: String,
    timestamp: String,
    signature: String,
    body: String,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn name(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// Checks the signature as a receiver does, with an HMAC of its own.
    fn is_signed_with(&self, secret: &str) -> bool {
        let secret = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let signed = format!("{}.{}.{}", self.id, self.timestamp, self.body);
        self.signature == format!("v1,{}", BASE64.encode(hmac_sha256(&secret, signed.as_bytes())))
    }
}

/// RFC 2104, by hand.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

impl Receiver {
    async fn start() -> Self {
        let (heard, answer, turns) = (watch::Sender::default(), Mutex::default(), Semaphore::new(0));
        Self::listen(Arc::new(Shared { heard, answer, turns }), 0).await
    }

    async fn listen(shared: Arc<Shared>, port: u16) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = Router::new().fallback(take).with_state(shared.clone());
        Self { shared, port, task: tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }) }
    }

    /// Nobody listens any more.
    async fn stop(&mut self) {
        self.task.abort();
        assert!((&mut self.task).await.unwrap_err().is_cancelled());
    }

    /// At the same address again.
    async fn resume(&mut self) {
        *self = Self::listen(self.shared.clone(), self.port).await;
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    fn answers(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    fn heard(&self) -> Vec<Heard> {
        self.shared.heard.borrow().clone()
    }

    /// Waits until it has heard so much.
    async fn hears(&self, count: usize) {
        self.shared.heard.subscribe().wait_for(|heard| heard.len() >= count).await.unwrap();
    }

    /// Answers so many of those that it holds.
    fn lets_go(&self, count: usize) {
        self.shared.turns.add_permits(count);
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(text("content-type"), "application/json");
    let (id, timestamp, signature) = (text("webhook-id"), text("webhook-timestamp"), text("webhook-signature"));
    let body = String::from_utf8(body.to_vec()).unwrap();
    shared.heard.send_modify(|heard| heard.push(Heard { id, timestamp, signature, body }));
    let answer = shared.answer.lock().unwrap().clone();
    match answer {
        Answer::Taken => StatusCode::NO_CONTENT.into_response(),
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Elsewhere(url) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, url)]).into_response(),
        Answer::Endless => {
            let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 8192])));
            Body::from_stream(endless).into_response()
        }
        Answer::Held => {
            shared.turns.acquire().await.unwrap().forget();
            StatusCode::OK.into_response()
        }
    }
}

/// A team by a clock that stands still, with a rep.
async fn team() -> (Arc<Hand>, Team, Phone) {
    let clock = Hand::at("2026-03-02T08:00:00Z");
    let team = Team::start_at(clock.clone()).await;
    let rep = team.phone("李雷", &[Role::Rep], None).await;
    (clock, team, rep)
}

fn subscribe(team: &Team, receiver: &Receiver, events: &[Event]) -> String {
    team.admin().add_webhook(&receiver.url(), events, team.now()).unwrap().1
}

/// The jobs that are deliveries and wait.
fn waiting(team: &Team) -> Vec<chuda_server::admin::JobView> {
    team.admin().jobs(false).unwrap().into_iter().filter(|job| job.kind == "deliver-webhook").collect()
}

#[tokio::test]
async fn a_subscriber_hears_of_what_it_asked_for_once_and_signed() {
    let (_, team, mut rep) = team().await;
    let mut finance = team.phone("韩梅", &[Role::Finance], None).await;
    let (all, tasks) = (Receiver::start().await, Receiver::start().await);
    let secret = subscribe(&team, &all, &Event::ALL);
    let other_secret = subscribe(&team, &tasks, &[Event::TaskDone]);

    let customer = rep.customer("杭州智联科技");
    let pdf = rep.evidence(b"%PDF", "application/pdf", None);
    let touch = rep.touch(customer, "quote", &[pdf]);
    let report = rep.report("2026-03-02", &[touch]);
    let body = wire::encode(&rep.next_request());
    assert_eq!(rep.sync(&team).await, []);
    finance.sync(&team).await;
    let task = finance.task("quote_approval").unwrap();
    let done = json!({ "choice": "approve" });
    let (status, answer) = finance.api(&team, "POST", &format!("/api/v1/todos/{task}/done"), Some(done)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    // Sent again, and written again, it is nothing new.
    rep.post_sync(&team, body).await.unwrap();
    rep.set(touch, "next_action", "send the offer");
    rep.sync(&team).await;
    team.run_due_jobs().await;

    // What else follows from the approval is not of interest here.
    let ours = [customer.into(), touch.into(), report.into(), task].map(|id: chuda_record::id::RecordId| json!(id));
    let heard: Vec<Heard> = all.heard().into_iter().filter(|heard| ours.contains(&heard.json()["data"]["id"])).collect();
    let names: Vec<String> = heard.iter().map(Heard::name).collect();
    assert_eq!(names, ["customer.created", "touch.recorded", "report.filed", "task.created", "task.done"]);
    for heard in heard.iter().chain(&tasks.heard()) {
        assert_eq!(heard.timestamp, team.now().timestamp().to_string());
        assert_eq!(heard.json()["timestamp"], "2026-03-02T08:00:00.000Z");
        assert!(!heard.body.contains("as said"), "notes stay here");
    }
    assert!(heard.iter().all(|heard| heard.is_signed_with(&secret) && !heard.is_signed_with(&other_secret)));
    assert_eq!(heard.iter().map(|heard| &heard.id).collect::<BTreeSet<_>>().len(), 5);
    let data: Vec<Value> = heard.iter().map(|heard| heard.json()["data"].clone()).collect();
    let ids: Vec<&str> = data.iter().map(|data| data["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [customer.to_string(), touch.to_string(), report.to_string(), task.to_string(), task.to_string()]);
    assert_eq!((&data[0]["name"], &data[0]["holder"]["name"]), (&json!("杭州智联科技"), &json!("李雷")));
    assert_eq!(data[1]["customer"], json!({ "id": customer, "name": "杭州智联科技" }));
    assert_eq!((&data[1]["action"]["key"], &data[1]["evidence"]), (&json!("quote"), &json!([{ "id": pdf }])));
    assert_eq!((&data[2]["day"], &data[2]["short"]), (&json!("2026-03-02"), &json!(true)));
    assert_eq!((&data[3]["source"], &data[3]["role"], &data[3]["done_at"]), (&json!(touch), &json!("finance"), &Value::Null));
    assert_eq!((&data[4]["choice"]["key"], &data[4]["done_by"]["name"]), (&json!("approve"), &json!("韩梅")));

    assert_eq!(tasks.heard().iter().map(Heard::name).collect::<Vec<_>>(), ["task.done"]);
    assert!(tasks.heard()[0].is_signed_with(&other_secret));
}

#[tokio::test]
async fn a_receiver_that_was_away_hears_of_it_later_once_and_after_a_restart() {
    let (clock, mut team, mut rep) = team().await;
    let mut receiver = Receiver::start().await;
    let secret = subscribe(&team, &receiver, &[Event::CustomerCreated]);
    receiver.stop().await;
    rep.customer("杭州智联科技");
    rep.sync(&team).await;
    let mut due = Vec::new();
    for attempts in 1..=4 {
        team.run_due_jobs().await;
        let job = waiting(&team).remove(0);
        assert_eq!((job.state, job.attempts), (JobState::Waiting, attempts));
        assert_eq!(job.last_error.as_deref(), Some("webhook.unreachable reason=connect"));
        due.push(job.due - team.now());
        // Before its time nothing happens.
        clock.pass(job.due - team.now() - TimeDelta::milliseconds(1));
        team.run_due_jobs().await;
        assert_eq!(waiting(&team)[0].attempts, attempts);
        clock.pass(TimeDelta::milliseconds(1));
    }
    assert!(due.windows(2).all(|waits| waits[0] * 2 <= waits[1]), "{due:?}");

    // Half up again it refuses; every attempt is the same event, with a time and a signature of its own.
    receiver.resume().await;
    receiver.answers(Answer::Status(503));
    team.run_due_jobs().await;
    assert_eq!(waiting(&team)[0].last_error.as_deref(), Some("webhook.refused status=503"));
    team.restart().await;
    receiver.answers(Answer::Taken);
    for _ in 0..3 {
        clock.pass(LONG);
        team.run_due_jobs().await;
    }
    let heard = receiver.heard();
    assert_eq!(heard.len(), 2, "refused once, taken once");
    assert_eq!((&heard[0].id, &heard[0].body), (&heard[1].id, &heard[1].body));
    assert_ne!(heard[0].timestamp, heard[1].timestamp);
    assert!(heard.iter().all(|heard| heard.is_signed_with(&secret)));
    assert!(waiting(&team).is_empty());
}

#[tokio::test]
async fn what_is_never_taken_is_kept_aside_and_can_be_tried_again() {
    let (clock, team, mut rep) = team().await;
    let (broken, good) = (Receiver::start().await, Receiver::start().await);
    broken.answers(Answer::Status(500));
    subscribe(&team, &broken, &[Event::CustomerCreated]);
    subscribe(&team, &good, &[Event::CustomerCreated]);
    let customers = [rep.customer("杭州智联科技"), rep.customer("北京华信")];
    rep.sync(&team).await;
    let start = team.now();
    let mut rounds = 0;
    while !waiting(&team).is_empty() {
        team.run_due_jobs().await;
        clock.pass(LONG);
        rounds += 1;
        assert!(rounds < 50);
    }
    assert_eq!(good.heard().len(), 2);
    let attempts = broken.heard().len() / 2;
    assert!((5..=20).contains(&attempts));
    assert!(team.now() - start > TimeDelta::days(3));

    let dead = team.admin().dead_deliveries().unwrap();
    assert_eq!(dead.len(), 2);
    let records: BTreeSet<_> = dead.iter().map(|delivery| delivery.record.unwrap()).collect();
    assert_eq!(records, customers.map(Into::into).into());
    assert!(dead.iter().all(|delivery| delivery.attempts as usize == attempts));
    assert!(dead.iter().all(|delivery| delivery.last_error.as_deref() == Some("webhook.refused status=500")));
    for webhook in team.admin().webhooks().unwrap() {
        assert_eq!((webhook.waiting, webhook.dead), (0, if webhook.url == broken.url() { 2 } else { 0 }));
    }

    broken.answers(Answer::Taken);
    let before = broken.heard().len();
    assert_eq!(team.admin().retry_deliveries(Some(dead[1].id), team.now()).unwrap(), 1);
    team.run_due_jobs().await;
    assert_eq!(team.admin().dead_deliveries().unwrap().len(), 1);
    assert_eq!(team.admin().retry_deliveries(None, team.now()).unwrap(), 1);
    team.run_due_jobs().await;
    assert!(team.admin().dead_deliveries().unwrap().is_empty());
    assert_eq!(
        broken.heard()[before..].iter().map(|heard| &heard.id).collect::<Vec<_>>(),
        [&dead[1].event.to_string(), &dead[0].event.to_string()]
    );
    assert_eq!(team.admin().retry_deliveries(Some(dead[0].id), team.now()).unwrap_err().key, "delivery.not_found");
}

#[tokio::test]
async fn a_receiver_leads_nowhere_and_its_answer_is_bounded() {
    let (clock, team, mut rep) = team().await;
    let (sly, victim) = (Receiver::start().await, Receiver::start().await);
    subscribe(&team, &sly, &[Event::CustomerCreated]);
    rep.customer("杭州智联科技");
    sly.answers(Answer::Elsewhere(victim.url()));
    rep.sync(&team).await;
    team.run_due_jobs().await;
    assert_eq!(waiting(&team)[0].last_error.as_deref(), Some("webhook.refused status=307"));
    assert!(victim.heard().is_empty());
    sly.answers(Answer::Endless);
    clock.pass(LONG);
    team.run_due_jobs().await;
    assert!(waiting(&team).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_keeps_us_waiting_holds_up_nobody_else() {
    let (_, team, mut rep) = team().await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.answers(Answer::Held);
    subscribe(&team, &slow, &[Event::CustomerCreated]);
    subscribe(&team, &quick, &[Event::CustomerCreated]);
    for name in ["杭州智联科技", "北京华信", "上海远大"] {
        rep.customer(name);
    }
    rep.sync(&team).await;
    // Nobody asks: the server does it by itself.
    slow.hears(1).await;
    quick.hears(3).await;
    assert_eq!(slow.heard().len(), 1, "one after another");
    slow.lets_go(3);
    slow.hears(3).await;
    team.run_due_jobs().await;
    let order =
        |receiver: &Receiver| receiver.heard().into_iter().map(|heard| heard.json()["data"]["id"].clone()).collect::<Vec<_>>();
    assert_eq!((order(&slow), slow.heard().len()), (order(&quick), 3));
}

/// Another server on the team's database, at an address of its own.
async fn beside(team: &Team) -> Running {
    let mut settings = team.settings();
    settings.listen.set_port(0);
    Server::start(settings).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_tell_each_event_once() {
    let (clock, team, mut rep) = team().await;
    let receivers = [Receiver::start().await, Receiver::start().await, Receiver::start().await];
    for receiver in &receivers {
        receiver.answers(Answer::Status(500));
        subscribe(&team, receiver, &[Event::CustomerCreated]);
    }
    let other = beside(&team).await;
    for number in 0..20 {
        rep.customer(&format!("杭州智联科技 {number}"));
    }
    rep.sync(&team).await;
    tokio::try_join!(team.running().run_due_jobs(), other.run_due_jobs()).unwrap();
    assert!(waiting(&team).iter().all(|job| job.state == JobState::Waiting && job.attempts == 1));
    for receiver in &receivers {
        assert_eq!(receiver.heard().len(), 20);
        receiver.answers(Answer::Taken);
    }
    clock.pass(LONG);
    tokio::try_join!(team.running().run_due_jobs(), other.run_due_jobs()).unwrap();
    assert!(waiting(&team).is_empty());
    for receiver in &receivers {
        let heard = receiver.heard();
        assert_eq!(heard.len(), 40);
        assert_eq!(heard[20..].iter().map(|heard| &heard.id).collect::<BTreeSet<_>>().len(), 20);
    }
    other.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_took_and_did_not_finish_another_one_finishes() {
    let (clock, team, mut rep) = team().await;
    let receiver = Receiver::start().await;
    receiver.answers(Answer::Held);
    subscribe(&team, &receiver, &[Event::CustomerCreated]);
    rep.customer("杭州智联科技");
    rep.sync(&team).await;
    receiver.hears(1).await;
    assert_eq!(waiting(&team)[0].state, JobState::Taken);

    let other = beside(&team).await;
    other.run_due_jobs().await.unwrap();
    assert_eq!(receiver.heard().len(), 1, "the first one still has it");
    receiver.answers(Answer::Taken);
    clock.pass(TimeDelta::minutes(3));
    other.run_due_jobs().await.unwrap();
    assert!(waiting(&team).is_empty());
    // The first one comes back too late to change anything.
    receiver.lets_go(1);
    team.run_due_jobs().await;
    let heard = receiver.heard();
    assert_eq!((heard.len(), &heard[0].id), (2, &heard[1].id));
    assert!(waiting(&team).is_empty() && team.admin().jobs(true).unwrap().is_empty());
    other.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_subscription_ends_with_all_that_waits_and_old_deliveries_are_forgotten() {
    let (clock, team, mut rep) = team().await;
    let mut receiver = Receiver::start().await;
    receiver.stop().await;
    subscribe(&team, &receiver, &[Event::CustomerCreated]);
    rep.customer("杭州智联科技");
    rep.sync(&team).await;
    while !waiting(&team).is_empty() {
        clock.pass(LONG);
        team.run_due_jobs().await;
    }
    assert_eq!(team.admin().dead_deliveries().unwrap().len(), 1);
    clock.pass(TimeDelta::days(31));
    team.run_due_jobs().await;
    assert!(team.admin().dead_deliveries().unwrap().is_empty());

    rep.customer("北京华信");
    rep.sync(&team).await;
    team.run_due_jobs().await;
    assert_eq!(waiting(&team).len(), 1);
    let webhook = team.admin().webhooks().unwrap().remove(0);
    assert_eq!((webhook.waiting, webhook.events), (1, vec!["customer.created".to_owned()]));
    team.admin().remove_webhook(webhook.id, Utc::now()).unwrap();
    receiver.resume().await;
    rep.customer("上海远大");
    rep.sync(&team).await;
    clock.pass(LONG);
    team.run_due_jobs().await;
    assert!(receiver.heard().is_empty() && waiting(&team).is_empty() && team.admin().webhooks().unwrap().is_empty());
    assert_eq!(team.admin().remove_webhook(webhook.id, Utc::now()).unwrap_err().key, "webhook.not_found");
}

#[tokio::test]
async fn only_plain_web_addresses_are_taken_and_not_without_end() {
    let (_, team, _) = team().await;
    let admin = team.admin();
    let long = format!("http://example.com/{}", "x".repeat(3_000));
    for url in
        ["ftp://example.com", "file:///etc/passwd", "example.com", "", "http://", "https://a:b@example.com/", "https://x/#y", &long]
    {
        assert_eq!(admin.add_webhook(url, &Event::ALL, team.now()).unwrap_err().key, "webhook.url", "{url}");
    }
    assert_eq!(admin.add_webhook("http://localhost/", &[], team.now()).unwrap_err().key, "webhook.events");
    let secrets: BTreeSet<String> =
        (0..32).map(|_| admin.add_webhook("http://10.0.0.7/hooks?key=1", &Event::ALL, team.now()).unwrap().1).collect();
    assert_eq!(secrets.len(), 32);
    assert_eq!(admin.add_webhook("http://10.0.0.7/", &Event::ALL, team.now()).unwrap_err().key, "webhook.too_many");
}

#[test]
fn the_hmac_of_these_tests_is_the_one_of_rfc_4231() {
    let (key, long) = (b"Jefe".as_slice(), [0xaa; 131]);
    let hex = |bytes: [u8; 32]| chuda_record::id::Hash(bytes).to_string();
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hex(hmac_sha256(key, b"what do ya want for nothing?")), expected);
    let expected = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54";
    assert_eq!(hex(hmac_sha256(&long, b"Test Using Larger Than Block-Size Key - Hash Key First")), expected);
}
