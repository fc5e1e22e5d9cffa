//! Who may write what: one table per kind, judged against the receiver's state, never against the change's own past.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Result;
use crate::fields::{self, AUTHOR_FIELD, Fields, KIND_FIELD, Scalar, VERSION_FIELD};
use crate::id::{DeviceId, PersonId, RecordId};
use crate::kinds::Kind;
use crate::money::Fen;
use crate::record::{NotWritten, Proposal, Surroundings, author_of, version_in};
use crate::rejection::Rejection;
use crate::role::{Role, SELLING};
use crate::rules::audience::{People, superiors};
use crate::rules::config::Provider;
use crate::rules::{Config, Subject, World, firing};
use crate::table::{Create, List, Party, Type, Write};

/// What a refusal names when a new record is not under the id that it should have.
const ID: &str = "id";

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
    },
}

/// Judges what somebody wants to write to a record, given what is accepted of it so far (`before`; none: there is no such record yet): the
/// rights that the field table of the kind gives, then what must hold between records, and what the kind itself asks for.
///
/// The phone asks before it writes, the server before it accepts. What the server writes itself has to keep to the field table alone.
pub fn judge(
    kind: Kind,
    id: RecordId,
    before: Option<&Fields>,
    writes: &Fields,
    writer: &Writer,
    lookup: &dyn Lookup,
) -> Result<(), NotWritten> {
    match before {
        Some(fields) => check_edit(Stored { id, kind, fields }, writer, writes, lookup)?,
        None => check_creation(kind, id, writer, writes)?,
    }
    let Writer::Person { id: by, .. } = writer else { return Ok(()) };
    let proposal = &Proposal { id, before, writes, device: lookup.device(), by: *by };
    // Whoever may not read a customer must not learn whether it exists.
    if let Some(customer) = proposal.text("customer").filter(|_| kind != Kind::Customer) {
        let readable = customer.parse().map_or(Ok(false), |customer| lookup.may_read(customer))?;
        if !readable {
            return Err(Rejection::invalid("customer").into());
        }
    }
    let unsound = |(field, value): &(&String, &Scalar)| match (kind.type_of(field), value) {
        (Some(Type::Money), Scalar::Int(fen)) => !Fen(*fen).is_sound(),
        _ => false,
    };
    if let Some((field, _)) = writes.iter().find(unsound) {
        return Err(Rejection::invalid(field).into());
    }
    let config = lookup.config(version_in(proposal.before.unwrap_or(proposal.writes)))?;
    // Options are only ever added: an edit may name one that came after the version that its record was made under.
    let offered = if proposal.before.is_some() { lookup.config(None)? } else { config.clone() };
    let unknown = |(field, value): &(&String, &Scalar)| match (kind.type_of(field), value) {
        (Some(Type::Option(list)), Scalar::Text(key)) => !offered.has(list, key),
        _ => false,
    };
    if let Some((field, _)) = proposal.writes.iter().find(unknown) {
        return Err(Rejection::invalid(field).into());
    }
    kind.check_write(proposal, &Around { lookup, config: &config })
}

/// What is looked up to judge a write: phone and server answer from their own stores.
pub trait Lookup: World {
    /// The installation that is written with.
    fn device(&self) -> DeviceId;
    /// Whether whoever writes may read a record.
    fn may_read(&self, id: RecordId) -> Result<bool>;
    /// The people of the team.
    fn people(&self) -> Result<Arc<People>>;
    /// A version of the configuration; the one in force where none is named, or there is no such.
    fn config(&self, version: Option<i64>) -> Result<Arc<Config>>;
    /// Whether that installation has signed this: DER, by the key that it is known by.
    fn has_signed(&self, message: &[u8], signature: &[u8]) -> Result<bool>;
}

/// What a kind asks for, from the version of the configuration that holds for its record.
struct Around<'a> {
    lookup: &'a dyn Lookup,
    config: &'a Config,
}

impl Surroundings for Around<'_> {
    fn record(&self, id: RecordId) -> Result<Option<(Kind, Fields)>> {
        self.lookup.record(id)
    }

    fn has_option(&self, list: List, key: &str) -> bool {
        self.config.has(list, key)
    }

    fn needs_reason(&self, list: List, key: &str) -> bool {
        Config::option(self.config.list(list), key).is_some_and(|option| option.needs_reason)
    }

    fn wrong_in_form(&self, kind: Kind, proposal: &Proposal<'_>) -> Result<Option<String>> {
        if let Some(field) = firing::unasked(self.config, kind, proposal.writes) {
            return Ok(Some(field));
        }
        let subject = Subject { id: proposal.id, kind, fields: proposal.writes, world: self.lookup };
        Ok(firing::missing(self.config, &subject)?.into_iter().next())
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> Result<bool> {
        // Where a provider confirms signatures, no device does; that is for the version in force to say.
        Ok(self.lookup.config(None)?.signature == Provider::Device && self.lookup.has_signed(message, signature)?)
    }
}

