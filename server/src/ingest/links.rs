//! What must hold between records, and between a record and the configuration it was made under.

use chuda_record::id::{CustomerId, PersonId, RecordId, ReportId};
use chuda_record::kind::contract::E_SIGN;
use chuda_record::kind::lead::LeadRequest;
use chuda_record::policy::Type;
use chuda_record::rules::{Config, Subject, firing};
use chuda_record::{BackCheck, Change, Fields, Kind, Rejection, Report, Result, Scalar, Touch, from_fields};

use super::named::{author_of, evidence_in};
use super::{Ingest, Sender, signature};
use crate::store::Document;

impl Ingest<'_> {
    /// What must hold between records, for the fields that a change writes.
    pub(super) fn check_links(
        &mut self,
        sender: Sender,
        document: RecordId,
        kind: Kind,
        before: Option<&Fields>,
        change: &Change,
    ) -> Result<Result<(), Rejection>> {
        let invalid = |detail: &str| Ok(Err(Rejection::Invalid { detail: detail.into() }));
        let writes = &change.writes;
        let text = |field: &str| writes.get(field).and_then(Scalar::as_text);
        let is_sender = |field: &str| text(field).is_none_or(|value| value.parse() == Ok(sender.person));
        let signs = || ["signed_at", "signed_by", "signed_with", "signature"].into_iter().any(|field| writes.contains_key(field));
        if let Some(customer) = text("customer").filter(|_| kind != Kind::Customer) {
            let Ok(customer) = customer.parse::<CustomerId>() else { return invalid("customer") };
            // Whoever may not read it must not learn whether it exists.
            if !self.tx.may_read(customer.into(), sender.person)? {
                return invalid("customer");
            }
        }
        // What is chosen from a list of the configuration is one of its options; touches and tasks are looked at more closely below.
        let config = self.config_of(before.unwrap_or(writes));
        for (field, value) in writes.iter().filter(|_| !matches!(kind, Kind::Touch | Kind::Task)) {
            if let (Some(Type::Option(list)), Scalar::Text(key)) = (kind.type_of(field), value)
                && config.list(list).iter().all(|option| option.key != *key)
            {
                return invalid(field);
            }
        }
        match kind {
            Kind::Question | Kind::Demand if !is_sender("assignee") => return invalid("assignee"),
            Kind::Question if !is_sender("answered_by") => return invalid("answered_by"),
            Kind::Demand if !is_sender("assessed_by") => return invalid("assessed_by"),
            Kind::Finding if !is_sender("resolved_by") => return invalid("resolved_by"),
            Kind::Finding if writes.contains_key("resolution") && text("reason").is_none_or(|reason| reason.trim().is_empty()) => {
                return invalid("reason");
            }
            Kind::Customer | Kind::Lead if before.is_none() && !is_sender("holder") => return invalid("holder"),
            Kind::Lead if !is_sender("moved_by") => return invalid("moved_by"),
            Kind::Lead => {
                if let Err(detail) = check_lead(before, writes, sender.person) {
                    return invalid(detail);
                }
                if before.is_none() && self.is_held_otherwise(writes)? {
                    return invalid("holder");
                }
                for (key, value) in writes.iter().filter(|(key, _)| key.starts_with("requests/")) {
                    let asked_by = value.as_text().and_then(LeadRequest::parse).and_then(|request| request.by());
                    if asked_by != Some(sender.person) {
                        return Ok(Err(Rejection::Invalid { detail: key.clone() }));
                    }
                }
            }
            Kind::Contract if signs() => {
                let signed = before.map(|before| signature::check(self, sender, document, before, writes)).transpose()?;
                if signed != Some(true) {
                    return invalid("signature");
                }
            }
            Kind::BackCheck => {
                if let Some(Err(reason)) = before.map(|before| BackCheck::check_edit(before, writes)) {
                    return Ok(Err(reason));
                }
            }
            Kind::Task if !is_sender("done_by") => return invalid("done_by"),
            // The signature itself does it, and closes it.
            Kind::Task if before.and_then(|task| task.get("task")).and_then(Scalar::as_text) == Some(E_SIGN) => {
                return invalid("signature");
            }
            Kind::Task => {
                if let Some(task) = before.filter(|_| writes.contains_key("done_at") || writes.contains_key("choice"))
                    && let Err(detail) = check_done(&self.config_of(task), task, text("choice"), text("reason"))
                {
                    return invalid(detail);
                }
            }
            Kind::Report if before.is_none() => match from_fields::<Report>(writes) {
                Ok(report) if report.briefs.values().any(|brief| !self.has_brief(writes, brief)) => return invalid("briefs"),
                Ok(report) if RecordId::from(ReportId::of(report.author, report.day)) == document => {}
                Ok(_) => return invalid("day"),
                Err(error) => return Ok(Err(Rejection::Invalid { detail: error.0 })),
            },
            Kind::Evidence => {
                if before.is_none() && text("device").is_some_and(|device| device.parse() != Ok(change.actor.device)) {
                    return invalid("device");
                }
                if let Some(touch) = text("touch") {
                    let touch = touch.parse::<RecordId>().ok().map(|touch| self.tx.document(touch)).transpose()?.flatten();
                    let own = |touch: &Document| touch.kind == Kind::Touch && author_of(&touch.fields) == Some(sender.person);
                    if !touch.as_ref().is_some_and(own) {
                        return invalid("touch");
                    }
                }
            }
            Kind::Touch => {
                if before.is_none()
                    && let Err(detail) = self.check_form(document, writes)?
                {
                    return Ok(Err(Rejection::Invalid { detail }));
                }
                for evidence in evidence_in(writes) {
                    // It may come later; one that is there must be the author's own.
                    let evidence = self.tx.document(evidence.into())?;
                    let own = |other: &Document| other.kind == Kind::Evidence && author_of(&other.fields) == Some(sender.person);
                    if evidence.is_some_and(|other| !own(&other)) {
                        return invalid("evidence");
                    }
                }
            }
            _ => {}
        }
        Ok(Ok(()))
    }

    /// Whether a new lead names another holder than its customer has: entering a lead takes no customer from anybody.
    fn is_held_otherwise(&mut self, lead: &Fields) -> Result<bool> {
        let Some(customer) = lead.get("customer").and_then(Scalar::as_text).and_then(|id| id.parse().ok()) else {
            return Ok(false);
        };
        let holder = lead.get("holder").and_then(Scalar::as_text).and_then(|id| id.parse().ok());
        Ok(self.customer(customer)?.holder != holder)
    }

    /// Whether a new touch has what form and rules ask for, by the configuration it was made under (T1, B2, T6).
    fn check_form(&self, document: RecordId, writes: &Fields) -> Result<Result<(), String>> {
        let config = self.config_of(writes);
        let Ok(touch) = from_fields::<Touch>(writes) else { return Ok(Ok(())) };
        if config.actions.iter().all(|choice| choice.key != touch.action) {
            return Ok(Err("action".into()));
        }
        if touch.brief.is_some_and(|brief| config.briefs.iter().all(|choice| choice.key != brief)) {
            return Ok(Err("brief".into()));
        }
        if let Some(field) = firing::misfit(&config, Kind::Touch, writes) {
            return Ok(Err(field));
        }
        let subject = Subject { id: document, kind: Kind::Touch, fields: writes, world: self.tx };
        Ok(firing::missing(&config, &subject)?.into_iter().next().map_or(Ok(()), Err))
    }

    /// Whether there is such a brief in the configuration that a record was made under (B1).
    fn has_brief(&self, fields: &Fields, brief: &str) -> bool {
        self.config_of(fields).briefs.iter().any(|choice| choice.key == brief)
    }
}

