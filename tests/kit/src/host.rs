//! A real server on a local port.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chuda_evidence::clock::{Clock as _, SystemClock};
use chuda_record::Role;
use chuda_record::id::PersonId;
use chuda_record::time::DEFAULT_ZONE;
use chuda_server::admin::{Admin, NewPerson};
use chuda_server::demo::{self, Plan, Summary};
use chuda_server::{Event, Running, Scope, Server, Settings};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::Hand;

/// A server with its folder, that can be stopped and started again.
pub struct Host {
    folder: TempDir,
    running: Option<Running>,
    port: u16,
    /// Its clock, when a test moves it.
    pub(crate) hand: Option<Arc<Hand>>,
    /// What it is started with beside that.
    otherwise: fn(&mut Settings),
}

impl Host {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        Self::over(new_folder(), None).await
    }

    /// Starts one whose clock a test moves; phones that it enrols go by the same clock.
    pub async fn start_at(hand: Arc<Hand>) -> Self {
        Self::over(new_folder(), Some(hand)).await
    }

    /// Starts one with settings of its own.
    pub async fn start_with(hand: Arc<Hand>, otherwise: fn(&mut Settings)) -> Self {
        Self::over_with(new_folder(), Some(hand), otherwise).await
    }

    /// Starts one on data that is there.
    pub async fn over(folder: TempDir, hand: Option<Arc<Hand>>) -> Self {
        Self::over_with(folder, hand, |_| {}).await
    }

    async fn over_with(folder: TempDir, hand: Option<Arc<Hand>>, otherwise: fn(&mut Settings)) -> Self {
        let mut host = Self { folder, running: None, port: 0, hand, otherwise };
        host.resume().await;
        host
    }

    /// Starts one with a demo team and its history, at the moment where that ends.
    pub async fn with_demo(plan: Plan) -> (Self, Summary) {
        let folder = new_folder();
        let summary = demo::fill(folder.path(), plan, plan.end, |_, _| {}).await.expect("filled");
        (Self::over(folder, Some(Hand::set_to(plan.end))).await, summary)
    }

    /// Starts it again at the same address.
    pub async fn resume(&mut self) {
        let mut settings = self.settings();
        settings.listen.set_port(self.port);
        let running = Server::start(settings).await.expect("server starts");
        self.port = running.address().port();
        self.running = Some(running);
    }

    /// Stops it: phones find nobody.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.shutdown().await.expect("server stops");
        }
    }

    /// Stops it and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.resume().await;
    }

    /// How it runs, on any free port: what a second server on the same data starts with.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::local(self.data().to_owned());
        // Unoptimised on a busy machine, and by a clock that may stand still: what a test writes is no measure of what a phone may.
        settings.quota.writing = std::time::Duration::from_hours(24);
        if let Some(hand) = &self.hand {
            settings.clock = hand.clone();
        }
        (self.otherwise)(&mut settings);
        settings
    }

    /// What runs.
    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("runs")
    }

    /// Runs what is due by its clock.
    pub async fn run_due_jobs(&self) -> usize {
        self.running().run_due_jobs().await.expect("jobs")
    }

    /// What time it is there.
    pub fn now(&self) -> DateTime<Utc> {
        self.hand.as_ref().map_or_else(|| SystemClock.now(), |hand| hand.now())
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The admin's way in.
    pub fn admin(&self) -> Admin {
        Admin::open(self.data()).expect("admin")
    }

    /// A token that reads whatever there is.
    pub fn token(&self) -> String {
        let scopes = [Scope::Touches, Scope::Reports, Scope::Todos, Scope::Records, Scope::Metrics];
        self.admin().add_token("reader", &scopes, None, Utc::now()).expect("token")
    }

    /// Has another system told of every event.
    pub fn tell(&self, url: &str) {
        self.admin().add_webhook(url, &Event::ALL, Utc::now()).expect("webhook");
    }

    /// What its API answers to whoever has a token.
    pub async fn get(&self, token: &str, path: &str) -> serde_json::Value {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.expect("connected");
        let host = format!("127.0.0.1:{}", self.port);
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).expect("JSON")
    }

    /// Adds someone and returns the enrolment code.
    pub fn person(&self, name: &str, role: Role, reports_to: Option<PersonId>) -> (PersonId, String) {
        self.person_of(name, &[role], reports_to.map(|person| person.to_string()).as_deref())
    }

    /// Adds someone of several roles, who reports to somebody named, and returns the enrolment code.
    pub fn person_of(&self, name: &str, roles: &[Role], reports_to: Option<&str>) -> (PersonId, String) {
        let new = NewPerson {
            name: name.into(),
            roles: roles.iter().copied().collect(),
            reports_to: reports_to.map(str::to_owned),
            zone: DEFAULT_ZONE,
        };
        self.admin().add_person(&new, self.now()).expect("person")
    }
}

fn new_folder() -> TempDir {
    tempfile::tempdir().expect("folder")
}
