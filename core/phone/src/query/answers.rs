//! What waits for somebody's word: technical questions, demand cards, facts that do not agree; and what outside systems saw.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{ItemState, PersonView, Word};
use super::{Ask, SHOWN, Shown};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, DemandId, FindingId, PersonId, QuestionId, RecordId, TouchId};
use chuda_record::{Demand, Event, Finding, Question, Role};

/// A technical question (B2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct QuestionView {
    /// Which.
    pub id: QuestionId,
    /// For whom.
    #[serde(skip)]
    pub customer: CustomerId,
    /// Their name.
    #[serde(skip)]
    pub customer_name: String,
    /// The rep who asks.
    pub author: PersonView,
    /// The tech owner as named.
    pub owner: Option<String>,
    /// Whether that name is not in the people list (未在通讯录).
    pub owner_unknown: bool,
    /// Who answers,
    pub assignee: Option<PersonView>,
    /// or the role of those of whom one does.
    pub role: Option<Role>,
    /// What is asked.
    pub text: Option<String>,
    /// By when an answer is promised.
    pub promised: Option<NaiveDate>,
    /// Whether that day has passed without one.
    pub overdue: bool,
    /// The answer.
    pub answer: Option<String>,
    /// When it was given.
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom.
    pub answered_by: Option<PersonView>,
    /// The touch it came up in.
    pub touch: Option<TouchId>,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// A demand card (F1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct DemandView {
    /// Which.
    pub id: DemandId,
    /// From whom.
    #[serde(skip)]
    pub customer: CustomerId,
    /// Their name.
    #[serde(skip)]
    pub customer_name: String,
    /// The rep who heard it.
    pub author: PersonView,
    /// What is wanted.
    pub text: Option<String>,
    /// Where it stands: 待技术评估 at first.
    pub status: Word,
    /// What the assessment said.
    pub assessment: Option<String>,
    /// When it was assessed.
    pub assessed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub assessed_by: Option<PersonView>,
    /// The touch it came up in.
    pub touch: Option<TouchId>,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// Two facts that do not agree, side by side (B5), or what a back-check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct FindingView {
    /// Which.
    pub id: FindingId,
    /// What does not agree.
    pub finding: Word,
    /// About which customer.
    #[serde(skip)]
    pub customer: Option<CustomerId>,
    /// Their name.
    #[serde(skip)]
    pub customer_name: Option<String>,
    /// Whose record it is about.
    pub author: Option<PersonView>,
    /// The one value.
    pub left: Option<String>,
    /// The other value.
    pub right: Option<String>,
    /// The record it is about.
    pub source: Option<RecordId>,
    /// The other record, where two are one.
    pub other: Option<RecordId>,
    /// What held.
    pub because: Option<String>,
    /// How it can be settled.
    pub resolutions: Vec<Word>,
    /// How it was settled.
    pub resolution: Option<Word>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom; none as long as nobody has, or when it settled itself.
    pub resolved_by: Option<PersonView>,
    /// When it was found.
    pub created_at: DateTime<Utc>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// What an outside system saw (M1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct EventView {
    /// Which.
    pub id: RecordId,
    /// What happened.
    pub event: Word,
    /// With which customer.
    #[serde(skip)]
    pub customer: CustomerId,
    /// Their name.
    #[serde(skip)]
    pub customer_name: String,
    /// Whose action it was, if it was one of the team.
    #[serde(rename = "author")]
    pub person: Option<PersonView>,
    /// The touch it belongs to.
    pub touch: Option<TouchId>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The system.
    pub system: String,
    /// Its id there.
    pub external_id: String,
    /// What ties events together there.
    pub thread: Option<String>,
    /// Whether the customer answered with it.
    pub feedback: bool,
}

names_its_customer!(QuestionView, DemandView, FindingView, EventView);

impl Ask<'_> {
    /// What outside systems saw, of one customer or of all, newest first.
    pub fn events(&self, customer: Option<CustomerId>, limit: u32) -> Result<Vec<EventView>> {
        self.each(self.tx.list(customer, false, limit.min(SHOWN))?)
    }
}

impl Shown for QuestionView {
    type Of = Question;

    fn of(ask: &Ask<'_>, row: Row<Question>) -> Result<Self> {
        let Row { id, record: question, conflicts } = row;
        let known = question.owner.as_ref().and_then(|owner| owner.parse::<PersonId>().ok());
        Ok(Self {
            id: id.into(),
            customer: question.customer,
            customer_name: ask.customer_name(question.customer)?,
            author: ask.person(question.author),
            owner_unknown: known.is_none() && question.owner.is_some(),
            overdue: question.is_overdue(ask.config.calendar.zone, ask.now),
            owner: known.map(|owner| ask.person(owner).name).or(question.owner),
            assignee: ask.some_person(question.assignee),
            role: question.role,
            text: question.text,
            promised: question.promised,
            answer: question.answer,
            answered_at: question.answered_at,
            answered_by: ask.some_person(question.answered_by),
            touch: question.touch,
            created_at: question.origin.created_at,
            state: ask.state(id, &conflicts)?,
        })
    }
}

impl Shown for DemandView {
    type Of = Demand;

    fn of(ask: &Ask<'_>, row: Row<Demand>) -> Result<Self> {
        let Row { id, record: demand, conflicts } = row;
        Ok(Self {
            id: id.into(),
            customer: demand.customer,
            customer_name: ask.customer_name(demand.customer)?,
            author: ask.person(demand.author),
            text: demand.text,
            status: Word::of(&ask.config.demand_states, &demand.status),
            assessment: demand.assessment,
            assessed_at: demand.assessed_at,
            assessed_by: ask.some_person(demand.assessed_by),
            touch: demand.touch,
            created_at: demand.origin.created_at,
            state: ask.state(id, &conflicts)?,
        })
    }
}

impl Shown for FindingView {
    type Of = Finding;

    fn of(ask: &Ask<'_>, row: Row<Finding>) -> Result<Self> {
        let Row { id, record: finding, conflicts } = row;
        let fitting = ask.config.resolutions.iter().filter(|option| !option.retired && finding.suits(&option.key));
        Ok(Self {
            id: id.into(),
            finding: Word::of(&ask.config.findings, &finding.finding),
            customer: finding.customer,
            customer_name: finding.customer.map(|customer| ask.customer_name(customer)).transpose()?,
            author: ask.some_person(finding.author),
            resolutions: fitting.map(Word::from).collect(),
            left: finding.left,
            right: finding.right,
            source: finding.origin.source,
            other: finding.other,
            because: finding.origin.because,
            resolution: finding.resolution.as_deref().map(|key| Word::of(&ask.config.resolutions, key)),
            reason: finding.reason,
            resolved_at: finding.resolved_at,
            resolved_by: ask.some_person(finding.resolved_by),
            created_at: finding.origin.created_at,
            state: ask.state(id, &conflicts)?,
        })
    }
}

impl Shown for EventView {
    type Of = Event;

    fn of(ask: &Ask<'_>, row: Row<Event>) -> Result<Self> {
        let Row { id, record: event, .. } = row;
        Ok(Self {
            id,
            event: Word::of(&ask.config.events, &event.event),
            customer: event.customer,
            customer_name: ask.customer_name(event.customer)?,
            person: ask.some_person(event.author),
            touch: event.touch,
            at: event.at,
            system: event.system,
            external_id: event.external_id,
            thread: event.thread,
            feedback: event.feedback,
        })
    }
}
