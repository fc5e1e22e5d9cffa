//! What somebody is asked for: an answer to a technical question (B2), the assessment of a demand (F1), a word on two facts that do
//! not agree (B5). Each closes the own to-do with it, offline too; the server tells those who wait.

use chrono::NaiveDate;

use super::{Workbench, check_length, typed};
use crate::query::view::{BriefView, DemandView, EventView, FindingView, QuestionView};
use crate::store::{Own, Tx};
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, DemandId, FindingId, QuestionId, RecordId};
use chuda_record::policy::Writer;
use chuda_record::rules::Config;
use chuda_record::time::day_of;
use chuda_record::{Demand, Fields, Finding, Kind, Question, Task};
use chuda_words::keys;

/// Most open tasks of a customer among which a record's own are looked for.
const TASKS: u32 = 1_000;

impl Workbench {
    /// Technical questions that this person may read, the open ones or all, newest first.
    pub fn questions(&self, only_open: bool) -> Result<Vec<QuestionView>> {
        self.0.ask(|ask| ask.questions(only_open))
    }

    /// One question.
    pub fn question(&self, id: QuestionId) -> Result<QuestionView> {
        self.0.ask(|ask| ask.question(id))
    }

    /// Answers a question: by whom it was put to, or by anyone of the role it waits for.
    pub fn answer_question(&self, id: QuestionId, text: &str) -> Result<QuestionView> {
        let text = typed(Some(text.to_owned())).ok_or_else(|| Error::invalid(keys::QUESTION_ANSWER_MISSING))?;
        check_length(Some(&text), "answer")?;
        self.0.act(
            |tx, own| {
                let question = unanswered(tx, id)?;
                let fields = Question::answer(&text, own.person()?, own.at);
                tx.write_fields(own, id.into(), Kind::Question, &fields)?;
                close_todos(tx, own, id.into(), Some(question.customer), None, Some(&text))
            },
            |ask, ()| ask.question(id),
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
            |ask, ()| ask.question(id),
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
            |ask, ()| ask.question(id),
        )
    }

    /// Demand cards that this person may read, the open ones or all, newest first.
    pub fn demands(&self, only_open: bool) -> Result<Vec<DemandView>> {
        self.0.ask(|ask| ask.demands(only_open))
    }

    /// One demand card.
    pub fn demand(&self, id: DemandId) -> Result<DemandView> {
        self.0.ask(|ask| ask.demand(id))
    }

    /// Assesses a demand: a key or word of the assessments, with a reason where it needs one.
    pub fn assess_demand(&self, id: DemandId, choice: &str, reason: Option<&str>) -> Result<DemandView> {
        let config = self.0.config();
        let reason = typed(reason.map(str::to_owned));
        check_length(reason.as_ref(), "reason")?;
        self.0.act(
            |tx, own| {
                let demand = tx.record::<Demand>(id)?.ok_or_else(|| Error::not_found(keys::DEMAND_NOT_FOUND))?.record;
                let options: Vec<_> = config.assessments().cloned().collect();
                let keys = || options.iter().map(|option| option.key.as_str()).collect::<Vec<_>>().join(",");
                let option = Config::find(&options, choice)
                    .ok_or_else(|| Error::invalid(keys::DEMAND_UNKNOWN_CHOICE).with("choices", keys()))?;
                if option.needs_reason && reason.is_none() {
                    return Err(Error::invalid(keys::DEMAND_REASON_MISSING));
                }
                let fields = Demand::assess(&option.key, reason.as_deref(), own.person()?, own.at);
                tx.write_fields(own, id.into(), Kind::Demand, &fields)?;
                close_todos(tx, own, id.into(), Some(demand.customer), Some(&option.key), reason.as_deref())
            },
            |ask, ()| ask.demand(id),
        )
    }

    /// Findings that this person may read, the open ones or all, newest first.
    pub fn findings(&self, only_open: bool) -> Result<Vec<FindingView>> {
        self.0.ask(|ask| ask.findings(only_open))
    }

    /// One finding.
    pub fn finding(&self, id: FindingId) -> Result<FindingView> {
        self.0.ask(|ask| ask.finding(id))
    }

    /// Settles a finding, with a reason: by whose record it is about, who holds the customer, or somebody above them.
    pub fn resolve_finding(&self, id: FindingId, resolution: &str, reason: &str) -> Result<FindingView> {
        let config = self.0.config();
        let reason = typed(Some(reason.to_owned())).ok_or_else(|| Error::invalid(keys::FINDING_REASON_MISSING))?;
        check_length(Some(&reason), "reason")?;
        self.0.act(
            |tx, own| {
                let finding = tx.record::<Finding>(id)?.ok_or_else(|| Error::not_found(keys::FINDING_NOT_FOUND))?.record;
                if finding.resolved_at.is_some() {
                    return Err(Error::invalid(keys::FINDING_ALREADY_RESOLVED));
                }
                let fitting: Vec<_> = config.resolutions.iter().filter(|option| finding.suits(&option.key)).cloned().collect();
                let keys = || fitting.iter().map(|option| option.key.as_str()).collect::<Vec<_>>().join(",");
                let option = Config::find(&fitting, resolution)
                    .ok_or_else(|| Error::invalid(keys::FINDING_UNKNOWN_RESOLUTION).with("choices", keys()))?;
                let fields = Finding::settle(&option.key, &reason, own.person()?, own.at);
                tx.write_fields(own, id.into(), Kind::Finding, &fields)?;
                close_todos(tx, own, id.into(), finding.customer, Some(&option.key), Some(&reason))
            },
            |ask, ()| ask.finding(id),
        )
    }

    /// What outside systems saw (M1), of one customer or of all, newest first, at most `limit`.
    pub fn events(&self, customer: Option<CustomerId>, limit: u32) -> Result<Vec<EventView>> {
        self.0.ask(|ask| ask.events(customer, limit))
    }

    /// How a customer stood day by day (B1), latest first, at most `limit` days.
    pub fn briefs(&self, customer: CustomerId, limit: u32) -> Result<Vec<BriefView>> {
        self.0.ask(|ask| ask.briefs(customer, limit as usize))
    }
}

fn unanswered(tx: &Tx<'_>, id: QuestionId) -> Result<Question> {
    let question = tx.record::<Question>(id)?.ok_or_else(|| Error::not_found(keys::QUESTION_NOT_FOUND))?.record;
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
