//! Every decoder that sees bytes of others, as a function that has to come back, with bytes to begin from.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::OnceLock;

use chrono::{DateTime, TimeZone as _, Utc};
use chuda_evidence::signature::{self, Headers, Target};
use chuda_evidence::{Claim, SoftwareKey, audit, document, photo, proof, recording, sniff};
use chuda_record::id::{DeviceId, PersonId};
use chuda_record::rules::Config;
use chuda_record::time::DEFAULT_ZONE;
use chuda_record::wire::api::ImportKind;
use chuda_record::wire::{DocumentChanges, Request, Response, SYNC_PATH, SignedClaim, VERSION, decode, encode};
use chuda_record::{Actor, Change, Doc, JoinLink, Role, to_fields};
use chuda_server::admin::{Admin, NewPerson};
use tempfile::TempDir;

use crate::{Phone, records, sample};

/// A decoder.
pub struct Decoder {
    /// Its name.
    pub name: &'static str,
    /// Reads bytes; what comes of them is for the tests of that decoder to say.
    pub read: fn(&[u8]),
    /// Bytes that it reads to the end.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const ALL: &[Decoder] = &[
    Decoder { name: "change", read: change, seeds: || vec![made().0] },
    Decoder { name: "request", read: |bytes| drop(decode::<Request>(bytes)), seeds: requests },
    Decoder { name: "response", read: |bytes| drop(decode::<Response>(bytes)), seeds: responses },
    Decoder { name: "claim", read: |bytes| drop(Claim::from_bytes(bytes)), seeds: || vec![made().1] },
    Decoder { name: "signature", read: signed, seeds: signatures },
    Decoder { name: "sniff", read: |bytes| drop(sniff::sniff(&mut Cursor::new(bytes))), seeds: files },
    Decoder { name: "photo", read: |bytes| drop(photo::process(bytes)), seeds: || vec![read("photo.jpg")] },
    Decoder { name: "sound", read: |bytes| drop(chuda_speech::decode(Cursor::new(bytes.to_vec()))), seeds: sounds },
    Decoder { name: "recording", read: |bytes| drop(at(bytes, recording::recover)), seeds: sounds },
    Decoder { name: "document", read: document, seeds: || vec![read("quote.pdf"), read("customers.xlsx")] },
    Decoder { name: "import", read: import, seeds: || vec![read("slips.csv"), read("customers.xlsx")] },
    Decoder { name: "proof", read: |bytes| drop(at(bytes, proof::verify)), seeds: || vec![made().2] },
    Decoder { name: "audit", read: |bytes| drop(at(bytes, audit::verify)), seeds: || vec![exported()] },
    Decoder { name: "rules", read: |bytes| drop(Config::parse(&String::from_utf8_lossy(bytes))), seeds: rules },
    Decoder { name: "invitation", read: |bytes| drop(JoinLink::read(&String::from_utf8_lossy(bytes))), seeds: invitations },
];

/// A change, the claim of a photo and its proof.
fn made() -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let customer = to_fields(&records::customer(PersonId::new(noon()), "杭州智联科技", noon())).expect("fields");
    let actor = Actor { device: DeviceId::new(noon()), incarnation: 1 };
    let change = Doc::new().write(actor, noon(), &customer).expect("written").expect("new").bytes().to_vec();
    let phone = Phone::offline("李雷");
    let kept = phone.keep(&sample("photo.jpg"));
    let bundle = phone.folder().join("proof.zip");
    phone.workbench.export_proof(kept, &bundle).expect("exported");
    let mut archive = zip::ZipArchive::new(File::open(&bundle).expect("opened")).expect("an archive");
    let mut claim = Vec::new();
    std::io::copy(&mut archive.by_name("claim.cbor").expect("its claim"), &mut claim).expect("read");
    (change, claim, std::fs::read(&bundle).expect("read"))
}

fn change(bytes: &[u8]) {
    if let Ok(change) = Change::parse(bytes) {
        drop(Doc::new().apply([change]));
    }
}

fn requests() -> Vec<Vec<u8>> {
    let (change, claim, _) = made();
    let changes = vec![DocumentChanges { document: [7; 16], changes: vec![change.into()] }];
    let claims = vec![SignedClaim { claim, signature: vec![1; 70] }];
    vec![encode(&Request { version: VERSION, changes, claims, ..Request::default() })]
}

fn responses() -> Vec<Vec<u8>> {
    let changes = vec![DocumentChanges { document: [7; 16], changes: vec![made().0.into()] }];
    vec![encode(&Response { epoch: vec![1; 16], cursor: 9, changes, ..Response::default() })]
}

/// The three headers, a line each.
fn signed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(3, '\n').map(str::to_owned);
    let mut line = || lines.next().unwrap_or_default();
    let headers = Headers { content_digest: line(), signature_input: line(), signature: line() };
    drop(signature::parse(target(), b"", &headers));
}

fn signatures() -> Vec<Vec<u8>> {
    let key = SoftwareKey::generate();
    let sign = |bytes: &[u8]| Ok::<_, signature::SignatureError>(chuda_evidence::Signer::sign(&key, bytes).expect("signed"));
    let headers = signature::sign(target(), b"", DeviceId::new(noon()), noon(), "nonce", sign).expect("signed");
    vec![[headers.content_digest, headers.signature_input, headers.signature].join("\n").into_bytes()]
}

fn target() -> Target<'static> {
    Target { method: "POST", path: SYNC_PATH, query: "", headers: &[] }
}

fn document(bytes: &[u8]) {
    let _ = document::inspect(bytes);
    let _ = document::wording(bytes);
}

/// A dry run: what it would do is worked out to the end, nothing is written.
fn import(bytes: &[u8]) {
    static DESK: OnceLock<(TempDir, Admin)> = OnceLock::new();
    let (_, admin) = DESK.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let admin = desk(folder.path());
        (folder, admin)
    });
    drop(admin.import(ImportKind::Customers, bytes, true, "韩梅", noon()));
}

/// A server's, with one person.
fn desk(folder: &Path) -> Admin {
    let admin = Admin::open(folder).expect("opened");
    let person = NewPerson { name: "韩梅".into(), roles: [Role::Supervisor].into(), reports_to: None, zone: DEFAULT_ZONE };
    admin.add_person(&person, noon()).expect("added");
    admin
}

fn exported() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("audit.zip");
    desk(folder.path()).export_audit(&bundle, (None, None), noon()).expect("exported");
    std::fs::read(bundle).expect("read")
}

fn rules() -> Vec<Vec<u8>> {
    vec![serde_json::to_vec(Config::builtin()).expect("written")]
}

fn invitations() -> Vec<Vec<u8>> {
    vec![b"chuda://join?server=https%3A%2F%2Fchuda.example&code=ABCD-EFGH-JKLM".to_vec()]
}

fn files() -> Vec<Vec<u8>> {
    ["photo.jpg", "quote.pdf", "voice.wav", "customers.xlsx"].map(read).into()
}

/// The first half second: decoding is asked, not hearing.
fn sounds() -> Vec<Vec<u8>> {
    let mut sound = read("voice.wav");
    sound.truncate(16_000);
    vec![sound]
}

/// Hands bytes to what reads a file.
fn at<T>(bytes: &[u8], read: impl Fn(&Path) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).expect("written");
    read(&path)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(sample(name)).expect("a sample")
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 4, 0, 0).single().expect("an instant")
}
