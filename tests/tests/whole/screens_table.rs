//! `docs/screens.md` says what every screen of both phones shows and does, and both phones have it.

use std::fs;
use std::path::Path;

#[test]
fn both_phones_have_what_the_table_names() {
    let mut wrong = Vec::new();
    let rows = rows();
    assert!(rows.len() > 10, "{} screens", rows.len());
    for [screen, state, fields, events, android, ios] in rows {
        for (file, class, field, event) in [(&android, "class", "val", "fun"), (&ios, "struct", "var", "func")] {
            let file = quoted(file).remove(0);
            let Ok(source) = fs::read_to_string(root().join(&file)) else {
                wrong.push(format!("{screen}: no file {file}"));
                continue;
            };
            let has = |keyword: &str, name: &str| declares(&source, keyword, name);
            let mut missing: Vec<String> = quoted(&state).into_iter().filter(|name| !has(class, name)).collect();
            missing.extend(quoted(&fields).into_iter().filter(|name| !has(field, name) && !has("let", name)));
            missing.extend(quoted(&events).into_iter().filter(|name| !has(event, name)));
            wrong.extend(missing.iter().map(|name| format!("{screen}: {file} has no {name}")));
        }
    }
    assert!(wrong.is_empty(), "docs/screens.md:\n{}", wrong.join("\n"));
}

/// Whether a source declares a name with a keyword, such as `val home`.
fn declares(source: &str, keyword: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    source.match_indices(&format!("{keyword} {name}")).any(|(at, found)| {
        let before = source[..at].chars().next_back().is_none_or(|c| c.is_whitespace());
        before && ends(&source[at + found.len()..])
    })
}

fn rows() -> Vec<[String; 6]> {
    let table = fs::read_to_string(root().join("docs/screens.md")).expect("docs/screens.md");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    table.lines().filter(|line| line.starts_with('|')).skip(2).filter_map(|line| cells(line).try_into().ok()).collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder above")
}
