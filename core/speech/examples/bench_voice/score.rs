//! How far a transcript is from what was said, and a draft from its labels.
// Included by the bench and by the fixture tests; neither uses all of it.
#![allow(dead_code, unreachable_pub)]

use std::path::PathBuf;

use serde_json::Value;

/// A set of labelled recordings.
pub struct Set {
    /// Where its files are.
    pub folder: PathBuf,
    /// Its clips, as the manifest has them.
    pub clips: Vec<Value>,
}

/// The folder of fixtures or models that an environment variable names; says what is skipped when it is not set.
pub fn folder(variable: &str, what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("skipped: {what} ({variable} names no folder)");
    }
    folder
}

/// Reads a set; its manifest is a list of clips or has one under `clips`.
pub fn set(fixtures: &std::path::Path, name: &str) -> Set {
    let folder = fixtures.join(name);
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("manifest")).expect("JSON");
    let clips = manifest.get("clips").unwrap_or(&manifest).as_array().expect("clips").clone();
    Set { folder, clips }
}

/// Errors and length of a transcript, in characters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    /// Characters to insert, delete or replace.
    pub errors: usize,
    /// Characters that were said.
    pub length: usize,
}

impl Errors {
    /// Errors per character.
    pub fn rate(self) -> f64 {
        self.errors as f64 / self.length.max(1) as f64
    }
}

impl std::ops::AddAssign for Errors {
    fn add_assign(&mut self, other: Self) {
        self.errors += other.errors;
        self.length += other.length;
    }
}

/// Compares simplified texts without punctuation, digits read as Chinese numerals, 两 as 二.
pub fn errors(said: &str, heard: &str) -> Errors {
    let (said, heard) = (normal(said), normal(heard));
    Errors { errors: distance(&said, &heard), length: said.len() }
}

fn normal(text: &str) -> Vec<char> {
    let mut spelt = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() {
            let mut digits = String::from(c);
            while let Some(next) = chars.next_if(char::is_ascii_digit) {
                digits.push(next);
            }
            match digits.parse::<u64>() {
                Ok(n) => spelt += &chinese(n),
                Err(_) => spelt += &digits,
            }
        } else {
            spelt.push(c);
        }
    }
    spelt.chars().filter(|c| c.is_alphanumeric()).map(|c| if c == '两' { '二' } else { c.to_ascii_lowercase() }).collect()
}

/// A number in Chinese numerals, as it is read aloud: 12,050 is 一万二千零五十.
pub fn chinese(number: u64) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    const UNITS: [(u64, char); 5] = [(100_000_000, '亿'), (10_000, '万'), (1_000, '千'), (100, '百'), (10, '十')];
    let Some((size, unit)) = UNITS.into_iter().find(|(size, _)| number >= *size) else {
        return DIGITS[number as usize].into();
    };
    let (count, rest) = (number / size, number % size);
    let count = if number < 20 { String::new() } else { chinese(count) };
    let zero = if rest < size / 10 { "零" } else { "" };
    let rest = match rest {
        0 => String::new(),
        // 一百一十五, but 十五.
        10..20 => format!("{zero}一{}", chinese(rest)),
        rest => format!("{zero}{}", chinese(rest)),
    };
    format!("{count}{unit}{rest}")
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}
