//! Contracts (H2, B3): the details that a person adds, and the electronic signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Workbench, identity, touching, trimmed, typed};
use crate::query::contracts::steps_before_signature;
use crate::query::view::ContractView;
use crate::store::{Own, Row, Tx};
use chuda_evidence::key::sign_low;
use chuda_record::error::{Error, ErrorKind, Result};
use chuda_record::id::{ContractId, PersonId};
use chuda_record::kind::contract::SIGNING;
use chuda_record::rules::Config;
use chuda_record::rules::config::Provider;
use chuda_record::time::{from_millis, to_millis};
use chuda_record::{Contract, Customer, NotWritten, Rejection};
use chuda_words::keys;

/// Details of a contract. What is not given stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ContractEdit {
    /// Its number.
    pub number: Option<String>,
    /// Device model.
    pub model: Option<String>,
    /// Installation address.
    pub address: Option<String>,
    /// The customer's contact person: a name, entered if it is new.
    pub contact: Option<String>,
    /// The service that sales promised (B5): a word or key of the list.
    pub promised_service: Option<String>,
    /// Whether custom development is part of it (B4).
    pub custom_development: Option<bool>,
}

impl Workbench {
    /// Adds details to a contract. What was reviewed, sealed or signed stays: after that only what is still open can be filled in.
    pub fn set_contract(&self, id: ContractId, edit: ContractEdit) -> Result<ContractView> {
        let (me, config) = (self.0.me().id, self.0.config());
        let (number, model) = (typed(edit.number, "number")?, typed(edit.model, "model")?);
        let (address, contact) = (typed(edit.address, "address")?, typed(edit.contact, "contact")?);
        let service = trimmed(edit.promised_service).map(|word| service(&config, &word)).transpose()?;
        self.0.act(
            |tx, own| {
                let before = tx.find::<Contract>(id)?.record;
                let mut after = before.clone();
                after.number = number.unwrap_or(after.number);
                after.model = model.or(after.model);
                after.address = address.or(after.address);
                after.promised_service = service.or(after.promised_service);
                after.custom_development = edit.custom_development.unwrap_or(after.custom_development);
                if let Some(name) = contact {
                    after.contact = Some(touching::contact(tx, own, before.customer, me, name, None)?);
                }
                match tx.judge_edit(own, id, &before, &after) {
                    Err(NotWritten::Refused(Rejection::FieldLocked { .. })) if before.rejected_at.is_some() => {
                        Err(Error::invalid(keys::CONTRACT_REJECTED))
                    }
                    Err(NotWritten::Refused(Rejection::FieldLocked { field })) if before.author == me => {
                        Err(Error::invalid(keys::CONTRACT_AGREED).with("field", field))
                    }
                    _ => tx.edit(own, id, &before, &after),
                }
            },
            |ask, ()| ask.one(id),
        )
    }

    /// Signs a contract electronically with the device's key (B3): what is agreed, and the moment. Not before legal review and seal.
    ///
    /// A hardware key takes its time and may ask for a finger, so it is asked before anything is written.
    pub fn sign_contract(&self, id: ContractId) -> Result<ContractView> {
        let inner = &self.0;
        let (me, provider) = (inner.me().id, inner.config().signature.clone());
        if provider != Provider::Device {
            return Err(Error::invalid(keys::CONTRACT_SIGNED_AT_PROVIDER));
        }
        let at = from_millis(to_millis(inner.settings.clock.now()));
        let (agreed, device) = inner.store.read(|tx| {
            let agreed = tx.find::<Contract>(id)?.record;
            check_ready(tx, &agreed, me)?;
            Ok((agreed, identity::device(tx)?))
        })?;
        let message = agreed.to_sign(id, at, device);
        let signature = BASE64.encode(sign_low(inner.settings.signer.as_ref(), &message)?);
        inner.act(
            |tx, own| {
                let before = tx.find::<Contract>(id)?.record;
                check_ready(tx, &before, me)?;
                // A sync may have come in between.
                if before.to_sign(id, at, device) != message {
                    return Err(Error::invalid(keys::CONTRACT_CHANGED));
                }
                let signed = Contract {
                    signed_at: Some(at),
                    signed_by: Some(me),
                    signed_with: Some(device.to_string()),
                    signature: Some(signature),
                    ..before.clone()
                };
                let own = Own { key: Some(inner.settings.signer.public_key()), ..own.clone() };
                tx.edit(&own, id, &before, &signed)
            },
            |ask, ()| ask.one(id),
        )
    }
}

/// Whether a contract is there to be signed by this person; if not, why.
fn check_ready(tx: &Tx<'_>, contract: &Contract, me: PersonId) -> Result<()> {
    let holds = |row: Row<Customer>| row.record.holder == Some(me);
    if contract.author != me && !tx.record::<Customer>(contract.customer)?.is_some_and(holds) {
        return Err(Error::new(ErrorKind::NotAllowed, keys::CONTRACT_NOT_YOURS));
    }
    if contract.rejected_at.is_some() {
        return Err(Error::invalid(keys::CONTRACT_REJECTED));
    }
    if contract.signed_at.is_some() {
        return Err(Error::invalid(keys::CONTRACT_SIGNED_ALREADY));
    }
    let waiting = steps_before_signature(contract);
    if waiting.is_empty() && contract.status == SIGNING {
        return Ok(());
    }
    Err(Error::invalid(keys::CONTRACT_NOT_READY).with("waiting", waiting.join(",")))
}

/// A service by its word or key.
pub(super) fn service(config: &Config, word: &str) -> Result<String> {
    let service = Config::find(&config.services, word);
    Ok(service.ok_or_else(|| Error::invalid(keys::SERVICE_UNKNOWN).with("service", word))?.key.clone())
}
