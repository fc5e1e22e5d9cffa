//! Published versions of the configuration (T6): a chain, made by the server, never merged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fields::{self, Fields};
use crate::id::{PersonId, RecordId};
use crate::kinds::Kind;
use crate::record::{ByRules, Readers, Record};
use crate::table::{Create, Table, Type, Write};

/// One version of the configuration, as everybody gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its number: one more than that of the version it was made from.
    pub version: i64,
    /// The configuration as JSON.
    pub content: String,
    /// The least version of the app that understands it; others stay with the last one they do.
    pub min_app: String,
    /// Who published it.
    pub published_by: PersonId,
    /// When.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// What was changed, in the publisher's words.
    pub note: String,
}

impl Release {
    /// The id of a version: the same number is the same document, so it can be published only once.
    pub fn id_of(version: i64) -> RecordId {
        RecordId::derived(&format!("config/{version}"))
    }
}

impl Record for Release {
    const KIND: Kind = Kind::Release;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: &[
            ("version", Type::Number, Write::Never),
            ("content", Type::Text, Write::Never),
            ("min_app", Type::Text, Write::Never),
            ("published_by", Type::Person, Write::Never),
            ("at", Type::Timestamp, Write::Never),
            ("note", Type::Text, Write::Never),
        ],
    };
    const READERS: Readers = Readers::Team;
    const RULES: ByRules = ByRules::Read;
    const HAS_PAGE: bool = true;
    const TIME: &'static str = "at";

    fn demanded_id(fields: &Fields) -> Option<RecordId> {
        fields::number(fields, "version").map(Self::id_of)
    }
}
