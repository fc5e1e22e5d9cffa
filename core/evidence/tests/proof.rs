//! Proof bundles: valid as exported, checked by other programs, and no byte of them can be changed unseen (S10).
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;

use chuda_evidence::claim::{Claim, Link, Location, Source, Version};
use chuda_evidence::proof::{Evidence, Report, export, verify};
use chuda_evidence::{Mime, Signer, SoftwareKey};
use chuda_record::id::{DeviceId, EvidenceId, Hash, PersonId};

struct Signed {
    original: Vec<u8>,
    claim: Vec<u8>,
    signature: Vec<u8>,
    key: SoftwareKey,
    chain: Vec<Link>,
}

/// The third photo of a device.
fn signed() -> Signed {
    let key = SoftwareKey::generate();
    let original: Vec<u8> = (0..200u32).map(|at| (at * 7 % 253) as u8).collect();
    let mut chain: Vec<Link> = Vec::new();
    let mut claim = Claim {
        version: Version::V1,
        evidence: EvidenceId::derived("evidence"),
        sha256: Hash::of(&original),
        size: original.len() as u64,
        mime: Mime::Jpeg,
        source: Source::Camera,
        wall_ms: 1_700_000_000_000,
        monotonic_ms: 12_345,
        boot_id: "boot".into(),
        trusted_time: None,
        location: Some(Location { latitude_e6: 22_531_133, longitude_e6: 114_021_481, accuracy_m: 12, age_ms: 800, mock: false }),
        person: PersonId::derived("person"),
        device: DeviceId::derived("device"),
        key: key.public_key().id(),
        touch: None,
        customer: None,
        consent: None,
        unreadable: None,
        flags: [].into(),
        sequence: 1,
        previous: None,
    };
    for _ in 0..2 {
        chain.push(claim.link());
        claim.previous = Some(claim.hash());
        claim.sequence += 1;
    }
    let claim = claim.to_bytes();
    Signed { signature: key.sign(&claim).unwrap(), original, claim, key, chain }
}

fn exported(signed: &Signed, path: &Path) {
    let evidence =
        Evidence { claim: &signed.claim, signature: &signed.signature, key: &signed.key.public_key(), chain: &signed.chain };
    export(path, &evidence, &mut Cursor::new(&signed.original)).unwrap();
}

fn failed(report: &Report) -> Vec<&str> {
    report.checks.iter().filter(|check| !check.ok).map(|check| check.name.as_str()).collect()
}

/// Name, start and content of each member, as a zip program sees them.
fn members(bundle: &[u8]) -> Vec<(String, usize, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bundle)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut member = zip.by_index(at).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            (member.name().unwrap().into_owned(), member.data_start().unwrap() as usize, content)
        })
        .collect()
}

#[test]
fn a_bundle_is_valid_and_says_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.zip");
    let signed = signed();
    exported(&signed, &path);
    let report = verify(&path).unwrap();
    assert!(report.valid, "{report:?}");
    let names: Vec<_> = report.checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(names, ["container", "claim", "public_key", "signature", "original", "claim_json", "chain", "readme", "checksums"]);
    let bundle = fs::read(&path).unwrap();
    let members = members(&bundle);
    assert_eq!(members.last().unwrap().0, "original.jpg");
    assert_eq!(members.last().unwrap().2, signed.original);
    let readme = &members[0];
    assert!(String::from_utf8(readme.2.clone()).unwrap().contains("openssl dgst -sha256 -verify"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the bundle is left");
}

#[test]
fn the_first_claim_and_an_unknown_chain_are_fine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.zip");
    let mut signed = signed();
    signed.chain.clear();
    exported(&signed, &path);
    assert!(verify(&path).unwrap().valid);
}

#[test]
fn what_does_not_hold_together_is_not_exported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.zip");
    let signed = signed();
    let key = signed.key.public_key();
    let evidence = Evidence { claim: &signed.claim, signature: &signed.signature, key: &key, chain: &signed.chain };
    let refused = |evidence: &Evidence<'_>, original: &[u8]| export(&path, evidence, &mut Cursor::new(original)).unwrap_err().key;
    assert_eq!(refused(&evidence, b"another"), "proof.original_differs");
    assert_eq!(refused(&Evidence { signature: b"none", ..evidence }, &signed.original), "signature.invalid");
    assert_eq!(refused(&Evidence { chain: &signed.chain[..1], ..evidence }, &signed.original), "proof.chain_differs");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// S10: every byte of the bundle, in every member and between them.
