//! Recordings: whatever interrupts them, what was said up to then is there and can be played.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use chuda_evidence::recording::{MAX_SECONDS, Recorded, Recording, recover};
use chuda_record::ErrorKind;
use proptest::prelude::*;
use symphonia::core::formats::{FormatOptions, probe::Hint};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

fn samples(count: usize) -> Vec<i16> {
    (0..count).map(|at| (at as i32 * 37 % 20_011 - 10_000) as i16).collect()
}

/// The samples of a WAV file, read by its header alone.
fn read(path: &Path) -> Vec<i16> {
    let bytes = fs::read(path).unwrap();
    let field = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((field(4), field(40)), (bytes.len() - 8, bytes.len() - 44), "sizes in the header");
    bytes[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

#[test]
fn what_was_added_is_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let samples = samples(100_000);
    let mut recording = Recording::create(&path, 16_000, 1).unwrap();
    for part in samples.chunks(1600) {
        recording.append(part).unwrap();
    }
    assert_eq!(recording.duration_ms(), 6250);
    assert_eq!(recording.finish().unwrap(), Recorded { rate: 16_000, channels: 1, duration_ms: 6250 });
    assert_eq!(read(&path), samples);
    assert_eq!(recover(&path).unwrap().duration_ms, 6250);
    assert_eq!(read(&path), samples);

    let file = fs::File::open(&path).unwrap();
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let mut probed =
        symphonia::default::get_probe().probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default()).unwrap();
    assert!(probed.next_packet().unwrap().is_some(), "another reader finds sound in it");
}

#[test]
fn only_sound_formats_and_new_files_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    for (rate, channels) in [(7_999, 1), (48_001, 1), (16_000, 0), (16_000, 3)] {
        assert_eq!(Recording::create(&path, rate, channels).err().unwrap().key, "recording.format");
    }
    fs::write(&path, b"mine").unwrap();
    assert!(Recording::create(&path, 16_000, 1).is_err());
    assert_eq!(recover(&path).unwrap_err().key, "recording.damaged");
    fs::write(&path, [0; 100]).unwrap();
    assert_eq!(recover(&path).unwrap_err().key, "recording.damaged");
    assert_eq!(fs::read(&path).unwrap(), [0; 100]);
}

#[test]
fn a_forgotten_recording_ends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let mut recording = Recording::create(&path, 8_000, 1).unwrap();
    let minute = samples(60 * 8_000);
    for _ in 0..MAX_SECONDS / 60 {
        recording.append(&minute).unwrap();
    }
    let error = recording.append(&minute).unwrap_err();
    assert_eq!((error.kind, error.key), (ErrorKind::Invalid, "recording.too_long"));
    assert_eq!(recording.finish().unwrap().duration_ms, MAX_SECONDS * 1000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// A crash leaves the header behind and the end torn at any byte.
    #[test]
    fn a_crash_leaves_what_was_written(count in 0usize..120_000, torn in 0u64..4, channels in 1u16..=2) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let samples = samples(count * usize::from(channels));
        let mut recording = Recording::create(&path, 16_000, channels).unwrap();
        for part in samples.chunks(3_000 * usize::from(channels)) {
            recording.append(part).unwrap();
        }
        drop(recording);
        let length = fs::metadata(&path).unwrap().len();
        let left = length.saturating_sub(torn).max(44);
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(left).unwrap();
        let recovered = recover(&path).unwrap();
        let whole = (left - 44) / (2 * u64::from(channels)) * u64::from(channels);
        prop_assert_eq!(read(&path), &samples[..whole as usize]);
        prop_assert_eq!(recovered.duration_ms, whole / u64::from(channels) / 16);
        prop_assert_eq!(recover(&path).unwrap(), recovered);
    }
}

/// On a disk of one megabyte of its own: what fitted is kept, and the recording can still be ended.
#[test]
fn a_full_disk_keeps_what_fitted() {
    if let Some(folder) = std::env::var_os("CHUDA_TEST_SMALL_DISK") {
        let path = Path::new(&folder).join("a.wav");
        let samples = samples(2_000_000);
        let mut recording = Recording::create(&path, 16_000, 1).unwrap();
        let error = samples.chunks(16_000).find_map(|part| recording.append(part).err()).unwrap();
        assert_eq!((error.kind, error.key), (ErrorKind::Storage, "storage.full"));
        assert_eq!(recording.append(&samples[..16_000]).unwrap_err().key, "storage.full");
        let recorded = recording.finish().unwrap();
        assert!(recorded.duration_ms > 20_000);
        let found = read(&path);
        assert_eq!(found.len() as u64, recorded.duration_ms * 16 + found.len() as u64 % 16);
        assert_eq!(found, samples[..found.len()]);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=1m tmpfs \"$CHUDA_TEST_SMALL_DISK\" || exit 77; exec \"$0\" --exact a_full_disk_keeps_what_fitted --nocapture";
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script]).arg(std::env::current_exe().unwrap()).env("CHUDA_TEST_SMALL_DISK", folder.path());
    match command.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) if output.status.code() == Some(101) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        _ => eprintln!("skipped: no small disk can be mounted here, so none was filled"),
    }
}
