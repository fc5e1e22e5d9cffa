//! What shells hand in and what they get back beside the views.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::capture::claim::{Consent, Location, Source};
use crate::id::{CustomerId, DeviceId, EvidenceId, RecordId, TouchId};
use crate::query::view::{ClaimView, EvidenceView, PersonView, StatusItem, SyncSummary, TouchView, Triggered};
use crate::record::{ContactMode, Fen, Intent};

/// Who works on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The person.
    pub person: PersonView,
    /// This installation.
    pub device: DeviceId,
    /// The server it belongs to, if any.
    pub server: Option<String>,
}

/// A customer to enter.
#[derive(Clone, Debug, Default)]
pub struct CustomerDraft {
    /// Full name.
    pub name: String,
    /// The name people say.
    pub short: Option<String>,
    /// First contact person.
    pub contact: Option<String>,
    /// Their phone number.
    pub phone: Option<String>,
    /// Installation address.
    pub address: Option<String>,
    /// Device model they want or have.
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

/// A lead to put into the pool (投放).
#[derive(Clone, Debug, Default)]
pub struct LeadDraft {
    /// The customer it may become.
    pub customer: CustomerDraft,
    /// Where it came from, such as a campaign.
    pub channel: Option<String>,
}

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

/// When delivery, service and training come (H3). What is not given stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// When delivery comes.
    pub delivery_on: Option<NaiveDate>,
    /// Whom the customer calls afterwards.
    pub service_contact: Option<String>,
    /// The first training.
    pub training_on: Option<NaiveDate>,
    /// Free text.
    pub note: Option<String>,
}

/// A touch to record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TouchDraft {
    /// Who was touched: required.
    pub customer: Option<CustomerId>,
    /// How: required.
    pub mode: Option<ContactMode>,
    /// What: required; a key or word of the action list.
    pub action: Option<String>,
    /// Evidence already captured.
    pub evidence: Vec<EvidenceId>,
    /// Keep it as 待补证据 when there is no evidence yet.
    pub allow_draft: bool,
    /// Progress brief; key or word.
    pub brief: Option<String>,
    /// Who answers the technical question (B2): a colleague's name or id, or a free name.
    pub tech_owner: Option<String>,
    /// When the answer is expected (B2).
    pub response_by: Option<NaiveDate>,
    /// Amount.
    pub amount: Option<Fen>,
    /// Custom development.
    pub custom_development: bool,
    /// Intent level.
    pub intent: Option<Intent>,
    /// The customer answered.
    pub feedback: bool,
    /// Who was touched (N1): the name of a contact, entered if it is new.
    pub contact: Option<String>,
    /// What a new contact is to the deal (N1), a key of the configuration's list.
    pub contact_role: Option<String>,
    /// What comes next.
    pub next_action: Option<String>,
    /// When.
    pub next_date: Option<NaiveDate>,
    /// At what time.
    pub next_time: Option<NaiveTime>,
    /// Free text.
    pub note: Option<String>,
    /// Fields that a supervisor added to the form (T6), as typed: key without `x/`.
    pub extra: std::collections::HashMap<String, String>,
}

/// A recorded touch.
#[derive(Clone, Debug, Serialize)]
pub struct TouchSaved {
    /// As it is now.
    pub touch: TouchView,
    /// What the rules will do with it once the server has it.
    pub triggered: Vec<Triggered>,
    /// The claims of its evidence.
    pub claims: Vec<ClaimView>,
}

/// Bytes to keep as evidence.
#[derive(Clone, Debug)]
pub struct EvidenceDraft {
    /// The file; it is copied and may be removed afterwards.
    pub path: PathBuf,
    /// Where the bytes come from.
    pub source: Source,
    /// Required for sound.
    pub consent: Option<Consent>,
    /// Where it was captured, if the person allows it.
    pub location: Option<Location>,
    /// The touch it belongs to, if it is known already.
    pub touch: Option<TouchId>,
    /// The same picture as JPEG or PNG, made by the platform, where this core can't decode it (HEIC).
    pub rendition: Option<PathBuf>,
}

/// Kept evidence.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceSaved {
    /// As it is now; `readable` is false when its bytes can't be opened, which are kept all the same.
    pub evidence: EvidenceView,
    /// Its claim.
    pub claim: ClaimView,
}

/// What was understood of a recording. Nothing is saved before it is confirmed.
#[derive(Clone, Debug)]
pub struct VoiceDraft {
    /// The recording, kept as evidence.
    pub evidence: EvidenceView,
    /// What the engine heard.
    pub transcript: crate::speech::Transcript,
    /// What was understood.
    pub draft: crate::speech::Draft,
    /// The customers to choose from, when the sound could not decide.
    pub candidates: Vec<Candidate>,
    /// The same as a touch that can be recorded; what was not said is left open.
    pub touch: TouchDraft,
}

/// A customer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Which.
    pub id: CustomerId,
    /// Full name.
    pub name: String,
}

/// A report to file.
#[derive(Clone, Debug, Default)]
pub struct ReportRequest {
    /// The day; today if none. A past one is marked 补报.
    pub day: Option<NaiveDate>,
    /// Key action for tomorrow; the best suggestion if none.
    pub tomorrow: Option<String>,
    /// Why it is short: key or word; required when it is.
    pub reason: Option<String>,
    /// Briefs (B1) that are to be others than the card has: key or word.
    pub briefs: std::collections::HashMap<CustomerId, String>,
}

/// How an exchange went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Changes the server took.
    pub pushed: u64,
    /// Changes that came.
    pub pulled: u64,
    /// Documents it did not take.
    pub rejected: Vec<RejectedView>,
    /// Blobs.
    pub blobs: BlobsReport,
    /// Requests made for records.
    pub round_trips: u64,
    /// Bytes of bodies sent for records.
    pub bytes_up: u64,
    /// Bytes of bodies received for records.
    pub bytes_down: u64,
}

/// How the blobs went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BlobsReport {
    /// Whose hash the server has echoed in this sync.
    pub sent: u64,
    /// Still to go.
    pub left: u64,
}

/// A document the server did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedView {
    /// Which.
    pub document: RecordId,
    /// Why: a key of [`crate::record::Rejection`].
    pub reason: String,
}

/// Which blobs a sync sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlobChoice {
    /// All of them.
    #[default]
    All,
    /// None: records only.
    None,
}

/// Everything a person should be able to look at.
#[derive(Clone, Debug, Serialize)]
pub struct StatusView {
    /// Items that are not at rest.
    pub items: Vec<StatusItem>,
    /// The counts.
    pub summary: SyncSummary,
}

/// One check of the doctor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable word.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}
