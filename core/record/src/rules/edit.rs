//! Small edits of a configuration: each makes a draft from the version in force. Nothing here publishes; the checks come with publishing.

use super::config::{Choice, Config, ExtraType, Form, FormField};
use super::flaw::{Flaw, Flawed};
use super::health::Formula;
use super::rule::{Effect, Rule};
use crate::Kind;

/// One change to a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Offers one more option at the end of a list, such as `actions`.
    AddOption {
        /// The list.
        list: String,
        /// The option.
        option: Choice,
    },
    /// Offers an option no longer; records that have it keep it (R3).
    RetireOption {
        /// The list.
        list: String,
        /// The option's key.
        key: String,
    },
    /// Puts finer options in the place of one, which is retired (R3). What holds for that one holds for its parts: they inherit what it
    /// stood for, and conditions on it go on holding.
    SplitOption {
        /// The list.
        list: String,
        /// The option's key.
        key: String,
        /// Key and words of each part.
        into: Vec<(String, String, String)>,
        /// What is asked for when a part is chosen.
        prompt: Option<String>,
    },
    /// Adds a rule.
    AddRule(Box<Rule>),
    /// Switches a rule off or on.
    SwitchRule {
        /// The rule.
        id: String,
        /// Off, or on.
        off: bool,
    },
    /// Takes a rule away.
    RemoveRule(String),
    /// Adds a field of one's own to the form of a touch.
    AddField {
        /// Its key.
        key: String,
        /// What it holds.
        holds: ExtraType,
        /// Its label on a Chinese screen.
        zh: String,
        /// Its label on an English screen.
        en: String,
        /// Whether it has to be filled in.
        required: bool,
    },
    /// Other numbers in the health formula.
    Formula(Formula),
}

impl Edit {
    /// The configuration with this change.
    pub fn apply(self, config: &Config) -> Result<Config, Flawed> {
        let mut draft = config.clone();
        match self {
            Self::AddOption { list, option } => {
                let options = named_mut(&mut draft, &list)?;
                if Config::option(options, &option.key).is_some() {
                    return Err(Flawed::at(list, Flaw::Twice { name: option.key }));
                }
                options.push(option);
            }
            Self::RetireOption { list, key } => retire(&mut draft, &list, &key).map(drop)?,
            Self::SplitOption { list, key, into, prompt } => split(&mut draft, &list, &key, into, prompt.as_deref())?,
            Self::AddRule(rule) => {
                if draft.rules.iter().any(|other| other.id == rule.id) {
                    return Err(Flawed::at("rules", Flaw::Twice { name: rule.id }));
                }
                draft.rules.push(*rule);
            }
            Self::SwitchRule { id, off } => {
                let rule = draft.rules.iter_mut().find(|rule| rule.id == id);
                rule.ok_or_else(|| Flawed::at("rules", Flaw::unknown(&id)))?.off = off;
            }
            Self::RemoveRule(id) => {
                let before = draft.rules.len();
                draft.rules.retain(|rule| rule.id != id);
                if draft.rules.len() == before {
                    return Err(Flawed::at("rules", Flaw::unknown(&id)));
                }
            }
            Self::AddField { key, holds, zh, en, required } => {
                let field = FormField { field: format!("x/{key}"), required, holds: Some(holds), zh: Some(zh), en: Some(en) };
                match draft.forms.iter_mut().find(|form| form.kind == Kind::Touch) {
                    Some(form) => form.fields.push(field),
                    None => draft.forms.push(Form { kind: Kind::Touch, fields: vec![field] }),
                }
            }
            Self::Formula(formula) => draft.health = formula,
        }
        Ok(draft)
    }
}

/// Retires an option and returns it.
fn retire(draft: &mut Config, list: &str, key: &str) -> Result<Choice, Flawed> {
    let option = named_mut(draft, list)?.iter_mut().find(|option| option.key == key);
    let option = option.ok_or_else(|| Flawed::at(list, Flaw::unknown(key)))?;
    if option.retired {
        return Err(Flawed::at(list, Flaw::Retired { name: key.into() }));
    }
    option.retired = true;
    Ok(option.clone())
}

fn split(
    draft: &mut Config,
    list: &str,
    key: &str,
    into: Vec<(String, String, String)>,
    prompt: Option<&str>,
) -> Result<(), Flawed> {
    let keys: Vec<String> = into.iter().map(|(key, ..)| key.clone()).collect();
    let Some(first) = keys.first() else { return Err(Flawed::at(list, Flaw::Empty)) };
    let whole = retire(draft, list, key)?;
    let part = |(part, zh, en)| Choice {
        key: part,
        zh,
        en,
        part_of: Some(key.to_owned()),
        prompt: prompt.map(str::to_owned).or_else(|| whole.prompt.clone()),
        retired: false,
        ..whole.clone()
    };
    let options = named_mut(draft, list)?;
    let place = options.iter().position(|option| option.key == key).map_or(options.len(), |at| at + 1);
    options.splice(place..place, into.into_iter().map(part));
    // Wherever the whole was offered, its parts are.
    match list {
        "briefs" => {
            let suggesting = draft.actions.iter_mut().filter_map(|action| action.brief.as_mut());
            for brief in suggesting.chain([&mut draft.default_brief]).filter(|brief| *brief == key) {
                brief.clone_from(first);
            }
        }
        "choices" => {
            for effect in draft.rules.iter_mut().flat_map(|rule| &mut rule.then) {
                let Effect::Task(task) = effect else { continue };
                if let Some(at) = task.choices.iter().position(|choice| choice == key) {
                    task.choices.splice(at..=at, keys.iter().cloned());
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn named_mut<'c>(draft: &'c mut Config, name: &str) -> Result<&'c mut Vec<Choice>, Flawed> {
    draft.named_mut(name).ok_or_else(|| Flawed::at(name, Flaw::unknown(name)))
}
