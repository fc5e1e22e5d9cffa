//! Who may read a record: author, holder and colleagues on the customer, supervisors up the line, who has the task or the role; people and
//! configuration are for everybody.
//! Whoever has a task may read what it is about, and the contract and contact person that this names.

use std::collections::{BTreeMap, BTreeSet};

use crate::fields::set_of;
use crate::id::PersonId;
use crate::record::Readers;
use crate::role::SELLING;
use crate::{Fields, Kind, Person, Role, Scalar};

/// The people of the team, as far as reading goes.
pub type People = BTreeMap<PersonId, Person>;

/// Who may read one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Team,
    /// These people.
    People(BTreeSet<PersonId>),
}

impl Audience {
    /// Who may read a record.
    ///
    /// `customer_people` are those who stand by the record's customer: its author, its holder, and whoever has touched it.
    /// `about` are the tasks that are about the record, open or done: of a touch those that came from it, of evidence those that came
    /// from its touch, of a customer those that name it. Of a contract and of a contact person also the work orders and meetings that
    /// name them, with their tasks.
    pub fn of(kind: Kind, fields: &Fields, customer_people: &BTreeSet<PersonId>, about: &[Fields], people: &People) -> Self {
        // A report is between the person and the line above, not for every colleague on a customer.
        let customer_people = match kind.readers() {
            Readers::Team => return Self::Team,
            Readers::Colleagues => customer_people.clone(),
            Readers::Named => BTreeSet::new(),
        };
        let named = ["author", "holder", "assignee"].into_iter().filter_map(|field| fields.get(field)?.as_text()?.parse().ok());
        let mut readers: BTreeSet<PersonId> = named.chain(customer_people).collect();
        let above: Vec<PersonId> = readers.iter().flat_map(|person| superiors(*person, people)).collect();
        readers.extend(above);
        readers.extend(concerned(fields, people));
        let selling = if kind.is_claimable(fields) { SELLING } else { &[] };
        let reads = |person: &Person| kind.read_by().iter().chain(selling).any(|role| person.roles.contains(role));
        readers.extend(people.iter().filter(|(_, person)| reads(person)).map(|(id, _)| *id));
        readers.extend(about.iter().flat_map(|record| concerned(record, people)));
        Self::People(readers)
    }

    /// Whether someone is among them.
    pub fn contains(&self, person: PersonId) -> bool {
        match self {
            Self::Team => true,
            Self::People(people) => people.contains(&person),
        }
    }
}

/// Who has to do something about a record, or is invited to it.
fn concerned<'a>(record: &'a Fields, people: &'a People) -> impl Iterator<Item = PersonId> + use<'a> {
    assignees(record, people).chain(set_of(record, "attendees/"))
}

/// Who has to do a task, or may: the one it names, or everyone with its role.
fn assignees<'a>(task: &Fields, people: &'a People) -> impl Iterator<Item = PersonId> + use<'a> {
    let named: Option<PersonId> = task.get("assignee").and_then(Scalar::as_text).and_then(|text| text.parse().ok());
    let role = task.get("role").and_then(Scalar::as_text).and_then(Role::parse);
    let with_role = role.map(|role| people.iter().filter(move |(_, person)| person.roles.contains(&role)).map(|(id, _)| *id));
    named.into_iter().chain(with_role.into_iter().flatten())
}

/// The line above someone, nearest first. A loop in the reporting lines ends it.
pub fn superiors(person: PersonId, people: &People) -> Vec<PersonId> {
    let mut line = Vec::new();
    let mut next = people.get(&person).and_then(|person| person.reports_to);
    while let Some(superior) = next {
        if superior == person || line.contains(&superior) {
            break;
        }
        line.push(superior);
        next = people.get(&superior).and_then(|person| person.reports_to);
    }
    line
}
