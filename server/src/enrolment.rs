//! Enrolment: a one-time code turns a device's key into a person's device.

use chrono::{DateTime, TimeDelta, Utc};
use chuda_record::id::{Hash, PersonId};
use chuda_record::wire::api::{Enrolled, Enrolment};
use chuda_record::{Kind, Result};
use chuda_words::keys;

use crate::audit::{self, Act, By, Verb};
use crate::store::{DeviceRow, Tx};

/// How long a code can be used.
const CODE_LIFETIME: TimeDelta = TimeDelta::days(7);
/// Failed attempts are counted over this time.
const FAILURE_WINDOW: TimeDelta = TimeDelta::minutes(10);
/// How many failures are kept of one address in that time. What is wrong beyond that is told to wait; what is right is taken, so that
/// nobody is locked out for the fault of others behind the same address.
const MAX_FAILURES: u32 = 20;
/// Letters and digits that nobody takes for another: no 0 O 1 I L U.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 30^12 is 59 bits: whoever tries two thousand a second for the seven days of a thousand codes finds one in 400,000 such weeks.
const CODE_LENGTH: usize = 12;

/// Why a device is not enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    CodeWrong,
    CodeUsed,
    CodeExpired,
    /// It is somebody's already, by another code.
    DeviceKnown,
    TooManyAttempts,
}

impl Refused {
    /// Its stable key.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::CodeWrong => keys::ENROL_CODE_WRONG,
            Self::CodeUsed => keys::ENROL_CODE_USED,
            Self::CodeExpired => keys::ENROL_CODE_EXPIRED,
            Self::DeviceKnown => keys::ENROL_DEVICE_KNOWN,
            Self::TooManyAttempts => keys::ENROL_TOO_MANY_ATTEMPTS,
        }
    }
}

/// Enrols a device that has shown that it holds the key; `public_key` is the one that it brings, decoded. Sent again after a lost
/// answer, it gives the same answer. A refusal is counted in the same transaction.
pub(crate) fn enrol(
    tx: &Tx<'_>,
    enrolment: &Enrolment,
    public_key: Vec<u8>,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Result<Enrolled, Refused>> {
    let since = (now - FAILURE_WINDOW).timestamp_millis();
    tx.forget_enrol_failures(since)?;
    let refused = |refused: Refused| {
        if tx.enrol_failures(address, since)? >= MAX_FAILURES {
            return Ok(Err(Refused::TooManyAttempts));
        }
        tx.add_enrol_failure(address, now.timestamp_millis())?;
        tracing::warn!(key = refused.key(), "enrolment refused");
        Ok(Err(refused))
    };
    let hash = code_hash(&enrolment.code);
    let Some(code) = tx.code(hash)? else { return refused(Refused::CodeWrong) };
    let people = tx.people()?;
    let Some(person) = people.get(&code.person).filter(|person| !person.left) else { return refused(Refused::CodeWrong) };
    let answer = Enrolled {
        person: code.person,
        name: person.name.clone(),
        roles: person.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        server_time: now.timestamp_millis(),
    };
    match (tx.device(enrolment.device)?, code.used_by) {
        // The answer was lost, and the device asks again.
        (Some(known), Some(used_by)) if used_by == known.id && known.public_key == public_key && known.revoked_at.is_none() => {
            return Ok(Ok(answer));
        }
        (_, Some(_)) => return refused(Refused::CodeUsed),
        // What the server writes is told by this id.
        (None, None) if enrolment.device == tx.own_device()? => return Ok(Err(Refused::DeviceKnown)),
        (Some(_), None) => return Ok(Err(Refused::DeviceKnown)),
        (None, None) if code.expires_at <= now.timestamp_millis() => return refused(Refused::CodeExpired),
        (None, None) => {}
    }
    let first = !tx.people_with_device()?.contains(&code.person);
    tx.use_code(hash, enrolment.device)?;
    tx.add_device(&DeviceRow {
        id: enrolment.device,
        person: code.person,
        public_key,
        platform: enrolment.platform.clone(),
        enrolled_at: now.timestamp_millis(),
        revoked_at: None,
        sends_until: None,
    })?;
    let by = By::device(code.person, enrolment.device);
    audit::log(tx, now, &by, Act::new(Verb::Enrolled).on(code.person, Kind::Person))?;
    if first {
        tx.fill_inbox(code.person)?;
    }
    tracing::info!(device = %enrolment.device, person = %code.person, "device enrolled");
    Ok(Ok(answer))
}

/// Gives out a one-time code for somebody.
pub(crate) fn issue_code(tx: &Tx<'_>, person: PersonId, now: DateTime<Utc>) -> Result<String> {
    let code = new_code()?;
    tx.add_code(code_hash(&code), person, (now + CODE_LIFETIME).timestamp_millis())?;
    audit::log(tx, now, &By::admin(), Act::new(Verb::CodeIssued).on(person, Kind::Person))?;
    Ok(code)
}

/// A new code, in two groups that are easy to read out.
fn new_code() -> Result<String> {
    let mut code = String::with_capacity(CODE_LENGTH + 1);
    while code.len() < CODE_LENGTH + 1 {
        let [byte] = crate::random::bytes::<1>()?;
        // 240 is the largest multiple of 30 below 256: every letter is equally likely.
        if byte < 240 {
            code.push(ALPHABET[usize::from(byte) % ALPHABET.len()].into());
            if code.len() == CODE_LENGTH / 2 {
                code.push('-');
            }
        }
    }
    Ok(code)
}

/// What is kept of a code. It has enough entropy not to need salt.
fn code_hash(code: &str) -> Hash {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    Hash::of(plain.as_bytes())
}
