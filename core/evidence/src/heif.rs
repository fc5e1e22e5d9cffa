//! The container of a HEIC photo: enough of it to know that the photo is whole, and its size. Pixels are left to the platform.

use super::Unreadable;

/// Entries of any one table; a phone's photo has a few dozen tiles.
const MAX_ENTRIES: u32 = 4096;

/// Width and height of the primary picture, as shown.
///
/// Every extent that the item table lists has to lie within the file, so a photo that was cut off is told from a whole one.
pub(super) fn inspect(file: &[u8]) -> Result<(u32, u32), Unreadable> {
    let mut meta = None;
    for found in boxes(file) {
        let (kind, body) = found?;
        if kind == *b"meta" {
            meta.get_or_insert(body);
        }
    }
    let mut meta = Fields(meta.ok_or(Unreadable::Damaged)?);
    meta.skip(4)?; // version and flags
    let mut primary = None;
    let mut properties = None;
    let mut located = false;
    for found in boxes(meta.0) {
        let (kind, body) = found.map_err(within)?;
        match &kind {
            b"pitm" => primary = Some(primary_item(Fields(body))?),
            b"iloc" => {
                check_extents(Fields(body), file.len() as u64)?;
                located = true;
            }
            b"iprp" => properties = Some(body),
            _ => {}
        }
    }
    let (Some(primary), Some(properties), true) = (primary, properties, located) else { return Err(Unreadable::Damaged) };
    shown_size(properties, primary)
}

/// Kind and body of a box.
type IsoBox<'a> = ([u8; 4], &'a [u8]);

/// The boxes of `bytes`, one behind the other.
fn boxes(mut rest: &[u8]) -> impl Iterator<Item = Result<IsoBox<'_>, Unreadable>> {
    std::iter::from_fn(move || {
        let next = (!rest.is_empty()).then(|| next_box(rest))?;
        Some(next.map(|(first, after)| {
            rest = after;
            first
        }))
    })
}

/// The first box of `bytes`, and what follows it. One that reaches beyond them was cut off.
fn next_box(bytes: &[u8]) -> Result<(IsoBox<'_>, &[u8]), Unreadable> {
    let mut fields = Fields(bytes);
    let (size, kind) = (fields.uint(4), fields.take(4));
    let (Ok(size), Ok(kind)) = (size, kind) else { return Err(Unreadable::Truncated) };
    let (head, size) = match size {
        0 => (8, bytes.len() as u64),
        1 => (16, fields.uint(8).map_err(|_| Unreadable::Truncated)?),
        size => (8, size),
    };
    let size = usize::try_from(size).map_err(|_| Unreadable::Truncated)?;
    if size < head {
        return Err(Unreadable::Damaged);
    }
    let body = bytes.get(head..size).ok_or(Unreadable::Truncated)?;
    Ok((([kind[0], kind[1], kind[2], kind[3]], body), &bytes[size..]))
}

/// Inside a box that is whole, a box that reaches beyond it is damage.
fn within(_: Unreadable) -> Unreadable {
    Unreadable::Damaged
}

fn primary_item(mut pitm: Fields<'_>) -> Result<u64, Unreadable> {
    let version = pitm.uint(1)?;
    pitm.skip(3)?;
    pitm.uint(if version == 0 { 2 } else { 4 })
}

fn check_extents(mut iloc: Fields<'_>, file: u64) -> Result<(), Unreadable> {
    let version = iloc.uint(1)?;
    iloc.skip(3)?;
    let sizes = iloc.uint(2)?;
    let [offset_size, length_size, base_size, index_size] = [12, 8, 4, 0].map(|shift| (sizes >> shift & 15) as usize);
    let id_size = if version < 2 { 2 } else { 4 };
    for _ in 0..iloc.count(id_size)? {
        iloc.skip(id_size)?;
        // 0: from the start of the file; 1: in the meta box itself; 2: in another item.
        let method = if version == 0 { 0 } else { iloc.uint(2)? & 15 };
        iloc.skip(2)?;
        let base = iloc.uint(base_size)?;
        for _ in 0..iloc.count(2)? {
            if version > 0 {
                iloc.skip(index_size)?;
            }
            let (offset, length) = (iloc.uint(offset_size)?, iloc.uint(length_size)?);
            let end = base.checked_add(offset).and_then(|start| start.checked_add(length));
            if method == 0 && end.is_none_or(|end| end > file) {
                return Err(Unreadable::Truncated);
            }
        }
    }
    Ok(())
}

