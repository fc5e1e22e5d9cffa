//! Which column holds what, by the words people write above it, Chinese or English.

use chuda_record::{Error, Result};
use chuda_words::{Word, keys};

use super::table::{MAX_ABOVE, Row};
use super::value::says_ten_thousands;
use crate::text::fold;

words! {
    /// What a column can hold.
    Field {
        Name = "name",
        Short = "short",
        Contact = "contact",
        Position = "position",
        Role = "contact_role",
        Phone = "phone",
        Intent = "intent",
        Channel = "channel",
        Holder = "holder",
        ExternalId = "external_id",
        Address = "address",
        Model = "model",
        Slip = "number",
        ContractNumber = "contract_number",
        Amount = "amount",
        Payer = "payer",
        PaidOn = "paid_on",
    }
}

/// What people write above each column, folded.
const HEADINGS: &str = include_str!("headings.tsv");

impl Field {
    /// Its words on screen.
    fn label(self) -> Word {
        chuda_words::label("column", self.key())
    }

    fn is_headed(self, heading: &str) -> bool {
        let row = HEADINGS.lines().filter_map(|line| line.split_once('\t')).find(|(key, _)| *key == self.key());
        row.is_some_and(|(_, words)| words.split(' ').any(|word| word == heading))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Columns {
    found: Vec<(Field, usize)>,
    headings: Vec<String>,
    /// Whether the heading of the amounts says 万元.
    pub(crate) in_ten_thousands: bool,
    /// The row they stand in.
    pub(crate) at: usize,
}

impl Columns {
    /// Finds the headings among the first rows: the row with most words that are known. All of `needed` have to be there.
    pub(crate) fn find(rows: &[Row], known: &[Field], needed: &[Field]) -> Result<Self> {
        let read = rows.iter().take(MAX_ABOVE).enumerate().map(|(at, row)| Self::read(at, row, known));
        // Of rows that are equally good the first one.
        let best = read.rev().max_by_key(|columns| columns.found.len()).filter(|columns| !columns.found.is_empty());
        let best = best.ok_or_else(|| missing(needed))?;
        let lacking: Vec<Field> = needed.iter().copied().filter(|field| best.column(*field).is_none()).collect();
        if lacking.is_empty() { Ok(best) } else { Err(missing(&lacking)) }
    }

    fn read(at: usize, row: &Row, known: &[Field]) -> Self {
        let mut found: Vec<(Field, usize)> = Vec::new();
        let mut in_ten_thousands = false;
        for (column, cell) in row.cells.iter().enumerate() {
            let heading = heading(cell);
            let field = known.iter().copied().find(|field| field.is_headed(&heading));
            // The first of two alike counts.
            if let Some(field) = field.filter(|field| found.iter().all(|(other, _)| other != field)) {
                in_ten_thousands |= field == Field::Amount && says_ten_thousands(cell);
                found.push((field, column));
            }
        }
        Self { found, headings: row.cells.iter().map(|cell| fold(cell)).collect(), in_ten_thousands, at }
    }

    fn column(&self, field: Field) -> Option<usize> {
        self.found.iter().find(|(other, _)| *other == field).map(|(_, column)| *column)
    }

    /// A row's text of a field, folded; none where it is empty.
    pub(crate) fn get(&self, row: &Row, field: Field) -> Option<String> {
        let cell = row.cells.get(self.column(field)?)?;
        Some(fold(cell)).filter(|text| !text.is_empty())
    }

    /// The heading of a field as it stands in the file.
    pub(crate) fn heading(&self, field: Field) -> String {
        let heading = self.column(field).and_then(|column| self.headings.get(column));
        heading.cloned().unwrap_or_else(|| field.label().zh.to_owned())
    }

    /// Each heading with what it was taken for.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, Option<Field>)> {
        let named = self.headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty());
        named.map(|(at, heading)| (heading.as_str(), self.found.iter().find(|(_, column)| *column == at).map(|(field, _)| *field)))
    }
}

/// A heading as it is compared: without units, marks and spaces.
fn heading(cell: &str) -> String {
    let folded = fold(cell).to_lowercase();
    let open = folded.find(['(', '[', '【', '〔']).unwrap_or(folded.len());
    folded[..open].chars().filter(|c| c.is_alphanumeric()).collect()
}

fn missing(fields: &[Field]) -> Error {
    let (zh, en): (Vec<_>, Vec<_>) = fields.iter().map(|field| field.label()).map(|word| (word.zh, word.en)).unzip();
    Error::invalid(keys::IMPORT_COLUMN_MISSING).with("column", zh.join("、")).with("column_en", en.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Field] = &[Field::Slip, Field::ContractNumber, Field::Amount, Field::Payer, Field::PaidOn];

    fn rows(rows: &[&[&str]]) -> Vec<Row> {
        let row =
            |(at, cells): (usize, &&[&str])| Row { line: at + 1, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() };
        rows.iter().enumerate().map(row).collect()
    }

    #[test]
    fn headings_are_found_below_a_title_in_either_language_and_however_they_are_dressed() {
        for headings in [
            ["流水号", "合同号", "金额", "付款方", "付款日期"],
            ["*交易流水号", "合同编号（必填）", "付款金额 (元)", "付款单位：", "到账日期"],
            ["Slip Number", "Contract No.", "AMOUNT", "Paid by", "Payment date"],
        ] {
            let rows = rows(&[&["2026 年 11 月付款"], &headings, &["1", "2", "3", "4", "5"]]);
            let columns = Columns::find(&rows, KNOWN, KNOWN).unwrap();
            assert_eq!(columns.at, 1);
            let read: Vec<_> = KNOWN.iter().map(|field| columns.get(&rows[2], *field).unwrap()).collect();
            assert_eq!(read, ["1", "2", "3", "4", "5"], "{headings:?}");
            assert!(!columns.in_ten_thousands);
        }
        let rows = rows(&[&["流水号", "金额（万元）"]]);
        assert!(Columns::find(&rows, KNOWN, &[Field::Slip]).unwrap().in_ten_thousands);
    }

    #[test]
    fn what_is_needed_and_not_there_is_named() {
        let error = Columns::find(&rows(&[&["流水号", "备注"]]), KNOWN, &[Field::Slip, Field::Amount]).unwrap_err();
        assert_eq!((error.key, error.params["column"].as_str()), ("import.column_missing", "金额"));
        let error = Columns::find(&rows(&[&["甲", "乙"]]), KNOWN, &[Field::Slip, Field::Amount]).unwrap_err();
        assert_eq!(error.params["column"], "流水号、金额");
    }
}
