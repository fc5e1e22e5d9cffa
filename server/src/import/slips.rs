//! Payment slips (B5): each by its number, with the contract it names and the customer who paid.

use chuda_record::id::SlipId;
use chuda_record::wire::api::{ImportLine, ImportMismatch};
use chuda_record::{Error, Fields, Origin, Record as _, Result, Scalar, Slip};

use super::columns::Field;
use super::customers::Book;
use super::plan::{Plan, text};
use super::report::{self, Mistake};
use super::table::Row;
use super::value::{amount, day, name_key};
use crate::reactions::{Contracts, Match};

/// What is looked for, and what has to be there.
pub(super) const FIELDS: (&[Field], &[Field]) =
    (&[Field::Slip, Field::ContractNumber, Field::Amount, Field::Payer, Field::PaidOn], &[Field::Slip, Field::Amount]);

pub(super) fn plan(plan: &mut Plan<'_>, rows: &[Row]) -> Result<()> {
    let (book, contracts) = (Book::read(plan.tx, None)?, Contracts::read(plan.tx)?);
    for row in rows {
        let Some(slip) = read(plan, row) else { continue };
        let payer = slip.payer.as_deref().and_then(|payer| book.named(payer));
        let Match { contract, customer, expected_number } = contracts.find(slip.contract_number.as_deref(), payer);
        let slip = Slip { contract, customer, expected_number, ..slip };
        let id = SlipId::derived(&format!("import/slip/{}", name_key(&slip.number))).into();
        let fields = slip.to_new_fields().map_err(|error| Error::internal("import.encode", error))?;
        let outcome = match plan.state(id)? {
            None => {
                plan.writes.write(id, fields);
                "created"
            }
            Some(state) if same(&state, &fields) => "unchanged",
            Some(_) => {
                plan.mistake(row, Field::Slip, Mistake::OtherSlip);
                continue;
            }
        };
        // What does not agree is seen before it goes in.
        let mismatch = contract.is_none().then_some(ImportMismatch { left: slip.contract_number, right: slip.expected_number });
        report::add_line(
            &mut plan.report,
            ImportLine {
                line: row.line,
                name: slip.number,
                outcome: outcome.to_owned(),
                sets: Vec::new(),
                kept: Vec::new(),
                mismatch,
            },
        );
    }
    Ok(())
}

fn read(plan: &mut Plan<'_>, row: &Row) -> Option<Slip> {
    let before = plan.report.mistakes;
    let in_ten_thousands = plan.columns.in_ten_thousands;
    let number = plan.text(row, Field::Slip);
    let paid = plan.read(row, Field::Amount, Mistake::Amount, |text| amount(text, in_ten_thousands));
    let paid_on = plan.read(row, Field::PaidOn, Mistake::Day, day);
    let (contract_number, payer) = (plan.text(row, Field::ContractNumber), plan.text(row, Field::Payer));
    if plan.report.mistakes > before {
        return None;
    }
    let lacking = if number.is_none() { Field::Slip } else { Field::Amount };
    let (Some(number), Some(paid)) = (number, paid) else {
        plan.mistake(row, lacking, Mistake::Missing);
        return None;
    };
    let origin = Origin { source: None, rule: None, config: None, because: None, created_at: plan.now };
    Some(Slip {
        author: Some(plan.person),
        number,
        contract_number,
        expected_number: None,
        payer,
        amount: paid,
        paid_on,
        contract: None,
        customer: None,
        origin,
    })
}

/// Whether a slip says what the one of its number said before.
fn same(state: &Fields, fields: &Fields) -> bool {
    let written = |fields: &Fields, field: &str| text(fields, field).map(name_key);
    let fixed = |fields: &Fields, field: &str| fields.get(field).filter(|value| **value != Scalar::Null).cloned();
    ["contract_number", "payer"].into_iter().all(|field| written(state, field) == written(fields, field))
        && ["amount", "paid_on"].into_iter().all(|field| fixed(state, field) == fixed(fields, field))
}
