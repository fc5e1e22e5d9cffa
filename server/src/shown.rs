//! Records as they are told to people and other systems: with people and customers by name.

use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::rules::Config;
use chuda_record::view::Named;
use chuda_record::view::heads::{TaskHead, TaskNames, TouchHead};
use chuda_record::{Result, Task, Touch};

use crate::store::Tx;

pub(crate) fn person_named(tx: &Tx<'_>, person: PersonId) -> Result<Named> {
    Ok(Named { id: person.into(), name: tx.name_of(person)? })
}

pub(crate) fn customer_named(tx: &Tx<'_>, customer: CustomerId) -> Result<Named> {
    Ok(Named { id: customer.into(), name: tx.customer_name(customer)? })
}

pub(crate) fn touch_head(tx: &Tx<'_>, id: RecordId, touch: &Touch, config: &Config) -> Result<TouchHead> {
    Ok(TouchHead::of(id, touch, person_named(tx, touch.author)?, customer_named(tx, touch.customer)?, config))
}

pub(crate) fn task_head(tx: &Tx<'_>, id: RecordId, task: &Task, config: &Config) -> Result<TaskHead> {
    let names = TaskNames {
        assignee: task.assignee.map(|person| person_named(tx, person)).transpose()?,
        customer: task.customer.map(|customer| customer_named(tx, customer)).transpose()?,
        done_by: task.done_by.map(|person| person_named(tx, person)).transpose()?,
    };
    Ok(TaskHead::of(id, task, names, config))
}
