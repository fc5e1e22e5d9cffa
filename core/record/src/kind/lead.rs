//! Leads: which stage, in whose hands, since when (H1). Each move is one change; the document's history is the trace.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::person::SELLING;
use super::{Kind, Record};
use crate::id::{CustomerId, PersonId};
use crate::policy::{Create, List, Party, Rules, Type, Write};

/// The way of a lead (H1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 投放: offered, nobody has it yet.
    Offered,
    /// 认领: somebody has taken it.
    Claimed,
    /// 首次触达.
    FirstTouch,
    /// 需求确认.
    NeedConfirmed,
    /// 方案报价.
    Quoted,
    /// 合同签署.
    Signed,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [Self::Offered, Self::Claimed, Self::FirstTouch, Self::NeedConfirmed, Self::Quoted, Self::Signed];

    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Claimed => "claimed",
            Self::FirstTouch => "first_touch",
            Self::NeedConfirmed => "need_confirmed",
            Self::Quoted => "quoted",
            Self::Signed => "signed",
        }
    }
}

/// A lead. Its customer exists from the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// Who entered it.
    pub author: PersonId,
    /// The customer it may become.
    pub customer: CustomerId,
    /// Where it stands. Later stages than 认领 follow from records too; see `rules::stage`.
    pub stage: Stage,
    /// Who has it.
    pub holder: Option<PersonId>,
    /// Since when; of one that nobody has, since when that is so.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub held_at: Option<DateTime<Utc>>,
    /// When its stage was corrected by hand last: what was done before proves nothing any more.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub corrected_at: Option<DateTime<Utc>>,
    /// Who moved it last.
    pub moved_by: PersonId,
    /// When it was moved last.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub moved_at: DateTime<Utc>,
    /// Why, when it was corrected by hand.
    pub reason: Option<String>,
    /// Where it came from, such as a campaign.
    pub channel: Option<String>,
    /// When it was taken first; what counts as a new lead of a week (G1).
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub claimed_at: Option<DateTime<Utc>>,
    /// When it was marked 无效.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub invalid_at: Option<DateTime<Utc>>,
    /// Requests to move it, by their id.
    #[serde(default)]
    pub requests: BTreeMap<String, LeadRequest>,
    /// What the server made of each request: `granted` or `refused`.
    #[serde(default)]
    pub settled: BTreeMap<String, String>,
}

/// A request to move a lead. The server grants it or not; until then it shows as 待确认.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadRequest {
    /// 认领: by someone who goes to customers, while nobody has it.
    Claim(PersonId),
    /// Given back, by its holder, with the reason.
    Release(PersonId, String),
    /// Given to somebody, by a superior.
    Assign(PersonId, PersonId),
    /// What this version can't read: nobody's, and never granted.
    Other(String),
}

impl LeadRequest {
    /// As it is stored, in one field, since a record is flat: who asks, what for, and for whom or why.
    pub fn to_text(&self) -> String {
        match self {
            Self::Claim(by) => format!("{by} claim"),
            Self::Release(by, reason) => format!("{by} release {reason}"),
            Self::Assign(by, to) => format!("{by} assign {to}"),
            Self::Other(text) => text.clone(),
        }
    }

    /// From the stored text.
    pub fn parse(text: &str) -> Option<Self> {
        let (by, rest) = text.split_once(' ')?;
        let by = by.parse().ok()?;
        match rest.split_once(' ') {
            None if rest == "claim" => Some(Self::Claim(by)),
            Some(("release", reason)) if !reason.trim().is_empty() => Some(Self::Release(by, reason.into())),
            Some(("assign", to)) => Some(Self::Assign(by, to.parse().ok()?)),
            _ => None,
        }
    }

    /// Who asks.
    pub fn by(&self) -> Option<PersonId> {
        match self {
            Self::Claim(by) | Self::Release(by, _) | Self::Assign(by, _) => Some(*by),
            Self::Other(_) => None,
        }
    }
}

impl Serialize for LeadRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for LeadRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self::parse(&text).unwrap_or(Self::Other(text)))
    }
}

impl Record for Lead {
    const KIND: Kind = Kind::Lead;
    const VERSION: i64 = 1;
    const RULES: Rules = Rules {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("stage", Type::Option(List::Stages), Write::By(&[Party::Holder, Party::Superior])),
            ("holder", Type::Person, Write::Never),
            ("held_at", Type::Timestamp, Write::Never),
            ("corrected_at", Type::Timestamp, Write::By(&[Party::Holder, Party::Superior])),
            ("moved_by", Type::Person, Write::By(&[Party::Holder, Party::Superior])),
            ("moved_at", Type::Timestamp, Write::By(&[Party::Holder, Party::Superior])),
            ("reason", Type::Text, Write::By(&[Party::Holder, Party::Superior])),
            ("channel", Type::Text, Write::Never),
            ("claimed_at", Type::Timestamp, Write::Never),
            ("invalid_at", Type::Timestamp, Write::By(&[Party::Holder, Party::Superior])),
            ("requests/", Type::Members, Write::Append(&[Party::Selling])),
            ("settled/", Type::Members, Write::By(&[Party::Server])),
        ],
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_it_was_stored() {
        let (by, to) = (PersonId::derived("李雷"), PersonId::derived("王芳"));
        let requests = [
            (format!("{by} claim"), LeadRequest::Claim(by)),
            (format!("{by} release 行业不熟 再说"), LeadRequest::Release(by, "行业不熟 再说".into())),
            (format!("{by} assign {to}"), LeadRequest::Assign(by, to)),
            ("claim".into(), LeadRequest::Other("claim".into())),
        ];
        for (stored, request) in requests {
            let json = serde_json::to_string(&stored).unwrap();
            assert_eq!(serde_json::from_str::<LeadRequest>(&json).unwrap(), request);
            assert_eq!(serde_json::to_string(&request).unwrap(), json);
        }
    }
}
