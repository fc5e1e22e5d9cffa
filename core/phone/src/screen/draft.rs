//! The half-made touch on its screen: what was heard, what there is to fill in, what is missing, whether it can be saved.

use std::collections::HashMap;

use super::slots::{SlotView, Slots};
use crate::query::Ask;
use crate::query::view::EvidenceView;
use crate::workbench::{Candidate, TouchDraft, draft_touch};
use chuda_record::error::{Error, Result};
use chuda_record::id::EvidenceId;
use chuda_record::rules::{Subject, firing};
use chuda_record::{Kind, Record as _};
use chuda_speech::{DOUBTFUL, Draft, Slot};

/// What a person does to a half-made touch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum DraftEvent {
    /// Fills a field in, as its slot offers it; with nothing it is open again.
    Fill {
        /// Which.
        field: String,
        /// The key of an option, an id, a day, yuan, `true`, or words.
        value: String,
    },
    /// Looks for customers by what is typed.
    Find {
        /// What is typed.
        words: String,
    },
    /// Enters a customer and takes it.
    NewCustomer {
        /// Its name.
        name: String,
    },
    /// Evidence was captured.
    Add {
        /// Which.
        evidence: EvidenceId,
    },
    /// A piece of evidence goes out of the touch: it stays, and is offered again.
    TakeOut {
        /// Which.
        evidence: EvidenceId,
    },
}

/// The half-made touch as it is shown.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DraftView {
    /// What was heard, piece by piece; empty when no words were. None: nothing was listened to.
    pub heard: Option<Vec<Piece>>,
    /// The recording that waits to be listened to.
    pub waits_for_listening: Option<EvidenceId>,
    /// The recording that can be listened to once more, since no words of one are shown.
    pub can_listen: Option<EvidenceId>,
    /// What the touch needs: customer, mode, action, and what the rules ask for beyond.
    pub slots: Vec<SlotView>,
    /// What it may say beyond that.
    pub more: Vec<SlotView>,
    /// A customer by the name that is typed, if there is none of that name among those offered.
    pub new_customer: Option<String>,
    /// Its evidence.
    pub evidence: Vec<EvidenceView>,
    /// The fields that still have to be given, `evidence` among them.
    pub missing: Vec<String>,
    /// Whether it can be saved as it is; without evidence it is kept as 待补证据.
    pub can_save: bool,
    /// What the button says.
    pub save: String,
    /// What else stands in the way of saving.
    pub problem: Option<Problem>,
}

/// What stands in the way, as an error has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Problem {
    /// The key of an error.
    pub key: String,
    /// Its values.
    pub params: HashMap<String, String>,
}

/// A piece of what was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Piece {
    /// The words.
    pub text: String,
    /// What became of them.
    pub sureness: Sureness,
}

/// What became of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Sureness {
    /// Nothing.
    Plain,
    /// They fill a field.
    Sure,
    /// They fill a field, and somebody should look at it.
    Doubtful,
}

/// What was heard, and the customers to choose from where the sound could not decide.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) recording: Option<EvidenceId>,
    pub(crate) draft: Draft,
    pub(crate) candidates: Vec<Candidate>,
}

/// A half-made touch, with what is known beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drafted {
    /// As far as it is filled in.
    pub(crate) touch: TouchDraft,
    /// What was heard.
    pub(crate) heard: Option<Heard>,
    /// The recording that waits to be listened to.
    pub(crate) waiting: Option<EvidenceId>,
    /// Customers that are offered as long as nothing was heard or typed.
    pub(crate) suggested: Vec<Candidate>,
    /// Customers by what is typed.
    pub(crate) search: String,
}

