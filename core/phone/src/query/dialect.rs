//! How views stand in JSON, in the one dialect of terminal, API and webhooks: an option or a state is `{key, label, label_en}`, who or what
//! is named `{id, name}`, money a number of yuan, an instant RFC 3339; what is not set is null.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::view::{AskState, Asked, FactView, Grade, ItemState, Moved, StepState, TouchStatus, Word};
use chuda_record::id::CustomerId;
use chuda_record::rules::metrics::Outcome;
use chuda_record::rules::result;
use chuda_record::{ContactMode, Stage};

/// What stands as a word of one of the product's own lists.
pub(super) trait Labelled {
    /// The word; none where nothing is set.
    fn word(&self) -> Option<Word>;
}

impl<T: Labelled> Labelled for Option<T> {
    fn word(&self) -> Option<Word> {
        self.as_ref().and_then(Labelled::word)
    }
}

macro_rules! of_list {
    ($($list:literal: $type:ty),* $(,)?) => {$(
        impl Labelled for $type {
            fn word(&self) -> Option<Word> {
                Some(Word::fixed($list, self.as_str()))
            }
        }
    )*};
}

of_list! {
    "ask_state": AskState,
    "asked": Asked,
    "grade": Grade,
    "mode": ContactMode,
    "moved": Moved,
    "stage": Stage,
    "state": ItemState,
    "status": TouchStatus,
    "step_state": StepState,
}

/// A word of one of the product's own lists.
pub(super) fn labelled<S: Serializer>(value: &impl Labelled, serializer: S) -> Result<S::Ok, S::Error> {
    value.word().serialize(serializer)
}

/// Why the server did not take something.
pub(crate) fn rejection<S: Serializer>(reason: &str, serializer: S) -> Result<S::Ok, S::Error> {
    Word::fixed("rejection", reason).serialize(serializer)
}

pub(super) use chuda_record::view::in_yuan as yuan;

/// Whether it was opened in time (M1): `yes`, `no` or `pending`.
#[allow(clippy::trivially_copy_pass_by_ref, clippy::ref_option)] // as serde calls it
pub(super) fn opened<S: Serializer>(outcome: &Option<Outcome>, serializer: S) -> Result<S::Ok, S::Error> {
    outcome.map(result::opened_word).serialize(serializer)
}

/// Facts by the name of their field.
pub(super) fn facts<S: Serializer>(facts: &[FactView], serializer: S) -> Result<S::Ok, S::Error> {
    facts.iter().map(|fact| (&fact.field, &fact.value)).collect::<BTreeMap<_, _>>().serialize(serializer)
}

/// The kind of a task, and its title beside it.
pub(super) fn kind_and_title<S: Serializer>(kind: &Word, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Beside<'a> {
        kind: &'a Word,
        title: &'a str,
    }
    Beside { kind, title: &kind.zh }.serialize(serializer)
}

/// A state, with the percentage of an upload beside it.
impl Serialize for ItemState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Beside {
            #[serde(serialize_with = "labelled")]
            state: ItemState,
            percent: Option<i32>,
        }
        Beside { state: self.clone(), percent: self.percent() }.serialize(serializer)
    }
}

/// The same, with the reason of a refusal.
pub(super) fn state_and_reason<S: Serializer>(state: &ItemState, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Beside<'a> {
        #[serde(flatten)]
        state: &'a ItemState,
        reason: Option<Word>,
    }
    let reason = match state {
        ItemState::Failed { reason } => Some(Word::fixed("rejection", reason)),
        _ => None,
    };
    Beside { state, reason }.serialize(serializer)
}

/// A view whose customer is in two fields, with `customer {id, name}` in their place.
pub(super) fn with_customer<S: Serializer>(
    id: impl Into<Option<CustomerId>>,
    name: &impl Serialize,
    rest: impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Named<'a, N> {
        id: CustomerId,
        name: &'a N,
    }
    #[derive(Serialize)]
    struct Whole<'a, N, R> {
        customer: Option<Named<'a, N>>,
        #[serde(flatten)]
        rest: R,
    }
    Whole { customer: id.into().map(|id| Named { id, name }), rest }.serialize(serializer)
}

