//! Documents: merge order does not matter, what is stored loads, a disagreement is seen, hostile bytes are refused.
#![allow(clippy::unwrap_used)] // also in the helpers of the tests

use chrono::{DateTime, Utc};
use chuda_record::doc::DocError;
use chuda_record::id::DeviceId;
use chuda_record::{Actor, Change, Doc, Fields, Scalar};
use proptest::prelude::*;

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn actor(number: u32) -> Actor {
    Actor { device: DeviceId::derived(&format!("device {number}")), incarnation: number }
}

fn fields() -> impl Strategy<Value = Fields> {
    let value = prop_oneof![
        any::<bool>().prop_map(Scalar::Bool),
        any::<i64>().prop_map(Scalar::Int),
        ".{0,8}".prop_map(Scalar::Text),
        Just(Scalar::Null)
    ];
    proptest::collection::btree_map("[a-d](/[a-c])?", value, 1..5)
}

/// Edits of several devices, each on top of what it had; some see the others' work in between.
fn changes(edits: &[(u32, Fields, bool)]) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let mut docs: Vec<Doc> = (0..3).map(|_| Doc::new()).collect();
    for (device, fields, see_all) in edits {
        let doc = &mut docs[*device as usize];
        if *see_all {
            doc.apply(all.clone()).unwrap();
        }
        all.extend(doc.write(actor(*device), at(), fields).unwrap());
    }
    all
}

fn load(changes: &[Change]) -> (Fields, std::collections::BTreeMap<String, Vec<Scalar>>) {
    let doc = Doc::load(changes.iter().map(Change::bytes)).unwrap();
    (doc.fields(), doc.conflicts())
}

proptest! {
    #[test]
    fn every_order_gives_the_same_record(
        edits in proptest::collection::vec((0..3_u32, fields(), any::<bool>()), 1..12),
        seed in any::<u64>(),
    ) {
        let all = changes(&edits);
        let expected = load(&all);
        // Any order in which nothing comes before what it builds on, with some sent twice.
        let mut left = all.clone();
        let mut doc = Doc::new();
        let mut known = std::collections::BTreeSet::new();
        let mut random = seed;
        while !left.is_empty() {
            let ready: Vec<usize> = (0..left.len()).filter(|at| left[*at].deps.iter().all(|dep| known.contains(dep))).collect();
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let next = left.remove(ready[(random >> 33) as usize % ready.len()]);
            known.insert(next.hash);
            doc.apply([next.clone()]).unwrap();
            doc.apply([next]).unwrap();
        }
        prop_assert_eq!((doc.fields(), doc.conflicts()), expected);
    }

    #[test]
    fn a_change_says_what_it_writes_and_survives_its_bytes(fields in fields()) {
        let change = Doc::new().write(actor(1), at(), &fields).unwrap().unwrap();
        let parsed = Change::parse(change.bytes()).unwrap();
        prop_assert_eq!(&parsed.writes, &fields);
        prop_assert_eq!((parsed.hash, parsed.actor, parsed.seq, parsed.at), (change.hash, actor(1), 1, at()));
    }

    #[test]
    fn mutated_bytes_are_refused_or_are_another_change(fields in fields(), place in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let change = Doc::new().write(actor(1), at(), &fields).unwrap().unwrap();
        let mut bytes = change.bytes().to_vec();
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        if let Ok(other) = Change::parse(&bytes) {
            prop_assert_ne!(other.hash, change.hash);
        }
        let _ = Change::parse(&bytes[..place]);
    }
}

#[test]
fn concurrent_writes_of_different_values_are_a_conflict_until_somebody_decides() {
    let text = |text: &str| Fields::from([("name".to_owned(), Scalar::Text(text.into()))]);
    let first = Doc::new().write(actor(1), at(), &text("甲")).unwrap().unwrap();
    let second = Doc::new().write(actor(2), at(), &text("乙")).unwrap().unwrap();
    let mut doc = Doc::load([first.bytes(), second.bytes()]).unwrap();
    assert_eq!(doc.conflicts()["name"], [Scalar::Text("乙".into()), Scalar::Text("甲".into())]);
    let winner = doc.fields();
    doc.write(actor(1), at(), &winner).unwrap().expect("keeping the winner is a decision, and a change");
    assert!(doc.conflicts().is_empty());
}

#[test]
fn a_change_without_what_it_builds_on_is_not_applied_in_silence() {
    let mut doc = Doc::new();
    let field = |value| Fields::from([("n".to_owned(), Scalar::Int(value))]);
    doc.write(actor(1), at(), &field(1)).unwrap();
    let second = doc.write(actor(1), at(), &field(2)).unwrap().unwrap();
    assert_eq!(Doc::load([second.bytes()]).err(), Some(DocError::MissingDependency));
}

#[test]
fn the_same_actor_and_number_twice_is_told_apart_from_damage() {
    let field = |value| Fields::from([("n".to_owned(), Scalar::Int(value))]);
    let one = Doc::new().write(actor(1), at(), &field(1)).unwrap().unwrap();
    let other = Doc::new().write(actor(1), at(), &field(2)).unwrap().unwrap();
    assert_eq!(Doc::load([one.bytes(), other.bytes()]).err(), Some(DocError::ReusedSequence));
}
