//! A proof bundle: one piece of evidence with everything that is needed to check it offline, on any machine.

use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Serialize;

use super::archive::{self, Checksum, Member, first_difference};
use super::claim::{self, Claim, Link, verify_chain};
use super::digest;
use super::key::PublicKey;
use chuda_record::id::Hash;
use chuda_record::{Error, Result};
use chuda_words::keys;

/// Claims before this one that go into a bundle at most.
pub const MAX_CHAIN: usize = 100;
/// Everything but the original is small.
const MAX_SMALL: u32 = 256 * 1024;

pub(crate) const README: &str = "README.txt";
const CLAIM: &str = "claim.cbor";
const CLAIM_JSON: &str = "claim.json";
pub(crate) const SIGNATURE: &str = "signature.der";
pub(crate) const PUBLIC_KEY: &str = "public_key.pem";
const CHAIN: &str = "chain.json";
pub(crate) const SUMS: &str = "SHA256SUMS";
/// The members before the original, in their order.
const SMALL: [&str; 7] = [README, CLAIM, CLAIM_JSON, SIGNATURE, PUBLIC_KEY, CHAIN, SUMS];

/// What goes into a bundle beside the original.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The claim, as it was signed.
    pub claim: &'a [u8],
    /// The signature over it, in DER.
    pub signature: &'a [u8],
    /// The device's key.
    pub key: &'a PublicKey,
    /// The places of the claims before it, as far as they are known: rising, the last one directly before this claim.
    pub chain: &'a [Link],
}

/// The result of checking a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether every check passed.
    pub valid: bool,
    /// The checks, in the order in which they build on each other.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name.
    pub name: String,
    /// Whether it passed.
    pub ok: bool,
    /// What was found: when it failed, what differs and where.
    pub detail: String,
}

/// Writes a bundle. The file appears whole or not at all.
///
/// Nothing is packed that would not verify: fails as [`claim::verify`] does, and with `proof.original_differs` when the original is
/// not what the claim is about.
pub fn export(path: &Path, evidence: &Evidence<'_>, original: &mut (impl Read + Seek)) -> Result<()> {
    let claim = claim::verify(evidence.claim, evidence.signature, evidence.key)?;
    if hash_and_size(original)? != (claim.sha256, claim.size) {
        return Err(Error::invalid(keys::PROOF_ORIGINAL_DIFFERS));
    }
    let chain = &evidence.chain[evidence.chain.len().saturating_sub(MAX_CHAIN)..];
    if !chain_faults(chain, &claim).is_empty() {
        return Err(Error::invalid(keys::PROOF_CHAIN_DIFFERS));
    }
    let original_name = format!("original.{}", claim.mime.extension());
    let mut small = vec![
        (README, readme(&original_name).into_bytes()),
        (CLAIM, evidence.claim.to_vec()),
        (CLAIM_JSON, json(&claim)),
        (SIGNATURE, evidence.signature.to_vec()),
        (PUBLIC_KEY, evidence.key.to_pem().into_bytes()),
        (CHAIN, json(&chain)),
    ];
    let named = small.iter().map(|(name, content)| (*name, Hash::of(content)));
    let sums = sums(named.chain([(original_name.as_str(), claim.sha256)]));
    small.push((SUMS, sums.into_bytes()));

    archive::create(path, |zip| {
        for (name, content) in &small {
            zip.add(name, &mut Cursor::new(content))?;
        }
        zip.add(&original_name, original)
    })?;
    Ok(())
}

