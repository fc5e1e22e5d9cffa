//! Makes a constant of every error's key, so that no key can be named that has no words.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=words.tsv");
    let table = fs::read_to_string("words.tsv").expect("the table of words");
    let mut keys = String::new();
    for row in table.lines() {
        let Some((key, texts)) = row.strip_prefix("error.").and_then(|row| row.split_once('\t')) else { continue };
        let name = key.to_uppercase().replace('.', "_");
        let says =
            texts.split('\t').nth(1).filter(|text| !text.is_empty()).or_else(|| texts.split('\t').nth(3)).unwrap_or_default();
        writeln!(keys, "/// `{says}`\npub const {name}: &str = {key:?};").expect("a string takes any text");
    }
    let folder = env::var_os("OUT_DIR").expect("cargo names a folder");
    fs::write(Path::new(&folder).join("keys.rs"), keys).expect("the folder can be written");
}
