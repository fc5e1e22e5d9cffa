//! Quotes (T2): touches that gave one, what they were filed as, and how finance answered.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{EvidenceView, ItemState, PersonView, TouchView, Word};
use super::{Ask, SHOWN, Shown, dialect};
use crate::store::Row;
use chuda_record::error::{Error, Result};
use chuda_record::id::{CustomerId, TaskId, TouchId};
use chuda_record::table::List;
use chuda_record::{Fen, Task, Touch};
use chuda_words::keys;

/// The action that gives a quote.
const QUOTE: &str = "quote";
/// The task that answers it.
const APPROVAL: &str = "quote_approval";

/// A quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct QuoteView {
    /// The touch that gave it.
    pub id: TouchId,
    /// To whom.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The customer's name.
    #[serde(skip)]
    pub customer_name: String,
    /// Who gave it.
    #[serde(rename = "author")]
    pub person: PersonView,
    /// When.
    pub at: DateTime<Utc>,
    /// How much.
    #[serde(rename = "amount_cny", serialize_with = "dialect::yuan")]
    pub amount: Option<Fen>,
    /// Custom development is part of it.
    pub custom_development: bool,
    /// What it is filed as; none: there is no PDF, so nobody is asked.
    pub category: Option<Word>,
    /// How finance answers it, once it has been asked.
    pub approval: Option<ApprovalView>,
    /// What proves it.
    pub evidence: Vec<EvidenceView>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// How a quote is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovalView {
    /// The task.
    pub task: TaskId,
    /// Whether it is this person's to answer.
    pub mine: bool,
    /// When it was answered.
    pub at: Option<DateTime<Utc>>,
    /// By whom.
    pub by: Option<PersonView>,
    /// With which answer.
    pub choice: Option<Word>,
    /// Why.
    pub reason: Option<String>,
}

names_its_customer!(QuoteView);

impl Ask<'_> {
    /// Quotes that this person sees, newest first.
    pub fn quotes(&self) -> Result<Vec<QuoteView>> {
        let actions = self.config.actions.iter().map(|choice| choice.key.as_str());
        let quoting: Vec<&str> = actions.filter(|key| self.config.is_part_of(List::Actions, key, QUOTE)).collect();
        self.tx.touches_doing(&quoting, SHOWN)?.into_iter().map(|row| self.view_quote(row)).collect()
    }

    /// One of them.
    pub fn quote(&self, id: TouchId) -> Result<QuoteView> {
        let not_found = || Error::not_found(keys::QUOTE_NOT_FOUND);
        let row = self.tx.record::<Touch>(id)?.ok_or_else(not_found)?;
        if !self.config.is_part_of(List::Actions, &row.record.action, QUOTE) {
            return Err(not_found());
        }
        self.view_quote(row)
    }

    fn view_quote(&self, row: Row<Touch>) -> Result<QuoteView> {
        let customer = row.record.customer;
        let tasks = self.tx.tasks_from(customer, row.id)?;
        let approval = tasks.into_iter().rev().find(|task| task.record.task == APPROVAL).map(|task| self.view_approval(task));
        let TouchView { id, customer, customer_name, person, at, amount, custom_development, category, evidence, state, .. } =
            TouchView::of(self, row)?;
        Ok(QuoteView { id, customer, customer_name, person, at, amount, custom_development, category, approval, evidence, state })
    }

    fn view_approval(&self, row: Row<Task>) -> ApprovalView {
        let Task { assignee, role, done_at, done_by, choice, reason, .. } = row.record;
        ApprovalView {
            task: row.id.into(),
            mine: assignee == Some(self.me.id) || role.is_some_and(|role| self.me.roles.contains(&role)),
            at: done_at,
            by: self.some_person(done_by),
            choice: choice.map(|key| Word::of(&self.config.choices, &key)),
            reason,
        }
    }
}
