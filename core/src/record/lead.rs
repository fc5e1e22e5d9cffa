//! Leads: which stage, in whose hands, since when (H1). Each move is one change; the document's history is the trace.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::person::SELLING;
use super::policy::{Create, Party, Rules, Write};
use super::{Kind, Record};
use crate::id::{CustomerId, PersonId};

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
    /// Who moved it last.
    pub moved_by: PersonId,
    /// When it was moved last.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub moved_at: DateTime<Utc>,
    /// Why, when it was corrected by hand.
    pub reason: Option<String>,
}

impl Record for Lead {
    const KIND: Kind = Kind::Lead;
    const VERSION: i64 = 1;
    const RULES: Rules = Rules {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Write::Never),
            ("customer", Write::Never),
            ("stage", Write::By(&[Party::Holder])),
            ("holder", Write::Never),
            ("moved_by", Write::By(&[Party::Holder])),
            ("moved_at", Write::By(&[Party::Holder])),
            ("reason", Write::By(&[Party::Holder])),
        ],
    };
}
