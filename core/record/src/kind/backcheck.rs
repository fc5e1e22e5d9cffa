//! Back-checks: records drawn at random, three questions each (R1). Findings go to rules and options, never to a ranking (R2).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::fields;
use crate::id::{BackCheckId, PersonId, RecordId, TouchId};
use crate::kinds::Kind;
use crate::origin::with_origin;
use crate::record::{ByRules, NotWritten, Proposal, Record, Surroundings, author_of};
use crate::table::{Create, MAX_TEXT, Party, Table, Type, Write};
use crate::{Fields, Origin, Rejection, Scalar, from_fields};

/// Most candidates that are kept in the record: 80 KB. A larger team's are named by their digest alone.
const MAX_LISTED: usize = 5_000;
/// Longest note to an answer, in characters.
pub const MAX_NOTE: usize = 1_000;

crate::words! {
    /// What is answered to a question about a touch.
    pub enum Answer {
        /// It is so.
        Yes = "yes",
        /// It is not so.
        No = "no",
        /// It can't be told.
        Unclear = "unclear",
    }
}

/// The back-check of one supervisor's team and one period of two weeks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackCheck {
    /// The supervisor who looks.
    pub author: PersonId,
    /// First day of the period.
    pub from: NaiveDate,
    /// Last day of it.
    pub to: NaiveDate,
    /// What the draw was made with: anyone can make it again, see [`crate::rules::draw`].
    pub seed: String,
    /// How many records there were to draw from.
    pub population: i64,
    /// What names all of them, see [`crate::rules::draw::digest`].
    pub digest: String,
    /// Their ids, packed; absent where there are too many.
    pub candidates: Option<String>,
    /// The records drawn, with their place in the draw from 1.
    #[serde(default)]
    pub drawn: BTreeMap<TouchId, i64>,
    /// What is asked about each, keys of the configuration's list, with their place from 1.
    #[serde(default)]
    pub questions: BTreeMap<String, i64>,
    /// What a machine found, `touch:check` → a result, see [`crate::rules::machine`].
    #[serde(default)]
    pub machine: BTreeMap<String, String>,
    /// The rules that a touch set off, `touch:rule` → what held.
    #[serde(default)]
    pub triggered: BTreeMap<String, String>,
    /// What the supervisor answered, `touch:question` → `yes`, `no` or `unclear`.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// What they wrote to it.
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
    /// When it was finished.
    #[serde(with = "chrono::serde::ts_milliseconds_option", default)]
    pub closed_at: Option<DateTime<Utc>>,
    /// What is to be changed in rules and options.
    pub conclusion: Option<String>,
    /// Why it is there.
    #[serde(flatten)]
    pub origin: Origin,
}

impl BackCheckId {
    /// One back-check per supervisor and period, whoever works it out and how often.
    pub fn of(supervisor: PersonId, from: NaiveDate) -> Self {
        Self::derived(&format!("back_check/{supervisor}/{from}"))
    }
}

impl BackCheck {
    /// The touches drawn, first drawn first.
    pub fn in_order(&self) -> Vec<TouchId> {
        let mut drawn: Vec<(i64, TouchId)> = self.drawn.iter().map(|(touch, place)| (*place, *touch)).collect();
        drawn.sort_unstable();
        drawn.into_iter().map(|(_, touch)| touch).collect()
    }

    /// The questions, first asked first.
    pub fn asked(&self) -> Vec<&str> {
        let mut asked: Vec<(i64, &str)> = self.questions.iter().map(|(question, place)| (*place, question.as_str())).collect();
        asked.sort_unstable();
        asked.into_iter().map(|(_, question)| question).collect()
    }

    /// What was answered to a question about a touch.
    pub fn answer(&self, touch: TouchId, question: &str) -> Option<Answer> {
        self.answers.get(&member(touch, question)).and_then(|answer| Answer::parse(answer))
    }

    /// What is still to be answered, in the order of the draw.
    pub fn unanswered(&self) -> Vec<(TouchId, &str)> {
        let asked = self.asked();
        let all = self.in_order().into_iter().flat_map(|touch| asked.iter().map(move |question| (touch, *question)));
        all.filter(|(touch, question)| self.answer(*touch, question).is_none()).collect()
    }

