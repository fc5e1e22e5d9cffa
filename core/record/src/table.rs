//! The field table of a kind: what there is, what it holds, and who may write it.

use serde::{Deserialize, Serialize};

use crate::fields::Fields;
use crate::kinds::Kind;
use crate::role::Role;

/// Longest text that a person writes into one field, in characters.
pub const MAX_TEXT: usize = 4_000;

/// How a writer stands to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The server, for what crosses people.
    Server,
    /// Who created the record.
    Author,
    /// Who holds the customer the record belongs to.
    Holder,
    /// Who has to do the task, by name or by role.
    Assignee,
    /// Who is invited (`attendees/`).
    Attendee,
    /// Who stands above the author or the holder in the reporting line.
    Superior,
    /// Anyone who goes to customers.
    Selling,
    /// Anyone of the team.
    Team,
}

/// What a field holds: what a condition may compare it with, and where a path goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Free text, ids of devices, hashes.
    Text,
    /// A key of a list of the configuration.
    Option(List),
    /// A role.
    Role,
    /// A person's id; where a form allows it, a name that is not in the people list.
    Person,
    /// Another record.
    Link(Kind),
    /// A record of any kind.
    Any,
    /// A whole number.
    Number,
    /// Money in fen.
    Money,
    /// Milliseconds since 1970.
    Timestamp,
    /// A calendar day.
    Day,
    /// A time of day.
    Time,
    /// True or false.
    Flag,
    /// A collection spread over keys.
    Members,
}

/// The lists of the configuration that fields take their keys from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// Contact modes (T1).
    Modes,
    /// Core actions (T1).
    Actions,
    /// Progress briefs (B1).
    Briefs,
    /// Why a report may be short (T4).
    ShortReasons,
    /// Answers to tasks.
    Choices,
    /// What a touch can be filed as (T2).
    Categories,
    /// Kinds of task and notice.
    Tasks,
    /// Words that help (话术包).
    ScriptPacks,
    /// What a contact person does on the customer's side (N1).
    ContactRoles,
    /// Stages of a lead (H1).
    Stages,
    /// Where a contract stands.
    ContractStates,
    /// Where a work order stands.
    OrderStates,
    /// Where a demand card stands.
    DemandStates,
    /// Services that sales promise and delivery is asked for (B5).
    Services,
    /// What comes in from outside systems (M1).
    Events,
    /// What does not agree (B5), and what a back-check found (R1).
    Findings,
    /// How a finding was settled.
    Resolutions,
}

/// How a field may be written after creation. A key `name/` stands for all members of a collection.
#[derive(Clone, Copy, Debug)]
pub enum Write {
    /// Never: it belongs to the creation.
    Never,
    /// By these parties, any value.
    By(&'static [Party]),
    /// By these parties, new members only: nothing is taken away or overwritten.
    Append(&'static [Party]),
    /// By these parties, any value, until the record's state closes the field.
    Until(&'static [Party], Closed),
    /// By these parties, each the member that bears the own id.
    OwnMember(&'static [Party]),
}

/// Whether a field is closed in this state of the record.
pub type Closed = fn(&Fields, &str) -> bool;

/// The table of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Who may create such a record. With `Author`, anyone whose role does so, in the own name only.
    pub create: Create,
    /// Every field there is, what it holds, and who may write it later.
    pub fields: &'static [(&'static str, Type, Write)],
}

/// Who may create.
#[derive(Clone, Copy, Debug)]
pub enum Create {
    /// The server alone.
    Server,
    /// A person, in the own name (field `author`), with one of these roles.
    Roles(&'static [Role]),
}

impl Table {
    /// What a field holds.
    pub fn type_of(&self, field: &str) -> Option<Type> {
        self.fields.iter().find(|(name, ..)| *name == field).map(|(_, holds, _)| *holds)
    }

    /// How a key of a record may be written: a field, or a member of a collection.
    pub fn write_of(&self, key: &str) -> Option<Write> {
        let name = key.split_once('/').map_or(key, |(name, _)| &key[..=name.len()]);
        self.fields.iter().find(|(field, ..)| *field == name).map(|(.., write)| *write)
    }
}
