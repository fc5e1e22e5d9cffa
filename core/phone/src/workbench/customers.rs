//! Entering customers, and what is known of them for every form to come (H4).

use super::touching::{self, contact_role};
use super::{Workbench, check_length, typed};
use crate::query::view::CustomerView;
use crate::store::{Own, Tx};
use chuda_record::error::{Error, Result};
use chuda_record::id::{ContactId, CustomerId, LeadId, PersonId};
use chuda_record::{Contact, Customer, Intent, Lead};
use chuda_words::keys;

/// A customer to enter.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CustomerDraft {
    /// Full name.
    pub name: String,
    /// The name people say.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub short: Option<String>,
    /// First contact person.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub contact: Option<String>,
    /// Their phone number.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub phone: Option<String>,
    /// Installation address.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub address: Option<String>,
    /// Device model they want or have.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub model: Option<String>,
}

/// What is known of a customer. What is not given stays as it is.
#[derive(Clone, Debug, Default)]
pub struct CustomerEdit {
    /// Full name.
    pub name: Option<String>,
    /// The name people say.
    pub short: Option<String>,
    /// Installation address: contracts and work orders take it from here (H4).
    pub address: Option<String>,
    /// Device model.
    pub model: Option<String>,
    /// Intent level: only its holder can set it.
    pub intent: Option<Intent>,
    /// No longer a customer: out of health and density.
    pub closed: Option<bool>,
    /// Whom forms name on the customer's side: the name of a contact, entered if it is new.
    pub contact: Option<String>,
    /// That contact's phone number.
    pub phone: Option<String>,
    /// What that contact does there, in words.
    pub position: Option<String>,
    /// What that contact is to the deal (N1): a word or key of the list.
    pub contact_role: Option<String>,
}

impl Workbench {
    /// Enters a customer, held by whoever enters it, with its lead at 认领.
    pub fn add_customer(&self, draft: CustomerDraft) -> Result<CustomerView> {
        let me = self.0.me().id;
        let customer = NewCustomer::of(draft, Some(me))?;
        self.0.act(
            |tx, own| {
                let id = enter(tx, own, me, customer)?;
                tx.create(own, LeadId::new(own.at), &Lead::new(me, id, Some(me), own.at))?;
                Ok(id)
            },
            |ask, id| ask.customer(id),
        )
    }

    /// Notes what is known of a customer. A contact person that is new is entered, and is the one that forms name from now on.
    pub fn set_customer(&self, id: CustomerId, edit: CustomerEdit) -> Result<CustomerView> {
        let config = self.0.config();
        let [name, short, address, model, contact] = [edit.name, edit.short, edit.address, edit.model, edit.contact].map(typed);
        let [phone, position] = [edit.phone, edit.position].map(typed);
        for (text, field) in [
            (&name, "name"),
            (&short, "short"),
            (&address, "address"),
            (&model, "model"),
            (&contact, "contact"),
            (&phone, "phone"),
            (&position, "position"),
        ] {
            check_length(text.as_ref(), field)?;
        }
        let role = typed(edit.contact_role).map(|word| contact_role(&config, &word)).transpose()?;
        if contact.is_none() && (phone.is_some() || position.is_some() || role.is_some()) {
            return Err(Error::invalid(keys::CONTACT_NAME_MISSING));
        }
        let me = self.0.me().id;
        self.0.act(
            |tx, own| {
                let before = tx.record::<Customer>(id)?.ok_or_else(|| Error::not_found(keys::CUSTOMER_NOT_FOUND))?.record;
                if let Some(name) = &name {
                    refuse_same_name(tx, name, Some(id))?;
                }
                let mut after = before.clone();
                after.name = name.unwrap_or(after.name);
                after.short = short.or(after.short);
                after.address = address.or(after.address);
                after.model = model.or(after.model);
                after.intent = edit.intent.or(after.intent);
                after.closed = edit.closed.unwrap_or(after.closed);
                if let Some(name) = contact {
                    let contact = touching::contact(tx, own, id, me, name, role.clone())?;
                    after.contact = Some(contact);
                    describe(tx, own, contact, position, role, phone)?;
                }
                tx.edit(own, id, &before, &after)
            },
            |ask, ()| ask.customer(id),
        )
    }
}

/// A customer as it was typed, checked.
pub(super) struct NewCustomer {
    holder: Option<PersonId>,
    name: String,
    short: Option<String>,
    contact: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    model: Option<String>,
}

impl NewCustomer {
    /// From a draft.
    pub(super) fn of(draft: CustomerDraft, holder: Option<PersonId>) -> Result<Self> {
        let name = typed(Some(draft.name)).ok_or_else(|| Error::invalid(keys::CUSTOMER_NAME_MISSING))?;
        let [short, contact, phone] = [draft.short, draft.contact, draft.phone].map(typed);
        let [address, model] = [draft.address, draft.model].map(typed);
        for (text, field) in [
            (Some(&name), "name"),
            (short.as_ref(), "short"),
            (contact.as_ref(), "contact"),
            (phone.as_ref(), "phone"),
            (address.as_ref(), "address"),
            (model.as_ref(), "model"),
        ] {
            check_length(text, field)?;
        }
        Ok(Self { holder, name, short, contact, phone, address, model })
    }
}

/// Makes the records of a customer and its first contact person.
pub(super) fn enter(tx: &Tx<'_>, own: &Own, me: PersonId, new: NewCustomer) -> Result<CustomerId> {
    refuse_same_name(tx, &new.name, None)?;
    let id = CustomerId::new(own.at);
    let contact = new.contact.map(|name| (ContactId::new(own.at), name));
    let customer = Customer {
        short: new.short,
        holder: new.holder,
        contact: contact.as_ref().map(|(id, _)| *id),
        address: new.address,
        model: new.model,
        ..Customer::new(me, new.name, own.at)
    };
    tx.create(own, id, &customer)?;
    if let Some((contact, name)) = contact {
        let phone = new.phone;
        tx.create(
            own,
            contact,
            &Contact { author: me, customer: id, name, position: None, role: None, phone, created_at: own.at },
        )?;
    }
    Ok(id)
}

fn refuse_same_name(tx: &Tx<'_>, name: &str, except: Option<CustomerId>) -> Result<()> {
    let same = |row: &crate::store::Row<Customer>| row.record.name == name && Some(CustomerId::from(row.id)) != except;
    if tx.customers_named(name, 2)?.iter().any(same) { Err(Error::invalid(keys::CUSTOMER_EXISTS)) } else { Ok(()) }
}

/// Notes what is known of a contact person.
fn describe(
    tx: &Tx<'_>,
    own: &Own,
    id: ContactId,
    position: Option<String>,
    role: Option<String>,
    phone: Option<String>,
) -> Result<()> {
    let Some(row) = tx.record::<Contact>(id)? else { return Ok(()) };
    let before = row.record;
    let mut after = before.clone();
    after.position = position.or(after.position);
    after.role = role.or(after.role);
    after.phone = phone.or(after.phone);
    tx.edit(own, id, &before, &after)
}
