//! Sample records: each with what it has to have, the rest empty. A test writes what it is about over it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId};
use chuda_record::time::DEFAULT_ZONE;
use chuda_record::{ContactMode, Customer, Evidence, Lead, Stage, Touch};

/// A customer of somebody.
pub fn customer(author: PersonId, name: &str, at: DateTime<Utc>) -> Customer {
    Customer {
        author,
        name: name.into(),
        short: None,
        holder: Some(author),
        intent: None,
        created_at: at,
        closed: false,
        contact: None,
        address: None,
        model: None,
        external_id: None,
        crm_intent: None,
        merged_into: None,
    }
}

/// A lead that somebody has claimed, or that nobody has.
pub fn lead(author: PersonId, customer: CustomerId, holder: Option<PersonId>, at: DateTime<Utc>) -> Lead {
    Lead {
        author,
        customer,
        stage: if holder.is_some() { Stage::Claimed } else { Stage::Offered },
        holder,
        held_at: None,
        corrected_at: None,
        moved_by: author,
        moved_at: at,
        reason: None,
        channel: None,
        claimed_at: holder.map(|_| at),
        invalid_at: None,
        requests: BTreeMap::new(),
        settled: BTreeMap::new(),
    }
}

/// A touch by phone.
pub fn touch(author: PersonId, customer: CustomerId, action: &str, evidence: &[EvidenceId], at: DateTime<Utc>) -> Touch {
    Touch {
        author,
        customer,
        mode: ContactMode::Phone,
        action: action.into(),
        evidence: evidence.iter().copied().collect(),
        at,
        zone: DEFAULT_ZONE,
        config: 1,
        brief: None,
        tech_owner: None,
        response_by: None,
        amount: None,
        custom_development: false,
        intent: None,
        feedback: false,
        contact: None,
        next_action: None,
        next_date: None,
        next_time: None,
        note: None,
        category: None,
        feedback_at: None,
        flags: BTreeSet::new(),
        extra: BTreeMap::new(),
    }
}

/// A file with some bytes, in no touch yet.
pub fn evidence(author: PersonId, device: DeviceId, bytes: &[u8], mime: &str, at: DateTime<Utc>) -> Evidence {
    Evidence {
        author,
        device,
        sha256: Hash::of(bytes),
        size: bytes.len() as i64,
        mime: mime.into(),
        source: "file".into(),
        captured_at: at,
        claim: Hash::of(bytes),
        unreadable: None,
        flags: BTreeSet::new(),
        consent: None,
        look: None,
        touch: None,
        customer: None,
        transcript: None,
        stored_at: None,
    }
}
