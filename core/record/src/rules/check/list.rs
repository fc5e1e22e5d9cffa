//! Lists of options, and forms.

use std::collections::BTreeSet;

use super::MAX_ENTRIES;
use crate::Kind;
use crate::rules::Config;
use crate::rules::choice::Choice;
use crate::rules::flaw::Flaw;
use crate::rules::form::Form;

/// A key as options and added fields have it.
pub(super) fn is_key(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    !text.is_empty() && text.len() <= 64 && text.chars().all(plain)
}

/// Whether an option is there and still offered.
pub(super) fn check_offered(list: &[Choice], key: &str) -> Result<(), Flaw> {
    match Config::option(list, key) {
        None => Err(Flaw::unknown(key)),
        Some(choice) if choice.retired => Err(Flaw::Retired { name: key.into() }),
        Some(_) => Ok(()),
    }
}

pub(super) fn check_list(list: &[Choice]) -> Result<(), Flaw> {
    if list.len() > MAX_ENTRIES {
        return Err(Flaw::TooDeep);
    }
    let mut keys = BTreeSet::new();
    for choice in list {
        if !is_key(&choice.key) {
            return Err(Flaw::unknown(&choice.key));
        }
        if choice.zh.trim().is_empty() || choice.en.trim().is_empty() {
            return Err(Flaw::Empty);
        }
        if !keys.insert(&choice.key) {
            return Err(Flaw::Twice { name: choice.key.clone() });
        }
    }
    // A part names a whole that is there, and no way leads back to it.
    for choice in list {
        let (mut at, mut steps) = (choice, 0);
        while let Some(whole) = &at.part_of {
            steps += 1;
            at = list.iter().find(|other| other.key == *whole).ok_or_else(|| Flaw::unknown(whole))?;
            if steps > list.len() {
                return Err(Flaw::Loop { name: choice.key.clone() });
            }
        }
    }
    Ok(())
}

pub(super) fn check_form(form: &Form) -> Result<(), Flaw> {
    if form.fields.len() > MAX_ENTRIES {
        return Err(Flaw::TooDeep);
    }
    let mut seen = BTreeSet::new();
    for one in &form.fields {
        if !seen.insert(&one.field) {
            return Err(Flaw::Twice { name: one.field.clone() });
        }
        if let Some(key) = one.field.strip_prefix("x/") {
            if form.kind != Kind::Touch || !is_key(key) {
                return Err(Flaw::unknown(&one.field));
            }
            if one.holds.is_none() || one.zh.is_none() || one.en.is_none() {
                return Err(Flaw::Empty);
            }
        } else {
            let known = form.kind.type_of(&one.field).or_else(|| form.kind.type_of(&format!("{}/", one.field)));
            if known.is_none() || one.holds.is_some() {
                return Err(Flaw::unknown(&one.field));
            }
            // What only the server writes can't be filled in.
            if form.kind.is_servers(&one.field) {
                return Err(Flaw::fixed(&one.field));
            }
        }
    }
    // What makes a touch a touch can't be left out (T1).
    let needed: &[&str] = if form.kind == Kind::Touch { &["customer", "mode", "action", "evidence"] } else { &[] };
    match needed.iter().find(|name| !form.fields.iter().any(|one| one.field == **name && one.required)) {
        Some(name) => Err(Flaw::unknown(name)),
        None => Ok(()),
    }
}
