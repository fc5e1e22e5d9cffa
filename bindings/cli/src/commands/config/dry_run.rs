//! What a draft would have done with past records, with people and customers by name.

use std::collections::HashMap;
use std::fmt::Display;

use chuda_phone::workbench::Workbench;
use chuda_record::rules::dry_run::{DryRun, Would};
use chuda_record::{Result, Role};
use serde_json::{Value, json};

use crate::shell::Shell;
use crate::table::table;

/// Rows of a list in a dry run that a person is shown; JSON has all of them.
const SHOWN: usize = 20;

/// What a dry run found, in words: counts first, then who and whom.
pub(super) fn differences(shell: &Shell, workbench: &Workbench, run: &DryRun) -> Result<String> {
    let (text, names) = (shell.text, Names::of(workbench)?);
    let totals = run.totals;
    let counts: [(&str, &dyn Display); 7] = [
        ("records", &run.records),
        ("added", &totals.added),
        ("removed", &totals.removed),
        ("changed", &totals.changed),
        ("red", &totals.turns_red),
        ("green", &totals.turns_green),
        ("refused", &totals.refused),
    ];
    let mut said = text.line("config.tried", &counts);
    let would = |would: &Would| {
        let customer = would.customer.map_or_else(String::new, |id| names.name(&id.to_string()));
        let whom: Vec<String> = would.whom.iter().map(|word| whom(shell, &names, word)).collect();
        vec![would.rule.clone(), customer, would.effects.join(", "), whom.join(", "), would.because.clone()]
    };
    let lists = [
        ("config.added", run.added.iter().map(would).collect::<Vec<_>>(), totals.added),
        ("config.removed", run.removed.iter().map(would).collect(), totals.removed),
        ("config.changed", run.changed.iter().map(would).collect(), totals.changed),
        (
            "config.health",
            run.health
                .iter()
                .map(|change| {
                    let word = if change.red { "config.turns_red" } else { "config.turns_green" };
                    let sums = format!("{} → {}", change.now, change.then);
                    vec![names.name(&change.customer.to_string()), text.get(word).into(), sums]
                })
                .collect(),
            totals.turns_red + totals.turns_green,
        ),
        (
            "config.refused",
            run.refused
                .iter()
                .map(|refused| {
                    let customer = refused.customer.map_or_else(String::new, |id| names.name(&id.to_string()));
                    vec![customer, refused.field.clone(), refused.touch.to_string()]
                })
                .collect(),
            totals.refused,
        ),
    ];
    for (title, mut rows, total) in lists {
        rows.truncate(SHOWN);
        if total > 0 {
            said += &text.line(title, &[]);
            said += &table(2, &rows);
        }
        if total > rows.len() {
            said += &text.line("config.more", &[("count", &(total - rows.len()))]);
        }
    }
    Ok(said)
}

/// A person by name, a role in words.
fn whom(shell: &Shell, names: &Names, word: &str) -> String {
    if Role::parse(word).is_some() { shell.text.label("role", word) } else { names.name(word) }
}

/// Names of people and customers, as this phone knows them.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn of(workbench: &Workbench) -> Result<Self> {
        let people = workbench.people()?.into_iter().map(|person| (person.id.to_string(), person.name));
        let customers = workbench.customers()?.into_iter().map(|customer| (customer.id.to_string(), customer.name));
        Ok(Self(people.chain(customers).collect()))
    }

    /// The name, or the id where there is none here.
    fn name(&self, id: &str) -> String {
        self.0.get(id).map_or(id, String::as_str).to_owned()
    }

    fn named(&self, id: &str) -> Value {
        json!({"id": id, "name": self.0.get(id)})
    }

    /// A dry run for scripts: as it is, with names beside the ids of people and customers.
    pub(super) fn run(&self, run: &DryRun) -> Value {
        let mut shown = json!(run);
        for list in ["added", "removed", "changed", "health", "refused"] {
            for one in shown[list].as_array_mut().into_iter().flatten() {
                if let Some(customer) = one["customer"].as_str().map(|id| self.named(id)) {
                    one["customer"] = customer;
                }
                for word in one.get_mut("whom").and_then(Value::as_array_mut).into_iter().flatten() {
                    let text = word.as_str().unwrap_or_default();
                    *word = if Role::parse(text).is_some() { json!({"role": text}) } else { self.named(text) };
                }
            }
        }
        shown
    }
}
