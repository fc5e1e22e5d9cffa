//! What comes out: what screens show. No view asks for a second look-up.

use std::time::SystemTime;

use chrono::{NaiveDate as Day, NaiveTime as TimeOfDay};
use chuda_evidence::proof;
use chuda_phone::query::view::{self, Grade, TouchStatus};
use chuda_phone::workbench;
use chuda_phone::workbench::TouchDraft;
use chuda_record::id::{ContactId, CustomerId, DeviceId, EvidenceId, Hash, LeadId, PersonId, RecordId, ReportId, TaskId, TouchId};
use chuda_record::rules::config::{self, Config, ExtraType};
use chuda_record::rules::health;
use chuda_record::rules::metrics::Outcome;
use chuda_record::{ContactMode, Fen, Intent, Kind, Role, Stage};
use chuda_speech::{self as speech, understand};

use crate::convert::{To, mirror};

mirror! {
    /// A word of the configuration: the key that is stored, and what a screen shows.
    Word of view::Word {
        /// Stored.
        key: String,
        /// On a Chinese screen.
        zh: String,
        /// On an English screen.
        en: String,
    }

    /// A person by name.
    PersonView of view::PersonView {
        /// Who.
        id: PersonId,
        /// Name; empty as long as the person's record has not arrived.
        name: String,
        /// What they do.
        roles: Vec<Role>,
        /// Whom they report to.
        reports_to: Option<PersonId>,
    }

    /// A customer in a list or on top of its page.
    CustomerView of view::CustomerView {
        /// Which.
        id: CustomerId,
        /// Full name.
        name: String,
        /// The name people say.
        short: Option<String>,
        /// Where it stands (H1).
        stage: Stage,
        /// Who has it.
        holder: Option<PersonView>,
        /// Since when.
        since: SystemTime,
        /// Its lead.
        lead: Option<LeadId>,
        /// What happened last.
        last: Option<LastEvent>,
        /// Intent level.
        intent: Option<Intent>,
        /// Health with its sum (T3).
        health: Health,
        /// The last touch.
        last_touch: Option<SystemTime>,
        /// Fields that were changed at the same time by two people; somebody has to look.
        conflicts: Vec<String>,
        /// People on the customer's side.
        contacts: Vec<ContactView>,
        /// Which of them forms name unless another is given.
        contact: Option<ContactId>,
        /// Installation address.
        address: Option<String>,
        /// Device model.
        model: Option<String>,
    }

    /// The last thing that happened with a customer.
    LastEvent of view::LastEvent {
        /// When.
        at: SystemTime,
        /// What: an action, a stage, a contract's state.
        what: Word,
        /// Who did it.
        by: Option<PersonView>,
    }

    /// A person on the customer's side.
    ContactView of view::ContactView {
        /// Which.
        id: ContactId,
        /// Name.
        name: String,
        /// What they do there.
        position: Option<String>,
        /// What they are to the deal (N1): IT, legal, end user …
        role: Option<Word>,
        /// Phone number.
        phone: Option<String>,
    }

    /// A touch.
    TouchView of view::TouchView {
        /// Which.
        id: TouchId,
        /// Whose.
        person: PersonView,
        /// Customer.
        customer: CustomerId,
        /// The customer's name.
        customer_name: String,
        /// How.
        mode: ContactMode,
        /// What.
        action: Word,
        /// When.
        at: SystemTime,
        /// On which day, where it happened.
        day: Day,
        /// Whether it counts.
        status: TouchStatus,
        /// What it is filed as (T2).
        category: Option<Word>,
        /// Progress brief (B1).
        brief: Option<Word>,
        /// Who answers the technical question (B2): a name.
        tech_owner: Option<String>,
        /// Whether that name is not in the people list (未在通讯录).
        tech_owner_unknown: bool,
        /// When the answer is expected.
        response_by: Option<Day>,
        /// Amount.
        amount: Option<Fen>,
        /// Custom development.
        custom_development: bool,
        /// Intent level seen.
        intent: Option<Intent>,
        /// The customer answered.
        feedback: bool,
        /// Who was touched (N1).
        contact: Option<String>,
        /// What that person is to the deal.
        contact_role: Option<Word>,
        /// Whether what was sent was opened in time (M1), where anybody can tell.
        opened: Option<Outcome>,
        /// What comes next.
        next_action: Option<String>,
        /// When.
        next_date: Option<Day>,
        /// At what time.
        next_time: Option<TimeOfDay>,
        /// Free text.
        note: Option<String>,
        /// Fields that a supervisor added to the form (T6), in the order they are asked.
        extra: Vec<ExtraView>,
        /// What proves it.
        evidence: Vec<EvidenceView>,
        /// Fields changed at the same time by two people.
        conflicts: Vec<String>,
        /// Where it is on its way to the server.
        state: ItemState,
    }

    /// What was filled into an added field (T6).
    ExtraView of view::ExtraView {
        /// Its label.
        field: Word,
        /// As stored: text, a number, money in yuan, a day, `true` or `false`.
        value: String,
    }

    /// One piece of evidence.
    EvidenceView of view::EvidenceView {
        /// Which.
        id: EvidenceId,
        /// SHA-256 of the original bytes.
        sha256: Hash,
        /// SHA-256 of the claim.
        claim: Hash,
        /// Number of bytes.
        size: i64,
        /// What it is, such as `image/jpeg`.
        mime: String,
        /// `camera`, `gallery`, `file` or `recording`.
        source: String,
        /// When it was captured.
        captured_at: SystemTime,
        /// Trust grade.
        grade: Grade,
        /// Flags, as keys.
        flags: Vec<String>,
        /// Whether it opens.
        readable: bool,
        /// Why not, as a key.
        unreadable: Option<String>,
        /// Whether it counts as valid evidence (T3).
        valid: bool,
        /// Consent of a recording: `self` or `told`.
        consent: Option<String>,
        /// What a recording says.
        transcript: Option<String>,
        /// The touch it belongs to.
        touch: Option<TouchId>,
        /// Whether the bytes are on this device.
        here: bool,
        /// Where the bytes are on their way to the server.
        state: ItemState,
    }

    /// A task or to-do.
    TaskView of view::TaskView {
        /// Which.
        id: TaskId,
        /// What kind: key and title.
        kind: Word,
        /// Something to know rather than to do: it is ticked off.
        notice: bool,
        /// About whom.
        customer: Option<CustomerId>,
        /// Their name.
        customer_name: Option<String>,
        /// The record it came from.
        source: RecordId,
        /// What that is: `touch`, `contract` …; none as long as it has not arrived.
        source_kind: Option<String>,
        /// What of it matters for the task: field by field, in the order to show them.
        about: Vec<FactView>,
        /// The rule that made it.
        rule: String,
        /// What held: `action = quote, evidence = application/pdf`.
        because: Option<String>,
        /// The answers that can be given.
        choices: Vec<Word>,
        /// The words that help.
        script_pack: Option<ScriptPack>,
        /// When it came up.
        created_at: SystemTime,
        /// When it should be done.
        due: Option<SystemTime>,
        /// When it was done.
        done_at: Option<SystemTime>,
        /// By whom; none: it came to nothing by itself.
        done_by: Option<PersonView>,
        /// With which answer.
        choice: Option<Word>,
        /// Why.
        reason: Option<String>,
        /// Whether an attachment it is about has not reached the server yet (附件上传中).
        attachment_uploading: bool,
    }

    /// One field of a record as a person reads it.
    FactView of view::FactView {
        /// The field, such as `amount`.
        field: String,
        /// Its value: an option in both languages, a person by name, an amount in yuan.
        value: Word,
    }

    /// Words that help (话术包).
    ScriptPack of view::ScriptPack {
        /// Which, with its title.
        title: Word,
        /// The words.
        text: String,
    }

    /// One line of the sync list.
    StatusItem of view::StatusItem {
        /// The record.
        id: RecordId,
        /// `customer`, `touch`, … or `blob`.
        kind: String,
        /// What it says about itself, such as the customer's name.
        title: String,
        /// Where it is.
        state: ItemState,
        /// Number of bytes of a blob.
        size: Option<i64>,
    }

    /// The status line of the home screen.
    SyncSummary of view::SyncSummary {
        /// Whether this phone belongs to a server.
        enrolled: bool,
        /// Records that wait.
        records_waiting: i64,
        /// Blobs that wait.
        blobs_waiting: i64,
        /// Their bytes.
        bytes_waiting: i64,
        /// Share of those bytes that the server has, in percent.
        percent: i32,
        /// Items that somebody has to look at.
        attention: i64,
        /// The last exchange that succeeded.
        last_sync: Option<SystemTime>,
    }

    /// A daily report.
    ReportView of view::ReportView {
        /// Which.
        id: ReportId,
        /// Whose.
        person: PersonView,
        /// Of which day.
        day: Day,
        /// Its touches.
        touches: Vec<TouchView>,
        /// Brief per customer (B1).
        briefs: Vec<CustomerBrief>,
        /// Key action for tomorrow.
        tomorrow: String,
        /// Fewer than three touches.
        short: bool,
        /// Why.
        reason: Option<Word>,
        /// Filed after the day (补报).
        late: bool,
        /// When it was filed.
        filed_at: SystemTime,
        /// Corrections made after the day.
        corrections: Vec<String>,
        /// Whether 撤销 still works.
        can_withdraw: bool,
        /// Fields changed at the same time on two devices.
        conflicts: Vec<String>,
        /// Where it is.
        state: ItemState,
    }

    /// The brief of one customer in a report (B1).
    CustomerBrief of view::CustomerBrief {
        /// Whose.
        customer: CustomerId,
        /// Their name.
        customer_name: String,
        /// What it says.
        brief: Word,
    }

    /// The 今日日报 card.
    ReportCard of view::ReportCard {
        /// The day.
        day: Day,
        /// The report, once filed.
        filed: Option<ReportView>,
        /// Touches of the day that would be in it (drafts do not count).
        touches: Vec<TouchView>,
        /// How many are missing for a full report.
        missing: i32,
        /// The brief that each customer of the day gets (B1): as it was filed, as a touch says it, else as the actions suggest.
        briefs: Vec<BriefView>,
        /// Touches recorded after filing: 更新日报 is offered.
        can_update: bool,
        /// Suggested key actions for tomorrow, best first; empty only for a person without any customer.
        suggestions: Vec<String>,
        /// Reasons for a short report.
        reasons: Vec<Word>,
    }

    /// The brief of a customer on a day (B1).
    BriefView of view::BriefView {
        /// The day.
        day: Day,
        /// The customer.
        customer: CustomerId,
        /// Their name.
        customer_name: String,
        /// Whose day it was.
        person: PersonView,
        /// How the customer stands.
        brief: Word,
        /// Whether it stands in a filed report; otherwise it follows from the touches so far.
        filed: bool,
    }

    /// The home screen, whole.
    HomeView of view::HomeView {
        /// Whose.
        person: PersonView,
        /// When it was made.
        now: SystemTime,
        /// Status line.
        sync: SyncSummary,
        /// Report card.
        report: ReportCard,
        /// Touches of the day, drafts included, newest first.
        touches_today: Vec<TouchView>,
        /// Open tasks, most urgent first.
        tasks: Vec<TaskView>,
        /// What there is to know.
        notices: Vec<TaskView>,
        /// Red customers, reddest first.
        red_customers: Vec<CustomerView>,
    }

    /// What a rule will do once the server has the record.
    Triggered of view::Triggered {
        /// The rule.
        rule: String,
        /// What it does, as a key, such as `task:quote_approval` or `category:quote_pending`.
        effect: String,
        /// What held: `action = quote, evidence = application/pdf`.
        because: String,
    }

    /// A claim in the chain of this device.
    ClaimView of view::ClaimView {
        /// The evidence it is about.
        evidence: EvidenceId,
        /// Its place in the chain.
        sequence: i64,
        /// SHA-256 of the claim.
        hash: Hash,
        /// Whether it has been signed yet.
        signed: bool,
    }
}

