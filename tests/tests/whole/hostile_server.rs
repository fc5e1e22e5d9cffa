//! A phone whose server means it ill, or is broken: whatever it answers, the sync ends and says so, nothing on the phone is lost and
//! people go on working; once the server answers as it should, everything arrives.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response as Answer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chuda_kit::{Phone, hostile};
use chuda_phone::workbench::{BlobChoice, Cancel};
use chuda_record::doc::Doc;
use chuda_record::id::{DeviceId, PersonId};
use chuda_record::wire::{self, DocumentChanges, MAX_PLAIN_BYTES, Request, Response};
use chuda_record::{Actor, ErrorKind, Fields, Record as _};
use futures::stream;

/// How the server answers an exchange, by its number.
type Mood = dyn Fn(u64, &Request) -> Answer + Send + Sync;

struct Server {
    person: PersonId,
    exchanges: AtomicU64,
    mood: Mutex<Arc<Mood>>,
    /// Where uploads are said to go on, and how far.
    uploads: Mutex<Option<(String, String)>>,
}

impl Server {
    fn is(&self, mood: impl Fn(u64, &Request) -> Answer + Send + Sync + 'static) {
        *self.mood.lock().unwrap() = Arc::new(mood);
        self.exchanges.store(0, Ordering::Relaxed);
    }
}

fn page(page: Response) -> Answer {
    wire::encode(&Response { epoch: vec![1; 16], server_time: 1_700_000_000_000, ..page }).into_response()
}

/// Takes everything and has nothing.
fn honest(_: u64, request: &Request) -> Answer {
    page(Response { cursor: request.cursor.max(1), ..Response::default() })
}

