//! Phones and a server for whole-system tests: real cores, real stores, a real server on a local port.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use chuda_evidence::SoftwareKey;
use chuda_evidence::claim::Source;
use chuda_evidence::clock::Clock;
use chuda_phone::query::view::TouchView;
use chuda_phone::workbench::{
    BlobChoice, Cancel, CustomerDraft, EvidenceDraft, ReportRequest, Settings, SyncReport, TouchDraft, Workbench,
};
use chuda_record::Result;
use chuda_record::id::{CustomerId, EvidenceId, PersonId};
use chuda_record::time::DEFAULT_ZONE;
use chuda_record::{ContactMode, Role};
use chuda_server::admin::{Admin, NewPerson};
use chuda_server::demo::{self, Plan, Summary};
use chuda_server::{Running, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A clock that a test moves.
pub struct Hand(Mutex<DateTime<Utc>>);

impl Hand {
    /// Set to an instant.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self(Mutex::new(instant))
    }

    /// Set to the real time.
    pub fn at_present() -> Self {
        Self::at(Utc::now())
    }

    /// Lets time pass.
    pub fn pass(&self, time: TimeDelta) {
        *self.0.lock().expect("clock") += time;
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("clock")
    }
    fn monotonic_ms(&self) -> u64 {
        self.now().timestamp_millis().unsigned_abs()
    }
    fn boot_id(&self) -> String {
        "test".into()
    }
}

/// A server with its folder, that can be stopped and started again.
pub struct Host {
    folder: tempfile::TempDir,
    running: Option<Running>,
    port: u16,
    /// Its clock, when a test moves it.
    hand: Option<Arc<Hand>>,
}

