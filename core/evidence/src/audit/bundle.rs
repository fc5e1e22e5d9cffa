//! A part of the log in one file, with the changes that its acts name, signed by the server.

use std::fs::{self, File};
use std::io::{self, BufWriter, Cursor, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::entry::{About, Entry, instant};
use crate::archive;
use crate::key::Signer;
use crate::proof::{PUBLIC_KEY, README, SIGNATURE, SUMS, json, sums};
use chuda_record::doc::MAX_CHANGE_BYTES;
use chuda_record::id::{DeviceId, Hash, PersonId, RecordId};
use chuda_record::{Change, Fields};
use chuda_record::{Error, Result};
use chuda_words::keys;

pub(super) const CHECKPOINT: &str = "checkpoint.json";
pub(super) const PEOPLE: &str = "people.json";
pub(super) const ENTRIES: &str = "entries.jsonl";
pub(super) const CHANGES: &str = "changes.jsonl";
/// The small members, in their order.
pub(super) const SMALL: [&str; 5] = [README, CHECKPOINT, SIGNATURE, PUBLIC_KEY, SUMS];
/// The others, which come after them and are only ever read piece by piece.
pub(super) const LARGE: [&str; 3] = [PEOPLE, ENTRIES, CHANGES];

/// The version of what is in a bundle and how it is written.
pub(super) const VERSION: u32 = 1;

/// What the server signs: how far its log goes, and which part of it this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Version of the bundle.
    pub version: u32,
    /// When it was signed: the server's clock, milliseconds since 1970 UTC.
    #[serde(with = "instant")]
    pub at: i64,
    /// The key that signs: SHA-256 of its `SubjectPublicKeyInfo`.
    pub key: Hash,
    /// How many entries the log had.
    pub count: u64,
    /// The hash of the last of them.
    pub head: Hash,
    /// The number of the first entry in the bundle.
    pub first: u64,
    /// The hash of the entry before that; none when it is the log's first.
    pub before: Option<Hash>,
    /// The number of the last entry in the bundle.
    pub last: u64,
    /// Its hash.
    pub end: Hash,
    /// SHA-256 of the list of entries.
    pub entries: Hash,
    /// SHA-256 of the list of changes.
    pub changes: Hash,
    /// SHA-256 of the list of people.
    pub people: Hash,
}

/// Someone whose id stands in the log.
#[derive(Clone, Debug, Serialize)]
pub struct Known {
    /// The id.
    pub id: PersonId,
    /// The name at the time of the export.
    pub name: String,
    /// What the person does, likewise.
    pub roles: Vec<String>,
}

/// A bundle that is being written: entry by entry, so that a log of any length passes through little memory.
///
/// The file appears whole or not at all.
pub struct Bundle {
    path: PathBuf,
    entries: Part,
    changes: Part,
    first: Option<(u64, Option<Hash>)>,
    last: Option<(u64, Hash)>,
}

