//! The skeleton of a JPEG file: what its markers say before any pixel is decoded.

use super::Unreadable;

/// Progressive files in the wild have about ten scans; each one passes over the whole picture again.
const MAX_PROGRESSIVE_SCANS: usize = 64;

/// The largest photos of today's phones have 200 million pixels; they are decoded at an eighth of their size.
const MAX_PIXELS: u64 = 220_000_000;

/// What the frame header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Pixels across, as stored.
    pub(super) width: u16,
    /// Pixels down, as stored.
    pub(super) height: u16,
    /// Whether all coefficients have to be kept until the last scan.
    pub(super) progressive: bool,
    /// Samples of all components together: pixels, less what colour subsampling saves.
    pub(super) samples: u64,
}

/// Walks the markers from start to end. Whatever follows the end marker (a motion photo's video, a gain map) is not looked at.
pub(super) fn inspect(bytes: &[u8]) -> Result<Frame, Unreadable> {
    let mut at = 2;
    let mut frame = None;
    let mut scans = 0;
    let mut coded = 0;
    loop {
        at = find_marker(bytes, at).ok_or(Unreadable::Truncated)?;
        let marker = bytes[at + 1];
        at += 2;
        match marker {
            0xd9 => break,
            0xd8 => return Err(Unreadable::Damaged),
            0x01 | 0xd0..=0xd7 => continue, // markers without a segment
            _ => {}
        }
        let segment = segment(&bytes[at..])?;
        at += 2 + segment.len();
        match marker {
            0xc0..=0xc2 if frame.is_none() => frame = Some(parse_frame(segment, marker == 0xc2)?),
            // Huffman tables, an extension, arithmetic conditioning: among the numbers of frame headers, but none.
            0xc4 | 0xc8 | 0xcc => {}
            // Lossless, differential and arithmetic frames, and a second frame.
            0xc0..=0xcf => return Err(Unreadable::Unsupported),
            0xda => {
                scans += 1;
                let end = find_marker(bytes, at).ok_or(Unreadable::Truncated)?;
                coded += end - at;
                at = end;
            }
            _ => {}
        }
    }
    let frame = frame.ok_or(Unreadable::Damaged)?;
    if scans == 0 {
        return Err(Unreadable::Damaged);
    }
    if scans > if frame.progressive { MAX_PROGRESSIVE_SCANS } else { 4 } {
        return Err(Unreadable::TooComplex);
    }
    // Each block of 64 pixels takes one bit at the very least: with fewer the rest of the picture would be made up.
    if (coded as u64) * 8 < u64::from(frame.width) * u64::from(frame.height) / 64 {
        return Err(Unreadable::Truncated);
    }
    Ok(frame)
}

/// Where the next marker starts, over coded data (its stuffed zeros and restart markers) and fill bytes.
fn find_marker(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// The bytes of a segment, without its length.
fn segment(bytes: &[u8]) -> Result<&[u8], Unreadable> {
    let &[high, low, ..] = bytes else { return Err(Unreadable::Truncated) };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length < 2 {
        return Err(Unreadable::Damaged);
    }
    bytes.get(2..length).ok_or(Unreadable::Truncated)
}

fn parse_frame(segment: &[u8], progressive: bool) -> Result<Frame, Unreadable> {
    let &[precision, h1, h0, w1, w0, count, ref components @ ..] = segment else { return Err(Unreadable::Damaged) };
    let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
    if components.len() != usize::from(count) * 3 {
        return Err(Unreadable::Damaged);
    }
    if precision != 8 || !matches!(count, 1 | 3 | 4) {
        return Err(Unreadable::Unsupported);
    }
    if width == 0 || height == 0 {
        return Err(Unreadable::Damaged); // no pixels, or a height that only follows the data: no camera writes that
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Unreadable::TooManyPixels);
    }
    let factors: Vec<(u64, u64)> = components.chunks_exact(3).map(|c| (u64::from(c[1] >> 4), u64::from(c[1] & 15))).collect();
    if factors.iter().any(|(h, v)| !(1..=4).contains(h) || !(1..=4).contains(v)) {
        return Err(Unreadable::Damaged);
    }
    let across = factors.iter().map(|(h, _)| *h).max().unwrap_or(1);
    let down = factors.iter().map(|(_, v)| *v).max().unwrap_or(1);
    let units = u64::from(width).div_ceil(8 * across) * u64::from(height).div_ceil(8 * down);
    let samples = units * 64 * factors.iter().map(|(h, v)| h * v).sum::<u64>();
    Ok(Frame { width, height, progressive, samples })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG of one grey block, with `data` as its coded bytes.
    fn jpeg(frame_marker: u8, width: u16, height: u16, data: &[u8]) -> Vec<u8> {
        let (w, h) = (width.to_be_bytes(), height.to_be_bytes());
        let mut file = vec![0xff, 0xd8, 0xff, frame_marker, 0, 11, 8, h[0], h[1], w[0], w[1], 1, 1, 0x11, 0];
        file.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
        file.extend(data);
        file.extend([0xff, 0xd9]);
        file
    }

    #[test]
    fn reads_the_frame_and_stops_at_the_end_marker() {
        let mut file = jpeg(0xc0, 8, 8, &[0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]);
        let frame = Frame { width: 8, height: 8, progressive: false, samples: 64 };
        assert_eq!(inspect(&file), Ok(frame));
        file.extend(b"\0\0\0\x18ftypmp42 a motion photo's video \xff\xd8");
        assert_eq!(inspect(&file), Ok(frame));
    }

    #[test]
    fn says_what_is_wrong() {
        let whole = jpeg(0xc0, 8, 8, &[1, 2, 3]);
        for cut in 3..whole.len() {
            assert_eq!(inspect(&whole[..cut]), Err(Unreadable::Truncated), "cut at {cut}");
        }
        assert_eq!(inspect(&jpeg(0xc0, 8, 0, &[1])), Err(Unreadable::Damaged));
        assert_eq!(inspect(&jpeg(0xc3, 8, 8, &[1])), Err(Unreadable::Unsupported));
        assert_eq!(inspect(&jpeg(0xc9, 8, 8, &[1])), Err(Unreadable::Unsupported));
        assert_eq!(inspect(&jpeg(0xc0, 4096, 4096, &vec![0; 4095 * 8])), Err(Unreadable::Truncated), "too little for the pixels");
        assert_eq!(inspect(&[0xff, 0xd8, 0xff, 0xd9]), Err(Unreadable::Damaged));
    }

    #[test]
    fn more_scans_than_any_camera_writes_are_refused() {
        let one = jpeg(0xc2, 8, 8, &[1]);
        let (head, scan) = (&one[..15], &one[15..one.len() - 2]);
        let many = |count| [head, &scan.repeat(count), &[0xff, 0xd9]].concat();
        assert!(inspect(&many(MAX_PROGRESSIVE_SCANS)).is_ok());
        assert_eq!(inspect(&many(MAX_PROGRESSIVE_SCANS + 1)), Err(Unreadable::TooComplex));
    }
}
