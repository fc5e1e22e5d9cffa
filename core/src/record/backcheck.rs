//! Back-checks: records drawn at random, three questions each (R1). Findings go to rules and options, never to a ranking (R2).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::origin::with_origin;
use super::policy::{Create, Party, Rules, Type, Write};
use super::{Kind, Origin, Record};
use crate::id::{PersonId, TouchId};

/// The back-check of one supervisor's team and one period of two weeks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackCheck {
    /// The supervisor who looks.
    pub author: PersonId,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of it.
    pub to: NaiveDate,
    /// What the draw was made with: anyone can make it again.
    pub seed: String,
    /// How many records there were to draw from.
    pub population: i64,
    /// The records drawn, with their place in the draw from 1.
    #[serde(default)]
    pub drawn: BTreeMap<TouchId, i64>,
    /// What a machine found, `touch:check` → a key.
    #[serde(default)]
    pub machine: BTreeMap<String, String>,
    /// What the supervisor answered, `touch:question` → `yes`, `no` or `unclear`.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// What they wrote to it.
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
    /// When it was finished.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub closed_at: Option<DateTime<Utc>>,
    /// What is to be changed in rules and options.
    pub conclusion: Option<String>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Record for BackCheck {
    const KIND: Kind = Kind::BackCheck;
    const VERSION: i64 = 1;
    const RULES: Rules = Rules {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("from", Type::Day, Write::Never),
            ("to", Type::Day, Write::Never),
            ("seed", Type::Text, Write::Never),
            ("population", Type::Number, Write::Never),
            ("drawn/", Type::Members, Write::Never),
            ("machine/", Type::Members, Write::By(&[Party::Server])),
            ("answers/", Type::Members, Write::By(&[Party::Author])),
            ("notes/", Type::Members, Write::By(&[Party::Author])),
            ("closed_at", Type::Timestamp, Write::By(&[Party::Author])),
            ("conclusion", Type::Text, Write::By(&[Party::Author])),
        ],
    };
}
