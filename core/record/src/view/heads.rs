//! What every way out says of a touch, a task and a report; lists, pages and webhooks of a server add to it what they know besides.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::{Named, Word};
use crate::id::RecordId;
use crate::rules::Config;
use crate::time::day_of;
use crate::{Report, Role, Task, Touch};

/// A touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TouchHead {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub id: RecordId,
    /// Whose touch it is.
    pub author: Named,
    /// Who was touched.
    pub customer: Named,
    /// How.
    pub contact_mode: Word,
    /// What was done.
    pub action: Word,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// On which day, where it happened.
    pub day: NaiveDate,
    /// `recorded`, or `draft` (待补证据) as long as it has no evidence.
    pub status: Word,
}

impl TouchHead {
    /// Of a record, with the names that it has by id.
    pub fn of(id: RecordId, touch: &Touch, author: Named, customer: Named, config: &Config) -> Self {
        Self {
            id,
            author,
            customer,
            contact_mode: Word::fixed("mode", touch.mode.as_str()),
            action: Word::of(&config.actions, &touch.action),
            at: touch.at,
            day: day_of(touch.at, touch.zone),
            status: Self::status(!touch.evidence.is_empty()),
        }
    }

    /// Whether it counts yet.
    pub fn status(has_evidence: bool) -> Word {
        Word::fixed("status", if has_evidence { "recorded" } else { "draft" })
    }
}

/// A task or to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskHead {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub id: RecordId,
    /// What it is, such as 待审批报价单.
    pub kind: Word,
    /// The same as the text that a list shows.
    pub title: String,
    /// Who has to do it,
    pub assignee: Option<Named>,
    /// or the role of those of whom one has to.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub role: Option<Role>,
    /// Whom it is about.
    pub customer: Option<Named>,
    /// The record it came from.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub source: RecordId,
    /// The rule that made it.
    pub rule: String,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// When it should be done.
    pub due: Option<DateTime<Utc>>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// By whom; none: it came to nothing by itself.
    pub done_by: Option<Named>,
    /// With which answer.
    pub choice: Option<Word>,
}

/// Whom a task names.
#[derive(Clone, Debug, Default)]
pub struct TaskNames {
    /// Who has to do it.
    pub assignee: Option<Named>,
    /// Whom it is about.
    pub customer: Option<Named>,
    /// Who has done it.
    pub done_by: Option<Named>,
}

impl TaskHead {
    /// Of a record, with the names that it has by id.
    pub fn of(id: RecordId, task: &Task, names: TaskNames, config: &Config) -> Self {
        let kind = Word::of(&config.tasks, &task.task);
        Self {
            id,
            title: kind.zh.clone(),
            kind,
            assignee: names.assignee,
            role: task.role,
            customer: names.customer,
            source: task.source,
            rule: task.rule.clone(),
            created_at: task.created_at,
            due: task.due,
            done_at: task.done_at,
            done_by: names.done_by,
            choice: task.choice.as_deref().map(|choice| Word::of(&config.choices, choice)),
        }
    }
}

/// A daily report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportHead {
    /// Its id, which follows from person and day.
    #[cfg_attr(feature = "openapi", schema(value_type = uuid::Uuid))]
    pub id: RecordId,
    /// Whose report.
    pub author: Named,
    /// Of which day, in the person's zone.
    pub day: NaiveDate,
    /// The touches of the day.
    pub touches: Vec<TouchHead>,
    /// Fewer than three touches.
    pub short: bool,
    /// Why, if so.
    pub reason: Option<Word>,
    /// Filed after the day (补报).
    pub late: bool,
    /// When it was filed first.
    pub filed_at: DateTime<Utc>,
}

impl ReportHead {
    /// Of a record, with its touches and the name that it has by id.
    pub fn of(id: RecordId, report: &Report, author: Named, touches: Vec<TouchHead>, config: &Config) -> Self {
        Self {
            id,
            author,
            day: report.day,
            touches,
            short: report.is_short(),
            reason: report.reason.as_deref().map(|reason| Word::of(&config.short_reasons, reason)),
            late: report.late,
            filed_at: report.filed_at(),
        }
    }
}