/// Checks a bundle, every byte of it. Fails only when the file cannot be read at all.
///
/// A valid bundle shows that the holder of the key signed this claim about exactly these bytes. Whose key it is, the bundle cannot
/// show: compare its id with the list of devices on the server.
pub fn verify(path: &Path) -> Result<Report> {
    let mut file = BufReader::new(super::file::open(path)?);
    let members = match archive::read(&mut file)? {
        Ok(members) if are_ours(&members) => members,
        Ok(_) => return Ok(Report::unread("its members are not those of a proof bundle")),
        Err(detail) => return Ok(Report::unread(detail)),
    };
    let [readme_found, claim_bytes, claim_json, signature, key, chain, sums_found] = contents(&mut file, &members)?;
    let mut report = Report::default();
    let hashes = report.check_container(&mut file, &members)?;
    let (original, original_hash) = (&members[SMALL.len()], hashes[SMALL.len()].1);

    let claim = Claim::from_bytes(&claim_bytes).map_err(|error| format!("{CLAIM}: {error}"));
    report.check(
        "claim",
        claim.as_ref().map_err(Clone::clone).map(|claim| format!("number {} of device {}", claim.sequence, claim.device)),
    );
    let claim = Signed { name: CLAIM, says: claim };
    report.check_key(&claim, &key, ("the claim", |claim| claim.key), &claim_bytes, &signature);
    report.check(
        "original",
        claim.compare(|claim| {
            if (original_hash, u64::from(original.size)) == (claim.sha256, claim.size) {
                Ok(format!("SHA-256 {original_hash}, {} bytes", original.size))
            } else {
                Err(format!("{} has SHA-256 {original_hash}, the claim is about {}", original.name, claim.sha256))
            }
        }),
    );
    report.check(
        "claim_json",
        claim.compare(|claim| same(CLAIM_JSON, &claim_json, &json(claim)).map(|()| "says what the claim says".into())),
    );
    report.check("chain", claim.compare(|claim| check_chain(&chain, claim)));
    report.check_rest(&readme_found, &readme(&original.name), &sums_found, &hashes);
    Ok(report)
}

/// What the signature of a bundle is over: the name of its member, and what that says, if it can be read.
pub(crate) struct Signed<T> {
    pub(crate) name: &'static str,
    pub(crate) says: Result<T, String>,
}

impl<T> Signed<T> {
    /// Compares something with what was signed.
    pub(crate) fn compare(&self, check: impl FnOnce(&T) -> Result<String, String>) -> Result<String, String> {
        match &self.says {
            Ok(says) => check(says),
            Err(_) => Err(format!("cannot be compared, because {} was changed", self.name)),
        }
    }
}

impl Report {
    /// Of a file that is no bundle, or of which nothing can be told.
    pub(crate) fn unread(detail: impl Into<String>) -> Self {
        let mut report = Self::default();
        report.check("container", Err(detail.into()));
        report
    }

    pub(crate) fn check(&mut self, name: &'static str, found: Result<String, String>) {
        let ok = found.is_ok();
        self.checks.push(Check { name: name.into(), ok, detail: found.unwrap_or_else(|detail| detail) });
    }

    /// Whether each member has the checksum that the archive gives for it; returns the names and hashes of all.
    pub(crate) fn check_container<'m>(
        &mut self,
        file: &mut (impl Read + Seek),
        members: &'m [Member],
    ) -> Result<Vec<(&'m str, Hash)>> {
        let mut hashes = Vec::new();
        let mut changed = None;
        for member in members {
            let (hash, crc) = hash_member(file, member)?;
            hashes.push((member.name.as_str(), hash));
            changed = changed.or_else(|| (crc != member.crc).then(|| format!("{} was changed", member.name)));
        }
        let bytes = members.last().map_or(0, |member| member.content_at() + u64::from(member.size));
        self.check("container", changed.map_or(Ok(format!("{} members, {bytes} bytes", members.len())), Err));
        Ok(hashes)
    }

    /// Whether the key is the one that is named by what it signed, and the signature is by it.
    pub(crate) fn check_key<T>(
        &mut self,
        signed: &Signed<T>,
        pem: &[u8],
        (namer, named): (&str, fn(&T) -> Hash),
        bytes: &[u8],
        signature: &[u8],
    ) {
        let key = std::str::from_utf8(pem).ok().and_then(|pem| PublicKey::from_pem(pem).ok());
        self.check(
            "public_key",
            signed.compare(|says| match &key {
                None => Err(format!("{PUBLIC_KEY} is no P-256 key")),
                Some(key) if key.id() != named(says) => Err(format!("{PUBLIC_KEY} is not the key that {namer} names")),
                Some(key) => same(PUBLIC_KEY, pem, key.to_pem().as_bytes()).map(|()| format!("key {}", key.id())),
            }),
        );
        self.check(
            "signature",
            match &key {
                Some(key) if key.verify(bytes, signature).is_ok() => Ok("ECDSA P-256 with SHA-256".into()),
                Some(_) => Err(format!("{SIGNATURE} is not this key's signature over {}", signed.name)),
                None => Err(format!("cannot be checked, because {PUBLIC_KEY} was changed")),
            },
        );
    }

    /// What is the same in every bundle and comes last: how to check it without this program. It is valid when every check passed.
    pub(crate) fn check_rest(&mut self, readme_found: &[u8], readme: &str, sums_found: &[u8], hashes: &[(&str, Hash)]) {
        self.check("readme", same(README, readme_found, readme.as_bytes()).map(|()| "as written".into()));
        let expected = sums(hashes.iter().copied().filter(|(name, _)| *name != SUMS));
        self.check("checksums", same(SUMS, sums_found, expected.as_bytes()).map(|()| "as listed".into()));
        self.valid = self.checks.iter().all(|check| check.ok);
    }
}

