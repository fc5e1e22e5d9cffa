//! A file as rows of text: CSV in UTF-8, UTF-16 or GB18030, and the first sheet of an XLSX workbook. Everything is bounded.

use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader as _, Xlsx};
use chuda_record::wire::api::MAX_IMPORT_BYTES;
use chuda_record::{Error, Result};
use chuda_words::keys;
use encoding_rs::{Encoding, GB18030, UTF_8};
use zip::ZipArchive;

/// Most rows below the headings.
pub(crate) const MAX_ROWS: usize = 20_000;
/// Most rows above the headings: a title, a date of export.
pub(crate) const MAX_ABOVE: usize = 10;
const MAX_COLUMNS: usize = 200;
/// Longest cell, in characters.
const MAX_CELL: usize = 4_000;
/// Most bytes of all parts of a workbook, unpacked.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;
/// Most parts of a workbook.
const MAX_PARTS: usize = 2_000;

/// One row, with the line that a person finds it at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) cells: Vec<String>,
}

/// The rows of a file that have anything in them. What it is follows from its first bytes, not from its name.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Row>> {
    if bytes.len() > MAX_IMPORT_BYTES {
        return Err(Error::invalid(keys::IMPORT_TOO_LARGE).with("most", MAX_IMPORT_BYTES));
    }
    let rows = if bytes.starts_with(b"PK\x03\x04") {
        // The reader of workbooks is not ours: a file that makes it panic is unreadable, and no more.
        catch_unwind(AssertUnwindSafe(|| workbook(bytes))).unwrap_or_else(|_| Err(unreadable()))?
    } else {
        csv(&text(bytes)?)?
    };
    if rows.is_empty() { Err(Error::invalid(keys::IMPORT_EMPTY)) } else { Ok(rows) }
}

fn unreadable() -> Error {
    Error::invalid(keys::IMPORT_UNREADABLE)
}

/// Takes up cells within the bounds.
#[derive(Default)]
struct Rows(Vec<Row>);

impl Rows {
    fn add(&mut self, line: usize, cells: Vec<String>) -> Result<()> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        // Headings, and what may stand above them.
        if self.0.len() >= MAX_ROWS + MAX_ABOVE {
            return Err(Error::invalid(keys::IMPORT_TOO_MANY_ROWS).with("most", MAX_ROWS));
        }
        if cells.len() > MAX_COLUMNS {
            return Err(Error::invalid(keys::IMPORT_TOO_MANY_COLUMNS).with("most", MAX_COLUMNS).with("line", line));
        }
        if cells.iter().any(|cell| cell.chars().count() > MAX_CELL) {
            return Err(Error::invalid(keys::IMPORT_CELL_TOO_LONG).with("most", MAX_CELL).with("line", line));
        }
        self.0.push(Row { line, cells });
        Ok(())
    }
}

/// The text of a file: as its byte order mark says, else UTF-8, else GB18030.
fn text(bytes: &[u8]) -> Result<String> {
    let encodings: Vec<&'static Encoding> = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => vec![encoding],
        None => vec![UTF_8, GB18030],
    };
    let decode = |encoding: &&'static Encoding| match encoding.decode(bytes) {
        (text, _, false) if !text.contains('\0') => Some(text.into_owned()),
        _ => None,
    };
    encodings.iter().find_map(decode).ok_or_else(|| Error::invalid(keys::IMPORT_ENCODING))
}

fn csv(text: &str) -> Result<Vec<Row>> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    let delimiter = [b',', b'\t', b';'].into_iter().rev().max_by_key(count).unwrap_or(b',');
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows = Rows::default();
    for record in reader.records() {
        let record = record.map_err(|_| unreadable())?;
        let line = record.position().map_or(0, |position| position.line());
        rows.add(usize::try_from(line).unwrap_or(0), record.iter().map(str::to_owned).collect())?;
    }
    Ok(rows.0)
}

fn workbook(bytes: &[u8]) -> Result<Vec<Row>> {
    check_parts(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    for sheet in workbook.sheet_names() {
        let rows = self::sheet(&mut workbook, &sheet)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Ok(Vec::new())
}

fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Row>> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|_| unreadable())?;
    let (mut rows, mut line, mut row) = (Rows::default(), 0, Vec::new());
    // Cell by cell: a sheet that names a cell far away never becomes a rectangle in memory.
    while let Some(cell) = cells.next_cell().map_err(|_| unreadable())? {
        let ((at, column), value) = (cell.get_position(), shown(cell.get_value()));
        if value.is_empty() {
            continue;
        }
        if at as usize + 1 != line {
            rows.add(line, std::mem::take(&mut row))?;
            line = at as usize + 1;
        }
        let column = column as usize;
        if column >= MAX_COLUMNS {
            return Err(Error::invalid(keys::IMPORT_TOO_MANY_COLUMNS).with("most", MAX_COLUMNS).with("line", line));
        }
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = value;
    }
    rows.add(line, row)?;
    Ok(rows.0)
}

/// A cell as a person sees it; a date without its time.
fn shown(value: &DataRef<'_>) -> String {
    match Data::from(value.clone()) {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DurationIso(text) => text,
        Data::Bool(value) => value.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => plain(number),
        Data::DateTime(at) => match at.as_datetime() {
            Some(at) if at.date() > chrono::NaiveDate::MIN => at.date().to_string(),
            _ => plain(at.as_f64()),
        },
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
    }
}

