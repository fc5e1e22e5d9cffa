//! The configuration: options, forms, formula, targets and rules as data. A chain of versions; this build's first is `default.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::flaw::{Flaw, Flawed};
use super::rule::{Effect, Rule, Trigger};
use crate::table::{List, Type};
use crate::{ContactMode, Kind, Role, Stage};

/// Most flexible response nodes (F3).
pub const MAX_RESPONSES: usize = 12;
/// Most rules, options of a list, fields of a form.
const MAX_ENTRIES: usize = 200;
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

/// An option of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
// Each is a box to tick in the editor of options, and any of them go together.
#[allow(clippy::struct_excessive_bools)]
#[serde(default, deny_unknown_fields)]
pub struct Choice {
    /// The word that is stored.
    pub key: String,
    /// The word on a Chinese screen.
    pub zh: String,
    /// The word on an English screen.
    pub en: String,
    /// Whether a touch with this action counts for touch density (D1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub counts_for_density: bool,
    /// Whether it is outside the standard, such as a comparison sheet made to measure: these are counted (D2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub non_standard: bool,
    /// Whether something is sent with this action that the customer can open (M1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sends: bool,
    /// The brief that this action suggests (B1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    /// The stage that this action proves (H1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Whether the answer, or the task, needs a reason.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub needs_reason: bool,
    /// Whether the customer answers with such an event (G1, F2).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub feedback: bool,
    /// Whether such an event says that the customer opened what was sent (M1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opened: bool,
    /// Whether such an event proves the touch it belongs to (M1).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub evidence: bool,
    /// The option that this one was split from (R3): what holds for that one holds for this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// What to ask for when it is chosen (R3), such as 请上传操作界面截图.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The text of a script pack or template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// No longer offered; records that have it keep it (R3).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// What a form asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The record it makes.
    pub kind: Kind,
    /// In the order they are asked.
    pub fields: Vec<FormField>,
}

/// One field of a form: of the record, or `x/key` for one that a supervisor added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// Which.
    pub field: String,
    /// Whether it has to be filled in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// What an added one holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<ExtraType>,
    /// The label of an added one on a Chinese screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// The label of an added one on an English screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// What an added field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraType {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Money in fen.
    Money,
    /// A calendar day.
    Day,
    /// Yes or no.
    Flag,
}

