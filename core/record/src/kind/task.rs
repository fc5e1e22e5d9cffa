//! Tasks and to-dos: made by rules on the server, done by a person.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::contract::E_SIGN;
use crate::fields::{self, Fields, Scalar, is_known, members};
use crate::id::{CustomerId, PersonId, RecordId};
use crate::kinds::Kind;
use crate::record::{NotWritten, Proposal, Record, Surroundings};
use crate::rejection::Rejection;
use crate::role::Role;
use crate::table::{Create, List, Party, Table, Type, Write};

/// Something to be done by one person, or by whoever has a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What it is, such as `quote_approval`: shells have the words for it.
    pub task: String,
    /// The one who has to do it,
    pub assignee: Option<PersonId>,
    /// or the role of those of whom one has to.
    pub role: Option<Role>,
    /// Whom it is about.
    pub customer: Option<CustomerId>,
    /// The record it came from.
    pub source: RecordId,
    /// The rule that made it.
    pub rule: String,
    /// The version of the configuration that holds the rule.
    pub config: i64,
    /// What held: `action = quote, evidence = application/pdf`.
    pub because: Option<String>,
    /// Something to know rather than to do: it is ticked off.
    #[serde(default)]
    pub notice: bool,
    /// The answers that can be given, keys of the configuration; none: it is simply done.
    #[serde(with = "members", default)]
    pub choices: std::collections::BTreeSet<String>,
    /// The words that help (话术包).
    pub script_pack: Option<String>,
    /// When it came up.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub created_at: DateTime<Utc>,
    /// When it should be done.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub due: Option<DateTime<Utc>>,
    /// When it was done.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub done_at: Option<DateTime<Utc>>,
    /// By whom.
    pub done_by: Option<PersonId>,
    /// With which of the choices.
    pub choice: Option<String>,
    /// Why, where the choice asks for it.
    pub reason: Option<String>,
}

impl Task {
    /// What doing it writes.
    pub fn done(choice: Option<&str>, reason: Option<&str>, by: PersonId, at: DateTime<Utc>) -> Fields {
        let said =
            [("choice", choice), ("reason", reason)].into_iter().filter_map(|(field, text)| Some((field.to_owned(), text?.into())));
        let done = [("done_at".to_owned(), Scalar::Int(at.timestamp_millis())), ("done_by".to_owned(), by.to_string().into())];
        said.chain(done).collect()
    }
}

impl Record for Task {
    const KIND: Kind = Kind::Task;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: &[
            ("task", Type::Option(List::Tasks), Write::Never),
            ("assignee", Type::Person, Write::By(&[Party::Server])),
            ("role", Type::Role, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("source", Type::Any, Write::Never),
            ("rule", Type::Text, Write::Never),
            ("config", Type::Number, Write::Never),
            ("because", Type::Text, Write::Never),
            ("notice", Type::Flag, Write::Never),
            ("choices/", Type::Members, Write::Never),
            ("script_pack", Type::Option(List::ScriptPacks), Write::Never),
            ("created_at", Type::Timestamp, Write::Never),
            ("due", Type::Timestamp, Write::By(&[Party::Server])),
            ("done_at", Type::Timestamp, Write::Until(&[Party::Assignee], is_done)),
            ("done_by", Type::Person, Write::Until(&[Party::Assignee], is_done)),
            ("choice", Type::Option(List::Choices), Write::Until(&[Party::Assignee], is_done)),
            ("reason", Type::Text, Write::Until(&[Party::Assignee], is_done)),
        ],
    };
    const HAS_PAGE: bool = true;
    const CLOSED_BY: &'static [&'static str] = &["done_at"];

    /// It is done in one's own name, with one of its choices if it has any, and with a reason where that asks for one. A signature is
    /// given with a key, which closes the task to sign by itself.
    fn check_write(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
        proposal.in_own_name("done_by")?;
        let Some(task) = proposal.before else { return Ok(()) };
        let kind = fields::text(task, "task").unwrap_or_default();
        if kind == E_SIGN {
            return Err(Rejection::invalid("signature").into());
        }
        if !proposal.has("done_at") && !proposal.has("choice") {
            return Ok(());
        }
        let mut choices = fields::set_of::<String>(task, "choices/");
        let needs_reason = match proposal.text("choice") {
            Some(choice) if choices.any(|offered| offered == choice) && around.has_option(List::Choices, choice) => {
                around.needs_reason(List::Choices, choice)
            }
            None if choices.next().is_none() => around.needs_reason(List::Tasks, kind),
            _ => return Err(Rejection::invalid("choice").into()),
        };
        if needs_reason { Ok(proposal.given("reason")?) } else { Ok(()) }
    }
}

/// The first answer that reaches the server is the answer.
fn is_done(task: &Fields, _: &str) -> bool {
    is_known(task, "done_at")
}
