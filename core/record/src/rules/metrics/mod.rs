//! What is counted over records (G1–G3, D1, D2, M1). Phone and server gather the same facts, each from its own store, and ask here.
//!
//! The facts hold no minutes of calls and no numbers of messages, so that nobody can be ranked by them (D2). What bears an instant
//! after the one that is asked about, by a clock that runs ahead, does not count yet.

mod actions;
mod conversion;
mod density;
mod figures;
mod gather;
mod outcome;
mod ratio;
#[cfg(test)]
mod sample;
mod watch;
mod week;
mod weekly;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::id::{CustomerId, LeadId, PersonId, TouchId};

pub use actions::non_standard;
pub use conversion::conversion;
pub use density::{DensityRule, Standing};
pub use figures::{Figures, Line, TREND, Team};
pub use gather::Source;
pub use outcome::{Outcome, Tally, feedback_on, openings};
pub use ratio::Ratio;
pub use watch::Watch;
pub use week::{MOST_WEEKS, NoWeek, Span, Week};
pub use weekly::Weekly;

/// Everything that can be counted. Whoever asks for one number gathers what that number names, the rest stays empty.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Touches, drafts too.
    pub touches: Vec<TouchFact>,
    /// Leads that have been claimed.
    pub leads: Vec<LeadFact>,
    /// What customers answered.
    pub feedback: Vec<FeedbackFact>,
    /// Who held which customer, when.
    pub holdings: Vec<HoldingFact>,
    /// Mails and attachments that were sent.
    pub sendings: Vec<SendingFact>,
}

/// A touch, as numbers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchFact {
    /// Which.
    pub touch: TouchId,
    /// Who was touched.
    pub customer: CustomerId,
    /// Whose touch it is.
    pub person: PersonId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What was done: the key of an option.
    pub action: String,
    /// Whether it counts at all: it has evidence, so it is no draft (T1).
    pub counted: bool,
    /// How many of its evidence are valid.
    pub valid_evidence: i64,
    /// Whether it gave the customer a quote, on which an answer is waited for (G1, F2).
    pub quote: bool,
}

/// A lead that has been claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadFact {
    /// Which.
    pub lead: LeadId,
    /// The customer it may become.
    pub customer: CustomerId,
    /// Who has it. A lead that was handed over counts for whoever has it now.
    pub holder: PersonId,
    /// When it was claimed first: handing it over makes it no new lead.
    pub claimed_at: DateTime<Utc>,
    /// Still claimed and not marked 无效.
    pub valid: bool,
    /// When it reached 方案报价 or a later stage, if it has.
    pub quoted_at: Option<DateTime<Utc>>,
}

/// A customer answered: 客户已反馈 on a touch that counts, a mail that came in, an attachment that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackFact {
    /// Who.
    pub customer: CustomerId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A customer was active in somebody's hands for a time: held, and not closed. Whoever knows no history gives the present holding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldingFact {
    /// Which customer.
    pub customer: CustomerId,
    /// In whose hands.
    pub holder: PersonId,
    /// Since when.
    pub from: DateTime<Utc>,
    /// When it was handed over, released or closed, if it was.
    pub until: Option<DateTime<Utc>>,
}

/// A mail or attachment that was sent to a customer (M1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendingFact {
    /// To whom.
    pub customer: CustomerId,
    /// By whom.
    pub person: PersonId,
    /// When.
    pub sent_at: DateTime<Utc>,
    /// When it was opened first, if it was.
    pub opened_at: Option<DateTime<Utc>>,
}

/// Whose numbers are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// Those of one person or of a team.
    People(BTreeSet<PersonId>),
}

impl Scope {
    /// One person's numbers.
    pub fn person(person: PersonId) -> Self {
        Self::People(BTreeSet::from([person]))
    }

    /// Whether a person belongs to it.
    pub fn has(&self, person: PersonId) -> bool {
        match self {
            Self::All => true,
            Self::People(people) => people.contains(&person),
        }
    }
}

impl HoldingFact {
    /// Whether the customer was active in these hands at an instant.
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}