/// Serializes views with [`with_customer`]; what is beside the customer is derived, `remote = "Self"`.
macro_rules! names_its_customer {
    ($($view:ident),*) => {$(
        impl serde::Serialize for $view {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                struct Rest<'a>(&'a $view);
                impl serde::Serialize for Rest<'_> {
                    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                        $view::serialize(self.0, serializer)
                    }
                }
                $crate::query::dialect::with_customer(self.customer, &self.customer_name, Rest(self), serializer)
            }
        }
    )*};
}
pub(super) use names_its_customer;

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::query::view::{BriefView, CustomerBrief, PersonView, QuoteView, StatusItem};
    use chuda_record::Fen;
    use chuda_record::id::{PersonId, RecordId, TouchId};

    fn person() -> PersonView {
        PersonView { id: PersonId::derived("王芳"), name: "王芳".into(), roles: Vec::new(), reports_to: None }
    }

    fn quote(fen: i64) -> QuoteView {
        QuoteView {
            id: TouchId::derived("quote"),
            customer: CustomerId::derived("智联"),
            customer_name: "智联".into(),
            person: person(),
            at: DateTime::UNIX_EPOCH,
            amount: Some(Fen(fen)),
            custom_development: false,
            category: Some(Word { key: "quote_pending".into(), zh: "待审批报价单".into(), en: "Quotes to approve".into() }),
            approval: None,
            evidence: Vec::new(),
            state: ItemState::Uploading { percent: 40 },
        }
    }

    #[test]
    fn a_view_speaks_the_dialect() {
        let value = serde_json::to_value(quote(28_600_000)).unwrap();
        assert_eq!(value["customer"], json!({"id": CustomerId::derived("智联"), "name": "智联"}));
        assert_eq!(value["author"]["name"], "王芳");
        assert_eq!(value["category"], json!({"key": "quote_pending", "label": "待审批报价单", "label_en": "Quotes to approve"}));
        assert_eq!((&value["state"]["key"], &value["percent"]), (&json!("uploading"), &json!(40)));
        assert_eq!((&value["at"], &value["amount_cny"]), (&json!("1970-01-01T00:00:00Z"), &json!(286_000)));
        let own = ["customer_name", "person", "amount"];
        assert!(own.iter().all(|name| value.get(name).is_none()), "{value}");
    }

    #[test]
    fn money_is_exact_to_the_last_fen() {
        for (fen, yuan) in [(9_007_199_254_740_993, "90071992547409.93"), (-5, "-0.05"), (10, "0.10"), (700, "7")] {
            let text = serde_json::to_string(&quote(fen)).unwrap();
            assert!(text.contains(&format!("\"amount_cny\":{yuan},")), "{text}");
        }
    }

    #[test]
    fn nobody_is_named_by_an_id_alone() {
        let (customer, customer_name) = (CustomerId::derived("智联"), "智联".to_owned());
        let brief = Word { key: "demo_done".into(), zh: "已演示产品".into(), en: "Demo given".into() };
        let filed = CustomerBrief { customer, customer_name: customer_name.clone(), brief: brief.clone() };
        let day = DateTime::UNIX_EPOCH.date_naive();
        let worked_out = BriefView { day, customer, customer_name, person: person(), brief, filed: false };
        for value in [serde_json::to_value(filed).unwrap(), serde_json::to_value(worked_out).unwrap()] {
            assert_eq!(value["customer"]["name"], "智联");
        }
    }

    #[test]
    fn what_was_refused_says_why() {
        let item = |state| StatusItem { id: RecordId::derived("x"), kind: "touch".into(), title: String::new(), state, size: None };
        let refused = serde_json::to_value(item(ItemState::Failed { reason: "not_allowed".into() })).unwrap();
        assert_eq!((&refused["state"]["key"], &refused["reason"]["key"]), (&json!("failed"), &json!("not_allowed")));
        assert_eq!(serde_json::to_value(item(ItemState::Waiting)).unwrap()["reason"], json!(null));
    }
}
