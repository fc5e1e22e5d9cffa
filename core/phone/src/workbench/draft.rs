//! A touch on its way: what was typed, chosen or heard, with what is still open.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use chuda_record::id::{CustomerId, EvidenceId};
use chuda_record::{ContactMode, Fen, Intent};

/// A touch to record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[serde(default)]
pub struct TouchDraft {
    /// Who was touched: required.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub customer: Option<CustomerId>,
    /// How: required.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub mode: Option<ContactMode>,
    /// What: required; a key or word of the action list.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub action: Option<String>,
    /// Evidence already captured.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub evidence: Vec<EvidenceId>,
    /// Keep it as 待补证据 when there is no evidence yet.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub allow_draft: bool,
    /// Progress brief; key or word.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub brief: Option<String>,
    /// Who answers the technical question (B2): a colleague's name or id, or a free name.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub tech_owner: Option<String>,
    /// When the answer is expected (B2).
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub response_by: Option<NaiveDate>,
    /// Amount.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub amount: Option<Fen>,
    /// Custom development.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub custom_development: bool,
    /// Intent level.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub intent: Option<Intent>,
    /// The customer answered.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub feedback: bool,
    /// Who was touched (N1): the name of a contact, entered if it is new.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub contact: Option<String>,
    /// What a new contact is to the deal (N1), a key of the configuration's list.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub contact_role: Option<String>,
    /// What comes next.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub next_action: Option<String>,
    /// When.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub next_date: Option<NaiveDate>,
    /// At what time.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub next_time: Option<NaiveTime>,
    /// Free text.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub note: Option<String>,
    /// Fields that a supervisor added to the form (T6), as typed: key without `x/`.
    #[cfg_attr(feature = "uniffi", uniffi(default))]
    pub extra: std::collections::HashMap<String, String>,
}

impl TouchDraft {
    /// Fills a field in; what can't be read leaves it open.
    pub(crate) fn fill(&mut self, field: &str, value: &str) {
        let text = Some(value).filter(|value| !value.trim().is_empty()).map(str::to_owned);
        let word = value.trim();
        match field {
            "customer" => self.customer = word.parse().ok(),
            "mode" => self.mode = ContactMode::parse(word),
            "action" => self.action = text,
            "brief" => self.brief = text,
            "tech_owner" => self.tech_owner = text,
            "response_by" => self.response_by = word.parse().ok(),
            "amount" => self.amount = Fen::from_yuan(word),
            "custom_development" => self.custom_development = word == "true",
            "intent" => self.intent = Intent::parse(word),
            "feedback" => self.feedback = word == "true",
            "contact" => self.contact = text,
            "next_action" => self.next_action = text,
            "next_date" => self.next_date = word.parse().ok(),
            "note" => self.note = text,
            other => {
                let key = other.strip_prefix("x/").unwrap_or(other).to_owned();
                match text {
                    Some(text) => drop(self.extra.insert(key, text)),
                    None => drop(self.extra.remove(&key)),
                }
            }
        }
    }

    /// What a person chose stays, field by field; what they left open is filled in from what was heard. The evidence is that of both.
    #[must_use]
    pub fn filled_from(self, heard: Self) -> Self {
        let mut evidence = self.evidence;
        for id in heard.evidence {
            if !evidence.contains(&id) {
                evidence.push(id);
            }
        }
        Self {
            evidence,
            customer: self.customer.or(heard.customer),
            mode: self.mode.or(heard.mode),
            action: self.action.or(heard.action),
            allow_draft: self.allow_draft || heard.allow_draft,
            brief: self.brief.or(heard.brief),
            tech_owner: self.tech_owner.or(heard.tech_owner),
            response_by: self.response_by.or(heard.response_by),
            amount: self.amount.or(heard.amount),
            custom_development: self.custom_development || heard.custom_development,
            intent: self.intent.or(heard.intent),
            feedback: self.feedback || heard.feedback,
            contact: self.contact.or(heard.contact),
            contact_role: self.contact_role.or(heard.contact_role),
            next_action: self.next_action.or(heard.next_action),
            next_date: self.next_date.or(heard.next_date),
            next_time: self.next_time.or(heard.next_time),
            note: self.note.or(heard.note),
            // Of two for one key the later stays.
            extra: heard.extra.into_iter().chain(self.extra).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    /// A touch in which nothing is left open; two of different words have nothing in common.
    fn full(word: &str, mode: ContactMode, intent: Intent, number: u32) -> TouchDraft {
        let text = |field: &str| Some(format!("{field} {word}"));
        TouchDraft {
            customer: Some(CustomerId::derived(word)),
            mode: Some(mode),
            action: text("action"),
            evidence: vec![EvidenceId::derived("both"), EvidenceId::derived(word)],
            allow_draft: true,
            brief: text("brief"),
            tech_owner: text("owner"),
            response_by: NaiveDate::from_yo_opt(2026, number),
            amount: Some(Fen(number.into())),
            custom_development: true,
            intent: Some(intent),
            feedback: true,
            contact: text("contact"),
            contact_role: text("role"),
            next_action: text("next"),
            next_date: NaiveDate::from_yo_opt(2027, number),
            next_time: NaiveTime::from_hms_opt(number, 0, 0),
            note: text("note"),
            extra: [("both".into(), word.into()), (word.into(), word.into())].into(),
        }
    }

    fn fields(draft: &TouchDraft) -> Map<String, Value> {
        serde_json::to_value(draft).unwrap().as_object().unwrap().clone()
    }

    /// The same with some fields left open.
    fn partly(draft: &TouchDraft) -> impl Strategy<Value = TouchDraft> + use<> {
        let fields = fields(draft);
        proptest::collection::vec(any::<bool>(), fields.len()).prop_map(move |given| {
            let given = fields.clone().into_iter().zip(given).filter_map(|(field, given)| given.then_some(field));
            serde_json::from_value(given.collect::<Map<_, _>>().into()).unwrap()
        })
    }

    proptest! {
        #[test]
        fn what_a_person_chose_wins_over_what_was_heard(
            chosen in partly(&full("chosen", ContactMode::Visit, Intent::A, 1)),
            heard in partly(&full("heard", ContactMode::Phone, Intent::B, 2)),
        ) {
            let filled = chosen.clone().filled_from(heard.clone());
            let (open, ours, theirs) = (fields(&TouchDraft::default()), fields(&chosen), fields(&heard));
            for (field, value) in fields(&filled) {
                match field.as_str() {
                    "evidence" | "extra" => {}
                    _ if ours[&field] == open[&field] => prop_assert_eq!(&value, &theirs[&field], "{} is as heard", field),
                    _ => prop_assert_eq!(&value, &ours[&field], "{} is as chosen", field),
                }
            }
            prop_assert!(filled.evidence.starts_with(&chosen.evidence));
            let both: BTreeSet<_> = chosen.evidence.iter().chain(&heard.evidence).collect();
            prop_assert_eq!(filled.evidence.len(), both.len());
            prop_assert_eq!(filled.evidence.iter().collect::<BTreeSet<_>>(), both);
            let keys: BTreeSet<_> = chosen.extra.keys().chain(heard.extra.keys()).collect();
            prop_assert_eq!(filled.extra.len(), keys.len());
            for key in keys {
                prop_assert_eq!(&filled.extra[key], chosen.extra.get(key).unwrap_or_else(|| &heard.extra[key]));
            }
        }
    }
}
