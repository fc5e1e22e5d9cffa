//! The whisper model and its voice activity detector. The only file that knows whisper-rs.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperVadContext, WhisperVadContextParams,
};

use super::{Context, Decoded, Engine, SAMPLE_RATE, SpeechError};

/// Name of the speech model's file, as `scripts/fetch-model` leaves it.
pub const MODEL_FILE: &str = "ggml-base-q8_0.bin";
/// Name of the voice activity model's file.
pub const ACTIVITY_FILE: &str = "ggml-silero-v6.2.0.bin";

/// SHA-256 of the models that were tried with this code; any other file is refused.
const MODELS: [&str; 4] = [
    "ddfc5dd7417e261e48194b41dbf7a58ae210c606d7e7250f3c601d67acf879fc", // base, q8_0, as scripts/fetch-model converts it
    "c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9", // base, q8_0, as whisper.cpp publishes it
    "422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898", // base, q5_1, as whisper.cpp publishes it
    "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe", // base, as whisper.cpp publishes it
];
const ACTIVITY_MODELS: [&str; 1] = ["2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987"]; // silero v6.2.0

/// Sets the model on Mandarin with punctuation. Names in it cost two thirds more time and turn silence into customers.
const PROMPT: &str = include_str!("prompt.txt");
/// Encoder positions per second of sound, and of the whole 30 s.
const POSITIONS_PER_SECOND: usize = 50;
const FULL_CONTEXT: usize = 1_500;
/// Mandarin is spoken at four to six syllables a second, and a syllable is at most two or three tokens.
const TOKENS_PER_SECOND: usize = 16;
/// How often a waiting caller hears that work goes on and can cancel.
const TICK: Duration = Duration::from_millis(100);

/// Whisper base and silero, loaded.
pub struct Whisper {
    speech: Arc<Mutex<Recognizer>>,
    activity: Mutex<WhisperVadContext>,
}

struct Recognizer {
    context: WhisperContext,
    /// Made once and copied for each call: the binding leaks the prompt and the language whenever they are set.
    params: FullParams<'static, 'static>,
}

impl Whisper {
    /// Loads both models after checking that they are what they should be.
    ///
    /// Takes a second or so. Errors: [`SpeechError::ModelMissing`], [`SpeechError::ModelWrong`], [`SpeechError::ModelFailed`].
    pub fn load(model: &Path, activity: &Path) -> Result<Self, SpeechError> {
        // Without this the library writes to standard error, with the transcript in it.
        whisper_rs::install_logging_hooks();
        check(model, &MODELS)?;
        check(activity, &ACTIVITY_MODELS)?;
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get().min(4)) as i32;

        let mut options = WhisperContextParameters::new();
        options.use_gpu(false).flash_attn(false);
        let context = WhisperContext::new_with_params(model, options).map_err(|_| SpeechError::ModelFailed)?;

        let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        params.set_n_threads(threads);
        params.set_language(Some("zh"));
        params.set_initial_prompt(PROMPT);
        params.set_no_context(true);
        params.set_no_timestamps(true);
        params.set_single_segment(true);
        params.set_temperature_inc(0.0);
        params.set_print_progress(false);
        params.set_print_special(false);
        params.set_print_realtime(false);
        params.set_print_timestamps(false);

        let mut options = WhisperVadContextParams::new();
        // It is so small that handing work to a second thread costs more than it brings.
        options.set_n_threads(1);
        let activity = activity.to_str().ok_or(SpeechError::ModelMissing)?;
        let activity = WhisperVadContext::new(activity, options).map_err(|_| SpeechError::ModelFailed)?;
        Ok(Self { speech: Arc::new(Mutex::new(Recognizer { context, params })), activity: Mutex::new(activity) })
    }
}

impl Engine for Whisper {
    fn speech(&self, samples: &[f32]) -> Result<Vec<f32>, SpeechError> {
        let mut activity = self.activity.lock().unwrap_or_else(PoisonError::into_inner);
        activity.detect_speech(samples).map_err(|_| SpeechError::ModelFailed)?;
        Ok(activity.probabilities().to_vec())
    }

