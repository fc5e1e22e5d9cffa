//! Customers and leads: found by outside id, else by name; filled in where something is missing, entered where there is none.

use std::collections::{HashMap, HashSet};

use chuda_record::id::{ContactId, CustomerId, LeadId, PersonId, RecordId};
use chuda_record::rules::Config;
use chuda_record::rules::audience::superiors;
use chuda_record::{Contact, Customer, Error, Fields, Intent, Kind, Lead, Record, Result, Scalar, Stage};

use super::columns::Field;
use super::plan::{Plan, text};
use super::report::{self, Mistake};
use super::table::Row;
use super::value::{intent, name_key};
use crate::store::{CustomerName, Tx};
use chuda_record::wire::api::{ImportKind, ImportLine, ImportSet};

/// What is looked for, and what has to be there.
pub(super) const FIELDS: (&[Field], &[Field]) = (
    &[
        Field::Name,
        Field::Short,
        Field::Contact,
        Field::Position,
        Field::Role,
        Field::Phone,
        Field::Intent,
        Field::Channel,
        Field::Holder,
        Field::ExternalId,
        Field::Address,
        Field::Model,
    ],
    &[Field::Name],
);

/// Every customer by name and outside id.
pub(super) struct Book {
    by_id: HashMap<String, CustomerId>,
    by_name: HashMap<String, Vec<CustomerId>>,
    /// Outside ids of customers that whoever imports may not read.
    taken_ids: HashSet<String>,
}

impl Book {
    /// As somebody may read them.
    pub(super) fn read(tx: &Tx<'_>, reader: Option<PersonId>) -> Result<Self> {
        let mut book = Self { by_id: HashMap::new(), by_name: HashMap::new(), taken_ids: HashSet::new() };
        for CustomerName { id, name, external_id, merged, readable } in tx.customer_names(reader)? {
            if !readable {
                book.taken_ids.extend(external_id.as_deref().map(name_key));
            } else if !merged {
                // One that was merged into another is found by that one's name.
                book.add(id.into(), &name, external_id.as_deref());
            }
        }
        Ok(book)
    }

    fn add(&mut self, id: CustomerId, name: &str, external_id: Option<&str>) {
        let named = self.by_name.entry(name_key(name)).or_default();
        if !named.contains(&id) {
            named.push(id);
        }
        if let Some(external_id) = external_id {
            self.by_id.entry(name_key(external_id)).or_insert(id);
        }
    }

    /// The one customer of this name, as people write it.
    pub(super) fn named(&self, name: &str) -> Option<CustomerId> {
        match self.by_name.get(&name_key(name)).map(Vec::as_slice) {
            Some([one]) => Some(*one),
            _ => None,
        }
    }
}

/// A row that was read.
struct Wanted {
    name: String,
    short: Option<String>,
    contact: Option<String>,
    position: Option<String>,
    role: Option<String>,
    phone: Option<String>,
    intent: Option<Intent>,
    channel: Option<String>,
    holder: Option<PersonId>,
    external_id: Option<String>,
    address: Option<String>,
    model: Option<String>,
}

pub(super) fn plan(plan: &mut Plan<'_>, rows: &[Row]) -> Result<()> {
    let mut book = Book::read(plan.tx, plan.reader())?;
    let config = plan.ingest.config();
    for row in rows {
        let Some(mut wanted) = read(plan, &config, row) else { continue };
        // An outside id names one customer: what another team has it for goes on to be found by it.
        wanted.external_id = wanted.external_id.filter(|id| !book.taken_ids.contains(&name_key(id)));
        let Some((id, name)) = meant(plan, &mut book, row, &wanted)? else { continue };
        let mut line =
            ImportLine { line: row.line, name, outcome: String::new(), sets: Vec::new(), kept: Vec::new(), mismatch: None };
        let new = plan.state(id.into())?.is_none();
        customer(plan, id, &wanted, &mut line)?;
        lead(plan, id, &wanted, new, &mut line)?;
        contact(plan, id, &wanted, &mut line)?;
        let outcome = match (new, line.sets.is_empty()) {
            (true, _) => "created",
            (false, true) => "unchanged",
            (false, false) => "changed",
        };
        outcome.clone_into(&mut line.outcome);
        report::add_line(&mut plan.report, line);
    }
    Ok(())
}

fn read(plan: &mut Plan<'_>, config: &Config, row: &Row) -> Option<Wanted> {
    let before = plan.report.mistakes;
    let name = plan.text(row, Field::Name);
    if name.is_none() && plan.report.mistakes == before {
        plan.mistake(row, Field::Name, Mistake::Missing);
    }
    let role = |word: &str| Config::find(&config.contact_roles, word).map(|role| role.key.clone());
    let wanted = Wanted {
        name: name.unwrap_or_default(),
        short: plan.text(row, Field::Short),
        contact: plan.text(row, Field::Contact),
        position: plan.text(row, Field::Position),
        role: plan.read(row, Field::Role, Mistake::Role, role),
        phone: plan.text(row, Field::Phone),
        intent: plan.read(row, Field::Intent, Mistake::Intent, intent),
        channel: plan.text(row, Field::Channel),
        holder: holder(plan, row),
        external_id: plan.text(row, Field::ExternalId),
        address: plan.text(row, Field::Address),
        model: plan.text(row, Field::Model),
    };
    (plan.report.mistakes == before).then_some(wanted)
}