/// The size property of an item, turned as its rotation property says.
fn shown_size(iprp: &[u8], item: u64) -> Result<(u32, u32), Unreadable> {
    let mut container: &[u8] = &[];
    let mut associations = None;
    for found in boxes(iprp) {
        let (kind, body) = found.map_err(within)?;
        match &kind {
            b"ipco" => container = body,
            b"ipma" => associations = associated(Fields(body), item)?.or(associations),
            _ => {}
        }
    }
    let associations = associations.ok_or(Unreadable::Damaged)?;
    let mut size = None;
    let mut turned = false;
    for (number, found) in (1..).zip(boxes(container)) {
        let (kind, body) = found.map_err(within)?;
        if associations.contains(&number) {
            let mut fields = Fields(body);
            match &kind {
                b"ispe" => {
                    fields.skip(4)?;
                    size = Some((fields.uint(4)? as u32, fields.uint(4)? as u32));
                }
                b"irot" => turned = fields.uint(1)? & 1 == 1, // in quarter turns
                _ => {}
            }
        }
    }
    match size {
        Some((width, height)) if width > 0 && height > 0 => Ok(if turned { (height, width) } else { (width, height) }),
        _ => Err(Unreadable::Damaged),
    }
}

/// The numbers of an item's properties.
fn associated(mut ipma: Fields<'_>, wanted: u64) -> Result<Option<Vec<u64>>, Unreadable> {
    let version = ipma.uint(1)?;
    ipma.skip(2)?;
    let wide = ipma.uint(1)? & 1 == 1;
    for _ in 0..ipma.count(4)? {
        let item = ipma.uint(if version == 0 { 2 } else { 4 })?;
        let mut numbers = Vec::new();
        for _ in 0..ipma.count(1)? {
            // The highest bit says that a reader has to know the property.
            numbers.push(if wide { ipma.uint(2)? & 0x7fff } else { ipma.uint(1)? & 0x7f });
        }
        if item == wanted {
            return Ok(Some(numbers));
        }
    }
    Ok(None)
}

/// Big-endian fields, read one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unreadable::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn skip(&mut self, count: usize) -> Result<(), Unreadable> {
        self.take(count).map(drop)
    }

    /// A number of up to eight bytes; of none it is 0.
    fn uint(&mut self, size: usize) -> Result<u64, Unreadable> {
        if size > 8 {
            return Err(Unreadable::Damaged);
        }
        Ok(self.take(size)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// How many entries follow.
    fn count(&mut self, size: usize) -> Result<u32, Unreadable> {
        let count = self.uint(size)?;
        u32::try_from(count).ok().filter(|count| *count <= MAX_ENTRIES).ok_or(Unreadable::TooComplex)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
        [&(8 + body.len() as u32).to_be_bytes()[..], &kind, body].concat()
    }

    /// A container around `pixels` (not decodable), with a quarter turn.
    pub(in super::super) fn heic(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
        let ftyp = boxed(*b"ftyp", b"heic\0\0\0\0mif1heic");
        let ispe = boxed(*b"ispe", &[&[0; 4][..], &width.to_be_bytes(), &height.to_be_bytes()].concat());
        let ipco = boxed(*b"ipco", &[ispe, boxed(*b"irot", &[1])].concat());
        let ipma = boxed(*b"ipma", &[0, 0, 0, 0, 0, 0, 0, 1, 0, 7, 2, 0x81, 0x82]);
        let iprp = boxed(*b"iprp", &[ipco, ipma].concat());
        let pitm = boxed(*b"pitm", &[0, 0, 0, 0, 0, 7]);
        let iloc = |offset: u32| {
            let entry = [&[0, 7, 0, 0, 0, 1][..], &offset.to_be_bytes(), &(pixels.len() as u32).to_be_bytes()].concat();
            boxed(*b"iloc", &[&[0, 0, 0, 0, 0x44, 0, 0, 1][..], &entry].concat())
        };
        let meta = |offset| boxed(*b"meta", &[&[0; 4][..], &pitm, &iloc(offset), &iprp].concat());
        let offset = ftyp.len() + meta(0).len() + 8;
        [ftyp, meta(offset as u32), boxed(*b"mdat", pixels)].concat()
    }

    #[test]
    fn size_is_as_shown() {
        assert_eq!(inspect(&heic(4032, 3024, b"pixels")), Ok((3024, 4032)));
    }

    #[test]
    fn every_cut_is_seen() {
        let whole = heic(4032, 3024, &[0; 100]);
        for cut in 0..whole.len() {
            assert!(inspect(&whole[..cut]).is_err(), "cut at {cut}");
        }
        assert_eq!(inspect(&whole[..whole.len() - 1]), Err(Unreadable::Truncated));
    }

    proptest! {
        #[test]
        fn never_panics(at: prop::sample::Index, bits: u8) {
            let mut file = heic(4032, 3024, &[0; 16]);
            let at = at.index(file.len());
            file[at] ^= bits;
            let _ = inspect(&file);
        }
    }
}
