//! Checking a bundle, every byte of it: offline, in bounded memory, whoever made it.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Take};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::bundle::{
    CHANGES, CHECKPOINT, Checkpoint, ENTRIES, EntryLine, LARGE, PEOPLE, SMALL, VERSION, change_line, entry_line, readme,
};
use super::entry::{About, Entry};
use crate::archive::{self, Member};
use crate::proof::{Report, Signed, contents, json, same};
use chuda_record::Change;
use chuda_record::Result;
use chuda_record::id::Hash;

/// Everything but the lists is small.
const MAX_SMALL: u32 = 64 * 1024;
/// The longest entry: its texts are short.
const MAX_ENTRY: u64 = 16 * 1024;
/// The longest line of the list of changes: one of the largest size, its bytes and what they say.
const MAX_CHANGE: u64 = 4 * 1024 * 1024;

/// Whether a file has the members of an audit bundle: otherwise it is none, or is damaged so that it cannot be told.
pub fn is_bundle(path: &Path) -> Result<bool> {
    let members = archive::read(&mut BufReader::new(crate::file::open(path)?))?;
    Ok(members.is_ok_and(|members| are_ours(&members)))
}

/// Checks a bundle: that nothing in it was changed, left out, added or moved, and by whose key it was signed. Fails only when the
/// file cannot be read at all.
///
/// A valid bundle shows that the holder of the key vouched for exactly these entries as a part of its log. Whose key it is, and that
/// the log has not been exchanged for another since, earlier bundles of the same server tell.
pub fn verify(path: &Path) -> Result<Report> {
    let mut file = BufReader::new(crate::file::open(path)?);
    let members = match archive::read(&mut file)? {
        Ok(members) if are_ours(&members) => members,
        Ok(_) => return Ok(Report::unread("its members are not those of an audit bundle")),
        Err(detail) => return Ok(Report::unread(detail)),
    };
    let [readme_found, checkpoint_bytes, signature, key, sums_found] = contents(&mut file, &members)?;
    let mut report = Report::default();
    let hashes = report.check_container(&mut file, &members)?;

    let checkpoint = read_checkpoint(&checkpoint_bytes);
    let extent = |Checkpoint { first, last, count, head, .. }: &Checkpoint| {
        format!("entries {first} to {last} of a log of {count}, head {head}")
    };
    report.check("checkpoint", checkpoint.as_ref().map_err(Clone::clone).map(extent));
    let checkpoint = Signed { name: CHECKPOINT, says: checkpoint };
    report.check_key(&checkpoint, &key, (CHECKPOINT, |checkpoint| checkpoint.key), &checkpoint_bytes, &signature);
    check_lists(&mut report, &checkpoint, &walk(path, &members)?, &hashes);
    report.check_rest(&readme_found, &readme(), &sums_found, &hashes);
    Ok(report)
}

/// Checks what the lists say, and that they are the lists that were signed.
fn check_lists(report: &mut Report, checkpoint: &Signed<Checkpoint>, walked: &Walk, hashes: &[(&str, Hash)]) {
    let listed = |name: &str, signed: Hash| {
        if hashes.contains(&(name, signed)) { Ok(()) } else { Err(format!("{name} is not the list that {CHECKPOINT} names")) }
    };
    let entries = || {
        checkpoint.compare(|checkpoint| {
            walked.agrees(checkpoint)?;
            listed(ENTRIES, checkpoint.entries)?;
            Ok(format!("entries {} to {}, each follows from the one before", checkpoint.first, checkpoint.last))
        })
    };
    report.check("entries", walked.entries.clone().and_then(|()| entries()));
    let gone = match walked.not_kept {
        (0, _) => String::new(),
        (count, first) => format!(", {count} not kept, the first of them at entry {first}"),
    };
    let changes = || {
        checkpoint.compare(|checkpoint| {
            listed(CHANGES, checkpoint.changes).map_err(|differs| differs + &gone)?;
            Ok(format!("{} changes have the hashes that the entries name{gone}", walked.named))
        })
    };
    report.check("changes", walked.changes.clone().and_then(|()| changes()));
    report.check("people", checkpoint.compare(|checkpoint| listed(PEOPLE, checkpoint.people).map(|()| "as signed".into())));
}

