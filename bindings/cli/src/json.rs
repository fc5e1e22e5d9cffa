//! The JSON that scripts read. These shapes are a contract: they do not follow the core's types by themselves.
//!
//! Words of options stand as the Chinese term under their plain name and as the key under `<name>_key`. Whoever is named
//! stands as `{id, name}`. Money is in yuan, instants are in UTC, what is not set is null.

pub(crate) mod sales;

use chrono::{DateTime, NaiveTime, SecondsFormat, Utc};
use chuda_evidence::proof::Check;
use chuda_phone::query::view::{
    AskedView, BackCheckDetail, BackCheckView, BriefView, CheckedView, ClaimView, CustomerView, DemandView, DrawnView, EventView,
    EvidenceView, FindingView, Grade, HomeView, ItemState, PersonView, QuestionView, Redrawn, ReleaseView, ReportCard, ReportView,
    StatusItem, SyncSummary, TaskView, TouchStatus, TouchView, Triggered, Word,
};
use chuda_phone::workbench::SyncReport;
use chuda_record::Fen;
use chuda_record::rules::{Config, Health, result};
use serde_json::{Map, Value, json};

use crate::text::{Lang, Text};

/// Options stand in JSON in the field's own terms, whatever the language of the screen.
const TERMS: Text = Text(Lang::Zh);

/// A person.
pub(crate) fn person(person: &PersonView) -> Value {
    let roles: Vec<_> = person.roles.iter().map(|role| role.as_str()).collect();
    json!({"id": person.id, "name": person.name, "roles": roles})
}

/// A customer with its health and the reasons for it.
pub(crate) fn customer(customer: &CustomerView, config: &Config) -> Value {
    let contacts: Vec<_> = customer.contacts.iter().map(sales::contact).collect();
    json!({
        "id": customer.id,
        "name": customer.name,
        "short": customer.short,
        "stage": TERMS.label("stage", customer.stage.as_str()),
        "stage_key": customer.stage.as_str(),
        "holder": customer.holder.as_ref().map(person),
        "since": instant(customer.since),
        "intent": customer.intent.map(|intent| intent.as_str()),
        "health": health(&customer.health, config),
        "lead": customer.lead,
        "last": customer.last.as_ref().map(sales::last_event),
        "last_touch": customer.last_touch.map(instant),
        "contacts": contacts,
        "contact": customer.contact,
        "address": customer.address,
        "model": customer.model,
        "conflicts": customer.conflicts,
    })
}

fn health(health: &Health, config: &Config) -> Value {
    let parts = health.parts;
    json!({
        "score": health.score,
        "red": health.red,
        "parts": {"touches": parts.touches, "evidence": parts.evidence, "overdue_days": parts.overdue_days},
        "sum": health.sum,
        "reasons": health_reasons(TERMS, health, config),
    })
}

/// What a score is made of, in words, one line per part of the formula (T3).
pub(crate) fn health_reasons(text: Text, health: &Health, config: &Config) -> Vec<String> {
    let (parts, formula) = (health.parts, config.health);
    let reason = |key, count: i64, weight: i64| {
        let points = count * weight;
        let values: [(&str, &dyn std::fmt::Display); 5] = [
            ("count", &count),
            ("weight", &weight.abs()),
            ("points", &if points < 0 { format!("−{}", -points) } else { points.to_string() }),
            ("days", &formula.window_days),
            ("hours", &formula.grace_hours),
        ];
        text.say(key, &values)
    };
    vec![
        reason("health.touches", parts.touches, formula.per_touch),
        reason("health.evidence", parts.evidence, formula.per_evidence),
        reason("health.overdue", parts.overdue_days, -formula.per_overdue_day),
    ]
}

