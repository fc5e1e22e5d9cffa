//! A proof bundle: one piece of evidence with everything that is needed to check it offline, on any machine.

use std::fs::{self, File};
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

const README: &str = "README.txt";
const CLAIM: &str = "claim.cbor";
const CLAIM_JSON: &str = "claim.json";
const SIGNATURE: &str = "signature.der";
const PUBLIC_KEY: &str = "public_key.pem";
const CHAIN: &str = "chain.json";
const SUMS: &str = "SHA256SUMS";
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

    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let written = (|| -> io::Result<()> {
        let mut zip = archive::Writer::new(io::BufWriter::new(File::create(part)?));
        for (name, content) in &small {
            zip.add(name, &mut Cursor::new(content))?;
        }
        zip.add(&original_name, original)?;
        zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(part, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(part);
    }
    Ok(written?)
}

/// Checks a bundle, every byte of it. Fails only when the file cannot be read at all.
///
/// A valid bundle shows that the holder of the key signed this claim about exactly these bytes. Whose key it is, the bundle cannot
/// show: compare its id with the list of devices on the server.
pub fn verify(path: &Path) -> Result<Report> {
    let mut file = BufReader::new(File::open(path)?);
    let mut report = Report::default();
    let members = match archive::read(&mut file)? {
        Ok(members) => members,
        Err(detail) => {
            report.check("container", Err(detail));
            return Ok(report);
        }
    };
    let Some((original, contents)) = contents(&mut file, &members)? else {
        report.check("container", Err("its members are not those of a proof bundle".into()));
        return Ok(report);
    };
    let (original_hash, original_crc) = hash_member(&mut file, original)?;
    let [readme_found, claim_bytes, claim_json, signature, key, chain, sums_found] = &contents;

    let checksums = |member: &Member, crc| if member.crc == crc { None } else { Some(member.name.clone()) };
    let small = members.iter().zip(&contents).find_map(|(member, content)| checksums(member, crc32fast::hash(content)));
    let changed = small.or_else(|| checksums(original, original_crc));
    let bytes = original.content_at() + u64::from(original.size);
    report.check(
        "container",
        changed.map_or(Ok(format!("{} members, {bytes} bytes", members.len())), |name| Err(format!("{name} was changed"))),
    );

    let claim = Claim::from_bytes(claim_bytes);
    report.check(
        "claim",
        match &claim {
            Ok(claim) => Ok(format!("number {} of device {}", claim.sequence, claim.device)),
            Err(error) => Err(format!("{CLAIM}: {error}")),
        },
    );
    let needs_claim = |check: &dyn Fn(&Claim) -> Result<String, String>| match &claim {
        Ok(claim) => check(claim),
        Err(_) => Err(format!("cannot be compared, because {CLAIM} was changed")),
    };
    let parsed_key = std::str::from_utf8(key).ok().and_then(|pem| PublicKey::from_pem(pem).ok());
    report.check(
        "public_key",
        needs_claim(&|claim| match &parsed_key {
            None => Err(format!("{PUBLIC_KEY} is no P-256 key")),
            Some(parsed) if parsed.id() != claim.key => Err(format!("{PUBLIC_KEY} is not the key that the claim names")),
            Some(parsed) => same(PUBLIC_KEY, key, parsed.to_pem().as_bytes()).map(|()| format!("key {}", parsed.id())),
        }),
    );
    report.check(
        "signature",
        match &parsed_key {
            Some(parsed) if parsed.verify(claim_bytes, signature).is_ok() => Ok("ECDSA P-256 with SHA-256".into()),
            Some(_) => Err(format!("{SIGNATURE} is not this key's signature over {CLAIM}")),
            None => Err(format!("cannot be checked, because {PUBLIC_KEY} was changed")),
        },
    );
    report.check(
        "original",
        needs_claim(&|claim| {
            if (original_hash, u64::from(original.size)) == (claim.sha256, claim.size) {
                Ok(format!("SHA-256 {original_hash}, {} bytes", original.size))
            } else {
                Err(format!("{} has SHA-256 {original_hash}, the claim is about {}", original.name, claim.sha256))
            }
        }),
    );
    report.check(
        "claim_json",
        needs_claim(&|claim| same(CLAIM_JSON, claim_json, &json(claim)).map(|()| "says what the claim says".into())),
    );
    report.check("chain", needs_claim(&|claim| check_chain(chain, claim)));
    report.check("readme", same(README, readme_found, readme(&original.name).as_bytes()).map(|()| "as written".into()));
    let hashes = SMALL.iter().zip(&contents).take(SMALL.len() - 1).map(|(name, content)| (*name, Hash::of(content)));
    let expected = sums(hashes.chain([(original.name.as_str(), original_hash)]));
    report.check("checksums", same(SUMS, sums_found, expected.as_bytes()).map(|()| "as listed".into()));
    report.close();
    Ok(report)
}

impl Report {
    pub(crate) fn check(&mut self, name: &'static str, found: Result<String, String>) {
        let ok = found.is_ok();
        self.checks.push(Check { name: name.into(), ok, detail: found.unwrap_or_else(|detail| detail) });
    }

    /// There are no more checks: it is valid when all of them passed.
    pub(crate) fn close(&mut self) {
        self.valid = self.checks.iter().all(|check| check.ok);
    }
}

/// The contents of the members before the original, in their order.
type Contents = [Vec<u8>; SMALL.len()];

/// The original's place and the contents of the small members, when the members are those of a bundle.
fn contents<'a>(file: &mut (impl Read + Seek), members: &'a [Member]) -> Result<Option<(&'a Member, Contents)>> {
    let Some((original, small)) = members.split_last() else { return Ok(None) };
    let named = small.iter().map(|member| member.name.as_str()).eq(SMALL);
    if !named || !original.name.starts_with("original.") || small.iter().any(|member| member.size > MAX_SMALL) {
        return Ok(None);
    }
    let mut contents = Contents::default();
    for (member, content) in small.iter().zip(&mut contents) {
        file.seek(SeekFrom::Start(member.content_at()))?;
        file.take(u64::from(member.size)).read_to_end(content)?;
    }
    Ok(Some((original, contents)))
}

pub(crate) fn hash_member(file: &mut (impl Read + Seek), member: &Member) -> Result<(Hash, u32)> {
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
