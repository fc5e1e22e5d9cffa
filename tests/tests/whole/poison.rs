//! One document that the server refuses among a thousand: the others arrive in the same exchange, the one is seen and can be redone. And
//! a blob of which the server has lost a piece.

use chuda_evidence::clock::Clock as _;
use chuda_kit::Host;
use chuda_phone::query::view::ItemState;
use chuda_phone::store::{Own, Store};
use chuda_phone::workbench::{BlobChoice, Cancel};
use chuda_record::policy::Writer;
use chuda_record::{Actor, Fields, Kind, Role, Scalar};

#[tokio::test(flavor = "multi_thread")]
async fn nine_hundred_and_ninety_nine_arrive() {
    let host = Host::start().await;
    let boss = host.phone("韩梅", Role::Supervisor, None).await;
    let rep = host.phone("李雷", Role::Rep, Some(boss.person())).await;
    let customers: Vec<_> = (0..499).map(|number| rep.customer(&format!("客户{number}"))).collect();
    let poisoned = rep.touch(customers[250], "demo").id;
    // What only the server may write, by a phone that does not keep to the rules.
    let category = Fields::from([("category".to_owned(), Scalar::Text("quote_pending".into()))]);
    let (store, _) = Store::open(&rep.settings.dir, rep.settings.key).unwrap();
    let actor = Actor { device: rep.workbench.identity().unwrap().device, incarnation: 99 };
    let own = Own::new(actor, Writer::Server, rep.clock.now());
    store.write(|tx| tx.write_fields(&own, poisoned.into(), Kind::Touch, &category)).unwrap();
    assert_eq!(
        rep.workbench.status().unwrap().summary.records_waiting,
        1_000,
        "499 customers with their leads, a touch, its evidence"
    );

    let report = rep.sync().await.unwrap();
    assert_eq!(report.rejected.len(), 1);
    assert_eq!((report.rejected[0].document, report.rejected[0].reason.as_str()), (poisoned.into(), "field_locked"));
    boss.settle().await;
    assert_eq!(boss.workbench.customers().unwrap().len(), 499);
    assert_eq!(boss.workbench.touch(poisoned).unwrap().category, None);

    let status = rep.workbench.status().unwrap();
    assert_eq!(status.items.len(), 1);
    assert_eq!(status.items[0].state, ItemState::Failed { reason: "field_locked".into() });
    assert_eq!((status.summary.attention, status.summary.records_waiting), (1, 0));
    assert_eq!(rep.workbench.touch(poisoned).unwrap().category, None, "shown as the server has it");
    assert_eq!(rep.workbench.redo(poisoned.into()).unwrap_err().key, "record.not_allowed", "redoing does not lift the rule");
    let again = rep.sync().await.unwrap();
    assert!(again.rejected.is_empty() && again.round_trips == 1, "it is not offered over and over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_of_which_the_server_has_lost_a_piece_is_sent_again() {
    let host = Host::start().await;
    let rep = host.phone("李雷", Role::Rep, None).await;
    let evidence = rep.keep(&rep.file("会议记录，逐字。".repeat(60_000).as_bytes()));
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let half = move |summary: chuda_phone::query::view::SyncSummary| {
        if summary.percent > 0 {
            stop.cancel();
        }
    };
    assert_eq!(rep.workbench.sync(BlobChoice::All, half, cancel).await.unwrap_err().key, "sync.cancelled");
    std::fs::remove_dir_all(host.data().join("blobs/pieces")).unwrap();
    let report = rep.sync().await.unwrap();
    assert_eq!((report.blobs.sent, report.blobs.left), (1, 0));
    rep.settle().await;
    assert_eq!(rep.workbench.evidence(evidence).unwrap().state, ItemState::Verified);
}