/// A touch with its evidence.
pub(crate) fn touch(touch: &TouchView) -> Value {
    let status = status_key(touch.status);
    let extra: Map<String, Value> = touch.extra.iter().map(|one| (one.field.key.clone(), json!(one.value))).collect();
    let mut object = json!({
        "id": touch.id,
        "person": person(&touch.person),
        "customer": {"id": touch.customer, "name": touch.customer_name},
        "contact_mode": touch.mode.label(),
        "contact_mode_key": touch.mode.as_str(),
        "action": touch.action.zh,
        "action_key": touch.action.key,
        "at": instant(touch.at),
        "day": touch.day,
        "status": TERMS.label("status", status),
        "status_key": status,
        "tech_owner": touch.tech_owner,
        "tech_owner_unknown": touch.tech_owner_unknown,
        "response_by": touch.response_by,
        "amount_cny": touch.amount.map(yuan),
        "custom_development": touch.custom_development,
        "intent": touch.intent.map(|intent| intent.as_str()),
        "feedback": touch.feedback,
        "contact": touch.contact,
        "opened_within_24h": touch.opened.map(result::opened_word),
        "next_action": touch.next_action,
        "next_date": touch.next_date,
        "next_time": touch.next_time.map(time),
        "note": touch.note,
        "extra": extra,
        "evidence": touch.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "conflicts": touch.conflicts,
    });
    put_word(&mut object, "category", touch.category.as_ref());
    put_word(&mut object, "brief", touch.brief.as_ref());
    put_word(&mut object, "contact_role", touch.contact_role.as_ref());
    put_state(&mut object, &touch.state);
    object
}

/// The stored word of a touch's status.
pub(crate) fn status_key(status: TouchStatus) -> &'static str {
    match status {
        TouchStatus::Draft => "draft",
        TouchStatus::Recorded => "recorded",
    }
}

/// One piece of evidence.
pub(crate) fn evidence(evidence: &EvidenceView) -> Value {
    let grade = grade_key(evidence.grade);
    let mut object = json!({
        "id": evidence.id,
        "sha256": evidence.sha256,
        "claim": evidence.claim,
        "size": evidence.size,
        "mime": evidence.mime,
        "source": evidence.source,
        "captured_at": instant(evidence.captured_at),
        "grade": TERMS.label("grade", grade),
        "grade_key": grade,
        "flags": evidence.flags,
        "readable": evidence.readable,
        "unreadable": evidence.unreadable,
        "valid": evidence.valid,
        "consent": evidence.consent,
        "transcript": evidence.transcript,
        "touch": evidence.touch,
        "here": evidence.here,
    });
    put_state(&mut object, &evidence.state);
    object
}

/// The stored word of a trust grade.
pub(crate) fn grade_key(grade: Grade) -> &'static str {
    match grade {
        Grade::LocalUnverified => "local_unverified",
        Grade::ServerWitnessed => "server_witnessed",
    }
}

/// A place in a device's chain of claims.
pub(crate) fn claim(claim: &ClaimView) -> Value {
    json!({"evidence": claim.evidence, "sequence": claim.sequence, "hash": claim.hash, "signed": claim.signed})
}

/// What a rule will do.
pub(crate) fn triggered(triggered: &Triggered) -> Value {
    json!({"rule": triggered.rule, "effect": triggered.effect, "because": triggered.because})
}

/// A task or to-do.
pub(crate) fn task(task: &TaskView) -> Value {
    let about: serde_json::Map<_, _> = task.about.iter().map(|fact| (fact.field.clone(), json!(fact.value.zh))).collect();
    let pack = task.script_pack.as_ref();
    let mut object = json!({
        "id": task.id,
        "kind": task.kind.zh,
        "kind_key": task.kind.key,
        "title": task.kind.zh,
        "notice": task.notice,
        "customer": task.customer.map(|id| json!({"id": id, "name": task.customer_name})),
        "source": task.source,
        "source_kind": task.source_kind,
        "about": about,
        "rule": task.rule,
        "because": task.because,
        "choices": task.choices.iter().map(choice).collect::<Vec<_>>(),
        "script_pack_text": pack.map(|pack| &pack.text),
        "created_at": instant(task.created_at),
        "due": task.due.map(instant),
        "done_at": task.done_at.map(instant),
        "done_by": task.done_by.as_ref().map(person),
        "reason": task.reason,
        "attachment_uploading": task.attachment_uploading,
    });
    put_word(&mut object, "script_pack", pack.map(|pack| &pack.title));
    put_word(&mut object, "choice", task.choice.as_ref());
    object
}

