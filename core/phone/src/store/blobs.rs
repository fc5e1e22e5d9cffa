//! The folder of original bytes: one encrypted file per content, never changed once it is there.
//!
//! A file is a header (8 bytes that name the format, 16 random bytes), the content in chunks of 64 KiB, and a seal that holds the
//! content's SHA-256 and size. Chunks and seal are encrypted with XChaCha20-Poly1305; each nonce is the file's random bytes, the
//! chunk's number, and whether it is an inner chunk, the last one or the seal. So a chunk that was changed, left out, moved or
//! taken from another file does not decrypt, and a file under another's name is told by its seal.
//!
//! The files are named by the SHA-256 of their content in the clear: whoever can list the folder can tell whether a file they
//! already have is among them, but learns nothing else.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use chuda_evidence::digest;
use chuda_record::id::Hash;
use chuda_record::{Error, ErrorKind, Result};
use chuda_sqlite::private;
use chuda_words::keys;

const FORMAT: &[u8; 8] = b"chudab1\n";
const SALT: usize = 16;
const HEADER: u64 = (FORMAT.len() + SALT) as u64;
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// Hash, size, tag.
const SEAL: usize = 32 + 8 + TAG;
const STAGING: &str = "staging";

/// What a nonce is for: the same number of chunk never means two things.
#[derive(Clone, Copy)]
enum Part {
    Inner = 0,
    Last = 1,
    Seal = 2,
}

/// The folder. Safe to use from several threads and processes at once.
#[derive(Clone)]
pub struct Blobs {
    folder: PathBuf,
    cipher: XChaCha20Poly1305,
}

impl Blobs {
    /// Opens the folder, creating it where it is missing, and clears away what interrupted writers left.
    pub fn open(folder: &Path, key: [u8; 32]) -> Result<Self> {
        let staging = folder.join(STAGING);
        private::folder(folder)?;
        private::folder(&staging)?;
        for entry in fs::read_dir(&staging)? {
            let path = entry?.path();
            // A writer at work holds a lock on its file.
            if let Ok(file) = File::open(&path)
                && !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
            {
                fs::remove_file(&path)?;
            }
        }
        Ok(Self { folder: folder.to_owned(), cipher: XChaCha20Poly1305::new(&key.into()) })
    }

    /// Keeps what the reader gives; returns its SHA-256 and size once it is safe on disk.
    ///
    /// Content that is there already is written again, which heals a damaged file. On any error, such as `storage.full`,
    /// nothing is left behind.
    pub fn put(&self, mut reader: impl Read) -> Result<(Hash, u64)> {
        let mut staged = Staged::create(&self.folder.join(STAGING))?;
        let (hash, size) = self.seal(&mut reader, &mut staged.file)?;
        staged.file.sync_all()?;
        fs::rename(&staged.path, self.path(hash))?;
        sync_folder(&self.folder)?;
        Ok((hash, size))
    }

    /// Reads content, from any position. `blob.not_found` when it is not here, `blob.damaged` when it is not what was put.
    ///
    /// Each part is checked when it is read: a read of a damaged part fails with an error that [`Error::from`] turns into `blob.damaged`.
    pub fn reader(&self, hash: Hash) -> Result<BlobReader> {
        let mut file = File::open(self.path(hash)).map_err(not_found)?;
        let length = file.metadata()?.len();
        let mut header = [0; HEADER as usize];
        let mut seal = [0; SEAL];
        if length < HEADER + SEAL as u64 {
            return Err(damaged(hash));
        }
        file.read_exact(&mut header)?;
        file.seek(SeekFrom::Start(length - SEAL as u64))?;
        file.read_exact(&mut seal)?;
        let (format, salt) = header.split_at(FORMAT.len());
        let salt: [u8; SALT] = salt.try_into().map_err(|_| damaged(hash))?;
        let (sealed_hash, sealed_size) =
            self.open_chunk(&salt, 0, Part::Seal, &mut seal).ok_or_else(|| damaged(hash))?.split_at(32);
        let size = u64::from_be_bytes(sealed_size.try_into().map_err(|_| damaged(hash))?);
        let stored = size.checked_add(chunks(size) * TAG as u64 + HEADER + SEAL as u64);
        if format != FORMAT || sealed_hash != hash.0 || stored != Some(length) {
            return Err(damaged(hash));
        }
        Ok(BlobReader { blobs: self.clone(), hash, file, salt, size, position: 0, loaded: None, chunk: Vec::new() })
    }

