//! How a record hangs together with others.

use std::collections::BTreeSet;

use chuda_record::fields::id;
use chuda_record::id::{CustomerId, EvidenceId, PersonId, RecordId, TouchId};
use chuda_record::kind::touch::evidence_in;
use chuda_record::{Fields, Kind, Result, author_of};

use super::Ingest;

impl Ingest<'_> {
    /// Notes how a record hangs together with others, and says which others someone else may read now, or no longer.
    pub(super) fn relate(
        &mut self,
        document: RecordId,
        kind: Kind,
        before: Option<&Fields>,
        fields: &Fields,
    ) -> Result<BTreeSet<RecordId>> {
        let differs = |field: &str| before.is_none_or(|before| before.get(field) != fields.get(field));
        let mut affected = BTreeSet::new();
        match kind {
            Kind::Touch => {
                for evidence in evidence_in(fields) {
                    if self.tx.link(TouchId::from(document), evidence)? {
                        affected.insert(evidence.into());
                    }
                }
                if let (Some(customer), Some(author), None) = (kind.customer_of(document, fields), author_of(fields), before) {
                    let stands_by = self.customer(customer)?.contains(&author);
                    if self.tx.add_touched(customer, author)? && !stands_by {
                        self.customers.remove(&customer);
                        affected.extend(self.tx.documents_of_customer(customer)?);
                    }
                }
            }
            Kind::Evidence => {
                if let Some(touch) = id(fields, "touch") {
                    self.tx.link(touch, EvidenceId::from(document))?;
                }
                // The rules look at touches; a piece of evidence that came late changes what they see.
                for touch in self.tx.touches_with(EvidenceId::from(document))? {
                    self.changed.insert((Kind::Touch, touch.into()));
                }
            }
            Kind::Customer if differs("holder") => {
                self.customers.remove(&CustomerId::from(document));
                if before.is_some() {
                    affected.extend(self.tx.documents_of_customer(document.into())?);
                }
            }
            Kind::Task if before.is_none() || differs("assignee") => affected.extend(self.around_task(fields)?),
            Kind::Contract | Kind::Order | Kind::Meeting => {
                if kind == Kind::Contract && differs("promised_service") {
                    // An order's rules look at what its contract promises (B5).
                    self.changed.extend(self.tx.children(document, Kind::Order)?.into_iter().map(|order| (Kind::Order, order.id)));
                }
                for fields in before.into_iter().chain([fields]) {
                    affected.extend(self.named_by(fields)?);
                }
            }
            Kind::Release => {
                self.tx.configs_changed()?;
                self.configs = self.tx.configs()?;
            }
            Kind::Person => affected.extend(self.around_person(document.into(), before, fields)?),
            _ => {}
        }
        Ok(affected)
    }

    /// What somebody else may read now that somebody joined, left, reports to another or does something else.
    fn around_person(&mut self, person: PersonId, before: Option<&Fields>, fields: &Fields) -> Result<Vec<RecordId>> {
        self.tx.people_changed()?;
        self.people = self.tx.people()?;
        let differs = |field: &str| before.is_some_and(|before| before.get(field) != fields.get(field));
        let roles = |fields: &Fields| -> Fields {
            fields.iter().filter(|(key, _)| key.starts_with("roles/")).map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let mut affected = Vec::new();
        if before.is_none() {
            // What is for everybody is for whoever joins, too.
            affected.extend(self.tx.documents_of_kind(Kind::Person)?);
            affected.extend(self.tx.documents_of_kind(Kind::Release)?);
        }
        if before.is_none_or(|before| roles(before) != roles(fields)) {
            for task in self.tx.documents_of_kind(Kind::Task)? {
                let task_fields = self.tx.document(task)?.map(|task| task.fields).unwrap_or_default();
                affected.extend(self.around_task(&task_fields)?);
                affected.push(task);
            }
            let by_role = |kind: &&Kind| **kind != Kind::Task && kind.is_read_by_role();
            for kind in Kind::ALL.iter().filter(by_role) {
                affected.extend(self.tx.documents_of_kind(*kind)?);
            }
            affected.extend(self.tx.unheld()?);
        }
        if differs("left") {
            for author in self.tx.with_predecessors(person)? {
                affected.extend(self.tx.documents_by_author(author)?);
            }
        }
        if differs("reports_to") {
            affected.extend(self.tx.documents_read_by(person)?);
        }
        Ok(affected)
    }

    /// What a task is about: where it came from, what that names, and the customer.
    fn around_task(&self, task: &Fields) -> Result<Vec<RecordId>> {
        let source = id(task, "source").map_or(Ok(None), |source| self.tx.document(source))?;
        let mut around = source.map_or(Ok(Vec::new()), |source| self.named_by(&source.fields))?;
        around.extend(["source", "customer"].into_iter().filter_map(|field| id::<RecordId>(task, field)));
        Ok(around)
    }

    /// The contract and the contact person that a record names, and the one that this contract names.
    fn named_by(&self, fields: &Fields) -> Result<Vec<RecordId>> {
        let contract = id(fields, "contract");
        let of_contract = contract.map_or(Ok(None), |contract| self.tx.document(contract))?;
        let contacts = [Some(fields), of_contract.as_ref().map(|contract| &contract.fields)].into_iter().flatten();
        Ok(contract.into_iter().chain(contacts.filter_map(|fields| id(fields, "contact"))).collect())
    }
}
