//! `chuda touch`: keeps the evidence first, then records the touch it proves.

use std::path::PathBuf;

use chrono::NaiveDate;
use chuda_evidence::claim::Consent;
use chuda_phone::query::view::{TouchView, Word};
use chuda_phone::workbench::{TouchDraft, TouchSaved};
use chuda_record::id::EvidenceId;
use chuda_record::rules::Config;
use chuda_record::{ContactMode, Error, Fen, Intent};
use chuda_words::keys;
use serde::Serialize;

use super::evidence::{self, flags};
use super::{choices, find_customer};
use crate::args::{CONSENT, date, intent, one_of, pair, yuan, zh};
use crate::exit::{Exit, Failure, Outcome};
use crate::shell::{Shell, local};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Touch {
    /// The customer: id, name or short name
    #[arg(long)]
    pub(crate) customer: String,
    /// How: phone, wechat, visit, email
    #[arg(long, value_parser = mode)]
    pub(crate) mode: ContactMode,
    /// What: send_material, book_demo, demo, quote, sign, …
    #[arg(long)]
    pub(crate) action: String,
    /// A photo, document or recording that proves it; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Progress brief: demo_done, poc_needed, tech_needed, …
    #[arg(long)]
    pub(crate) brief: Option<String>,
    /// Who answers the technical question
    #[arg(long, value_name = "NAME")]
    pub(crate) tech_owner: Option<String>,
    /// When the answer is expected
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) response_by: Option<NaiveDate>,
    /// Amount in yuan
    #[arg(long, value_name = "YUAN", value_parser = yuan)]
    pub(crate) amount: Option<Fen>,
    /// Custom development was agreed
    #[arg(long)]
    pub(crate) custom_development: bool,
    /// Intent level
    #[arg(long, value_name = "A|B|C|D", value_parser = intent)]
    pub(crate) intent: Option<Intent>,
    /// The customer responded
    #[arg(long)]
    pub(crate) feedback: bool,
    /// The contact on the customer's side
    #[arg(long, value_name = "NAME")]
    pub(crate) contact: Option<String>,
    /// That person's role in the deal: decision_maker, it, legal, end_user, …
    #[arg(long, value_name = "ROLE", requires = "contact")]
    pub(crate) contact_role: Option<String>,
    /// A field that a supervisor added to the form; repeatable
    #[arg(long = "extra", value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) extra: Vec<(String, String)>,
    /// Next follow-up: a date, or Chinese words for one
    #[arg(long, value_parser = next_day, value_name = "DATE|WORDS")]
    pub(crate) next: Option<String>,
    /// A note
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Required for a recording: self (only your voice) or told (the customer was told)
    #[arg(long, value_parser = one_of(CONSENT), value_name = "self|told", hide_possible_values = true)]
    pub(crate) consent: Option<Consent>,
    /// Keep it as a draft, without evidence
    #[arg(long)]
    pub(crate) draft: bool,
}

/// Records a touch. Everything that can be refused is refused before the first file is kept.
pub(crate) fn record(shell: &Shell, touch: Touch) -> Result<Outcome, Failure> {
    let workbench = shell.open()?;
    let customer = find_customer(&workbench, &touch.customer)?;
    let drafts = evidence::drafts(&touch.evidence, touch.consent)?;
    let unclear = || Error::invalid(keys::TOUCH_NEXT_UNCLEAR);
    let next = touch.next.map(|words| workbench.read_day(&words).ok_or_else(unclear)).transpose()?;
    let (next_date, next_action) = next.map_or((None, None), |(day, action)| (Some(day), action));
    let mut draft = TouchDraft {
        customer: Some(customer.id),
        mode: Some(touch.mode),
        action: Some(touch.action),
        allow_draft: touch.draft,
        brief: touch.brief,
        tech_owner: touch.tech_owner,
        response_by: touch.response_by,
        amount: touch.amount,
        custom_development: touch.custom_development,
        intent: touch.intent,
        feedback: touch.feedback,
        contact: touch.contact,
        contact_role: touch.contact_role,
        extra: touch.extra.into_iter().collect(),
        next_action,
        next_date,
        note: touch.note,
        ..TouchDraft::default()
    };
    workbench.check_touch(&draft).map_err(|error| with_choices(shell, error, &workbench.config()))?;
    for file in drafts {
        match workbench.keep_evidence(file) {
            Ok(kept) => draft.evidence.push(kept.evidence.id),
            Err(error) => return Err(with_kept(shell, error.into(), &draft.evidence)),
        }
    }
    let kept = draft.evidence.clone();
    let saved = workbench.record_touch(draft).map_err(|error| with_kept(shell, error.into(), &kept))?;
    Ok(outcome(shell, &workbench.config(), &saved))
}

/// What a recorded touch looks like; exit code 4 when a piece of its evidence does not open.
pub(crate) fn outcome(shell: &Shell, config: &Config, saved: &TouchSaved) -> Outcome {
    let unreadable = saved.touch.evidence.iter().any(|evidence| !evidence.readable);
    let exit = if unreadable { Exit::Attention } else { Exit::Done };
    Outcome::ending(exit, &Prompted { saved, prompt: prompt(config, saved) }, said(shell, config, saved))
}

/// A recorded touch for scripts, with what its action asks for.
#[derive(Serialize)]
struct Prompted<'a> {
    #[serde(flatten)]
    saved: &'a TouchSaved,
    prompt: Option<&'a str>,
}

