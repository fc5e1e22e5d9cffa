//! Chance, from the system.

use chuda_record::{Error, Result};

/// Bytes that nobody can foresee.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("random.failed", error))?;
    Ok(bytes)
}
