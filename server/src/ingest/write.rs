//! Writing in the server's own name, or for somebody who asked it to.

use std::collections::BTreeSet;

use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::policy::{self, Stored, Writer};
use chuda_record::{Error, Fields, Record as _, Rejection, Result, Role, Task, kind_of};

use super::commit::Commit;
use super::{Ingest, Sender};
use crate::audit::By;
use crate::store::Document;
use crate::strays;

/// Something for somebody to know.
pub(crate) struct Notice<'a> {
    /// A kind of task of the configuration.
    pub(crate) kind: &'a str,
    /// Which rule of the server says so.
    pub(crate) rule: &'a str,
    pub(crate) assignee: Option<PersonId>,
    /// Where there is no person: anybody of this role.
    pub(crate) role: Option<Role>,
    pub(crate) customer: Option<CustomerId>,
    /// The record it is about.
    pub(crate) source: RecordId,
    /// What held.
    pub(crate) because: String,
}

impl Ingest<'_> {
    /// Tells a person or a role something, once an occasion: a task that is ticked off.
    pub(crate) fn notify(&mut self, occasion: &str, notice: Notice<'_>) -> Result<()> {
        let Notice { kind, rule, assignee, role, customer, source, because } = notice;
        let task = Task {
            task: kind.into(),
            assignee,
            role,
            customer,
            source,
            rule: rule.into(),
            config: self.config().version,
            because: Some(because),
            notice: true,
            choices: BTreeSet::new(),
            script_pack: None,
            created_at: self.now,
            due: None,
            done_at: None,
            done_by: None,
            choice: None,
            reason: None,
        };
        let id = RecordId::derived(&format!("task/{rule}/{occasion}"));
        if self.has_made(id)? {
            return Ok(());
        }
        let fields = task.to_new_fields().map_err(|error| Error::internal("task.encode", error))?;
        self.write(id, &fields)
    }

    /// Whether there is a record already under an id that follows from what the server makes. What a device has put there is set aside.
    pub(crate) fn has_made(&mut self, id: impl Into<RecordId>) -> Result<bool> {
        Ok(self.rightful(id.into())?.is_some())
    }

    /// The record under an id, if it is its own.
    pub(super) fn rightful(&mut self, id: RecordId) -> Result<Option<Document>> {
        let Some(document) = self.tx.document(id)? else { return Ok(None) };
        if strays::is_stray(self.tx, &document)? {
            strays::set_aside(self.tx, &document, self.now)?;
            return Ok(None);
        }
        Ok(Some(document))
    }

    /// Writes fields of a record in the server's own name.
    pub(crate) fn write(&mut self, document: RecordId, fields: &Fields) -> Result<()> {
        self.write_by(&By::server(), document, fields)
    }

    /// Writes fields of a record for somebody who asked the server to, as the log will say.
    pub(crate) fn write_by(&mut self, by: &By, document: RecordId, fields: &Fields) -> Result<()> {
        let before = self.rightful(document)?;
        let mut doc = self.load(document, before.is_some())?;
        let fault = |error: &dyn std::fmt::Display| Error::internal("document.write", error);
        let Some(change) = doc.write(self.own, self.now, fields).map_err(|error| fault(&error))? else { return Ok(()) };
        let after = doc.fields();
        let kind = kind_of(&after).ok_or_else(|| fault(&"no kind"))?;
        kind.check(&after).map_err(|error| fault(&error))?;
        let (before, conflicts) = (before.as_ref(), doc.conflicts());
        self.commit(&Commit { document, kind, before, fields: &after, conflicts: &conflicts, changes: &[change], sender: None, by })
    }

    /// Whether somebody who is at the API may write a field of a record, by hand.
    pub(crate) fn may_write(&self, person: PersonId, stored: Stored<'_>, field: &str) -> Result<bool> {
        let roles = self.people.get(&person).map(|person| person.roles.clone()).unwrap_or_default();
        let sender = Sender { device: self.own.device, person, left: None };
        policy::may_write(stored, &Writer::Person { id: person, roles }, field, &self.desk(sender))
    }

    /// Writes fields of a record as a person does who is at the API rather than at a phone, if that person may.
    pub(crate) fn write_as(
        &mut self,
        person: PersonId,
        by: &By,
        document: RecordId,
        fields: &Fields,
    ) -> Result<Result<(), Rejection>> {
        let Some(stored) = self.tx.document(document)?.filter(|_| !fields.is_empty()) else {
            return Ok(Err(Rejection::NotAllowed));
        };
        if !self.tx.may_read(document, person)? {
            return Ok(Err(Rejection::NotAllowed));
        }
        let sender = Sender { device: self.own.device, person, left: None };
        if let Err(fault) = self.judge(sender, document, stored.kind, Some(&stored.fields), fields) {
            return Ok(Err(fault.rejection()?));
        }
        self.write_by(by, document, fields).map(Ok)
    }
}
