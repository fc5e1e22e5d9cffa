//! Files that somebody names: only what is one is opened. A pipe would wait for a writer for ever, a device has no end.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use chuda_record::{Error, Result};
use chuda_words::keys;

/// `O_NONBLOCK`: a pipe that has taken the file's place since it was looked at opens at once.
#[cfg(unix)]
const AT_ONCE: i32 = if cfg!(any(target_os = "linux", target_os = "android")) { 0o4000 } else { 4 };

/// Opens a file for reading, also by a link; `file.not_a_file` where something else is, such as a folder, a pipe, a socket or a device.
pub fn open(path: &Path) -> Result<File> {
    let not_a_file = || Error::invalid(keys::FILE_NOT_A_FILE);
    // Opening alone can do something to a device.
    if !fs::metadata(path)?.is_file() {
        return Err(not_a_file());
    }
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, AT_ONCE);
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_a_file()) }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn a_file_is_opened_and_nothing_else_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), b"bytes").unwrap();
        symlink(path("file"), path("link")).unwrap();
        for name in ["file", "link"] {
            let mut text = String::new();
            open(&path(name)).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "bytes");
        }
        assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        fs::create_dir(path("folder")).unwrap();
        symlink("/dev/zero", path("device")).unwrap();
        symlink(path("pipe"), path("link to a pipe")).unwrap();
        for name in ["pipe", "socket", "folder", "device", "link to a pipe"] {
            assert_eq!(open(&path(name)).unwrap_err().key, "file.not_a_file", "{name}");
        }
        assert_eq!(open(&path("nothing")).unwrap_err().key, "file.not_found");
    }
}
