//! Tasks and notices of a person, with what matters of the record that each came from.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{ItemState, PersonView, TouchView, Word};
use super::{Ask, Shown, dialect};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::{CustomerId, PersonId, RecordId, TaskId};
use chuda_record::rules::World;
use chuda_record::table::{List, Type};
use chuda_record::time::from_millis;
use chuda_record::{Contact, Fen, Fields, Kind, Scalar, Task};

/// Most tasks that are shown at once.
const MOST: u32 = 200;

/// A task or to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(remote = "Self")]
pub struct TaskView {
    /// Which.
    pub id: TaskId,
    /// What kind: key and title.
    #[serde(flatten, serialize_with = "dialect::kind_and_title")]
    pub kind: Word,
    /// Something to know rather than to do: it is ticked off.
    pub notice: bool,
    /// About whom.
    #[serde(skip)]
    pub customer: Option<CustomerId>,
    /// Their name.
    #[serde(skip)]
    pub customer_name: Option<String>,
    /// The record it came from.
    pub source: RecordId,
    /// What that is: `touch`, `contract` …; none as long as it has not arrived.
    pub source_kind: Option<String>,
    /// What of it matters for the task: field by field, in the order to show them.
    #[serde(serialize_with = "dialect::facts")]
    pub about: Vec<FactView>,
    /// The rule that made it.
    pub rule: String,
    /// What held: `action = quote, evidence = application/pdf`.
    pub because: Option<String>,
    /// The answers that can be given.
    pub choices: Vec<Word>,
    /// The words that help.
    pub script_pack: Option<ScriptPack>,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// When it should be done.
    pub due: Option<DateTime<Utc>>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
    /// By whom; none: it came to nothing by itself.
    pub done_by: Option<PersonView>,
    /// With which answer.
    pub choice: Option<Word>,
    /// Why.
    pub reason: Option<String>,
    /// Whether an attachment it is about has not reached the server yet (附件上传中).
    pub attachment_uploading: bool,
}

/// One field of a record as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct FactView {
    /// The field, such as `amount`.
    pub field: String,
    /// Its value: an option in both languages, a person by name, an amount in yuan.
    pub value: Word,
}

/// Words that help (话术包).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ScriptPack {
    /// Which, with its title.
    #[serde(flatten)]
    pub title: Word,
    /// The words.
    pub text: String,
}

names_its_customer!(TaskView);

impl Ask<'_> {
    /// What this person has to do, by name or by role, most urgent first.
    pub fn tasks(&self) -> Result<Vec<TaskView>> {
        self.each(self.tx.open_tasks(self.me.id, &self.me.roles, false, MOST)?)
    }

    /// What there is for this person to know and not ticked off yet, at most `limit`.
    pub fn notices(&self, limit: u32) -> Result<Vec<TaskView>> {
        self.each(self.tx.open_tasks(self.me.id, &self.me.roles, true, limit)?)
    }

    /// What of a record matters to whoever has to do something about it.
    fn facts(&self, kind: Kind, fields: &Fields) -> Result<Vec<FactView>> {
        let mut facts = Vec::new();
        for field in kind.essentials() {
            let Some(value) = fields.get(*field).filter(|value| **value != Scalar::Null) else { continue };
            if let Some(value) = self.shown(kind, field, value)? {
                facts.push(FactView { field: (*field).to_owned(), value });
            }
        }
        Ok(facts)
    }

    /// A value as a person reads it; none for what says nothing, such as a flag that is not set.
    fn shown(&self, kind: Kind, field: &str, value: &Scalar) -> Result<Option<Word>> {
        let plain = |text: String| Word::itself(&text);
        let named = |key: &str, name: String| Word { key: key.to_owned(), zh: name.clone(), en: name };
        Ok(match (kind.type_of(field), value) {
            (Some(Type::Option(List::Modes)), Scalar::Text(key)) => Some(Word::fixed("mode", key)),
            (Some(Type::Option(list)), Scalar::Text(key)) => Some(Word::of(self.config.list(list), key)),
            (Some(Type::Person), Scalar::Text(id)) => Some(match id.parse::<PersonId>() {
                Ok(person) => named(id, self.person(person).name),
                // A name that is not in the people list.
                Err(_) => plain(id.clone()),
            }),
            (Some(Type::Link(Kind::Contact)), Scalar::Text(id)) => {
                let contact =
                    id.parse::<chuda_record::id::ContactId>().ok().map(|id| self.tx.record::<Contact>(id)).transpose()?.flatten();
                contact.map(|row| {
                    let Contact { name, phone, .. } = row.record;
                    named(id, [Some(name), phone].into_iter().flatten().collect::<Vec<_>>().join(" "))
                })
            }
            (Some(Type::Money), Scalar::Int(fen)) => Some(plain(Fen(*fen).to_yuan())),
            (Some(Type::Timestamp), Scalar::Int(at)) => {
                let local = from_millis(*at).with_timezone(&self.me.zone).format("%Y-%m-%d %H:%M").to_string();
                Some(named(&from_millis(*at).to_rfc3339(), local))
            }
            (Some(Type::Flag), Scalar::Bool(true)) => Some(Word { key: "true".into(), ..Word::fixed("answer", "yes") }),
            (Some(Type::Text | Type::Day | Type::Time), Scalar::Text(text)) => Some(plain(text.clone())),
            (Some(Type::Number), Scalar::Int(number)) => Some(plain(number.to_string())),
            _ => None,
        })
    }
}

impl Shown for TaskView {
    type Of = Task;

    fn of(ask: &Ask<'_>, row: Row<Task>) -> Result<Self> {
        let Row { id, record: task, .. } = row;
        let source = World::record(ask.tx, task.source)?;
        let attachment_uploading = match &source {
            Some((Kind::Touch, _)) => {
                ask.one::<TouchView>(task.source)?.evidence.iter().any(|one| one.state != ItemState::Verified)
            }
            _ => false,
        };
        let pack = task.script_pack.and_then(|key| ask.config.script_packs.iter().find(|pack| pack.key == key));
        Ok(Self {
            id: id.into(),
            kind: Word::of(&ask.config.tasks, &task.task),
            notice: task.notice,
            customer: task.customer,
            customer_name: task.customer.and_then(|customer| ask.name_of(customer).transpose()).transpose()?,
            source: task.source,
            source_kind: source.as_ref().map(|(kind, _)| kind.as_str().to_owned()),
            about: source.map_or(Ok(Vec::new()), |(kind, fields)| ask.facts(kind, &fields))?,
            rule: task.rule,
            because: task.because,
            choices: task.choices.iter().map(|key| Word::of(&ask.config.choices, key)).collect(),
            script_pack: pack.map(|pack| ScriptPack { title: pack.into(), text: pack.text.clone().unwrap_or_default() }),
            created_at: task.created_at,
            due: task.due,
            done_at: task.done_at,
            done_by: ask.some_person(task.done_by),
            choice: task.choice.map(|key| Word::of(&ask.config.choices, &key)),
            reason: task.reason,
            attachment_uploading,
        })
    }
}
