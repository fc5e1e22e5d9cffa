//! People: who joins, leaves and returns, what each does and whom each reports to.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use chuda_record::id::PersonId;
use chuda_record::rules::audience::{People, superiors};
use chuda_record::{Error, Fields, Kind, Person, Record as _, Result, Role, Scalar};
use chuda_words::keys;
use serde::Serialize;

use super::{Admin, tokens, write};
use crate::audit::{self, Act, By, Verb};
use crate::enrolment::issue_code;
use crate::store::{Standing, Tx};

/// Longest name, in characters.
const MAX_NAME: usize = 200;
/// For how long what somebody recorded before leaving is still taken from their phones.
const LATE: TimeDelta = TimeDelta::days(7);

/// Someone to be added.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// As shown to colleagues.
    pub name: String,
    /// At least one.
    pub roles: BTreeSet<Role>,
    /// Whom the person reports to: an id, or a name that only one person has.
    pub reports_to: Option<String>,
    /// The person's time zone.
    pub zone: Tz,
}

/// What somebody's leaving comes to.
#[derive(Clone, Debug, Serialize)]
pub struct Leaving {
    /// Who leaves.
    pub person: PersonId,
    /// Who takes over.
    pub successor: PersonId,
    /// Customers that are handed over.
    pub customers: usize,
    /// Leads that are handed over.
    pub leads: usize,
    /// Open tasks that are handed over.
    pub tasks: usize,
    /// People who report to the successor from then on.
    pub reports: usize,
    /// Devices that are locked out; what was recorded on them before is taken for seven days more.
    pub devices: usize,
    /// Tokens that end.
    pub tokens: usize,
}

impl Admin {
    /// Adds a person and gives a one-time enrolment code for the first device.
    pub fn add_person(&self, new: &NewPerson, now: DateTime<Utc>) -> Result<(PersonId, String)> {
        let name = new.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME {
            return Err(Error::invalid(keys::PERSON_NAME));
        }
        if new.roles.is_empty() {
            return Err(Error::invalid(keys::PERSON_ROLES));
        }
        let id = PersonId::new(now);
        let code = self.0.write(|tx| {
            let reports_to = new.reports_to.as_deref().map(|word| find_present(tx, word)).transpose()?;
            let person = Person { name: name.to_owned(), roles: new.roles.clone(), reports_to, zone: new.zone, left: false };
            let fields = person.to_new_fields().map_err(|error| Error::internal("person.encode", error))?;
            write(tx, id.into(), &fields, now)?;
            issue_code(tx, id, now)
        })?;
        Ok((id, code))
    }

    /// Everyone of the team.
    pub fn people(&self) -> Result<Vec<(PersonId, Person)>> {
        self.0.read(|tx| Ok(tx.people()?.iter().map(|(id, person)| (*id, person.clone())).collect()))
    }

    /// A new enrolment code, for another device; the person is named by id or by a name that only one person has.
    pub fn new_code(&self, person: &str, now: DateTime<Utc>) -> Result<(PersonId, String)> {
        self.0.write(|tx| {
            let person = find_present(tx, person)?;
            Ok((person, issue_code(tx, person, now)?))
        })
    }

    /// Changes whom a person reports to; `None`: nobody. Nobody reports to themselves, nor by way of others.
    pub fn set_reports_to(&self, person: &str, superior: Option<&str>, now: DateTime<Utc>) -> Result<()> {
        self.0.write(|tx| {
            let person = find(tx, person)?;
            let superior = superior.map(|word| find_present(tx, word)).transpose()?;
            let below = |superior: &PersonId| Ok::<_, Error>(is_above(person, *superior, &*tx.people()?));
            if let Some(superior) = superior
                && below(&superior)?
            {
                return Err(Error::invalid(keys::PERSON_CYCLE).with("superior", superior).with("person", person));
            }
            report(tx, person, superior, now)
        })
    }

    /// Changes what a person does: these roles and no others.
    pub fn set_roles(&self, person: &str, roles: &BTreeSet<Role>, now: DateTime<Utc>) -> Result<PersonId> {
        if roles.is_empty() {
            return Err(Error::invalid(keys::PERSON_ROLES));
        }
        self.0.write(|tx| {
            let id = find(tx, person)?;
            let before = tx.people()?.get(&id).map(|person| person.roles.clone()).unwrap_or_default();
            let given = roles.difference(&before).map(|role| (role, Scalar::Bool(true)));
            let taken = before.difference(roles).map(|role| (role, Scalar::Null));
            let fields = given.chain(taken).map(|(role, value)| (format!("roles/{}", role.as_str()), value)).collect();
            write(tx, id.into(), &fields, now)?;
            Ok(id)
        })
    }

