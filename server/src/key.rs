//! The server's signing key (P-256): made at the first start, in a file that only its owner may read.

use std::fs;
use std::io::{ErrorKind as Io, Write as _};
use std::path::Path;

use chuda_evidence::SoftwareKey;
use chuda_record::{Error, ErrorKind, Result};
use chuda_sqlite::private;
use chuda_words::keys;

/// PKCS#8 in DER; `openssl pkey -inform DER` reads it.
const FILE: &str = "server_key.p8";

/// Opens the key of a data folder, or makes one.
pub(crate) fn open(data: &Path) -> Result<SoftwareKey> {
    let path = data.join(FILE);
    match fs::read(&path) {
        Ok(der) => {
            private::file(&path)?;
            SoftwareKey::from_pkcs8(&der).map_err(|_| Error::new(ErrorKind::Storage, keys::SERVER_KEY_UNREADABLE))
        }
        Err(error) if error.kind() == Io::NotFound => make(data, &path),
        Err(error) => Err(error.into()),
    }
}

/// Makes a key whose file appears whole or not at all; where another process was faster, its key counts.
fn make(data: &Path, path: &Path) -> Result<SoftwareKey> {
    let key = SoftwareKey::generate();
    let draft = path.with_extension(hex::encode(crate::random::bytes::<8>()?));
    let linked = (|| {
        let mut file = private::create(&draft)?;
        file.write_all(key.to_pkcs8()?.as_bytes())?;
        file.sync_all()?;
        fs::hard_link(&draft, path)
    })();
    let _ = fs::remove_file(&draft);
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == Io::AlreadyExists => open(data),
        Err(error) => Err(error.into()),
    }
}
