//! What a machine can check of a touch before a person looks (R1): facts in, one result per check out.
//!
//! The results stand beside the questions of a back-check. They answer none of them: a catalogue sent as a quote can have its reasons.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Config;
use crate::table::List;
use crate::{Evidence, Question, Stage, Task};

/// Every check but those of rules, with the question of the default configuration that it stands beside.
pub const CHECKS: [(&str, &str); 9] = [
    ("quote_pdf", "accurate"),
    ("clock", "accurate"),
    ("location", "accurate"),
    ("bytes", "evidence"),
    ("opens", "evidence"),
    ("picture", "evidence"),
    ("speech", "evidence"),
    ("original", "evidence"),
    ("tech_answer", "follow_up"),
];
/// What the check of a rule begins with; the rule's name follows.
pub const RULE: &str = "rule:";
/// Where the checks of rules stand.
const RULES_BESIDE: &str = "follow_up";

/// What a check found. The greater one counts where there are several pieces of evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// There is nothing to check.
    NotApplicable,
    /// As it should be.
    Ok,
    /// It can't be said yet: bytes are on their way, an answer is not due.
    Pending,
    /// Something to look at, as a key.
    Problem(String),
}

impl Found {
    /// From its stored form.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "not_applicable" => Self::NotApplicable,
            "ok" => Self::Ok,
            "pending" => Self::Pending,
            _ => Self::Problem(text.strip_prefix("problem:")?.to_owned()),
        })
    }

    /// Its word: `not_applicable`, `ok`, `pending` or `problem`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotApplicable => "not_applicable",
            Self::Ok => "ok",
            Self::Pending => "pending",
            Self::Problem(_) => "problem",
        }
    }

    /// What is wrong, if something is.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Problem(key) => Some(key),
            _ => None,
        }
    }

    fn wrong(key: &str) -> Self {
        Self::Problem(key.to_owned())
    }
}

impl fmt::Display for Found {
    /// Its stored form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        self.problem().map_or(Ok(()), |key| write!(f, ":{key}"))
    }
}

/// What somebody saw who looked into the bytes of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum Seen {
    /// A document that opens.
    Document {
        /// Whether it has the words and sums of a quote.
        quote: bool,
        /// Whether it has any text; a scan has none.
        text: bool,
    },
    /// A picture that can be decoded.
    Picture {
        /// How it looks, in hexadecimal; none for HEIC, which only the platform decodes.
        look: Option<String>,
    },
    /// Bytes of a kind that is not looked into.
    Other,
    /// It does not open.
    Unreadable {
        /// Why, as a key.
        reason: String,
    },
    /// It is something else than its record says.
    AnotherKind,
}

/// What the signed claim says, compared with the record of the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It has not arrived.
    Missing,
    /// It is about other bytes, or other evidence.
    Differs,
    /// They agree.
    Agrees {
        /// Whether the place was mocked; none where no place was taken.
        mocked: Option<bool>,
    },
}

/// Whether the same was seen on another touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// Not looked for yet.
    Unknown,
    /// It was not.
    No,
    /// Much the same picture.
    Near,
    /// The very same bytes.
    Same,
}

/// One piece of evidence of a touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its record.
    pub evidence: Evidence,
    /// Its claim.
    pub claimed: Claimed,
    /// What is in its bytes; none as long as nobody has looked.
    pub seen: Option<Seen>,
    /// Whether it was used before.
    pub elsewhere: Elsewhere,
}

/// A rule that was carried out for the touch, or should have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its name.
    pub rule: String,
    /// Whether it was carried out.
    pub done: bool,
    /// What people had to do because of it; notices are not among them.
    pub tasks: Vec<Task>,
}

/// What is known of a touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether a quote was given.
    pub is_quote: bool,
    /// Its evidence, as far as the records have arrived.
    pub evidence: Vec<Piece>,
    /// How many pieces it names whose records have not.
    pub missing: usize,
    /// The technical questions that came up in it.
    pub questions: Vec<Question>,
    /// The rules.
    pub rules: Vec<Carried>,
    /// Now.
    pub now: DateTime<Utc>,
    /// Today, in the zone of the configuration's calendar.
    pub today: NaiveDate,
}

