//! Payment slips and the contracts they name (B5): by number as people write it, and the payer's own contract where another is meant.

use std::collections::BTreeMap;

use chuda_record::id::{ContractId, CustomerId, RecordId};
use chuda_record::kind::finding::AGREED_LATER;
use chuda_record::{Fields, Kind, Result, Scalar};

use crate::ingest::{Ingest, Reaction, When};
use crate::store::{Document, Tx};
use crate::text::fold;

/// A contract is linked with the slips that wait for it.
pub(super) const AWAITED: Reaction =
    Reaction { to: &[Kind::Contract], act: When::Each(|ingest, _, contract| link(ingest, contract)) };
/// Most slips that wait for a contract which are looked at, newest first.
const MAX_WAITING: usize = 5_000;

/// Every contract, to be found by its number or by its customer.
pub(crate) struct Contracts {
    by_number: BTreeMap<String, Vec<Listed>>,
    by_customer: BTreeMap<CustomerId, Listed>,
}

/// A contract, as far as slips go.
#[derive(Clone, Debug)]
struct Listed {
    id: ContractId,
    customer: CustomerId,
    number: String,
    rejected: bool,
    at: i64,
}

/// What a slip turns out to be about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) contract: Option<ContractId>,
    pub(crate) customer: Option<CustomerId>,
    /// The number of the payer's contract, where the slip names another one.
    pub(crate) expected_number: Option<String>,
}

impl Contracts {
    /// All there are.
    pub(crate) fn read(tx: &Tx<'_>) -> Result<Self> {
        let mut all = Self { by_number: BTreeMap::new(), by_customer: BTreeMap::new() };
        for document in tx.contracts()? {
            let Some(listed) = listed(&document) else { continue };
            all.by_number.entry(loose(&listed.number)).or_default().push(listed.clone());
            let best = all.by_customer.entry(listed.customer).or_insert_with(|| listed.clone());
            if (!listed.rejected, listed.at, listed.id) > (!best.rejected, best.at, best.id) {
                *best = listed;
            }
        }
        Ok(all)
    }

    /// The contract that a slip names, if it is the payer's or the payer is not known; else what its number should have been.
    pub(crate) fn find(&self, number: Option<&str>, payer: Option<CustomerId>) -> Match {
        let named = number.and_then(|number| self.numbered(number));
        let own = payer.and_then(|payer| self.by_customer.get(&payer));
        match (named, own) {
            (Some(named), None) => Match { contract: Some(named.id), customer: Some(named.customer), expected_number: None },
            (Some(named), Some(own)) if named.customer == own.customer => {
                Match { contract: Some(named.id), customer: Some(named.customer), expected_number: None }
            }
            (_, own) => Match { contract: None, customer: payer, expected_number: own.map(|own| own.number.clone()) },
        }
    }

    /// The one contract of this number: written alike but for case and width, else but for dashes and dots too.
    fn numbered(&self, number: &str) -> Option<&Listed> {
        let alike = self.by_number.get(&loose(number)).filter(|_| !loose(number).is_empty())?;
        let exact: Vec<&Listed> = alike.iter().filter(|other| strict(&other.number) == strict(number)).collect();
        let of: Vec<&Listed> = if exact.is_empty() { alike.iter().collect() } else { exact };
        // One that was turned down gives way to the one made in its place.
        let standing: Vec<&Listed> = of.iter().copied().filter(|other| !other.rejected).collect();
        match (standing.as_slice(), of.as_slice()) {
            ([one], _) | ([], [one]) => Some(one),
            _ => None,
        }
    }
}

