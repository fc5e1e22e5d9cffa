//! What screens show. Shells show these and nothing else: whoever and whatever a view names, it names in words.

use serde::Serialize;

pub use super::answers::{DemandView, EventView, FindingView, QuestionView};
pub use super::back_checks::{AskedView, BackCheckDetail, BackCheckView, CheckedView, DrawnTouch, DrawnView, Redrawn};
pub use super::briefs::BriefView;
pub use super::contracts::{ContractView, StepState, StepView};
pub use super::customers::{ContactView, CustomerView};
pub use super::evidence::{ClaimView, EvidenceView, Grade};
pub use super::figures::{FiguresView, LineView};
pub use super::home::HomeView;
pub use super::leads::{AskState, Asked, LastEvent, LeadAsk, LeadList, LeadMove, LeadPage, LeadView, Moved};
pub use super::meetings::{AttendeeView, MeetingView};
pub use super::options::{AddedField, Choice, Options};
pub use super::orders::OrderView;
pub use super::quotes::{ApprovalView, QuoteView};
pub use super::releases::ReleaseView;
pub use super::report::{CustomerBrief, ReportCard, ReportView};
pub use super::status::{ItemState, StatusItem, SyncSummary};
pub use super::tasks::{FactView, ScriptPack, TaskView};
pub use super::touches::{ExtraView, TouchStatus, TouchView, Triggered};
use chuda_record::Role;
use chuda_record::id::PersonId;

/// A word of the configuration: the key that is stored, and what a screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Word {
    /// Stored.
    pub key: String,
    /// On a Chinese screen.
    #[serde(rename = "label")]
    pub zh: String,
    /// On an English screen.
    #[serde(rename = "label_en")]
    pub en: String,
}

/// A person by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PersonView {
    /// Who.
    pub id: PersonId,
    /// Name; empty as long as the person's record has not arrived.
    pub name: String,
    /// What they do.
    pub roles: Vec<Role>,
    /// Whom they report to.
    pub reports_to: Option<PersonId>,
}
