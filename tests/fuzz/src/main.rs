//! The decoder that `CHUDA_DECODER` names, fed by libFuzzer. Its seeds are put into the folder `CHUDA_SEEDS` at the start.

#![no_main]

use std::sync::LazyLock;

use chuda_kit::decoders::{ALL, Decoder};
use libfuzzer_sys::fuzz_target;

static DECODER: LazyLock<&Decoder> = LazyLock::new(|| {
    let name = std::env::var("CHUDA_DECODER").unwrap_or_default();
    ALL.iter().find(|decoder| decoder.name == name).unwrap_or_else(|| panic!("CHUDA_DECODER names none: {name}"))
});

fuzz_target!(
    init: {
        let folder = std::path::PathBuf::from(std::env::var("CHUDA_SEEDS").unwrap_or_default());
        for (number, seed) in (DECODER.seeds)().into_iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed).unwrap_or_else(|error| panic!("CHUDA_SEEDS: {error}"));
        }
    },
    |bytes: &[u8]| (DECODER.read)(bytes)
);
