//! What a path such as `customer.intent` leads to, and what can stand there.

use super::config::Config;
use super::flaw::Flaw;
use crate::id::RecordId;
use crate::table::Type;
use crate::{Kind, Role, Scalar};

/// Most links that a path follows.
const MAX_LINKS: usize = 2;

/// What the field at a path holds.
pub(super) fn type_at(config: &Config, kind: Kind, path: &str) -> Result<Type, Flaw> {
    let (kinds, field) = match path.rsplit_once('.') {
        Some((links, field)) => (kinds_at(kind, links)?, field),
        None => (vec![kind], path),
    };
    // Over a link to any kind, those that have such a field must agree on what it holds.
    let mut types = kinds.iter().filter_map(|kind| kind.type_of(field).or_else(|| config.type_of_extra(*kind, field)));
    let first = types.next().ok_or_else(|| Flaw::unknown(path))?;
    if types.any(|other| std::mem::discriminant(&other) != std::mem::discriminant(&first)) {
        return Err(Flaw::mismatch(path));
    }
    Ok(first)
}

/// The kinds of record that a path of links leads to.
pub(super) fn kinds_at(kind: Kind, links: &str) -> Result<Vec<Kind>, Flaw> {
    let mut kinds = vec![kind];
    for (number, link) in links.split('.').enumerate() {
        if number == MAX_LINKS {
            return Err(Flaw::TooDeep);
        }
        let mut next: Vec<Kind> = Vec::new();
        for kind in &kinds {
            match kind.type_of(link) {
                Some(Type::Link(kind)) => next.push(kind),
                Some(Type::Person) => next.push(Kind::Person),
                Some(Type::Any) => next.extend(Kind::ALL),
                _ => {}
            }
        }
        if next.is_empty() {
            return Err(Flaw::unknown(links));
        }
        next.sort_unstable();
        next.dedup();
        kinds = next;
    }
    Ok(kinds)
}

/// Whether a value can stand in a field.
pub(super) fn fits(config: &Config, holds: Type, value: &Scalar, field: &str) -> Result<(), Flaw> {
    let fits = match (holds, value) {
        (Type::Option(list), Scalar::Text(key)) => config.has(list, key),
        (Type::Role, Scalar::Text(word)) => Role::parse(word).is_some(),
        (Type::Link(_) | Type::Any, Scalar::Text(id)) => id.parse::<RecordId>().is_ok(),
        (Type::Time, Scalar::Text(time)) => time.parse::<chrono::NaiveTime>().is_ok(),
        (Type::Text | Type::Person, Scalar::Text(_))
        | (Type::Number | Type::Money | Type::Timestamp, Scalar::Int(_))
        | (Type::Flag, Scalar::Bool(_)) => true,
        (Type::Day, Scalar::Text(day)) => day.parse::<chrono::NaiveDate>().is_ok(),
        _ => false,
    };
    match (fits, value) {
        (true, _) => Ok(()),
        (false, Scalar::Text(key)) if matches!(holds, Type::Option(_) | Type::Role) => Err(Flaw::unknown(key)),
        (false, _) => Err(Flaw::mismatch(field)),
    }
}
