//! Phones that speak the first version of the protocol are answered as they always were: two exchanges that were recorded then, byte by
//! byte, against a copy of the server's folder as it was before them. The same folder shows that what an older server wrote still opens.

use std::fs::File;
use std::path::{Path, PathBuf};

use chuda_kit::Hand;
use chuda_record::Rejection;
use chuda_record::time::from_millis;
use chuda_record::wire::{self, Rejected, Response};
use chuda_server::{Running, Server, Settings};

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/protocol-1").join(name)
}

/// A server over the recorded folder, at the moment of an answer.
async fn server(folder: &Path, moment: i64) -> Running {
    let mut settings = Settings::local(folder);
    settings.listen.set_port(0);
    settings.clock = Hand::set_to(from_millis(moment));
    Server::start(settings).await.unwrap()
}

/// Sends a recorded request with its recorded signature; what was answered then, and what is answered now.
async fn replay(folder: &Path, name: &str) -> (Vec<u8>, Vec<u8>) {
    let then = std::fs::read(recorded(&format!("{name}.response"))).unwrap();
    let moment = wire::decode::<Response>(&then).unwrap().server_time;
    let running = server(folder, moment).await;
    let mut request = reqwest::Client::builder().no_proxy().build().unwrap().post(format!("http://{}/sync", running.address()));
    for header in std::fs::read_to_string(recorded(&format!("{name}.headers"))).unwrap().lines() {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    let answer = request.body(std::fs::read(recorded(&format!("{name}.request"))).unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), reqwest::StatusCode::OK);
    let now = answer.bytes().await.unwrap().to_vec();
    running.shutdown().await.unwrap();
    (then, now)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_speaks_the_first_version_is_answered_as_ever() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    zip::ZipArchive::new(File::open(recorded("server.zip")).unwrap()).unwrap().extract(folder.path()).unwrap();

    // What is accepted brings records that the server makes anew each time: their documents are the same, their bytes are not.
    let (then, now) = replay(folder.path(), "accepted").await;
    let [then, now]: [Response; 2] = [then, now].map(|body| wire::decode(&body).unwrap());
    let documents = |answer: &Response| answer.changes.iter().map(|one| one.document).collect::<Vec<_>>();
    assert_eq!(documents(&now), documents(&then));
    assert_eq!(Response { changes: Vec::new(), ..now }, Response { changes: Vec::new(), ..then });

    let (then, now) = replay(folder.path(), "refused").await;
    let answer: Response = wire::decode(&now).unwrap();
    assert!(answer.rejected.iter().all(|one| one.told.is_some() && one.reason.is_none()), "{:?}", answer.rejected);
    assert_eq!(
        answer.rejected.iter().map(Rejected::rejection).collect::<Vec<_>>(),
        vec![Rejection::NotAllowedToCreate; answer.rejected.len()]
    );
    assert_eq!(now, then, "not a byte is different");
}

#[test]
fn a_reason_is_the_same_in_every_version() {
    let reasons =
        [Rejection::Malformed, Rejection::FieldLocked { field: "note".into() }, Rejection::Invalid { detail: "customer".into() }];
    for reason in reasons {
        for version in wire::OLDEST..=wire::VERSION {
            let sent = Rejected::new(version, [1; 16], [2; 32], &reason);
            let received: Rejected = wire::decode(&wire::encode(&sent)).unwrap();
            assert_eq!((received.rejection(), &received), (reason.clone(), &sent), "in version {version}");
        }
    }
    let newer = Rejected {
        reason: Some(wire::Reason { key: "moon_phase".into(), field: None }),
        ..Rejected::new(2, [1; 16], [2; 32], &Rejection::Malformed)
    };
    assert_eq!(newer.rejection(), Rejection::NotAllowed, "a newer server may know more reasons");
}