impl Ask<'_> {
    /// The half-made touch as it is shown.
    pub(crate) fn draft_view(&self, drafted: &Drafted) -> Result<DraftView> {
        let touch = &drafted.touch;
        let (asked, problem) = match self.asked(touch) {
            Ok(asked) => (asked, None),
            Err(error) => (Asked::default(), Some(problem(&error))),
        };
        let evidence: Vec<EvidenceView> = touch.evidence.iter().map(|id| self.evidence(*id)).collect::<Result<_>>()?;
        let slots = Slots::of(self, drafted, &asked.fields)?;
        let (needed, more) = slots.all()?;
        let mut missing: Vec<String> = Vec::new();
        let open = [("customer", touch.customer.is_none()), ("mode", touch.mode.is_none()), ("action", touch.action.is_none())];
        missing.extend(open.into_iter().filter(|(_, open)| *open).map(|(field, _)| field.to_owned()));
        missing.extend(asked.missing);
        let lang = self.me.lang;
        let names: Vec<String> = missing.iter().map(|field| slots.label(field)).collect();
        let can_save = missing.is_empty() && problem.is_none();
        let save = if !names.is_empty() {
            lang.say("draft.still_missing", &[("slots", &names.join(lang.text("list.comma")))])
        } else if evidence.is_empty() {
            lang.text("draft.save_without_evidence").into()
        } else {
            lang.text("draft.save").into()
        };
        if evidence.is_empty() {
            missing.push("evidence".into());
        }
        let can_listen = evidence.iter().rev().find(|one| one.source == "recording" && one.readable).map(|one| one.id);
        Ok(DraftView {
            heard: drafted.heard.as_ref().map(|heard| pieces(&heard.draft)),
            waits_for_listening: drafted.waiting,
            can_listen: can_listen.filter(|_| drafted.heard.is_none()),
            new_customer: slots.new_customer(),
            slots: needed,
            more,
            evidence,
            missing,
            can_save,
            save,
            problem,
        })
    }

    /// What the rules and the form ask of this touch beyond customer, mode and action (B2, T6): all of it, and what of it is still open.
    fn asked(&self, draft: &TouchDraft) -> Result<Asked> {
        if draft.customer.is_none() || draft.mode.is_none() || draft.action.is_none() {
            return Ok(Asked::default());
        }
        let touch = draft_touch(self.tx, self.config, self.me, self.now, draft)?;
        let fields = touch.to_new_fields().map_err(|error| Error::internal("record.misshapen", error))?;
        let subject =
            Subject { id: chuda_record::id::RecordId(uuid::Uuid::nil()), kind: Kind::Touch, fields: &fields, world: self.tx };
        let mut missing = firing::missing(self.config, &subject)?;
        missing.retain(|field| field != "contact" || draft.contact.is_none());
        Ok(Asked { fields: firing::required(self.config, &subject)?, missing })
    }
}

/// Fields that are asked for.
#[derive(Default)]
struct Asked {
    fields: Vec<String>,
    missing: Vec<String>,
}

fn problem(error: &Error) -> Problem {
    let params = error.params.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    Problem { key: error.key.into(), params }
}

/// What was heard, cut where something was understood.
fn pieces(heard: &Draft) -> Vec<Piece> {
    fn said<T>(slot: Option<&Slot<T>>) -> Option<(&str, f32)> {
        slot.map(|slot| (slot.words.as_str(), slot.confidence)).filter(|(words, _)| !words.trim().is_empty())
    }

    if heard.text.trim().is_empty() {
        return Vec::new();
    }
    let said = [
        said(heard.customer.as_ref()),
        said(heard.contact_mode.as_ref()),
        said(heard.action.as_ref()),
        said(heard.brief.as_ref()),
        said(heard.next_action.as_ref()),
        said(heard.next_date.as_ref()),
        said(heard.next_time.as_ref()),
        said(heard.amount.as_ref()),
        said(heard.tech_owner.as_ref()),
        said(heard.response_within_days.as_ref()),
        said(heard.intent.as_ref()),
    ];
    let found = said.into_iter().flatten().filter_map(|(words, confidence)| Some((heard.text.find(words)?, words, confidence)));
    let mut marks: Vec<_> = found.collect();
    marks.sort_by_key(|(at, words, _)| (*at, std::cmp::Reverse(words.len())));
    let mut pieces = Vec::new();
    let mut done = 0;
    let plain = |text: &str| Some(Piece { text: text.into(), sureness: Sureness::Plain }).filter(|piece| !piece.text.is_empty());
    for (at, words, confidence) in marks {
        if at < done {
            continue;
        }
        pieces.extend(plain(&heard.text[done..at]));
        let sureness = if confidence < DOUBTFUL { Sureness::Doubtful } else { Sureness::Sure };
        pieces.push(Piece { text: words.into(), sureness });
        done = at + words.len();
    }
    pieces.extend(plain(&heard.text[done..]));
    pieces
}
