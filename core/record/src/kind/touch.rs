//! Touches (客户触达记录, T1): the unit of management.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chuda_words::Word;
use serde::{Deserialize, Serialize};

use super::Intent;
use crate::fields::{Fields, members, members_of, number, set_of};
use crate::id::{ContactId, CustomerId, EvidenceId, PersonId};
use crate::kinds::Kind;
use crate::record::{NotWritten, Proposal, Record, Surroundings, author_of};
use crate::rejection::Rejection;
use crate::role::SELLING;
use crate::table::{Create, List, Party, Table, Type, Write};
use crate::{Fen, Scalar};

/// How the customer was reached (T1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactMode {
    /// 电话.
    Phone,
    /// 微信.
    Wechat,
    /// 面访.
    Visit,
    /// 邮件.
    Email,
}

impl ContactMode {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Phone, Self::Wechat, Self::Visit, Self::Email];

    /// The word that is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Wechat => "wechat",
            Self::Visit => "visit",
            Self::Email => "email",
        }
    }

    /// The word on screen.
    pub fn label(self) -> Word {
        chuda_words::label("mode", self.as_str())
    }

    /// From either word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text || mode.label().zh == text)
    }
}

/// One touch of a customer.
///
/// Whether it is a draft (待补证据) is not stored: it is one as long as it has no evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// Whose touch it is.
    pub author: PersonId,
    /// Who was touched: required (T1).
    pub customer: CustomerId,
    /// How: required (T1).
    pub mode: ContactMode,
    /// What was done, a key of the configuration's action list: required (T1).
    pub action: String,
    /// What proves it: required for it to count (T1).
    #[serde(with = "members", default)]
    pub evidence: BTreeSet<EvidenceId>,
    /// When it happened.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// The zone it happened in; its day is counted in it.
    pub zone: chrono_tz::Tz,
    /// The version of the configuration it was made under (T6).
    pub config: i64,
    /// Progress brief (B1), a key of the configuration's list.
    pub brief: Option<String>,
    /// Who answers the technical question (B2): a person's id, or a free name.
    pub tech_owner: Option<String>,
    /// When the answer is expected (B2).
    pub response_by: Option<NaiveDate>,
    /// Amount of a quote or contract.
    pub amount: Option<Fen>,
    /// Custom development was agreed (B4).
    #[serde(default)]
    pub custom_development: bool,
    /// Intent level as seen in this touch.
    pub intent: Option<Intent>,
    /// The customer answered (G1, F2).
    #[serde(default)]
    pub feedback: bool,
    /// When that was noted.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub feedback_at: Option<DateTime<Utc>>,
    /// Who was touched on the customer's side (N1).
    pub contact: Option<ContactId>,
    /// What comes next.
    pub next_action: Option<String>,
    /// When it comes.
    pub next_date: Option<NaiveDate>,
    /// At what time of that day.
    pub next_time: Option<NaiveTime>,
    /// Free text.
    pub note: Option<String>,
    /// Set by a rule on the server, such as 待审批报价单 (T2).
    pub category: Option<String>,
    /// Set by rules on the server.
    #[serde(with = "members", default)]
    pub flags: BTreeSet<String>,
    /// Fields that a supervisor added to the form (T6).
    #[serde(rename = "x", default)]
    pub extra: BTreeMap<String, Scalar>,
}

impl Touch {
    /// One with what it cannot be without: whom, how, what, when and where on earth, under which version of the configuration.
    pub fn new(
        author: PersonId,
        customer: CustomerId,
        mode: ContactMode,
        action: impl Into<String>,
        at: DateTime<Utc>,
        zone: chrono_tz::Tz,
        config: i64,
    ) -> Self {
        Self {
            author,
            customer,
            mode,
            action: action.into(),
            evidence: BTreeSet::new(),
            at,
            zone,
            config,
            brief: None,
            tech_owner: None,
            response_by: None,
            amount: None,
            custom_development: false,
            intent: None,
            feedback: false,
            feedback_at: None,
            contact: None,
            next_action: None,
            next_date: None,
            next_time: None,
            note: None,
            category: None,
            flags: BTreeSet::new(),
            extra: BTreeMap::new(),
        }
    }
}

impl Record for Touch {
    const KIND: Kind = Kind::Touch;
    // A touch is never rewritten: what was said stays, evidence is added, the customer's answer is noted.
    const TABLE: Table = Table {
        create: Create::Roles(SELLING),
        fields: &[
            ("author", Type::Person, Write::Never),
            ("customer", Type::Link(Kind::Customer), Write::Never),
            ("mode", Type::Option(List::Modes), Write::Never),
            ("action", Type::Option(List::Actions), Write::Never),
            ("at", Type::Timestamp, Write::Never),
            ("zone", Type::Text, Write::Never),
            ("config", Type::Number, Write::Never),
            ("brief", Type::Option(List::Briefs), Write::Never),
            ("tech_owner", Type::Person, Write::Never),
            ("response_by", Type::Day, Write::Never),
            ("amount", Type::Money, Write::Never),
            ("custom_development", Type::Flag, Write::Never),
            ("intent", Type::Text, Write::Never),
            ("contact", Type::Link(Kind::Contact), Write::Never),
            ("note", Type::Text, Write::Never),
            ("evidence/", Type::Members, Write::Append(&[Party::Author])),
            ("feedback", Type::Flag, Write::By(&[Party::Author, Party::Holder])),
            ("feedback_at", Type::Timestamp, Write::By(&[Party::Author, Party::Holder])),
            ("next_action", Type::Text, Write::By(&[Party::Author, Party::Holder])),
            ("next_date", Type::Day, Write::By(&[Party::Author, Party::Holder])),
            ("next_time", Type::Time, Write::By(&[Party::Author, Party::Holder])),
            ("category", Type::Option(List::Categories), Write::By(&[Party::Server])),
            ("flags/", Type::Members, Write::By(&[Party::Server])),
            ("x/", Type::Members, Write::Never),
        ],
    };
    const HAS_PAGE: bool = true;
    const ESSENTIALS: &'static [&'static str] = &["author", "action", "amount", "custom_development", "contact", "at", "note"];

    /// Without evidence (待补证据) it counts for nothing yet (T1).
    fn is_draft(fields: &Fields) -> bool {
        members_of(fields, "evidence/").all(|(_, value)| *value != Scalar::Bool(true))
    }

    fn time(fields: &Fields) -> Option<i64> {
        number(fields, "at")
    }

    /// A new one has what form and rules ask for. Its evidence may come later; what is there must be the author's own.
    fn check_write(proposal: &Proposal<'_>, around: &dyn Surroundings) -> Result<(), NotWritten> {
        if proposal.before.is_none()
            && let Some(field) = around.wrong_in_form(Kind::Touch, proposal)?
        {
            return Err(Rejection::invalid(&field).into());
        }
        for evidence in evidence_in(proposal.writes) {
            let evidence = around.record(evidence.into())?;
            let own = |(kind, fields): &(Kind, Fields)| *kind == Kind::Evidence && author_of(fields) == Some(proposal.by);
            if evidence.is_some_and(|other| !own(&other)) {
                return Err(Rejection::invalid("evidence").into());
            }
        }
        Ok(())
    }
}

/// The evidence that fields of a touch name.
pub fn evidence_in(fields: &Fields) -> impl Iterator<Item = EvidenceId> + '_ {
    set_of(fields, "evidence/")
}
