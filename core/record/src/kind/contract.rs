//! Contracts on their way to be signed (H2, B3), and each use of the seal (N2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::fields::{self, from_fields, is_known};
use crate::id::{ContactId, ContractId, CustomerId, DeviceId, PersonId, TouchId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::{ByRules, NotWritten, Proposal, Record, Surroundings};
use crate::rejection::Rejection;
use crate::table::{Create, List, Party, Table, Type, Write};
use crate::{Fen, Fields, Origin};

/// A contract. Rules start it, tasks move it: legal review and seal, then the signature, which ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// The sales rep whose contract it is.
    pub author: PersonId,
    /// With whom.
    pub customer: CustomerId,
    /// The touch that carried the quote, or the one that reported the signature.
    pub touch: Option<TouchId>,
    /// Its number, as payment slips name it.
    pub number: String,
    /// Amount.
    pub amount: Option<Fen>,
    /// Custom development was agreed (B4).
    #[serde(default)]
    pub custom_development: bool,
    /// The customer's contact person.
    pub contact: Option<ContactId>,
    /// Device model.
    pub model: Option<String>,
    /// Installation address.
    pub address: Option<String>,
    /// The service that sales promised (B5).
    pub promised_service: Option<String>,
    /// The template's text, filled with what is known (H4); what legal has seen stays.
    pub text: Option<String>,
    /// Where it stands, a key of the configuration's list.
    pub status: String,
    /// When legal agreed.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub reviewed_at: Option<DateTime<Utc>>,
    /// When it was sealed.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub sealed_at: Option<DateTime<Utc>>,
    /// When it was turned down.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub rejected_at: Option<DateTime<Utc>>,
    /// Why.
    pub rejection: Option<String>,
    /// When it was signed.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub signed_at: Option<DateTime<Utc>>,
    /// Who confirmed the signature; none where a provider did.
    pub signed_by: Option<PersonId>,
    /// With which device key, or at which provider.
    pub signed_with: Option<String>,
    /// The device's signature over [`Contract::to_sign`], DER in base64; or the provider's reference.
    pub signature: Option<String>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Contract {
    /// The bytes that an electronic signature covers: what was agreed, and the moment.
    pub fn to_sign(&self, id: ContractId, at: DateTime<Utc>, device: DeviceId) -> Vec<u8> {
        let amount = self.amount.map_or_else(String::new, |amount| amount.0.to_string());
        let text = crate::id::Hash::of(self.text.as_deref().unwrap_or_default().as_bytes());
        let at = at.timestamp_millis();
        format!("chuda contract signature v1\n{id}\n{}\n{}\n{amount}\n{text}\n{at}\n{device}\n", self.number, self.customer)
            .into_bytes()
    }
}

impl Record for Contract {
    const KIND: Kind = Kind::Contract;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("touch", Type::Link(Kind::Touch), Write::Never),
            ("number", Type::Text, Write::Until(REP, is_agreed)),
            ("amount", Type::Money, Write::Never),
            ("custom_development", Type::Flag, Write::Until(REP, is_agreed)),
            ("contact", Type::Link(Kind::Contact), Write::Until(REP, is_agreed)),
            ("model", Type::Text, Write::Until(REP, is_agreed)),
            ("address", Type::Text, Write::Until(REP, is_agreed)),
            ("promised_service", Type::Option(List::Services), Write::Until(REP, is_agreed)),
            ("text", Type::Text, Write::By(&[Party::Server])),
            ("status", Type::Option(List::ContractStates), Write::By(&[Party::Server])),
            ("reviewed_at", Type::Timestamp, Write::By(&[Party::Server])),
            ("sealed_at", Type::Timestamp, Write::By(&[Party::Server])),
            ("rejected_at", Type::Timestamp, Write::By(&[Party::Server])),
            ("rejection", Type::Text, Write::By(&[Party::Server])),
            ("signed_at", Type::Timestamp, Write::Append(REP)),
            ("signed_by", Type::Person, Write::Append(REP)),
            ("signed_with", Type::Text, Write::Append(REP)),
            ("signature", Type::Text, Write::Append(REP)),
        ],
    };
    const RULES: ByRules = ByRules::Make;
    const ESSENTIALS: &'static [&'static str] = &[
        "author",
        "number",
        "amount",
        "custom_development",
        "contact",
        "model",
        "address",
        "promised_service",
        "status",
        "rejection",
    ];
    const CLOSED_BY: &'static [&'static str] = &["signed_at", "rejected_at"];

    fn check_write(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
        let signs = ["signed_at", "signed_by", "signed_with", "signature"].into_iter().any(|field| proposal.has(field));
        if !signs || is_signed(proposal, around)? { Ok(()) } else { Err(Rejection::invalid("signature").into()) }
    }
}

/// The rep whose contract it is, and whoever has the customer since.
const REP: &[Party] = &[Party::Author, Party::Holder];

/// The state in which it can be signed.
pub const SIGNING: &str = "signing";
/// The task to sign one. Nothing but a signature does it.
pub const E_SIGN: &str = "e_sign";

/// Whether it is ready to be signed, and the signature is by the key of whoever writes, over what is agreed.
fn is_signed(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<bool> {
    let ready = proposal.before.is_some_and(|before| fields::text(before, "status") == Some(SIGNING));
    let Ok(contract) = from_fields::<Contract>(&proposal.after()) else { return Ok(false) };
    let device = contract.signed_with.as_deref().and_then(|device| device.parse().ok());
    let (Some(at), Some(signature)) = (contract.signed_at, &contract.signature) else { return Ok(false) };
    if !ready || device != Some(proposal.device) || contract.signed_by != Some(proposal.by) {
        return Ok(false);
    }
    let Ok(signature) = BASE64.decode(signature) else { return Ok(false) };
    around.has_signed(&contract.to_sign(proposal.id.into(), at, proposal.device), &signature)
}

/// What has been reviewed, sealed or signed stays as it is. What was left open then can still be filled in, but not in a contract
/// that was turned down.
fn is_agreed(contract: &Fields, field: &str) -> bool {
    let known = |field| is_known(contract, field);
    known("rejected_at") || (["reviewed_at", "sealed_at", "signed_at"].into_iter().any(known) && known(field))
}

/// One use of the seal (用印).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Who used it.
    pub author: PersonId,
    /// On what.
    pub contract: ContractId,
    /// Whose contract.
    pub customer: CustomerId,
    /// When.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// What the keeper wrote down.
    pub note: Option<String>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Record for Seal {
    const KIND: Kind = Kind::Seal;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("contract", Type::Link(Kind::Contract), Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("at", Type::Timestamp, Write::Never),
            ("note", Type::Text, Write::Never),
        ],
    };
    const RULES: ByRules = ByRules::Make;
    const TIME: &'static str = "at";
}
