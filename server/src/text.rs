//! Text as people and spreadsheets write it.

/// Text with full-width letters, digits and signs as plain ones, without what nobody sees, trimmed.
pub(crate) fn fold(text: &str) -> String {
    let fold = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{202f}' | '\t' | '\n' | '\r' => ' ',
        '\u{ffe5}' => '¥',
        other => other,
    };
    let shown = |c: &char| {
        !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}') && (!c.is_control() || c.is_whitespace())
    };
    text.chars().filter(shown).map(fold).collect::<String>().trim().to_owned()
}
