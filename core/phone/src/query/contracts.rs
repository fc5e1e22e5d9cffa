//! Contracts (H2, B3): what is agreed, the text, and each step with who took it and when.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::dialect::names_its_customer;
use super::view::{ContactView, ItemState, PersonView, Word};
use super::{Ask, SHOWN, Shown, dialect};
use crate::store::Row;
use chuda_record::error::Result;
use chuda_record::id::{ContactId, ContractId, CustomerId, TaskId, TouchId};
use chuda_record::kind::contract::{E_SIGN, SIGNING};
use chuda_record::rules::config::Provider;
use chuda_record::{Contract, Customer, Fen, Role, Task};

/// The steps of a contract, tasks all of them, in their order.
const STEPS: [&str; 4] = ["contract_details", "legal_review", "seal", E_SIGN];

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(remote = "Self")]
pub struct ContractView {
    /// Which.
    pub id: ContractId,
    /// With whom.
    #[serde(skip)]
    pub customer: CustomerId,
    /// The customer's name.
    #[serde(skip)]
    pub customer_name: String,
    /// The sales rep whose contract it is.
    #[serde(rename = "author")]
    pub person: PersonView,
    /// The touch that carried the quote, or reported the signature.
    pub touch: Option<TouchId>,
    /// Its number.
    pub number: String,
    /// How much.
    #[serde(rename = "amount_cny", serialize_with = "dialect::yuan")]
    pub amount: Option<Fen>,
    /// Custom development is part of it.
    pub custom_development: bool,
    /// The customer's contact person.
    pub contact: Option<ContactView>,
    /// Device model.
    pub model: Option<String>,
    /// Installation address.
    pub address: Option<String>,
    /// The service that sales promised.
    pub promised_service: Option<Word>,
    /// Which of `contact`, `model`, `address` and `promised_service` nobody has given yet.
    pub missing: Vec<String>,
    /// The text, filled with what is known.
    pub text: Option<String>,
    /// Where it stands.
    pub status: Word,
    /// Its steps.
    pub steps: Vec<StepView>,
    /// Whether this person can sign it now.
    pub can_sign: bool,
    /// When it was turned down.
    pub rejected_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// Who confirmed it; none where a provider did.
    pub signed_by: Option<PersonView>,
    /// With which device key, at which provider, or `touch` where a touch reported it.
    pub signed_with: Option<String>,
    /// The signature, or the provider's reference.
    pub signature: Option<String>,
    /// When it was started.
    pub created_at: DateTime<Utc>,
    /// What held when it was.
    pub because: Option<String>,
    /// Fields that were changed at the same time by two people.
    pub conflicts: Vec<String>,
    /// Where it is on its way to the server.
    #[serde(flatten)]
    pub state: ItemState,
}

/// A contract, by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractRef {
    /// Which.
    pub id: ContractId,
    /// Its number; none as long as the contract has not arrived.
    pub number: Option<String>,
}

/// A step of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepView {
    /// Which: the kind of its task.
    pub step: Word,
    /// How it is.
    #[serde(serialize_with = "dialect::labelled")]
    pub state: StepState,
    /// The task, where this person sees it.
    pub task: Option<TaskId>,
    /// Whose it is, by role,
    pub role: Option<Role>,
    /// or by name.
    #[serde(rename = "assignee")]
    pub person: Option<PersonView>,
    /// When it was taken.
    pub at: Option<DateTime<Utc>>,
    /// By whom.
    pub by: Option<PersonView>,
    /// With which answer.
    pub choice: Option<Word>,
    /// Why.
    pub reason: Option<String>,
}

chuda_record::words! {
    /// How a step is.
    pub enum StepState {
        /// Not begun: others come first.
        Ahead = "ahead",
        /// Waits for somebody.
        Waiting = "waiting",
        /// Taken.
        Done = "done",
        /// Turned down.
        Rejected = "rejected",
        /// Came to nothing: the contract ended without it.
        Ended = "ended",
    }
}

names_its_customer!(ContractView);

