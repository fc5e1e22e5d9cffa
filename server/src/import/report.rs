//! What an import does, or would do: a preview line by line, and every mistake with its place and what to do about it.

use chuda_record::wire::api::{ImportColumn, ImportError, ImportKind, ImportLine, ImportReport};

use super::columns::{Columns, Field};
use super::table::Row;

/// Most lines and most mistakes that are listed; the counts have all.
const LISTED: usize = 200;
/// Most characters of a value that a mistake shows.
const SHOWN: usize = 40;

/// What can be wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Missing,
    TooLong,
    Intent,
    Role,
    Day,
    Amount,
    HolderUnknown,
    HolderAmbiguous,
    HolderNotAllowed,
    NameAmbiguous,
    OtherId,
    OtherSlip,
}

impl Mistake {
    /// Stable word, Chinese and English.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Missing => ("missing", "不能为空", "must not be empty"),
            Self::TooLong => ("too_long", "太长了，最多 200 个字", "is too long: at most 200 characters"),
            Self::Intent => ("intent", "意向等级只能是 A、B、C、D", "is no level: A, B, C or D"),
            Self::Role => ("contact_role", "没有这个联系人角色", "is no role of a contact"),
            Self::Day => ("date", "读不懂这个日期，例如 2026-11-24", "can't be read as a day, such as 2026-11-24"),
            Self::Amount => ("amount", "读不懂这个金额，例如 12,800.50 或 1.28万", "can't be read as an amount, such as 12,800.50"),
            Self::HolderUnknown => ("holder_unknown", "人员名单里没有这个人", "is nobody of the team"),
            Self::HolderAmbiguous => ("holder_ambiguous", "有不止一个人叫这个名字", "is the name of more than one person"),
            Self::HolderNotAllowed => {
                ("holder_not_allowed", "只能导入给自己或下属", "is neither you nor somebody who reports to you")
            }
            Self::NameAmbiguous => {
                ("name_ambiguous", "已有不止一个同名客户，请填客户编号", "names more than one customer: give the customer's id")
            }
            Self::OtherId => ("external_id", "同名客户已有另一个编号", "is not the id that the customer of this name has"),
            Self::OtherSlip => {
                ("slip_differs", "这个流水号已有一张内容不同的付款单", "is the number of another slip with other content")
            }
        }
    }
}

/// A report that says nothing yet but what the headings are.
pub(super) fn begin(kind: ImportKind, dry_run: bool, columns: &Columns) -> ImportReport {
    let column = |(heading, field): (&str, Option<Field>)| ImportColumn {
        heading: heading.to_owned(),
        field: field.map(|field| field.words().0.to_owned()),
    };
    ImportReport {
        kind,
        dry_run,
        rows: 0,
        created: 0,
        changed: 0,
        unchanged: 0,
        mistakes: 0,
        errors: Vec::new(),
        columns: columns.all().map(column).collect(),
        lines: Vec::new(),
    }
}

/// Tells of a line.
pub(super) fn add_line(report: &mut ImportReport, line: ImportLine) {
    match line.outcome.as_str() {
        "created" => report.created += 1,
        "changed" => report.changed += 1,
        _ => report.unchanged += 1,
    }
    if report.lines.len() < LISTED {
        report.lines.push(line);
    }
}

/// Tells of a mistake.
pub(super) fn add_mistake(report: &mut ImportReport, columns: &Columns, row: &Row, field: Field, mistake: Mistake) {
    report.mistakes += 1;
    if report.errors.len() >= LISTED {
        return;
    }
    let (key, zh, en) = mistake.words();
    let column = columns.heading(field);
    let value = columns.get(row, field).map(|value| value.chars().take(SHOWN).collect::<String>());
    let quoted = value.as_ref().map(|value| format!("“{value}”")).unwrap_or_default();
    report.errors.push(ImportError {
        line: row.line,
        key: key.to_owned(),
        message: format!("第 {} 行「{column}」{quoted}：{zh}", row.line),
        message_en: format!("Line {}, {column} {quoted} {en}", row.line).replace("  ", " "),
        column,
        value,
    });
}
