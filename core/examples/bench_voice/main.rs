//! Bench P7: a clip of up to 12 s to a draft, against the same model with its full context, greedy, without voice activity detection.
//!
//! `CHUDA_FIXTURES` and `CHUDA_MODELS` name the folders of fixtures and models. Prints one JSON line on standard output:
//! medians over the clips of `speech-visits`, and the character error rates of both on every set.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod score;

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use chrono::NaiveDate;
use chuda_core::speech::whisper::{ACTIVITY_FILE, MODEL_FILE, Whisper};
use chuda_core::speech::{Context, Engine as _, Pcm, decode, simplify, transcribe, understand};
use score::{Errors, errors, folder, set};

const LONGEST_MS: u64 = 12_000;

fn main() -> Result<(), Box<dyn Error>> {
    let (Some(fixtures), Some(models)) = (folder("CHUDA_FIXTURES", "P7"), folder("CHUDA_MODELS", "P7")) else { return Ok(()) };
    let engine = Whisper::load(&models.join(MODEL_FILE), &models.join(ACTIVITY_FILE))?;
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

        let samples: Vec<f32> = pcm.samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
        let started = Instant::now();
        let plain = engine.decode(&samples, Context::Full, &|| {}, &never)?;
        measured.baseline_ms.push(started.elapsed().as_secs_f64() * 1000.0);

        measured.ours += errors(said, &transcript.text);
        measured.baseline += errors(said, &simplify(&plain.text));
    }
    Ok(measured)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
