//! Back-checks (R1): the supervisor answers three questions about each record drawn, and says what is to be changed in rules and options.

use super::{Workbench, given, trimmed};
use crate::query::view::BackCheckDetail;
use crate::store::Tx;
use chuda_record::BackCheck;
use chuda_record::error::{Error, Result};
use chuda_record::id::{BackCheckId, TouchId};
use chuda_record::kind::backcheck::{Answer, MAX_NOTE, member};
use chuda_words::keys;

impl Workbench {
    /// Answers a question about a touch: a key or word of the questions. Until it is closed, another answer replaces the one before.
    pub fn answer_back_check(
        &self,
        id: BackCheckId,
        touch: TouchId,
        question: &str,
        answer: Answer,
        note: Option<String>,
    ) -> Result<BackCheckDetail> {
        let config = self.0.config();
        let note = trimmed(note);
        if note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE) {
            return Err(Error::invalid(keys::TEXT_TOO_LONG).with("field", "note").with("limit", MAX_NOTE));
        }
        self.0.act(
            |tx, own| {
                let before = open(tx, id)?;
                if !before.drawn.contains_key(&touch) {
                    return Err(Error::invalid(keys::BACKCHECK_NOT_DRAWN));
                }
                // A question that is no longer asked is still answered where it was asked.
                let known = |key: &str| {
                    let choice = config.questions.iter().find(|choice| choice.key == key);
                    key == question || choice.is_some_and(|choice| choice.zh == question || choice.en == question)
                };
                let asked = before.asked();
                let Some(question) = asked.iter().find(|key| known(key)) else {
                    return Err(Error::invalid(keys::BACKCHECK_UNKNOWN_QUESTION).with("questions", asked.join(",")));
                };
                let about = member(touch, question);
                let mut after = before.clone();
                after.answers.insert(about.clone(), answer.as_str().to_owned());
                match note {
                    Some(note) => drop(after.notes.insert(about, note)),
                    None => drop(after.notes.remove(&about)),
                }
                tx.edit(own, id, &before, &after)
            },
            |ask, ()| ask.back_check(id),
        )
    }

    /// Closes it once everything is answered: what was answered with no or unclear becomes findings, about rules and options.
    pub fn close_back_check(&self, id: BackCheckId, conclusion: &str) -> Result<BackCheckDetail> {
        let conclusion = given(conclusion, "conclusion", keys::BACKCHECK_CONCLUSION_MISSING)?;
        self.0.act(
            |tx, own| {
                let before = open(tx, id)?;
                let missing = before.unanswered().len();
                if missing > 0 {
                    return Err(Error::invalid(keys::BACKCHECK_UNANSWERED).with("missing", missing));
                }
                let after = BackCheck { closed_at: Some(own.at), conclusion: Some(conclusion), ..before.clone() };
                tx.edit(own, id, &before, &after)
            },
            |ask, ()| ask.back_check(id),
        )
    }
}

fn open(tx: &Tx<'_>, id: BackCheckId) -> Result<BackCheck> {
    let record = tx.find::<BackCheck>(id)?.record;
    if record.closed_at.is_some() { Err(Error::invalid(keys::BACKCHECK_CLOSED)) } else { Ok(record) }
}