mirror! {
    /// Who works on this phone.
    Identity of workbench::Identity {
        /// The person.
        person: PersonView,
        /// This installation.
        device: DeviceId,
        /// The server it belongs to, if any.
        server: Option<String>,
    }

    /// A recorded touch.
    TouchSaved of workbench::TouchSaved {
        /// As it is now.
        touch: TouchView,
        /// What the rules will do with it once the server has it.
        triggered: Vec<Triggered>,
        /// The claims of its evidence.
        claims: Vec<ClaimView>,
    }

    /// Kept evidence.
    EvidenceSaved of workbench::EvidenceSaved {
        /// As it is now; `readable` is false when its bytes can't be opened, which are kept all the same.
        evidence: EvidenceView,
        /// Its claim.
        claim: ClaimView,
    }

    /// What was understood of a recording. Nothing is saved before it is confirmed.
    VoiceDraft of workbench::VoiceDraft {
        /// The recording, kept as evidence.
        evidence: EvidenceView,
        /// What the engine heard.
        transcript: Transcript,
        /// What was understood.
        draft: Draft,
        /// The customers to choose from, when the sound could not decide.
        candidates: Vec<Candidate>,
        /// The same as a touch that can be recorded, evidence included; what was not said is left open.
        touch: TouchDraft,
    }

    /// A customer to choose.
    Candidate of workbench::Candidate {
        /// Which.
        id: CustomerId,
        /// Full name.
        name: String,
    }

    /// How an exchange went.
    SyncReport of workbench::SyncReport {
        /// Changes the server took.
        pushed: i64,
        /// Changes that came.
        pulled: i64,
        /// Documents it did not take.
        rejected: Vec<RejectedView>,
        /// Blobs.
        blobs: BlobsReport,
        /// Requests made for records.
        round_trips: i64,
        /// Bytes sent, headers left out.
        bytes_up: i64,
        /// Bytes received, headers left out.
        bytes_down: i64,
    }

    /// How the blobs went.
    BlobsReport of workbench::BlobsReport {
        /// Whose hash the server has echoed in this sync.
        sent: i64,
        /// Still to go.
        left: i64,
    }

    /// A document the server did not take.
    RejectedView of workbench::RejectedView {
        /// Which.
        document: RecordId,
        /// Why: as a key.
        reason: String,
    }

    /// Everything a person should be able to look at.
    StatusView of workbench::StatusView {
        /// Items that are not at rest, and those that were sent last.
        items: Vec<StatusItem>,
        /// The counts.
        summary: SyncSummary,
    }

    /// The result of checking a proof bundle.
    ProofReport of proof::Report {
        /// Whether every check passed.
        valid: bool,
        /// The checks, in the order in which they build on each other.
        checks: Vec<Check>,
    }

    /// One check of the doctor or of a proof bundle.
    Check of workbench::Check {
        /// Stable word.
        name: String,
        /// Whether it is as it should be.
        ok: bool,
        /// What was found.
        detail: String,
    }

    /// A health score that explains itself (T3).
    Health of health::Health {
        /// The sum.
        score: i64,
        /// Whether it is below the limit.
        red: bool,
        /// What it is made of.
        parts: HealthParts,
        /// The sum spelled out, such as `12 = 4×2 + 2×5 − 2×3`.
        sum: String,
    }

    /// What a health score is made of.
    HealthParts of health::Parts {
        /// Touches in the window.
        touches: i64,
        /// Valid evidence in the window.
        evidence: i64,
        /// Whole days past the last touch plus the grace.
        overdue_days: i64,
    }

    /// What was said in a recording. Silence gives an empty one.
    Transcript of speech::Transcript {
        /// The words in simplified script, with punctuation.
        text: String,
        /// The words exactly as the model wrote them.
        raw_text: String,
        /// The same words by time.
        segments: Vec<Segment>,
    }

    /// A stretch of speech.
    Segment of speech::Segment {
        /// Milliseconds from the start of the recording.
        start_ms: i64,
        /// Milliseconds from the start of the recording.
        end_ms: i64,
        /// The words.
        text: String,
        /// How sure the model is of the words: 0 to 1.
        confidence: f32,
    }

    /// What a transcript says about a touch. Empty where it says nothing.
    Draft of understand::Draft {
        /// The transcript as it is shown, with names and words of the trade corrected.
        text: String,
        /// The customer.
        customer: Option<CustomerSlot>,
        /// The customer's full name.
        customer_name: Option<String>,
        /// Customers to choose from, best first, when the sound cannot tell which is meant.
        customer_candidates: Vec<CustomerId>,
        /// How the customer was reached.
        contact_mode: Option<ModeSlot>,
        /// Key of the core action, such as `quote`.
        action: Option<TextSlot>,
        /// Key of the progress brief's option, such as `demo_done`.
        brief: Option<TextSlot>,
        /// The next step, in the words of the text.
        next_action: Option<TextSlot>,
        /// The day of the next step; of a limit (两天内, 月底前) its last day.
        next_date: Option<DaySlot>,
        /// The time of the next step.
        next_time: Option<TimeSlot>,
        /// The amount quoted or signed.
        amount: Option<AmountSlot>,
        /// Who is to answer a technical question, as called: 李工.
        tech_owner: Option<TextSlot>,
        /// In how many days the answer is due.
        response_within_days: Option<CountSlot>,
        /// Whether custom development is part of it.
        custom_development: bool,
        /// The intent level, when said by its letter.
        intent: Option<IntentSlot>,
    }

    /// Which customer a transcript names.
    CustomerSlot of understand::Slot::<CustomerId> {
        /// What it means.
        value: CustomerId,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }

    /// How it says the customer was reached.
    ModeSlot of understand::Slot::<ContactMode> {
        /// What it means.
        value: ContactMode,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }

    /// Words, or the key of an option, that it says.
    TextSlot of understand::Slot::<String> {
        /// What it means.
        value: String,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }

    /// A day that it says.
    DaySlot of understand::Slot::<Day> {
        /// What it means.
        value: Day,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }

    /// A time that it says.
    TimeSlot of understand::Slot::<TimeOfDay> {
        /// What it means.
        value: TimeOfDay,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }

    /// An amount that it says.
    AmountSlot of understand::Slot::<Fen> {
        /// What it means.
        value: Fen,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }

    /// A number that it says.
    CountSlot of understand::Slot::<u32> {
        /// What it means.
        value: i32,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }

    /// An intent level that it says.
    IntentSlot of understand::Slot::<Intent> {
        /// What it means.
        value: Intent,
        /// The words of the text that say it.
        words: String,
        /// How sure that is: 0 to 1.
        confidence: f32,
    }
}

