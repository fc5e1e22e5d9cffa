//! Everything that people read stands in one table, `core/words/words.tsv`: checked against the sources of core, bindings, terminal,
//! server and both apps.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("../../../core/words/words.tsv");

/// Sources that read Chinese instead of saying it, and the demo's people and goods.
const READING: [&str; 3] = ["core/speech/src/understand/", "server/src/import/value.rs", "server/src/demo/"];
/// What the key of an error follows. A fault of the program (`Error::internal`) is told by its kind alone.
const ERRORS: [&str; 11] = [
    "Error::invalid(",
    "Error::not_found(",
    "Problem::invalid(",
    "ErrorKind::Invalid,",
    "ErrorKind::NotFound,",
    "ErrorKind::NotAllowed,",
    "ErrorKind::Offline,",
    "ErrorKind::Server,",
    "ErrorKind::Storage,",
    "ErrorKind::Model,",
    "ErrorKind::Cancelled,",
];
/// What a key of the table follows.
const ASKED: [&str; 3] = ["text.get(", "text.say(", "text.line("];

struct Source {
    path: String,
    /// Without comments and without what follows the opening of an inline test module.
    code: String,
}

#[test]
fn nothing_that_people_read_stands_in_code() {
    let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| is_rust(source) && !READING.iter().any(|place| source.path.starts_with(place))) {
        found.extend(
            source.code.lines().filter(|line| line.contains(chinese)).map(|line| format!("{}: {}", source.path, line.trim())),
        );
    }
    assert!(found.is_empty(), "these belong into the table of words:\n{}", found.join("\n"));
}

#[test]
fn every_error_of_a_person_is_named_by_a_key_with_words() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| is_rust(source)) {
        for opening in ERRORS {
            let keys = literals_behind(&source.code, opening);
            found.extend(keys.into_iter().map(|key| format!("{}: {key}", source.path)));
        }
    }
    assert!(found.is_empty(), "keys of errors are constants of chuda_words::keys:\n{}", found.join("\n"));
}

#[test]
fn every_key_that_is_asked_for_is_in_the_table() {
    let keys: BTreeSet<&str> = keys().collect();
    for source in sources() {
        for opening in if is_rust(&source) { &ASKED[..] } else { &["words("] } {
            for key in literals_behind(&source.code, opening) {
                // One that is put together ends with what it is put together from.
                let whole = !key.contains(['$', '\\', '{']);
                assert!(!whole || keys.contains(key), "{}: no words for {key}", source.path);
            }
        }
    }
}

#[test]
fn nothing_in_the_table_is_never_said() {
    let code: String = sources().into_iter().map(|source| source.code).collect();
    let said = Said::read(&code);
    let unsaid: Vec<&str> = keys().filter(|key| !said.says(key)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}

/// What sources name.
struct Said<'a> {
    /// What stands in quotes, and what stands between quotes.
    whole: BTreeSet<&'a str>,
    /// What the keys of a list begin with: `mode` of `"mode.${mode}"`, of `"mode.{mode}"`, of `label("mode", …)`, of `named("mode", …)`, of `"mode": ContactMode`.
    lists: BTreeSet<&'a str>,
    /// Constants of errors.
    constants: BTreeSet<&'a str>,
}

impl<'a> Said<'a> {
    fn read(code: &'a str) -> Self {
        let pieces: Vec<&str> = code.split('"').collect();
        let put_together =
            pieces.iter().filter_map(|piece| piece.find(['$', '\\', '{']).and_then(|at| piece[..at].strip_suffix('.')));
        let listed = |pair: &&[&'a str]| ["label(", "named(", "Word::fixed("].iter().any(|way| pair[0].ends_with(way));
        let labels = pieces.windows(2).filter(listed).map(|pair| pair[1]);
        // A list of `of_list!`: `"grade": Grade,`.
        let typed = |pair: &&[&'a str]| pair[1].strip_prefix(": ").is_some_and(|rest| rest.starts_with(char::is_uppercase));
        let types = pieces.windows(2).filter(typed).map(|pair| pair[0]);
        let constant = |rest: &'a str| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
        Self {
            lists: put_together.chain(labels).chain(types).collect(),
            constants: code.split("keys::").skip(1).map(constant).collect(),
            whole: pieces.into_iter().collect(),
        }
    }

    fn says(&self, key: &str) -> bool {
        let name = key.strip_prefix("error.").unwrap_or(key);
        // What is said of a kind of error whose key is not known.
        key.starts_with("fault.")
            || self.whole.contains(name)
            || self.constants.contains(&*name.to_uppercase().replace('.', "_"))
            || name.match_indices('.').any(|(at, _)| self.lists.contains(&name[..at]))
    }
}

fn keys() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter_map(|line| line.split('\t').next())
}

fn is_rust(source: &Source) -> bool {
    std::path::Path::new(&source.path).extension().is_some_and(|ending| ending == "rs")
}

/// The string literals that stand directly behind `opening`.
fn literals_behind<'a>(code: &'a str, opening: &str) -> Vec<&'a str> {
    let behind = code.split(opening).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
    behind.map(|(literal, _)| literal).collect()
}

/// Every shipped source in Rust, Kotlin and Swift.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    let mut found = Vec::new();
    for folder in ["core", "bindings/src", "bindings/cli/src", "server/src", "android", "ios"] {
        collect(root, &root.join(folder), &mut found);
    }
    assert!(found.len() > 200, "only {} sources under {}", found.len(), root.display());
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            let other = matches!(name, "tests" | "test" | "Tests" | "examples" | "build" | "target") || name.starts_with('.');
            if !other {
                collect(root, &path, found);
            }
        } else if !matches!(name, "tests.rs" | "fixtures.rs" | "build.rs")
            && [".rs", ".kt", ".swift"].iter().any(|end| name.ends_with(end))
        {
            let text = fs::read_to_string(&path).expect("a source");
            let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code = shipped.lines().map(|line| line.split("// ").next().unwrap_or_default());
            let code = code.map(|line| if line.trim_start().starts_with("//") { "" } else { line });
            let path = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            found.push(Source { path, code: code.collect::<Vec<_>>().join("\n") });
        }
    }
}