    /// Reads the content through and checks it against its hash; returns its size.
    pub fn verify(&self, hash: Hash) -> Result<u64> {
        let (found, size) = digest::hash(&mut self.reader(hash)?)?;
        if found == hash { Ok(size) } else { Err(damaged(hash)) }
    }

    /// Whether content is here; says nothing about its state.
    pub fn contains(&self, hash: Hash) -> bool {
        self.path(hash).exists()
    }

    /// Removes content. It is no error when it is gone already.
    pub fn remove(&self, hash: Hash) -> Result<()> {
        match fs::remove_file(self.path(hash)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn path(&self, hash: Hash) -> PathBuf {
        self.folder.join(hash.to_string())
    }

    /// Encrypts everything from the reader into the writer.
    fn seal(&self, reader: &mut impl Read, writer: &mut impl Write) -> Result<(Hash, u64)> {
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt).map_err(|error| Error::internal("blob.random", error))?;
        writer.write_all(FORMAT)?;
        writer.write_all(&salt)?;
        let mut digest = Sha256::new();
        let mut size = 0;
        let mut index = 0;
        let mut chunk = read_chunk(reader)?;
        loop {
            // Only what follows tells whether a chunk is the last.
            let next = if chunk.len() == CHUNK { read_chunk(reader)? } else { Vec::new() };
            digest.update(&chunk);
            size += chunk.len() as u64;
            let part = if next.is_empty() { Part::Last } else { Part::Inner };
            self.close_chunk(&salt, index, part, &mut chunk)?;
            writer.write_all(&chunk)?;
            if next.is_empty() {
                break;
            }
            chunk = next;
            index += 1;
        }
        let hash = Hash(digest.finalize().into());
        let mut seal = [&hash.0[..], &size.to_be_bytes()].concat();
        self.close_chunk(&salt, 0, Part::Seal, &mut seal)?;
        writer.write_all(&seal)?;
        Ok((hash, size))
    }

    fn close_chunk(&self, salt: &[u8; SALT], index: u64, part: Part, chunk: &mut Vec<u8>) -> Result<()> {
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce(salt, index, part), FORMAT, chunk.as_mut_slice().into())
            .map_err(|error| Error::internal("blob.encrypt", error))?;
        chunk.extend_from_slice(&tag);
        Ok(())
    }

    /// Decrypts in place; `None` when the bytes are not what was written there.
    fn open_chunk<'a>(&self, salt: &[u8; SALT], index: u64, part: Part, chunk: &'a mut [u8]) -> Option<&'a [u8]> {
        let (content, tag) = chunk.split_at_mut_checked(chunk.len().checked_sub(TAG)?)?;
        let tag = (&*tag).try_into().ok()?;
        self.cipher.decrypt_inout_detached(&nonce(salt, index, part), FORMAT, (&mut *content).into(), &tag).ok()?;
        Some(content)
    }
}

/// Content being read. Holds one chunk in memory.
pub struct BlobReader {
    blobs: Blobs,
    hash: Hash,
    file: File,
    salt: [u8; SALT],
    size: u64,
    position: u64,
    loaded: Option<u64>,
    chunk: Vec<u8>,
}

impl BlobReader {
    /// Number of bytes of the content.
    pub fn size(&self) -> u64 {
        self.size
    }