fn are_ours(members: &[Member]) -> bool {
    let named = members.iter().map(|member| member.name.as_str()).eq(SMALL.into_iter().chain(LARGE));
    named && members.iter().take(SMALL.len()).all(|member| member.size <= MAX_SMALL)
}

fn read_checkpoint(bytes: &[u8]) -> Result<Checkpoint, String> {
    let checkpoint: Checkpoint =
        serde_json::from_slice(bytes).map_err(|error| format!("{CHECKPOINT} line {}: cannot be read", error.line()))?;
    same(CHECKPOINT, bytes, &json(&checkpoint))?;
    if checkpoint.version != VERSION {
        return Err(format!("{CHECKPOINT} is of version {}, which this program does not know", checkpoint.version));
    }
    Ok(checkpoint)
}

/// What the lists say, read side by side: each entry that names a change is followed by that change in the other list.
struct Walk {
    entries: Result<(), String>,
    changes: Result<(), String>,
    /// The number of the first entry, and the hash before it.
    first: Option<(u64, Option<Hash>)>,
    last: Option<(u64, Hash)>,
    /// The key that the log names last.
    key: Option<Hash>,
    /// How many changes the entries name.
    named: u64,
    /// How many of them have no bytes, and the number of the first such entry.
    not_kept: (u64, u64),
}

impl Walk {
    /// Whether the entries are those that the checkpoint is about.
    fn agrees(&self, checkpoint: &Checkpoint) -> Result<(), String> {
        let (Some((first, before)), Some((last, end))) = (self.first, self.last) else {
            return Err(format!("there are no entries, {CHECKPOINT} says {} to {}", checkpoint.first, checkpoint.last));
        };
        if first != checkpoint.first {
            return Err(format!("entry {} is missing: the first one is {first}", checkpoint.first));
        }
        if last != checkpoint.last {
            return Err(format!("the last entry is {last}, {CHECKPOINT} says {}", checkpoint.last));
        }
        if before != checkpoint.before {
            return Err(format!("entry {first} does not follow from the entry that {CHECKPOINT} names before it"));
        }
        if end != checkpoint.end {
            return Err(format!("entry {last} does not have the hash that {CHECKPOINT} gives for it"));
        }
        if last > checkpoint.count || (last == checkpoint.count && end != checkpoint.head) {
            return Err(format!("entry {last} is not the head of the log that {CHECKPOINT} names"));
        }
        // Only a bundle that reaches the head is sure to hold the last change of keys before it was signed.
        match self.key {
            Some(key) if last == checkpoint.count && key != checkpoint.key => {
                Err(format!("the log names the key {key}, {CHECKPOINT} is signed by {}", checkpoint.key))
            }
            _ => Ok(()),
        }
    }

    /// Takes one line of the list of entries and returns its entry; the error says what is wrong with it.
    fn entry(&mut self, line: &Result<String, String>) -> Result<Entry, String> {
        let place = || self.last.map_or("at the beginning".to_owned(), |(n, _)| format!("after entry {n}"));
        let line = line.as_ref().map_err(|error| format!("{}: {error}", place()))?;
        let EntryLine { entry, hash } = serde_json::from_str(line).map_err(|_| format!("{}: a line is no entry", place()))?;
        let n = entry.n;
        let expected = self.last.map_or(n, |(last, _)| last.saturating_add(1));
        if n > expected {
            return Err(format!("entry {expected} is missing: entry {n} comes {}", place()));
        }
        if n < expected {
            return Err(format!("entry {n} comes {}, where entry {expected} should", place()));
        }
        // The first number has nothing to be compared with yet.
        let which = || if self.last.is_some() { format!("entry {n}") } else { format!("at the beginning: entry {n}") };
        if entry_line(&entry, hash) != *line {
            return Err(format!("{} was changed: it is not in the form in which it was written", which()));
        }
        if entry.hash() != hash {
            return Err(format!("{} was changed: it does not have the hash it gives", which()));
        }
        match self.last {
            Some((last, previous)) if entry.previous != Some(previous) => {
                return Err(format!("entry {n} does not follow from entry {last}: its previous hash is another one"));
            }
            None if (n == 1) != entry.previous.is_none() => {
                return Err(format!("entry {n} is not the beginning that it should be"));
            }
            _ => {}
        }
        self.first.get_or_insert((n, entry.previous));
        self.last = Some((n, hash));
        Ok(entry)
    }

