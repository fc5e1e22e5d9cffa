//! A bundle is valid as written, and whoever changes anything in it is found out, however well the archive is put together again.

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;

use super::bundle::{CHANGES, CHECKPOINT, ENTRIES, LARGE, SMALL};
use super::*;
use crate::proof::{PUBLIC_KEY, README, Report, SIGNATURE, SUMS, sums};
use crate::{Signer as _, SoftwareKey, archive};
use chuda_record::id::{DeviceId, Hash, PersonId, RecordId};
use chuda_record::time::from_millis;
use chuda_record::{Actor, Doc, Fields, Scalar};

/// A log of a key, then acts of every kind: changes, one of them refused and unreadable, one that was not kept, a look, a restore.
fn log(key: &SoftwareKey) -> Vec<(Entry, Hash, Option<Vec<u8>>)> {
    let person = PersonId::derived("李雷");
    let device = DeviceId::derived("device");
    let record = RecordId::derived("touch");
    let mut doc = Doc::new();
    let mut change = |note: &str| {
        let fields =
            Fields::from([("kind".to_owned(), Scalar::Text("touch".into())), ("note".to_owned(), Scalar::Text(note.into()))]);
        doc.write(Actor { device, incarnation: 0 }, from_millis(1_770_000_000_000), &fields).unwrap().unwrap()
    };
    let (first, second, lost) = (change("杭州智联科技"), change("again"), change("lost"));
    let unreadable = b"no change at all".to_vec();
    let acts = [
        ("key_made", About::Key(key.public_key().id()), None),
        ("created", About::Change(first.hash), Some(first.bytes().to_vec())),
        ("changed", About::Change(second.hash), Some(second.bytes().to_vec())),
        ("refused", About::Change(Hash::of(&unreadable)), Some(unreadable)),
        ("viewed", About::Blob(Hash::of(b"photo")), None),
        ("changed", About::Change(lost.hash), None),
        ("restored", About::Entry(Hash::of(b"entry")), None),
    ];
    let mut previous = None;
    let numbered = acts.into_iter().zip(1..).map(|((verb, about, bytes), n)| {
        let entry = Entry {
            n,
            at: 1_770_000_000_000 + n as i64,
            person: Some(person),
            via: format!("device {device}"),
            verb: verb.into(),
            record: Some(record),
            kind: Some("touch".into()),
            about: Some(about),
            detail: (verb == "refused").then(|| "malformed".into()),
            previous,
        };
        previous = Some(entry.hash());
        let hash = entry.hash();
        (entry, hash, bytes)
    });
    numbered.collect()
}

fn written(folder: &Path, key: &SoftwareKey, log: &[(Entry, Hash, Option<Vec<u8>>)], head: (u64, Hash)) -> Vec<u8> {
    let path = folder.join("audit.zip");
    let mut bundle = Bundle::begin(&path).unwrap();
    for (entry, hash, change) in log {
        bundle.add(entry, *hash, change.as_deref()).unwrap();
    }
    let people = [Known { id: PersonId::derived("李雷"), name: "李雷".into(), roles: vec!["rep".into()] }];
    bundle.finish(&people, head, 1_770_000_009_000, key).unwrap();
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "nothing but the bundle is left");
    fs::read(path).unwrap()
}

/// The whole log as a bundle.
fn whole(folder: &Path) -> Vec<u8> {
    let key = SoftwareKey::generate();
    let log = log(&key);
    written(folder, &key, &log, log.last().map(|(entry, hash, _)| (entry.n, *hash)).unwrap())
}

fn check(folder: &Path, bytes: &[u8]) -> Report {
    let path = folder.join("changed.zip");
    fs::write(&path, bytes).unwrap();
    verify(&path).unwrap()
}

fn failed(report: &Report) -> Vec<&str> {
    report.checks.iter().filter(|check| !check.ok).map(|check| check.name.as_str()).collect()
}

fn detail<'a>(report: &'a Report, name: &str) -> &'a str {
    &report.checks.iter().find(|check| check.name == name).unwrap().detail
}

type Members = Vec<(String, Vec<u8>)>;

