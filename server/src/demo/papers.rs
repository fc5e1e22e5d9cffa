//! The bytes of evidence, drawn in code: photos, quotes, catalogues and recordings that open like real ones, and some that do not.

use std::fmt::Write as _;

use chuda_evidence::{Mime, Unreadable};
use jpeg_encoder::{ColorType, Encoder};

use super::luck::Luck;

/// Patches of a photo across and down, and the pixels of a patch's side.
const PATCHES: (usize, usize) = (16, 12);
const PATCH: usize = 6;
/// Samples of sound in a second.
const RATE: u32 = 8_000;

/// A file as it comes to the phone.
pub(super) struct Paper {
    pub(super) mime: Mime,
    pub(super) bytes: Vec<u8>,
    pub(super) unreadable: Option<Unreadable>,
}

impl Paper {
    fn good(mime: Mime, bytes: Vec<u8>) -> Self {
        Self { mime, bytes, unreadable: None }
    }

    /// The same file, broken off on its way.
    pub(super) fn broken(mut self) -> Self {
        self.bytes.truncate(self.bytes.len() / 2);
        self.unreadable = Some(Unreadable::Truncated);
        self
    }
}

/// A photo of some scene. The same `scene` in another light is another file that looks the same.
pub(super) fn photo(scene: &Luck, light: i64) -> Paper {
    let mut luck = scene.clone();
    let (across, down) = PATCHES;
    // Walls and a floor, things in front of them, and everywhere the light and shade that make a photo look like no other.
    let mut colour = |low: i64, high: i64| [0; 3].map(|_: i64| luck.between(low, high));
    let (wall, floor) = (colour(120, 220), colour(50, 130));
    let mut patches: Vec<[i64; 3]> = (0..across * down).map(|at| if at < across * down * 2 / 3 { wall } else { floor }).collect();
    for _ in 0..4 {
        let thing = [0; 3].map(|_: i64| luck.between(20, 235));
        let (left, top) = (luck.below(across - 2), 2 + luck.below(down - 4));
        let (right, bottom) = (left + 2 + luck.below(5), top + 2 + luck.below(5));
        for row in patches.chunks_exact_mut(across).take(bottom).skip(top) {
            row.iter_mut().take(right).skip(left).for_each(|patch| *patch = thing);
        }
    }
    let shaded = patches.iter().map(|patch| {
        let shade = luck.between(-28, 28) + light;
        patch.map(|channel| (channel + shade).clamp(0, 255) as u8)
    });
    let shaded: Vec<[u8; 3]> = shaded.collect();
    let rows = shaded.chunks_exact(across).map(|row| row.iter().map(|patch| patch.repeat(PATCH)).collect::<Vec<_>>().concat());
    let pixels: Vec<u8> = rows.map(|row| row.repeat(PATCH)).collect::<Vec<_>>().concat();
    let mut bytes = Vec::new();
    // Writing to memory within the format's limits has no way to fail.
    let _ = Encoder::new(&mut bytes, 70).encode(&pixels, (across * PATCH) as u16, (down * PATCH) as u16, ColorType::Rgb);
    Paper::good(Mime::Jpeg, bytes)
}

/// A page of text as PDF: a title and lines. The font is named, not embedded; every viewer replaces it. (Writing to a string has no
/// way to fail.)
pub(super) fn page(title: &str, lines: &[String]) -> Paper {
    let mut text = String::new();
    let mut line = |size: u32, x: u32, y: u32, words: &str| {
        let codes = hex::encode_upper(words.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>());
        let _ = writeln!(text, "BT /F1 {size} Tf {x} {y} Td <{codes}> Tj ET");
    };
    line(20, 230, 770, title);
    for (row, words) in (0..).zip(lines) {
        line(11, 70, 720 - row * 22, words);
    }
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type /Font \
                /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> \
                /DW 1000 >> ] >>";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [ 3 0 R ] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
            .to_owned(),
        font.to_owned(),
        format!("<< /Length {} >>\nstream\n{text}endstream", text.len()),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(pdf.len());
        let _ = write!(pdf, "{number} 0 obj\n{object}\nendobj\n");
    }
    let table = pdf.len();
    let _ = write!(pdf, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(pdf, "{place:010} 00000 n ");
    }
    let _ = write!(pdf, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    Paper::good(Mime::Pdf, pdf.into_bytes())
}

/// A short recording: a voice-like hum that rises and falls.
pub(super) fn recording(luck: &mut Luck) -> Paper {
    let mut samples: Vec<u8> = Vec::new();
    for _ in 0..luck.between(4, 9) {
        let (pitch, loud) = (luck.between(12, 40), luck.between(8, 60));
        let length = luck.between(250, 700);
        samples.extend((0..length).map(|at| {
            let saw = (at * pitch % 256 - 128).abs() - 64;
            let swell = (length / 2 - (at - length / 2).abs()) * 2;
            (128 + saw * loud * swell / (length * 64)).clamp(0, 255) as u8
        }));
        samples.extend(std::iter::repeat_n(128, luck.below(300)));
    }
    let size = samples.len() as u32;
    // Uncompressed, one channel, eight bits.
    let format = [16_u32.to_le_bytes(), [1, 0, 1, 0], RATE.to_le_bytes(), RATE.to_le_bytes(), [1, 0, 8, 0]].concat();
    let mut bytes = [b"RIFF", &(36 + size).to_le_bytes()[..], b"WAVEfmt ", &format, b"data", &size.to_le_bytes()].concat();
    bytes.extend(samples);
    Paper::good(Mime::Wav, bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use chuda_evidence::photo::PerceptualHash;
    use chuda_evidence::{document, photo as photos, sniff};

    use super::*;

    fn look(paper: &Paper) -> PerceptualHash {
        photos::process(&paper.bytes).unwrap().preview.unwrap().hash
    }

    #[test]
    fn papers_open_as_what_they_are_and_broken_ones_do_not() {
        let lines = ["合计：人民币 286000.00 元".to_owned()];
        let papers = [photo(&Luck::new(1, "scene"), 0), page("报价单", &lines), recording(&mut Luck::new(1, "sound"))];
        for paper in &papers {
            assert_eq!(sniff::sniff(&mut Cursor::new(&paper.bytes)).unwrap(), paper.mime);
        }
        let [picture, quote, _] = papers;
        assert!(document::wording(&quote.bytes).unwrap().looks_like_quote);
        assert!(!document::wording(&page("产品手册", &["节拍：每分钟 20 件".to_owned()]).bytes).unwrap().looks_like_quote);
        photos::process(&picture.bytes).unwrap();
        let (picture, quote) = (picture.broken(), quote.broken());
        assert_eq!(photos::process(&picture.bytes).err(), picture.unreadable);
        assert_eq!(document::inspect(&quote.bytes).err(), quote.unreadable);
    }

    #[test]
    fn photos_differ_but_for_those_of_one_scene() {
        let scenes: Vec<Luck> = (0..40).map(|seed| Luck::new(seed, "scene")).collect();
        let looks: Vec<PerceptualHash> = scenes.iter().map(|scene| look(&photo(scene, 0))).collect();
        for (at, one) in looks.iter().enumerate() {
            assert!(looks[at + 1..].iter().all(|other| !one.is_near(other)));
        }
        let again = photo(&scenes[3], 9);
        assert_ne!(again.bytes, photo(&scenes[3], 0).bytes);
        assert!(look(&again).is_near(&looks[3]));
    }
}
