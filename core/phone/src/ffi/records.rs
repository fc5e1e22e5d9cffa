//! Records of crates that know nothing of this one: named again for Kotlin and Swift, field by field, which the compiler compares.

use chrono::{NaiveDate as Day, NaiveTime as TimeOfDay};
use chuda_evidence::proof::{Check, Report as ProofReport};
use chuda_record::id::CustomerId;
use chuda_record::rules::health::{Health, Parts as HealthParts};
use chuda_record::{ContactMode, Fen, Intent};
use chuda_speech::{Draft, Segment, Slot, Transcript};

/// The result of checking a proof bundle.
#[uniffi::remote(Record)]
pub struct ProofReport {
    /// Whether every check passed.
    pub valid: bool,
    /// The checks, in the order in which they build on each other.
    pub checks: Vec<Check>,
}

/// One check of the doctor or of a proof bundle.
#[uniffi::remote(Record)]
pub struct Check {
    /// Stable word.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// A health score that explains itself (T3).
#[uniffi::remote(Record)]
pub struct Health {
    /// The sum.
    pub score: i64,
    /// Whether it is below the limit.
    pub red: bool,
    /// What it is made of.
    pub parts: HealthParts,
    /// The sum spelled out, such as `12 = 4×2 + 2×5 − 2×3`.
    pub sum: String,
}

/// What a health score is made of.
#[uniffi::remote(Record)]
pub struct HealthParts {
    /// Touches in the window.
    pub touches: i64,
    /// Valid evidence in the window.
    pub evidence: i64,
    /// Whole days past the last touch plus the grace.
    pub overdue_days: i64,
}

/// What was said in a recording. Silence gives an empty one.
#[uniffi::remote(Record)]
pub struct Transcript {
    /// The words in simplified script, with punctuation.
    pub text: String,
    /// The words exactly as the model wrote them.
    pub raw_text: String,
    /// The same words by time.
    pub segments: Vec<Segment>,
}

/// A stretch of speech.
#[uniffi::remote(Record)]
pub struct Segment {
    /// Milliseconds from the start of the recording.
    pub start_ms: i64,
    /// Milliseconds from the start of the recording.
    pub end_ms: i64,
    /// The words.
    pub text: String,
    /// How sure the model is of the words: 0 to 1.
    pub confidence: f32,
}

/// What a transcript says about a touch. Empty where it says nothing.
#[uniffi::remote(Record)]
pub struct Draft {
    /// The transcript as it is shown, with names and words of the trade corrected.
    pub text: String,
    /// The customer.
    pub customer: Option<CustomerSlot>,
    /// The customer's full name.
    pub customer_name: Option<String>,
    /// Customers to choose from, best first, when the sound cannot tell which is meant.
    pub customer_candidates: Vec<CustomerId>,
    /// How the customer was reached.
    pub contact_mode: Option<ModeSlot>,
    /// Key of the core action, such as `quote`.
    pub action: Option<TextSlot>,
    /// Key of the progress brief's option, such as `demo_done`.
    pub brief: Option<TextSlot>,
    /// The next step, in the words of the text.
    pub next_action: Option<TextSlot>,
    /// The day of the next step; of a limit (两天内, 月底前) its last day.
    pub next_date: Option<DaySlot>,
    /// The time of the next step.
    pub next_time: Option<TimeSlot>,
    /// The amount quoted or signed.
    pub amount: Option<AmountSlot>,
    /// Who is to answer a technical question, as called: 李工.
    pub tech_owner: Option<TextSlot>,
    /// In how many days the answer is due.
    pub response_within_days: Option<CountSlot>,
    /// Whether custom development is part of it.
    pub custom_development: bool,
    /// The intent level, when said by its letter.
    pub intent: Option<IntentSlot>,
}

/// Slots by what they hold: neither Kotlin nor Swift gets a generic type.
macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident: $value:ty,)*) => {$(
        type $name = Slot<$value>;

        $(#[$doc])*
        #[uniffi::remote(Record)]
        pub struct $name {
            /// What it means.
            pub value: $value,
            /// The words of the text that say it.
            pub words: String,
            /// How sure that is: 0 to 1.
            pub confidence: f32,
        }
    )*};
}

slots! {
    /// Which customer a transcript names.
    CustomerSlot: CustomerId,
    /// How it says the customer was reached.
    ModeSlot: ContactMode,
    /// Words, or the key of an option, that it says.
    TextSlot: String,
    /// A day that it says.
    DaySlot: Day,
    /// A time that it says.
    TimeSlot: TimeOfDay,
    /// An amount that it says.
    AmountSlot: Fen,
    /// A number that it says.
    CountSlot: i32,
    /// An intent level that it says.
    IntentSlot: Intent,
}
