//! Technical questions: who answers, by when, and what was answered (B2).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, PersonId, TouchId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::{ByRules, NotWritten, Proposal, Record, Surroundings};
use crate::role::Role;
use crate::table::{Create, Party, Table, Type, Write};
use crate::{Fields, Origin, Scalar};

/// A question to a tech owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The sales rep who asks.
    pub author: PersonId,
    /// For whom.
    pub customer: CustomerId,
    /// The touch it came up in.
    pub touch: Option<TouchId>,
    /// The tech owner as named: a person's id, or a name that is not in the people list.
    pub owner: Option<String>,
    /// Who answers,
    pub assignee: Option<PersonId>,
    /// or the role of those of whom one does.
    pub role: Option<Role>,
    /// What is asked.
    pub text: Option<String>,
    /// By when an answer is expected.
    pub promised: Option<NaiveDate>,
    /// The answer.
    pub answer: Option<String>,
    /// When it was given.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom.
    pub answered_by: Option<PersonId>,
    /// The promised day passed without an answer.
    #[serde(default)]
    pub overdue: bool,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Question {
    /// What an answer writes.
    pub fn answer(text: &str, by: PersonId, at: DateTime<Utc>) -> Fields {
        [
            ("answer".to_owned(), text.into()),
            ("answered_at".to_owned(), Scalar::Int(at.timestamp_millis())),
            ("answered_by".to_owned(), by.to_string().into()),
        ]
        .into()
    }

    /// Whether the promised day has passed without an answer; days are counted in `zone`.
    pub fn is_overdue(&self, zone: chrono_tz::Tz, now: DateTime<Utc>) -> bool {
        let passed = self.promised.is_some_and(|day| crate::time::day_of(now, zone) > day);
        self.answered_at.is_none() && passed
    }
}

impl Record for Question {
    const KIND: Kind = Kind::Question;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("touch", Type::Link(Kind::Touch), Write::Never),
            ("owner", Type::Person, Write::Never),
            ("assignee", Type::Person, Write::By(&[Party::Assignee])),
            ("role", Type::Role, Write::Never),
            ("text", Type::Text, Write::Never),
            ("promised", Type::Day, Write::By(&[Party::Assignee])),
            ("answer", Type::Text, Write::By(&[Party::Assignee])),
            ("answered_at", Type::Timestamp, Write::By(&[Party::Assignee])),
            ("answered_by", Type::Person, Write::By(&[Party::Assignee])),
            ("overdue", Type::Flag, Write::By(&[Party::Server])),
        ],
    };
    const RULES: ByRules = ByRules::Make;
    const ESSENTIALS: &'static [&'static str] = &["author", "text", "owner", "promised", "answer"];
    const CLOSED_BY: &'static [&'static str] = &["answered_at"];

    fn check_write(proposal: &Proposal<'_>, _: &dyn Surroundings) -> Result<(), NotWritten> {
        proposal.in_own_name("assignee")?;
        Ok(proposal.in_own_name("answered_by")?)
    }
}
