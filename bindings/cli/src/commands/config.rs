//! `chuda config`: what is in force, drafts from a file or from one small edit, what they would have done, and publishing.

use std::collections::HashMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chuda_phone::query::view::ReleaseView;
use chuda_phone::workbench::{BlobChoice, Workbench};
use chuda_record::Role;
use chuda_record::rules::config::{Choice, ExtraType, MAX_BYTES, MAX_RESPONSES};
use chuda_record::rules::dry_run::{DryRun, Would};
use chuda_record::rules::health::Formula;
use chuda_record::rules::{Config as Configuration, Edit, Rule};
use chuda_record::{Error, Result as CoreResult};
use serde_json::{Value, json};

use crate::args::{
    Config, ConfigForm, ConfigFormula, ConfigOption, ConfigPublish, ConfigRule, ConfigShow, FormAdd, Holds, OptionAdd, Publishing,
};
use crate::exit::{Failure, Outcome};
use crate::json;
use crate::shell::{Shell, local, wait};
use crate::table::table;
use chuda_words::Lang;

/// Rows of a list in a dry run that a person is shown; JSON has all of them.
const SHOWN: usize = 20;

/// Runs a command about the configuration.
pub(crate) fn config(shell: &Shell, config: Config) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    match config {
        Config::Show(show) => self::show(shell, &workbench, &show),
        Config::Versions => versions(shell, &workbench),
        Config::Check(file) => {
            let draft = read_draft(&workbench, &file.file)?;
            Ok(Outcome::done(json!({"ok": true, "parent": draft.version}), shell.text.line("config.sound", &[])))
        }
        Config::DryRun(run) => {
            let draft = read_draft(&workbench, &run.file)?;
            let tried = try_out(&workbench, &draft, run.days)?;
            let object = json!({"parent": draft.version, "dry_run": Names::of(&workbench)?.run(&tried)});
            Ok(Outcome::done(object, differences(shell, &workbench, &tried)?))
        }
        Config::Publish(publish) => self::publish(shell, &workbench, &publish),
        Config::Option(ConfigOption::Add(add)) => {
            let (option, list, publishing) = option(add);
            edit(shell, &workbench, Edit::AddOption { list, option }, &publishing)
        }
        Config::Option(ConfigOption::Retire(retire)) => {
            edit(shell, &workbench, Edit::RetireOption { list: retire.list, key: retire.key }, &retire.publishing)
        }
        Config::Option(ConfigOption::Split(split)) => {
            let (list, key, into, prompt) = (split.list, split.key, split.into, split.prompt);
            edit(shell, &workbench, Edit::SplitOption { list, key, into, prompt }, &split.publishing)
        }
        Config::Rule(ConfigRule::Add(add)) => {
            edit(shell, &workbench, Edit::AddRule(Box::new(read_rule(&add.file)?)), &add.publishing)
        }
        Config::Rule(ConfigRule::Off(rule)) => {
            edit(shell, &workbench, Edit::SwitchRule { id: rule.id, off: true }, &rule.publishing)
        }
        Config::Rule(ConfigRule::On(rule)) => {
            edit(shell, &workbench, Edit::SwitchRule { id: rule.id, off: false }, &rule.publishing)
        }
        Config::Rule(ConfigRule::Remove(rule)) => edit(shell, &workbench, Edit::RemoveRule(rule.id), &rule.publishing),
        Config::Form(ConfigForm::Add(add)) => {
            let FormAdd { key, holds, zh, en, required, publishing } = add;
            let en = en.unwrap_or_else(|| zh.clone());
            edit(shell, &workbench, Edit::AddField { key, holds: into_extra(holds), zh, en, required }, &publishing)
        }
        Config::Formula(numbers) => {
            let formula = formula(workbench.config().health, &numbers);
            edit(shell, &workbench, Edit::Formula(formula), &numbers.publishing)
        }
    }
}

/// The version in force here, or an earlier one; with a file, that is what a supervisor edits.
fn show(shell: &Shell, workbench: &Workbench, show: &ConfigShow) -> Result<Outcome, Failure> {
    let config = match show.version {
        Some(version) => workbench.config_version(version)?,
        None => (*workbench.config()).clone(),
    };
    let releases = workbench.releases()?;
    let release = releases.iter().find(|release| release.version == config.version);
    let content = serde_json::to_value(&config).map_err(|error| Error::internal("config.encode", error))?;
    let mut object = release.map_or_else(|| json!({"version": config.version}), json::release);
    let said = match &show.out {
        Some(file) => {
            let pretty = serde_json::to_string_pretty(&content).map_err(|error| Error::internal("config.encode", error))?;
            std::fs::write(file, pretty + "\n").map_err(Error::from)?;
            object["out"] = json!(file.display().to_string());
            shell.text.line("config.written", &[("version", &config.version), ("path", &file.display())])
        }
        None => page(shell, &config, release),
    };
    object["content"] = content;
    Ok(Outcome::done(object, said))
}

