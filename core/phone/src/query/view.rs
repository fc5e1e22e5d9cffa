//! What screens show. Shells show these and nothing else: no view asks for a second look-up.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Serialize;

pub use crate::query::contracts::{ContractView, StepState, StepView};
pub use crate::query::leads::{AskState, Asked, LastEvent, LeadAsk, LeadList, LeadMove, LeadPage, LeadView, Moved};
pub use crate::query::meetings::{AttendeeView, MeetingView};
pub use crate::query::orders::OrderView;
pub use crate::query::quotes::{ApprovalView, QuoteView};
pub use crate::query::tasks::{FactView, ScriptPack};
use crate::screen::{Filing, FilingQuestion, SyncLine};
use chuda_record::id::{
    BackCheckId, ContactId, CustomerId, DemandId, EvidenceId, FindingId, Hash, LeadId, PersonId, QuestionId, RecordId, ReportId,
    TaskId, TouchId,
};
use chuda_record::kind::backcheck::Answer;
use chuda_record::rules::Health;
use chuda_record::rules::metrics::{Line, Outcome, Week};
use chuda_record::{ContactMode, Fen, Intent, Role, Stage};

/// A word of the configuration: the key that is stored, and what a screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    /// Stored.
    pub key: String,
    /// On a Chinese screen.
    pub zh: String,
    /// On an English screen.
    pub en: String,
}

/// A person by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// A customer in a list or on top of its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomerView {
    /// Which.
    pub id: CustomerId,
    /// Full name.
    pub name: String,
    /// The name people say.
    pub short: Option<String>,
    /// Where it stands (H1).
    pub stage: Stage,
    /// Who has it.
    pub holder: Option<PersonView>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Its lead, with the whole way.
    pub lead: Option<LeadId>,
    /// What happened last.
    pub last: Option<LastEvent>,
    /// Intent level.
    pub intent: Option<Intent>,
    /// Health with its sum (T3).
    pub health: Health,
    /// The last touch.
    pub last_touch: Option<DateTime<Utc>>,
    /// Fields that were changed at the same time by two people; somebody has to look.
    pub conflicts: Vec<String>,
    /// People on the customer's side.
    pub contacts: Vec<ContactView>,
    /// Which of them forms name unless another is given.
    pub contact: Option<ContactId>,
    /// Installation address.
    pub address: Option<String>,
    /// Device model.
    pub model: Option<String>,
}

/// A person on the customer's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactView {
    /// Which.
    pub id: ContactId,
    /// Name.
    pub name: String,
    /// What they do there.
    pub position: Option<String>,
    /// What they are to the deal (N1): IT, legal, end user …
    pub role: Option<Word>,
    /// Phone number.
    pub phone: Option<String>,
}

/// Whether a touch counts yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TouchStatus {
    /// 待补证据: kept, counts for nothing.
    Draft,
    /// Has evidence.
    Recorded,
}

/// A touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TouchView {
    /// Which.
    pub id: TouchId,
    /// Whose.
    pub person: PersonView,
    /// Customer.
    pub customer: CustomerId,
    /// The customer's name.
    pub customer_name: String,
    /// How.
    pub mode: ContactMode,
    /// What.
    pub action: Word,
    /// When.
    pub at: DateTime<Utc>,
    /// On which day, where it happened.
    pub day: NaiveDate,
    /// Whether it counts.
    pub status: TouchStatus,
    /// What it is filed as (T2).
    pub category: Option<Word>,
    /// Progress brief (B1).
    pub brief: Option<Word>,
    /// Who answers the technical question (B2): a name.
    pub tech_owner: Option<String>,
    /// Whether that name is not in the people list (未在通讯录).
    pub tech_owner_unknown: bool,
    /// When the answer is expected.
    pub response_by: Option<NaiveDate>,
    /// Amount.
    pub amount: Option<Fen>,
    /// Custom development.
    pub custom_development: bool,
    /// Intent level seen.
    pub intent: Option<Intent>,
    /// The customer answered.
    pub feedback: bool,
    /// Who was touched (N1).
    pub contact: Option<String>,
    /// What that person is to the deal.
    pub contact_role: Option<Word>,
    /// Whether what was sent was opened in time (M1), where anybody can tell.
    pub opened: Option<Outcome>,
    /// What comes next.
    pub next_action: Option<String>,
    /// When.
    pub next_date: Option<NaiveDate>,
    /// At what time.
    pub next_time: Option<NaiveTime>,
    /// Free text.
    pub note: Option<String>,
    /// Fields that a supervisor added to the form (T6), in the order they are asked.
    pub extra: Vec<ExtraView>,
    /// What proves it.
    pub evidence: Vec<EvidenceView>,
    /// Fields changed at the same time by two people.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    pub state: ItemState,
}