    fn load(&mut self, index: u64) -> io::Result<()> {
        let start = index * CHUNK as u64;
        let length = (self.size - start).min(CHUNK as u64) as usize;
        self.loaded = None;
        self.chunk.resize(length + TAG, 0);
        self.file.seek(SeekFrom::Start(HEADER + index * (CHUNK + TAG) as u64))?;
        self.file.read_exact(&mut self.chunk)?;
        let part = if index + 1 == chunks(self.size) { Part::Last } else { Part::Inner };
        if self.blobs.open_chunk(&self.salt, index, part, &mut self.chunk).is_none() {
            return Err(damaged(self.hash).into());
        }
        self.chunk.truncate(length);
        self.loaded = Some(index);
        Ok(())
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The last chunk of empty content holds nothing, but it has to be the one that was written.
        let index = self.position.min(self.size.saturating_sub(1)) / CHUNK as u64;
        if self.loaded != Some(index) {
            self.load(index)?;
        }
        let within = usize::try_from(self.position - index * CHUNK as u64).unwrap_or(usize::MAX);
        let rest = self.chunk.get(within..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// A file that is being written, and is gone again unless it was renamed.
struct Staged {
    file: File,
    path: PathBuf,
}

impl Staged {
    fn create(staging: &Path) -> Result<Self> {
        loop {
            let path = staging.join(Uuid::new_v4().simple().to_string());
            let staged = Self { file: private::create(&path)?, path };
            // Another process may be clearing away at this moment: it removes what nobody has locked yet.
            staged.file.lock()?;
            if staged.path.exists() {
                return Ok(staged);
            }
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After a rename it is no longer there.
        let _ = fs::remove_file(&self.path);
    }
}

fn chunks(size: u64) -> u64 {
    size.div_ceil(CHUNK as u64).max(1)
}

fn nonce(salt: &[u8; SALT], index: u64, part: Part) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..SALT].copy_from_slice(salt);
    nonce[SALT..].copy_from_slice(&index.to_be_bytes());
    // Sizes are far below 2^56 chunks, so the highest byte of the number is free.
    nonce[SALT] = part as u8;
    nonce.into()
}

fn read_chunk(reader: &mut impl Read) -> Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK + TAG);
    reader.take(CHUNK as u64).read_to_end(&mut chunk)?;
    Ok(chunk)
}

/// Makes a rename last through a power cut.
fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn not_found(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound { Error::not_found(keys::BLOB_NOT_FOUND) } else { error.into() }
}

