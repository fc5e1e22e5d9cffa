//! A phone: the real core on a real store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use chuda_evidence::SoftwareKey;
use chuda_evidence::claim::Source;
use chuda_evidence::clock::Clock as _;
use chuda_phone::query::view::{ReportView, TouchView};
use chuda_phone::workbench::{
    BlobChoice, Cancel, CustomerDraft, EvidenceDraft, ReportRequest, Settings, SyncReport, TouchDraft, Workbench,
};
use chuda_record::id::{CustomerId, EvidenceId, PersonId};
use chuda_record::{ContactMode, Result};

use crate::Hand;

/// A phone with its folder.
pub struct Phone {
    /// The façade.
    pub workbench: Workbench,
    /// Its clock.
    pub clock: Arc<Hand>,
    /// What it was opened with.
    pub settings: Settings,
    /// Where it lives, as long as this is kept.
    pub folder: tempfile::TempDir,
    files: AtomicU64,
}

impl Phone {
    /// One without a server.
    pub fn offline(name: &str) -> Self {
        Self::offline_at(name, Hand::at_present())
    }

    /// One without a server, which goes by a clock.
    pub fn offline_at(name: &str, clock: Arc<Hand>) -> Self {
        let (folder, settings) = fresh(clock.clone());
        let workbench = Workbench::create_offline(settings.clone(), name).expect("store");
        Self { workbench, clock, settings, folder, files: AtomicU64::new(0) }
    }

    /// One that enrols with a code.
    pub async fn enrolled(server: &str, code: &str) -> Self {
        Self::enrolled_at(server, code, Hand::at_present()).await
    }

    /// One that enrols with a code, and goes by a clock.
    pub async fn enrolled_at(server: &str, code: &str, clock: Arc<Hand>) -> Self {
        let (folder, settings) = fresh(clock.clone());
        let workbench = Workbench::create_enrolled(settings.clone(), server, code).await.expect("enrolled");
        Self { workbench, clock, settings, folder, files: AtomicU64::new(0) }
    }

    /// One that was opened elsewhere.
    pub fn over(workbench: Workbench) -> Self {
        let clock = Hand::at_present();
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
        self.file_named(&format!("file-{}", self.files.fetch_add(1, Ordering::Relaxed)), bytes)
    }

    /// A file with some bytes, under a name.
    pub fn file_named(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, bytes).expect("file");
        path
    }

    /// Where files for it can be put.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets time pass by its clock.
    pub fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
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
    pub fn report(&self) -> ReportView {
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

#[cfg(feature = "server")]
impl crate::Host {
    /// Adds someone with an enrolled phone.
    pub async fn phone(&self, name: &str, role: chuda_record::Role, reports_to: Option<PersonId>) -> Phone {
        let (_, code) = self.person(name, role, reports_to);
        self.enrolled(&code).await
    }

    /// A phone enrolled with a code, which goes by this server's clock.
    pub async fn enrolled(&self, code: &str) -> Phone {
        Phone::enrolled_at(&self.url(), code, self.hand.clone().unwrap_or_else(Hand::at_present)).await
    }
}