/// What was filled into an added field (T6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExtraView {
    /// Its label; the key is without `x/`.
    pub field: Word,
    /// As stored: text, a number, money in yuan, a day, `true` or `false`.
    pub value: String,
}

/// How far an item's time is to be trusted; in words, never a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 本机时间未校验.
    LocalUnverified,
    /// 服务器已见证: existed before the server saw its claim.
    ServerWitnessed,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceView {
    /// Which.
    pub id: EvidenceId,
    /// SHA-256 of the original bytes.
    pub sha256: Hash,
    /// SHA-256 of the claim.
    pub claim: Hash,
    /// Number of bytes.
    pub size: i64,
    /// What it is, such as `image/jpeg`.
    pub mime: String,
    /// `camera`, `gallery`, `file` or `recording`.
    pub source: String,
    /// When it was captured.
    pub captured_at: DateTime<Utc>,
    /// Trust grade.
    pub grade: Grade,
    /// Flags, as keys.
    pub flags: Vec<String>,
    /// Whether it opens.
    pub readable: bool,
    /// Why not, as a key.
    pub unreadable: Option<String>,
    /// Whether it counts as valid evidence (T3).
    pub valid: bool,
    /// Consent of a recording: `self` or `told`.
    pub consent: Option<String>,
    /// What a recording says.
    pub transcript: Option<String>,
    /// The touch it belongs to.
    pub touch: Option<TouchId>,
    /// Whether the bytes are on this device.
    pub here: bool,
    /// Where the bytes are on their way to the server.
    pub state: ItemState,
}

/// A task or to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskView {
    /// Which.
    pub id: TaskId,
    /// What kind: key and title.
    pub kind: Word,
    /// Something to know rather than to do: it is ticked off.
    pub notice: bool,
    /// About whom.
    pub customer: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// The record it came from.
    pub source: RecordId,
    /// What that is: `touch`, `contract` …; none as long as it has not arrived.
    pub source_kind: Option<String>,
    /// What of it matters for the task: field by field, in the order to show them.
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

/// Where an item is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ItemState {
    /// 已存本机: there is no server yet.
    SavedHere,
    /// 待传.
    Waiting,
    /// 上传 n %.
    Uploading {
        /// Of its bytes.
        percent: u8,
    },
    /// 服务器已校验: the server has echoed the hash.
    Verified,
    /// 失败: refused, with the reason as a key of [`chuda_record::Rejection`]; can be redone.
    Failed {
        /// Why.
        reason: String,
    },
    /// 冲突: two people changed the same field.
    Conflict,
}

/// One line of the sync list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusItem {
    /// The record.
    pub id: RecordId,
    /// `customer`, `touch`, … or `blob`.
    pub kind: String,
    /// What it says about itself, such as the customer's name.
    pub title: String,
    /// Where it is.
    pub state: ItemState,
    /// Number of bytes of a blob.
    pub size: Option<i64>,
}

