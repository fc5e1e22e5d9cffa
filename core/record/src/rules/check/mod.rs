//! What makes a configuration publishable: everything it names exists, fits and ends.

mod condition;
mod effect;
mod list;
mod rule;
mod value;

use super::config::{Config, version_of};
use super::flaw::{Flaw, Flawed};
use super::rule::Rule;
use crate::Stage;
use list::{check_form, check_list, check_offered};

/// Most rules, options of a list, fields of a form.
const MAX_ENTRIES: usize = 200;

impl Config {
    /// From JSON, with every check: one that is yet to be published.
    pub fn parse(json: &str) -> Result<Self, Flawed> {
        let config = Self::read(json)?;
        config.check()?;
        Ok(config)
    }

    /// Whether everything it names exists, fits and ends.
    pub fn check(&self) -> Result<(), Flawed> {
        if version_of(&self.min_app) > version_of(env!("CARGO_PKG_VERSION")) {
            return Err(Flawed::at("min_app", Flaw::TooNew { needs: self.min_app.clone() }));
        }
        for (name, list) in self.named_lists() {
            check_list(list).map_err(|flaw| Flawed::at(name, flaw))?;
        }
        let stages: Vec<&str> = self.stages.iter().map(|choice| choice.key.as_str()).collect();
        if stages != Stage::ALL.map(Stage::as_str) {
            return Err(Flawed::at("stages", Flaw::unknown("stages")));
        }
        check_offered(&self.briefs, &self.default_brief).map_err(|flaw| Flawed::at("default_brief", flaw))?;
        for action in Self::offered(&self.actions) {
            let brief = action.brief.as_ref().map_or(Ok(()), |brief| check_offered(&self.briefs, brief));
            brief.map_err(|flaw| Flawed::at(format!("actions.{}", action.key), flaw))?;
        }
        for (number, form) in self.forms.iter().enumerate() {
            let place = format!("forms.{}", form.kind.as_str());
            if self.forms[..number].iter().any(|other| other.kind == form.kind) {
                return Err(Flawed::at(&place, Flaw::Twice { name: form.kind.as_str().into() }));
            }
            check_form(form).map_err(|flaw| Flawed::at(&place, flaw))?;
        }
        self.health.check().map_err(|error| Flawed::at("health", Flaw::OutOfRange(error)))?;
        self.targets.check().map_err(|error| Flawed::at("targets", Flaw::Targets(error)))?;
        if !(1..=100).contains(&self.back_check.records) || !(1..=52).contains(&self.back_check.every_weeks) {
            return Err(Flawed::at("back_check", Flaw::Bounds));
        }
        if self.calendar.working_days.is_empty() || self.calendar.working_days.iter().any(|day| !(1..=7).contains(day)) {
            return Err(Flawed::at("calendar", Flaw::Bounds));
        }
        if self.permissions.publish.is_empty() {
            return Err(Flawed::at("permissions.publish", Flaw::Empty));
        }
        self.check_rules()
    }

    /// Whether it can follow another version: what records may name is still there (R3), and no node is passed off as a handoff (F3).
    pub fn check_after(&self, before: &Self) -> Result<(), Flawed> {
        for ((name, old), (_, new)) in before.named_lists().zip(self.named_lists()) {
            if let Some(gone) = old.iter().find(|choice| Self::option(new, &choice.key).is_none()) {
                return Err(Flawed::at(name, Flaw::Removed { name: gone.key.clone() }));
            }
        }
        for form in &before.forms {
            let changed = form.fields.iter().filter(|one| one.holds.is_some()).find(|one| {
                let now = self.form(form.kind).iter().find(|other| other.field == one.field);
                now.is_some_and(|now| now.holds != one.holds)
            });
            if let Some(one) = changed {
                return Err(Flawed::at(format!("forms.{}", form.kind.as_str()), Flaw::mismatch(&one.field)));
            }
        }
        // The handoffs are those that the product ships, each set off as it has always been; every other rule is a node.
        let shipped = |rule: &Rule| {
            let known = before.rules.iter().chain(&Self::builtin().rules);
            known.filter(|known| !known.response).any(|known| known.id == rule.id && known.trigger == rule.trigger)
        };
        match self.rules.iter().find(|rule| !rule.response && !shipped(rule)) {
            Some(rule) => Err(Flawed::at(format!("rules.{}", rule.id), Flaw::fixed("response"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::config::MAX_BYTES;

    #[test]
    fn the_built_in_configuration_is_sound_and_survives_being_written() {
        let config = Config::builtin();
        config.check().unwrap();
        assert_eq!(Config::parse(&config.to_json()).as_ref(), Ok(config));
        config.check_after(config).unwrap();
        assert!(config.to_json().len() < MAX_BYTES / 4, "{}", config.to_json().len());
    }
}