    /// Takes the line of the list of changes that belongs to an entry.
    fn change(&mut self, entry: &Entry, named: Hash, line: Option<Result<String, String>>) -> Result<(), String> {
        let n = entry.n;
        let line = line.ok_or_else(|| format!("the change of entry {n} is missing"))?;
        let line = line.map_err(|error| format!("the change of entry {n}: {error}"))?;
        let found: FoundChange = serde_json::from_str(&line).map_err(|_| format!("the change of entry {n} cannot be read"))?;
        if found.n != n {
            return Err(format!("the change of entry {n} is missing: that of entry {} is in its place", found.n));
        }
        let bytes = found.bytes.map(|text| BASE64.decode(text)).transpose();
        let bytes = bytes.map_err(|_| format!("the change of entry {n} cannot be read"))?;
        if bytes.as_ref().is_some_and(|bytes| !has_hash(bytes, named)) {
            return Err(format!("the change of entry {n} was changed: its bytes do not have the hash that the entry names"));
        }
        if change_line(entry, named, bytes.as_deref()) != line {
            return Err(format!("the change of entry {n} was changed: it does not say what its bytes say"));
        }
        self.named += 1;
        if bytes.is_none() {
            self.not_kept = (self.not_kept.0 + 1, if self.not_kept.0 == 0 { n } else { self.not_kept.1 });
        }
        Ok(())
    }
}

/// What of a change's line is not worked out from the entry.
#[derive(Deserialize)]
struct FoundChange {
    n: u64,
    bytes: Option<String>,
}

fn walk(path: &Path, members: &[Member]) -> Result<Walk> {
    let lines = |name: &str, longest| {
        members.iter().find(|member| member.name == name).map(|member| Lines::open(path, member, longest)).transpose()
    };
    let mut walk = Walk { entries: Ok(()), changes: Ok(()), first: None, last: None, key: None, named: 0, not_kept: (0, 0) };
    let (Some(mut entries), Some(mut changes)) = (lines(ENTRIES, MAX_ENTRY)?, lines(CHANGES, MAX_CHANGE)?) else { return Ok(walk) };
    while let Some(line) = entries.next()? {
        let entry = match walk.entry(&line) {
            Ok(entry) => entry,
            Err(fault) => {
                // Which change belongs to which entry can't be told any more.
                walk.changes = walk.changes.and(Err(format!("not compared any further, because {fault}")));
                walk.entries = Err(fault);
                return Ok(walk);
            }
        };
        match entry.about {
            Some(About::Change(named)) if walk.changes.is_ok() => {
                let line = changes.next()?;
                walk.changes = walk.change(&entry, named, line);
            }
            Some(About::Key(key)) => walk.key = Some(key),
            _ => {}
        }
    }
    if walk.changes.is_ok() && changes.next()?.is_some() {
        walk.changes = Err(format!("{CHANGES} has more than the {} changes that the entries name", walk.named));
    }
    Ok(walk)
}

/// A change's own hash, or that of bytes that could not be read as one.
fn has_hash(bytes: &[u8], hash: Hash) -> bool {
    Change::parse(bytes).is_ok_and(|change| change.hash == hash) || Hash::of(bytes) == hash
}

/// The lines of a member, one at a time and none longer than it may be.
struct Lines {
    content: Take<BufReader<File>>,
    longest: u64,
}

impl Lines {
    fn open(path: &Path, member: &Member, longest: u64) -> io::Result<Self> {
        let mut file = BufReader::new(crate::file::open(path)?);
        file.seek(SeekFrom::Start(member.content_at()))?;
        Ok(Self { content: file.take(u64::from(member.size)), longest })
    }

    /// The next line without its end; the inner error says why it is none.
    fn next(&mut self) -> io::Result<Option<Result<String, String>>> {
        let mut line = Vec::new();
        if self.content.by_ref().take(self.longest).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.pop() != Some(b'\n') {
            return Ok(Some(Err("a line is too long or has no end".into())));
        }
        Ok(Some(String::from_utf8(line).map_err(|_| "a line is not text".into())))
    }
}
