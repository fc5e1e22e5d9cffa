//! Back-checks: what was drawn, and what the machine found beside each question (R1).

use std::collections::{BTreeMap, BTreeSet};

use super::view::{AskedView, BackCheckDetail, BackCheckView, CheckedView, DrawnTouch, DrawnView, Redrawn, Word};
use super::{Ask, word};
use crate::store::Row;
use chuda_record::error::{Error, Result};
use chuda_record::id::{BackCheckId, PersonId, TouchId};
use chuda_record::kind::backcheck::member;
use chuda_record::rules::audience::superiors;
use chuda_record::rules::draw::{self, Period};
use chuda_record::rules::machine::{Found, RULE, question_of};
use chuda_record::{BackCheck, Touch};

/// Most back-checks that are shown at once.
const SHOWN: u32 = 100;

impl Ask<'_> {
    /// Those that this person may read, latest first.
    pub fn back_checks(&self) -> Result<Vec<BackCheckView>> {
        self.tx.list::<BackCheck>(None, false, SHOWN)?.iter().map(|row| self.view_back_check(row)).collect()
    }

    /// One with everything that was drawn.
    pub fn back_check(&self, id: BackCheckId) -> Result<BackCheckDetail> {
        let row = self.drawn(id)?;
        let record = &row.record;
        let mut records = Vec::with_capacity(record.drawn.len());
        for (touch, place) in record.in_order().into_iter().zip(1..) {
            let summary = self.tx.record::<Touch>(touch)?.map(|row| self.view_drawn(row)).transpose()?;
            records.push(DrawnView { place, touch, summary, questions: self.view_questions(record, touch) });
        }
        Ok(BackCheckDetail {
            back_check: self.view_back_check(&row)?,
            seed: record.seed.clone(),
            digest: record.digest.clone(),
            records,
        })
    }

    /// Makes the draw of one again.
    pub fn redraw(&self, id: BackCheckId) -> Result<Redrawn> {
        let record = self.drawn(id)?.record;
        let (start, end) = Period { from: record.from, to: record.to }.instants(self.config.calendar.zone);
        let in_team = |person: &PersonId| superiors(*person, &self.people).contains(&record.author);
        let here = self.tx.counted_touches(start, end)?.into_iter().filter(|(_, person)| in_team(person));
        let here: BTreeSet<TouchId> = here.map(|(touch, _)| touch).collect();
        let listed = record.listed();
        let candidates = listed.as_ref().unwrap_or(&here);
        let drawn = draw::draw(&record.seed, candidates, record.drawn.len());
        let (mut not_here, mut foreign) = (Vec::new(), Vec::new());
        for touch in candidates.difference(&here) {
            let list = if self.tx.record::<Touch>(*touch)?.is_some() { &mut foreign } else { &mut not_here };
            list.push(*touch);
        }
        let digest = draw::digest(candidates).to_string();
        Ok(Redrawn {
            id,
            listed: listed.is_some(),
            digest_agrees: digest == record.digest,
            digest,
            draw_agrees: drawn == record.in_order(),
            drawn,
            late: here.difference(candidates).copied().collect(),
            candidates: candidates.iter().copied().collect(),
            seed: record.seed.clone(),
            not_here,
            foreign,
        })
    }

    fn drawn(&self, id: BackCheckId) -> Result<Row<BackCheck>> {
        self.tx.record::<BackCheck>(id)?.ok_or_else(|| Error::not_found("backcheck.not_found"))
    }

    fn view_back_check(&self, row: &Row<BackCheck>) -> Result<BackCheckView> {
        let record = &row.record;
        Ok(BackCheckView {
            id: row.id.into(),
            supervisor: self.person(record.author),
            mine: record.author == self.me.id,
            from: record.from,
            to: record.to,
            population: record.population,
            created_at: record.origin.created_at,
            closed_at: record.closed_at,
            conclusion: record.conclusion.clone(),
            conflicts: row.conflicts.clone(),
            state: self.state(row.id, &row.conflicts)?,
        })
    }

    fn view_drawn(&self, row: Row<Touch>) -> Result<DrawnTouch> {
        let touch = self.view_touch(row)?;
        Ok(DrawnTouch {
            customer: touch.customer,
            customer_name: touch.customer_name,
            mode: touch.mode,
            action: touch.action,
            at: touch.at,
            day: touch.day,
            note: touch.note,
            evidence: touch.evidence,
        })
    }

    fn view_questions(&self, record: &BackCheck, touch: TouchId) -> Vec<AskedView> {
        let mut beside: BTreeMap<&str, Vec<CheckedView>> = BTreeMap::new();
        let prefix = member(touch, "");
        let found = record.machine.iter().filter_map(|(key, found)| Some((key.strip_prefix(&prefix)?, Found::parse(found)?)));
        for (check, found) in found {
            let rule = check.strip_prefix(RULE);
            beside.entry(question_of(check)).or_default().push(CheckedView {
                check: check.to_owned(),
                rule: rule.map(|rule| self.rule_word(rule)),
                found: found.as_str().to_owned(),
                problem: found.problem().map(str::to_owned),
                because: rule.and_then(|rule| record.triggered.get(&member(touch, rule)).cloned()),
            });
        }
        let asked = record.asked().into_iter().map(|question| AskedView {
            question: word(&self.config.questions, question),
            checks: beside.remove(question).unwrap_or_default(),
            answer: record.answer(touch, question),
            note: record.notes.get(&member(touch, question)).cloned(),
        });
        asked.collect()
    }

    fn rule_word(&self, rule: &str) -> Word {
        match self.config.rules.iter().find(|other| other.id == rule) {
            Some(known) => Word { key: rule.into(), zh: known.zh.clone(), en: known.en.clone() },
            None => Word { key: rule.into(), zh: rule.into(), en: rule.into() },
        }
    }
}