impl Ask<'_> {
    /// Those with this id or number.
    pub fn find_contracts(&self, words: &str) -> Result<Vec<ContractView>> {
        let words = words.trim();
        if let Ok(id) = words.parse::<ContractId>() {
            return Ok(vec![self.one(id)?]);
        }
        let mut rows = self.tx.list::<Contract>(None, false, SHOWN)?;
        rows.retain(|row| row.record.number == words);
        self.each(rows)
    }

    /// A contact person, if this person may see them.
    pub(super) fn contact(&self, id: Option<ContactId>) -> Result<Option<ContactView>> {
        let row = id.map_or(Ok(None), |id| self.tx.record(id))?;
        row.map(|row| ContactView::of(self, row)).transpose()
    }

    fn can_sign(&self, contract: &Contract) -> Result<bool> {
        let open = contract.status == SIGNING && contract.signed_at.is_none() && contract.rejected_at.is_none();
        if !open || self.config.signature != Provider::Device {
            return Ok(false);
        }
        let holder = self.tx.record::<Customer>(contract.customer)?.and_then(|row| row.record.holder);
        Ok(contract.author == self.me.id || holder == Some(self.me.id))
    }

    /// The steps, from their tasks where these are to be seen, else from what the contract itself says.
    fn steps(&self, id: ContractId, contract: &Contract) -> Result<Vec<StepView>> {
        let mut tasks = self.tx.tasks_from(contract.customer, id.into())?;
        tasks.retain(|row| STEPS.contains(&row.record.task.as_str()));
        let ended = contract.signed_at.is_some() || contract.rejected_at.is_some();
        let step = |kind: &str| {
            let task = tasks.iter().rev().find(|row| row.record.task == kind);
            let taken = match kind {
                "legal_review" => contract.reviewed_at,
                "seal" => contract.sealed_at,
                E_SIGN => contract.signed_at,
                _ => None,
            };
            let mut view = StepView {
                step: Word::of(&self.config.tasks, kind),
                state: match (taken, ended) {
                    (Some(_), _) => StepState::Done,
                    (None, true) => StepState::Ended,
                    (None, false) if task.is_some() || kind != E_SIGN => StepState::Waiting,
                    (None, false) => StepState::Ahead,
                },
                task: None,
                role: None,
                person: None,
                at: taken,
                by: contract.signed_by.filter(|_| kind == E_SIGN).map(|person| self.person(person)),
                choice: None,
                reason: None,
            };
            if let Some(row) = task {
                self.fill_step(&mut view, row);
            }
            view
        };
        // One that a touch reported as signed has had no steps here.
        let begun = !tasks.is_empty() || contract.reviewed_at.is_some() || contract.signed_with.as_deref() != Some("touch");
        Ok(if begun { STEPS.map(step).into() } else { Vec::new() })
    }

    fn fill_step(&self, view: &mut StepView, row: &Row<Task>) {
        let task = &row.record;
        view.task = Some(row.id.into());
        view.role = task.role;
        view.person = self.some_person(task.assignee);
        view.reason.clone_from(&task.reason);
        view.choice = task.choice.as_deref().map(|key| Word::of(&self.config.choices, key));
        if task.choice.as_deref() == Some("reject") {
            view.state = StepState::Rejected;
        } else if task.done_by.is_some() {
            view.state = StepState::Done;
        }
        if let Some(by) = task.done_by {
            (view.at, view.by) = (task.done_at, Some(self.person(by)));
        }
    }
}

impl Shown for ContractView {
    type Of = Contract;

    fn of(ask: &Ask<'_>, row: Row<Contract>) -> Result<Self> {
        let Row { id, record: contract, conflicts } = row;
        let given = [
            ("contact", contract.contact.is_some()),
            ("model", contract.model.is_some()),
            ("address", contract.address.is_some()),
            ("promised_service", contract.promised_service.is_some()),
        ];
        Ok(Self {
            id: id.into(),
            customer: contract.customer,
            customer_name: ask.customer_name(contract.customer)?,
            person: ask.person(contract.author),
            touch: contract.touch,
            contact: ask.contact(contract.contact)?,
            missing: given.into_iter().filter(|(_, given)| !given).map(|(field, _)| field.to_owned()).collect(),
            promised_service: contract.promised_service.as_deref().map(|key| Word::of(&ask.config.services, key)),
            status: Word::of(&ask.config.contract_states, &contract.status),
            steps: ask.steps(id.into(), &contract)?,
            can_sign: ask.can_sign(&contract)?,
            rejected_at: contract.rejected_at,
            signed_at: contract.signed_at,
            signed_by: ask.some_person(contract.signed_by),
            created_at: contract.origin.created_at,
            because: contract.origin.because,
            state: ask.state(id, &conflicts)?,
            conflicts,
            number: contract.number,
            amount: contract.amount,
            custom_development: contract.custom_development,
            model: contract.model,
            address: contract.address,
            text: contract.text,
            reason: contract.rejection,
            signed_with: contract.signed_with,
            signature: contract.signature,
        })
    }
}

/// Steps that have to come before the signature and have not been taken.
pub(crate) fn steps_before_signature(contract: &Contract) -> Vec<&'static str> {
    let steps = [(contract.reviewed_at, "legal_review"), (contract.sealed_at, "seal")];
    steps.into_iter().filter(|(at, _)| at.is_none()).map(|(_, step)| step).collect()
}