/// Whether an action means that a quote was given: one that proves that stage, or was split from one that does.
pub fn is_quote(config: &Config, action: &str) -> bool {
    let mut quoting = config.actions.iter().filter(|choice| choice.stage == Some(Stage::Quoted));
    quoting.any(|whole| config.is_part_of(List::Actions, action, &whole.key))
}

/// The question that a check stands beside.
pub fn question_of(check: &str) -> &'static str {
    CHECKS.iter().find(|(key, _)| *key == check).map_or(RULES_BESIDE, |(_, question)| question)
}

/// Checks a touch: a result for every check there is, and for every rule.
pub fn check(facts: &Facts) -> BTreeMap<String, Found> {
    let each = |one: fn(&Piece) -> Found| facts.evidence.iter().map(one).max().unwrap_or(Found::NotApplicable);
    let arriving = if facts.missing > 0 { Found::Pending } else { Found::NotApplicable };
    let mut found = BTreeMap::from([
        ("quote_pdf".to_owned(), quote_pdf(facts)),
        ("clock".to_owned(), each(clock)),
        ("location".to_owned(), each(location)),
        ("bytes".to_owned(), each(bytes).max(arriving)),
        ("opens".to_owned(), each(opens)),
        ("picture".to_owned(), each(picture)),
        ("speech".to_owned(), each(speech)),
        ("original".to_owned(), each(original)),
        ("tech_answer".to_owned(), tech_answer(facts)),
    ]);
    found.extend(facts.rules.iter().map(|carried| (format!("{RULE}{}", carried.rule), follow_up(carried, facts.now))));
    found
}

/// The bytes are on the server, and they are those that were claimed.
fn bytes(piece: &Piece) -> Found {
    match piece.claimed {
        Claimed::Differs => Found::wrong("hash_differs"),
        Claimed::Agrees { .. } if piece.evidence.is_stored() => Found::Ok,
        Claimed::Agrees { .. } | Claimed::Missing => Found::Pending,
    }
}

/// It opens: the device said so, and the server has no other proof.
fn opens(piece: &Piece) -> Found {
    match (&piece.evidence.unreadable, &piece.seen) {
        (Some(reason), _) | (None, Some(Seen::Unreadable { reason })) => Found::wrong(reason),
        (None, Some(Seen::AnotherKind)) => Found::wrong("another_kind"),
        (None, Some(_)) => Found::Ok,
        (None, None) => Found::Pending,
    }
}

fn picture(piece: &Piece) -> Found {
    if !piece.evidence.mime.starts_with("image/") {
        return Found::NotApplicable;
    }
    opens(piece)
}

fn speech(piece: &Piece) -> Found {
    if !piece.evidence.mime.starts_with("audio/") {
        return Found::NotApplicable;
    }
    match &piece.evidence.transcript {
        None => Found::Pending,
        Some(words) if words.trim().is_empty() => Found::wrong("no_speech"),
        Some(_) => Found::Ok,
    }
}

/// A photo or recording that was not used before. The same price list goes to many customers, so documents are not asked.
fn original(piece: &Piece) -> Found {
    if !piece.evidence.mime.starts_with("image/") && !piece.evidence.mime.starts_with("audio/") {
        return Found::NotApplicable;
    }
    let flagged = |flag: &str| piece.evidence.flags.contains(flag);
    match piece.elsewhere {
        Elsewhere::Same => Found::wrong("recycled"),
        _ if flagged("recycled") => Found::wrong("recycled"),
        Elsewhere::Near => Found::wrong("near_duplicate"),
        _ if flagged("near_duplicate") => Found::wrong("near_duplicate"),
        Elsewhere::Unknown => Found::Pending,
        Elsewhere::No => Found::Ok,
    }
}

fn clock(piece: &Piece) -> Found {
    let set = ["clock_set_by_hand", "clock_changed"].into_iter().find(|flag| piece.evidence.flags.contains(*flag));
    set.map_or(Found::Ok, Found::wrong)
}