/// A word that can be chosen.
pub(crate) fn choice(word: &Word) -> Value {
    json!({"key": word.key, "label": word.zh})
}

/// A back-check in a list.
pub(crate) fn back_check(one: &BackCheckView) -> Value {
    let mut object = json!({
        "id": one.id,
        "supervisor": person(&one.supervisor),
        "mine": one.mine,
        "from": one.from,
        "to": one.to,
        "population": one.population,
        "created_at": instant(one.created_at),
        "closed_at": one.closed_at.map(instant),
        "conclusion": one.conclusion,
        "conflicts": one.conflicts,
    });
    put_state(&mut object, &one.state);
    object
}

/// A back-check with all that was drawn.
pub(crate) fn back_check_detail(detail: &BackCheckDetail) -> Value {
    let mut object = back_check(&detail.back_check);
    object["seed"] = json!(detail.seed);
    object["digest"] = json!(detail.digest);
    object["records"] = detail.records.iter().map(drawn).collect();
    object
}

/// A record that was drawn, without whose it is.
pub(crate) fn drawn(record: &DrawnView) -> Value {
    let mut object = json!({
        "place": record.place,
        "touch": record.touch,
        "questions": record.questions.iter().map(asked).collect::<Vec<_>>(),
    });
    if let Some(touch) = &record.summary {
        object["customer"] = json!({"id": touch.customer, "name": touch.customer_name});
        object["contact_mode"] = json!(touch.mode.label());
        object["contact_mode_key"] = json!(touch.mode.as_str());
        put_word(&mut object, "action", Some(&touch.action));
        object["at"] = json!(instant(touch.at));
        object["day"] = json!(touch.day);
        object["note"] = json!(touch.note);
        object["evidence"] = touch.evidence.iter().map(evidence).collect();
    }
    object
}

fn asked(asked: &AskedView) -> Value {
    let answer = asked.answer.map(|answer| answer.as_str());
    let mut object = json!({
        "checks": asked.checks.iter().map(checked).collect::<Vec<_>>(),
        "answer": answer.map(|answer| TERMS.label("answer", answer)),
        "answer_key": answer,
        "note": asked.note,
    });
    put_word(&mut object, "question", Some(&asked.question));
    object
}

fn checked(check: &CheckedView) -> Value {
    let rule = check.rule.as_ref().map(|rule| &rule.zh);
    json!({
        "check": check.check,
        "label": rule.map_or_else(|| TERMS.label("machine", &check.check), Clone::clone),
        "found": check.found,
        "problem": check.problem,
        "because": check.because,
    })
}

/// A draw made again.
pub(crate) fn redrawn(again: &Redrawn) -> Value {
    json!({
        "id": again.id,
        "seed": again.seed,
        "candidates": again.candidates,
        "listed": again.listed,
        "digest": again.digest,
        "digest_agrees": again.digest_agrees,
        "drawn": again.drawn,
        "draw_agrees": again.draw_agrees,
        "not_here": again.not_here,
        "foreign": again.foreign,
        "late": again.late,
    })
}

/// A filed report.
pub(crate) fn report(report: &ReportView) -> Value {
    let briefs: Vec<_> = report
        .briefs
        .iter()
        .map(|one| {
            json!({
                "customer": {"id": one.customer, "name": one.customer_name},
                "brief": one.brief.zh,
                "brief_key": one.brief.key,
            })
        })
        .collect();
    let mut object = json!({
        "id": report.id,
        "person": person(&report.person),
        "day": report.day,
        "touches": report.touches.iter().map(touch).collect::<Vec<_>>(),
        "briefs": briefs,
        "tomorrow": report.tomorrow,
        "short": report.short,
        "late": report.late,
        "filed_at": instant(report.filed_at),
        "corrections": report.corrections,
        "can_withdraw": report.can_withdraw,
        "conflicts": report.conflicts,
    });
    put_word(&mut object, "reason", report.reason.as_ref());
    put_state(&mut object, &report.state);
    object
}