/// Who is to look after it: whoever imports, or somebody below; an admin may name anybody.
fn holder(plan: &mut Plan<'_>, row: &Row) -> Option<PersonId> {
    let name = plan.text(row, Field::Holder)?;
    let people = plan.ingest.people();
    let mut named = people.iter().filter(|(id, person)| !person.left && (person.name == name || id.to_string() == name));
    let holder = match (named.next(), named.next()) {
        (Some((id, _)), None) => *id,
        (Some(_), Some(_)) => {
            plan.mistake(row, Field::Holder, Mistake::HolderAmbiguous);
            return None;
        }
        (None, _) => {
            plan.mistake(row, Field::Holder, Mistake::HolderUnknown);
            return None;
        }
    };
    if plan.for_all || holder == plan.person || superiors(holder, &people).contains(&plan.person) {
        Some(holder)
    } else {
        plan.mistake(row, Field::Holder, Mistake::HolderNotAllowed);
        None
    }
}

/// Which customer a row means, and its name; none after a mistake.
fn meant(plan: &mut Plan<'_>, book: &mut Book, row: &Row, wanted: &Wanted) -> Result<Option<(CustomerId, String)>> {
    let known = wanted.external_id.as_ref().and_then(|id| book.by_id.get(&name_key(id)).copied());
    let named = book.by_name.get(&name_key(&wanted.name)).map_or(&[][..], Vec::as_slice);
    let found = match (known, named) {
        (Some(known), _) => Some(known),
        (None, []) => None,
        (None, [one]) => Some(*one),
        (None, _) => {
            plan.mistake(row, Field::Name, Mistake::NameAmbiguous);
            return Ok(None);
        }
    };
    // The id of a new one follows from what the file calls it: the same file finds it again, also after it was renamed.
    let key = wanted.external_id.as_deref().unwrap_or(&wanted.name);
    let id = match found {
        Some(found) => found,
        None => new_id(plan, &name_key(key))?,
    };
    let state = plan.state(id.into())?;
    let other_id = state.as_ref().and_then(|fields| text(fields, "external_id"));
    if let (Some(other), Some(given)) = (other_id, &wanted.external_id)
        && name_key(other) != name_key(given)
    {
        plan.mistake(row, Field::ExternalId, Mistake::OtherId);
        return Ok(None);
    }
    let name = state.as_ref().and_then(|fields| text(fields, "name")).unwrap_or(&wanted.name).to_owned();
    book.add(id, &name, wanted.external_id.as_deref());
    Ok(Some((id, name)))
}

/// The id of a new customer: one for all who import it, or where another team has that, one of whoever imports.
fn new_id(plan: &Plan<'_>, key: &str) -> Result<CustomerId> {
    let id = CustomerId::derived(&format!("import/customer/{key}"));
    Ok(if plan.is_open(id.into())? { id } else { CustomerId::derived(&format!("import/customer/{}/{key}", plan.person)) })
}

fn customer(plan: &mut Plan<'_>, id: CustomerId, wanted: &Wanted, line: &mut ImportLine) -> Result<()> {
    let Some(state) = plan.state(id.into())? else {
        let customer = Customer {
            short: wanted.short.clone(),
            holder: wanted.holder,
            intent: wanted.intent,
            address: wanted.address.clone(),
            model: wanted.model.clone(),
            external_id: wanted.external_id.clone(),
            crm_intent: wanted.intent,
            ..Customer::new(plan.person, wanted.name.clone(), plan.now)
        };
        return create(plan, id.into(), &customer);
    };
    let level = wanted.intent.map(|level| level.as_str().to_owned());
    let holder = wanted.holder.map(|holder| holder.to_string());
    let mut filling = Filling { line, state: &state, writes: Fields::new() };
    // What only an import says is for whoever stands over the customer to say.
    let over = plan.stands_over(&state);
    // What the outside system says is kept beside what people here found (B5).
    filling.set("crm_intent", level.as_ref(), over, true);
    filling.set("intent", level.as_ref(), over, false);
    filling.set("holder", holder.as_ref(), over, false);
    filling.set("external_id", wanted.external_id.as_ref(), over, false);
    for (field, value) in [("short", wanted.short.as_ref()), ("address", wanted.address.as_ref()), ("model", wanted.model.as_ref())]
    {
        let may = value.is_some() && plan.may_write(Kind::Customer, id.into(), &state, field)?;
        filling.set(field, value, may, false);
    }
    write(plan, id.into(), filling.writes);
    Ok(())
}