/// Whether a task can be done so; otherwise the field that is wrong.
pub(crate) fn check_done(config: &Config, task: &Fields, choice: Option<&str>, reason: Option<&str>) -> Result<(), &'static str> {
    let option = match choice {
        Some(choice) if task.get(&format!("choices/{choice}")) == Some(&Scalar::Bool(true)) => {
            config.choices.iter().find(|other| other.key == choice)
        }
        None if task.iter().all(|(key, value)| !key.starts_with("choices/") || *value != Scalar::Bool(true)) => {
            let kind = task.get("task").and_then(Scalar::as_text);
            config.tasks.iter().find(|other| Some(other.key.as_str()) == kind)
        }
        _ => return Err("choice"),
    };
    let needs_reason = option.is_some_and(|option| option.needs_reason);
    if needs_reason && reason.is_none_or(|reason| reason.trim().is_empty()) { Err("reason") } else { Ok(()) }
}

/// Whether a change does nothing but ask for a lead, in the sender's own name. That is heard also when somebody else was faster and
/// the lead is no longer the sender's to read: who asks is told who has it.
pub(super) fn is_claim(kind: Kind, change: &Change, sender: PersonId) -> bool {
    let claims = |text: &Scalar| text.as_text().and_then(LeadRequest::parse) == Some(LeadRequest::Claim(sender));
    kind == Kind::Lead
        && !change.writes.is_empty()
        && change.writes.iter().all(|(key, value)| key.starts_with("requests/") && claims(value))
}

/// Whether the fields of a lead after a change by a person hang together: a correction by hand has its reason and its author (H1).
fn check_lead(before: Option<&Fields>, writes: &Fields, sender: PersonId) -> Result<(), &'static str> {
    let corrects = ["stage", "invalid_at", "corrected_at"].into_iter().any(|field| writes.contains_key(field));
    if before.is_none() || !corrects {
        return Ok(());
    }
    let after = |field: &str| writes.get(field).or_else(|| before.and_then(|before| before.get(field))).and_then(Scalar::as_text);
    if after("reason").is_none_or(|reason| reason.trim().is_empty()) {
        return Err("reason");
    }
    if after("moved_by").and_then(|person| person.parse().ok()) == Some(sender) { Ok(()) } else { Err("moved_by") }
}
