//! `chuda config`: what is in force, drafts from a file or from one small edit, what they would have done, and publishing.

mod dry_run;

use std::fmt::Display;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chuda_phone::query::view::ReleaseView;
use chuda_phone::workbench::{BlobChoice, Workbench};
use chuda_record::rules::config::{Choice, ExtraType, MAX_BYTES, MAX_RESPONSES};
use chuda_record::rules::dry_run::DryRun;
use chuda_record::rules::health::Formula;
use chuda_record::rules::{Config as Configuration, Edit, Rule};
use chuda_record::{Error, Result as CoreResult, Stage};
use chuda_words::{Lang, keys};
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use serde_json::json;

use crate::args::{Values, one_of};
use crate::exit::{Failure, Outcome};
use crate::shell::{Shell, local, wait};
use crate::table::table;
use clap::{Args, Subcommand};

use dry_run::{Names, differences};

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Show the configuration that this phone uses, or an earlier one
    Show {
        /// An earlier version
        #[arg(long, value_name = "N")]
        version: Option<i64>,
        /// Write it to a file, to be edited
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// All versions, the newest first
    Versions,
    /// Check a file, without a network
    Check(DraftFile),
    /// Try a file out on past records, compared with the version in force
    DryRun {
        #[command(flatten)]
        draft: DraftFile,
        /// How many days of records to use [default: 90]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
        days: Option<u16>,
    },
    /// Publish a file, which takes effect for everyone
    Publish {
        #[command(flatten)]
        draft: DraftFile,
        /// What was changed; everyone can read it
        #[arg(long, value_name = "TEXT")]
        note: String,
    },
    /// Options: add, retire, split
    #[command(subcommand)]
    Option(ConfigOption),
    /// Rules: add, switch off and on, remove
    #[command(subcommand)]
    Rule(ConfigRule),
    /// Fields of the form: add
    #[command(subcommand)]
    Form(ConfigForm),
    /// Change numbers of the health formula
    Formula(ConfigFormula),
}

#[derive(Debug, Args)]
pub(crate) struct DraftFile {
    /// The file, as config show --out writes it
    file: PathBuf,
}

