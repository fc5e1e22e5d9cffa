//! What screens show. Shells show these and nothing else: no view asks for a second look-up.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Serialize;

use crate::id::{BackCheckId, ContactId, CustomerId, EvidenceId, Hash, PersonId, RecordId, ReportId, TaskId, TouchId};
use crate::record::backcheck::Answer;
use crate::record::{ContactMode, Fen, Intent, Role, Stage};
use crate::rules::Health;
use crate::rules::metrics::{Line, Week};

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
    /// What comes next.
    pub next_action: Option<String>,
    /// When.
    pub next_date: Option<NaiveDate>,
    /// At what time.
    pub next_time: Option<NaiveTime>,
    /// Free text.
    pub note: Option<String>,
    /// What proves it.
    pub evidence: Vec<EvidenceView>,
    /// Fields changed at the same time by two people.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    pub state: ItemState,
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
    /// About whom.
    pub customer: Option<CustomerId>,
    /// Their name.
    pub customer_name: Option<String>,
    /// The record it came from.
    pub source: RecordId,
    /// The answers that can be given.
    pub choices: Vec<Word>,
    /// The words that help.
    pub script_pack: Option<String>,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// When it should be done.
    pub due: Option<DateTime<Utc>>,
    /// When it was done.
    pub done_at: Option<DateTime<Utc>>,
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
    /// 失败: refused, with the reason as a key of [`crate::record::Rejection`]; can be redone.
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
    /// How many are missing for a full report.
    pub missing: u32,
    /// Touches recorded after filing: 更新日报 is offered.
    pub can_update: bool,
    /// Suggested key actions for tomorrow, best first; empty only for a person without any customer.
    pub suggestions: Vec<String>,
    /// Reasons for a short report.
    pub reasons: Vec<Word>,
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
    /// Red customers, reddest first.
    pub red_customers: Vec<CustomerView>,
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
    /// What it looked at, as a key of [`crate::rules::machine::CHECKS`]; of a rule `rule:` and its name.
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