/// The report card of the home screen.
pub(crate) fn report_card(card: &ReportCard) -> Value {
    json!({
        "day": card.day,
        "filed": card.filed.as_ref().map(report),
        "touches": card.touches.iter().map(touch).collect::<Vec<_>>(),
        "missing": card.missing,
        "briefs": card.briefs.iter().map(brief).collect::<Vec<_>>(),
        "can_update": card.can_update,
        "suggestions": card.suggestions,
        "reasons": card.reasons.iter().map(choice).collect::<Vec<_>>(),
    })
}

/// The brief of a customer on a day.
pub(crate) fn brief(brief: &BriefView) -> Value {
    let mut object = json!({
        "day": brief.day,
        "customer": {"id": brief.customer, "name": brief.customer_name},
        "person": person(&brief.person),
        "filed": brief.filed,
    });
    put_word(&mut object, "brief", Some(&brief.brief));
    object
}

/// A technical question.
pub(crate) fn question(question: &QuestionView) -> Value {
    let mut object = json!({
        "id": question.id,
        "customer": {"id": question.customer, "name": question.customer_name},
        "author": person(&question.author),
        "owner": question.owner,
        "owner_unknown": question.owner_unknown,
        "assignee": question.assignee.as_ref().map(person),
        "role": question.role.map(|role| role.as_str()),
        "text": question.text,
        "promised": question.promised,
        "overdue": question.overdue,
        "answer": question.answer,
        "answered_at": question.answered_at.map(instant),
        "answered_by": question.answered_by.as_ref().map(person),
        "touch": question.touch,
        "created_at": instant(question.created_at),
    });
    put_state(&mut object, &question.state);
    object
}

/// A demand card.
pub(crate) fn demand(demand: &DemandView) -> Value {
    let mut object = json!({
        "id": demand.id,
        "customer": {"id": demand.customer, "name": demand.customer_name},
        "author": person(&demand.author),
        "text": demand.text,
        "assessment": demand.assessment,
        "assessed_at": demand.assessed_at.map(instant),
        "assessed_by": demand.assessed_by.as_ref().map(person),
        "touch": demand.touch,
        "created_at": instant(demand.created_at),
    });
    put_word(&mut object, "status", Some(&demand.status));
    put_state(&mut object, &demand.state);
    object
}

/// Two facts that do not agree, side by side.
pub(crate) fn finding(finding: &FindingView) -> Value {
    let mut object = json!({
        "id": finding.id,
        "customer": finding.customer.map(|id| json!({"id": id, "name": finding.customer_name})),
        "author": finding.author.as_ref().map(person),
        "left": finding.left,
        "right": finding.right,
        "source": finding.source,
        "other": finding.other,
        "because": finding.because,
        "resolutions": finding.resolutions.iter().map(choice).collect::<Vec<_>>(),
        "reason": finding.reason,
        "resolved_at": finding.resolved_at.map(instant),
        "resolved_by": finding.resolved_by.as_ref().map(person),
        "created_at": instant(finding.created_at),
    });
    put_word(&mut object, "finding", Some(&finding.finding));
    put_word(&mut object, "resolution", finding.resolution.as_ref());
    put_state(&mut object, &finding.state);
    object
}

/// What an outside system saw.
pub(crate) fn event(event: &EventView) -> Value {
    let mut object = json!({
        "id": event.id,
        "customer": {"id": event.customer, "name": event.customer_name},
        "person": event.person.as_ref().map(person),
        "touch": event.touch,
        "at": instant(event.at),
        "system": event.system,
        "external_id": event.external_id,
        "thread": event.thread,
        "feedback": event.feedback,
    });
    put_word(&mut object, "event", Some(&event.event));
    object
}

