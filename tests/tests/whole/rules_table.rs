//! `docs/rules.md` has a row for every rule, and what its rows name is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every rule that the product keeps.
const RULES: [&str; 30] = [
    "H1", "H2", "H3", "H4", "B1", "B2", "B3", "B4", "B5", "T1", "T2", "T3", "T4", "T5", "T6", "M1", "M2", "G1", "G2", "G3", "D1",
    "D2", "F1", "F2", "F3", "N1", "N2", "N3", "R1", "R2",
];
const LAST: &str = "R3";

#[test]
fn every_rule_has_a_row_with_its_place_its_tests_and_its_command() {
    let rows = rows();
    let missing: Vec<&str> = RULES.into_iter().chain([LAST]).filter(|id| !rows.contains_key(*id)).collect();
    assert!(missing.is_empty(), "no row in docs/rules.md: {missing:?}");
    let unknown: Vec<&String> = rows.keys().filter(|id| !RULES.contains(&id.as_str()) && *id != LAST).collect();
    assert!(unknown.is_empty(), "rows of rules that do not exist: {unknown:?}");
}

#[test]
fn what_the_rows_name_is_there() {
    let args = sources("bindings/cli/src") + &sources("server/src/commands");
    let config = read("core/record/src/rules/default.json");
    let mut wrong = Vec::new();
    for (id, cells) in rows() {
        let [place, tests, command] = cells.as_slice() else {
            wrong.push(format!("{id}: not four cells"));
            continue;
        };
        if quoted(place).is_empty() || quoted(tests).is_empty() || quoted(command).is_empty() {
            wrong.push(format!("{id}: an empty cell"));
        }
        for name in quoted(place) {
            let is_rule = config.contains(&format!("\"id\": \"{name}\""));
            if !is_rule && !root().join(&name).exists() {
                wrong.push(format!("{id}: no file and no rule {name}"));
            }
        }
        for name in quoted(tests) {
            let found = name.split_once("::").is_some_and(|(file, test)| {
                let source = fs::read_to_string(root().join(file)).unwrap_or_default();
                source.contains(&format!("fn {test}("))
            });
            if !found {
                wrong.push(format!("{id}: no test {name}"));
            }
        }
        for name in quoted(command) {
            // `chuda lead claim` is an enumeration `Lead` with a variant `Claim` in the command line's description.
            let words: Vec<&str> = name
                .split_whitespace()
                .skip(1)
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                .collect();
            let variant = |word: &str| word.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect::<String>();
            if words.is_empty() || !words.iter().all(|word| args.contains(&variant(word))) {
                wrong.push(format!("{id}: no command {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/rules.md:\n{}", wrong.join("\n"));
}

/// The rows of the table: id, then the cells after what the rule says.
fn rows() -> BTreeMap<String, Vec<String>> {
    let table = read("docs/rules.md");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let is_row = |cells: &Vec<String>| cells.len() > 2 && cells[0].len() == 2 && cells[0].ends_with(|c: char| c.is_ascii_digit());
    table
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(cells)
        .filter(is_row)
        .map(|mut cells| (cells.remove(0), cells.split_off(1)))
        .collect()
}

/// What stands in backquotes.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All sources of a folder.
fn sources(folder: &str) -> String {
    let entries = fs::read_dir(root().join(folder)).expect("a folder of sources").map(|entry| entry.expect("an entry").path());
    let text = |path: PathBuf| match path.strip_prefix(root()) {
        Ok(inside) if path.is_dir() => sources(&inside.to_string_lossy()),
        _ => fs::read_to_string(&path).unwrap_or_default(),
    };
    entries.map(text).collect()
}