/// Where an item is on its way.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum ItemState {
    /// 已存本机: there is no server yet.
    SavedHere,
    /// 待传.
    Waiting,
    /// 上传 n %.
    Uploading {
        /// Of its bytes.
        percent: i32,
    },
    /// 服务器已校验: the server has echoed the hash.
    Verified,
    /// 失败: refused; can be redone.
    Failed {
        /// Why, as a key.
        reason: String,
    },
    /// 冲突: two people changed the same field.
    Conflict,
}

impl To<ItemState> for view::ItemState {
    fn to(self) -> ItemState {
        match self {
            Self::SavedHere => ItemState::SavedHere,
            Self::Waiting => ItemState::Waiting,
            Self::Uploading { percent } => ItemState::Uploading { percent: percent.to() },
            Self::Verified => ItemState::Verified,
            Self::Failed { reason } => ItemState::Failed { reason },
            Self::Conflict => ItemState::Conflict,
        }
    }
}

impl To<Check> for proof::Check {
    fn to(self) -> Check {
        Check { name: self.name.to(), ok: self.ok, detail: self.detail }
    }
}

/// What words say about a touch.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Understood {
    /// What was understood.
    pub draft: Draft,
    /// The customers to choose from, when the words could not decide.
    pub candidates: Vec<Candidate>,
}

