//! Benches of the voice path, against the same model with its full context, greedy, without voice activity detection.
//!
//! P7: a clip of up to 12 s to a draft, medians over the clips of `speech-visits`, with the character error rates of both on every set.
//! P8 (with the argument `P8`): a recording of ten minutes, made of those clips with pauses between them, to a transcript.
//! `CHUDA_FIXTURES` and `CHUDA_MODELS` name the folders of fixtures and models. Prints one JSON line on standard output.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod score;

use std::cell::Cell;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use chrono::NaiveDate;
use chuda_speech::whisper::{ACTIVITY_FILE, MODEL_FILE, Whisper};
use chuda_speech::{Context, Engine as _, Pcm, SAMPLE_RATE, decode, simplify, transcribe, understand};
use score::{Errors, errors, folder, set};

const LONGEST_MS: u64 = 12_000;

fn main() -> Result<(), Box<dyn Error>> {
    let (Some(fixtures), Some(models)) = (folder("CHUDA_FIXTURES", "P7"), folder("CHUDA_MODELS", "P7")) else { return Ok(()) };
    let engine = Whisper::load(&models.join(MODEL_FILE), &models.join(ACTIVITY_FILE))?;
    if std::env::args().any(|argument| argument == "P8") {
        return long_recording(&engine, &fixtures);
    }
    let visits = measure(&engine, &fixtures, "speech-visits")?;
    let real = measure(&engine, &fixtures, "speech-real")?;
    let (ours, baseline) = (median(visits.ours_ms.clone()), median(visits.baseline_ms.clone()));
    let line = serde_json::json!({
        "id": "P7",
        "clips": visits.ours_ms.len(),
        "ours_ms": ours,
        "baseline_ms": baseline,
        "ratio": baseline / ours,
        "ours_cer": visits.ours.rate(),
        "baseline_cer": visits.baseline.rate(),
        "ours_cer_real": real.ours.rate(),
        "baseline_cer_real": real.baseline.rate(),
    });
    println!("{line}");
    Ok(())
}

#[derive(Default)]
struct Measured {
    ours_ms: Vec<f64>,
    baseline_ms: Vec<f64>,
    ours: Errors,
    baseline: Errors,
}

/// Both ways, one after the other on each clip, so that a busy machine slows them alike.
fn measure(engine: &Whisper, fixtures: &Path, name: &str) -> Result<Measured, Box<dyn Error>> {
    let set = set(fixtures, name);
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).ok_or("day")?;
    let never = AtomicBool::new(false);
    let mut measured = Measured::default();
    for clip in &set.clips {
        let (file, said) = (clip["file"].as_str().ok_or("file")?, clip["text"].as_str().ok_or("text")?);
        let spoken = !said.is_empty() && clip["lang"] != "en" && clip["same_speech_as"].is_null();
        let pcm: Pcm = decode(File::open(set.folder.join(file))?)?;
        if !spoken || pcm.duration_ms() > LONGEST_MS {
            continue;
        }
        let started = Instant::now();
        let pcm = decode(File::open(set.folder.join(file))?)?;
        let transcript = transcribe(engine, &pcm, &|_| {}, &never)?;
        let _draft = understand(&transcript.text, &[], today);
        measured.ours_ms.push(started.elapsed().as_secs_f64() * 1000.0);

        let samples = to_f32(&pcm.samples);
        let started = Instant::now();
        let plain = engine.decode(&samples, Context::Full, &|| {}, &never)?;
        measured.baseline_ms.push(started.elapsed().as_secs_f64() * 1000.0);

        measured.ours += errors(said, &transcript.text);
        measured.baseline += errors(said, &simplify(&plain.text));
    }
    Ok(measured)
}

/// P8: time, longest silence of the progress, time to cancel and memory.
fn long_recording(engine: &Whisper, fixtures: &Path) -> Result<(), Box<dyn Error>> {
    const SECONDS: usize = 600;
    let set = set(fixtures, "speech-visits");
    let mut samples: Vec<i16> = Vec::new();
    for clip in set.clips.iter().cycle() {
        samples.extend(decode(File::open(set.folder.join(clip["file"].as_str().ok_or("file")?))?)?.samples);
        if samples.len() >= SECONDS * SAMPLE_RATE as usize {
            break;
        }
    }
    samples.truncate(SECONDS * SAMPLE_RATE as usize);
    let pcm = Pcm { samples, truncated: false };
    let loaded_mb = peak_mb();

    let (last, longest) = (Cell::new(Instant::now()), Cell::new(0.0_f64));
    let progress = |_: f32| longest.set(longest.get().max(last.replace(Instant::now()).elapsed().as_secs_f64()));
    let started = Instant::now();
    let transcript = transcribe(engine, &pcm, &progress, &AtomicBool::new(false))?;
    let ours = started.elapsed().as_secs_f64() * 1000.0;
    let peak_mb = peak_mb();

    // Cancelled in the middle of a piece, and of the search for speech.
    let cancel = AtomicBool::new(false);
    let asked = Cell::new(None::<Instant>);
    let ask = |done: f32| {
        if done > 0.13 && asked.get().is_none() {
            asked.set(Some(Instant::now()));
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let cancelled = transcribe(engine, &pcm, &ask, &cancel).is_err();
    let cancel_ms = asked.get().map(|asked| asked.elapsed().as_secs_f64() * 1000.0);

    let started = Instant::now();
    for window in pcm.samples.chunks(30 * SAMPLE_RATE as usize) {
        engine.decode(&to_f32(window), Context::Full, &|| {}, &AtomicBool::new(false))?;
    }
    let baseline = started.elapsed().as_secs_f64() * 1000.0;
    let line = serde_json::json!({
        "id": "P8",
        "characters": transcript.text.chars().count(),
        "ours_ms": ours,
        "baseline_ms": baseline,
        "ratio": baseline / ours,
        "longest_without_progress_ms": longest.get() * 1000.0,
        "cancelled": cancelled,
        "cancel_ms": cancel_ms,
        "loaded_mb": loaded_mb,
        "peak_mb": peak_mb,
    });
    println!("{line}");
    Ok(())
}

fn to_f32(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect()
}

/// The most memory this process has used, where the system tells.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb / 1024)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