fn versions(shell: &Shell, workbench: &Workbench) -> Result<Outcome, Failure> {
    let releases = workbench.releases()?;
    let rows: Vec<_> = releases.iter().map(|release| release_row(shell, release)).collect();
    Ok(Outcome::done(json!({"versions": releases.iter().map(json::release).collect::<Vec<_>>()}), table(0, &rows)))
}

/// Publishes a file; the version in it is the one it was made from.
fn publish(shell: &Shell, workbench: &Workbench, publish: &ConfigPublish) -> Result<Outcome, Failure> {
    // Whether it still follows what is in force, the server knows.
    let draft = Configuration::parse(&read(&publish.file)?).map_err(|flawed| Error::from(&flawed))?;
    let version = put_in_force(workbench, &draft, &publish.note)?;
    Ok(Outcome::done(json!({"version": version}), shell.text.line("config.published", &[("version", &version)])))
}

/// One change of what is in force here: tried out, and when asked for, published.
fn edit(shell: &Shell, workbench: &Workbench, edit: Edit, publishing: &Publishing) -> Result<Outcome, Failure> {
    let draft = workbench.edit_config(edit)?;
    let tried = try_out(workbench, &draft, publishing.days)?;
    let mut object = json!({"parent": draft.version, "version": null, "dry_run": Names::of(workbench)?.run(&tried)});
    let mut said = differences(shell, workbench, &tried)?;
    match publishing.note.as_deref().filter(|_| publishing.publish) {
        Some(note) => {
            let version = put_in_force(workbench, &draft, note)?;
            object["version"] = json!(version);
            said += &shell.text.line("config.published", &[("version", &version)]);
        }
        None => said += &shell.text.line("config.not_published", &[]),
    }
    Ok(Outcome::done(object, said))
}

fn try_out(workbench: &Workbench, draft: &Configuration, days: Option<u16>) -> CoreResult<DryRun> {
    wait(|_| workbench.try_config(draft, days))?
}

/// Publishes, and fetches the new version at once, so that the next edit builds on it. When that fails the next sync brings it.
fn put_in_force(workbench: &Workbench, draft: &Configuration, note: &str) -> CoreResult<i64> {
    wait(|cancel| async move {
        let version = workbench.publish_config(draft, note).await?;
        let _ = workbench.sync(BlobChoice::None, |_| {}, cancel).await;
        Ok(version)
    })?
}

fn read_draft(workbench: &Workbench, file: &Path) -> CoreResult<Configuration> {
    workbench.check_config(&read(file)?)
}

fn read_rule(file: &Path) -> CoreResult<Rule> {
    let rule = serde_json::from_str(&read(file)?);
    rule.map_err(|error| Error::invalid("cli.rule_unreadable").with("detail", error))
}

/// A file, or standard input for `-`; more than a configuration may have is not read.
fn read(file: &Path) -> CoreResult<String> {
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    if file == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    if bytes.len() > MAX_BYTES {
        return Err(Error::invalid("file.too_large").with("limit_bytes", MAX_BYTES));
    }
    String::from_utf8(bytes).map_err(|_| Error::invalid("cli.not_text"))
}

fn option(add: OptionAdd) -> (Choice, String, Publishing) {
    let option = Choice {
        key: add.key,
        en: add.en.unwrap_or_else(|| add.zh.clone()),
        zh: add.zh,
        counts_for_density: add.counts_for_density,
        non_standard: add.non_standard,
        needs_reason: add.needs_reason,
        brief: add.brief,
        stage: add.stage,
        prompt: add.prompt,
        ..Choice::default()
    };
    (option, add.list, add.publishing)
}

fn into_extra(holds: Holds) -> ExtraType {
    match holds {
        Holds::Text => ExtraType::Text,
        Holds::Number => ExtraType::Number,
        Holds::Money => ExtraType::Money,
        Holds::Day => ExtraType::Day,
        Holds::Flag => ExtraType::Flag,
    }
}