fn damaged(hash: Hash) -> Error {
    Error::new(ErrorKind::Storage, keys::BLOB_DAMAGED).with("sha256", hash)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn content(size: usize) -> Vec<u8> {
        (0..size).map(|at| (at * 31 % 251) as u8).collect()
    }

    fn folder() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path(), KEY).unwrap();
        (folder, blobs)
    }

    fn read(blobs: &Blobs, hash: Hash) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        blobs.reader(hash)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn files(folder: &Path) -> usize {
        let count = |folder: &Path| fs::read_dir(folder).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count();
        count(folder) + count(&folder.join(STAGING))
    }

    #[test]
    fn content_of_any_size_comes_back() {
        let (_folder, blobs) = folder();
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1] {
            let content = content(size);
            let (hash, put) = blobs.put(&content[..]).unwrap();
            assert_eq!((hash, put), (Hash::of(&content), size as u64));
            assert_eq!(blobs.reader(hash).unwrap().size(), size as u64);
            assert_eq!(read(&blobs, hash).unwrap(), content);
            assert_eq!(blobs.verify(hash).unwrap(), size as u64);
        }
    }

    #[test]
    fn nothing_of_the_content_is_in_the_folder() {
        let (folder, blobs) = folder();
        let secret = b"quote of 580000".repeat(10);
        let (hash, _) = blobs.put(&secret[..]).unwrap();
        let stored = fs::read(folder.path().join(hash.to_string())).unwrap();
        assert!(!stored.windows(8).any(|bytes| secret.windows(8).any(|plain| plain == bytes)));
        let other = Blobs::open(folder.path(), [8; 32]).unwrap();
        assert_eq!(other.reader(hash).err().unwrap().key, "blob.damaged");
    }

    #[test]
    fn what_is_not_there_says_so_and_goes_once() {
        let (_folder, blobs) = folder();
        let (hash, _) = blobs.put(&b"once"[..]).unwrap();
        assert!(blobs.contains(hash));
        blobs.remove(hash).unwrap();
        blobs.remove(hash).unwrap();
        assert!(!blobs.contains(hash));
        assert_eq!(blobs.reader(hash).err().unwrap().key, "blob.not_found");
    }

    #[test]
    fn putting_again_heals_a_damaged_file() {
        let (folder, blobs) = folder();
        let content = content(1000);
        let (hash, _) = blobs.put(&content[..]).unwrap();
        fs::write(folder.path().join(hash.to_string()), b"torn").unwrap();
        assert_eq!(blobs.verify(hash).unwrap_err().key, "blob.damaged");
        blobs.put(&content[..]).unwrap();
        assert_eq!(read(&blobs, hash).unwrap(), content);
    }

    #[test]
    fn a_file_under_another_name_is_told() {
        let (folder, blobs) = folder();
        let (a, _) = blobs.put(&b"the photo"[..]).unwrap();
        let (b, _) = blobs.put(&b"another photo"[..]).unwrap();
        fs::copy(folder.path().join(a.to_string()), folder.path().join(b.to_string())).unwrap();
        assert_eq!(blobs.reader(b).err().unwrap().key, "blob.damaged");
    }

    #[test]
    fn chunks_that_change_places_are_told() {
        let (folder, blobs) = folder();
        let content = content(3 * CHUNK);
        let (hash, _) = blobs.put(&content[..]).unwrap();
        let path = folder.path().join(hash.to_string());
        let mut stored = fs::read(&path).unwrap();
        let (start, length) = (HEADER as usize, CHUNK + TAG);
        let (first, second) = stored[start..start + 2 * length].split_at_mut(length);
        first.swap_with_slice(second);
        fs::write(&path, &stored).unwrap();
        let error = read(&blobs, hash).unwrap_err();
        assert_eq!((error.kind, error.key), (ErrorKind::Storage, "blob.damaged"));
    }

    /// A reader that fails after so many bytes.
    struct Failing(usize);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let count = self.0.min(buffer.len());
            self.0 -= count;
            Ok(count)
        }
    }

    #[test]
    fn a_failed_put_leaves_nothing() {
        let (folder, blobs) = folder();
        for size in [0, 10, CHUNK, 3 * CHUNK + 5] {
            assert_eq!(blobs.put(Failing(size)).unwrap_err().key, "storage.full");
        }
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn opening_clears_leftovers_but_not_what_is_being_written() {
        let (folder, _blobs) = folder();
        let staging = folder.path().join(STAGING);
        fs::write(staging.join("killed"), b"half a photo").unwrap();
        let at_work = Staged::create(&staging).unwrap();
        Blobs::open(folder.path(), KEY).unwrap();
        assert!(at_work.path.exists());
        assert_eq!(files(folder.path()), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_change_or_cut_is_told(size in prop::sample::select(vec![0, 100, CHUNK, CHUNK + 1, 3 * CHUNK]), at: Index, bit in 0u8..8, cut: bool) {
            let (folder, blobs) = folder();
            let (hash, _) = blobs.put(&content(size)[..]).unwrap();
            let path = folder.path().join(hash.to_string());
            let mut stored = fs::read(&path).unwrap();
            let at = at.index(stored.len());
            if cut { stored.truncate(at) } else { stored[at] ^= 1 << bit }
            fs::write(&path, &stored).unwrap();
            prop_assert_eq!(blobs.verify(hash).unwrap_err().key, "blob.damaged");
        }

        #[test]
        fn seeks_agree_with_a_vec(size in 0..3 * CHUNK, steps in prop::collection::vec((0u8..3, -200_000i64..200_000, 0usize..100_000), 1..20)) {
            let (_folder, blobs) = folder();
            let content = content(size);
            let (hash, _) = blobs.put(&content[..]).unwrap();
            let (mut blob, mut plain) = (blobs.reader(hash).unwrap(), Cursor::new(content));
            for (from, offset, length) in steps {
                let to = match from {
                    0 => SeekFrom::Start(offset.unsigned_abs()),
                    1 => SeekFrom::Current(offset),
                    _ => SeekFrom::End(offset),
                };
                prop_assert_eq!(blob.seek(to).ok(), plain.seek(to).ok());
                let (mut a, mut b) = (Vec::new(), Vec::new());
                (&mut blob).take(length as u64).read_to_end(&mut a).unwrap();
                (&mut plain).take(length as u64).read_to_end(&mut b).unwrap();
                prop_assert_eq!(a, b);
            }
        }
    }
}