/// A number without the noise of its binary form.
fn plain(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Refuses what would not stay within bounds once unpacked, whatever the archive says about itself.
fn check_parts(bytes: &[u8]) -> Result<()> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if archive.len() > MAX_PARTS {
        return Err(unreadable());
    }
    let mut left = MAX_UNPACKED;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| unreadable())?;
        let mut content = Vec::new();
        let read = part.take(left + 1).read_to_end(&mut content).map_err(|_| unreadable())? as u64;
        left = left.checked_sub(read).ok_or_else(|| Error::invalid(keys::IMPORT_TOO_LARGE).with("most", MAX_UNPACKED))?;
        check_counts(&content)?;
    }
    Ok(())
}

/// The reader takes a part's word for how many strings there are and makes room for them at once: a lie is refused here.
fn check_counts(part: &[u8]) -> Result<()> {
    const WORD: &[u8] = b"uniqueCount";
    let is_xml = part.iter().find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF)) == Some(&b'<');
    let wide = part.starts_with(&[0xFE, 0xFF]) || part.starts_with(&[0xFF, 0xFE]) || (is_xml && part.contains(&0));
    if wide {
        return Err(unreadable());
    }
    let mut rest = part;
    while let Some(at) = rest.windows(WORD.len()).position(|word| word == WORD) {
        rest = &rest[at + WORD.len()..];
        let digits = rest.iter().skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\''));
        let count = digits
            .take_while(|byte| byte.is_ascii_digit())
            .take(19)
            .fold(0_u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        if count > part.len() as u64 {
            return Err(unreadable());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::import::sample::workbook_of;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        read(bytes).unwrap().into_iter().map(|row| row.cells).collect()
    }

    fn key(bytes: &[u8]) -> &'static str {
        read(bytes).unwrap_err().key
    }

    #[test]
    fn the_same_table_is_read_in_every_encoding_and_with_every_separator() {
        let text = "客户名称,电话\n杭州智联科技,\"1380,\n0000\"\n\n , \n李雷,韩梅\n";
        let expected = [vec!["客户名称", "电话"], vec!["杭州智联科技", "1380,\n0000"], vec!["李雷", "韩梅"]];
        let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), GB18030.encode(text).0.into_owned(), utf16]
        {
            assert_eq!(cells(&bytes), expected);
        }
        assert_eq!(
            cells("a;b,c\nd;e\n".as_bytes()),
            [["a;b", "c"], ["d;e", ""]]
                .map(|row| { row.iter().filter(|cell| !cell.is_empty()).map(|cell| (*cell).to_owned()).collect::<Vec<_>>() })
        );
        assert_eq!(cells("a\tb\nc,d\te\n".as_bytes()), [["a", "b"], ["c,d", "e"]]);
        let lines: Vec<usize> = read(text.as_bytes()).unwrap().into_iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 6], "as an editor counts them");
    }

    #[test]
    fn what_is_no_text_is_told_so() {
        assert_eq!(key(&[0xff, 0xff, 0x00, 0x81]), "import.encoding");
        assert_eq!(key(b""), "import.empty");
        assert_eq!(key(b" , \n\n"), "import.empty");
        assert_eq!(key(b"PK\x03\x04 and nothing more"), "import.unreadable");
        assert_eq!(key(&vec![b'a'; MAX_IMPORT_BYTES + 1]), "import.too_large");
        assert_eq!(key(format!("a{}", ",".repeat(MAX_COLUMNS)).as_bytes()), "import.too_many_columns");
        assert_eq!(key("x".repeat(MAX_CELL + 1).as_bytes()), "import.cell_too_long");
        assert_eq!(key("x\n".repeat(MAX_ROWS + 20).as_bytes()), "import.too_many_rows");
    }

    #[test]
    fn a_workbook_is_read_as_it_looks() {
        let sheet = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>客户名称</t></is></c><c r="C1" t="inlineStr"><is><t>金额</t></is></c></row>
            <row r="5"><c r="A5" t="inlineStr"><is><t>杭州智联科技</t></is></c><c r="B5" s="1"><v>46350</v></c><c r="C5"><v>0.30000000000000004</v></c></row>
            <row r="6"><c r="A6" s="1"/><c r="B6"><v>13800000000</v></c></row>"#;
        let rows = read(&workbook_of(sheet)).unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 5, 6]);
        assert_eq!(rows[0].cells, ["客户名称", "", "金额"]);
        assert_eq!(rows[1].cells, ["杭州智联科技", "2026-11-24", "0.3"]);
        assert_eq!(rows[2].cells, ["", "13800000000"]);
    }

    #[test]
    fn a_cell_far_away_takes_no_room_and_a_bomb_is_not_unpacked() {
        let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
        assert_eq!(key(&workbook_of(far)), "import.too_many_columns");
        let deep = r#"<row r="1048576"><c r="A1048576"><v>1</v></c></row>"#;
        assert_eq!(read(&workbook_of(deep)).unwrap()[0].line, 1_048_576);
        let bomb = " ".repeat(80 * 1024 * 1024);
        let bytes = workbook_of(&bomb);
        assert!(bytes.len() < MAX_IMPORT_BYTES);
        assert_eq!(key(&bytes), "import.too_large");
    }

    #[test]
    fn a_workbook_that_lies_about_its_strings_is_refused() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("xl/sharedStrings.xml", options).unwrap();
        writer.write_all(br#"<sst xmlns="x" count="1" uniqueCount="99999999999"><si><t>a</t></si></sst>"#).unwrap();
        assert_eq!(key(&writer.finish().unwrap().into_inner()), "import.unreadable");
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), archive: bool) {
            if archive {
                bytes.splice(0..0, *b"PK\x03\x04");
            }
            let _ = read(&bytes);
        }

        #[test]
        fn a_damaged_workbook_is_survived(at in any::<proptest::sample::Index>(), byte: u8) {
            let mut bytes = workbook_of(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>客户</t></is></c></row>"#);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = read(&bytes);
        }
    }
}