/// What becomes of a small edit: a dry run, and when asked for, a new version.
#[derive(Debug, Args)]
pub(crate) struct Publishing {
    /// Publish it after the dry run
    #[arg(long, requires = "note")]
    publish: bool,
    /// What was changed; everyone can read it
    #[arg(long, value_name = "TEXT", requires = "publish")]
    note: Option<String>,
    /// How many days of records the dry run uses [default: 90]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
    days: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigOption {
    /// Add an option
    Add(OptionAdd),
    /// Stop offering an option; records keep it
    Retire {
        #[command(flatten)]
        option: OptionName,
        #[command(flatten)]
        publishing: Publishing,
    },
    /// Replace an option with finer ones; records keep it, and rules about it apply to them
    Split {
        #[command(flatten)]
        option: OptionName,
        /// The finer options
        #[arg(long, value_name = "KEY=ZH[=EN]", value_parser = part, num_args = 1.., required = true)]
        into: Vec<(String, String, String)>,
        /// What to ask for when one of them is chosen
        #[arg(long, value_name = "TEXT")]
        prompt: Option<String>,
        #[command(flatten)]
        publishing: Publishing,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OptionName {
    /// The list, such as actions, briefs, short_reasons
    #[arg(value_parser = PossibleValuesParser::new(Configuration::list_names()))]
    list: String,
    /// The option's key
    key: String,
}

#[derive(Debug, Args)]
pub(crate) struct OptionAdd {
    /// The list, such as actions, briefs, short_reasons
    #[arg(value_parser = PossibleValuesParser::new(Configuration::list_names()))]
    list: String,
    /// Its key: lower-case letters, digits, _
    key: String,
    /// In Chinese
    #[arg(long, value_name = "WORD")]
    zh: String,
    /// In English [default: as in Chinese]
    #[arg(long, value_name = "WORD")]
    en: Option<String>,
    /// A touch with this action counts for touch density
    #[arg(long)]
    counts_for_density: bool,
    /// A non-standard action, counted separately
    #[arg(long)]
    non_standard: bool,
    /// The answer, or the task, needs a reason
    #[arg(long)]
    needs_reason: bool,
    /// The progress brief that this action suggests
    #[arg(long, value_name = "KEY")]
    brief: Option<String>,
    /// The stage that this action proves
    #[arg(long, value_name = "KEY", value_parser = stage)]
    stage: Option<Stage>,
    /// What to ask for when it is chosen
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    #[command(flatten)]
    publishing: Publishing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigRule {
    /// Add a rule
    Add {
        /// The rule as JSON; - reads standard input
        file: PathBuf,
        #[command(flatten)]
        publishing: Publishing,
    },
    /// Switch a rule off
    Off(RuleName),
    /// Switch a rule on again
    On(RuleName),
    /// Remove a rule
    Remove(RuleName),
}

#[derive(Debug, Args)]
pub(crate) struct RuleName {
    /// The rule
    id: String,
    #[command(flatten)]
    publishing: Publishing,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigForm {
    /// Ask for one more field when a touch is recorded
    Add {
        /// Its key: lower-case letters, digits, _
        key: String,
        /// What it holds
        #[arg(long, value_parser = one_of(HOLDS), value_name = "text|number|money|day|flag", hide_possible_values = true)]
        holds: ExtraType,
        /// Its label in Chinese
        #[arg(long, value_name = "WORD")]
        zh: String,
        /// Its label in English [default: as in Chinese]
        #[arg(long, value_name = "WORD")]
        en: Option<String>,
        /// It must be filled in
        #[arg(long)]
        required: bool,
        #[command(flatten)]
        publishing: Publishing,
    },
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("numbers").required(true).multiple(true).args([
    "window_days", "per_touch", "per_evidence", "per_overdue_day", "grace_hours", "red_below", "pause_until_next_date",
]))]
pub(crate) struct ConfigFormula {
    /// How far back touches and evidence count, in days
    #[arg(long, value_name = "N")]
    window_days: Option<i64>,
    /// Points per touch
    #[arg(long, value_name = "N")]
    per_touch: Option<i64>,
    /// Points per piece of valid evidence
    #[arg(long, value_name = "N")]
    per_evidence: Option<i64>,
    /// Points lost per overdue day
    #[arg(long, value_name = "N")]
    per_overdue_day: Option<i64>,
    /// How long after the last touch nothing is overdue, in hours
    #[arg(long, value_name = "N")]
    grace_hours: Option<i64>,
    /// Below this a customer is red
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    red_below: Option<i64>,
    /// Nothing is overdue before the date for which the customer asked
    #[arg(long, value_name = "true|false", hide_possible_values = true)]
    pause_until_next_date: Option<bool>,
    #[command(flatten)]
    publishing: Publishing,
}

/// What an added field can hold.
const HOLDS: Values<ExtraType> = &[
    ("text", None, ExtraType::Text),
    ("number", None, ExtraType::Number),
    ("money", None, ExtraType::Money),
    ("day", None, ExtraType::Day),
    ("flag", None, ExtraType::Flag),
];

pub(crate) fn config(shell: &Shell, config: Config) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let (change, publishing) = match config {
        Config::Show { version, out } => return show(shell, &workbench, version, out.as_deref()),
        Config::Versions => return versions(shell, &workbench),
        Config::Check(draft) => {
            let parent = workbench.check_config(&read(&draft.file)?)?.version;
            return Ok(Outcome::done(&json!({"ok": true, "parent": parent}), shell.text.line("config.sound", &[])));
        }
        Config::DryRun { draft, days } => {
            let draft = workbench.check_config(&read(&draft.file)?)?;
            let tried = try_out(&workbench, &draft, days)?;
            let object = json!({"parent": draft.version, "dry_run": Names::of(&workbench)?.run(&tried)});
            return Ok(Outcome::done(&object, differences(shell, &workbench, &tried)?));
        }
        Config::Publish { draft, note } => return publish(shell, &workbench, &draft.file, &note),
        Config::Option(ConfigOption::Add(add)) => option(add),
        Config::Option(ConfigOption::Retire { option: OptionName { list, key }, publishing }) => {
            (Edit::RetireOption { list, key }, publishing)
        }
        Config::Option(ConfigOption::Split { option: OptionName { list, key }, into, prompt, publishing }) => {
            (Edit::SplitOption { list, key, into, prompt }, publishing)
        }
        Config::Rule(ConfigRule::Add { file, publishing }) => (Edit::AddRule(Box::new(read_rule(&file)?)), publishing),
        Config::Rule(ConfigRule::Off(rule)) => (Edit::SwitchRule { id: rule.id, off: true }, rule.publishing),
        Config::Rule(ConfigRule::On(rule)) => (Edit::SwitchRule { id: rule.id, off: false }, rule.publishing),
        Config::Rule(ConfigRule::Remove(rule)) => (Edit::RemoveRule(rule.id), rule.publishing),
        Config::Form(ConfigForm::Add { key, holds, zh, en, required, publishing }) => {
            let en = en.unwrap_or_else(|| zh.clone());
            (Edit::AddField { key, holds, zh, en, required }, publishing)
        }
        Config::Formula(numbers) => (Edit::Formula(formula(workbench.config().health, &numbers)), numbers.publishing),
    };
    edit(shell, &workbench, change, &publishing)
}

/// The version in force here, or an earlier one; with a file, that is what a supervisor edits.
fn show(shell: &Shell, workbench: &Workbench, version: Option<i64>, out: Option<&Path>) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Shown<'a> {
        #[serde(flatten)]
        about: About<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        out: Option<String>,
        content: &'a Configuration,
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum About<'a> {
        Release(&'a ReleaseView),
        Version { version: i64 },
    }

    let config = match version {
        Some(version) => workbench.config_version(version)?,
        None => (*workbench.config()).clone(),
    };
    let releases = workbench.releases()?;
    let release = releases.iter().find(|release| release.version == config.version);
    let said = match out {
        Some(file) => {
            let pretty = serde_json::to_string_pretty(&config).map_err(|error| Error::internal("config.encode", error))?;
            std::fs::write(file, pretty + "\n").map_err(Error::from)?;
            shell.text.line("config.written", &[("version", &config.version), ("path", &file.display())])
        }
        None => page(shell, &config, release),
    };
    let about = release.map_or(About::Version { version: config.version }, About::Release);
    let out = out.map(|file| file.display().to_string());
    Ok(Outcome::done(&Shown { about, out, content: &config }, said))
}

fn versions(shell: &Shell, workbench: &Workbench) -> Result<Outcome, Failure> {
    let releases = workbench.releases()?;
    let rows: Vec<_> = releases.iter().map(|release| release_row(shell, release)).collect();
    Ok(Outcome::list("versions", &releases, table(0, &rows)))
}

/// Publishes a file; the version in it is the one it was made from.
fn publish(shell: &Shell, workbench: &Workbench, file: &Path, note: &str) -> Result<Outcome, Failure> {
    // Whether it still follows what is in force, the server knows.
    let draft = Configuration::parse(&read(file)?).map_err(|flawed| Error::from(&flawed))?;
    let version = put_in_force(workbench, &draft, note)?;
    Ok(Outcome::done(&json!({"version": version}), shell.text.line("config.published", &[("version", &version)])))
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
    Ok(Outcome::done(&object, said))
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

fn read_rule(file: &Path) -> CoreResult<Rule> {
    let rule = serde_json::from_str(&read(file)?);
    rule.map_err(|error| Error::invalid(keys::CLI_RULE_UNREADABLE).with("detail", error))
}

/// A file, or standard input for `-`; more than a configuration may have is not read.
fn read(file: &Path) -> CoreResult<String> {
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    if file == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        chuda_evidence::file::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    if bytes.len() > MAX_BYTES {
        return Err(Error::invalid(keys::FILE_TOO_LARGE).with("limit_bytes", MAX_BYTES));
    }
    String::from_utf8(bytes).map_err(|_| Error::invalid(keys::CLI_NOT_TEXT))
}

fn option(add: OptionAdd) -> (Edit, Publishing) {
    let OptionAdd { list, key, zh, en, counts_for_density, non_standard, needs_reason, brief, stage, prompt, publishing } = add;
    let en = en.unwrap_or_else(|| zh.clone());
    let named = Choice { key, zh, en, ..Choice::default() };
    let option = Choice { counts_for_density, non_standard, needs_reason, brief, stage, prompt, ..named };
    (Edit::AddOption { list, option }, publishing)
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

fn stage(text: &str) -> Result<Stage, String> {
    Stage::parse(text).ok_or_else(|| Stage::ALL.map(Stage::as_str).join(", "))
}

/// An option as `key=zh=en`; without the English word the Chinese one stands for both.
fn part(text: &str) -> Result<(String, String, String), String> {
    let mut parts = text.splitn(3, '=').map(str::trim);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(key), Some(zh), en) if !key.is_empty() && !zh.is_empty() => Ok((key.into(), zh.into(), en.unwrap_or(zh).into())),
        _ => Err("KEY=ZH[=EN]".into()),
    }
}
