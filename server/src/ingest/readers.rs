//! Who may read a record, and what that puts into inboxes.

use std::collections::BTreeSet;
use std::rc::Rc;

use chuda_record::id::{CustomerId, PersonId, RecordId};
use chuda_record::kind::touch::evidence_in;
use chuda_record::rules::audience::Audience;
use chuda_record::{Fields, Kind, Result, author_of, fields};

use super::Ingest;
use crate::store::InboxRow;

impl Ingest<'_> {
    /// Works out anew who may read a record that was not itself written, and the evidence of a touch with it.
    pub(super) fn review(&mut self, document: RecordId) -> Result<()> {
        let Some(stored) = self.tx.document(document)? else { return Ok(()) };
        let audience = self.audience(document, stored.kind, &stored.fields)?;
        let readers = self.tx.readers(document)?;
        self.regroup(document, &readers, &audience)?;
        if stored.kind == Kind::Touch {
            for evidence in evidence_in(&stored.fields) {
                self.review(evidence.into())?;
            }
        }
        Ok(())
    }

    /// Whoever may read a record from now on gets all of it; from whoever may not any more it is taken.
    pub(super) fn regroup(&mut self, document: RecordId, before: &BTreeSet<PersonId>, after: &BTreeSet<PersonId>) -> Result<()> {
        if before == after {
            return Ok(());
        }
        let numbers = self.tx.change_numbers(document)?;
        for person in after.difference(before) {
            self.tx.add_reader(document, *person)?;
            self.send(*person, numbers.iter().map(|number| InboxRow { document, change: Some(*number), origin: None }));
        }
        for person in before.difference(after) {
            self.tx.remove_reader(document, *person)?;
            self.send(*person, [InboxRow { document, change: None, origin: None }]);
        }
        Ok(())
    }

    /// Who may read a record.
    pub(super) fn audience(&mut self, document: RecordId, kind: Kind, fields: &Fields) -> Result<BTreeSet<PersonId>> {
        let mut customer = kind.customer_of(document, fields);
        let about = match kind {
            Kind::Customer => self.tx.tasks_about(document.into())?,
            Kind::Contract | Kind::Contact => customer.map_or(Ok(Vec::new()), |customer| self.about(customer, kind, document))?,
            Kind::Evidence => {
                let mut tasks = Vec::new();
                for touch in self.tx.touches_with(document.into())? {
                    let Some(touch) = self.tx.document(touch.into())? else { continue };
                    // Naming another's evidence gives nobody a look at it.
                    if author_of(&touch.fields) == author_of(fields) {
                        customer = customer.or(touch.kind.customer_of(touch.id, &touch.fields));
                        tasks.extend(self.tx.tasks_from(touch.id)?);
                    }
                }
                tasks
            }
            _ => self.tx.tasks_from(document)?,
        };
        let people = self.people.clone();
        let audience = match customer {
            Some(customer) => Audience::of(kind, fields, &*self.customer(customer)?, &about, &people),
            None => Audience::of(kind, fields, &BTreeSet::new(), &about, &people),
        };
        let mut readers: BTreeSet<PersonId> = match audience {
            Audience::Team => return Ok(people.keys().copied().collect()),
            // A name that stands for nobody gets no inbox.
            Audience::People(readers) => readers.into_iter().filter(|person| people.contains_key(person)).collect(),
        };
        // What somebody recorded who has left is for whoever took over.
        if let Some(author) = author_of(fields).filter(|author| people.get(author).is_some_and(|author| author.left)) {
            readers.extend(self.tx.stand_in(author)?);
        }
        Ok(readers)
    }

    /// The tasks about a contract or a contact person, and whatever names it with the tasks about that: a contact person that a
    /// contract names is known to whoever knows the contract.
    fn about(&self, customer: CustomerId, kind: Kind, document: RecordId) -> Result<Vec<Fields>> {
        let mut about = self.tx.tasks_from(document)?;
        for naming in self.tx.naming(customer, kind, document)? {
            match (kind, naming.kind) {
                (Kind::Contact, Kind::Contract) => about.extend(self.about(customer, Kind::Contract, naming.id)?),
                _ => about.extend(self.tx.tasks_from(naming.id)?),
            }
            about.push(naming.fields);
        }
        Ok(about)
    }

    /// Who stands by a customer.
    pub(super) fn customer(&mut self, customer: CustomerId) -> Result<Rc<BTreeSet<PersonId>>> {
        if let Some(known) = self.customers.get(&customer) {
            return Ok(known.clone());
        }
        let mut all = self.tx.touched(customer)?;
        let stored = self.tx.document(customer.into())?.map(|document| document.fields).unwrap_or_default();
        all.extend(author_of(&stored).into_iter().chain(fields::id::<PersonId>(&stored, "holder")));
        let people = Rc::new(all);
        // A customer whose record is yet to be written is not remembered as having nobody.
        if !stored.is_empty() {
            self.customers.insert(customer, people.clone());
        }
        Ok(people)
    }

    /// Puts something into the inbox of somebody who has a device.
    pub(super) fn send(&mut self, person: PersonId, rows: impl IntoIterator<Item = InboxRow>) {
        if self.with_device.contains(&person) {
            self.outgoing.entry(person).or_default().extend(rows);
        }
    }
}
