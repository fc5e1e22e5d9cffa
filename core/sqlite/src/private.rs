//! Files and folders that only their owner may read: made so, and mended where they were not.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// A folder, made if it is missing, with those above it. One that was open to others is closed to them, with all that is in it.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    close(path)
}

/// An empty file that only its owner may read, or one that is there and only its owner may read from now on.
pub fn file(path: &Path) -> io::Result<()> {
    match create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => close(path),
        made => made.map(drop),
    }
}

/// A new file that only its owner may read, to be written.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Closes to others what is open to them. Links are left alone: what they lead to is somebody else's.
#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = fs::symlink_metadata(path)?;
    let others = found.permissions().mode() & 0o077;
    if found.is_symlink() || others == 0 {
        return Ok(());
    }
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            close(&entry?.path())?;
        }
    }
    let mode = if found.is_dir() { 0o700 } else { 0o600 };
    match fs::set_permissions(path, fs::Permissions::from_mode(mode)) {
        // A volume that belongs to somebody else is theirs to close.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            tracing::warn!("a folder or file stays open to others: it belongs to somebody else");
            Ok(())
        }
        closed => closed,
    }
}

#[cfg(not(unix))]
fn close(path: &Path) -> io::Result<()> {
    fs::metadata(path).map(drop)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_closed_and_what_was_open_is_mended_with_all_that_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        let (made, inner) = (root.path().join("made"), root.path().join("made/inner"));
        folder(&inner).unwrap();
        file(&inner.join("new")).unwrap();
        assert_eq!((mode(&made), mode(&inner), mode(&inner.join("new"))), (0o700, 0o700, 0o600));

        let elsewhere = root.path().join("elsewhere");
        fs::write(&elsewhere, b"").unwrap();
        let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        fs::write(inner.join("old"), b"kept").unwrap();
        std::os::unix::fs::symlink(&elsewhere, inner.join("link")).unwrap();
        for (path, mode) in [(&elsewhere, 0o644), (&inner.join("old"), 0o644), (&inner, 0o755), (&made, 0o755)] {
            open(path, mode);
        }
        folder(&made).unwrap();
        assert_eq!((mode(&made), mode(&inner), mode(&inner.join("old")), mode(&elsewhere)), (0o700, 0o700, 0o600, 0o644));
        open(&inner.join("old"), 0o644);
        file(&inner.join("old")).unwrap();
        assert_eq!((mode(&inner.join("old")), fs::read(inner.join("old")).unwrap()), (0o600, b"kept".to_vec()));
    }
}
