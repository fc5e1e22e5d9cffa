//! A team with a server, and phones that hold documents, sign requests and sync.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeZone as _, Utc};
use chuda_evidence::signature::{self, SignatureError, Target};
pub(crate) use chuda_kit::Hand;
use chuda_kit::{Host, records};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, LeadId, PersonId, RecordId, ReportId, TouchId};
use chuda_record::wire::{self, DocumentChanges, Rejected, Request, Response};
use chuda_record::{Actor, Change, Customer, Doc, Evidence, Fields, Lead, Record, Report, Role, Scalar, Touch};
use chuda_server::Settings;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server whose people have phones that speak the protocol by hand.
pub(crate) struct Team(Host);

impl Deref for Team {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.0
    }
}

impl DerefMut for Team {
    fn deref_mut(&mut self) -> &mut Host {
        &mut self.0
    }
}

impl Team {
    pub(crate) async fn start() -> Self {
        Self(Host::start().await)
    }

    /// One whose server and phones go by a clock.
    pub(crate) async fn start_at(clock: Arc<Hand>) -> Self {
        Self(Host::start_at(clock).await)
    }

    /// One with settings of its own.
    pub(crate) async fn start_with(clock: Arc<Hand>, otherwise: fn(&mut Settings)) -> Self {
        Self(Host::start_with(clock, otherwise).await)
    }

    /// One on a data folder that is there.
    pub(crate) async fn over(folder: TempDir, clock: Arc<Hand>) -> Self {
        Self(Host::over(folder, Some(clock)).await)
    }

    /// Adds a person and enrols the first phone.
    pub(crate) async fn phone(&self, name: &str, roles: &[Role], reports_to: Option<&str>) -> Phone {
        let (person, code) = self.person_of(name, roles, reports_to);
        self.enrolled(person, &code).await
    }

    /// Enrols one more phone of someone.
    pub(crate) async fn another_phone(&self, person: PersonId) -> Phone {
        let (_, code) = self.admin().new_code(&person.to_string(), self.now()).unwrap();
        self.enrolled(person, &code).await
    }

    /// Enrols a phone of somebody with a code.
    pub(crate) async fn enrolled(&self, person: PersonId, code: &str) -> Phone {
        let mut phone = Phone::new();
        let (status, body) = phone.enrol(self, code).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(body["person"], person.to_string());
        phone.person = person;
        phone
    }
}

/// A signed request, as whoever is between can have it.
#[derive(Clone)]
pub(crate) struct Sealed {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Sealed {
    pub(crate) async fn send(&self, team: &Team) -> reqwest::Response {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let request = client().request(method, format!("{}{}", team.url(), self.path)).body(self.body.clone());
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value)).send().await.unwrap()
    }
}

/// A phone: its key, its documents, what it has not sent yet.
pub(crate) struct Phone {
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) key: SigningKey,
    pub(crate) docs: BTreeMap<RecordId, Doc>,
    pub(crate) outbox: Vec<(RecordId, Vec<u8>)>,
    pub(crate) epoch: Option<Vec<u8>>,
    pub(crate) cursor: u64,
    pub(crate) incarnation: u32,
}

impl Phone {
    /// One that belongs to nobody yet.
    pub(crate) fn new() -> Self {
        let device = DeviceId::new(Utc::now());
        Self {
            device,
            person: PersonId(uuid::Uuid::nil()),
            key: SigningKey::from_slice(&Hash::of(device.as_bytes()).0).unwrap(),
            docs: BTreeMap::new(),
            outbox: Vec::new(),
            epoch: None,
            cursor: 0,
            incarnation: 0,
        }
    }

    pub(crate) fn public_key(&self) -> String {
        BASE64.encode(self.key.verifying_key().to_public_key_der().unwrap().as_bytes())
    }

    /// A signed request, ready to be sent.
    pub(crate) fn request(&self, team: &Team, method: &str, path: &str, body: Vec<u8>) -> reqwest::RequestBuilder {
        self.request_at(team, method, path, body, team.now())
    }

    pub(crate) fn request_at(
        &self,
        team: &Team,
        method: &str,
        path: &str,
        body: Vec<u8>,
        at: DateTime<Utc>,
    ) -> reqwest::RequestBuilder {
        let headers = self.sign(method, path, &body, at);
        client()
            .request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", team.url()))
            .header("content-digest", headers.content_digest)
            .header("signature-input", headers.signature_input)
            .header("signature", headers.signature)
            .body(body)
    }

