//! The configuration: options, forms, formula, targets and rules as data. A chain of versions; this build's first is `default.json`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use super::calendar::Calendar;
pub use super::choice::Choice;
use super::flaw::{Flaw, Flawed};
pub use super::form::{ExtraType, Form, FormField};
use super::rule::{Rule, Trigger};
use crate::table::{List, Type};
use crate::{ContactMode, Kind, Role};

/// Most flexible response nodes (F3).
pub const MAX_RESPONSES: usize = 12;
/// Largest configuration, in bytes of JSON.
pub const MAX_BYTES: usize = 200 * 1024;

/// One version of the configuration. Records name the version they were made under (T6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Its number.
    pub version: i64,
    /// The least version of the app that understands it.
    pub min_app: String,
    /// Core actions (T1), in the order they are offered.
    pub actions: Vec<Choice>,
    /// Progress briefs (B1).
    pub briefs: Vec<Choice>,
    /// The brief of a customer whose touches suggest none.
    pub default_brief: String,
    /// Why a report may be short (T4).
    pub short_reasons: Vec<Choice>,
    /// Answers to tasks.
    pub choices: Vec<Choice>,
    /// What a touch can be filed as (T2).
    pub categories: Vec<Choice>,
    /// Kinds of task and notice.
    pub tasks: Vec<Choice>,
    /// Words that help (话术包).
    pub script_packs: Vec<Choice>,
    /// What a contact person is to the deal (N1).
    pub contact_roles: Vec<Choice>,
    /// Stages of a lead (H1), all six in their order.
    pub stages: Vec<Choice>,
    /// Where a contract stands.
    pub contract_states: Vec<Choice>,
    /// Where a work order stands.
    pub order_states: Vec<Choice>,
    /// Where a demand card stands.
    pub demand_states: Vec<Choice>,
    /// Services that sales promise and delivery is asked for (B5).
    pub services: Vec<Choice>,
    /// What comes in from outside systems (M1).
    pub events: Vec<Choice>,
    /// What does not agree (B5), and what a back-check found (R1).
    pub findings: Vec<Choice>,
    /// How a finding was settled.
    pub resolutions: Vec<Choice>,
    /// Texts that are filled with what is known, such as the contract's (H2, H4).
    pub templates: Vec<Choice>,
    /// The questions of a back-check (R1).
    pub questions: Vec<Choice>,
    /// What forms ask for (T1, T6).
    pub forms: Vec<Form>,
    /// The health formula (T3).
    pub health: super::health::Formula,
    /// What is aimed at (G1, G2, G3).
    pub targets: super::Targets,
    /// Zone and working days.
    pub calendar: Calendar,
    /// How a back-check is drawn (R1).
    pub back_check: Draw,
    /// Who may do what beside the records.
    pub permissions: Permissions,
    /// Who confirms an electronic signature (B3).
    pub signature: Provider,
    /// What happens by itself.
    pub rules: Vec<Rule>,
}

/// How a back-check is drawn (R1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    /// How many records per team.
    pub records: u32,
    /// Every so many weeks.
    pub every_weeks: u32,
}

/// Who may do what beside the records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// Publish a configuration (T6).
    pub publish: BTreeSet<Role>,
    /// Import customers and leads.
    pub import_customers: BTreeSet<Role>,
    /// Import payment slips.
    pub import_slips: BTreeSet<Role>,
    /// Read and export everything (N2).
    pub audit: BTreeSet<Role>,
}

/// Who confirms an electronic signature (B3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Provider {
    /// The rep's device key.
    Device,
    /// An outside provider: it hears of the contract by webhook and confirms through the API.
    Webhook,
}