/// Links the slips that wait for a contract with this number, now that there is one; what was found wrong with them is settled.
fn link(ingest: &mut Ingest<'_>, contract: RecordId) -> Result<()> {
    let Some(number) = ingest.tx().document(contract)?.as_ref().and_then(listed).map(|listed| loose(&listed.number)) else {
        return Ok(());
    };
    let mut waiting = ingest.tx().open_of_kind(Kind::Slip, MAX_WAITING)?;
    let text = |slip: &Document, field: &str| slip.fields.get(field).and_then(Scalar::as_text).map(str::to_owned);
    waiting.retain(|slip| text(slip, "contract_number").is_some_and(|named| loose(&named) == number));
    if waiting.is_empty() {
        return Ok(());
    }
    let contracts = Contracts::read(ingest.tx())?;
    for slip in waiting {
        let payer = text(&slip, "customer").and_then(|id| id.parse().ok());
        let found = contracts.find(text(&slip, "contract_number").as_deref(), payer);
        let (Some(contract), Some(customer)) = (found.contract, found.customer) else { continue };
        let linked =
            Fields::from([("contract".into(), contract.to_string().into()), ("customer".into(), customer.to_string().into())]);
        ingest.write(slip.id, &linked)?;
        for finding in ingest.tx().children(slip.id, Kind::Finding)? {
            if !finding.fields.contains_key("resolved_at") {
                let at = Scalar::Int(ingest.now().timestamp_millis());
                let settled = Fields::from([("resolution".into(), AGREED_LATER.into()), ("resolved_at".into(), at)]);
                ingest.write(finding.id, &settled)?;
            }
        }
    }
    Ok(())
}

fn listed(document: &Document) -> Option<Listed> {
    let text = |field: &str| document.fields.get(field).and_then(Scalar::as_text);
    Some(Listed {
        id: document.id.into(),
        customer: text("customer")?.parse().ok()?,
        number: text("number")?.to_owned(),
        rejected: document.fields.get("rejected_at").is_some_and(|at| *at != Scalar::Null),
        at: document.at,
    })
}

/// A number as it is compared: width, case and spaces do not count, nor which dash it is.
fn strict(number: &str) -> String {
    let dash = |c: char| if matches!(c, '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '_' | '~') { '-' } else { c };
    fold(number).chars().filter(|c| !c.is_whitespace()).map(dash).flat_map(char::to_uppercase).collect()
}

/// The same without any sign between letters and digits.
fn loose(number: &str) -> String {
    strict(number).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contracts(list: &[(u128, u128, &str, bool)]) -> Contracts {
        let mut all = Contracts { by_number: BTreeMap::new(), by_customer: BTreeMap::new() };
        for (at, (id, customer, number, rejected)) in (0..).zip(list) {
            let (id, customer) = (ContractId(uuid::Uuid::from_u128(*id)), CustomerId(uuid::Uuid::from_u128(*customer)));
            let listed = Listed { id, customer, number: (*number).to_owned(), rejected: *rejected, at };
            all.by_number.entry(loose(number)).or_default().push(listed.clone());
            all.by_customer.insert(customer, listed);
        }
        all
    }

    fn found(all: &Contracts, number: &str, payer: Option<u128>) -> (Option<u128>, Option<String>) {
        let Match { contract, expected_number, .. } =
            all.find(Some(number).filter(|number| !number.is_empty()), payer.map(|payer| CustomerId(uuid::Uuid::from_u128(payer))));
        (contract.map(|contract| contract.0.as_u128()), expected_number)
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let all = contracts(&[(1, 7, "HT-2026-001", false), (2, 8, "HT2026-002", true), (3, 8, "HT2026-002", false)]);
        for number in ["HT-2026-001", "ht-2026-001", "ＨＴ－２０２６－００１", "HT 2026—001", "HT2026001"] {
            assert_eq!(found(&all, number, None).0, Some(1), "{number}");
        }
        assert_eq!(found(&all, "HT2026-002", Some(8)).0, Some(3), "the one that was turned down gives way");
        assert_eq!(found(&all, "HT-2026-003", None), (None, None));
        assert_eq!(found(&all, "", Some(7)), (None, Some("HT-2026-001".into())));
        assert_eq!(found(&all, "--", None), (None, None));
    }

    #[test]
    fn numbers_that_differ_in_their_dashes_only_are_told_apart() {
        let all = contracts(&[(1, 7, "HT-1-11", false), (2, 8, "HT-11-1", false)]);
        assert_eq!(found(&all, "HT-1-11", None).0, Some(1));
        assert_eq!(found(&all, "HT-11-1", None).0, Some(2));
        assert_eq!(found(&all, "HT111", None).0, None, "it could be either");
    }

    #[test]
    fn another_customers_contract_is_not_the_payers() {
        let all = contracts(&[(1, 7, "HT-1", false), (2, 8, "HT-2", false)]);
        assert_eq!(found(&all, "HT-2", Some(7)), (None, Some("HT-1".into())));
        assert_eq!(found(&all, "HT-2", Some(9)).0, Some(2), "a payer without any contract pays for somebody");
    }
}