    /// The records that were drawn from, if they are kept.
    pub fn listed(&self) -> Option<BTreeSet<TouchId>> {
        let bytes = BASE64.decode(self.candidates.as_ref()?).ok()?;
        bytes.chunks(16).map(TouchId::from_slice).collect()
    }

    /// Whether an edit by the supervisor makes sense: answers are to what was asked, and it is closed once, with everything answered.
    pub fn check_edit(before: &Fields, writes: &Fields) -> Result<(), Rejection> {
        let misshapen = |error: crate::Misshapen| Rejection::Invalid { detail: error.0 };
        let now: Self = from_fields(before).map_err(misshapen)?;
        if now.closed_at.is_some() {
            return Err(Rejection::FieldLocked { field: "closed_at".into() });
        }
        let length = |value: &Scalar| value.as_text().map_or(usize::MAX, |text| text.chars().count());
        let asked = |member: &str| {
            let (touch, question) = member.split_once(':')?;
            (now.drawn.contains_key(&touch.parse().ok()?) && now.questions.contains_key(question)).then_some(())
        };
        for (key, value) in writes {
            let right = match key.split_once('/') {
                Some(("answers", member)) => asked(member).is_some() && value.as_text().and_then(Answer::parse).is_some(),
                Some(("notes", member)) => asked(member).is_some() && (*value == Scalar::Null || length(value) <= MAX_NOTE),
                None if key == "conclusion" => length(value) <= MAX_TEXT,
                _ => true,
            };
            if !right {
                return Err(Rejection::Invalid { detail: key.clone() });
            }
        }
        let mut fields = before.clone();
        fields.extend(writes.clone());
        let then: Self = from_fields(&fields).map_err(misshapen)?;
        let concluded = then.conclusion.as_ref().is_some_and(|text| !text.trim().is_empty());
        if then.closed_at.is_some() && !(concluded && then.unanswered().is_empty()) {
            return Err(Rejection::Invalid { detail: "closed_at".into() });
        }
        Ok(())
    }
}

/// The member of a collection that is about a touch and something else.
pub fn member(touch: TouchId, other: &str) -> String {
    format!("{touch}:{other}")
}

/// Candidates as a record keeps them; none where there are too many.
pub fn pack(candidates: &BTreeSet<TouchId>) -> Option<String> {
    let bytes: Vec<u8> = candidates.iter().flat_map(|id| *id.as_bytes()).collect();
    (candidates.len() <= MAX_LISTED).then(|| BASE64.encode(bytes))
}