    /// Somebody leaves: customers, leads, open tasks and whoever reports to them go to a successor, devices, codes and tokens end, all in
    /// one act; or only says what it would come to.
    pub fn leave(&self, person: &str, successor: &str, dry_run: bool, now: DateTime<Utc>) -> Result<Leaving> {
        if dry_run {
            return self.0.read(|tx| leaving(tx, person, successor, now));
        }
        self.0.write(|tx| {
            let leaving = leaving(tx, person, successor, now)?;
            let Leaving { person, successor, .. } = leaving;
            for device in tx.revoke_devices_of(person, now, now + LATE)? {
                audit::log(tx, now, &By::admin(), Act::new(Verb::Revoked).on(person, Kind::Person).saying(&device.to_string()))?;
            }
            for token in tx.tokens()?.iter().filter(|token| token.person == Some(person) && token.revoked_at.is_none()) {
                tokens::end(tx, token, now)?;
            }
            let people = tx.people()?;
            // Whoever takes over from their own superior steps into that place.
            if is_above(person, successor, &people) {
                report(tx, successor, people.get(&person).and_then(|person| person.reports_to), now)?;
            }
            for below in reports(person, successor, &people) {
                report(tx, below, Some(successor), now)?;
            }
            tx.add_departure(person, successor, now)?;
            write(tx, person.into(), &Fields::from([("left".into(), Scalar::Bool(true))]), now)?;
            Ok(leaving)
        })
    }

    /// Somebody is back, with nothing in their hands and a code for a first device. What their phones of before had not sent stays there.
    pub fn come_back(&self, person: &str, now: DateTime<Utc>) -> Result<(PersonId, String)> {
        self.0.write(|tx| {
            let id = find(tx, person)?;
            if tx.people()?.get(&id).is_some_and(|person| !person.left) {
                return Err(Error::invalid(keys::PERSON_PRESENT));
            }
            tx.end_sending_of(id)?;
            tx.remove_departure(id)?;
            write(tx, id.into(), &Fields::from([("left".into(), Scalar::Bool(false))]), now)?;
            Ok((id, issue_code(tx, id, now)?))
        })
    }
}

/// What it comes to when somebody leaves, if that can be.
fn leaving(tx: &Tx<'_>, person: &str, successor: &str, now: DateTime<Utc>) -> Result<Leaving> {
    let (person, successor) = (find_present(tx, person)?, find_present(tx, successor)?);
    let people = tx.people()?;
    // What an auditor has in hand, nobody can do.
    if successor == person || people.get(&successor).is_some_and(|person| person.roles.contains(&Role::Auditor)) {
        return Err(Error::invalid(keys::PERSON_SUCCESSOR));
    }
    let held = tx.in_hands_of(person)?;
    let count = |kind: Kind| held.iter().filter(|(other, _)| *other == kind).count();
    let present = |row: &&crate::store::DeviceRow| row.person == person && row.standing(now) == Standing::Present;
    Ok(Leaving {
        person,
        successor,
        customers: count(Kind::Customer),
        leads: count(Kind::Lead),
        tasks: count(Kind::Task),
        reports: reports(person, successor, &people).count(),
        devices: tx.devices()?.iter().filter(present).count(),
        tokens: tx.tokens()?.iter().filter(|token| token.person == Some(person) && token.revoked_at.is_none()).count(),
    })
}

/// Who reports to somebody, the successor aside.
fn reports(person: PersonId, successor: PersonId, people: &People) -> impl Iterator<Item = PersonId> + use<'_> {
    let below = people.iter().filter(move |(id, other)| other.reports_to == Some(person) && **id != successor);
    below.map(|(id, _)| *id)
}

fn report(tx: &Tx<'_>, person: PersonId, superior: Option<PersonId>, now: DateTime<Utc>) -> Result<()> {
    let value = superior.map_or(Scalar::Null, |id| Scalar::Text(id.to_string()));
    write(tx, person.into(), &Fields::from([("reports_to".into(), value)]), now)
}

/// Whether one is the other, or in the line above.
fn is_above(one: PersonId, other: PersonId, people: &People) -> bool {
    one == other || superiors(other, people).contains(&one)
}

/// Who is meant, and has not left.
pub(super) fn find_present(tx: &Tx<'_>, word: &str) -> Result<PersonId> {
    let id = find(tx, word)?;
    let left = tx.people()?.get(&id).is_none_or(|person| person.left);
    if left { Err(Error::invalid(keys::PERSON_LEFT)) } else { Ok(id) }
}

/// Who is meant: by id, or by a name that only one person has. Of namesakes the error lists ids, roles and superiors.
pub(super) fn find(tx: &Tx<'_>, word: &str) -> Result<PersonId> {
    let (people, word) = (tx.people()?, word.trim());
    if let Ok(id) = word.parse::<PersonId>() {
        return people.contains_key(&id).then_some(id).ok_or_else(|| Error::not_found(keys::PERSON_NOT_FOUND));
    }
    let named: Vec<(PersonId, &Person)> =
        people.iter().filter(|(_, person)| person.name == word).map(|(id, person)| (*id, person)).collect();
    match named.as_slice() {
        [] => Err(Error::not_found(keys::PERSON_NOT_FOUND)),
        [(id, _)] => Ok(*id),
        _ => {
            let one = |(id, person): &(PersonId, &Person)| {
                let roles: Vec<&str> = person.roles.iter().map(|role| role.as_str()).collect();
                let line = person.reports_to.map(|superior| format!(" reports_to={superior}")).unwrap_or_default();
                format!("{id} {}{line}{}", roles.join(","), if person.left { " left" } else { "" })
            };
            let candidates: Vec<String> = named.iter().map(one).collect();
            Err(Error::invalid(keys::PERSON_AMBIGUOUS).with("candidates", candidates.join("; ")))
        }
    }
}
