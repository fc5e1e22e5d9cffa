//! Leads: which stage, in whose hands, since when (H1). Each move is one change; the document's history is the trace.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fields::{self, AUTHOR_FIELD, Fields, Scalar, is_known};
use crate::id::{CustomerId, PersonId, RecordId};
use crate::kinds::Kind;
use crate::record::{NotWritten, Proposal, Record, Surroundings};
use crate::rejection::Rejection;
use crate::role::SELLING;
use crate::table::{Create, List, Party, Table, Type, Write};

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

impl Lead {
    /// One that somebody holds from the start, or that is offered to all.
    pub fn new(author: PersonId, customer: CustomerId, holder: Option<PersonId>, at: DateTime<Utc>) -> Self {
        Self {
            author,
            customer,
            stage: if holder.is_some() { Stage::Claimed } else { Stage::Offered },
            holder,
            held_at: Some(at),
            corrected_at: None,
            moved_by: author,
            moved_at: at,
            reason: None,
            channel: None,
            claimed_at: holder.map(|_| at),
            invalid_at: None,
            requests: BTreeMap::new(),
            settled: BTreeMap::new(),
        }
    }
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

    /// Whether a change does nothing but ask for a lead, in the own name of whoever writes.
    pub fn is_claim_by(writes: &Fields, person: PersonId) -> bool {
        let claims = |text: &Scalar| text.as_text().and_then(Self::parse) == Some(Self::Claim(person));
        !writes.is_empty() && writes.iter().all(|(key, value)| key.starts_with("requests/") && claims(value))
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
    const TABLE: Table = Table {
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
    const ESSENTIALS: &'static [&'static str] = &["holder", "stage", "channel", "reason"];

    fn is_open(fields: &Fields) -> bool {
        !is_known(fields, "invalid_at")
    }

    fn time(fields: &Fields) -> Option<i64> {
        fields::number(fields, "moved_at")
    }

    /// One that nobody holds is looked after by whoever put it there.
    fn is_held_by(fields: &Fields, person: PersonId) -> bool {
        let keeper = if is_known(fields, "holder") { "holder" } else { AUTHOR_FIELD };
        fields::id(fields, keeper) == Some(person)
    }

    fn is_claimable(fields: &Fields) -> bool {
        !is_known(fields, "holder")
    }

    fn check_write(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
        if proposal.before.is_none() {
            proposal.in_own_name("holder")?;
        }
        proposal.in_own_name("moved_by")?;
        check_correction(proposal)?;
        if proposal.before.is_none() {
            check_holder(proposal, around)?;
        }
        let foreign = |(_, text): &(&str, &Scalar)| {
            text.as_text().and_then(LeadRequest::parse).and_then(|request| request.by()) != Some(proposal.by)
        };
        match fields::members_of(proposal.writes, "requests/").find(foreign) {
            Some((id, _)) => Err(Rejection::invalid(&format!("requests/{id}")).into()),
            None => Ok(()),
        }
    }
}

/// A correction by hand has its reason and its author (H1).
fn check_correction(proposal: &Proposal<'_>) -> Result<(), Rejection> {
    let Some(before) =
        proposal.before.filter(|_| ["stage", "invalid_at", "corrected_at"].into_iter().any(|field| proposal.has(field)))
    else {
        return Ok(());
    };
    let after = |field| if proposal.has(field) { proposal.text(field) } else { fields::text(before, field) };
    if after("reason").is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Rejection::invalid("reason"));
    }
    if after("moved_by").and_then(|person| person.parse().ok()) == Some(proposal.by) {
        Ok(())
    } else {
        Err(Rejection::invalid("moved_by"))
    }
}

/// A new lead is in the hands that its customer is in: entering one takes no customer from anybody.
fn check_holder(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
    let Some(customer) = fields::id::<RecordId>(proposal.writes, "customer") else { return Ok(()) };
    let customer = around.record(customer)?.map(|(_, fields)| fields).unwrap_or_default();
    let holder = |fields| fields::id::<PersonId>(fields, "holder");
    if holder(&customer) == holder(proposal.writes) { Ok(()) } else { Err(Rejection::invalid("holder").into()) }
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
