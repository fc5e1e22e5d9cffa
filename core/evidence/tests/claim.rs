//! Claims: one encoding each, signed so that others can check it, chained so that nothing goes missing unseen.
#![allow(clippy::unwrap_used)]

use std::process::Command;

use chuda_evidence::claim::{
    ChainFault, Claim, Consent, Flag, Link, Location, MAX_CLAIM_BYTES, Source, TrustedTime, Version, verify, verify_chain,
};
use chuda_evidence::{Mime, PublicKey, Signer, SoftwareKey, Unreadable};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId, TouchId};
use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use uuid::Uuid;

prop_compose! {
    fn location()(latitude_e6 in -90_000_000..=90_000_000i32, longitude_e6 in -180_000_000..=180_000_000i32, accuracy_m: u32, age_ms: u64, mock: bool) -> Location {
        Location { latitude_e6, longitude_e6, accuracy_m, age_ms, mock }
    }
}

prop_compose! {
    fn trusted()(server_ms: i64, age_ms in option::of(any::<u64>())) -> TrustedTime {
        TrustedTime { server_ms, age_ms }
    }
}

prop_compose! {
    fn claim()(
        ids: [u128; 5],
        (sha256, key, previous) in any::<([u8; 32], [u8; 32], [u8; 32])>(),
        (size, wall_ms, monotonic_ms, sequence) in any::<(u64, i64, u64, u64)>(),
        boot_id in "[0-9a-f-]{0,36}",
        mime in select(Mime::ALL.to_vec()),
        source in select(vec![Source::Camera, Source::Gallery, Source::File, Source::Recording]),
        (trusted_time, location) in (option::of(trusted()), option::of(location())),
        (of_touch, of_customer) in any::<(bool, bool)>(),
        consent in select(vec![Consent::OwnVoice, Consent::Told]),
        unreadable in option::of(select(Unreadable::ALL.to_vec())),
        flags in btree_set(select(vec![Flag::ClockSetByHand, Flag::ClockChanged, Flag::MockLocation, Flag::FromGallery, Flag::NearDuplicate, Flag::Recycled]), 0..7),
    ) -> Claim {
        let id = |at: usize| Uuid::from_u128(ids[at]);
        let sequence = sequence.max(1);
        Claim {
            version: Version::V1,
            evidence: EvidenceId(id(0)),
            sha256: Hash(sha256),
            size,
            mime,
            source,
            wall_ms,
            monotonic_ms,
            boot_id,
            trusted_time,
            location,
            person: PersonId(id(1)),
            device: DeviceId(id(2)),
            key: Hash(key),
            touch: of_touch.then(|| TouchId(id(3))),
            customer: of_customer.then(|| CustomerId(id(4))),
            consent: (source == Source::Recording || mime.is_audio()).then_some(consent),
            unreadable,
            flags,
            sequence,
            previous: (sequence > 1).then_some(Hash(previous)),
        }
    }
}

fn example() -> Claim {
    Claim {
        version: Version::V1,
        evidence: EvidenceId::derived("evidence"),
        sha256: Hash::of(b"photo"),
        size: 5,
        mime: Mime::Jpeg,
        source: Source::Camera,
        wall_ms: 1_700_000_000_000,
        monotonic_ms: 12_345,
        boot_id: "boot".into(),
        trusted_time: Some(TrustedTime { server_ms: 1_699_999_999_000, age_ms: None }),
        location: Some(Location { latitude_e6: 22_531_133, longitude_e6: 114_021_481, accuracy_m: 12, age_ms: 800, mock: false }),
        person: PersonId::derived("person"),
        device: DeviceId::derived("device"),
        key: Hash([1; 32]),
        touch: None,
        customer: None,
        consent: None,
        unreadable: None,
        flags: [Flag::NearDuplicate, Flag::ClockChanged].into(),
        sequence: 1,
        previous: None,
    }
}

