//! What nobody honest sends: a few bytes that stand for a great deal.

use chuda_record::Actor;
use chuda_record::id::Hash;

/// A change that writes one field so many times, each time in place of so many earlier writes.
pub fn change(actor: Actor, field: &str, times: u64, predecessors: u64) -> Vec<u8> {
    let run = |times: u64, value: &[u8]| [&signed(times.cast_signed())[..], value].concat();
    let mut columns = vec![
        (0x15, run(times, &[&number(field.len() as u64)[..], field.as_bytes()].concat())),
        (0x34, number(times)),
        (0x42, run(times, &[1])),
        (0x56, run(times, &[0])),
        (0x70, run(times, &number(predecessors))),
    ];
    if predecessors > 0 {
        let all = times.saturating_mul(predecessors);
        columns.extend([(0x71, run(all, &[0])), (0x73, run(all, &[1]))]);
    }
    let actor = [actor.device.as_bytes(), &actor.incarnation.to_be_bytes()[..]].concat();
    // No dependency, the actor, its first change from its first operation at the beginning of time, no message, no other actor.
    let mut data = [&[0, actor.len() as u8][..], &actor, &[1, 1, 0, 0, 0, columns.len() as u8]].concat();
    for (column, cells) in &columns {
        data.extend(number(*column).into_iter().chain(number(cells.len() as u64)));
    }
    data.extend(columns.into_iter().flat_map(|(_, cells)| cells));
    chunk(&data)
}

/// A body of the exchange, from phone or server, with one document of so many empty changes.
pub fn body(changes: usize) -> Vec<u8> {
    let document = [&[0xa2, 0x00, 0x50][..], &[7; 16], &[0x01, 0x9f], &vec![0x40; changes], &[0xff]].concat();
    compressed(&[&[0xa1, 0x03, 0x81][..], &document].concat())
}

/// Bytes as the body of an exchange.
pub fn compressed(plain: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(plain, 19).expect("in memory")
}

fn chunk(data: &[u8]) -> Vec<u8> {
    let rest = [&[1][..], &number(data.len() as u64), data].concat();
    [&[0x85, 0x6f, 0x4a, 0x83][..], &Hash::of(&rest).0[..4], &rest].concat()
}

fn number(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

fn signed(mut number: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == -i64::from(byte >> 6 & 1) {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}