/// A recorded touch for people.
fn said(shell: &Shell, config: &Config, saved: &TouchSaved) -> String {
    let (text, touch) = (shell.text, &saved.touch);
    let status = text.label("status", touch.status.as_str());
    let mut lines = vec![text.line("touch.saved", &[("customer", &touch.customer_name), ("status", &status), ("id", &touch.id)])];
    lines.extend(touch.evidence.iter().map(|evidence| evidence::line(shell, evidence)));
    lines.extend(prompt(config, saved).map(|prompt| text.line("touch.prompt", &[("prompt", &prompt)])));
    for triggered in &saved.triggered {
        lines.push(
            text.line("touch.triggered", &[("effect", &effect(shell, config, &triggered.effect)), ("rule", &triggered.rule)]),
        );
    }
    lines.concat()
}

/// What the action asks for (R3), such as 请上传操作界面截图.
fn prompt<'c>(config: &'c Config, saved: &TouchSaved) -> Option<&'c str> {
    Config::option(&config.actions, &saved.touch.action.key)?.prompt.as_deref()
}

/// Touches as rows: (day or time), customer, mode and action, evidence, id.
pub(crate) fn touch_rows(shell: &Shell, touches: &[TouchView], with_day: bool) -> Vec<Vec<String>> {
    let row = |touch: &TouchView| {
        let at = local(touch.at);
        let at = if with_day { at } else { at.split(' ').next_back().unwrap_or_default().to_owned() };
        vec![at, touch.customer_name.clone(), mode_and_action(shell, touch), proof(shell, touch), touch.id.to_string()]
    };
    touches.iter().map(row).collect()
}

fn mode_and_action(shell: &Shell, touch: &TouchView) -> String {
    let mut words = vec![shell.text.label("mode", touch.mode.as_str()), shell.text.word(&touch.action).to_owned()];
    words.extend(touch.category.as_ref().map(|category| shell.text.word(category).to_owned()));
    words.extend(touch.amount.map(|amount| format!("¥{}", amount.to_yuan())));
    words.join(" · ")
}

/// `✓ 2` for evidence that counts, the words otherwise.
fn proof(shell: &Shell, touch: &TouchView) -> String {
    let valid = touch.evidence.iter().filter(|evidence| evidence.valid).count();
    let unreadable = touch.evidence.iter().filter(|evidence| !evidence.readable).count();
    let mut words = vec![match touch.evidence.len() {
        0 => shell.text.label("status", touch.status.as_str()),
        _ if valid > 0 => shell.text.say("evidence.count", &[("count", &valid)]),
        _ => shell.text.get("evidence.not_valid").into(),
    }];
    if unreadable > 0 {
        words.push(shell.text.say("evidence.unreadable_count", &[("count", &unreadable)]));
    }
    let flagged: Vec<String> = touch.evidence.iter().flat_map(|evidence| flags(shell, evidence)).collect();
    words.extend(flagged.first().cloned());
    words.join(" · ")
}

/// An effect such as `task:quote_approval` in words.
fn effect(shell: &Shell, config: &Config, effect: &str) -> String {
    let (key, list, name) = match effect.split_once(':') {
        Some(("task", name)) => ("effect.task", &config.tasks, name),
        Some(("category", name)) => ("effect.category", &config.categories, name),
        Some(("create", kind)) => return shell.text.say("effect.create", &[("name", &shell.text.label("kind", kind))]),
        _ => return effect.to_owned(),
    };
    let word = Config::option(list, name).map(Word::from);
    shell.text.say(key, &[("name", &word.as_ref().map_or(name, |word| shell.text.word(word)))])
}

/// Adds the list to an error about a word that is not in it.
fn with_choices(shell: &Shell, error: Error, config: &Config) -> Failure {
    let list = match error.key {
        keys::TOUCH_UNKNOWN_ACTION => &config.actions,
        keys::TOUCH_UNKNOWN_BRIEF => &config.briefs,
        _ => return error.into(),
    };
    choices(error.into(), shell, "choices", &Config::offered(list).map(Word::from).collect::<Vec<_>>())
}

/// Nothing that was kept gets lost behind an error: says which evidence is there and how to use it.
fn with_kept(shell: &Shell, failure: Failure, kept: &[EvidenceId]) -> Failure {
    if kept.is_empty() {
        return failure;
    }
    let ids: Vec<String> = kept.iter().map(ToString::to_string).collect();
    let said = shell.text.line("evidence.kept", &[("id", &ids.join(", "))]);
    failure.with("evidence", &ids, &said)
}

fn mode(text: &str) -> Result<ContactMode, String> {
    ContactMode::called(text).ok_or_else(|| {
        let either = |mode: ContactMode| format!("{} ({})", mode.label().zh, mode.as_str());
        ContactMode::ALL.map(either).join(", ")
    })
}

/// Whether words name a day at all; which one depends on the phone's today.
fn next_day(text: &str) -> Result<String, String> {
    let named = chuda_speech::read_day(text, NaiveDate::default()).is_some();
    if named { Ok(text.to_owned()) } else { Err(format!("YYYY-MM-DD, {}", zh("touch.next_said"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_given_by_its_word_or_its_key() {
        assert_eq!(mode("面访").unwrap(), ContactMode::Visit);
        assert_eq!(mode("visit").unwrap(), ContactMode::Visit);
        assert!(mode("传真").is_err());
    }
}
