//! Sample records: each with what it has to have, the rest empty. A test writes what it is about over it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chuda_record::id::{CustomerId, DeviceId, EvidenceId, Hash, PersonId};
use chuda_record::time::DEFAULT_ZONE;
use chuda_record::{ContactMode, Customer, Evidence, Touch};

/// A customer of somebody.
pub fn customer(author: PersonId, name: &str, at: DateTime<Utc>) -> Customer {
    Customer { holder: Some(author), ..Customer::new(author, name, at) }
}

/// A touch by phone.
pub fn touch(author: PersonId, customer: CustomerId, action: &str, evidence: &[EvidenceId], at: DateTime<Utc>) -> Touch {
    let evidence = evidence.iter().copied().collect();
    Touch { evidence, ..Touch::new(author, customer, ContactMode::Phone, action, at, DEFAULT_ZONE, 1) }
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
        lost_at: None,
    }
}