#[test]
fn every_changed_byte_is_found_and_placed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.zip");
    exported(&signed(), &path);
    let whole = fs::read(&path).unwrap();
    let members = members(&whole);
    let readme = members[0].1..members[0].1 + members[0].2.len();
    // The readme is most of the bundle and all alike.
    for at in (0..whole.len()).filter(|at| !readme.contains(at) || at % 16 == 0) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&path, &changed).unwrap();
        let report = verify(&path).unwrap();
        assert!(!report.valid, "byte {at}");
        let failed = failed(&report);
        assert!(failed.contains(&"container"), "byte {at}: {failed:?}");
        let Some((name, ..)) = members.iter().find(|(_, start, content)| (*start..start + content.len()).contains(&at)) else {
            continue;
        };
        let check = match name.as_str() {
            "README.txt" => "readme",
            "claim.json" => "claim_json",
            "claim.cbor" | "signature.der" => "signature",
            "public_key.pem" => "public_key",
            "chain.json" => "chain",
            "SHA256SUMS" => "checksums",
            _ => "original",
        };
        // An inner link's own hash is covered by the list of checksums alone.
        let found = failed.contains(&check) || (name == "chain.json" && failed.contains(&"checksums"));
        assert!(found, "byte {at} of {name}: {failed:?}");
        let placed = report.checks.iter().any(|check| !check.ok && check.detail.contains(name.as_str()));
        assert!(placed, "byte {at} of {name}: {report:?}");
    }
    for cut in (0..whole.len()).step_by(97) {
        fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(failed(&verify(&path).unwrap()), ["container"], "cut at {cut}");
    }
    fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    assert_eq!(failed(&verify(&path).unwrap()), ["container"]);
}

/// Somebody who repacks the bundle with another original, and fixes every checksum, still has no signature for it.
#[test]
fn a_forged_bundle_fails_on_the_signature_or_the_original() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.zip");
    let (genuine, other) = (signed(), signed());
    exported(&genuine, &path);
    // All of another key's bundle, but with the genuine public key in it.
    exported(&other, &path);
    let mut bundle = fs::read(&path).unwrap();
    let (_, start, content) = members(&bundle).into_iter().find(|(name, ..)| name == "public_key.pem").unwrap();
    bundle[start..start + content.len()].copy_from_slice(genuine.key.public_key().to_pem().as_bytes());
    fs::write(&path, &bundle).unwrap();
    let report = verify(&path).unwrap();
    assert!(failed(&report).contains(&"public_key") && failed(&report).contains(&"signature"));
}

#[test]
fn what_is_no_bundle_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.zip");
    for bytes in [&b""[..], b"PK", &[0; 5000], b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(failed(&verify(&path).unwrap()), ["container"]);
    }
    assert_eq!(verify(&folder.path().join("none.zip")).unwrap_err().key, "file.not_found");
}

/// The commands of the readme, as it gives them, on what a zip program unpacked.
#[test]
fn openssl_and_sha256sum_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proof.zip");
    exported(&signed(), &path);
    let mut readme = String::new();
    for (name, _, content) in members(&fs::read(&path).unwrap()) {
        fs::write(folder.path().join(&name), &content).unwrap();
        if name == "README.txt" {
            readme = String::from_utf8(content).unwrap();
        }
    }
    let claim: serde_json::Value = serde_json::from_slice(&fs::read(folder.path().join("claim.json")).unwrap()).unwrap();
    let run = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).current_dir(folder.path()).output().unwrap();
        if output.status.code() == Some(127) {
            eprintln!("skipped: {command}: not installed");
            return None;
        }
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).unwrap())
    };
    let commands: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("     ")).collect();
    assert_eq!(commands.len(), 8, "four in each language");
    for command in commands {
        let Some(output) = run(command) else { continue };
        if command.ends_with("original.jpg") {
            assert!(output.starts_with(claim["sha256"].as_str().unwrap()), "{output}");
        } else if command.starts_with("openssl pkey") {
            assert!(output.starts_with(claim["key"].as_str().unwrap()), "{output}");
        }
    }
}
