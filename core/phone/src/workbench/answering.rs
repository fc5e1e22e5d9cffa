//! What somebody is asked for: an answer to a technical question (B2), the assessment of a demand (F1), a word on two facts that do
//! not agree (B5). Each closes the own to-do with it, offline too; the server tells those who wait.

use chrono::NaiveDate;

use super::{Workbench, given, typed};
use crate::query::view::{DemandView, FindingView, QuestionView};
use crate::store::{Own, Tx};
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, DemandId, FindingId, QuestionId, RecordId};
use chuda_record::policy::Writer;
use chuda_record::rules::config::Choice;
use chuda_record::time::day_of;
use chuda_record::{Demand, Fields, Finding, Kind, Question, Task};
use chuda_words::keys;

/// Most open tasks of a customer among which a record's own are looked for.
const TASKS: u32 = 1_000;

impl Workbench {
    /// Answers a question: by whom it was put to, or by anyone of the role it waits for.
    pub fn answer_question(&self, id: QuestionId, text: &str) -> Result<QuestionView> {
        let text = given(text, "answer", keys::QUESTION_ANSWER_MISSING)?;
        self.0.act(
            |tx, own| {
                let question = unanswered(tx, id)?;
                let fields = Question::answer(&text, own.person()?, own.at);
                tx.write_fields(own, id.into(), Kind::Question, &fields)?;
                close_todos(tx, own, id.into(), Some(question.customer), None, Some(&text))
            },
            |ask, ()| ask.one(id),
        )
    }

    /// Promises an answer for another day; the to-do follows.
    pub fn promise_answer(&self, id: QuestionId, by: NaiveDate) -> Result<QuestionView> {
        let zone = self.0.me().zone;
        self.0.act(
            |tx, own| {
                unanswered(tx, id)?;
                if by < day_of(own.at, zone) {
                    return Err(Error::invalid(keys::QUESTION_PROMISE_PAST));
                }
                let fields = Fields::from([("promised".into(), by.to_string().into())]);
                tx.write_fields(own, id.into(), Kind::Question, &fields)
            },
            |ask, ()| ask.one(id),
        )
    }

    /// Takes a question on that waits for anyone of a role; the to-do becomes this person's.
    pub fn take_question(&self, id: QuestionId) -> Result<QuestionView> {
        self.0.act(
            |tx, own| {
                unanswered(tx, id)?;
                let fields = Fields::from([("assignee".into(), own.person()?.to_string().into())]);
                tx.write_fields(own, id.into(), Kind::Question, &fields)
            },
            |ask, ()| ask.one(id),
        )
    }

    /// Assesses a demand: a key or word of the assessments, with a reason where it needs one.
    pub fn assess_demand(&self, id: DemandId, choice: &str, reason: Option<&str>) -> Result<DemandView> {
        let config = self.0.config();
        let reason = typed(reason.map(str::to_owned), "reason")?;
        self.0.act(
            |tx, own| {
                let demand = tx.find::<Demand>(id)?.record;
                let option = choose(config.assessments(), choice, keys::DEMAND_UNKNOWN_CHOICE)?;
                if option.needs_reason && reason.is_none() {
                    return Err(Error::invalid(keys::DEMAND_REASON_MISSING));
                }
                let fields = Demand::assess(&option.key, reason.as_deref(), own.person()?, own.at);
                tx.write_fields(own, id.into(), Kind::Demand, &fields)?;
                close_todos(tx, own, id.into(), Some(demand.customer), Some(&option.key), reason.as_deref())
            },
            |ask, ()| ask.one(id),
        )
    }

    /// Settles a finding, with a reason: by whose record it is about, who holds the customer, or somebody above them.
    pub fn resolve_finding(&self, id: FindingId, resolution: &str, reason: &str) -> Result<FindingView> {
        let config = self.0.config();
        let reason = given(reason, "reason", keys::FINDING_REASON_MISSING)?;
        self.0.act(
            |tx, own| {
                let finding = tx.find::<Finding>(id)?.record;
                if finding.resolved_at.is_some() {
                    return Err(Error::invalid(keys::FINDING_ALREADY_RESOLVED));
                }
                let fitting = config.resolutions.iter().filter(|option| finding.suits(&option.key));
                let option = choose(fitting, resolution, keys::FINDING_UNKNOWN_RESOLUTION)?;
                let fields = Finding::settle(&option.key, &reason, own.person()?, own.at);
                tx.write_fields(own, id.into(), Kind::Finding, &fields)?;
                close_todos(tx, own, id.into(), finding.customer, Some(&option.key), Some(&reason))
            },
            |ask, ()| ask.one(id),
        )
    }
}

/// The option that is called so, of those that can be chosen.
fn choose<'c>(options: impl Iterator<Item = &'c Choice>, word: &str, unknown: &'static str) -> Result<&'c Choice> {
    let options: Vec<&Choice> = options.collect();
    let called = options.iter().find(|option| !option.retired && option.is_called(word)).copied();
    let keys = || options.iter().map(|option| option.key.as_str()).collect::<Vec<_>>().join(",");
    called.ok_or_else(|| Error::invalid(unknown).with("choices", keys()))
}

fn unanswered(tx: &Tx<'_>, id: QuestionId) -> Result<Question> {
    let question = tx.find::<Question>(id)?.record;
    if question.answered_at.is_some() { Err(Error::invalid(keys::QUESTION_ALREADY_ANSWERED)) } else { Ok(question) }
}

/// Does the to-dos of a record that are this person's, with what was just said. Those of others the server closes.
fn close_todos(
    tx: &Tx<'_>,
    own: &Own,
    source: RecordId,
    customer: Option<CustomerId>,
    choice: Option<&str>,
    reason: Option<&str>,
) -> Result<()> {
    let Writer::Person { id: me, roles } = &own.writer else { return Ok(()) };
    for row in tx.list::<Task>(customer, true, TASKS)? {
        let task = row.record;
        let mine = task.assignee == Some(*me) || task.role.is_some_and(|role| roles.contains(&role));
        if task.source != source || task.notice || !mine {
            continue;
        }
        let choice = choice.filter(|choice| task.choices.contains(*choice));
        if choice.is_none() && !task.choices.is_empty() {
            continue;
        }
        tx.write_fields(own, row.id, Kind::Task, &Task::done(choice, reason, *me, own.at))?;
    }
    Ok(())
}
