//! Who may write what: one table per kind, judged against the receiver's state, never against the change's own past.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::{Fields, Kind, Role, Scalar};

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
pub struct Rules {
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

/// Who is writing.
#[derive(Clone, Debug)]
pub enum Writer {
    /// The server itself.
    Server,
    /// A person through a registered device.
    Person {
        /// The person.
        id: PersonId,
        /// Their roles.
        roles: BTreeSet<Role>,
        /// Whether this person holds the customer of the record.
        holds_customer: bool,
        /// Whether this person stands above the record's author or holder in the reporting line.
        is_superior: bool,
    },
}

/// Why a change was not accepted. It is kept, and its author can redo it on top of the accepted state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Rejection {
    /// Not a change of a record at all.
    #[error("malformed")]
    Malformed,
    /// Too many bytes or fields, or the document has too many changes.
    #[error("too_large")]
    TooLarge,
    /// A change that it builds on is not there.
    #[error("missing_dependency")]
    MissingDependency,
    /// It builds on a change that was not accepted.
    #[error("depends_on_rejected")]
    DependsOnRejected,
    /// The actor and number were used before: the installation was copied or restored.
    #[error("reused_sequence")]
    ReusedSequence,
    /// It was not made by the device that sent it.
    #[error("foreign_actor")]
    ForeignActor,
    /// A kind that this version does not know.
    #[error("unknown_kind")]
    UnknownKind,
    /// This person may not create such a record, or not in another's name.
    #[error("not_allowed_to_create")]
    NotAllowedToCreate,
    /// This person may not see or change this record.
    #[error("not_allowed")]
    NotAllowed,
    /// A field that is not to be changed, or not by this person.
    #[error("field_locked: {field}")]
    FieldLocked {
        /// The field.
        field: String,
    },
    /// The result would not be a valid record.
    #[error("invalid: {detail}")]
    Invalid {
        /// What is wrong, in terms of fields.
        detail: String,
    },
}

impl Rejection {
    /// The stable word for it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::MissingDependency => "missing_dependency",
            Self::DependsOnRejected => "depends_on_rejected",
            Self::ReusedSequence => "reused_sequence",
            Self::ForeignActor => "foreign_actor",
            Self::UnknownKind => "unknown_kind",
            Self::NotAllowedToCreate => "not_allowed_to_create",
            Self::NotAllowed => "not_allowed",
            Self::FieldLocked { .. } => "field_locked",
            Self::Invalid { .. } => "invalid",
        }
    }

    /// The field, or what is wrong, where it is about one.
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::FieldLocked { field } => Some(field),
            Self::Invalid { detail } => Some(detail),
            _ => None,
        }
    }

    /// From its word and what it is about.
    pub fn parse(key: &str, about: Option<&str>) -> Option<Self> {
        let about = || about.unwrap_or_default().to_owned();
        Some(match key {
            "malformed" => Self::Malformed,
            "too_large" => Self::TooLarge,
            "missing_dependency" => Self::MissingDependency,
            "depends_on_rejected" => Self::DependsOnRejected,
            "reused_sequence" => Self::ReusedSequence,
            "foreign_actor" => Self::ForeignActor,
            "unknown_kind" => Self::UnknownKind,
            "not_allowed_to_create" => Self::NotAllowedToCreate,
            "not_allowed" => Self::NotAllowed,
            "field_locked" => Self::FieldLocked { field: about() },
            "invalid" => Self::Invalid { detail: about() },
            _ => return None,
        })
    }

    /// As it is stored, and as version 1 of the protocol has it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| unreachable!("writing to memory: {error}"))
    }

    /// From [`Self::to_json`].
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The field that names who created a record.
pub const AUTHOR_FIELD: &str = "author";

/// Judges what one change writes to a record of `kind`, given the accepted `state` (`None`: there is no such record yet).
///
/// Every written key counts, also one that would lose against a concurrent write.
pub fn judge(kind: Kind, state: Option<&Fields>, writer: &Writer, writes: &Fields) -> Result<(), Rejection> {
    let Some(state) = state else { return judge_creation(kind, writer, writes) };
    for (key, value) in writes {
        // Two devices that create the same derived record write the same values: that changes nothing.
        if state.get(key) == Some(value) {
            continue;
        }
        let locked = || Rejection::FieldLocked { field: key.clone() };
        match rule_of(kind, key) {
            Some(Write::Append(_)) if state.contains_key(key) => return Err(locked()),
            _ if may_write(kind, state, writer, key) => {}
            _ => return Err(locked()),
        }
    }
    Ok(())
}

