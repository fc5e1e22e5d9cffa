//! Bytes that somebody else made, bent: every decoder comes back, whatever it says of them. `CHUDA_BENDS` has it bend more of them.

use chuda_kit::decoders::ALL;
use chuda_kit::number;

#[test]
#[allow(clippy::print_stdout)]
fn no_bytes_make_a_decoder_panic() {
    let (bends, seed) = (number("CHUDA_BENDS", 10), number("CHUDA_SEED", 20_261_130));
    println!("{bends} bends, CHUDA_SEED={seed}");
    for decoder in ALL {
        let mut chance = fastrand::Rng::with_seed(seed);
        (decoder.read)(&[]);
        for whole in (decoder.seeds)() {
            (decoder.read)(&whole);
            for _ in 0..bends {
                (decoder.read)(&bent(whole.clone(), &mut chance));
            }
        }
    }
}

/// A bit, a byte or a number changed here and there, a piece cut off, taken out, or put in twice.
fn bent(mut bytes: Vec<u8>, chance: &mut fastrand::Rng) -> Vec<u8> {
    for _ in 0..chance.usize(1..8) {
        if bytes.is_empty() {
            break;
        }
        let (at, length) = (chance.usize(..bytes.len()), chance.usize(1..64));
        let end = (at + length).min(bytes.len());
        match chance.u8(..7) {
            0 => bytes[at] ^= 1 << chance.u8(..8),
            1 => bytes[at] = *chance.choice(&[0, 1, 0x7f, 0x80, 0xff]).unwrap_or(&0),
            2 => bytes[at..end.min(at + 4)].fill(0xff),
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(at..end)),
            5 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => bytes[at..end].reverse(),
        }
    }
    bytes
}
