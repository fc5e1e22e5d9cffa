//! What screens show. Shells show these and nothing else: whoever and whatever a view names, it names in words.

use serde::{Serialize, Serializer};

pub use super::answers::{DemandView, EventView, FindingView, QuestionView};
pub use super::back_checks::{BackCheckDetail, BackCheckView, DrawnTouch, DrawnView, Redrawn};
pub use super::briefs::BriefView;
pub use super::contracts::{ContractRef, ContractView, StepState, StepView};
pub use super::customers::{ContactView, CustomerView};
pub use super::evidence::{ClaimView, EvidenceKind, EvidenceView, Grade};
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
pub use chuda_record::view::Word;
pub use chuda_record::view::back_check::{AskedView, CheckedView};

/// A person by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PersonView {
    /// Who.
    pub id: PersonId,
    /// Name; empty as long as the person's record has not arrived.
    pub name: String,
    /// What they do.
    #[serde(skip)]
    pub roles: Vec<Role>,
    /// Whom they report to.
    #[serde(skip)]
    pub reports_to: Option<PersonId>,
}

/// serde `serialize_with` for whoever works on this phone: by name, and with what they do.
pub(crate) fn with_roles<S: Serializer>(person: &PersonView, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Whole<'a> {
        #[serde(flatten)]
        person: &'a PersonView,
        roles: &'a [Role],
    }
    Whole { person, roles: &person.roles }.serialize(serializer)
}
