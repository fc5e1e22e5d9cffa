#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::print_stdout)]
use chuda_core::speech::*;
use chuda_core::speech::whisper::*;
use std::path::Path;
use std::sync::atomic::AtomicBool;
fn main() {
    let m = std::env::var("CHUDA_MODELS").unwrap();
    let t = std::time::Instant::now();
    let w = Whisper::load(&Path::new(&m).join(MODEL_FILE), &Path::new(&m).join(ACTIVITY_FILE)).unwrap();
    eprintln!("load {:?}", t.elapsed());
    for f in std::env::args().skip(1) {
        let t = std::time::Instant::now();
        let pcm = decode(std::fs::File::open(&f).unwrap()).unwrap();
        let d = t.elapsed();
        let x: Vec<f32> = pcm.samples.iter().map(|&s| f32::from(s) / 32768.0).collect();
        let t = std::time::Instant::now();
        let p = w.speech(&x).unwrap();
        let v = t.elapsed();
        let t = std::time::Instant::now();
        let tr = transcribe(&w, &pcm, &|_| {}, &AtomicBool::new(false)).unwrap();
        let all = t.elapsed();
        let t = std::time::Instant::now();
        let full = w.decode(&x, Context::Full, &|| {}, &AtomicBool::new(false)).unwrap();
        println!("{}\t{}\t{}\t{:.1}s dec {:?} vad {:?} ours {:?} full {:?} conf {:?} trunc {} maxp {:.3}", Path::new(&f).file_name().unwrap().to_str().unwrap(), tr.text, full.text, pcm.duration_ms() as f32/1000.0, d, v, all, t.elapsed(), tr.segments.iter().map(|s| s.confidence).collect::<Vec<_>>(), pcm.truncated, p.iter().cloned().fold(0.0f32, f32::max));
    }
}