/// The status line of the home screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncSummary {
    /// Whether this phone belongs to a server.
    pub enrolled: bool,
    /// Records that wait.
    pub records_waiting: i64,
    /// Blobs that wait.
    pub blobs_waiting: i64,
    /// Their bytes.
    pub bytes_waiting: i64,
    /// Share of those bytes that the server has, in percent.
    pub percent: u8,
    /// Items that somebody has to look at.
    pub attention: i64,
    /// The last exchange that succeeded.
    pub last_sync: Option<DateTime<Utc>>,
    /// The line that says so.
    pub line: SyncLine,
}

/// A daily report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportView {
    /// Which.
    pub id: ReportId,
    /// Whose.
    pub person: PersonView,
    /// Of which day.
    pub day: NaiveDate,
    /// Its touches.
    pub touches: Vec<TouchView>,
    /// Brief per customer (B1).
    pub briefs: Vec<(CustomerId, Word)>,
    /// Key action for tomorrow.
    pub tomorrow: String,
    /// Fewer than three touches.
    pub short: bool,
    /// Why.
    pub reason: Option<Word>,
    /// Filed after the day (补报).
    pub late: bool,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Corrections made after the day.
    pub corrections: Vec<String>,
    /// Whether 撤销 still works.
    pub can_withdraw: bool,
    /// Fields changed at the same time on two devices.
    pub conflicts: Vec<String>,
    /// Where it is.
    pub state: ItemState,
}

/// The 今日日报 card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportCard {
    /// The day.
    pub day: NaiveDate,
    /// The report, once filed.
    pub filed: Option<ReportView>,
    /// Touches of the day that would be in it (drafts do not count).
    pub touches: Vec<TouchView>,
    /// How many a full report has.
    pub full: u32,
    /// How many are missing for one.
    pub missing: u32,
    /// The brief that each customer of the day gets (B1): as it was filed, as a touch says it, else as the actions suggest.
    pub briefs: Vec<BriefView>,
    /// Touches recorded after filing: 更新日报 is offered.
    pub can_update: bool,
    /// Suggested key actions for tomorrow, best first; empty only for a person without any customer.
    pub suggestions: Vec<String>,
    /// The key action for tomorrow: as chosen, as filed, else the best suggestion.
    pub tomorrow: Option<String>,
    /// The suggestion that one tap puts in its place, as long as nothing is filed.
    pub another: Option<String>,
    /// Reasons for a short report.
    pub reasons: Vec<Word>,
    /// What the button under it does.
    pub filing: Filing,
    /// What has to be asked before it does.
    pub question: Option<FilingQuestion>,
    /// For how long a report can be taken back by one tap once it is filed (撤销); nothing is sent before.
    pub undo_seconds: u32,
}

/// The home screen, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomeView {
    /// Whose.
    pub person: PersonView,
    /// When it was made.
    pub now: DateTime<Utc>,
    /// Status line.
    pub sync: SyncSummary,
    /// Report card.
    pub report: ReportCard,
    /// Touches of the day, drafts included, newest first.
    pub touches_today: Vec<TouchView>,
    /// Open tasks, most urgent first.
    pub tasks: Vec<TaskView>,
    /// What there is to know.
    pub notices: Vec<TaskView>,
    /// Red customers, reddest first.
    pub red_customers: Vec<CustomerView>,
    /// Whether a half-made touch waits.
    pub unfinished: bool,
    /// What was captured and is in no touch yet, not even in that one; newest first.
    pub loose: Vec<EvidenceView>,
    /// The line that says what waits.
    pub waiting: Option<String>,
}

/// A version of the configuration (T6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseView {
    /// Its number.
    pub version: i64,
    /// Whether this phone goes by it.
    pub in_force: bool,
    /// Who published it; nobody: it is the one that the product ships.
    pub published_by: Option<PersonView>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// What was changed.
    pub note: Option<String>,
    /// The least version of the app that understands it.
    pub min_app: String,
}

/// What a rule will do once the server has the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Triggered {
    /// The rule.
    pub rule: String,
    /// What it does, as a key, such as `task:quote_approval` or `category:quote_pending`.
    pub effect: String,
    /// What held: `action = quote, evidence = application/pdf`.
    pub because: String,
}

