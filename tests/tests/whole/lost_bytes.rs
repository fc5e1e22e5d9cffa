//! Bytes that a server has lost come back from the phones that have them.

use std::fs;

use chrono::TimeDelta;
use chuda_kit::{Hand, Host, of};
use chuda_phone::query::view::ItemState;
use chuda_phone::workbench::TouchDraft;
use chuda_record::Role;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_has_lost_it_gets_again_with_the_next_sync() {
    let clock = Hand::at_present();
    let host = Host::start_at(clock.clone()).await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let customer = rep.customer("杭州智联科技");
    let evidence: Vec<_> = (0..3).map(|_| rep.note()).collect();
    let touch = rep.workbench.record_touch(TouchDraft { evidence, ..of(customer, "demo") }).unwrap().touch;
    rep.settle().await;
    boss.settle().await;
    let kept: Vec<_> = touch.evidence.iter().map(|one| rep.workbench.evidence(one.id).unwrap().sha256.to_string()).collect();
    let files: Vec<_> = kept.iter().map(|name| host.data().join("blobs/blobs").join(&name[..2]).join(name)).collect();
    let before: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let states = || boss.workbench.touch(touch.id).unwrap().evidence.into_iter().map(|one| one.state).collect::<Vec<_>>();
    assert_eq!(states(), [ItemState::Verified, ItemState::Verified, ItemState::Verified]);

    fs::write(&files[0], &before[0][1..]).unwrap();
    fs::remove_file(&files[1]).unwrap();
    clock.pass(TimeDelta::days(1));
    host.run_due_jobs().await;
    boss.settle().await;
    assert_eq!(states().iter().filter(|state| **state == ItemState::Waiting).count(), 2, "nobody is told that they are there");

    let report = rep.sync().await.unwrap();
    assert_eq!((report.blobs.sent, report.blobs.left), (2, 0), "only what is lost is sent again");
    assert_eq!(files.iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>(), before);
    boss.settle().await;
    assert_eq!(states(), [ItemState::Verified, ItemState::Verified, ItemState::Verified]);
    assert_eq!(rep.sync().await.unwrap().blobs.sent, 0);
}