/// Zone and working days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// In which days and weeks are counted where no one person's zone decides.
    pub zone: Tz,
    /// Working days, 1 for Monday to 7 for Sunday.
    pub working_days: BTreeSet<u32>,
    /// Days off among them.
    pub holidays: BTreeSet<NaiveDate>,
    /// Days worked instead (调休).
    pub made_up: BTreeSet<NaiveDate>,
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

    /// From JSON, with every check: one that is yet to be published.
    pub fn parse(json: &str) -> Result<Self, Flawed> {
        let config = Self::read(json)?;
        config.check()?;
        Ok(config)
    }

    /// From JSON, as it was published. It was checked then; a check that has become stricter since does not take it away.
    pub fn read(json: &str) -> Result<Self, Flawed> {
        let flawed = |flaw| Flawed { place: "configuration".into(), flaw };
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

    /// Whether some rule writes this field of this kind after the record was made.
    pub(super) fn is_set(&self, kind: Kind, field: &str) -> bool {
        let sets = |rule: &Rule| {
            rule.then.iter().any(|effect| match effect {
                Effect::Set(set) => set.field == field && (set.of.is_some() || rule.trigger.kind() == kind),
                _ => false,
            })
        };
        self.rules.iter().any(sets)
    }

    /// Whether everything it names exists, fits and ends.
    pub fn check(&self) -> Result<(), Flawed> {
        let at = |place: &str, flaw: Flaw| Flawed { place: place.to_owned(), flaw };
        if version_of(&self.min_app) > version_of(env!("CARGO_PKG_VERSION")) {
            return Err(at("min_app", Flaw::TooNew { needs: self.min_app.clone() }));
        }
        for (name, list) in self.named_lists() {
            check_list(list).map_err(|flaw| at(name, flaw))?;
        }
        let stages: Vec<&str> = self.stages.iter().map(|choice| choice.key.as_str()).collect();
        if stages != Stage::ALL.map(Stage::as_str) {
            return Err(at("stages", Flaw::unknown("stages")));
        }
        check_offered(&self.briefs, &self.default_brief).map_err(|flaw| at("default_brief", flaw))?;
        for action in Self::offered(&self.actions) {
            let brief = action.brief.as_ref().map_or(Ok(()), |brief| check_offered(&self.briefs, brief));
            brief.map_err(|flaw| at(&format!("actions.{}", action.key), flaw))?;
        }
        for (number, form) in self.forms.iter().enumerate() {
            let place = format!("forms.{}", form.kind.as_str());
            if self.forms[..number].iter().any(|other| other.kind == form.kind) {
                return Err(at(&place, Flaw::Twice { name: form.kind.as_str().into() }));
            }
            check_form(form).map_err(|flaw| at(&place, flaw))?;
        }
        self.health.check().map_err(|error| at("health", Flaw::OutOfRange(error)))?;
        self.targets.check().map_err(|error| at("targets", Flaw::Targets(error)))?;
        if !(1..=100).contains(&self.back_check.records) || !(1..=52).contains(&self.back_check.every_weeks) {
            return Err(at("back_check", Flaw::Bounds));
        }
        if self.calendar.working_days.is_empty() || self.calendar.working_days.iter().any(|day| !(1..=7).contains(day)) {
            return Err(at("calendar", Flaw::Bounds));
        }
        if self.permissions.publish.is_empty() {
            return Err(at("permissions.publish", Flaw::Empty));
        }
        self.check_rules()
    }

    /// Whether it can follow another version: what records may name is still there (R3), and no node is passed off as a handoff (F3).
    pub fn check_after(&self, before: &Self) -> Result<(), Flawed> {
        for ((name, old), (_, new)) in before.named_lists().zip(self.named_lists()) {
            if let Some(gone) = old.iter().find(|choice| Self::option(new, &choice.key).is_none()) {
                return Err(Flawed { place: name.into(), flaw: Flaw::Removed { name: gone.key.clone() } });
            }
        }
        for form in &before.forms {
            let changed = form.fields.iter().filter(|one| one.holds.is_some()).find(|one| {
                let now = self.form(form.kind).iter().find(|other| other.field == one.field);
                now.is_some_and(|now| now.holds != one.holds)
            });
            if let Some(one) = changed {
                return Err(Flawed { place: format!("forms.{}", form.kind.as_str()), flaw: Flaw::mismatch(&one.field) });
            }
        }
        // The handoffs are those that the product ships, each set off as it has always been; every other rule is a node.
        let shipped = |rule: &Rule| {
            let known = before.rules.iter().chain(&Self::builtin().rules);
            known.filter(|known| !known.response).any(|known| known.id == rule.id && known.trigger == rule.trigger)
        };
        match self.rules.iter().find(|rule| !rule.response && !shipped(rule)) {
            Some(rule) => Err(Flawed { place: format!("rules.{}", rule.id), flaw: Flaw::fixed("response") }),
            None => Ok(()),
        }
    }

    fn check_rules(&self) -> Result<(), Flawed> {
        if self.rules.len() > MAX_ENTRIES {
            return Err(Flawed { place: "rules".into(), flaw: Flaw::TooDeep });
        }
        if self.rules.iter().filter(|rule| rule.response).count() > MAX_RESPONSES {
            return Err(Flawed { place: "rules".into(), flaw: Flaw::TooManyNodes { most: MAX_RESPONSES } });
        }
        let mut seen = BTreeSet::new();
        for rule in &self.rules {
            let at = |flaw| Flawed { place: format!("rules.{}", rule.id), flaw };
            if !seen.insert(&rule.id) {
                return Err(at(Flaw::Twice { name: rule.id.clone() }));
            }
            rule.check(self).map_err(at)?;
        }
        self.check_loops()
    }

    /// A rule that would set itself off without end, through what it and others make.
    fn check_loops(&self) -> Result<(), Flawed> {
        let next: BTreeMap<&str, Vec<&str>> = self
            .rules
            .iter()
            .map(|rule| (rule.id.as_str(), rule.sets_off(self).iter().map(|rule| rule.id.as_str()).collect()))
            .collect();
        for rule in &self.rules {
            let mut reached = BTreeSet::new();
            let mut waiting = next.get(rule.id.as_str()).cloned().unwrap_or_default();
            while let Some(id) = waiting.pop() {
                if id == rule.id {
                    return Err(Flawed { place: format!("rules.{}", rule.id), flaw: Flaw::Loop { name: rule.id.clone() } });
                }
                if reached.insert(id) {
                    waiting.extend(next.get(id).into_iter().flatten());
                }
            }
        }
        Ok(())
    }

    fn named_lists(&self) -> impl Iterator<Item = (&'static str, &[Choice])> {
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

impl Calendar {
    /// Whether a day is worked.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        self.made_up.contains(&day)
            || (self.working_days.contains(&day.weekday().number_from_monday()) && !self.holidays.contains(&day))
    }

    /// The day, or the first working day after it; the day itself where there is none within a month.
    pub fn next_working_day(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().take(31).find(|day| self.is_working_day(*day)).unwrap_or(day)
    }
}

/// A list of options: its name, and how to look at and edit it.
type ListOf = (&'static str, fn(&Config) -> &Vec<Choice>, fn(&mut Config) -> &mut Vec<Choice>);

macro_rules! lists {
    ($($name:ident),* $(,)?) => {
        &[$((stringify!($name), |config| &config.$name, |config| &mut config.$name)),*]
    };
}

/// Every list of options.
const LISTS: &[ListOf] = lists![
    actions,
    briefs,
    short_reasons,
    choices,
    categories,
    tasks,
    script_packs,
    contact_roles,
    stages,
    contract_states,
    order_states,
    demand_states,
    services,
    events,
    findings,
    resolutions,
    templates,
    questions,
];

/// `0.10.2` as numbers; what is no number counts as 0.
pub fn version_of(text: &str) -> [u32; 3] {
    let mut numbers = text.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

impl Choice {
    /// Whether this is its key or one of its words.
    pub fn is_called(&self, word: &str) -> bool {
        self.key == word || self.zh == word || self.en.eq_ignore_ascii_case(word)
    }
}

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

fn check_list(list: &[Choice]) -> Result<(), Flaw> {
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

fn check_form(form: &Form) -> Result<(), Flaw> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_configuration_is_sound_and_survives_being_written() {
        let config = Config::builtin();
        config.check().unwrap();
        assert_eq!(Config::parse(&config.to_json()).as_ref(), Ok(config));
        config.check_after(config).unwrap();
        assert!(config.to_json().len() < MAX_BYTES / 4, "{}", config.to_json().len());
    }
}