/// A claim in the chain of this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimView {
    /// The evidence it is about.
    pub evidence: EvidenceId,
    /// Its place in the chain.
    pub sequence: i64,
    /// SHA-256 of the claim.
    pub hash: Hash,
    /// Whether it has been signed yet.
    pub signed: bool,
}

/// A week of a team and of each rep in it (G1, G2, G3, D1, D2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FiguresView {
    /// The week.
    pub week: Week,
    /// Whether it is over; a running week only grows.
    pub over: bool,
    /// Of all together; the person is whose team it is.
    pub team: LineView,
    /// Of each rep, by name.
    pub people: Vec<LineView>,
}

/// The figures of a person or team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// Whose.
    pub person: PersonView,
    /// The figures.
    pub line: Line,
    /// How often each action outside the standard was used (D2), in words.
    pub non_standard: Vec<(Word, i64)>,
}

/// A back-check in a list (R1). It names the supervisor who looks, and nobody whose touches were drawn (R2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackCheckView {
    /// Which.
    pub id: BackCheckId,
    /// Whose team was drawn from.
    pub supervisor: PersonView,
    /// Whether it is this person's to answer.
    pub mine: bool,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of it.
    pub to: NaiveDate,
    /// How many records there were to draw from.
    pub population: i64,
    /// When it was drawn.
    pub created_at: DateTime<Utc>,
    /// When it was closed, if it was.
    pub closed_at: Option<DateTime<Utc>>,
    /// What is to be changed in rules and options.
    pub conclusion: Option<String>,
    /// Fields changed at the same time on two devices.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    pub state: ItemState,
}

/// A back-check with all that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackCheckDetail {
    /// What a list shows of it.
    pub back_check: BackCheckView,
    /// What the draw was made with.
    pub seed: String,
    /// What names the records that were drawn from.
    pub digest: String,
    /// The records drawn, first drawn first.
    pub records: Vec<DrawnView>,
}

/// A record that was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrawnView {
    /// Its place in the draw, from 1.
    pub place: u32,
    /// The touch.
    pub touch: TouchId,
    /// What it says; none as long as it has not arrived here.
    pub summary: Option<DrawnTouch>,
    /// The questions about it.
    pub questions: Vec<AskedView>,
}

/// A touch, without whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DrawnTouch {
    /// Customer.
    pub customer: CustomerId,
    /// The customer's name.
    pub customer_name: String,
    /// How.
    pub mode: ContactMode,
    /// What.
    pub action: Word,
    /// When.
    pub at: DateTime<Utc>,
    /// On which day, where it happened.
    pub day: NaiveDate,
    /// Free text.
    pub note: Option<String>,
    /// What proves it.
    pub evidence: Vec<EvidenceView>,
}

/// A question about a touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedView {
    /// What is asked.
    pub question: Word,
    /// What the machine found, to be seen beside it.
    pub checks: Vec<CheckedView>,
    /// What was answered, if anything.
    pub answer: Option<Answer>,
    /// What was written to it.
    pub note: Option<String>,
}

/// What the machine found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedView {
    /// What it looked at, as a key of [`chuda_record::rules::machine::CHECKS`]; of a rule `rule:` and its name.
    pub check: String,
    /// The rule, if it is about one.
    pub rule: Option<Word>,
    /// `ok`, `problem`, `pending` or `not_applicable`.
    pub found: String,
    /// What is wrong, as a key.
    pub problem: Option<String>,
    /// What had made the rule hold.
    pub because: Option<String>,
}