impl To<Understood> for (speech::Draft, Vec<workbench::Candidate>) {
    fn to(self) -> Understood {
        Understood { draft: self.0.to(), candidates: self.1.to() }
    }
}

/// The lists an app offers, in the order to offer them.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Options {
    /// The configuration's number.
    pub version: i64,
    /// Core actions (T1).
    pub actions: Vec<Choice>,
    /// Progress briefs (B1).
    pub briefs: Vec<Choice>,
    /// Why a report may be short (T4).
    pub short_reasons: Vec<Choice>,
    /// Fields that a supervisor added to the form of a touch (T6): a draft takes them as `extra`.
    pub added_fields: Vec<AddedField>,
}

impl To<Options> for &Config {
    fn to(self) -> Options {
        let list = |choices: &[config::Choice]| choices.iter().filter(|choice| !choice.retired).cloned().collect::<Vec<_>>().to();
        Options {
            version: self.version,
            actions: list(&self.actions),
            briefs: list(&self.briefs),
            short_reasons: list(&self.short_reasons),
            added_fields: self.form(Kind::Touch).iter().filter_map(added).collect(),
        }
    }
}

/// A field that a supervisor added to a form.
#[derive(Clone, Debug, uniffi::Record)]
pub struct AddedField {
    /// Its label; the key is the one under which a draft takes it.
    pub label: Word,
    /// What it holds.
    pub holds: ExtraType,
    /// Whether it has to be filled in.
    pub required: bool,
}