/// The home screen.
pub(crate) fn home(home: &HomeView, config: &Config) -> Value {
    json!({
        "person": person(&home.person),
        "now": instant(home.now),
        "sync": summary(&home.sync),
        "report": report_card(&home.report),
        "touches_today": home.touches_today.iter().map(touch).collect::<Vec<_>>(),
        "tasks": home.tasks.iter().map(task).collect::<Vec<_>>(),
        "notices": home.notices.iter().map(task).collect::<Vec<_>>(),
        "red_customers": home.red_customers.iter().map(|one| customer(one, config)).collect::<Vec<_>>(),
    })
}

/// The status line.
pub(crate) fn summary(summary: &SyncSummary) -> Value {
    json!({
        "enrolled": summary.enrolled,
        "records_waiting": summary.records_waiting,
        "blobs_waiting": summary.blobs_waiting,
        "bytes_waiting": summary.bytes_waiting,
        "percent": summary.percent,
        "attention": summary.attention,
        "last_sync": summary.last_sync.map(instant),
    })
}

/// A version of the configuration, without its content.
pub(crate) fn release(release: &ReleaseView) -> Value {
    json!({
        "version": release.version,
        "in_force": release.in_force,
        "published_by": release.published_by.as_ref().map(person),
        "at": release.at.map(instant),
        "note": release.note,
        "min_app": release.min_app,
    })
}

/// How an exchange went.
pub(crate) fn sync(report: &SyncReport) -> Value {
    let rejected: Vec<_> = report
        .rejected
        .iter()
        .map(|one| json!({"document": one.document, "reason": one.reason, "reason_label": TERMS.label("rejection", &one.reason)}))
        .collect();
    json!({
        "pushed": report.pushed,
        "pulled": report.pulled,
        "rejected": rejected,
        "blobs": {"sent": report.blobs.sent, "left": report.blobs.left},
        "round_trips": report.round_trips,
        "bytes_up": report.bytes_up,
        "bytes_down": report.bytes_down,
    })
}

/// One line of the sync list.
pub(crate) fn status_item(item: &StatusItem) -> Value {
    let mut object = json!({"id": item.id, "kind": item.kind, "title": item.title, "size": item.size});
    put_state(&mut object, &item.state);
    let reason = match &item.state {
        ItemState::Failed { reason } => Some(reason),
        _ => None,
    };
    object["reason"] = json!(reason);
    object["reason_label"] = json!(reason.map(|reason| TERMS.label("rejection", reason)));
    object
}

/// Checks of a bundle or of this phone.
pub(crate) fn checks(checks: &[Check]) -> Value {
    checks.iter().map(|check| json!({"name": check.name, "ok": check.ok, "detail": check.detail})).collect()
}

/// The stored word of an item's state.
pub(crate) fn state_key(state: &ItemState) -> &'static str {
    match state {
        ItemState::SavedHere => "saved_here",
        ItemState::Waiting => "waiting",
        ItemState::Uploading { .. } => "uploading",
        ItemState::Verified => "verified",
        ItemState::Failed { .. } => "failed",
        ItemState::Conflict => "conflict",
    }
}

/// An amount in yuan, an integer where it is a whole one.
pub(crate) fn yuan(amount: Fen) -> Value {
    if amount.0 % 100 == 0 { json!(amount.0 / 100) } else { json!(amount.0 as f64 / 100.0) }
}

/// An instant in UTC.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A time of day.
pub(crate) fn time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

fn put_word(object: &mut Value, name: &str, word: Option<&Word>) {
    object[name] = json!(word.map(|word| &word.zh));
    object[format!("{name}_key")] = json!(word.map(|word| &word.key));
}

fn put_state(object: &mut Value, state: &ItemState) {
    let key = state_key(state);
    object["state"] = json!(TERMS.label("state", key));
    object["state_key"] = json!(key);
    object["percent"] = match state {
        ItemState::Uploading { percent } => json!(percent),
        _ => Value::Null,
    };
}
