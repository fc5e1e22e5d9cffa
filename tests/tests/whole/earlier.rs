//! What an earlier version wrote opens: a phone's store and a server's folder are migrated, read whole, and sync with each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chuda_evidence::{SoftwareKey, audit};
use chuda_kit::{Hand, Phone};
use chuda_phone::query::view::ItemState;
use chuda_phone::store::Store;
use chuda_phone::workbench::{BlobChoice, Cancel, Settings, SyncReport, Workbench};
use chuda_record::id::Hash;
use chuda_record::{Kind, Role};
use chuda_server::Server;
use chuda_server::admin::Admin;

/// When the phone was last used, and the server.
const PHONE: &str = "2026-11-30T15:40:00Z";
const SERVER: &str = "2026-12-15T01:10:00Z";

/// The folder of a fixture, unpacked.
fn unpack(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap();
    zip::ZipArchive::new(file).unwrap().extract(folder.path()).unwrap();
    folder
}

fn settings(folder: &Path, hand: &Arc<Hand>) -> Settings {
    let dir = folder.join("phone");
    Settings {
        key: fs::read(dir.join("keys/database.key")).unwrap().try_into().unwrap(),
        signer: Arc::new(SoftwareKey::from_pkcs8(&fs::read(dir.join("keys/device.p8")).unwrap()).unwrap()),
        clock: hand.clone(),
        models: None,
        dir,
    }
}

fn hand(at: &str) -> Arc<Hand> {
    Hand::at(at)
}

/// How many records of each kind are there.
fn counts(workbench: &Workbench) -> Vec<(Kind, usize)> {
    let count = |kind: &Kind| (*kind, workbench.records(*kind).unwrap().len());
    Kind::ALL.iter().map(count).filter(|(_, count)| *count > 0).collect()
}

