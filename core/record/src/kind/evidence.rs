//! Evidence: what was captured, by its hash. The bytes travel apart, the signed claim with the exchange.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fields::{self, Fields, members};
use crate::id::{CustomerId, DeviceId, Hash, PersonId, TouchId};
use crate::kinds::Kind;
use crate::record::{ByRules, NotWritten, Proposal, Record, Surroundings, author_of};
use crate::rejection::Rejection;
use crate::role::SELLING;
use crate::table::{Create, Party, Table, Type, Write};

/// One piece of evidence. All of it but the transcript and where it is attached is fixed at capture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who captured it.
    pub author: PersonId,
    /// On which installation.
    pub device: DeviceId,
    /// SHA-256 of the untouched bytes.
    pub sha256: Hash,
    /// Their number.
    pub size: i64,
    /// What they are, sniffed.
    pub mime: String,
    /// Where they came from: `camera`, `gallery`, `file`, `recording`; `event` when an outside system saw it (M1).
    pub source: String,
    /// When they were captured, by the device's clock.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub captured_at: DateTime<Utc>,
    /// SHA-256 of the claim.
    pub claim: Hash,
    /// Why they can't be opened, if they can't.
    pub unreadable: Option<String>,
    /// What a reader should know, such as `clock_set_by_hand`: flagged, not refused.
    #[serde(with = "members", default)]
    pub flags: BTreeSet<String>,
    /// `self` (仅本人口述) or `told` (客户已告知录音), for recordings.
    pub consent: Option<String>,
    /// Perceptual hash of a photo, in hexadecimal.
    pub look: Option<String>,
    /// The touch it belongs to, once it does.
    pub touch: Option<TouchId>,
    /// That touch's customer.
    pub customer: Option<CustomerId>,
    /// What a recording says, as the engine heard it.
    pub transcript: Option<String>,
    /// When the server had all bytes and had verified their hash.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub stored_at: Option<DateTime<Utc>>,
    /// Since when the server lacks the bytes that it had, until they have been sent again.
    // Not there where it is none: rows of before have no such field either.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default, skip_serializing_if = "Option::is_none")]
    pub lost_at: Option<DateTime<Utc>>,
}

/// Where evidence comes from that nobody captured: the server itself has seen it (M1).
pub const SEEN: &str = "event";

impl Evidence {
    /// Whether it proves something: it opens, is no recycled copy, and is not merely the rep's own dictation.
    pub fn is_valid(&self) -> bool {
        self.unreadable.is_none()
            && !self.flags.contains("recycled")
            && !(self.source == "recording" && self.consent.as_deref() == Some("self"))
    }

    /// Whether the server has its bytes, and has checked them.
    pub fn is_stored(&self) -> bool {
        self.stored_at.is_some() && self.lost_at.is_none()
    }
}

impl Record for Evidence {
    const KIND: Kind = Kind::Evidence;
    const TABLE: Table = Table {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Type::Person, Write::Never),
            ("device", Type::Text, Write::Never),
            ("sha256", Type::Text, Write::Never),
            ("size", Type::Number, Write::Never),
            ("mime", Type::Text, Write::Never),
            ("source", Type::Text, Write::Never),
            ("captured_at", Type::Timestamp, Write::Never),
            ("claim", Type::Text, Write::Never),
            ("unreadable", Type::Text, Write::Never),
            ("flags/", Type::Members, Write::Never),
            ("consent", Type::Text, Write::Never),
            ("look", Type::Text, Write::Never),
            ("touch", Type::Link(Kind::Touch), Write::Append(&[Party::Author])),
            ("customer", Type::Link(Kind::Customer), Write::Append(&[Party::Author])),
            ("transcript", Type::Text, Write::Append(&[Party::Author])),
            ("stored_at", Type::Timestamp, Write::By(&[Party::Server])),
            ("lost_at", Type::Timestamp, Write::By(&[Party::Server])),
        ],
    };
    const RULES: ByRules = ByRules::Read;
    const HAS_PAGE: bool = true;
    const TIME: &'static str = "captured_at";
    const PARENT: &'static str = "touch";

    fn blob(fields: &Fields) -> Option<Hash> {
        fields::id(fields, "sha256")
    }

    /// It is captured where it comes from, which a device can't say of what the server saw, has a size, and belongs to a touch of whoever
    /// captured it.
    fn check_write(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
        if proposal.before.is_none() && proposal.text("device").is_some_and(|device| device.parse() != Ok(proposal.device)) {
            return Err(Rejection::invalid("device").into());
        }
        if proposal.text("source") == Some(SEEN) {
            return Err(Rejection::invalid("source").into());
        }
        if fields::number(proposal.writes, "size").is_some_and(i64::is_negative) {
            return Err(Rejection::invalid("size").into());
        }
        if let Some(touch) = proposal.text("touch") {
            let touch = touch.parse().map_or(Ok(None), |touch| around.record(touch))?;
            let own = |(kind, fields): &(Kind, Fields)| *kind == Kind::Touch && author_of(fields) == Some(proposal.by);
            if !touch.as_ref().is_some_and(own) {
                return Err(Rejection::invalid("touch").into());
            }
        }
        Ok(())
    }
}
