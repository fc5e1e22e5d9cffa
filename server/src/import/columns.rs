//! Which column holds what, by the words people write above it, Chinese or English.

use chuda_record::{Error, Result};

use super::table::{MAX_ABOVE, Row};
use crate::text::fold;

macro_rules! fields {
    ($($field:ident = $key:literal $zh:literal $en:literal [$($word:literal),* $(,)?]),* $(,)?) => {
        /// What a column can hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Field {
            $($field,)*
        }

        impl Field {
            /// Its stable word, its words on a Chinese and on an English screen.
            pub(crate) fn words(self) -> (&'static str, &'static str, &'static str) {
                match self {
                    $(Self::$field => ($key, $zh, $en),)*
                }
            }

            /// What people write above it, folded.
            fn headings(self) -> &'static [&'static str] {
                match self {
                    $(Self::$field => &[$($word),*],)*
                }
            }
        }
    };
}

fields! {
    Name = "name" "客户名称" "Customer" [
        "客户名称", "名称", "客户", "客户名", "公司", "公司名称", "企业名称", "单位名称", "客户全称", "公司全称",
        "name", "customer", "customername", "company", "companyname", "account", "accountname",
    ],
    Short = "short" "简称" "Short name" ["简称", "客户简称", "公司简称", "shortname", "short", "alias"],
    Contact = "contact" "联系人" "Contact" ["联系人", "联系人姓名", "客户联系人", "contact", "contactperson", "contactname"],
    Position = "position" "职务" "Position" ["职务", "职位", "岗位", "联系人职务", "position", "title", "jobtitle"],
    Role = "contact_role" "联系人角色" "Contact's role" ["角色", "联系人角色", "决策角色", "contactrole", "role"],
    Phone = "phone" "电话" "Phone" [
        "电话", "联系电话", "联系方式", "手机", "手机号", "手机号码", "电话号码", "联系人电话", "联系人手机",
        "phone", "mobile", "tel", "telephone", "phonenumber", "contactphone",
    ],
    Intent = "intent" "意向等级" "Intent level" [
        "意向等级", "意向", "意向级别", "客户等级", "客户级别", "等级", "intent", "intentlevel", "level", "grade", "rating",
    ],
    Channel = "channel" "渠道" "Channel" ["渠道", "来源", "线索来源", "客户来源", "来源渠道", "channel", "source", "leadsource"],
    Holder = "holder" "负责人" "Holder" [
        "负责人", "销售", "销售代表", "跟进人", "归属人", "客户负责人", "业务员", "holder", "owner", "salesrep", "rep", "assignedto",
    ],
    ExternalId = "external_id" "客户编号" "Customer id" [
        "客户编号", "编号", "客户id", "crm编号", "crmid", "id", "externalid", "customerid", "accountid", "customerno",
    ],
    Address = "address" "安装地址" "Address" ["地址", "安装地址", "客户地址", "公司地址", "address", "installationaddress"],
    Model = "model" "设备型号" "Device model" ["型号", "设备型号", "产品型号", "model", "devicemodel"],
    Slip = "number" "流水号" "Slip number" [
        "流水号", "付款单号", "单号", "交易流水号", "交易号", "银行流水号", "回单号", "付款流水号", "凭证号",
        "slipnumber", "slip", "number", "serialnumber", "transactionno", "transactionid", "reference", "referenceno", "paymentno",
    ],
    ContractNumber = "contract_number" "合同号" "Contract number" [
        "合同号", "合同编号", "合同号码", "contractnumber", "contractno", "contract", "contractid",
    ],
    Amount = "amount" "金额" "Amount" [
        "金额", "付款金额", "到账金额", "收款金额", "实收金额", "交易金额", "amount", "paid", "paymentamount", "sum",
    ],
    Payer = "payer" "付款方" "Payer" [
        "付款方", "付款单位", "付款人", "付款方名称", "付款户名", "对方户名", "对方名称", "客户名称", "客户",
        "payer", "paidby", "payername", "from", "customer", "customername",
    ],
    PaidOn = "paid_on" "付款日期" "Paid on" [
        "付款日期", "日期", "到账日期", "交易日期", "收款日期", "付款时间", "交易时间", "到账时间",
        "paidon", "date", "paymentdate", "paiddate", "transactiondate",
    ],
}

/// The columns of a table.
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
            let field = known.iter().copied().find(|field| field.headings().contains(&heading.as_str()));
            // The first of two alike counts.
            if let Some(field) = field.filter(|field| found.iter().all(|(other, _)| other != field)) {
                in_ten_thousands |= field == Field::Amount && fold(cell).contains('万');
                found.push((field, column));
            }
        }
        Self { found, headings: row.cells.iter().map(|cell| fold(cell)).collect(), in_ten_thousands, at }
    }

    /// Where a field is.
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
        heading.cloned().unwrap_or_else(|| field.words().1.to_owned())
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
    let (zh, en): (Vec<_>, Vec<_>) = fields.iter().map(|field| field.words()).map(|(_, zh, en)| (zh, en)).unzip();
    Error::invalid("import.column_missing").with("column", zh.join("、")).with("column_en", en.join(", "))
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
