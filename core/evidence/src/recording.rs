//! A recording that grows on disk while it is made: whatever happens, what was said up to then can be played.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use chuda_record::{Error, Result};
use chuda_words::keys;

/// Bytes before the sound: RIFF header, format, data header.
const HEADER: u64 = 44;
const BYTES_PER_SAMPLE: u64 = 2;
/// Seconds of sound that a crash of the phone can take at most; a crash of the program takes none.
const SYNC_SECONDS: u64 = 2;
/// Longest recording, so that a forgotten one does not fill the phone: two hours.
pub const MAX_SECONDS: u64 = 2 * 60 * 60;

/// A WAV file that is being written: 16-bit PCM.
///
/// The sizes in its header are brought up to date every two seconds of sound, so other programs can play it at any time, and
/// [`recover`] sets them right after a crash.
pub struct Recording {
    file: File,
    format: Format,
    /// Bytes of sound in the file.
    length: u64,
    /// Bytes of sound that are certainly on disk.
    synced: u64,
}

/// What a finished or recovered recording holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Samples per second.
    pub rate: u32,
    /// Samples per moment: 1 or 2.
    pub channels: u16,
    /// Length in milliseconds.
    pub duration_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Format {
    rate: u32,
    channels: u16,
}

impl Recording {
    /// Starts a recording in a new file; fails when there is one of that name.
    ///
    /// `rate` is in samples per second, from 8,000 to 48,000; `channels` is 1 or 2.
    pub fn create(path: &Path, rate: u32, channels: u16) -> Result<Self> {
        let format = Format::checked(rate, channels)?;
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        file.write_all(&format.header(0))?;
        file.sync_all()?;
        Ok(Self { file, format, length: 0, synced: 0 })
    }

    /// Adds samples as they come from the microphone; with two channels they alternate.
    ///
    /// When the disk is full (`storage.full`) or the recording too long (`recording.too_long`, with `minutes`), what was added before
    /// stays: call [`Recording::finish`] all the same.
    pub fn append(&mut self, samples: &[i16]) -> Result<()> {
        let room = self.format.bytes_per_second() * MAX_SECONDS - self.length;
        let fits = samples.len().min((room / BYTES_PER_SAMPLE) as usize);
        let bytes: Vec<u8> = samples[..fits].iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let end = HEADER + self.length;
        // A write that fails half way leaves the rest of it behind the end, where the next one overwrites it.
        self.file.seek(SeekFrom::Start(end))?;
        let written = write_what_fits(&mut self.file, &bytes);
        let whole = written.bytes - written.bytes % self.format.frame();
        self.length += whole;
        if self.length - self.synced >= self.format.bytes_per_second() * SYNC_SECONDS {
            self.sync()?;
        }
        if let Some(error) = written.error {
            return Err(error.into());
        }
        if fits < samples.len() {
            return Err(Error::invalid(keys::RECORDING_TOO_LONG).with("minutes", MAX_SECONDS / 60));
        }
        Ok(())
    }

    /// Length so far in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.format.duration_ms(self.length)
    }

    /// Ends the recording: header set right, everything on disk.
    pub fn finish(mut self) -> Result<Recorded> {
        self.file.set_len(HEADER + self.length)?;
        self.sync()?;
        Ok(self.format.recorded(self.length))
    }

    /// Overwrites the header and waits for the disk. Needs no space, so it works on a full disk.
    fn sync(&mut self) -> Result<()> {
        self.file.sync_data()?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&self.format.header(self.length))?;
        self.file.sync_data()?;
        self.synced = self.length;
        Ok(())
    }
}

/// Sets the header of a recording right that was interrupted by a crash. Changes nothing in one that was finished.
///
/// `recording.damaged` when the file is no recording of [`Recording`]; it is left as it is then.
pub fn recover(path: &Path) -> Result<Recorded> {
    let damaged = || Error::invalid(keys::RECORDING_DAMAGED);
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut header = [0; HEADER as usize];
    if let Err(error) = file.read_exact(&mut header) {
        return Err(if error.kind() == io::ErrorKind::UnexpectedEof { damaged() } else { error.into() });
    }
    let field = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let format = Format::checked(field(24), u16::from_le_bytes([header[22], header[23]])).map_err(|_| damaged())?;
    let bytes = file.metadata()?.len() - HEADER;
    let length = bytes - bytes % format.frame();
    if length > format.bytes_per_second() * MAX_SECONDS {
        return Err(damaged());
    }
    let expected = format.header(length);
    let sizes = [4..8, 40..44];
    if (0..header.len()).any(|at| header[at] != expected[at] && !sizes.iter().any(|size| size.contains(&at))) {
        return Err(damaged());
    }
    if header != expected || bytes != length {
        Recording { file, format, length, synced: 0 }.finish()
    } else {
        Ok(format.recorded(length))
    }
}

impl Format {
    fn checked(rate: u32, channels: u16) -> Result<Self> {
        if (8_000..=48_000).contains(&rate) && (1..=2).contains(&channels) {
            Ok(Self { rate, channels })
        } else {
            Err(Error::invalid(keys::RECORDING_FORMAT).with("rate", rate).with("channels", channels))
        }
    }

    /// Bytes of one moment.
    fn frame(self) -> u64 {
        u64::from(self.channels) * BYTES_PER_SAMPLE
    }

    fn bytes_per_second(self) -> u64 {
        u64::from(self.rate) * self.frame()
    }

    fn duration_ms(self, length: u64) -> u64 {
        length * 1000 / self.bytes_per_second()
    }

    fn recorded(self, length: u64) -> Recorded {
        Recorded { rate: self.rate, channels: self.channels, duration_ms: self.duration_ms(length) }
    }

    fn header(self, length: u64) -> [u8; HEADER as usize] {
        // The longest recording has 1.4 GB, so sizes fit.
        let (length, rest) = (length as u32, HEADER as u32 - 8);
        let mut header = [0; HEADER as usize];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            header[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        put(b"RIFF");
        put(&(length + rest).to_le_bytes());
        put(b"WAVEfmt ");
        put(&16u32.to_le_bytes());
        put(&1u16.to_le_bytes()); // PCM
        put(&self.channels.to_le_bytes());
        put(&self.rate.to_le_bytes());
        put(&(self.bytes_per_second() as u32).to_le_bytes());
        put(&(self.frame() as u16).to_le_bytes());
        put(&16u16.to_le_bytes()); // bits
        put(b"data");
        put(&length.to_le_bytes());
        header
    }
}

struct Written {
    bytes: u64,
    error: Option<io::Error>,
}

/// Like `write_all`, but says how far it came.
fn write_what_fits(file: &mut File, mut bytes: &[u8]) -> Written {
    let mut written = 0;
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Written { bytes: written, error: Some(io::ErrorKind::WriteZero.into()) },
            Ok(count) => {
                written += count as u64;
                bytes = &bytes[count..];
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Written { bytes: written, error: Some(error) },
        }
    }
    Written { bytes: written, error: None }
}