fn unpacked(bundle: &[u8]) -> Members {
    let mut zip = zip::ZipArchive::new(Cursor::new(bundle)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut member = zip.by_index(at).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            (member.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// Packs members as somebody does who knows the format and puts every checksum right.
fn repacked(mut members: Members) -> Vec<u8> {
    let list = sums(members.iter().filter(|(name, _)| name != SUMS).map(|(name, content)| (name.as_str(), Hash::of(content))));
    let mut zip = archive::Writer::new(Vec::new());
    for (name, content) in &mut members {
        if name == SUMS {
            *content = list.clone().into_bytes();
        }
        zip.add(name, &mut Cursor::new(content)).unwrap();
    }
    zip.finish().unwrap()
}

fn lines(members: &mut Members, name: &str, edit: impl FnOnce(&mut Vec<String>)) {
    let content = &mut members.iter_mut().find(|(other, _)| other == name).unwrap().1;
    let mut lines: Vec<String> = std::str::from_utf8(content).unwrap().lines().map(str::to_owned).collect();
    edit(&mut lines);
    *content = (lines.join("\n") + "\n").into_bytes();
}

#[test]
fn a_bundle_is_valid_and_says_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = whole(folder.path());
    assert!(is_bundle(&folder.path().join("audit.zip")).unwrap());
    let report = check(folder.path(), &bundle);
    assert!(report.valid, "{report:?}");
    let names: Vec<_> = report.checks.iter().map(|check| check.name.as_str()).collect();
    assert_eq!(
        names,
        ["container", "checkpoint", "public_key", "signature", "entries", "changes", "people", "readme", "checksums"]
    );
    assert_eq!(detail(&report, "entries"), "entries 1 to 7, each follows from the one before");
    assert!(
        detail(&report, "changes").contains("4 changes")
            && detail(&report, "changes").contains("1 not kept, the first of them at entry 6")
    );
    let members = unpacked(&bundle);
    assert!(members.iter().map(|(name, _)| name.as_str()).eq(SMALL.into_iter().chain(LARGE)));
    let text = |name: &str| String::from_utf8(members.iter().find(|(other, _)| other == name).unwrap().1.clone()).unwrap();
    // What was written can be read without this program.
    assert!(text(CHANGES).lines().next().unwrap().contains(r#""writes":{"kind":"touch","note":"杭州智联科技"}"#));
    assert!(text(ENTRIES).lines().nth(3).unwrap().contains(r#""at":"2026-02-02T02:40:00.004Z""#));
    // A change's hash is the SHA-256 of its bytes from the ninth on, as the readme says.
    let line: serde_json::Value = serde_json::from_str(text(CHANGES).lines().next().unwrap()).unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, line["bytes"].as_str().unwrap()).unwrap();
    assert_eq!(Hash::of(&bytes[8..]).to_string(), line["change"]);
}

#[test]
fn a_part_of_the_log_is_valid_and_names_the_entry_before() {
    let folder = tempfile::tempdir().unwrap();
    let key = SoftwareKey::generate();
    let log = log(&key);
    let head = log.last().map(|(entry, hash, _)| (entry.n, *hash)).unwrap();
    let part = written(folder.path(), &key, &log[2..5], head);
    let report = check(folder.path(), &part);
    assert!(report.valid, "{report:?}");
    assert_eq!(detail(&report, "entries"), "entries 3 to 5, each follows from the one before");
    let checkpoint = &unpacked(&part)[1].1;
    let checkpoint: Checkpoint = serde_json::from_slice(checkpoint).unwrap();
    assert_eq!((checkpoint.before, checkpoint.end, checkpoint.count), (Some(log[1].1), log[4].1, 7));
}

#[test]
fn nothing_is_no_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.zip");
    let refused = Bundle::begin(&path).unwrap().finish(&[], (1, Hash::of(b"")), 1, &SoftwareKey::generate()).unwrap_err();
    assert_eq!(refused.key, "audit.empty");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_eq!(verify(&path).unwrap_err().key, "file.not_found");
    for bytes in [&b""[..], b"PK", &[0; 5000]] {
        assert_eq!(failed(&check(folder.path(), bytes)), ["container"]);
    }
}

/// S10: every byte of the file, in every member and between them.
#[test]
fn every_changed_byte_is_found_and_placed() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = whole(folder.path());
    let mut zip = zip::ZipArchive::new(Cursor::new(&bundle)).unwrap();
    let places: Vec<(String, usize, usize)> = (0..zip.len())
        .map(|at| {
            let member = zip.by_index(at).unwrap();
            let start = member.data_start().unwrap() as usize;
            (member.name().unwrap().into_owned(), start, start + member.size() as usize)
        })
        .collect();
    let readme = places[0].1..places[0].2;
    // The readme is most of the bundle and all alike.
    for at in (0..bundle.len()).filter(|at| !readme.contains(at) || at % 16 == 0) {
        let mut changed = bundle.clone();
        changed[at] ^= 1 << (at % 8);
        let report = check(folder.path(), &changed);
        assert!(!report.valid && failed(&report).contains(&"container"), "byte {at}: {report:?}");
        let Some((name, start, _)) = places.iter().find(|(_, start, end)| (*start..*end).contains(&at)) else { continue };
        let named = match name.as_str() {
            README => "readme",
            CHECKPOINT | SIGNATURE => "signature",
            PUBLIC_KEY => "public_key",
            SUMS => "checksums",
            ENTRIES => "entries",
            CHANGES => "changes",
            _ => "people",
        };
        assert!(failed(&report).contains(&named), "byte {at} of {name}: {report:?}");
        if [ENTRIES, CHANGES].contains(&name.as_str()) {
            // The line that was changed is told: by its number, or as the one after the last good one.
            let line = bundle[*start..at].split(|byte| *byte == b'\n').count() - 1;
            let n = if name == ENTRIES { line as u64 + 1 } else { [2, 3, 4, 6][line] };
            let said = detail(&report, named);
            let told = [format!("entry {n}"), format!("entry {}", n - 1), format!("entry {}", n + 1), "at the beginning".into()];
            assert!(told.iter().any(|place| said.contains(place.as_str())), "byte {at} of {name}, entry {n}: {said}");
        }
    }
    for cut in (0..bundle.len()).step_by(97) {
        assert_eq!(failed(&check(folder.path(), &bundle[..cut])), ["container"], "cut at {cut}");
    }
    assert_eq!(failed(&check(folder.path(), &[&bundle[..], b"more"].concat())), ["container"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Somebody takes entries out, moves or doubles them, or edits one and gives it a fitting hash, and packs it all properly.
    #[test]
    fn a_list_that_was_tampered_with_is_told_with_the_entry(at in 0_usize..7, to in 0_usize..7, how in 0..4) {
        let folder = tempfile::tempdir().unwrap();
        let mut members = unpacked(&whole(folder.path()));
        prop_assume!(at != to || how != 1);
        // The entry at which it must show.
        let mut place = at as u64 + 1;
        lines(&mut members, ENTRIES, |lines| match how {
            0 => drop(lines.remove(at)),
            1 => {
                lines.swap(at, to);
                place = at.min(to) as u64 + 1;
            }
            2 => lines.insert(at, lines[to].clone()),
            _ => {
                let mut line: bundle::EntryLine = serde_json::from_str(&lines[at]).unwrap();
                line.entry.person = Some(PersonId::derived("韩梅"));
                lines[at] = bundle::entry_line(&line.entry, line.entry.hash());
            }
        });
        let report = check(folder.path(), &repacked(members));
        prop_assert!(failed(&report).contains(&"entries"), "{:?}", report);
        prop_assert!(!failed(&report).contains(&"container") && !failed(&report).contains(&"checksums"));
        let said = detail(&report, "entries");
        // An edit shows at the entry that follows, which names the hash that was there before.
        let near = [place.saturating_sub(1), place, place + 1].map(|n| format!("entry {n}"));
        prop_assert!(near.iter().any(|near| said.contains(near.as_str())) || said.contains("the last entry is"), "{}: {}", place, said);
    }

    /// The same with the changes: one taken out, swapped, its bytes edited, or left as if it had not been kept.
    #[test]
    fn a_change_that_was_tampered_with_is_told_with_its_entry(at in 0_usize..3, to in 0_usize..3, how in 0..5, byte in 0_usize..60) {
        let folder = tempfile::tempdir().unwrap();
        let mut members = unpacked(&whole(folder.path()));
        prop_assume!(at != to);
        let entry = |line: usize| [2, 3, 4, 6][line];
        let mut place: u64 = entry(at);
        lines(&mut members, CHANGES, |lines| match how {
            0 => drop(lines.remove(at)),
            1 => {
                lines.swap(at, to);
                place = entry(at.min(to));
            }
            2 => {
                let (mut line, other): (serde_json::Value, serde_json::Value) =
                    (serde_json::from_str(&lines[at]).unwrap(), serde_json::from_str(&lines[to]).unwrap());
                line["bytes"] = other["bytes"].clone();
                lines[at] = line.to_string();
            }
            3 => {
                let mut line: serde_json::Value = serde_json::from_str(&lines[at]).unwrap();
                let mut text = line["bytes"].as_str().unwrap().to_owned().into_bytes();
                let byte = byte % (text.len() - 4);
                text[byte] = if text[byte] == b'A' { b'B' } else { b'A' };
                line["bytes"] = String::from_utf8(text).unwrap().into();
                lines[at] = line.to_string();
            }
            _ => {
                let line: serde_json::Value = serde_json::from_str(&lines[at]).unwrap();
                lines[at] = format!(r#"{{"n":{},"document":{},"change":{},"bytes":null}}"#, line["n"], line["document"], line["change"]);
            }
        });
        let report = check(folder.path(), &repacked(members));
        prop_assert!(failed(&report).contains(&"changes"), "{:?}", report);
        prop_assert_eq!(failed(&report).len(), 1, "{:?}", report);
        prop_assert!(detail(&report, "changes").contains(&format!("entry {place}")), "{}: {}", place, detail(&report, "changes"));
    }

    /// Lists of any bytes are refused and nothing else happens.
    #[test]
    fn hostile_lists_do_no_harm(entries in ".{0,200}", changes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        let mut members = unpacked(&whole(folder.path()));
        for (name, content) in &mut members {
            match name.as_str() {
                ENTRIES => *content = entries.clone().into_bytes(),
                CHANGES => content.clone_from(&changes),
                _ => {}
            }
        }
        prop_assert!(!check(folder.path(), &repacked(members)).valid);
    }
}

#[test]
fn another_key_another_checkpoint_or_another_log_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let (genuine, other) = (unpacked(&whole(folder.path())), unpacked(&whole(folder.path())));
    let member = |members: &Members, name: &str| members.iter().position(|(other, _)| other == name).unwrap();
    let with = |names: &[&str]| {
        let mut members = genuine.clone();
        for name in names {
            let at = member(&members, name);
            members[at] = other[at].clone();
        }
        failed(&check(folder.path(), &repacked(members))).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(with(&[PUBLIC_KEY]), ["public_key", "signature"]);
    assert_eq!(with(&[SIGNATURE]), ["signature"]);
    assert_eq!(with(&[CHECKPOINT]), ["public_key", "signature", "entries"]);
    assert_eq!(with(&[CHECKPOINT, SIGNATURE]), ["public_key", "signature", "entries"]);
    // The other server's key vouches for its own log, not for this one. Both wrote the same changes.
    assert_eq!(with(&[CHECKPOINT, SIGNATURE, PUBLIC_KEY]), ["entries"]);
    assert_eq!(with(&[ENTRIES, CHANGES]), ["entries"]);
}

#[test]
fn a_line_without_end_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut members = unpacked(&whole(folder.path()));
    let at = members.iter().position(|(name, _)| name == ENTRIES).unwrap();
    members[at].1 = vec![b'{'; 9 * 1024 * 1024];
    let report = check(folder.path(), &repacked(members));
    assert!(detail(&report, "entries").contains("too long"), "{report:?}");
}

/// The commands of the readme, as it gives them, on what a zip program unpacked.
#[test]
fn openssl_and_sha256sum_agree() {
    let folder = tempfile::tempdir().unwrap();
    let members = unpacked(&whole(folder.path()));
    for (name, content) in &members {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let checkpoint: serde_json::Value = serde_json::from_slice(&members[1].1).unwrap();
    let readme = std::str::from_utf8(&members[0].1).unwrap();
    let commands: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("     ")).collect();
    assert_eq!(commands.len(), 10, "five in each language");
    for command in commands.into_iter().filter(|command| !command.starts_with("chuda")) {
        let output = Command::new("sh").args(["-c", command]).current_dir(folder.path()).output().unwrap();
        if output.status.code() == Some(127) {
            eprintln!("skipped: {command}: not installed");
            continue;
        }
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        let output = String::from_utf8(output.stdout).unwrap();
        if command.starts_with("openssl pkey") {
            assert!(output.starts_with(checkpoint["key"].as_str().unwrap()), "{output}");
        } else if command.starts_with("sha256sum entries") {
            let said: Vec<&str> = output.lines().map(|line| line.split(' ').next().unwrap()).collect();
            assert_eq!(said, ["entries", "changes", "people"].map(|name| checkpoint[name].as_str().unwrap()));
        }
    }
}