async fn answer(State(server): State<Arc<Server>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Answer {
    match (method, uri.path()) {
        (_, "/enrol") => {
            let (person, time) = (server.person, 1_700_000_000_000_i64);
            serde_json::json!({ "person": person, "name": "Li", "roles": ["rep"], "server_time": time }).to_string().into_response()
        }
        (_, "/sync") => {
            let number = server.exchanges.fetch_add(1, Ordering::Relaxed);
            let mood = server.mood.lock().unwrap().clone();
            mood(number, &wire::decode(&body).unwrap())
        }
        (Method::POST, _) => {
            let Some((location, _)) = server.uploads.lock().unwrap().clone() else {
                let metadata = headers["upload-metadata"].to_str().unwrap().trim_start_matches("sha256 ");
                let hash = BASE64.decode(metadata).unwrap();
                return [("chuda-sha256", String::from_utf8(hash).unwrap())].into_response();
            };
            [(header::LOCATION, location)].into_response()
        }
        _ => {
            let uploads = server.uploads.lock().unwrap().clone();
            uploads.map_or(StatusCode::NOT_FOUND.into_response(), |(_, offset)| [("upload-offset", offset)].into_response())
        }
    }
}

async fn start() -> (Arc<Server>, Phone) {
    let person = PersonId::new(chrono::Utc::now());
    let server =
        Arc::new(Server { person, exchanges: AtomicU64::new(0), mood: Mutex::new(Arc::new(honest)), uploads: Mutex::default() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(server.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let phone = Phone::enrolled(&url, "AAAAAA-AAAAAA").await;
    (server, phone)
}

fn known() -> DocumentChanges {
    let actor = Actor { device: DeviceId::derived("other"), incarnation: 0 };
    let person = PersonId::derived("other");
    let at = chuda_record::time::from_millis(1);
    let fields: Fields = chuda_kit::records::customer(person, "Huaxin", at).to_new_fields().unwrap();
    let change = Doc::new().write(actor, at, &fields).unwrap().unwrap();
    DocumentChanges { document: [9; 16], changes: vec![change.bytes().to_vec().into()] }
}

/// What a hostile server may answer, and what the phone says of it after one exchange.
fn moods() -> [(&'static str, Box<Mood>, &'static str); 9] {
    fn changed(change: Vec<u8>, times: usize) -> Answer {
        let changes = vec![DocumentChanges { document: [9; 16], changes: vec![change.into(); times] }];
        page(Response { changes, ..Response::default() })
    }
    let actor = Actor { device: DeviceId::derived("other"), incarnation: 0 };
    let zeros = || Ok::<_, std::io::Error>(Bytes::from(vec![0; 65_536]));
    let again = || page(Response { more: true, cursor: 0, changes: vec![known()], ..Response::default() });
    [
        ("the same page for ever", Box::new(move |_, _| again()), "sync.no_progress"),
        (
            "empty pages for ever",
            Box::new(|number, _| page(Response { more: true, cursor: number + 1, ..Response::default() })),
            "sync.no_progress",
        ),
        (
            "too many documents to forget",
            Box::new(|_, _| page(Response { purged: vec![[1; 16].into(); 5_001], ..Response::default() })),
            "sync.page_too_large",
        ),
        (
            "a small page that is a large one",
            Box::new(|_, _| hostile::body(MAX_PLAIN_BYTES - 64).into_response()),
            "sync.not_understood",
        ),
        (
            "a list of 2^32",
            Box::new(|_, _| hostile::compressed(&[0xa1, 0x04, 0x9b, 0, 0, 0, 1, 0, 0, 0, 0]).into_response()),
            "sync.not_understood",
        ),
        (
            "a body without end",
            Box::new(move |_, _| Body::from_stream(stream::repeat_with(zeros)).into_response()),
            "sync.not_understood",
        ),
        ("a cursor beyond all", Box::new(|_, _| page(Response { cursor: u64::MAX, ..Response::default() })), "sync.not_understood"),
        (
            "a change of ten million writes",
            Box::new(move |_, _| changed(hostile::change(actor, "note", 10_000_000, 0), 1)),
            "sync.bad_change",
        ),
        (
            "ten million fields",
            Box::new(move |_, _| changed(hostile::change(actor, "note", 2_000, 0), 5_000)),
            "sync.page_too_large",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_it_answers_the_sync_ends_and_nothing_is_lost() {
    let (server, phone) = start().await;
    let customer = phone.customer("杭州智联科技");
    phone.touch(customer, "demo");
    let waiting = || phone.workbench.status().unwrap().summary.records_waiting;
    let mut kept = waiting();
    for (what, mood, expected) in moods() {
        server.is(mood);
        let error = phone.workbench.sync(BlobChoice::None, |_| {}, Cancel::new()).await.unwrap_err();
        assert_eq!((error.kind, error.key), (ErrorKind::Server, expected), "{what}");
        assert_eq!(server.exchanges.load(Ordering::Relaxed), 1, "{what}");
        assert_eq!(waiting(), kept, "{what}: nothing counts as sent");
        phone.touch(customer, "demo");
        kept += 2;
    }
    server.is(|_, request| {
        wire::encode(&Response { server_time: i64::MIN, epoch: vec![1; 16], cursor: request.cursor, ..Response::default() })
            .into_response()
    });
    phone.sync().await.unwrap();
    server.is(honest);
    phone.sync().await.unwrap();
    assert_eq!(waiting(), 0, "everything has arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_bring_nothing_new_come_to_an_end_and_pages_that_do_are_all_taken() {
    let (server, phone) = start().await;
    server.is(|number, _| page(Response { more: true, cursor: number + 2, changes: vec![known()], ..Response::default() }));
    let error = phone.sync().await.unwrap_err();
    assert_eq!((error.kind, error.key), (ErrorKind::Server, "sync.no_progress"));
    let asked = server.exchanges.load(Ordering::Relaxed);
    assert!((100..1_000).contains(&asked), "{asked}");
    assert_eq!(phone.workbench.customers().unwrap().len(), 1, "what came is there");

    server.is(|number, _| {
        let document = DocumentChanges { document: [number as u8 + 10; 16], ..known() };
        page(Response { more: number < 9, cursor: 1_000 + number, changes: vec![document], ..Response::default() })
    });
    phone.sync().await.unwrap();
    assert_eq!(server.exchanges.load(Ordering::Relaxed), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_to_this_server_and_gets_on_or_ends() {
    let (server, phone) = start().await;
    phone.note();
    for (location, offset, expected) in [
        ("/blobs/uploads/1", "0", "sync.upload_restarts"),
        ("/blobs/uploads/1", "18446744073709551615", "sync.upload_restarts"),
        ("//127.0.0.1:9/blobs/uploads/1", "0", "sync.upload_restarts"),
        ("/.//127.0.0.1:9/blobs/uploads/1", "0", "sync.not_understood"),
        ("http://127.0.0.1:9/blobs/uploads/1", "0", "sync.upload_restarts"),
    ] {
        *server.uploads.lock().unwrap() = Some((location.into(), offset.into()));
        let error = phone.sync().await.unwrap_err();
        assert_eq!((error.kind, error.key), (ErrorKind::Server, expected), "{location} {offset}");
        assert_eq!(phone.workbench.status().unwrap().summary.blobs_waiting, 1, "it is still to be sent");
    }
    *server.uploads.lock().unwrap() = None;
    assert_eq!(phone.sync().await.unwrap().blobs.sent, 1);
}