/// Every customer has a lead, so that it can be claimed, given back and handed over (H1). One that is merely taken over from another
/// system in somebody's hands is no new lead of the week (G1).
fn lead(plan: &mut Plan<'_>, customer: CustomerId, wanted: &Wanted, new: bool, line: &mut ImportLine) -> Result<()> {
    let held = plan.state(customer.into())?.as_ref().and_then(|state| text(state, "holder")?.parse().ok());
    let id = LeadId::derived(&format!("import/lead/{customer}"));
    let known = match plan.state(id.into())? {
        Some(_) => Some(id.into()),
        None if new => None,
        None => plan.tx.of_customer(customer, Kind::Lead)?.into_iter().next().map(|lead| lead.id),
    };
    let known = match known {
        Some(id) => plan.state(id)?.map(|state| (id, state)),
        None => None,
    };
    let over = plan.state(customer.into())?.is_none_or(|customer| plan.stands_over(&customer));
    let Some((id, state)) = known else {
        if !over {
            return Ok(());
        }
        let counts = plan.report.kind == ImportKind::Leads;
        let lead = Lead {
            channel: wanted.channel.clone(),
            claimed_at: held.filter(|_| counts).map(|_| plan.now),
            ..Lead::new(plan.person, customer, held, plan.now)
        };
        if !new {
            line.sets.push(ImportSet { field: "lead".into(), from: None, to: lead.stage.as_str().into() });
        }
        return create(plan, id.into(), &lead);
    };
    let mut filling = Filling { line, state: &state, writes: Fields::new() };
    filling.set("channel", wanted.channel.as_ref(), over, false);
    let mut writes = filling.writes;
    // Whoever has just got the customer has its lead too.
    let got = held
        .filter(|_| state.get("holder").is_none_or(|holder| *holder == Scalar::Null))
        .filter(|_| wanted.holder.is_some() && over);
    if let Some(holder) = got {
        let now = Scalar::Int(plan.now.timestamp_millis());
        writes.insert("holder".into(), holder.to_string().into());
        writes.insert("moved_by".into(), plan.person.to_string().into());
        writes.insert("moved_at".into(), now.clone());
        if text(&state, "stage") == Some(Stage::Offered.as_str()) {
            writes.insert("stage".into(), Stage::Claimed.as_str().into());
        }
        if !state.contains_key("claimed_at") && plan.report.kind == ImportKind::Leads {
            writes.insert("claimed_at".into(), now);
        }
    }
    write(plan, id, writes);
    Ok(())
}

fn contact(plan: &mut Plan<'_>, customer: CustomerId, wanted: &Wanted, line: &mut ImportLine) -> Result<()> {
    let Some(name) = &wanted.contact else { return Ok(()) };
    let id = RecordId::from(ContactId::derived(&format!("import/contact/{customer}/{}", name_key(name))));
    let mut known = plan.state(id)?.map(|state| (id, state));
    if known.is_none() {
        let of_customer = plan.tx.of_customer(customer, Kind::Contact)?;
        let same = of_customer.into_iter().find(|one| text(&one.fields, "name").map(name_key) == Some(name_key(name)));
        known = match same {
            Some(one) => plan.state(one.id)?.map(|state| (one.id, state)),
            None => None,
        };
    }
    let Some((id, state)) = known else {
        let contact = Contact {
            author: plan.person,
            customer,
            name: name.clone(),
            position: wanted.position.clone(),
            role: wanted.role.clone(),
            phone: wanted.phone.clone(),
            created_at: plan.now,
        };
        line.sets.push(ImportSet { field: "contact".into(), from: None, to: name.clone() });
        return create(plan, id, &contact);
    };
    let mut filling = Filling { line, state: &state, writes: Fields::new() };
    for (field, value) in [("position", &wanted.position), ("role", &wanted.role), ("phone", &wanted.phone)] {
        let may = value.is_some() && plan.may_write(Kind::Contact, id, &state, field)?;
        filling.set(field, value.as_ref(), may, false);
    }
    write(plan, id, filling.writes);
    Ok(())
}

/// What a row adds to a record that is there.
struct Filling<'a> {
    line: &'a mut ImportLine,
    state: &'a Fields,
    writes: Fields,
}

impl Filling<'_> {
    /// Sets a field that is empty, or one that always follows the file, where that may be; says so, and says what is kept.
    fn set(&mut self, field: &str, value: Option<&String>, may: bool, follows: bool) {
        let Some(value) = value else { return };
        let before = text(self.state, field);
        if before == Some(value.as_str()) {
            return;
        }
        if !may || (before.is_some() && !follows) {
            // What people here found about the level stands beside it.
            if !matches!(field, "intent" | "crm_intent") {
                self.line.kept.push(field.to_owned());
            }
            return;
        }
        self.line.sets.push(ImportSet { field: field.to_owned(), from: before.map(str::to_owned), to: value.clone() });
        self.writes.insert(field.to_owned(), value.as_str().into());
    }
}

fn create<T: Record>(plan: &mut Plan<'_>, id: RecordId, record: &T) -> Result<()> {
    let fields = record.to_new_fields().map_err(|error| Error::internal("import.encode", error))?;
    debug_assert!(matches!(T::KIND, Kind::Customer | Kind::Lead | Kind::Contact));
    plan.writes.write(id, fields);
    Ok(())
}

fn write(plan: &mut Plan<'_>, id: RecordId, fields: Fields) {
    if !fields.is_empty() {
        plan.writes.write(id, fields);
    }
}