proptest! {
    #[test]
    fn a_claim_has_one_encoding(claim in claim()) {
        let bytes = claim.to_bytes();
        prop_assert!(bytes.len() <= MAX_CLAIM_BYTES);
        let again = Claim::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&again, &claim);
        prop_assert_eq!(again.to_bytes(), bytes);
    }

    /// Deterministic by the letter of RFC 8949 § 4.2.1, as judged by a walk over the bytes that knows nothing of claims.
    #[test]
    fn the_encoding_is_deterministic(claim in claim()) {
        let bytes = claim.to_bytes();
        prop_assert_eq!(check_deterministic(&bytes), Ok(bytes.len()));
    }

    #[test]
    fn another_claim_has_another_encoding(a in claim(), b in claim()) {
        prop_assert_eq!(a == b, a.to_bytes() == b.to_bytes());
    }

    #[test]
    fn changed_bytes_are_another_claim_or_none(claim in claim(), at: Index, bits in 1u8..) {
        let mut bytes = claim.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        if let Ok(other) = Claim::from_bytes(&bytes) {
            prop_assert_ne!(&other, &claim);
            prop_assert_eq!(other.to_bytes(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes: Vec<u8>) {
        let _ = Claim::from_bytes(&bytes);
    }
}

/// Length of the item at the start, if it is in deterministic form.
fn check_deterministic(bytes: &[u8]) -> Result<usize, &'static str> {
    let (major, info) = (bytes[0] >> 5, bytes[0] & 31);
    let (value, head) = match info {
        0..=23 => (u64::from(info), 1),
        24..=27 => {
            let length = 1 << (info - 24);
            let value = bytes[1..=length].iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
            let least = [24, 1 << 8, 1 << 16, 1 << 32][usize::from(info) - 24];
            if value < least {
                return Err("a number is longer than it needs to be");
            }
            (value, 1 + length)
        }
        _ => return Err("an indefinite length"),
    };
    match major {
        0 | 1 => Ok(head),
        2 | 3 => Ok(head + value as usize),
        4 | 5 => {
            let mut at = head;
            let mut key: Option<&[u8]> = None;
            for _ in 0..value {
                let length = check_deterministic(&bytes[at..])?;
                if major == 5 {
                    if key.is_some_and(|key| key >= &bytes[at..at + length]) {
                        return Err("keys are not in rising order");
                    }
                    key = Some(&bytes[at..at + length]);
                    at += length;
                    at += check_deterministic(&bytes[at..])?;
                } else {
                    at += length;
                }
            }
            Ok(at)
        }
        7 if info == 20 || info == 21 => Ok(1),
        _ => Err("a tag, a float or null"),
    }
}

/// The encoding is stored and signed for good: a change here is a change of format.
#[test]
fn the_encoding_is_pinned() {
    assert_eq!(example().hash().to_string(), "03ccc3dd056b7730175676b3fde2c837be3ca3c59b5ef1af9d2fa03692815742");
}

#[test]
fn other_encodings_of_a_claim_are_refused() {
    let bytes = example().to_bytes();
    let refused = |bytes: &[u8]| Claim::from_bytes(bytes).unwrap_err().key;
    // A map of 16 entries: the same with its count in two bytes, and with an indefinite length.
    assert_eq!(bytes[0], 0xb0);
    assert_eq!(refused(&[&[0xb8, 16], &bytes[1..]].concat()), "claim.not_canonical");
    assert_eq!(refused(&[&[0xbf], &bytes[1..], &[0xff]].concat()), "claim.not_canonical");
    // A field this version does not know, something behind the end, the first two fields swapped.
    assert_eq!(refused(&[&[0xb1], &bytes[1..], &[0x18, 99, 1]].concat()), "claim.not_canonical");
    assert_eq!(refused(&[&bytes[..], &[0]].concat()), "claim.not_canonical");
    assert_eq!(refused(&[&bytes[..1], &bytes[3..21], &bytes[1..3], &bytes[21..]].concat()), "claim.not_canonical");
    assert_eq!(refused(&bytes[..bytes.len() - 1]), "claim.malformed");
    assert_eq!(refused(&vec![0; MAX_CLAIM_BYTES + 1]), "claim.malformed");
}

#[test]
fn fields_that_contradict_each_other_are_refused() {
    type Change = fn(&mut Claim);
    let changes: [(&str, Change); 7] = [
        ("sequence", |claim| claim.sequence = 0),
        ("sequence", |claim| claim.sequence = 2),
        ("sequence", |claim| claim.previous = Some(Hash([0; 32]))),
        ("consent", |claim| claim.source = Source::Recording),
        ("consent", |claim| claim.mime = Mime::M4a),
        ("location", |claim| claim.location.as_mut().unwrap().latitude_e6 = 90_000_001),
        ("boot_id", |claim| claim.boot_id = "x".repeat(65)),
    ];
    for (field, change) in changes {
        let mut claim = example();
        change(&mut claim);
        let error = Claim::from_bytes(&claim.to_bytes()).unwrap_err();
        assert_eq!((error.key, error.params["field"].as_str()), ("claim.inconsistent", field));
    }
}

#[test]
fn a_signature_holds_for_its_claim_and_key_alone() {
    let (key, other) = (SoftwareKey::generate(), SoftwareKey::generate());
    let claim = Claim { key: key.public_key().id(), ..example() };
    let bytes = claim.to_bytes();
    let signature = key.sign(&bytes).unwrap();
    assert_eq!(verify(&bytes, &signature, &key.public_key()).unwrap(), claim);
    let refused = |bytes: &[u8], signature: &[u8], key: &PublicKey| verify(bytes, signature, key).unwrap_err().key;
    assert_eq!(refused(&bytes, &signature, &other.public_key()), "claim.other_key");
    assert_eq!(refused(&bytes, &other.sign(&bytes).unwrap(), &key.public_key()), "signature.invalid");
    let later = Claim { wall_ms: claim.wall_ms + 1, ..claim }.to_bytes();
    assert_eq!(refused(&later, &signature, &key.public_key()), "signature.invalid");
}

#[test]
fn openssl_checks_the_signature() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let key = SoftwareKey::generate();
    let bytes = example().to_bytes();
    std::fs::write(path("claim"), &bytes).unwrap();
    std::fs::write(path("signature"), key.sign(&bytes).unwrap()).unwrap();
    std::fs::write(path("key.pem"), key.public_key().to_pem()).unwrap();
    let check = || {
        let mut openssl = Command::new("openssl");
        openssl
            .args(["dgst", "-sha256", "-verify"])
            .arg(path("key.pem"))
            .arg("-signature")
            .arg(path("signature"))
            .arg(path("claim"));
        openssl.output()
    };
    let Ok(output) = check() else {
        eprintln!("skipped: openssl is not installed, so it did not check the signature");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(path("claim"), [&bytes[..], b"x"].concat()).unwrap();
    assert!(!check().unwrap().status.success());
}

/// A chain of so many claims.
fn chain(count: u64) -> Vec<Link> {
    let mut previous = None;
    (1..=count)
        .map(|sequence| {
            let link = Claim { sequence, previous, ..example() }.link();
            previous = Some(link.hash);
            link
        })
        .collect()
}

#[test]
fn a_whole_chain_has_no_faults_from_wherever_it_is_continued() {
    let chain = chain(9);
    assert_eq!(verify_chain(None, &[]), []);
    assert_eq!(verify_chain(None, &chain), []);
    for known in 0..8 {
        assert_eq!(verify_chain(Some(chain[known]), &chain[known + 1..]), []);
    }
}

#[test]
fn each_fault_is_told_with_its_place() {
    let whole = chain(9);
    let with = |change: &dyn Fn(&mut Vec<Link>)| {
        let mut links = whole.clone();
        change(&mut links);
        verify_chain(None, &links)
    };
    assert_eq!(with(&|links| drop(links.drain(3..6))), [ChainFault::Missing { first: 4, last: 6 }]);
    assert_eq!(with(&|links| drop(links.drain(..1))), [ChainFault::Missing { first: 1, last: 1 }]);
    assert_eq!(with(&|links| links.insert(5, whole[2])), [ChainFault::Repeated { sequence: 3 }]);
    assert_eq!(with(&|links| links.swap(4, 5)), [ChainFault::Reordered { sequence: 5 }]);
    assert_eq!(with(&|links| links[6].previous = Some(Hash([9; 32]))), [ChainFault::BrokenLink { sequence: 7 }]);
    assert_eq!(with(&|links| links[6].device = DeviceId::derived("other")).first(), Some(&ChainFault::OtherDevice { sequence: 7 }));
    assert_eq!(with(&|links| links.push(Link { hash: Hash([9; 32]), ..whole[8] })), [ChainFault::Forked { sequence: 9 }]);
    assert_eq!(with(&|links| links[0].previous = Some(Hash([9; 32]))), [ChainFault::BrokenLink { sequence: 1 }]);
    assert_eq!(verify_chain(Some(whole[4]), &whole[4..]), [ChainFault::Repeated { sequence: 5 }]);
    assert_eq!(verify_chain(Some(whole[4]), &[whole[1]]), [ChainFault::Reordered { sequence: 2 }]);
    assert_eq!(verify_chain(Some(whole[4]), &[Link { hash: Hash([9; 32]), ..whole[4] }]), [ChainFault::Forked { sequence: 5 }]);
}

proptest! {
    /// Whatever is done to the inside of a chain shows.
    #[test]
    fn no_change_to_a_chain_goes_unseen(length in 3u64..20, at: Index, other: Index, kind in 0u8..5) {
        let mut links = chain(length);
        let (at, other) = (at.index(links.len() - 1), other.index(links.len()));
        let hash = Hash([9; 32]);
        match kind {
            0 => drop(links.drain(at..=at)),
            1 => links.insert(other, links[at]),
            2 => links.swap(at, if other == at { at + 1 } else { other }),
            3 => links[at] = Link { hash, ..links[at] },
            _ => links[at].previous = Some(hash),
        }
        prop_assert!(!verify_chain(None, &links).is_empty());
    }
}
