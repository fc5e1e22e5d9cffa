//! Open tasks, most urgent first.

use super::view::{ItemState, TaskView};
use super::{Ask, word};
use crate::error::{Error, Result};
use crate::id::{RecordId, TaskId};
use crate::record::{Customer, Demand, Finding, Kind, Question, Task, Touch};
use crate::store::Row;

/// Most tasks that are shown at once.
const SHOWN: u32 = 200;

impl Ask<'_> {
    /// Those of this person, by name or by role.
    pub fn tasks(&self) -> Result<Vec<TaskView>> {
        let rows = self.tx.open_tasks(self.me.id, &self.me.roles, SHOWN)?;
        rows.into_iter().map(|row| self.view_task(row)).collect()
    }

    /// One task.
    pub fn task(&self, id: TaskId) -> Result<TaskView> {
        let row = self.tx.record::<Task>(id)?.ok_or_else(|| Error::not_found("task.not_found"))?;
        self.view_task(row)
    }

    fn view_task(&self, row: Row<Task>) -> Result<TaskView> {
        let Row { id, record: task, .. } = row;
        let customer = match task.customer {
            Some(customer) => self.tx.record::<Customer>(customer)?,
            None => None,
        };
        let attachment_uploading = match self.tx.record::<Touch>(task.source)? {
            Some(touch) => self.view_touch(touch)?.evidence.iter().any(|evidence| evidence.state != ItemState::Verified),
            None => false,
        };
        Ok(TaskView {
            id: id.into(),
            kind: word(&self.config.tasks, &task.task),
            customer: task.customer,
            customer_name: customer.map(|customer| customer.record.name),
            source: task.source,
            about: self.about(task.source)?,
            choices: task.choices.iter().map(|key| word(&self.config.choices, key)).collect(),
            script_pack: task.script_pack,
            created_at: task.created_at,
            due: task.due,
            done_at: task.done_at,
            attachment_uploading,
        })
    }

    /// What a record asks of somebody, in a line.
    fn about(&self, source: RecordId) -> Result<Option<String>> {
        Ok(match self.tx.kind_of(source)? {
            Some(Kind::Question) => self.tx.record::<Question>(source)?.and_then(|row| row.record.answer.or(row.record.text)),
            Some(Kind::Demand) => self.tx.record::<Demand>(source)?.and_then(|row| row.record.assessment.or(row.record.text)),
            Some(Kind::Finding) => self.tx.record::<Finding>(source)?.map(|row| {
                let side = |value: Option<String>| value.unwrap_or_else(|| "—".to_owned());
                format!("{} ≠ {}", side(row.record.left), side(row.record.right))
            }),
            _ => None,
        })
    }
}
