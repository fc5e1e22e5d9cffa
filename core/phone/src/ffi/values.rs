//! Ids, instants, days, amounts and short lists of other crates: given a form in Kotlin and Swift.

use std::time::SystemTime;

use chrono::{DateTime, NaiveDate as Day, NaiveTime as TimeOfDay, Utc};
use chuda_evidence::claim::{Consent, Source};
use chuda_record::Error;
use chuda_record::id::{ContactId, CustomerId, DeviceId, EvidenceId, Hash, LeadId, PersonId, RecordId, ReportId, TaskId, TouchId};
use chuda_record::rules::config::ExtraType;
use chuda_record::rules::metrics::Outcome;
use chuda_record::{ContactMode, Fen, Intent, Role, Stage};
use chuda_words::keys;

use super::errors::Result;

/// A type that crosses as a string; one that can't be read is the caller's error, named by `key`.
macro_rules! text {
    ($($(#[$doc:meta])* $name:ident: $key:expr,)*) => {$(
        uniffi::custom_type!(
            $(#[$doc])*
            $name, String, {
            remote,
            try_lift: |text| Ok(read::<$name>(&text, $key)?),
            lower: |value| value.to_string(),
        });
    )*};
}

text! {
    /// Names any record: a UUID.
    RecordId: keys::ID_MALFORMED,
    /// Names a person of the team: a UUID.
    PersonId: keys::ID_MALFORMED,
    /// Names a customer: a UUID.
    CustomerId: keys::ID_MALFORMED,
    /// Names a person on a customer's side: a UUID.
    ContactId: keys::ID_MALFORMED,
    /// Names a lead: a UUID.
    LeadId: keys::ID_MALFORMED,
    /// Names a touch: a UUID.
    TouchId: keys::ID_MALFORMED,
    /// Names a piece of evidence: a UUID.
    EvidenceId: keys::ID_MALFORMED,
    /// Names a daily report: a UUID.
    ReportId: keys::ID_MALFORMED,
    /// Names a task: a UUID.
    TaskId: keys::ID_MALFORMED,
    /// Names one installation on one phone: a UUID.
    DeviceId: keys::ID_MALFORMED,
    /// A calendar day of the person whose record it is, such as 2026-11-23.
    Day: keys::DAY_MALFORMED,
    /// A time of day in the person's zone, such as 15:30:00.
    TimeOfDay: keys::TIME_MALFORMED,
}

fn read<T: std::str::FromStr>(text: &str, key: &'static str) -> Result<T> {
    text.parse().map_err(|_| Error::invalid(key).into())
}

uniffi::custom_type!(
    /// SHA-256 in hexadecimal: 64 characters.
    Hash, String, {
    remote,
    try_lift: |text| Ok(read::<Hash>(&text, keys::HASH_MALFORMED)?),
    lower: |hash| hash.to_string(),
});

uniffi::custom_type!(
    /// Money in fen: 1/100 yuan.
    Fen, i64, {
    remote,
    try_lift: |fen| Ok(Fen(fen)),
    lower: |amount| amount.0,
});

type Instant = DateTime<Utc>;

uniffi::custom_type!(
    /// A moment.
    Instant, SystemTime, {
    remote,
    try_lift: |at| Ok(at.into()),
    lower: |at| at.into(),
});

/// What became of something that is waited for, such as the opening of what was sent.
#[uniffi::remote(Enum)]
pub enum Outcome {
    /// It came in time.
    Met,
    /// There is time left.
    Open,
    /// It did not come in time; it may have come later.
    Missed,
}

/// How the customer was reached (T1).
#[uniffi::remote(Enum)]
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

/// How likely a customer is to buy (意向等级).
#[uniffi::remote(Enum)]
pub enum Intent {
    /// Highest.
    A,
    /// High.
    B,
    /// Low.
    C,
    /// None at present.
    D,
}

/// Where a customer stands (H1).
#[uniffi::remote(Enum)]
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

/// What someone does in the team. One person can have several roles.
#[uniffi::remote(Enum)]
pub enum Role {
    /// Sales rep (销售代表).
    Rep,
    /// Supervisor (销售主管).
    Supervisor,
    /// Sales director (销售总监).
    Director,
    /// Pre-sales (售前).
    Presales,
    /// Finance (财务专员).
    Finance,
    /// Delivery manager (交付经理).
    Delivery,
    /// Delivery director (交付总监).
    DeliveryDirector,
    /// Customer success manager (客户成功经理).
    CustomerSuccess,
    /// Product manager (产品经理).
    Product,
    /// Tech owner (技术负责人).
    Tech,
    /// Legal and seal keeper (法务, 用印).
    Legal,
    /// People, reporting lines, devices.
    Admin,
    /// Reads and exports, changes nothing.
    Auditor,
}

/// How bytes came to the device.
#[uniffi::remote(Enum)]
pub enum Source {
    /// Taken with the app's camera.
    Camera,
    /// Picked from the photo gallery.
    Gallery,
    /// A file from elsewhere.
    File,
    /// Recorded with the app.
    Recording,
}

/// Who knew that sound was recorded.
#[uniffi::remote(Enum)]
pub enum Consent {
    /// Nobody but the speaker is on it: 仅本人口述.
    OwnVoice,
    /// The customer was told: 客户已告知录音.
    Told,
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
