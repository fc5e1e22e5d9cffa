//! A document: does it open, how many pages has it, does it read like a quote.

use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lopdf::{DecompressError, LoadOptions, Object, ObjectId, xref::XrefRecovery};

use super::sniff::{Mime, sniff};
use super::unreadable::{Unreadable, guarded};

/// Longer files are not looked into.
const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;
/// No quote, contract or brochure comes near.
const MAX_PAGES: usize = 10_000;
/// Pages whose text is read to see whether it is a quote: the words and a sum stand early.
const TEXT_PAGES: u32 = 4;
/// What all object streams of a PDF, or the main part of an office document, may unpack to.
const MAX_UNPACKED: usize = 64 * 1024 * 1024;
/// The same for an encrypted PDF, whose streams cannot be added up while it is read.
const MAX_UNPACKED_ENCRYPTED: usize = 256 * 1024 * 1024;
/// What any one stream of a PDF may unpack to.
const MAX_STREAM: usize = 16 * 1024 * 1024;
/// How long one document may take.
const MAX_TIME: Duration = Duration::from_secs(2);
/// Nested objects are read by recursion, up to a depth that fits into this.
const STACK: usize = 16 * 1024 * 1024;

/// What is written in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording {
    /// Whether there is any text in it; a PDF that was scanned has none.
    pub has_text: bool,
    /// Whether a PDF has the words and sums of a quote. A scan has no text, so "no" says little.
    pub looks_like_quote: bool,
}

/// Whether a document opens; the number of pages of a PDF. Takes at most two seconds, whatever the bytes are.
pub fn inspect(bytes: &[u8]) -> Result<Option<u32>, Unreadable> {
    match readable(bytes)? {
        Mime::Pdf => in_time(bytes.to_vec(), |bytes| Ok(Some(open_pdf(bytes)?.1))),
        mime => open_other(bytes, mime).map(|()| None),
    }
}

/// What is written in a document that opens. Takes at most two seconds, whatever the bytes are.
pub fn wording(bytes: &[u8]) -> Result<Wording, Unreadable> {
    match readable(bytes)? {
        Mime::Pdf => in_time(bytes.to_vec(), read_pdf),
        mime => open_other(bytes, mime).map(|()| Wording { has_text: true, looks_like_quote: false }),
    }
}

/// The format of bytes that are short enough to be looked into.
fn readable(bytes: &[u8]) -> Result<Mime, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    sniff(&mut Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)
}

/// Runs a parser written by others beside this thread, and gives up on it when the time is over.
fn in_time<T: Send + 'static>(bytes: Vec<u8>, look: fn(&[u8]) -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let work = move || {
        let _ = sender.send(guarded(|| look(&bytes)));
    };
    thread::Builder::new().name("document".into()).stack_size(STACK).spawn(work).map_err(|_| Unreadable::TooComplex)?;
    receiver.recv_timeout(MAX_TIME).unwrap_or(Err(Unreadable::TooComplex))
}

/// A PDF and the number of its pages.
fn open_pdf(bytes: &[u8]) -> Result<(lopdf::Document, u32), Unreadable> {
    let started = Instant::now();
    LEFT.set(MAX_UNPACKED);
    DEADLINE.set(Some(started + MAX_TIME));
    // The objects of an encrypted file do not pass the filter, so each stream gets its share beforehand.
    let encrypted = bytes.windows(8).any(|name| name == b"/Encrypt");
    let streams = if encrypted { bytes.windows(6).filter(|word| word == b"stream").count() } else { 0 };
    let max_stream = (MAX_UNPACKED_ENCRYPTED / streams.max(1)).min(MAX_STREAM);
    let options = LoadOptions { filter: Some(within_limits), max_decompressed_size: Some(max_stream), ..LoadOptions::default() };
    // A file that is cut off can still be pieced together from the objects that are left, but it is not the document any more.
    let whole = bytes[bytes.len().saturating_sub(2048)..].windows(5).any(|bytes| bytes == b"%%EOF");
    let mut pdf = lopdf::Document::load_mem_with_options(bytes, options.clone()).map_err(|error| reason(&error, whole))?;
    if pdf.page_iter().next().is_none() && !pdf.is_encrypted() {
        // The table of objects reads but leads nowhere: find the objects themselves, as every viewer does.
        let options = LoadOptions { force_reconstruct: true, ..options };
        pdf = lopdf::Document::load_mem_with_options(bytes, options).map_err(|error| reason(&error, whole))?;
    }
    if LEFT.get() == 0 {
        return Err(Unreadable::TooComplex);
    }
    if pdf.is_encrypted() {
        return Err(Unreadable::Encrypted);
    }
    let cut = pdf.linearization.as_ref().is_some_and(|linear| linear.file_length > bytes.len() as u64);
    if cut || (pdf.xref_recovery == Some(XrefRecovery::Reconstructed) && !whole) {
        return Err(Unreadable::Truncated);
    }
    let mut pages = 0;
    for page in pdf.page_iter().take(MAX_PAGES + 1) {
        pdf.get_dictionary(page).map_err(|_| Unreadable::Damaged)?;
        pages += 1;
    }
    match pages {
        0 => return Err(Unreadable::NoPages),
        pages if pages > MAX_PAGES => return Err(Unreadable::TooComplex),
        _ => {}
    }
    Ok((pdf, pages as u32))
}

