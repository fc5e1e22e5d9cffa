//! Documents as they come: quotes, scans, broken and hostile files.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Write as _};

use chuda_evidence::document::{inspect, wording};
use chuda_evidence::sniff::sniff;
use chuda_evidence::{Mime, Unreadable};
use lopdf::content::{Content, Operation};
use lopdf::{Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, dictionary};
use proptest::prelude::*;

/// A PDF whose pages show these lines.
fn pdf(pages: &[&str]) -> Document {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document.add_object(
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "Encoding" => "WinAnsiEncoding" },
    );
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let kids: Vec<Object> = pages
        .iter()
        .map(|line| {
            let operations = vec![
                Operation::new("BT", vec![]),
                Operation::new("Tf", vec!["F1".into(), 12.into()]),
                Operation::new("Tj", vec![Object::string_literal(*line)]),
                Operation::new("ET", vec![]),
            ];
            let content = document.add_object(Stream::new(dictionary! {}, Content { operations }.encode().unwrap()));
            document.add_object(dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content }).into()
        })
        .collect();
    let count = kids.len() as i64;
    document.objects.insert(
        tree,
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources, "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()] }.into(),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document.trailer.set(
        "ID",
        Object::Array(vec![
            Object::string_literal(b"0123456789abcdef".to_vec()),
            Object::string_literal(b"0123456789abcdef".to_vec()),
        ]),
    );
    document
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn office(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn pages_and_quotes_are_seen() {
    let seen = |pages: &[&str]| {
        let bytes = saved(pdf(pages));
        let wording = wording(&bytes).unwrap();
        (inspect(&bytes).unwrap(), wording.has_text, wording.looks_like_quote)
    };
    assert_eq!(seen(&["Quotation 7", "Total USD 12,500.00"]), (Some(2), true, true));
    assert_eq!(seen(&["Brochure", "of 2026", "nothing to pay"]), (Some(3), true, false));
    assert_eq!(seen(&[""]), (Some(1), false, false), "a scan has no text that could say");
}

#[test]
fn a_pdf_with_packed_objects_opens() {
    let mut document = pdf(&["Quotation", "Total USD 12,500.00"]);
    let mut bytes = Vec::new();
    document.save_modern(&mut bytes).unwrap();
    assert!(bytes.windows(6).any(|bytes| bytes == b"ObjStm"));
    assert_eq!(inspect(&bytes), Ok(Some(2)));
}

#[test]
fn a_pdf_with_a_password_says_so_and_one_that_only_restricts_opens() {
    let locked = |user: &str| {
        let mut document = pdf(&["Quotation", "Total USD 12,500.00"]);
        let version = EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: Permissions::PRINTABLE,
        };
        let state = EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
        inspect(&saved(document))
    };
    assert_eq!(locked("secret"), Err(Unreadable::Encrypted));
    assert_eq!(locked(""), Ok(Some(2)));
}

#[test]
fn a_pdf_that_was_cut_off_is_refused() {
    let whole = saved(pdf(&["Quotation", "Total USD 12,500.00"]));
    for cut in 8..whole.len() - 8 {
        assert!(inspect(&whole[..cut]).is_err(), "cut at {cut} of {}", whole.len());
    }
}

#[test]
fn what_has_no_pages_or_is_no_document_says_so() {
    assert_eq!(inspect(b""), Err(Unreadable::Empty));
    assert_eq!(inspect(b"\xff\xd8\xff\xe0"), Err(Unreadable::UnknownType));
    assert_eq!(inspect(&saved(pdf(&[]))), Err(Unreadable::NoPages));
    assert_eq!(inspect(b"%PDF-1.4\nnot at all\n%%EOF"), Err(Unreadable::Damaged));
    assert_eq!(inspect("会议记录".as_bytes()), Ok(None));
}

/// Streams of objects that unpack to much more than the file are refused together, though each alone is within bounds.
#[test]
fn a_decompression_bomb_is_refused() {
    let mut document = pdf(&["Brochure"]);
    for _ in 0..8 {
        // The writer leaves object streams out, so it gets them under another name.
        let mut stream = Stream::new(dictionary! { "Type" => "ObjStX", "N" => 0, "First" => 0 }, vec![b' '; 12 * 1024 * 1024]);
        stream.compress().unwrap();
        document.add_object(stream);
    }
    let mut bytes = saved(document);
    assert!(bytes.len() < 200_000);
    while let Some(at) = bytes.windows(6).position(|name| name == b"ObjStX") {
        bytes[at + 5] = b'm';
    }
    assert_eq!(inspect(&bytes), Err(Unreadable::TooComplex));
}

#[test]
fn office_documents_open_when_their_main_part_does() {
    for (main_part, mime) in
        [("word/document.xml", Mime::Docx), ("xl/workbook.xml", Mime::Xlsx), ("ppt/presentation.xml", Mime::Pptx)]
    {
        let whole = office(&[("[Content_Types].xml", b"<Types/>"), (main_part, &[b'x'; 5000])]);
        assert_eq!((sniff(&mut Cursor::new(&whole)).unwrap(), inspect(&whole)), (mime, Ok(None)));
        for cut in (0..whole.len()).step_by(7) {
            assert!(inspect(&whole[..cut]).is_err());
        }
        let data = whole.windows(main_part.len()).position(|bytes| bytes == main_part.as_bytes()).unwrap() + main_part.len() + 2;
        let mut damaged = whole.clone();
        damaged[data] ^= 0x10;
        assert_eq!(inspect(&damaged), Err(Unreadable::Damaged));
    }
    let bomb = office(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", &vec![0; 65 * 1024 * 1024])]);
    assert!(bomb.len() < 200_000);
    assert_eq!(inspect(&bomb), Err(Unreadable::TooComplex));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn hostile_changes_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
        packed: bool,
    ) {
        let mut document = pdf(&["Quotation", "Total USD 12,500.00"]);
        let mut bytes = Vec::new();
        if packed { document.save_modern(&mut bytes).unwrap() } else { document.save_to(&mut bytes).unwrap() }
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = (inspect(&bytes), wording(&bytes));
    }
}
