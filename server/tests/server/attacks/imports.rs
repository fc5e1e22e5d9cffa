//! Files of a supervisor: they write what the supervisor could write by hand, and tell nothing of other teams.

use chrono::Utc;
use chuda_record::fields::{id, text};
use chuda_record::id::{CustomerId, PersonId};
use chuda_record::wire::api::{ImportKind, ImportReport};
use chuda_record::{Contact, Role};

use crate::phone::{Phone, Team, now};

fn import(team: &Team, file: &str, by: &str, dry_run: bool) -> ImportReport {
    team.admin().import(ImportKind::Customers, file.as_bytes(), dry_run, by, Utc::now()).unwrap()
}

/// Two teams; the other one has a customer with a contact person and an id of the CRM.
async fn two_teams() -> (Team, Phone, Phone, CustomerId) {
    let team = Team::start().await;
    team.phone("Boss", &[Role::Supervisor], None).await;
    let mut rep = team.phone("Lilei", &[Role::Rep], Some("Boss")).await;
    let mallory = team.phone("Mallory", &[Role::Supervisor], None).await;
    team.phone("Accomplice", &[Role::Rep], Some("Mallory")).await;
    let customer = rep.customer("Huaxin");
    rep.lead(customer, Some(rep.person));
    assert_eq!(rep.sync(&team).await, []);
    import(&team, "name,crmid,contact\nHuaxin,CRM-7,Wang\n", "Boss", false);
    rep.sync(&team).await;
    assert_eq!(text(&rep.fields(customer), "external_id"), Some("CRM-7"), "whose team it is, may");
    (team, rep, mallory, customer)
}

#[tokio::test]
async fn a_customer_of_another_team_is_neither_changed_nor_confirmed() {
    let (team, mut rep, mut mallory, customer) = two_teams().await;
    let before = rep.fields(customer);
    let file = |name: &str, id: &str| {
        format!("name,crmid,intent,address,model,holder,contact,phone\n{name},{id},D,Elsewhere,X,Accomplice,Wang,139\n")
    };
    // What there is and what there is not look alike, by name and by id.
    let said = |name: &str, id: &str| {
        let report = import(&team, &file(name, id), "Mallory", true);
        let line = &report.lines[0];
        (line.outcome.clone(), line.sets.len(), line.kept.clone(), report.mistakes)
    };
    let nothing = said("Nobody Ltd", "CRM-8");
    assert_eq!(said("Huaxin", "CRM-8"), nothing);
    assert_eq!(said("Nobody Ltd", "CRM-7"), nothing);
    assert_eq!(said("Huaxin", "CRM-7"), nothing);

    assert_eq!(import(&team, &file("Huaxin", "CRM-7"), "Mallory", false).created, 1);
    assert_eq!(import(&team, &file("Huaxin", "CRM-7"), "Mallory", false).unchanged, 1, "their own is found again");
    rep.sync(&team).await;
    assert_eq!(rep.fields(customer), before);
    mallory.sync(&team).await;
    assert!(!mallory.has(customer));
    let own = mallory.of_kind("customer")[0];
    assert_eq!(text(&mallory.fields(own), "external_id"), None, "the CRM's events go on to find the one that has it");
    // Also where the other team has it from a file, under the id that follows from its name.
    assert_eq!(import(&team, "name,holder\nImported,Lilei\n", "Boss", false).created, 1);
    assert_eq!(import(&team, "name,address\nImported,Elsewhere\n", "Mallory", false).created, 1);
    rep.sync(&team).await;
    let theirs: Vec<_> =
        rep.of_kind("customer").into_iter().filter(|id| text(&rep.fields(*id), "name") == Some("Imported")).collect();
    let held: Vec<_> = theirs.iter().filter(|record| id::<PersonId>(&rep.fields(**record), "holder") == Some(rep.person)).collect();
    assert_eq!((held.len(), text(&rep.fields(*held[0]), "address")), (1, None));
}

/// A customer that another team touches, too, can be read by its supervisor: reading is not writing.
#[tokio::test]
async fn what_may_be_read_is_not_written_for_that() {
    let (team, mut rep, mut mallory, customer) = two_teams().await;
    mallory.sync(&team).await;
    rep.leak(customer, &mut mallory);
    let shared = mallory.free_customer("Shared");
    mallory.sync(&team).await;
    rep.sync(&team).await;
    let request = format!("{} claim", rep.person);
    let lead = mallory.lead(shared, None);
    mallory.sync(&team).await;
    rep.sync(&team).await;
    rep.set(lead, "requests/1", request);
    assert_eq!(rep.sync(&team).await, []);
    let contact = Contact {
        author: rep.person,
        customer: shared,
        name: "Wang".into(),
        position: None,
        role: None,
        phone: None,
        created_at: now(),
    };
    let wang = chuda_record::id::ContactId::new(Utc::now());
    rep.create(wang, &contact);
    assert_eq!(rep.sync(&team).await, []);
    assert_eq!(id(&rep.fields(shared), "holder"), Some(rep.person));

    let file = "name,intent,address,holder,contact,phone\nShared,D,Elsewhere,Accomplice,Wang,139\n";
    // Mallory has entered it: the address, yes; the level is the holder's to say, and so is what they know of Wang.
    let report = import(&team, file, "Mallory", false);
    rep.sync(&team).await;
    let fields = rep.fields(shared);
    assert_eq!((text(&fields, "address"), text(&fields, "intent")), (Some("Elsewhere"), None));
    assert_eq!((id(&fields, "holder"), text(&rep.fields(wang), "phone")), (Some(rep.person), None));
    assert_eq!(report.lines[0].kept, ["holder", "phone"]);
    // Their own supervisor's file says what an outside system says, where nobody knows better.
    import(&team, "name,intent\nShared,B\n", "Boss", false);
    rep.sync(&team).await;
    assert_eq!((text(&rep.fields(shared), "crm_intent"), text(&rep.fields(shared), "intent")), (Some("B"), Some("B")));
}
