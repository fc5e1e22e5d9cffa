//! SHA-256 of what is too large to hold in memory.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use chuda_record::id::Hash;

/// Hash and number of bytes of everything that the reader gives.
pub fn hash(reader: &mut impl Read) -> io::Result<(Hash, u64)> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((Hash(digest.finalize().into()), size)),
            Ok(count) => {
                digest.update(&buffer[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
