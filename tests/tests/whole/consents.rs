//! What a person takes back on a phone reaches the server.

use chuda_kit::Host;
use chuda_phone::workbench::Purpose;
use chuda_record::Role;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_is_heard_once_and_again_after_a_restore() {
    let host = Host::start().await;
    let rep = host.phone("李雷", Role::Rep, None).await;
    let heard = || host.admin().consents().unwrap().into_iter().map(|one| (one.purpose, one.given)).collect::<Vec<_>>();
    rep.workbench.give_consent(Purpose::Recording).unwrap();
    rep.settle().await;
    let backup = host.data().join("backup.db");
    host.admin().backup(&backup, host.now()).unwrap();
    rep.workbench.withdraw_consent(Purpose::Recording).unwrap();
    rep.settle().await;
    let all = [("recording".to_owned(), false), ("recording".to_owned(), true)];
    assert_eq!(heard(), all);
    rep.settle().await;
    assert_eq!(heard(), all);
    host.admin().restore(&backup, host.now()).unwrap();
    assert_eq!(heard(), all[1..]);
    rep.settle().await;
    assert_eq!(heard(), all);
}
