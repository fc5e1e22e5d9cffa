//! A zip archive in one form only: nothing compressed, no dates, no comments, no extra fields.
//!
//! Any unzip program opens it. There is exactly one archive for given members, so every byte of it can be checked, and none that
//! unpacks to more than it is. A general zip library promises neither, and may write the same members differently tomorrow.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LOCAL_SIZE: usize = 30;
/// Version of the format that is needed to extract: the first with folders and encryption, which is what everybody reads.
const VERSION: u16 = 20;
/// Names are in UTF-8.
const FLAGS: u16 = 1 << 11;
/// 1 January 1980: the earliest date that can be written.
const DATE: u16 = 0x21;
const MAX_MEMBERS: usize = 16;
const MAX_NAME: usize = 64;

/// A member and where its content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) size: u32,
    pub(crate) crc: u32,
    /// Where its header starts.
    at: u64,
}

impl Member {
    /// Where its content starts.
    pub(crate) fn content_at(&self) -> u64 {
        self.at + (LOCAL_SIZE + self.name.len()) as u64
    }

    fn end(&self) -> u64 {
        self.content_at() + u64::from(self.size)
    }

    /// The fields that both headers have.
    fn common(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        for field in [VERSION, FLAGS, 0, 0, DATE] {
            fields.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.size, self.size] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend((self.name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        fields
    }

    fn local_header(&self) -> Vec<u8> {
        [&LOCAL.to_le_bytes()[..], &self.common(), self.name.as_bytes()].concat()
    }

    fn central_header(&self) -> Vec<u8> {
        let at = (self.at as u32).to_le_bytes();
        [&CENTRAL.to_le_bytes()[..], &VERSION.to_le_bytes(), &self.common(), &[0; 10], &at, self.name.as_bytes()].concat()
    }
}

/// Everything behind the last member.
fn directory(members: &[Member]) -> Vec<u8> {
    let headers: Vec<u8> = members.iter().flat_map(Member::central_header).collect();
    let at = members.last().map_or(0, Member::end) as u32;
    let count = (members.len() as u16).to_le_bytes();
    let size = (headers.len() as u32).to_le_bytes();
    [&headers[..], &END.to_le_bytes(), &[0; 4], &count, &count, &size, &at.to_le_bytes(), &[0; 2]].concat()
}

/// Writes an archive into a file, which appears whole or not at all.
pub(crate) fn create(path: &Path, add: impl FnOnce(&mut Writer<BufWriter<File>>) -> io::Result<()>) -> io::Result<()> {
    let part = path.with_added_extension("part");
    let written = (|| {
        let mut archive = Writer::new(BufWriter::new(File::create(&part)?));
        add(&mut archive)?;
        archive.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&part, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

/// Writes an archive, member by member.
pub(crate) struct Writer<W> {
    out: W,
    members: Vec<Member>,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, members: Vec::new() }
    }

    /// Adds a member; reads it twice, since its checksum stands before it.
    pub(crate) fn add(&mut self, name: &str, content: &mut (impl Read + Seek)) -> io::Result<()> {
        content.seek(SeekFrom::Start(0))?;
        let mut checksum = Checksum::default();
        let size = io::copy(content, &mut checksum)?;
        let at = self.members.last().map_or(0, Member::end);
        let too_large = |_| io::Error::from(io::ErrorKind::FileTooLarge);
        // Places are 32 bits wide, and the directory has to fit behind the last member.
        u32::try_from(at + size + (1 << 20)).map_err(too_large)?;
        let member =
            Member { name: name.to_owned(), size: u32::try_from(size).map_err(too_large)?, crc: checksum.0.finalize(), at };
        self.out.write_all(&member.local_header())?;
        content.seek(SeekFrom::Start(0))?;
        if io::copy(&mut content.take(size), &mut self.out)? != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.members.push(member);
        Ok(())
    }

    /// Writes the directory and hands back what was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&directory(&self.members))?;
        Ok(self.out)
    }
}

/// Reads which members an archive has, and checks every byte that is not a member's content.
///
/// The inner error says what is wrong and where.
pub(crate) fn read(archive: &mut (impl Read + Seek)) -> io::Result<Result<Vec<Member>, String>> {
    let end = archive.seek(SeekFrom::End(0))?;
    let mut members: Vec<Member> = Vec::new();
    loop {
        let at = members.last().map_or(0, Member::end);
        archive.seek(SeekFrom::Start(at.min(end)))?;
        let mut header = Vec::new();
        archive.by_ref().take((LOCAL_SIZE + MAX_NAME) as u64).read_to_end(&mut header)?;
        if members.len() == MAX_MEMBERS || !header.starts_with(&LOCAL.to_le_bytes()) {
            break;
        }
        let Some(member) = parse_local(&header, at) else {
            return Ok(Err(format!("the header at byte {at} cannot be read")));
        };
        if let Some(wrong) = first_difference(&header, &member.local_header()) {
            return Ok(Err(format!("byte {} (header of {}) was changed", at + wrong as u64, member.name)));
        }
        if member.end() > end {
            return Ok(Err(format!("the archive ends within {}", member.name)));
        }
        members.push(member);
    }
    let at = members.last().map_or(0, Member::end);
    let expected = directory(&members);
    let mut found = Vec::new();
    archive.seek(SeekFrom::Start(at))?;
    archive.take(expected.len() as u64 + 1).read_to_end(&mut found)?;
    if let Some(wrong) = first_difference(&found, &expected) {
        return Ok(Err(format!("byte {} (directory) was changed", at + wrong as u64)));
    }
    if found.len() > expected.len() {
        return Ok(Err(format!("something was added at byte {}", at + expected.len() as u64)));
    }
    Ok(Ok(members))
}

fn parse_local(header: &[u8], at: u64) -> Option<Member> {
    let number = |from: usize| Some(u32::from_le_bytes(header.get(from..from + 4)?.try_into().ok()?));
    let name_length = usize::from(u16::from_le_bytes(header.get(26..28)?.try_into().ok()?));
    let name = header.get(LOCAL_SIZE..LOCAL_SIZE + name_length)?;
    // A name goes into messages and file names: nothing in it may surprise there.
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if name.is_empty() || !name.iter().all(plain) {
        return None;
    }
    Some(Member { name: String::from_utf8(name.to_vec()).ok()?, crc: number(14)?, size: number(22)?, at })
}

/// The first place where the expected bytes are not there.
pub(crate) fn first_difference(found: &[u8], expected: &[u8]) -> Option<usize> {
    expected.iter().enumerate().find(|(at, byte)| found.get(*at) != Some(byte)).map(|(at, _)| at)
}

/// A checksum as a place to write to.
#[derive(Default)]
pub(crate) struct Checksum(pub(crate) crc32fast::Hasher);

impl Write for Checksum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        for (name, content) in members {
            writer.add(name, &mut Cursor::new(content)).unwrap();
        }
        writer.finish().unwrap()
    }