fn read_pdf(bytes: &[u8]) -> Result<Wording, Unreadable> {
    let (pdf, pages) = open_pdf(bytes)?;
    let wanted: Vec<u32> = (1..=TEXT_PAGES.min(pages)).collect();
    // Text that cannot be read is no reason against the document: most scans have none.
    let text: String = pdf.extract_text_chunks_with_limit(&wanted, MAX_STREAM).into_iter().filter_map(Result::ok).collect();
    Ok(Wording { has_text: text.chars().any(char::is_alphanumeric), looks_like_quote: looks_like_quote(&text) })
}

thread_local! {
    /// What object streams may still unpack to in the document that this thread is reading.
    static LEFT: Cell<usize> = const { Cell::new(0) };
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Drops objects once the time or the bytes are used up. The parser bounds each stream, but not all of them together.
fn within_limits(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    if DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline) {
        LEFT.set(0);
    }
    if let Ok(stream) = object.as_stream()
        && stream.dict.has_type(b"ObjStm")
    {
        let unpacked = stream.get_plain_content_with_limit(LEFT.get().min(MAX_STREAM));
        match unpacked {
            Ok(unpacked) => LEFT.set(LEFT.get().saturating_sub(unpacked.len() + 1)),
            Err(lopdf::Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => LEFT.set(0),
            Err(_) => {}
        }
    }
    // Of a stream only whether it stays is used; everything else is taken from here.
    let kept = || if object.as_stream().is_ok() { Object::Null } else { object.clone() };
    (LEFT.get() > 0).then(|| (id, kept()))
}

fn reason(error: &lopdf::Error, whole: bool) -> Unreadable {
    match error {
        lopdf::Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => Unreadable::TooComplex,
        lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) | lopdf::Error::UnsupportedSecurityHandler(_) => {
            Unreadable::Encrypted
        }
        _ if !whole => Unreadable::Truncated,
        _ => Unreadable::Damaged,
    }
}

/// An office document opens when its archive does and its main part unpacks to what its checksum says; plain text always does.
fn open_other(bytes: &[u8], mime: Mime) -> Result<(), Unreadable> {
    let main_part = match mime {
        Mime::Docx => "word/document.xml",
        Mime::Xlsx => "xl/workbook.xml",
        Mime::Pptx => "ppt/presentation.xml",
        Mime::Text => return Ok(()),
        _ => return Err(Unreadable::UnknownType),
    };
    guarded(|| unpack(bytes, main_part))
}

fn unpack(bytes: &[u8], main_part: &str) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let part = archive.by_name(main_part).map_err(|error| match error {
        zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => Unreadable::Encrypted,
        zip::result::ZipError::UnsupportedArchive(_) => Unreadable::Unsupported,
        _ => Unreadable::Damaged,
    })?;
    let mut bounded = part.take(MAX_UNPACKED as u64 + 1);
    let unpacked = io::copy(&mut bounded, &mut io::sink()).map_err(|_| Unreadable::Damaged)?;
    if unpacked > MAX_UNPACKED as u64 {
        return Err(Unreadable::TooComplex);
    }
    Ok(())
}

/// The words by which a quote is told: its titles, its columns, what stands before and after a sum of money.
fn quote_words(list: &str) -> impl Iterator<Item = &'static str> {
    let row = include_str!("quote.tsv").lines().find_map(|line| line.strip_prefix(list)).unwrap_or_default();
    row.split_whitespace()
}

/// A quote names itself, or has two of the columns of one, and it has a sum of money.
fn looks_like_quote(text: &str) -> bool {
    // The characters of a line often come one by one, with spaces between them.
    let text: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let columns = quote_words("columns").filter(|column| text.contains(*column)).count();
    (columns >= 2 || quote_words("titles").any(|title| text.contains(title))) && has_amount(&text)
}

/// A number with a currency before or after it, or with cents.
fn has_amount(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = &rest[start..];
        let end = number.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(number.len());
        let (number, after) = number.split_at(end);
        let before = rest[..start].trim_end_matches([':', '：']);
        let cents = number.rsplit_once('.').is_some_and(|(_, cents)| cents.len() == 2) && number.len() > 4;
        if cents
            || quote_words("before").any(|sign| before.ends_with(sign))
            || quote_words("after").any(|unit| after.starts_with(unit))
        {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_told_by_its_words_and_a_sum() {
        for quote in [
            "报 价 单\n激光打标机 1 台 ¥ 128,000",
            "品名 数量 单价 合计\n泵 2 1,200.00 2,400.00",
            "Quotation No. 7\nTotal: USD 12,500",
            "报价：总计五台，共 58 万",
            "报价合计：人民币：96000",
        ] {
            assert!(looks_like_quote(quote), "{quote}");
        }
        for other in
            ["产品手册 2026 版，共 12 页", "报价另行通知", "单价面议，2026.3.1", "合计 3 份", "Release 1.25 of the service"]
        {
            assert!(!looks_like_quote(other), "{other}");
        }
    }
}
