//! What a disk has spoilt, and what others may look at.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use chuda_record::Role;
use chuda_server::Server;
use reqwest::StatusCode;
use rusqlite::Connection;

use crate::phone::{Team, client, json_of};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_served_from_a_damaged_database() {
    let mut team = Team::start().await;
    let mut rep = team.phone("Li", &[Role::Rep], None).await;
    rep.customer("Huaxin");
    assert_eq!(rep.sync(&team).await, []);
    let ready = |url: String| async move { client().get(format!("{url}/readyz")).send().await.unwrap() };
    assert_eq!(ready(team.url()).await.status(), StatusCode::OK, "a sound one is");
    team.stop().await;

    // A table that nothing needs at the start: only who looks at all of it finds out.
    let database = team.data().join("chuda.db");
    let page = Connection::open(&database).unwrap().query_row(
        "SELECT (rootpage - 1) * (SELECT page_size FROM pragma_page_size) FROM sqlite_schema WHERE name = 'quarantine'",
        [],
        |row| row.get::<_, usize>(0),
    );
    let (page, mut bytes) = (page.unwrap(), fs::read(&database).unwrap());
    bytes[page..page + 64].fill(0xff);
    fs::write(&database, bytes).unwrap();
    let running = Server::start(team.settings()).await.unwrap();
    let url = format!("http://{}", running.address());
    let answer = loop {
        let answer = ready(url.clone()).await;
        if answer.status() != StatusCode::OK {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (answer.status(), json_of(answer).await["key"].clone()),
        (StatusCode::SERVICE_UNAVAILABLE, "database.damaged".into())
    );
    let asked = client().get(format!("{url}/api/v1/touches")).send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(client().get(format!("{url}/healthz")).send().await.unwrap().status(), StatusCode::OK);
}

fn open_to_others(folder: &Path) -> Vec<String> {
    let mut open = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if fs::metadata(&path).unwrap().permissions().mode() & 0o077 != 0 && !path.starts_with(folder.join("blobs")) {
            open.push(path.display().to_string());
        }
    }
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_reads_its_files_and_those_of_before_are_closed() {
    let mut team = Team::start().await;
    assert_eq!(open_to_others(team.data()), Vec::<String>::new());
    team.stop().await;
    fs::set_permissions(team.data(), fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["chuda.db", "server_key.p8"] {
        fs::set_permissions(team.data().join(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    team.resume().await;
    assert_eq!(open_to_others(team.data()), Vec::<String>::new());
    assert_eq!(fs::metadata(team.data()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(team.admin().devices().unwrap().len(), 0, "and it works");
}