async fn sync(workbench: &Workbench) -> SyncReport {
    workbench.sync(BlobChoice::All, |_| {}, Cancel::new()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_of_november_2026_shows_all_that_it_kept() {
    let folder = unpack("2026-11-30.zip");
    let workbench = Workbench::open(settings(folder.path(), &hand(PHONE))).unwrap();
    let me = workbench.identity().unwrap();
    assert_eq!((me.person.name.as_str(), &me.person.roles[..]), ("李强", &[Role::Rep][..]));
    assert_eq!(
        counts(&workbench),
        [
            (Kind::Person, 4),
            (Kind::Release, 1),
            (Kind::Customer, 4),
            (Kind::Contact, 1),
            (Kind::Lead, 4),
            (Kind::Touch, 8),
            (Kind::Evidence, 9),
            (Kind::Report, 1),
            (Kind::Contract, 2),
            (Kind::Seal, 1),
            (Kind::Order, 1),
            (Kind::Question, 1),
            (Kind::Demand, 1),
            (Kind::Meeting, 1),
            (Kind::Slip, 1),
            (Kind::Event, 1),
            (Kind::Finding, 1),
            (Kind::Task, 14),
        ]
    );

    let customers = workbench.customers().unwrap();
    let names: BTreeSet<&str> = customers.iter().map(|customer| customer.name.as_str()).collect();
    assert_eq!(names, ["佛山乐居家具", "宁波海川机械", "杭州智联科技", "苏州明远电子"].into());
    let customer = customers.iter().find(|customer| customer.name == "杭州智联科技").unwrap();
    assert_eq!((customer.short.as_deref(), customer.address.as_deref()), (Some("智联"), Some("杭州市滨江区")));
    let touches = workbench.timeline(customer.id, 10).unwrap();
    let actions: Vec<&str> = touches.iter().map(|touch| touch.action.zh.as_str()).collect();
    assert_eq!(actions, ["客户提出新需求", "需协调技术答疑", "报价"]);
    let quote = &touches[2];
    assert_eq!((quote.amount.unwrap().0, quote.custom_development), (60_000_000, true));
    assert_eq!(quote.next_date.unwrap().to_string(), "2026-12-07");
    assert_eq!(workbench.contracts(true).unwrap().iter().filter(|contract| contract.number == "HT-2026-001").count(), 1);
    assert_eq!(workbench.config().version, 2);

    let (mut mimes, mut elsewhere) = (BTreeSet::new(), 0);
    for (id, _) in workbench.records(Kind::Evidence).unwrap() {
        let evidence = workbench.evidence(id.into()).unwrap();
        let out = folder.path().join("out");
        // What a mail system handed in never was on this phone.
        if let Err(error) = workbench.export_original(evidence.id, &out) {
            assert_eq!(error.key, "evidence.not_here");
            elsewhere += 1;
            continue;
        }
        assert_eq!(Hash::of(&fs::read(&out).unwrap()), evidence.sha256);
        if evidence.mime == "image/jpeg" {
            assert!(workbench.thumbnail(evidence.id).unwrap().is_some());
        }
        mimes.insert(evidence.mime);
    }
    let mimes: Vec<&str> = mimes.iter().map(String::as_str).collect();
    assert_eq!(elsewhere, 1);
    assert_eq!(mimes, ["application/pdf", "audio/wav", "image/jpeg", "text/plain"]);

    let reports = workbench.reports("2026-11-30".parse().unwrap()).unwrap();
    assert_eq!((reports.len(), reports[0].touches.len(), &reports[0].conflicts[..]), (1, 6, &["tomorrow".to_owned()][..]));
    let status = workbench.status().unwrap();
    let waiting = status.items.iter().filter(|item| item.state == ItemState::Waiting).count();
    assert_eq!((status.summary.records_waiting, status.summary.blobs_waiting, waiting, status.items.len()), (6, 1, 7, 8));
    assert_eq!(workbench.loose_evidence().unwrap().len(), 1);

    let failed: Vec<_> = workbench.doctor().unwrap().into_iter().filter(|check| !check.ok && check.name != "model").collect();
    assert!(failed.is_empty(), "{failed:?}");
    let dump = workbench.dump().unwrap();
    workbench.rebuild().unwrap();
    assert_eq!(dump, workbench.dump().unwrap(), "made anew it is the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_november_2026_goes_on_where_it_was() {
    let folder = unpack("2026-11-30.zip");
    let hand = hand(SERVER);
    let mut of_server = chuda_server::Settings::local(folder.path().join("server"));
    of_server.clock = hand.clone();
    let running = Server::start(of_server).await.unwrap();
    let admin = Admin::open(&folder.path().join("server")).unwrap();
    let people = admin.people().unwrap();
    assert_eq!((people.len(), admin.devices().unwrap().len(), admin.webhooks().unwrap().len()), (4, 4, 1));
    assert!(!admin.jobs(false).unwrap().is_empty());
    running.run_due_jobs().await.unwrap();

    let before = folder.path().join("before.zip");
    let now = SERVER.parse().unwrap();
    admin.export_audit(&before, (None, None), now).unwrap();
    let verdict = audit::verify(&before).unwrap();
    assert!(verdict.checks.iter().all(|check| check.ok), "{verdict:?}");

    let url = format!("http://127.0.0.1:{}", running.address().port());
    let token = fs::read_to_string(folder.path().join("token")).unwrap();
    let touches: serde_json::Value = serde_json::from_str(&get(&format!("{url}/api/v1/touches"), &token).await).unwrap();
    assert_eq!(touches["touches"].as_array().unwrap().len(), 6);

    // The phone of then sends what it had not sent, and hears what it lacks.
    let settings = settings(folder.path(), &hand);
    let (store, _) = Store::open(&settings.dir, settings.key).unwrap();
    store.write(|tx| tx.set_meta("server", url.as_str())).unwrap();
    drop(store);
    let workbench = Workbench::open(settings).unwrap();
    let report = sync(&workbench).await;
    assert_eq!((report.pushed, report.rejected.len(), report.blobs.sent, report.blobs.left), (7, 0, 1, 0));
    assert!(report.pulled > 0);
    assert_eq!(sync(&workbench).await.pushed, 0);

    // Another phone of the same person has the same, file by file.
    let person = workbench.identity().unwrap().person.id;
    let (_, code) = admin.new_code(&person.to_string(), now).unwrap();
    let other = Phone::enrolled_at(&url, &code, hand.clone()).await;
    sync(&other.workbench).await;
    sync(&workbench).await;
    assert_eq!(workbench.dump().unwrap(), other.workbench.dump().unwrap());

    // What its people had sent then is still served, and what the mail system saw.
    let reader = admin.add_token("reader", &[chuda_server::Scope::Evidence], None, now).unwrap();
    let evidence = workbench.records(Kind::Evidence).unwrap();
    for (id, _) in &evidence {
        let sha256 = workbench.evidence((*id).into()).unwrap().sha256;
        assert_eq!(Hash::of(&fetch(&format!("{url}/blobs/{sha256}"), &reader).await), sha256);
    }
    assert_eq!(evidence.len(), 9);
    running.shutdown().await.unwrap();
}

async fn get(url: &str, token: &str) -> String {
    String::from_utf8(fetch(url, token).await).unwrap()
}

async fn fetch(url: &str, token: &str) -> Vec<u8> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    assert!(answer.status().is_success(), "{url}: {}", answer.status());
    answer.bytes().await.unwrap().to_vec()
}
