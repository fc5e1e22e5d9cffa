//! Values: what a field is set to fits it.

use super::rule::MAX_EFFECTS;
use crate::Kind;
use crate::rules::Config;
use crate::rules::flaw::Flaw;
use crate::rules::path::{fits, type_at};
use crate::rules::rule::{Copied, FirstOf, InDays, Now, Templated, Value, Worded, placeholders};
use crate::table::{List, Type};

/// Longest text of a value, in bytes.
const MAX_TEXT: usize = 16 * 1024;

impl Value {
    pub(super) fn check(&self, config: &Config, kind: Kind, holds: Type, field: &str) -> Result<(), Flaw> {
        match self {
            Self::Plain(value) => fits(config, holds, value, field),
            Self::Copy(Copied { copy }) if copy == "id" => match holds {
                Type::Any => Ok(()),
                Type::Link(other) if other == kind => Ok(()),
                Type::Person if kind == Kind::Person => Ok(()),
                _ => Err(Flaw::mismatch(field)),
            },
            Self::Copy(Copied { copy }) => check_copy(config, kind, holds, copy),
            Self::First(FirstOf { first }) if first.is_empty() || first.len() > MAX_EFFECTS => Err(Flaw::Bounds),
            Self::First(FirstOf { first }) => first.iter().try_for_each(|path| check_copy(config, kind, holds, path)),
            Self::Text(Worded { text }) => {
                if holds != Type::Text || text.len() > MAX_TEXT {
                    return Err(Flaw::mismatch(field));
                }
                placeholders(text).try_for_each(|path| check_placeholder(config, kind, path))
            }
            Self::Template(Templated { template }) => {
                let choice =
                    config.templates.iter().find(|choice| choice.key == *template).ok_or_else(|| Flaw::unknown(template))?;
                let text = choice.text.as_deref().unwrap_or_default();
                if holds != Type::Text || text.len() > MAX_TEXT {
                    return Err(Flaw::mismatch(field));
                }
                placeholders(text).try_for_each(|path| check_placeholder(config, kind, path))
            }
            Self::InDays(InDays { in_days }) => match holds {
                Type::Timestamp if (0..=366).contains(in_days) => Ok(()),
                Type::Timestamp => Err(Flaw::Bounds),
                _ => Err(Flaw::mismatch(field)),
            },
            Self::Now(Now { now: true }) if holds == Type::Timestamp => Ok(()),
            Self::Now(_) => Err(Flaw::mismatch(field)),
        }
    }
}

impl Value {
    /// The paths it reads.
    pub(super) fn paths<'v>(&'v self, config: &'v Config) -> Vec<&'v str> {
        match self {
            Self::Copy(copied) => vec![&copied.copy],
            Self::First(first) => first.first.iter().map(String::as_str).collect(),
            Self::Text(worded) => placeholders(&worded.text).collect(),
            Self::Template(templated) => {
                let text = config.templates.iter().find(|choice| choice.key == templated.template);
                placeholders(text.and_then(|choice| choice.text.as_deref()).unwrap_or_default()).collect()
            }
            Self::InDays(_) | Self::Now(_) | Self::Plain(_) => Vec::new(),
        }
    }
}

fn check_copy(config: &Config, kind: Kind, holds: Type, path: &str) -> Result<(), Flaw> {
    let from = type_at(config, kind, path)?;
    let suits = from == holds
        || matches!((from, holds), (Type::Any, Type::Link(_)) | (Type::Link(_), Type::Any) | (_, Type::Text))
        // Answers to a task are keys of their own list; the target's list has to have them.
        || matches!((from, holds), (Type::Option(List::Choices), Type::Option(_)));
    if suits { Ok(()) } else { Err(Flaw::mismatch(path)) }
}

fn check_placeholder(config: &Config, kind: Kind, path: &str) -> Result<(), Flaw> {
    if matches!(path, "today" | "id") { Ok(()) } else { type_at(config, kind, path).map(drop) }
}
