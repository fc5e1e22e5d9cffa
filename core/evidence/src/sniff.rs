//! What a file is, from its bytes alone: names and declared types are never believed.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use minicbor::{Decode, Encode};

/// Bytes from the start that are looked at; zip archives and MP4 files are looked into further.
const HEAD: u64 = 8 * 1024;
/// How much of an MP4 file's index is read to tell sound from video.
const MAX_MOOV: u64 = 4 * 1024 * 1024;
/// Boxes of an MP4 file that are walked to find its index.
const MAX_BOXES: usize = 64;
/// Zip archives beyond this are not opened to look for a document: their directory alone could fill memory.
const MAX_ZIP: u64 = 256 * 1024 * 1024;

chuda_record::words! {
    /// The kinds of file that can be evidence. Numbers are stored and signed: never change one, only add.
    #[derive(Encode, Decode)]
    #[cbor(index_only)]
    pub enum Mime {
        /// Anything else.
        #[n(0)]
        Unknown = "application/octet-stream",
        /// JPEG photo.
        #[n(1)]
        Jpeg = "image/jpeg",
        /// PNG image, such as a screenshot.
        #[n(2)]
        Png = "image/png",
        /// WebP image, still or animated.
        #[n(3)]
        Webp = "image/webp",
        /// HEIC or HEIF photo.
        #[n(4)]
        Heic = "image/heic",
        /// PDF document.
        #[n(5)]
        Pdf = "application/pdf",
        /// Word document.
        #[n(6)]
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// Excel workbook.
        #[n(7)]
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        /// `PowerPoint` presentation.
        #[n(8)]
        Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        /// WAV sound.
        #[n(9)]
        Wav = "audio/wav",
        /// MP4 with sound and no video: what phones record.
        #[n(10)]
        M4a = "audio/mp4",
        /// MPEG layer III sound.
        #[n(11)]
        Mp3 = "audio/mpeg",
        /// Ogg sound.
        #[n(12)]
        Ogg = "audio/ogg",
        /// FLAC sound.
        #[n(13)]
        Flac = "audio/flac",
        /// Text without markup, in UTF-8, UTF-16 with its mark, or GBK.
        #[n(14)]
        Text = "text/plain",
    }
}

impl Mime {
    /// The usual file extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Unknown => "bin",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Wav => "wav",
            Self::M4a => "m4a",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
            Self::Text => "txt",
        }
    }

    /// A photo or another picture.
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp | Self::Heic)
    }

    /// Sound.
    pub fn is_audio(self) -> bool {
        matches!(self, Self::Wav | Self::M4a | Self::Mp3 | Self::Ogg | Self::Flac)
    }

    /// A document.
    pub fn is_document(self) -> bool {
        matches!(self, Self::Pdf | Self::Docx | Self::Xlsx | Self::Pptx | Self::Text)
    }
}

impl fmt::Display for Mime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the bytes are, and the reader is at its start again. Reads a few kilobytes, and the index of zip and MP4 files.
///
/// Says what a file claims to be by its content, not that it can be read.
pub fn sniff<R: Read + Seek>(reader: &mut R) -> io::Result<Mime> {
    let mut head = Vec::new();
    reader.seek(SeekFrom::Start(0))?;
    reader.by_ref().take(HEAD).read_to_end(&mut head)?;
    let mime = if head.starts_with(b"PK\x03\x04") {
        office(reader)?
    } else if head.get(4..8) == Some(b"ftyp") {
        iso_media(reader, &head)?
    } else {
        by_head(&head)
    };
    reader.seek(SeekFrom::Start(0))?;
    Ok(mime)
}

fn by_head(head: &[u8]) -> Mime {
    let riff = |form: &[u8]| head.starts_with(b"RIFF") && head.get(8..12) == Some(form);
    if head.starts_with(b"\xff\xd8\xff") {
        Mime::Jpeg
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Mime::Png
    } else if riff(b"WEBP") {
        Mime::Webp
    } else if riff(b"WAVE") {
        Mime::Wav
    } else if head.starts_with(b"OggS") {
        Mime::Ogg
    } else if head.starts_with(b"fLaC") {
        Mime::Flac
    } else if head.starts_with(b"ID3") || is_mp3_frame(head) {
        Mime::Mp3
    } else if head.get(..1024).unwrap_or(head).windows(5).any(|bytes| bytes == b"%PDF-") {
        // Readers accept a PDF whose header starts anywhere in the first kilobyte.
        Mime::Pdf
    } else if is_text(head) {
        Mime::Text
    } else {
        Mime::Unknown
    }
}