/// What an added field holds.
#[uniffi::remote(Enum)]
pub enum ExtraType {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Money, typed in yuan.
    Money,
    /// A calendar day.
    Day,
    /// Yes or no: `true` or `false`.
    Flag,
}

fn added(field: &config::FormField) -> Option<AddedField> {
    let config::FormField { field, required, holds, zh, en } = field;
    let key = field.strip_prefix("x/")?.to_owned();
    let label = Word { zh: zh.clone()?, en: en.clone()?, key };
    Some(AddedField { label, holds: (*holds)?, required: *required })
}

/// An option of a list.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Choice {
    /// The word that is stored.
    pub key: String,
    /// The word on a Chinese screen.
    pub zh: String,
    /// The word on an English screen.
    pub en: String,
    /// Whether a touch with this action counts for touch density (D1).
    pub counts_for_density: bool,
    /// The brief that this action suggests (B1).
    pub brief: Option<String>,
    /// What to ask for when it is chosen (R3), such as 请上传操作界面截图.
    pub prompt: Option<String>,
    /// Whether the answer needs a reason.
    pub needs_reason: bool,
}

impl To<Choice> for config::Choice {
    fn to(self) -> Choice {
        let Self { key, zh, en, counts_for_density, brief, prompt, needs_reason, .. } = self;
        Choice { key, zh, en, counts_for_density, brief, prompt, needs_reason }
    }
}