fn location(piece: &Piece) -> Found {
    match piece.claimed {
        _ if piece.evidence.flags.contains("mock_location") => Found::wrong("mock_location"),
        Claimed::Agrees { mocked: Some(true) } => Found::wrong("mock_location"),
        Claimed::Agrees { mocked: Some(false) } => Found::Ok,
        Claimed::Agrees { mocked: None } | Claimed::Missing | Claimed::Differs => Found::NotApplicable,
    }
}

/// Of the PDFs of a quote one is a quote.
fn quote_pdf(facts: &Facts) -> Found {
    let mut pdfs = facts.evidence.iter().filter(|piece| piece.evidence.mime == "application/pdf").peekable();
    if !facts.is_quote || pdfs.peek().is_none() {
        return Found::NotApplicable;
    }
    let one = |piece: &Piece| match &piece.seen {
        Some(Seen::Document { quote: true, .. }) => Found::Ok,
        Some(Seen::Document { text: true, .. }) => Found::wrong("catalogue"),
        Some(Seen::Document { text: false, .. }) => Found::wrong("no_text"),
        Some(_) => Found::wrong("unreadable"),
        None => Found::Pending,
    };
    // One quote among them is enough, so the least counts.
    pdfs.map(one).min().unwrap_or(Found::NotApplicable)
}

fn tech_answer(facts: &Facts) -> Found {
    let one = |question: &Question| match question.promised {
        _ if question.answered_at.is_some() => Found::Ok,
        Some(promised) if promised < facts.today => Found::wrong("unanswered"),
        _ => Found::Pending,
    };
    facts.questions.iter().map(one).max().unwrap_or(Found::NotApplicable)
}

