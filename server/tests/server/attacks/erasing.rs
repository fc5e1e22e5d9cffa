//! What was erased does not come back, whoever still has it.

use chrono::Utc;
use chuda_record::id::{ContactId, Hash};
use chuda_record::{Contact, Role};
use chuda_server::admin::Forgotten;
use reqwest::StatusCode;

use crate::blobs::{create, header, patch, upload};
use crate::phone::{Team, json_of, now, reason};

const NAME: &str = "Wang the forgotten";

#[tokio::test]
async fn what_was_erased_is_not_taken_again() {
    let team = Team::start().await;
    let mut rep = team.phone("Mallory", &[Role::Rep], None).await;
    let mut second = team.another_phone(rep.person).await;
    let customer = rep.customer("Huaxin");
    let contact = |name: &str| Contact {
        author: rep.person,
        customer,
        name: name.into(),
        position: None,
        role: None,
        phone: None,
        created_at: now(),
    };
    let [gone, stays] = [NAME, "Li"].map(|name| (ContactId::new(Utc::now()), contact(name)));
    rep.create(gone.0, &gone.1);
    rep.create(stays.0, &stays.1);
    let bytes = NAME.as_bytes();
    let card = rep.evidence(bytes, "image/jpeg", None);
    let again = rep.outbox.clone();
    assert_eq!(rep.sync(&team).await, []);
    assert_eq!(upload(&rep, &team, bytes).await, StatusCode::NO_CONTENT);
    second.sync(&team).await;
    // An edit that was made before and is sent after.
    second.set(gone.0, "position", format!("{NAME}, head of purchasing"));
    let admin = team.admin();
    admin.erase(Forgotten::Contact, gone.0.into(), &[card.into()], None, team.now()).await.unwrap();

    // The same changes again: what was erased is passed over, the rest is known.
    rep.outbox = again;
    assert_eq!(rep.sync(&team).await, []);
    assert_eq!(second.sync(&team).await.iter().map(reason).collect::<Vec<_>>(), ["missing_dependency"]);
    let created = create(&rep, &team, Hash::of(bytes), bytes.len()).await;
    assert_eq!((created.status(), json_of(created).await["key"].as_str()), (StatusCode::FORBIDDEN, Some("blob.erased")));
    for phone in [&mut rep, &mut second] {
        phone.sync(&team).await;
        let name = phone.fields(gone.0)["name"].to_string();
        assert!(name.starts_with('\u{2014}'), "{name}");
        assert_eq!(phone.fields(stays.0)["name"], "Li".into());
    }
    let found = ["chuda.db", "chuda.db-wal"].map(|file| std::fs::read(team.data().join(file)).unwrap_or_default());
    assert!(found.iter().all(|file| !file.windows(bytes.len()).any(|part| part == bytes)));

    // Whoever is still there is written on, and sent.
    rep.set(stays.0, "position", "purchasing");
    rep.evidence(b"\xff\xd8\xff another", "image/jpeg", None);
    assert_eq!(rep.sync(&team).await, []);
    let created = create(&rep, &team, Hash::of(b"\xff\xd8\xff another"), 11).await;
    assert_eq!(created.status(), StatusCode::CREATED);
    assert_eq!(patch(&rep, &team, header(&created, "location"), 0, b"\xff\xd8\xff another").await.status(), StatusCode::NO_CONTENT);
}
