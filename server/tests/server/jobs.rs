//! What happens later: by the server's clock, seen and set going again by an admin.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::TimeDelta;
use chuda_record::Role;
use chuda_record::id::Hash;
use chuda_server::admin::JobState;
use reqwest::StatusCode;

use crate::blobs::walk;
use crate::phone::{Hand, Team};

#[tokio::test]
async fn an_upload_that_nobody_goes_on_with_is_gone_after_a_week() {
    let clock = Hand::at("2026-03-02T08:00:00Z");
    let team = Team::start_at(clock.clone()).await;
    let mut rep = team.phone("李雷", &[Role::Rep], None).await;
    let bytes = b"%PDF which never arrives in full";
    rep.evidence(bytes, "application/pdf", None);
    rep.sync(&team).await;
    let metadata = format!("sha256 {}", BASE64.encode(Hash::of(bytes).to_string()));
    let create = rep.request(&team, "POST", "/blobs", Vec::new()).header("tus-resumable", "1.0.0");
    let created = create.header("upload-length", bytes.len()).header("upload-metadata", metadata).send().await.unwrap();
    let location = created.headers()["location"].to_str().unwrap().to_owned();
    let part = rep.request(&team, "PATCH", &location, bytes[..9].to_vec()).header("tus-resumable", "1.0.0");
    let part = part.header("upload-offset", 0).header("content-type", "application/offset+octet-stream");
    assert_eq!(part.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let ask = async || {
        let head = rep.request(&team, "HEAD", &location, Vec::new()).header("tus-resumable", "1.0.0");
        head.send().await.unwrap().status()
    };

    clock.pass(TimeDelta::days(7));
    team.run_due_jobs().await;
    assert_eq!(ask().await, StatusCode::OK);
    clock.pass(TimeDelta::hours(1));
    team.run_due_jobs().await;
    assert_eq!(ask().await, StatusCode::NOT_FOUND);
    assert_eq!(walk(&team.data().join("blobs/pieces")), 0);

    // It comes up again, and an admin need not wait for it.
    let tidy = || team.admin().jobs(false).unwrap().into_iter().find(|job| job.kind == "tidy-uploads").unwrap();
    let waiting = tidy();
    assert_eq!((waiting.state, waiting.attempts), (JobState::Waiting, 0));
    assert!(waiting.due > team.now());
    clock.pass(TimeDelta::minutes(5));
    team.admin().retry_job(waiting.id, team.now()).unwrap();
    team.run_due_jobs().await;
    assert_eq!(tidy().due, waiting.due + TimeDelta::minutes(5));
    assert!(team.admin().jobs(true).unwrap().is_empty());
}
