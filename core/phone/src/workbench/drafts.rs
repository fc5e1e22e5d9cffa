//! What shells hand in and what they get back beside the views.

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::query::dialect;
use crate::query::view::{ClaimView, EvidenceView, PersonView, StatusItem, SyncSummary, TouchView, Triggered};
use chuda_evidence::claim::{Consent, Location, Source};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, RecordId, TouchId};
use chuda_record::{ContactMode, Fen, Intent};

/// Who works on this phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
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
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(default)]
pub struct TouchDraft {
    /// Who was touched: required.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub customer: Option<CustomerId>,
    /// How: required.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub mode: Option<ContactMode>,
    /// What: required; a key or word of the action list.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub action: Option<String>,
    /// Evidence already captured.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub evidence: Vec<EvidenceId>,
    /// Keep it as 待补证据 when there is no evidence yet.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub allow_draft: bool,
    /// Progress brief; key or word.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub brief: Option<String>,
    /// Who answers the technical question (B2): a colleague's name or id, or a free name.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub tech_owner: Option<String>,
    /// When the answer is expected (B2).
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub response_by: Option<NaiveDate>,
    /// Amount.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub amount: Option<Fen>,
    /// Custom development.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub custom_development: bool,
    /// Intent level.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub intent: Option<Intent>,
    /// The customer answered.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub feedback: bool,
    /// Who was touched (N1): the name of a contact, entered if it is new.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub contact: Option<String>,
    /// What a new contact is to the deal (N1), a key of the configuration's list.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub contact_role: Option<String>,
    /// What comes next.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub next_action: Option<String>,
    /// When.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub next_date: Option<NaiveDate>,
    /// At what time.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub next_time: Option<NaiveTime>,
    /// Free text.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub note: Option<String>,
    /// Fields that a supervisor added to the form (T6), as typed: key without `x/`.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub extra: std::collections::HashMap<String, String>,
}

impl TouchDraft {
    /// What a person chose stays, field by field; what they left open is filled in from what was heard. The evidence is that of both.
    #[must_use]
    pub fn filled_from(self, heard: Self) -> Self {
        let mut evidence = self.evidence;
        for id in heard.evidence {
            if !evidence.contains(&id) {
                evidence.push(id);
            }
        }
        Self {
            evidence,
            customer: self.customer.or(heard.customer),
            mode: self.mode.or(heard.mode),
            action: self.action.or(heard.action),
            allow_draft: self.allow_draft || heard.allow_draft,
            brief: self.brief.or(heard.brief),
            tech_owner: self.tech_owner.or(heard.tech_owner),
            response_by: self.response_by.or(heard.response_by),
            amount: self.amount.or(heard.amount),
            custom_development: self.custom_development || heard.custom_development,
            intent: self.intent.or(heard.intent),
            feedback: self.feedback || heard.feedback,
            contact: self.contact.or(heard.contact),
            contact_role: self.contact_role.or(heard.contact_role),
            next_action: self.next_action.or(heard.next_action),
            next_date: self.next_date.or(heard.next_date),
            next_time: self.next_time.or(heard.next_time),
            note: self.note.or(heard.note),
            // Of two for one key the later stays.
            extra: heard.extra.into_iter().chain(self.extra).collect(),
        }
    }
}

/// A recorded touch.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
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
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EvidenceSaved {
    /// As it is now; `readable` is false when its bytes can't be opened, which are kept all the same.
    pub evidence: EvidenceView,
    /// Its claim.
    pub claim: ClaimView,
}

/// What was understood of a recording. Nothing is saved before it is confirmed.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct VoiceDraft {
    /// The recording, kept as evidence.
    pub evidence: EvidenceView,
    /// What the engine heard.
    pub transcript: chuda_speech::Transcript,
    /// What was understood.
    pub draft: chuda_speech::Draft,
    /// The customers to choose from, when the sound could not decide.
    pub candidates: Vec<Candidate>,
    /// The same as a touch that can be recorded; what was not said is left open.
    pub touch: TouchDraft,
}

/// What words say about a touch.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Understood {
    /// What was understood.
    pub draft: chuda_speech::Draft,
    /// The customers to choose from, when the words could not decide.
    pub candidates: Vec<Candidate>,
}

/// A customer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Candidate {
    /// Which.
    pub id: CustomerId,
    /// Full name.
    pub name: String,
}