/// Whether a writer may write a key of an existing record at all: what a phone asks before it offers an edit.
pub fn may_write(kind: Kind, state: &Fields, writer: &Writer, key: &str) -> bool {
    match rule_of(kind, key) {
        Some(Write::By(parties) | Write::Append(parties)) => stands_as(kind, state, writer, parties),
        // What the server writes is never too late: a rule may close what a person has left open.
        Some(Write::Until(parties, is_closed)) => {
            (matches!(writer, Writer::Server) || !is_closed(state, key)) && stands_as(kind, state, writer, parties)
        }
        Some(Write::OwnMember(parties)) => is_own_member(writer, key) && stands_as(kind, state, writer, parties),
        Some(Write::Never) | None => false,
    }
}

fn judge_creation(kind: Kind, writer: &Writer, writes: &Fields) -> Result<(), Rejection> {
    let known = |key: &str| {
        rule_of(kind, key).is_some() || matches!(key, crate::kind::KIND_FIELD | crate::kind::VERSION_FIELD | AUTHOR_FIELD)
    };
    if let Some(field) = writes.keys().find(|key| !known(key)) {
        return Err(Rejection::FieldLocked { field: field.clone() });
    }
    match (kind.rules().create, writer) {
        (_, Writer::Server) => Ok(()),
        (Create::Server, Writer::Person { .. }) => Err(Rejection::NotAllowedToCreate),
        (Create::Roles(allowed), Writer::Person { id, roles, .. }) => {
            let own = writes.get(AUTHOR_FIELD).and_then(Scalar::as_text) == Some(id.to_string().as_str());
            if !own || roles.contains(&Role::Auditor) || !allowed.iter().any(|role| roles.contains(role)) {
                return Err(Rejection::NotAllowedToCreate);
            }
            // What only the server may set must not come with the creation either.
            let server_only = |key: &String| matches!(rule_of(kind, key), Some(Write::By(parties)) if parties == [Party::Server]);
            match writes.keys().find(|key| server_only(key)) {
                Some(field) => Err(Rejection::FieldLocked { field: field.clone() }),
                None => Ok(()),
            }
        }
    }
}

/// Whether a field has a value.
pub fn is_known(fields: &Fields, field: &str) -> bool {
    fields.get(field).is_some_and(|value| *value != Scalar::Null)
}

fn rule_of(kind: Kind, key: &str) -> Option<Write> {
    let name = key.split_once('/').map_or(key, |(name, _)| &key[..=name.len()]);
    kind.rules().fields.iter().find(|(field, ..)| *field == name).map(|(.., write)| *write)
}

fn is_own_member(writer: &Writer, key: &str) -> bool {
    match writer {
        Writer::Server => true,
        Writer::Person { id, .. } => key.split_once('/').is_some_and(|(_, member)| member == id.to_string()),
    }
}

fn stands_as(kind: Kind, state: &Fields, writer: &Writer, parties: &[Party]) -> bool {
    let Writer::Person { id, roles, holds_customer, is_superior } = writer else {
        // The server writes what crosses people, in every record.
        return true;
    };
    // Whoever audits changes nothing, whatever else that person does.
    if roles.contains(&Role::Auditor) {
        return false;
    }
    let names = |field: &str| state.get(field).and_then(Scalar::as_text) == Some(id.to_string().as_str());
    // A lead that nobody holds is looked after by whoever put it there.
    let keeps = || kind == Kind::Lead && !is_known(state, "holder") && names(AUTHOR_FIELD);
    parties.iter().any(|party| match party {
        Party::Server => false,
        Party::Author => names(AUTHOR_FIELD),
        Party::Holder => *holds_customer || (matches!(kind, Kind::Customer | Kind::Lead) && names("holder")) || keeps(),
        Party::Assignee => {
            let by_role = state.get("role").and_then(Scalar::as_text).and_then(Role::parse);
            names("assignee") || by_role.is_some_and(|role| roles.contains(&role))
        }
        Party::Attendee => state.get(&format!("attendees/{id}")) == Some(&Scalar::Bool(true)),
        Party::Superior => *is_superior,
        Party::Selling => crate::kind::person::SELLING.iter().any(|role| roles.contains(role)),
        Party::Team => true,
    })
}