fn formula(now: Formula, numbers: &ConfigFormula) -> Formula {
    Formula {
        window_days: numbers.window_days.unwrap_or(now.window_days),
        per_touch: numbers.per_touch.unwrap_or(now.per_touch),
        per_evidence: numbers.per_evidence.unwrap_or(now.per_evidence),
        per_overdue_day: numbers.per_overdue_day.unwrap_or(now.per_overdue_day),
        grace_hours: numbers.grace_hours.unwrap_or(now.grace_hours),
        red_below: numbers.red_below.unwrap_or(now.red_below),
        pause_until_next_date: numbers.pause_until_next_date.unwrap_or(now.pause_until_next_date),
    }
}

/// A configuration for people: the formula, the actions, added fields, and every rule.
fn page(shell: &Shell, config: &Configuration, release: Option<&ReleaseView>) -> String {
    let text = shell.text;
    let word = |zh: &str, en: &str| if text.0 == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let mut page = table(0, &[release.map_or_else(|| vec![config.version.to_string()], |release| release_row(shell, release))]);
    let health = config.health;
    let numbers: [(&str, &dyn Display); 6] = [
        ("touch", &health.per_touch),
        ("evidence", &health.per_evidence),
        ("overdue", &health.per_overdue_day),
        ("days", &health.window_days),
        ("hours", &health.grace_hours),
        ("red", &health.red_below),
    ];
    page += &text.line("config.formula", &numbers);
    let actions: Vec<String> = Configuration::offered(&config.actions).map(|choice| word(&choice.zh, &choice.en)).collect();
    page += &text.line("config.actions", &[("actions", &actions.join(" / "))]);
    let added = config.forms.iter().flat_map(|form| &form.fields).filter(|field| field.holds.is_some());
    for field in added {
        let label = word(field.zh.as_deref().unwrap_or_default(), field.en.as_deref().unwrap_or_default());
        let key = field.field.trim_start_matches("x/");
        let mark = if field.required { text.get("config.required") } else { "" };
        page += &text.line("config.field", &[("label", &label), ("key", &key), ("mark", &mark)]);
    }
    let nodes = config.rules.iter().filter(|rule| rule.response).count();
    page += &text.line("config.rules", &[("nodes", &nodes), ("most", &MAX_RESPONSES)]);
    let rows: Vec<_> = config
        .rules
        .iter()
        .map(|rule| {
            let state = if rule.off { text.get("config.off") } else { "" };
            let node = if rule.response { text.get("config.node") } else { "" };
            vec![rule.id.clone(), word(&rule.zh, &rule.en), node.into(), state.into()]
        })
        .collect();
    page + &table(2, &rows)
}

fn release_row(shell: &Shell, release: &ReleaseView) -> Vec<String> {
    let text = shell.text;
    let by = release.published_by.as_ref().map_or_else(|| text.get("config.shipped").to_owned(), |person| person.name.clone());
    let state = if release.in_force { text.get("config.in_force") } else { "" };
    vec![
        text.say("config.version", &[("version", &release.version)]),
        state.into(),
        release.at.map(local).unwrap_or_default(),
        by,
        release.note.clone().unwrap_or_default(),
    ]
}

/// What a dry run found, in words: counts first, then who and whom.
fn differences(shell: &Shell, workbench: &Workbench, run: &DryRun) -> CoreResult<String> {
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
struct Names(HashMap<String, String>);

impl Names {
    fn of(workbench: &Workbench) -> CoreResult<Self> {
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

    /// A dry run for scripts.
    fn run(&self, run: &DryRun) -> Value {
        let woulds = |list: &[Would]| list.iter().map(|would| self.would(would)).collect::<Vec<_>>();
        let customer = |id: Option<chuda_record::id::CustomerId>| id.map(|id| self.named(&id.to_string()));
        json!({
            "records": run.records,
            "rules": run.rules,
            "added": woulds(&run.added),
            "removed": woulds(&run.removed),
            "changed": woulds(&run.changed),
            "health": run.health.iter().map(|one| json!({
                "customer": self.named(&one.customer.to_string()), "now": one.now, "then": one.then, "red": one.red,
            })).collect::<Vec<_>>(),
            "refused": run.refused.iter().map(|one| json!({
                "touch": one.touch, "customer": customer(one.customer), "field": one.field,
            })).collect::<Vec<_>>(),
            "totals": run.totals,
        })
    }

    fn would(&self, would: &Would) -> Value {
        let whom = would.whom.iter().map(|word| match Role::parse(word) {
            Some(role) => json!({"role": role.as_str()}),
            None => self.named(word),
        });
        json!({
            "rule": would.rule,
            "record": would.record,
            "kind": would.kind.as_str(),
            "customer": would.customer.map(|id| self.named(&id.to_string())),
            "effects": would.effects,
            "whom": whom.collect::<Vec<_>>(),
            "because": would.because,
        })
    }
}
