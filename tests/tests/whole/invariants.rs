//! The invariants of ARCHITECTURE.md that neither a crate's boundary nor `deny.toml` keeps: which file of a crate may say what.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn a_word_is_said_in_its_own_place_alone() {
    for (word, places) in [
        ("automerge", &["core/record/src/doc.rs"][..]),
        ("rusqlite", &["core/sqlite/src/", "core/phone/src/store/", "server/src/store/"]),
        ("reqwest", &["core/phone/src/sync/client.rs", "server/src/webhooks/"]),
        ("whisper_rs", &["core/speech/src/whisper.rs"]),
        ("unsafe", &["core/speech/src/whisper.rs", "core/cipher/src/lib.rs"]),
        // Everything else is handed a clock, so that a test can let months pass. A phone's clock set by hand must not sign requests.
        ("Utc::now", &["core/evidence/src/clock.rs", "core/phone/src/sync/client.rs"]),
    ] {
        let (inside, outside): (Vec<_>, Vec<_>) = sources()
            .into_iter()
            .filter(|(_, text)| code(text).any(|line| says(line, word)))
            .map(|(path, _)| path)
            .partition(|path| places.iter().any(|place| path.starts_with(place)));
        assert!(outside.is_empty(), "only {places:?} may say `{word}`, but these do too: {outside:?}");
        assert!(!inside.is_empty(), "nothing in {places:?} says `{word}` any more: this rule looks in the wrong place");
    }
}

/// Phone and server call the same functions and get the same answer: what those ask comes in as an argument.
#[test]
fn records_and_rules_have_no_clock_no_file_no_network() {
    let words = ["SystemTime", "Instant", "Utc::now", "Local::now", "std::fs", "std::net", "std::env", "std::thread", "File"];
    let crates = ["rusqlite", "tokio", "reqwest"];
    let manifest = fs::read_to_string(root().join("core/record/Cargo.toml")).expect("a manifest");
    let needed: Vec<_> = crates.iter().filter(|name| manifest.lines().any(|line| line.starts_with(**name))).collect();
    assert!(needed.is_empty(), "core/record must not need {needed:?}");
    for (path, text) in sources().iter().filter(|(path, _)| path.starts_with("core/record/")) {
        let said: Vec<_> = words.iter().filter(|word| code(text).any(|line| says(line, word))).collect();
        assert!(said.is_empty(), "{path} must not know {said:?}");
    }
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<_> = sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "these files do not open with a `//!` line: {silent:?}");
}

/// The lines that ship: what comes before a file's tests, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let shipped = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    shipped.lines().map(|line| line.split("//").next().unwrap_or_default())
}

/// Whether a word stands in a line as a whole.
fn says(line: &str, word: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

/// Every Rust file that ships, by its path from the root.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["core", "bindings", "server"] {
        collect(&root().join(folder), &mut files);
    }
    let named = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable source file");
        let path = path.strip_prefix(root()).expect("inside the root").to_string_lossy().replace('\\', "/");
        (path, text)
    };
    files.into_iter().map(named).filter(|(path, _)| path.contains("/src/")).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests' crate lies in the workspace")
}