    const MEMBERS: [(&str, &[u8]); 3] = [("README.txt", b"read me"), ("empty", b""), ("original.jpg", &[7; 300])];

    #[test]
    fn another_zip_reader_finds_the_same() {
        let mut zip = zip::ZipArchive::new(Cursor::new(archive(&MEMBERS))).unwrap();
        assert_eq!(zip.len(), MEMBERS.len());
        for (at, (name, content)) in MEMBERS.into_iter().enumerate() {
            let mut member = zip.by_index(at).unwrap();
            let mut found = Vec::new();
            member.read_to_end(&mut found).unwrap();
            assert_eq!((&*member.name().unwrap(), &found[..]), (name, content));
        }
    }

    #[test]
    fn every_change_outside_the_contents_is_told_with_its_place() {
        let whole = archive(&MEMBERS);
        let members = read(&mut Cursor::new(&whole)).unwrap().unwrap();
        assert_eq!(members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), MEMBERS.map(|(name, _)| name));
        let is_content = |at: usize| members.iter().any(|member| (member.content_at()..member.end()).contains(&(at as u64)));
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[at] ^= 1 << bit;
                let found = read(&mut Cursor::new(&changed)).unwrap();
                assert_eq!(found.is_ok(), is_content(at), "byte {at}, bit {bit}: {found:?}");
            }
        }
        for cut in 0..whole.len() {
            assert!(read(&mut Cursor::new(&whole[..cut])).unwrap().is_err(), "cut at {cut}");
        }
        assert!(read(&mut Cursor::new([&whole[..], b"more"].concat())).unwrap().is_err());
    }
}
