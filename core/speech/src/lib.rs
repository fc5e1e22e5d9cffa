//! From a recording to a draft: decode, voice activity, whisper, understanding.
//!
//! [`decode`] turns a recording into samples, [`transcribe`] samples into a [`Transcript`] with the help of an [`Engine`]
//! (`whisper::Whisper` on a phone), and [`understand()`] a transcript into a [`Draft`]. The first two block for as long as they work:
//! call them from a thread of their own. The last is pure.

mod activity;
mod audio;
mod transcript;
pub mod understand;
#[cfg(feature = "whisper")]
pub mod whisper;

#[cfg(test)]
mod fixtures;

use std::sync::atomic::AtomicBool;

pub use activity::FRAME;
pub use audio::{Pcm, SAMPLE_RATE, decode};
pub use transcript::{Segment, Transcript, simplify, transcribe};
pub use understand::{DOUBTFUL, Draft, KnownCustomer, Slot, read_day, understand};

use chuda_record::error::{Error, ErrorKind};
use chuda_words::keys;

/// What speech recognition can refuse or fail with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// Nothing in the file could be decoded as sound.
    #[error("no sound could be decoded")]
    Unreadable,
    /// A model file is not there.
    #[error("a speech model is missing")]
    ModelMissing,
    /// A model file is not one of those this version knows.
    #[error("a speech model is not the expected one")]
    ModelWrong,
    /// The model could not be loaded or failed while it ran: most likely memory was short.
    #[error("the speech model failed")]
    ModelFailed,
    /// The caller cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl From<SpeechError> for Error {
    fn from(error: SpeechError) -> Self {
        match error {
            SpeechError::Unreadable => Self::invalid(keys::SPEECH_UNREADABLE),
            SpeechError::ModelMissing => Self::new(ErrorKind::Model, keys::SPEECH_MODEL_MISSING),
            SpeechError::ModelWrong => Self::new(ErrorKind::Model, keys::SPEECH_MODEL_WRONG),
            SpeechError::ModelFailed => Self::new(ErrorKind::Model, keys::SPEECH_MODEL_FAILED),
            SpeechError::Cancelled => Self::new(ErrorKind::Cancelled, keys::SPEECH_CANCELLED),
        }
    }
}

/// A speech model: tells speech from silence, and speech into words. Samples are mono at [`SAMPLE_RATE`], within ±1.
pub trait Engine: Send + Sync {
    /// How likely each frame of [`FRAME`] samples is speech, 0 to 1.
    fn speech(&self, samples: &[f32]) -> Result<Vec<f32>, SpeechError>;

    /// The words of up to 30 s of sound. `tick` is called several times a second while it works. Returns soon after `cancel` is set.
    fn decode(&self, samples: &[f32], context: Context, tick: &dyn Fn(), cancel: &AtomicBool) -> Result<Decoded, SpeechError>;
}

/// How much sound the model is told to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Only as much as there is: about a quarter of the time for a short clip, but now and then it repeats itself.
    Trimmed,
    /// The 30 s the model was trained on.
    Full,
}

/// What an [`Engine`] heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// The words, as the model wrote them.
    pub text: String,
    /// Mean probability of the words, 0 to 1.
    pub confidence: f32,
}
