//! Rules carried out: each once per record, however often the record or its evidence is sent.

use chuda_core::id::{CustomerId, RecordId};
use chuda_core::record::{Fields, Kind, Record as _, Scalar, Task};
use chuda_core::rules::Config;
use chuda_core::rules::trigger::{Effect, Trigger};
use chuda_core::{Error, Result};

use crate::audit::{self, Act, By, Verb};
use crate::ingest::{Ingest, author_of, evidence_in};

/// Looks at one record with every rule for its kind and carries out those that fire for the first time.
pub(crate) fn carry_out(ingest: &mut Ingest<'_>, config: &Config, kind: Kind, record: RecordId) -> Result<()> {
    let mut rules = config.triggers.iter().filter(|rule| rule.on == kind).peekable();
    if rules.peek().is_none() {
        return Ok(());
    }
    let Some(document) = ingest.tx().document(record)? else { return Ok(()) };
    let mimes = if kind == Kind::Touch { evidence_mimes(ingest, &document.fields)? } else { Vec::new() };
    for rule in rules.filter(|rule| rule.fires(kind, &document.fields, &mimes)) {
        if !ingest.tx().claim_effect(&rule.id, record, ingest.now())? {
            continue;
        }
        tracing::info!(rule = rule.id, %record, "rule carried out");
        let act = Act::new(Verb::RuleCarriedOut).on(record, kind).saying(&rule.id);
        audit::log(ingest.tx(), ingest.now(), &By::server(), act)?;
        for effect in &rule.then {
            apply(ingest, config, rule, effect, record, &document.fields)?;
        }
    }
    Ok(())
}

fn apply(
    ingest: &mut Ingest<'_>,
    config: &Config,
    rule: &Trigger,
    effect: &Effect,
    record: RecordId,
    fields: &Fields,
) -> Result<()> {
    match effect {
        Effect::SetCategory(category) => ingest.write(record, &Fields::from([("category".into(), Scalar::Text(category.clone()))])),
        Effect::Task { kind, role, choices } => {
            let customer: Option<CustomerId> = fields.get("customer").and_then(Scalar::as_text).and_then(|id| id.parse().ok());
            let task = Task {
                task: kind.clone(),
                assignee: None,
                role: Some(*role),
                customer,
                source: record,
                rule: rule.id.clone(),
                config: config.version,
                choices: choices.iter().cloned().collect(),
                script_pack: None,
                created_at: ingest.now(),
                due: None,
                done_at: None,
                done_by: None,
                choice: None,
                reason: None,
            };
            let fields = task.to_new_fields().map_err(|error| Error::internal("task.encode", error))?;
            ingest.write(rule.task_id(record).into(), &fields)
        }
    }
}

/// The types of the evidence that a touch names and that is its author's.
fn evidence_mimes(ingest: &Ingest<'_>, touch: &Fields) -> Result<Vec<String>> {
    let mut mimes = Vec::new();
    for evidence in evidence_in(touch) {
        let Some(evidence) = ingest.tx().document(evidence.into())? else { continue };
        if author_of(&evidence.fields) == author_of(touch) {
            mimes.extend(evidence.fields.get("mime").and_then(Scalar::as_text).map(str::to_owned));
        }
    }
    Ok(mimes)
}