/// A draw made again, from the seed and the candidates that are kept with it, and compared with what is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redrawn {
    /// Which back-check.
    pub id: BackCheckId,
    /// The seed.
    pub seed: String,
    /// The candidates, sorted: those that are kept with it, or those that are here where it keeps none.
    pub candidates: Vec<TouchId>,
    /// Whether they are kept with it.
    pub listed: bool,
    /// Their digest.
    pub digest: String,
    /// Whether that is the digest it was drawn with.
    pub digest_agrees: bool,
    /// What is drawn from them.
    pub drawn: Vec<TouchId>,
    /// Whether that is what was drawn.
    pub draw_agrees: bool,
    /// Candidates that are not on this device.
    pub not_here: Vec<TouchId>,
    /// Candidates that, as seen from here, do not belong to team and period.
    pub foreign: Vec<TouchId>,
    /// Touches of team and period that are here and were no candidates: they arrived after the draw.
    pub late: Vec<TouchId>,
}

/// The brief of a customer on a day (B1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BriefView {
    /// The day.
    pub day: NaiveDate,
    /// The customer.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Whose day it was.
    pub person: PersonView,
    /// How the customer stands.
    pub brief: Word,
    /// Whether it stands in a filed report; otherwise it follows from the touches so far.
    pub filed: bool,
}

/// A technical question (B2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuestionView {
    /// Which.
    pub id: QuestionId,
    /// For whom.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// The rep who asks.
    pub author: PersonView,
    /// The tech owner as named.
    pub owner: Option<String>,
    /// Whether that name is not in the people list (未在通讯录).
    pub owner_unknown: bool,
    /// Who answers,
    pub assignee: Option<PersonView>,
    /// or the role of those of whom one does.
    pub role: Option<Role>,
    /// What is asked.
    pub text: Option<String>,
    /// By when an answer is promised.
    pub promised: Option<NaiveDate>,
    /// Whether that day has passed without one.
    pub overdue: bool,
    /// The answer.
    pub answer: Option<String>,
    /// When it was given.
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom.
    pub answered_by: Option<PersonView>,
    /// The touch it came up in.
    pub touch: Option<TouchId>,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// Where it is on its way to the server.
    pub state: ItemState,
}

/// A demand card (F1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DemandView {
    /// Which.
    pub id: DemandId,
    /// From whom.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// The rep who heard it.
    pub author: PersonView,
    /// What is wanted.
    pub text: Option<String>,
    /// Where it stands: 待技术评估 at first.
    pub status: Word,
    /// What the assessment said.
    pub assessment: Option<String>,
    /// When it was assessed.
    pub assessed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub assessed_by: Option<PersonView>,
    /// The touch it came up in.
    pub touch: Option<TouchId>,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// Where it is on its way to the server.
    pub state: ItemState,
}

/// Two facts that do not agree, side by side (B5), or what a back-check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingView {
    /// Which.
    pub id: FindingId,
    /// What does not agree.
    pub finding: Word,
    /// About which customer.
    pub customer: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// Whose record it is about.
    pub author: Option<PersonView>,
    /// The one value.
    pub left: Option<String>,
    /// The other value.
    pub right: Option<String>,
    /// The record it is about.
    pub source: Option<RecordId>,
    /// The other record, where two are one.
    pub other: Option<RecordId>,
    /// What held.
    pub because: Option<String>,
    /// How it can be settled.
    pub resolutions: Vec<Word>,
    /// How it was settled.
    pub resolution: Option<Word>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom; none as long as nobody has, or when it settled itself.
    pub resolved_by: Option<PersonView>,
    /// When it was found.
    pub created_at: DateTime<Utc>,
    /// Where it is on its way to the server.
    pub state: ItemState,
}

/// What an outside system saw (M1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventView {
    /// Which.
    pub id: RecordId,
    /// What happened.
    pub event: Word,
    /// With which customer.
    pub customer: CustomerId,
    /// Their name.
    pub customer_name: String,
    /// Whose action it was, if it was one of the team.
    pub person: Option<PersonView>,
    /// The touch it belongs to.
    pub touch: Option<TouchId>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The system.
    pub system: String,
    /// Its id there.
    pub external_id: String,
    /// What ties events together there.
    pub thread: Option<String>,
    /// Whether the customer answered with it.
    pub feedback: bool,
}