    fn decode(&self, samples: &[f32], context: Context, tick: &dyn Fn(), cancel: &AtomicBool) -> Result<Decoded, SpeechError> {
        // The library can be stopped only between its steps, and one step can take longer than a person wants to wait. So it works on a
        // thread of its own, which a cancelled caller leaves behind to stop at its next step. The lock keeps a next call waiting for it.
        let (abort, speech, samples) = (Arc::new(AtomicBool::new(false)), self.speech.clone(), samples.to_vec());
        let (sender, receiver) = mpsc::channel();
        let worker_abort = abort.clone();
        let work = move || {
            let recognizer = speech.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody is left to tell when the caller has cancelled.
            let _ = sender.send(recognizer.decode(&samples, context, &worker_abort));
        };
        thread::Builder::new().name("speech".into()).spawn(work).map_err(|_| SpeechError::ModelFailed)?;
        loop {
            match receiver.recv_timeout(TICK) {
                Ok(decoded) => return decoded,
                Err(RecvTimeoutError::Disconnected) => return Err(SpeechError::ModelFailed),
                Err(RecvTimeoutError::Timeout) => {
                    tick();
                    if cancel.load(Ordering::Relaxed) {
                        abort.store(true, Ordering::Relaxed);
                        return Err(SpeechError::Cancelled);
                    }
                }
            }
        }
    }
}

impl Recognizer {
    fn decode(&self, samples: &[f32], context: Context, abort: &AtomicBool) -> Result<Decoded, SpeechError> {
        if abort.load(Ordering::Relaxed) {
            return Err(SpeechError::Cancelled);
        }
        let mut params = self.params.clone();
        params.set_max_tokens((TOKENS_PER_SECOND * (1 + samples.len() / SAMPLE_RATE as usize)) as i32);
        params.set_audio_ctx(match context {
            Context::Full => 0,
            Context::Trimmed => positions(samples.len()) as i32,
        });
        // SAFETY: `is_set` reads nothing but the flag, and the flag outlives `full`, the only call that uses these parameters.
        unsafe {
            params.set_abort_callback(Some(is_set));
            params.set_abort_callback_user_data(std::ptr::from_ref(abort).cast_mut().cast());
        }
        let mut state = self.context.create_state().map_err(|_| SpeechError::ModelFailed)?;
        let result = state.full(params, samples);
        if abort.load(Ordering::Relaxed) {
            return Err(SpeechError::Cancelled);
        }
        result.map_err(|_| SpeechError::ModelFailed)?;

        let (mut text, mut sum, mut count) = (Vec::new(), 0.0, 0_u16);
        for segment in state.as_iter() {
            text.extend_from_slice(segment.to_bytes().map_err(|_| SpeechError::ModelFailed)?);
            for token in (0..segment.n_tokens()).filter_map(|at| segment.get_token(at)) {
                if token.token_id() < self.context.token_eot() {
                    sum += token.token_probability();
                    count += 1;
                }
            }
        }
        // A character can be spread over tokens, and the last one be cut off.
        let text = String::from_utf8_lossy(&text).replace(char::REPLACEMENT_CHARACTER, "");
        Ok(Decoded { text: text.trim().to_owned(), confidence: sum / f32::from(count.max(1)) })
    }
}

/// Encoder positions for a clip: its length and two seconds more, in steps of 64. With less than a quarter of a second more the model
/// repeats itself; two seconds instead of one made 6 % fewer wrong characters on 22 clips.
fn positions(samples: usize) -> usize {
    let longer = samples + 2 * SAMPLE_RATE as usize;
    (longer * POSITIONS_PER_SECOND).div_ceil(SAMPLE_RATE as usize).next_multiple_of(64).min(FULL_CONTEXT)
}

/// Whether the flag behind `flag` is set.
unsafe extern "C" fn is_set(flag: *mut c_void) -> bool {
    // SAFETY: `Recognizer::decode` passes a pointer to an `AtomicBool` that is alive during the call.
    unsafe { &*flag.cast::<AtomicBool>() }.load(Ordering::Relaxed)
}

/// Whether a model file is one of those expected.
fn check(path: &Path, accepted: &[&str]) -> Result<(), SpeechError> {
    let hash = sha256(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => SpeechError::ModelMissing,
        _ => SpeechError::ModelFailed,
    })?;
    if accepted.contains(&hash.as_str()) { Ok(()) } else { Err(SpeechError::ModelWrong) }
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(digest.finalize())),
            read => digest.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_is_the_clip_and_two_seconds_in_steps_of_64() {
        assert_eq!(positions(0), 128);
        assert_eq!(positions(8 * SAMPLE_RATE as usize), 512);
        assert_eq!(positions(29 * SAMPLE_RATE as usize), 1_500);
    }

    #[test]
    fn a_missing_or_wrong_model_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let (model, activity) = (folder.path().join(MODEL_FILE), folder.path().join(ACTIVITY_FILE));
        assert_eq!(Whisper::load(&model, &activity).err(), Some(SpeechError::ModelMissing));
        std::fs::write(&model, b"not a model").unwrap();
        assert_eq!(Whisper::load(&model, &activity).err(), Some(SpeechError::ModelWrong));
    }
}
