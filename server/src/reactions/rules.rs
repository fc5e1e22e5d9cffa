//! Rules carried out: each once per record and occasion, however often the record or its evidence is sent.

use chuda_record::id::RecordId;
use chuda_record::rules::firing::{self, Due, Moment, Occasion};
use chuda_record::rules::rule::{Rule, Trigger};
use chuda_record::rules::{Config, Firing, Subject};
use chuda_record::{Kind, Result, Scalar};
use serde::{Deserialize, Serialize};

use crate::audit::{self, Act, By, Verb};
use crate::ingest::{Ingest, Reaction, When};
use crate::store::{Document, Payload};

/// Whatever a record's own version of the configuration asks for.
pub(super) const FIRED: Reaction = Reaction { to: Kind::ALL, act: When::Each(carry_out) };

/// The job of a rule that waits: looks whether it still holds for a record, and carries it out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TimedRule {
    pub(crate) rule: String,
    pub(crate) record: RecordId,
    /// What the rule's field held when the job was made; none in jobs of earlier versions.
    #[serde(default)]
    pub(crate) since: Option<Scalar>,
}

impl Payload for TimedRule {
    const KIND: &'static str = "rule";
}

/// Looks at one record with every rule for its kind: carries out those that fire for the first time, and schedules the timed ones.
fn carry_out(ingest: &mut Ingest<'_>, kind: Kind, record: RecordId) -> Result<()> {
    let Some(document) = ingest.tx().document(record)? else { return Ok(()) };
    let config = ingest.config_of(&document.fields);
    let people = ingest.people();
    let moment = Moment { config: &config, people: &people, now: ingest.now() };
    let (firings, due) = {
        let subject = Subject { id: record, kind, fields: &document.fields, world: ingest.tx() };
        (firing::fire(moment, &subject)?, firing::due(&config, &subject, ingest.now())?)
    };
    for firing in &firings {
        apply(ingest, kind, firing)?;
    }
    for due in due {
        schedule(ingest, due, record)?;
    }
    Ok(())
}

/// Carries out a timed rule for a record, if it still holds. When what its field held has changed, such as a promised day that was put
/// off, another job looks in its place.
pub(crate) fn carry_out_timed(ingest: &mut Ingest<'_>, timed: &TimedRule) -> Result<()> {
    let TimedRule { rule, record, since } = timed;
    let Some(document) = ingest.tx().document(*record)? else { return Ok(()) };
    let config = ingest.config_of(&document.fields);
    let Some(rule) = config.rules.iter().find(|other| other.id == *rule) else { return Ok(()) };
    if let (Trigger::Since(trigger), Some(since)) = (&rule.trigger, since)
        && document.fields.get(&trigger.field) != Some(since)
    {
        return Ok(());
    }
    carry_out_on(ingest, &config, rule, &document, Occasion::default())
}

/// Carries out one rule for a record as it is, if it has not been on this occasion.
pub(crate) fn carry_out_on(
    ingest: &mut Ingest<'_>,
    config: &Config,
    rule: &Rule,
    document: &Document,
    occasion: Occasion,
) -> Result<()> {
    let people = ingest.people();
    let moment = Moment { config, people: &people, now: ingest.now() };
    let subject = Subject { id: document.id, kind: document.kind, fields: &document.fields, world: ingest.tx() };
    let firing = firing::fire_rule_on(moment, rule, &subject, occasion)?;
    firing.map_or(Ok(()), |firing| apply(ingest, document.kind, &firing))
}

fn apply(ingest: &mut Ingest<'_>, kind: Kind, firing: &Firing) -> Result<()> {
    if firing.effects.is_empty() {
        return Ok(());
    }
    // What is always carried out writes nothing where nothing differs.
    if !firing.always {
        if !ingest.tx().claim_effect(firing, ingest.now())? {
            return follow(ingest, firing);
        }
        tracing::info!(rule = firing.rule, config = firing.config, record = %firing.record, "rule carried out");
        let act = Act::new(Verb::RuleCarriedOut).on(firing.record, kind).saying(&firing.rule);
        audit::log(ingest.tx(), ingest.now(), &By::server(), act)?;
    }
    for write in &firing.writes {
        // What is there already has been made by this very effect, before a restore brought the claim of it back.
        if write.new && ingest.has_made(write.id)? {
            continue;
        }
        let before = ingest.tx().document(write.id)?;
        // A rule that makes nonsense of one record must not hold up what people send.
        let mut after = before.map(|document| document.fields).unwrap_or_default();
        after.extend(write.fields.clone());
        match write.kind.check(&after) {
            Ok(()) => ingest.write(write.id, &write.fields)?,
            Err(error) => tracing::error!(rule = firing.rule, record = %write.id, %error, "effect left out"),
        }
    }
    Ok(())
}

/// A task goes with its record as long as nobody has done it: to whoever has taken the record on, and to another promised day.
fn follow(ingest: &mut Ingest<'_>, firing: &Firing) -> Result<()> {
    for write in firing.writes.iter().filter(|write| !write.follows.is_empty()) {
        let Some(task) = ingest.tx().document(write.id)?.filter(|task| task.kind == Kind::Task && task.kind.is_open(&task.fields))
        else {
            continue;
        };
        if write.follows.iter().any(|(field, value)| task.fields.get(field) != Some(value)) {
            ingest.write(write.id, &write.follows)?;
        }
    }
    Ok(())
}

fn schedule(ingest: &Ingest<'_>, due: Due<'_>, record: RecordId) -> Result<()> {
    let Due { rule, since, at } = due;
    let since_text = match &since {
        Scalar::Text(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    };
    let key = format!("rule/{}/{record}/{since_text}", rule.id);
    ingest.tx().schedule(&key, &TimedRule { rule: rule.id.clone(), record, since: Some(since) }, at).map(drop)
}