/// The rule was carried out, and what people had to do because of it is done.
fn follow_up(carried: &Carried, now: DateTime<Utc>) -> Found {
    if !carried.done {
        return Found::wrong("not_triggered");
    }
    let one = |task: &Task| match task.due {
        _ if task.done_at.is_some() => Found::Ok,
        Some(due) if due < now => Found::wrong("overdue"),
        _ => Found::Pending,
    };
    carried.tasks.iter().map(one).max().unwrap_or(Found::Ok)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::Origin;
    use crate::id::{CustomerId, DeviceId, Hash, PersonId, RecordId};
    use crate::time::from_millis;

    fn piece(mime: &str) -> Piece {
        let evidence = Evidence {
            author: PersonId(Uuid::nil()),
            device: DeviceId(Uuid::nil()),
            sha256: Hash([1; 32]),
            size: 1,
            mime: mime.into(),
            source: "camera".into(),
            captured_at: from_millis(0),
            claim: Hash([2; 32]),
            unreadable: None,
            flags: BTreeSet::new(),
            consent: None,
            look: None,
            touch: None,
            customer: None,
            transcript: None,
            stored_at: Some(from_millis(1)),
            lost_at: None,
        };
        let claimed = Claimed::Agrees { mocked: None };
        Piece { evidence, claimed, seen: Some(Seen::Other), elsewhere: Elsewhere::No }
    }

    fn pdf(seen: Option<Seen>) -> Piece {
        Piece { seen, ..piece("application/pdf") }
    }

    fn flagged(mime: &str, flag: &str) -> Piece {
        let mut piece = piece(mime);
        piece.evidence.flags.insert(flag.into());
        piece
    }

    fn with(evidence: Vec<Piece>) -> Facts {
        let now = from_millis(1_772_000_000_000);
        Facts { is_quote: true, evidence, missing: 0, questions: vec![], rules: vec![], now, today: now.date_naive() }
    }

    fn found(evidence: Vec<Piece>, key: &str) -> String {
        check(&with(evidence))[key].to_string()
    }

    const QUOTE: Option<Seen> = Some(Seen::Document { quote: true, text: true });
    const CATALOGUE: Option<Seen> = Some(Seen::Document { quote: false, text: true });
    const SCAN: Option<Seen> = Some(Seen::Document { quote: false, text: false });

    #[test]
    fn a_quote_is_told_from_a_catalogue_and_a_scan_is_left_to_people() {
        assert_eq!(found(vec![pdf(QUOTE)], "quote_pdf"), "ok");
        assert_eq!(found(vec![pdf(CATALOGUE)], "quote_pdf"), "problem:catalogue");
        assert_eq!(found(vec![pdf(CATALOGUE), pdf(QUOTE)], "quote_pdf"), "ok", "a brochure may come with it");
        assert_eq!(found(vec![pdf(SCAN)], "quote_pdf"), "problem:no_text");
        assert_eq!(found(vec![pdf(CATALOGUE), pdf(None)], "quote_pdf"), "pending");
        assert_eq!(found(vec![piece("image/jpeg")], "quote_pdf"), "not_applicable");
        let other = Facts { is_quote: false, ..with(vec![pdf(CATALOGUE)]) };
        assert_eq!(check(&other)["quote_pdf"], Found::NotApplicable);
    }

    #[test]
    fn bytes_that_are_on_their_way_are_pending_and_others_than_claimed_a_problem() {
        let mut waiting = piece("image/jpeg");
        (waiting.evidence.stored_at, waiting.seen) = (None, None);
        assert_eq!(found(vec![waiting.clone()], "bytes"), "pending");
        assert_eq!(found(vec![waiting.clone()], "opens"), "pending");
        assert_eq!(found(vec![waiting], "picture"), "pending");
        assert_eq!(found(vec![Piece { claimed: Claimed::Missing, ..piece("image/jpeg") }], "bytes"), "pending");
        assert_eq!(found(vec![Piece { claimed: Claimed::Differs, ..piece("image/jpeg") }], "bytes"), "problem:hash_differs");
        let unknown = Facts { missing: 1, ..with(vec![piece("image/jpeg")]) };
        assert_eq!(check(&unknown)["bytes"], Found::Pending);
    }

    #[test]
    fn what_does_not_open_says_why_whoever_found_out() {
        let mut told = piece("image/jpeg");
        told.evidence.unreadable = Some("truncated".into());
        assert_eq!(found(vec![told.clone()], "opens"), "problem:truncated");
        assert_eq!(found(vec![piece("image/jpeg"), told], "picture"), "problem:truncated", "the worst counts");
        let seen = Piece { seen: Some(Seen::Unreadable { reason: "damaged".into() }), ..piece("image/png") };
        assert_eq!(found(vec![seen], "picture"), "problem:damaged");
        assert_eq!(found(vec![pdf(Some(Seen::AnotherKind))], "opens"), "problem:another_kind");
    }

    #[test]
    fn silence_is_no_speech_and_a_recording_not_yet_heard_is_pending() {
        let said = |words: Option<&str>| {
            let mut piece = piece("audio/wav");
            piece.evidence.transcript = words.map(Into::into);
            found(vec![piece], "speech")
        };
        assert_eq!(said(None), "pending");
        assert_eq!(said(Some(" ")), "problem:no_speech");
        assert_eq!(said(Some("今天去智联演示")), "ok");
    }

    #[test]
    fn a_photo_that_was_used_before_is_told_and_a_price_list_may_be_used_again() {
        let seen = |elsewhere, mime: &str| found(vec![Piece { elsewhere, ..piece(mime) }], "original");
        assert_eq!(seen(Elsewhere::Same, "image/jpeg"), "problem:recycled");
        assert_eq!(seen(Elsewhere::Near, "image/jpeg"), "problem:near_duplicate");
        assert_eq!(seen(Elsewhere::Unknown, "image/jpeg"), "pending");
        assert_eq!(seen(Elsewhere::Same, "audio/wav"), "problem:recycled");
        assert_eq!(seen(Elsewhere::Same, "application/pdf"), "not_applicable");
        assert_eq!(found(vec![flagged("image/jpeg", "recycled")], "original"), "problem:recycled");
        assert_eq!(found(vec![flagged("image/jpeg", "near_duplicate")], "original"), "problem:near_duplicate");
    }

    #[test]
    fn clock_and_place_are_as_the_device_flagged_them() {
        assert_eq!(found(vec![piece("image/jpeg")], "clock"), "ok");
        assert_eq!(found(vec![flagged("image/jpeg", "clock_changed")], "clock"), "problem:clock_changed");
        assert_eq!(found(vec![piece("image/jpeg")], "location"), "not_applicable");
        let at =
            |mocked| found(vec![Piece { claimed: Claimed::Agrees { mocked: Some(mocked) }, ..piece("image/jpeg") }], "location");
        assert_eq!((at(false).as_str(), at(true).as_str()), ("ok", "problem:mock_location"));
    }

    #[test]
    fn a_question_is_answered_in_time_or_not() {
        let question = |promised: i64, answered: bool| {
            let facts = with(vec![]);
            let asked = Question {
                author: PersonId(Uuid::nil()),
                customer: CustomerId(Uuid::nil()),
                touch: None,
                owner: None,
                assignee: None,
                role: None,
                text: None,
                promised: Some(facts.today + chrono::TimeDelta::days(promised)),
                answer: None,
                answered_at: answered.then_some(facts.now),
                answered_by: None,
                overdue: false,
                origin: Origin { source: None, rule: None, config: None, because: None, created_at: facts.now },
            };
            check(&Facts { questions: vec![asked], ..facts })["tech_answer"].to_string()
        };
        assert_eq!(question(-1, false), "problem:unanswered");
        assert_eq!(question(0, false), "pending");
        assert_eq!(question(-1, true), "ok");
        assert_eq!(found(vec![], "tech_answer"), "not_applicable");
    }

    #[test]
    fn a_rule_is_followed_up_when_its_tasks_are_done() {
        let facts = with(vec![]);
        let task = |due: i64, done: bool| Task {
            task: "quote_approval".into(),
            assignee: None,
            role: None,
            customer: None,
            source: RecordId(Uuid::nil()),
            rule: "quote-pdf".into(),
            config: 1,
            because: None,
            notice: false,
            choices: BTreeSet::new(),
            script_pack: None,
            created_at: facts.now,
            due: (due != 0).then(|| facts.now + chrono::TimeDelta::hours(due)),
            done_at: done.then_some(facts.now),
            done_by: None,
            choice: None,
            reason: None,
        };
        let after = |done, tasks: Vec<Task>| {
            let rules = vec![Carried { rule: "quote-pdf".into(), done, tasks }];
            check(&Facts { rules, ..facts.clone() })["rule:quote-pdf"].to_string()
        };
        assert_eq!(after(true, vec![]), "ok");
        assert_eq!(after(true, vec![task(0, true)]), "ok");
        assert_eq!(after(true, vec![task(0, true), task(0, false)]), "pending");
        assert_eq!(after(true, vec![task(1, false)]), "pending");
        assert_eq!(after(true, vec![task(-1, false)]), "problem:overdue");
        assert_eq!(after(true, vec![task(-1, true)]), "ok");
        assert_eq!(after(false, vec![]), "problem:not_triggered");
        assert_eq!(question_of("rule:quote-pdf"), "follow_up");
    }

    #[test]
    fn every_check_has_a_result_and_stands_beside_a_question_that_there_is() {
        let results = check(&with(vec![]));
        assert_eq!(results.keys().map(String::as_str).collect::<BTreeSet<_>>(), CHECKS.iter().map(|(key, _)| *key).collect());
        for (check, question) in CHECKS {
            assert!(Config::builtin().questions.iter().any(|choice| choice.key == question), "{check}");
            assert_eq!(question_of(check), question);
        }
        assert!(is_quote(Config::builtin(), "quote") && !is_quote(Config::builtin(), "demo"));
    }

    /// A signature that was reported while a contract was on its way makes none later, when the contract is signed: that is no omission.
    #[test]
    fn only_what_holds_by_the_record_alone_can_be_missed() {
        let rule = |id: &str| Config::builtin().rules.iter().find(|rule| rule.id == id).unwrap();
        assert!(
            rule("quote-pdf").is_about_record() && rule("tech-question").is_about_record() && rule("new-demand").is_about_record()
        );
        assert!(!rule("sign-touch").is_about_record() && !rule("quote-silence").is_about_record());
        assert!(!rule("intent-mismatch").is_about_record());
    }

    proptest! {
        #[test]
        fn a_result_survives_being_stored(key in "[a-z_]{1,20}") {
            for found in [Found::NotApplicable, Found::Ok, Found::Pending, Found::Problem(key)] {
                prop_assert_eq!(Found::parse(&found.to_string()), Some(found));
            }
        }
    }
}
