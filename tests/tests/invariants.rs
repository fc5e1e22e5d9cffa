//! The invariants of ARCHITECTURE.md that a compiler cannot check, read from the source tree: who may name what.
//! Comments, strings and test modules do not count; a rule whose only namer is gone is reported too, so none can go stale unseen.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn only_the_document_layer_names_automerge() {
    only("automerge", &["core/src/record/doc.rs"]);
}

#[test]
fn only_the_stores_name_rusqlite() {
    only("rusqlite", &["core/src/store/", "server/src/store"]);
}

#[test]
fn only_the_sync_client_and_webhooks_name_an_http_client() {
    only("reqwest", &["core/src/sync/client.rs", "server/src/webhooks.rs"]);
}

#[test]
fn only_one_file_names_whisper() {
    only("whisper_rs", &["core/src/speech/whisper.rs"]);
}

#[test]
fn only_what_c_calls_is_unsafe() {
    only("unsafe", &["core/src/speech/whisper.rs", "core/cipher/src/lib.rs"]);
}

/// Invariant 1: device and server call the same functions and get the same answer, so time comes in as an argument.
#[test]
fn rules_and_records_have_no_clock_no_file_no_database() {
    let words = ["rusqlite", "tokio", "SystemTime", "Instant"];
    let paths =
        ["std::fs", "std::net", "std::time", "std::env", "std::thread", "Utc::now", "Local::now", "crate::store", "crate::sync"];
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| s.within(&["core/src/rules/", "core/src/record/"])) {
        found.extend(words.iter().filter(|word| source.names(word)).map(|word| format!("{}: {word}", source.path)));
        found.extend(paths.iter().filter(|path| source.uses(path)).map(|path| format!("{}: {path}", source.path)));
    }
    assert!(found.is_empty(), "rules and records must not know these:\n{}", found.join("\n"));
}

