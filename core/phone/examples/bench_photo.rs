//! P9: what happens to a 12-megapixel photo until it is safe, beside `vipsthumbnail` making the same two files from it.
//!
//! Prints one line of JSON. Takes the photo as its argument, else the largest of the fixtures, else makes one.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chuda_evidence::claim::{Claim, Source, Version};
use chuda_evidence::{Signer, SoftwareKey, digest, photo, sniff};
use chuda_phone::store::blobs::Blobs;
use chuda_record::id::{DeviceId, EvidenceId, PersonId};

const ROUNDS: usize = 9;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photo_file(folder.path());
    let key = SoftwareKey::generate();
    let blobs = Blobs::open(&folder.path().join("blobs"), [7; 32]).unwrap();
    let idle = memory("VmRSS:");

    let vips = |side: &str, to: &str| {
        let out = folder.path().join(to).display().to_string() + "[Q=80]";
        Command::new("vipsthumbnail").arg(&photo).args(["--size", side, "-o", &out]).status()
    };
    // One round of each in turn, so that whatever else the machine does slows both.
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        capture(&photo, &key, &blobs);
        ours.push(started.elapsed());
        let started = Instant::now();
        match (vips("2048x2048", "rendition.jpg"), vips("320x320", "thumbnail.jpg")) {
            (Ok(a), Ok(b)) => assert!(a.success() && b.success(), "vipsthumbnail failed"),
            _ => continue,
        }
        peer.push(started.elapsed());
    }
    let peak_mb = memory("VmHWM:").zip(idle).map(|(peak, idle)| (peak - idle) / 1024);
    let ours = median(ours);
    let baseline = (!peer.is_empty()).then(|| median(peer));
    if baseline.is_none() {
        eprintln!("skipped: vipsthumbnail is not installed (libvips-tools), so there is no baseline");
    }
    let ratio = baseline.map(|baseline| (ours.as_secs_f64() / baseline.as_secs_f64() * 1000.0).round() / 1000.0);
    let line = serde_json::json!({
        "id": "P9",
        "what": "12 MP photo: hash, claim, signature, thumbnail, rendition, commit",
        "figure_ms": millis(ours),
        "baseline": "vipsthumbnail, the same two files",
        "baseline_ms": baseline.map(millis),
        "ratio": ratio,
        "target": "ratio ≤ 0.6, peak ≤ 80 MB above idle",
        "peak_mb_above_idle": peak_mb,
        "met": ratio.zip(peak_mb).map(|(ratio, peak)| ratio <= 0.6 && peak <= 80),
    });
    println!("{line}");
}

/// Everything from the shutter to the disk, as the workbench does it.
fn capture(file: &Path, key: &SoftwareKey, blobs: &Blobs) {
    let bytes = fs::read(file).unwrap();
    let (sha256, size) = digest::hash(&mut &bytes[..]).unwrap();
    let mime = sniff::sniff(&mut Cursor::new(&bytes)).unwrap();
    let found = photo::process(&bytes);
    let claim = Claim {
        version: Version::V1,
        evidence: EvidenceId::derived("bench"),
        sha256,
        size,
        mime,
        source: Source::Camera,
        wall_ms: 1_700_000_000_000,
        monotonic_ms: 1,
        boot_id: "bench".into(),
        trusted_time: None,
        location: None,
        person: PersonId::derived("bench"),
        device: DeviceId::derived("bench"),
        key: key.public_key().id(),
        touch: None,
        customer: None,
        consent: None,
        unreadable: found.as_ref().err().copied(),
        flags: [].into(),
        sequence: 1,
        previous: None,
    };
    let claim = claim.to_bytes();
    key.sign(&claim).unwrap();
    let preview = found.unwrap().preview.unwrap();
    blobs.put(&bytes[..]).unwrap();
    blobs.put(&preview.rendition[..]).unwrap();
    assert!(!preview.thumbnail.is_empty());
}

fn photo_file(folder: &Path) -> PathBuf {
    if let Some(path) = std::env::args_os().nth(1) {
        return path.into();
    }
    if let Some(fixtures) = std::env::var_os("CHUDA_FIXTURES") {
        return PathBuf::from(fixtures).join("photos/large-vivo-12mp.jpg");
    }
    eprintln!("CHUDA_FIXTURES is not set: measuring a photo made here");
    let mut state = 1u32;
    let picture = image::RgbImage::from_fn(4000, 3000, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (state >> 27) as u8;
        image::Rgb([(x / 16) as u8 ^ grain, (y / 12) as u8 ^ grain, ((x + y) / 28) as u8 ^ grain])
    });
    let path = folder.join("made.jpg");
    picture.save(&path).unwrap();
    path
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// A figure of this process in kilobytes, where the system tells.
fn memory(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find(|line| line.starts_with(name))?.split_whitespace().nth(1)?.parse().ok()
}