/// Whether a writer may write a key of an existing record at all: what a phone asks before it offers an edit.
pub fn may_write(stored: Stored<'_>, writer: &Writer, key: &str, lookup: &dyn Lookup) -> Result<bool> {
    let stands_as = |parties| stands_as(stored, writer, parties, lookup);
    match stored.kind.table().write_of(key) {
        Some(Write::By(parties) | Write::Append(parties)) => stands_as(parties),
        // What the server writes is never too late: a rule may close what a person has left open.
        Some(Write::Until(parties, is_closed)) => {
            Ok((matches!(writer, Writer::Server) || !is_closed(stored.fields, key)) && stands_as(parties)?)
        }
        Some(Write::OwnMember(parties)) => Ok(is_own_member(writer, key) && stands_as(parties)?),
        Some(Write::Never) | None => Ok(false),
    }
}

/// A record that there is.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// Which.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// As it is accepted so far.
    pub fields: &'a Fields,
}

/// Whether the field table lets a writer write all this. Every written key counts, also one that would lose against a concurrent write.
fn check_edit(stored: Stored<'_>, writer: &Writer, writes: &Fields, lookup: &dyn Lookup) -> Result<(), NotWritten> {
    let Stored { kind, fields, .. } = stored;
    for (key, value) in writes {
        // Two devices that create the same derived record write the same values: that changes nothing.
        if fields.get(key) == Some(value) {
            continue;
        }
        let overwrites = matches!(kind.table().write_of(key), Some(Write::Append(_))) && fields.contains_key(key);
        if overwrites || !may_write(stored, writer, key, lookup)? {
            return Err(Rejection::FieldLocked { field: key.clone() }.into());
        }
    }
    Ok(())
}

fn check_creation(kind: Kind, record: RecordId, writer: &Writer, writes: &Fields) -> Result<(), Rejection> {
    let known = |key: &str| kind.table().write_of(key).is_some() || matches!(key, KIND_FIELD | VERSION_FIELD | AUTHOR_FIELD);
    if let Some(field) = writes.keys().find(|key| !known(key)) {
        return Err(Rejection::FieldLocked { field: field.clone() });
    }
    match (kind.table().create, writer) {
        (_, Writer::Server) => Ok(()),
        (Create::Server, Writer::Person { .. }) => Err(Rejection::NotAllowedToCreate),
        (Create::Roles(allowed), Writer::Person { id, roles }) => {
            let own = writes.get(AUTHOR_FIELD).and_then(Scalar::as_text) == Some(id.to_string().as_str());
            if !own || roles.contains(&Role::Auditor) || !allowed.iter().any(|role| roles.contains(role)) {
                return Err(Rejection::NotAllowedToCreate);
            }
            // An id that follows from something belongs to that alone: nobody may be there first.
            if kind.demanded_id(writes).map_or(record.is_derived(), |demanded| demanded != record) {
                return Err(Rejection::invalid(ID));
            }
            // What only the server may set must not come with the creation either.
            let server_only =
                |key: &String| matches!(kind.table().write_of(key), Some(Write::By(parties)) if parties == [Party::Server]);
            match writes.keys().find(|key| server_only(key)) {
                Some(field) => Err(Rejection::FieldLocked { field: field.clone() }),
                None => Ok(()),
            }
        }
    }
}

fn is_own_member(writer: &Writer, key: &str) -> bool {
    match writer {
        Writer::Server => true,
        Writer::Person { id, .. } => key.split_once('/').is_some_and(|(_, member)| member == id.to_string()),
    }
}

/// Whether a writer is one of these parties to a record.
fn stands_as(stored: Stored<'_>, writer: &Writer, parties: &[Party], lookup: &dyn Lookup) -> Result<bool> {
    let Writer::Person { id, roles } = writer else {
        // The server writes what crosses people, in every record.
        return Ok(true);
    };
    // Whoever audits changes nothing, whatever else that person does.
    if roles.contains(&Role::Auditor) {
        return Ok(false);
    }
    let Stored { kind, fields, .. } = stored;
    let names = |field: &str| fields::id(fields, field) == Some(*id);
    for party in parties {
        let is_one = match party {
            Party::Server => false,
            Party::Author => names(AUTHOR_FIELD),
            Party::Holder => kind.is_held_by(fields, *id) || holder(stored, lookup)? == Some(*id),
            Party::Assignee => {
                let by_role = fields::text(fields, "role").and_then(Role::parse);
                names("assignee") || by_role.is_some_and(|role| roles.contains(&role))
            }
            Party::Attendee => fields.get(&format!("attendees/{id}")) == Some(&Scalar::Bool(true)),
            Party::Superior => {
                let people = lookup.people()?;
                let mut below = author_of(fields).into_iter().chain(holder(stored, lookup)?);
                below.any(|person| superiors(person, &people).contains(id))
            }
            Party::Selling => SELLING.iter().any(|role| roles.contains(role)),
            Party::Team => true,
        };
        if is_one {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who holds the customer that a record belongs to.
fn holder(stored: Stored<'_>, lookup: &dyn Lookup) -> Result<Option<PersonId>> {
    let Some(customer) = stored.kind.customer_of(stored.id, stored.fields) else { return Ok(None) };
    Ok(lookup.record(customer.into())?.and_then(|(_, customer)| fields::id(&customer, "holder")))
}
