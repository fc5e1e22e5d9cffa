//! How much a change stands for, counted before anything is made of it: its columns say "so many times the same", and a hundred bytes can
//! say it a million million times.
//!
//! What is read here is the form of Automerge's change chunks, as far as the counts are in it.

/// Bytes of an actor: a device's id and an incarnation.
const ACTOR: u64 = 20;
/// Most columns of a change; Automerge writes fourteen.
const MAX_COLUMNS: u64 = 32;
/// Columns by number and type: what is done, and how many earlier operations each takes the place of.
const ACTION: u64 = (4 << 4) | 2;
const PREDECESSORS: u64 = 7 << 4;
/// The bit of a column's type that says that it is compressed.
const DEFLATED: u64 = 8;

/// What a change stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) operations: u64,
    /// Earlier operations that they take the place of.
    pub(super) predecessors: u64,
}

/// Of the bytes of an uncompressed change; none: they are something else.
pub(super) fn of(bytes: &[u8]) -> Option<Size> {
    let mut rest = Rest(bytes);
    rest.take(8)?; // Magic bytes and checksum.
    if rest.take(1)? != [1] {
        return None;
    }
    let length = rest.number()?;
    let mut rest = Rest(rest.take(length)?);
    let dependencies = rest.number()?;
    rest.take(dependencies.checked_mul(32)?)?;
    rest.actor()?;
    // Sequence, first operation, time.
    rest.number()?;
    rest.number()?;
    rest.signed()?;
    let message = rest.number()?;
    rest.take(message)?;
    for _ in 0..rest.number()? {
        rest.actor()?;
    }
    let count = rest.number().filter(|count| *count <= MAX_COLUMNS)?;
    let columns: Option<Vec<(u64, u64)>> = (0..count).map(|_| Some((rest.number()?, rest.number()?))).collect();
    let mut size = Size::default();
    for (column, length) in columns? {
        let mut cells = Rest(rest.take(length)?);
        match column & !DEFLATED {
            ACTION => cells.runs(|times, _| size.operations = size.operations.saturating_add(times))?,
            PREDECESSORS => cells.runs(|times, each| {
                size.predecessors = size.predecessors.saturating_add(times.saturating_mul(each));
            })?,
            _ => {}
        }
    }
    Some(size)
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn actor(&mut self) -> Option<()> {
        let length = self.number().filter(|length| *length == ACTOR)?;
        self.take(length).map(drop)
    }

    /// An unsigned number in LEB128.
    fn number(&mut self) -> Option<u64> {
        let (bits, width) = self.bits()?;
        // The last of ten groups has room for one bit.
        (width < 70 || bits >> 64 == 0).then_some(bits as u64)
    }

    /// A signed one.
    fn signed(&mut self) -> Option<i64> {
        let (bits, width) = self.bits()?;
        let unused = 128 - width;
        i64::try_from((bits << unused).cast_signed() >> unused).ok()
    }

    fn bits(&mut self) -> Option<(u128, u32)> {
        let (mut bits, mut width) = (0, 0);
        loop {
            let byte = self.take(1)?[0];
            bits |= u128::from(byte & 0x7f) << width;
            width += 7;
            match byte & 0x80 {
                0 => return Some((bits, width)),
                _ if width == 70 => return None,
                _ => {}
            }
        }
    }

    /// Runs of numbers: so many times the same, so many that differ, or so many that are missing.
    fn runs(&mut self, mut each: impl FnMut(u64, u64)) -> Option<()> {
        while !self.0.is_empty() {
            match self.signed()? {
                0 => each(self.number()?, 0),
                times if times > 0 => each(times.unsigned_abs(), self.number()?),
                different => (0..different.unsigned_abs()).try_for_each(|_| {
                    let number = self.number()?;
                    each(1, number);
                    Some(())
                })?,
            }
        }
        Some(())
    }
}
