//! Rules as data: on a record, when a condition holds, then effects. The server carries them out, the phone previews them.

use serde::{Deserialize, Serialize};

use super::Config;
use crate::id::{RecordId, TaskId};
use crate::record::{Fields, Kind, Role, Scalar};

/// One rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Its name, part of the ids of what it makes.
    pub id: String,
    /// The kind of record it looks at.
    pub on: Kind,
    /// What must hold.
    pub when: Condition,
    /// What happens then, once per record.
    pub then: Vec<Effect>,
}

/// A condition on a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Condition {
    /// Every one of them.
    All {
        /// Which.
        all: Vec<Condition>,
    },
    /// A field has this value.
    Field {
        /// The field.
        field: String,
        /// Its value.
        is: Scalar,
    },
    /// A touch has evidence of this type.
    EvidenceMime {
        /// The type.
        evidence_mime: String,
    },
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Files the touch as something.
    SetCategory(String),
    /// Gives somebody something to do.
    Task {
        /// What.
        kind: String,
        /// Whoever has this role.
        role: Role,
        /// The answers that can be given.
        choices: Vec<String>,
    },
}

/// Why a configuration can't be published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule} names {name}, which does not exist")]
pub struct UnknownName {
    /// The rule.
    pub rule: String,
    /// The name.
    pub name: String,
}

impl Trigger {
    /// Whether everything it names exists in the configuration.
    pub fn check(&self, config: &Config) -> Result<(), UnknownName> {
        let unknown = |name: &str| UnknownName { rule: self.id.clone(), name: name.to_owned() };
        let need = |list: &[super::config::Choice], key: &str| Config::find(list, key).map(drop).ok_or_else(|| unknown(key));
        self.when.fields().into_iter().try_for_each(|field| {
            let known = self.on.rules().fields.iter().any(|(name, _)| *name == field);
            if known { Ok(()) } else { Err(unknown(field)) }
        })?;
        for effect in &self.then {
            match effect {
                Effect::SetCategory(key) => need(&config.categories, key)?,
                Effect::Task { kind, choices, .. } => {
                    need(&config.tasks, kind)?;
                    choices.iter().try_for_each(|choice| need(&config.choices, choice))?;
                }
            }
        }
        Ok(())
    }

    /// Whether it fires for a record, given the types of its evidence.
    pub fn fires(&self, kind: Kind, fields: &Fields, evidence_mimes: &[String]) -> bool {
        self.on == kind && self.when.holds(fields, evidence_mimes)
    }

    /// The id of the task it makes for a record: the same whenever and wherever it is worked out, so it is made once.
    pub fn task_id(&self, source: RecordId) -> TaskId {
        TaskId::derived(&format!("task/{}/{source}", self.id))
    }
}

impl Condition {
    fn holds(&self, fields: &Fields, evidence_mimes: &[String]) -> bool {
        match self {
            Self::All { all } => all.iter().all(|condition| condition.holds(fields, evidence_mimes)),
            Self::Field { field, is } => fields.get(field) == Some(is),
            Self::EvidenceMime { evidence_mime } => evidence_mimes.contains(evidence_mime),
        }
    }

    fn fields(&self) -> Vec<&str> {
        match self {
            Self::All { all } => all.iter().flat_map(Self::fields).collect(),
            Self::Field { field, .. } => vec![field],
            Self::EvidenceMime { .. } => Vec::new(),
        }
    }
}