/// Everything else is handed a clock, so that a test can let months pass. A phone's clock set by hand must not sign requests.
#[test]
fn only_the_clock_asks_the_system_for_the_time() {
    let allowed = ["core/src/time.rs", "core/src/sync/client.rs"];
    let asking: Vec<_> = sources().into_iter().filter(|s| s.uses("Utc::now") && !s.within(&allowed)).map(|s| s.path).collect();
    assert!(asking.is_empty(), "only {allowed:?} may ask the system for the time, but these do too:\n{}", asking.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<_> = sources().into_iter().filter(|s| !s.text.starts_with("//!")).map(|s| s.path).collect();
    assert!(silent.is_empty(), "these files do not open with a `//!` line:\n{}", silent.join("\n"));
}

#[test]
fn comments_strings_and_test_modules_are_not_code() {
    let text = r##"//! automerge
        use /* automerge /* nested */ automerge */ std::{io, fs::File};
        fn a<'a>(x: &'a str) -> char { let _ = "automerge \" automerge"; let _ = r#"automerge " "#; '"' }
        #[cfg(test)]
        mod tests { use automerge::Change; fn b() { {} } }
        fn automerge_like() {}
    "##;
    let source = Source { path: "x.rs".into(), text: text.into(), code: code_of(text) };
    assert!(!source.names("automerge"), "{}", source.code);
    assert!(source.names("automerge_like") && source.names("File"));
    assert!(source.uses("std::fs") && source.uses("std::io") && !source.uses("std::net"));
}

/// Fails unless `word` is named in `allowed` (files, or folders and prefixes) and nowhere else.
fn only(word: &str, allowed: &[&str]) {
    let (inside, outside): (Vec<_>, Vec<_>) = sources().into_iter().filter(|s| s.names(word)).partition(|s| s.within(allowed));
    let outside: Vec<_> = outside.into_iter().map(|s| s.path).collect();
    assert!(outside.is_empty(), "only {allowed:?} may name `{word}`, but these do too:\n{}", outside.join("\n"));
    assert!(!inside.is_empty(), "nothing in {allowed:?} names `{word}` any more: this rule looks in the wrong place");
}

/// One shipped source file.
struct Source {
    /// From the workspace's root, with forward slashes.
    path: String,
    text: String,
    /// The text without comments, the contents of strings, and test modules.
    code: String,
}

impl Source {
    fn within(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }

    /// Whether `word` stands in the code as a whole identifier.
    fn names(&self, word: &str) -> bool {
        self.code.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|identifier| identifier == word)
    }

    /// Whether the code uses a path such as `std::fs`, written out or inside `use std::{…}`.
    fn uses(&self, path: &str) -> bool {
        let code: String = self.code.split_whitespace().collect();
        let (outer, inner) = path.split_once("::").expect("a path of two names");
        let starts_with_inner = |rest: &str| {
            rest.strip_prefix(inner).is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        code.match_indices(&format!("{outer}::")).any(|(at, found)| {
            let rest = &code[at + found.len()..];
            match rest.strip_prefix('{') {
                Some(group) => top_level_items(group).into_iter().any(starts_with_inner),
                None => starts_with_inner(rest),
            }
        })
    }
}

/// The items of a `use` group whose opening brace has just been read.
fn top_level_items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (1, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            items.push(&group[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    items
}

/// Every Rust file that ships: core, bindings, terminal, server.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate lies in the workspace");
    let mut files = Vec::new();
    for folder in ["core/src", "core/cipher/src", "bindings/src", "bindings/cli/src", "server/src"] {
        collect(&root.join(folder), &mut files);
    }
    assert!(files.len() > 10, "only {} source files found under {}", files.len(), root.display());
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).expect("a readable source file");
            let path = file.strip_prefix(root).expect("inside the root").to_string_lossy().replace('\\', "/");
            Source { path, code: code_of(&text), text }
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable source folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn code_of(text: &str) -> String {
    without_test_modules(&without_comments_and_strings(text))
}

/// Comments become a space, strings and characters empty literals.
fn without_comments_and_strings(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let next = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        let raw_hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
        let begins_word = at == 0 || !(next(at - 1).is_alphanumeric() || next(at - 1) == '_');
        if chars[at] == '/' && next(at + 1) == '/' {
            at += chars[at..].iter().take_while(|c| **c != '\n').count();
        } else if chars[at] == '/' && next(at + 1) == '*' {
            let mut depth = 0;
            loop {
                match (next(at), next(at + 1)) {
                    ('/', '*') => (depth, at) = (depth + 1, at + 2),
                    ('*', '/') => (depth, at) = (depth - 1, at + 2),
                    _ => at += 1,
                }
                if depth == 0 || at >= chars.len() {
                    break;
                }
            }
            out.push(' ');
        } else if chars[at] == 'r' && next(at + 1 + raw_hashes) == '"' && (begins_word || next(at - 1) == 'b') {
            let closes = |end: usize| next(end) == '"' && (1..=raw_hashes).all(|i| next(end + i) == '#');
            let mut end = at + 2 + raw_hashes;
            while end < chars.len() && !closes(end) {
                end += 1;
            }
            out.push_str("\"\"");
            at = end + 1 + raw_hashes;
        } else if chars[at] == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            out.push_str("\"\"");
            at += 1;
        } else if chars[at] == '\'' && (next(at + 1) == '\\' || next(at + 2) == '\'') {
            // A character; a lifetime has no closing quote two places on.
            at += if next(at + 1) == '\\' { 3 } else { 2 };
            while at < chars.len() && chars[at] != '\'' {
                at += 1;
            }
            out.push_str("' '");
            at += 1;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Drops `#[cfg(test)] mod … { … }`.
fn without_test_modules(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let (before, test) = rest.split_at(at);
        kept.push_str(before);
        let body = test.find(['{', ';']).unwrap_or(test.len());
        let mut end = body;
        if test[body..].starts_with('{') {
            let mut depth = 0;
            for (offset, c) in test[body..].char_indices() {
                depth += i32::from(c == '{') - i32::from(c == '}');
                end = body + offset;
                if depth == 0 {
                    break;
                }
            }
        }
        rest = test.get(end + 1..).unwrap_or_default();
    }
    kept.push_str(rest);
    kept
}
