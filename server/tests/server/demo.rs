//! Demo data: repeatable, whole, and as real phones would have made it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chuda_record::id::RecordId;
use chuda_record::{Fields, Role, Scalar};
use chuda_server::admin::{Admin, JobState};
use chuda_server::demo::{self, Plan, Summary};
use tempfile::TempDir;

use crate::phone::{Hand, Phone, Team};

const END: &str = "2026-11-20T10:00:00Z";

fn plan(seed: u64) -> Plan {
    Plan { seed, end: END.parse().unwrap(), weeks: 2, reps: 6, customers: 60 }
}

async fn filled(plan: Plan) -> (TempDir, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let mut days = Vec::new();
    let summary = demo::fill(folder.path(), plan, plan.end, |day, of| days.push((day, of))).await.unwrap();
    assert!(days.is_sorted() && days.last().is_some_and(|(day, of)| day == of), "{days:?}");
    (folder, summary)
}

/// Somebody of each role logs in with the code that was handed out and takes everything; all that they see, and the phones.
async fn everybody(team: &Team, summary: &Summary) -> (BTreeMap<RecordId, Fields>, BTreeMap<Role, Phone>) {
    let (mut seen, mut phones) = (BTreeMap::new(), BTreeMap::new());
    for access in &summary.codes {
        let mut phone = team.enrolled(access.person, &access.code).await;
        assert_eq!(phone.sync(team).await, []);
        seen.extend(phone.docs.iter().map(|(id, doc)| (*id, doc.fields())));
        phones.insert(access.role, phone);
    }
    (seen, phones)
}

fn text<'f>(fields: &'f Fields, field: &str) -> &'f str {
    fields.get(field).and_then(Scalar::as_text).unwrap_or_default()
}

#[tokio::test]
async fn everything_is_there_explains_itself_and_is_there_once() {
    let (folder, summary) = filled(plan(7)).await;
    let count = |name: &str| summary.counts[name];
    assert_eq!(count("refused"), 0);
    assert!(count("touches") > 200 && count("customers") > 50, "{:?}", summary.counts);
    assert_eq!((count("claims") > count("touches") / 2, count("blobs") > 100), (true, true));

    // Nothing is left to be done that could have been.
    let jobs = Admin::open(folder.path()).unwrap().jobs(false).unwrap();
    let end: DateTime<Utc> = END.parse().unwrap();
    assert!(jobs.iter().all(|job| job.state == JobState::Waiting && job.due > end && job.last_error.is_none()), "{jobs:?}");
    assert!(Admin::open(folder.path()).unwrap().jobs(true).unwrap().is_empty());

    let team = Team::over(folder, Hand::at(END)).await;
    let (seen, phones) = everybody(&team, &summary).await;
    assert_eq!(phones.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from(Role::ALL));
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for fields in seen.values() {
        *kinds.entry(text(fields, "kind")).or_default() += 1;
    }
    for (kind, name) in [
        ("person", "people"),
        ("customer", "customers"),
        ("lead", "leads"),
        ("touch", "touches"),
        ("evidence", "evidence"),
        ("report", "reports"),
        ("contract", "contracts"),
        ("question", "questions"),
        ("demand", "demands"),
        ("task", "tasks"),
        ("back_check", "back_checks"),
    ] {
        assert_eq!(kinds.get(kind).copied().unwrap_or_default(), count(name), "{kind}");
        assert!(count(name) > 0, "{kind}");
    }

    let mut made = BTreeSet::new();
    for (id, fields) in seen.iter().filter(|(_, fields)| fields.contains_key("rule")) {
        assert!(matches!(fields.get("config"), Some(Scalar::Int(1..))), "{id} {fields:?}");
        assert!(!text(fields, "because").is_empty(), "{id} {fields:?}");
        assert!(seen.contains_key(&text(fields, "source").parse().unwrap()), "{id} {fields:?}");
        let effect = ["rule", "source", "kind", "task", "assignee", "role", "left"].map(|field| text(fields, field).to_owned());
        assert!(made.insert(effect.clone()), "{effect:?}");
    }
    assert!(made.len() > 100, "{}", made.len());

    // What people see first: tasks of their own, and the reps' quotes on finance's list.
    let (_, todos) = phones[&Role::Finance].api(&team, "GET", "/api/v1/todos", None).await;
    assert!(todos["todos"].as_array().unwrap().iter().any(|todo| todo["kind"]["key"] == "quote_approval"), "{todos}");
}

#[tokio::test]
async fn the_same_seed_and_end_tell_the_same_story() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let (folder, summary) = filled(Plan { weeks: 1, ..plan(3) }).await;
        let team = Team::over(folder, Hand::at(END)).await;
        let (mut seen, _) = everybody(&team, &summary).await;
        // Keys are drawn anew, and what they sign with them.
        for fields in seen.values_mut() {
            fields.retain(|name, _| !matches!(name.as_str(), "claim" | "signature"));
        }
        told.push((summary.counts, seen));
    }
    assert_eq!(told[0].0, told[1].0);
    for (id, fields) in &told[0].1 {
        // What an outside event left is witnessed by a server, each of which has its own name.
        let same = |fields: &Fields| text(fields, "source") == "event" || told[1].1.get(id) == Some(fields);
        assert!(same(fields), "{id}\n{fields:?}\n{:?}", told[1].1.get(id));
    }
    let (_, other) = filled(Plan { weeks: 1, reps: 4, customers: 30, ..plan(4) }).await;
    assert_ne!(other.counts, told[0].0);
}

#[tokio::test]
async fn a_folder_that_is_in_use_and_a_team_that_is_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kept.txt"), "mine").unwrap();
    let refused = demo::fill(folder.path(), plan(1), plan(1).end, |_, _| {}).await.unwrap_err();
    assert_eq!(refused.key, "demo.not_empty");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let empty = tempfile::tempdir().unwrap();
    for wrong in [Plan { reps: 1, ..plan(1) }, Plan { weeks: 0, ..plan(1) }, Plan { customers: 0, ..plan(1) }] {
        let refused = demo::fill(empty.path(), wrong, wrong.end, |_, _| {}).await.unwrap_err();
        assert_eq!(refused.key, "demo.out_of_bounds");
    }
}
