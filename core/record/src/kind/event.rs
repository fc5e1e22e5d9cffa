//! What outside systems saw: mail sent and opened, attachments downloaded, answers, calls (M1).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Origin;
use crate::fields::{self, Fields};
use crate::id::{CustomerId, PersonId, RecordId, TouchId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::Record;
use crate::table::{Create, List, Party, Table, Type, Write};

/// An outside event. Its id follows from system and external id, so the same one sent twice is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose action it was, if it was one of the team.
    pub author: Option<PersonId>,
    /// What happened, a key of the configuration's list.
    pub event: String,
    /// With which customer.
    pub customer: CustomerId,
    /// The touch it belongs to: what was opened or answered.
    pub touch: Option<TouchId>,
    /// When it happened, by that system's clock.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// The system, such as `mail`.
    pub system: String,
    /// Its id there.
    pub external_id: String,
    /// What ties events together there, such as a message's id: an opening names the sending it belongs to.
    pub thread: Option<String>,
    /// Whether the customer answered with it (G1, F2): a property of the option when it came.
    #[serde(default)]
    pub feedback: bool,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Event {
    /// The id of what happened in a system: sent twice it is one.
    pub fn id_of(system: &str, external_id: &str) -> RecordId {
        RecordId::derived(&format!("event/{}/{system}/{external_id}", system.chars().count()))
    }
}

impl Record for Event {
    const KIND: Kind = Kind::Event;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("event", Type::Option(List::Events), Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("touch", Type::Link(Kind::Touch), Write::By(&[Party::Server])),
            ("at", Type::Timestamp, Write::Never),
            ("system", Type::Text, Write::Never),
            ("external_id", Type::Text, Write::Never),
            ("thread", Type::Text, Write::Never),
            ("feedback", Type::Flag, Write::Never),
        ],
    };
    const TIME: &'static str = "at";
    const PARENT: &'static str = "touch";

    fn demanded_id(fields: &Fields) -> Option<RecordId> {
        Some(Self::id_of(fields::text(fields, "system")?, fields::text(fields, "external_id")?))
    }
}