/// Office documents are zip archives told apart by the part that holds their main content.
fn office<R: Read + Seek>(reader: &mut R) -> io::Result<Mime> {
    if reader.seek(SeekFrom::End(0))? > MAX_ZIP {
        return Ok(Mime::Unknown);
    }
    let Ok(archive) = zip::ZipArchive::new(reader) else { return Ok(Mime::Unknown) };
    if archive.index_for_name("[Content_Types].xml").is_none() {
        return Ok(Mime::Unknown);
    }
    let kinds = [("word/document.xml", Mime::Docx), ("xl/workbook.xml", Mime::Xlsx), ("ppt/presentation.xml", Mime::Pptx)];
    let found = kinds.into_iter().find(|(main_part, _)| archive.index_for_name(main_part).is_some());
    Ok(found.map_or(Mime::Unknown, |(_, mime)| mime))
}

/// HEIC and MP4 share a container; its brands say which, and for MP4 its index whether there is video.
fn iso_media<R: Read + Seek>(reader: &mut R, head: &[u8]) -> io::Result<Mime> {
    let length = head.get(..4).map_or(0, |size| u32::from_be_bytes([size[0], size[1], size[2], size[3]]) as usize);
    let ftyp = head.get(8..length.min(head.len())).unwrap_or_default();
    // The major brand, four bytes of version, then the compatible brands.
    let mut brands = ftyp.chunks_exact(4).enumerate().filter(|(at, _)| *at != 1).map(|(_, brand)| brand);
    if brands.clone().any(|brand| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1")) {
        return Ok(Mime::Heic);
    }
    let is_mp4 = |brand: &[u8]| {
        brand.starts_with(b"M4A") || brand.starts_with(b"mp4") || brand.starts_with(b"iso") || brand.starts_with(b"3g")
    };
    if brands.any(is_mp4) && !has_video(reader)? { Ok(Mime::M4a) } else { Ok(Mime::Unknown) }
}

/// Whether an MP4 file's index names a video track.
fn has_video<R: Read + Seek>(reader: &mut R) -> io::Result<bool> {
    let end = reader.seek(SeekFrom::End(0))?;
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let mut header = [0; 16];
        reader.seek(SeekFrom::Start(at))?;
        let got = reader.by_ref().take(16).read(&mut header)?;
        if got < 8 {
            break;
        }
        let size = match u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]])) {
            0 => end - at,
            1 => u64::from_be_bytes([header[8], header[9], header[10], header[11], header[12], header[13], header[14], header[15]]),
            size => size,
        };
        if &header[4..8] == b"moov" {
            let mut moov = Vec::new();
            reader.seek(SeekFrom::Start(at))?;
            reader.by_ref().take(size.min(MAX_MOOV)).read_to_end(&mut moov)?;
            // A handler box: its name, version and flags, four reserved bytes, then the kind of its track.
            return Ok(moov.windows(16).any(|bytes| bytes.starts_with(b"hdlr") && bytes.ends_with(b"vide")));
        }
        let Some(next) = at.checked_add(size.max(8)).filter(|next| *next < end) else { break };
        at = next;
    }
    Ok(false)
}

/// A frame header of MPEG layer III, followed by a second one where the first says.
fn is_mp3_frame(head: &[u8]) -> bool {
    mp3_frame_length(head).is_some_and(|length| head.get(length..).is_some_and(|next| mp3_frame_length(next).is_some()))
}

fn mp3_frame_length(frame: &[u8]) -> Option<usize> {
    const KBPS_V1: [usize; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    const KBPS_V2: [usize; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
    let &[0xff, version_and_layer, rates, ..] = frame else { return None };
    if version_and_layer & 0xe6 != 0xe2 {
        return None; // no sync, or another layer
    }
    let (kbps, hz, samples) = match version_and_layer >> 3 & 3 {
        3 => (KBPS_V1, [44_100, 48_000, 32_000], 1152),
        2 => (KBPS_V2, [22_050, 24_000, 16_000], 576),
        0 => (KBPS_V2, [11_025, 12_000, 8_000], 576),
        _ => return None,
    };
    let kbps = kbps[usize::from(rates >> 4)];
    let hz: usize = *hz.get(usize::from(rates >> 2 & 3))?;
    (kbps > 0).then(|| samples / 8 * kbps * 1000 / hz + usize::from(rates >> 1 & 1))
}

/// Text: no control characters, and valid in one of the encodings that Chinese offices use.
fn is_text(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return head.len() > 2 && head.len().is_multiple_of(2);
    }
    if head.is_empty() || head.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may be cut by where the head ends.
        Err(error) if error.error_len().is_none() && head.len() as u64 == HEAD => true,
        Err(_) => is_gbk(head),
    }
}

