//! A phone that is told to wait: it leaves the server alone for as long, loses nothing, and goes on where it was.

use chrono::TimeDelta;
use chuda_kit::{Hand, Host};
use chuda_record::{ErrorKind, Role};

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_and_goes_on() {
    let hand = Hand::at("2026-03-02T08:00:00Z");
    let mut host = Host::start_with(hand.clone(), |settings| settings.quota.bytes = 1_000_000).await;
    let rep = host.phone("李雷", Role::Rep, None).await;
    let other = host.phone("韩梅", Role::Rep, None).await;
    let text = (0..300_000).map(|number| format!("{number:08}\n")).collect::<Vec<_>>().concat();
    rep.keep(&rep.file(text.as_bytes()));
    let mut waits = 0;
    loop {
        let Err(error) = rep.sync().await else { break };
        assert_eq!((error.kind, error.key), (ErrorKind::Offline, "sync.try_later"));
        let seconds: i64 = error.params["seconds"].parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        other.sync().await.unwrap();
        // Before that it does not even ask.
        host.stop().await;
        assert_eq!(rep.sync().await.unwrap_err().key, "sync.try_later");
        rep.touch(rep.customer(&format!("杭州智联科技 {waits}")), "demo");
        host.resume().await;
        hand.pass(TimeDelta::seconds(seconds));
        waits += 1;
        assert!(waits < 20);
    }
    assert!(waits >= 1, "more than a share was to be sent");
    let summary = rep.workbench.status().unwrap().summary;
    assert_eq!((summary.blobs_waiting, summary.records_waiting, summary.attention), (0, 0, 0));
}