impl Config {
    /// The configuration this build ships: version 1 of every chain.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Config> = LazyLock::new(|| {
            serde_json::from_str(include_str!("default.json"))
                .unwrap_or_else(|error| unreachable!("the built-in configuration: {error}"))
        });
        &BUILTIN
    }

    /// From JSON, as it was published. It was checked then; a check that has become stricter since does not take it away.
    pub fn read(json: &str) -> Result<Self, Flawed> {
        let flawed = |flaw| Flawed::at("configuration", flaw);
        if json.len() > MAX_BYTES {
            return Err(flawed(Flaw::TooLarge { most: MAX_BYTES }));
        }
        serde_json::from_str(json).map_err(|error| flawed(Flaw::Unreadable { detail: error.to_string() }))
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| unreachable!("writing to memory: {error}"))
    }

    /// An option by its key or by either of its words, if it is still offered.
    pub fn find<'a>(list: &'a [Choice], word: &str) -> Option<&'a Choice> {
        Self::offered(list).find(|choice| choice.is_called(word))
    }

    /// An option by its key, offered or not: what a record says has a word for ever (R3).
    pub fn option<'a>(list: &'a [Choice], key: &str) -> Option<&'a Choice> {
        list.iter().find(|choice| choice.key == key)
    }

    /// The options that are still offered, in their order.
    pub fn offered(list: &[Choice]) -> impl Iterator<Item = &Choice> {
        list.iter().filter(|choice| !choice.retired)
    }

    /// What is offered for an option now: itself, or the one option that it was split into. None where that is to be chosen (R3).
    pub fn instead_of<'a>(list: &'a [Choice], key: &str) -> Option<&'a Choice> {
        let is_it = |choice: &&Choice| choice.key == key;
        Self::offered(list).find(is_it).or_else(|| {
            let mut parts = Self::offered(list).filter(|choice| choice.part_of.as_deref() == Some(key));
            parts.next().filter(|_| parts.next().is_none())
        })
    }

    /// A list of options. Contact modes are the product's own.
    pub fn list(&self, list: List) -> &[Choice] {
        match list {
            List::Modes => &[],
            List::Actions => &self.actions,
            List::Briefs => &self.briefs,
            List::ShortReasons => &self.short_reasons,
            List::Choices => &self.choices,
            List::Categories => &self.categories,
            List::Tasks => &self.tasks,
            List::ScriptPacks => &self.script_packs,
            List::ContactRoles => &self.contact_roles,
            List::Stages => &self.stages,
            List::ContractStates => &self.contract_states,
            List::OrderStates => &self.order_states,
            List::DemandStates => &self.demand_states,
            List::Services => &self.services,
            List::Events => &self.events,
            List::Findings => &self.findings,
            List::Resolutions => &self.resolutions,
        }
    }

    /// Whether there is such an option, offered or not.
    pub fn has(&self, list: List, key: &str) -> bool {
        match list {
            List::Modes => ContactMode::ALL.iter().any(|mode| mode.as_str() == key),
            list => Self::option(self.list(list), key).is_some(),
        }
    }

    /// Whether an option is another one or was split from it (R3).
    pub fn is_part_of(&self, list: List, key: &str, whole: &str) -> bool {
        let options = self.list(list);
        let mut key = key;
        for _ in 0..=options.len() {
            if key == whole {
                return true;
            }
            match options.iter().find(|choice| choice.key == key).and_then(|choice| choice.part_of.as_deref()) {
                Some(parent) => key = parent,
                None => return false,
            }
        }
        false
    }

    /// The brief of a customer that follows from the actions of the day's touches: the last that suggests one (B1).
    pub fn suggest_brief<'a>(&'a self, actions: impl IntoIterator<Item = &'a str>) -> &'a str {
        let option = |action: &str| self.actions.iter().find(|choice| choice.key == action);
        let suggested = actions.into_iter().filter_map(|action| option(action)?.brief.as_deref()).last();
        suggested.unwrap_or(&self.default_brief)
    }

    /// How a demand can be assessed (F1): answers to tasks that are also states of a demand.
    pub fn assessments(&self) -> impl Iterator<Item = &Choice> {
        let is_state = |choice: &&Choice| self.demand_states.iter().any(|state| state.key == choice.key);
        self.choices.iter().filter(is_state).filter(|choice| !choice.retired)
    }

    /// The form of a kind.
    pub fn form(&self, kind: Kind) -> &[FormField] {
        self.forms.iter().find(|form| form.kind == kind).map_or(&[], |form| &form.fields)
    }

    /// The names of the lists of options.
    pub fn list_names() -> impl Iterator<Item = &'static str> {
        LISTS.iter().map(|(name, ..)| *name)
    }

    /// A list of options by its name, such as `actions`.
    pub fn named(&self, name: &str) -> Option<&[Choice]> {
        self.named_lists().find(|(known, _)| *known == name).map(|(_, list)| list)
    }

    /// What an added field holds.
    pub(super) fn type_of_extra(&self, kind: Kind, field: &str) -> Option<Type> {
        let holds = self.form(kind).iter().find(|one| one.field == field)?.holds?;
        Some(match holds {
            ExtraType::Text => Type::Text,
            ExtraType::Number => Type::Number,
            ExtraType::Money => Type::Money,
            ExtraType::Day => Type::Day,
            ExtraType::Flag => Type::Flag,
        })
    }

    /// Every list with its name.
    pub(super) fn named_lists(&self) -> impl Iterator<Item = (&'static str, &[Choice])> {
        LISTS.iter().map(|(name, list, _)| (*name, list(self).as_slice()))
    }

    /// A list to be edited, by its name.
    pub(super) fn named_mut(&mut self, name: &str) -> Option<&mut Vec<Choice>> {
        LISTS.iter().find(|(known, ..)| *known == name).map(|(_, _, list)| list(self))
    }

    /// Timed rules, for those who schedule them.
    pub fn weekly(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| !rule.off && matches!(rule.trigger, Trigger::Week(_)))
    }
}

/// A list of options: its name, and how to look at and edit it.
type ListOf = (&'static str, fn(&Config) -> &Vec<Choice>, fn(&mut Config) -> &mut Vec<Choice>);

macro_rules! lists {
    ($($name:ident),*) => {
        &[$((stringify!($name), |config| &config.$name, |config| &mut config.$name)),*]
    };
}

/// Every list of options.
const LISTS: &[ListOf] = lists! {
    actions, briefs, short_reasons, choices, categories, tasks, script_packs, contact_roles, stages, contract_states, order_states,
    demand_states, services, events, findings, resolutions, templates, questions
};

/// `0.10.2` as numbers; what is no number counts as 0.
pub fn version_of(text: &str) -> [u32; 3] {
    let mut numbers = text.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}