fn is_gbk(head: &[u8]) -> bool {
    let mut bytes = head.iter();
    while let Some(lead) = bytes.next() {
        let valid = match lead {
            0..=0x7f => true,
            0x81..=0xfe => match bytes.next() {
                Some(trail) => matches!(trail, 0x40..=0x7e | 0x80..=0xfe),
                None => head.len() as u64 == HEAD,
            },
            _ => false,
        };
        if !valid {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;

    use super::*;

    fn sniff_bytes(bytes: &[u8]) -> Mime {
        sniff(&mut Cursor::new(bytes)).unwrap()
    }

    fn zip_of(names: &[&str]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"<xml/>").unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn mp4(brand: [u8; 4], handler: [u8; 4]) -> Vec<u8> {
        let mut file = [&20u32.to_be_bytes()[..], b"ftyp", &brand, &[0; 4], &brand].concat();
        file.extend([&100u32.to_be_bytes()[..], b"mdat", &[7; 92]].concat());
        let hdlr = [&28u32.to_be_bytes()[..], b"hdlr", &[0; 8], &handler, &[0; 8]].concat();
        file.extend([&(8 + hdlr.len() as u32).to_be_bytes()[..], b"moov", &hdlr].concat());
        file
    }

    #[test]
    fn names_json_and_numbers_agree() {
        for (number, mime) in Mime::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_value(mime).unwrap(), mime.as_str());
            assert_eq!(minicbor::to_vec(mime).unwrap(), [u8::try_from(number).unwrap()]);
        }
    }

    #[test]
    fn tells_files_by_their_bytes() {
        let mp3_frame = {
            let mut frame = vec![0xff, 0xfb, 0x90, 0x00]; // MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes
            frame.resize(417, 0);
            frame.repeat(2)
        };
        let cases: Vec<(Vec<u8>, Mime)> = vec![
            (b"\xff\xd8\xff\xe1".to_vec(), Mime::Jpeg),
            (b"\x89PNG\r\n\x1a\n".to_vec(), Mime::Png),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Mime::Webp),
            (b"RIFF\0\0\0\0WAVEfmt ".to_vec(), Mime::Wav),
            (b"RIFF\0\0\0\0AVI LIST".to_vec(), Mime::Unknown),
            (b"%PDF-1.7\n".to_vec(), Mime::Pdf),
            (b"\n\n%PDF-1.7\n".to_vec(), Mime::Pdf),
            (b"OggS".to_vec(), Mime::Ogg),
            (b"fLaC".to_vec(), Mime::Flac),
            (b"ID3\x04".to_vec(), Mime::Mp3),
            (mp3_frame, Mime::Mp3),
            (mp4(*b"M4A ", *b"soun"), Mime::M4a),
            (mp4(*b"mp42", *b"soun"), Mime::M4a),
            (mp4(*b"mp42", *b"vide"), Mime::Unknown),
            (mp4(*b"heic", *b"pict"), Mime::Heic),
            (zip_of(&["[Content_Types].xml", "word/document.xml"]), Mime::Docx),
            (zip_of(&["[Content_Types].xml", "xl/workbook.xml"]), Mime::Xlsx),
            (zip_of(&["[Content_Types].xml", "ppt/presentation.xml"]), Mime::Pptx),
            (zip_of(&["word/document.xml"]), Mime::Unknown),
            ("报价单：五十八万".as_bytes().to_vec(), Mime::Text),
            (b"\xb1\xa8\xbc\xdb\xb5\xa5".to_vec(), Mime::Text), // 报价单 in GBK
            (b"\xff\xfe\xa5b".to_vec(), Mime::Text),
            (b"\x7fELF\x02\x01\x01\0".to_vec(), Mime::Unknown),
            (Vec::new(), Mime::Unknown),
        ];
        for (bytes, mime) in cases {
            assert_eq!(sniff_bytes(&bytes), mime, "{:?}", &bytes[..bytes.len().min(16)]);
        }
    }

    #[test]
    fn text_may_be_cut_anywhere_by_the_end_of_the_head() {
        for lead in ["", "a", "ab"] {
            let text = lead.to_owned() + &"触".repeat(HEAD as usize);
            assert_eq!(sniff_bytes(text.as_bytes()), Mime::Text);
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_rewinds(bytes: Vec<u8>, prefix in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\0\0\0\x18ftypmp42", b"\xff\xfb"])) {
            let bytes = [prefix, &bytes].concat();
            let mut reader = Cursor::new(&bytes);
            sniff(&mut reader).unwrap();
            prop_assert_eq!(reader.position(), 0);
        }
    }
}
