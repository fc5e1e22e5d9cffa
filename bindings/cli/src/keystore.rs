//! The two secrets of a phone in a terminal: files that only their owner can read, beside the data they protect.
//!
//! A phone has hardware for this. Here the folder's owner is trusted, and nobody else.

use std::fs;
use std::io::{ErrorKind as Io, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chuda_evidence::key::{Signer, SoftwareKey};
use chuda_record::{Error, Result};
use chuda_words::keys;

const FOLDER: &str = "keys";
const DATABASE: &str = "database.key";
const DEVICE: &str = "device.p8";

/// What opens a store.
pub(crate) struct Keys {
    /// Key of the database and the blob files.
    pub(crate) database: [u8; 32],
    /// Signs for this device.
    pub(crate) signer: Arc<dyn Signer>,
}

/// The keys of the data in `dir`, made now if there are none; those of an attempt that failed are used again.
pub(crate) fn make(dir: &Path) -> Result<Keys> {
    let folder = dir.join(FOLDER);
    fs::create_dir_all(&folder)?;
    restrict(&folder, 0o700)?;
    if !folder.join(DATABASE).try_exists()? {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| Error::internal("cli.random", error))?;
        write(&folder, DATABASE, &key)?;
    }
    if !folder.join(DEVICE).try_exists()? {
        write(&folder, DEVICE, SoftwareKey::generate().to_pkcs8()?.as_bytes())?;
    }
    load(dir)
}

/// The keys of the data in `dir`: `cli.key_missing` when a file is gone or is not what was written.
pub(crate) fn load(dir: &Path) -> Result<Keys> {
    let folder = dir.join(FOLDER);
    let database = read(&folder.join(DATABASE))?.try_into().map_err(|_| missing())?;
    let signer = SoftwareKey::from_pkcs8(&read(&folder.join(DEVICE))?).map_err(|_| missing())?;
    Ok(Keys { database, signer: Arc::new(signer) })
}

/// Whether nobody but the owner can read the keys. `None` where the system has no such permissions.
#[expect(clippy::verbose_bit_mask, reason = "permissions are read in octal")]
pub(crate) fn is_private(dir: &Path) -> Option<bool> {
    let files = [DATABASE, DEVICE].map(|name| dir.join(FOLDER).join(name));
    files.iter().map(|path| mode_of(path).map(|mode| mode & 0o077 == 0)).try_fold(true, |all, one| Some(all && one?))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| if error.kind() == Io::NotFound { missing() } else { error.into() })
}

fn missing() -> Error {
    Error::invalid(keys::CLI_KEY_MISSING)
}

/// Writes a secret whole or not at all: a half key would lock the data up for good.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let part: PathBuf = folder.join(format!(".{name}.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, folder.join(name))?;
    Ok(())
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> Result<()> {
    // The user's data folder is private to the user there.
    Ok(())
}

#[cfg(unix)]
fn mode_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).ok().map(|metadata| metadata.permissions().mode())
}

#[cfg(not(unix))]
fn mode_of(_: &Path) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_only_their_owner_reads_them() {
        let dir = tempfile::tempdir().unwrap();
        let made = make(dir.path()).unwrap();
        let again = make(dir.path()).unwrap();
        assert_eq!(again.database, made.database);
        assert_eq!(again.signer.public_key(), made.signer.public_key());
        if cfg!(unix) {
            assert_eq!(is_private(dir.path()), Some(true));
            restrict(&dir.path().join(FOLDER).join(DEVICE), 0o644).unwrap();
            assert_eq!(is_private(dir.path()), Some(false));
        }
    }

    #[test]
    fn lost_keys_are_named_as_such_and_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path()).unwrap();
        fs::write(dir.path().join(FOLDER).join(DATABASE), b"short").unwrap();
        assert_eq!(load(dir.path()).err().unwrap().key, "cli.key_missing");
    }
}