/// Whether the members are those of a bundle: the small ones in their order, then the original.
fn are_ours(members: &[Member]) -> bool {
    let Some((original, small)) = members.split_last() else { return false };
    let named = small.iter().map(|member| member.name.as_str()).eq(SMALL);
    named && original.name.starts_with("original.") && small.iter().all(|member| member.size <= MAX_SMALL)
}

/// The contents of the first members.
pub(crate) fn contents<const N: usize>(file: &mut (impl Read + Seek), members: &[Member]) -> Result<[Vec<u8>; N]> {
    let mut contents = [const { Vec::new() }; N];
    for (member, content) in members.iter().zip(&mut contents) {
        file.seek(SeekFrom::Start(member.content_at()))?;
        file.take(u64::from(member.size)).read_to_end(content)?;
    }
    Ok(contents)
}

fn hash_member(file: &mut (impl Read + Seek), member: &Member) -> Result<(Hash, u32)> {
    file.seek(SeekFrom::Start(member.content_at()))?;
    let mut content = Checked { reader: file.take(u64::from(member.size)), checksum: Checksum::default() };
    let (hash, _) = digest::hash(&mut content)?;
    Ok((hash, content.checksum.0.finalize()))
}

fn hash_and_size(original: &mut (impl Read + Seek)) -> Result<(Hash, u64)> {
    original.seek(SeekFrom::Start(0))?;
    Ok(digest::hash(original)?)
}

fn check_chain(found: &[u8], claim: &Claim) -> Result<String, String> {
    let links: Vec<Link> = serde_json::from_slice(found).map_err(|error| format!("{CHAIN} line {}: {error}", error.line()))?;
    if let Some(fault) = chain_faults(&links, claim).first() {
        return Err(format!("{CHAIN}: {fault}"));
    }
    same(CHAIN, found, &json(&links))?;
    Ok(match links.len() {
        0 if claim.sequence == 1 => "the device's first claim".into(),
        0 => "the claims before it are not in the bundle".into(),
        listed => format!("{listed} claims before it; the signature covers the hash of number {}", claim.sequence - 1),
    })
}

/// What is wrong with the way from the first listed claim to this one.
fn chain_faults(links: &[Link], claim: &Claim) -> Vec<claim::ChainFault> {
    let Some((first, rest)) = links.split_first() else { return Vec::new() };
    verify_chain(Some(*first), &[rest, &[claim.link()]].concat())
}

pub(crate) fn same(name: &str, found: &[u8], expected: &[u8]) -> Result<(), String> {
    match first_difference(found, expected) {
        Some(at) => Err(format!("{name} was changed at byte {at}")),
        None if found.len() > expected.len() => Err(format!("{name} was added to at byte {}", expected.len())),
        None => Ok(()),
    }
}

pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

/// The list that `sha256sum --check` reads.
pub(crate) fn sums<'a>(hashes: impl Iterator<Item = (&'a str, Hash)>) -> String {
    hashes.fold(String::new(), |list, (name, hash)| list + &format!("{hash}  {name}\n"))
}

/// Tells whoever opens the bundle how to check it without this program.
fn readme(original: &str) -> String {
    include_str!("proof_readme.txt").replace("{original}", original)
}

/// A reader that takes the archive's checksum of what passes.
struct Checked<R> {
    reader: R,
    checksum: Checksum,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.checksum.0.update(&buffer[..count]);
        Ok(count)
    }
}