impl Bundle {
    /// Begins one that is to be found at `path`.
    pub fn begin(path: &Path) -> Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            entries: Part::create(path, "entries.part")?,
            changes: Part::create(path, "changes.part")?,
            first: None,
            last: None,
        })
    }

    /// Adds an entry with the hash that the log has for it, and the bytes of the change that it names, if they were kept.
    ///
    /// Nothing is checked here: a log that was tampered with is written as it is, and [`verify()`](super::verify()) says where.
    pub fn add(&mut self, entry: &Entry, hash: Hash, change: Option<&[u8]>) -> Result<()> {
        self.entries.line(&entry_line(entry, hash))?;
        if let Some(About::Change(named)) = entry.about {
            // Longer ones are no changes; they were refused unread.
            let change = change.filter(|bytes| bytes.len() <= MAX_CHANGE_BYTES);
            self.changes.line(&change_line(entry, named, change))?;
        }
        self.first.get_or_insert((entry.n, entry.previous));
        self.last = Some((entry.n, hash));
        Ok(())
    }

    /// Signs and writes it: `head` is the number and the hash of the log's last entry, `at` the server's clock.
    ///
    /// Fails with `audit.empty` when there is no entry in it, and with `audit.too_large` beyond what a zip archive can hold.
    pub fn finish(self, people: &[Known], head: (u64, Hash), at: i64, signer: &dyn Signer) -> Result<Checkpoint> {
        let (Some((first, before)), Some((last, end))) = (self.first, self.last) else {
            return Err(Error::not_found(keys::AUDIT_EMPTY));
        };
        let key = signer.public_key();
        let people = json(&people);
        let (mut entries, mut changes) = (self.entries.finish()?, self.changes.finish()?);
        let checkpoint = Checkpoint {
            version: VERSION,
            at,
            key: key.id(),
            count: head.0,
            head: head.1,
            first,
            before,
            last,
            end,
            entries: entries.hash,
            changes: changes.hash,
            people: Hash::of(&people),
        };
        let signed = json(&checkpoint);
        let signature = signer.sign(&signed)?;
        let mut small = vec![
            (README, readme().into_bytes()),
            (CHECKPOINT, signed),
            (SIGNATURE, signature),
            (PUBLIC_KEY, key.to_pem().into_bytes()),
        ];
        let named = small.iter().map(|(name, content)| (*name, Hash::of(content)));
        let large = [(PEOPLE, checkpoint.people), (ENTRIES, entries.hash), (CHANGES, changes.hash)];
        let sums = sums(named.chain(large));
        small.push((SUMS, sums.into_bytes()));

        let written = archive::create(&self.path, |zip| {
            for (name, content) in &small {
                zip.add(name, &mut Cursor::new(content))?;
            }
            zip.add(PEOPLE, &mut Cursor::new(&people))?;
            zip.add(ENTRIES, &mut entries.file)?;
            zip.add(CHANGES, &mut changes.file)
        });
        match written {
            Ok(()) => Ok(checkpoint),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(Error::invalid(keys::AUDIT_TOO_LARGE)),
            Err(error) => Err(error.into()),
        }
    }
}

/// An entry as a line of the list.
pub(super) fn entry_line(entry: &Entry, hash: Hash) -> String {
    serde_json::to_string(&EntryLine { entry: entry.clone(), hash }).unwrap_or_default()
}

/// [`entry_line`], taken apart.
#[derive(Serialize, Deserialize)]
pub(super) struct EntryLine {
    #[serde(flatten)]
    pub(super) entry: Entry,
    pub(super) hash: Hash,
}

/// The change that an entry names as a line of the list: its bytes, and what they say where they can be read.
pub(super) fn change_line(entry: &Entry, change: Hash, bytes: Option<&[u8]>) -> String {
    let says = bytes.and_then(|bytes| Change::parse(bytes).ok()).map(|change| Says {
        device: change.actor.device,
        seq: change.seq,
        made_at: change.at.timestamp_millis(),
        writes: change.writes,
    });
    let line = ChangeLine { n: entry.n, document: entry.record, change, says, bytes: bytes.map(|bytes| BASE64.encode(bytes)) };
    serde_json::to_string(&line).unwrap_or_default()
}

#[derive(Serialize)]
struct ChangeLine {
    n: u64,
    document: Option<RecordId>,
    change: Hash,
    #[serde(flatten)]
    says: Option<Says>,
    /// Null when they were not kept.
    bytes: Option<String>,
}

#[derive(Serialize)]
struct Says {
    device: DeviceId,
    seq: u64,
    #[serde(with = "instant")]
    made_at: i64,
    writes: Fields,
}

/// A list on its way into the bundle. Its file goes with it.
struct Part {
    path: PathBuf,
    file: BufWriter<File>,
    digest: Sha256,
}

/// A list that is complete.
struct Whole {
    file: File,
    hash: Hash,
    _part: Part,
}

impl Part {
    fn create(bundle: &Path, ending: &str) -> Result<Self> {
        let path = bundle.with_added_extension(ending);
        Ok(Self { file: BufWriter::new(File::create(&path)?), path, digest: Sha256::new() })
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        for bytes in [line.as_bytes(), b"\n"] {
            self.digest.update(bytes);
            self.file.write_all(bytes)?;
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<Whole> {
        self.file.flush()?;
        let hash = Hash(self.digest.clone().finalize().into());
        Ok(Whole { file: File::open(&self.path)?, hash, _part: self })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Tells whoever opens the bundle how to check it without this program.
pub(super) fn readme() -> String {
    include_str!("readme.txt").to_owned()
}