    /// As phones signed before headers and a nonce were covered: they are still answered.
    pub(crate) fn sign(&self, method: &str, path: &str, body: &[u8], at: DateTime<Utc>) -> signature::Headers {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let content_digest = signature::content_digest(body);
        let (created, device) = (at.timestamp(), self.device);
        let params =
            format!(r#"("@method" "@path" "@query" "content-digest");created={created};keyid="{device}";alg="ecdsa-p256-sha256""#);
        let base = format!(
            "\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {content_digest}\n\"@signature-params\": {params}"
        );
        let signature: Signature = self.key.sign(base.as_bytes());
        let signature = format!("sig1=:{}:", BASE64.encode(signature.to_bytes()));
        signature::Headers { content_digest, signature_input: format!("sig1={params}"), signature }
    }

    /// As phones sign now: with the headers that say what is to be done, and a nonce.
    pub(crate) fn seal(
        &self,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &[u8],
        at: DateTime<Utc>,
    ) -> Sealed {
        let (path_alone, query) = path.split_once('?').unwrap_or((path, ""));
        let headers: Vec<(&'static str, String)> = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let target = Target { method, path: path_alone, query, headers: &headers };
        let nonce = Hash::of(DeviceId::new(Utc::now()).as_bytes()).to_string();
        let signed = signature::sign::<SignatureError>(target, body, self.device, at, &nonce, |bytes| {
            let signature: Signature = self.key.sign(bytes);
            Ok(signature.to_der().as_bytes().to_vec())
        })
        .unwrap();
        let mut headers = headers;
        headers.extend([
            ("content-digest", signed.content_digest),
            ("signature-input", signed.signature_input),
            ("signature", signed.signature),
        ]);
        Sealed { method: method.to_owned(), path: path.to_owned(), headers, body: body.to_vec() }
    }

    pub(crate) async fn enrol(&self, team: &Team, code: &str) -> (StatusCode, Value) {
        let body = json!({ "code": code, "device": self.device, "public_key": self.public_key(), "platform": "test" });
        let answer = self.request(team, "POST", "/enrol", body.to_string().into_bytes()).send().await.unwrap();
        (answer.status(), json_of(answer).await)
    }

    /// A request of the JSON API; its body is empty unless given.
    pub(crate) async fn api(&self, team: &Team, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let answer = self.request(team, method, path, body).send().await.unwrap();
        (answer.status(), json_of(answer).await)
    }

    /// Sends one exchange as it is.
    pub(crate) async fn exchange(&self, team: &Team, request: &Request) -> Result<Response, (StatusCode, Value)> {
        self.post_sync(team, wire::encode(request)).await
    }

    pub(crate) async fn post_sync(&self, team: &Team, body: Vec<u8>) -> Result<Response, (StatusCode, Value)> {
        let request = self.request(team, "POST", "/sync", body).header("content-type", wire::CONTENT_TYPE);
        let answer = request.send().await.unwrap();
        if answer.status() == StatusCode::OK {
            Ok(wire::decode(&answer.bytes().await.unwrap()).unwrap())
        } else {
            Err((answer.status(), json_of(answer).await))
        }
    }

    /// What the next exchange would send.
    pub(crate) fn next_request(&self) -> Request {
        let mut changes: Vec<DocumentChanges> = Vec::new();
        for (document, bytes) in &self.outbox {
            match changes.iter_mut().find(|other| other.document == *document.as_bytes()) {
                Some(known) => known.changes.push(bytes.clone().into()),
                None => changes.push(DocumentChanges { document: *document.as_bytes(), changes: vec![bytes.clone().into()] }),
            }
        }
        Request {
            version: wire::VERSION,
            epoch: self.epoch.clone(),
            cursor: self.cursor,
            changes,
            claims: Vec::new(),
            speaks: None,
            again: None,
            consents: None,
        }
    }

    /// Sends what is unsent and takes what is new; returns what was refused.
    pub(crate) async fn sync(&mut self, team: &Team) -> Vec<Rejected> {
        let mut rejected = Vec::new();
        loop {
            let response = self.exchange(team, &self.next_request()).await.unwrap();
            self.outbox.clear();
            rejected.extend(response.rejected.clone());
            let more = response.more;
            self.take(response);
            if !more {
                return rejected;
            }
        }
    }

    pub(crate) fn take(&mut self, response: Response) {
        (self.epoch, self.cursor) = (Some(response.epoch), response.cursor);
        for purged in &response.purged {
            self.docs.remove(&RecordId::from_slice(&purged[..]).unwrap());
        }
        for DocumentChanges { document, changes } in response.changes {
            let doc = self.docs.entry(RecordId::from_slice(&document).unwrap()).or_default();
            doc.apply(changes.iter().map(|bytes| Change::parse(bytes).unwrap())).unwrap();
        }
    }

    /// Makes a record and puts it into the outbox.
    pub(crate) fn create<T: Record>(&mut self, id: impl Into<RecordId>, record: &T) {
        self.write(id.into(), &record.to_new_fields().unwrap());
    }

    /// Writes fields of a record and puts the change into the outbox.
    pub(crate) fn write(&mut self, id: RecordId, fields: &Fields) {
        let actor = Actor { device: self.device, incarnation: self.incarnation };
        let change = self.docs.entry(id).or_default().write(actor, Utc::now(), fields).unwrap();
        if let Some(change) = change {
            self.outbox.push((id, change.bytes().to_vec()));
        }
    }

    pub(crate) fn set(&mut self, id: impl Into<RecordId>, field: &str, value: impl Into<String>) {
        self.write(id.into(), &Fields::from([(field.to_owned(), Scalar::Text(value.into()))]));
    }

    /// A new customer of this person.
    pub(crate) fn customer(&mut self, name: &str) -> CustomerId {
        self.customer_held_by(name, Some(self.person))
    }

    /// A new customer that nobody has.
    pub(crate) fn free_customer(&mut self, name: &str) -> CustomerId {
        self.customer_held_by(name, None)
    }

    /// A new lead of a customer.
    pub(crate) fn lead(&mut self, customer: CustomerId, holder: Option<PersonId>) -> LeadId {
        let id = LeadId::new(Utc::now());
        let lead = Lead { held_at: Some(now()), ..Lead::new(self.person, customer, holder, now()) };
        self.create(id, &lead);
        id
    }

    fn customer_held_by(&mut self, name: &str, holder: Option<PersonId>) -> CustomerId {
        let id = CustomerId::new(Utc::now());
        let customer = Customer { holder, ..records::customer(self.person, name, now()) };
        self.create(id, &customer);
        id
    }

    /// A new touch by this person.
    pub(crate) fn touch(&mut self, customer: CustomerId, action: &str, evidence: &[EvidenceId]) -> TouchId {
        let id = TouchId::new(Utc::now());
        self.create(id, &touch_by(self.person, customer, action, evidence));
        id
    }

    /// New evidence of some bytes.
    pub(crate) fn evidence(&mut self, bytes: &[u8], mime: &str, touch: Option<TouchId>) -> EvidenceId {
        let id = EvidenceId::new(Utc::now());
        self.create(id, &self.evidence_of(bytes, mime, touch, Hash::of(id.as_bytes())));
        id
    }

    /// New evidence whose claim is at hand.
    pub(crate) fn evidence_claimed(&mut self, id: EvidenceId, claim: Hash) {
        self.create(id, &self.evidence_of(b"photo", "image/jpeg", None, claim));
    }

    fn evidence_of(&self, bytes: &[u8], mime: &str, touch: Option<TouchId>, claim: Hash) -> Evidence {
        Evidence { claim, touch, ..records::evidence(self.person, self.device, bytes, mime, now()) }
    }

    /// A filed report of a day.
    pub(crate) fn report(&mut self, day: &str, touches: &[TouchId]) -> ReportId {
        let day = day.parse().unwrap();
        let id = ReportId::of(self.person, day);
        let report = Report {
            author: self.person,
            day,
            touches: touches.iter().copied().collect(),
            briefs: BTreeMap::new(),
            tomorrow: "call back".into(),
            reason: Some("travel".into()),
            filed: BTreeMap::from([(self.device, now().timestamp_millis())]),
            late: false,
            withdrawn: false,
            config: 1,
            corrections: BTreeMap::new(),
        };
        self.create(id, &report);
        id
    }

    pub(crate) fn has(&self, id: impl Into<RecordId>) -> bool {
        self.docs.contains_key(&id.into())
    }

    pub(crate) fn fields(&self, id: impl Into<RecordId>) -> Fields {
        self.docs[&id.into()].fields()
    }

    pub(crate) fn of_kind(&self, kind: &str) -> Vec<RecordId> {
        let is = |doc: &Doc| doc.fields().get("kind").and_then(Scalar::as_text) == Some(kind);
        self.docs.iter().filter(|(_, doc)| is(doc)).map(|(id, _)| *id).collect()
    }

    /// The first task of a kind.
    pub(crate) fn task(&self, kind: &str) -> Option<RecordId> {
        let is = |id: &RecordId| self.fields(*id).get("task").and_then(Scalar::as_text) == Some(kind);
        self.of_kind("task").into_iter().find(is)
    }

    /// Gives another phone this phone's copy of a document, as a leak would.
    pub(crate) fn leak(&mut self, id: impl Into<RecordId>, to: &mut Phone) {
        let id = id.into();
        let mut copy = Doc::new();
        copy.apply(self.docs.get_mut(&id).unwrap().history()).unwrap();
        to.docs.insert(id, copy);
    }
}

pub(crate) fn touch_by(author: PersonId, customer: CustomerId, action: &str, evidence: &[EvidenceId]) -> Touch {
    Touch { note: Some("as said".into()), ..records::touch(author, customer, action, evidence, now()) }
}

/// An instant without parts of milliseconds, as records keep it.
pub(crate) fn now() -> DateTime<Utc> {
    Utc.timestamp_millis_opt(Utc::now().timestamp_millis()).unwrap()
}

/// The stable word of a refusal.
pub(crate) fn reason(rejected: &Rejected) -> String {
    rejected.rejection().key().to_owned()
}

/// The JSON of an answer.
pub(crate) async fn json_of(answer: reqwest::Response) -> Value {
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