/// A report to file.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReportRequest {
    /// The day; today if none. A past one is marked 补报.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub day: Option<NaiveDate>,
    /// Key action for tomorrow; the best suggestion if none.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub tomorrow: Option<String>,
    /// Why it is short: key or word; required when it is.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub reason: Option<String>,
    /// Briefs (B1) that are to be others than the card has: key or word.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub briefs: std::collections::HashMap<CustomerId, String>,
}

/// How an exchange went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SyncReport {
    /// Changes the server took.
    pub pushed: i64,
    /// Changes that came.
    pub pulled: i64,
    /// Documents it did not take.
    pub rejected: Vec<RejectedView>,
    /// Blobs.
    pub blobs: BlobsReport,
    /// Requests made for records.
    pub round_trips: i64,
    /// Bytes of bodies sent for records.
    pub bytes_up: i64,
    /// Bytes of bodies received for records.
    pub bytes_down: i64,
}

/// How the blobs went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct BlobsReport {
    /// Whose hash the server has echoed in this sync.
    pub sent: i64,
    /// Still to go.
    pub left: i64,
}

/// A document the server did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct RejectedView {
    /// Which.
    pub document: RecordId,
    /// Why: as a key.
    #[serde(serialize_with = "dialect::rejection")]
    pub reason: String,
}

/// Which blobs a sync sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum BlobChoice {
    /// All of them.
    #[default]
    All,
    /// None: records only.
    None,
}

/// Everything a person should be able to look at.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct StatusView {
    /// Items that are not at rest.
    pub items: Vec<StatusItem>,
    /// The counts.
    pub summary: SyncSummary,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// A touch in which nothing is left open; two of different words have nothing in common.
    fn full(word: &str, mode: ContactMode, intent: Intent, number: u32) -> TouchDraft {
        let text = |field: &str| Some(format!("{field} {word}"));
        TouchDraft {
            customer: Some(CustomerId::derived(word)),
            mode: Some(mode),
            action: text("action"),
            evidence: vec![EvidenceId::derived("both"), EvidenceId::derived(word)],
            allow_draft: true,
            brief: text("brief"),
            tech_owner: text("owner"),
            response_by: NaiveDate::from_yo_opt(2026, number),
            amount: Some(Fen(number.into())),
            custom_development: true,
            intent: Some(intent),
            feedback: true,
            contact: text("contact"),
            contact_role: text("role"),
            next_action: text("next"),
            next_date: NaiveDate::from_yo_opt(2027, number),
            next_time: NaiveTime::from_hms_opt(number, 0, 0),
            note: text("note"),
            extra: [("both".into(), word.into()), (word.into(), word.into())].into(),
        }
    }

    fn fields(draft: &TouchDraft) -> Map<String, Value> {
        serde_json::to_value(draft).unwrap().as_object().unwrap().clone()
    }

    /// The same with some fields left open.
    fn partly(draft: &TouchDraft) -> impl Strategy<Value = TouchDraft> + use<> {
        let fields = fields(draft);
        proptest::collection::vec(any::<bool>(), fields.len()).prop_map(move |given| {
            let given = fields.clone().into_iter().zip(given).filter_map(|(field, given)| given.then_some(field));
            serde_json::from_value(given.collect::<Map<_, _>>().into()).unwrap()
        })
    }

    proptest! {
        #[test]
        fn what_a_person_chose_wins_over_what_was_heard(
            chosen in partly(&full("chosen", ContactMode::Visit, Intent::A, 1)),
            heard in partly(&full("heard", ContactMode::Phone, Intent::B, 2)),
        ) {
            let filled = chosen.clone().filled_from(heard.clone());
            let (open, ours, theirs) = (fields(&TouchDraft::default()), fields(&chosen), fields(&heard));
            for (field, value) in fields(&filled) {
                match field.as_str() {
                    "evidence" | "extra" => {}
                    _ if ours[&field] == open[&field] => prop_assert_eq!(&value, &theirs[&field], "{} is as heard", field),
                    _ => prop_assert_eq!(&value, &ours[&field], "{} is as chosen", field),
                }
            }
            prop_assert!(filled.evidence.starts_with(&chosen.evidence));
            let both: BTreeSet<_> = chosen.evidence.iter().chain(&heard.evidence).collect();
            prop_assert_eq!(filled.evidence.len(), both.len());
            prop_assert_eq!(filled.evidence.iter().collect::<BTreeSet<_>>(), both);
            let keys: BTreeSet<_> = chosen.extra.keys().chain(heard.extra.keys()).collect();
            prop_assert_eq!(filled.extra.len(), keys.len());
            for key in keys {
                prop_assert_eq!(&filled.extra[key], chosen.extra.get(key).unwrap_or_else(|| &heard.extra[key]));
            }
        }
    }
}