impl Record for BackCheck {
    const KIND: Kind = Kind::BackCheck;
    const TABLE: Table = Table {
        create: Create::Server,
        fields: with_origin![
            ("author", Type::Person, Write::Never),
            ("from", Type::Day, Write::Never),
            ("to", Type::Day, Write::Never),
            ("seed", Type::Text, Write::Never),
            ("population", Type::Number, Write::Never),
            ("digest", Type::Text, Write::Never),
            ("candidates", Type::Text, Write::Never),
            ("drawn/", Type::Members, Write::Never),
            ("questions/", Type::Members, Write::Never),
            ("machine/", Type::Members, Write::By(&[Party::Server])),
            ("triggered/", Type::Members, Write::By(&[Party::Server])),
            ("answers/", Type::Members, Write::By(&[Party::Author])),
            ("notes/", Type::Members, Write::By(&[Party::Author])),
            ("closed_at", Type::Timestamp, Write::By(&[Party::Author])),
            ("conclusion", Type::Text, Write::By(&[Party::Author])),
        ],
    };
    const RULES: ByRules = ByRules::Read;
    const HAS_PAGE: bool = true;
    const CLOSED_BY: &'static [&'static str] = &["closed_at"];

    fn demanded_id(fields: &Fields) -> Option<RecordId> {
        Some(BackCheckId::of(author_of(fields)?, fields::id(fields, "from")?).into())
    }

    fn check_write(proposal: &Proposal<'_>, _: &dyn Surroundings) -> Result<(), NotWritten> {
        proposal.before.map_or(Ok(()), |before| Ok(Self::check_edit(before, proposal.writes)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::time::from_millis;

    fn touch(number: u128) -> TouchId {
        TouchId(Uuid::from_u128(number))
    }

    fn two_touches_two_questions() -> BackCheck {
        let day = |text: &str| text.parse().unwrap();
        BackCheck {
            author: PersonId(Uuid::from_u128(9)),
            from: day("2026-03-02"),
            to: day("2026-03-15"),
            seed: "0".repeat(64),
            population: 2,
            digest: String::new(),
            candidates: None,
            drawn: [(touch(1), 2), (touch(2), 1)].into(),
            questions: [("accurate".into(), 1), ("evidence".into(), 2)].into(),
            machine: BTreeMap::new(),
            triggered: BTreeMap::new(),
            answers: BTreeMap::new(),
            notes: BTreeMap::new(),
            closed_at: None,
            conclusion: None,
            origin: Origin { source: None, rule: None, config: Some(1), because: None, created_at: from_millis(0) },
        }
    }

    fn answer(number: u128, question: &str, answer: &str) -> (String, Scalar) {
        (format!("answers/{}", member(touch(number), question)), answer.into())
    }

    fn closing() -> Fields {
        Fields::from([("closed_at".into(), Scalar::Int(5)), ("conclusion".into(), "演示拆分为两项".into())])
    }

    #[test]
    fn it_is_closed_once_everything_is_answered_and_not_changed_any_more() {
        let record = two_touches_two_questions();
        assert_eq!(record.unanswered()[0], (touch(2), "accurate"), "in the order of the draw");
        let mut fields = record.to_new_fields().unwrap();
        let all = [(1, "accurate"), (1, "evidence"), (2, "accurate"), (2, "evidence")];
        for (number, question) in all {
            assert!(BackCheck::check_edit(&fields, &closing()).is_err());
            let write = Fields::from([answer(number, question, "no")]);
            BackCheck::check_edit(&fields, &write).unwrap();
            fields.extend(write);
        }
        let mut without_words = closing();
        without_words.insert("conclusion".into(), " ".into());
        assert!(BackCheck::check_edit(&fields, &without_words).is_err());
        BackCheck::check_edit(&fields, &closing()).unwrap();
        fields.extend(closing());
        let later = BackCheck::check_edit(&fields, &Fields::from([answer(1, "accurate", "yes")]));
        assert_eq!(later, Err(Rejection::FieldLocked { field: "closed_at".into() }));
    }

    #[test]
    fn only_what_was_asked_can_be_answered_and_only_with_the_three_words() {
        let fields = two_touches_two_questions().to_new_fields().unwrap();
        let tried = |write: (String, Scalar)| BackCheck::check_edit(&fields, &Fields::from([write])).is_ok();
        assert!(Answer::ALL.into_iter().all(|word| tried(answer(1, "accurate", word.as_str()))));
        assert!(!tried(answer(1, "accurate", "maybe")));
        assert!(!tried(answer(1, "punctual", "no")));
        assert!(!tried(answer(3, "accurate", "no")));
        assert!(!tried(("answers/x".into(), "no".into())));
        let note = |text: String| (format!("notes/{}", member(touch(1), "accurate")), Scalar::Text(text));
        assert!(tried(note("字".repeat(MAX_NOTE))) && !tried(note("字".repeat(MAX_NOTE + 1))));
    }

    proptest! {
        #[test]
        fn candidates_survive_being_packed(numbers in proptest::collection::btree_set(any::<u128>(), 0..50)) {
            let candidates: BTreeSet<TouchId> = numbers.into_iter().map(touch).collect();
            let record = BackCheck { candidates: pack(&candidates), ..two_touches_two_questions() };
            prop_assert_eq!(record.listed(), Some(candidates));
        }
    }

    #[test]
    fn a_large_team_is_named_by_its_digest_alone() {
        let many: BTreeSet<TouchId> = (0..=MAX_LISTED as u128).map(touch).collect();
        assert_eq!(pack(&many), None);
        assert_eq!(two_touches_two_questions().listed(), None);
    }
}