impl Host {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        Self::with(None).await
    }

    /// Starts one whose clock a test moves; phones that it enrols go by the same clock.
    pub async fn start_at(hand: Arc<Hand>) -> Self {
        Self::with(Some(hand)).await
    }

    /// Starts one with a demo team and its history, at the moment where that ends.
    pub async fn with_demo(plan: Plan) -> (Self, Summary) {
        let mut host = Self::in_a_new_folder(Some(Arc::new(Hand::at(plan.end))));
        let summary = demo::fill(&host.data(), plan, plan.end, |_, _| {}).await.expect("filled");
        host.resume().await;
        (host, summary)
    }

    async fn with(hand: Option<Arc<Hand>>) -> Self {
        let mut host = Self::in_a_new_folder(hand);
        host.resume().await;
        host
    }

    fn in_a_new_folder(hand: Option<Arc<Hand>>) -> Self {
        Self { folder: tempfile::tempdir().expect("folder"), running: None, port: 0, hand }
    }

    /// Starts it again at the same address.
    pub async fn resume(&mut self) {
        let mut settings = chuda_server::Settings::local(self.data());
        settings.listen.set_port(self.port);
        if let Some(hand) = &self.hand {
            settings.clock = hand.clone();
        }
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

    /// Runs what is due by its clock.
    pub async fn run_due_jobs(&self) -> usize {
        self.running.as_ref().expect("runs").run_due_jobs().await.expect("jobs")
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("server")
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The admin's way in.
    pub fn admin(&self) -> Admin {
        Admin::open(&self.data()).expect("admin")
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
        let new = NewPerson {
            name: name.into(),
            roles: [role].into(),
            reports_to: reports_to.map(|person| person.to_string()),
            zone: DEFAULT_ZONE,
        };
        self.admin().add_person(&new, self.hand.as_ref().map_or_else(Utc::now, |hand| hand.now())).expect("person")
    }

    /// Adds someone with an enrolled phone.
    pub async fn phone(&self, name: &str, role: Role, reports_to: Option<PersonId>) -> Phone {
        let (_, code) = self.person(name, role, reports_to);
        self.enrolled(&code).await
    }

    /// A phone enrolled with a code, which goes by this server's clock.
    pub async fn enrolled(&self, code: &str) -> Phone {
        let hand = self.hand.clone().unwrap_or_else(|| Arc::new(Hand::at_present()));
        Phone::enrolled_at(&self.url(), code, hand).await
    }
}

/// A phone with its folder.
pub struct Phone {
    /// The façade.
    pub workbench: Workbench,
    /// Its clock.
    pub clock: Arc<Hand>,
    /// What it was opened with.
    pub settings: Settings,
    folder: tempfile::TempDir,
    files: AtomicU64,
}

impl Phone {
    /// One without a server.
    pub fn offline(name: &str) -> Self {
        let clock = Arc::new(Hand::at_present());
        let (folder, settings) = fresh(clock.clone());
        let workbench = Workbench::create_offline(settings.clone(), name).expect("store");
        Self { workbench, clock, settings, folder, files: AtomicU64::new(0) }
    }

    /// One that enrols with a code.
    pub async fn enrolled(server: &str, code: &str) -> Self {
        Self::enrolled_at(server, code, Arc::new(Hand::at_present())).await
    }

    /// One that enrols with a code, and goes by a clock.
    pub async fn enrolled_at(server: &str, code: &str, clock: Arc<Hand>) -> Self {
        let (folder, settings) = fresh(clock.clone());
        let workbench = Workbench::create_enrolled(settings.clone(), server, code).await.expect("enrolled");
        Self { workbench, clock, settings, folder, files: AtomicU64::new(0) }
    }

    /// One that was opened elsewhere.
    pub fn over(workbench: Workbench) -> Self {
        let clock = Arc::new(Hand::at_present());
        let (folder, settings) = fresh(clock.clone());
        Self { workbench, clock, settings, folder, files: AtomicU64::new(0) }
    }

    /// Who works on it.
    pub fn person(&self) -> PersonId {
        self.workbench.identity().expect("identity").person.id
    }

    /// Enters a customer.
    pub fn customer(&self, name: &str) -> CustomerId {
        self.workbench.add_customer(CustomerDraft { name: name.into(), ..CustomerDraft::default() }).expect("customer").id
    }

    /// A file with some bytes.
    pub fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(format!("file-{}", self.files.fetch_add(1, Ordering::Relaxed)));
        std::fs::write(&path, bytes).expect("file");
        path
    }

    /// Keeps a file as evidence.
    pub fn keep(&self, path: &Path) -> EvidenceId {
        self.workbench.keep_evidence(evidence(path)).expect("evidence").evidence.id
    }

    /// A note that nobody has written before.
    pub fn note(&self) -> EvidenceId {
        let text = format!("会议记录 {}", chuda_record::id::RecordId::new(self.clock.now()));
        self.keep(&self.file(text.as_bytes()))
    }

    /// Records a touch with a note as evidence.
    pub fn touch(&self, customer: CustomerId, action: &str) -> TouchView {
        let draft = TouchDraft { evidence: vec![self.note()], ..of(customer, action) };
        self.workbench.record_touch(draft).expect("touch").touch
    }

    /// Files today's report, short if it must be.
    pub fn report(&self) -> chuda_phone::query::view::ReportView {
        self.workbench.file_report(ReportRequest { reason: Some("travel".into()), ..ReportRequest::default() }).expect("report")
    }

    /// Syncs records and blobs.
    pub async fn sync(&self) -> Result<SyncReport> {
        self.workbench.sync(BlobChoice::All, |_| {}, Cancel::new()).await
    }

    /// Syncs until nothing more comes or goes.
    pub async fn settle(&self) {
        for _ in 0..20 {
            let report = self.sync().await.expect("sync");
            if report.pushed + report.pulled == 0 && report.blobs.left == 0 {
                return;
            }
        }
        panic!("does not settle");
    }
}

/// A touch of a customer with the least that it needs.
pub fn of(customer: CustomerId, action: &str) -> TouchDraft {
    TouchDraft { customer: Some(customer), mode: Some(ContactMode::Visit), action: Some(action.into()), ..TouchDraft::default() }
}

/// A file from elsewhere, as evidence.
pub fn evidence(path: &Path) -> EvidenceDraft {
    EvidenceDraft { path: path.into(), source: Source::File, consent: None, location: None, touch: None, rendition: None }
}

/// A file this project ships for its demo.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples").join(name)
}

/// A number that a test goes by unless the environment sets another.
pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn fresh(clock: Arc<Hand>) -> (tempfile::TempDir, Settings) {
    let folder = tempfile::tempdir().expect("folder");
    let settings = Settings {
        dir: folder.path().join("phone"),
        key: [7; 32],
        clock,
        signer: Arc::new(SoftwareKey::generate()),
        models: std::env::var_os("CHUDA_MODELS").map(PathBuf::from),
    };
    (folder, settings)
}
